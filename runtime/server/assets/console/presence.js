// A session ends when it isn't used for a while. Somebody who writes a long text in a page uses it, though the server
// hears nothing of that: so it is told now and then.

const TELL_MS = 5 * 60_000;

export function wirePresence() {
  if (!document.body.hasAttribute("data-signed-in")) return;
  let told = Date.now();
  for (const name of ["input", "pointerdown", "keydown"]) {
    document.addEventListener(
      name,
      () => {
        if (Date.now() - told < TELL_MS) return;
        told = Date.now();
        fetch("/api/v1/account", { credentials: "same-origin", cache: "no-store" }).catch(() => null);
      },
      { passive: true },
    );
  }
}

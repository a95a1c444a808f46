// The matrix of channels: each switch sends all channels of its skill, so the next may only be pressed once the last one's
// change is on the page.

const GIVE_UP_MS = 8_000;

document.addEventListener(
  "click",
  (event) => {
    const pressed = event.target.closest?.("[data-one-at-a-time] [role=switch]");
    if (!pressed || pressed.disabled) return;
    const matrix = pressed.closest("[data-one-at-a-time]");
    if (matrix.getAttribute("aria-busy") === "true") {
      event.stopImmediatePropagation();
      event.preventDefault();
      return;
    }
    matrix.setAttribute("aria-busy", "true");
    const free = () => {
      document.removeEventListener("drawn", free);
      matrix.removeAttribute("aria-busy");
    };
    document.addEventListener("drawn", free);
    setTimeout(free, GIVE_UP_MS);
  },
  { capture: true },
);

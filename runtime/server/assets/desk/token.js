// Who is signed in: by a token, which is this tab's and gone with it, or by the session of the console, whose cookie no
// script sees.

const KEY = "usher.desk.token";
let page = null;
let onLost = () => {};

/** Whoever does nothing for so long isn't there: what the page asks for by itself doesn't keep their session. */
const UNATTENDED_MS = 60_000;
let touched = Date.now();
for (const input of ["pointerdown", "keydown"]) {
  addEventListener(input, () => (touched = Date.now()), { capture: true, passive: true });
}

export const token = {
  get() {
    if (page) return page;
    try {
      return sessionStorage.getItem(KEY);
    } catch {
      return null;
    }
  },
  /** What a request says of who asks, and whether somebody sits there. The session's cookie goes along by itself. */
  headers() {
    const given = token.get();
    const headers = given ? { Authorization: `Bearer ${given}` } : {};
    return Date.now() - touched > UNATTENDED_MS ? { ...headers, "usher-unattended": "1" } : headers;
  },
  /** Keeps it, or (null) forgets it. */
  set(value) {
    page = value;
    try {
      if (value === null) sessionStorage.removeItem(KEY);
      else sessionStorage.setItem(KEY, value);
    } catch {
      // Kept as long as the page lives.
    }
  },
  /** The server doesn't take it any more. */
  lost() {
    onLost();
  },
  whenLost(listener) {
    onLost = listener;
  },
  /** Takes over `#token=…` of the address, which it then leaves. */
  fromAddress() {
    const given = new URLSearchParams(location.hash.slice(1)).get("token");
    if (!given) return;
    history.replaceState(null, "", location.pathname + location.search);
    token.set(given);
  },
};

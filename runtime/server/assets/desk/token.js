// The token of whoever is signed in: this tab's, and gone with it.

const KEY = "usher.desk.token";
let page = null;
let onLost = () => {};

export const token = {
  get() {
    if (page) return page;
    try {
      return sessionStorage.getItem(KEY);
    } catch {
      return null;
    }
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

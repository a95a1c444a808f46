// What the frame keeps between pages and shares between tabs, in its own origin's storage and never in a cookie. Nothing is
// written before the customer's first message. Where storage is refused, everything lives as long as the page.

/** Opens the memory of one site. `changed(name)` is called when another tab writes. */
export function openMemory(site, changed) {
  const prefix = `usher.${site}.`;
  const page = new Map();

  function read(name) {
    try {
      return JSON.parse(localStorage.getItem(prefix + name));
    } catch {
      return page.get(name) ?? null;
    }
  }

  function write(name, value) {
    page.set(name, value);
    try {
      if (value === null) localStorage.removeItem(prefix + name);
      else localStorage.setItem(prefix + name, JSON.stringify(value));
    } catch {
      // Kept in `page` only.
    }
  }

  addEventListener("storage", (event) => {
    if (event.storageArea === localStorage && event.key?.startsWith(prefix)) changed(event.key.slice(prefix.length));
  });

  return {
    /** `{session_id, token, expires_at, conversation}` or null. */
    chat: () => read("chat"),
    setChat: (chat) => write("chat", chat),

    /** The last sequence number that was on screen in this conversation. */
    seen: (conversation) => {
      const seen = read("seen");
      return seen?.conversation === conversation ? seen.seq : 0;
    },
    setSeen: (conversation, seq) => write("seen", { conversation, seq }),

    /** Messages not yet known to be stored by the server, oldest first. */
    outbox: () => read("outbox") ?? [],
    setOutbox: (entries) => write("outbox", entries.length ? entries : null),

    /** Changes when somebody signs in or out; tells the other tabs to look. */
    stampIdentity: () => write("identity", Date.now()),

    forget() {
      for (const name of ["chat", "seen", "outbox", "identity"]) write(name, null);
    },
  };
}

/** The unsent text of this tab. */
export const draft = {
  get(site) {
    try {
      return sessionStorage.getItem(`usher.${site}.draft`) ?? "";
    } catch {
      return "";
    }
  },
  set(site, value) {
    try {
      if (value === "") sessionStorage.removeItem(`usher.${site}.draft`);
      else sessionStorage.setItem(`usher.${site}.draft`, value);
    } catch {
      // Not kept.
    }
  },
};

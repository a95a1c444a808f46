// The draft of a reply: on the server, so that it is there at the next desk too; in this tab until the server has it,
// so that nothing is lost where the server can't be reached.

import { api } from "./api.js";

const PAUSE_MS = 800;
const AGAIN_MS = 4_000;

const here = {
  get: (key) => {
    try {
      return sessionStorage.getItem(key) ?? "";
    } catch {
      return "";
    }
  },
  set: (key, text) => {
    try {
      if (text === "") sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, text);
    } catch {
      // Kept as long as the page lives.
    }
  },
};

export class Draft {
  #desk;
  #ticket;
  #of;
  #timer = null;
  #saved = "";
  /** Something was written or sent here since this began. */
  #begun = false;
  #work = Promise.resolve();
  #leave;

  /** `of` has `text()`, `seen()` and is told the `state(name)`: `saving`, `saved`, `notSaved` or null. */
  constructor(desk, ticket, of) {
    this.#desk = desk;
    this.#ticket = ticket;
    this.#of = of;
    this.#leave = () => this.#flush();
    addEventListener("pagehide", this.#leave);
  }

  get #key() {
    return `usher.desk.draft.${this.#desk.me.name}.${this.#ticket}`;
  }

  /** The draft of an earlier time, or null: what this tab still holds comes before what the server has. */
  async restore() {
    const kept = here.get(this.#key);
    const { drafts } = await api.drafts().catch(() => ({ drafts: [] }));
    // What was written or sent while this was read is newer than what it says.
    if (this.#begun) return null;
    const found = drafts.find((draft) => draft.ticket === this.#ticket) ?? null;
    this.#saved = found?.text ?? "";
    if (kept === "" || kept === found?.text) return found;
    this.changed(kept);
    return { text: kept, seen_seq: found?.seen_seq, updated_at: null };
  }

  /** The text has changed: it is saved in a moment. */
  changed(text = this.#of.text()) {
    this.#begun = true;
    here.set(this.#key, text);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#flush(), PAUSE_MS);
  }

  /** The text was sent, or thrown away. */
  used() {
    this.#begun = true;
    here.set(this.#key, "");
    clearTimeout(this.#timer);
    this.#of.state(null);
    this.#desk.setDraft(this.#ticket, false);
    if (this.#saved === "") return;
    this.#saved = "";
    this.#work = this.#work.then(() => api.dropDraft(this.#ticket)).catch(() => {});
  }

  /** Notes are kept in this tab only. */
  keepNote(text) {
    here.set(`${this.#key}.note`, text);
  }

  note() {
    return here.get(`${this.#key}.note`);
  }

  leave() {
    removeEventListener("pagehide", this.#leave);
    this.#flush();
    this.#of.state = () => {};
  }

  #flush() {
    clearTimeout(this.#timer);
    const text = this.#of.text();
    if (text === this.#saved) return;
    const seen = this.#of.seen();
    this.#of.state("saving");
    this.#saved = text;
    this.#desk.setDraft(this.#ticket, text.trim() !== "");
    // One after the other, or an older text could come last.
    this.#work = this.#work
      .then(() => (text.trim() === "" ? api.dropDraft(this.#ticket) : api.saveDraft(this.#ticket, text, seen)))
      .then(
        () => {
          if (this.#saved !== text) return;
          here.set(this.#key, "");
          this.#of.state(text.trim() === "" ? null : "saved");
        },
        (error) => {
          if (this.#saved !== text) return;
          this.#of.state("notSaved");
          // What the server doesn't take now it won't take later either: it stays in this tab.
          if (!["unreachable", "broken", "busy"].includes(error.kind)) return;
          this.#saved = "";
          this.#timer = setTimeout(() => this.#flush(), AGAIN_MS);
        },
      );
  }
}

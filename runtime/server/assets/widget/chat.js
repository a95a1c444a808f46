// The customer's side of a conversation: opens the session with the first message, sends, follows, resumes, counts what is
// unread, and starts anew where a session has ended. Knows no elements; `hear` is told what to show.

import { Refusal, api } from "./api.js";
import { follow } from "./stream.js";

const PAGE_OF_HISTORY = 100;
/** A hidden tab gives its connection back after this time: browsers allow six to one server. */
const HIDDEN_MS = 30_000;
/** A connection that comes back within this time isn't worth a word. */
const PATIENCE_MS = 2_500;
/** Sent too fast: a wait of this length isn't worth a word either. */
const SHORT_WAIT_MS = 5_000;
const SHORT_WAITS = 3;
/** A rating that didn't arrive is given again after these times: sent twice, it is one. */
const RATE_AGAIN_MS = [500, 1_500, 4_000];
/** A sign of writing goes out at most so often. */
const WRITES_MS = 3_000;

export class Chat {
  #memory;
  #where;
  #hear;
  /** `{session_id, token, conversation}`, or null before the first message. */
  #chat = null;
  #session = null;
  #messages = new Map();
  /** The last number that came by history or stream. What a send returns doesn't count: an answer may lie before it. */
  #cursor = 0;
  #stream = null;
  #outbox = [];
  /** Ids of every message that was in this tab's outbox. */
  #own = new Set();
  #sending = false;
  /** The page's word on who the customer is, not yet passed on: `{token}`, `{logout: true}` or null. */
  #identity = null;
  /** The last token of the page, to be used again should the session end. */
  #pageToken = null;
  #work = Promise.resolve();
  #looking = false;
  #impatience = null;
  #wrote = 0;
  #hiddenTimer = null;
  /** How often the stream told who answers. */
  #ownersTold = 0;
  #site;
  page = null;

  /**
   * `where` is `{locale, time_zone}`. `hear` has `reset()`, `message(view, live)`, `pending(entry)`, `identity(session)`,
   * `link(state)` with `up`, `down` or `offline`, `typing(on)`, `owner(owner, live)`, `notice(kind)`, `unread(count)`,
   * `stored(on)`, `dropped(clientId)` and `error(code, detail)`.
   */
  constructor(site, memory, where, hear) {
    this.#site = site;
    this.#memory = memory;
    this.#where = where;
    this.#hear = hear;
    addEventListener("online", () => this.#online());
    addEventListener("offline", () => hear.link("offline"));
    addEventListener("pagehide", () => this.#unfollow());
    addEventListener("pageshow", (event) => event.persisted && this.#follow());
    document.addEventListener("visibilitychange", () => this.#visibility());
  }

  /** Takes up the conversation of an earlier page, if there is one. */
  resume() {
    return this.#inBackground(async () => {
      const chat = this.#memory.chat();
      if (!chat) return;
      this.#adopt(chat);
      await this.#load();
    });
  }

  get signedIn() {
    return this.#session?.assurance === "authenticated";
  }

  get empty() {
    return this.#messages.size === 0 && this.#outbox.length === 0;
  }

  /** The stored message with the highest number, notices aside, if nothing is waiting to be sent. */
  get last() {
    if (this.#outbox.length) return null;
    return this.#ordered().findLast((view) => !view.notice) ?? null;
  }

  /** The number of the question that the customer can answer now, or null: the latest, if nothing was said after it. */
  get question() {
    if (this.#outbox.length) return null;
    let open = null;
    for (const view of this.#ordered()) {
      if (view.author === "customer") open = null;
      else if (view.consent) open = view.seq;
    }
    return open;
  }

  /** The message that asks for a rating which can be given now, or null. */
  get rating() {
    const last = this.#ordered().findLast((view) => !view.notice || view.notice === "rated" || view.notice === "reopened");
    return last?.rating && !this.#outbox.length ? last : null;
  }

  /** The latest message that is of the assistant or the team, with which the conversation has moved to e-mail; or null. */
  get moved() {
    const ends = ["moved_to_email", "handed_back", "closed"];
    const last = this.#ordered().findLast((view) => ends.includes(view.notice));
    return last?.notice === "moved_to_email" ? last : null;
  }

  /** The stored messages in the order of their numbers. */
  #ordered() {
    return [...this.#messages.values()].sort((one, other) => one.seq - other.seq);
  }

  /** The panel is on screen, or no longer. */
  look(on) {
    this.#looking = on;
    this.#count();
  }

  // --- sending --------------------------------------------------------------------------------------------------

  say(text) {
    this.#post({ text });
  }

  /** Presses a button of kind `choose`. */
  choose(button) {
    this.#post({ text: button.label, choose: button.ref });
  }

  /** The customer is writing; told at most every few seconds, and only to people. */
  writes() {
    const now = Date.now();
    if (!this.#chat?.conversation || now - this.#wrote < WRITES_MS) return;
    this.#wrote = now;
    api.typing(this.#chat.token, this.#chat.conversation).catch(() => {});
  }

  /** Rates the team's help; a few times, where it doesn't arrive. Rejects with a `Refusal`. */
  async rate(score, comment) {
    const { conversation } = this.#chat;
    for (const pauses = [...RATE_AGAIN_MS]; ; ) {
      try {
        // Each try waits for its turn, so that messages don't wait for the pauses.
        return await this.#serially(() => {
          if (this.#chat?.conversation !== conversation) throw new Refusal("refused");
          return api.rate(this.#chat.token, conversation, comment ? { score, comment } : { score });
        });
      } catch (refusal) {
        const pause = pauses.shift();
        const wait = refusal.kind === "busy" ? Math.max(0, refusal.retryAt - Date.now()) : pause;
        const passing = ["busy", "unreachable", "broken"].includes(refusal.kind);
        if (!passing || pause === undefined || wait > SHORT_WAIT_MS) throw refusal;
        await new Promise((resume) => setTimeout(resume, wait));
      }
    }
  }

  retry(clientId) {
    const entry = this.#outbox.find((one) => one.client_id === clientId);
    if (!entry || entry.state === "sending") return;
    this.#mark(entry, { state: "sending", kind: null, retry_at: null });
    this.#drain();
  }

  /** Gives up a message that couldn't be sent. */
  discard(clientId) {
    this.#drop(clientId);
    this.#hear.dropped(clientId);
  }

  #post(content) {
    const entry = {
      client_id: newId(),
      at: new Date().toISOString(),
      page_url: this.page,
      state: "sending",
      ...content,
    };
    this.#outbox.push(entry);
    this.#hear.pending(entry);
    this.#drain();
  }

  async #drain() {
    if (this.#sending) return;
    this.#sending = true;
    for (let entry; (entry = this.#outbox.find((one) => one.state === "sending"));) {
      await this.#serially(() => this.#deliver(entry));
    }
    this.#sending = false;
  }

  async #deliver(entry) {
    let renewed = false;
    let waits = 0;
    for (;;) {
      try {
        await this.#ensureConversation();
        // Written down before it is sent: if the page goes away meanwhile, the next one sends it again, under the same id.
        this.#keepOutbox();
        const { client_id, text, choose, page_url } = entry;
        const body = choose ? { client_id, choose } : { client_id, text };
        if (page_url) body.page_url = page_url;
        const { message } = await api.send(this.#chat.token, this.#chat.conversation, body);
        this.#take(message);
        this.#drop(entry.client_id);
        return;
      } catch (refusal) {
        // The stream may have brought it back although the send seemed to fail; or it was another customer's.
        if (!this.#outbox.includes(entry)) return;
        const wait = refusal.kind === "busy" ? refusal.retryAt - Date.now() : Infinity;
        if (wait <= SHORT_WAIT_MS && waits++ < SHORT_WAITS) {
          await new Promise((resume) => setTimeout(resume, wait));
        } else if ((refusal.kind === "expired" || refusal.kind === "gone") && !renewed) {
          renewed = true;
          this.#expire();
        } else {
          if (!refusal.kind) reportError(refusal);
          return this.#mark(entry, {
            state: "failed",
            kind: refusal.kind ?? "broken",
            retry_at: refusal.retryAt ?? null,
          });
        }
      }
    }
  }

  #mark(entry, change) {
    Object.assign(entry, change);
    this.#keepOutbox();
    this.#hear.pending(entry);
  }

  #drop(clientId) {
    const left = this.#outbox.filter((entry) => entry.client_id !== clientId);
    if (left.length === this.#outbox.length) return;
    this.#outbox = left;
    this.#keepOutbox();
  }

  /** Leaves alone what another tab has put there. */
  #keepOutbox() {
    if (!this.#chat) return;
    for (const entry of this.#outbox) this.#own.add(entry.client_id);
    const others = this.#memory.outbox().filter((entry) => !this.#own.has(entry.client_id));
    this.#memory.setOutbox([...others, ...this.#outbox]);
  }

  // --- session and conversation ---------------------------------------------------------------------------------

  async #ensureConversation() {
    if (!this.#chat) {
      const shared = this.#memory.chat();
      if (shared) {
        this.#adopt(shared);
        await this.#refreshSession();
      } else {
        const { session_id, token } = await this.#placed((where) => api.openSession(this.#site, where));
        this.#keep({ session_id, token, conversation: null });
        this.#session = { assurance: "anonymous" };
        this.#identity ??= this.#pageToken && { token: this.#pageToken };
      }
    }
    await this.#applyIdentity();
    // Signing out has ended it.
    if (!this.#chat) return this.#ensureConversation();
    if (!this.#chat.conversation) {
      const { id } = await this.#placed((where) => api.openConversation(this.#chat.token, where));
      this.#keep({ ...this.#chat, conversation: id });
    }
    this.#follow();
  }

  /** Opens something for the customer's language and zone; if the server knows no such language or zone, without them. */
  async #placed(open) {
    try {
      return await open(this.#where);
    } catch (refusal) {
      if (refusal.kind !== "refused") throw refusal;
      this.#where = {};
      return open(this.#where);
    }
  }

  #keep(chat) {
    this.#chat = chat;
    this.#memory.setChat(chat);
    this.#hear.stored(true);
  }

  #adopt(chat) {
    this.#chat = chat;
    const waiting = new Set(this.#outbox.map((entry) => entry.client_id));
    this.#outbox.unshift(...this.#memory.outbox().filter((entry) => !waiting.has(entry.client_id)));
    this.#hear.stored(true);
  }

  /** Loads what an earlier page or another tab has left. */
  async #load() {
    try {
      await this.#refreshSession();
      await this.#applyIdentity();
      if (!this.#chat?.conversation) return;
      for (;;) {
        const { messages } = await api.messages(
          this.#chat.token,
          this.#chat.conversation,
          this.#cursor,
          PAGE_OF_HISTORY,
        );
        for (const view of messages) this.#take(view, { fromServer: true, live: false });
        if (messages.length < PAGE_OF_HISTORY) break;
      }
    } catch (refusal) {
      if (refusal.kind !== "unreachable" && refusal.kind !== "broken" && refusal.kind !== "busy") throw refusal;
      // The stream tries again, and begins where this stopped.
    }
    this.#outbox = this.#outbox.filter(
      (entry) => ![...this.#messages.values()].some((view) => view.client_id === entry.client_id),
    );
    this.#keepOutbox();
    for (const entry of this.#outbox) this.#hear.pending(entry);
    this.#count();
    this.#follow();
    this.#drain();
  }

  /** The session is over. What wasn't sent goes to the next one, which begins with it or with the next message. */
  #expire() {
    this.#memory.setChat(null);
    this.#end();
    // The buttons of the old conversation mean nothing in a new one; their words do.
    for (const entry of this.#outbox) delete entry.choose;
    for (const entry of this.#outbox) this.#hear.pending(entry);
    this.#hear.notice("expired");
  }

  /** Puts this conversation away; the next message begins another in the same session. */
  startOver() {
    return this.#inBackground(() => {
      this.#outbox = [];
      this.#keepOutbox();
      this.#unfollow();
      if (this.#chat) this.#keep({ ...this.#chat, conversation: null });
      this.#wipe();
    });
  }

  #end() {
    this.#unfollow();
    this.#chat = null;
    this.#session = null;
    this.#wipe();
    this.#hear.identity(null);
    this.#hear.stored(false);
  }

  #wipe() {
    this.#messages.clear();
    this.#cursor = 0;
    this.#hear.reset();
    this.#count();
  }

  /** Another tab has changed what is remembered. */
  remember(name) {
    if (name === "seen") return this.#count();
    this.#inBackground(async () => {
      if (name === "identity" && this.#chat) return this.#refreshSession();
      if (name !== "chat") return;
      const chat = this.#memory.chat();
      if (chat?.token === this.#chat?.token && chat?.conversation === this.#chat?.conversation) return;
      this.#outbox = [];
      this.#end();
      if (!chat) return;
      this.#adopt(chat);
      await this.#load();
    });
  }

  // --- who the customer is --------------------------------------------------------------------------------------

  /** The page says who the customer is: `{token}`, `{logout: true}` or null. */
  identify(identity) {
    if (!identity) return;
    this.#inBackground(() => {
      this.#identity = identity;
      this.#pageToken = identity.token ?? null;
      return this.#applyIdentity();
    });
  }

  async #applyIdentity() {
    const identity = this.#identity;
    if (!identity || !this.#chat) return;
    this.#identity = null;
    if (identity.logout) {
      if (this.#session && this.#session.assurance !== "anonymous") await this.#leave();
      return;
    }
    try {
      await api.identify(this.#chat.token, identity.token);
      await this.#refreshSession();
      this.#memory.stampIdentity();
    } catch (refusal) {
      if (refusal.kind === "refused") return this.#hear.error("identify-refused", refusal.message);
      this.#identity ??= identity;
      if (refusal.kind !== "expired") return;
      // It has ended by its time, or because it was another customer's: what that one left unsent isn't sent.
      if (this.signedIn) this.#outbox = [];
      throw refusal;
    }
  }

  async #refreshSession() {
    this.#session = await api.session(this.#chat.token);
    this.#hear.identity(this.#session);
  }

  /** Asks for a one-time code by e-mail. Rejects with a `Refusal`. */
  sendCode(email) {
    return this.#serially(() => api.sendCode(this.#chat.token, email));
  }

  /** Signs in with the code. Rejects with a `Refusal`, whose problem is `wrong-code` or `too-many-attempts`. */
  verifyCode(code) {
    return this.#serially(async () => {
      await api.verifyCode(this.#chat.token, code);
      await this.#refreshSession();
      this.#memory.stampIdentity();
    });
  }

  signOut() {
    return this.#inBackground(() => this.#leave());
  }

  /** Signs out and forgets the conversation on this device: the next one at it may be somebody else. */
  async #leave() {
    this.#pageToken = null;
    // If this fails, the session's token is forgotten all the same, and nobody else has it.
    await api.signOut(this.#chat.token).catch(() => {});
    this.#memory.forget();
    this.#outbox = [];
    this.#end();
    this.#hear.notice("signed-out");
  }

  // --- receiving ------------------------------------------------------------------------------------------------

  #take(view, { fromServer = false, live = true } = {}) {
    if (!Number.isSafeInteger(view?.seq)) return;
    if (fromServer) this.#cursor = Math.max(this.#cursor, view.seq);
    if (this.#messages.has(view.seq)) return;
    this.#messages.set(view.seq, view);
    if (view.client_id) this.#drop(view.client_id);
    this.#hear.message(view, live);
    if (live) this.#count();
  }

  #follow() {
    if (this.#stream || !this.#chat?.conversation || document.hidden) return;
    this.#stream = follow(this.#chat.token, this.#chat.conversation, () => this.#cursor, {
      message: (view) => this.#take(view, { fromServer: true }),
      typing: (on, told) => this.#hear.typing(on, told),
      owner: (owner) => {
        this.#ownersTold += 1;
        this.#hear.owner(owner, true);
      },
      up: () => this.#up(),
      down: () => {
        this.#impatience ??= setTimeout(() => this.#hear.link(navigator.onLine ? "down" : "offline"), PATIENCE_MS);
      },
      refused: (refusal) => {
        if (refusal.kind === "expired" || refusal.kind === "gone") this.#inBackground(() => Promise.reject(refusal));
      },
    });
  }

  #unfollow() {
    this.#stream?.stop();
    this.#stream = null;
    clearTimeout(this.#impatience);
    this.#impatience = null;
    this.#hear.link("up");
  }

  #up() {
    clearTimeout(this.#impatience);
    this.#impatience = null;
    this.#hear.link("up");
    for (const entry of this.#outbox) {
      if (entry.state === "failed" && entry.kind === "unreachable") this.#mark(entry, { state: "sending", kind: null });
    }
    this.#drain();
    this.#lookForOwner();
    if (this.#identity) this.#inBackground(() => this.#applyIdentity());
  }

  /** Who answers may have changed while nobody listened; the stream tells only from now on. */
  async #lookForOwner() {
    const chat = this.#chat;
    if (!chat?.conversation) return;
    const told = this.#ownersTold;
    const { conversations } = await api.conversations(chat.token).catch(() => ({ conversations: [] }));
    const found = conversations.find((one) => one.id === chat.conversation);
    // What the stream told meanwhile is newer than this answer.
    if (found && told === this.#ownersTold && this.#chat?.conversation === chat.conversation)
      this.#hear.owner(found.owner, false);
  }

  /** A connection from before may be dead without knowing it. */
  #online() {
    this.#unfollow();
    this.#follow();
    if (!this.#stream) this.#up();
  }

  #visibility() {
    clearTimeout(this.#hiddenTimer);
    if (document.hidden) this.#hiddenTimer = setTimeout(() => this.#unfollow(), HIDDEN_MS);
    else this.#follow();
    this.#count();
  }

  #count() {
    const conversation = this.#chat?.conversation;
    if (!conversation) return this.#hear.unread(0);
    const highest = Math.max(0, ...this.#messages.keys());
    let seen = this.#memory.seen(conversation);
    if (this.#looking && !document.hidden && highest > seen) {
      seen = highest;
      this.#memory.setSeen(conversation, highest);
    }
    this.#hear.unread(
      [...this.#messages.values()].filter((view) => view.author !== "customer" && view.seq > seen).length,
    );
  }

  /**
   * One thing at a time: whoever the customer is, is settled before the next message goes out. A session that turns out
   * to be over is ended here, whatever was being done.
   */
  #serially(step) {
    const done = this.#work.then(step).catch((problem) => {
      if ((problem.kind === "expired" || problem.kind === "gone") && this.#chat) this.#expire();
      else if (!problem.kind) reportError(problem);
      throw problem;
    });
    this.#work = done.catch(() => {});
    return done;
  }

  /** As `#serially`, where nobody waits for the outcome. */
  #inBackground(step) {
    return this.#serially(step).catch(() => {});
  }
}

/** A random id; `crypto.randomUUID` exists on https and localhost only. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What the page knows: who is signed in, the team, the list that is looked at, the ticket that is open. Reads it from
// the API, keeps it true by the stream of events, and tells those who show it. Knows no elements.

import { api } from "./api.js";
import { Opened } from "./opened.js";
import { follow } from "./stream.js";

const NO_LIST = { items: [], total: 0, state: "loading", error: null };
const SOON_MS = 120;
/** A list of more than this is read anew at most once a second. */
const MANY = 200;
const LATER_MS = 1_000;
const HEARTBEAT_MS = 45_000;
const LOST_AFTER_MS = 1_500;

export class Desk {
  me = null;
  people = [];
  groups = [];
  /** Their names. */
  savedViews = [];
  counts = {};
  notifications = [];
  drafts = new Set();
  /** What is shown in the list, and by what it is narrowed. */
  view = { id: "mine", wanted: {} };
  list = { ...NO_LIST };
  /** The ticket or conversation that is open: an `Opened`, or null. */
  opened = null;
  /** `up`, `down` or `offline`. */
  link = "up";
  #listeners = new Map();
  #reading = null;
  #soon = null;
  #stream = null;
  #timers = [];

  #ending = new AbortController();

  constructor(me) {
    this.me = me;
  }

  /** Aborted once the person has signed out: for those who listen to more than the desk. */
  get ended() {
    return this.#ending.signal;
  }

  /** Calls `listener` whenever this part has changed. */
  on(part, listener) {
    const all = this.#listeners.get(part) ?? [];
    this.#listeners.set(part, [...all, listener]);
  }

  tell(part) {
    for (const listener of this.#listeners.get(part) ?? []) listener();
  }

  start() {
    let impatience = null;
    const lost = () =>
      (impatience ??= setTimeout(() => this.#setLink(navigator.onLine ? "down" : "offline"), LOST_AFTER_MS));
    this.#stream = follow({
      event: (name, data) => this.#heard(name, data),
      up: () => {
        clearTimeout(impatience);
        impatience = null;
        this.#setLink("up");
      },
      down: lost,
    });
    const signal = this.ended;
    addEventListener("online", () => this.#stream.retry(), { signal });
    addEventListener("offline", () => this.#setLink("offline"), { signal });
    // Whoever looks at the page is there: what they have open is told again before the server forgets it.
    this.#timers.push(setInterval(() => document.visibilityState === "visible" && this.opened?.look(), HEARTBEAT_MS));
    document.addEventListener(
      "visibilitychange",
      () => {
        if (document.visibilityState === "visible") this.opened?.look();
      },
      { signal },
    );
    this.refresh();
    this.#readDrafts();
  }

  stop() {
    this.#stream?.stop();
    this.#ending.abort();
    this.#reading?.abort();
    clearTimeout(this.#soon);
    this.#timers.forEach(clearInterval);
    this.#listeners.clear();
    this.opened?.leave();
  }

  retryLink() {
    this.#stream?.retry();
  }

  #setLink(link) {
    if (link === this.link) return;
    this.link = link;
    this.tell("link");
  }

  // --- the list ---------------------------------------------------------------------------------------------------

  /** Turns to a view: `mine`, `group:NAME`, `saved:NAME`, `assistant` …; `wanted` narrows it, as `api.tickets` says. */
  show(id, wanted = {}) {
    if (
      id === this.view.id &&
      JSON.stringify(wanted) === JSON.stringify(this.view.wanted) &&
      this.list.state === "ready"
    )
      return;
    this.view = { id, wanted };
    this.list = { ...NO_LIST };
    this.tell("view");
    this.tell("list");
    return this.#readList();
  }

  async #readList() {
    this.#reading?.abort();
    const reading = new AbortController();
    this.#reading = reading;
    const { view } = this;
    try {
      // As much as was loaded before: what moved is found again where it is now.
      const loaded = this.list.items.length;
      let page = await this.#page(view, 0, loaded, reading.signal);
      const { items } = page;
      while (items.length < Math.min(loaded, page.total) && page.items.length) {
        page = await this.#page(view, items.length, loaded - items.length, reading.signal);
        items.push(...page.items);
      }
      if (this.#reading !== reading) return;
      this.list = { items: distinct(items), total: page.total, state: "ready", error: null };
    } catch (error) {
      if (error.kind === "aborted" || this.#reading !== reading) return;
      if (!error.kind) reportError(error);
      // What is on the screen is better than nothing.
      if (this.list.state === "ready") return;
      this.list = { ...NO_LIST, state: "failed", error };
    }
    this.tell("list");
  }

  async #page({ id, wanted }, skip, count, signal) {
    if (id === "assistant") {
      const { conversations } = await api.conversations(signal);
      this.counts = { ...this.counts, assistant: conversations.length };
      this.tell("counts");
      return { items: conversations, total: conversations.length };
    }
    const { tickets, total } = await api.tickets(id, wanted, skip, count, signal);
    return { items: tickets, total };
  }

  /** Loads the next page. */
  async more() {
    const { view } = this;
    const page = await this.#page(view, this.list.items.length, 0);
    if (view !== this.view) return;
    const items = distinct([...this.list.items, ...page.items]);
    this.list = { ...this.list, items, total: page.items.length ? page.total : items.length };
    this.tell("list");
  }

  // --- staying true -----------------------------------------------------------------------------------------------

  /** Reads everything anew: at the beginning, after a pause of the connection, where too much changed at once. */
  refresh() {
    this.refreshSoon();
    this.refreshAssistant();
    this.refreshTeam();
    this.refreshNotifications();
    this.opened?.refresh();
  }

  /** Reads the list and the counts in a moment: several changes at once are one reading. */
  refreshSoon() {
    const many = this.list.items.length > MANY;
    this.#soon ??= setTimeout(
      () => {
        this.#soon = null;
        this.#readList();
        this.refreshCounts();
      },
      many ? LATER_MS : SOON_MS,
    );
  }

  async refreshCounts() {
    await quietly(async () => {
      this.#count(await api.counts());
    });
  }

  #count(counts) {
    this.counts = { ...counts, assistant: this.counts.assistant };
    this.savedViews = Object.keys(counts.saved ?? {});
    this.tell("counts");
  }

  async refreshTeam() {
    await quietly(async () => {
      const { people, groups } = await api.people();
      this.groups = groups;
      this.#setTeam(people);
    });
  }

  #setTeam(people) {
    this.people = people;
    this.me = people.find((person) => this.isMe(person.name)) ?? this.me;
    this.opened?.setLooking(people);
    this.tell("people");
  }

  /** How many conversations the assistant has isn't among the counts. */
  async refreshAssistant() {
    await quietly(async () => {
      const { conversations } = await api.conversations();
      this.counts = { ...this.counts, assistant: conversations.length };
      this.tell("counts");
    });
  }

  async refreshNotifications() {
    await quietly(async () => {
      this.notifications = (await api.notifications()).notifications;
      this.tell("notifications");
    });
  }

  async #readDrafts() {
    await quietly(async () => {
      this.drafts = new Set((await api.drafts()).drafts.map((draft) => draft.ticket));
      this.tell("list");
    });
  }

  /** A draft was begun or used up here. */
  setDraft(ticket, there) {
    if (this.drafts.has(ticket) === there) return;
    if (there) this.drafts.add(ticket);
    else this.drafts.delete(ticket);
    this.tell("list");
  }

  #heard(name, data) {
    const { opened } = this;
    if (name === "ready" || name === "reload") {
      this.refresh();
    } else if (name === "ticket") {
      this.refreshSoon();
      if (opened?.isAbout(data.ticket)) opened.refresh();
    } else if (name === "conversation") {
      if (this.view.id === "assistant") this.refreshSoon();
      if (opened?.isAbout(data.conversation)) opened.refresh();
    } else if (name === "delivery") {
      if (opened && opened.conversation === data.conversation) opened.refresh();
    } else if (name === "typing") {
      if (opened && opened.conversation === data.conversation) opened.typed(data.person ?? null);
    } else if (name === "presence") {
      this.#setTeam(data.people);
    } else if (name === "notifications") {
      this.refreshNotifications();
    } else if (name === "counts") {
      this.#count(data);
    }
  }

  // --- the ticket that is open ------------------------------------------------------------------------------------

  /** Opens a ticket, or (`assistant`) a conversation that has none. */
  open(id, kind = "ticket") {
    if (this.opened?.id === id) return;
    this.opened?.leave();
    const known = this.list.items.find((item) => item.id === id) ?? null;
    this.opened = new Opened(this, id, kind, known);
    this.tell("opened");
    this.opened.refresh();
    this.opened.look();
  }

  close() {
    if (!this.opened) return;
    this.opened.leave();
    this.opened = null;
    this.tell("opened");
  }

  /** What customers and colleagues call somebody. */
  nameOf(person) {
    return this.people.find((one) => one.name === person)?.display_name ?? person;
  }

  isMe(person) {
    return person === this.me.name;
  }
}

/** Each once, though it moved from one page to the next while they were read. */
const distinct = (items) => [...new Map(items.map((item) => [item.id, item])).values()];

/** Read again at the next occasion where it fails: nobody waits for it. */
async function quietly(reading) {
  try {
    await reading();
  } catch (error) {
    if (!error.kind) reportError(error);
  }
}

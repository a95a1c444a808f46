// The ticket (or the assistant's conversation) that is open: its messages, its history, what is known of the customer,
// who else is there. Read in one go, then kept true piece by piece.

import { api } from "./api.js";
import { closed } from "./channel.js";
import { underWay } from "./delivery.js";

const TYPING_MS = 6_000;
/** The stream tells what became of messages; this is for what it missed. */
const LOOK_AGAIN_MS = 10_000;
/** What couldn't be read is read again after this time: nothing else may happen that it would be read for. */
const AGAIN_MS = 3_000;

export class Opened {
  /** `ticket` or `assistant`: a conversation without a ticket. */
  kind;
  id;
  /** As the API gives it; null until it came. */
  ticket;
  messages = [];
  history = [];
  context = null;
  suggestions = null;
  /** Who answers the customer: `human` or `assistant`. */
  owner = null;
  /** With whom it is held, where it isn't on a web page; else null. */
  channel = null;
  /** The last message that stood on the screen long enough to be read. */
  readUpTo = 0;
  /** Names of others who look at it. */
  looking = [];
  state = "loading";
  error = null;
  #desk;
  #typing = new Map();
  #reading = false;
  #again = false;
  #later = null;
  #left = false;
  #lookAgain = null;
  #closes = null;

  /** `known` is what the list has of it, to be shown until the rest is there. */
  constructor(desk, id, kind, known) {
    this.#desk = desk;
    this.id = id;
    this.kind = kind;
    this.about = known;
    this.ticket = kind === "ticket" ? known : null;
    this.setLooking(desk.people);
  }

  get conversation() {
    return this.kind === "assistant" ? this.id : (this.ticket?.conversation ?? null);
  }

  get lastSeq() {
    return this.messages.at(-1)?.seq ?? 0;
  }

  /** Whether an event of the stream is about this one. */
  isAbout({ id, conversation }) {
    return id === this.id || (conversation !== undefined && conversation === this.conversation);
  }

  /** The ticket as an action's answer gives it. */
  take(ticket) {
    this.#adopt(ticket);
    this.#desk.tell("conversation");
  }

  /** Unless something newer came while it was on its way. */
  #adopt(ticket) {
    if (this.ticket && ticket.version < this.ticket.version) return;
    this.ticket = ticket;
    this.history = ticket.history;
  }

  /** What a reply's or a note's answer gives: the message, the ticket, or both. */
  sent({ message = null, ticket }) {
    // Only where nothing lies before it that isn't here yet.
    if (message?.seq === this.lastSeq + 1) this.#add([message]);
    this.take(ticket);
  }

  /** Reads what is new. Asked while it reads, it reads once more. */
  async refresh() {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    do {
      this.#again = false;
      await this.#read();
    } while (this.#again && !this.#left);
    this.#reading = false;
  }

  async #read() {
    try {
      if (this.kind === "ticket") await this.#readTicket();
      else await this.#readConversation();
      if (this.#left) return;
      const first = this.state !== "ready";
      this.state = "ready";
      this.error = null;
      this.#desk.tell(first ? "opened" : "conversation");
      if (first) this.#readBeside();
    } catch (error) {
      if (this.#left) return;
      if (!error.kind) reportError(error);
      if (this.state === "ready" && error.kind !== "gone") {
        clearTimeout(this.#later);
        this.#later = setTimeout(() => this.refresh(), AGAIN_MS);
        return;
      }
      this.state = "failed";
      this.error = error;
      this.#desk.tell("opened");
    }
  }

  async #readTicket() {
    const [ticket] = await Promise.all([api.ticket(this.id), this.#readMessages(api.messages)]);
    this.#adopt(ticket);
    await this.#readDeliveries();
  }

  async #readConversation() {
    await this.#readMessages(api.conversationMessages);
    await this.#readDeliveries();
  }

  /** How far the messages came that were read before; the first time they say it themselves. */
  async #readDeliveries() {
    clearTimeout(this.#lookAgain);
    if (!this.channel || !this.conversation) return;
    const known = this.state !== "ready" || (await this.#noteAll());
    if (!this.#left && (!known || underWay(this.messages)))
      this.#lookAgain = setTimeout(() => this.refresh(), LOOK_AGAIN_MS);
    this.#tellWhenClosed();
  }

  /** Whether it could be read: the messages themselves are shown in any case. */
  async #noteAll() {
    try {
      const { dispatches } = await api.dispatches(this.conversation);
      for (const dispatch of dispatches) this.#note(dispatch.message, dispatch);
      return true;
    } catch (error) {
      if (!error.kind) reportError(error);
      return false;
    }
  }

  #note(id, { state, error_code, error, again, updated_at }) {
    const message = this.messages.find((one) => one.id === id);
    if (message) message.delivery = { state, error_code, error, again, updated_at };
  }

  /** WhatsApp's window closes while somebody looks at it. */
  #tellWhenClosed() {
    clearTimeout(this.#closes);
    if (this.#left || !this.channel.open_until || closed(this.channel)) return;
    const wait = Date.parse(this.channel.open_until) - Date.now();
    this.#closes = setTimeout(() => this.#desk.tell("conversation"), Math.max(0, wait) + 500);
  }

  /** A message came so far. */
  came(id, delivery) {
    this.#note(id, delivery);
    this.#desk.tell("conversation");
  }

  /** All messages that are new, page by page. */
  async #readMessages(read) {
    for (;;) {
      const page = await read(this.id, this.lastSeq);
      this.owner = page.owner;
      this.channel = page.channel ?? null;
      this.#add(page.messages);
      if (page.messages.length === 0 || this.lastSeq >= page.last_seq) return;
    }
  }

  #add(messages) {
    const known = new Map(this.messages.map((message) => [message.seq, message]));
    for (const message of messages) {
      known.set(message.seq, message);
      if (message.author === "customer") this.#typing.delete(null);
    }
    this.messages = [...known.values()].sort((one, other) => one.seq - other.seq);
  }

  /** What stands beside the conversation: it may take longer, and its failure is told there. */
  async #readBeside() {
    if (this.kind !== "ticket") return;
    const read = async (name, get) => {
      this[name] = await get(this.id).catch((error) => ({ error }));
      if (!this.#left) this.#desk.tell("context");
    };
    await Promise.all([read("context", api.context), read("suggestions", api.suggestions)]);
  }

  readBesideAgain() {
    this.context = null;
    this.suggestions = null;
    this.#desk.tell("context");
    return this.#readBeside();
  }

  // --- who else is here -------------------------------------------------------------------------------------------

  /** Tells the others that this one is looked at. */
  look() {
    if (this.kind === "ticket") api.looking(this.id).catch(() => {});
  }

  setLooking(people) {
    this.looking = people.filter((one) => one.looking === this.id && !this.#desk.isMe(one.name)).map((one) => one.name);
    this.#desk.tell("presence");
  }

  /** Somebody writes: a person by name, or (null) the customer. It is over by itself. */
  typed(person) {
    if (person !== null && this.#desk.isMe(person)) return;
    clearTimeout(this.#typing.get(person));
    const over = () => {
      this.#typing.delete(person);
      if (!this.#left) this.#desk.tell("presence");
    };
    this.#typing.set(person, setTimeout(over, TYPING_MS));
    this.#desk.tell("presence");
  }

  /** Who writes now: names, null for the customer. */
  get writers() {
    return [...this.#typing.keys()];
  }

  /** It isn't open any more. */
  leave() {
    this.#left = true;
    clearTimeout(this.#later);
    clearTimeout(this.#lookAgain);
    clearTimeout(this.#closes);
    for (const timer of this.#typing.values()) clearTimeout(timer);
  }
}

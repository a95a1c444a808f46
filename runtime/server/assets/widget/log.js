// The list of messages: stored ones in the order of their numbers, then those on their way, with the day between where it
// changes. A message that was sent from here keeps its element when the stored one arrives, so that it isn't read out twice.

import { cardPart, consentPart, part, setConsentOpen, sourcesPart, textParts } from "./blocks.js";

/** Messages of one author within this time share one time of day. */
const TOGETHER_MS = 5 * 60_000;

export class MessageLog {
  #element;
  #context;
  #failed;

  /** `context` is `{words, clock, choose(button)}`; `failed` has `retry(clientId)` and `discard(clientId)`. */
  constructor(element, context, failed) {
    this.#element = element;
    this.#context = context;
    this.#failed = failed;
  }

  /** Empties the list, but for what opens every conversation: who is answering here. */
  reset(lines) {
    const { words } = this.#context;
    this.#element.replaceChildren(
      part(
        "div",
        { class: "message", "data-author": "assistant" },
        part("span", { class: "unseen" }, words.assistantSays),
        part(
          "div",
          { class: "bubble" },
          ...lines.map((line) => part("p", { dir: "auto" }, line)),
          part("p", {}, words.disclosure),
        ),
      ),
    );
  }

  /** A stored message. */
  add(view) {
    const known = view.client_id ? this.#pending(view.client_id) : null;
    const element = known ?? part("div");
    element.dataset.seq = view.seq;
    delete element.dataset.client;
    element.className = view.notice ? "message notice" : "message";
    element.dataset.author = author(view);
    this.#fill(element, view);
    const before = this.#placeOf(view.seq, element);
    if (before !== element.nextElementSibling || !element.isConnected) this.#element.insertBefore(element, before);
    this.#arrange();
  }

  /** A message on its way: shown first, or changed since. */
  pend(entry) {
    const { words, clock } = this.#context;
    const element = this.#pending(entry.client_id) ?? part("div");
    const failed = entry.state === "failed";
    element.className = `message ${failed ? "failed" : "sending"}`;
    element.dataset.author = "customer";
    element.dataset.client = entry.client_id;
    element.dataset.at = entry.at;
    if (!element.isConnected) {
      element.append(
        part("span", { class: "unseen" }, words.you),
        part("div", { class: "bubble" }, ...typed(entry.text)),
      );
      this.#element.append(element);
    }
    element.querySelector(".meta")?.remove();
    const meta = part("p", { class: "meta" });
    if (!failed) meta.append(words.sending);
    else {
      const why =
        { busy: `${words.tooMany} ${words.retryAt(clock.wait(entry.retry_at))}`, refused: words.cantSend }[
          entry.kind
        ] ?? words.notSent;
      // What the server refuses, it will refuse again.
      const what = entry.kind === "refused" ? "discard" : "retry";
      const button = part("button", { type: "button", class: "link" }, words[what]);
      button.addEventListener("click", () => this.#failed[what](entry.client_id));
      meta.append(part("span", { class: "trouble", role: "alert" }, why), " ", button);
    }
    element.append(meta);
    this.#arrange();
  }

  /** A message on its way that was given up. */
  drop(clientId) {
    this.#pending(clientId)?.remove();
    this.#arrange();
  }

  /** Only the question of the message with this number can be answered; none where it is null. True where a button that had the focus was closed. */
  settle(seq) {
    let lost = false;
    for (const section of this.#element.querySelectorAll("section.consent")) {
      const open = seq !== null && section.parentElement.dataset.seq === String(seq);
      lost ||= !open && section.contains(document.activeElement);
      setConsentOpen(section, open);
    }
    return lost;
  }

  /** What the customer looked up: shown as an answer, and no part of the conversation. */
  show(content) {
    const { words } = this.#context;
    const said = part("span", { class: "unseen" }, words.assistantSays);
    this.#element.append(
      part("div", { class: "message", "data-author": "assistant" }, said, part("div", { class: "bubble" }, ...content)),
    );
  }

  /** A line that isn't a message: a session ended. */
  note(text) {
    this.#element.append(part("p", { class: "note", dir: "auto" }, text));
  }

  #fill(element, view) {
    const { words } = this.#context;
    const name = view.person?.name;
    const says = name
      ? words.says(name)
      : { customer: words.you, assistant: words.assistantSays, human: words.teamSays }[author(view)];
    const text = textParts(view.blocks, words);
    const cards = (view.cards ?? []).map((card) => cardPart(card, this.#context)).filter(Boolean);
    const content = [part("span", { class: "unseen" }, says)];
    if (name) content.push(part("p", { class: "name", dir: "auto", "aria-hidden": "true" }, String(name)));
    if (view.consent) content.push(consentPart(view.consent, text, this.#context));
    else if (view.notice) content.push(part("div", { class: "note", dir: "auto" }, ...text));
    else if (text.length) content.push(part("div", { class: "bubble" }, ...text));
    if (cards.length) content.push(part("div", { class: "cards" }, ...cards));
    const sources = sourcesPart(view.sources, words);
    if (sources) content.push(sources);
    if (view.handoff) content.push(part("p", { class: "note" }, words.handedOff));
    element.dataset.at = view.sent_at;
    // What already stands there isn't put there again, for a screen reader would read it again.
    element.querySelector(":scope > .meta")?.remove();
    const same =
      element.children.length === content.length &&
      content.every((one, at) => one.textContent === element.children[at].textContent);
    if (!same) element.replaceChildren(...content);
  }

  #pending(clientId) {
    return [...this.#element.children].find((child) => child.dataset.client === clientId);
  }

  /** The element that a message of this number goes before. */
  #placeOf(seq, self) {
    let before = null;
    for (let child = this.#element.lastElementChild; child; child = child.previousElementSibling) {
      if (child === self) continue;
      const waits = child.dataset.client !== undefined;
      if (!waits && !(Number(child.dataset.seq) > seq)) break;
      before = child;
    }
    return before;
  }

  /** Times of day and days, after a change. */
  #arrange() {
    const { clock } = this.#context;
    const messages = [...this.#element.querySelectorAll(":scope > .message[data-at]")];
    const days = new Map([...this.#element.querySelectorAll(":scope > .day")].map((day) => [day.dataset.day, day]));
    let today = null;
    messages.forEach((message, at) => {
      const when = new Date(message.dataset.at);
      const key = clock.dayKey(when);
      if (key !== today) {
        today = key;
        const day = days.get(key) ?? part("p", { class: "day", "data-day": key }, clock.day(when));
        days.delete(key);
        if (message.previousElementSibling !== day) message.before(day);
      }
      if (message.dataset.seq === undefined) return;
      const next = messages[at + 1];
      const apart =
        !next || next.dataset.author !== message.dataset.author || new Date(next.dataset.at) - when > TOGETHER_MS;
      const shown = message.querySelector(":scope > .meta");
      if (apart && !shown)
        message.append(part("p", { class: "meta" }, part("time", { datetime: message.dataset.at }, clock.time(when))));
      else if (!apart) shown?.remove();
    });
    for (const day of days.values()) day.remove();
  }
}

const AUTHORS = ["customer", "assistant", "human"];

const author = (view) => (AUTHORS.includes(view.author) ? view.author : "assistant");

/** What the customer typed, as the server will give it back: blank lines part paragraphs. */
function typed(text) {
  return text
    .split(/\n{2,}/)
    .filter((one) => one.trim() !== "")
    .map((one) => part("p", { dir: "auto" }, one));
}

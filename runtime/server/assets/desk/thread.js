// A conversation as one column of time: messages, notes, and what happened in between.

import { cardPart, sourcesPart, textParts } from "/widget/blocks.js";
import { clock as clockFor, textsFor } from "/widget/texts.js";
import { drawSent } from "./delivery.js";
import { filesPart } from "./files.js";
import { arrange, badge, icon, part } from "./parts.js";
import { words } from "./texts.js";
import { customerName } from "./ticket.js";
import { clock, day, full, startOfDay } from "./time.js";
import { eventWords } from "./history.js";
import { tracePart } from "./trace.js";

const chat = textsFor("en");
/** How cards are drawn; their buttons are the customer's and do nothing here. */
export const CARDS = { words: chat.words, clock: clockFor(navigator.language || "en", chat.words), choose() {} };

/** Messages and lines of the history in the order of their time, each with a key of its own. */
export function entries(opened) {
  const messages = opened.messages.map((message) => ({ key: `m${message.seq}`, at: message.sent_at, message }));
  const events = opened.history.map((event) => ({ key: `e${event.id}`, at: event.at, event }));
  // Of the same moment, the event comes first: it is what the message follows from.
  const order = (entry) => [entry.at, entry.event ? 0 : 1, entry.message?.seq ?? 0];
  return [...messages, ...events].sort((one, other) => compare(order(one), order(other)));
}

function compare(one, other) {
  for (const [at, value] of one.entries()) {
    if (value !== other[at]) return value < other[at] ? -1 : 1;
  }
  return 0;
}

/** Draws what is new into `log`, in its place, and leaves alone what stands there already. */
export function drawThread(desk, opened, log) {
  const there = new Map([...log.children].map((one) => [one.dataset.key, one]));
  let before = null;
  const wanted = [];
  for (const entry of entries(opened)) {
    const days = startOfDay(new Date(entry.at)).getTime();
    if (days !== before) {
      wanted.push(there.get(`d${days}`) ?? part("p", { class: "day", "data-key": `d${days}` }, day(entry.at)));
      before = days;
    }
    const old = there.get(entry.key);
    const made = old ?? entryPart(desk, opened, entry);
    if (made) wanted.push(made);
  }
  arrange(log, wanted);
  if (opened.channel) drawSent(opened, log);
  else drawDelivery(opened, log);
}

function entryPart(desk, opened, { key, message, event }) {
  const made = message ? messagePart(desk, opened, message) : eventPart(desk, event);
  if (made) made.dataset.key = key;
  return made;
}

function messagePart(desk, opened, message) {
  const said = words.conversation;
  if (message.notice) {
    return part(
      "p",
      { class: "event notice" },
      part("span", { dir: "auto" }, said.told, " ", part("q", {}, message.text)),
      " ",
      timePart(message.sent_at),
    );
  }
  const who =
    message.author === "customer"
      ? opened.ticket
        ? customerName(opened.ticket)
        : said.customer
      : message.author === "human"
        ? (message.person?.name ?? words.list.team)
        : said.assistant;
  const about = part(
    "p",
    { class: "by" },
    part("span", { class: "name" }, who),
    message.skill ? badge(message.skill.name) : null,
    timePart(message.sent_at),
  );
  const bubble = part(
    "div",
    { class: "bubble" },
    ...textParts(message.blocks, chat.words),
    ...(message.cards ?? []).map((card) => cardPart(withoutButtons(card), CARDS)).filter(Boolean),
  );
  const offered = buttonsOf(message);
  if (offered.length)
    bubble.append(
      part("p", { class: "offered" }, `${said.offered} `, ...offered.map((label) => badge(label, "plain"))),
    );
  const made = part(
    "article",
    { class: `message ${message.author}`, "aria-label": `${who}, ${full(message.sent_at)}` },
    about,
    bubble,
    filesPart(message.attachments),
    sourcesPart(message.sources, { ...chat.words, source: said.sources(1), sources: said.sources(2) }),
  );
  if (message.author === "human" || (message.author === "assistant" && opened.channel))
    made.append(part("p", { class: "delivery small quiet", "data-seq": message.seq }));
  if (message.author === "assistant" && message.turn) made.append(tracePart(opened.conversation, message.turn));
  return made;
}

/** Links stay: they are the shop's own pages. */
export const withoutButtons = (card) => ({
  ...card,
  buttons: (card.buttons ?? []).filter((button) => button.kind === "open"),
});

function buttonsOf(message) {
  const { quick_replies = [], question, rating, tell_me } = message;
  const asked = [message.consent, message.resolved, message.offer].filter(Boolean).flatMap(({ yes, no }) => [yes, no]);
  const all = [
    ...quick_replies,
    ...(question?.choices ?? []),
    question?.skip,
    tell_me,
    ...(rating?.labels ?? []),
    ...asked,
  ];
  return all.filter(Boolean).map((one) => one.label);
}

function eventPart(desk, event) {
  const { kind, text } = event.what;
  if (kind === "note") {
    const by = event.actor.replace(/^operator:/, "");
    const name = desk.isMe(by) ? words.list.you : desk.nameOf(by);
    return part(
      "article",
      { class: "note", "aria-label": `${words.conversation.note}: ${name}, ${full(event.at)}` },
      part(
        "p",
        { class: "by" },
        icon("note"),
        part("span", { class: "name" }, name),
        badge(words.conversation.note, "inherit"),
        timePart(event.at),
      ),
      part("div", { class: "bubble" }, part("p", { dir: "auto" }, ...mentions(desk, text))),
    );
  }
  const said = eventWords(desk, event);
  return said === null ? null : part("p", { class: "event" }, part("span", {}, said), " ", timePart(event.at));
}

/** Names of colleagues in a note stand out. */
function mentions(desk, text) {
  const names = new Set(desk.people.map((person) => person.name));
  return text
    .split(/(@[\p{L}\p{N}_.-]+)/u)
    .map((piece) =>
      piece.startsWith("@") && names.has(piece.slice(1)) ? part("strong", { class: "mention" }, piece) : piece,
    );
}

const timePart = (at) => part("time", { datetime: at, title: full(at) }, clock(at));

/** Below the team's messages: how far they came. Only the last of each state says it. */
function drawDelivery(opened, log) {
  const delivery = opened.ticket?.delivery;
  if (!delivery) return;
  const mailed = Math.max(
    0,
    ...opened.history.filter((event) => event.what.kind === "mailed").map((event) => event.what.seq),
  );
  let shown = null;
  for (const place of [...log.querySelectorAll(".delivery")].reverse()) {
    const seq = Number(place.dataset.seq);
    const state = deliveryOf(seq, delivery, mailed);
    const text = state && state.text !== shown ? state.text : "";
    if (state) shown = state.text;
    place.textContent = text;
    place.classList.toggle("trouble", Boolean(text) && state.failed === true);
  }
}

function deliveryOf(seq, { seen_seq, reached_seq, mail_at, waiting, error }, mailed) {
  const said = words.conversation;
  if (seq <= seen_seq) return { text: said.seen };
  if (seq <= mailed) return { text: said.mailed };
  if (seq <= reached_seq) return { text: said.delivered };
  if (waiting && error) return { text: `${said.failed}: ${error}`, failed: true };
  if (waiting) return { text: said.waiting };
  return { text: mail_at ? said.notSeen(clock(mail_at)) : said.delivered };
}

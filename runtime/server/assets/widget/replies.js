// What can be answered with one press, below the messages: what the last message offers, or the yes and no of its question.

import { buttonPart, part } from "./blocks.js";

/** The buttons below a message, as elements. `human`: a person has the conversation, whom nobody answers by yes or no. */
export function replyParts(view, human, context) {
  if (!view) return [];
  const button = (reply) => buttonPart(reply, context);
  const buttons = (view.quick_replies ?? []).map(button);
  const { offer, question, tell_me: tellMe } = view;
  if (view.resolved && !human) buttons.push(...asked(view.resolved.question, [view.resolved.yes, view.resolved.no], button));
  if (offer) buttons.push(strong(button(offer.yes)), button(offer.no));
  if (question) buttons.push(...(question.choices ?? []).map(button), question.skip ? button(question.skip) : null);
  if (tellMe) buttons.push(button(tellMe));
  return buttons.filter(Boolean);
}

/** What the composer says while a question of the server's waits for an answer: `{label, mode, complete}`. */
export function askedFor(view, words) {
  const kind = view?.question?.asks;
  if (kind === "email") return { label: words.writeEmail, mode: "email", complete: "email" };
  if (kind === "phone") return { label: words.writePhone, mode: "tel", complete: "tel" };
  if (kind) return { label: words.writeAnswer, mode: "text", complete: "off" };
  return { label: words.write, mode: "text", complete: "off" };
}

function asked(question, answers, button) {
  const asks = part("span", { class: "asks", id: "asks", dir: "auto" }, question);
  const buttons = answers.map(button);
  buttons.forEach((one) => one.setAttribute("aria-describedby", "asks"));
  return [asks, ...buttons];
}

function strong(button) {
  button.classList.add("strong");
  return button;
}

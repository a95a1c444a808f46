// An answer as each channel shows it. Web chat's parts are the widget's own.

import { cardPart, consentPart, setConsentOpen, sourcesPart, textParts } from "/widget/blocks.js";
import { replyParts } from "/widget/replies.js";
import { clock, textsFor } from "/widget/texts.js";
import { element } from "./parts.js";

/** `context`: `locale`, `live` (it is the last answer) and `choose(button, act)`. */
export function answerPart(answer, channel, context) {
  if (channel === "webchat") return webchat(answer.webchat, context);
  const { text, segments, interactive } = answer[channel];
  const made = element("div", { class: `bubble plain-text ${channel}`, dir: "auto" }, text);
  const below = [];
  if (segments) below.push(element("p", { class: "quiet small" }, segments === 1 ? "1 SMS" : `${segments} SMS`));
  if (interactive) below.push(interactivePart(interactive));
  return element("div", { class: "answer" }, made, below);
}

function interactivePart({ kind, labels, button, rows, label, url }) {
  const said = { buttons: labels, list: rows, link: [`${label}: ${url}`] }[kind] ?? [];
  const heads = { buttons: "Buttons", list: `Behind the button “${button}”`, link: "A button that opens a page" };
  return element(
    "div",
    { class: "interactive" },
    element("p", { class: "quiet small" }, heads[kind] ?? kind),
    element("ul", {}, said.map((one) => element("li", {}, one))),
  );
}

function webchat(view, context) {
  const parts = partsContext(context);
  const text = textParts(view.blocks, parts.words);
  const cards = (view.cards ?? []).map((card) => cardPart(card, parts)).filter(Boolean);
  const content = [];
  if (view.skill?.name) content.push(element("p", { class: "quiet small" }, view.skill.name));
  if (view.consent) {
    const asked = consentPart(view.consent, text, {
      ...parts,
      choose: ({ ref, label }) =>
        context.choose({ ref, label }, { answer: ref === view.consent.yes.ref ? "yes" : "no" }),
    });
    if (!context.live) setConsentOpen(asked, false);
    content.push(asked);
  } else if (text.length) content.push(element("div", { class: "bubble" }, text));
  if (cards.length) content.push(element("div", { class: "cards" }, cards));
  const sources = sourcesPart(view.sources, parts.words);
  if (sources) content.push(sources);
  if (view.handoff) content.push(element("p", { class: "note" }, parts.words.handedOff));
  return element("div", { class: "answer" }, content);
}

/** The buttons below the last answer, as elements. */
export function repliesOf(previewed, context) {
  const view = previewed?.answers.at(-1)?.webchat;
  return view ? replyParts(view, false, partsContext(context)) : [];
}

/** All buttons that say something, of whatever kind: `{label, ref}`. */
repliesOf.all = (views) =>
  views.flatMap((view) => {
    const { offer, question, resolved, tell_me: tellMe } = view;
    const on = (view.cards ?? []).flatMap((card) => card.buttons ?? []);
    const asked = [offer?.yes, offer?.no, question?.skip, tellMe, resolved?.yes, resolved?.no].filter(Boolean);
    return [...on, ...(view.quick_replies ?? []), ...(question?.choices ?? []), ...asked].filter((one) => one.ref);
  });

function partsContext({ locale, choose }) {
  const { words } = textsFor(locale);
  return { words, clock: clock(locale, words), choose: (button) => choose(button) };
}

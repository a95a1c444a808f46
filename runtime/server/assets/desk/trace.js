// Why the assistant answered as it did: the record of the turn, read when somebody asks for it.

import { api } from "./api.js";
import { badge, button, facts, fact, part } from "./parts.js";
import { words } from "./texts.js";
import { explain } from "./toast.js";

/** The turns of the conversation that was asked about last: one reading serves all of its answers. */
let read = { conversation: null, turns: null };

/** A line that opens to the record of a turn. */
export function tracePart(conversation, turn) {
  const body = part("div", { class: "trace" });
  const made = part("details", { class: "why" }, part("summary", {}, words.conversation.why), body);
  const load = async () => {
    body.replaceChildren(part("p", { class: "quiet" }, words.trace.loading));
    try {
      const found = (await turnsOf(conversation, turn)).find((one) => one.id === turn);
      body.replaceChildren(...(found ? record(found.record) : [part("p", {}, words.trace.none)]));
    } catch (error) {
      body.replaceChildren(part("p", { class: "trouble" }, explain(error)), button(words.trouble.retry, load));
    }
  };
  made.addEventListener("toggle", () => made.open && !body.childElementCount && load());
  return made;
}

async function turnsOf(conversation, turn) {
  if (read.conversation === conversation && read.turns.some((one) => one.id === turn)) return read.turns;
  const { turns } = await api.turns(conversation);
  read = { conversation, turns };
  return turns;
}

/** The parts of a turn's record that people ask about. */
function record({ route, skills = [], handed_off, handed_off_detail, failure }) {
  const said = words.trace;
  const calls = skills.flatMap((one) => one.calls ?? []);
  const why = handed_off && [words.reasons[handed_off] ?? handed_off, handed_off_detail].filter(Boolean).join(": ");
  const parts = [];
  if (route || why || failure)
    parts.push(facts(fact(said.route, routeWords(route)), fact(said.handedOff, why), fact(said.failed, failure)));
  if (skills.length === 0) parts.push(part("p", {}, said.none));
  else parts.push(part("h3", {}, said.asked), part("ul", {}, ...skills.map(skillPart)));
  if (calls.length) parts.push(part("h3", {}, said.tools), part("ul", {}, ...calls.map(callPart)));
  return parts;
}

const took = (micros) => ` ${words.trace.took(Math.max(1, Math.round((micros ?? 0) / 1000)))}`;
const trouble = (text) => (text ? part("span", { class: "trouble" }, ` ${text}`) : "");

function skillPart({ skill, outcome, took_us, failure }) {
  return part("li", {}, `${skill} `, badge(words.trace.outcomes[outcome] ?? outcome), took(took_us), trouble(failure));
}

function callPart({ function: name, provider, result, note, took_us }) {
  const went = result && result !== "ok" ? `${plain(result)}${note ? `: ${note}` : ""}` : "";
  return part(
    "li",
    {},
    part("code", {}, String(name)),
    provider ? ` ${words.trace.by(provider)}` : "",
    took(took_us),
    trouble(went),
  );
}

/** The router's decision: what it was, why, and the best scores. */
function routeWords(route) {
  if (!route) return null;
  const outcome = route.outcome ?? route;
  const ranked = (outcome.ranked ?? [])
    .filter(({ probability }) => probability >= 0.01)
    .slice(0, 3)
    .map(({ skill, probability }) => `${skill} ${Math.round(probability * 100)} %`);
  return [plain(outcome.kind ?? ""), plain(route.reason ?? ""), ranked.join(", ")].filter(Boolean).join(" · ");
}

const plain = (value) =>
  typeof value === "string" ? value.replaceAll("-", " ").replaceAll("_", " ") : JSON.stringify(value);

// What happened to a ticket, in words.

import { words } from "./texts.js";
import { channelName } from "./ticket.js";
import { moment } from "./time.js";

/** One line of a ticket's history as a sentence; null for what isn't shown as a line. */
export function eventWords(desk, { actor, what }) {
  const said = words.events;
  const whom = () => {
    if (what.person) return desk.isMe(what.person) ? words.list.you.toLowerCase() : desk.nameOf(what.person);
    return what.group ?? said.team;
  };
  const by = (did) => `${actorName(desk, actor)} ${did}`;
  switch (what.kind) {
    case "opened":
      return said.opened(words.reasons[what.reason] ?? what.reason);
    case "reopened":
      return by(said.reopened);
    case "state":
      return by(said.state(words.states[what.to] ?? what.to));
    case "assigned":
      return assigned(what, whom, by);
    case "taken_over":
      return by(said.taken_over);
    case "handed_back":
      return by(said.handed_back);
    case "priority":
      return by(said.priority(words.priorities[what.to] ?? what.to));
    case "tags":
      return by(said.tags(what.tags.join(", ")));
    case "snoozed":
      return by(what.until ? said.snoozed(moment(what.until)) : said.awake);
    case "merged":
      return by(said.merged);
    case "merged_into":
      return by(said.merged_into);
    case "reminded":
      return said.reminded;
    case "rated":
      return said.rated(what.score);
    case "mailed":
      return said.mailed;
    case "not_mailed":
      return said.not_mailed(what.error);
    case "not_sent":
      return said.not_sent(channelName(what.channel), what.error);
    case "filed":
      return said.filed(what.remote);
    case "not_filed":
      return said.not_filed(what.error);
    default:
      return null;
  }
}

function assigned(what, whom, by) {
  const said = words.events;
  const { how = "" } = what;
  if (how === "claimed") return by(said.claimed);
  if (how === "round_robin") return said.round_robin(whom());
  if (how.startsWith("rule:")) return said.rule(whom(), how.slice("rule:".length));
  if (how in said.reassigned) return said.reassigned[how](whom());
  return by(what.person || what.group ? said.assigned(whom()) : said.unassigned);
}

/** Who did something, at the beginning of a sentence. */
function actorName(desk, actor) {
  const said = words.conversation;
  const [kind, name] = actor.split(/:(.*)/s);
  if (kind === "operator") return desk.isMe(name) ? words.list.you : desk.nameOf(name);
  if (kind === "helpdesk") return said.helpdesk(name);
  return { customer: said.theCustomer, assistant: said.theAssistant }[kind] ?? said.runtime;
}

// What is done to a ticket, wherever it is asked for: a button, a menu, a key. Each says what it did, and how to undo
// it where that is cheap; a failure says why and offers to try again.

import { api } from "./api.js";
import { words } from "./texts.js";
import { holder, isClosed } from "./ticket.js";
import { moment } from "./time.js";
import { done, wrong } from "./toast.js";

/** Does it, shows what came of it, and gives back whether it went well. */
async function doing(desk, ticket, what, said, undo = null) {
  try {
    const answer = await what();
    if (desk.opened?.id === ticket.id && answer?.id === ticket.id) desk.opened.take(answer);
    if (said) done(said, undo);
    return true;
  } catch (error) {
    if (error.status === 409 || error.status === 412) desk.opened?.refresh();
    wrong(
      error,
      ["unreachable", "broken", "busy"].includes(error.kind) ? () => doing(desk, ticket, what, said, undo) : null,
    );
    return false;
  } finally {
    desk.opened?.refresh();
    desk.refreshSoon();
  }
}

export const act = {
  claim: (desk, ticket) => doing(desk, ticket, () => api.claim(ticket.id), words.actions.claimed),

  assign(desk, ticket, { person = null, group = null }) {
    const whom = holder(desk, { assignee: person, group });
    return doing(desk, ticket, () => api.assign(ticket.id, person, group), words.actions.assigned(whom));
  },

  solve(desk, ticket) {
    const undo = () => act.reopen(desk, ticket);
    return doing(desk, ticket, () => api.setState(ticket.id, "solved"), words.actions.solved(ticket.number), undo);
  },

  reopen: (desk, ticket) =>
    doing(desk, ticket, () => api.setState(ticket.id, "open"), words.actions.reopened(ticket.number)),

  setState(desk, ticket, state) {
    if (state === ticket.state) return Promise.resolve(true);
    if (state === "solved") return act.solve(desk, ticket);
    if (state === "open") return act.reopen(desk, ticket);
    const undo = () => act.setState(desk, { ...ticket, state }, ticket.state);
    return doing(
      desk,
      ticket,
      () => api.setState(ticket.id, state),
      words.actions.stateSet(ticket.number, words.states[state]),
      state === "closed" ? null : undo,
    );
  },

  setPriority: (desk, ticket, priority) => doing(desk, ticket, () => api.setPriority(ticket.id, priority)),

  setTags: (desk, ticket, tags) => doing(desk, ticket, () => api.setTags(ticket.id, tags)),

  snooze(desk, ticket, until) {
    const undo = () => act.wake(desk, ticket);
    const said = words.actions.snoozed(ticket.number, moment(until));
    return doing(desk, ticket, () => api.snooze(ticket.id, until.toISOString()), said, undo);
  },

  wake: (desk, ticket) => doing(desk, ticket, () => api.snooze(ticket.id, null)),

  handBack: (desk, ticket) => doing(desk, ticket, () => api.handBack(ticket.id), words.actions.handedBack),

  merge: (desk, ticket, into) =>
    doing(desk, ticket, () => api.merge(ticket.id, into.id), words.actions.merged(ticket.number, into.number)),

  /** Sets whether one takes tickets; shown at once, and taken back where it can't be stored. */
  async setAvailability(desk, availability, until = null) {
    const before = desk.me;
    desk.me = { ...before, availability, away_until: until };
    desk.tell("people");
    try {
      await api.setAvailability(availability, until);
    } catch (error) {
      desk.me = before;
      desk.tell("people");
      wrong(error, () => act.setAvailability(desk, availability, until));
    }
    desk.refreshTeam();
  },

  /** Takes a conversation over from the assistant; gives back its ticket, or null. */
  async takeOver(desk, conversation) {
    try {
      const ticket = await api.takeOver(conversation);
      done(words.conversation.tookOver);
      return ticket;
    } catch (error) {
      wrong(error, () => act.takeOver(desk, conversation));
      return null;
    } finally {
      desk.refreshSoon();
    }
  },
};

/** What can be done to a ticket as it is now. */
export function possible(ticket) {
  const over = isClosed(ticket);
  return {
    claim: !over && !ticket.assignee && ticket.state !== "solved",
    solve: !over && ticket.state !== "solved",
    reopen: !over && ticket.state === "solved",
    snooze: !over && ticket.state !== "solved",
    handBack: !over && ticket.place?.kind !== "connector",
    write: !over && ticket.place?.kind !== "connector",
    change: !over,
  };
}

// What is read off a ticket.

import { words } from "./texts.js";

/** What to call the customer; of a conversation without a ticket nothing is known. */
export const customerName = ({ requester }) =>
  requester?.name ?? requester?.email ?? requester?.phone ?? words.list.visitor;

export const isVerified = ({ requester }) => requester?.assurance === "authenticated";

/** It is over: nothing is to be written any more. */
export const isClosed = (ticket) => ticket.state === "closed" || Boolean(ticket.merged_into);

export const isSnoozed = (ticket) => Boolean(ticket.snoozed_until) && new Date(ticket.snoozed_until) > new Date();

/** The connector whose helpdesk it is worked on in; null for the built-in one. */
export const elsewhere = (ticket) => (ticket.place?.kind === "connector" ? ticket.place : null);

/** Whose it is, as people say it. */
export function holder(desk, ticket) {
  if (ticket.assignee) return desk.isMe(ticket.assignee) ? words.list.you : desk.nameOf(ticket.assignee);
  return ticket.group ?? words.list.nobody;
}

export const channelName = (channel) => words.channels[channel?.toLowerCase()] ?? channel ?? "";

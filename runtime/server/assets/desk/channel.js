// The channel that a conversation is held on, where that isn't a web page: with whom, and whether anything reaches them.

import { icon, part } from "./parts.js";
import { words } from "./texts.js";
import { channelName } from "./ticket.js";
import { moment } from "./time.js";

/** Why nothing that is written now reaches the customer: `opted_out`, `window_closed`, or null. */
export function closed(channel, now = Date.now()) {
  if (!channel) return null;
  if (channel.opted_out_since) return "opted_out";
  return channel.open_until && Date.parse(channel.open_until) <= now ? "window_closed" : null;
}

/** Where the customer is, and where they write to: a line of the head. */
export function channelLine(channel) {
  const said = words.channel;
  const theirs = channel.theirs ?? said.erased;
  return part(
    "p",
    { class: "about channel", title: said.ours(channel.ours) },
    part("span", { class: "quiet" }, `${channelName(channel.channel)} `),
    part("bdi", {}, theirs),
    channel.subject ? part("span", { class: "quiet" }, ` ${said.subject} `) : "",
    channel.subject ? part("bdi", {}, channel.subject) : "",
  );
}

/** What whoever answers has to know; null where nothing is in the way. */
export function channelBanner(channel) {
  const said = words.channel;
  const why = closed(channel);
  if (why === null) return null;
  const text =
    why === "opted_out"
      ? said.optedOut(channelName(channel.channel), moment(channel.opted_out_since))
      : said.windowClosed(moment(channel.open_until));
  return part("div", { class: "banner warn", "data-closed": why }, icon("warning"), part("span", {}, text));
}

/** What becomes of a reply that is written now; empty where it simply goes out. */
export function fateOfReply(channel) {
  const why = closed(channel);
  return why === null ? "" : words.channel.fate[why](channel.channel);
}

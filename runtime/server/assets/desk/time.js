// Times in the reader's own zone and language. Relative ones bring themselves up to date.

import { part } from "/widget/blocks.js";
import { words } from "./texts.js";

const LOCALE = navigator.language || "en";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const clockFormat = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat(LOCALE, { weekday: "short", day: "numeric", month: "short" });
const dateFormat = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", year: "numeric" });
const fullFormat = new Intl.DateTimeFormat(LOCALE, { dateStyle: "full", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "narrow" });

/** Midnight that began the day of this moment, here. */
export const startOfDay = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
const daysBetween = (one, other) => Math.round((startOfDay(one) - startOfDay(other)) / DAY);

export const clock = (at) => clockFormat.format(new Date(at));
export const full = (at) => fullFormat.format(new Date(at));

/** A day as people name it: today, yesterday, Mon 3 Nov, 3 Nov 2024. */
export function day(at) {
  const moment = new Date(at);
  const back = daysBetween(new Date(), moment);
  if (back === 0) return words.conversation.today;
  if (back === 1) return words.conversation.yesterday;
  return back > 1 && back < 300 ? dayFormat.format(moment) : dateFormat.format(moment);
}

/** A moment to come or past, as short as it can be said without doubt. */
export function moment(at) {
  const then = new Date(at);
  const ahead = daysBetween(then, new Date());
  if (ahead === 0) return clock(then);
  if (Math.abs(ahead) < 7) return `${dayFormat.format(then)}, ${clock(then)}`;
  return dateFormat.format(then);
}

/** How long ago, in a word: now, 5m ago, 3h ago, yesterday, 3 Nov. */
function ago(at) {
  const passed = Date.now() - new Date(at).getTime();
  if (passed < MINUTE) return "now";
  if (passed < HOUR) return relative.format(-Math.floor(passed / MINUTE), "minute");
  if (passed < DAY && daysBetween(new Date(), new Date(at)) === 0)
    return relative.format(-Math.floor(passed / HOUR), "hour");
  if (daysBetween(new Date(), new Date(at)) < 7) return relative.format(-daysBetween(new Date(), new Date(at)), "day");
  return dateFormat.format(new Date(at));
}

/** A `time` whose text stays true as time goes by. */
export function agoPart(at) {
  return part("time", { datetime: at, title: full(at), "data-ago": at }, ago(at));
}

/** The time of day in another zone, with the day where it isn't the reader's; null for a zone that isn't known. */
export function timeIn(zone) {
  try {
    const here = new Intl.DateTimeFormat(LOCALE, { weekday: "short" });
    const there = new Intl.DateTimeFormat(LOCALE, { weekday: "short", timeZone: zone });
    const now = new Date();
    const time = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(now);
    return here.format(now) === there.format(now) ? time : `${there.format(now)}, ${time}`;
  } catch {
    return null;
  }
}

/** Keeps all relative times on the page true. */
export function keepTimes() {
  setInterval(() => {
    for (const one of document.querySelectorAll("[data-ago]")) one.textContent = ago(one.dataset.ago);
    for (const one of document.querySelectorAll("[data-zone]")) one.textContent = timeIn(one.dataset.zone);
  }, 20_000);
}

/** What can be chosen for a snooze at this moment: `[name, Date]`. */
export function snoozeTimes(now = new Date()) {
  const at = (days, hour) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
  const times = [];
  // Three hours on, at a full hour, as long as that is still today.
  const later = new Date(Math.ceil((now.getTime() + 3 * HOUR) / HOUR) * HOUR);
  if (daysBetween(later, now) === 0) times.push([words.snooze.later, later]);
  times.push([words.snooze.tomorrow, at(1, 9)]);
  const toMonday = (8 - now.getDay()) % 7 || 7;
  if (toMonday > 1) times.push([words.snooze.monday, at(toMonday, 9)]);
  return times;
}

/** A moment as `<input type="datetime-local">` takes it. */
export function localInput(moment) {
  const two = (number) => String(number).padStart(2, "0");
  const days = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  return `${days}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
}

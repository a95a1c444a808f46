// What follows changes: parts of a page (`data-part="NAME"`) are drawn anew by the server when a topic of
// `<… data-live="skills plugins">` changed, or every so many seconds (`data-poll="2"`) while something is under way.
//
// A part in which somebody types, or that has the focus in a field, waits.

import { signInAgain } from "./again.js";

const policy = window.trustedTypes?.createPolicy("console", { createHTML: (markup) => markup });
/** Changes that come close together are one. */
const GATHER_MS = 300;
const RETRY_MS = 5_000;
/** Says that nobody sits there for this: it doesn't keep the session alive. */
const UNATTENDED = { "Usher-Unattended": "1" };

let polling = null;
let drawing = null;
/** The markup of a part as the server sent it, which scripts may have changed since. */
const sent = new WeakMap();

export function wireLive() {
  for (const part of parts()) sent.set(part, part.outerHTML);
  poll();
  const topics = new Set(
    [...document.querySelectorAll("[data-live]")].flatMap((one) => one.dataset.live.split(/\s+/).filter(Boolean)),
  );
  if (!topics.size || !document.body.hasAttribute("data-signed-in")) return;
  follow(topics);
}

const parts = () => [...document.querySelectorAll("[data-part]")];

/** Whether something of the page can be drawn anew without loading all of it. */
export const hasParts = () => parts().length > 0;

function follow(topics) {
  const events = new EventSource("/api/v1/changes");
  let waiting = null;
  let lost = false;
  events.addEventListener("ready", () => {
    if (lost) redraw();
    lost = false;
  });
  events.addEventListener("changed", (event) => {
    const changed = JSON.parse(event.data).topics;
    if (!changed.some((topic) => topic === "*" || topics.has(topic))) return;
    waiting ??= setTimeout(() => {
      waiting = null;
      redraw();
    }, GATHER_MS);
  });
  events.addEventListener("error", () => {
    lost = true;
    if (events.readyState !== EventSource.CLOSED) return;
    // Refused: it may be that the session has ended, which the page itself tells.
    setTimeout(async () => {
      if (await redraw()) follow(topics);
    }, RETRY_MS);
  });
  addEventListener("pagehide", () => events.close());
}

function poll() {
  clearTimeout(polling);
  const soonest = [...document.querySelectorAll("[data-poll]")].map((one) => Number(one.dataset.poll)).filter((s) => s > 0);
  if (soonest.length) polling = setTimeout(async () => (await redraw()) && poll(), Math.min(...soonest) * 1000);
}

/** Draws the page's parts anew after somebody did something; the whole page where it has none. */
export async function refresh() {
  await drawing;
  drawing = draw(true).finally(() => (drawing = null));
  return drawing;
}

/** The same without anybody's doing; false where the session has ended. */
function redraw() {
  drawing ??= draw(false).finally(() => (drawing = null));
  return drawing;
}

async function draw(attended) {
  if (!hasParts()) {
    if (attended || !document.querySelector("form[data-changed]")) location.reload();
    return true;
  }
  const headers = attended ? {} : UNATTENDED;
  const response = await fetch(location.href, { credentials: "same-origin", cache: "no-store", headers }).catch(() => null);
  if (!response) return true;
  if (response.redirected || response.status === 401) {
    if (!document.querySelector("form[data-changed]")) location.reload();
    else if (await signInAgain()) return draw(attended);
    return false;
  }
  const text = await response.text();
  const fresh = new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, "text/html");
  for (const part of parts()) {
    const name = part.dataset.part;
    const now = fresh.querySelector(`[data-part="${CSS.escape(name)}"]`);
    if (!now) {
      if (!busy(part, attended)) part.replaceChildren();
      continue;
    }
    const markup = now.outerHTML;
    if (busy(part, attended) || sent.get(part) === markup) continue;
    const open = new Set([...part.querySelectorAll("details[open][id]")].map((one) => one.id));
    const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
    const taken = document.adoptNode(now);
    for (const one of taken.querySelectorAll("details[id]")) if (open.has(one.id)) one.open = true;
    part.replaceWith(taken);
    sent.set(taken, markup);
    if (focused) document.getElementById(focused)?.focus();
  }
  document.dispatchEvent(new Event("drawn"));
  poll();
  return true;
}

/** Somebody is in the middle of something there. */
const busy = (part, attended) =>
  part.querySelector("form[data-changed], dialog[open]") !== null ||
  (!attended && part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select"));

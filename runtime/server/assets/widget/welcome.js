// The first contact: the shop's greeting, and what can be chosen before anything was written.

import { api } from "./api.js";
import { linkPart, part, textParts } from "./blocks.js";

/**
 * Asks the server for the greeting; without one the chat goes on with the widget's own. `where` is `{locale, time_zone}`.
 * Gives `{lines, presets}` or null.
 */
export async function welcome(site, where) {
  const known = Object.fromEntries(Object.entries(where).filter(([, value]) => value));
  try {
    const { greeting, presets } = await api.welcome(site, known);
    return { lines: greeting.split("\n").filter((line) => line.trim() !== ""), presets };
  } catch {
    return null;
  }
}

/** A preset as a button, or a link where it opens a page. `act` has `ask(question)` and `show(article)`. */
export function presetPart(preset, words, act) {
  if (preset.action === "open") return linkPart(preset.url, words, String(preset.label), { class: "action", dir: "auto" });
  const press = { ask: () => act.ask(preset.question), article: () => act.show(preset.article) }[preset.action];
  if (!press) return null;
  const made = part("button", { type: "button", class: "action", dir: "auto" }, String(preset.label));
  made.addEventListener("click", press);
  return made;
}

/** An article's title and text, with the way to its own page. */
export async function articleParts(site, id, words) {
  const { title, blocks, url } = await api.article(site, id);
  const page = linkPart(url, words, String(title));
  return [
    part("p", { dir: "auto" }, part("strong", {}, String(title))),
    ...textParts(blocks, words),
    page ? part("p", { class: "small" }, page) : null,
  ].filter(Boolean);
}

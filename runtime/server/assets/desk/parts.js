// Small things that everything is built of: icons, buttons, badges. Every text goes in as text.

import { part } from "/widget/blocks.js";

export { part };

const SVG = "http://www.w3.org/2000/svg";

/** Strokes on a field of 24 by 24. */
const ICONS = {
  back: "M15 5l-7 7 7 7",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4",
  check: "M5 13l4 4L19 7",
  chevron: "M7 10l5 5 5-5",
  clock: "M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
  close: "M6 6l12 12M18 6L6 18",
  dots: "M5 12h.01M12 12h.01M19 12h.01",
  file: "M6 3h8l5 5v13H6zM14 3v5h5",
  filter: "M4 6h16M7 12h10M10 18h4",
  flag: "M5 21V4h12l-2 4 2 4H5",
  keys: "M3 7h18v10H3zM7 11h.01M11 11h.01M15 11h.01M8 14h8",
  menu: "M4 6h16M4 12h16M4 18h16",
  note: "M5 4h14v11l-5 5H5zM14 20v-5h5",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M5 20a7 7 0 0 1 14 0",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M20 20l-4-4",
  send: "M4 12l16-8-6 16-3-7z",
  spark: "M12 3l2 6 6 3-6 3-2 6-2-6-6-3 6-3z",
  verified:
    "M12 3l2.5 2 3.2-.2.8 3.1 2.5 2-1.2 3 1.2 3-2.7 1.6-.8 3.1-3.2-.2L12 21l-2.3-2-3.2.2-.8-3.1L3 14.9l1.2-3L3 8.9l2.7-1.8.8-3.1 3.2.2zM8.5 12l2.5 2.5 4.5-4.5",
  warning: "M12 4l9 16H3zM12 10v4M12 17h.01",
};

/** A picture beside words: it isn't read out. */
export function icon(name) {
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("viewBox", "0 0 24 24");
  made.setAttribute("aria-hidden", "true");
  made.setAttribute("class", "icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  made.append(path);
  return made;
}

/** A button with words on it. */
export function button(label, onClick, { kind = "", ...attributes } = {}) {
  const made = part("button", { type: "button", class: `button ${kind}`.trim(), ...attributes }, label);
  made.addEventListener("click", onClick);
  return made;
}

/** A button with a picture on it, and a name. */
export function iconButton(name, label, onClick, attributes = {}) {
  const made = part(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, ...attributes },
    icon(name),
  );
  made.addEventListener("click", onClick);
  return made;
}

export const badge = (text, tone = "") => part("span", { class: `badge ${tone}`.trim() }, text);

/** A name beside a value, for `dl`. */
export const fact = (name, value) =>
  value === null || value === undefined || value === "" ? [] : [part("dt", {}, name), part("dd", {}, value)];

export const facts = (...pairs) => part("dl", { class: "facts" }, ...pairs.flat());

/** What was shown last may be replaced without a flicker and without losing the place of the focus. */
export function fill(element, ...children) {
  const held = element.contains(document.activeElement) ? document.activeElement : null;
  const key = held?.dataset?.key ?? null;
  element.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined));
  if (!held || element.contains(document.activeElement)) return;
  // What had the focus may be gone: then the heading has it.
  const next =
    (key && element.querySelector(`[data-key="${CSS.escape(key)}"]`)) ||
    element.querySelector("[tabindex='-1']:not(a)");
  next?.focus({ preventScroll: true });
}

/** Puts these elements into `box`, in this order and no others; those that stand right are left alone. */
export function arrange(box, wanted) {
  const held = box.contains(document.activeElement) ? document.activeElement : null;
  const stay = new Set(wanted);
  for (const one of [...box.children]) if (!stay.has(one)) one.remove();
  let next = box.firstChild;
  for (const one of wanted) {
    if (one === next) next = next.nextSibling;
    else box.insertBefore(one, next);
  }
  if (held?.isConnected && held !== document.activeElement) held.focus({ preventScroll: true });
}

let ids = 0;
/** An id of its own for an element that another one points to. */
export const freshId = (name) => `${name}-${++ids}`;

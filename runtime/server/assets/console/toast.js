// What was done, said in a corner; kept over a change of the page.

import { element } from "./parts.js";

const KEY = "usher.console.toast";
const SHOWN_MS = 6_000;
const SHOWN_WITH_UNDO_MS = 12_000;

/** Says it. `undo` is what a button "Undo" does. */
export function toast(text, undo = null) {
  const place = spot();
  if (!place) return;
  const said = element("div", { class: "toast" }, element("span", {}, text));
  if (undo) {
    const back = element("button", { type: "button" }, "Undo");
    back.addEventListener("click", () => {
      said.remove();
      undo();
    });
    said.append(back);
  }
  requestAnimationFrame(() => place.append(said));
  setTimeout(() => said.remove(), undo ? SHOWN_WITH_UNDO_MS : SHOWN_MS);
}

/** Where it is seen and heard: what is outside of an open dialog is neither. */
function spot() {
  const dialog = [...document.querySelectorAll("dialog:modal")].at(-1);
  if (!dialog) return document.getElementById("toasts");
  const there = dialog.querySelector(":scope > .toasts");
  if (there) return there;
  const made = element("div", { class: "toasts", role: "status", "aria-live": "polite" });
  dialog.append(made);
  return made;
}

/** Says it on the page that comes next. */
export function toastOnNextPage(text) {
  try {
    sessionStorage.setItem(KEY, text);
  } catch {
    // Said nowhere then; what was done can be seen.
  }
}

/** What the page before left to say. */
export function toastOfLastPage() {
  try {
    const text = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    if (text) toast(text);
  } catch {
    // Nothing was left.
  }
}

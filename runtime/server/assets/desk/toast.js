// What was done, with a way to undo it, and what went wrong, with a way to try again.

import { button, iconButton, part } from "./parts.js";
import { words } from "./texts.js";

const SHORT_MS = 5_000;
const UNDO_MS = 8_000;
const TROUBLE_MS = 12_000;

const box = () => document.getElementById("toasts");

export function startToasts() {
  // Both are there from the beginning, or what is put in isn't read out.
  box().append(part("div", { role: "status", id: "told" }), part("div", { role: "alert", id: "alarmed" }));
}

/** Says that something is done. `undo` is offered for eight seconds. */
export function done(text, undo = null) {
  show("told", text, undo && { label: words.actions.undo, act: undo }, undo ? UNDO_MS : SHORT_MS);
}

/** Says that something went wrong. */
export function wrong(error, again = null) {
  if (error.kind === "aborted" || error.kind === "expired") return;
  if (!error.kind) reportError(error);
  show("alarmed", explain(error), again && { label: words.trouble.retry, act: again }, TROUBLE_MS);
}

/** A failure in plain words. */
export function explain(error) {
  const said = words.trouble;
  if (error.kind === "unreachable") return said.unreachable;
  if (error.kind === "expired") return said.expired;
  if (error.kind === "busy") return said.busy(Math.max(1, Math.ceil((error.retryAt - Date.now()) / 1000)));
  if (error.kind === "gone") return said.gone;
  if (error.kind === "broken" || !error.kind) return said.broken;
  if (error.status === 403) return error.detail ?? said.forbidden;
  return sentence(error.detail) ?? said.broken;
}

function sentence(text) {
  if (!text) return null;
  const begun = text[0].toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

function show(place, text, offer, time) {
  const made = part("div", { class: `toast ${place === "alarmed" ? "bad" : ""}`.trim() }, part("span", {}, text));
  const close = () => {
    clearTimeout(timer);
    made.remove();
  };
  if (offer) {
    made.append(
      button(
        offer.label,
        () => {
          close();
          offer.act();
        },
        { kind: "quiet" },
      ),
    );
  }
  made.append(iconButton("close", words.actions.dismiss, close));
  let timer = setTimeout(close, time);
  // Nothing goes away under somebody's hand.
  made.addEventListener("pointerenter", () => clearTimeout(timer));
  made.addEventListener("focusin", () => clearTimeout(timer));
  made.addEventListener("pointerleave", () => (timer = setTimeout(close, SHORT_MS)));
  const all = document.getElementById(place);
  while (all.childElementCount > 2) all.firstElementChild.remove();
  all.append(made);
}

// The question how the team's help was: five scores, and words if the customer has any. Asked once; skipped by going on.

import { part } from "./blocks.js";

const MAX_COMMENT = 1000;

/**
 * Fills `element`. `act` has `rate(score, comment)`, which rejects with a `Refusal`, and `done()`. Returns `show(view)` and
 * `hide()`, where `view` is the message whose `rating` is asked.
 */
export function ratingPrompt(element, words, act) {
  let shown = null;
  let score = null;

  function ask({ rating }, text) {
    const trouble = part("p", { class: "trouble", role: "alert" });
    const group = part("div", { class: "scores", role: "radiogroup", "aria-labelledby": "rating-title" });
    const comment = part("textarea", { id: "rating-comment", rows: "2", dir: "auto", maxlength: String(MAX_COMMENT) });
    const send = part("button", { type: "submit", class: "action strong" }, words.rate);
    const more = part(
      "div",
      { class: "more", hidden: "" },
      part("label", { for: comment.id }, rating.comment),
      comment,
      trouble,
      part("div", { class: "actions" }, send),
    );
    rating.labels.forEach(({ label }, at) => {
      const id = `score-${at + 1}`;
      const field = part("input", { type: "radio", name: "score", id, value: String(at + 1) });
      field.addEventListener("change", () => {
        score = at + 1;
        more.hidden = false;
        more.scrollIntoView({ block: "nearest" });
      });
      const name = words.score(at + 1, label);
      const shown = part("label", { for: id, title: label }, part("span", { class: "unseen" }, name), number(at + 1));
      group.append(part("div", { class: "score" }, field, shown));
    });
    const [worst, best] = [rating.labels.at(0), rating.labels.at(-1)].map((end) => part("span", { dir: "auto" }, end.label));
    const ends = part("p", { class: "ends small", "aria-hidden": "true" }, worst, best);
    const form = part("form", { novalidate: "" }, group, ends, more);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (score === null || send.disabled) return;
      const asked = shown;
      send.disabled = true;
      trouble.textContent = "";
      try {
        await act.rate(score, comment.value.trim() || null);
        // By now the customer may be asked about something later, and have begun to answer.
        if (shown !== null && shown !== asked) return;
        hide();
        act.done();
      } catch {
        trouble.textContent = words.rateFailed;
        send.disabled = false;
      }
    });
    element.replaceChildren(part("h2", { id: "rating-title", class: "unseen" }, text), form);
  }

  function hide() {
    if (element.hidden) return;
    shown = null;
    score = null;
    element.hidden = true;
    element.replaceChildren();
  }

  return {
    show(view, text) {
      element.hidden = false;
      // What the customer has begun to fill in stays as it is.
      if (shown === view.seq) return;
      shown = view.seq;
      score = null;
      ask(view, text);
    },
    hide,
  };
}

const number = (n) => part("span", { "aria-hidden": "true" }, String(n));

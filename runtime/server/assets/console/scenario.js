// One scenario: its steps as fields, saved as a whole.

import { call, Refusal } from "./api.js";
import { stepsForm } from "./scenario-form.js";
import { toastOnNextPage } from "./toast.js";

const form = document.getElementById("scenario-form");
const path = `/api/v1/scenarios/${form.dataset.scenario}`;
const place = document.getElementById("steps");
const trouble = form.querySelector(".trouble");
let steps = null;
let kept = null;

function show(list) {
  steps = stepsForm(list);
  place.replaceChildren(steps.element);
}

function refuse(error) {
  if (!(error instanceof Refusal)) throw error;
  trouble.textContent = error.words;
  trouble.hidden = false;
}

try {
  kept = (await call("GET", path)).value;
  show(kept.steps);
} catch (error) {
  place.replaceChildren();
  refuse(error);
}

document.getElementById("add-step").addEventListener("click", () => {
  if (!steps) return;
  show([...steps.read(), { say: "", expect: {} }]);
  place.querySelector("fieldset:last-of-type textarea").focus();
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!steps) return;
  trouble.hidden = true;
  const about = {};
  for (const name of ["name", "customer", "channel", "page", "locale", "at"]) {
    const value = form.elements[name].value.trim();
    if (value) about[name] = value;
  }
  const button = event.submitter;
  button.disabled = true;
  try {
    await call("PUT", path, { body: { ...about, edge: kept.edge ?? [], steps: steps.read() } });
    toastOnNextPage("Saved.");
    location.reload();
  } catch (error) {
    refuse(error);
  } finally {
    button.disabled = false;
  }
});

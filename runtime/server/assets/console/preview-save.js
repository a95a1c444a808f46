// Keeps a conversation of the preview as a scenario: what happened is filled in as what should happen.

import { call, Refusal } from "./api.js";
import { stepsForm } from "./scenario-form.js";
import { toast } from "./toast.js";

const at = (id) => document.getElementById(id);
let form = null;
let about = null;

/** Opens the dialog with what happened. */
export function openSave(turns, settings) {
  about = { ...outside(settings) };
  form = stepsForm(turns.map(({ act, previewed }) => ({ ...act, expect: expected(previewed) })));
  at("save-steps").replaceChildren(form.element);
  at("save-name").value = "";
  at("save-trouble").hidden = true;
  at("save-dialog").showModal();
  at("save-name").focus();
}

/** The settings as a scenario names them. */
function outside({ customer, channel, locale, at: time, page_url: page }) {
  const about = { customer, locale, at: time, page };
  if (channel && channel !== "webchat") about.channel = channel;
  return Object.fromEntries(Object.entries(about).filter(([, value]) => value));
}

/** What came, as expectations. Words are a beginning: the first sentence of what was said. */
export function expected({ answers, record }) {
  const views = answers.map((answer) => answer.webchat);
  const asked = (record.skills ?? []).filter((one) => one.outcome !== "decline");
  const calls = (record.skills ?? []).flatMap((one) => one.calls ?? []).map((one) => String(one.function).split("/").pop());
  const expect = { skill: asked[0]?.skill ?? "none" };
  if (asked[1]) expect.also = asked[1].skill;
  if (calls.length) expect.tools = calls;
  const cards = views.flatMap((view) => view.cards ?? []);
  if (cards.length) expect.cards = cards.map(({ kind }) => ({ kind }));
  const said = sentence(views[0]);
  if (said) expect.text = [said];
  if (views.some((view) => view.handoff)) expect.handoff = true;
  if (views.some((view) => view.offer)) expect.offer = true;
  if (views.some((view) => view.sign_in)) expect.sign_in = true;
  const consent = views.find((view) => view.consent)?.consent;
  if (consent) expect.consent = [consent.summary];
  const question = views.find((view) => view.question)?.question;
  if (question) expect.question = question.asks;
  return expect;
}

function sentence(view) {
  const spans = view?.blocks?.find((block) => block.kind === "paragraph")?.spans ?? [];
  const text = spans.map((span) => span.text).join("").replace(/\s+/g, " ").trim();
  const first = text.match(/^.{1,140}?[.!?](?=\s|$)/)?.[0] ?? text.slice(0, 80);
  // What comes after a comma or an "and" is often a date, which is another one tomorrow.
  const [part] = first.split(/[,;:]\s|\s(?:and|et|en|och)\s/);
  return (part.length >= 12 ? part : first).replace(/[.!?]$/, "");
}

at("save-cancel").addEventListener("click", () => at("save-dialog").close());
at("save-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter;
  button.disabled = true;
  at("save-trouble").hidden = true;
  try {
    const body = { ...about, name: at("save-name").value.trim(), steps: form.read() };
    await call("POST", "/api/v1/scenarios", { body });
    at("save-dialog").close();
    toast("Saved. It runs with “Run all” and on every release of a skill that waits.");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    at("save-trouble").textContent = error.words;
    at("save-trouble").hidden = false;
  } finally {
    button.disabled = false;
  }
});

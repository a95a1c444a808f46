// The list of scenarios: running one or all, one after the other, and taking files in.

import { call, Refusal } from "./api.js";
import { refresh } from "./live.js";
import { element } from "./parts.js";
import { toast } from "./toast.js";

const at = (id) => document.getElementById(id);
let stopped = false;

const rows = () => [...document.querySelectorAll("[data-scenario]")];
const release = () => at("on")?.value || null;

async function run(id) {
  const { value } = await call("POST", `/api/v1/scenarios/${id}/run`, { body: { release: release() } });
  return value;
}

async function runAll() {
  const all = rows().map((row) => ({ id: row.dataset.scenario, name: row.dataset.name }));
  stopped = false;
  let failed = 0;
  at("run-failed").replaceChildren();
  at("run-failures").hidden = true;
  at("run-state").hidden = false;
  at("run-progress").max = all.length;
  running(true);
  try {
    for (const [place, { id, name }] of all.entries()) {
      at("run-progress").value = place;
      at("run-words").textContent = `Running ${place + 1} of ${all.length}`;
      const came = await run(id);
      if (!came.passed) {
        failed += 1;
        showFailure(came, name);
      }
      if (stopped) {
        at("run-words").textContent = `Stopped after ${place + 1} of ${all.length}: ${failed} failed.`;
        return;
      }
    }
    at("run-progress").value = all.length;
    at("run-words").textContent = failed ? `${all.length - failed} passed, ${failed} failed.` : `All ${all.length} passed.`;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    at("run-words").textContent = error.words;
  } finally {
    await refresh();
    running(false);
  }
}

/** The buttons, which are drawn anew with the list. */
function running(on) {
  if (at("run-stop")) at("run-stop").hidden = !on;
  if (at("run-all")) at("run-all").disabled = on;
}

/** What went otherwise than expected, as expected and got. */
function showFailure(came, name) {
  at("run-failures").hidden = false;
  const wrong = came.steps.flatMap((step, place) => {
    const said = step.verdicts.filter((verdict) => !verdict.ok);
    const cells = said.map(({ what, expected, got }) => [what, expected, got || "nothing"]);
    if (step.problem) cells.unshift(["it couldn’t be played", "", step.problem]);
    return cells.map(([what, expected, got]) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, step.did ? `Step ${place + 1}: ${what}` : what),
        element("td", { "data-label": "Expected" }, element("span", { class: "expected" }, expected)),
        element("td", { "data-label": "Got" }, element("span", { class: "got" }, got)),
      ),
    );
  });
  const heads = ["What", "Expected", "Got"].map((head) => element("th", { scope: "col" }, head));
  at("run-failed").append(
    element(
      "article",
      { class: "card", "aria-label": name },
      element("h3", {}, element("a", { href: `/console/scenarios/${came.scenario}` }, name)),
      element(
        "div",
        { class: "table cards", tabindex: "0", role: "region", "aria-label": `Expected and got: ${name}` },
        element(
          "table",
          {},
          element("caption", { class: "unseen" }, `What was expected of ${name}, and what came instead`),
          element("thead", {}, element("tr", {}, heads)),
          element("tbody", {}, wrong),
        ),
      ),
    ),
  );
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "run-form") return;
  event.preventDefault();
  runAll();
});
document.addEventListener("click", async (event) => {
  if (event.target.closest?.("#run-stop")) stopped = true;
  const button = event.target.closest?.("[data-run]");
  if (!button) return;
  const row = button.closest("[data-scenario]");
  button.disabled = true;
  try {
    const came = await run(button.dataset.run);
    at("run-failed").replaceChildren();
    at("run-failures").hidden = true;
    if (came.passed) toast(`Passed: ${row.dataset.name}`);
    else {
      showFailure(came, row.dataset.name);
      toast(`Failed: ${row.dataset.name}`);
    }
    await refresh();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.words);
  } finally {
    button.disabled = false;
  }
});
at("import-file").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  if (file) at("f-toml").value = await file.text();
});

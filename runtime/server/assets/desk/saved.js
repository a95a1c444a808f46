// Saved views: what the list shows now, under a name. They are kept in the desk's settings.

import { api } from "./api.js";
import { dialog } from "./dialog.js";
import { part } from "./parts.js";
import { go } from "./route.js";
import { words } from "./texts.js";
import { done, explain, wrong } from "./toast.js";

const AT_WORK = { states: ["open", "pending"], snoozed: false, built_in: true };

/** What a view shows, as a filter of tickets; narrowed by `wanted`. */
function filterOf(desk, { id, wanted }) {
  const [kind, name] = id.split(/:(.*)/s);
  const base = {
    mine: { ...AT_WORK, assignee: desk.me.name },
    unassigned: { ...AT_WORK, unassigned: true },
    active: { ...AT_WORK, states: ["open"] },
    active_again: { ...AT_WORK, active_again: true },
    group: { ...AT_WORK, group: name },
    snoozed: { snoozed: true },
    solved: { states: ["solved"] },
  }[kind];
  const { state, q, ...rest } = wanted;
  return { ...base, ...rest, ...(state && { states: [state] }), ...(q && { words: q }) };
}

/** Asks for a name and saves what the list shows now. */
export function saveView(desk) {
  const said = words.views;
  dialog({ title: said.saveTitle }, (close) => {
    const name = part("input", { id: "view-name", maxlength: "60", required: "", autofocus: "", autocomplete: "off" });
    const shared = part("input", { type: "checkbox", id: "view-shared" });
    const trouble = part("p", { class: "trouble", role: "alert" });
    const form = part(
      "form",
      { class: "own" },
      part("label", { for: "view-name" }, said.name),
      name,
      part("label", { class: "check" }, shared, said.shared),
      trouble,
      part("button", { type: "submit", class: "button primary" }, words.actions.save),
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const called = name.value.trim();
      if (!called) return name.focus();
      const view = { name: called, person: shared.checked ? null : desk.me.name, filter: filterOf(desk, desk.view) };
      try {
        await change((views) => [...views.filter((one) => !same(one, view)), view]);
        await desk.refreshCounts();
        close();
        go(`saved:${called}`);
      } catch (error) {
        trouble.textContent = explain(error);
      }
    });
    return [form];
  });
}

/** Deletes a saved view of this name that the reader sees: their own one, else everybody's. */
export async function removeView(desk, name) {
  let removed = null;
  const take = (views) => {
    removed =
      views.find((one) => one.name === name && one.person === desk.me.name) ??
      views.find((one) => one.name === name && one.person === null);
    return views.filter((one) => one !== removed);
  };
  try {
    await change(take);
    await desk.refreshCounts();
    go("mine");
    done(
      words.views.removed(name),
      removed && (() => change((views) => [...views, removed]).then(() => desk.refreshCounts(), wrong)),
    );
  } catch (error) {
    wrong(error, () => removeView(desk, name));
  }
}

const same = (one, other) => one.name === other.name && one.person === other.person;

/** Reads the views, changes them and stores them; once more where somebody else was faster. */
async function change(how, again = true) {
  const { settings, tag } = await api.settings();
  try {
    await api.setViews(how(settings.views), tag);
  } catch (error) {
    if (error.status !== 409 || !again) throw error;
    await change(how, false);
  }
}

// Narrows the list of a view: by state, by whose it is, by tag.

import { menu } from "./menu.js";
import { button, icon, part } from "./parts.js";
import { removeView, saveView } from "./saved.js";
import { words } from "./texts.js";

const OWN = ["state", "assignee", "tag"];

/** A button with the filters behind it; `narrow({name: value})` applies them, an empty value takes one away. */
export function filterMenu(desk, narrow) {
  const said = words.list;
  const { wanted } = desk.view;
  const on = OWN.filter((name) => wanted[name]).length;
  const name = on ? `${said.filters}: ${said.filtered(on)}` : said.filters;
  const face = [icon("filter"), on ? part("span", { class: "count calling" }, String(on)) : null];
  return menu(
    { label: said.filters, name, face, kind: "quiet", chevron: false, role: "dialog", align: "end", key: "filters" },
    (close) => {
      const state = choice("filter-state", words.actions.state, Object.entries(words.states), wanted.state);
      const people = desk.people.map((person) => [person.name, person.display_name]);
      const assignee = choice("filter-assignee", said.assignee, people, wanted.assignee);
      const tag = part("input", { id: "filter-tag", maxlength: "40", value: wanted.tag ?? "", autocomplete: "off" });
      const form = part(
        "form",
        { class: "own" },
        ...state,
        ...assignee,
        part("label", { for: "filter-tag" }, said.tag),
        tag,
        part("button", { type: "submit", class: "button primary" }, said.apply),
        on
          ? button(said.noFilters, () => {
              close();
              narrow({ state: "", assignee: "", tag: "" });
            })
          : "",
      );
      const saved = desk.view.id.startsWith("saved:") ? desk.view.id.slice("saved:".length) : null;
      const keep = saved
        ? button(
            words.views.remove,
            () => {
              close();
              removeView(desk, saved);
            },
            { kind: "quiet" },
          )
        : button(
            words.views.save,
            () => {
              close();
              saveView(desk);
            },
            { kind: "quiet" },
          );
      form.append(keep);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        close();
        narrow({ state: state[1].value, assignee: assignee[1].value, tag: tag.value.trim() });
      });
      return [form];
    },
  );
}

function choice(id, label, options, chosen = "") {
  const made = part(
    "select",
    { id },
    part("option", { value: "" }, words.list.any),
    ...options.map(([value, text]) => part("option", { value }, text)),
  );
  made.value = chosen;
  return [part("label", { for: id }, label), made];
}

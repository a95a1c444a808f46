// The left pane: the views with how much is in each.

import { fill, part } from "./parts.js";
import { address } from "./route.js";
import { words } from "./texts.js";

const OWN = ["mine", "unassigned", "active", "active_again", "snoozed", "solved", "all"];
/** Those whose number asks for somebody. */
const CALLING = new Set(["mine", "unassigned", "active_again"]);

/** What a view is called. */
export function viewName(id) {
  const [kind, name] = id.split(/:(.*)/s);
  return kind === "group" || kind === "saved" ? name : (words.views[id] ?? id);
}

/** Draws the views into `place` and keeps them true. */
export function views(desk, place) {
  place.setAttribute("aria-label", words.views.label);
  const draw = () => {
    const link = (id, count) => {
      const made = part(
        "a",
        { class: "view", href: address(id), "data-key": id },
        part("span", { class: "name" }, viewName(id)),
        count
          ? part(
              "span",
              { class: `count${CALLING.has(id) ? " calling" : ""}` },
              String(count),
              part("span", { class: "unseen" }, ` ${words.views.count(count).replace(/^\d+ /, "")}`),
            )
          : null,
      );
      if (id === desk.view.id) made.setAttribute("aria-current", "page");
      return part("li", {}, made);
    };
    const section = (title, items) =>
      items.length ? [part("h2", { class: "group" }, title), part("ul", {}, ...items)] : [];
    const { groups = {}, saved = {} } = desk.counts;
    fill(
      place,
      part("ul", {}, ...OWN.map((id) => link(id, desk.counts[id] ?? 0))),
      part("ul", { class: "apart" }, link("assistant", desk.counts.assistant ?? 0)),
      section(
        words.views.groups,
        desk.groups.map((name) => link(`group:${name}`, groups[name] ?? 0)),
      ),
      section(
        words.views.saved,
        desk.savedViews.map((name) => link(`saved:${name}`, saved[name] ?? 0)),
      ),
    );
  };
  for (const what of ["view", "counts", "people"]) desk.on(what, draw);
  draw();
}

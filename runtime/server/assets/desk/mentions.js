// Names of colleagues while a note is written: a list below the text from the first `@` on, chosen with the arrow keys.

import { freshId, part } from "./parts.js";
import { words } from "./texts.js";

const BEGUN = /(^|\s)@([\p{L}\p{N}_.-]*)$/u;

/** Watches `text`. Returns the list with `key(event)`, which says whether the list took the key. */
export function mentions(desk, text, wanted) {
  const id = freshId("mentions");
  const list = part("ul", { class: "mentions", id, role: "listbox", "aria-label": words.composer.mention, hidden: "" });
  let at = 0;
  let shown = [];

  function refresh() {
    const begun = wanted() && BEGUN.exec(text.value.slice(0, text.selectionStart));
    const typed = begun ? begun[2].toLowerCase() : null;
    const fits = (person) => `${person.name} ${person.display_name}`.toLowerCase().includes(typed);
    shown = typed === null ? [] : desk.people.filter((person) => !desk.isMe(person.name) && fits(person)).slice(0, 6);
    at = Math.min(at, Math.max(0, shown.length - 1));
    draw();
  }

  function draw() {
    list.hidden = shown.length === 0;
    list.replaceChildren(
      ...shown.map((person, index) => {
        const made = part(
          "li",
          { role: "option", id: `${id}-${index}`, "aria-selected": String(index === at) },
          part("strong", {}, `@${person.name}`),
          person.display_name !== person.name ? ` ${person.display_name}` : "",
        );
        made.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          choose(person);
        });
        return made;
      }),
    );
    if (shown.length) text.setAttribute("aria-activedescendant", `${id}-${at}`);
    else text.removeAttribute("aria-activedescendant");
  }

  function choose(person) {
    const end = text.selectionStart;
    const start = end - BEGUN.exec(text.value.slice(0, end))[2].length;
    text.setRangeText(`${person.name} `, start, end, "end");
    shown = [];
    draw();
    text.dispatchEvent(new Event("input"));
  }

  text.addEventListener("input", refresh);
  text.addEventListener("blur", () => {
    shown = [];
    draw();
  });

  list.key = (event) => {
    if (list.hidden || event.isComposing) return false;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      at = (at + by + shown.length) % shown.length;
      draw();
    } else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") {
      choose(shown[at]);
    } else if (event.key === "Escape") {
      shown = [];
      draw();
    } else {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  return list;
}

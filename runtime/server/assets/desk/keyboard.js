// Keys of one stroke, where nobody writes: to move, to open, to answer, to solve.

import { act, possible } from "./act.js";
import { dialog } from "./dialog.js";
import { part } from "./parts.js";
import { go } from "./route.js";
import { words } from "./texts.js";

/** Listens. `list` and `pane` are the panes; `closeSide()` closes what lies over the page and says whether it did. */
export function keyboard(desk, list, pane, closeSide) {
  const withTicket = (does) => () =>
    desk.opened?.kind === "ticket" && desk.opened.state === "ready" && does(desk.opened.ticket);
  const keys = {
    j: () => list.move(1),
    k: () => list.move(-1),
    Enter: () => document.activeElement === document.body && list.openCurrent(),
    r: withTicket(() => pane.write("reply")),
    n: withTicket(() => pane.write("note")),
    c: withTicket((ticket) => possible(ticket).claim && act.claim(desk, ticket)),
    e: withTicket((ticket) => possible(ticket).solve && act.solve(desk, ticket)),
    "/": () => list.search(),
    "?": showKeys,
    Escape: back,
  };

  function back() {
    if (closeSide()) return;
    if (!desk.opened) return;
    go(desk.view.id);
    list.focus();
  }

  addEventListener(
    "keydown",
    (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const does = keys[event.key];
      if (!does || (event.target.closest("input, textarea, select, [contenteditable]") && event.key !== "Escape"))
        return;
      // Enter and the like are the button's own where one has the focus.
      if (event.key === "Enter" && event.target !== document.body) return;
      event.preventDefault();
      does();
    },
    { signal: desk.ended },
  );
}

/** The list of all keys. */
export function showKeys() {
  dialog({ title: words.keys.title, kind: "keys" }, () => [
    part(
      "dl",
      { class: "facts" },
      ...words.keys.list.flatMap(([keys, what]) => [
        part(
          "dt",
          {},
          ...keys
            .split(" ")
            .filter(Boolean)
            .flatMap((key) => [part("kbd", {}, key), " "]),
        ),
        part("dd", {}, what),
      ]),
    ),
  ]);
}

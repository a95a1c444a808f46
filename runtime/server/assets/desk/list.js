// The middle pane: the tickets of a view, page by page, with what tells them apart at a glance.

import { filterMenu } from "./filters.js";
import { arrange, badge, button, fill, icon, iconButton, part } from "./parts.js";
import { menuOpen } from "./menu.js";
import { address, go } from "./route.js";
import { words } from "./texts.js";
import { channelName, customerName, holder, isSnoozed, isVerified } from "./ticket.js";
import { agoPart, full, moment } from "./time.js";
import { explain, wrong } from "./toast.js";
import { viewName } from "./views.js";

const SLOW_MS = 2_000;
const SEARCH_PAUSE_MS = 250;

/** Draws the list into `place`. Returns `move(by)`, `openCurrent()`, `focus()` and `search()`. */
export function ticketList(desk, place, openViews) {
  place.setAttribute("aria-label", words.list.label);
  const title = part("h2", { id: "view-title", tabindex: "-1" });
  const field = part("input", {
    type: "search",
    id: "search",
    placeholder: words.list.searchHint,
    "aria-label": words.list.searchHint,
    autocomplete: "off",
  });
  const rows = part("ul", { class: "rows", id: "rows", "aria-labelledby": "view-title" });
  const status = part("div", { class: "list-status", role: "status" });
  const tools = part("span", { class: "list-tools" });
  const foot = part("div", { class: "list-foot" });
  place.append(
    part(
      "div",
      { class: "list-head" },
      iconButton("menu", words.views.open, openViews, { class: "icon-button only-narrow", id: "open-views" }),
      title,
      tools,
    ),
    part("div", { class: "search" }, icon("search"), field),
    part("div", { class: "scroll", id: "rows-scroll" }, rows, status, foot),
  );
  let slow = null;

  let pause = null;
  field.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(searchNow, SEARCH_PAUSE_MS);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      clearTimeout(pause);
      searchNow();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      focusRow(0);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (field.value === "") return focus();
      field.value = "";
      searchNow();
    }
  });
  const narrow = (more) =>
    desk.show(
      desk.view.id,
      Object.fromEntries(Object.entries({ ...desk.view.wanted, ...more }).filter(([, value]) => value)),
    );
  const searchNow = () => narrow({ q: field.value.trim() });

  function draw() {
    const { items, total, state, error } = desk.list;
    title.textContent = viewName(desk.view.id);
    if (document.activeElement !== field) field.value = desk.view.wanted.q ?? "";
    field.parentElement.hidden = desk.view.id === "assistant";
    rows.setAttribute("aria-busy", String(state === "loading"));
    drawRows(items);
    clearTimeout(slow);
    if (state === "loading") {
      status.replaceChildren(part("p", { class: "hint" }, words.list.loading));
      slow = setTimeout(() => status.replaceChildren(part("p", { class: "hint" }, words.list.slow)), SLOW_MS);
    } else if (state === "failed") {
      const again = button(words.trouble.retry, () => desk.show(desk.view.id, desk.view.wanted));
      status.replaceChildren(part("p", { class: "hint" }, words.trouble.load, " ", explain(error)), again);
    } else if (items.length === 0) {
      status.replaceChildren(...nothing());
    } else {
      status.replaceChildren();
    }
    const more = button(
      words.list.more,
      async () => {
        more.disabled = true;
        try {
          const before = items.length;
          await desk.more();
          focusRow(before);
        } catch (failure) {
          wrong(failure, () => more.click());
        } finally {
          more.disabled = false;
        }
      },
      { "data-key": "more" },
    );
    fill(
      foot,
      state === "ready" && items.length < total
        ? [more, part("p", { class: "quiet small" }, words.list.shown(items.length, total))]
        : null,
    );
    if (!menuOpen(tools)) fill(tools, desk.view.id === "assistant" ? null : filterMenu(desk, narrow));
  }

  function nothing() {
    const { q, ...filters } = desk.view.wanted;
    const [kind] = desk.view.id.split(":");
    const narrowed = Object.keys(filters).length > 0;
    const [what, hint] = narrowed
      ? words.empty.filtered
      : q
        ? words.empty.search(q)
        : (words.empty[kind] ?? words.empty.all);
    const clear =
      narrowed || q
        ? button(narrowed ? words.list.noFilters : words.list.clear, () => desk.show(desk.view.id, {}))
        : null;
    return [
      part(
        "div",
        { class: "empty" },
        part("p", { class: "what" }, what),
        hint ? part("p", { class: "quiet" }, hint) : "",
        clear ?? "",
      ),
    ];
  }

  /** The rows that are there, by what they were drawn of: one that would look the same is kept. */
  let drawn = new Map();

  function drawRows(items) {
    const focused = document.activeElement?.closest("#rows .row")?.dataset.key;
    const about = [desk.view.id, desk.people.map((person) => person.display_name)];
    const next = new Map();
    for (const item of items) {
      const of = JSON.stringify([item, desk.drafts.has(item.id), about]);
      const known = drawn.get(item.id);
      next.set(item.id, known?.of === of ? known : { of, element: row(item) });
    }
    drawn = next;
    arrange(
      rows,
      [...next.values()].map(({ element }) => element),
    );
    for (const [id, { element }] of next) {
      if (id === desk.opened?.id) element.firstChild.setAttribute("aria-current", "true");
      else element.firstChild.removeAttribute("aria-current");
    }
    // A row that was drawn anew has the focus that the old one had.
    if (focused && !rows.contains(document.activeElement)) next.get(focused)?.element.firstChild.focus();
  }

  function row(item) {
    const made = part(
      "a",
      { class: "row", href: address(desk.view.id, item.id), "data-key": item.id, tabindex: "-1" },
      ...(desk.view.id === "assistant" ? talk(item) : ticket(item)),
    );
    return part("li", {}, made);
  }

  function ticket(one) {
    const waits = one.state === "open" ? one.waits_since : null;
    const marks = [
      one.active_again ? badge(words.list.again, "calling") : null,
      one.state === "open" ? null : badge(words.states[one.state], one.state),
      ["high", "urgent"].includes(one.priority) ? badge(words.priorities[one.priority], one.priority) : null,
      desk.drafts.has(one.id) ? badge(words.list.draft, "draft") : null,
      isSnoozed(one) ? badge(words.list.snoozed(moment(one.snoozed_until))) : null,
      ...(one.tags ?? []).slice(0, 3).map((tag) => badge(tag, "tag")),
    ];
    return [
      part(
        "span",
        { class: "line" },
        waits
          ? part(
              "span",
              { class: "waits", title: words.list.waiting(full(waits)) },
              part("span", { class: "unseen" }, `${words.list.waiting(full(waits))}. `),
            )
          : null,
        part("span", { class: "who", dir: "auto" }, customerName(one)),
        isVerified(one) ? verified(words.list.wasVerified) : null,
        part("span", { class: "when" }, agoPart(one.last?.at ?? one.updated_at)),
      ),
      part("span", { class: "subject", dir: "auto" }, one.subject || words.list.noSubject),
      one.last ? part("span", { class: "preview", dir: "auto" }, `${lastBy(one.last)}${one.last.text}`) : null,
      part(
        "span",
        { class: "marks" },
        ...marks,
        part(
          "span",
          { class: "meta" },
          `${words.list.number(one.number)} · ${channelName(one.channel)} · ${holder(desk, one)}`,
        ),
      ),
    ];
  }

  function talk(one) {
    return [
      part(
        "span",
        { class: "line" },
        part("span", { class: "who", dir: "auto" }, customerName(one)),
        isVerified(one) ? verified() : null,
        part("span", { class: "when" }, one.last ? agoPart(one.last.at) : ""),
      ),
      part("span", { class: "subject", dir: "auto" }, one.last?.text || words.list.noSubject),
      part(
        "span",
        { class: "marks" },
        part("span", { class: "meta" }, [channelName(one.channel), one.skill?.name].filter(Boolean).join(" · ")),
      ),
    ];
  }

  // --- moving -----------------------------------------------------------------------------------------------------

  const all = () => [...rows.querySelectorAll(".row")];

  /** One row takes part in the order of the Tab key: the one that was last looked at. */
  function settle() {
    const links = all();
    const stop =
      links.find((one) => one === document.activeElement) ??
      links.find((one) => one.hasAttribute("aria-current")) ??
      links[0];
    for (const one of links) one.tabIndex = one === stop ? 0 : -1;
  }

  function focusRow(at) {
    const links = all();
    const one = links[Math.max(0, Math.min(at, links.length - 1))];
    one?.focus();
    one?.scrollIntoView({ block: "nearest" });
  }

  function position() {
    const links = all();
    const focused = links.indexOf(document.activeElement);
    return focused >= 0 ? focused : links.findIndex((one) => one.hasAttribute("aria-current"));
  }

  function move(by) {
    focusRow(position() + by);
  }

  function focus() {
    const links = all();
    if (links.length) focusRow(Math.max(0, position()));
    else title.focus();
  }

  tools.addEventListener("menuclosed", () => draw());
  rows.addEventListener("focusin", settle);
  rows.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    if (by < 0 && position() === 0 && !field.parentElement.hidden) field.focus();
    else move(by);
  });

  const redraw = () => {
    draw();
    settle();
  };
  for (const what of ["list", "view", "opened", "people"]) desk.on(what, redraw);
  redraw();

  return {
    move,
    focus,
    openCurrent() {
      const one = all()[position()];
      if (one) go(desk.view.id, one.dataset.key);
    },
    search() {
      if (desk.view.id === "assistant") go("all");
      field.focus();
      field.select();
    },
  };
}

const lastBy = ({ author }) =>
  ({ customer: "", assistant: `${words.conversation.assistant}: `, human: `${words.list.team}: ` })[author] ?? "";

/** The mark of a customer who proved who they are. */
export function verified(why = words.assurance.authenticated[1]) {
  const [name] = words.assurance.authenticated;
  return part(
    "span",
    { class: "verified", title: why },
    icon("verified"),
    part("span", { class: "unseen" }, ` ${name}`),
  );
}

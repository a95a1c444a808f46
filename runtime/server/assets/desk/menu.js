// A button that opens a small panel below it: a menu of things to choose, or a form. Closed by choosing, by Escape, by
// a press outside, and when the focus leaves; the focus then goes back to the button.

import { icon, part } from "./parts.js";

let opened = null;

/**
 * `build(close)` gives the panel's children anew each time that it opens. Returns the element with button and panel.
 * With `role: "menu"` the children are items of a menu, moved through with the arrow keys; else it is a dialog.
 */
export function menu(
  { label, name = label, face, kind = "", chevron = true, role = "menu", key, align = "start" },
  build,
) {
  const panel = part("div", { class: `panel ${align}`, role, "aria-label": name, hidden: "" });
  const opener = part(
    "button",
    {
      type: "button",
      class: `button ${kind}`.trim(),
      "aria-haspopup": role,
      "aria-expanded": "false",
      ...(key && { "data-key": key }),
    },
    ...(face ?? [part("span", {}, label)]),
    chevron ? icon("chevron") : null,
  );
  if (name !== label || face) opener.setAttribute("aria-label", name);
  if (face) opener.title = name;
  const box = part("div", { class: "menu" }, opener, panel);

  function open() {
    if (opened) opened(false);
    panel.replaceChildren(...build(close).flat().filter(Boolean));
    panel.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    opened = close;
    const first =
      panel.querySelector("[aria-checked=true], [autofocus]") ??
      panel.querySelector("button, input, select, textarea, a[href]");
    first?.focus();
    keepInView(panel);
  }
  function close(focus = true) {
    if (panel.hidden) return;
    const within = box.contains(document.activeElement);
    panel.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    if (opened === close) opened = null;
    if (focus && within) opener.focus();
    box.dispatchEvent(new Event("menuclosed", { bubbles: true }));
  }

  opener.addEventListener("click", () => (panel.hidden ? open() : close()));
  opener.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    if (panel.hidden) open();
  });
  box.addEventListener("keydown", (event) => {
    if (panel.hidden) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (role === "menu" && ["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) {
      event.preventDefault();
      event.stopPropagation();
      const items = [...panel.querySelectorAll("[role^=menuitem]")];
      const at = items.indexOf(document.activeElement);
      const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[event.key];
      items.at(next % items.length)?.focus();
    }
  });
  box.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !box.contains(event.relatedTarget)) close(false);
  });
  box.openMenu = open;
  return box;
}

document.addEventListener("pointerdown", (event) => {
  if (opened && !event.target.closest(".menu")) opened(false);
});

/** One thing of a menu. `checked` makes it one of several of which one holds. */
export function item(label, onChoose, { checked, detail, tone } = {}) {
  const made = part(
    "button",
    {
      type: "button",
      class: `item ${tone ?? ""}`.trim(),
      role: checked === undefined ? "menuitem" : "menuitemradio",
      tabindex: "-1",
    },
    part("span", { class: "tick" }, checked ? icon("check") : ""),
    part("span", { class: "label" }, label),
    detail ? part("span", { class: "detail" }, detail) : null,
  );
  if (checked !== undefined) made.setAttribute("aria-checked", String(checked));
  made.addEventListener("click", () => {
    opened?.();
    onChoose();
  });
  return made;
}

export const group = (label, ...items) =>
  items.length
    ? part(
        "div",
        { role: "group", "aria-label": label },
        part("p", { class: "group", "aria-hidden": "true" }, label),
        ...items,
      )
    : null;

/** Whether a menu in this element is open: then it isn't drawn anew, but when `menuclosed` comes. */
export const menuOpen = (element) => element.querySelector(".menu > [aria-expanded=true]") !== null;

/** Moves a panel that would stand over the edge of the window. */
function keepInView(panel) {
  panel.style.translate = "";
  const box = panel.getBoundingClientRect();
  const over = box.right - document.documentElement.clientWidth + 8;
  const under = 8 - box.left;
  if (over > 0) panel.style.translate = `${-over}px 0`;
  else if (under > 0) panel.style.translate = `${under}px 0`;
  panel.classList.toggle("up", box.bottom > innerHeight - 8 && box.top > box.height + 60);
}

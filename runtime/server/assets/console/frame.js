// What opens and closes: the sections on a narrow screen, drop-downs, dialogs. And what scrolls sideways, which can then
// be reached with the keyboard. And passwords, which can be shown while they are typed.

export function wireFrame() {
  wireSections();
  wireDrops();
  wireDialogs();
  wireScrollers();
  wirePasswords();
}

function wireSections() {
  const button = document.getElementById("menu-button");
  const sections = document.getElementById("sections");
  if (!button || !sections) return;
  const isOpen = () => sections.classList.contains("open");
  const open = (on) => {
    sections.classList.toggle("open", on);
    button.setAttribute("aria-expanded", String(on));
  };
  button.addEventListener("click", () => {
    open(!isOpen());
    if (isOpen()) (sections.querySelector("[aria-current]") ?? sections.querySelector("a")).focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen()) return;
    open(false);
    button.focus();
  });
  const leave = (where) => {
    if (isOpen() && where && !sections.contains(where) && !button.contains(where)) open(false);
  };
  document.addEventListener("click", (event) => leave(event.target));
  document.addEventListener("focusin", (event) => leave(event.target));
}

const opened = () => document.querySelectorAll("details[data-closes][open]");

function wireDrops() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const drop of opened()) {
      const inside = drop.contains(document.activeElement);
      drop.open = false;
      if (inside) drop.querySelector("summary").focus();
    }
  });
  const leave = (where) => {
    for (const drop of opened()) if (!drop.contains(where)) drop.open = false;
  };
  document.addEventListener("click", (event) => leave(event.target));
  document.addEventListener("focusin", (event) => leave(event.target));
}

function wireDialogs() {
  document.addEventListener("click", (event) => {
    const opens = event.target.closest?.("[data-opens]");
    if (opens) document.getElementById(opens.dataset.opens)?.showModal();
    const closes = event.target.closest?.("[data-closes-dialog]");
    if (closes) closes.closest("dialog")?.close();
  });
}

/** What can be wider than its place. */
const WIDE = ".table, figure.chart, pre, .scrolls";

function wireScrollers() {
  const look = () => {
    for (const one of document.querySelectorAll(WIDE)) {
      // A place that scrolls is no landmark, and only one that does is a stop.
      if (one.matches("[role=region]")) one.setAttribute("role", "group");
      if (one.matches("[tabindex='0']")) one.dataset.reached = "";
      const scrolls = one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1;
      if (scrolls && !one.hasAttribute("tabindex")) {
        one.tabIndex = 0;
        one.dataset.reached = "";
        if (!one.matches("figure, pre")) one.setAttribute("role", "group");
        if (!one.hasAttribute("aria-label") && one.matches("[role=group]")) one.setAttribute("aria-label", nameOf(one));
      } else if (!scrolls && "reached" in one.dataset) {
        one.removeAttribute("tabindex");
        delete one.dataset.reached;
      }
    }
  };
  const main = document.getElementById("main");
  if (main) new ResizeObserver(look).observe(main);
  document.addEventListener("drawn", look);
  document.addEventListener("toggle", look, { capture: true });
}

function nameOf(one) {
  const caption = one.querySelector("caption, figcaption")?.textContent.trim();
  return caption || "This part scrolls sideways";
}

function wirePasswords() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-shows]");
    const field = button && document.getElementById(button.dataset.shows);
    if (!field) return;
    const show = field.type === "password";
    field.type = show ? "text" : "password";
    button.setAttribute("aria-pressed", String(show));
  });
  // What is sent is a password again, so that the browser offers to keep it.
  document.addEventListener("submit", (event) => {
    for (const button of event.target.querySelectorAll("[data-shows][aria-pressed=true]")) button.click();
  }, { capture: true });
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const select of document.querySelectorAll("select[data-own-zone]")) {
    if ([...select.options].some((one) => one.value === zone)) select.value = zone;
  }
}

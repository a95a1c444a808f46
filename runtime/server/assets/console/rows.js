// Lists in forms: rows are added from a `<template>` and taken away. `<button data-add>` in a `[data-list]` adds one;
// `<button data-remove>` in a `[data-row]` takes it away; `[data-shows]` of a select shows the parts of its row whose
// `data-for` names the chosen value, and leaves the others out of what is sent.

let made = 0;

export function wireRows() {
  document.addEventListener("click", (event) => {
    const add = event.target.closest?.("button[data-add]");
    if (add) return addTo(add.closest("[data-list]"));
    const remove = event.target.closest?.("button[data-remove]");
    if (!remove) return;
    const row = remove.closest("[data-row]");
    const list = row.closest("[data-list]");
    const form = row.closest("form");
    row.remove();
    form?.dispatchEvent(new Event("input", { bubbles: true }));
    if (form) form.dataset.changed = "";
    list.querySelector("button[data-add]")?.focus();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-shows]")) show(event.target);
  });
  document.addEventListener("drawn", showAll);
  showAll();
}

function addTo(list) {
  const template = [...list.children].find((one) => one.matches("template"));
  const row = template.content.firstElementChild.cloneNode(true);
  // Labels name their fields by id, which has to be the row's own.
  made += 1;
  for (const one of row.querySelectorAll("[id]")) one.id = `${one.id}-n${made}`;
  for (const one of row.querySelectorAll("label[for]")) one.htmlFor = `${one.htmlFor}-n${made}`;
  for (const one of row.querySelectorAll("[aria-describedby]")) {
    one.setAttribute("aria-describedby", `${one.getAttribute("aria-describedby")}-n${made}`);
  }
  template.before(row);
  row.querySelectorAll("[data-shows]").forEach(show);
  const form = list.closest("form");
  if (form) form.dataset.changed = "";
  row.querySelector("input, select, textarea")?.focus();
}

function showAll() {
  document.querySelectorAll("[data-shows]").forEach(show);
}

function show(select) {
  if (select.type === "radio" && !select.checked) return;
  const place = select.closest("[data-row]") ?? select.closest("form");
  for (const part of place.querySelectorAll(`[data-for-field="${select.dataset.shows}"]`)) {
    const on = part.dataset.for.split(" ").includes(select.value);
    part.hidden = !on;
    part.toggleAttribute("data-not-sent", !on);
  }
}

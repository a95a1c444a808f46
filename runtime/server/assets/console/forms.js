// Forms that change something through the API: `<form data-api="PUT /api/v1/hub" data-tag="…">`.
//
// The body is made of the form's fields: a name with dots makes objects in objects, `name[]` a list. `data-kind` says how
// a value is read: `number`, `bool`, `list` (one a line), `pair` (a line "label | address" each), `json`, `nullable` (empty is null), `skip-empty` (left out).
// `{name}` in the route is replaced by that field, which is then not sent. What is refused stands in `.trouble`.
// Then: `data-then` (an address; `reload` where it isn't given; `stay`), `data-done` (said), and an event `done` with the
// answer as `detail`. A refusal is an event `refused` first, with the `Refusal` as `detail`; cancelled, nothing is shown.

import { call, Refusal, route } from "./api.js";
import { hasParts, refresh } from "./live.js";
import { toast, toastOnNextPage } from "./toast.js";

export function wireForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-api]")) return;
    event.preventDefault();
    send(form, event.submitter);
  });
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-api]");
    if (!form) return;
    form.dataset.changed = "";
    event.target.removeAttribute("aria-invalid");
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-auto]");
    if (!form) return;
    const own = form.querySelector(".own-range");
    if (own && event.target.name === "range") {
      own.hidden = event.target.value !== "";
      if (!own.hidden) return own.querySelector("input").focus();
    }
    const dates = [...form.querySelectorAll("input[type=date]")].filter((one) => !one.closest("[hidden]"));
    if (dates.length && dates.some((one) => !one.value)) return;
    form.requestSubmit();
  });
  // Parameters that are empty, or of a hidden part, don't stand in the address.
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("form[method=get], form:not([data-api]):not([method])")) return;
    for (const field of event.target.elements) {
      if (field.name && (field.value === "" || field.closest("[hidden]"))) event.formData.delete(field.name);
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-api][data-changed][data-keeps]")) event.preventDefault();
  });
}

/** Sends a form; true where it was taken. */
export async function send(form, submitter = null) {
  const buttons = [...form.querySelectorAll("button")].filter((one) => !one.disabled);
  const trouble = form.querySelector(".trouble");
  if (trouble) trouble.hidden = true;
  let body, path, method;
  try {
    body = bodyOf(form, submitter);
    [method, path] = route(submitter?.dataset.api ?? form.dataset.api);
    path = path.replace(/\{([^}]+)\}/g, (_, name) => {
      const value = form.elements[name]?.value ?? "";
      delete body[name];
      return encodeURIComponent(value.trim());
    });
  } catch (error) {
    show(form, error.message, error.field);
    return false;
  }
  for (const button of buttons) button.disabled = true;
  form.setAttribute("aria-busy", "true");
  try {
    const { value } = await call(method, path, { body, tag: form.dataset.tag });
    delete form.dataset.changed;
    const go = form.dispatchEvent(new CustomEvent("done", { detail: value, bubbles: true, cancelable: true }));
    if (go) await then(submitter?.dataset.then ?? form.dataset.then, submitter?.dataset.done ?? form.dataset.done, form, value);
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const heard = form.dispatchEvent(new CustomEvent("refused", { detail: error, bubbles: true, cancelable: true }));
    if (!heard) return false;
    show(form, error.words, error.problem.field ?? fieldIn(form, error.problem.detail));
    return false;
  } finally {
    for (const button of buttons) button.disabled = false;
    form.removeAttribute("aria-busy");
  }
}

/** Goes on after something was done. `where` may have `{name}`s, which are taken from the answer. */
export async function then(where, said, origin = null, answer = null) {
  origin?.closest?.("dialog")?.close();
  if (where === "stay") {
    if (said) toast(said);
  } else if (where && where !== "reload") {
    if (said) toastOnNextPage(said);
    location.assign(where.replace(/\{([^}]+)\}/g, (_, name) => encodeURIComponent(answer?.[name] ?? "")));
  } else {
    if (said) hasParts() ? toast(said) : toastOnNextPage(said);
    await refresh();
  }
}

/** The field that a refusal speaks of: the first name in `these` that is one of the form's. */
function fieldIn(form, detail = "") {
  return [...(detail ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name).find((name) => form.elements[name]) ?? null;
}

function show(form, words, field = null) {
  const trouble = form.querySelector(".trouble");
  const wrong = field ? form.elements[field] : null;
  wrong?.setAttribute?.("aria-invalid", "true");
  if (!trouble) return toast(words);
  trouble.textContent = words;
  trouble.hidden = false;
  (wrong?.focus ? wrong : trouble).scrollIntoView({ block: "nearest" });
  wrong?.focus?.();
}

/**
 * The form's fields as the API takes them. `[data-object=NAME]` makes an object even where nothing in it is filled in;
 * `[data-list=NAME]` a list of what its `[data-row]`s hold, one object each.
 */
export function bodyOf(form, submitter = null) {
  const whole = form.querySelector("[data-kind=body]");
  if (whole) return parsed(whole);
  const body = partOf(form);
  if (submitter?.name) put(body, submitter.name, submitter.value);
  return body;
}

/** What stands in a form or a row of a list, without the lists in it that belong to a row of their own. */
function partOf(place) {
  const body = {};
  const own = (one) => (one.parentElement.closest("[data-row]") ?? null) === (place.matches("[data-row]") ? place : null);
  for (const object of place.querySelectorAll("[data-object]")) {
    if (own(object) && at(body, object.dataset.object) === undefined) put(body, object.dataset.object, {});
  }
  for (const list of place.querySelectorAll("[data-list]")) {
    if (!own(list)) continue;
    const rows = [...list.querySelectorAll("[data-row]")].filter((row) => row.parentElement.closest("[data-list]") === list);
    put(body, list.dataset.list, rows.map(partOf));
  }
  for (const field of place.querySelectorAll("input, select, textarea")) {
    if (!own(field) || !field.name || field.disabled || field.closest("[data-not-sent]")) continue;
    if (field.type === "radio" && !field.checked) continue;
    const kind = field.dataset.kind ?? "";
    if (field.type === "checkbox" && kind !== "bool") {
      const list = field.name.replace(/\[\]$/, "");
      if (at(body, list) === undefined) put(body, list, []);
      if (field.checked) at(body, list).push(field.value);
      continue;
    }
    const value = read(field, kind);
    if (value === undefined) continue;
    if (field.name.endsWith("[]")) {
      const list = field.name.slice(0, -2);
      if (at(body, list) === undefined) put(body, list, []);
      at(body, list).push(value);
    } else {
      put(body, field.name, value);
    }
  }
  return body;
}

function read(field, kind) {
  if (kind === "bool") return field.type === "checkbox" ? field.checked : field.value === "true";
  const text = field.type === "password" ? field.value : field.value.replace(/\r\n/g, "\n");
  if (kind.includes("skip-empty") && text.trim() === "") return undefined;
  if (kind.includes("nullable") && text.trim() === "") return null;
  if (kind.includes("number")) return text.trim() === "" ? null : Number(text);
  if (kind.includes("pair")) {
    // A line "Label | address" each.
    const lines = text.split("\n").map((line) => line.split("|").map((one) => one.trim()));
    return lines.filter(([first]) => first).map(([first, ...rest]) => [first, rest.join("|")]);
  }
  if (kind.includes("list")) return text.split("\n").map((line) => line.trim()).filter(Boolean);
  if (kind.includes("json")) return parsed(field);
  return text;
}

function parsed(field) {
  try {
    return JSON.parse(field.value || "null");
  } catch (error) {
    throw Object.assign(new Error(`This isn't JSON: ${error.message}`), { field: field.name });
  }
}

function steps(name) {
  return name.split(".");
}

function at(body, name) {
  return steps(name).reduce((place, step) => place?.[step], body);
}

function put(body, name, value) {
  const way = steps(name);
  const last = way.pop();
  let place = body;
  for (const step of way) place = place[step] ??= {};
  place[last] = value;
}

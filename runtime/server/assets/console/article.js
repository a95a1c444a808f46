// The editor of an article: how it would look while it is typed, a draft that stays in this browser, deleting.

import { sure } from "./acts.js";
import { call, Refusal } from "./api.js";
import { blocks } from "./blocks.js";
import { element } from "./parts.js";
import { toast } from "./toast.js";

const DRAFT = "usher.console.article.";
const UNDO = "usher.console.article-undo";
const LOOK_AFTER_MS = 400;
const KEEP_AFTER_MS = 500;

const find = (id) => document.getElementById(id);
const form = () => find("article");
const key = () => DRAFT + form().dataset.draft;

let looking = null;
let keeping = null;
let asked = 0;

document.addEventListener("input", (event) => {
  if (event.target.id === "try" || event.target.closest?.("#article")) {
    clearTimeout(looking);
    looking = setTimeout(look, LOOK_AFTER_MS);
  }
  if (event.target.closest?.("#article")) {
    clearTimeout(keeping);
    keeping = setTimeout(keep, KEEP_AFTER_MS);
  }
});
document.addEventListener("done", (event) => {
  if (event.target.id !== "article") return;
  clearTimeout(keeping);
  keeping = null;
  forget();
});
// What was typed in the last moment before the page is left.
addEventListener("pagehide", () => {
  if (keeping !== null) keep();
});
find("delete")?.addEventListener("click", remove);
find("draft-use")?.addEventListener("click", takeUp);
find("draft-drop")?.addEventListener("click", () => {
  forget();
  find("draft").hidden = true;
});

offerDraft();
look();

/** The fields as they stand, of an article that can be written here and of one that is read from elsewhere. */
function fields() {
  const value = (id) => find(`f-${id}`)?.value ?? "";
  return {
    title: value("title"),
    body: value("body"),
    format: value("format"),
    language: value("language") || null,
    questions: value("questions").split("\n").map((line) => line.trim()).filter(Boolean),
    question: find("try").value.trim() || null,
  };
}

async function look() {
  const draft = fields();
  const place = find("preview");
  if (!draft.body.trim()) {
    place.replaceChildren(element("p", { class: "quiet" }, "Write a text to see it."));
    return;
  }
  const mine = ++asked;
  let seen;
  try {
    ({ value: seen } = await call("POST", "/api/v1/articles/preview", { body: draft }));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (mine === asked) place.replaceChildren(element("p", { class: "trouble" }, error.words));
    return;
  }
  // A later question was asked meanwhile.
  if (mine !== asked) return;
  place.replaceChildren(...answer(seen));
  find("preview-whole").replaceChildren(...blocks(seen.blocks));
  find("preview-warnings").replaceChildren(...warnings(seen));
}

function answer(seen) {
  const { answer: found } = seen;
  const many = seen.passages === 1 ? "one passage" : `${seen.passages} passages`;
  if (!found) {
    return [
      element("p", { class: "quiet" }, "Give a question to see which passage answers it."),
      element("p", { class: "quiet small" }, `The text is ${many}.`),
    ];
  }
  return [
    element("p", { class: "quiet small" }, `To “${found.question}” a skill is given this to answer from:`),
    element(
      "div",
      { class: "bubble" },
      ...blocks(found.blocks),
      element("p", { class: "quiet small" }, `Source: ${seen.title || "the article"}`),
    ),
    element(
      "p",
      { class: "quiet small" },
      `${found.heading ? `From “${found.heading}”. ` : ""}Confidence ${found.confidence.toFixed(2)} by itself; the text is ${many}.`,
    ),
  ];
}

function warnings(seen) {
  const said = seen.warnings.map((one) =>
    element(
      "li",
      {},
      element("span", { class: "strong" }, `${one.meaning.charAt(0).toUpperCase()}${one.meaning.slice(1)}.`),
      one.heading ? element("span", { class: "quiet" }, ` (below “${one.heading}”)`) : null,
      one.passage ? element("p", { class: "passage small" }, one.passage) : null,
    ),
  );
  if (seen.unseen) {
    const parts = seen.unseen === 1 ? "One part is" : `${seen.unseen} parts are`;
    said.unshift(element("li", {}, `${parts} hidden from readers and left out: customers aren’t told what stands there.`));
  }
  return said.length ? [element("ul", { class: "examples" }, ...said)] : [element("p", { class: "quiet" }, "Nothing looks wrong.")];
}

function keep() {
  keeping = null;
  const kept = { at: new Date().toISOString(), values: {} };
  for (const field of form().elements) if (field.name) kept.values[field.name] = field.value;
  try {
    localStorage.setItem(key(), JSON.stringify(kept));
  } catch {
    // There is no room: then there is no draft.
  }
}

function forget() {
  try {
    localStorage.removeItem(key());
  } catch {
    // Nothing was kept.
  }
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(key()) ?? "null");
  } catch {
    return null;
  }
}

function offerDraft() {
  const draft = kept();
  if (!draft || !form()?.querySelector("button")) return;
  const differs = Object.entries(draft.values).some(([name, value]) => form().elements[name] && form().elements[name].value !== value);
  if (!differs) return forget();
  find("draft-when").textContent = `on ${new Date(draft.at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })}`;
  find("draft").hidden = false;
}

function takeUp() {
  for (const [name, value] of Object.entries(kept()?.values ?? {})) {
    if (form().elements[name]) form().elements[name].value = value;
  }
  form().dataset.changed = "";
  find("draft").hidden = true;
  find("f-title").focus();
  look();
}

/** What was written here can be brought back; what comes from elsewhere is asked about before. */
async function remove() {
  const button = find("delete");
  const { id, origin } = button.dataset;
  if (origin !== "written" && !(await sure(button))) return;
  button.disabled = true;
  try {
    const { value: article } = await call("GET", `/api/v1/articles/${encodeURIComponent(id)}`);
    await call("DELETE", `/api/v1/articles/${encodeURIComponent(id)}`);
    clearTimeout(keeping);
    keeping = null;
    forget();
    if (origin === "written") leaveUndo(id, article);
    location.assign("/console/knowledge");
  } catch (error) {
    button.disabled = false;
    if (!(error instanceof Refusal)) throw error;
    toast(error.words);
  }
}

function leaveUndo(id, kept) {
  const { title, body, format, topic, url, questions, valid_until, declared_language: language } = kept;
  const article = { title, body, format, topic, url, questions, valid_until, language };
  try {
    sessionStorage.setItem(UNDO, JSON.stringify({ id, article, said: `“${title}” was deleted.` }));
  } catch {
    // It can't be taken back then.
  }
}

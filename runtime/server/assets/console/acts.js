// Buttons that do one thing: `<button data-api="POST /api/v1/…" data-body='{…}' data-confirm="…" data-done="…">`.
//
// `data-confirm` asks before; `data-undo="METHOD /path"` with `data-undo-body` offers to take it back; `data-then` as with
// forms. `data-copy="ID"` copies what stands there.

import { call, Refusal, route } from "./api.js";
import { then } from "./forms.js";
import { hasParts, refresh } from "./live.js";
import { element } from "./parts.js";
import { toast } from "./toast.js";

export function wireActs() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button");
    if (!button || button.disabled) return;
    if (button.dataset.copy) return copy(button);
    if (!button.dataset.api || button.type === "submit") return;
    if (button.dataset.confirm && !(await sure(button))) return;
    await act(button);
  });
}

/** Does what a button is for. */
export async function act(button) {
  const [method, path] = route(button.dataset.api);
  button.disabled = true;
  try {
    const body = button.dataset.body ? JSON.parse(button.dataset.body) : {};
    const { value } = await call(method, path, { body, tag: button.dataset.tag });
    const { undo, undoBody, done } = button.dataset;
    if (undo && hasParts()) {
      await refresh();
      toast(done ?? "Done.", () => takeBack(undo, undoBody));
    } else {
      await then(button.dataset.then, done, button, value);
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refused(button, error.words);
  } finally {
    button.disabled = false;
  }
}

/** Says beside the button why it wasn't done, where there is a place for that, else in the corner. */
function refused(button, words) {
  const trouble = button.closest("form, dialog, .card")?.querySelector(".trouble");
  if (!trouble) return toast(words);
  trouble.textContent = words;
  trouble.hidden = false;
  trouble.scrollIntoView({ block: "nearest" });
}

async function takeBack(undo, undoBody) {
  const [method, path] = route(undo);
  try {
    await call(method, path, { body: undoBody ? JSON.parse(undoBody) : {} });
    await refresh();
    toast("Taken back.");
  } catch (error) {
    toast(error instanceof Refusal ? error.words : "This can't be taken back any more.");
  }
}

/** Asks whether it is meant; the button's own words stand on the one that does it. */
export function sure(button) {
  return new Promise((done) => {
    const yes = element("button", { class: "button danger", type: "button" }, button.dataset.confirmLabel ?? button.textContent.trim());
    const no = element("button", { class: "button", type: "button" }, "Cancel");
    const title = element("h2", { id: "sure-title" }, button.dataset.confirmTitle ?? "Are you sure?");
    const dialog = element(
      "dialog",
      { "aria-labelledby": "sure-title" },
      title,
      element("p", {}, button.dataset.confirm),
      element("div", { class: "form-acts" }, yes, no),
    );
    const end = (ok) => {
      dialog.close();
      dialog.remove();
      button.focus();
      done(ok);
    };
    yes.addEventListener("click", () => end(true));
    no.addEventListener("click", () => end(false));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      end(false);
    });
    document.body.append(dialog);
    dialog.showModal();
    no.focus();
  });
}

async function copy(button) {
  const from = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText((from.value ?? from.textContent).trim());
    toast("Copied.");
  } catch {
    getSelection().selectAllChildren(from);
    toast("Select and copy it by hand: this browser doesn't let pages copy.");
  }
}

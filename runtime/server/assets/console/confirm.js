// The password again, before something that matters.

import { element } from "./parts.js";

/** Asks for it; true once the server took it, false where the person let it be. */
export function confirmPassword() {
  return new Promise((done) => {
    const trouble = element("p", { class: "trouble", role: "alert", hidden: "" });
    const field = element("input", {
      id: "confirm-password",
      type: "password",
      autocomplete: "current-password",
      required: "",
    });
    const go = element("button", { class: "button primary", type: "submit" }, "Go on");
    const cancel = element("button", { class: "button", type: "button" }, "Cancel");
    const form = element(
      "form",
      {},
      element("p", {}, "This needs your password again, since it is a while ago that you gave it."),
      element(
        "div",
        { class: "field" },
        element("label", { for: "confirm-password" }, "Password"),
        field,
      ),
      trouble,
      element("div", { class: "form-acts" }, go, cancel),
    );
    const title = element("h2", { id: "confirm-title" }, "Is it you?");
    const dialog = element("dialog", { "aria-labelledby": "confirm-title" }, title, form);
    const end = (ok) => {
      dialog.close();
      dialog.remove();
      done(ok);
    };
    cancel.addEventListener("click", () => end(false));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      end(false);
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      go.disabled = true;
      const response = await fetch("/api/v1/confirm", {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify({ password: field.value }),
        credentials: "same-origin",
      }).catch(() => null);
      go.disabled = false;
      if (response?.ok) return end(true);
      const problem = await response?.json().catch(() => null);
      trouble.textContent = problem?.detail ?? problem?.title ?? "The server can't be reached. Try again.";
      trouble.hidden = false;
      field.setAttribute("aria-invalid", "true");
      field.select();
    });
    document.body.append(dialog);
    dialog.showModal();
    field.focus();
  });
}

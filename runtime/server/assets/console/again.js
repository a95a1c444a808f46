// Signing in again while a page is open, so that what was typed in it isn't lost.

import { element } from "./parts.js";

let asked = null;

/** Says that the session has ended; true once the person is signed in again, false where they let it be. */
export function signInAgain() {
  asked ??= ask().finally(() => (asked = null));
  return asked;
}

function ask() {
  return new Promise((done) => {
    const trouble = element("p", { class: "trouble", role: "alert", hidden: "" }, "You aren’t signed in yet.");
    const there = element("a", { class: "button", href: "/console/sign-in?back=/console/account", target: "_blank" }, "Sign in in a new tab");
    const go = element("button", { class: "button primary", type: "button" }, "I’m signed in: go on");
    const cancel = element("button", { class: "button", type: "button" }, "Cancel");
    const dialog = element(
      "dialog",
      { "aria-labelledby": "again-title" },
      element("h2", { id: "again-title" }, "You have been signed out"),
      element("p", {}, "Your session ended. What you wrote is still on this page: sign in in a new tab, then go on here."),
      trouble,
      element("div", { class: "form-acts" }, there, go, cancel),
    );
    const end = (ok) => {
      dialog.close();
      dialog.remove();
      done(ok);
    };
    go.addEventListener("click", async () => {
      const answer = await fetch("/api/v1/account", { credentials: "same-origin", cache: "no-store" }).catch(() => null);
      if (answer?.ok) return end(true);
      trouble.hidden = false;
    });
    cancel.addEventListener("click", () => end(false));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      end(false);
    });
    document.body.append(dialog);
    dialog.showModal();
    there.focus();
  });
}

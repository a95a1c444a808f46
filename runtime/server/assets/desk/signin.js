// The first page: the way to the console's page for signing in, or an operator's token, typed once.

import { api } from "./api.js";
import { part } from "./parts.js";
import { words } from "./texts.js";
import { explain } from "./toast.js";
import { token } from "./token.js";

/** Shows the form in `place`; `signedIn(me)` once a token was taken. `message` says why it is shown again. */
export function askForToken(place, shop, signedIn, message = "") {
  const said = words.signIn;
  const trouble = part("p", { class: "trouble", role: "alert", id: "sign-in-trouble" }, message);
  const field = part("input", {
    id: "token",
    type: "password",
    autocomplete: "current-password",
    autocapitalize: "off",
    spellcheck: "false",
    required: "",
    "aria-describedby": "sign-in-trouble",
  });
  const show = part("input", { type: "checkbox", id: "show-token" });
  const go = part("button", { type: "submit", class: "button primary" }, said.go);
  const form = part(
    "form",
    {},
    part("label", { for: "token" }, said.label),
    field,
    part("label", { class: "check" }, show, said.show),
    trouble,
    go,
  );
  show.addEventListener("change", () => (field.type = show.checked ? "text" : "password"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = field.value.trim();
    if (!given) return field.focus();
    go.disabled = true;
    go.textContent = said.checking;
    trouble.textContent = "";
    token.set(given);
    try {
      const me = await api.me();
      place.hidden = true;
      place.replaceChildren();
      signedIn(me);
    } catch (error) {
      token.set(null);
      field.setAttribute("aria-invalid", "true");
      trouble.textContent = error.kind === "expired" ? said.wrong : explain(error);
      field.focus();
      field.select();
    } finally {
      go.disabled = false;
      go.textContent = said.go;
    }
  });
  const name = shop ? part("p", { class: "shop" }, shop) : null;
  place.replaceChildren(
    part(
      "main",
      { class: "sign-in" },
      name ?? "",
      part("h1", {}, said.title),
      part(
        "p",
        {},
        part("a", { class: "button", href: "/console/sign-in?back=%2Fdesk" }, said.withAccount),
      ),
      part("p", { class: "quiet" }, said.lead),
      form,
    ),
  );
  place.hidden = false;
  field.focus();
}

/**
 * The person whose token is at hand, or who is signed in at the console; null where that is nobody. A token that isn't
 * good is an `expired` refusal.
 */
export async function whoAmI() {
  try {
    return await api.me();
  } catch (error) {
    if (error.kind === "expired" && !token.get()) return null;
    throw error;
  }
}

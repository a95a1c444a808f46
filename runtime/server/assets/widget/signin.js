// The prompt that asks the customer to sign in: through the shop's own page, or with a one-time code by e-mail.

import { linkPart, part } from "./blocks.js";

/** One `@` with something on both sides; whether it exists, only the e-mail can tell. */
const EMAIL = /^[^\s@]+@[^\s@]+$/;

/**
 * Fills `element`. `act` has `shop()`, which asks the page; `sendCode(email)` and `verify(code)`, which reject with a
 * `Refusal`; `explain(refusal)`, the sentence for one. Returns `show(offer, canAskShop)` and `hide()`, where `offer` is the
 * server's `{methods, url}`, the second being the shop's own page to sign in on.
 */
export function signInPrompt(element, words, act) {
  let shown = "";
  let email = "";

  function choices({ methods, url }, canAskShop) {
    const shop = methods.includes("shop");
    const inShop = !shop
      ? null
      : canAskShop
        ? button(words.signIn, act.shop, "action strong")
        : linkPart(url, words, words.signIn, { class: "action strong" });
    const byCode = methods.includes("code") ? button(words.emailCode, askEmail, "action") : null;
    fill(
      // The page that signs in tells the chat, also from another tab.
      shop && !canAskShop ? part("p", { class: "small" }, words.signInShop) : null,
      inShop || byCode ? part("div", { class: "actions" }, inShop, byCode) : null,
    );
  }

  function askEmail() {
    const field = part("input", {
      id: "sign-in-email",
      type: "email",
      autocomplete: "email",
      required: "",
      dir: "ltr",
    });
    field.value = email;
    form(words.email, field, words.sendCode, async () => {
      email = field.value.trim();
      if (!EMAIL.test(email)) return words.emailWrong;
      await act.sendCode(email);
      askCode();
    });
  }

  function askCode() {
    const field = part("input", {
      id: "sign-in-code",
      inputmode: "numeric",
      autocomplete: "one-time-code",
      maxlength: "12",
      required: "",
      dir: "ltr",
    });
    form(
      words.code,
      field,
      words.verify,
      async () => {
        const code = field.value.replace(/\s/g, "");
        if (code === "") return words.codeMissing;
        await act.verify(code);
      },
      part("p", { class: "small", dir: "auto" }, words.codeSent(email)),
      button(words.otherEmail, askEmail, "link"),
    );
  }

  /** A form of one field. `submit` gives the sentence that says what is wrong, if anything is. */
  function form(label, field, action, submit, intro = null, other = null) {
    const trouble = part("p", { class: "trouble", id: "sign-in-trouble", role: "alert" });
    const send = part("button", { type: "submit", class: "action strong" }, action);
    field.setAttribute("aria-describedby", trouble.id);
    const made = part(
      "form",
      { novalidate: "" },
      intro,
      part("label", { for: field.id }, label),
      field,
      trouble,
      part("div", { class: "actions" }, send, other),
    );
    made.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (send.disabled) return;
      send.disabled = true;
      trouble.textContent = "";
      try {
        trouble.textContent = (await submit()) ?? "";
      } catch (refusal) {
        trouble.textContent = act.explain(refusal);
      }
      send.disabled = false;
      field.setAttribute("aria-invalid", String(trouble.textContent !== ""));
      if (trouble.textContent) field.focus();
    });
    fill(made);
    field.focus();
  }

  function fill(...content) {
    element.replaceChildren(part("h2", { id: "sign-in-title" }, words.signInTitle), ...content.filter(Boolean));
  }

  return {
    show(offer, canAskShop) {
      const wanted = JSON.stringify([offer, canAskShop]);
      element.hidden = false;
      // A form that the customer is filling in stays as it is.
      if (wanted === shown) return;
      shown = wanted;
      choices(offer, canAskShop);
    },
    hide() {
      if (element.hidden) return;
      shown = "";
      element.hidden = true;
      element.replaceChildren();
    },
  };
}

function button(label, press, kind) {
  const made = part("button", { type: "button", class: kind }, label);
  made.addEventListener("click", press);
  return made;
}

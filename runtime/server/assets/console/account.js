// One's own account: the second factor with its codes, and tokens, which are shown once.

import { call, Refusal } from "./api.js";
import { refresh } from "./live.js";
import { toast } from "./toast.js";

const $ = (id) => document.getElementById(id);

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("#totp-begin");
  if (!button) return;
  button.disabled = true;
  try {
    const { value } = await call("POST", "/api/v1/account/totp");
    offer(value);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.words);
  } finally {
    button.disabled = false;
  }
});

function offer({ secret, address, picture, offer }) {
  const form = $("totp-form");
  form.reset();
  form.querySelector(".trouble").hidden = true;
  $("totp-picture").src = picture;
  $("totp-link").href = address;
  $("totp-secret").textContent = secret.match(/.{1,4}/g).join(" ");
  form.elements.offer.value = offer;
  $("totp").showModal();
  form.elements.code.focus();
}

$("totp-form")?.addEventListener("done", (event) => {
  event.preventDefault();
  $("totp").close();
  $("recovery-codes").textContent = event.detail.recovery_codes.join("\n");
  $("recovery").showModal();
});

// Before the form is sent: when the token ends.
addEventListener(
  "submit",
  ({ target: form }) => {
    if (form.id !== "token-form") return;
    const days = Number(form.elements.days.value);
    form.elements.expires_at.value = days ? new Date(Date.now() + days * 86_400_000).toISOString() : "";
  },
  { capture: true },
);

$("token-form")?.addEventListener("done", (event) => {
  event.preventDefault();
  event.target.reset();
  $("new-token").close();
  $("token-value").textContent = event.detail.token;
  $("shown-token").showModal();
});

// What was shown once is gone from the page as well.
for (const [dialog, secret] of [["recovery", "recovery-codes"], ["shown-token", "token-value"], ["totp", "totp-secret"]]) {
  $(dialog)?.addEventListener("close", () => {
    $(secret).textContent = "";
    refresh();
  });
}

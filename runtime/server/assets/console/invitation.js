// An invitation: the token stands after the `#` of the address, which no browser sends along. It goes to the server in the
// body of a request, and out of the address once it is used.

import { call, Refusal } from "./api.js";

const $ = (id) => document.getElementById(id);
const form = $("accept");
const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";

addEventListener("hashchange", () => location.reload());
form.addEventListener("done", (event) => {
  event.preventDefault();
  location.replace("/console");
});
look();

async function look() {
  try {
    if (!token) throw new Refusal(0, { detail: "The link isn’t whole: what stands after the # is missing.", fix: "Open it once more from the message." });
    const { value } = await call("POST", "/api/v1/invitations/look", { body: { token } });
    show(value);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    $("bad").querySelector(".trouble").textContent = error.words;
    $("bad").hidden = false;
  } finally {
    $("looking").hidden = true;
  }
}

function show(invitation) {
  form.elements.token.value = token;
  $("f-email").value = invitation.email;
  if (invitation.account) {
    $("title").textContent = "Choose a new password";
    $("asked").textContent = `For the account ${invitation.account}. Wherever it is signed in now, it will be signed out.`;
    $("newcomer").hidden = true;
    $("newcomer").disabled = true;
    $("go").textContent = "Set the password";
    $("code-field").hidden = !invitation.code_needed;
    form.elements.code.disabled = !invitation.code_needed;
    form.elements.code.required = invitation.code_needed;
  } else {
    $("asked").textContent = `${invitation.invited_by} asks you to join as ${invitation.role}.`;
  }
  form.hidden = false;
  form.querySelector(invitation.account ? "[name=password]" : "[name=display_name]").focus();
}

// Where the short name that the address gives can't be used, another one is asked for.
form.addEventListener("refused", (event) => {
  const detail = event.detail.problem.detail ?? "";
  if (/`name`|this name or this address/.test(detail)) document.querySelector("[data-short-name]").hidden = false;
});

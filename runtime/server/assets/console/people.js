// Invitations and links for a new password: a link is shown once, to be handed over.

import { refresh } from "./live.js";

const $ = (id) => document.getElementById(id);

document.addEventListener("done", (event) => {
  if (!event.target.matches("#invite-form, .link-form")) return;
  event.preventDefault();
  const { link, mailed, email } = event.detail;
  event.target.reset();
  event.target.closest("dialog").close();
  $("link-mailed").textContent = mailed
    ? `It is on its way to ${email}. You can hand it over yourself as well:`
    : `This server sends no mail: hand the link to ${email} yourself.`;
  $("link-address").textContent = link;
  $("link").showModal();
});

$("link")?.addEventListener("close", () => {
  $("link-address").textContent = "";
  refresh();
});

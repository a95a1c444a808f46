// A secret that is shown once, after an endpoint was added or its secret changed.

import { refresh } from "./live.js";

document.addEventListener("done", (event) => {
  const shows = event.target.dataset?.secret;
  const secret = event.detail?.secret;
  if (!shows || !secret) return;
  event.preventDefault();
  event.target.closest("dialog")?.close();
  event.target.reset();
  const dialog = document.getElementById(shows);
  const value = dialog.querySelector("[data-secret-value]");
  value.textContent = secret;
  dialog.addEventListener(
    "close",
    () => {
      value.textContent = "";
      refresh();
    },
    { once: true },
  );
  dialog.showModal();
});

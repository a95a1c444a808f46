// Files by drag and drop or by choice: `<div class="drop-zone" data-upload="POST /api/v1/…" data-type="…">` with an
// `input type="file"` in it. `{name}` in the route is the file's name. The bytes are the body. `.trouble` says what was
// refused; a `progress` appears while it is on its way. Of each file an event `sent` tells what became of it
// (`{file, ok, value}`): whoever takes it (`preventDefault`) says so itself, and the next file follows in any case.

import { then } from "./forms.js";
import { sendFile } from "./sending.js";

export function wireUploads() {
  document.addEventListener("change", (event) => {
    const zone = event.target.closest?.("[data-upload]");
    if (zone && event.target.type === "file") sendAll(zone, event.target.files, event.target);
  });
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      const zone = event.target.closest?.("[data-upload]");
      if (!zone) return;
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  document.addEventListener("dragleave", (event) => event.target.closest?.("[data-upload]")?.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    const zone = event.target.closest?.("[data-upload]");
    if (!zone) return;
    event.preventDefault();
    zone.classList.remove("over");
    sendAll(zone, event.dataTransfer.files);
  });
}

async function sendAll(zone, files, input = null) {
  const trouble = zone.querySelector(".trouble");
  if (trouble) trouble.hidden = true;
  let answer = null;
  for (const file of files) {
    const { ok, value } = await sendOne(zone, file);
    const told = { file, ok, value };
    // A page that says of each file what became of it takes this event.
    if (!zone.dispatchEvent(new CustomEvent("sent", { detail: told, bubbles: true, cancelable: true }))) continue;
    if (!ok) {
      const { detail, title, fix } = value ?? {};
      if (trouble) {
        trouble.textContent = [`${file.name}:`, detail ?? title ?? "the server can't be reached", fix].filter(Boolean).join(" ");
        trouble.hidden = false;
      }
      if (input) input.value = "";
      return;
    }
    answer = value;
  }
  if (input) input.value = "";
  const go = zone.dispatchEvent(new CustomEvent("done", { detail: answer, bubbles: true, cancelable: true }));
  if (go) await then(zone.dataset.then, zone.dataset.done, null, answer);
}

function sendOne(zone, file) {
  const where = zone.dataset.upload.replaceAll("{name}", encodeURIComponent(file.name));
  return sendFile(zone, where, file, { "Content-Type": zone.dataset.type || file.type || "application/octet-stream" });
}

// Something to be settled before going on, as a modal dialog. The browser keeps the focus inside, and gives it back.

import { freshId, iconButton, part } from "./parts.js";
import { words } from "./texts.js";

/**
 * Shows a dialog and returns `close()`. `build(close)` gives its children. `onClose` is called however it ends.
 */
export function dialog({ title, kind = "", onClose = () => {} }, build) {
  const id = freshId("dialog");
  const box = part("dialog", { class: `dialog ${kind}`.trim(), "aria-labelledby": id });
  const close = () => box.close();
  box.append(
    part("div", { class: "dialog-head" }, part("h2", { id }, title), iconButton("close", words.keys.close, close)),
    part("div", { class: "dialog-body" }, ...build(close).flat().filter(Boolean)),
  );
  box.addEventListener("close", () => {
    box.remove();
    onClose();
  });
  box.addEventListener("pointerdown", (event) => event.target === box && close());
  // Keys are the dialog's alone while it is open.
  box.addEventListener("keydown", (event) => event.stopPropagation());
  document.body.append(box);
  box.showModal();
  box.querySelector("[autofocus]")?.focus();
  return close;
}

// Files that came with a message: their names and sizes, and saving one. Nothing of them is shown in place: what a customer
// sends may be anything.

import { api } from "./api.js";
import { button, icon, part } from "./parts.js";
import { words } from "./texts.js";
import { wrong } from "./toast.js";

const KEEP_MS = 60_000;

/** A list of them; null where there is none. */
export function filesPart(files = []) {
  if (files.length === 0) return null;
  return part("ul", { class: "files", "aria-label": words.files.label }, ...files.map(filePart));
}

function filePart(file) {
  const name = part("bdi", { class: "name" }, file.name);
  if (!file.id)
    return part("li", { class: "left-out" }, icon("warning"), part("span", {}, name, ` ${words.files.leftOut(file.left_out)}`));
  const save = button(
    words.files.save,
    async () => {
      save.disabled = true;
      try {
        keep(await api.attachment(file.id), file.name);
      } catch (error) {
        wrong(error);
      }
      save.disabled = false;
    },
    { kind: "quiet", "aria-label": words.files.saveLabel(file.name) },
  );
  return part("li", {}, icon("file"), name, part("span", { class: "quiet" }, size(file.size)), save);
}

/** Has the browser save it under its name. */
function keep(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = part("a", { href: url, download: name, hidden: "" });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), KEEP_MS);
}

/** `24 kB`, `1.3 MB`. */
export function size(bytes) {
  const [unit, amount] = bytes < 1e3 ? ["byte", bytes] : bytes < 1e6 ? ["kilobyte", bytes / 1e3] : ["megabyte", bytes / 1e6];
  const digits = unit === "megabyte" ? 1 : 0;
  return new Intl.NumberFormat("en", { style: "unit", unit, maximumFractionDigits: digits }).format(amount);
}

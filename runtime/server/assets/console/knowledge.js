// The list of articles: what became of each uploaded file, and taking back that an article was deleted.

import { call, Refusal } from "./api.js";
import { refresh } from "./live.js";
import { element } from "./parts.js";
import { toast } from "./toast.js";

const UNDO = "usher.console.article-undo";

const zone = document.getElementById("article-upload");
const topic = document.getElementById("upload-topic");
const results = document.getElementById("upload-results");

topic?.addEventListener("input", () => {
  const given = topic.value.trim();
  zone.dataset.upload = `POST /api/v1/articles/upload?name={name}${given ? `&topic=${encodeURIComponent(given)}` : ""}`;
});

zone?.addEventListener("sent", (event) => {
  // Each file is told of by itself; one that is refused doesn't keep the others back.
  event.preventDefault();
  const { file, ok, value } = event.detail;
  const read = ok && value?.status === "indexed";
  const why = ok ? value?.reason : [value?.detail ?? value?.title ?? "the server can't be reached", value?.fix].filter(Boolean).join("; ");
  const warnings = value?.warnings?.length ?? 0;
  results.prepend(
    element(
      "li",
      {},
      element("span", { class: `badge ${read ? "good" : "bad"}` }, read ? "Read" : "Not read"),
      element("strong", {}, file.name),
      read
        ? element("span", {}, warnings ? `${warnings} to look at` : "")
        : element("span", { class: "bad-text" }, why ?? "it could not be read"),
      read && value.format ? element("a", { href: `/console/knowledge/articles/${encodeURIComponent(value.id)}` }, "Open") : null,
    ),
  );
});
zone?.addEventListener("done", (event) => {
  event.preventDefault();
  refresh();
});

offerUndo();

/** The page that deleted an article leaves what brings it back. */
function offerUndo() {
  let left = null;
  try {
    left = JSON.parse(sessionStorage.getItem(UNDO) ?? "null");
    sessionStorage.removeItem(UNDO);
  } catch {
    // Nothing was left.
  }
  if (!left) return;
  toast(left.said, async () => {
    try {
      await call("PUT", `/api/v1/articles/${encodeURIComponent(left.id)}`, { body: left.article });
      await refresh();
      toast("It is there again.");
    } catch (error) {
      toast(error instanceof Refusal ? error.words : "This can't be taken back any more.");
    }
  });
}

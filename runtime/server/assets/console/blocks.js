// The text of a message as the API gives it: paragraphs and lists of spans, made of nodes and never of markup.

import { element } from "./parts.js";

/** Elements of these blocks. */
export function blocks(given) {
  return given.map((block) => {
    if (block.kind !== "list") return element("p", {}, ...spans(block.spans));
    return element(block.ordered ? "ol" : "ul", {}, ...block.items.map((item) => element("li", {}, ...spans(item))));
  });
}

function spans(given) {
  return given.map((span) => {
    let made = document.createTextNode(span.text);
    if (span.code) made = element("code", {}, made);
    if (span.italic) made = element("em", {}, made);
    if (span.bold) made = element("strong", {}, made);
    if (span.href) made = element("a", { href: span.href, rel: "noopener noreferrer nofollow", target: "_blank" }, made);
    return made;
  });
}

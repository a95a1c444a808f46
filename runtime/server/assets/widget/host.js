// The frame's end of the talk with the shop's page (`widget.js` is the other). Only the window that embeds this frame,
// from exactly the origin that the frame was asked for, is heard or spoken to; the server refuses to be embedded by
// origins that the site doesn't list, so the origin in the address can't be made up.

const address = new URLSearchParams(location.search);
const origin = address.get("origin");
export const site = address.get("site");

const text = (value) => typeof value === "string";
const pageUrl = (value) => text(value) && value.length <= 2048 && URL.canParse(value);
const identity = (value) =>
  value === null ||
  (typeof value === "object" && ((text(value.token) && value.token.length <= 8192) || value.logout === true));

/** What the page may say, and the shape that it must have. */
const SHAPES = {
  config: (said) =>
    [said.name, said.assistant, said.locale].every(text) &&
    /^#[0-9a-f]{6}$/.test(said.color) &&
    ["auto", "light", "dark"].includes(said.theme) &&
    Array.isArray(said.questions) &&
    said.questions.every(text) &&
    pageUrl(said.page) &&
    identity(said.identity) &&
    typeof said.open === "boolean" &&
    typeof said.canSignIn === "boolean",
  open: () => true,
  close: () => true,
  focus: () => true,
  identity: (said) => identity(said.identity),
  page: (said) => pageUrl(said.url),
  "can-sign-in": (said) => typeof said.on === "boolean",
};

/** Calls `hear[type](message)`, where there is such a function, for each well-formed message from the page. */
export function listen(hear) {
  addEventListener("message", (event) => {
    if (event.source !== window.parent || event.origin !== origin) return;
    const said = event.data;
    if (typeof said !== "object" || said === null || said.usher !== 1) return;
    if (Object.hasOwn(SHAPES, said.type) && SHAPES[said.type](said)) hear[said.type]?.(said);
  });
}

export function tell(type, words = {}) {
  window.parent.postMessage({ usher: 1, type, ...words }, origin);
}

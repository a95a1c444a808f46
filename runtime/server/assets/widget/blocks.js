// A message's parts as elements: paragraphs, lists, cards, buttons, sources. Every text goes in as text, whatever it
// holds, and a link is made only of an address that may be opened.

/** `part(name, {class, …attributes}, …children)`; children are elements or texts. */
export function part(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** The address as it may be opened, or null. Without TLS only where usher itself is served so, which is on a developer's machine. */
export function safeHref(href) {
  if (typeof href !== "string" || !URL.canParse(href)) return null;
  const url = new URL(href);
  if (url.username || url.password) return null;
  const schemes = ["https:", "mailto:", "tel:"];
  if (location.protocol === "http:") schemes.push("http:");
  return schemes.includes(url.protocol) ? url.href : null;
}

/** The text of a message, from the server's paragraphs and lists. */
export function textParts(blocks, words) {
  return (blocks ?? [])
    .map((block) => {
      if (block.kind === "paragraph") return part("p", { dir: "auto" }, ...spans(block.spans, words));
      if (block.kind === "list") {
        return part(
          block.ordered ? "ol" : "ul",
          { dir: "auto" },
          ...block.items.map((item) => part("li", {}, ...spans(item, words))),
        );
      }
      return null;
    })
    .filter(Boolean);
}

function spans(list, words) {
  return (list ?? []).map(({ text, bold, italic, code, href }) => {
    let made = document.createTextNode(String(text));
    if (code) made = part("code", {}, made);
    if (bold) made = part("strong", {}, made);
    if (italic) made = part("em", {}, made);
    return linkPart(href, words, made) ?? made;
  });
}

/** A link to another page, or null where `href` may not be opened. */
export function linkPart(href, words, content, attributes = {}) {
  const safe = safeHref(href);
  if (!safe) return null;
  return part(
    "a",
    { href: safe, target: "_blank", rel: "noopener noreferrer nofollow", ...attributes },
    content,
    part("span", { class: "unseen" }, ` ${words.newTab}`),
  );
}

export function sourcesPart(sources, words) {
  if (!sources?.length) return null;
  const line = part("p", { class: "sources", dir: "auto" }, sources.length > 1 ? words.sources : words.source, " ");
  sources.forEach(({ title, url }, at) => {
    const name = document.createTextNode(String(title));
    line.append(at ? ", " : "", linkPart(url, words, name) ?? name);
  });
  return line;
}

/** A button of a card or a quick reply: a link for `open`, a button for `choose`; one whose link may not be opened is left out. */
export function buttonPart(button, { words, choose }) {
  if (button.kind === "open")
    return linkPart(button.href, words, String(button.label), { class: "action", dir: "auto" });
  if (button.kind !== "choose") return null;
  const made = part("button", { type: "button", class: "action", dir: "auto" }, String(button.label));
  made.addEventListener("click", () => choose(button));
  return made;
}

/** A card as an article; null for a kind that this widget doesn't know. */
export function cardPart(card, context) {
  if (!Object.hasOwn(CARDS, card.kind)) return null;
  const { title, badge, image, facts = [], lists = [], body = [] } = CARDS[card.kind](card, context);
  const titleId = `card-${++cards}`;
  const made = part(
    "article",
    { class: `card ${card.kind}`, "aria-labelledby": titleId },
    image ?? null,
    part("div", { class: "card-head" }, part("h2", { id: titleId, dir: "auto" }, title), badge ?? null),
    ...body,
  );
  const shown = facts.filter(([, value]) => value !== undefined && value !== null && value !== "");
  if (shown.length)
    made.append(
      part(
        "dl",
        {},
        ...shown.flatMap(([name, value]) => [part("dt", {}, name), part("dd", {}, part("bdi", {}, String(value)))]),
      ),
    );
  for (const [name, items] of lists) {
    if (items?.length) made.append(part("h3", {}, name), part("ul", { class: "items" }, ...items));
  }
  const buttons = (card.buttons ?? []).map((button) => buttonPart(button, context)).filter(Boolean);
  if (buttons.length) made.append(part("div", { class: "actions" }, ...buttons));
  return made;
}
let cards = 0;

/**
 * The server's question before something is changed. Only a message's own `consent` becomes one: a skill's text, cards and
 * buttons are never shown in this shape or under this heading.
 */
export function consentPart(consent, question, { words, choose }) {
  const id = `consent-${++consents}`;
  const button = ({ ref, label }) => {
    const made = part("button", { type: "button", class: "action", dir: "auto" }, String(label));
    made.setAttribute("aria-describedby", `${id}-summary`);
    made.addEventListener("click", () => choose({ ref, label }));
    return made;
  };
  // The registry of tools speaks English.
  const facts = [[words.consentKind, [part("bdi", { lang: "en" }, String(consent.title))]]];
  if (consent.details?.length)
    facts.unshift([words.consentFor, consent.details.map((detail) => part("bdi", {}, String(detail)))]);
  return part(
    "section",
    { class: "consent", role: "group", "aria-labelledby": `${id}-title` },
    part("h2", { id: `${id}-title` }, words.consentTitle),
    part("blockquote", { id: `${id}-summary`, dir: "auto" }, String(consent.summary)),
    part(
      "dl",
      {},
      ...facts.flatMap(([name, values]) => [
        part("dt", {}, name),
        ...values.map((value) => part("dd", {}, value)),
      ]),
    ),
    ...question,
    part("div", { class: "actions" }, button(consent.yes), button(consent.no)),
    part("p", { class: "small closed", hidden: "" }, words.consentClosed),
  );
}
let consents = 0;

/** Opens or closes a question: a closed one can be read and not answered. */
export function setConsentOpen(section, open) {
  for (const button of section.querySelectorAll("button")) button.disabled = !open;
  section.querySelector(".closed").hidden = open;
}

const badgePart = (text, tone) => (text ? part("span", { class: `badge ${tone}`, dir: "auto" }, String(text)) : null);
const itemPart = ({ title, quantity }) =>
  part("li", {}, part("bdi", {}, String(title)), part("span", { class: "quantity", dir: "ltr" }, `×\u00a0${quantity}`));

const CARDS = {
  order: (card, { words, clock }) => ({
    title: `${words.order} ${card.name}`,
    badge: badgePart(card.status, "plain"),
    facts: [
      [words.delivery, card.estimated_delivery && clock.date(card.estimated_delivery)],
      [words.carrier, card.carrier],
      [words.tracking, card.tracking_number],
      [words.ordered, clock.date(card.placed_at)],
      [words.total, card.total],
    ],
    lists: [[words.items, card.items?.map(itemPart)]],
  }),
  coupon: (card, { words, clock }) => ({
    title: card.title,
    body: [
      part(
        "p",
        { class: "code" },
        part("span", { class: "unseen" }, `${words.couponCode} `),
        part("code", {}, String(card.code)),
        copyPart(card.code, words),
      ),
      card.terms ? part("p", { class: "small", dir: "auto" }, card.terms) : null,
    ],
    facts: [[words.expires, card.expires_at && clock.date(card.expires_at)]],
  }),
  product: (card, { words }) => ({
    title: card.title,
    image: imagePart(card.image_url),
    badge: badgePart(card.in_stock ? words.inStock : words.outOfStock, card.in_stock ? "good" : "bad"),
    body: [
      part("p", { class: "price" }, part("span", { class: "unseen" }, `${words.price} `), String(card.price)),
      card.summary ? part("p", { class: "small", dir: "auto" }, card.summary) : null,
    ],
  }),
  loyalty: (card, { words, clock }) => ({
    title: card.program,
    badge: badgePart(card.tier, "plain"),
    facts: [[words.points, typeof card.points === "number" ? clock.number(card.points) : card.points]],
    lists: [[words.rewards, card.rewards?.map((reward) => part("li", {}, part("bdi", {}, String(reward))))]],
  }),
  subscription: (card, { words, clock }) => ({
    title: card.title,
    badge: badgePart(card.status, "plain"),
    facts: [
      [words.every, card.interval],
      [words.nextCharge, card.next_charge_on && clock.date(card.next_charge_on)],
      [words.price, card.price],
    ],
  }),
};

/** Decoration: the title says what it is. Gone where it can't be loaded. */
function imagePart(address) {
  if (typeof address !== "string" || !URL.canParse(address, location.href)) return null;
  const url = new URL(address, location.href);
  if (url.protocol !== "https:" && url.origin !== location.origin) return null;
  const image = part("img", {
    src: url.href,
    alt: "",
    loading: "lazy",
    decoding: "async",
    referrerpolicy: "no-referrer",
  });
  image.addEventListener("error", () => image.remove());
  return image;
}

function copyPart(code, words) {
  const button = part("button", { type: "button", class: "link" }, words.copy);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(String(code));
      button.textContent = words.copied;
      setTimeout(() => (button.textContent = words.copy), 3000);
    } catch {
      // Not allowed here: mark it instead, ready to be copied by hand.
      getSelection().selectAllChildren(button.previousElementSibling);
    }
  });
  return button;
}

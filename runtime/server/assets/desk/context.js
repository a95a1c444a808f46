// Beside the conversation: who the customer is, what they bought, what was before, and which articles could help.

import { cardPart, textParts } from "/widget/blocks.js";
import { badge, button, fact, facts, fill, icon, iconButton, part } from "./parts.js";
import { act, possible } from "./act.js";
import { address } from "./route.js";
import { CARDS, withoutButtons } from "./thread.js";
import { words } from "./texts.js";
import { channelName, customerName } from "./ticket.js";
import { full, moment, timeIn } from "./time.js";
import { explain } from "./toast.js";

const said = words.context;

/** Draws the customer's card into `place` and keeps it true. `insert(text)` writes into the reply. */
export function contextPane(desk, place, insert, close) {
  place.setAttribute("aria-label", words.conversation.context);
  const draw = () => {
    const { opened } = desk;
    const ticket = opened?.ticket;
    document.body.classList.toggle("has-context", Boolean(ticket));
    if (!ticket || opened.state !== "ready") return fill(place);
    fill(
      place,
      part(
        "div",
        { class: "context-head" },
        part("h2", {}, said.title),
        iconButton("close", words.keys.close, close, { class: "icon-button only-narrow", "data-key": "close-context" }),
      ),
      card(ticket, opened.context),
      tags(ticket),
      ...beside(opened),
      section(said.suggestions, suggestions(opened)),
    );
  };
  for (const what of ["opened", "conversation", "context"]) desk.on(what, draw);
  draw();

  function card(ticket, context) {
    const { requester } = ticket;
    const assurance = context?.assurance ?? requester.assurance;
    const [name, why] = words.assurance[assurance] ?? words.assurance.anonymous;
    const zone = ticket.time_zone && timeIn(ticket.time_zone);
    return part(
      "section",
      { class: "card-of-customer", "aria-label": said.title },
      part("p", { class: "name", dir: "auto" }, customerName(ticket)),
      part(
        "p",
        { class: `assurance ${assurance}` },
        assurance === "authenticated" ? icon("verified") : icon("person"),
        part("strong", {}, name),
      ),
      part("p", { class: "small quiet" }, why),
      facts(
        fact(
          said.email,
          requester.email &&
            part(
              "a",
              { href: `mailto:${encodeURIComponent(requester.email).replaceAll("%40", "@")}` },
              requester.email,
            ),
        ),
        fact(said.phone, requester.phone),
        fact(said.profile, requester.profile_id),
        fact(said.localTime, zone && part("span", { "data-zone": ticket.time_zone }, zone)),
        fact(said.language, languageName(ticket.locale)),
        fact(said.channel, channelName(ticket.channel)),
        fact(
          said.opened,
          part("time", { datetime: ticket.opened_at, title: full(ticket.opened_at) }, moment(ticket.opened_at)),
        ),
        fact(said.page, context?.page && part("bdi", {}, pathOf(context.page))),
        fact(said.rating, ticket.rating?.score ? words.conversation.rated(ticket.rating.score) : null),
      ),
    );
  }

  let tagged = null;

  /** One and the same element for a ticket: what is being typed in it stays when something else changes. */
  function tags(ticket) {
    if (tagged?.dataset.of === ticket.id) {
      const field = tagged.lastChild;
      if (field !== document.activeElement) field.value = ticket.tags.join(", ");
      field.disabled = !possible(ticket).change;
      return tagged;
    }
    const field = part("input", {
      id: "tags",
      value: ticket.tags.join(", "),
      placeholder: words.actions.tagsHint,
      autocomplete: "off",
      "data-key": "tags",
    });
    field.disabled = !possible(ticket).change;
    const save = () => {
      const now = desk.opened?.ticket;
      const wanted = [
        ...new Set(
          field.value
            .split(",")
            .map((tag) => tag.trim())
            .filter(Boolean),
        ),
      ];
      if (now?.id === ticket.id && wanted.join() !== now.tags.join()) act.setTags(desk, now, wanted);
    };
    field.addEventListener("change", save);
    tagged = part("div", { class: "tags", "data-of": ticket.id }, part("label", { for: "tags" }, said.tags), field);
    return tagged;
  }

  function beside({ context }) {
    if (!context) return [part("p", { class: "hint", role: "status" }, words.conversation.loading)];
    if (context.error) return [trouble(context.error)];
    const { orders, subscriptions, earlier } = context;
    const shown =
      orders.unavailable === subscriptions.unavailable && orders.unavailable
        ? [section(said.bought, [part("p", { class: "quiet small" }, orders.unavailable)])]
        : [
            section(said.orders, knownParts(orders, said.noOrders)),
            section(said.subscriptions, knownParts(subscriptions, said.none)),
          ];
    if (earlier.length)
      shown.push(section(said.tickets, [part("ul", { class: "plain" }, ...earlier.map(earlierPart))]));
    return shown;
  }

  function earlierPart(one) {
    const link = part(
      "a",
      { href: address(desk.view.id, one.id) },
      `${words.list.number(one.number)} `,
      part("bdi", {}, one.subject || words.list.noSubject),
    );
    const doubt = one.by === "address" ? part("span", { class: "quiet small" }, ` ${said.byAddress}`) : "";
    return part("li", {}, link, " ", badge(words.states[one.state], one.state), doubt);
  }

  function suggestions({ suggestions: found }) {
    if (!found) return [part("p", { class: "hint" }, words.conversation.loading)];
    if (found.error) return [trouble(found.error)];
    const { articles } = found;
    if (!articles.length) return [part("p", { class: "quiet small" }, said.noSuggestions)];
    return articles.map((article) =>
      part(
        "article",
        { class: "suggestion", "aria-label": article.title },
        part("h4", { dir: "auto" }, article.title),
        part("p", { class: "small", dir: "auto" }, article.excerpt),
        possible(desk.opened.ticket).write
          ? part(
              "p",
              { class: "ways" },
              article.url
                ? button(said.insertLink, () => insert(`${article.title}: ${article.url}`), { kind: "quiet" })
                : "",
              button(said.insertText, () => insert(article.excerpt), { kind: "quiet" }),
            )
          : "",
      ),
    );
  }

  function trouble(error) {
    return part(
      "div",
      { class: "hint", role: "alert" },
      explain(error),
      " ",
      button(words.trouble.retry, () => desk.opened.readBesideAgain(), { kind: "quiet" }),
    );
  }
}

const section = (title, children) =>
  part("section", { class: "known", "aria-label": title }, part("h3", {}, title), ...children);

/** What the shop knows: cards, else words, else that there is nothing. */
function knownParts({ unavailable, cards, blocks }, nothing) {
  if (unavailable) return [part("p", { class: "quiet small" }, unavailable)];
  const shown = [
    ...cards.map((card) => cardPart(withoutButtons(card), CARDS)),
    ...textParts(blocks, CARDS.words),
  ].filter(Boolean);
  return shown.length ? shown : [part("p", { class: "quiet small" }, nothing)];
}

const pathOf = (address) => (URL.canParse(address) ? new URL(address).pathname : address);

function languageName(locale) {
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(locale);
  } catch {
    return locale;
  }
}

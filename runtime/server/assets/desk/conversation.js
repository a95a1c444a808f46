// The right pane: the open ticket with its head, its conversation and the place to write.

import { act, possible } from "./act.js";
import { channelBanner, channelLine } from "./channel.js";
import { composer } from "./composer.js";
import { badge, button, fact, facts, fill, icon, iconButton, part } from "./parts.js";
import { menuOpen } from "./menu.js";
import { ticketLink } from "./merge.js";
import { go } from "./route.js";
import { words } from "./texts.js";
import { drawThread } from "./thread.js";
import { customerName, elsewhere, isSnoozed } from "./ticket.js";
import { moment } from "./time.js";
import { explain } from "./toast.js";
import { verified } from "./list.js";
import { toolbar } from "./toolbar.js";

const NEAR_PX = 60;
const READ_MS = 4_000;

/** Draws the open ticket into `place`. Returns `write(mode)` and `focus()`. */
export function conversation(desk, place, toggleContext) {
  let shown = null;
  place.setAttribute("aria-label", words.conversation.log);
  let parts = null;
  let following = true;

  function open() {
    if (shown !== desk.opened) parts?.composer?.leave();
    const fresh = shown !== desk.opened;
    shown = desk.opened;
    parts = null;
    document.body.classList.toggle("reading", Boolean(shown));
    if (!shown) {
      return fill(
        place,
        part(
          "div",
          { class: "empty" },
          part("p", { class: "what" }, words.conversation.none),
          part("p", { class: "quiet" }, words.conversation.noneHint),
        ),
      );
    }
    if (shown.state === "failed") {
      return fill(
        place,
        back(),
        part(
          "div",
          { class: "empty", role: "alert" },
          part("p", { class: "what" }, words.trouble.load),
          part("p", {}, explain(shown.error)),
          button(words.trouble.retry, () => shown.refresh()),
        ),
      );
    }
    if (shown.state === "loading") {
      const name = shown.ticket ? customerName(shown.ticket) : "";
      fill(
        place,
        part(
          "header",
          { class: "head" },
          back(),
          part("h2", { dir: "auto", tabindex: "-1", id: "opened-title" }, name),
        ),
        part("p", { class: "hint", role: "status" }, words.conversation.loading),
      );
      return fresh && place.querySelector("#opened-title").focus({ preventScroll: true });
    }
    build();
    draw();
    toEnd();
  }

  const back = () =>
    iconButton("back", words.conversation.back, () => go(desk.view.id), {
      class: "icon-button only-phone",
      "data-key": "back",
    });

  function build() {
    const held = place.contains(document.activeElement) || document.activeElement === document.body;
    const head = part("header", { class: "head" });
    const banners = part("div", { class: "banners" });
    const log = part("div", { class: "log", role: "log", "aria-label": words.conversation.log, tabindex: "0" });
    const latest = button(`${words.conversation.latest} ↓`, toEnd, { kind: "latest", hidden: "" });
    const presence = part("p", { class: "presence", role: "status" });
    const scroller = part("div", { class: "scroll thread", id: "thread" }, log);
    const above = part("div", {});
    const foot = part("div", { class: "foot-of-pane" }, latest, presence);
    parts = { head, banners, log, latest, presence, scroller, above, composer: null, foot };
    following = true;
    scroller.addEventListener(
      "scroll",
      () => {
        // The last scrolling is told after the ticket was left.
        if (parts?.scroller !== scroller) return;
        following = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PX;
        if (following) latest.hidden = true;
        if (following) noteRead();
      },
      { passive: true },
    );
    new ResizeObserver(() => following && toEnd()).observe(scroller);
    fill(place, head, above, banners, scroller, foot);
    shown.showNew = (before) =>
      log.querySelector(`[data-key="m${before}"]`)?.nextElementSibling?.scrollIntoView({ block: "nearest" });
    if (held) queueMicrotask(() => place.querySelector("#opened-title")?.focus({ preventScroll: true }));
  }

  function draw() {
    if (!parts || shown.state !== "ready") return;
    const { ticket } = shown;
    if (!menuOpen(parts.head)) fill(parts.head, ...(ticket ? headOf(ticket) : headOfTalk()));
    fill(parts.banners, ...(ticket ? bannersOf(ticket) : bannersOfTalk()));
    if (ticket) drawSummary(ticket);
    const before = parts.log.lastElementChild?.dataset.key;
    drawThread(desk, shown, parts.log);
    if (parts.log.lastElementChild?.dataset.key !== before) following ? toEnd() : (parts.latest.hidden = false);
    const writes = ticket && possible(ticket).write;
    if (writes && !parts.composer) {
      parts.composer = composer(desk, shown);
      place.append(parts.composer);
    } else if (!writes && parts.composer) {
      parts.composer.leave();
      parts.composer.remove();
      parts.composer = null;
    }
    parts.composer?.changed();
    noteRead();
    drawPresence();
  }

  /** The end of the conversation is on the screen: a while later it counts as read. */
  function noteRead() {
    const about = shown;
    const seq = about.lastSeq;
    const reads = () => about === shown && following && document.visibilityState === "visible";
    if (about.readUpTo < seq && reads())
      setTimeout(() => reads() && (about.readUpTo = Math.max(about.readUpTo, seq)), READ_MS);
  }

  function headOf(ticket) {
    const name = part("h2", { id: "opened-title", tabindex: "-1" }, part("bdi", {}, customerName(ticket)));
    const line = part(
      "p",
      { class: "about" },
      part("span", { class: "quiet" }, words.list.number(ticket.number)),
      " ",
      part("span", { dir: "auto" }, ticket.subject || words.list.noSubject),
    );
    return [
      part(
        "div",
        { class: "title" },
        back(),
        part(
          "div",
          { class: "names" },
          part("div", { class: "line" }, name, isVerifiedNow(ticket) ? verified() : null),
          line,
          shown.channel ? channelLine(shown.channel) : null,
        ),
        iconButton("person", words.conversation.context, toggleContext, {
          class: "icon-button only-narrow",
          "data-key": "context",
        }),
      ),
      toolbar(desk, ticket),
    ];
  }

  /** Who was signed in when the ticket was opened may not be any more. */
  const isVerifiedNow = (ticket) => (shown.context?.assurance ?? ticket.requester.assurance) === "authenticated";

  function headOfTalk() {
    const about = shown.about ?? {};
    return [
      part(
        "div",
        { class: "title" },
        back(),
        part(
          "div",
          { class: "names" },
          part("h2", { id: "opened-title", tabindex: "-1" }, part("bdi", {}, customerName(about))),
          shown.channel ? channelLine(shown.channel) : null,
        ),
      ),
    ];
  }

  const banner = (kind, ...children) => part("div", { class: `banner ${kind}` }, ...children);

  function bannersOf(ticket) {
    const said = words.conversation;
    const all = [];
    if (shown.owner === "assistant" && possible(ticket).write) all.push(assistantHas());
    all.push(channelBanner(shown.channel));
    const there = elsewhere(ticket);
    if (there) {
      const link = there.url?.startsWith("https://")
        ? part("a", { href: there.url, target: "_blank", rel: "noopener noreferrer" }, said.openThere(there.connector))
        : "";
      all.push(
        there.remote
          ? banner("", said.elsewhere(there.connector), " ", link)
          : banner("warn", icon("warning"), said.notYetThere(there.connector)),
      );
    }
    if (ticket.merged_into)
      all.push(banner("", said.merged, " ", ticketLink(desk, ticket.merged_into, said.openOther)));
    else if (ticket.state === "closed") all.push(banner("", said.closed));
    if (ticket.solved?.by === "silence") all.push(banner("", said.solvedBySilence));
    if (isSnoozed(ticket))
      all.push(
        banner(
          "",
          icon("clock"),
          words.list.snoozed(moment(ticket.snoozed_until)),
          button(words.actions.wake, () => act.wake(desk, ticket), { kind: "quiet", "data-key": "wake" }),
        ),
      );
    return all.filter(Boolean);
  }

  function assistantHas() {
    const take = button(
      words.conversation.takeOver,
      async () => {
        // Another one may be open by the time of the answer.
        const about = shown;
        take.disabled = true;
        const ticket = await act.takeOver(desk, about.conversation);
        take.disabled = false;
        if (!ticket) return;
        if (about.kind !== "assistant") about.refresh();
        else if (about === shown) go("mine", ticket.id);
      },
      { kind: "primary", "data-key": "take-over" },
    );
    return banner("assistant", icon("spark"), part("span", {}, words.conversation.assistantHas), take);
  }

  const bannersOfTalk = () => [assistantHas(), channelBanner(shown.channel)].filter(Boolean);

  /** What the one who takes it wants to know first. */
  function summary(ticket) {
    const said = words.conversation;
    const rating = ticket.rating?.score
      ? [badge(said.rated(ticket.rating.score), "rating"), ticket.rating.comment ? ` “${ticket.rating.comment}”` : ""]
      : null;
    const why = part(
      "span",
      { dir: "auto" },
      words.reasons[ticket.reason] ?? ticket.reason,
      ticket.detail ? part("span", { class: "quiet" }, ` (${ticket.detail})`) : "",
    );
    return [
      part("summary", { "data-key": "why" }, part("strong", {}, `${said.reason}: `), why),
      part(
        "div",
        { class: "inside" },
        ticket.summary ? part("p", { class: "words", dir: "auto" }, ticket.summary) : "",
        facts(
          fact(said.skill, ticket.skill?.name),
          ...ticket.facts.map(({ label, value }) => fact(label, part("bdi", {}, value))),
          fact(words.context.rating, rating && part("span", {}, ...rating)),
        ),
        ticket.follows ? part("p", {}, ticketLink(desk, ticket.follows, said.follows)) : "",
      ),
    ];
  }

  /** Open until a person has answered, where there is room for it; then as the reader leaves it. */
  function drawSummary(ticket) {
    let box = parts.above.firstChild;
    if (!box) {
      box = part("details", { class: "summary", "aria-label": words.conversation.summary });
      box.open = !ticket.first_reply_at && innerHeight > 780 && innerWidth > 819;
      parts.above.append(box);
    }
    fill(box, ...summary(ticket));
  }

  function drawPresence() {
    if (!parts || !shown) return;
    const said = words.conversation;
    const writers = shown.writers;
    const names = shown.looking.map((name) => desk.nameOf(name));
    const told = writers.map((name) => (name === null ? said.customerTyping : said.typing(desk.nameOf(name))));
    if (!told.length && names.length) told.push(said.looking(names.length > 1, said.list.format(names)));
    const text = told.join(" ");
    if (parts.presence.textContent !== text) parts.presence.textContent = text;
  }

  function toEnd() {
    if (!parts) return;
    parts.scroller.scrollTop = parts.scroller.scrollHeight;
    parts.latest.hidden = true;
  }

  place.addEventListener("menuclosed", draw);
  desk.on("opened", open);
  desk.on("conversation", draw);
  desk.on("context", draw);
  desk.on("people", draw);
  desk.on("presence", drawPresence);
  open();

  return {
    focus: () => place.querySelector("#opened-title")?.focus(),
    write(mode) {
      parts?.composer?.focusOn(mode);
    },
    insert: (text) => parts?.composer?.insertText(text),
  };
}

// Where people write: a reply to the customer, or a note for the team. The text is kept on the server while it is
// written and in the tab until the server has it; what is sent twice is one message.

import { api, newId } from "./api.js";
import { closed, fateOfReply } from "./channel.js";
import { Draft } from "./draft.js";
import { item, menu } from "./menu.js";
import { mentions } from "./mentions.js";
import { button, icon, part } from "./parts.js";
import { segments } from "./segments.js";
import { words } from "./texts.js";
import { customerName } from "./ticket.js";
import { act } from "./act.js";
import { moment } from "./time.js";
import { done, explain, wrong } from "./toast.js";

/** As many characters as a message may have. */
const LIMIT = 10_000;
const COUNT_FROM = 200;
const TYPING_EVERY_MS = 2_500;

/** The composer of one ticket. Returns its element with `focus(mode)`, `insert(text)`, `update()`, `leave()`. */
export function composer(desk, opened) {
  const said = words.composer;
  const ticket = () => opened.ticket;
  let mode = "reply";
  /** What is on its way to the server, `reply` or `note`, or null. */
  let sending = null;
  /** The name of the reply: the same text sent again after a failure is the same message. */
  let pending = null;
  let unsure = null;
  const texts = { reply: "", note: "" };
  let seen = opened.lastSeq;
  let toldAt = 0;

  /** The last message that the writer knows: begun after it, or had it before their eyes for a while. */
  const known = () => Math.max(seen, opened.readUpTo);

  const text = part("textarea", {
    id: "write",
    rows: innerWidth > 819 ? "3" : "1",
    "aria-label": said.replyLabel(customerName(ticket())),
    placeholder: said.replyHint,
    "aria-describedby": "write-hint",
  });
  const tabs = Object.fromEntries(
    ["reply", "note"].map((name) => {
      const made = part("button", { type: "button", class: "tab", "aria-pressed": String(name === mode) }, said[name]);
      made.addEventListener("click", () => focus(name));
      return [name, made];
    }),
  );
  const kept = part("span", { class: "kept", role: "status" });
  const count = part("span", { class: "left", "aria-live": "polite" });
  const alarm = part("div", { class: "alarm", role: "alert", hidden: "" });
  /** What went wrong with the reply and with the note, each shown where it was written. */
  const alarms = { reply: [], note: [] };
  const hint = part("span", { class: "hint", id: "write-hint" });
  /** What becomes of a reply that can't go out now. */
  const fate = part("p", { class: "fate small", role: "status", hidden: "" });
  const send = part(
    "button",
    { type: "submit", class: "button primary send" },
    icon("send"),
    part("span", {}, said.send),
  );
  const ways = menu(
    { label: said.more, name: said.more, face: [], kind: "primary ways", align: "end", key: "ways" },
    () => [item(said.solve, () => submit("solved")), item(said.pending, () => submit("pending"))],
  );
  const box = part(
    "form",
    { class: "composer", "aria-label": said.reply },
    part("div", { class: "tabs" }, tabs.reply, tabs.note, kept),
    alarm,
    fate,
    text,
    part("div", { class: "foot" }, hint, count, part("span", { class: "split" }, send, ways)),
  );
  const names = mentions(desk, text, () => mode === "note");
  box.append(names);

  const draft = new Draft(desk, opened.id, {
    text: () => texts.reply,
    seen: known,
    state: (state) => (kept.textContent = mode === "reply" && state ? said[state] : ""),
  });

  // --- writing ----------------------------------------------------------------------------------------------------

  text.addEventListener("input", () => {
    // From the first letter on, what comes is new to the writer.
    if (texts.reply === "") seen = opened.lastSeq;
    texts[mode] = text.value;
    if (mode === "reply") pending = null;
    measure();
    if (mode === "note") return draft.keepNote(text.value);
    draft.changed();
    if (Date.now() - toldAt > TYPING_EVERY_MS && text.value.trim()) {
      toldAt = Date.now();
      api.typing(opened.id).catch(() => {});
    }
  });
  text.addEventListener("keydown", (event) => {
    if (names.key(event)) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      text.blur();
      document.getElementById("conversation").focus({ preventScroll: true });
    }
  });
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });

  const length = () => [...text.value].length;

  function measure() {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight + 2, innerHeight * 0.4)}px`;
    const left = LIMIT - length();
    count.textContent = left < 0 ? said.over(-left) : left <= COUNT_FROM ? said.left(left) : piecesOf(text.value);
    count.classList.toggle("trouble", left < 0);
    text.setAttribute("aria-invalid", String(left < 0));
    const told = mode === "reply" ? fateOfReply(opened.channel) : "";
    if (fate.textContent !== told) fate.textContent = told;
    fate.hidden = told === "";
    const can = !sending && left >= 0 && text.value.trim() !== "" && !unwanted();
    send.disabled = !can;
    ways.querySelector("button").disabled = !can;
  }

  /** The customer wants no messages: nothing that is written to them is sent. */
  const unwanted = () => mode === "reply" && closed(opened.channel) === "opted_out";

  /** Of how many messages a text message will be, which the carrier charges for one by one. */
  function piecesOf(typed) {
    if (mode === "note" || opened.channel?.channel !== "sms" || typed.trim() === "") return "";
    const { count: pieces, alphabet } = segments(typed.trim());
    return said.pieces(pieces, alphabet === "ucs2");
  }

  function focus(next = mode) {
    texts[mode] = text.value;
    mode = next;
    text.value = texts[mode];
    const note = mode === "note";
    box.classList.toggle("is-note", note);
    for (const [name, tab] of Object.entries(tabs)) tab.setAttribute("aria-pressed", String(name === mode));
    text.placeholder = note ? said.noteHint : said.replyHint;
    text.setAttribute("aria-label", note ? said.noteLabel : said.replyLabel(customerName(ticket())));
    label();
    ways.hidden = note;
    kept.textContent = "";
    showAlarm();
    measure();
    text.focus();
  }

  function insert(more) {
    if (mode === "note") focus("reply");
    const { selectionStart: from, selectionEnd: to, value } = text;
    const before = from > 0 && !/\s$/.test(value.slice(0, from)) ? " " : "";
    text.setRangeText(`${before}${more}`, from, to, "end");
    text.focus();
    text.dispatchEvent(new Event("input"));
  }

  // --- sending ----------------------------------------------------------------------------------------------------

  async function submit(then = null, anyway = false) {
    const typed = text.value.trim();
    if (sending || typed === "" || length() > LIMIT || unwanted()) return;
    // The button that was pressed can't keep the focus: it is in the text from now on. Once the answer is here it is
    // wherever the writer has gone meanwhile, and keys that they press there must not end in the text.
    if (document.activeElement === document.body || box.contains(document.activeElement)) text.focus();
    const way = mode;
    if (way === "reply") pending ??= newId();
    alarmed(way, []);
    busy(way);
    try {
      const answer =
        way === "note"
          ? await noted(typed)
          : await api.reply(opened.id, {
              text: typed,
              client_id: pending,
              ...(!anyway && { seen_seq: known() }),
              ...(then && { then }),
            });
      if (texts[way].trim() === typed) texts[way] = "";
      if (mode === way) text.value = texts[way];
      if (way === "reply") {
        pending = null;
        draft.used();
      } else draft.keepNote("");
      opened.sent(answer);
      seen = opened.lastSeq;
      if (then === "solved") done(words.actions.solved(ticket().number), () => act.reopen(desk, ticket()));
      if (then === "pending") done(words.actions.pending(ticket().number));
    } catch (error) {
      await failed(way, error, then, anyway);
    } finally {
      busy(null);
      desk.refreshSoon();
      await opened.refresh();
    }
  }

  /** Sends the reply or the note again, whichever is written now. */
  function resubmit(way, then, anyway) {
    if (mode !== way) focus(way);
    return submit(then, anyway);
  }

  /** A note has no name of its own: after an answer that was lost, it is looked for before it is written again. */
  async function noted(text) {
    if (unsure === text) {
      await opened.refresh();
      const mine = ({ actor, what }) =>
        what.kind === "note" && what.text === text && actor === `operator:${desk.me.name}`;
      if (opened.history.some(mine)) return { ticket: opened.ticket };
    }
    unsure = text;
    const written = await api.note(opened.id, text);
    unsure = null;
    return { ticket: written };
  }

  async function failed(way, error, then, anyway) {
    if (error.kind === "expired") return;
    // Whoever writes something else meanwhile is told as well, and finds the reason with the text.
    if (mode !== way) wrong(error);
    else if (!error.kind) reportError(error);
    if (error.body?.last_seq !== undefined) return warn(way, then);
    const by = error.body?.taken_by;
    const again = by
      ? button(
          said.claimFirst,
          async () =>
            (await act.assign(desk, ticket(), { person: desk.me.name, group: ticket().group })) &&
            resubmit(way, then, anyway),
          { kind: "quiet" },
        )
      : button(said.retry, () => resubmit(way, then, anyway), { kind: "quiet" });
    alarmed(way, [part("span", {}, `${said.notSent} ${by ? said.owned(desk.nameOf(by)) : explain(error)}`), again]);
  }

  /** Somebody wrote meanwhile: what, and the text stays. */
  async function warn(way, then) {
    const before = known();
    await opened.refresh();
    const fresh = opened.messages.filter((message) => message.seq > before && !message.notice);
    seen = opened.lastSeq;
    opened.showNew(before);
    alarmed(way, [
      part("span", {}, said.meanwhile(Math.max(1, fresh.length))),
      ...fresh.slice(-2).map((message) => part("blockquote", { dir: "auto" }, message.text)),
      button(said.sendAnyway, () => resubmit(way, then), { kind: "quiet" }),
    ]);
  }

  function alarmed(way, children) {
    alarms[way] = children;
    tabs[way].classList.toggle("trouble", children.length > 0);
    showAlarm();
  }

  function showAlarm() {
    alarm.replaceChildren(...alarms[mode]);
    alarm.hidden = alarms[mode].length === 0;
  }

  /** `way` is on its way, or (null) nothing any more; what isn't can be written meanwhile. */
  function busy(way) {
    sending = way;
    box.setAttribute("aria-busy", String(way !== null));
    label();
    measure();
  }

  /** What the button to send says, and whether the text can be written in: not while it is on its way. */
  function label() {
    text.readOnly = sending === mode;
    send.lastChild.textContent = text.readOnly ? said.sending : mode === "note" ? said.addNote : said.send;
  }

  // --- the draft of an earlier time -------------------------------------------------------------------------------

  texts.note = draft.note();
  draft.restore().then((found) => {
    if (!found || texts.reply !== "") return;
    texts.reply = found.text;
    seen = found.seen_seq ?? seen;
    if (mode !== "reply") return;
    text.value = found.text;
    measure();
    kept.replaceChildren(
      found.updated_at ? said.restored(moment(found.updated_at)) : "",
      " ",
      button(
        said.discard,
        () => {
          const lost = texts.reply;
          texts.reply = text.value = "";
          draft.used();
          kept.textContent = "";
          measure();
          text.focus();
          done(said.discarded, () => {
            texts.reply = text.value = lost;
            measure();
            draft.changed();
          });
        },
        { kind: "quiet" },
      ),
    );
  });

  /** The ticket may have become somebody else's. */
  function changed() {
    const { assignee } = ticket();
    const others = assignee && !desk.isMe(assignee);
    hint.textContent = others ? said.owned(desk.nameOf(assignee)) : said.keys(/Mac|iP/.test(navigator.platform));
    hint.classList.toggle("others", Boolean(others));
    measure();
  }

  return Object.assign(box, { focusOn: focus, insertText: insert, leave: () => draft.leave(), changed });
}

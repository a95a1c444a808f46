// The frame: wires the page (`host.js`), the conversation (`chat.js`) and what is on screen.

import { buttonPart, part } from "./blocks.js";
import { Chat } from "./chat.js";
import { palette } from "./colors.js";
import { listen, site, tell } from "./host.js";
import { MessageLog } from "./log.js";
import { draft, openMemory } from "./memory.js";
import { ratingPrompt } from "./rating.js";
import { askedFor, replyParts } from "./replies.js";
import { signInPrompt } from "./signin.js";
import { canonical, clock as clockFor, textsFor } from "./texts.js";
import { articleParts, presetPart, welcome } from "./welcome.js";

const LIMIT = 4000;
/** The counter appears when so many characters are left. */
const COUNT_FROM = 400;
/** A sign of writing goes by itself if it isn't renewed. */
const TYPING_MS = 5_000;
/** Nearer to the end than this, the list follows new messages. */
const NEAR_PX = 80;

const at = (id) => document.getElementById(id);

// Everything waits for the page's settings, so that nothing is shown in a wrong language or colour; they hold the latest
// of what the page said before.
const hear = { config: start };
listen(hear);
tell("ready");

function start(config) {
  const { words, language, direction } = textsFor(config.locale);
  const clock = clockFor(config.locale, words);
  const root = document.documentElement;
  root.lang = language;
  root.dir = direction;
  paint(config);

  // As the page names it, else as the server knows the site.
  const shop = config.name || document.querySelector('meta[name="usher-shop"]').content;
  const text = at("text");
  let open = config.open;
  let canSignIn = config.canSignIn;
  let owner = "assistant";
  let session = null;
  /** What the shop greets with, once it is known. */
  let greeted = null;
  const answered = new Set();

  const log = new MessageLog(
    at("log"),
    { words, clock, choose },
    { retry: (clientId) => chat.retry(clientId), discard: (clientId) => chat.discard(clientId) },
  );
  const memory = openMemory(site, (name) => chat.remember(name));
  const where = {
    locale: canonical(config.locale) ?? undefined,
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
  const chat = new Chat(site, memory, where, {
    reset() {
      log.reset(greeting());
      setOwner("assistant");
      typing(false);
      refresh();
    },
    message(view, live) {
      if (view.author !== "customer") typing(false);
      adding(() => {
        log.add(view);
        refresh();
      }, view.author === "customer");
      if (!live) return;
      tell("message", { seq: view.seq, author: view.author });
      if (view.handoff) tell("handoff");
    },
    pending(entry) {
      adding(() => {
        log.pend(entry);
        refresh();
      }, entry.state === "sending");
    },
    identity(next) {
      session = next;
      const name = session?.first_name || session?.email;
      at("identity").hidden = session?.assurance !== "authenticated";
      at("identity-name").textContent = name ? words.signedInAs(name) : words.signedIn;
      refresh();
    },
    link(state) {
      at("connection").textContent = { up: "", down: words.reconnecting, offline: words.offline }[state];
    },
    typing,
    owner: setOwner,
    dropped(clientId) {
      log.drop(clientId);
      refresh();
    },
    notice(kind) {
      adding(() => log.note({ expired: words.expired, "signed-out": words.signedOut }[kind]), true);
      if (kind === "signed-out") tell("signed-out");
    },
    unread: (count) => tell("unread", { count }),
    stored: (on) => tell("stored", { stored: on }),
    error: (code, detail) => tell("error", { code, detail }),
  });
  chat.page = config.page;

  // --- the page -------------------------------------------------------------------------------------------------

  Object.assign(hear, {
    config() {},
    open() {
      open = true;
      chat.look(true);
      toEnd();
    },
    close() {
      open = false;
      chat.look(false);
    },
    focus: () => at("text").focus(),
    identity: (said) => chat.identify(said.identity),
    page: (said) => (chat.page = said.url),
    "can-sign-in"(said) {
      canSignIn = said.on;
      refresh();
    },
  });

  // --- header ---------------------------------------------------------------------------------------------------

  at("title").textContent = config.assistant || shop || words.chat;
  at("shop").textContent = config.assistant ? shop : "";
  name("close", words.close);
  name("renew", words.renew);
  at("close").addEventListener("click", () => tell("close"));
  at("renew").addEventListener("click", () => {
    if (chat.empty) return at("text").focus();
    at("confirm").hidden = false;
    at("confirm-no").focus();
  });
  at("confirm-text").textContent = words.renewAsk;
  at("confirm-yes").textContent = words.renewYes;
  at("confirm-no").textContent = words.renewNo;
  at("confirm-yes").addEventListener("click", () => {
    at("confirm").hidden = true;
    chat.startOver();
    at("text").focus();
  });
  at("confirm-no").addEventListener("click", () => {
    at("confirm").hidden = true;
    at("renew").focus();
  });
  at("sign-out").textContent = words.signOut;
  at("sign-out").addEventListener("click", () => {
    chat.signOut();
    at("text").focus();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    if (!at("confirm").hidden) return at("confirm-no").click();
    tell("close");
  });

  function setOwner(next) {
    const human = next === "human";
    owner = next;
    at("role").textContent = human ? words.team : words.role;
    at("role").classList.toggle("human", human);
    at("person").hidden = human;
    settle();
  }

  at("moved-text").textContent = words.moved;
  at("moved-renew").textContent = words.renew;
  at("moved-renew").addEventListener("click", () => at("renew").click());
  name("person", words.askPerson);
  at("person").addEventListener("click", () => send(() => chat.say(words.wantPerson)));

  // --- messages -------------------------------------------------------------------------------------------------

  at("log").setAttribute("aria-label", words.log);
  at("scroller").setAttribute("aria-label", words.chat);
  at("replies").setAttribute("aria-label", words.replies);
  at("latest").textContent = `${words.latest} ↓`;
  at("latest").addEventListener("click", toEnd);

  const prompt = signInPrompt(at("sign-in"), words, {
    shop: () => tell("sign-in-requested"),
    sendCode: (email) => chat.sendCode(email),
    async verify(code) {
      await chat.verifyCode(code);
      at("text").focus();
    },
    explain({ kind, problem, retryAt }) {
      if (problem === "wrong-code") return words.codeWrong;
      if (problem === "too-many-attempts") return words.codeSpent;
      return kind === "busy" ? words.retryAt(clock.wait(retryAt)) : words.failed;
    },
  });

  const rating = ratingPrompt(at("rating"), words, {
    rate: (score, comment) => chat.rate(score, comment),
    done: () => at("text").focus(),
  });

  /** What stands below the messages: the prompts to sign in and to rate, and the replies to the last message. */
  function refresh() {
    settle();
    const last = chat.last;
    if (last?.sign_in && !chat.signedIn) prompt.show(last.sign_in, canSignIn);
    else prompt.hide();
    const unrated = chat.rating;
    if (unrated) rating.show(unrated, plainText(unrated));
    else rating.hide();
    at("moved").hidden = !chat.moved;
    const asked = answered.has(last?.seq) ? null : last;
    const buttons = chat.empty ? openings() : replyParts(asked, owner === "human", { words, choose });
    write(asked);
    at("replies").replaceChildren(...buttons);
    at("replies").hidden = buttons.length === 0;
  }

  /** Closes the questions that can't be answered any more; a person answers with words. */
  function settle() {
    if (log.settle(owner === "human" ? null : chat.question)) at("text").focus();
  }

  /** The words of a message, without its looks. */
  const plainText = (view) =>
    (view.blocks ?? []).flatMap((block) => (block.spans ?? []).map((span) => span.text)).join("");

  function questionPart(text) {
    return buttonPart({ kind: "choose", label: text }, { words, choose: () => send(() => chat.say(text)) });
  }

  /** What can be chosen before anything was written: the page's questions, then the shop's. */
  function openings() {
    const presets = (greeted?.presets ?? []).map((preset) =>
      presetPart(preset, words, {
        ask: (question) => send(() => chat.say(question)),
        show: (article) =>
          articleParts(site, article, words)
            .then((content) => adding(() => log.show(content)))
            .catch(() => adding(() => log.note(words.failed))),
      }),
    );
    return [...config.questions.map(questionPart), ...presets].filter(Boolean);
  }

  function choose(button) {
    answered.add(chat.last?.seq);
    send(() => chat.choose(button));
  }

  /** Sends, and leaves the focus where writing goes on, since the button that had it may be gone. */
  function send(how) {
    how();
    at("text").focus();
  }

  let typingTimer = null;
  function typing(on, told) {
    clearTimeout(typingTimer);
    if (on) typingTimer = setTimeout(() => typing(false), TYPING_MS);
    if (on === at("typing").childElementCount > 0) return;
    const dots = part("span", { class: "dots", "aria-hidden": "true" }, part("i"), part("i"), part("i"));
    at("typing").replaceChildren(...(on ? [dots, part("span", { class: "unseen" }, told?.who === "human" ? words.teamTyping : words.typing)] : []));
  }

  // The list keeps to its end as long as the customer does, whatever changes: what is in it, or the room for it.
  let following = true;
  let top = 0;
  const scroller = at("scroller");
  scroller.addEventListener(
    "scroll",
    () => {
      const before = top;
      top = scroller.scrollTop;
      // Only the customer moves it up; that there is more below may just mean that something was added.
      if (scroller.scrollHeight - top - scroller.clientHeight < NEAR_PX) following = true;
      else if (top < before) following = false;
      if (following) at("latest").hidden = true;
    },
    { passive: true },
  );
  const room = new ResizeObserver(() => following && toEnd());
  room.observe(scroller);
  room.observe(at("content"));

  function toEnd() {
    scroller.scrollTop = scroller.scrollHeight;
    at("latest").hidden = true;
  }

  /** To the end, but for an answer that is longer than the room for it: that is shown from its beginning. */
  function toNewest() {
    const newest = at("log").lastElementChild;
    following = newest.offsetHeight <= scroller.clientHeight;
    if (following) return toEnd();
    scroller.scrollTop = newest.offsetTop - 12;
    at("latest").hidden = true;
  }

  /** Adds to the list; someone who reads further up is left there and told that there is more. */
  function adding(change, own = false) {
    change();
    if (own || following) toNewest();
    else at("latest").hidden = !open;
  }

  // --- writing --------------------------------------------------------------------------------------------------

  text.value = draft.get(site);
  name("send", words.send);

  // Code points, as the server counts them.
  const length = () => [...text.value].length;

  function measure() {
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight}px`;
    const left = LIMIT - length();
    at("count").textContent = left < 0 ? words.over(-left) : left <= COUNT_FROM ? words.left(left) : "";
    at("count").classList.toggle("trouble", left < 0);
    text.setAttribute("aria-invalid", String(left < 0));
    at("send").disabled = left < 0 || text.value.trim() === "";
  }

  /** What is written now: a message, or the answer to what the server asks. */
  function write(view) {
    const { label, mode, complete } = askedFor(view, words);
    at("text-label").textContent = label;
    text.placeholder = label;
    text.inputMode = mode;
    text.autocomplete = complete;
  }

  text.addEventListener("input", measure);
  text.addEventListener("input", () => owner === "human" && chat.writes());
  text.addEventListener("keydown", (event) => {
    // Enter also ends the choice of a character in some ways of writing (229 is what Safari then gives).
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    at("composer").requestSubmit();
  });
  at("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const said = text.value.trim();
    if (said === "" || length() > LIMIT) return;
    text.value = "";
    draft.set(site, "");
    measure();
    chat.say(said);
    text.focus();
  });
  // Kept only where there is something to keep: an untouched chat stores nothing.
  addEventListener("pagehide", () => {
    if (text.value !== draft.get(site)) draft.set(site, text.value);
  });

  // --- begin ----------------------------------------------------------------------------------------------------

  /** The shop's own words; an assistant whom the page names introduces itself. */
  function greeting() {
    if (config.assistant) return [words.greetingNamed(config.assistant, shop)];
    return greeted?.lines ?? [words.greeting(shop)];
  }

  function name(id, label) {
    at(id).setAttribute("aria-label", label);
    at(id).title = label;
  }

  log.reset(greeting());
  setOwner("assistant");
  refresh();
  document.body.hidden = false;
  measure();
  chat.look(open);
  at("log").setAttribute("aria-busy", "true");
  chat.resume().finally(() => {
    at("log").removeAttribute("aria-busy");
    toEnd();
  });
  chat.identify(config.identity);
  welcome(site, where).then((found) => {
    if (!found) return;
    greeted = found;
    if (chat.empty) log.reset(greeting());
    refresh();
  });
}

/** The accent colour and the scheme, which follows the device unless the page says otherwise. */
function paint({ color, theme }) {
  const device = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const scheme = theme === "auto" ? (device.matches ? "dark" : "light") : theme;
    document.documentElement.dataset.scheme = scheme;
    for (const [name, value] of Object.entries(palette(color, scheme)))
      document.documentElement.style.setProperty(`--${name}`, value);
  };
  device.addEventListener("change", apply);
  apply();
}

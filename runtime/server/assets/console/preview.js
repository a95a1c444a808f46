// The preview: a conversation that is stored nowhere, with the reason of each answer beside it. The server keeps nothing of
// it; what came so far is sent along with each message.

import { call, Refusal } from "./api.js";
import { element } from "./parts.js";
import { conversationOf } from "./preview-conversation.js";
import { answerPart, repliesOf } from "./preview-answers.js";
import { openSave } from "./preview-save.js";
import { drawTrace } from "./preview-trace.js";

const at = (id) => document.getElementById(id);
const settings = at("settings");
const log = at("log");

/** What happened: `{act, request, words, before, previewed}`; `act` is a scenario's step, `before` the state it began from. */
let turns = [];
/** What the settings were when the conversation began; a customer who signed in later isn't in it. */
let begun = null;
let rendering = "webchat";
let busy = false;

const chosen = () => {
  const values = {};
  for (const name of ["customer", "channel", "locale", "at", "page_url", "release"]) {
    const value = settings.elements[name].value.trim();
    if (value) values[name] = value;
  }
  return values;
};
const lastState = () => turns.at(-1)?.previewed.state;

/** Sends what the customer does, from the state that is the last, or this one; null: from the beginning. */
async function send(act, request, words, before = lastState() ?? null) {
  if (busy) return false;
  begun ??= chosen();
  setBusy(true);
  const waiting = draw({ words, act });
  bringUp();
  try {
    const body = { ...chosen(), ...request };
    if (before) body.state = before;
    const { value: previewed } = await call("POST", "/api/v1/preview", { body });
    turns.push({ act, request, words, before, previewed });
    waiting.remove();
    // What an earlier answer offered makes no sense any more.
    drawAll();
    explain(turns.length - 1, false);
    return true;
  } catch (error) {
    waiting.remove();
    if (!(error instanceof Refusal)) throw error;
    if (!turns.length) begun = null;
    trouble(error.words);
    return false;
  } finally {
    setBusy(false);
  }
}

function setBusy(on) {
  busy = on;
  at("send").disabled = on;
  at("again").disabled = on || !turns.length;
  at("same").disabled = on || !turns.length;
  at("save-open").disabled = on || !turns.length;
  at("log-panel").setAttribute("aria-busy", String(on));
  at("chat-empty").hidden = turns.length > 0 || on;
}

/** The last question at the top of the list, or as far up as it goes; the page itself stays where it is. */
function bringUp() {
  const panel = at("log-panel");
  const last = log.lastElementChild;
  if (last) panel.scrollTop += last.getBoundingClientRect().top - panel.getBoundingClientRect().top - 12;
}

function trouble(text) {
  at("chat-trouble").textContent = text ?? "";
  at("chat-trouble").hidden = !text;
}

/** The customer's words, with a line that the answer is on its way where it isn't there yet. */
function draw({ words, act }) {
  trouble();
  const made = element("div", { class: "turn" });
  if (act.sign_in) made.append(element("p", { class: "note" }, words));
  else made.append(element("div", { class: "bubble mine", dir: "auto" }, words));
  made.append(element("p", { class: "quiet small waiting" }, "The assistant writes…"));
  log.append(made);
  return made;
}

function drawTurn(number) {
  const { previewed, words } = turns[number];
  const made = draw(turns[number]);
  made.querySelector(".waiting").remove();
  made.append(...previewed.answers.map((answer) => answerPart(answer, rendering, context(number))));
  const attributes = { type: "button", class: "button quiet why-open", "data-turn": number };
  const why = element("button", attributes, `Why? ${Math.round(previewed.took_ms)} ms`);
  why.append(element("span", { class: "unseen" }, `, about the answer to: ${words}`));
  why.addEventListener("click", () => explain(number, true));
  made.append(element("p", { class: "turn-foot" }, why));
  return made;
}

function drawAll() {
  const open = at("why").dataset.turn;
  log.replaceChildren();
  turns.forEach((_, number) => drawTurn(number));
  mark(Number(open));
  drawBelow();
  bringUp();
}

/** What can be answered with one press, and signing in, below the last message. */
function drawBelow() {
  const number = turns.length - 1;
  const last = turns[number]?.previewed;
  at("replies").replaceChildren(...(rendering === "webchat" ? repliesOf(last, context(number)) : []));
  at("sign-in").hidden = !last?.awaits_sign_in;
}

const context = (number) => ({
  locale: turns[number]?.previewed.record?.language ?? "en",
  /** Only what the last answer offered still makes sense. */
  live: number === turns.length - 1,
  choose: (button, act) => send(act ?? { press: button.label }, { choose: button.ref }, button.label),
});

async function explain(number, asked) {
  mark(number);
  at("why-empty").hidden = true;
  await drawTrace(at("why"), turns[number].previewed, number);
  if (!asked) return;
  at("why-title").tabIndex = -1;
  at("why-title").focus();
}

/** Which answer is explained. */
function mark(number) {
  for (const button of log.querySelectorAll(".why-open")) {
    if (Number(button.dataset.turn) === number) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

function startAgain(note = "") {
  turns = [];
  begun = null;
  log.replaceChildren();
  at("why").replaceChildren();
  at("why-empty").hidden = false;
  at("settings-note").textContent = note;
  trouble();
  drawBelow();
  setBusy(false);
}

/** The same conversation with the settings as they are now. */
async function askTheSame() {
  const before = turns;
  startAgain();
  for (const { act, request, words } of before) {
    if (act.sign_in) continue;
    // A button is found again by its words: its place may be another one.
    const ref = request.choose && refOf(act);
    if (request.choose && !ref) return trouble(`«${words}» isn't offered any more.`);
    if (!(await send(act, ref ? { choose: ref } : request, words))) return;
  }
}

const lastViews = () => (turns.at(-1)?.previewed.answers ?? []).map((answer) => answer.webchat);

/** What a customer said in a conversation that was, said again. */
async function askAgain(id) {
  at("settings-note").textContent = "Reading the conversation…";
  try {
    const { settings: held, texts } = await conversationOf(id);
    for (const [name, value] of Object.entries(held)) settings.elements[name].value = value;
    sumUp();
    choose(at(`tab-${settings.elements.channel.value}`));
    for (const text of texts) {
      const button = repliesOf.all(lastViews()).find((one) => one.label === text);
      const sent = button ? send({ press: text }, { choose: button.ref }, text) : send({ say: text }, { text }, text);
      if (!(await sent)) return;
    }
    at("settings-note").textContent = "This is what the customer said in the conversation, asked again now.";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    at("settings-note").textContent = "";
    trouble(error.words);
  }
}

function refOf(act) {
  const views = lastViews();
  if (act.answer) return views.find((view) => view.consent)?.consent[act.answer].ref;
  return repliesOf.all(views).find((button) => button.label === act.press)?.ref;
}

function choose(tab) {
  rendering = tab.dataset.channel;
  for (const one of document.querySelectorAll(".renderings [role=tab]")) {
    one.setAttribute("aria-selected", String(one === tab));
    one.tabIndex = one === tab ? 0 : -1;
  }
  at("log-panel").setAttribute("aria-labelledby", tab.id);
  drawAll();
}

const tabs = [...document.querySelectorAll(".renderings [role=tab]")];
tabs.forEach((tab, place) => {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = tabs[(place + step + tabs.length) % tabs.length];
    choose(next);
    next.focus();
  });
});

at("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = at("say").value.trim();
  if (!text || busy) return;
  at("say").value = "";
  if (!(await send({ say: text }, { text }, text))) at("say").value = text;
  at("say").focus();
});
at("say").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  at("composer").requestSubmit();
});
at("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const named = at("sign-in-as").value.trim();
  const waited = turns.at(-1);
  const was = settings.elements.customer.value;
  settings.elements.customer.value = named;
  const sent = await send({ sign_in: named }, waited.request, `Signed in as ${named}`, waited.before);
  if (!sent) settings.elements.customer.value = was;
  sumUp();
  if (sent) at("say").focus();
});
/** What the settings are, in a line, for when they are folded. */
function sumUp() {
  const { customer, channel, locale, at: time, release } = chosen();
  const name = (field) => settings.elements[field].selectedOptions[0].textContent.trim();
  const parts = [customer ?? "a visitor", name("channel"), locale && name("locale"), time?.replace("T", " ") ?? "now", release && name("release")];
  at("settings-sum").textContent = parts.filter(Boolean).join(" · ");
}

settings.addEventListener("submit", (event) => event.preventDefault());
settings.addEventListener("change", (event) => {
  sumUp();
  if (event.target.name === "channel") choose(at(`tab-${event.target.value}`));
  if (turns.length) at("settings-note").textContent = "It holds from the next message on. Start again to have it from the first.";
});
at("again").addEventListener("click", () => {
  startAgain("Started again.");
  at("say").focus();
});
at("same").addEventListener("click", askTheSame);
at("save-open").addEventListener("click", () => openSave(turns, begun ?? chosen()));

at("chat-empty").addEventListener("click", (event) => {
  const text = event.target.closest("button")?.dataset.say;
  if (text) send({ say: text }, { text }, text);
});
if (matchMedia("(max-width: 720px)").matches) at("settings-box").open = false;
sumUp();
setBusy(false);
choose(at(`tab-${settings.elements.channel.value}`));
at("say").focus({ preventScroll: true });
const earlier = new URLSearchParams(location.search).get("conversation");
if (earlier) askAgain(earlier);

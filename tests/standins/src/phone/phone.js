// The demo's phone: shows what came to it every second, and sends what is written and pressed.

const APPS = {
  texts: { title: "Messages", about: (shop) => shop.texts },
  whatsapp: { title: "WhatsApp", about: (shop) => shop.whatsapp },
};
const OTHER = "other";
const TICKS = { sent: ["✓", "sent"], delivered: ["✓✓", "delivered"], read: ["✓✓", "read"], failed: ["!", "not delivered"] };
const EVERY_MS = 1000;

const $ = (id) => document.getElementById(id);
const remembered = JSON.parse(sessionStorage.getItem("phone") ?? "{}");
// Whose phone it is, which app is open, and how many text messages of each phone were looked at.
const own = { phone: remembered.phone ?? null, app: remembered.app ?? null, seen: remembered.seen ?? {} };
let state = null;
// What is drawn: the elements by message, and what they were drawn from.
let drawn = new Map();
let drawnFor = "";

function remember() {
  sessionStorage.setItem("phone", JSON.stringify(own));
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

async function post(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }).catch(() => null);
  if (answer?.ok) return "";
  const told = await answer?.json().catch(() => null);
  return told?.error ?? "That didn’t go through: the phone has no connection.";
}

// Only addresses of the web can be followed; everything else stays text.
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((part, at) => {
    if (at % 2 === 0) return part;
    const end = part.match(/[.,;:!?)\]]*$/)[0];
    const href = part.slice(0, part.length - end.length);
    if (!web(href)) return part;
    const link = element("a", { href, target: "_blank", rel: "noopener noreferrer" }, href);
    return element("span", {}, link, end);
  });
}

function web(address) {
  return URL.canParse(address) && ["http:", "https:"].includes(new URL(address).protocol);
}

// WhatsApp's marks: *bold*, _italic_, ~struck~, `code`. Addresses keep theirs.
function marked(text) {
  const names = { "*": "strong", _: "em", "~": "s", "`": "code" };
  const parts = text.split(/(https?:\/\/[^\s<>"]+|(?<![\p{L}\p{N}])([*_~`])(?=\S)[^\n]+?(?<=\S)\2(?![\p{L}\p{N}]))/u);
  const nodes = [];
  for (let at = 0; at < parts.length; at += 3) {
    nodes.push(parts[at]);
    if (parts[at + 1] === undefined) continue;
    const mark = parts[at + 2];
    nodes.push(...(mark ? [element(names[mark], {}, ...linked(parts[at + 1].slice(1, -1)))] : linked(parts[at + 1])));
  }
  return nodes;
}

function time(at) {
  return new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

function day(at) {
  return new Date(at).toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" });
}

function messageElement(message, app) {
  const meta = element("span", { className: "meta" }, element("time", { dateTime: new Date(message.at).toISOString() }, time(message.at)));
  if (app === "whatsapp" && message.own) {
    const [sign, word] = TICKS[message.state];
    const tick = element("span", { className: `tick ${message.state}` }, sign);
    tick.setAttribute("aria-hidden", "true");
    meta.append(tick, element("span", { className: "quiet" }, `, ${word}`));
  }
  const who = element("span", { className: "quiet" }, message.own ? "You: " : `${state.shop.name}: `);
  const words = app === "whatsapp" ? marked(message.text) : linked(message.text);
  const bubble = element("div", { className: "bubble" }, who);
  if (message.kind === "image") bubble.append(element("span", { className: "photo" }, "Picture"));
  if (message.kind === "template") bubble.append(element("em", {}, "Template "));
  bubble.append(...words, meta);
  const item = element("li", { className: message.own ? "message own" : "message" }, bubble);
  const presses = pressElements(message);
  if (presses.length > 0) item.append(element("div", { className: "presses" }, ...presses));
  return item;
}

function pressElements(message) {
  if (message.own) return [];
  if (message.link && web(message.link.url)) {
    return [element("a", { className: "press", href: message.link.url, target: "_blank", rel: "noopener noreferrer" }, message.link.label)];
  }
  if (message.list) {
    return [element("button", { className: "press", type: "button", onclick: () => openList(message) }, `☰ ${message.list}`)];
  }
  return (message.choices ?? []).map((choice) => element("button", { className: "press", type: "button", onclick: () => press(message, choice) }, choice.title));
}

async function press(message, choice) {
  $("failed").textContent = await post("/whatsapp/press", { message: message.id, choice: choice.id });
  await refresh();
}

function openList(message) {
  const rows = message.choices.map((choice) => {
    const pick = () => {
      closeList();
      press(message, choice);
    };
    return element("li", {}, element("button", { type: "button", onclick: pick }, choice.title));
  });
  $("list-title").textContent = message.list;
  $("list").querySelector("ul").replaceChildren(...rows);
  $("chat").inert = true;
  $("list").show();
}

// Closing gives the focus back to the button that opened it, once that can have it again.
function closeList() {
  $("chat").inert = false;
  $("list").close();
}

// Draws what is new or another; the rest stays, so that nothing is read out twice and no focus is lost.
function drawMessages() {
  const [list, log] = [$("messages"), $("log")];
  if (drawnFor !== `${own.phone} ${own.app}`) {
    list.replaceChildren();
    drawn = new Map();
    drawnFor = `${own.phone} ${own.app}`;
  }
  const low = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  const before = drawn.size;
  const kept = new Set();
  let lastDay = "";
  for (const message of state[own.app]) {
    const today = day(message.at);
    if (today !== lastDay && !drawn.has(today)) {
      drawn.set(today, { element: element("li", { className: "day" }, today) });
      list.append(drawn.get(today).element);
    }
    lastDay = today;
    kept.add(today).add(message.id);
    const source = JSON.stringify(message);
    const old = drawn.get(message.id);
    if (old?.source === source) continue;
    const fresh = messageElement(message, own.app);
    if (old) old.element.replaceWith(fresh);
    else list.append(fresh);
    drawn.set(message.id, { element: fresh, source });
  }
  for (const [id, { element: gone }] of drawn) {
    if (kept.has(id)) continue;
    gone.remove();
    drawn.delete(id);
  }
  if (drawn.size !== before && (low || before === 0)) log.scrollTop = log.scrollHeight;
}

function unread(phone) {
  const texts = Math.max(0, phone.texts - (own.seen[phone.id] ?? 0));
  return { texts, whatsapp: phone.whatsapp };
}

function drawPhones() {
  const label = (phone) => {
    const { texts, whatsapp } = unread(phone);
    const number = phone.id.startsWith("+") ? phone.id : "number hidden";
    const fresh = texts + whatsapp > 0 ? ` (${texts + whatsapp} new)` : "";
    return phone.name ? `${phone.name}${fresh}, ${number}` : `${number}${fresh}`;
  };
  const wanted = state.phones.map((phone) => [phone.id, label(phone)]);
  if (!wanted.some(([id]) => id === own.phone)) wanted.push([own.phone, own.phone]);
  wanted.push([OTHER, "Another number …"]);
  const select = $("phone");
  // An open list would close if it were built anew each second.
  wanted.forEach(([id, text], at) => {
    const option = select.options[at] ?? select.appendChild(new Option());
    if (option.value !== id) option.value = id;
    if (option.text !== text) option.text = text;
  });
  while (select.options.length > wanted.length) select.options[select.options.length - 1].remove();
  if (!taking && $("other").hidden) select.value = own.phone;
}

function draw() {
  if (state.phone !== own.phone) return;
  const phone = state.phones.find((one) => one.id === own.phone) ?? { id: own.phone, name: null, about: "another number", texts: 0, whatsapp: 0 };
  if (own.app === "texts") own.seen[own.phone] = state.texts.filter((message) => !message.own).length;
  const hidden = !own.phone.startsWith("+");
  if (hidden && own.app === "texts") own.app = null;
  drawPhones();
  $("clock").textContent = time(Date.now());
  $("owner").textContent = phone.name ?? phone.id;
  $("facts").textContent = `${phone.name ?? phone.id}: ${phone.about}.`;
  const counts = { ...unread(phone), texts: Math.max(0, state.texts.filter((message) => !message.own).length - (own.seen[own.phone] ?? 0)) };
  for (const button of document.querySelectorAll("[data-app]")) {
    const count = counts[button.dataset.app];
    const badge = button.querySelector(".badge");
    badge.hidden = count === 0;
    badge.replaceChildren(String(count), element("span", { className: "quiet" }, " new"));
    button.parentElement.hidden = hidden && button.dataset.app === "texts";
  }
  const quiet = state.texts.length + state.whatsapp.length === 0;
  $("empty").textContent = quiet ? `Nothing here yet. Open an app and write to ${state.shop.name}.` : "";
  $("home").hidden = own.app !== null;
  $("chat").hidden = own.app === null;
  $("chat").classList.toggle("whatsapp", own.app === "whatsapp");
  if (own.app === null) return remember();
  $("picture").hidden = own.app !== "whatsapp";
  $("chat-title").textContent = state.shop.name;
  document.querySelector(".avatar").textContent = state.shop.name.slice(0, 1);
  const writing = own.app === "whatsapp" && state.typing;
  $("chat-about").textContent = writing ? "is writing …" : `${APPS[own.app].title}, ${APPS[own.app].about(state.shop)}`;
  drawMessages();
  remember();
  if (own.app === "whatsapp" && phone.whatsapp > 0 && !document.hidden) post("/whatsapp/open", { phone: own.phone });
}

let asked = 0;
async function refresh() {
  const mine = ++asked;
  const query = own.phone ? `?phone=${encodeURIComponent(own.phone)}` : "";
  const answer = await fetch(`/state${query}`).catch(() => null);
  // Only the newest answer counts when they come in another order.
  if (mine !== asked || !answer?.ok) return;
  const told = await answer.json();
  if (mine !== asked) return;
  state = told;
  own.phone = state.phone;
  draw();
}

// Whose phone is shown from now on; gives why not, where that can't be.
let taking = false;
async function take(phone) {
  if ($("list").open) closeList();
  taking = true;
  const answer = await fetch(`/state?phone=${encodeURIComponent(phone)}`).catch(() => null);
  taking = false;
  if (!answer?.ok) return (await answer?.json().catch(() => null))?.error ?? "That didn’t go through: the phone has no connection.";
  own.phone = phone;
  await refresh();
  return "";
}

$("phone").addEventListener("change", async () => {
  $("wrong").textContent = "";
  const other = $("phone").value === OTHER;
  $("other").hidden = !other;
  if (other) $("number").focus();
  else $("wrong").textContent = await take($("phone").value);
});

$("whose").addEventListener("submit", async (event) => {
  event.preventDefault();
  const wrong = await take($("number").value.replace(/[\s()-]/g, ""));
  $("wrong").textContent = wrong;
  $("number").toggleAttribute("aria-invalid", wrong !== "");
  if (wrong !== "") return;
  $("other").hidden = true;
  draw();
  $("phone").focus();
});

for (const button of document.querySelectorAll("[data-app]")) {
  button.addEventListener("click", () => {
    own.app = button.dataset.app;
    draw();
    $("log").scrollTop = $("log").scrollHeight;
    $("text").focus();
  });
}

function goHome() {
  const left = own.app;
  own.app = null;
  $("failed").textContent = "";
  draw();
  document.querySelector(`[data-app="${left}"]`).focus();
}
$("back").addEventListener("click", goHome);
$("chat").addEventListener("keydown", (event) => {
  if (event.key === "Escape") goHome();
});

$("close").addEventListener("click", closeList);
$("list").addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeList();
});

async function send(path, needsWords) {
  const text = $("text").value;
  if (needsWords && text.trim() === "") return;
  $("text").value = "";
  const failed = await post(path, { phone: own.phone, text });
  $("failed").textContent = failed;
  if (failed !== "") $("text").value = text;
  await refresh();
  $("log").scrollTop = $("log").scrollHeight;
}
$("writer").addEventListener("submit", (event) => {
  event.preventDefault();
  send(own.app === "texts" ? "/texts" : "/whatsapp", true);
});
$("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("writer").requestSubmit();
});
$("picture").addEventListener("click", () => send("/whatsapp/picture", false));

async function live() {
  if (!document.hidden) await refresh();
  setTimeout(live, EVERY_MS);
}
live();

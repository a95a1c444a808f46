// The workspace of people in support. `state.js` knows what is so, the panes show it, `act.js` does what is asked for.

import { act } from "./act.js";
import { api } from "./api.js";
import { contextPane } from "./context.js";
import { conversation } from "./conversation.js";
import { keyboard, showKeys } from "./keyboard.js";
import { ticketList } from "./list.js";
import { meMenu } from "./me.js";
import { notifications } from "./notifications.js";
import { button, fill, part } from "./parts.js";
import * as route from "./route.js";
import { askForToken, whoAmI } from "./signin.js";
import { Desk } from "./state.js";
import { words } from "./texts.js";
import { keepTimes, moment } from "./time.js";
import { explain, startToasts, wrong } from "./toast.js";
import { token } from "./token.js";
import { views } from "./views.js";

const at = (id) => document.getElementById(id);
const shop = document.querySelector('meta[name="usher-shop"]').content;
let desk = null;

document.title = words.title(shop);
at("skip").textContent = words.skip;
document.body.hidden = false;
startToasts();
keepTimes();
token.fromAddress();
token.whenLost(() => desk && signedOut(words.signIn.expired));
await begin();

async function begin() {
  try {
    const me = await whoAmI();
    if (me) return open(me);
    ask("");
  } catch (error) {
    if (error.kind === "expired") {
      token.set(null);
      return ask(words.signIn.wrong);
    }
    // Whoever is signed in at the console may have a role that isn't for this.
    if (error.status === 403) return ask(explain(error));
    at("sign-in-page").replaceChildren(
      part(
        "main",
        { class: "sign-in" },
        part("h1", {}, words.product),
        part("p", { role: "alert" }, explain(error)),
        button(words.trouble.retry, begin, { kind: "primary" }),
      ),
    );
    at("sign-in-page").hidden = false;
  }
}

function ask(message) {
  askForToken(at("sign-in-page"), shop, open, message);
}

/** A session ends on the server; a token is forgotten here. */
async function signOut() {
  if (!token.get()) {
    try {
      await api.signOut();
    } catch (error) {
      return wrong(error, signOut);
    }
  }
  signedOut("");
}

/** Everything anew: what one person saw isn't there for the next. */
function signedOut(message) {
  desk.stop();
  desk = null;
  token.set(null);
  at("app").hidden = true;
  at("heading").remove();
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  for (const id of ["views", "list", "conversation", "context", "top"]) at(id).replaceChildren();
  ask(message);
}

function open(me) {
  const mine = (desk = new Desk(me));
  at("sign-in-page").hidden = true;
  at("sign-in-page").replaceChildren();
  at("app").hidden = false;
  at("main").prepend(part("h1", { class: "unseen", id: "heading" }, words.title(shop)));

  const side = sides(mine.ended);
  views(mine, at("views"));
  const list = ticketList(mine, at("list"), () => side.toggle("views"));
  const pane = conversation(mine, at("conversation"), () => side.toggle("context"));
  contextPane(
    mine,
    at("context"),
    (text) => {
      side.close();
      pane.insert(text);
    },
    () => side.close(),
  );
  const tools = part("div", { class: "tools" });
  at("top").append(
    part(
      "p",
      { class: "brand" },
      part("strong", {}, shop || words.product),
      part("span", { class: "quiet" }, shop ? ` ${words.product}` : ""),
    ),
    tools,
  );
  notifications(mine, tools, shop);
  meMenu(mine, tools, { signOut, showKeys });
  strip(mine);
  mine.start();

  const routed = () => {
    const { view, id } = route.read();
    if (view !== mine.view.id || mine.list.state === "loading")
      mine.show(view, view === mine.view.id ? mine.view.wanted : {});
    side.close();
    if (!id) {
      mine.close();
    } else {
      mine.open(id, view === "assistant" ? "assistant" : "ticket");
    }
  };
  route.whenRouted(routed, mine.ended);
  keyboard(mine, list, pane, () => side.close());
  routed();
  if (!mine.opened) list.focus();
}

/** Panes that lie over the page where it is narrow. */
function sides(signal) {
  let opener = null;
  const close = () => {
    const open = document.body.dataset.side;
    delete document.body.dataset.side;
    if (open && at(open).contains(document.activeElement)) opener?.focus();
    return Boolean(open);
  };
  const toggle = (name) => {
    if (document.body.dataset.side === name) return close();
    opener = document.activeElement;
    document.body.dataset.side = name;
    at(name).querySelector("a, button")?.focus();
  };
  at("app").addEventListener(
    "pointerdown",
    (event) => {
      const open = document.body.dataset.side;
      if (open && !event.target.closest(`#${open}, .icon-button`)) close();
    },
    { signal },
  );
  return { close, toggle };
}

/** Says when the connection is lost, and while one isn't there for customers. */
function strip(desk) {
  const quiet = { kind: "quiet" };
  const draw = () => {
    const lost = { down: words.link.lost, offline: words.link.offline }[desk.link];
    const { availability, away_until: until } = desk.me;
    const gone = { offline: words.me.isOffline, out_of_office: words.me.isOut(until && moment(until)) }[availability];
    const said = [part("span", {}, lost ?? gone ?? "")];
    if (lost) said.push(button(words.link.retry, () => desk.retryLink(), quiet));
    else if (gone) said.push(button(words.me.goOnline, () => act.setAvailability(desk, "online"), quiet));
    fill(at("strip"), ...(lost || gone ? said : []));
    at("strip").classList.toggle("calm", !lost);
  };
  desk.on("link", draw);
  desk.on("people", draw);
  draw();
}

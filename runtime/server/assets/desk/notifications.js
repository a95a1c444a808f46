// What happened to one's tickets: a list behind a bell, with how much of it is unread, in the tab's title too.

import { api } from "./api.js";
import { menu } from "./menu.js";
import { button, icon, part } from "./parts.js";
import { go } from "./route.js";
import { words } from "./texts.js";
import { agoPart } from "./time.js";
import { done, wrong } from "./toast.js";

/** Draws the bell into `place`; `shop` is for the tab's title. */
export function notifications(desk, place, shop) {
  const said = words.notifications;
  let told = false;

  const unread = () => desk.notifications.filter((one) => !one.read_at);
  const count = part("span", { class: "count calling", "aria-hidden": "true" });
  const bell = menu(
    {
      label: said.title,
      name: said.title,
      face: [icon("bell"), count],
      kind: "icon-button",
      chevron: false,
      role: "dialog",
      align: "end",
    },
    (close) => {
      const items = desk.notifications.map((one) => {
        const made = part(
          "button",
          { type: "button", class: `notification${one.read_at ? "" : " unread"}` },
          part(
            "span",
            {},
            part("strong", {}, said.ticket(one.ticket.number)),
            " ",
            said.what[one.what] ?? one.what,
            part("span", { class: "quiet" }, ` – ${one.ticket.subject}`),
          ),
          agoPart(one.at),
        );
        made.addEventListener("click", () => {
          close(false);
          readAll();
          go("all", one.ticket.id);
        });
        return part("li", {}, made);
      });
      return [
        part(
          "div",
          { class: "panel-head" },
          part("h2", {}, said.title),
          unread().length
            ? button(
                said.readAll,
                () => {
                  close();
                  readAll();
                },
                { kind: "quiet" },
              )
            : "",
        ),
        items.length ? part("ul", { class: "plain" }, ...items) : part("p", { class: "hint" }, said.none),
      ];
    },
  );
  place.append(bell);

  async function readAll() {
    if (!unread().length) return;
    try {
      await api.readNotifications(desk.notifications[0].id);
    } catch (error) {
      wrong(error, readAll);
    }
    desk.refreshNotifications();
  }

  const draw = () => {
    const many = unread().length;
    count.textContent = many ? (many > 99 ? "99+" : String(many)) : "";
    count.hidden = !many;
    bell.firstChild.setAttribute("aria-label", said.open(many));
    bell.firstChild.title = said.open(many);
    document.title = many ? `(${many}) ${words.title(shop)}` : words.title(shop);
    // Once, on return: what was missed is said.
    if (!told && many) done(said.missed(many));
    told = true;
    // Whoever reads the ticket has read what is told of it.
    const seen = desk.opened?.state === "ready" && document.visibilityState === "visible";
    if (many && seen && unread().every((one) => one.ticket.id === desk.opened.id)) readAll();
  };
  desk.on("notifications", draw);
  desk.on("opened", () => told && draw());
}

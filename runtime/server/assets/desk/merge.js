// Merging: the other ticket is searched for and chosen.

import { act } from "./act.js";
import { api } from "./api.js";
import { dialog } from "./dialog.js";
import { badge, button, part } from "./parts.js";
import { address, go } from "./route.js";
import { words } from "./texts.js";
import { customerName, isClosed } from "./ticket.js";
import { explain } from "./toast.js";

const PAUSE_MS = 250;

export function mergeDialog(desk, ticket) {
  const said = words.merge;
  dialog({ title: said.title(ticket.number) }, (close) => {
    const field = part("input", { type: "search", id: "merge-search", autofocus: "", autocomplete: "off" });
    const found = part("ul", { class: "found" });
    const status = part("p", { class: "quiet", role: "status" });
    let asked = 0;
    let pause = null;
    const search = async () => {
      const mine = ++asked;
      try {
        // Without words: the same customer's, which is what is merged most.
        const typed = field.value.trim() || ticket.requester.email || "";
        if (!typed) return;
        const { tickets } = await api.tickets("all", { q: typed });
        if (mine !== asked) return;
        const others = tickets.filter((one) => one.id !== ticket.id && !isClosed(one));
        status.textContent = others.length ? "" : said.none;
        found.replaceChildren(...others.slice(0, 8).map(row));
      } catch (error) {
        if (mine === asked) status.textContent = explain(error);
      }
    };
    const row = (other) =>
      part(
        "li",
        {},
        part(
          "div",
          {},
          part("strong", {}, words.list.number(other.number)),
          " ",
          badge(words.states[other.state], other.state),
          part("p", { dir: "auto" }, other.subject),
          part("p", { class: "quiet small", dir: "auto" }, customerName(other)),
        ),
        button(said.go(other.number), async () => {
          close();
          if (await act.merge(desk, ticket, other)) go(desk.view.id, other.id);
        }),
      );
    field.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(search, PAUSE_MS);
    });
    search();
    return [part("p", {}, said.lead), part("label", { for: "merge-search" }, said.search), field, status, found];
  });
}

/** A link to another ticket. */
export const ticketLink = (desk, id, label) => part("a", { href: address(desk.view.id, id) }, label);

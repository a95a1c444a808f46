// Below each message that goes out by SMS, WhatsApp or e-mail: how far it came, why it didn't arrive, and having it sent
// again.

import { api } from "./api.js";
import { closed } from "./channel.js";
import { button, fill, part } from "./parts.js";
import { words } from "./texts.js";
import { wrong } from "./toast.js";

const UNDER_WAY = new Set(["waiting", "trying", "unsure"]);

/** Whether something is on its way still. */
export const underWay = (messages) => messages.some(({ delivery }) => delivery && UNDER_WAY.has(delivery.state));

/** Writes into the places below the messages how each stands now; those that say so already are left alone. */
export function drawSent(opened, log) {
  const messages = new Map(opened.messages.map((message) => [message.seq, message]));
  for (const place of log.querySelectorAll(".delivery")) {
    const message = messages.get(Number(place.dataset.seq));
    const told = message?.delivery ? stateOf(message.delivery, closed(opened.channel)) : { text: "" };
    const shown = JSON.stringify(told);
    if (place.dataset.shown === shown) continue;
    place.dataset.shown = shown;
    place.classList.toggle("trouble", told.failed === true);
    fill(place, told.text, told.again ? again(opened, message) : null);
  }
}

/** What is said of a message: `text`, whether it `failed`, and whether it can be sent `again`. */
export function stateOf({ state, error_code: code, error, again }, shut = null) {
  const said = words.channel.states;
  if (UNDER_WAY.has(state)) return { text: error ? said.troubled(error) : said.sending };
  if (state === "failed")
    return { text: said.failed(error ?? code ?? said.noReason), failed: true, again: again && shut === null };
  if (state !== "withheld") return { text: said[state] ?? state };
  if (code === "not_for_channel") return { text: "" };
  if (code === "window_closed" && shut !== null) return { text: said.untilTheyWrite };
  if (code === "erased") return { text: said.erased };
  return { text: said.withheld(error ?? code ?? said.noReason), failed: true, again: again && shut === null };
}

function again(opened, message) {
  const press = button(
    words.channel.again,
    async () => {
      press.disabled = true;
      try {
        opened.came(message.id, await api.redeliver(message.id));
      } catch (error) {
        press.disabled = false;
        wrong(error);
      }
      opened.refresh();
    },
    { kind: "quiet again", "data-key": `again-${message.seq}`, "aria-label": words.channel.againLabel },
  );
  return part("span", {}, " ", press);
}

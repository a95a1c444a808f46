// Oneself: whether one takes tickets, the end of the shift, signing out.

import { act } from "./act.js";
import { api } from "./api.js";
import { dialog } from "./dialog.js";
import { item, menu } from "./menu.js";
import { button, part } from "./parts.js";
import { words } from "./texts.js";
import { localInput, moment, snoozeTimes } from "./time.js";
import { done, wrong } from "./toast.js";

const WAYS = ["online", "away"];

export function meMenu(desk, place, { signOut, showKeys }) {
  const said = words.me;
  const dot = part("span", { class: "dot", "aria-hidden": "true" });
  const name = part("span", { class: "value only-wide" });
  const box = menu({ label: said.title, name: said.title, face: [dot, name], kind: "quiet", align: "end" }, () => [
    ...WAYS.map((way) =>
      item(words.availability[way], () => set(way), { checked: desk.me.availability === way, detail: said.takes[way] }),
    ),
    item(`${words.availability.out_of_office}…`, outOfOffice, {
      checked: desk.me.availability === "out_of_office",
      detail:
        desk.me.availability === "out_of_office" && desk.me.away_until
          ? `${said.until} ${moment(desk.me.away_until)}`
          : "",
    }),
    part("hr", { role: "separator" }),
    item(said.endShift, endShift),
    item(said.keys, showKeys),
    item(said.signOut, signOut),
  ]);
  place.append(box);

  const set = (availability, until = null) => act.setAvailability(desk, availability, until);

  function outOfOffice() {
    dialog({ title: words.availability.out_of_office }, (close) => {
      const field = part("input", {
        type: "datetime-local",
        id: "away-until",
        min: localInput(new Date()),
        value: localInput(snoozeTimes().at(-1)[1]),
        autofocus: "",
      });
      const form = part(
        "form",
        { class: "own" },
        part("p", {}, said.takes.out_of_office, "."),
        part("label", { for: "away-until" }, said.until),
        field,
        part("button", { type: "submit", class: "button primary" }, said.setOut),
      );
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        close();
        set("out_of_office", field.value ? new Date(field.value).toISOString() : null);
      });
      return [form];
    });
  }

  function endShift() {
    dialog({ title: said.endShiftTitle }, (close) => [
      part("p", {}, said.endShiftLead(desk.counts.mine ?? 0)),
      part(
        "p",
        { class: "ways" },
        button(words.actions.cancel, close),
        button(
          said.endShiftGo,
          async () => {
            close();
            try {
              const { moved } = await api.endShift(desk.me.name);
              done(said.ended(moved));
            } catch (error) {
              wrong(error, endShift);
            }
            desk.refresh();
          },
          { kind: "primary", autofocus: "" },
        ),
      ),
    ]);
  }

  const draw = () => {
    const { availability, display_name } = desk.me;
    dot.className = `dot ${availability}`;
    name.textContent = display_name;
    const label = said.open(display_name, words.availability[availability] ?? availability);
    box.firstChild.setAttribute("aria-label", label);
    box.firstChild.title = label;
  };
  desk.on("people", draw);
  draw();
}

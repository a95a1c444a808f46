// What can be done to the open ticket, as buttons and menus above the conversation.

import { act, possible } from "./act.js";
import { mergeDialog } from "./merge.js";
import { group, item, menu } from "./menu.js";
import { button, icon, part } from "./parts.js";
import { words } from "./texts.js";
import { holder, isSnoozed } from "./ticket.js";
import { localInput, moment, snoozeTimes } from "./time.js";

const STATES = ["open", "pending", "solved", "closed"];
const PRIORITIES = ["urgent", "high", "normal", "low"];

/** The tools for a ticket as it is now. */
export function toolbar(desk, ticket) {
  const can = possible(ticket);
  const said = words.actions;
  const tools = [];
  if (can.claim)
    tools.push(
      button(said.claim, () => act.claim(desk, ticket), {
        kind: ticket.assignee ? "" : "primary",
        "data-key": "claim",
      }),
    );
  if (can.solve) tools.push(button(said.solve, () => act.solve(desk, ticket), { kind: "tool", "data-key": "solve" }));
  if (can.reopen)
    tools.push(button(said.reopen, () => act.reopen(desk, ticket), { kind: "tool", "data-key": "reopen" }));
  tools.push(stateMenu(desk, ticket, can));
  if (can.change) tools.push(assignMenu(desk, ticket), priorityMenu(desk, ticket));
  if (can.snooze) tools.push(snoozeMenu(desk, ticket));
  if (can.change) tools.push(moreMenu(desk, ticket, can));
  return part("div", { class: "toolbar", role: "group", "aria-label": said.more }, ...tools);
}

const holding = (label, value, tone = "") => [
  part("span", { class: `dot ${tone}`, "aria-hidden": "true" }),
  part("span", { class: "value" }, value),
  part("span", { class: "unseen" }, ` (${label})`),
];

function stateMenu(desk, ticket, can) {
  const label = words.actions.state;
  const value = words.states[ticket.state];
  if (!can.change) return part("span", { class: "state" }, ...holding(label, value, ticket.state));
  return menu(
    { label, name: `${label}: ${value}`, face: holding(label, value, ticket.state), kind: "tool", key: "state" },
    () =>
      STATES.map((state) =>
        item(words.states[state], () => act.setState(desk, ticket, state), { checked: state === ticket.state }),
      ),
  );
}

function assignMenu(desk, ticket) {
  const said = words.actions;
  const value = holder(desk, ticket);
  const online = (person) => words.availability[person.availability] ?? "";
  return menu(
    {
      label: said.assign,
      name: `${said.assignTo}: ${value}`,
      face: [icon("person"), part("span", { class: "value" }, value)],
      kind: "tool",
      key: "assign",
    },
    () => [
      item(said.toMe, () => act.assign(desk, ticket, { person: desk.me.name, group: ticket.group }), {
        checked: desk.isMe(ticket.assignee),
      }),
      item(said.nobody, () => act.assign(desk, ticket, { group: ticket.group }), { checked: !ticket.assignee }),
      group(
        said.people,
        ...desk.people
          .filter((person) => !desk.isMe(person.name))
          .map((person) =>
            item(person.display_name, () => act.assign(desk, ticket, { person: person.name, group: ticket.group }), {
              checked: person.name === ticket.assignee,
              detail: online(person),
            }),
          ),
      ),
      group(
        said.groups,
        ...desk.groups.map((name) =>
          item(name, () => act.assign(desk, ticket, { group: name }), {
            checked: !ticket.assignee && name === ticket.group,
          }),
        ),
      ),
    ],
  );
}

function priorityMenu(desk, ticket) {
  const label = words.actions.priority;
  const value = words.priorities[ticket.priority];
  return menu(
    {
      label,
      name: `${label}: ${value}`,
      face: ticket.priority === "normal" ? [icon("flag")] : holding(label, value, ticket.priority),
      kind: "tool",
      chevron: ticket.priority !== "normal",
      key: "priority",
    },
    () =>
      PRIORITIES.map((priority) =>
        item(words.priorities[priority], () => act.setPriority(desk, ticket, priority), {
          checked: priority === ticket.priority,
        }),
      ),
  );
}

function snoozeMenu(desk, ticket) {
  const said = words.snooze;
  return menu(
    {
      label: words.actions.snooze,
      face: [icon("clock")],
      kind: "tool",
      chevron: false,
      role: "dialog",
      key: "snooze",
      name: said.title,
    },
    (close) => {
      const choose = (until) => {
        close();
        act.snooze(desk, ticket, until);
      };
      const field = part("input", {
        type: "datetime-local",
        id: "snooze-own",
        value: localInput(snoozeTimes().at(-1)[1]),
        min: localInput(new Date()),
      });
      const trouble = part("p", { class: "trouble small", role: "alert" });
      const own = part(
        "form",
        { class: "own" },
        part("label", { for: "snooze-own" }, said.own),
        field,
        trouble,
        part("button", { type: "submit", class: "button" }, said.go),
      );
      own.addEventListener("submit", (event) => {
        event.preventDefault();
        const until = new Date(field.value);
        if (!(until > new Date())) {
          trouble.textContent = said.past;
          return field.focus();
        }
        choose(until);
      });
      const awake = isSnoozed(ticket)
        ? simple(words.actions.wake, "", () => {
            close();
            act.wake(desk, ticket);
          })
        : null;
      return [awake, ...snoozeTimes().map(([label, until]) => simple(label, moment(until), () => choose(until))), own];
    },
  );
}

function simple(label, detail, onChoose) {
  const made = part(
    "button",
    { type: "button", class: "item" },
    part("span", { class: "label" }, label),
    part("span", { class: "detail" }, detail),
  );
  made.addEventListener("click", onChoose);
  return made;
}

function moreMenu(desk, ticket, can) {
  const said = words.actions;
  return menu(
    { label: said.more, face: [icon("dots")], kind: "tool", chevron: false, align: "end", key: "more-actions" },
    () => [
      can.handBack ? item(said.handBack, () => act.handBack(desk, ticket)) : null,
      item(said.merge, () => mergeDialog(desk, ticket)),
    ],
  );
}

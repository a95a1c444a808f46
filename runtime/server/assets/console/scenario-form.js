// The steps of a scenario as fields: what the customer does, and what must come of it. What has no field here is kept as
// it is.

import { element } from "./parts.js";

let forms = 0;

/** `{element, read()}` of a scenario's steps. */
export function stepsForm(steps) {
  const id = `steps-${++forms}`;
  const read = steps.map((step, place) => stepFields(step, `${id}-${place}`, place + 1));
  return {
    element: element("div", { class: "steps" }, read.map((one) => one.element)),
    read: () => read.map((one) => one.read()).filter(Boolean),
  };
}

const DEEDS = { say: "says", press: "presses", answer: "answers", sign_in: "signs in as" };

function stepFields(step, id, number) {
  const deed = Object.keys(DEEDS).find((name) => step[name] !== undefined && step[name] !== null) ?? "say";
  const expect = step.expect ?? {};
  const flag = (value) => value !== undefined && value !== false;
  const fields = {};
  const field = (name, label, control, hint) => {
    control.id = `${id}-${name}`;
    fields[name] = control;
    if (hint) control.setAttribute("aria-describedby", `${id}-${name}-hint`);
    return element(
      "div",
      { class: "field" },
      element("label", { for: control.id }, label),
      control,
      hint ? element("p", { class: "hint", id: `${id}-${name}-hint` }, hint) : null,
    );
  };
  const text = (value, attributes = {}) => {
    const made = element("input", { type: "text", autocomplete: "off", ...attributes });
    made.value = value ?? "";
    return made;
  };
  const lines = (values, rows = 2) => {
    const made = element("textarea", { rows });
    made.value = values === null ? "none" : (values ?? []).join("\n");
    return made;
  };
  const tick = (name, label, on) => {
    const made = element("input", { type: "checkbox", id: `${id}-${name}` });
    made.checked = on;
    fields[name] = made;
    return element("div", { class: "field tick" }, made, element("label", { for: made.id }, label));
  };
  // "all of these" differs from "not looked at": none at all is written as the word.
  const all = (list) => (list && list.length === 0 ? null : list);
  const handoff = expect.handoff === undefined ? false : expect.handoff;
  const did =
    deed === "answer"
      ? select([["yes", "yes"], ["no", "no"]], step.answer)
      : deed === "say"
        ? Object.assign(element("textarea", { rows: 2, required: "" }), { value: step.say ?? "" })
        : text(step[deed], { required: "" });
  const remove = element("button", { type: "button", class: "button quiet" }, "Leave this step out");
  const made = element(
    "fieldset",
    { class: "step card" },
    element("legend", {}, `Step ${number}`),
    field("did", `The customer ${DEEDS[deed]}`, did),
    element(
      "div",
      { class: "step-grid" },
      field("skill", "Answered by", text(expect.skill, { list: "skill-names" }), "A skill’s id; “none”: the system itself. Empty: not looked at."),
      field("handoff", "Goes to a person", select([["", "no"], ["true", "yes"]], flag(handoff) ? "true" : "")),
      field("text", "Says", lines(expect.text), "Parts of what is said, one a line."),
      field("no_text", "Doesn’t say", lines(expect.no_text), "One a line; on cards and buttons neither."),
      field("tools", "Calls these tools and no others", lines(all(expect.tools)), "In order, one a line: orders.recent. “none”: no tool. Empty: not looked at."),
      field("no_calls", "Doesn’t call", lines(expect.no_calls), "One a line; an interface stands for all of it: order-actions."),
      field("cards", "Shows these cards", text(expect.cards ? expect.cards.map((card) => card.kind ?? "?").join(", ") || "none" : ""), "Kinds in order: order, product, coupon, loyalty, subscription. “none”: no card. Empty: not looked at."),
      field("buttons", "Offers these buttons", lines(expect.buttons), "Parts of labels, one a line."),
      field("consent", "Asks before a change", lines(flag(expect.consent) ? details(expect.consent) : []), "Parts of the question, one a line. Empty: it asks nothing."),
    ),
    tick("sign_in", "Asks the customer to sign in", expect.sign_in === true),
    tick("offer", "Asks whether a person is wanted", expect.offer === true),
    element("p", {}, remove),
  );
  let gone = false;
  remove.addEventListener("click", () => {
    gone = !gone;
    made.classList.toggle("gone", gone);
    for (const one of made.querySelectorAll("input, textarea, select")) one.disabled = gone;
    remove.textContent = gone ? "Take it in again" : "Leave this step out";
  });
  return {
    element: made,
    read() {
      if (gone) return null;
      const value = (name) => fields[name].value.trim();
      const list = (name) => value(name).split("\n").map((line) => line.trim()).filter(Boolean);
      const exact = (name) => (value(name) === "" ? undefined : value(name) === "none" ? [] : list(name));
      const kinds = value("cards").split(",").map((kind) => kind.trim()).filter(Boolean);
      const same = kinds.length === expect.cards?.length && kinds.every((kind, place) => kind === expect.cards[place].kind);
      const asked = list("consent");
      const wants = {
        ...expect,
        skill: value("skill") || undefined,
        handoff: value("handoff") ? (flag(handoff) ? handoff : true) : undefined,
        text: list("text"),
        no_text: list("no_text"),
        tools: exact("tools"),
        no_calls: list("no_calls"),
        cards: value("cards") === "" ? undefined : value("cards") === "none" ? [] : same ? expect.cards : kinds.map((kind) => ({ kind })),
        buttons: list("buttons"),
        consent: asked.length ? (asked.length === 1 && asked[0] === "yes" ? true : asked) : undefined,
        sign_in: fields.sign_in.checked || undefined,
        offer: fields.offer.checked || undefined,
      };
      if (!wants.skill) delete wants.also;
      return { [deed]: value("did"), expect: wants };
    },
  };
}

/** What is expected of a question, a line each; `yes` where any will do. */
function details(flag) {
  if (flag === true) return ["yes"];
  return typeof flag === "string" ? [flag] : flag;
}

function select(options, value) {
  const made = element("select", {}, options.map(([name, label]) => element("option", { value: name }, label)));
  made.value = value ?? "";
  return made;
}

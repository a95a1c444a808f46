//! Compares what came of a step with what was expected of it.

use super::format::{Expect, Flag};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a step led to.
#[derive(Clone, Debug, Default)]
pub struct Came {
    /// The answers, as the API shows them on web chat.
    pub messages: Vec<Value>,
    /// Their words, as the scenario's channel shows them.
    pub texts: Vec<String>,
    /// How many SMS they are; none on another channel.
    pub segments: Option<u64>,
    /// The turn's record.
    pub record: Value,
    /// The ticket that the turn opened, whole; none in a preview, which opens none.
    pub ticket: Option<Value>,
}

/// One expectation, and what came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What was looked at: `skill`, `text`, `a card's status`.
    pub what: String,
    /// What should be.
    pub expected: String,
    /// What was.
    pub got: String,
    /// Whether that is the same.
    pub ok: bool,
}

/// Puts values in the places of names in braces.
type Fill<'a> = &'a (dyn Fn(&str) -> Result<String, String> + Sync);

/// Looks at everything that is expected, and at what must not be there unless it is. Texts are taken as `fill` makes them.
#[must_use]
pub fn check(expect: &Expect, came: &Came, fill: Fill<'_>) -> Vec<Verdict> {
    let mut checked = Checked { came, fill, verdicts: Vec::new() };
    checked.who(expect);
    checked.calls(expect);
    checked.words(expect);
    checked.cards(expect);
    checked.asked(expect);
    checked.handed_over(expect);
    checked.verdicts
}

/// The answer as a reader of a failure wants to see it.
#[must_use]
pub fn shown(came: &Came) -> String {
    let mut lines = vec!["    the answer was:".to_owned()];
    for (message, text) in came.messages.iter().zip(&came.texts) {
        lines.extend(text.lines().map(|line| format!("      | {line}")));
        for card in list(&message["cards"]) {
            let mut card = card.clone();
            let buttons = card.as_object_mut().and_then(|card| card.remove("buttons")).unwrap_or_default();
            lines.push(format!("      | card {card}, buttons {:?}", labels(list(&buttons))));
        }
        let below = labels(list(&message["quick_replies"]));
        if !below.is_empty() {
            lines.push(format!("      | buttons {below:?}"));
        }
        let led = [("offer", "offers a person"), ("question", "asks before a person comes")];
        for (name, what) in led.into_iter().filter(|(name, _)| message[*name].is_object()) {
            lines.push(format!("      | {what}: {}", message[name]));
        }
        if message["consent"].is_object() {
            lines.push(format!("      | asks before a change: {}", message["consent"]["summary"]));
        }
    }
    let route = &came.record["route"];
    lines.push(format!("    router: {} ({})", route["outcome"]["kind"], route["reason"]));
    for skill in list(&came.record["skills"]) {
        let calls: Vec<String> =
            list(&skill["calls"]).map(|call| format!("{} {}", function_of(call), call["result"])).collect();
        lines.push(format!("    asked: {} → {}, calls {calls:?}", skill["skill"], skill["outcome"]));
    }
    lines.join("\n")
}

/// The button whose label holds this text, on a card or below, or of the question whether an answer helped.
#[must_use]
pub fn button<'a>(messages: &'a [Value], label: &str) -> Option<&'a Value> {
    let helped = messages.iter().flat_map(|message| [&message["resolved"]["yes"], &message["resolved"]["no"]]);
    buttons(messages).chain(helped).find(|button| button["label"].as_str().is_some_and(|text| holds(text, label)))
}

/// The words of a message of web chat, without markup.
#[must_use]
pub fn text_of(message: &Value) -> String {
    let mut words = String::new();
    collect(&message["blocks"], &mut words);
    words
}

fn collect(value: &Value, words: &mut String) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, words)),
        Value::Object(fields) => {
            if let Some(text) = fields.get("text").and_then(Value::as_str) {
                words.push_str(text);
            }
            collect(&value["spans"], words);
            if fields.contains_key("spans") {
                words.push('\n');
            }
            for item in list(&value["items"]) {
                collect(item, words);
                words.push('\n');
            }
        }
        _ => {}
    }
}

fn list(value: &Value) -> std::slice::Iter<'_, Value> {
    value.as_array().map_or(&[][..], Vec::as_slice).iter()
}

fn buttons(messages: &[Value]) -> impl Iterator<Item = &Value> {
    messages.iter().flat_map(|message| {
        let on_cards = list(&message["cards"]).flat_map(|card| list(&card["buttons"]));
        let below = list(&message["quick_replies"]);
        let (offer, question) = (&message["offer"], &message["question"]);
        let choices = list(&question["choices"]);
        let single = [&offer["yes"], &offer["no"], &question["skip"], &message["tell_me"]];
        on_cards.chain(below).chain(choices).chain(single.into_iter().filter(|button| button.is_object()))
    })
}

fn labels<'a>(buttons: impl Iterator<Item = &'a Value>) -> Vec<&'a str> {
    buttons.filter_map(|button| button["label"].as_str()).collect()
}

/// `orders.get` of `usher:tools/orders.get`.
fn function_of(call: &Value) -> &str {
    let name = call["function"].as_str().unwrap_or_default();
    name.rsplit('/').next().unwrap_or(name)
}

/// `explicit-request` of `ExplicitRequest` and of `explicit_request`.
fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.extend(if letter == '_' { '-' } else { letter }.to_lowercase());
    }
    kebab
}

/// Upper and lower case, and the kind of a space, don't matter.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_whitespace() { ' ' } else { letter }).flat_map(char::to_lowercase).collect()
}

fn holds(text: &str, part: &str) -> bool {
    plain(text).contains(&plain(part))
}

/// A list as people read it.
fn listed<T: AsRef<str>>(items: &[T]) -> String {
    match items {
        [] => "none".to_owned(),
        items => items.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", "),
    }
}

fn yes_or_no(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

/// A text as it is, nothing as `none`, anything else as JSON.
fn written(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

struct Checked<'a> {
    came: &'a Came,
    fill: Fill<'a>,
    verdicts: Vec<Verdict>,
}

impl Checked<'_> {
    fn verdict(&mut self, what: &str, expected: impl Into<String>, got: impl Into<String>, ok: bool) {
        self.verdicts.push(Verdict { what: what.to_owned(), expected: expected.into(), got: got.into(), ok });
    }

    /// What must be so whether a file says it or not: told where it was said, or is otherwise.
    fn standing(&mut self, what: &str, said: bool, expected: bool, got: bool) {
        if said || expected != got {
            self.verdict(what, yes_or_no(expected), yes_or_no(got), expected == got);
        }
    }

    /// The text with values in the places of names; a name that isn't known is a failure of its own.
    fn named(&mut self, text: &str) -> String {
        (self.fill)(text).unwrap_or_else(|why| {
            self.verdict("a name", text, why, false);
            text.to_owned()
        })
    }

    fn who(&mut self, expect: &Expect) {
        let came = self.came;
        let answered = list(&came.record["skills"]).filter(|skill| skill["outcome"] != "decline");
        let answered: Vec<&str> = answered.filter_map(|skill| skill["skill"].as_str()).collect();
        if let Some(skill) = &expect.skill {
            let first = answered.first().copied().unwrap_or("none");
            self.verdict("skill", skill, first, first == skill);
            let second = answered.get(1).copied();
            if expect.also.is_some() || second.is_some() {
                let also = expect.also.as_deref();
                self.verdict("a second skill", also.unwrap_or("none"), second.unwrap_or("none"), also == second);
            }
        }
        if let Some(language) = &expect.language {
            let got = &came.record["language"];
            self.verdict("language", language, written(got), *got == **language);
        }
        if let Some(failure) = came.record["failure"].as_str() {
            self.verdict("a skill failed", "no", failure, false);
        }
    }

    fn calls(&mut self, expect: &Expect) {
        let skills = list(&self.came.record["skills"]);
        let called: Vec<&str> = skills.flat_map(|skill| list(&skill["calls"])).map(function_of).collect();
        if let Some(tools) = &expect.tools {
            self.verdict("tools", listed(tools), listed(&called), called == *tools);
        }
        for function in &expect.calls {
            self.verdict("a call among the tools", function, listed(&called), called.contains(&function.as_str()));
        }
        for name in &expect.no_calls {
            let of_it =
                |call: &&str| call == name || call.strip_prefix(&**name).is_some_and(|end| end.starts_with('.'));
            self.verdict("no call of", name, listed(&called), !called.iter().any(of_it));
        }
    }

    fn words(&mut self, expect: &Expect) {
        let came = self.came;
        let text = came.texts.join("\n");
        if let (Some(most), Some(segments)) = (expect.segments, came.segments) {
            self.verdict("SMS at most", most.to_string(), segments.to_string(), segments <= most);
        }
        for part in &expect.text {
            let part = self.named(part);
            let ok = holds(&text, &part);
            self.verdict("text contains", part, &text, ok);
        }
        for part in &expect.no_text {
            let part = self.named(part);
            // Wherever it stands: a card or a button says it too.
            let said = came.messages.iter().any(|message| holds(&message.to_string(), &part));
            self.verdict("text doesn't contain", part, &text, !said);
        }
        let offered = labels(buttons(&came.messages));
        for label in &expect.buttons {
            let label = self.named(label);
            let ok = offered.iter().any(|offered| holds(offered, &label));
            self.verdict("a button", label, listed(&offered), ok);
        }
        for label in &expect.no_buttons {
            let label = self.named(label);
            let ok = !offered.iter().any(|offered| holds(offered, &label));
            self.verdict("no button", label, listed(&offered), ok);
        }
        if let Some(label) = &expect.opens {
            let label = self.named(label);
            let href = button(&came.messages, &label).and_then(|button| button["href"].as_str());
            self.verdict("a button that opens a page", label, href.unwrap_or("none"), href.is_some());
        }
        if let Some(sources) = &expect.sources {
            let given = came.messages.iter().flat_map(|message| list(&message["sources"]));
            let given: Vec<&str> = given.filter_map(|source| source["title"].as_str()).collect();
            self.verdict("sources", listed(sources), listed(&given), given == *sources);
        }
    }

    fn cards(&mut self, expect: &Expect) {
        let came = self.came;
        let Some(cards) = &expect.cards else { return };
        let got: Vec<&Value> = came.messages.iter().flat_map(|message| list(&message["cards"])).collect();
        let kinds: Vec<String> = got.iter().map(|card| written(&card["kind"])).collect();
        self.verdict("number of cards", cards.len().to_string(), listed(&kinds), got.len() == cards.len());
        if got.len() != cards.len() {
            return;
        }
        for (card, got) in cards.iter().zip(got) {
            for (field, expected) in card {
                self.field("card", field, expected, &got[field], field != "kind");
            }
        }
    }

    /// A field of something: of a text its parts count, where `parts` says so.
    fn field(&mut self, of: &str, field: &str, expected: &Value, got: &Value, parts: bool) {
        let what = format!("the {of}'s {field}");
        match expected {
            // Words of a status, a date's beginning.
            Value::String(text) if parts => {
                let text = self.named(text);
                let ok = got.as_str().is_some_and(|got| holds(got, &text));
                self.verdict(&what, text, written(got), ok);
            }
            other => self.verdict(&what, written(other), written(got), got == other),
        }
    }

    fn asked(&mut self, expect: &Expect) {
        let came = self.came;
        let hands_over = came.messages.iter().any(|message| message["handoff"] == true);
        self.standing("handoff", !expect.handoff.is_off(), !expect.handoff.is_off(), hands_over);
        let reason = kebab(came.record["handoff"]["reason"].as_str().unwrap_or_default());
        for expected in expect.handoff.details() {
            self.verdict("the handoff's reason", expected, &reason, reason == *expected);
        }
        let signs_in = came.messages.iter().any(|message| message["sign_in"].is_object());
        self.standing("asked to sign in", expect.sign_in, expect.sign_in, signs_in);
        let question = came.messages.iter().map(|message| &message["consent"]).find(|consent| consent.is_object());
        let said = expect.consent != Flag::Is(false);
        self.standing("asked before a change", said, said, question.is_some());
        if let Some(question) = question {
            let asked = format!("{} {}", written(&question["summary"]), listed(&strings(&question["details"])));
            for part in expect.consent.details() {
                let part = self.named(part);
                let ok = holds(&asked, &part);
                self.verdict("the question before a change contains", part, &asked, ok);
            }
        }
    }

    /// How far the way to a person was gone.
    fn handed_over(&mut self, expect: &Expect) {
        let came = self.came;
        let offers = came.messages.iter().any(|message| message["offer"].is_object());
        self.standing("asked whether a person is wanted", expect.offer, expect.offer, offers);
        let question = came.messages.iter().find_map(|message| message["question"]["asks"].as_str());
        if expect.question.is_some() || question.is_some() {
            let expected = expect.question.as_deref();
            let (wanted, got) = (expected.unwrap_or("none"), question.unwrap_or("none"));
            self.verdict("asked before a person comes", wanted, got, expected == question);
        }
        match (&expect.ticket, &came.ticket) {
            (None, None) => {}
            (Some(fields), Some(ticket)) => self.ticket(fields, ticket),
            (expected, ticket) => self.standing("a ticket", true, expected.is_some(), ticket.is_some()),
        }
    }

    fn ticket(&mut self, fields: &BTreeMap<String, Value>, ticket: &Value) {
        for (field, expected) in fields {
            let of_whom = &ticket["requester"][field.as_str()];
            let got = if of_whom.is_null() { &ticket[field.as_str()] } else { of_whom };
            self.field("ticket", field, expected, got, true);
        }
    }
}

fn strings(value: &Value) -> Vec<String> {
    list(value).map(written).collect()
}

//! Compares what came of a step with what was expected of it.

use super::file::{After, Expect, Flag};
use super::names;
use super::play::Came;
use super::stage::{Stage, kebab};
use crate::Answer;
use serde_json::Value;
use usher_standins::Server;

/// Everything that is otherwise than expected, a line or two each.
pub(super) async fn check(stage: &Stage, customer: Option<&str>, expect: &Expect, came: &Came) -> Vec<String> {
    let mut checked = Checked { stage, customer, came, wrong: Vec::new() };
    checked.who(expect);
    checked.calls(expect);
    checked.words(expect);
    checked.cards(expect);
    checked.asked(expect);
    checked.handed_over(expect);
    if let Some(label) = &expect.opens {
        checked.opens(label).await;
    }
    for after in &expect.after {
        checked.after(after);
    }
    checked.wrong
}

/// The answer as a reader of a failure wants to see it.
pub(super) fn shown(came: &Came) -> String {
    let mut lines = vec!["    the answer was:".to_owned()];
    for (message, text) in came.messages.iter().zip(&came.texts) {
        lines.extend(text.lines().map(|line| format!("      | {line}")));
        for card in message["cards"].as_array().into_iter().flatten() {
            let mut card = card.clone();
            let buttons = card.as_object_mut().and_then(|card| card.remove("buttons")).unwrap_or_default();
            lines.push(format!("      | card {card}, buttons {:?}", labels(buttons.as_array().into_iter().flatten())));
        }
        let below = labels(message["quick_replies"].as_array().into_iter().flatten());
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
    for skill in came.record["skills"].as_array().into_iter().flatten() {
        let calls: Vec<String> =
            calls_of(skill).map(|call| format!("{} {}", function_of(call), call["result"])).collect();
        lines.push(format!("    asked: {} → {}, calls {calls:?}", skill["skill"], skill["outcome"]));
    }
    lines.join("\n")
}

/// The button whose label holds this text, on a card or below.
pub(super) fn button<'a>(messages: &'a [Value], label: &str) -> Option<&'a Value> {
    buttons(messages).find(|button| button["label"].as_str().is_some_and(|text| holds(text, label)))
}

fn buttons(messages: &[Value]) -> impl Iterator<Item = &Value> {
    messages.iter().flat_map(|message| {
        let cards = message["cards"].as_array().into_iter().flatten();
        let on_cards = cards.flat_map(|card| card["buttons"].as_array().into_iter().flatten());
        let below = message["quick_replies"].as_array().into_iter().flatten();
        let (offer, question) = (&message["offer"], &message["question"]);
        let choices = question["choices"].as_array().into_iter().flatten();
        let single = [&offer["yes"], &offer["no"], &question["skip"], &message["tell_me"]];
        on_cards.chain(below).chain(choices).chain(single.into_iter().filter(|button| button.is_object()))
    })
}

fn labels<'a>(buttons: impl Iterator<Item = &'a Value>) -> Vec<&'a str> {
    buttons.filter_map(|button| button["label"].as_str()).collect()
}

pub(super) fn text_of(message: &Value) -> String {
    Answer(message.clone()).text()
}

fn calls_of(skill: &Value) -> impl Iterator<Item = &Value> {
    skill["calls"].as_array().into_iter().flatten()
}

/// `orders.get` of `usher:tools/orders.get`.
fn function_of(call: &Value) -> &str {
    let name = call["function"].as_str().unwrap_or_default();
    name.rsplit('/').next().unwrap_or(name)
}

/// Upper and lower case, and the kind of a space, don't matter.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_whitespace() { ' ' } else { letter }).flat_map(char::to_lowercase).collect()
}

fn holds(text: &str, part: &str) -> bool {
    plain(text).contains(&plain(part))
}

struct Checked<'a> {
    stage: &'a Stage,
    customer: Option<&'a str>,
    came: &'a Came,
    wrong: Vec<String>,
}

impl Checked<'_> {
    fn differs(&mut self, what: &str, expected: impl std::fmt::Debug, got: impl std::fmt::Debug) {
        self.wrong.push(format!("    {what}: expected {expected:?}, got {got:?}"));
    }

    /// The text with the shop's names in it; a name that isn't known is a failure of its own.
    fn named(&mut self, text: &str) -> String {
        names::fill(self.stage, self.customer, text).unwrap_or_else(|why| {
            self.wrong.push(format!("    {why}"));
            text.to_owned()
        })
    }

    fn who(&mut self, expect: &Expect) {
        let answered: Vec<&str> = self.came.record["skills"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|skill| skill["outcome"] != "decline")
            .filter_map(|skill| skill["skill"].as_str())
            .collect();
        if let Some(skill) = &expect.skill {
            let first = answered.first().copied().unwrap_or("none");
            if first != skill {
                self.differs("skill", skill, first);
            }
            match (&expect.also, answered.get(1)) {
                (None, None) => {}
                (Some(also), Some(second)) if also == second => {}
                (also, second) => self.differs("a second skill", also, second),
            }
        }
        if let Some(language) = &expect.language
            && self.came.record["language"] != **language
        {
            self.differs("language", language, &self.came.record["language"]);
        }
        if let Some(failure) = self.came.record["failure"].as_str() {
            self.wrong.push(format!("    a skill failed: {failure}"));
        }
    }

    fn calls(&mut self, expect: &Expect) {
        let skills = self.came.record["skills"].as_array().into_iter().flatten();
        let called: Vec<&str> = skills.flat_map(calls_of).map(function_of).collect();
        if let Some(tools) = &expect.tools
            && called != tools.iter().map(String::as_str).collect::<Vec<_>>()
        {
            self.differs("tools", tools, &called);
        }
        for function in &expect.calls {
            if !called.contains(&function.as_str()) {
                self.differs("a call among the tools", function, &called);
            }
        }
        for name in &expect.no_calls {
            let of_it =
                |call: &&&str| **call == name || call.strip_prefix(name).is_some_and(|end| end.starts_with('.'));
            if called.iter().any(|call| of_it(&call)) {
                self.differs("no call of", name, &called);
            }
        }
    }

    fn words(&mut self, expect: &Expect) {
        let text = self.came.texts.join("\n");
        if let (Some(most), Some(segments)) = (expect.segments, self.came.segments)
            && segments > most
        {
            self.differs("SMS at most", most, segments);
        }
        for part in &expect.text {
            let part = self.named(part);
            if !holds(&text, &part) {
                self.wrong.push(format!("    text: expected it to contain «{part}»"));
            }
        }
        for part in &expect.no_text {
            let part = self.named(part);
            // Wherever it stands: a card or a button says it too.
            if self.came.messages.iter().any(|message| holds(&message.to_string(), &part)) {
                self.wrong.push(format!("    text: «{part}» must not be said, and is"));
            }
        }
        let offered = labels(buttons(&self.came.messages));
        for label in &expect.buttons {
            let label = self.named(label);
            if !offered.iter().any(|offered| holds(offered, &label)) {
                self.differs("a button", label, &offered);
            }
        }
        for label in &expect.no_buttons {
            let label = self.named(label);
            if offered.iter().any(|offered| holds(offered, &label)) {
                self.differs("no button", label, &offered);
            }
        }
        if let Some(sources) = &expect.sources {
            let given =
                self.came.messages.iter().flat_map(|message| message["sources"].as_array().into_iter().flatten());
            let given: Vec<&str> = given.filter_map(|source| source["title"].as_str()).collect();
            if given != sources.iter().map(String::as_str).collect::<Vec<_>>() {
                self.differs("sources", sources, &given);
            }
        }
    }

    fn cards(&mut self, expect: &Expect) {
        let Some(cards) = &expect.cards else { return };
        let got: Vec<&Value> =
            self.came.messages.iter().flat_map(|message| message["cards"].as_array().into_iter().flatten()).collect();
        if got.len() != cards.len() {
            let kinds: Vec<&Value> = got.iter().map(|card| &card["kind"]).collect();
            self.differs("number of cards", cards.len(), kinds);
            return;
        }
        for (card, got) in cards.iter().zip(got) {
            for (field, expected) in card {
                let fits = match expected {
                    // Words of a status, a date's beginning.
                    toml::Value::String(text) if field != "kind" => {
                        let text = self.named(text);
                        got[field].as_str().is_some_and(|got| holds(got, &text))
                    }
                    other => serde_json::to_value(other).is_ok_and(|other| got[field] == other),
                };
                if !fits {
                    self.differs(&format!("the card's {field}"), expected, &got[field]);
                }
            }
        }
    }

    fn asked(&mut self, expect: &Expect) {
        let messages = &self.came.messages;
        let hands_over = messages.iter().any(|message| message["handoff"] == true);
        if hands_over != (expect.handoff != Flag::Is(false)) {
            self.differs("handoff", &expect.handoff, hands_over);
        }
        let reason = kebab(self.came.record["handoff"]["reason"].as_str().unwrap_or_default());
        for expected in expect.handoff.details() {
            if reason != *expected {
                self.differs("the handoff's reason", expected, &reason);
            }
        }
        let signs_in = messages.iter().any(|message| message["sign_in"].is_object());
        if signs_in != expect.sign_in {
            self.differs("asked to sign in", expect.sign_in, signs_in);
        }
        let question =
            messages.iter().find(|message| message["consent"].is_object()).map(|message| &message["consent"]);
        if question.is_some() != (expect.consent != Flag::Is(false)) {
            self.differs("asked before a change", &expect.consent, question.is_some());
        }
        let asked = question.map(|question| format!("{} {}", question["summary"], question["details"]));
        for part in expect.consent.details() {
            let part = self.named(part);
            if let Some(asked) = &asked
                && !holds(asked, &part)
            {
                self.differs("the question before a change contains", part, asked);
            }
        }
    }

    /// How far the way to a person was gone.
    fn handed_over(&mut self, expect: &Expect) {
        let messages = &self.came.messages;
        let offers = messages.iter().any(|message| message["offer"].is_object());
        if offers != expect.offer {
            self.differs("asked whether a person is wanted", expect.offer, offers);
        }
        let question = messages.iter().find_map(|message| message["question"]["asks"].as_str());
        if question != expect.question.as_deref() {
            self.differs("asked before a person comes", &expect.question, question);
        }
        match (&expect.ticket, &self.came.ticket) {
            (None, None) => {}
            (Some(fields), Some(ticket)) => {
                for (field, expected) in fields {
                    let of_whom = &ticket["requester"][field.as_str()];
                    let got = if of_whom.is_null() { &ticket[field.as_str()] } else { of_whom };
                    let fits = match expected {
                        toml::Value::String(text) => {
                            let text = self.named(text);
                            got.as_str().is_some_and(|got| holds(got, &text))
                        }
                        other => serde_json::to_value(other).is_ok_and(|other| *got == other),
                    };
                    if !fits {
                        self.differs(&format!("the ticket's {field}"), expected, got);
                    }
                }
            }
            (expected, ticket) => self.differs("a ticket", expected, ticket),
        }
    }

    async fn opens(&mut self, label: &str) {
        let label = self.named(label);
        let href = button(&self.came.messages, &label).and_then(|button| button["href"].as_str());
        let Some(href) = href else {
            self.wrong.push(format!("    there is no button «{label}» that opens a page"));
            return;
        };
        match reqwest::Client::builder().no_proxy().build() {
            Ok(client) => match client.get(href).send().await {
                Ok(page) if page.status().is_success() => {}
                Ok(page) => self.wrong.push(format!("    the page of «{label}» answers {}", page.status())),
                Err(error) => self.wrong.push(format!("    the page of «{label}» doesn't answer: {error}")),
            },
            Err(error) => self.wrong.push(error.to_string()),
        }
    }

    fn after(&mut self, after: &After) {
        let cancelled = |checked: &mut Self, name: &str| {
            let name = checked.named(name);
            let order = checked.stage.world.standins.read(|shop| shop.order_by_name(&name).cloned());
            (order.map(|order| order.cancelled.is_some()), name)
        };
        match after {
            After::Cancelled(name) => match cancelled(self, name) {
                (Some(true), _) => {}
                (got, name) => self.wrong.push(format!("    afterwards order {name} isn't cancelled ({got:?})")),
            },
            After::NotCancelled(name) => match cancelled(self, name) {
                (Some(false), _) => {}
                (got, name) => self.wrong.push(format!("    afterwards order {name} is cancelled ({got:?})")),
            },
            After::ShipsTo(destination) => {
                let name = self.named(&destination.order);
                let order = self.stage.world.standins.read(|shop| shop.order_by_name(&name).cloned());
                let address = order.and_then(|order| order.shipping_address);
                let address = address.map(|to| format!("{} {} {} {}", to.address1, to.zip, to.city, to.country));
                if !address.as_deref().is_some_and(|address| holds(address, &destination.holds)) {
                    self.differs(&format!("afterwards order {name} goes to"), &destination.holds, address);
                }
            }
            After::Points(expected) => match self.stage.points(self.customer.unwrap_or_default()) {
                Ok(points) if points == *expected => {}
                got => self.differs("points afterwards", expected, got),
            },
            After::Subscription(expected) => match self.stage.subscription(self.customer.unwrap_or_default()) {
                Ok((state, next_in)) => {
                    if expected.state.as_ref().is_some_and(|expected| *expected != state) {
                        self.differs("the subscription afterwards", &expected.state, state);
                    }
                    if expected.next_in.is_some() && expected.next_in != next_in {
                        self.differs("days until the next charge afterwards", expected.next_in, next_in);
                    }
                }
                Err(why) => self.wrong.push(format!("    {why}")),
            },
            After::Asked(asked) => match self.stage.provider(&asked.at) {
                Ok(provider) => {
                    let got = asked_for(provider, &asked.holds);
                    if got != asked.times {
                        self.differs(&format!("requests to {} with «{}»", asked.at, asked.holds), asked.times, got);
                    }
                }
                Err(why) => self.wrong.push(format!("    {why}")),
            },
        }
    }
}

fn asked_for(provider: &Server, text: &str) -> usize {
    let all = provider.requests().all();
    all.iter().filter(|request| request.path.contains(text) || request.body.contains(text)).count()
}

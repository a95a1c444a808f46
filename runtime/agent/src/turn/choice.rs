//! Choices that a customer types instead of pressing them: by their label, by their place ("the second one"), or where
//! there are no buttons by the number that was shown with them.

use crate::conversation::{Body, Message};
use crate::resolution::ResolvedQuestion;
use std::collections::BTreeSet;
use usher_host::skill::{Action, Author, Button, Channel, Reply};
use usher_manifest::PluginId;

/// Something that the last answer offered.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// What stands on the button.
    pub(super) label: String,
    /// The skill that offered it; none for the runtime itself.
    pub(super) skill: Option<PluginId>,
    /// What it gets back.
    pub(super) value: String,
}

/// The places, in the four languages. "andra" is Swedish for "second" and for "other": between two it is both.
const PLACES: [&[&str]; 5] = [
    &["first", "1st", "premier", "première", "eerste", "1e", "första", "1:a"],
    &["second", "2nd", "deuxième", "seconde", "second", "tweede", "2e", "andra", "2:a"],
    &["third", "3rd", "troisième", "derde", "3e", "tredje", "3:e"],
    &["fourth", "4th", "quatrième", "vierde", "4e", "fjärde", "4:e"],
    &["fifth", "5th", "cinquième", "vijfde", "5e", "femte", "5:e"],
];
const LAST: &[&str] = &["last", "dernier", "dernière", "laatste", "sista"];
/// Words around a place that change nothing.
const AROUND: &[&str] = &[
    "the",
    "one",
    "please",
    "order",
    "number",
    "it's",
    "la",
    "le",
    "celle",
    "commande",
    "numéro",
    "svp",
    "de",
    "het",
    "bestelling",
    "nummer",
    "graag",
    "den",
    "det",
    "beställningen",
    "tack",
];

/// What a reply offers to choose from, quick replies first.
pub(super) fn offered(skill: Option<&PluginId>, reply: &Reply) -> Vec<Choice> {
    let on_cards = reply.cards.iter().flat_map(|card| &card.buttons);
    reply
        .quick_replies
        .iter()
        .chain(on_cards)
        .filter_map(|button| match &button.action {
            Action::Choose(value) => {
                Some(Choice { label: button.label.clone(), skill: skill.cloned(), value: value.clone() })
            }
            _ => None,
        })
        .collect()
}

/// The choice that a text names, if it names nothing else.
pub(super) fn typed<'a>(text: &str, offered: &'a [Choice]) -> Option<&'a Choice> {
    let text = text.trim().to_lowercase();
    if let Some(choice) = offered.iter().find(|choice| choice.label.trim().to_lowercase() == text) {
        return Some(choice);
    }
    // With one choice "the first one" more likely means something else.
    if offered.len() < 2 {
        return None;
    }
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '!' | '?'));
    let mut words = words.filter(|word| !word.is_empty() && !AROUND.contains(word));
    let word = words.next()?;
    if words.next().is_some() {
        return None;
    }
    if LAST.contains(&word) {
        return offered.last();
    }
    let place = PLACES.iter().position(|place| place.contains(&word))?;
    offered.get(place)
}

/// What a bare number chooses of what was offered last; none where it chooses nothing, and on web chat, where buttons have
/// no numbers.
pub(crate) fn by_number(text: &str, channel: Channel, history: &[Message]) -> Option<Body> {
    if channel == Channel::Webchat {
        return None;
    }
    let place = number(text)?.checked_sub(1)?;
    // What else the customer wrote before they saw an answer stands in between.
    let before = history.iter().rev().skip_while(|message| message.author == Author::Customer);
    let mut said = before.take_while(|message| message.author != Author::Customer);
    let shown = said.find_map(|message| Some(numbered(&message.body, channel)).filter(|shown| !shown.is_empty()))?;
    shown.into_iter().nth(place)
}

/// What a message shows with numbers from 1 on where there are no buttons, each as what pressing it says: the buttons of
/// its cards, those below it, the choices of a question and the way past it, the wish to be told. A label counts once.
fn numbered(body: &Body, channel: Channel) -> Vec<Body> {
    let mut shown = match body {
        Body::Reply { skill, reply, .. } => {
            let on_cards = reply.cards.iter().flat_map(|card| &card.buttons);
            let choice = |Button { label, action }: &Button| match action {
                Action::Choose(value) => {
                    Some(Body::Choice { label: label.clone(), skill: skill.clone(), value: value.clone() })
                }
                Action::Open(_) | Action::Hub(_) => None,
            };
            on_cards.chain(&reply.quick_replies).filter_map(choice).collect()
        }
        Body::Question { .. } | Body::Handoff { .. } => (0..).map_while(|place| body.pressed(place)).collect(),
        _ => Vec::new(),
    };
    let mut labels = BTreeSet::new();
    shown.retain(|choice: &Body| labels.insert(choice.text().to_owned()));
    if shown.is_empty() && ResolvedQuestion::fits(channel) {
        shown.extend(match body {
            Body::Reply { resolved: Some(_), .. } => {
                [true, false].iter().filter_map(|yes| body.answered(*yes)).collect()
            }
            _ => Vec::new(),
        });
    }
    shown
}

/// Words before a number that change nothing.
const BEFORE: &[&str] =
    &["number", "no", "nr", "option", "numéro", "n°", "choix", "nummer", "optie", "alternativ", "val"];

/// The number that a text is: `2`, `2.`, `#2`, `(2)`, `2️⃣`, `option 2`; below a hundred. Of a mail, what stands before the
/// first empty line.
fn number(text: &str) -> Option<usize> {
    let text = text.trim().lines().map(str::trim).take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    // A key of a telephone is a digit with two signs behind it.
    let text: String = text.to_lowercase().chars().filter(|c| !matches!(c, '\u{fe0f}' | '\u{20e3}')).collect();
    let text = match text.split_once(' ') {
        Some((word, number)) if BEFORE.contains(&word.trim_end_matches(['.', ':'])) => number,
        _ => text.as_str(),
    };
    let digits = text.trim().trim_start_matches(['#', '(']).trim_end_matches(['.', ')', '!', ',', ':']);
    let bare = (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    bare.then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::Asks;
    use crate::ids::{ConversationId, MessageId};
    use jiff::Timestamp;
    use usher_host::skill::{Card, CardBody, CouponCard, Expectation};

    #[test]
    fn choices_are_typed_by_label_or_place() {
        let offered: Vec<_> = ["#2191", "#1957", "Another order"]
            .map(|label| Choice { label: label.to_owned(), skill: None, value: label.to_owned() })
            .into();
        let pick = |text| typed(text, &offered).map(|choice| choice.label.as_str());
        for (text, label) in [
            ("another order", Some("#3")),
            ("the second one", Some("#1957")),
            ("First!", Some("#2191")),
            ("the last one please", Some("#3")),
            ("la deuxième svp", Some("#1957")),
            ("de eerste", Some("#2191")),
            ("den andra", Some("#1957")),
            ("the fifth one", None),
            ("the second lamp was broken", None),
            ("where is my order", None),
            ("", None),
        ] {
            assert_eq!(pick(text), label.map(|label| if label == "#3" { "Another order" } else { label }), "{text}");
        }
        assert!(typed("the first one", &offered[..1]).is_none());
    }

    #[test]
    fn a_number_is_read_as_people_write_it() {
        for text in ["2", " 2. ", "#2", "(2)", "2)", "2️⃣", "option 2", "Nr. 2", "numéro 2", "no. 2", "2\n\nAna"] {
            assert_eq!(number(text), Some(2), "{text:?}");
        }
        for text in ["", "two", "2 lamps", "1001", "#1001", "2?", "2.5", "-2", "2 2", "it is 2", "２"] {
            assert_eq!(number(text), None, "{text:?}");
        }
    }

    fn message(seq: u64, author: Author, body: Body) -> Message {
        Message {
            id: MessageId::new(),
            conversation: ConversationId::new(),
            seq,
            author,
            body,
            sent_at: Timestamp::UNIX_EPOCH,
            client_id: None,
            turn: None,
            attachments: Vec::new(),
            unanswerable: false,
        }
    }

    fn button(label: &str) -> Button {
        Button { label: label.into(), action: Action::Choose(label.to_lowercase()) }
    }

    fn reply(on_card: &[&str], below: &[&str]) -> Body {
        let coupon = CouponCard { code: "A".into(), title: "A".into(), terms: None, expires_at: None };
        let mut buttons: Vec<_> = on_card.iter().map(|label| button(label)).collect();
        buttons.insert(0, Button { label: "Open".into(), action: Action::Open("https://shop.example".into()) });
        let reply = Reply {
            text: "Which?".into(),
            cards: vec![Card { body: CardBody::Coupon(coupon), buttons }],
            quick_replies: below.iter().map(|label| button(label)).collect(),
            sources: Vec::new(),
            expects: Expectation::Choice,
            answered: false,
        };
        Body::answer(Some("orders".parse().unwrap()), reply)
    }

    #[test]
    fn a_number_chooses_as_it_was_shown() {
        let (assistant, customer) = (Author::Assistant, Author::Customer);
        let hello = || Body::Text { text: "hello".into() };
        let chosen = |text: &str, channel, history: &[Message]| {
            by_number(text, channel, history).map(|body| body.text().to_owned())
        };
        let shown =
            [message(1, customer, hello()), message(2, assistant, reply(&["Use it", "More"], &["More", "Other"]))];
        for (text, label) in
            [("1", Some("Use it")), ("2.", Some("More")), ("#3", Some("Other")), ("4", None), ("0", None)]
        {
            assert_eq!(chosen(text, Channel::Sms, &shown).as_deref(), label, "{text}");
        }
        assert_eq!(chosen("1", Channel::Webchat, &shown), None);
        // What was written while it was shown stands in between; what was said since doesn't offer it any more.
        let mut later = shown.to_vec();
        later.push(message(3, customer, hello()));
        assert_eq!(chosen("1", Channel::Whatsapp, &later).as_deref(), Some("Use it"));
        later.push(message(4, assistant, hello()));
        assert_eq!(chosen("1", Channel::Whatsapp, &later), None);
        let question = Body::Question {
            text: "What?".into(),
            asks: Asks::Field { field: "what".into() },
            choices: vec!["A lamp".into()],
            skip: Some("Skip".into()),
        };
        let asked = [message(1, assistant, reply(&[], &["Other"])), message(2, assistant, question)];
        let skip = Some(Body::Choice { label: "Skip".into(), skill: None, value: "handoff:skip".into() });
        assert_eq!(by_number("2", Channel::Email, &asked), skip);
        let handoff = Body::Handoff { text: "Soon.".into(), tell_me: Some("Tell me".into()) };
        assert_eq!(chosen("1", Channel::Sms, &[message(1, assistant, handoff)]).as_deref(), Some("Tell me"));
    }
}

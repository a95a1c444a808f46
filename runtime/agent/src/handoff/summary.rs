//! What a person reads first on a ticket: what it is about, what has happened so far, and what was found. Made of what was
//! said and done and of nothing else, so that it holds no guess.

use super::address::AddressProblem;
use super::settings::{FormField, HandoffSettings};
use crate::consent::plain_answer;
use crate::conversation::{Asks, Body, Message};
use crate::desk::Fact;
use crate::sign_in::Code;
use crate::sign_in::said::{Typed, address_in, typed};
use crate::texts::{Language, fill};
use std::collections::BTreeMap;
use usher_host::skill::{Author, CardBody, Focus};
use usher_manifest::PluginId;

/// Longest subject, longest quotation, in characters.
const SUBJECT_CHARS: usize = 80;
const QUOTED_CHARS: usize = 200;
/// Most questions and answers that a summary tells, the latest.
const TOLD: usize = 3;

/// What the summary is made of.
pub(crate) struct Story<'a> {
    /// All messages that the turn knows, oldest first, the one that it answers at the end.
    pub(crate) messages: &'a [Message],
    /// What the conversation is about.
    pub(crate) focus: &'a Focus,
    /// The page that the customer looks at.
    pub(crate) page_url: Option<&'a str>,
    /// What the assistant did before it came to the handoff, a line each.
    pub(crate) notes: &'a [String],
    /// What the skill that handed over found out.
    pub(crate) found: &'a [Fact],
    /// Answers to the operator's form, by field; an empty one was left out.
    pub(crate) answers: &'a BTreeMap<String, String>,
    /// The language that the conversation is held in.
    pub(crate) spoken: Language,
    /// The language that the team reads.
    pub(crate) team: Language,
}

impl Story<'_> {
    /// A line on what it is about: the customer's own latest question. `is_courtesy` says of a text that it only greets,
    /// thanks or asks for a person.
    pub(crate) fn subject(&self, is_courtesy: impl Fn(&str) -> bool) -> String {
        let questions = self.questions();
        let about = questions.iter().rev().find(|text| !is_courtesy(text)).or(questions.last());
        match about.map(|text| cut(text, SUBJECT_CHARS)) {
            Some(subject) if !subject.is_empty() => subject,
            _ => self.team.handoff().subject.to_owned(),
        }
    }

    /// What was asked, who answered what, and what the assistant did then.
    pub(crate) fn summary(&self, name: impl Fn(&PluginId) -> String) -> String {
        let words = self.team.handoff();
        let questions = self.questions();
        let mut lines: Vec<String> =
            latest(&questions).iter().map(|text| format!("{}: “{}”", words.asked, cut(text, QUOTED_CHARS))).collect();
        let answers: Vec<String> = self
            .messages
            .iter()
            .filter_map(|message| match &message.body {
                Body::Reply { skill: Some(skill), reply, .. } if !reply.text.trim().is_empty() => {
                    let who = fill(words.answered, &[&name(skill)]);
                    Some(format!("{who}: “{}”", cut(&reply.text, QUOTED_CHARS)))
                }
                _ => None,
            })
            .collect();
        lines.extend(latest(&answers).iter().cloned());
        lines.extend(self.notes.iter().cloned());
        lines.join("\n")
    }

    /// What was found out: what the conversation is about, where the customer is, what the skill says, and the answers to
    /// the form. Each has a name of its own.
    pub(crate) fn facts(&self, settings: &HandoffSettings, shop: &str) -> Vec<Fact> {
        let words = self.team.handoff();
        let fact = |name: &str, label: &str, value: String| Fact { name: name.into(), label: label.into(), value };
        let mut facts = Vec::new();
        facts.extend(self.focus.order_name.clone().map(|order| fact("order", words.order, order)));
        let product = self.focus.product_id.as_deref().map(|id| self.title(id).unwrap_or_else(|| id.to_owned()));
        facts.extend(product.map(|product| fact("product", words.product, product)));
        facts.extend(self.page_url.map(|page| fact("page", words.page, page.to_owned())));
        for found in self.found {
            facts.retain(|fact| fact.name != found.name);
            facts.push(found.clone());
        }
        for (field, value) in self.answers.iter().filter(|(_, value)| !value.is_empty()) {
            facts.retain(|fact| fact.name != *field);
            let asked = settings.form.iter().find(|known| known.name == *field);
            let label = asked.map_or(field.as_str(), |field: &FormField| field.asked_in(self.team, shop));
            facts.push(fact(field, label, value.clone()));
        }
        facts
    }

    /// What the customer asked, oldest first: neither a plain yes or no, nor an answer to a question of the runtime's, nor
    /// what wants no answer.
    fn questions(&self) -> Vec<&str> {
        let mut questions = Vec::new();
        let (mut asked, mut signing_in) = (None, false);
        for message in self.messages {
            if message.author != Author::Customer {
                signing_in = matches!(message.body, Body::SignIn { .. });
                asked = match &message.body {
                    Body::Question { asks, .. } => Some(asks),
                    _ => None,
                };
                continue;
            }
            let Body::Text { text } = &message.body else { continue };
            if message.unanswerable {
                continue;
            }
            let answer = match asked {
                // What was meant as an address and is none yet isn't what it is about either.
                Some(Asks::Email) => text.contains('@'),
                Some(Asks::Phone { field } | Asks::Field { field }) => {
                    self.answers.get(field).is_some_and(|answer| answer == text.trim())
                }
                None => false,
            };
            // As the sign-in itself reads it: a question that has six digits or an address somewhere stays one.
            let proof = signing_in
                && (!matches!(typed(text), Typed::Else) || !matches!(address_in(text), Err(AddressProblem::NoAt)));
            let answer = answer || proof || Code::parse(text.trim()).is_some();
            if !answer && plain_answer(text, self.spoken).is_none() {
                questions.push(text.as_str());
            }
        }
        questions
    }

    /// What a card of the conversation calls a product.
    fn title(&self, id: &str) -> Option<String> {
        self.messages.iter().rev().find_map(|message| {
            let Body::Reply { reply, .. } = &message.body else { return None };
            reply.cards.iter().find_map(|card| match &card.body {
                CardBody::Product(product) if product.id == id => Some(product.title.clone()),
                _ => None,
            })
        })
    }
}

fn latest<T>(all: &[T]) -> &[T] {
    &all[all.len().saturating_sub(TOLD)..]
}

/// A text on one line of at most so many characters, ended between two words.
fn cut(text: &str, chars: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= chars {
        return line;
    }
    let short: String = line.chars().take(chars.saturating_sub(1)).collect();
    let short = short.rsplit_once(' ').map_or(short.as_str(), |(words, _)| words);
    format!("{}…", short.trim_end_matches([',', ';', ':', '.', '-']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ConversationId, MessageId};
    use jiff::Timestamp;
    use usher_host::skill::{Expectation, Reply};

    fn questions(messages: &[Message]) -> Vec<String> {
        with_story(messages, |story| story.questions().into_iter().map(str::to_owned).collect())
    }

    fn message(author: Author, body: Body) -> Message {
        Message {
            id: MessageId::new(),
            conversation: ConversationId::new(),
            seq: 1,
            author,
            body,
            sent_at: Timestamp::UNIX_EPOCH,
            client_id: None,
            turn: None,
            attachments: Vec::new(),
            unanswerable: false,
        }
    }

    fn typed(text: &str) -> Message {
        message(Author::Customer, Body::Text { text: text.into() })
    }

    fn asked(asks: Asks) -> Message {
        let body = Body::Question { text: "?".into(), asks, choices: Vec::new(), skip: None };
        message(Author::Assistant, body)
    }

    fn said(skill: &str, text: &str) -> Message {
        let reply = Reply {
            text: text.into(),
            cards: Vec::new(),
            quick_replies: Vec::new(),
            sources: Vec::new(),
            expects: Expectation::Nothing,
            answered: true,
        };
        message(Author::Assistant, Body::answer(skill.parse().ok(), reply))
    }

    fn with_story<T>(messages: &[Message], tell: impl FnOnce(Story<'_>) -> T) -> T {
        let answers = BTreeMap::from([("what".to_owned(), "A lamp".to_owned()), ("why".to_owned(), String::new())]);
        let focus = Focus { order_name: Some("#1001".into()), product_id: Some("p1".into()) };
        tell(Story {
            messages,
            focus: &focus,
            page_url: Some("https://shop.example/lamp"),
            notes: &["The assistant: no skill took the question".to_owned()],
            found: &[Fact { name: "order".into(), label: "Order".into(), value: "#1002".into() }],
            answers: &answers,
            spoken: Language::English,
            team: Language::English,
        })
    }

    #[test]
    fn the_subject_is_the_customer_s_own_question() {
        let messages = [
            typed("my lamp came broken\nand it's the second one"),
            typed("agent please"),
            message(Author::Assistant, Body::Offer { text: "?".into(), yes: "Yes".into(), no: "No".into() }),
            typed("yes please"),
            asked(Asks::Email),
            typed("ana@example"),
            asked(Asks::Email),
            typed("it's ana@example.net"),
            asked(Asks::Field { field: "what".into() }),
            typed("A lamp"),
        ];
        let courtesy = |text: &str| text == "agent please";
        with_story(&messages, |story| {
            assert_eq!(story.subject(courtesy), "my lamp came broken and it's the second one");
            assert_eq!(story.summary(ToString::to_string).matches("Asked").count(), 2);
        });
        with_story(&messages[1..2], |story| assert_eq!(story.subject(courtesy), "agent please"));
        with_story(&[], |story| assert_eq!(story.subject(courtesy), "Conversation with a customer"));
        let long = [typed(&"why is it so ".repeat(20))];
        with_story(&long, |story| {
            let subject = story.subject(courtesy);
            assert!(subject.chars().count() <= SUBJECT_CHARS && subject.ends_with("…"), "{subject}");
        });
    }

    #[test]
    fn what_signs_in_is_no_question_and_a_question_is_no_sign_in() {
        let sign_in = message(Author::Assistant, Body::SignIn { text: "?".into() });
        let complaint = "My lamp came broken, nobody answers the telephone, and I want my money back now.\n\n\
                         Ana\nana@example.net";
        for text in ["Where is order 123456?", "#123456 is late", complaint] {
            assert_eq!(questions(&[sign_in.clone(), typed(text)]), [text]);
        }
        for text in ["ana@example.net", "it's ana@example.net", "ana@example", "123 456", "my code is 123456", "12345"]
        {
            assert_eq!(questions(&[sign_in.clone(), typed(text)]), [""; 0], "{text}");
        }
        let out_of_office = Message { unanswerable: true, ..typed("I am away until Monday.") };
        assert_eq!(questions(&[typed("Where is it?"), out_of_office]), ["Where is it?"]);
    }

    #[test]
    fn the_summary_tells_what_was_asked_answered_and_done() {
        let messages = [typed("one"), typed("two"), said("general-qa", "It is so."), typed("three"), typed("four")];
        with_story(&messages, |story| {
            let summary = story.summary(|skill| format!("the skill {skill}"));
            assert_eq!(
                summary.lines().collect::<Vec<_>>(),
                [
                    "Asked: “two”",
                    "Asked: “three”",
                    "Asked: “four”",
                    "the skill general-qa answered: “It is so.”",
                    "The assistant: no skill took the question",
                ]
            );
        });
    }

    #[test]
    fn facts_are_what_was_found_and_what_was_filled_in() {
        with_story(&[], |story| {
            let facts = story.facts(&HandoffSettings::default(), "en");
            let facts: Vec<_> = facts.iter().map(|fact| (fact.name.as_str(), fact.value.as_str())).collect();
            assert_eq!(
                facts,
                [("product", "p1"), ("page", "https://shop.example/lamp"), ("order", "#1002"), ("what", "A lamp")]
            );
        });
    }
}

//! Trying out what the assistant would answer: a turn like any other that is stored nowhere, counts nowhere, and changes
//! nothing at a provider. A skill runs whatever its state; providers are asked, and where a skill wants to act, the
//! customer's yes leads no further.

use crate::agent::Agent;
use crate::brain::Brain;
use crate::conversation::{Attention, Body, Contact, Conversation, Identity, Message, Owner, Proof, Session};
use crate::hygiene::clean_line;
use crate::ids::{ConversationId, MessageId, SessionId};
use crate::store::{ClaimedTurn, Ending, HISTORY};
use crate::tools::{CustomerKey, lookup};
use crate::turn::{self, Ground, Occasion};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use usher_host::skill::{Action, Author, Button, Channel, Outcome, Reply};
use usher_host::{Digest, Generation, Recording, Refusal};
use usher_manifest::PluginId;

/// A message to try.
#[derive(Clone, Debug)]
pub struct Preview {
    /// What the customer says.
    pub body: Body,
    /// On which channel.
    pub channel: Channel,
    /// Who is signed in; nobody where it is none.
    pub customer: Option<Identity>,
    /// The time that skills are told.
    pub at: Timestamp,
    /// The page that the customer looks at.
    pub page_url: Option<String>,
    /// BCP 47, where the channel knows it.
    pub locale: Option<String>,
    /// IANA name, where the channel knows it.
    pub time_zone: Option<String>,
    /// What came before, as the last preview returned it.
    pub before: PreviewState,
}

/// A tried conversation so far. Whoever tries keeps it: nothing of it is stored.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PreviewState {
    messages: Vec<Message>,
    attention: Attention,
    locale: Option<String>,
    memory: BTreeMap<PluginId, BTreeMap<String, String>>,
    /// Where the customer said that they can be answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contact: Option<Contact>,
}

impl PreviewState {
    /// All messages so far.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The conversation's language, once decided (BCP 47).
    #[must_use]
    pub fn locale(&self) -> Option<&str> {
        self.locale.as_deref()
    }
}

/// A release of a skill that doesn't serve, in the place of the one that does: for previews only.
pub struct Trial {
    generation: Arc<Generation>,
    brain: Arc<Brain>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Previewed {
    /// The answers, in order.
    pub answers: Vec<Message>,
    /// The message would wait until the customer has signed in.
    pub awaits_sign_in: bool,
    /// The turn's record: the router's scores, skills, tool calls and times.
    pub record: serde_json::Value,
    /// What the skills were told and what tools answered.
    pub recordings: Vec<Recording>,
    /// What was taken out of the skills' answers, in words.
    pub left_out: Vec<String>,
    /// How long it took.
    pub took: Duration,
    /// For the next message.
    pub state: PreviewState,
}

impl Agent {
    /// Who is meant by a customer's id at the shop or an e-mail address, as if they had signed in at `at`.
    pub async fn as_customer(&self, named: &str, at: Timestamp) -> Option<Identity> {
        let key = if named.contains('@') { CustomerKey::Email(named) } else { CustomerKey::Id(named) };
        let customer = lookup(self.host(), key).await?;
        Some(Identity {
            customer_id: customer.id,
            email: customer.email,
            phone: customer.phone,
            first_name: customer.first_name,
            proof: Proof::SignedToken,
            valid_until: at.checked_add(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MAX),
        })
    }

    /// Makes a release ready to be tried; the router learns it.
    ///
    /// # Errors
    /// Where the release can't be run, was revoked, or is a connector's.
    pub async fn trial(&self, release: &Digest) -> Result<Trial, Refusal> {
        let generation = self.host().trial(release).await?;
        let brain = Arc::new(Brain::learn(&generation, &self.skills().board()).await);
        Ok(Trial { generation, brain })
    }

    /// Tries a message.
    pub async fn preview(&self, preview: Preview) -> Previewed {
        self.preview_on(preview, None).await
    }

    /// Tries a message, with another release than the one that serves where there is a trial.
    pub async fn preview_on(&self, preview: Preview, trial: Option<&Trial>) -> Previewed {
        let Preview { body, channel, customer, at, page_url, locale, time_zone, before } = preview;
        let PreviewState { mut messages, attention, locale: decided, memory, contact } = before;
        let conversation = ConversationId::new();
        let session = SessionId::new();
        let seq = messages.last().map_or(0, |message| message.seq) + 1;
        let message = Message {
            id: MessageId::new(),
            conversation,
            seq,
            author: Author::Customer,
            body,
            sent_at: at,
            client_id: None,
            turn: None,
            attachments: Vec::new(),
            unanswerable: false,
        };
        let history = messages[messages.len().saturating_sub(HISTORY)..].to_vec();
        let claimed = ClaimedTurn {
            conversation: Conversation {
                id: conversation,
                session,
                channel,
                owner: Owner::Assistant,
                locale: decided.or(locale),
                time_zone,
                created_at: at,
                last_seq: seq,
                attention,
            },
            session: Session {
                id: session,
                site: String::new(),
                created_at: at,
                expires_at: Timestamp::MAX,
                identity: customer,
                contact: contact.clone(),
            },
            message: message.clone(),
            page_url,
            history,
            memory: memory.clone(),
            ticket: None,
            attempts: 0,
        };
        let begun = Instant::now();
        let ground = match trial {
            Some(trial) => Ground {
                generation: trial.generation.clone(),
                board: self.skills().board(),
                brain: trial.brain.clone(),
            },
            None => Ground::live(self.inner()).await,
        };
        let finished = turn::run_on(self.inner(), ground, claimed, Occasion { now: at, preview: true }).await;
        let took = begun.elapsed();
        let answers: Vec<Message> = finished
            .replies
            .into_iter()
            .zip(seq + 1..)
            .map(|(body, seq)| Message {
                id: MessageId::new(),
                conversation,
                seq,
                author: Author::Assistant,
                body,
                sent_at: at,
                client_id: None,
                turn: None,
                attachments: Vec::new(),
                unanswerable: false,
            })
            .collect();
        messages.push(message);
        messages.extend(answers.iter().cloned());
        let recording = finished.audit.recording.as_deref();
        let recordings: Vec<Recording> =
            recording.and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
        Previewed {
            left_out: recordings.iter().flat_map(|recording| left_out(recording, &answers)).collect(),
            answers,
            awaits_sign_in: finished.ending == Ending::AwaitsSignIn,
            record: finished.record,
            recordings,
            took,
            state: PreviewState {
                messages,
                attention: finished.attention,
                locale: finished.locale,
                memory: memory.into_iter().chain(finished.memory).collect(),
                contact: finished.contact.or(contact),
            },
        }
    }
}

/// What a skill said that the customer isn't shown, in words.
fn left_out(recording: &Recording, answers: &[Message]) -> Vec<String> {
    let Ok(Outcome::Reply(said)) = &recording.outcome else { return Vec::new() };
    let shown = answers.iter().find_map(|answer| match &answer.body {
        Body::Reply { skill: Some(skill), reply, .. } if *skill == recording.skill => Some(reply),
        _ => None,
    });
    shown.map(|shown| taken_out(said, shown)).unwrap_or_default()
}

fn taken_out(said: &Reply, shown: &Reply) -> Vec<String> {
    let buttons = |reply: &Reply| -> Vec<Button> {
        reply.cards.iter().flat_map(|card| &card.buttons).chain(&reply.quick_replies).cloned().collect()
    };
    let kept = buttons(shown);
    let gone = buttons(said).into_iter().filter(|button| !kept.iter().any(|kept| kept.action == button.action));
    let mut out: Vec<String> = gone
        .map(|button| match &button.action {
            Action::Open(url) => format!(
                "the button «{}» to {url}: no tool returned this address, and the shop allows no links to its host",
                clean_line(&button.label)
            ),
            _ => format!("the button «{}»", clean_line(&button.label)),
        })
        .collect();
    if said.text.trim() != shown.text.trim() {
        out.push("of the text: hidden characters, or what was longer than a message may be".to_owned());
    }
    for (what, said, shown) in
        [("card", said.cards.len(), shown.cards.len()), ("source", said.sources.len(), shown.sources.len())]
    {
        if said > shown {
            out.push(format!("{} of {said} {what}s", said - shown));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_host::skill::Expectation;

    fn reply(text: &str, buttons: &[(&str, Action)], sources: usize) -> Reply {
        let button = |(label, action): &(&str, Action)| Button { label: (*label).to_owned(), action: action.clone() };
        Reply {
            text: text.to_owned(),
            cards: Vec::new(),
            quick_replies: buttons.iter().map(button).collect(),
            sources: vec!["returns#1".to_owned(); sources],
            expects: Expectation::Nothing,
            answered: true,
        }
    }

    #[test]
    fn what_is_not_shown_is_named() {
        let open = |url: &str| Action::Open(url.to_owned());
        let said = reply(
            "Hello\u{202e}",
            &[
                ("Win", open("https://evil.example/")),
                ("Track", open("https://a.example/")),
                ("No", Action::Choose("x".into())),
            ],
            3,
        );
        assert!(taken_out(&said, &said).is_empty());
        let shown = reply("Hello", &[("Track", open("https://a.example/"))], 1);
        let out = taken_out(&said, &shown);
        assert_eq!(out.len(), 4, "{out:?}");
        assert!(out[0].contains("«Win» to https://evil.example/"), "{out:?}");
        assert_eq!(out[1], "the button «No»");
        assert!(out[2].contains("hidden characters"), "{out:?}");
        assert_eq!(out[3], "2 of 3 sources");
    }
}

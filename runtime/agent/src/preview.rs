//! Trying out what the assistant would answer: a turn like any other that is stored nowhere, counts nowhere, and changes
//! nothing at a provider. A skill runs whatever its state; providers are asked, and where a skill wants to act, the
//! customer's yes leads no further.

use crate::agent::Agent;
use crate::conversation::{Attention, Body, Contact, Conversation, Identity, Message, Owner, Proof, Session};
use crate::ids::{ConversationId, MessageId, SessionId};
use crate::store::{ClaimedTurn, Ending, HISTORY};
use crate::tools::{CustomerKey, lookup};
use crate::turn::{self, Occasion};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use usher_host::Recording;
use usher_host::skill::{Author, Channel};
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

    /// Tries a message.
    pub async fn preview(&self, preview: Preview) -> Previewed {
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
        let finished = turn::run(self.inner(), claimed, Occasion { now: at, preview: true }).await;
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
            })
            .collect();
        messages.push(message);
        messages.extend(answers.iter().cloned());
        let recording = finished.audit.recording.as_deref();
        Previewed {
            answers,
            awaits_sign_in: finished.ending == Ending::AwaitsSignIn,
            record: finished.record,
            recordings: recording.and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default(),
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

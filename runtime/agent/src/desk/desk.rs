//! What people in support, customers and time do to tickets: read, decided, stored; decided again where it changed
//! meanwhile.

use super::{DeskChange, DeskChanged, Ticket, TicketState};
use crate::conversation::{Message, Owner};
use crate::ids::{ConversationId, HelpdeskJobId, TicketId};
use crate::settings::Settings;
use crate::store::{Store, StoreError};
use crate::{Clock, Event, ShopProfile};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::broadcast;

/// Why something can't be done to a ticket.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError {
    /// It isn't there.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Somebody else was first.
    #[error("{0} has it already")]
    Taken(String),
    /// Somebody wrote since the writer last looked: up to this message.
    #[error("the conversation has new messages, up to number {0}")]
    AnsweredMeanwhile(u64),
    /// Not in this state, not for this ticket; why, and what to do.
    #[error("{0}")]
    Refused(String),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What changed at the desk, for those who watch it.
#[derive(Clone, Debug, PartialEq)]
pub enum DeskEvent {
    /// A ticket is new or has changed, its conversation and its history with it.
    Ticket(TicketId),
    /// Somebody types in a conversation.
    Typing {
        /// Which.
        conversation: ConversationId,
        /// The person's name; none: the customer.
        person: Option<String>,
    },
    /// Who looks at which ticket has changed, or who is there.
    Presence,
    /// A person was told something.
    Told {
        /// Whom.
        person: String,
    },
    /// A message was stored in a conversation that has no ticket: the assistant is at work there.
    Conversation(ConversationId),
}

/// A reply to a customer.
#[derive(Clone, Debug)]
pub struct NewReply {
    /// The text.
    pub text: String,
    /// The writer's own name for it: sent twice, it is one reply.
    pub client_id: String,
    /// The last message that the writer had seen; none: sent whatever was written meanwhile.
    pub seen_seq: Option<u64>,
    /// What the ticket becomes with it.
    pub then: Option<TicketState>,
}

/// Who is there for customers now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Staffing {
    /// It is within business hours.
    pub open: bool,
    /// People who are online.
    pub online: usize,
    /// When people are there again, where it is outside business hours and known.
    pub back_at: Option<Timestamp>,
    /// How long customers waited lately for a first answer (the median); none where too few did.
    pub wait: Option<SignedDuration>,
}

/// A person at the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// The name.
    pub person: String,
    /// The ticket that they look at.
    pub ticket: Option<TicketId>,
    /// When they were last heard of.
    pub seen_at: Timestamp,
}

/// To whom tickets go at the end of a shift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HandTo {
    /// To the team: each to its own group, to be picked up by whoever is there.
    Team,
    /// To a group.
    Group {
        /// Its name.
        group: String,
    },
    /// To a person.
    Person {
        /// Whose name.
        person: String,
    },
}

/// Tells those who watch a conversation.
pub(crate) type Tell = Box<dyn Fn(ConversationId, Event) + Send + Sync>;
/// Has a conversation's waiting messages answered.
pub(crate) type Wake = Box<dyn Fn(ConversationId) + Send + Sync>;

/// The desk. One a running agent: `Agent::desk`.
pub struct Desk {
    pub(super) store: Arc<dyn Store>,
    pub(super) settings: Arc<Settings>,
    pub(super) shop: ShopProfile,
    pub(super) clock: Clock,
    pub(super) events: broadcast::Sender<DeskEvent>,
    tell: Tell,
    wake: Wake,
    /// Who looks at which ticket.
    pub(super) present: Mutex<BTreeMap<String, Presence>>,
    /// Held while a person's row is read and written.
    pub(super) people: tokio::sync::Mutex<()>,
    /// When it was last looked for messages that no ticket knows of.
    pub(super) swept_at: Mutex<Option<Timestamp>>,
    /// Something has changed by which what is nobody's may be somebody's turn.
    pub(super) stirred: AtomicBool,
}

/// How often a decision is made anew where what it was made on has changed.
const TRIES: usize = 8;

impl Desk {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        settings: Arc<Settings>,
        shop: ShopProfile,
        clock: Clock,
        tell: Tell,
        wake: Wake,
    ) -> Self {
        Self {
            store,
            settings,
            shop,
            clock,
            events: broadcast::channel(256).0,
            tell,
            wake,
            present: Mutex::default(),
            people: tokio::sync::Mutex::default(),
            swept_at: Mutex::default(),
            stirred: AtomicBool::new(true),
        }
    }

    /// What changes at the desk from now on. A listener that falls behind reads the store.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<DeskEvent> {
        self.events.subscribe()
    }

    /// One ticket.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn ticket(&self, id: TicketId) -> Result<Ticket, DeskError> {
        self.store.ticket(id).await?.ok_or(DeskError::NotFound("ticket"))
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Stores what was decided elsewhere, and announces it.
    ///
    /// # Errors
    /// Where it could not be stored; nothing has changed then.
    pub async fn store(&self, change: DeskChange) -> Result<DeskChanged, StoreError> {
        let spread = Spread::of(&change);
        let changed = self.store.change_desk(change).await?;
        self.announce(&spread, &changed.messages);
        Ok(changed)
    }

    /// The same for what came of a helpdesk's job, which is done with it.
    ///
    /// # Errors
    /// Where it could not be stored; nothing has changed then.
    pub async fn job_done(&self, id: HelpdeskJobId, change: DeskChange) -> Result<DeskChanged, StoreError> {
        let spread = Spread::of(&change);
        let changed = self.store.job_done(id, change).await?;
        self.announce(&spread, &changed.messages);
        Ok(changed)
    }

    /// Announces what was stored.
    pub(crate) fn announce(&self, spread: &Spread, messages: &[Message]) {
        for (conversation, owner) in &spread.owners {
            (self.tell)(*conversation, Event::Owner(*owner));
        }
        for message in messages {
            (self.tell)(message.conversation, Event::Stored { seq: message.seq });
        }
        for ticket in &spread.tickets {
            self.say(DeskEvent::Ticket(*ticket));
        }
        for person in &spread.told {
            self.say(DeskEvent::Told { person: person.clone() });
        }
        if let Some(conversation) = spread.to_answer {
            (self.wake)(conversation);
        }
    }

    pub(super) fn tell(&self, conversation: ConversationId, event: Event) {
        (self.tell)(conversation, event);
    }

    /// A message of a conversation has come further on its way to the customer.
    pub fn dispatched(&self, conversation: ConversationId) {
        self.say(DeskEvent::Conversation(conversation));
    }

    /// Tells those who watch the desk, if anybody does.
    pub(crate) fn say(&self, event: DeskEvent) {
        if matches!(event, DeskEvent::Ticket(_) | DeskEvent::Presence) {
            self.stirred.store(true, Ordering::Relaxed);
        }
        let _nobody_listens = self.events.send(event);
    }

    /// Reads, decides and stores; again where it changed meanwhile. None where there is nothing to change.
    pub(super) async fn decide<D, F>(&self, mut decide: D) -> Result<Option<DeskChanged>, DeskError>
    where
        D: FnMut() -> F + Send,
        F: Future<Output = Result<Option<DeskChange>, DeskError>> + Send,
    {
        for _ in 0..TRIES {
            let Some(change) = decide().await? else { return Ok(None) };
            match self.store(change).await {
                Err(StoreError::Changed) => {}
                stored => return Ok(Some(stored?)),
            }
        }
        Err(StoreError::Changed.into())
    }
}

/// Whom a change concerns: what is announced once it is stored.
pub(crate) struct Spread {
    owners: Vec<(ConversationId, Owner)>,
    tickets: BTreeSet<TicketId>,
    told: BTreeSet<String>,
    to_answer: Option<ConversationId>,
}

impl Spread {
    pub(crate) fn of(change: &DeskChange) -> Self {
        let touched = change.tickets.iter().map(|ticket| ticket.id);
        Self {
            owners: change.owners.clone(),
            tickets: touched.chain(change.events.iter().map(|event| event.ticket)).collect(),
            told: change.notifications.iter().map(|told| told.person.clone()).collect(),
            to_answer: change.to_answer.map(|(conversation, _)| conversation),
        }
    }
}

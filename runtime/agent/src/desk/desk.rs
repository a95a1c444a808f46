//! What people in support, customers and time do to tickets: read, decided, stored; decided again where it changed
//! meanwhile.

use super::{Availability, Draft, Priority, Ticket, TicketState};
use crate::conversation::Message;
use crate::ids::{ConversationId, TicketId};
use crate::settings::Settings;
use crate::store::{Store, StoreError};
use crate::{Clock, Event};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;
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

/// The desk. One a running agent: `Agent::desk`.
pub struct Desk {
    store: Arc<dyn Store>,
    settings: Arc<Settings>,
    clock: Clock,
    events: broadcast::Sender<DeskEvent>,
    /// Tells those who watch a conversation.
    tell: Box<dyn Fn(ConversationId, Event) + Send + Sync>,
    /// Has a conversation's waiting messages answered.
    wake: Box<dyn Fn(ConversationId) + Send + Sync>,
}

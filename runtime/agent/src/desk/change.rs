//! What a decision about tickets changes, stored at once or not at all.

use crate::conversation::{Body, Owner};
use crate::desk::team::Notification;
use crate::desk::ticket::{Ticket, TicketEvent, TicketState};
use crate::helpdesk::HelpdeskJob;
use crate::ids::{ConversationId, MessageId, TicketId};
use crate::store::Delivery;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use usher_host::Entry;
use usher_host::skill::Author;

/// A message that isn't a customer's and isn't a turn's answer.
#[derive(Clone, Debug, PartialEq)]
pub struct DeskMessage {
    /// Where to.
    pub conversation: ConversationId,
    /// `Human` for what a person writes, `Assistant` for the runtime's notices.
    pub author: Author,
    /// What.
    pub body: Body,
    /// The sender's own name for it: where the conversation has a message of this name already, none is added.
    pub client_id: Option<String>,
}

/// What a decision changes. The store refuses it whole with `StoreError::Changed` where a ticket isn't as it was when it
/// was decided, and with `StoreError::NotOwner` where a person's message would go into a conversation that is the
/// assistant's once this change is made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeskChange {
    /// Tickets as they are to be. `version` is that of the ticket that was read (0: a new one), and the store counts it up;
    /// a new one's `number` is the store's too.
    pub tickets: Vec<Ticket>,
    /// Refused where a customer's message with a higher number is in this conversation.
    pub unless_written: Option<(ConversationId, u64)>,
    /// Whose conversations are from now on. Those that become a person's have no message that waits any more.
    pub owners: Vec<(ConversationId, Owner)>,
    /// Messages, in order. They are stored after the owner has changed.
    pub messages: Vec<DeskMessage>,
    /// A customer's message that the assistant answers now: with a conversation's handing back.
    pub to_answer: Option<(ConversationId, MessageId)>,
    /// Lines of tickets' histories.
    pub events: Vec<TicketEvent>,
    /// What people are told.
    pub notifications: Vec<Notification>,
    /// What is to be delivered outside.
    pub deliveries: Vec<Delivery>,
    /// What helpdesks are to be asked.
    pub jobs: Vec<HelpdeskJob>,
    /// The draft that a reply used up: whose, on which ticket.
    pub used_draft: Option<(TicketId, String)>,
    /// Lines of the audit.
    pub entries: Vec<Entry>,
}

/// What was stored of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeskChanged {
    /// The tickets as they are now.
    pub tickets: Vec<Ticket>,
    /// The messages that were added; one that was there already isn't among them.
    pub messages: Vec<crate::conversation::Message>,
}

/// Which tickets. What isn't given fits every ticket; all that is given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TicketFilter {
    /// In one of these states; empty: in any.
    pub states: Vec<TicketState>,
    /// Whose.
    pub assignee: Option<String>,
    /// Nobody's.
    pub unassigned: bool,
    /// A group's.
    pub group: Option<String>,
    /// With this tag.
    pub tag: Option<String>,
    /// Became active again.
    pub active_again: bool,
    /// Put aside at this moment (true) or not (false).
    pub snoozed: Option<bool>,
    /// In the built-in helpdesk (true) or a connector's (false).
    pub built_in: Option<bool>,
    /// In this conversation.
    pub conversation: Option<ConversationId>,
    /// With these words in its subject, its number, its customer's address or name, or its conversation's messages.
    pub words: Option<String>,
}

/// A draft of a reply, kept for its writer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// On which ticket.
    pub ticket: TicketId,
    /// Whose.
    pub person: String,
    /// The text so far.
    pub text: String,
    /// The conversation's last message that its writer had seen.
    pub seen_seq: u64,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

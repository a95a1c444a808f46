//! A request to a helpdesk that is kept until the helpdesk took it.

use crate::ids::{HelpdeskJobId, TicketId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A request to a helpdesk that is to be made. Those of one ticket are made in their order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HelpdeskJob {
    /// Its name; ids sort by the time they were made.
    pub id: HelpdeskJobId,
    /// About which ticket.
    pub ticket: TicketId,
    /// What.
    pub request: HelpdeskRequest,
    /// How often it was tried.
    pub attempts: u32,
    /// Not before.
    pub due_at: Timestamp,
    /// Given up, until an operator has it tried again.
    pub given_up_at: Option<Timestamp>,
    /// Why it failed last.
    pub error: Option<String>,
}

/// What a helpdesk is asked for. What it says is read from the store when it is made, so that nothing personal lies here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HelpdeskRequest {
    /// To create the ticket, with all that was said up to a message.
    Create {
        /// The number of that message.
        through_seq: u64,
    },
    /// To add a message of the conversation.
    Comment {
        /// Its number.
        seq: u64,
    },
}

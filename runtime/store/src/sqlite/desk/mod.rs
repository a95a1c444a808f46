//! Tickets and what belongs to them. A decision is made ready for its columns (`change.rs`) and stored in one
//! transaction, alone or with a turn: tickets (`tickets.rs`) with their words (`words.rs`), then what goes with them.
//! `read.rs` finds tickets.

mod change;
mod drafts;
mod read;
mod tickets;
pub(super) mod words;

pub(super) use change::{Change, change};
pub(super) use drafts::{drafts, put_draft};
pub(super) use read::{
    by_id, count, due, events, find, first_waits, latest, of_conversation, ticket_rows, unknown_messages,
};

//! What goes out.

use super::Thread;
use crate::conversation::Message;
use crate::ids::{ConversationId, MessageId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use usher_host::skill::Channel;

/// How far a message on its way to the customer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DispatchState {
    /// To be sent.
    Waiting,
    /// A try is under way.
    Trying,
    /// A try was under way when the process or the connection ended: the provider is asked before another one.
    Unsure,
    /// The provider has it.
    Sent,
    /// The device has it.
    Delivered,
    /// It was opened.
    Read,
    /// It was given up, or the provider says that it never arrived.
    Failed,
    /// It is not sent: the customer wants no messages, or the channel may send none now.
    Withheld,
}

/// What a provider tells of a message later. In this order; a lower one never replaces a higher one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeliveryState {
    /// The provider has it.
    Sent,
    /// The device has it.
    Delivered,
    /// It was opened.
    Read,
    /// It never arrived.
    Failed,
}

/// How a message's way stands.
#[derive(Clone, Debug, PartialEq)]
pub struct DispatchStatus {
    /// Which message.
    pub message: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Its number there.
    pub seq: u64,
    /// Its channel.
    pub channel: Channel,
    /// How far it has come.
    pub state: DispatchState,
    /// Tries so far that count towards giving up.
    pub attempts: u32,
    /// How many of its parts the provider has; a long text is sent in several.
    pub parts_sent: u32,
    /// When the next try is due.
    pub due_at: Timestamp,
    /// When the first try of the present part began.
    pub first_try_at: Option<Timestamp>,
    /// The provider's id of the last part that it took.
    pub provider_id: Option<String>,
    /// The provider's code of what went wrong.
    pub error_code: Option<String>,
    /// What went wrong and what to do, for people.
    pub error: Option<String>,
    /// How often it may have been shown to the customer twice, because its provider couldn't tell whether it had it.
    pub maybe_doubled: u32,
    /// When any of this changed.
    pub updated_at: Timestamp,
}

/// A message that is due.
#[derive(Clone, Debug)]
pub struct Dispatch {
    /// How its way stands.
    pub status: DispatchStatus,
    /// The message.
    pub message: Message,
    /// With whom its conversation is held.
    pub thread: Thread,
    /// The conversation's language, where decided.
    pub locale: Option<String>,
    /// IANA name of the customer's zone, where known.
    pub time_zone: Option<String>,
}

/// What came of a try.
#[derive(Clone, Debug, PartialEq)]
pub struct DispatchUpdate {
    /// Which message.
    pub message: MessageId,
    /// How it ended.
    pub end: DispatchEnd,
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq)]
pub enum DispatchEnd {
    /// The provider has this part.
    Sent {
        /// Its id there.
        provider_id: String,
        /// It was the last one.
        last: bool,
    },
    /// It was not taken; it is tried again then.
    Later {
        /// When.
        due_at: Timestamp,
        /// Tries so far that count towards giving up.
        tries: u32,
        /// Why.
        error: String,
    },
    /// Whether it was taken isn't known; the provider is asked then.
    Unsure {
        /// When.
        due_at: Timestamp,
        /// Tries so far that count towards giving up.
        tries: u32,
        /// Why.
        error: String,
    },
    /// It is given up.
    Failed {
        /// The provider's code.
        code: Option<String>,
        /// What was wrong and what to do.
        error: String,
    },
    /// It is not sent, or (where the provider says so later) was not: all of it is left to send.
    Withheld {
        /// Why, one word: `opted_out`, `window_closed`, `not_for_channel`.
        code: String,
        /// For people.
        error: String,
    },
}

/// Which ways are wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DispatchFilter {
    /// Of this conversation only.
    pub conversation: Option<ConversationId>,
    /// Of this channel only.
    pub channel: Option<Channel>,
    /// In these states only; any where empty.
    pub states: Vec<DispatchState>,
    /// Only what the customer should have got and didn't: failed, or withheld for another reason than that it means nothing
    /// on its channel.
    pub undelivered: bool,
}

/// How a channel does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChannelCounts {
    /// Messages by how far they have come; those that mean nothing on the channel are `not_for_channel`.
    pub dispatches: BTreeMap<String, u64>,
    /// Messages that came in.
    pub arrived: u64,
    /// When the latest came in.
    pub last_arrival_at: Option<Timestamp>,
    /// When the latest was sent.
    pub last_sent_at: Option<Timestamp>,
    /// Since when the oldest that waits has waited.
    pub waiting_since: Option<Timestamp>,
    /// How many may have been shown twice.
    pub maybe_doubled: u64,
    /// Customers who want no messages.
    pub opted_out: u64,
}

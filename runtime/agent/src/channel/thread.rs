//! With whom a conversation is held on a channel.

use crate::ids::{ConversationId, SessionId, ThreadId};
use jiff::Timestamp;
use usher_host::skill::Channel;

/// One customer's number or address and one of the shop's. By e-mail each conversation is a thread of its own, since a
/// sender's address proves nothing about what was said before.
#[derive(Clone, Debug, PartialEq)]
pub struct Thread {
    /// Its name.
    pub id: ThreadId,
    /// Not web chat.
    pub channel: Channel,
    /// The shop's number or address.
    pub ours: String,
    /// The customer, as the channel names them.
    pub theirs: String,
    /// E.164, where known.
    pub phone: Option<String>,
    /// The session of its latest conversation, and of those before while the number didn't change hands.
    pub session: SessionId,
    /// The latest conversation.
    pub conversation: ConversationId,
    /// When the customer wrote last.
    pub last_arrival_at: Timestamp,
    /// Since then the customer wants no messages.
    pub opted_out_at: Option<Timestamp>,
    /// The first mail's subject.
    pub subject: Option<String>,
    /// Message-IDs of the thread, oldest first, without angle brackets; the last one is what an answer answers.
    pub references: Vec<String>,
}

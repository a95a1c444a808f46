//! What comes in.

use crate::conversation::Body;
use crate::ids::{AttachmentId, ConversationId};
use crate::store::Accepted;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use usher_host::skill::Channel;

/// A message of a customer, as a channel brought it.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Not web chat.
    pub channel: Channel,
    /// The provider's id of it: a second one with the same id is the same message, in whichever conversation it is.
    pub provider_id: String,
    /// Which of the shop's numbers or addresses it was sent to.
    pub ours: String,
    /// Who wrote it.
    pub writer: Writer,
    /// Text or choice; an empty text where there are only files.
    pub body: Body,
    /// Files that are kept.
    pub attachments: Vec<NewAttachment>,
    /// Files that are not.
    pub left_out: Vec<LeftOut>,
    /// Whether the assistant may answer it. Where it may not, it is stored and shown to people, and no turn waits.
    pub answer: bool,
    /// The customer wants messages, or no more of them.
    pub subscription: Option<Subscription>,
    /// What e-mail needs to find its thread.
    pub mail: Option<MailArrival>,
    /// The site whose links and looks its conversation has.
    pub site: String,
    /// So many messages of one writer are answered within an hour; what is more is kept for people.
    pub most_an_hour: u32,
    /// A conversation goes on where its last message is younger than that, or a person has it, or its ticket is open.
    pub continues_within: SignedDuration,
    /// When it came in.
    pub at: Timestamp,
}

/// Who wrote an arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writer {
    /// Stable within the channel: E.164, WhatsApp's user id, an address in lower case.
    pub id: String,
    /// E.164, where known.
    pub phone: Option<String>,
    /// In lower case, where known.
    pub email: Option<String>,
    /// What they call themselves.
    pub name: Option<String>,
    /// The channel vouches for the sender. Where it doesn't, the customer is anonymous until they prove who they are.
    pub vouched: bool,
}

/// Whether a customer wants messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subscription {
    /// Nothing more is sent.
    Stop,
    /// They are wanted again.
    Start,
}

/// What e-mail needs to find its thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailArrival {
    /// The conversation that it answers, proved by a Message-ID or a reply address of ours. It goes on there where the
    /// sender is the one whom that conversation is held with; any other sender begins a conversation of their own.
    pub answers: Option<ConversationId>,
    /// As it was written.
    pub subject: String,
    /// Its Message-ID, without angle brackets.
    pub message_id: String,
    /// What it refers to, oldest first.
    pub references: Vec<String>,
}

/// A file that came with a message, to be kept.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAttachment {
    /// A harmless name.
    pub name: String,
    /// By its own bytes.
    pub media_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for NewAttachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}, {} bytes)", self.name, self.media_type, self.bytes.len())
    }
}

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its name here; none where it isn't kept.
    pub id: Option<AttachmentId>,
    /// What the customer calls it.
    pub name: String,
    /// By its own bytes; empty where it isn't kept.
    pub media_type: String,
    /// Bytes; 0 where it isn't kept.
    pub size: u64,
    /// Why it isn't kept, in plain English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
}

/// A file that is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name, or what it is.
    pub name: String,
    /// Why, in plain English.
    pub why: String,
}

/// What became of an arrival.
#[derive(Clone, Debug)]
pub struct TakenIn {
    /// The stored message; the first one, for a duplicate.
    pub accepted: Accepted,
    /// A conversation began with it.
    pub began: bool,
    /// It answers this conversation, but another sender wrote it: it stands in a conversation of its own.
    pub stranger_to: Option<ConversationId>,
    /// Its writer wrote more within an hour than anybody does by hand: it is kept for people and not answered.
    pub too_many: bool,
}

//! What providers bring.

use crate::Channel;

/// One thing that a provider told.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// A customer wrote.
    Received(Box<Received>),
    /// Something became of a message of ours.
    Delivery(DeliveryNews),
    /// Nothing that matters here; why, for the log.
    Ignored(String),
}

/// A message of a customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// Where it was written.
    pub channel: Channel,
    /// The provider's own id of it (`MessageSid`, `wamid`, the RFC 5322 Message-ID): the same message brought twice
    /// carries the same one.
    pub provider_id: String,
    /// Which of the shop's numbers or addresses it was sent to: E.164, WhatsApp's phone number id, an address in lower case.
    pub to: String,
    /// Who wrote it.
    pub from: From,
    /// What it says.
    pub content: Content,
    /// Files that are kept.
    pub attachments: Vec<Attachment>,
    /// Files that are not, and why.
    pub left_out: Vec<LeftOut>,
    /// What only e-mail has.
    pub email: Option<Box<EmailParts>>,
}

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct From {
    /// Stable within the channel: E.164; WhatsApp's user id, or the number where there is none; the address in lower case.
    pub id: String,
    /// E.164, where known.
    pub phone: Option<String>,
    /// An address in lower case, where known.
    pub email: Option<String>,
    /// What they call themselves.
    pub name: Option<String>,
    /// How far the channel vouches for it.
    pub proof: Proof,
}

/// How far a channel vouches for a sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The provider signed it and knows the sender; mail that passed the checks of the sender's own domain.
    Vouched,
    /// Anybody may have written this sender there.
    None,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Words; of an e-mail the new ones, without what is quoted.
    Text(String),
    /// A button or a row of a list was pressed: the id that it was sent with, and what stood on it.
    Pressed {
        /// The id that it was sent with.
        id: String,
        /// What stood on it.
        label: String,
    },
    /// A word that the law or the carrier gives a meaning to.
    Keyword {
        /// Which.
        keyword: Keyword,
        /// As it was written.
        text: String,
    },
    /// No words: only files, a place, a contact.
    NoWords {
        /// What there is instead, one word in English for people ("image", "location").
        kind: String,
    },
}

/// A word that the law or the carrier gives a meaning to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyword {
    /// Send nothing more.
    Stop,
    /// Send again.
    Start,
    /// Who is this?
    Help,
}

/// A file that came with a message.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// A name without folders and control characters, at most 120 characters.
    pub name: String,
    /// By its own bytes: `image/png`, `image/jpeg`, `image/webp`, `application/pdf`, `text/plain`.
    pub media_type: String,
    /// The file; at most [`MAX_ATTACHMENT`](crate::MAX_ATTACHMENT) bytes.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Attachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}, {} bytes)", self.name, self.media_type, self.bytes.len())
    }
}

/// A file that is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name, or what it is.
    pub name: String,
    /// Why, in plain English.
    pub why: String,
}

/// What only e-mail has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmailParts {
    /// The subject as it was written, at most 300 characters.
    pub subject: String,
    /// The RFC 5322 Message-ID without angle brackets; empty where there is none.
    pub message_id: String,
    /// The Message-IDs that it answers and refers to, oldest first, without angle brackets, at most 40.
    pub references: Vec<String>,
    /// Every address that it was sent to, in lower case: envelope, To, Cc. One of them may carry our reply token.
    pub recipients: Vec<String>,
    /// Why it must not be answered by a machine; none where it may.
    pub automatic: Option<String>,
    /// The words with all that is quoted, at most 100,000 characters.
    pub whole_text: String,
}

/// What became of a message of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryNews {
    /// On which channel.
    pub channel: Channel,
    /// The provider's id of the message.
    pub provider_id: String,
    /// Our own reference, where the provider gives it back ([`Outgoing::reference`](crate::Outgoing::reference)).
    pub reference: Option<String>,
    /// What became of it. News come late and out of order: a lower state never replaces a higher one.
    pub state: DeliveryState,
    /// The provider's code and words, where it failed.
    pub error: Option<(String, String)>,
    /// What follows from the error.
    pub consequence: crate::Consequence,
}

/// How far a message of ours has come; in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeliveryState {
    /// The provider has it.
    Sent,
    /// The device has it.
    Delivered,
    /// It was opened.
    Read,
    /// It will never arrive.
    Failed,
}

/// Why a provider's call isn't taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It isn't signed as it should be: 401.
    #[error("the signature doesn't hold: {0}")]
    Signature(&'static str),
    /// It can't be read: 400. What was wrong.
    #[error("it can't be read: {0}")]
    Malformed(String),
    /// It is larger than anything that the provider sends: 413.
    #[error("it is too large")]
    TooLarge,
}

//! Speaks to the providers of channels: SMS by Twilio, the WhatsApp Cloud API, and e-mail by webhooks, IMAP, LMTP and SMTP.
//!
//! A provider's webhook or mailbox becomes [`News`]: a message that was [`Received`], or what became of one of ours
//! ([`DeliveryNews`]). What is to be sent is an [`Outgoing`], which a [`Sender`] hands to the provider. Everything that a
//! provider says is checked and read here; nothing here knows the store, the agent or a skill.

pub mod email;
mod outgoing;
mod received;
pub mod twilio;
pub mod whatsapp;

pub use outgoing::{
    Choice, Consequence, Content as OutgoingContent, EmailMessage, Finding, Interactive, Outgoing, Recipient,
    SendFailure, Sender, Sent, WhatsappMessage, WhatsappTemplate,
};
pub use received::{
    Attachment, Content, DeliveryNews, DeliveryState, EmailParts, From, Keyword, LeftOut, News, Proof, Received,
    Refused,
};

/// A channel that has a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Text messages.
    Sms,
    /// WhatsApp.
    Whatsapp,
    /// E-mail.
    Email,
}

/// The largest attachment that is kept, bytes.
pub const MAX_ATTACHMENT: usize = 10 << 20;
/// Most attachments of one message.
pub const MAX_ATTACHMENTS: usize = 5;

//! What is sent.

use async_trait::async_trait;
use jiff::Timestamp;
use std::time::Duration;

/// A message to send.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    /// Our own name for it, unique and the same at each try; at most 64 characters of `[A-Za-z0-9._-]`.
    pub reference: String,
    /// From which of the shop's numbers or addresses ([`Received::to`](crate::Received::to)).
    pub from: String,
    /// To whom.
    pub to: Recipient,
    /// What it says.
    pub content: Content,
    /// When the first try began; a provider without idempotency is asked about what happened since.
    pub first_try_at: Timestamp,
}

/// To whom a message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// As in [`From::id`](crate::From::id).
    pub id: String,
    /// E.164, where known.
    pub phone: Option<String>,
}

/// What a message says, as its channel needs it.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// One text of at most 1,600 characters.
    Sms(String),
    /// A text with what can be pressed.
    Whatsapp(WhatsappMessage),
    /// Words that Meta approved before, the only ones that may be sent once a customer hasn't written for a day.
    WhatsappTemplate(WhatsappTemplate),
    /// A mail.
    Email(Box<EmailMessage>),
}

/// A message as WhatsApp takes it; lengths are already within the provider's limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatsappMessage {
    /// The text, with WhatsApp's own marks.
    pub text: String,
    /// What stands below it.
    pub interactive: Option<Interactive>,
}

/// A template without values of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatsappTemplate {
    /// Its name in WhatsApp Manager.
    pub name: String,
    /// Which of its languages: `en`, `en_US`, `de`.
    pub language: String,
}

/// What can be pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interactive {
    /// One to three answers.
    Buttons(Vec<Choice>),
    /// Up to ten answers behind a button.
    List {
        /// What stands on it.
        button: String,
        /// The answers.
        rows: Vec<Choice>,
    },
    /// A page to open.
    Link {
        /// What stands on it.
        label: String,
        /// Where it leads.
        url: String,
    },
}

/// An answer that can be pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Comes back when it is pressed ([`Content::Pressed`](crate::Content::Pressed)).
    pub id: String,
    /// What stands on it.
    pub label: String,
}

/// A mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmailMessage {
    /// What stands before the address it is from.
    pub from_name: String,
    /// The address that answers go to, where it isn't the one that it is from.
    pub reply_to: Option<String>,
    /// The subject.
    pub subject: String,
    /// The plain part.
    pub text: String,
    /// The HTML part: a fragment of the body, without scripts, styles and images.
    pub html: Option<String>,
    /// Our own Message-ID without angle brackets; the same at each try.
    pub message_id: String,
    /// The Message-ID that it answers, without angle brackets.
    pub in_reply_to: Option<String>,
    /// Those of the thread, oldest first.
    pub references: Vec<String>,
    /// Written by the assistant or the runtime, not by a person: marked as such, so that no machine answers it.
    pub automatic: bool,
}

/// What a provider says when it took a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its id of the message.
    pub provider_id: String,
}

/// Why a message was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendFailure {
    /// It was not taken, and may be later.
    #[error("{why}")]
    Later {
        /// For people.
        why: String,
        /// How long the provider wants to be left alone.
        pause: Option<Duration>,
    },
    /// It was not taken, and never will be.
    #[error("{why}")]
    Never {
        /// The provider's code.
        code: Option<String>,
        /// For people: what was wrong and what to do.
        why: String,
        /// What follows.
        then: Consequence,
    },
    /// It may have been taken: the answer was lost. [`Sender::find`] is asked before another try.
    #[error("whether it was taken is not known: {why}")]
    Unknown {
        /// For people.
        why: String,
    },
}

/// What follows from an error beside this one message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Consequence {
    /// Nothing.
    #[default]
    None,
    /// The customer wants no messages.
    OptedOut,
    /// Only a template may be sent until the customer writes again.
    WindowClosed,
    /// Nothing ever arrives there.
    Unreachable,
    /// Nothing can be sent at all until an operator mends the access.
    Access,
}

/// What a provider knows of a message whose answer was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It has it.
    Taken(Sent),
    /// It doesn't have it.
    NotTaken,
    /// It can't tell; sending again may show the message twice.
    CantTell,
}

/// Hands messages to one provider.
#[async_trait]
pub trait Sender: Send + Sync {
    /// The provider's name, for people.
    fn provider(&self) -> &'static str;

    /// Sends a message once. It waits at most 20 seconds for an answer, and three minutes more for that of a mail server which
    /// has the message and looks at it.
    ///
    /// # Errors
    /// Why it was not sent, or that this isn't known.
    async fn send(&self, message: &Outgoing) -> Result<Sent, SendFailure>;

    /// Looks a message up whose answer was lost.
    ///
    /// # Errors
    /// Where the provider can't be asked now.
    async fn find(&self, message: &Outgoing) -> Result<Finding, SendFailure>;
}

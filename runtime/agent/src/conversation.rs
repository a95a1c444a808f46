//! What a conversation is: its messages, its one owner, and what is known of the customer.

use crate::ids::{ConversationId, MessageId, SessionId, TurnId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use usher_host::skill::{Assurance, Author, Channel, Expectation, Focus, Reply};
use usher_manifest::PluginId;

/// Who may write to the customer. Decided in the store and enforced where messages are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// The skills answer.
    Assistant,
    /// A person answers; the assistant can't write.
    Human,
}

/// How a customer proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// A token signed by the shop's backend.
    SignedToken,
    /// A code sent to the address.
    OneTimeCode,
}

/// Who the runtime takes the customer of a session for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The shop's own id of the customer, where known.
    pub customer_id: Option<String>,
    /// A verified address.
    pub email: Option<String>,
    /// A verified number, E.164.
    pub phone: Option<String>,
    /// What to call the customer.
    pub first_name: Option<String>,
    /// How it was proved.
    pub proof: Proof,
    /// From then on the customer is anonymous again.
    pub valid_until: Timestamp,
}

/// A visitor of one site. The token itself is never stored, its SHA-256 is.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its name.
    pub id: SessionId,
    /// The site (a shop's widget) that it belongs to.
    pub site: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it ends unless it is used before.
    pub expires_at: Timestamp,
    /// The signed-in customer, if any.
    pub identity: Option<Identity>,
}

impl Session {
    /// The identity, unless it has run out at `now`.
    #[must_use]
    pub fn identity_at(&self, now: Timestamp) -> Option<&Identity> {
        self.identity.as_ref().filter(|identity| identity.valid_until > now)
    }

    /// How sure the runtime is of the customer at `now`.
    #[must_use]
    pub fn assurance_at(&self, now: Timestamp) -> Assurance {
        if self.identity_at(now).is_some() { Assurance::Authenticated } else { Assurance::Anonymous }
    }
}

/// What the runtime keeps in mind from turn to turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attention {
    /// The skill that answered last and still has the word.
    pub active_skill: Option<PluginId>,
    /// Skills that were interrupted, the latest last.
    pub interrupted: Vec<PluginId>,
    /// What the active skill waits for.
    pub expects: Expectation,
    /// What the last card showed.
    pub focus: Focus,
    /// The last reply asked "this or that?".
    pub asked_which: bool,
}

impl Default for Attention {
    fn default() -> Self {
        Self {
            active_skill: None,
            interrupted: Vec::new(),
            expects: Expectation::Nothing,
            focus: Focus { order_name: None, product_id: None },
            asked_which: false,
        }
    }
}

/// A conversation on one channel.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// Its name.
    pub id: ConversationId,
    /// The session that may read and write it.
    pub session: SessionId,
    /// Where it is held.
    pub channel: Channel,
    /// Who may write to the customer.
    pub owner: Owner,
    /// BCP 47; decided at the first message that tells, then kept.
    pub locale: Option<String>,
    /// IANA name of the customer's zone, where known.
    pub time_zone: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// The number of the latest message; 0 while there is none.
    pub last_seq: u64,
    /// What the runtime keeps in mind.
    pub attention: Attention,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// Typed by a customer or a person in support.
    Text {
        /// As typed, cleaned of control characters.
        text: String,
    },
    /// A button that the customer pressed.
    Choice {
        /// Its label, as the customer saw it.
        label: String,
        /// The skill that offered it; none for the runtime's own buttons.
        skill: Option<PluginId>,
        /// What the skill gets as `input.choice`.
        value: String,
    },
    /// An answer: of a skill, or of the runtime itself where `skill` is none.
    Reply {
        /// The skill that answered.
        skill: Option<PluginId>,
        /// Its reply.
        reply: Reply,
    },
    /// The runtime asks the customer to sign in; afterwards the waiting message is answered.
    SignIn {
        /// The text shown.
        text: String,
    },
    /// The conversation goes to the team.
    Handoff {
        /// The text shown.
        text: String,
    },
}

impl Body {
    /// The words, without cards and buttons.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Text { text } | Self::SignIn { text } | Self::Handoff { text } => text,
            Self::Choice { label, .. } => label,
            Self::Reply { reply, .. } => &reply.text,
        }
    }
}

/// One message, in its final place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its name.
    pub id: MessageId,
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// 1, 2, 3 … without a gap in one conversation.
    pub seq: u64,
    /// Who wrote it.
    pub author: Author,
    /// What it says.
    pub body: Body,
    /// When it was stored.
    pub sent_at: Timestamp,
    /// The name that the sender gave it; the same message sent twice carries the same one.
    pub client_id: Option<String>,
    /// For an answer: the turn whose record explains it.
    pub turn: Option<TurnId>,
}

//! What a conversation is: its messages, its one owner, and what is known of the customer.

use crate::channel::Attachment;
use crate::consent::{ConsentId, PendingConsent};
use crate::handoff::PendingHandoff;
use crate::ids::{ConversationId, MessageId, SessionId, TurnId};
use crate::resolution::ResolvedQuestion;
use crate::sign_in::SigningIn;
use crate::turn::Repeats;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use usher_host::Subject;
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

impl Identity {
    /// Whose turns these are: by the shop's id where it is known, else the verified address in lower case, else the number.
    #[must_use]
    pub fn subject(&self) -> Option<Subject> {
        let id = self.customer_id.as_ref().map(|id| format!("id:{id}"));
        let email = || self.email.as_ref().map(|email| format!("email:{}", email.to_lowercase()));
        let phone = || self.phone.as_ref().map(|phone| format!("phone:{phone}"));
        id.or_else(email).or_else(phone).map(Subject::Customer)
    }

    /// Whether a proof with this id and this verified address is of the same customer. The shop's id decides where both
    /// have one.
    #[must_use]
    pub fn is_of(&self, id: Option<&str>, email: Option<&str>) -> bool {
        match (self.customer_id.as_deref(), id) {
            (Some(known), Some(id)) => known == id,
            _ => self.email.is_some() && self.email.as_deref() == email,
        }
    }
}

/// Where a visitor says that they can be answered. Nobody has proved it: it makes the visitor *identified*, never
/// *authenticated*, and is never merged into a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// An address that was typed, of a sound form.
    pub email: Option<String>,
    /// A number that was typed, or that the channel knows; E.164.
    pub phone: Option<String>,
    /// What to call them.
    pub name: Option<String>,
    /// The channel can't vouch for it: a mail whose sender may be forged. It makes nobody identified.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub doubtful: bool,
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
    /// Where the visitor says that they can be answered.
    pub contact: Option<Contact>,
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
        match (self.identity_at(now), &self.contact) {
            (Some(_), _) => Assurance::Authenticated,
            (None, Some(contact)) if !contact.doubtful => Assurance::Identified,
            (None, _) => Assurance::Anonymous,
        }
    }

    /// Whose turn it is at `now`, for budgets and records: the customer who proved who they are (by the shop's id where
    /// it is known, else the verified address in lower case, else the number), otherwise the session.
    #[must_use]
    pub fn subject_at(&self, now: Timestamp) -> Subject {
        let customer = self.identity_at(now).and_then(Identity::subject);
        customer.unwrap_or_else(|| Subject::Session(self.id.to_string()))
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
    /// The customer was asked to agree to something, and hasn't answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Box<PendingConsent>>,
    /// A handoff that waits for what the customer says to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handoff: Option<Box<PendingHandoff>>,
    /// How far the customer is who signs in by writing.
    #[serde(default, skip_serializing_if = "SigningIn::is_empty")]
    pub sign_in: SigningIn,
    /// Words that come again and again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<Repeats>,
}

impl Default for Attention {
    fn default() -> Self {
        Self {
            active_skill: None,
            interrupted: Vec::new(),
            expects: Expectation::Nothing,
            focus: Focus { order_name: None, product_id: None },
            asked_which: false,
            consent: None,
            handoff: None,
            sign_in: SigningIn::default(),
            repeats: None,
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
        /// Asked below it, where the answer is complete.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resolved: Option<Box<ResolvedQuestion>>,
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
        /// Offers to tell the customer when somebody is there: what stands on the button.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tell_me: Option<String>,
    },
    /// The runtime asks whether the customer wants a person.
    Offer {
        /// The question.
        text: String,
        /// What stands on the button that wants one.
        yes: String,
        /// What stands on the other one.
        no: String,
    },
    /// The runtime asks for something that a person will need: an address to answer to, a field of the operator's form.
    /// It is answered by typing, by pressing one of the choices, or by pressing `skip`.
    Question {
        /// The question.
        text: String,
        /// What is asked for.
        asks: Asks,
        /// Buttons, where the answer is one of these.
        choices: Vec<String>,
        /// What stands on the button that gives no answer; none where one is needed.
        skip: Option<String>,
    },
    /// A person of the team writes.
    Support {
        /// As typed, cleaned of control characters.
        text: String,
        /// What customers call the person.
        name: Option<String>,
    },
    /// The runtime tells what became of the conversation.
    Notice {
        /// What, for machines.
        notice: Notice,
        /// The same in the customer's language.
        text: String,
    },
    /// The runtime asks how the team's help was.
    Rating {
        /// The question.
        text: String,
        /// What the scores 1 to 5 are called, in this order.
        labels: Vec<String>,
        /// What stands above the field for words.
        comment: String,
    },
    /// The runtime asks for the customer's yes before a skill changes something. A skill's reply can't be one of these.
    Consent {
        /// The question's name: an answer names it.
        id: ConsentId,
        /// The question, in the runtime's words and the conversation's language.
        text: String,
        /// What the call does, by the registry of tools.
        title: String,
        /// What will be done, in the words of the skill, on one line.
        summary: String,
        /// What the call is really about, read from its arguments: the order's name, the new address.
        details: Vec<String>,
        /// What stands on the button that agrees.
        yes: String,
        /// What stands on the button that doesn't.
        no: String,
        /// From then on a yes is asked for anew.
        expires_at: Timestamp,
    },
    /// What it said was erased: the customer wished so, or its time was over.
    Erased {
        /// It was one of the runtime's own buttons.
        button: bool,
    },
}

impl Body {
    /// A reply with nothing asked below it.
    #[must_use]
    pub fn answer(skill: Option<PluginId>, reply: Reply) -> Self {
        Self::Reply { skill, reply, resolved: None }
    }

    /// What pressing the yes (`true`) or no button of a question says; none for any other message.
    #[must_use]
    pub fn answered(&self, with_yes: bool) -> Option<Self> {
        let (yes, no, value) = match self {
            Self::Consent { id, yes, no, .. } => (yes, no, id.choice(with_yes)),
            Self::Reply { resolved: Some(question), .. } => {
                (&question.yes, &question.no, ResolvedQuestion::choice(with_yes).to_owned())
            }
            Self::Offer { yes, no, .. } => {
                (yes, no, if with_yes { handoff_choice::YES } else { handoff_choice::NO }.to_owned())
            }
            _ => return None,
        };
        let label = if with_yes { yes } else { no };
        Some(Self::Choice { label: label.clone(), skill: None, value })
    }

    /// What pressing the button at a place says, for the runtime's own buttons beside yes and no: choices and `skip` of a
    /// question in this order, `tell_me` of a handoff, the scores of a rating.
    #[must_use]
    pub fn pressed(&self, place: usize) -> Option<Self> {
        let (label, value) = match self {
            Self::Question { choices, skip, .. } => match choices.get(place) {
                Some(choice) => (choice, format!("{}{choice}", handoff_choice::ANSWER)),
                None if place == choices.len() => (skip.as_ref()?, handoff_choice::SKIP.to_owned()),
                None => return None,
            },
            Self::Handoff { tell_me: Some(label), .. } if place == 0 => (label, handoff_choice::TELL_ME.to_owned()),
            Self::Rating { labels, .. } => (labels.get(place)?, format!("{}{}", handoff_choice::RATING, place + 1)),
            _ => return None,
        };
        Some(Self::Choice { label: label.clone(), skill: None, value })
    }

    /// The words, without cards and buttons.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Text { text }
            | Self::SignIn { text }
            | Self::Handoff { text, .. }
            | Self::Consent { text, .. }
            | Self::Offer { text, .. }
            | Self::Question { text, .. }
            | Self::Support { text, .. }
            | Self::Notice { text, .. }
            | Self::Rating { text, .. } => text,
            Self::Choice { label, .. } => label,
            Self::Reply { reply, .. } => &reply.text,
            Self::Erased { .. } => "",
        }
    }
}

/// What a question of the runtime's asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Asks {
    /// The address to answer to.
    Email,
    /// A telephone number, for a field of the form.
    Phone {
        /// The field's name.
        field: String,
    },
    /// A field of the operator's form.
    Field {
        /// Its name.
        field: String,
    },
}

/// What became of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// A person is there now.
    Joined,
    /// Another person goes on.
    Reassigned,
    /// The assistant has it again.
    HandedBack,
    /// Is help still needed?
    StillThere,
    /// It waits for the customer.
    Pending,
    /// It is solved.
    Solved,
    /// It is closed.
    Closed,
    /// It is open again.
    Reopened,
    /// It goes on by e-mail; what is written here reaches the team all the same.
    MovedToEmail,
    /// The helpdesk can't be reached; what was said is kept, and will be passed on.
    NotFiledYet,
    /// The customer will be told when somebody is there.
    WillTell,
    /// Somebody is there now, as the customer wanted to know.
    SomebodyIsThere,
    /// Thanks for the rating.
    Rated,
}

/// What the buttons around a handoff say.
pub(crate) mod handoff_choice {
    /// Connect me.
    pub(crate) const YES: &str = "handoff:yes";
    /// Don't.
    pub(crate) const NO: &str = "handoff:no";
    /// A question's answer, followed by it.
    pub(crate) const ANSWER: &str = "handoff:answer:";
    /// No answer.
    pub(crate) const SKIP: &str = "handoff:skip";
    /// Tell me when somebody is there.
    pub(crate) const TELL_ME: &str = "handoff:tell-me";
    /// A rating, followed by its score.
    pub(crate) const RATING: &str = "rating:";
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
    /// Files that came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// It is for people to see and no answer: an automatic mail, STOP, HELP.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unanswerable: bool,
}

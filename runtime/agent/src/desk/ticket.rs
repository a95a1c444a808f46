//! A ticket: what people in support work on. It exists from the handoff on, beside the conversation that it is about.

use crate::ids::{ConversationId, TicketEventId, TicketId};
use crate::turn::HandedOff;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use usher_host::skill::{Assurance, Channel};
use usher_manifest::PluginId;

/// How far a ticket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketState {
    /// Somebody of the team has to act.
    Open,
    /// The customer has to answer.
    Pending,
    /// Done; a reply opens it again.
    Solved,
    /// Done for good; what the customer writes begins anew with the assistant.
    Closed,
}

/// How soon it should be looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// When there is time.
    Low,
    /// In its turn.
    #[default]
    Normal,
    /// Before the others.
    High,
    /// Now.
    Urgent,
}

/// Where people work on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    /// In the built-in helpdesk.
    BuiltIn,
    /// In the helpdesk of a connector.
    Connector {
        /// Whose.
        connector: PluginId,
        /// The helpdesk's own id of the ticket, once it is created there.
        remote: Option<String>,
        /// Where people see it there.
        url: Option<String>,
        /// How far its news were read.
        cursor: Option<String>,
    },
}

/// Who brought it to an end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SolvedBy {
    /// A person in support, by name.
    Person {
        /// Whose name.
        person: String,
    },
    /// The customer fell silent.
    Silence,
    /// The connector's helpdesk says so.
    Helpdesk,
}

/// When and by whom a ticket was solved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Solved {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: SolvedBy,
}

/// Whom a ticket is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requester {
    /// How sure the runtime is of them: an address that was typed makes them *identified*, no more.
    pub assurance: Assurance,
    /// Where they are answered.
    pub email: Option<String>,
    /// E.164.
    pub phone: Option<String>,
    /// What they are called.
    pub name: Option<String>,
    /// The shop's own id of them, where they proved who they are.
    pub profile_id: Option<String>,
}

/// What was found out before a person came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// `order`, or the name of a field of the operator's form.
    pub name: String,
    /// As people read it.
    pub label: String,
    /// What it is.
    pub value: String,
}

/// How far a silent customer was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    /// Not yet.
    #[default]
    None,
    /// Asked whether help is still needed.
    Reminded,
    /// Told that the ticket waits for them.
    Pending,
}

/// What the customer thinks of how people helped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// 1 (bad) to 5 (good), once given.
    pub score: Option<u8>,
    /// In the customer's words.
    pub comment: Option<String>,
    /// When it was given.
    pub given_at: Option<Timestamp>,
}

/// A ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its name.
    pub id: TicketId,
    /// What people call it: 1, 2, 3 …; given by the store.
    pub number: u64,
    /// Counts its changes; given by the store. A change that was decided on an older one is refused.
    pub version: u64,
    /// What it is about.
    pub conversation: ConversationId,
    /// Where people work on it.
    pub place: Place,
    /// How far it is.
    pub state: TicketState,
    /// Whose it is, by name.
    pub assignee: Option<String>,
    /// Whose it was before it became free: of a person who is away.
    pub last_assignee: Option<String>,
    /// The group whose it is.
    pub group: Option<String>,
    /// How soon.
    pub priority: Priority,
    /// The operator's words on it.
    pub tags: BTreeSet<String>,
    /// A line on what it is about.
    pub subject: String,
    /// Why the assistant handed it over.
    pub reason: HandedOff,
    /// The same in more words.
    pub detail: String,
    /// The skill that had the word.
    pub skill: Option<PluginId>,
    /// What has happened so far, in a few lines.
    pub summary: String,
    /// What was found out.
    pub facts: Vec<Fact>,
    /// Whom it is for.
    pub requester: Requester,
    /// Where the conversation is held.
    pub channel: Channel,
    /// BCP 47.
    pub locale: String,
    /// IANA name of the customer's zone, where known.
    pub time_zone: Option<String>,
    /// When it was handed over.
    pub opened_at: Timestamp,
    /// When a person first answered after that.
    pub first_reply_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When the customer last wrote.
    pub customer_at: Timestamp,
    /// When a person last wrote to the customer.
    pub person_at: Option<Timestamp>,
    /// The number of the customer's last message that the ticket knows of.
    pub known_seq: u64,
    /// Who solved it; none while it is open or pending.
    pub solved: Option<Solved>,
    /// How often it was solved and opened again.
    pub reopened: u32,
    /// How far a silent customer was asked.
    pub silence: Silence,
    /// Since when that holds. Where nobody was asked yet: since when the silence counts anew, if not since a person wrote.
    pub silence_at: Option<Timestamp>,
    /// Not to be looked at before.
    pub snoozed_until: Option<Timestamp>,
    /// The customer wrote again on a ticket that was quiet, and nobody has looked since.
    pub active_again: bool,
    /// The customer wants to be told when somebody is there.
    pub tell_when_there: bool,
    /// What the customer thinks of the help.
    pub rating: Option<Rating>,
    /// The closed ticket that this one goes on with.
    pub follows: Option<TicketId>,
    /// The ticket that this one's work went into.
    pub merged_into: Option<TicketId>,
    /// Whom the customer was last told to be there, by name.
    pub joined: Option<String>,
    /// When a timer looks at it next.
    pub due_at: Option<Timestamp>,
    /// When people's messages that the customer hasn't seen by then are sent by e-mail; none where none waits for it.
    pub mail_at: Option<Timestamp>,
    /// The number of the last message of a person that the customer has, seen in web chat or sent by e-mail.
    pub mailed_seq: u64,
}

/// One line of a ticket's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TicketEvent {
    /// Its name.
    pub id: TicketEventId,
    /// Whose.
    pub ticket: TicketId,
    /// When.
    pub at: Timestamp,
    /// Who: `operator:NAME`, `customer`, `assistant`, `runtime`, `helpdesk:CONNECTOR`.
    pub actor: String,
    /// What.
    pub what: TicketChange,
}

/// What happened to a ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TicketChange {
    /// It was handed over, or taken over.
    Opened {
        /// Why.
        reason: HandedOff,
    },
    /// It was opened again.
    Reopened,
    /// The state changed.
    State {
        /// From.
        from: TicketState,
        /// To.
        to: TicketState,
    },
    /// It became somebody's, some group's, or nobody's.
    Assigned {
        /// A person's name.
        person: Option<String>,
        /// A group's name.
        group: Option<String>,
        /// Why: `claimed`, `by_hand`, `round_robin`, `rule:NAME`, `away`, `shift_end`, `reopened`.
        how: String,
    },
    /// A person took the conversation over from the assistant.
    TakenOver,
    /// The assistant has the conversation again.
    HandedBack,
    /// A person wrote for the team only.
    Note {
        /// What.
        text: String,
    },
    /// The priority changed.
    Priority {
        /// To.
        to: Priority,
    },
    /// The tags changed.
    Tags {
        /// All of them now.
        tags: BTreeSet<String>,
    },
    /// Put aside until then, or (none) taken up again.
    Snoozed {
        /// Until when.
        until: Option<Timestamp>,
    },
    /// Another ticket's work went into this one.
    Merged {
        /// Which.
        from: TicketId,
    },
    /// This one's work went into another.
    MergedInto {
        /// Which.
        into: TicketId,
    },
    /// The silent customer was reminded.
    Reminded,
    /// The customer rated the help.
    Rated {
        /// 1 to 5.
        score: u8,
    },
    /// A person's message was sent to the customer's address.
    Mailed {
        /// The number of the last message that it holds.
        seq: u64,
    },
    /// A message didn't reach the customer on this channel.
    NotSent {
        /// The channel.
        channel: usher_manifest::Channel,
        /// Why, and what to do.
        error: String,
    },
    /// A mail to the customer could not be delivered, and is given up.
    NotMailed {
        /// Why.
        error: String,
    },
    /// The helpdesk has it now.
    Filed {
        /// The helpdesk's own id.
        remote: String,
    },
    /// The helpdesk didn't take it yet.
    NotFiled {
        /// Why.
        error: String,
    },
}

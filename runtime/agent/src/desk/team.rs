//! The team: people in support, their groups, and the rules by which tickets come to them.

use crate::desk::ticket::Priority;
use crate::ids::{ConversationId, NotificationId, TicketId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use usher_host::skill::Channel;
use usher_manifest::PluginId;

/// Whether a person takes tickets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// Takes new tickets.
    Online,
    /// Takes none for now, keeps those that are theirs.
    Away,
    /// Away for longer: what comes back to their tickets goes to the team.
    OutOfOffice,
    /// Not there.
    #[default]
    Offline,
}

/// A person in support. Who may sign in is the operators' list; this is how they work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// The operator's name.
    pub name: String,
    /// What customers read.
    pub display_name: String,
    /// Where they are told of what they missed.
    pub email: Option<String>,
    /// Whether they take tickets, as they set it.
    pub availability: Availability,
    /// When an absence ends by itself.
    pub away_until: Option<Timestamp>,
    /// Open tickets that they take at most.
    pub capacity: u32,
    /// The groups that they are in.
    pub groups: BTreeSet<String>,
    /// BCP 47, primary part; empty: all.
    pub languages: BTreeSet<String>,
    /// When they were last seen at the workspace. Whoever wasn't for two minutes doesn't count as online.
    pub seen_at: Option<Timestamp>,
    /// When a ticket was last assigned to them by turns.
    pub assigned_at: Option<Timestamp>,
}

/// When a rule is meant. What isn't given fits everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RuleCondition {
    /// The skill that had the word.
    pub skill: Option<PluginId>,
    /// A tag.
    pub tag: Option<String>,
    /// BCP 47, primary part.
    pub language: Option<String>,
    /// Where it is held.
    #[serde(with = "super::channel")]
    pub channel: Option<Channel>,
    /// An answer to the operator's form: the field's name and its value.
    pub fact: Option<(String, String)>,
}

/// A rule by which a new ticket comes to a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoutingRule {
    /// What people call it.
    pub name: String,
    /// When it is meant.
    pub when: RuleCondition,
    /// The group that gets the ticket.
    pub group: String,
    /// What the ticket's priority becomes.
    #[serde(default)]
    pub priority: Option<Priority>,
}

/// How new tickets come to people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assignment {
    /// People pick them.
    #[default]
    ByHand,
    /// To those who are online and have capacity, by turns.
    RoundRobin,
}

/// A view that was saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedView {
    /// What people call it.
    pub name: String,
    /// Whose it is; none: everybody's.
    pub person: Option<String>,
    /// What it shows.
    pub filter: super::TicketFilter,
}

/// How long what lasts. All times are minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timers {
    /// A customer who is silent after a person's message is asked whether help is still needed.
    pub remind_after: u32,
    /// So long after the reminder the ticket becomes pending; none: never.
    pub pending_after: Option<u32>,
    /// So long after it became pending it is solved; none: never.
    pub solve_after: Option<u32>,
    /// So long after it was solved it is closed.
    pub close_after: u32,
    /// A person's message that the customer hasn't seen in web chat after so long is sent by e-mail.
    pub mail_after: u32,
}

impl Default for Timers {
    fn default() -> Self {
        // Closed four days after it was solved: what helpdesks do where nobody sets it.
        Self {
            remind_after: 10,
            pending_after: Some(10),
            solve_after: Some(24 * 60),
            close_after: 4 * 24 * 60,
            mail_after: 2,
        }
    }
}

/// How the built-in helpdesk works. A setting of the operator's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeskSettings {
    /// The groups that there are.
    pub groups: BTreeSet<String>,
    /// How tickets come to people.
    pub assignment: Assignment,
    /// Read in order; the first that fits is followed.
    pub rules: Vec<RoutingRule>,
    /// How long what lasts.
    pub timers: Timers,
    /// The customer is asked to rate the help when a person solves a ticket.
    pub ask_rating: bool,
    /// Also when it was solved since the customer fell silent.
    pub ask_rating_after_silence: bool,
    /// Views that were saved.
    pub views: Vec<SavedView>,
}

impl Default for DeskSettings {
    fn default() -> Self {
        Self {
            groups: BTreeSet::new(),
            assignment: Assignment::default(),
            rules: Vec::new(),
            timers: Timers::default(),
            ask_rating: true,
            ask_rating_after_silence: false,
            views: Vec::new(),
        }
    }
}

/// What a person is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    /// Its name.
    pub id: NotificationId,
    /// Whom.
    pub person: String,
    /// When.
    pub at: Timestamp,
    /// About which ticket.
    pub ticket: TicketId,
    /// About which conversation.
    pub conversation: ConversationId,
    /// What.
    pub what: Told,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

/// What a person is told of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// It is theirs now.
    Assigned,
    /// The customer wrote.
    CustomerWrote,
    /// The customer wrote after it was solved.
    Reopened,
    /// They are named in a note.
    Mentioned,
    /// It is not theirs any more.
    TakenAway,
    /// The helpdesk of a connector doesn't take tickets.
    HelpdeskDown,
}

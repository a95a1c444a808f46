//! How conversations, skills' work, questions and handoffs end, in a word each.

use serde::{Deserialize, Serialize};

/// How a conversation stands, by its latest question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being answered, or answered and not settled yet.
    Open,
    /// People have it, or were the last to.
    RoutedToTeam,
    /// The customer said that the answer helped.
    ResolvedConfirmed,
    /// Answered, and the customer wrote nothing more.
    ResolvedAssumed,
    /// Not answered completely, and the customer has left.
    Unresolved,
}

impl Status {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] =
        [Self::Open, Self::RoutedToTeam, Self::ResolvedConfirmed, Self::ResolvedAssumed, Self::Unresolved];

    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::RoutedToTeam => "routed_to_team",
            Self::ResolvedConfirmed => "resolved_confirmed",
            Self::ResolvedAssumed => "resolved_assumed",
            Self::Unresolved => "unresolved",
        }
    }

    /// The status of a word.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// What came of a skill's work in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SkillOutcome {
    /// The customer said that it helped.
    Confirmed,
    /// It answered, and the customer left, or went on to another question.
    Assumed,
    /// People went on with it.
    HandedOff,
    /// It didn't help, or wasn't answered completely.
    Unresolved,
    /// Not settled yet.
    Open,
}

impl SkillOutcome {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Confirmed, Self::Assumed, Self::HandedOff, Self::Unresolved, Self::Open];

    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Assumed => "assumed",
            Self::HandedOff => "handed_off",
            Self::Unresolved => "unresolved",
            Self::Open => "open",
        }
    }
}

/// What came of one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionOutcome {
    /// The customer said that the answer helped.
    Confirmed,
    /// Answered, and the customer wrote nothing more.
    Assumed,
    /// Answered completely, as the skill believes.
    Answered,
    /// Not answered completely yet.
    Open,
    /// Given to people.
    HandedOff,
    /// The customer said that the answer didn't help.
    NotHelped,
    /// The customer was asked to sign in.
    SignIn,
    /// The skill failed.
    Failed,
}

impl QuestionOutcome {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Confirmed,
        Self::Assumed,
        Self::Answered,
        Self::Open,
        Self::HandedOff,
        Self::NotHelped,
        Self::SignIn,
        Self::Failed,
    ];

    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Assumed => "assumed",
            Self::Answered => "answered",
            Self::Open => "open",
            Self::HandedOff => "handed_off",
            Self::NotHelped => "not_helped",
            Self::SignIn => "sign_in",
            Self::Failed => "failed",
        }
    }
}

/// How people came to a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoffMode {
    /// The assistant opened a ticket.
    Ticket,
    /// The assistant told the customer where to turn to.
    Message,
    /// A person took it over.
    TakenOver,
}

impl HandoffMode {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ticket, Self::Message, Self::TakenOver];

    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Message => "message",
            Self::TakenOver => "taken_over",
        }
    }
}

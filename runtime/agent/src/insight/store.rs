//! How figures are kept. Everything but reviews and dismissals is derived from conversations, and can be counted anew.

use super::facts::{HandoffMode, QuestionOutcome};
use super::figures::{Cell, Figure};
use super::gap::GapReason;
use crate::desk::TicketState;
use crate::ids::{ConversationId, MessageId, TicketId, TurnId};
use crate::store::Result;
use crate::turn::HandedOff;
use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use usher_host::Entry;
use usher_host::skill::Channel;
use uuid::Uuid;

/// What one call of [`InsightStore::follow`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// Conversations that were counted.
    pub conversations: usize,
    /// There is more to count: call it again.
    pub behind: bool,
}

/// How far the figures are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Every conversation is in them; false while they are counted anew.
    pub complete: bool,
    /// What was stored up to then is in them; none where that is now.
    pub until: Option<Timestamp>,
}

/// Which sums are wanted.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Of what.
    pub figures: Vec<Figure>,
    /// Where each stretch begins and the one before ends, rising; the last one is the end of the last stretch. They are cut
    /// to quarters of an hour.
    pub cuts: Vec<Timestamp>,
    /// Only there.
    pub channel: Option<Channel>,
}

/// Where a page of a list ends: the time and the name of its last entry, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its time.
    pub at: Timestamp,
    /// Its name.
    pub id: Uuid,
}

/// Which questions.
#[derive(Clone, Debug)]
pub struct QuestionFilter {
    /// That this skill took.
    pub skill: String,
    /// Asked at or after.
    pub from: Timestamp,
    /// Asked before.
    pub to: Timestamp,
    /// Only there.
    pub channel: Option<Channel>,
    /// Only those that ended so.
    pub outcome: Option<QuestionOutcome>,
}

/// A question that a skill took.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The turn that answered it.
    pub turn: TurnId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// The customer's message.
    pub message: MessageId,
    /// When it was asked.
    pub at: Timestamp,
    /// Where.
    pub channel: Channel,
    /// BCP 47.
    pub language: Option<String>,
    /// Shortened.
    pub text: String,
    /// What came of it.
    pub outcome: QuestionOutcome,
    /// How long the answer took, milliseconds; none where the message was answered before.
    pub answer_ms: Option<u64>,
}

/// Which handoffs. What isn't given fits all.
#[derive(Clone, Debug, Default)]
pub struct HandoffFilter {
    /// At or after.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
    /// Only there.
    pub channel: Option<Channel>,
    /// Why.
    pub reason: Option<HandedOff>,
    /// The skill that had the word.
    pub skill: Option<String>,
    /// How.
    pub mode: Option<HandoffMode>,
    /// Whose the ticket is, by name.
    pub person: Option<String>,
    /// How it stands.
    pub outcome: Option<HandoffOutcome>,
    /// Somebody said whether the assistant should have answered (true), or nobody (false).
    pub reviewed: Option<bool>,
    /// What they said.
    pub should_have_answered: Option<bool>,
    /// Of this conversation.
    pub conversation: Option<ConversationId>,
}

/// How it stands with what was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoffOutcome {
    /// Nobody has it yet.
    Waiting,
    /// A person has it.
    WithPerson,
    /// It waits for the customer.
    Pending,
    /// It is solved.
    Solved,
    /// It is closed.
    Closed,
    /// The assistant has the conversation again.
    HandedBack,
    /// The customer was told where to turn to; what came of it isn't known.
    Told,
}

impl HandoffOutcome {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Waiting, Self::WithPerson, Self::Pending, Self::Solved, Self::Closed, Self::HandedBack, Self::Told];

    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::WithPerson => "with_person",
            Self::Pending => "pending",
            Self::Solved => "solved",
            Self::Closed => "closed",
            Self::HandedBack => "handed_back",
            Self::Told => "told",
        }
    }
}

/// What somebody of the team thinks of a handoff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The assistant should have answered.
    pub should_have_answered: bool,
    /// In their words.
    pub note: Option<String>,
    /// Who, by name.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A conversation that people got.
#[derive(Clone, Debug, PartialEq)]
pub struct Handoff {
    /// Its name.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Which conversation.
    pub conversation: ConversationId,
    /// Where it is held.
    pub channel: Channel,
    /// BCP 47.
    pub language: Option<String>,
    /// Why.
    pub reason: HandedOff,
    /// The same in more words.
    pub detail: String,
    /// How.
    pub mode: HandoffMode,
    /// The skill that had the word.
    pub skill: Option<String>,
    /// The customer's latest question, shortened.
    pub question: Option<String>,
    /// The ticket: its name, its number, its state.
    pub ticket: Option<(TicketId, u64, TicketState)>,
    /// Whose the ticket is, by name.
    pub person: Option<String>,
    /// How it stands.
    pub outcome: HandoffOutcome,
    /// What the customer thinks of the help, 1 to 5.
    pub rating: Option<u8>,
    /// What somebody of the team thinks of it.
    pub review: Option<Review>,
}

/// Which groups of unanswered questions.
#[derive(Clone, Debug)]
pub struct GapFilter {
    /// Asked at or after.
    pub from: Timestamp,
    /// Asked before.
    pub to: Timestamp,
    /// Only there.
    pub channel: Option<Channel>,
    /// Those that were dismissed (true), or those that weren't (false).
    pub dismissed: Option<bool>,
    /// Only this one.
    pub id: Option<u64>,
}

/// A group of questions that ask for the same and weren't answered, in short.
#[derive(Clone, Debug, PartialEq)]
pub struct GapCount {
    /// Its number.
    pub id: u64,
    /// Its first question, shortened.
    pub title: String,
    /// The language of that, BCP 47.
    pub language: Option<String>,
    /// How many questions.
    pub count: u64,
    /// When the latest one was asked.
    pub latest_at: Timestamp,
    /// Who said that it is none, and when.
    pub dismissed: Option<Dismissal>,
}

/// A group with all that is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// In short.
    pub group: GapCount,
    /// In how many conversations.
    pub conversations: u64,
    /// When the first one was asked.
    pub first_at: Timestamp,
    /// By language, BCP 47.
    pub languages: BTreeMap<String, u64>,
    /// By reason.
    pub reasons: BTreeMap<GapReason, u64>,
    /// The latest questions, latest first.
    pub examples: Vec<GapExample>,
}

/// An unanswered question.
#[derive(Clone, Debug, PartialEq)]
pub struct GapExample {
    /// Shortened.
    pub text: String,
    /// When it was asked.
    pub at: Timestamp,
    /// In which conversation.
    pub conversation: ConversationId,
    /// Where.
    pub channel: Channel,
    /// BCP 47.
    pub language: Option<String>,
    /// Why it counts.
    pub reason: GapReason,
}

/// Somebody said that a group is none that needs an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dismissal {
    /// Who, by name.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Figures: how the assistant, its skills and the team do, and how they are kept.
///
/// They are never written by a turn: a turn only leaves a line that says which conversation changed, and
/// [`InsightStore::follow`] counts that conversation anew. Whoever has the store calls it every second or so.
#[async_trait]
pub trait InsightStore: Send + Sync {
    /// Counts some of the conversations that have changed. Questions that have been open since `abandoned` or longer count
    /// as unresolved. One call at a time does it; a second one meanwhile does nothing.
    async fn follow(&self, abandoned: Timestamp) -> Result<Followed>;
    /// Forgets all that was counted, and begins anew: the next calls of `follow` count it. Groups of unanswered questions
    /// keep their numbers, reviews and dismissals stay.
    async fn recount(&self) -> Result<()>;
    /// How far the figures are.
    async fn progress(&self) -> Result<Progress>;
    /// Sums by stretch, channel and subject, of what isn't zero.
    async fn sums(&self, asked: Asked) -> Result<Vec<Cell>>;
    /// When each skill was last used.
    async fn last_used(&self) -> Result<BTreeMap<String, Timestamp>>;
    /// Questions that a skill took, newest first, after `after`, at most `limit`.
    async fn questions(&self, filter: QuestionFilter, after: Option<Place>, limit: usize) -> Result<Vec<Question>>;
    /// Handoffs, newest first, after `after`, at most `limit`.
    async fn handoffs(&self, filter: HandoffFilter, after: Option<Place>, limit: usize) -> Result<Vec<Handoff>>;
    /// How many handoffs there are, by reason.
    async fn count_handoffs(&self, filter: HandoffFilter) -> Result<BTreeMap<HandedOff, u64>>;
    /// One handoff.
    async fn handoff(&self, id: Uuid) -> Result<Option<Handoff>>;
    /// Keeps what somebody thinks of a handoff, or (none) forgets it, with a line of the audit. `NotFound` where there is no
    /// such handoff.
    async fn review_handoff(&self, id: Uuid, review: Option<Review>, entry: Entry) -> Result<()>;
    /// Groups of unanswered questions, the largest first, at most `limit`.
    async fn gap_counts(&self, filter: GapFilter, limit: usize) -> Result<Vec<GapCount>>;
    /// The same with their particulars; `examples` of each at most.
    async fn gaps(&self, filter: GapFilter, limit: usize, examples: usize) -> Result<Vec<Gap>>;
    /// Dismisses a group of unanswered questions, or (none) restores it, with a line of the audit. `NotFound` where there is
    /// no such group.
    async fn dismiss_gap(&self, id: u64, dismissal: Option<Dismissal>, entry: Entry) -> Result<()>;
    /// Takes what customers said in these conversations out of lists of questions, handoffs and gaps: their messages were
    /// erased. What they added to sums stays, since nobody can be told by it.
    async fn erase(&self, conversations: Vec<ConversationId>) -> Result<()>;
}

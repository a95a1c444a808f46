//! Figures: which conversations changed (`changed`), what the store has of one (`history`), counting it (`follow`,
//! `keep`, `gaps`), and the sums and lists that are read (`sums`, `lists`).
//!
//! Whoever changes a conversation leaves a line in its own transaction. The follower reads the lines after the place that
//! it has reached, reads those conversations whole off the thread that writes, and stores what follows from them together
//! with its new place: what it takes back is what the same conversation added before, so that counting one twice changes
//! nothing.

mod changed;
mod follow;
mod gaps;
mod history;
mod keep;
mod lists;
mod sums;

pub(super) use changed::{changed, forget_followed};
pub(super) use follow::unreadable;
pub(super) use keep::erase;

use crate::column::{At, Words};
use crate::sqlite::SqliteStore;
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::BTreeMap;
use usher_agent::HandedOff;
use usher_agent::ids::ConversationId;
use usher_agent::insight::{
    Asked, Cell, Dismissal, Followed, Gap, GapCount, GapFilter, GapReason, Handoff, HandoffFilter, HandoffMode,
    HandoffOutcome, InsightStore, Place, Progress, Question, QuestionFilter, QuestionOutcome, Review,
};
use usher_agent::store::Result;
use usher_host::Entry;
use uuid::Uuid;

#[async_trait]
impl InsightStore for SqliteStore {
    async fn follow(&self, abandoned: Timestamp) -> Result<Followed> {
        follow::follow(&self.long_readers, &self.writer, abandoned).await
    }

    async fn recount(&self) -> Result<()> {
        follow::recount(&self.writer).await
    }

    async fn progress(&self) -> Result<Progress> {
        follow::progress(&self.readers).await
    }

    async fn sums(&self, asked: Asked) -> Result<Vec<Cell>> {
        sums::of(&self.long_readers, asked).await
    }

    async fn last_used(&self) -> Result<BTreeMap<String, Timestamp>> {
        lists::last_used(&self.readers).await
    }

    async fn questions(&self, filter: QuestionFilter, after: Option<Place>, limit: usize) -> Result<Vec<Question>> {
        lists::questions(&self.long_readers, filter, after, limit).await
    }

    async fn handoffs(&self, filter: HandoffFilter, after: Option<Place>, limit: usize) -> Result<Vec<Handoff>> {
        lists::handoffs(&self.long_readers, filter, after, limit).await
    }

    async fn count_handoffs(&self, filter: HandoffFilter) -> Result<BTreeMap<HandedOff, u64>> {
        lists::count_handoffs(&self.long_readers, filter).await
    }

    async fn handoff(&self, id: Uuid) -> Result<Option<Handoff>> {
        lists::handoff(&self.readers, id).await
    }

    async fn review_handoff(&self, id: Uuid, review: Option<Review>, entry: Entry) -> Result<()> {
        lists::review(&self.writer, &self.keys, id, review, entry).await
    }

    async fn gap_counts(&self, filter: GapFilter, limit: usize) -> Result<Vec<GapCount>> {
        gaps::counts(&self.long_readers, filter, limit).await
    }

    async fn gaps(&self, filter: GapFilter, limit: usize, examples: usize) -> Result<Vec<Gap>> {
        gaps::gaps(&self.long_readers, filter, limit, examples).await
    }

    async fn dismiss_gap(&self, id: u64, dismissal: Option<Dismissal>, entry: Entry) -> Result<()> {
        gaps::dismiss(&self.writer, &self.keys, id, dismissal, entry).await
    }

    async fn erase(&self, conversations: Vec<ConversationId>) -> Result<()> {
        keep::erase_all(&self.writer, conversations).await
    }
}

/// The words of a type that tells its own names.
macro_rules! words {
    ($type:ty, [$($case:ident = $word:literal),* $(,)?]) => {
        impl Words for $type {
            const WORDS: &'static [(Self, &'static str)] = &[$((Self::$case, $word)),*];
        }
    };
}

words!(
    QuestionOutcome,
    [
        Confirmed = "confirmed",
        Assumed = "assumed",
        Answered = "answered",
        Open = "open",
        HandedOff = "handed_off",
        NotHelped = "not_helped",
        SignIn = "sign_in",
        Failed = "failed",
    ]
);
words!(HandoffMode, [Ticket = "ticket", Message = "message", TakenOver = "taken_over"]);
words!(
    HandoffOutcome,
    [
        Waiting = "waiting",
        WithPerson = "with_person",
        Pending = "pending",
        Solved = "solved",
        Closed = "closed",
        HandedBack = "handed_back",
        Told = "told",
    ]
);
words!(
    GapReason,
    [
        MissingKnowledge = "missing_knowledge",
        LowConfidence = "low_confidence",
        UnsupportedRequest = "unsupported_request",
        NotHelped = "not_helped",
    ]
);
words!(
    HandedOff,
    [
        ExplicitRequest = "explicit_request",
        EscalationRule = "escalation_rule",
        SensitiveTopic = "sensitive_topic",
        Frustration = "frustration",
        MissingKnowledge = "missing_knowledge",
        UnsupportedRequest = "unsupported_request",
        SkillUnavailable = "skill_unavailable",
        AuthenticationFailed = "authentication_failed",
        PolicyRestriction = "policy_restriction",
        ToolFailure = "tool_failure",
        LowConfidence = "low_confidence",
        UnintelligibleInput = "unintelligible_input",
        TurnLimit = "turn_limit",
        OtherParticipant = "other_participant",
        SystemError = "system_error",
    ]
);

/// A limit as a column has it.
fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// The end of a page, as it is compared with; none: before everything.
fn end_of(after: Option<Place>) -> (At, Uuid) {
    after.map_or((At(Timestamp::MAX), Uuid::max()), |place| (At(place.at), place.id))
}

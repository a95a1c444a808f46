//! Figures: how the assistant, its skills and the team do, and how they are kept.
//!
//! A conversation's [`History`] is what the store has of it. [`Facts`] are what follows from that: its status, whether its
//! skills settled what they were asked, handoffs, unanswered questions, and what it adds to each [`Figure`]. An engine
//! follows what changes, keeps the sums by quarters of an hour, and answers for any [`Period`] in any zone
//! ([`InsightStore`]). [`DEFINITIONS`] says of each figure how it is counted. All of it can be counted anew from the conversations.

mod csv;
mod definitions;
mod facts;
mod figures;
mod gap;
mod history;
mod likeness;
mod period;
mod spread;
mod store;

pub use csv::{Csv, Field};
pub use definitions::{DEFINITIONS, definition};
pub use facts::{Facts, HandedOver, HandoffMode, QuestionOutcome, SkillOutcome, Status, Unanswered, UsedBy};
pub use figures::{Cell, Figure, Key, QUARTER, Sums, quarter};
pub use gap::GapReason;
pub use history::{Answered, History, Passed, Record, Said, TakenOver};
pub use likeness::{ALIKE, features};
pub use period::{Period, PeriodError, Preset, Unit};
pub use spread::{Spread, bucket, bucket_value};
pub use store::{
    Asked, Dismissal, Followed, Gap, GapCount, GapExample, GapFilter, Handoff, HandoffFilter, HandoffOutcome,
    InsightStore, Place, Progress, Question, QuestionFilter, Review,
};

//! Why a question counts as one that wasn't answered.

use crate::turn::HandedOff;
use serde::{Deserialize, Serialize};

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapReason {
    /// No skill knew an answer, or none took it.
    MissingKnowledge,
    /// The skill wasn't sure enough.
    LowConfidence,
    /// It can't be done here.
    UnsupportedRequest,
    /// The customer said that the answer didn't help.
    NotHelped,
}

impl GapReason {
    /// Of a handoff; none where knowledge would have changed nothing.
    #[must_use]
    pub fn of(reason: HandedOff) -> Option<Self> {
        match reason {
            HandedOff::MissingKnowledge => Some(Self::MissingKnowledge),
            HandedOff::LowConfidence => Some(Self::LowConfidence),
            HandedOff::UnsupportedRequest => Some(Self::UnsupportedRequest),
            _ => None,
        }
    }

    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MissingKnowledge => "missing_knowledge",
            Self::LowConfidence => "low_confidence",
            Self::UnsupportedRequest => "unsupported_request",
            Self::NotHelped => "not_helped",
        }
    }
}

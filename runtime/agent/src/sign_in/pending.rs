//! How far a customer is who signs in by writing.

use super::code::CODE_LIFE;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Most codes that are sent in an hour for one conversation.
const CODES: usize = 3;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// What is kept of signing in between two messages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningIn {
    /// What the customer is asked for; none while nobody waits for them to sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<SignInStage>,
    /// When codes were sent in the last hour, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<Timestamp>,
}

/// What a customer is asked for who signs in by writing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SignInStage {
    /// The address that they order with.
    AwaitsEmail {
        /// How often what was written was none.
        tries: u32,
        /// The conversation's last message when it was asked for: what was written before is no answer.
        since: u64,
    },
    /// The code that was sent there.
    AwaitsCode {
        /// Where it was sent, in lower case.
        email: String,
        /// When.
        sent_at: Timestamp,
        /// The conversation's last message then.
        since: u64,
    },
}

impl SigningIn {
    /// Whether nothing is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stage.is_none() && self.sent.is_empty()
    }

    /// Whether one more code may be sent for this conversation at `now`.
    #[must_use]
    pub(crate) fn may_send(&self, now: Timestamp) -> bool {
        self.sent.iter().filter(|at| now.duration_since(**at) < HOUR).count() < CODES
    }

    /// A code is sent there.
    pub(crate) fn send(&mut self, email: String, now: Timestamp, since: u64) {
        self.sent.retain(|at| now.duration_since(*at) < HOUR);
        self.sent.push(now);
        self.stage = Some(SignInStage::AwaitsCode { email, sent_at: now, since });
    }
}

impl SignInStage {
    /// The conversation's last message when this was asked for.
    pub(crate) fn since(&self) -> u64 {
        match self {
            Self::AwaitsEmail { since, .. } | Self::AwaitsCode { since, .. } => *since,
        }
    }

    /// Where a code went that can still be used at `now`.
    pub(crate) fn waits_for_code(&self, now: Timestamp) -> Option<&str> {
        match self {
            Self::AwaitsCode { email, sent_at, .. } if is_fresh(*sent_at, now) => Some(email),
            Self::AwaitsEmail { .. } | Self::AwaitsCode { .. } => None,
        }
    }
}

/// Whether a code that was sent at `sent_at` can still be used.
pub(crate) fn is_fresh(sent_at: Timestamp, now: Timestamp) -> bool {
    now < sent_at.saturating_add(CODE_LIFE).unwrap_or(sent_at)
}

/// An address as it may be shown: `a…@example.net`.
pub(crate) fn masked(email: &str) -> String {
    let (name, domain) = email.split_once('@').unwrap_or((email, ""));
    let first: String = name.chars().take(1).collect();
    format!("{first}…@{domain}")
}

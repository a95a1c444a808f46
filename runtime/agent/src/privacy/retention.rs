//! How long what customers said is kept.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The longest time that can be set, days.
const LONGEST: u32 = 3_650;

/// How long what customers said is kept. A setting of the operator's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// The words of a conversation go so many days after its last message, unless people still have a ticket of it that
    /// isn't closed; none: they stay for good.
    pub conversations_days: Option<u32>,
    /// What the audit recorded to run turns again goes after so many days; none: it stays for good. The audit's lines
    /// stay in any case.
    pub recordings_days: Option<u32>,
}

impl Default for Retention {
    fn default() -> Self {
        Self { conversations_days: None, recordings_days: Some(90) }
    }
}

impl Retention {
    /// What is wrong with it.
    ///
    /// # Errors
    /// A message for each field that can't be used.
    pub fn check(&self) -> Result<(), Vec<String>> {
        let fields = [("conversations_days", self.conversations_days), ("recordings_days", self.recordings_days)];
        let wrong: Vec<String> = fields
            .into_iter()
            .filter(|(_, days)| days.is_some_and(|days| !(1..=LONGEST).contains(&days)))
            .map(|(name, _)| format!("`{name}`: write 1 to {LONGEST} days, or nothing to keep it for good"))
            .collect();
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// Conversations whose last message is older than this are erased.
    #[must_use]
    pub fn conversations_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.conversations_days.map(|days| before(now, days))
    }

    /// Recordings older than this are dropped.
    #[must_use]
    pub fn recordings_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.recordings_days.map(|days| before(now, days))
    }
}

fn before(now: Timestamp, days: u32) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_erased_until_somebody_says_so() {
        let now = Timestamp::from_second(1_000_000_000).unwrap();
        assert_eq!(Retention::default().conversations_until(now), None);
        assert_eq!(Retention::default().recordings_until(now).unwrap().as_second(), 1_000_000_000 - 90 * 86_400);
        assert!(Retention::default().check().is_ok());
    }

    #[test]
    fn times_have_bounds() {
        let wrong = Retention { conversations_days: Some(0), recordings_days: Some(3_651) }.check().unwrap_err();
        assert_eq!(wrong.len(), 2);
        assert!(wrong[0].starts_with("`conversations_days`"));
        assert!(Retention { conversations_days: Some(1), recordings_days: None }.check().is_ok());
    }
}

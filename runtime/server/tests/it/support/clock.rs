//! A clock that is ahead of the machine's by as much as a test wants.

use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use usher_agent::Clock;

/// The machine's clock, moved ahead.
#[derive(Clone, Default)]
pub struct MovedClock {
    ahead_s: Arc<AtomicI64>,
}

impl MovedClock {
    pub fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_secs(self.ahead_s.load(Ordering::SeqCst))
    }

    pub fn advance(&self, by: SignedDuration) {
        self.ahead_s.fetch_add(by.as_secs(), Ordering::SeqCst);
    }

    pub fn tells(&self) -> Clock {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }
}

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};

/// The time that all stand-ins of one set share. It starts at a given instant and runs on with the
/// machine's own clock, so that a shop can be generated for any day; [`Clock::advance`] skips ahead, so
/// that a test need not wait for a token to expire or a bucket to refill.
#[derive(Clone, Debug)]
pub struct Clock {
    start: Timestamp,
    began: Instant,
    skipped_ms: Arc<AtomicU64>,
}

impl Clock {
    pub fn starting_at(start: Timestamp) -> Self {
        Self { start, began: Instant::now(), skipped_ms: Arc::default() }
    }

    pub fn start(&self) -> Timestamp {
        self.start
    }

    pub fn now(&self) -> Timestamp {
        let run = self.began.elapsed() + Duration::from_millis(self.skipped_ms.load(Ordering::Relaxed));
        SignedDuration::try_from(run).ok().and_then(|run| self.start.checked_add(run).ok()).unwrap_or(Timestamp::MAX)
    }

    /// Skips ahead, for every clone of this clock.
    pub fn advance(&self, by: Duration) {
        let ms = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.skipped_ms.fetch_add(ms, Ordering::Relaxed);
    }
}

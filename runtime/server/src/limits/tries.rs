//! Tries at a password: each counts until it succeeds, so that whoever types the right one is never in the way of
//! themselves, and a thousand at once don't slip through before the first has failed.

use crate::problem::{Kind, Problem};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A table with more keys than this is cleared of those that count nothing any more.
const MANY: usize = 100_000;

/// So many failures at once, and one more each time that `each` has passed.
pub(super) struct Tries<K> {
    most: u32,
    each: Duration,
    /// When all failures of a key are forgotten.
    until: Mutex<HashMap<K, Instant>>,
}

impl<K: Hash + Eq + Clone> Tries<K> {
    pub(super) fn new(most: u32, each: Duration) -> Self {
        Self { most, each, until: Mutex::default() }
    }

    /// Counts one try; refused where there were too many.
    pub(super) fn take(&self, key: &K) -> Result<(), Problem> {
        let now = Instant::now();
        let mut table = self.table();
        if table.len() > MANY {
            table.retain(|_, until| *until > now);
        }
        let until = table.entry(key.clone()).or_insert(now);
        let begin = (*until).max(now);
        let room = self.each * self.most;
        let after = begin + self.each;
        if after > now + room {
            let wait = after.duration_since(now + room);
            return Err(Problem::new(Kind::TooManyRequests)
                .detail("there were too many wrong tries")
                .fix("wait as long as `Retry-After` says")
                .retry_after(wait));
        }
        *until = after;
        Ok(())
    }

    /// It succeeded: it doesn't count.
    pub(super) fn give_back(&self, key: &K) {
        if let Some(until) = self.table().get_mut(key)
            && let Some(before) = until.checked_sub(self.each)
        {
            *until = before;
        }
    }

    pub(super) fn shrink(&self) {
        let now = Instant::now();
        let mut table = self.table();
        table.retain(|_, until| *until > now);
        table.shrink_to_fit();
    }

    fn table(&self) -> MutexGuard<'_, HashMap<K, Instant>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    #[test]
    fn failures_count_and_successes_dont() {
        let tries = Tries::new(3, LONG);
        for _ in 0..10 {
            assert!(tries.take(&"ana").is_ok());
            tries.give_back(&"ana");
        }
        for _ in 0..3 {
            assert!(tries.take(&"ana").is_ok());
        }
        assert!(tries.take(&"ana").is_err());
        assert!(tries.take(&"ben").is_ok(), "each has their own");
        tries.shrink();
        assert!(tries.take(&"ana").is_err(), "nothing that counts is forgotten");
        tries.give_back(&"ana");
        assert!(tries.take(&"ana").is_ok());
    }

    #[test]
    fn time_forgives() {
        let tries = Tries::new(1, Duration::from_millis(20));
        assert!(tries.take(&"ana").is_ok());
        let end = Instant::now() + Duration::from_secs(30);
        while tries.take(&"ana").is_err() {
            assert!(Instant::now() < end, "never forgiven");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

//! How many codes go to one address, whoever asks for them. Kept in memory: after a restart each conversation's own limit
//! still holds.

use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// With more addresses than this those of which nothing counts any more are forgotten.
const MANY: usize = 10_000;

/// The codes of the last hour, by address.
#[derive(Debug, Default)]
pub(crate) struct CodesSent(Mutex<HashMap<String, Vec<Timestamp>>>);

impl CodesSent {
    /// Counts one more code to an address.
    ///
    /// # Errors
    /// How long to wait, where there were `most` within the hour before `now`.
    pub(crate) fn take(&self, email: &str, most: u32, now: Timestamp) -> Result<(), SignedDuration> {
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = |at: &Timestamp| now.duration_since(*at) < HOUR;
        if sent.len() > MANY {
            sent.retain(|_, times| times.iter().any(counts));
        }
        let times = sent.entry(email.to_lowercase()).or_default();
        times.retain(counts);
        let most = usize::try_from(most.max(1)).unwrap_or(usize::MAX);
        match times.len().checked_sub(most) {
            // The oldest of those that count at most is the first to make room.
            Some(over) => Err(times.get(over).map_or(HOUR, |at| HOUR - now.duration_since(*at))),
            None => {
                times.push(now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gets_so_many_an_hour() {
        let (sent, begin) = (CodesSent::default(), Timestamp::UNIX_EPOCH);
        let at = |minutes: i64| begin + SignedDuration::from_mins(minutes);
        let wait = |minutes| Err(SignedDuration::from_mins(minutes));
        assert_eq!((sent.take("a@example.net", 2, at(0)), sent.take("A@Example.net", 2, at(10))), (Ok(()), Ok(())));
        assert_eq!(sent.take("a@example.net", 2, at(59)), wait(1));
        assert_eq!(sent.take("b@example.net", 2, at(59)), Ok(()), "another's");
        assert_eq!((sent.take("a@example.net", 2, at(60)), sent.take("a@example.net", 2, at(61))), (Ok(()), wait(9)));
    }
}

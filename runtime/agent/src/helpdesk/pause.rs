//! How long a job waits after a failure, and how often it is tried.

use jiff::SignedDuration;
use uuid::Uuid;

/// The first pause; it doubles each time.
const FIRST: SignedDuration = SignedDuration::from_secs(5);
const LONGEST: SignedDuration = SignedDuration::from_mins(15);
/// A job that wasn't done after this long is given up.
const PATIENCE: SignedDuration = SignedDuration::from_hours(3 * 24);
/// After this long the customer and the team are told.
const QUIET: SignedDuration = SignedDuration::from_mins(1);

/// The pause after so many failures, by chance a fifth shorter or longer, so that what failed together isn't tried
/// together.
pub(super) fn after(failures: u32) -> SignedDuration {
    let pause = plain(failures);
    // The last bytes of a v4 are chance.
    let chance = f64::from(u16::from_le_bytes([Uuid::new_v4().as_bytes()[14], Uuid::new_v4().as_bytes()[15]]));
    let factor = 0.8 + 0.4 * chance / f64::from(u16::MAX);
    SignedDuration::try_from_secs_f64(pause.as_secs_f64() * factor).unwrap_or(pause)
}

fn plain(failures: u32) -> SignedDuration {
    let doubled = FIRST.checked_mul(1 << failures.saturating_sub(1).min(16));
    doubled.unwrap_or(LONGEST).min(LONGEST)
}

/// For how long a job has been tried that failed so often: counted by its pauses and not by a clock, so that it holds
/// over restarts and doesn't run on while nothing runs.
fn tried_for(failures: u32) -> SignedDuration {
    let mut sum = SignedDuration::ZERO;
    for failure in 1..failures {
        sum = sum.saturating_add(plain(failure));
        if sum > PATIENCE {
            break;
        }
    }
    sum
}

/// Whether a job that failed so often is given up.
pub(super) fn is_over(failures: u32) -> bool {
    tried_for(failures) >= PATIENCE
}

/// Whether it failed for so long that people are told.
pub(super) fn is_long(failures: u32) -> bool {
    tried_for(failures) >= QUIET
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_quarter_of_an_hour() {
        for failures in 1..400 {
            let pause = after(failures);
            assert!(pause >= SignedDuration::from_secs(4), "{failures}: {pause}");
            assert!(pause <= SignedDuration::from_mins(18), "{failures}: {pause}");
        }
        assert!(after(1) <= SignedDuration::from_secs(6));
        assert!(after(20) >= SignedDuration::from_mins(12));
        assert!(after(u32::MAX) >= SignedDuration::from_mins(12));
    }

    #[test]
    fn people_are_told_after_a_minute_and_it_is_given_up_after_three_days() {
        // 5 + 10 + 20 + 40 seconds lie before the fifth.
        assert!(!is_long(4));
        assert!(is_long(5));
        let last = (1..).find(|failures| is_over(*failures)).unwrap();
        let (pauses, short) = (tried_for(last), tried_for(last - 1));
        assert!(pauses >= SignedDuration::from_hours(72) && short < SignedDuration::from_hours(72), "{last}");
        assert!(is_over(u32::MAX));
    }
}

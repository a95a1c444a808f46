//! When a delivery that failed is tried again.

use jiff::{SignedDuration, Timestamp};

/// The pauses after each failed attempt, as <https://www.standardwebhooks.com> recommends them: eight attempts within
/// 27 hours and 35 minutes.
const PAUSES: [SignedDuration; 7] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(5),
    SignedDuration::from_hours(10),
    SignedDuration::from_hours(10),
];

/// So often a delivery is tried before it is given up.
pub const MOST_ATTEMPTS: u32 = 8;

/// An endpoint that took nothing for so long is switched off.
pub const SWITCHED_OFF_AFTER: SignedDuration = SignedDuration::from_hours(3 * 24);

/// No receiver can have us wait for longer.
const LONGEST_WISH: SignedDuration = SignedDuration::from_hours(12);

/// When a delivery is tried again that failed at `now` and may be tried `left` times more; none: it is given up. The
/// receiver may wish for a longer pause (`Retry-After`, seconds); `chance` (0 to 1) spreads attempts that failed at the
/// same time over a tenth of the pause.
#[must_use]
pub fn next_attempt(now: Timestamp, left: u32, wish_s: Option<u64>, chance: f64) -> Option<Timestamp> {
    let failed = usize::try_from(MOST_ATTEMPTS.saturating_sub(left)).unwrap_or(usize::MAX);
    let pause = *PAUSES.get(failed.checked_sub(1)?)?;
    let spread = pause.mul_f64(0.1 * chance.clamp(0.0, 1.0));
    let wish = wish_s.map(|wish| SignedDuration::from_secs(i64::try_from(wish).unwrap_or(i64::MAX)).min(LONGEST_WISH));
    let pause = (pause + spread).max(wish.unwrap_or_default());
    Some(now.saturating_add(pause).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_attempts_take_about_a_day() {
        let begin: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        let mut times = vec![begin];
        let mut left = MOST_ATTEMPTS - 1;
        while let Some(next) = next_attempt(times[times.len() - 1], left, None, 0.0) {
            assert!(times.len() < 20, "it never ends");
            times.push(next);
            left -= 1;
        }
        assert_eq!((times.len(), left), (8, 0));
        let hours = times[7].duration_since(begin).as_hours();
        assert!((24..=30).contains(&hours), "{hours} hours");
        assert!(times.windows(3).all(|three| three[2].duration_since(three[1]) >= three[1].duration_since(three[0])));
    }

    #[test]
    fn a_receiver_may_wish_for_a_longer_pause_and_not_a_shorter_one() {
        let now = Timestamp::UNIX_EPOCH;
        let after = |wish| next_attempt(now, 7, wish, 0.0).unwrap().duration_since(now).as_secs();
        assert_eq!((after(None), after(Some(1)), after(Some(60))), (5, 5, 60));
        assert_eq!(after(Some(u64::MAX)), 12 * 3600);
        let late = next_attempt(now, 6, None, 1.0).unwrap().duration_since(now).as_secs();
        assert_eq!(late, 330);
    }
}

//! How business hours stand at a moment, and when that changes.

use super::BusinessHours;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};

/// So many days ahead is looked for a change.
const AHEAD: i64 = 400;

/// How it stands at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// People are there.
    pub open: bool,
    /// When that changes next; none where it doesn't within the next 400 days.
    pub changes_at: Option<Timestamp>,
}

impl BusinessHours {
    /// How it stands at a moment; `shop_zone` is the shop's own zone (IANA name).
    ///
    /// An interval begins when the shop's clock first reads its begin or later, and ends when it first reads its end or
    /// later: where the clock goes forward over one of them, that is the moment at which it does, and where the clock
    /// goes back, the first of the two.
    #[must_use]
    pub fn at(&self, now: Timestamp, shop_zone: &str) -> Opening {
        if self.weekly.is_empty() && self.holidays.is_empty() {
            return Opening { open: true, changes_at: None };
        }
        // A name that can't be read was refused when it was set; a zone may still be gone with the system's data.
        let zone = TimeZone::get(self.zone(shop_zone)).or_else(|_| TimeZone::get(shop_zone)).unwrap_or(TimeZone::UTC);
        let today = now.to_zoned(zone.clone()).date();
        let mut open_until: Option<Timestamp> = None;
        for days in -2..=AHEAD {
            let Ok(day) = today.checked_add(days.days()) else { break };
            let mut spans: Vec<_> = self
                .on(day)
                .iter()
                .filter_map(|interval| {
                    let ends_on = if interval.past_midnight() { day.tomorrow().ok()? } else { day };
                    let from = first_at(&zone, day.to_datetime(interval.from))?;
                    Some((from, first_at(&zone, ends_on.to_datetime(interval.until))?))
                })
                .filter(|(from, until)| from < until && now < *until)
                .collect();
            spans.sort_unstable();
            for (from, until) in spans {
                match open_until {
                    Some(open) if from <= open => open_until = Some(open.max(until)),
                    Some(open) => return Opening { open: true, changes_at: Some(open) },
                    None if from <= now => open_until = Some(until),
                    None => return Opening { open: false, changes_at: Some(from) },
                }
            }
        }
        // What reaches the last day that was looked at may go on after it.
        let horizon = today
            .checked_add(AHEAD.days())
            .ok()
            .and_then(|day| first_at(&zone, day.to_datetime(jiff::civil::Time::midnight())));
        let changes_at = open_until.filter(|until| horizon.is_some_and(|horizon| *until < horizon));
        Opening { open: open_until.is_some(), changes_at }
    }
}

/// The first moment at which a clock reads this or later.
fn first_at(zone: &TimeZone, clock: DateTime) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(clock);
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(clock).ok(),
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(clock).ok(),
        AmbiguousOffset::Gap { after, .. } => {
            // Read with the offset that holds after the change, it lies before the change.
            let before_change = after.to_timestamp(clock).ok()?;
            zone.following(before_change).next().map(|change| change.timestamp())
        }
    }
}

//! Days, and a subscription's rhythm.

use std::fmt;

use usher_sdk::connector::Timestamp;

const DAY: i64 = 86_400_000;

/// A day of the calendar, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(i64);

/// The unit in which a rhythm is counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Unit {
    Day,
    Week,
    Month,
    Year,
}

impl Day {
    /// `2026-11-30`, and the day of `2026-11-30T00:00:00`, which older versions write. None for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let day = text.trim();
        let day = if day.len() > 10 { day.get(..10).filter(|_| day.as_bytes()[10] == b'T')? } else { day };
        Some(Self::of(Timestamp::parse(&format!("{day}T00:00:00Z"))?))
    }

    /// The day in UTC.
    pub(crate) fn of(at: Timestamp) -> Self {
        Day(at.unix_milliseconds().div_euclid(DAY))
    }

    /// Today in UTC. The shop's day may be one more or less.
    pub(crate) fn today() -> Self {
        Self::of(Timestamp::now())
    }

    pub(crate) fn plus_days(self, days: i64) -> Self {
        Day(self.0 + days)
    }

    /// So many units before. In a shorter month it is the last day.
    pub(crate) fn before(self, unit: Unit, count: i64) -> Self {
        let months = match unit {
            Unit::Day => return self.plus_days(-count),
            Unit::Week => return self.plus_days(-7 * count),
            Unit::Month => count,
            Unit::Year => 12 * count,
        };
        let shown = self.to_string();
        let part = |range: std::ops::Range<usize>| shown.get(range).and_then(|part| part.parse::<i64>().ok());
        let (Some(year), Some(month), Some(day)) = (part(0..4), part(5..7), part(8..10)) else { return self };
        let month = year * 12 + month - 1 - months;
        let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        let parsed = (1..=day).rev().find_map(|day| Self::parse(&format!("{year:04}-{month:02}-{day:02}")));
        parsed.unwrap_or(self)
    }

    /// How many days from the other to this, in either direction.
    pub(crate) fn distance(self, other: Self) -> i64 {
        (self.0 - other.0).abs()
    }
}

/// `2026-11-30`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let epoch = Timestamp::parse("1970-01-01T00:00:00Z").ok_or(fmt::Error)?;
        let since = std::time::Duration::from_secs(self.0.unsigned_abs() * 86_400);
        let at = if self.0 < 0 { epoch.minus(since) } else { epoch.plus(since) };
        f.write_str(at.to_string().get(..10).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn days_come_back_as_they_were() {
        for text in ["1969-12-31", "1970-01-01", "2026-11-30", "2028-02-29"] {
            assert_eq!(day(text).to_string(), text);
        }
        assert_eq!(day("2026-11-30T00:00:00"), day("2026-11-30"));
        for wrong in ["", "2026-02-30", "soon", "30/11/2026", "2026-11-30 00:00", "2026-1-1", "2026-11-3é"] {
            assert_eq!(Day::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_rhythm_is_counted_back() {
        assert_eq!(day("2026-03-31").before(Unit::Month, 1), day("2026-02-28"));
        assert_eq!(day("2026-01-15").before(Unit::Month, 2), day("2025-11-15"));
        assert_eq!(day("2028-02-29").before(Unit::Year, 1), day("2027-02-28"));
        assert_eq!(day("2026-03-01").before(Unit::Week, 4), day("2026-02-01"));
        assert_eq!(day("2026-03-01").before(Unit::Day, 1), day("2026-02-28"));
        assert_eq!(day("2026-03-01").distance(day("2026-02-26")), 3);
    }
}

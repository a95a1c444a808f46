//! Instants, as the contract and most providers write them.

use std::fmt;
use std::time::Duration;

use super::host;

const DAY: i64 = 86_400_000;

/// An instant in UTC, to the millisecond.
///
/// ```
/// use usher_sdk::connector::Timestamp;
/// let placed = Timestamp::parse("2026-09-02T12:11:10+02:00").unwrap();
/// assert_eq!(placed.to_string(), "2026-09-02T10:11:10.000Z");
/// assert!(placed < Timestamp::parse("2026-09-02T10:11:10.5Z").unwrap());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Since 1970-01-01T00:00:00Z.
    milliseconds: i64,
}

impl Timestamp {
    /// The runtime's clock.
    pub fn now() -> Self {
        Self::parse(&host::now()).unwrap_or(Timestamp { milliseconds: 0 })
    }

    /// Reads RFC 3339, with any offset, the date and the time both present. None for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, rest) = (text.get(..10)?, text.get(10..)?);
        let time = rest.strip_prefix(['T', 't', ' '])?;
        if date.as_bytes()[4] != b'-' || date.as_bytes()[7] != b'-' {
            return None;
        }
        let mut date = date.split('-').map(digits);
        let day = day_number(date.next()??, date.next()??, date.next()??)?;

        let zone_at = time.find(['Z', 'z', '+', '-'])?;
        let (clock, zone) = time.split_at(zone_at);
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
        let mut parts = clock.split(':').map(digits);
        let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
        if parts.next().is_some() || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        digits(fraction)?;
        let millis = digits(&format!("{fraction:0<3}")[..3])?;
        let milliseconds = day * DAY + ((hour * 60 + minute) * 60 + second) * 1000 + millis - offset(zone)?;
        Some(Timestamp { milliseconds })
    }

    /// Reads the date of an HTTP header: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7, preferred form).
    pub fn parse_http_date(text: &str) -> Option<Self> {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let mut words = text.trim().strip_suffix(" GMT")?.split_once(", ")?.1.split(' ');
        let (day, month, year, time) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let month = MONTHS.iter().position(|name| *name == month)? + 1;
        Self::parse(&format!("{year}-{month:02}-{day}T{time}Z"))
    }

    /// Since 1970-01-01T00:00:00Z.
    pub fn unix_milliseconds(self) -> i64 {
        self.milliseconds
    }

    /// This much earlier.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Timestamp { milliseconds: self.milliseconds.saturating_sub(milliseconds(duration)) }
    }

    /// This much later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Timestamp { milliseconds: self.milliseconds.saturating_add(milliseconds(duration)) }
    }

    /// The time from `earlier` until this; zero where that isn't earlier.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(self.milliseconds.saturating_sub(earlier.milliseconds)).unwrap_or(0))
    }
}

/// RFC 3339, UTC, to the millisecond.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (day, rest) = (self.milliseconds.div_euclid(DAY), self.milliseconds.rem_euclid(DAY));
        let (year, month, day) = civil(day);
        let (hour, minute, second, millis) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn digits(text: &str) -> Option<i64> {
    let all_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| text.parse().ok()).flatten()
}

/// Milliseconds that `+02:00` is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let (hours, minutes) = (digits(hours)?, digits(minutes)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let ahead = (hours * 60 + minutes) * 60_000;
    Some(if zone.starts_with('-') { -ahead } else { ahead })
}

/// Days since 1970-01-01 of a day of the proleptic Gregorian calendar, counted in years that begin in March.
fn day_number(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

/// The inverse of [`day_number`].
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted_month + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_four_centuries_comes_back() {
        for days in -146_097..146_097 {
            let (year, month, day) = civil(days);
            assert_eq!(day_number(year, month, day), Some(days));
        }
        assert_eq!(civil(0), (1970, 1, 1));
    }

    #[test]
    fn reads_what_providers_write() {
        let utc = |text: &str| Timestamp::parse(text).map(|t| t.to_string());
        assert_eq!(utc("2026-09-02T10:11:12Z").as_deref(), Some("2026-09-02T10:11:12.000Z"));
        assert_eq!(utc("2026-01-01T00:30:00.123456+01:00").as_deref(), Some("2025-12-31T23:30:00.123Z"));
        assert_eq!(utc("2028-02-29T23:59:59-05:30").as_deref(), Some("2028-03-01T05:29:59.000Z"));
        let http = Timestamp::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").map(|t| t.to_string());
        assert_eq!(http.as_deref(), Some("1994-11-06T08:49:37.000Z"));
    }

    #[test]
    fn refuses_what_is_no_instant() {
        for text in [
            "",
            "2026-09-02",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-09-02T24:00:00Z",
            "2026-09-02T10:11:12",
            "2026-09-02T10:11:12.Z",
            "2026-09-02T10:11:12+2",
            "äöüäöüäöüä",
            "2026-09-02T1é:11:12Z",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }
}

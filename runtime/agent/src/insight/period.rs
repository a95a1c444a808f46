//! The stretch of time that figures are of: days in a zone.

use super::figures::QUARTER;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use std::fmt;
use std::str::FromStr;

/// Most days of a period.
const MOST_DAYS: i32 = 366;

/// A period by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Preset {
    /// The day that it is.
    Today,
    /// The day before.
    Yesterday,
    /// Today and the days before it, so many together.
    Days(u8),
}

impl Preset {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 6] =
        [Self::Today, Self::Yesterday, Self::Days(7), Self::Days(14), Self::Days(30), Self::Days(90)];
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Today => f.write_str("today"),
            Self::Yesterday => f.write_str("yesterday"),
            Self::Days(days) => write!(f, "{days}d"),
        }
    }
}

impl FromStr for Preset {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let known = Self::ALL.into_iter().find(|preset| preset.to_string() == text);
        known.ok_or_else(|| PeriodError::UnknownRange(text.to_owned()))
    }
}

/// What the stretches of a period are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Hours of one day.
    Hour,
    /// Days.
    Day,
}

/// What is wrong with a period that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// No such range.
    #[error("`range`: `{0}` is none of today, yesterday, 7d, 14d, 30d and 90d")]
    UnknownRange(String),
    /// No such zone.
    #[error("`zone`: `{0}` is no zone of the time zone database")]
    UnknownZone(String),
    /// The end is before the begin.
    #[error("`to`: {to} is before `from`, {from}")]
    Backwards {
        /// The first day.
        from: Date,
        /// The last day.
        to: Date,
    },
    /// Too many days.
    #[error("{0} days are more than the {MOST_DAYS} that figures are told of at once")]
    TooLong(i32),
    /// Beyond what a calendar has.
    #[error("the days are beyond what can be counted")]
    Beyond,
}

/// Days in a zone, cut into stretches.
#[derive(Clone, Debug)]
pub struct Period {
    /// By which name it was asked for.
    pub preset: Option<Preset>,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The zone.
    pub zone: TimeZone,
    /// Its name.
    pub zone_name: String,
    /// Hours where it is one day.
    pub unit: Unit,
    /// Where each stretch begins, and the end of the last one.
    pub cuts: Vec<Timestamp>,
}

impl Period {
    /// Days by name, as of `now`.
    ///
    /// # Errors
    /// Where there is no such zone.
    pub fn of_preset(preset: Preset, zone: &str, now: Timestamp) -> Result<Self, PeriodError> {
        let found = zone_of(zone)?;
        let today = now.to_zoned(found).date();
        let back = |days: i64| today.checked_sub(days.days()).map_err(|_| PeriodError::Beyond);
        let (from, to) = match preset {
            Preset::Today => (today, today),
            Preset::Yesterday => (back(1)?, back(1)?),
            Preset::Days(days) => (back(i64::from(days) - 1)?, today),
        };
        Ok(Self { preset: Some(preset), ..Self::of_days(from, to, zone)? })
    }

    /// These days, both with all that is in them.
    ///
    /// # Errors
    /// Where there is no such zone, the days are the wrong way round, or too many.
    pub fn of_days(from: Date, to: Date, zone: &str) -> Result<Self, PeriodError> {
        let found = zone_of(zone)?;
        if to < from {
            return Err(PeriodError::Backwards { from, to });
        }
        let days = (to - from).get_days() + 1;
        if days > MOST_DAYS {
            return Err(PeriodError::TooLong(days));
        }
        let mut cuts = Vec::new();
        for day in 0..=i64::from(days) {
            let day = from.checked_add(day.days()).map_err(|_| PeriodError::Beyond)?;
            cuts.push(begin_of(day, &found)?);
        }
        let unit = if days == 1 { Unit::Hour } else { Unit::Day };
        if unit == Unit::Hour {
            cuts = hours(cuts[0], cuts[1]);
        }
        Ok(Self { preset: None, from, to, zone: found, zone_name: zone.to_owned(), unit, cuts })
    }

    /// The first moment.
    #[must_use]
    pub fn starts_at(&self) -> Timestamp {
        self.cuts.first().copied().unwrap_or_default()
    }

    /// The moment after the last.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        self.cuts.last().copied().unwrap_or_default()
    }

    /// How many stretches it has.
    #[must_use]
    pub fn stretches(&self) -> usize {
        self.cuts.len().saturating_sub(1)
    }

    /// What stands below a stretch: the day, or the hour on the zone's clock.
    #[must_use]
    pub fn label(&self, stretch: usize) -> String {
        let begin = self.cuts.get(stretch).copied().unwrap_or_default().to_zoned(self.zone.clone());
        match self.unit {
            Unit::Hour => begin.strftime("%H:%M").to_string(),
            Unit::Day => begin.date().to_string(),
        }
    }

    /// As many days right before. Where this one isn't over at `now`, it ends at the same time of the day: half a day is
    /// compared with half a day.
    ///
    /// # Errors
    /// Where there are no earlier days.
    pub fn before(&self, now: Timestamp) -> Result<Self, PeriodError> {
        let days = i64::from((self.to - self.from).get_days()) + 1;
        let back = |day: Date| day.checked_sub(days.days()).map_err(|_| PeriodError::Beyond);
        let mut before = Self::of_days(back(self.from)?, back(self.to)?, &self.zone_name)?;
        let last = begin_of(self.to, &self.zone)?;
        if last <= now && now < self.ends_at() {
            let end = begin_of(before.to, &self.zone)?.saturating_add(now.duration_since(last));
            let end = quarter_up(end.unwrap_or(now)).min(before.ends_at());
            before.cuts.retain(|cut| *cut < end);
            before.cuts.push(end);
        }
        Ok(before)
    }
}

fn zone_of(name: &str) -> Result<TimeZone, PeriodError> {
    TimeZone::get(name).map_err(|_| PeriodError::UnknownZone(name.to_owned()))
}

/// The first moment of a day: not midnight where the clock jumps over it.
fn begin_of(day: Date, zone: &TimeZone) -> Result<Timestamp, PeriodError> {
    let begin = day.to_zoned(zone.clone()).and_then(|midnight| midnight.start_of_day());
    begin.map(|begin| begin.timestamp()).map_err(|_| PeriodError::Beyond)
}

fn hours(from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
    let mut cuts = vec![from];
    let mut next = from;
    while let Ok(hour) = next.checked_add(SignedDuration::from_hours(1)) {
        if hour >= to {
            break;
        }
        cuts.push(hour);
        next = hour;
    }
    cuts.push(to);
    cuts
}

fn quarter_up(at: Timestamp) -> Timestamp {
    let second = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
    let quarters = second.div_euclid(QUARTER) + i64::from(second.rem_euclid(QUARTER) > 0);
    Timestamp::from_second(quarters * QUARTER).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn seven_days_are_today_and_the_six_before() {
        let period = Period::of_preset(Preset::Days(7), "Europe/Stockholm", at("2026-11-22T23:30:00Z")).unwrap();
        assert_eq!((period.from.to_string(), period.to.to_string()), ("2026-11-17".into(), "2026-11-23".into()));
        assert_eq!((period.stretches(), period.label(0)), (7, "2026-11-17".to_owned()));
        assert_eq!(period.starts_at(), at("2026-11-16T23:00:00Z"));
    }

    #[test]
    fn a_day_on_which_the_clock_goes_back_has_25_hours() {
        let period = Period::of_days("2026-10-25".parse().unwrap(), "2026-10-25".parse().unwrap(), "Europe/Paris");
        let period = period.unwrap();
        assert_eq!((period.unit, period.stretches()), (Unit::Hour, 25));
        assert_eq!([2, 3].map(|hour| period.label(hour)), ["02:00", "02:00"]);
    }

    #[test]
    fn half_a_day_is_compared_with_half_a_day() {
        let now = at("2026-11-22T09:10:00Z");
        let period = Period::of_preset(Preset::Today, "Asia/Kolkata", now).unwrap();
        assert_eq!(period.starts_at(), at("2026-11-21T18:30:00Z"));
        let before = period.before(now).unwrap();
        assert_eq!((before.starts_at(), before.ends_at()), (at("2026-11-20T18:30:00Z"), at("2026-11-21T09:15:00Z")));
        let over = Period::of_preset(Preset::Yesterday, "Asia/Kolkata", now).unwrap();
        assert_eq!(over.before(now).unwrap().ends_at(), over.starts_at());
    }

    #[test]
    fn a_day_without_midnight_begins_when_it_begins() {
        // Beirut goes forward at midnight.
        let day: Date = "2026-03-29".parse().unwrap();
        let period = Period::of_days(day, day, "Asia/Beirut").unwrap();
        assert_eq!((period.starts_at(), period.stretches()), (at("2026-03-28T22:00:00Z"), 23));
    }

    #[test]
    fn what_cant_be_is_refused() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let of = |from, to, zone| Period::of_days(day(from), day(to), zone).unwrap_err();
        assert!(matches!(of("2026-02-01", "2026-01-01", "UTC"), PeriodError::Backwards { .. }));
        assert_eq!(of("2020-01-01", "2026-01-01", "UTC"), PeriodError::TooLong(2193));
        assert!(matches!(of("2026-01-01", "2026-01-01", "Mars/Olympus"), PeriodError::UnknownZone(_)));
        assert!(matches!("8d".parse::<Preset>(), Err(PeriodError::UnknownRange(_))));
    }
}

//! Business hours: several intervals a day, past midnight, holidays, daylight saving.

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What days are called, from Monday on.
pub const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// From then until then, on the shop's clock. One that ends at or before its begin ends on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// Its first moment.
    pub from: Time,
    /// Its end.
    pub until: Time,
}

impl Interval {
    /// From midnight to midnight.
    pub(super) const WHOLE_DAY: Self = Self { from: Time::midnight(), until: Time::midnight() };

    /// It ends on the day after the one that it begins on.
    #[must_use]
    pub fn past_midnight(self) -> bool {
        self.until <= self.from
    }
}

/// Days with hours of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// What people call it.
    pub name: String,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// Every year; the year of the first day then counts for nothing.
    #[serde(default)]
    pub every_year: bool,
    /// When people are there all the same; empty: not at all.
    #[serde(default)]
    pub intervals: Vec<Interval>,
}

impl Holiday {
    /// Whether a day belongs to it.
    #[must_use]
    pub fn holds(&self, day: Date) -> bool {
        if !self.every_year {
            return (self.from..=self.until).contains(&day);
        }
        // Compared by parts, since the 29th of February isn't a day in every year.
        let parts = |day: Date, year: i16| (year, day.month(), day.day());
        let years = self.until.year() - self.from.year();
        let day_is = |began: i16| {
            let now = parts(day, day.year());
            parts(self.from, began) <= now && now <= parts(self.until, began + years)
        };
        (0..=years).any(|back| day_is(day.year() - back))
    }
}

/// When people are there. A setting of the operator's.
///
/// An interval belongs to the day that it begins on: one that began before a holiday and runs past midnight goes on until
/// its end, and one of a holiday's own that runs past midnight reaches into the day after it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BusinessHours {
    /// IANA name; none: the shop's.
    pub time_zone: Option<String>,
    /// By day ([`DAYS`]), those that begin on it. Without a single day people are always there, but for holidays.
    pub weekly: BTreeMap<String, Vec<Interval>>,
    /// Days with hours of their own; where a day belongs to several, the first counts.
    pub holidays: Vec<Holiday>,
}

impl BusinessHours {
    /// The zone that they are read in.
    #[must_use]
    pub fn zone<'a>(&'a self, shop_zone: &'a str) -> &'a str {
        self.time_zone.as_deref().unwrap_or(shop_zone)
    }

    /// The intervals that begin on a day.
    pub(super) fn on(&self, day: Date) -> &[Interval] {
        if let Some(holiday) = self.holidays.iter().find(|holiday| holiday.holds(day)) {
            return &holiday.intervals;
        }
        if self.weekly.is_empty() {
            return &[Interval::WHOLE_DAY];
        }
        let name = DAYS[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())];
        self.weekly.get(name).map_or(&[], Vec::as_slice)
    }
}

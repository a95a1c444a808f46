//! What is wrong with business hours that somebody wrote.

use super::{BusinessHours, DAYS, Holiday, Interval};
use jiff::civil::Time;
use jiff::tz::TimeZone;

/// Intervals of one day.
const MOST_INTERVALS: usize = 12;
/// Holidays.
const MOST_HOLIDAYS: usize = 400;
const DAY: i64 = 24 * 3600;

impl BusinessHours {
    /// Whether they can be used.
    ///
    /// # Errors
    /// All that is wrong: each message names the field and says how to mend it.
    pub fn check(&self) -> Result<(), Vec<String>> {
        let mut wrong = Vec::new();
        if let Some(zone) = &self.time_zone
            && TimeZone::get(zone).is_err()
        {
            wrong.push(format!("`time_zone`: `{zone}` is not a time zone; write it like `Europe/Berlin`"));
        }
        for (day, intervals) in &self.weekly {
            if DAYS.contains(&day.as_str()) {
                each(&format!("weekly.{day}"), intervals, &mut wrong);
            } else {
                wrong.push(format!("`weekly.{day}`: `{day}` is no day; {}", meant(day)));
            }
        }
        self.check_week(&mut wrong);
        if self.holidays.len() > MOST_HOLIDAYS {
            let count = self.holidays.len();
            wrong.push(format!(
                "`holidays`: there are {count}; keep at most {MOST_HOLIDAYS}, and drop those that are over"
            ));
        }
        for (index, holiday) in self.holidays.iter().enumerate() {
            check_holiday(&format!("holidays.{index}"), holiday, &mut wrong);
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// Overlaps within a day, from one day into the next, and from Sunday into Monday.
    fn check_week(&self, wrong: &mut Vec<String>) {
        let mut spans: Vec<(i64, i64, &str, Interval)> = Vec::new();
        for (number, day) in (0..).zip(DAYS) {
            for interval in self.weekly.get(day).into_iter().flatten() {
                let from = number * DAY + seconds(interval.from);
                spans.push((from, from + length(*interval), day, *interval));
            }
        }
        spans.sort_by_key(|(from, ..)| *from);
        let week = 7 * DAY;
        let again = spans.first().map(|(from, until, day, interval)| (from + week, until + week, *day, *interval));
        let several = spans.len() > 1;
        for (one, other) in spans.iter().zip(spans.iter().skip(1).chain(again.as_ref().filter(|_| several))) {
            if other.0 < one.1 {
                wrong.push(overlap(&format!("weekly.{}", one.2), one.3, &format!("`weekly.{}`", other.2), other.3));
            }
        }
    }
}

fn check_holiday(key: &str, holiday: &Holiday, wrong: &mut Vec<String>) {
    let Holiday { name, from, until, every_year, intervals } = holiday;
    if name.trim().is_empty() {
        wrong.push(format!("`{key}.name`: it is empty; write what people call it"));
    }
    if until < from {
        wrong.push(format!("`{key}`: it ends on {until}, before it begins on {from}; put the earlier day into `from`"));
    } else if *every_year && from.duration_until(*until).as_hours() >= 365 * 24 {
        wrong
            .push(format!("`{key}`: it comes every year and is longer than one; shorten it, or take `every_year` out"));
    }
    each(key, intervals, wrong);
    let mut sorted = intervals.clone();
    sorted.sort_by_key(|interval| interval.from);
    for (one, other) in sorted.iter().zip(sorted.iter().skip(1)) {
        if seconds(other.from) < seconds(one.from) + length(*one) {
            wrong.push(overlap(key, *one, "the same holiday", *other));
        }
    }
    // On several days each day's last interval meets the next day's first.
    if let (true, [first, .., last]) = (from < until, sorted.as_slice())
        && seconds(first.from) + DAY < seconds(last.from) + length(*last)
    {
        wrong.push(overlap(key, *last, "the holiday's next day", *first));
    }
}

fn each(key: &str, intervals: &[Interval], wrong: &mut Vec<String>) {
    if intervals.len() > MOST_INTERVALS {
        wrong.push(format!("`{key}`: there are {} intervals; keep at most {MOST_INTERVALS}", intervals.len()));
    }
    for interval in intervals.iter().filter(|one| one.from == one.until && **one != Interval::WHOLE_DAY) {
        let at = clock(interval.from);
        wrong.push(format!(
            "`{key}`: {at} to {at} is empty; give it another end, or write 00:00 to 00:00 for a whole day"
        ));
    }
}

fn overlap(key: &str, one: Interval, place: &str, other: Interval) -> String {
    let (one, other) = (written(one), written(other));
    format!("`{key}`: {one} overlaps {other} of {place}; end the first earlier, or make one of them")
}

fn written(interval: Interval) -> String {
    format!("{}–{}", clock(interval.from), clock(interval.until))
}

fn clock(time: Time) -> String {
    if time.second() == 0 && time.subsec_nanosecond() == 0 {
        time.strftime("%H:%M").to_string()
    } else {
        time.to_string()
    }
}

fn seconds(time: Time) -> i64 {
    i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second())
}

fn length(interval: Interval) -> i64 {
    let length = seconds(interval.until) - seconds(interval.from);
    if interval.past_midnight() { length + DAY } else { length }
}

/// The day that somebody most likely meant: `Mon`, `MONDAY`.
fn meant(day: &str) -> String {
    let short = |length| day.get(..length).map(str::to_ascii_lowercase);
    let begins = |known: &&&str| short(2).is_some_and(|begin| known.starts_with(&begin));
    match DAYS.iter().find(begins) {
        Some(known) => format!("did you mean `{known}`?"),
        None => "write `monday` … `sunday`".to_owned(),
    }
}

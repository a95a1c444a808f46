//! Business hours as they may be, at moments as they may be.

use super::super::*;
use super::{at, interval};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

/// People are there, by the clock on the wall and nothing else: what `at` must say wherever the clock doesn't change.
fn on_the_wall(hours: &BusinessHours, now: Timestamp, zone: &str) -> bool {
    let clock = now.to_zoned(TimeZone::get(zone).unwrap()).datetime();
    let day = clock.date();
    [day.yesterday().unwrap(), day].into_iter().any(|day| {
        let intervals: Vec<Interval> = match hours.holidays.iter().find(|holiday| holiday.holds(day)) {
            Some(holiday) => holiday.intervals.clone(),
            None if hours.weekly.is_empty() => vec![interval("00:00-00:00")],
            None => {
                let name = day.strftime("%A").to_string().to_lowercase();
                hours.weekly.get(&name).cloned().unwrap_or_default()
            }
        };
        intervals.iter().any(|one| {
            let ends_on = if one.until <= one.from { day.tomorrow().unwrap() } else { day };
            day.to_datetime(one.from) <= clock && clock < ends_on.to_datetime(one.until)
        })
    })
}

fn any_interval() -> impl Strategy<Value = Interval> {
    let quarter = |of: u8| Time::constant((of / 4) as i8, (of % 4 * 15) as i8, 0, 0);
    (0..96_u8, 0..96_u8).prop_map(move |(from, until)| Interval { from: quarter(from), until: quarter(until) })
}

fn any_hours() -> impl Strategy<Value = BusinessHours> {
    let day = prop::collection::vec(any_interval(), 0..3);
    let weekly = prop::collection::btree_map(prop::sample::select(DAYS.map(str::to_owned).to_vec()), day, 0..7);
    let holiday = (0..365_i64, 0..4_i64, any::<bool>(), prop::collection::vec(any_interval(), 0..2)).prop_map(
        |(from, days, every_year, intervals)| {
            let from: Date = Date::constant(2026, 1, 1) + from.days();
            Holiday { name: "holiday".to_owned(), from, until: from + days.days(), every_year, intervals }
        },
    );
    (weekly, prop::collection::vec(holiday, 0..4)).prop_map(|(weekly, holidays)| BusinessHours {
        time_zone: None,
        weekly,
        holidays,
    })
}

/// A moment of 2026 or 2027, to the minute; half of them near a change of the clock.
fn any_moment() -> impl Strategy<Value = Timestamp> {
    let near =
        ["2026-03-08T07:00Z", "2026-03-29T01:00Z", "2026-10-25T01:00Z", "2026-11-01T06:00Z", "2026-12-31T12:00Z"];
    prop_oneof![
        (0..2 * 365 * 1440_i64).prop_map(|minutes| at("2026-01-01T00:00Z") + minutes.minutes()),
        (prop::sample::select(near.to_vec()), -2000..2000_i64).prop_map(|(moment, by)| at(moment) + by.minutes()),
    ]
}

/// The clock in the zone is changed within these hours before or after.
fn clock_changes_near(now: Timestamp, zone: &TimeZone) -> bool {
    let around = 26.hours();
    zone.to_offset(now - around) != zone.to_offset(now + around)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// `open` flips at `changes_at`, and at no quarter of an hour before (all that is generated ends on one).
    #[test]
    fn it_changes_when_it_is_said_to(
        hours in any_hours(),
        now in any_moment(),
        zone in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "UTC"]),
    ) {
        let Opening { open, changes_at } = hours.at(now, zone);
        let week = now + (7 * 24).hours();
        let end = changes_at.map_or(week, |at| at.min(week));
        let mut moment = Timestamp::from_second(now.as_second().div_euclid(900) * 900 + 900).unwrap();
        while moment < end {
            prop_assert_eq!(hours.at(moment, zone), Opening { open, changes_at }, "at {}", moment);
            moment += 15.minutes();
        }
        if let Some(at) = changes_at {
            prop_assert!(at > now);
            prop_assert_eq!(hours.at(at - 1.nanosecond(), zone).open, open);
            prop_assert_eq!(hours.at(at, zone).open, !open);
        }
    }

    /// Away from changes of the clock it is what the clock on the wall says.
    #[test]
    fn it_is_what_the_clock_says(
        hours in any_hours(),
        now in any_moment(),
        zone in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "UTC"]),
    ) {
        prop_assume!(!clock_changes_near(now, &TimeZone::get(zone).unwrap()));
        prop_assert_eq!(hours.at(now, zone).open, on_the_wall(&hours, now, zone));
    }
}

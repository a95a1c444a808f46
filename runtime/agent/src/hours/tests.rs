mod property;
mod words;

use super::*;
use jiff::Timestamp;
use jiff::civil::Time;
use std::collections::BTreeMap;

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

fn interval(text: &str) -> Interval {
    let (from, until) = text.split_once('-').unwrap();
    Interval { from: time(from), until: time(until) }
}

/// `mon,tue 09:00-12:00 13:00-17:00; sat 10:00-14:00`
fn weekly(text: &str) -> BTreeMap<String, Vec<Interval>> {
    let mut weekly = BTreeMap::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let mut words = part.split(' ');
        for day in words.next().unwrap().split(',') {
            let name = DAYS.iter().find(|name| name.starts_with(day)).unwrap_or_else(|| panic!("{day}"));
            weekly.insert((*name).to_owned(), words.clone().map(interval).collect());
        }
    }
    weekly
}

fn hours(weekly_text: &str) -> BusinessHours {
    BusinessHours { weekly: weekly(weekly_text), ..BusinessHours::default() }
}

fn holiday(from: &str, until: &str, every_year: bool, intervals: &[&str]) -> Holiday {
    Holiday {
        name: "holiday".to_owned(),
        from: from.parse().unwrap(),
        until: until.parse().unwrap(),
        every_year,
        intervals: intervals.iter().map(|text| interval(text)).collect(),
    }
}

/// `2026-03-29T01:30+01:00`
fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const EVERY_DAY: &str = "mon,tue,wed,thu,fri,sat,sun";

/// Each line: a moment, whether people are there, and when that changes.
fn table(hours: &BusinessHours, zone: &str, lines: &[(&str, bool, Option<&str>)]) {
    for (now, open, changes_at) in lines {
        let expected = Opening { open: *open, changes_at: changes_at.map(at) };
        assert_eq!(hours.at(at(now), zone), expected, "{now}");
    }
}

#[test]
fn several_intervals_a_day_and_days_off() {
    let hours = hours("mon,tue,wed,thu,fri 09:00-12:00 13:00-17:00");
    table(
        &hours,
        "Europe/Berlin",
        &[
            ("2026-11-23T08:59:59+01:00", false, Some("2026-11-23T09:00+01:00")),
            ("2026-11-23T09:00:00+01:00", true, Some("2026-11-23T12:00+01:00")),
            ("2026-11-23T12:00:00+01:00", false, Some("2026-11-23T13:00+01:00")),
            ("2026-11-23T16:59:59+01:00", true, Some("2026-11-23T17:00+01:00")),
            // Friday evening: the weekend is off.
            ("2026-11-27T17:00:00+01:00", false, Some("2026-11-30T09:00+01:00")),
            // Saturday night in New York is Sunday morning in Berlin.
            ("2026-11-28T23:00:00-05:00", false, Some("2026-11-30T09:00+01:00")),
        ],
    );
}

#[test]
fn the_hours_own_zone_goes_before_the_shop_s() {
    let mut hours = hours("mon 09:00-17:00");
    hours.time_zone = Some("America/New_York".to_owned());
    table(
        &hours,
        "Europe/Berlin",
        &[
            ("2026-11-23T09:00+01:00", false, Some("2026-11-23T09:00-05:00")),
            ("2026-11-23T15:00+01:00", true, Some("2026-11-23T17:00-05:00")),
        ],
    );
}

#[test]
fn without_a_single_day_people_are_always_there() {
    let always = BusinessHours::default();
    table(&always, "Europe/Berlin", &[("2026-11-23T03:00Z", true, None)]);
    let never = hours("mon; tue");
    table(&never, "Europe/Berlin", &[("2026-11-23T03:00Z", false, None)]);
    let mut but_for_a_day = BusinessHours::default();
    but_for_a_day.holidays.push(holiday("2026-12-25", "2026-12-26", true, &[]));
    table(
        &but_for_a_day,
        "Europe/Berlin",
        &[
            ("2026-11-23T03:00Z", true, Some("2026-12-25T00:00+01:00")),
            ("2026-12-25T03:00Z", false, Some("2026-12-27T00:00+01:00")),
            ("2026-12-27T00:00+01:00", true, Some("2027-12-25T00:00+01:00")),
        ],
    );
}

#[test]
fn whole_days_that_meet_are_one() {
    let hours = hours("fri,sat,sun 00:00-00:00");
    table(
        &hours,
        "America/New_York",
        &[
            ("2026-11-27T12:00-05:00", true, Some("2026-11-30T00:00-05:00")),
            ("2026-11-30T00:00-05:00", false, Some("2026-12-04T00:00-05:00")),
        ],
    );
    let all_week = BusinessHours { weekly: weekly(&format!("{EVERY_DAY} 00:00-00:00")), ..BusinessHours::default() };
    table(&all_week, "America/New_York", &[("2026-11-27T12:00-05:00", true, None)]);
}

#[test]
fn past_midnight() {
    let hours = hours("fri,sat 22:00-04:00; sun 10:00-14:00");
    table(
        &hours,
        "Europe/Berlin",
        &[
            ("2026-11-27T21:59+01:00", false, Some("2026-11-27T22:00+01:00")),
            ("2026-11-27T23:59+01:00", true, Some("2026-11-28T04:00+01:00")),
            ("2026-11-28T03:59:59+01:00", true, Some("2026-11-28T04:00+01:00")),
            ("2026-11-28T04:00+01:00", false, Some("2026-11-28T22:00+01:00")),
            ("2026-11-29T02:00+01:00", true, Some("2026-11-29T04:00+01:00")),
            ("2026-11-29T04:00+01:00", false, Some("2026-11-29T10:00+01:00")),
        ],
    );
    // From Sunday into Monday.
    let hours = self::hours("sun 20:00-02:00; mon 02:00-03:00");
    table(&hours, "Europe/Berlin", &[("2026-11-29T21:00+01:00", true, Some("2026-11-30T03:00+01:00"))]);
}

#[test]
fn the_clock_goes_forward_in_berlin() {
    // 29 March 2026: after 01:59:59 (+01:00) comes 03:00 (+02:00).
    let hours = hours(&format!("{EVERY_DAY} 01:00-02:30 02:45-04:00"));
    table(
        &hours,
        "Europe/Berlin",
        &[
            // Both the end and the next begin fall into the hour that isn't: at the change it is both at once.
            ("2026-03-29T01:30+01:00", true, Some("2026-03-29T04:00+02:00")),
            ("2026-03-29T03:30+02:00", true, Some("2026-03-29T04:00+02:00")),
            ("2026-03-29T04:00+02:00", false, Some("2026-03-30T01:00+02:00")),
        ],
    );
    // An interval within the hour that isn't: nobody comes.
    let hours = self::hours(&format!("{EVERY_DAY} 02:10-02:50"));
    table(
        &hours,
        "Europe/Berlin",
        &[
            ("2026-03-28T02:30+01:00", true, Some("2026-03-28T02:50+01:00")),
            ("2026-03-29T01:59+01:00", false, Some("2026-03-30T02:10+02:00")),
        ],
    );
    // A shift through the change is an hour shorter, and ends when the clock says so.
    let hours = self::hours("sat 22:00-06:00");
    table(&hours, "Europe/Berlin", &[("2026-03-28T23:00+01:00", true, Some("2026-03-29T06:00+02:00"))]);
}

#[test]
fn the_clock_goes_back_in_berlin() {
    // 25 October 2026: after 02:59:59 (+02:00) comes 02:00 (+01:00).
    let hours = hours("sat 22:00-02:30; sun 02:30-03:00");
    table(
        &hours,
        "Europe/Berlin",
        &[
            ("2026-10-24T23:00+02:00", true, Some("2026-10-25T03:00+01:00")),
            ("2026-10-25T02:45+02:00", true, Some("2026-10-25T03:00+01:00")),
            ("2026-10-25T02:15+01:00", true, Some("2026-10-25T03:00+01:00")),
        ],
    );
    // Both ends in the hour that comes twice: the first of the two counts, for both.
    let hours = self::hours("sun 02:15-02:45");
    table(
        &hours,
        "Europe/Berlin",
        &[
            ("2026-10-25T02:20+02:00", true, Some("2026-10-25T02:45+02:00")),
            ("2026-10-25T02:20+01:00", false, Some("2026-11-01T02:15+01:00")),
        ],
    );
    let hours = self::hours("sun 09:00-17:00");
    table(&hours, "Europe/Berlin", &[("2026-10-24T20:00+02:00", false, Some("2026-10-25T09:00+01:00"))]);
}

#[test]
fn the_clock_changes_in_new_york() {
    // 8 March 2026: 02:00 (-05:00) becomes 03:00 (-04:00). 1 November 2026: 02:00 (-04:00) becomes 01:00 (-05:00).
    let hours = hours("sat 23:00-02:30; sun 09:00-17:00");
    table(
        &hours,
        "America/New_York",
        &[
            ("2026-03-08T01:30-05:00", true, Some("2026-03-08T03:00-04:00")),
            ("2026-03-08T03:00-04:00", false, Some("2026-03-08T09:00-04:00")),
            ("2026-03-07T22:00-05:00", false, Some("2026-03-07T23:00-05:00")),
            ("2026-11-01T01:30-04:00", true, Some("2026-11-01T02:30-05:00")),
            ("2026-11-01T01:30-05:00", true, Some("2026-11-01T02:30-05:00")),
            ("2026-11-01T02:30-05:00", false, Some("2026-11-01T09:00-05:00")),
        ],
    );
    let hours = self::hours("sun 01:30-04:00");
    table(
        &hours,
        "America/New_York",
        &[
            ("2026-11-01T01:00-04:00", false, Some("2026-11-01T01:30-04:00")),
            // The clock reads 01:00 again, and people stay.
            ("2026-11-01T01:00-05:00", true, Some("2026-11-01T04:00-05:00")),
        ],
    );
}

#[test]
fn holidays_at_the_year_s_end() {
    let mut hours = hours(&format!("{EVERY_DAY} 09:00-17:00"));
    hours.holidays = vec![
        holiday("2024-12-31", "2024-12-31", true, &["10:00-13:00"]),
        holiday("2024-12-24", "2025-01-01", true, &[]),
        holiday("2027-01-02", "2027-01-03", false, &["12:00-14:00"]),
    ];
    table(
        &hours,
        "Europe/Berlin",
        &[
            ("2026-12-23T17:00+01:00", false, Some("2026-12-31T10:00+01:00")),
            ("2026-12-31T12:00+01:00", true, Some("2026-12-31T13:00+01:00")),
            ("2026-12-31T13:00+01:00", false, Some("2027-01-02T12:00+01:00")),
            ("2027-01-03T14:00+01:00", false, Some("2027-01-04T09:00+01:00")),
            // The year after, the second of January is a day as any other.
            ("2027-12-31T13:00+01:00", false, Some("2028-01-02T09:00+01:00")),
        ],
    );
}

#[test]
fn a_shift_belongs_to_the_day_on_which_it_begins() {
    let mut hours = hours(&format!("{EVERY_DAY} 22:00-06:00"));
    hours.holidays = vec![holiday("2026-12-25", "2026-12-25", true, &[])];
    table(
        &hours,
        "Europe/Berlin",
        &[
            // Begun before the holiday, it goes on.
            ("2026-12-24T23:00+01:00", true, Some("2026-12-25T06:00+01:00")),
            // None begins on the holiday, so nobody is there in the night after it.
            ("2026-12-25T06:00+01:00", false, Some("2026-12-26T22:00+01:00")),
        ],
    );
    hours.holidays = vec![holiday("2026-12-25", "2026-12-25", true, &["20:00-03:00"])];
    table(&hours, "Europe/Berlin", &[("2026-12-25T23:00+01:00", true, Some("2026-12-26T03:00+01:00"))]);
}

#[test]
fn the_29th_of_february_comes_when_it_comes() {
    let leap = holiday("2024-02-29", "2024-02-29", true, &[]);
    let holds = |day: &str| leap.holds(day.parse().unwrap());
    assert!(holds("2028-02-29") && holds("2024-02-29"));
    assert!(!holds("2026-02-28") && !holds("2026-03-01"));
    let around = holiday("2024-02-29", "2024-03-02", true, &[]);
    assert!(around.holds("2026-03-01".parse().unwrap()) && !around.holds("2026-02-28".parse().unwrap()));
}

#[test]
fn what_is_wrong_is_named_with_the_way_out() {
    let wrong = |hours: &BusinessHours| hours.check().err().unwrap_or_default();
    assert_eq!(hours("fri,sat 22:00-04:00; sun 10:00-14:00").check(), Ok(()));
    assert_eq!(hours(&format!("{EVERY_DAY} 00:00-00:00")).check(), Ok(()));
    assert_eq!(hours("mon 09:00-12:00 12:00-17:00").check(), Ok(()));
    assert_eq!(hours("mon 09:00-08:59").check(), Ok(()));

    let mut unknown = BusinessHours { time_zone: Some("Berlin".to_owned()), ..BusinessHours::default() };
    unknown.weekly.insert("Mon".to_owned(), Vec::new());
    unknown.weekly.insert("holiday".to_owned(), Vec::new());
    assert_eq!(
        wrong(&unknown),
        [
            "`time_zone`: `Berlin` is not a time zone; write it like `Europe/Berlin`",
            "`weekly.Mon`: `Mon` is no day; did you mean `monday`?",
            "`weekly.holiday`: `holiday` is no day; write `monday` … `sunday`",
        ]
    );
    assert_eq!(
        wrong(&hours("mon 09:00-17:00 16:30-20:00")),
        [
            "`weekly.monday`: 09:00–17:00 overlaps 16:30–20:00 of `weekly.monday`; end the first earlier, or make one of them"
        ]
    );
    assert_eq!(
        wrong(&hours("sun 22:00-06:00; mon 05:00-12:00")),
        [
            "`weekly.sunday`: 22:00–06:00 overlaps 05:00–12:00 of `weekly.monday`; end the first earlier, or make one of them"
        ]
    );
    assert_eq!(
        wrong(&hours("mon 09:00-09:00")),
        ["`weekly.monday`: 09:00 to 09:00 is empty; give it another end, or write 00:00 to 00:00 for a whole day"]
    );
    let mut days = hours("mon 09:00-17:00");
    days.holidays = vec![
        Holiday { name: " ".to_owned(), ..holiday("2026-12-26", "2026-12-25", false, &[]) },
        holiday("2026-01-01", "2027-01-02", true, &[]),
        holiday("2026-01-01", "2026-01-02", false, &["20:00-10:00", "09:00-12:00"]),
    ];
    let wrong = wrong(&days);
    let expected = [
        "`holidays.0.name`: it is empty",
        "`holidays.0`: it ends on 2026-12-25, before it begins on 2026-12-26; put the earlier day into `from`",
        "`holidays.1`: it comes every year and is longer than one",
        "`holidays.2`: 20:00–10:00 overlaps 09:00–12:00 of the holiday's next day",
    ];
    assert_eq!(wrong.len(), expected.len(), "{wrong:?}");
    for (message, expected) in wrong.iter().zip(expected) {
        assert!(message.starts_with(expected), "{message}");
    }
}

//! Offsets of the time zones that shops' customers mostly live in.
//!
//! The whole time zone database would be many times a skill's size, and a skill needs only to know which day it
//! is for the customer. Zones are grouped by standard offset and by the rule for summer time that holds today in
//! the tz database (files `europe` and `northamerica`); a zone that isn't listed counts as UTC, so that its day may
//! change some hours off.

/// Minutes east of UTC, at this many seconds since 1970.
pub(super) fn offset_minutes(zone: &str, unix_seconds: i64) -> i64 {
    let Some((standard, summer)) = rule(zone) else { return 0 };
    let year = super::calendar::Day::from_unix(unix_seconds, 0).year;
    let is_summer = match summer {
        Summer::None => false,
        // From 01:00 UTC on the last Sunday in March until 01:00 UTC on the last Sunday in October.
        Summer::European => {
            let begin = last_sunday(year, 3, 31) * DAY + HOUR;
            let end = last_sunday(year, 10, 31) * DAY + HOUR;
            (begin..end).contains(&unix_seconds)
        }
        // From 02:00 local time on the second Sunday in March until 02:00 on the first Sunday in November.
        Summer::American => {
            let begin = last_sunday(year, 3, 14) * DAY + 2 * HOUR - standard * 60;
            let end = last_sunday(year, 11, 7) * DAY + HOUR - standard * 60;
            (begin..end).contains(&unix_seconds)
        }
    };
    standard + if is_summer { 60 } else { 0 }
}

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

enum Summer {
    None,
    European,
    American,
}

#[rustfmt::skip]
fn rule(zone: &str) -> Option<(i64, Summer)> {
    Some(match zone {
        "Europe/London" | "Europe/Lisbon" | "Europe/Dublin" | "Europe/Jersey" | "Europe/Guernsey"
        | "Europe/Isle_of_Man" | "Atlantic/Canary" | "Atlantic/Madeira" | "Atlantic/Faroe" => (0, Summer::European),
        "Europe/Paris" | "Europe/Brussels" | "Europe/Amsterdam" | "Europe/Luxembourg" | "Europe/Stockholm"
        | "Europe/Oslo" | "Europe/Copenhagen" | "Europe/Berlin" | "Europe/Vienna" | "Europe/Zurich"
        | "Europe/Madrid" | "Europe/Rome" | "Europe/Warsaw" | "Europe/Prague" | "Europe/Budapest"
        | "Europe/Bratislava" | "Europe/Ljubljana" | "Europe/Zagreb" | "Europe/Belgrade" | "Europe/Monaco"
        | "Europe/Malta" | "Europe/Sarajevo" | "Europe/Skopje" | "Europe/Tirane" | "Europe/Podgorica"
        | "Europe/Vaduz" | "Europe/Andorra" | "Europe/San_Marino" | "Europe/Vatican" | "Europe/Busingen"
        | "Europe/Gibraltar" | "Arctic/Longyearbyen" => (60, Summer::European),
        "Europe/Helsinki" | "Europe/Mariehamn" | "Europe/Tallinn" | "Europe/Riga" | "Europe/Vilnius"
        | "Europe/Athens" | "Europe/Sofia" | "Europe/Bucharest" | "Europe/Kyiv" | "Europe/Kiev"
        | "Asia/Nicosia" => (120, Summer::European),
        "Europe/Istanbul" => (180, Summer::None),
        "America/St_Johns" => (-210, Summer::American),
        "America/Halifax" | "America/Moncton" => (-240, Summer::American),
        "America/New_York" | "America/Toronto" | "America/Detroit" | "America/Montreal"
        | "America/Indiana/Indianapolis" | "America/Kentucky/Louisville" => (-300, Summer::American),
        "America/Chicago" | "America/Winnipeg" => (-360, Summer::American),
        "America/Regina" | "America/Mexico_City" => (-360, Summer::None),
        "America/Denver" | "America/Edmonton" | "America/Boise" => (-420, Summer::American),
        "America/Phoenix" => (-420, Summer::None),
        "America/Los_Angeles" => (-480, Summer::American),
        "America/Anchorage" => (-540, Summer::American),
        "Pacific/Honolulu" => (-600, Summer::None),
        "America/Sao_Paulo" | "America/Argentina/Buenos_Aires" => (-180, Summer::None),
        "Asia/Dubai" => (240, Summer::None),
        "Asia/Kolkata" => (330, Summer::None),
        "Asia/Shanghai" | "Asia/Hong_Kong" | "Asia/Singapore" | "Australia/Perth" => (480, Summer::None),
        "Asia/Tokyo" | "Asia/Seoul" => (540, Summer::None),
        "Australia/Brisbane" => (600, Summer::None),
        _ => return None,
    })
}

/// The last Sunday on or before a day, in days since 1970.
fn last_sunday(year: i64, month: u8, day: u8) -> i64 {
    let days = super::calendar::Day { year, month, day }.number();
    // 1970-01-01 was a Thursday, and 1969-12-28 the Sunday before it.
    days - (days + 4).rem_euclid(7)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::skill::calendar::Day;

    fn at(year: i64, month: u8, day: u8, hour: i64, minute: i64) -> i64 {
        Day { year, month, day }.number() * DAY + hour * HOUR + minute * 60
    }

    #[test]
    fn european_summer_time_begins_and_ends_to_the_minute() {
        // 2026: 29 March and 25 October.
        assert_eq!(offset_minutes("Europe/Stockholm", at(2026, 3, 29, 0, 59)), 60);
        assert_eq!(offset_minutes("Europe/Stockholm", at(2026, 3, 29, 1, 0)), 120);
        assert_eq!(offset_minutes("Europe/Stockholm", at(2026, 10, 25, 0, 59)), 120);
        assert_eq!(offset_minutes("Europe/Stockholm", at(2026, 10, 25, 1, 0)), 60);
        assert_eq!(offset_minutes("Europe/London", at(2026, 7, 1, 0, 0)), 60);
        // 2024: the last Sunday in March was the 31st itself.
        assert_eq!(offset_minutes("Europe/Helsinki", at(2024, 3, 31, 1, 0)), 180);
    }

    #[test]
    fn american_summer_time_begins_and_ends_to_the_minute() {
        // 2026: 8 March and 1 November, at 2 o'clock in New York: 07:00 UTC and 06:00 UTC.
        assert_eq!(offset_minutes("America/New_York", at(2026, 3, 8, 6, 59)), -300);
        assert_eq!(offset_minutes("America/New_York", at(2026, 3, 8, 7, 0)), -240);
        assert_eq!(offset_minutes("America/New_York", at(2026, 11, 1, 5, 59)), -240);
        assert_eq!(offset_minutes("America/New_York", at(2026, 11, 1, 6, 0)), -300);
    }

    #[test]
    fn a_zone_that_is_not_listed_is_utc() {
        assert_eq!(offset_minutes("Mars/Olympus_Mons", at(2026, 7, 1, 0, 0)), 0);
    }
}

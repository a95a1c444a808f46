//! Days as the customer counts them, in words.

use super::{Language, zone};

/// Says days in the customer's language, seen from the customer's today. Each method takes a day (`2026-11-24`) or
/// an instant (`2026-11-24T12:00:00Z`, RFC 3339) as tools return them, and returns none for anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    language: Language,
    zone: String,
    today: Option<Day>,
    /// Seconds since 1970.
    now: Option<i64>,
}

impl Calendar {
    /// `zone` is an IANA name (one that isn't among those built in counts as UTC), `now` an instant.
    pub fn new(language: Language, zone: &str, now: &str) -> Self {
        Calendar { language, zone: zone.to_owned(), today: Day::parse(now, zone), now: unix_seconds(now) }
    }

    /// A day as a name: "Tuesday 24 November", "tomorrow". A year other than this one is added.
    pub fn name(&self, date: &str) -> Option<String> {
        let day = self.day(date)?;
        Some(self.near(day).map_or_else(|| self.in_full(day), str::to_owned))
    }

    /// A day that something happens on: "on Tuesday 24 November", "le mardi 24 novembre", "today".
    pub fn on(&self, date: &str) -> Option<String> {
        let day = self.day(date)?;
        if let Some(near) = self.near(day) {
            return Some(near.to_owned());
        }
        let full = self.in_full(day);
        Some(match self.language {
            Language::En => format!("on {full}"),
            Language::Fr => format!("le {full}"),
            Language::Nl => format!("op {full}"),
            Language::Sv => full,
        })
    }

    /// A last day: "until Tuesday 24 November", "jusqu'à demain".
    pub fn until(&self, date: &str) -> Option<String> {
        let day = self.day(date)?;
        let name = self.name(date)?;
        Some(match self.language {
            Language::En => format!("until {name}"),
            Language::Fr if self.near(day).is_some() => format!("jusqu'à {name}"),
            Language::Fr => format!("jusqu'au {name}"),
            Language::Nl => format!("tot en met {name}"),
            Language::Sv => format!("till och med {name}"),
        })
    }

    /// Days from the customer's today: negative in the past.
    pub fn days_ahead(&self, date: &str) -> Option<i64> {
        Some(self.day(date)?.number() - self.today?.number())
    }

    /// Whole minutes that have passed since an instant; 0 for one that is still ahead. None for a day.
    pub fn minutes_since(&self, instant: &str) -> Option<u64> {
        Some((self.now? - unix_seconds(instant)?).max(0).unsigned_abs() / 60)
    }

    fn day(&self, date: &str) -> Option<Day> {
        Day::parse(date, &self.zone)
    }

    fn near(&self, day: Day) -> Option<&'static str> {
        let [yesterday, today, tomorrow] = match self.language {
            Language::En => ["yesterday", "today", "tomorrow"],
            Language::Fr => ["hier", "aujourd'hui", "demain"],
            Language::Nl => ["gisteren", "vandaag", "morgen"],
            Language::Sv => ["i går", "i dag", "i morgon"],
        };
        match day.number() - self.today?.number() {
            -1 => Some(yesterday),
            0 => Some(today),
            1 => Some(tomorrow),
            _ => None,
        }
    }

    fn in_full(&self, day: Day) -> String {
        let weekday = weekdays(self.language)[day.weekday()];
        let month = months(self.language)[usize::from(day.month - 1)];
        let ordinal = if self.language == Language::Fr && day.day == 1 { "er" } else { "" };
        let name = format!("{weekday} {}{ordinal} {month}", day.day);
        match self.today {
            Some(today) if today.year == day.year => name,
            _ => format!("{name} {}", day.year),
        }
    }
}

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day {
    pub(super) year: i64,
    pub(super) month: u8,
    pub(super) day: u8,
}

impl Day {
    /// A day as it stands; an instant as the day that it falls on in the zone.
    fn parse(text: &str, zone: &str) -> Option<Self> {
        let day = Self::parse_day(text.get(..10)?)?;
        if text.len() == 10 {
            return Some(day);
        }
        let seconds = unix_seconds(text)?;
        Some(Self::from_unix(seconds, zone::offset_minutes(zone, seconds)))
    }

    fn parse_day(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        if (year.len(), month.len(), day.len()) != (4, 2, 2) {
            return None;
        }
        let day = Day { year: number(year)?, month: number(month)? as u8, day: number(day)? as u8 };
        // A day that the month doesn't have would come back as another.
        ((1..=12).contains(&day.month) && Self::from_number(day.number()) == day).then_some(day)
    }

    /// The day at this many seconds since 1970, so many minutes east of UTC.
    pub(super) fn from_unix(seconds: i64, offset_minutes: i64) -> Self {
        Self::from_number((seconds + offset_minutes * 60).div_euclid(86_400))
    }

    /// Days since 1970-01-01. Years are counted from March, so that the leap day is a year's last day.
    pub(super) fn number(self) -> i64 {
        let (month, year) = (i64::from(self.month), self.year - i64::from(self.month <= 2));
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(self.day) - 1;
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
    }

    fn from_number(number: i64) -> Self {
        let days = number + 719_468;
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u8;
        let month = ((month_from_march + 2) % 12 + 1) as u8;
        Day { year: era * 400 + year_of_era + i64::from(month <= 2), month, day }
    }

    /// From 0, a Sunday.
    fn weekday(self) -> usize {
        (self.number() + 4).rem_euclid(7) as usize
    }
}

/// An instant in RFC 3339 as seconds since 1970.
fn unix_seconds(instant: &str) -> Option<i64> {
    let day = Day::parse_day(instant.get(..10)?)?;
    Some(day.number() * 86_400 + seconds_of_day(&instant[10..])?)
}

/// What follows the day in RFC 3339: `T12:30:00Z`, `T12:30:00.000+01:00`. Seconds since that day began in UTC.
fn seconds_of_day(text: &str) -> Option<i64> {
    let time = text.strip_prefix(['T', 't', ' '])?;
    let (clock, zone) = time.split_at(time.find(['Z', 'z', '+', '-'])?);
    let mut parts = clock.split(':');
    let (hours, minutes) = (number(parts.next()?)?, number(parts.next()?)?);
    let seconds = number(parts.next().unwrap_or("0").split('.').next()?)?;
    if hours > 23 || minutes > 59 || seconds > 60 {
        return None;
    }
    let offset = match zone.strip_prefix(['+', '-']) {
        None => 0,
        Some(offset) => {
            let (h, m) = offset.split_once(':')?;
            let minutes = number(h)? * 60 + number(m)?;
            if zone.starts_with('-') { -minutes } else { minutes }
        }
    };
    Some((hours * 60 + minutes - offset) * 60 + seconds)
}

/// Digits and nothing else.
fn number(text: &str) -> Option<i64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn weekdays(language: Language) -> [&'static str; 7] {
    match language {
        Language::En => ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
        Language::Fr => ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
        Language::Nl => ["zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"],
        Language::Sv => ["söndag", "måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag"],
    }
}

#[rustfmt::skip]
fn months(language: Language) -> [&'static str; 12] {
    match language {
        Language::En => ["January", "February", "March", "April", "May", "June",
            "July", "August", "September", "October", "November", "December"],
        Language::Fr => ["janvier", "février", "mars", "avril", "mai", "juin",
            "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
        Language::Nl => ["januari", "februari", "maart", "april", "mei", "juni",
            "juli", "augustus", "september", "oktober", "november", "december"],
        Language::Sv => ["januari", "februari", "mars", "april", "maj", "juni",
            "juli", "augusti", "september", "oktober", "november", "december"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tuesday, in winter time.
    const NOW: &str = "2026-11-24T12:00:00Z";

    fn calendars() -> [Calendar; 4] {
        Language::ALL.map(|language| Calendar::new(language, "UTC", NOW))
    }

    fn all(say: impl Fn(&Calendar) -> Option<String>) -> [String; 4] {
        calendars().map(|calendar| say(&calendar).unwrap())
    }

    #[test]
    fn days_are_said_in_each_language() {
        assert_eq!(
            all(|c| c.on("2026-11-28")),
            ["on Saturday 28 November", "le samedi 28 novembre", "op zaterdag 28 november", "lördag 28 november"]
        );
        assert_eq!(all(|c| c.on("2026-12-01"))[1], "le mardi 1er décembre");
        assert_eq!(all(|c| c.name("2027-01-01"))[0], "Friday 1 January 2027");
        assert_eq!(
            all(|c| c.until("2026-12-05")),
            [
                "until Saturday 5 December",
                "jusqu'au samedi 5 décembre",
                "tot en met zaterdag 5 december",
                "till och med lördag 5 december"
            ]
        );
    }

    #[test]
    fn near_days_are_relative() {
        assert_eq!(all(|c| c.on("2026-11-25")), ["tomorrow", "demain", "morgen", "i morgon"]);
        assert_eq!(all(|c| c.on("2026-11-24")), ["today", "aujourd'hui", "vandaag", "i dag"]);
        assert_eq!(all(|c| c.on("2026-11-23")), ["yesterday", "hier", "gisteren", "i går"]);
        assert_eq!(all(|c| c.until("2026-11-24"))[1], "jusqu'à aujourd'hui");
        assert_eq!(calendars()[0].days_ahead("2026-12-24"), Some(30));
        assert_eq!(calendars()[0].days_ahead("2026-11-20T23:00:00Z"), Some(-4));
    }

    #[test]
    fn an_instant_falls_on_the_customers_day() {
        let late = "2026-11-23T23:30:00Z";
        assert_eq!(Calendar::new(Language::En, "UTC", NOW).on(late).unwrap(), "yesterday");
        assert_eq!(Calendar::new(Language::En, "Europe/Stockholm", NOW).on(late).unwrap(), "today");
        assert_eq!(
            Calendar::new(Language::En, "America/Los_Angeles", NOW).on("2026-11-24T07:00:00Z").unwrap(),
            "yesterday"
        );
        // A day stays that day everywhere.
        assert_eq!(Calendar::new(Language::En, "America/Los_Angeles", NOW).on("2026-11-24").unwrap(), "today");
        // Offsets and fractions of RFC 3339.
        assert_eq!(Calendar::new(Language::En, "UTC", NOW).on("2026-11-25T00:30:00.123+01:00").unwrap(), "today");
    }

    #[test]
    fn minutes_that_have_passed() {
        let calendar = &calendars()[0];
        assert_eq!(calendar.minutes_since("2026-11-24T11:57:01Z"), Some(2));
        assert_eq!(calendar.minutes_since("2026-11-23T13:00:00+01:00"), Some(24 * 60));
        assert_eq!(calendar.minutes_since("2026-11-24T12:00:30Z"), Some(0));
        assert_eq!(calendar.minutes_since("2026-11-24"), None);
    }

    #[test]
    fn what_is_no_date_is_none() {
        let calendar = &calendars()[0];
        for text in
            ["", "soon", "2026-02-30", "2026-13-01", "2026-11-24T", "2026-11-24T25:00:00Z", "24/11/2026", "2026-11-2éé"]
        {
            assert_eq!(calendar.on(text), None, "{text:?}");
        }
    }

    #[test]
    fn numbers_and_days_agree_over_four_centuries() {
        let mut day = Day { year: 1900, month: 1, day: 1 };
        let mut weekday = 1; // a Monday
        for number in day.number()..(Day { year: 2300, month: 1, day: 1 }).number() {
            assert_eq!(day.number(), number);
            assert_eq!(Day::from_number(number), day);
            assert_eq!(day.weekday(), weekday);
            weekday = (weekday + 1) % 7;
            let leap = day.year % 4 == 0 && (day.year % 100 != 0 || day.year % 400 == 0);
            let length = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            day.day += 1;
            if day.day > length[usize::from(day.month - 1)] {
                day = Day { year: day.year, month: day.month + 1, day: 1 };
            }
            if day.month > 12 {
                day = Day { year: day.year + 1, month: 1, day: 1 };
            }
        }
    }
}

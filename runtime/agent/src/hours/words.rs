//! Moments as customers read them: on their own clock, in their language.

use crate::texts::Language;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

/// When somebody is there again, on the customer's clock: `today 14:00 (your time)`, `tomorrow 09:00 (your time)`,
/// `Monday 09:00 (your time)`, and with the date where it is more than six days away. `customer_zone` is the IANA name;
/// one that isn't known makes it UTC, named.
#[must_use]
pub fn back_at(at: Timestamp, now: Timestamp, customer_zone: &str, language: Language) -> String {
    match TimeZone::get(customer_zone) {
        Ok(zone) => format!("{} ({})", moment(at, now, &zone, language), language.hour_words().your_time),
        Err(_) => back_at_shop(at, now, "UTC", language),
    }
}

/// As [`back_at`], on the shop's clock, with the zone's name, for a customer whose own clock isn't known:
/// `Monday 09:00 (Europe/Berlin)`.
#[must_use]
pub fn back_at_shop(at: Timestamp, now: Timestamp, shop_zone: &str, language: Language) -> String {
    let (zone, name) = shop_clock(shop_zone);
    format!("{} ({name})", moment(at, now, &zone, language))
}

/// Until when somebody is there: `until 17:00 (your time)`, `until Monday 09:00 (your time)`; with the name of the shop's
/// zone where the customer's isn't known.
#[must_use]
pub fn until(at: Timestamp, now: Timestamp, customer: Option<&str>, shop_zone: &str, language: Language) -> String {
    let words = language.hour_words();
    let (zone, name) = match customer.and_then(|zone| TimeZone::get(zone).ok()) {
        Some(zone) => (zone, words.your_time),
        None => shop_clock(shop_zone),
    };
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone));
    let clock = at.strftime("%H:%M");
    let day = match days_between(&now, &at) {
        0 => return format!("{} {clock} ({name})", words.until),
        1 => format!("{} {}", words.until, words.tomorrow),
        2..=6 => format!("{} {}", words.until, words.weekdays[weekday(&at)]),
        _ => format!("{} {}", words.until_date, date(&at, &now, language)),
    };
    format!("{day}{}{clock} ({name})", words.then)
}

/// A length of time, roughly: `about 5 minutes`, `about 2 hours`, `about 3 days`.
#[must_use]
pub fn span(length: SignedDuration, language: Language) -> String {
    let words = language.hour_words();
    let minutes = ((length.as_secs() + 30) / 60).max(1);
    let (count, [one, many]) = match minutes {
        ..60 => (minutes, words.minutes),
        60..1440 => ((minutes + 30) / 60, words.hours),
        _ => ((minutes + 720) / 1440, words.days),
    };
    format!("{} {count} {}", words.about, if count == 1 { one } else { many })
}

fn shop_clock(shop_zone: &str) -> (TimeZone, &str) {
    TimeZone::get(shop_zone).map_or((TimeZone::UTC, "UTC"), |zone| (zone, shop_zone))
}

fn moment(at: Timestamp, now: Timestamp, zone: &TimeZone, language: Language) -> String {
    let words = language.hour_words();
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let day = match days_between(&now, &at) {
        0 => words.today.to_owned(),
        1 => words.tomorrow.to_owned(),
        2..=6 => format!("{}{}", words.on_weekday, words.weekdays[weekday(&at)]),
        _ => format!("{}{}", words.on_date, date(&at, &now, language)),
    };
    format!("{day}{}{}", words.at, at.strftime("%H:%M"))
}

fn days_between(now: &Zoned, at: &Zoned) -> i64 {
    now.date().duration_until(at.date()).as_hours() / 24
}

/// The year is said where it is another one.
fn date(at: &Zoned, now: &Zoned, language: Language) -> String {
    let month = language.hour_words().months[usize::from(at.month().unsigned_abs()) - 1];
    let day = match (language, at.day()) {
        (Language::French, 1) => "1er".to_owned(),
        (_, day) => day.to_string(),
    };
    if at.year() == now.year() { format!("{day} {month}") } else { format!("{day} {month} {}", at.year()) }
}

fn weekday(at: &Zoned) -> usize {
    usize::from(at.weekday().to_monday_zero_offset().unsigned_abs())
}

/// One language's words for moments.
struct HourWords {
    today: &'static str,
    tomorrow: &'static str,
    /// From Monday on.
    weekdays: [&'static str; 7],
    months: [&'static str; 12],
    /// Between the day and the time.
    at: &'static str,
    on_weekday: &'static str,
    on_date: &'static str,
    until: &'static str,
    until_date: &'static str,
    /// Between the day and the time of an end.
    then: &'static str,
    your_time: &'static str,
    about: &'static str,
    minutes: [&'static str; 2],
    hours: [&'static str; 2],
    days: [&'static str; 2],
}

impl Language {
    fn hour_words(self) -> &'static HourWords {
        match self {
            Self::English => &ENGLISH,
            Self::French => &FRENCH,
            Self::Dutch => &DUTCH,
            Self::Swedish => &SWEDISH,
        }
    }
}

static ENGLISH: HourWords = HourWords {
    today: "today",
    tomorrow: "tomorrow",
    weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    at: " ",
    on_weekday: "",
    on_date: "on ",
    until: "until",
    until_date: "until",
    then: " ",
    your_time: "your time",
    about: "about",
    minutes: ["minute", "minutes"],
    hours: ["hour", "hours"],
    days: ["day", "days"],
};

static FRENCH: HourWords = HourWords {
    today: "aujourd'hui",
    tomorrow: "demain",
    weekdays: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    at: " à ",
    on_weekday: "",
    on_date: "le ",
    until: "jusqu'à",
    until_date: "jusqu'au",
    then: ", ",
    your_time: "votre heure",
    about: "environ",
    minutes: ["minute", "minutes"],
    hours: ["heure", "heures"],
    days: ["jour", "jours"],
};

static DUTCH: HourWords = HourWords {
    today: "vandaag",
    tomorrow: "morgen",
    weekdays: ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    months: [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    at: " om ",
    on_weekday: "",
    on_date: "op ",
    until: "tot",
    until_date: "tot",
    then: " ",
    your_time: "jouw tijd",
    about: "ongeveer",
    minutes: ["minuut", "minuten"],
    hours: ["uur", "uur"],
    days: ["dag", "dagen"],
};

static SWEDISH: HourWords = HourWords {
    today: "i dag",
    tomorrow: "i morgon",
    weekdays: ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"],
    months: [
        "januari",
        "februari",
        "mars",
        "april",
        "maj",
        "juni",
        "juli",
        "augusti",
        "september",
        "oktober",
        "november",
        "december",
    ],
    at: " kl. ",
    on_weekday: "på ",
    on_date: "den ",
    until: "till",
    until_date: "till",
    then: " ",
    your_time: "din tid",
    about: "ungefär",
    minutes: ["minut", "minuter"],
    hours: ["timme", "timmar"],
    days: ["dag", "dagar"],
};

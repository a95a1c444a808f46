//! Days that customers write: "15 January", "2027-01-15", "next Friday", "in two weeks".

use usher_sdk::skill::prelude::*;

/// A day of the Gregorian calendar, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(i64);

impl Day {
    /// The customer's today.
    pub(crate) fn today(turn: &Turn) -> Option<Self> {
        let now = Self::parse(turn.now.get(..10)?)?;
        // In the customer's zone it may be a day more or less.
        [-1, 0, 1]
            .map(|days| now.plus_days(days))
            .into_iter()
            .find(|day| turn.calendar().days_ahead(&day.to_string()) == Some(0))
    }

    /// `2026-11-30`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let number = |text: &str| text.parse::<u16>().ok().map(i64::from);
        (year.len() == 4 && parts.next().is_none())
            .then(|| Self::of(number(year)?, number(month)?, number(day)?))
            .flatten()
    }

    /// None for a day that there isn't.
    fn of(year: i64, month: i64, day: i64) -> Option<Self> {
        // Years are counted from March, so that the leap day is a year's last day.
        let shifted = year - i64::from(month <= 2);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let (era, year_of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
        let number = era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468;
        ((1..=12).contains(&month) && Day(number).parts() == (year, month, day)).then_some(Day(number))
    }

    fn parts(self) -> (i64, i64, i64) {
        let days = self.0 + 719_468;
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = (month + 2) % 12 + 1;
        (era * 400 + year_of_era + i64::from(month <= 2), month, day)
    }

    pub(crate) fn plus_days(self, days: i64) -> Self {
        Day(self.0 + days)
    }

    /// In a shorter month it is the last day.
    pub(crate) fn plus_months(self, months: i64) -> Self {
        let (year, month, day) = self.parts();
        let month = year * 12 + month - 1 + months;
        let found = (1..=day).rev().find_map(|day| Self::of(month.div_euclid(12), month.rem_euclid(12) + 1, day));
        found.unwrap_or(self)
    }

    /// From 0, a Monday.
    fn weekday(self) -> i64 {
        (self.0 + 3).rem_euclid(7)
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// Whether a text may be meant as a day, readable or not.
pub(crate) fn is_like_a_day(said: &str) -> bool {
    said.contains(|c: char| c.is_ascii_digit())
        || mentions(said, LIKE_DAYS)
        || words(said).iter().any(|word| is_date_word(word))
}

/// The day that a text names, or the end of a span from today on. Days without a year lie ahead; a number before
/// another is the day, and the second the month.
pub(crate) fn read(said: &str, today: Day) -> Option<Day> {
    let words = words(said);
    written_in_numbers(&words, today)
        .or_else(|| with_month(&words, today))
        .or_else(|| span(&words, today))
        .or_else(|| words.iter().find_map(|word| near(word, today)))
}

/// `2027-01-15`, `15/1`, `15.1.2027`.
fn written_in_numbers(words: &[String], today: Day) -> Option<Day> {
    words.iter().find_map(|word| {
        if let Some(day) = Day::parse(word) {
            return Some(day);
        }
        let parts: Vec<&str> = word.split(['/', '.', '-']).filter(|part| !part.is_empty()).collect();
        let numbers: Vec<i64> = parts.iter().map(|part| part.parse().ok()).collect::<Option<_>>()?;
        match numbers.as_slice() {
            [day, month] => ahead(*month, *day, today),
            [day, month, year] => Day::of(if *year < 100 { 2000 + year } else { *year }, *month, *day),
            _ => None,
        }
    })
}

/// "15 January", "January 15th 2027", "le 1er mars".
fn with_month(words: &[String], today: Day) -> Option<Day> {
    let at = words.iter().position(|word| month(word).is_some())?;
    let month = month(&words[at])?;
    let day = |word: &String| {
        let digits = word.trim_end_matches(|c: char| c.is_alphabetic() || c == '.');
        let ending = &word[digits.len()..];
        let is_day = matches!(ending, "" | "." | "st" | "nd" | "rd" | "th" | "er" | "e" | "de" | "ste" | "a");
        digits.parse::<i64>().ok().filter(|day| is_day && (1..=31).contains(day))
    };
    let before = at.checked_sub(1).and_then(|before| words.get(before));
    // "the 15th of January".
    let earlier = at.checked_sub(2).and_then(|earlier| words.get(earlier));
    let found = before.and_then(day).or_else(|| words.get(at + 1).and_then(day)).or_else(|| earlier.and_then(day))?;
    let year = words.iter().skip(at + 1).take(2).find_map(|word| word.parse::<i64>().ok().filter(|year| *year > 2000));
    match year {
        Some(year) => Day::of(year, month, found),
        None => ahead(month, found, today),
    }
}

/// "two months", "in 3 weeks"; not "every 4 weeks".
fn span(words: &[String], today: Day) -> Option<Day> {
    words.windows(2).enumerate().find_map(|(at, pair)| {
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        if before.is_some_and(|word| EVERY.contains(&word.as_str())) {
            return None;
        }
        let count = number(&pair[0])?;
        let unit = pair[1].as_str();
        if UNITS[0].contains(&unit) {
            Some(today.plus_days(count))
        } else if UNITS[1].contains(&unit) {
            Some(today.plus_days(7 * count))
        } else {
            UNITS[2].contains(&unit).then(|| today.plus_months(count))
        }
    })
}

/// "Tomorrow"; the next day of that name.
fn near(word: &str, today: Day) -> Option<Day> {
    if matches!(word, "tomorrow" | "demain" | "morgen" | "imorgon") {
        return Some(today.plus_days(1));
    }
    let weekday = WEEKDAYS.iter().position(|names| names.contains(&word)).and_then(|day| i64::try_from(day).ok())?;
    let days = (weekday - today.weekday()).rem_euclid(7);
    Some(today.plus_days(if days == 0 { 7 } else { days }))
}

/// The next day of this name that isn't past.
fn ahead(month: i64, day: i64, today: Day) -> Option<Day> {
    let (year, ..) = today.parts();
    (year..=year + 4).find_map(|year| Day::of(year, month, day).filter(|day| *day >= today))
}

fn number(word: &str) -> Option<i64> {
    if let Ok(number) = word.parse::<i64>() {
        return (1..=365).contains(&number).then_some(number);
    }
    NUMBERS.iter().position(|names| names.contains(&word)).and_then(|at| i64::try_from(at + 1).ok())
}

fn month(word: &str) -> Option<i64> {
    let word = word.trim_end_matches('.');
    MONTHS.iter().position(|names| names.contains(&word)).and_then(|at| i64::try_from(at + 1).ok())
}

fn is_date_word(word: &str) -> bool {
    month(word).is_some() || WEEKDAYS.iter().any(|names| names.contains(&word))
}

/// Lower case, without what stands around a word.
fn words(said: &str) -> Vec<String> {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-');
    said.to_lowercase()
        .split(|c| !inside(c))
        .map(|word| word.trim_end_matches(['.', '-', '/']).to_owned())
        .filter(|word| !word.is_empty() && !matches!(word.as_str(), "of" | "de" | "van" | "om"))
        .collect()
}

/// English, French, Dutch, Swedish.
#[rustfmt::skip]
const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "janvier", "janv", "januari"], &["february", "feb", "février", "fevrier", "févr", "februari"],
    &["march", "mar", "mars", "maart", "mrt"], &["april", "apr", "avril", "avr"], &["may", "mai", "mei", "maj"],
    &["june", "jun", "juin", "juni"], &["july", "jul", "juillet", "juil", "juli"],
    &["august", "aug", "août", "aout", "augustus", "augusti"],
    &["september", "sep", "sept", "septembre"], &["october", "oct", "octobre", "oktober", "okt"],
    &["november", "nov", "novembre"], &["december", "dec", "décembre", "decembre", "déc"],
];

/// From Monday.
#[rustfmt::skip]
const WEEKDAYS: [&[&str]; 7] = [
    &["monday", "lundi", "maandag", "måndag"], &["tuesday", "mardi", "dinsdag", "tisdag"],
    &["wednesday", "mercredi", "woensdag", "onsdag"], &["thursday", "jeudi", "donderdag", "torsdag"],
    &["friday", "vendredi", "vrijdag", "fredag"], &["saturday", "samedi", "zaterdag", "lördag"],
    &["sunday", "dimanche", "zondag", "söndag"],
];

#[rustfmt::skip]
const UNITS: [&[&str]; 3] = [
    &["day", "days", "jour", "jours", "dag", "dagen", "dagar"],
    &["week", "weeks", "semaine", "semaines", "weken", "vecka", "veckor"],
    &["month", "months", "mois", "maand", "maanden", "månad", "månader"],
];

/// From one.
#[rustfmt::skip]
const NUMBERS: [&[&str]; 6] = [
    &["a", "an", "one", "un", "une", "een", "één", "en", "ett"], &["two", "deux", "twee", "två"],
    &["three", "trois", "drie", "tre"], &["four", "quatre", "vier", "fyra"],
    &["five", "cinq", "vijf", "fem"], &["six", "zes", "sex"],
];

const EVERY: &[&str] = &["every", "each", "les", "chaque", "elke", "iedere", "per", "var", "varje"];

#[rustfmt::skip]
const LIKE_DAYS: &[&str] = &[
    "day*", "week*", "month*", "tomorrow", "jour*", "semaine*", "mois", "demain", "dag*", "weken", "maand*",
    "morgen", "vecka", "veckor", "månad*", "i morgon", "imorgon",
];

#[cfg(test)]
mod tests;

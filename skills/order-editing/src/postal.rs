//! Reading an address as people write it in one message, and writing it as they read it.
//!
//! A street with its number comes first, then a postal code beside its city, set apart by commas or lines: "Mill Lane 7,
//! 04109 Leipzig". A name may stand before it, a floor between, a country after. What can't be read surely is not guessed;
//! what was understood is shown to the customer before it is used.

mod country;
mod lead;

use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::Address;

/// An address in a message.
#[derive(Debug, PartialEq)]
pub(crate) struct Found<'a> {
    /// What was said before it: "send order #1001 to".
    pub(crate) before: &'a str,
    pub(crate) place: Place,
}

#[derive(Debug, PartialEq)]
pub(crate) struct Place {
    name: Option<String>,
    line1: String,
    line2: Option<String>,
    city: String,
    region: Option<String>,
    postal_code: String,
    /// ISO 3166-1; none where the message names no country.
    country: Option<&'static str>,
}

impl Place {
    /// With what the message leaves out taken from the order's present address. None where no country was named and the
    /// postal code is none of the present one's.
    pub(crate) fn into_address(self, current: &Address) -> Option<Address> {
        let country_code = match self.country {
            Some(named) => named.to_owned(),
            None => country::of_code(&self.postal_code, &current.country_code)?.to_owned(),
        };
        let nearby = country_code == current.country_code && self.postal_code == current.postal_code;
        Some(Address {
            name: self.name.unwrap_or_else(|| current.name.clone()),
            line1: self.line1,
            line2: self.line2,
            city: self.city,
            region: self.region.or_else(|| current.region.clone().filter(|_| nearby)),
            postal_code: self.postal_code,
            country_code,
            phone: current.phone.clone(),
        })
    }
}

/// The address in a text; none where there is no street with a number, or no postal code beside a city. `country` is
/// where it is likely to be, ISO 3166-1, or empty.
pub(crate) fn read<'a>(text: &'a str, country: &str) -> Option<Found<'a>> {
    let said = text.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '.' | '!' | '?'));
    let mut parts = Vec::new();
    for piece in said.split([',', '\n', ';']).map(lead::cut).filter(|piece| !piece.rest.is_empty()) {
        parts.extend(apart(piece, country));
    }
    let town = (1..parts.len()).find_map(|at| Town::read(&parts, at, country))?;
    let is_line = |part: &str| has_digit(part) && !lead::is_talk(part);
    let street = parts[..town.first].iter().position(|part| is_line(&part.text))?;
    let name = parts[..street].last().filter(|_| !parts[street].has_lead).and_then(name);
    let (city, mut named) = without_country(without_courtesy(&town.city));
    let mut line2: Vec<&str> = parts[street + 1..town.first].iter().map(|part| part.text.as_str()).collect();
    if line2.iter().any(|line| lead::is_talk(line)) {
        return None;
    }
    for part in &parts[town.end..] {
        match country::code(without_courtesy(&part.text)) {
            Some(code) => named = Some(code),
            None if is_line(&part.text) && !part.has_lead => line2.push(&part.text),
            None => {}
        }
    }
    let first = name.unwrap_or(parts[street].from);
    let before = &text[..first.as_ptr() as usize - text.as_ptr() as usize];
    let place = Place {
        name: name.map(str::to_owned),
        line1: parts[street].text.clone(),
        line2: Some(line2.join(", ")).filter(|line| !line.is_empty()),
        city: city.to_owned(),
        region: town.region,
        postal_code: town.code,
        country: named,
    };
    (!place.city.is_empty()).then_some(Found { before, place })
}

/// Whether a text that can't be read may be meant as an address: it has a number and words.
pub(crate) fn is_like_one(text: &str) -> bool {
    has_digit(text) && text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count() >= 2
}

/// All of it on one line.
pub(crate) fn one_line(address: &Address, language: Language) -> String {
    written(address, language).join(", ")
}

/// All of it on lines of its own, below a text.
pub(crate) fn lines(address: &Address, language: Language) -> String {
    written(address, language).iter().map(|line| format!("\n- {line}")).collect()
}

fn written(address: &Address, language: Language) -> Vec<String> {
    let town = match &address.region {
        Some(region) => format!("{} {} ({region})", address.postal_code, address.city),
        None => format!("{} {}", address.postal_code, address.city),
    };
    let country = country::name(&address.country_code, language).unwrap_or(&address.country_code);
    let lines =
        [Some(address.name.as_str()), Some(&address.line1), address.line2.as_deref(), Some(&town), Some(country)];
    lines.into_iter().flatten().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// A line of what may be an address.
struct Part<'a> {
    /// With one space between its words.
    text: String,
    /// Where it stands in the message.
    from: &'a str,
    /// Whether words that lead up to an address stood before it.
    has_lead: bool,
}

/// Street and town of one part: "Mill Lane 7 04109 Leipzig".
fn apart<'a>(piece: lead::Cut<'a>, country: &str) -> Vec<Part<'a>> {
    let words: Vec<&str> = piece.rest.split_whitespace().collect();
    let at = (2..words.len()).find(|&at| {
        words[..at].iter().any(|word| has_digit(word))
            && words[at].starts_with(|c: char| c.is_ascii_digit())
            && code(&words[at..], country).is_some_and(|(_, length)| {
                words.get(at + length).is_some_and(|next| next.starts_with(char::is_alphabetic))
            })
    });
    let part = |words: &[&str], has_lead| Part { text: words.join(" "), from: piece.rest, has_lead };
    match at {
        Some(at) => vec![part(&words[..at], piece.has_lead), part(&words[at..], false)],
        None => vec![part(&words, piece.has_lead)],
    }
}

/// The name in a part before the street: after words that lead up to it, "my mother Eva Berg" is Eva Berg.
fn name<'a>(part: &Part<'a>) -> Option<&'a str> {
    let is_small = |word: &str| word.starts_with(char::is_lowercase) && !PARTICLES.contains(&word);
    let mut rest = part.from;
    while part.has_lead
        && let Some((first, after)) = rest.split_once(char::is_whitespace)
        && is_small(first)
    {
        rest = after.trim_start();
    }
    is_name(rest).then_some(rest)
}

/// A postal code with its city, which is in the same part or beside it.
struct Town {
    code: String,
    city: String,
    region: Option<String>,
    /// The parts that it takes up.
    first: usize,
    end: usize,
}

impl Town {
    fn read(parts: &[Part<'_>], at: usize, country: &str) -> Option<Self> {
        let words: Vec<&str> = parts[at].text.split_whitespace().collect();
        // A city in a part of its own: after the code, or before it and then after the street.
        let is_plain = |text: &&str| !has_digit(text) && country::code(text).is_none();
        let plain = |at: usize| parts.get(at).map(|part| part.text.as_str()).filter(is_plain).map(str::to_owned);
        let before = || (at >= 2).then(|| plain(at - 1)).flatten();
        if let Some((code, length)) = code(&words, country) {
            if let Some(rest) = words.get(length..).filter(|rest| !rest.is_empty()) {
                let city = rest.join(" ");
                return (!has_digit(&city)).then_some(Town { code, city, region: None, first: at, end: at + 1 });
            }
            if let Some(city) = plain(at + 1) {
                return Some(Town { code, city, region: None, first: at, end: at + 2 });
            }
            return before().map(|city| Town { code, city, region: None, first: at - 1, end: at + 1 });
        }
        // "London NW1 6XE", "Springfield IL 62701".
        let (head, code) = (1..words.len()).find_map(|at| {
            let (code, length) = code(&words[at..], country)?;
            (at + length == words.len()).then_some((&words[..at], code))
        })?;
        match head {
            [region] if is_region(region) => {
                before().map(|city| Town { code, city, region: Some(region.to_string()), first: at - 1, end: at + 1 })
            }
            [city @ .., region] if is_region(region) => {
                let (city, region) = (city.join(" "), Some(region.to_string()));
                Some(Town { code, city, region, first: at, end: at + 1 })
            }
            city => {
                let city = city.join(" ");
                (!has_digit(&city)).then_some(Town { code, city, region: None, first: at, end: at + 1 })
            }
        }
    }
}

/// The postal code that words begin with, as it is written, and how many words it takes.
fn code(words: &[&str], country: &str) -> Option<(String, usize)> {
    let (first, next) = (words.first()?, words.get(1).copied().unwrap_or_default());
    // "D-10115"
    let first = match first.split_once('-') {
        Some((letters, digits)) if is_letters(letters) && letters.len() <= 2 => digits,
        _ => first,
    };
    let digits = first.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &first[digits..];
    match (digits, rest) {
        (5, "") => Some((first.to_owned(), 1)),
        (4, "") if next.len() == 2 && is_letters(next) && (country == "NL" || next == next.to_ascii_uppercase()) => {
            Some((format!("{first} {}", next.to_ascii_uppercase()), 2))
        }
        (4, "") => Some((first.to_owned(), 1)),
        (4, letters) if letters.len() == 2 && is_letters(letters) => {
            Some((format!("{} {}", &first[..4], letters.to_ascii_uppercase()), 1))
        }
        (3, "") if next.len() == 2 && next.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some((format!("{first} {next}"), 2))
        }
        (2 | 4, rest) if rest.len() == 4 && rest.starts_with('-') && rest[1..].bytes().all(|b| b.is_ascii_digit()) => {
            Some((first.to_owned(), 1))
        }
        // "NW1 6XE", "K1A 0B1", "D02 X285".
        (0, _) if is_mixed(first, 2..=4) && is_mixed(next, 3..=4) => {
            Some((format!("{first} {next}").to_ascii_uppercase(), 2))
        }
        _ => None,
    }
}

fn is_letters(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Letters and digits together.
fn is_mixed(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && has_digit(text)
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn is_region(word: &str) -> bool {
    word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// "Ana B.", "Eva van der Berg": not "my new address".
fn is_name(part: &str) -> bool {
    let words: Vec<&str> = part.split_whitespace().collect();
    let capital = |word: &&str| word.starts_with(char::is_uppercase);
    (2..=6).contains(&words.len())
        && words.first().is_some_and(capital)
        && words.last().is_some_and(capital)
        && words.iter().all(|word| capital(word) || PARTICLES.contains(word))
        && !lead::is_talk(part)
}

fn without_courtesy(text: &str) -> &str {
    // "Leipzig. Thanks", but not "St. Gallen".
    let end = text
        .match_indices(". ")
        .map(|(at, _)| at)
        .find(|&at| text[..at].rsplit(char::is_whitespace).next().is_some_and(|word| word.chars().count() > 3));
    lead::before_talk(end.map_or(text, |at| &text[..at]).trim())
}

/// "Leipzig Germany".
fn without_country(city: &str) -> (&str, Option<&'static str>) {
    for (at, _) in city.match_indices(' ') {
        if let Some(code) = country::code(city[at..].trim()) {
            return (city[..at].trim_end(), Some(code));
        }
    }
    (city, None)
}

/// What stands in lower case inside names.
const PARTICLES: &[&str] =
    &["van", "von", "der", "den", "de", "del", "della", "di", "da", "la", "le", "af", "ter", "te"];

#[cfg(test)]
mod tests;

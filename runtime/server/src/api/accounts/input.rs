//! What people type about themselves.

use crate::api::Server;
use crate::identity::{EmailAddress, LONGEST, SHORTEST, acceptable};
use crate::problem::{Answer, Kind, Problem};
use jiff::tz::TimeZone;
use usher_agent::hygiene::clean_line;

const NAME_CHARS: std::ops::RangeInclusive<usize> = 2..=40;
const DISPLAY_CHARS: usize = 60;
/// Words that mean somebody else in paths and in the audit.
const RESERVED: [&str; 6] = ["admin", "me", "policy", "runtime", "recovery", "setup"];

fn invalid(detail: impl Into<String>) -> Problem {
    Problem::new(Kind::Invalid).detail(detail)
}

/// An address.
pub(super) fn email(text: &str) -> Answer<EmailAddress> {
    EmailAddress::parse(text)
        .ok_or_else(|| invalid("`email` is not an e-mail address").fix("write it like name@shop.example.com"))
}

/// What an account is called by the audit and the API; where none is given, what stands before the `@`.
pub(super) fn name(server: &Server, given: Option<&str>, email: &EmailAddress) -> Answer<String> {
    let name = match given.map(str::trim).filter(|given| !given.is_empty()) {
        Some(given) => given.to_owned(),
        None => {
            let local = email.as_str().split(['@', '+']).next().unwrap_or_default();
            let plain: String = local.chars().filter(|c| plain(*c)).collect();
            plain.trim_matches(['.', '-']).chars().take(*NAME_CHARS.end()).collect()
        }
    };
    let sound = NAME_CHARS.contains(&name.len())
        && name.chars().all(plain)
        && name.starts_with(|c: char| c.is_ascii_alphanumeric());
    if !sound {
        return Err(invalid(format!("`name`: `{name}` can't be used"))
            .fix("use 2 to 40 lower-case letters, digits, `.` and `-`, a letter or digit first"));
    }
    if RESERVED.contains(&name.as_str()) || server.is_configured(&name) {
        return Err(invalid(format!("`name`: `{name}` means somebody else here")).fix("choose another name"));
    }
    Ok(name)
}

fn plain(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-')
}

/// What colleagues and customers read.
pub(super) fn display_name(text: &str) -> Answer<String> {
    let text = clean_line(text);
    let length = text.chars().count();
    if length == 0 || length > DISPLAY_CHARS {
        return Err(invalid(format!("`display_name` must have 1 to {DISPLAY_CHARS} characters"))
            .fix("write the name that colleagues and customers read"));
    }
    Ok(text)
}

/// An IANA name; the shop's where none is given.
pub(super) fn time_zone(server: &Server, text: Option<&str>) -> Answer<String> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(server.config().shop.time_zone.clone()) };
    if TimeZone::get(text).is_err() {
        return Err(invalid(format!("`time_zone`: `{text}` is not known")).fix("write it like Europe/Berlin"));
    }
    Ok(text.to_owned())
}

/// A new password.
pub(super) fn password(server: &Server, field: &str, password: &str, email: &str, display_name: &str) -> Answer<()> {
    let known = [server.config().shop.name.as_str(), email, display_name];
    acceptable(password, &known).map_err(|refusal| {
        invalid(format!("`{field}`: {refusal}")).fix(format!(
            "choose {SHORTEST} to {LONGEST} characters that nobody guesses: some words that don't belong together, say"
        ))
    })
}

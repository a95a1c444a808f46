//! The address in what a customer typed. Only its form is checked: that it is theirs, nobody has proved.

use super::HandoffWords;
use std::fmt;

/// Longest address and longest part before the @, in bytes (RFC 5321, 4.5.3.1).
const LONGEST: usize = 254;
const LONGEST_NAME: usize = 64;
/// Longest part between two dots of a domain (RFC 1035, 2.3.4).
const LONGEST_LABEL: usize = 63;

/// Why there is no address in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AddressProblem {
    /// There is no @.
    NoAt,
    /// Nothing stands before the @, or there is more than one.
    NoName,
    /// Behind the @ stands no domain with a dot.
    NoDomain,
    /// It has characters that no address has.
    Characters,
    /// It is longer than addresses are.
    TooLong,
}

impl AddressProblem {
    /// The same as customers are told.
    pub(crate) fn told(self, words: &HandoffWords) -> &'static str {
        match self {
            Self::NoAt => words.email_no_at,
            Self::NoName => words.email_no_name,
            Self::NoDomain => words.email_no_domain,
            Self::Characters => words.email_characters,
            Self::TooLong => words.email_too_long,
        }
    }
}

impl fmt::Display for AddressProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAt => "there is no @",
            Self::NoName => "it isn't one name and one @",
            Self::NoDomain => "behind the @ stands no domain",
            Self::Characters => "it has characters that no address has",
            Self::TooLong => "it is too long",
        })
    }
}

/// The first sound address in a text, in lower case: of `it's Ana@example.net, thanks` it is `ana@example.net`. Display
/// names, quoted names and addresses of machines by number are none.
///
/// # Errors
/// What is wrong with what looks most like one.
pub(crate) fn find(text: &str) -> Result<String, AddressProblem> {
    let mut problem = None;
    // "ana @ example.net" is meant as one.
    let joined = text.split('@').map(str::trim).collect::<Vec<_>>().join("@");
    for word in text.split_whitespace().chain(joined.split_whitespace()).filter(|word| word.contains('@')) {
        match sound(bare(word)) {
            Ok(address) => return Ok(address),
            Err(found) => problem = problem.or(Some(found)),
        }
    }
    Err(problem.unwrap_or(AddressProblem::NoAt))
}

/// Without what stands around an address in a sentence.
fn bare(word: &str) -> &str {
    let around = |c: char| {
        matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '"' | '\'' | '`' | ',' | ';' | ':' | '!' | '?' | '.')
            || matches!(c, '“' | '”' | '„' | '«' | '»' | '‘' | '’' | '…')
    };
    let word = word.trim_matches(around);
    word.strip_prefix("mailto:").unwrap_or(word)
}

fn sound(word: &str) -> Result<String, AddressProblem> {
    let (name, domain) = word.split_once('@').ok_or(AddressProblem::NoAt)?;
    if name.is_empty() || domain.contains('@') {
        return Err(AddressProblem::NoName);
    }
    let labels: Vec<&str> = domain.split('.').collect();
    if labels.len() < 2 || labels.iter().any(|label| label.is_empty()) {
        return Err(AddressProblem::NoDomain);
    }
    let name_ok = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let label_ok = |label: &&str| {
        !label.starts_with('-') && !label.ends_with('-') && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    if !name.chars().all(name_ok) || !labels.iter().all(label_ok) {
        return Err(AddressProblem::Characters);
    }
    if name.starts_with('.') || name.ends_with('.') || name.contains("..") {
        return Err(AddressProblem::Characters);
    }
    // The last part of a domain names no machine by number, and has two letters at least (RFC 3696, 2).
    let last = labels.last().copied().unwrap_or_default();
    if last.len() < 2 || last.chars().all(|c| c.is_ascii_digit()) {
        return Err(AddressProblem::NoDomain);
    }
    if word.len() > LONGEST || name.len() > LONGEST_NAME || labels.iter().any(|label| label.len() > LONGEST_LABEL) {
        return Err(AddressProblem::TooLong);
    }
    Ok(word.to_ascii_lowercase())
}

/// A telephone number: its digits, with the `+` that it begins with; none where it isn't one. E.164 allows 15 digits, and
/// no network has numbers of fewer than 5.
pub(crate) fn phone(text: &str) -> Option<String> {
    let text = text.trim();
    let (plus, rest) = text.strip_prefix('+').map_or(("", text), |rest| ("+", rest));
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let others = rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '/' | '(' | ')'));
    (others && (5..=15).contains(&digits.len())).then(|| format!("{plus}{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_in_what_people_write() {
        for text in [
            "ana@example.net",
            "  Ana@Example.net ",
            "it's ana@example.net",
            "It's ana@example.net, thanks!",
            "c'est « ana@example.net ».",
            "<ana@example.net>",
            "mailto:ana@example.net",
            "ana @ example.net",
            "reach me @ ana@example.net",
            "my old one was ana@example, now ana@example.net",
        ] {
            assert_eq!(find(text), Ok("ana@example.net".to_owned()), "{text}");
        }
        let long = "o'neil+shop@mail.example.co.uk";
        assert_eq!(find(long), Ok(long.to_owned()));
    }

    #[test]
    fn what_is_wrong_is_told() {
        use AddressProblem::{Characters, NoAt, NoDomain, NoName, TooLong};
        let long = format!("{}@example.net", "a".repeat(65));
        let longer = format!("ana@{}.net", vec!["b".repeat(60); 5].join("."));
        for (text, problem) in [
            ("ana.example.net", NoAt),
            ("", NoAt),
            ("where is my order?", NoAt),
            ("@example.net", NoName),
            ("ana@@example.net", NoName),
            ("ana@home@example.net", NoName),
            ("ana@example", NoDomain),
            ("ana@", NoDomain),
            ("ana@example..net", NoDomain),
            ("ana@192.0.2.7", NoDomain),
            ("ana@example.n", NoDomain),
            ("änä@example.net", Characters),
            ("ana@exa_mple.net", Characters),
            ("ana@-example.net", Characters),
            ("a..na@example.net", Characters),
            ("ana\"x\"@example.net", Characters),
            (long.as_str(), TooLong),
            (longer.as_str(), TooLong),
        ] {
            assert_eq!(find(text), Err(problem), "{text}");
        }
    }

    #[test]
    fn a_number_is_read_as_people_write_it() {
        assert_eq!(phone(" +49 (30) 123-456 ").as_deref(), Some("+4930123456"));
        assert_eq!(phone("030/123 456").as_deref(), Some("030123456"));
        for text in ["", "1234", "call me", "+49 30 ext 7", "1234567890123456", "+"] {
            assert_eq!(phone(text), None, "{text}");
        }
    }
}

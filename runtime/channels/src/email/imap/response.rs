//! Reads what an IMAP server says, as far as it matters here. Without recursion: a server can't make it deep.

use jiff::Timestamp;
use jiff::fmt::strtime;

/// One response: its text with each literal replaced by a NUL, which no text holds, and the literals.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Response {
    pub(super) text: String,
    pub(super) literals: Vec<Vec<u8>>,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Ok,
    No,
    Bad,
}

/// What a response is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// The server waits for more.
    Continue,
    /// The command of this tag has ended.
    Done {
        tag: String,
        ending: Ending,
        text: String,
    },
    Capabilities(Vec<String>),
    /// So many mails are in the folder.
    Exists,
    Search(Vec<u32>),
    Fetch(Fetched),
    UidValidity(u32),
    UidNext(u32),
    Bye(String),
    Other,
}

/// What is known of a mail.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fetched {
    pub(super) uid: Option<u32>,
    pub(super) size: Option<usize>,
    pub(super) came_at: Option<Timestamp>,
    pub(super) body: Option<Vec<u8>>,
}

impl Fetched {
    /// Servers tell more of a mail at any time, its flags for example: what they don't name stays known.
    pub(super) fn add(&mut self, more: Self) {
        self.uid = more.uid.or(self.uid);
        self.size = more.size.or(self.size);
        self.came_at = more.came_at.or(self.came_at);
        self.body = more.body.or(self.body.take());
    }
}

/// The length of the literal that follows a line which ends so: `{12}`, `~{12}`.
pub(super) fn literal(line: &[u8]) -> Option<usize> {
    let open = line.iter().rposition(|&b| b == b'{')?;
    let digits = line[open + 1..].strip_suffix(b"}")?;
    let digits = digits.strip_suffix(b"+").unwrap_or(digits);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(std::str::from_utf8(digits).ok()?.parse().unwrap_or(usize::MAX))
}

impl Response {
    pub(super) fn read(self) -> Said {
        let Some((first, rest)) = self.text.split_once(' ') else {
            return if self.text == "+" { Said::Continue } else { Said::Other };
        };
        match first {
            "+" => Said::Continue,
            "*" => untagged(rest, &self.literals),
            tag => {
                let (word, text) = rest.split_once(' ').unwrap_or((rest, ""));
                let ending = match word.to_ascii_uppercase().as_str() {
                    "OK" => Ending::Ok,
                    "NO" => Ending::No,
                    "BAD" => Ending::Bad,
                    _ => return Said::Other,
                };
                Said::Done { tag: tag.to_owned(), ending, text: text.to_owned() }
            }
        }
    }
}

fn untagged(text: &str, literals: &[Vec<u8>]) -> Said {
    let mut words = text.split(' ').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_ascii_uppercase();
    match first.as_str() {
        "CAPABILITY" => Said::Capabilities(words.map(str::to_ascii_uppercase).collect()),
        "SEARCH" => Said::Search(words.map_while(|word| word.parse().ok()).collect()),
        "BYE" => Said::Bye(words.collect::<Vec<_>>().join(" ")),
        "OK" | "PREAUTH" => code(text),
        number if number.bytes().all(|b| b.is_ascii_digit()) => {
            match words.next().unwrap_or_default().to_ascii_uppercase().as_str() {
                "EXISTS" => Said::Exists,
                "FETCH" => Said::Fetch(fetched(text, literals)),
                _ => Said::Other,
            }
        }
        _ => Said::Other,
    }
}

/// `OK [UIDVALIDITY 7] …`
fn code(text: &str) -> Said {
    let inside = text.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map_or("", |(inside, _)| inside);
    let mut words = inside.split(' ').filter(|word| !word.is_empty());
    match (words.next().unwrap_or_default().to_ascii_uppercase().as_str(), words.next()) {
        ("UIDVALIDITY", Some(number)) => number.parse().map_or(Said::Other, Said::UidValidity),
        ("UIDNEXT", Some(number)) => number.parse().map_or(Said::Other, Said::UidNext),
        ("CAPABILITY", Some(one)) => {
            Said::Capabilities(std::iter::once(one).chain(words).map(str::to_ascii_uppercase).collect())
        }
        _ => Said::Other,
    }
}

/// `3 FETCH (UID 5 RFC822.SIZE 44 INTERNALDATE "…" BODY[] {44}…)`: pairs of name and value.
fn fetched(text: &str, literals: &[Vec<u8>]) -> Fetched {
    let mut fetched = Fetched::default();
    let Some((_, list)) = text.split_once('(') else { return fetched };
    let mut tokens = Tokens { rest: list, literals: literals.iter() };
    while let Some(Token::Word(name)) = tokens.next() {
        match (name.to_ascii_uppercase().as_str(), tokens.value()) {
            ("UID", Some(Token::Word(number))) => fetched.uid = number.parse().ok(),
            ("RFC822.SIZE", Some(Token::Word(number))) => fetched.size = number.parse().ok(),
            ("INTERNALDATE", Some(Token::Quoted(date))) => fetched.came_at = internal_date(&date),
            ("BODY[]", Some(Token::Literal(bytes))) => fetched.body = Some(bytes.clone()),
            ("BODY[]", Some(Token::Quoted(text))) => fetched.body = Some(text.into_bytes()),
            _ => {}
        }
    }
    fetched
}

enum Token<'a> {
    Word(&'a str),
    Quoted(String),
    Literal(&'a Vec<u8>),
    Open,
    Close,
}

struct Tokens<'a> {
    rest: &'a str,
    literals: std::slice::Iter<'a, Vec<u8>>,
}

impl<'a> Tokens<'a> {
    /// The value behind a name; a list in parentheses is gone over.
    fn value(&mut self) -> Option<Token<'a>> {
        let first = self.next()?;
        let Token::Open = first else { return Some(first) };
        let mut depth = 1_usize;
        while depth > 0 {
            match self.next()? {
                Token::Open => depth += 1,
                Token::Close => depth -= 1,
                _ => {}
            }
        }
        Some(Token::Close)
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.rest = self.rest.trim_start_matches(' ');
        let mut chars = self.rest.chars();
        let first = chars.next()?;
        match first {
            '(' | ')' | '\0' => self.rest = chars.as_str(),
            _ => {}
        }
        match first {
            '(' => Some(Token::Open),
            ')' => Some(Token::Close),
            '\0' => self.literals.next().map(Token::Literal),
            '"' => {
                let mut text = String::new();
                while let Some(c) = chars.next() {
                    match c {
                        '"' => break,
                        '\\' => text.extend(chars.next()),
                        c => text.push(c),
                    }
                }
                self.rest = chars.as_str();
                Some(Token::Quoted(text))
            }
            _ => {
                let end = self.rest.find([' ', '(', ')', '\0']).unwrap_or(self.rest.len());
                let (word, rest) = self.rest.split_at(end);
                self.rest = rest;
                Some(Token::Word(word))
            }
        }
    }
}

/// `" 7-Nov-2026 09:00:00 +0100"` (RFC 9051, `date-time`).
fn internal_date(text: &str) -> Option<Timestamp> {
    strtime::parse("%d-%b-%Y %H:%M:%S %z", text.trim()).ok()?.to_timestamp().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, literals: &[&[u8]]) -> Said {
        Response { text: text.into(), literals: literals.iter().map(|bytes| bytes.to_vec()).collect() }.read()
    }

    #[test]
    fn responses_are_read() {
        assert_eq!(said("+ idling", &[]), Said::Continue);
        assert_eq!(said("+", &[]), Said::Continue);
        assert_eq!(
            said("a7 NO [AUTHENTICATIONFAILED] wrong", &[]),
            Said::Done { tag: "a7".into(), ending: Ending::No, text: "[AUTHENTICATIONFAILED] wrong".into() }
        );
        assert_eq!(said("* 3 EXISTS", &[]), Said::Exists);
        assert_eq!(said("* 3 EXPUNGE", &[]), Said::Other);
        assert_eq!(said("* SEARCH 2 3 9", &[]), Said::Search(vec![2, 3, 9]));
        assert_eq!(said("* SEARCH", &[]), Said::Search(vec![]));
        assert_eq!(said("* OK [UIDVALIDITY 77] fine", &[]), Said::UidValidity(77));
        assert_eq!(said("* OK [UIDNEXT 5] fine", &[]), Said::UidNext(5));
        assert_eq!(
            said("* CAPABILITY IMAP4rev1 idle", &[]),
            Said::Capabilities(vec!["IMAP4REV1".into(), "IDLE".into()])
        );
        assert_eq!(
            said("* OK [CAPABILITY IMAP4rev1 STARTTLS] hello", &[]),
            Said::Capabilities(vec!["IMAP4REV1".into(), "STARTTLS".into()])
        );
        assert_eq!(said("* BYE see you", &[]), Said::Bye("see you".into()));
        for strange in [
            "",
            "*",
            "* ",
            "* OK [",
            "* OK [UIDVALIDITY]",
            "* OK [UIDNEXT x]",
            "a1",
            "a1 WHAT",
            "* 99999999999999 EXISTSX",
        ] {
            assert_eq!(said(strange, &[]), Said::Other, "{strange}");
        }
    }

    #[test]
    fn fetched_mails_are_read_in_any_order_and_with_what_was_not_asked_for() {
        let Said::Fetch(fetched) = said(
            "* 3 FETCH (FLAGS (\\Seen $x) BODY[] \0 X-NEW (a (b \"(\\\")\" c)) INTERNALDATE \" 7-Nov-2026 09:00:00 +0100\" UID 5 RFC822.SIZE 4)",
            &[b"mail"],
        ) else {
            panic!("a fetch")
        };
        assert_eq!(fetched.uid, Some(5));
        assert_eq!(fetched.size, Some(4));
        assert_eq!(fetched.body.as_deref(), Some(&b"mail"[..]));
        assert_eq!(fetched.came_at, "2026-11-07T08:00:00Z".parse().ok());
        let Said::Fetch(fetched) = said("* 3 FETCH (UID 5 BODY[] \"a\\\"b\")", &[]) else { panic!("a fetch") };
        assert_eq!(fetched.body.as_deref(), Some(&b"a\"b"[..]));
        let Said::Fetch(fetched) = said("* 3 FETCH (UID 5 BODY[] NIL)", &[]) else { panic!("a fetch") };
        assert_eq!((fetched.uid, fetched.body), (Some(5), None));
    }

    #[test]
    fn what_is_cut_or_deep_ends() {
        let deep = format!("* 1 FETCH (X {} UID 1)", "(".repeat(500_000));
        assert_eq!(said(&deep, &[]), Said::Fetch(Fetched::default()));
        for cut in ["* 1 FETCH", "* 1 FETCH (", "* 1 FETCH (UID", "* 1 FETCH (BODY[] \0", "* 1 FETCH (X \"abc"] {
            assert_eq!(said(cut, &[]), Said::Fetch(Fetched::default()), "{cut:?}");
        }
    }

    #[test]
    fn literals_are_announced_at_the_end_of_a_line() {
        assert_eq!(literal(b"* 1 FETCH (BODY[] {12}"), Some(12));
        assert_eq!(literal(b"* 1 FETCH (BODY[] {12+}"), Some(12));
        assert_eq!(literal(b"x {99999999999999999999999}"), Some(usize::MAX));
        for none in [&b""[..], b"{}", b"{a}", b"{1} ", b"1}"] {
            assert_eq!(literal(none), None, "{none:?}");
        }
    }
}

//! Shopify's search syntax.
//!
//! Terms join with AND; `OR`, `NOT` and `-`, parentheses, `field:value`, `:>`, `:>=`, `:<`, `:<=`, quotes of both kinds,
//! backslash escapes, and `*` at the end of a value. An unquoted address is split into words, so that
//! `email:ana@example.net` finds `ana.marie@example.net` too; in quotes it must be equal.

use std::cmp::Ordering;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

#[derive(Debug, Clone)]
pub(super) enum Query {
    Everything,
    And(Vec<Query>),
    Or(Vec<Query>),
    Not(Box<Query>),
    Term(Term),
}

#[derive(Debug, Clone, Default)]
pub(super) struct Term {
    /// In lower case; none for free text.
    pub(super) field: Option<String>,
    comparison: Comparison,
    pub(super) value: String,
    quoted: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Comparison {
    #[default]
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

pub(super) fn read(text: Option<&str>) -> Query {
    let chars: Vec<char> = text.unwrap_or_default().chars().collect();
    let mut reader = Reader { chars: &chars, at: 0 };
    let mut parts = Vec::new();
    while reader.at < chars.len() {
        parts.push(reader.either());
        // A closing parenthesis that opens nowhere.
        reader.at += usize::from(reader.peek() == Some(')'));
    }
    match parts.len() {
        0 => Query::Everything,
        _ => Query::And(parts),
    }
}

impl Query {
    pub(super) fn matches(&self, term: &dyn Fn(&Term) -> bool) -> bool {
        match self {
            Self::Everything => true,
            Self::And(parts) => parts.iter().all(|p| p.matches(term)),
            Self::Or(parts) => parts.iter().any(|p| p.matches(term)),
            Self::Not(part) => !part.matches(term),
            Self::Term(t) => term(t),
        }
    }

    /// Fields that are searched but aren't filters of this search.
    pub(super) fn unknown_fields(&self, filters: &[&str]) -> Vec<String> {
        match self {
            Self::Everything => Vec::new(),
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(|p| p.unknown_fields(filters)).collect(),
            Self::Not(part) => part.unknown_fields(filters),
            Self::Term(term) => term.field.iter().filter(|f| !filters.contains(&f.as_str())).cloned().collect(),
        }
    }
}

impl Term {
    /// Equal without regard to case; `*` at the end stands for any rest.
    pub(super) fn is_text(&self, text: &str) -> bool {
        let (value, text) = (self.value.to_lowercase(), text.to_lowercase());
        match value.strip_suffix('*') {
            Some(start) if !self.quoted => text.starts_with(start),
            _ => value == text,
        }
    }

    /// All words of the value are words of the text; the last may be the beginning of one where `*` follows.
    pub(super) fn has_words(&self, text: &str) -> bool {
        let open = self.value.ends_with('*');
        let (wanted, there) = (words(&self.value), words(text));
        let last = wanted.len().saturating_sub(1);
        !wanted.is_empty()
            && wanted
                .iter()
                .enumerate()
                .all(|(i, w)| there.iter().any(|t| t == w || (open && i == last && t.starts_with(w.as_str()))))
    }

    pub(super) fn is_or_has_words(&self, text: &str) -> bool {
        if self.quoted { self.is_text(text) } else { self.has_words(text) }
    }

    pub(super) fn is_number(&self, number: u64) -> bool {
        self.value.parse::<u64>().is_ok_and(|wanted| self.holds(number.cmp(&wanted)))
    }

    pub(super) fn is_amount(&self, amount: f64) -> bool {
        self.value.parse::<f64>().ok().and_then(|wanted| amount.partial_cmp(&wanted)).is_some_and(|o| self.holds(o))
    }

    /// An instant, or a day: a day as a whole when compared for equality, else its first moment.
    pub(super) fn is_time(&self, at: Timestamp) -> bool {
        if let Ok(instant) = self.value.parse::<Timestamp>() {
            return self.holds(at.cmp(&instant));
        }
        let Ok(day) = self.value.parse::<Date>() else { return false };
        if self.comparison == Comparison::Equal {
            return TimeZone::UTC.to_datetime(at).date() == day;
        }
        TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).is_ok_and(|start| self.holds(at.cmp(&start)))
    }

    fn holds(&self, ordering: Ordering) -> bool {
        match self.comparison {
            Comparison::Equal => ordering.is_eq(),
            Comparison::Less => ordering.is_lt(),
            Comparison::LessOrEqual => ordering.is_le(),
            Comparison::Greater => ordering.is_gt(),
            Comparison::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

struct Reader<'c> {
    chars: &'c [char],
    at: usize,
}

impl Reader<'_> {
    /// Parts joined by `OR`, up to the end or a closing parenthesis.
    fn either(&mut self) -> Query {
        let mut choices = Vec::new();
        let mut all = Vec::new();
        loop {
            self.skip_space();
            match self.peek() {
                None | Some(')') => break,
                _ if self.keyword("OR") => choices.push(Query::And(std::mem::take(&mut all))),
                _ if self.keyword("AND") => {}
                _ => all.push(self.one()),
            }
        }
        choices.push(Query::And(all));
        Query::Or(choices)
    }

    fn one(&mut self) -> Query {
        self.skip_space();
        if self.keyword("NOT") {
            return Query::Not(Box::new(self.one()));
        }
        match self.peek() {
            Some('-') => {
                self.at += 1;
                Query::Not(Box::new(self.one()))
            }
            Some('(') => {
                self.at += 1;
                let inside = self.either();
                self.at += usize::from(self.peek() == Some(')'));
                inside
            }
            _ => self.term(),
        }
    }

    fn term(&mut self) -> Query {
        let (first, quoted) = self.value(true);
        if quoted || self.peek() != Some(':') {
            return Query::Term(Term { value: first, quoted, ..Term::default() });
        }
        self.at += 1;
        let comparison = self.comparison();
        let (value, quoted) = self.value(false);
        Query::Term(Term { field: Some(first.to_lowercase()), comparison, value, quoted })
    }

    fn comparison(&mut self) -> Comparison {
        let bound = match self.peek() {
            Some('<') => Comparison::Less,
            Some('>') => Comparison::Greater,
            _ => return Comparison::Equal,
        };
        self.at += 1;
        if self.peek() != Some('=') {
            return bound;
        }
        self.at += 1;
        if bound == Comparison::Less { Comparison::LessOrEqual } else { Comparison::GreaterOrEqual }
    }

    /// A word or a quoted text; a colon ends a word where it could be a field's name.
    fn value(&mut self, ends_at_colon: bool) -> (String, bool) {
        let quote = self.peek().filter(|c| matches!(c, '"' | '\''));
        self.at += usize::from(quote.is_some());
        let mut text = String::new();
        while let Some(c) = self.peek() {
            let ends = match quote {
                Some(quote) => c == quote,
                None => c.is_whitespace() || c == ')' || (ends_at_colon && c == ':'),
            };
            if ends {
                break;
            }
            if c == '\\' && self.at + 1 < self.chars.len() {
                self.at += 1;
            }
            text.extend(self.peek());
            self.at += 1;
        }
        self.at += usize::from(quote.is_some() && self.peek().is_some());
        (text, quote.is_some())
    }

    /// A word in capitals that stands alone.
    fn keyword(&mut self, word: &str) -> bool {
        let end = self.at + word.len();
        let here = self.chars.get(self.at..end).is_some_and(|c| c.iter().copied().eq(word.chars()));
        let alone = self.chars.get(end).is_none_or(|c| c.is_whitespace() || *c == '(');
        if here && alone {
            self.at = end;
        }
        here && alone
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }
}

//! The fields of a mail's header, and what their values say.

use super::charset;
use mail_parser::{Address, MessageParser};

/// More of a header isn't looked at, bytes. Ordinary mail has 2 to 30 KiB.
const MAX_BLOCK: usize = 256 << 10;
/// More of a field's value isn't looked at, bytes.
const MAX_VALUE: usize = 16 << 10;
/// More fields aren't looked at.
const MAX_FIELDS: usize = 1000;
/// More addresses of a field aren't looked at.
const MAX_ADDRESSES: usize = 100;

/// A header, topmost field first.
#[derive(Debug, Default)]
pub(super) struct Headers {
    fields: Vec<(String, String)>,
    /// There was more of it than is looked at.
    pub(super) cut: bool,
}

/// A name and an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mailbox {
    pub(super) name: Option<String>,
    /// In lower case.
    pub(super) address: String,
}

impl Headers {
    /// From the bytes before the first empty line.
    pub(super) fn read(block: &[u8]) -> Self {
        let mut headers = Self { fields: Vec::new(), cut: block.len() > MAX_BLOCK };
        let block = &block[..block.len().min(MAX_BLOCK)];
        let mut open: Option<(String, Vec<u8>)> = None;
        for line in block.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.first().is_some_and(|first| matches!(first, b' ' | b'\t')) {
                if let Some((_, value)) = &mut open
                    && value.len() < MAX_VALUE
                {
                    value.push(b' ');
                    value.extend_from_slice(line.trim_ascii());
                }
                continue;
            }
            headers.close(open.take());
            if let Some(colon) = line.iter().position(|byte| *byte == b':')
                && let Ok(name) = str::from_utf8(line[..colon].trim_ascii_end())
                && !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_graphic())
            {
                open = Some((name.to_owned(), line[colon + 1..].trim_ascii().to_vec()));
            }
        }
        headers.close(open);
        headers
    }

    /// A field that comes ready-made from a provider.
    pub(super) fn push(&mut self, name: &str, value: &str) {
        self.close(Some((name.trim().to_owned(), value.replace(['\r', '\n'], " ").into_bytes())));
    }

    fn close(&mut self, field: Option<(String, Vec<u8>)>) {
        let Some((name, value)) = field else { return };
        if self.fields.len() >= MAX_FIELDS {
            self.cut = true;
            return;
        }
        let value = charset::unlabelled(charset::first(&value, MAX_VALUE));
        self.fields.push((name, value.trim().to_owned()));
    }

    /// No field at all.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Names and values, topmost first.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The values of every field of this name, topmost first.
    pub(super) fn every<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h str> {
        self.all().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The topmost field of this name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.all().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The value of the only field of this name; none where there are several.
    pub(super) fn only(&self, name: &str) -> Option<&str> {
        let mut every = self.all().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let (_, value) = every.next()?;
        every.next().is_none().then_some(value)
    }

    /// The mailboxes of every field of this name.
    pub(super) fn mailboxes(&self, name: &str) -> Vec<Mailbox> {
        let mut all: Vec<Mailbox> = self.every(name).take(10).flat_map(mailboxes).collect();
        all.truncate(MAX_ADDRESSES);
        all
    }
}

/// The mailboxes of a field like `To`; what isn't an address is left out.
pub(super) fn mailboxes(value: &str) -> Vec<Mailbox> {
    let field = format!("To: {value}\r\n\r\n");
    let message = MessageParser::default().parse_headers(field.as_bytes());
    let listed: Vec<_> = match message.as_ref().and_then(|message| message.to()) {
        Some(Address::List(list)) => list.iter().collect(),
        Some(Address::Group(groups)) => groups.iter().flat_map(|group| &group.addresses).collect(),
        None => Vec::new(),
    };
    let read = listed.into_iter().filter_map(|listed| {
        let name = listed.name.as_deref().map(super::clean::line).filter(|name| !name.is_empty());
        Some(Mailbox { name, address: address(listed.address.as_deref()?)? })
    });
    let read: Vec<Mailbox> = read.take(MAX_ADDRESSES).collect();
    if !read.is_empty() {
        return read;
    }
    // A name of garbage hides no address.
    let bracketed =
        value.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).and_then(|(bare, _)| address(bare));
    bracketed.map(|address| Mailbox { name: None, address }).into_iter().collect()
}

/// A bare address in lower case; none where it can't be one.
pub(super) fn address(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('<').trim_end_matches('>').to_lowercase();
    let (local, domain) = text.rsplit_once('@')?;
    let odd =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '@' | '"' | '(' | ')');
    let fine =
        !local.is_empty() && !domain.is_empty() && text.len() <= 254 && !local.contains(odd) && !domain.contains(odd);
    fine.then_some(text)
}

/// Encoded words made plain, on one line.
pub(super) fn words(value: &str) -> String {
    let field = format!("Subject: {value}\r\n\r\n");
    let decoded = MessageParser::default()
        .parse_headers(field.as_bytes())
        .and_then(|message| message.subject().map(str::to_owned))
        .unwrap_or_default();
    super::clean::line(&decoded)
}

/// The ids between angle brackets, in their order; a lone id without brackets counts too.
pub(super) fn ids(value: &str) -> Vec<String> {
    let fine = |id: &&str| !id.is_empty() && id.len() <= 250 && id.chars().all(|c| c.is_ascii_graphic());
    let bracketed: Vec<String> = value
        .split('<')
        .skip(1)
        .filter_map(|rest| rest.split_once('>').map(|(id, _)| id.trim()))
        .filter(fine)
        .map(str::to_owned)
        .collect();
    if !bracketed.is_empty() {
        return bracketed;
    }
    value.split_whitespace().filter(|id| id.contains('@')).filter(fine).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_encoded_and_broken_fields_are_read() {
        let headers = Headers::read(
            b"From: =?utf-8?q?Ana_B=C3=A9?=\r\n <Ana@Example.NET>\r\nno colon here\r\nSubject: =?iso-8859-1?Q?R=FCckgabe?=\r\n\
              X-Raw: caf\xe9\r\n: nameless\r\nTO: a@b.example, \"C, D\" <c@d.example>, broken, Group: e@f.example;\r\n",
        );
        assert_eq!(
            headers.mailboxes("from"),
            [Mailbox { name: Some("Ana Bé".to_owned()), address: "ana@example.net".to_owned() }]
        );
        assert_eq!(words(headers.get("Subject").unwrap()), "Rückgabe");
        assert_eq!(headers.get("x-raw"), Some("café"));
        let to: Vec<String> = headers.mailboxes("To").into_iter().map(|m| m.address).collect();
        assert!(to.contains(&"a@b.example".to_owned()) && to.contains(&"c@d.example".to_owned()), "{to:?}");
        assert!(headers.all().all(|(name, _)| !name.is_empty()));
    }

    #[test]
    fn a_long_value_is_cut_and_stays_what_it_is() {
        for before in ["", "a"] {
            let headers = Headers::read(format!("Subject: {before}{}", "ö".repeat(MAX_VALUE)).as_bytes());
            let subject = headers.get("Subject").unwrap();
            assert!(subject.len() > MAX_VALUE - 2 && subject.trim_end_matches('ö') == before, "{}", subject.len());
        }
    }

    #[test]
    fn ids_are_read_with_and_without_brackets() {
        assert_eq!(ids("<a@b> (comment) <c@d>\t<>"), ["a@b", "c@d"]);
        assert_eq!(ids("a@b"), ["a@b"]);
        assert_eq!(ids("hello there"), [] as [String; 0]);
    }
}

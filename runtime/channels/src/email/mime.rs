//! The bytes of a mail (RFC 5322 and MIME) into what there is to read and which files came along.
//!
//! The tree of parts is walked here, line by line and once, with every count bounded, so that ten thousand parts, a hundred
//! levels or boundaries that never come cost no more than the bytes that they are made of. Each part is then decoded on its
//! own.

use super::header::Headers;
use super::mail::{Envelope, File, MAX_MAIL, Mail, Rules, Words};
use super::{charset, clean, received};
use crate::{Received, Refused};
use mail_parser::{ContentType, MessageParser, MimeHeaders, PartType};
use sha2::{Digest, Sha256};

/// Parts that are looked at; the rest of a mail with more of them is passed over.
const MAX_PARTS: usize = 200;
/// Multiparts inside of each other that are looked into.
const MAX_DEPTH: usize = 20;
/// The longest header of a part, bytes; a part with a longer one is passed over.
const MAX_PART_HEADER: usize = 16 << 10;
/// The longest value of a part's field, bytes.
const MAX_PART_VALUE: usize = 2 << 10;
/// Most bytes of words of a part that are read.
const MAX_WORDS: usize = 1 << 20;

/// Reads a mail as a mail server gives it.
///
/// # Errors
/// [`Refused::TooLarge`] above 25 MiB; [`Refused::Malformed`] where there is no header or nobody who wrote it.
pub fn read(raw: &[u8], envelope: &Envelope, rules: &Rules) -> Result<Received, Refused> {
    received::received(parse(raw, envelope)?, rules)
}

/// The neutral form of a mail.
pub(super) fn parse(raw: &[u8], envelope: &Envelope) -> Result<Mail, Refused> {
    if raw.len() > MAX_MAIL {
        return Err(Refused::TooLarge);
    }
    let (block, body) = halves(raw);
    let headers = Headers::read(block);
    if headers.is_empty() {
        return Err(Refused::Malformed("there is no header; a mail begins with lines like `From: …`".to_owned()));
    }
    let mut mail = Mail {
        headers,
        envelope: envelope.clone(),
        fallback_id: format!("{}@no-message-id", hex::encode(&Sha256::digest(raw)[..16])),
        ..Mail::default()
    };
    let root = Part::new(&mail.headers);
    let parts = match root.boundary() {
        Some(boundary) => walk(body, boundary, root.is("multipart/alternative")),
        None => vec![Leaf { part: root, body, alternative: None }],
    };
    let mut read = Vec::new();
    for leaf in parts {
        leaf.read(&mut read, &mut mail.files);
    }
    // Of words in several forms the plain ones are read.
    for at in 0..read.len() {
        let (words, alternative) = (&read[at].0, read[at].1);
        let plain = |(other, group): &(Words, Option<usize>)| {
            *group == alternative && matches!(other, Words::Plain(_)) && !other.is_blank()
        };
        if alternative.is_some() && matches!(words, Words::Html(_)) && read.iter().any(plain) {
            read[at].0 = Words::Plain(String::new());
        }
    }
    mail.body = read.into_iter().map(|(words, _)| words).filter(|words| !words.is_blank()).collect();
    Ok(mail)
}

/// What stands before and behind the first empty line.
fn halves(raw: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while at < raw.len() {
        let end = line_end(raw, at);
        if raw[at..end].trim_ascii_end().is_empty() && !raw[at..end].starts_with(b" ") {
            return (&raw[..at], &raw[end..]);
        }
        at = end;
    }
    (raw, &[])
}

/// Behind the line that begins there.
fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| at + end + 1)
}

/// What the header of a part says of it.
#[derive(Debug)]
struct Part {
    /// In lower case, `text/plain` where nothing is declared.
    kind: String,
    boundary: Option<Vec<u8>>,
    charset: Option<String>,
    name: Option<String>,
    encoding: String,
    attached: bool,
    has_content_id: bool,
    flowed: bool,
}

impl Part {
    fn new(headers: &Headers) -> Self {
        let mut block = String::new();
        for name in ["Content-Type", "Content-Disposition"] {
            if let Some(value) = headers.get(name) {
                let end =
                    (0..=MAX_PART_VALUE.min(value.len())).rev().find(|at| value.is_char_boundary(*at)).unwrap_or(0);
                block += &format!("{name}: {}\r\n", &value[..end]);
            }
        }
        block += "\r\n";
        let message = MessageParser::default().parse_headers(block.as_bytes());
        let part = message.as_ref().and_then(|message| message.parts.first());
        let kind = part.and_then(|part| part.content_type());
        let attribute = |name: &str| kind.and_then(|kind: &ContentType<'_>| kind.attribute(name)).map(str::to_owned);
        let disposition = part.and_then(|part| part.content_disposition());
        let encoding = headers.get("Content-Transfer-Encoding").unwrap_or_default();
        Self {
            kind: kind.map_or("text/plain".to_owned(), |kind| {
                format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_ascii_lowercase()
            }),
            boundary: attribute("boundary").map(String::into_bytes).filter(|b| !b.is_empty() && b.len() <= 200),
            charset: attribute("charset"),
            name: part
                .and_then(|part| part.attachment_name())
                .map(str::to_owned)
                .filter(|name| !name.trim().is_empty()),
            encoding: encoding.split(['(', ';']).next().unwrap_or_default().trim().to_ascii_lowercase(),
            attached: disposition.is_some_and(ContentType::is_attachment),
            has_content_id: headers.get("Content-ID").is_some(),
            flowed: attribute("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed")),
        }
    }

    fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }

    fn boundary(&self) -> Option<Vec<u8>> {
        self.boundary.clone().filter(|_| self.kind.starts_with("multipart/"))
    }
}

/// A part that holds no others.
struct Leaf<'m> {
    part: Part,
    body: &'m [u8],
    /// Which choice of forms it belongs to.
    alternative: Option<usize>,
}

/// A multipart that is being walked through.
struct Level {
    boundary: Vec<u8>,
    alternative: Option<usize>,
}

/// Where the walk is.
enum At {
    /// Before the first or behind the last part, or in one that isn't looked at.
    Between,
    /// In the header of a part, which began there.
    Header(usize),
    /// In the body of a part, which began there.
    Body(Part, usize),
}

fn walk(body: &[u8], boundary: Vec<u8>, alternative: bool) -> Vec<Leaf<'_>> {
    let mut levels = vec![Level { boundary, alternative: alternative.then_some(0) }];
    let (mut leaves, mut at, mut place, mut seen) = (Vec::new(), At::Between, 0, 0);
    while place < body.len() {
        let (start, end) = (place, line_end(body, place));
        place = end;
        let line = &body[start..end];
        if let Some((level, closes)) = delimiter(line, &levels) {
            if let At::Body(part, began) = std::mem::replace(&mut at, At::Between) {
                leaves.push(leaf(part, &body[began..start], &levels));
            }
            levels.truncate(level + usize::from(!closes));
            if levels.is_empty() {
                return leaves;
            }
            if !closes {
                seen += 1;
                if seen > MAX_PARTS {
                    return leaves;
                }
                at = At::Header(end);
            }
        } else if let At::Header(began) = at {
            if end - began > MAX_PART_HEADER {
                at = At::Between;
            } else if line.trim_ascii().is_empty() {
                let part = Part::new(&Headers::read(&body[began..start]));
                at = match part.boundary() {
                    Some(boundary) if levels.len() < MAX_DEPTH => {
                        let outer = levels.last().and_then(|level| level.alternative);
                        let alternative = if part.is("multipart/alternative") { Some(seen) } else { outer };
                        levels.push(Level { boundary, alternative });
                        At::Between
                    }
                    Some(_) => At::Between,
                    None => At::Body(part, end),
                };
            }
        }
    }
    if let At::Body(part, began) = at {
        leaves.push(leaf(part, &body[began..], &levels));
    }
    leaves
}

fn leaf<'m>(part: Part, body: &'m [u8], levels: &[Level]) -> Leaf<'m> {
    // The line end before a delimiter belongs to the delimiter.
    let body = body.strip_suffix(b"\n").unwrap_or(body);
    let body = body.strip_suffix(b"\r").unwrap_or(body);
    Leaf { part, body, alternative: levels.last().and_then(|level| level.alternative) }
}

/// The level that this line parts, and whether it ends it.
fn delimiter(line: &[u8], levels: &[Level]) -> Option<(usize, bool)> {
    let rest = line.strip_prefix(b"--")?;
    levels.iter().enumerate().rev().find_map(|(at, level)| {
        let rest = rest.strip_prefix(level.boundary.as_slice())?.trim_ascii_end();
        (rest.is_empty() || rest == b"--").then_some((at, !rest.is_empty()))
    })
}

impl Leaf<'_> {
    fn read(self, words: &mut Vec<(Words, Option<usize>)>, files: &mut Vec<File>) {
        let Self { part, body, alternative } = self;
        let readable = (part.is("text/plain") || part.is("text/html")) && !part.attached && part.name.is_none();
        if readable {
            let text = charset::decoded(&decoded(&part.encoding, body), part.charset.as_deref(), MAX_WORDS);
            let words_of = if part.is("text/html") { Words::Html } else { Words::Plain };
            let text = if part.flowed && part.is("text/plain") { unflowed(&text) } else { text };
            words.push((words_of(text), alternative));
            return;
        }
        let bytes = if part.kind.starts_with("message/") { Vec::new() } else { decoded(&part.encoding, body) };
        let inline = part.has_content_id && !part.attached;
        files.push(File { name: part.name.map(|name| clean::line(&name)), declared: part.kind, inline, bytes });
    }
}

/// The bytes of a part without their transfer encoding; what can't be decoded stays as it is.
fn decoded(encoding: &str, body: &[u8]) -> Vec<u8> {
    if encoding != "base64" && encoding != "quoted-printable" {
        return body.to_vec();
    }
    let head = format!("Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n");
    let part = [head.as_bytes(), body].concat();
    let message = MessageParser::default().parse(&part);
    match message.as_ref().and_then(|message| message.parts.first()).map(|part| &part.body) {
        Some(PartType::Binary(bytes) | PartType::InlineBinary(bytes)) => bytes.to_vec(),
        _ => body.to_vec(),
    }
}

/// Lines that were broken only for the way (RFC 3676) are whole again.
fn unflowed(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut lines = text.lines().peekable();
    let depth = |line: &str| line.bytes().take_while(|byte| *byte == b'>').count();
    let mut open = false;
    while let Some(line) = lines.next() {
        let quoted = depth(line);
        let content = if open { line[quoted..].strip_prefix(' ').unwrap_or(&line[quoted..]) } else { line };
        whole.push_str(content);
        open = line.ends_with(' ')
            && line != "-- "
            && lines.peek().is_some_and(|next| depth(next) == quoted && *next != "-- ");
        if !open {
            whole.push('\n');
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(raw: &str) -> Mail {
        parse(raw.replace('\n', "\r\n").as_bytes(), &Envelope::default()).unwrap()
    }

    #[test]
    fn the_plain_form_is_read_and_files_are_set_apart() {
        let mail = parsed(
            "From: a@b.example\nContent-Type: multipart/mixed; boundary=\"o\"\n\npreamble\n--o\nContent-Type: multipart/alternative; boundary=i\n\n\
             --i\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nSch=F6n=\n!\n--i\n\
             Content-Type: text/html\n\n<p>Schön</p>\n--i--\n--o\nContent-Type: image/png; name=\"=?utf-8?q?bild.png?=\"\n\
             Content-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--o\nContent-Type: text/plain\n\nPS: again\n--o--\nepilogue\n",
        );
        assert_eq!(mail.body, [Words::Plain("Schön!".to_owned()), Words::Plain("PS: again".to_owned())]);
        assert_eq!((mail.files.len(), mail.files[0].bytes.as_slice()), (1, &b"\x89PNG\r\n\x1a\n"[..]));
        assert_eq!(mail.files[0].name.as_deref(), Some("bild.png"));
    }

    #[test]
    fn html_is_read_where_the_plain_form_is_empty_or_missing() {
        let mail = parsed(
            "From: a@b.example\nContent-Type: multipart/alternative; boundary=i\n\n--i\n\n \n--i\nContent-Type: text/html\n\n<p>Hi</p>\n--i--\n",
        );
        assert_eq!(mail.body, [Words::Html("<p>Hi</p>".to_owned())]);
        let footer = "From: a@b.example\nContent-Type: multipart/mixed; boundary=i\n\n--i\nContent-Type: text/html\n\n<p>Hi</p>\n--i\n\nScanned.\n--i--\n";
        assert_eq!(parsed(footer).body.len(), 2);
    }

    #[test]
    fn broken_mails_are_read_as_far_as_they_go() {
        assert!(matches!(parse(b"", &Envelope::default()), Err(Refused::Malformed(_))));
        assert!(matches!(parse(b"\r\n\r\nhello", &Envelope::default()), Err(Refused::Malformed(_))));
        assert!(matches!(parse(&vec![b'a'; MAX_MAIL + 1], &Envelope::default()), Err(Refused::TooLarge)));
        let unclosed = parsed("From: a@b.example\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\nHi\nthere");
        assert_eq!(unclosed.body, [Words::Plain("Hi\r\nthere".to_owned())]);
        let never = parsed("From: a@b.example\nContent-Type: multipart/mixed; boundary=zzz\n\n--i\n\nHi\n");
        assert_eq!(never.body, []);
        let base64 = parsed("From: a@b.example\nContent-Transfer-Encoding: base64\n\n!!!! not base64 !!!!\n");
        assert_eq!(base64.body.len(), 1);
    }

    #[test]
    fn a_long_text_is_cut_and_stays_what_it_is() {
        for before in ["", "a"] {
            let long = format!(
                "From: a@b.example\nContent-Type: text/plain; charset=utf-8\n\n{before}{}",
                "ö".repeat(MAX_WORDS)
            );
            let body = parsed(&long).body;
            let [Words::Plain(text)] = body.as_slice() else { panic!("{} bodies", body.len()) };
            assert_eq!(text.chars().filter(|c| *c == 'ö').count(), (MAX_WORDS - before.len()) / 2);
            assert_eq!(text.trim_end_matches('ö'), before);
        }
    }

    #[test]
    fn flowed_lines_are_joined() {
        assert_eq!(unflowed("one \ntwo\n> a \n> b\n-- \nAna"), "one two\n> a b\n-- \nAna\n");
    }
}

//! Makes an RFC 5322 message of an [`EmailMessage`].

use super::thread::MARKER;
use crate::{Consequence, EmailMessage, Outgoing, OutgoingContent, SendFailure};
use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::date::Date;
use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::raw::Raw;

/// Longest header line, bytes without its end (RFC 5322, 2.1.1). A provider's API gets `References` unfolded, so that
/// the whole of it stays below this.
const LONGEST_LINE: usize = 998;
/// Longest address (RFC 5321, 4.5.3.1.3, without its angle brackets).
const LONGEST_ADDRESS: usize = 254;
/// Longest Message-ID that is passed on.
const LONGEST_ID: usize = 250;

/// The message as it travels: headers folded, text and HTML as alternatives, encoded so that every transport takes it.
///
/// # Errors
/// [`SendFailure::Never`] where it isn't an e-mail, or an address or our own Message-ID can't be in a header.
pub fn compose(message: &Outgoing, date: Timestamp) -> Result<Vec<u8>, SendFailure> {
    let mail = Checked::new(message)?;
    let mut builder = MessageBuilder::new()
        .from(Address::new_address(mail.name(), mail.from))
        .to(Address::new_address(None::<&str>, mail.to))
        .subject(mail.subject.as_str())
        .message_id(MessageId::new(mail.message_id))
        .date(Date::new(date.as_second()));
    if let Some(address) = mail.reply_to {
        builder = builder.reply_to(Address::new_address(None::<&str>, address));
    }
    if let Some(id) = mail.in_reply_to {
        builder = builder.in_reply_to(MessageId::new(id));
    }
    if !mail.references.is_empty() {
        builder = builder.references(MessageId::new_list(mail.references.iter().copied()));
    }
    for (name, value) in mail.marks() {
        builder = builder.header(name, Raw::new(value));
    }
    builder = builder.text_body(mail.text.as_str());
    if let Some(html) = &mail.html {
        builder = builder.html_body(html.as_str());
    }
    let mut bytes = Vec::new();
    builder.serialize(&mut bytes);
    Ok(bytes)
}

/// A mail whose every part may stand in a header, a command or a provider's form.
pub(super) struct Checked<'a> {
    pub(super) from: &'a str,
    name: String,
    pub(super) to: &'a str,
    pub(super) reply_to: Option<&'a str>,
    /// One line.
    pub(super) subject: String,
    /// Lines end with a line feed.
    pub(super) text: String,
    /// A whole document.
    pub(super) html: Option<String>,
    pub(super) message_id: &'a str,
    pub(super) in_reply_to: Option<&'a str>,
    /// The first and the newest ones; together they fit one line.
    pub(super) references: Vec<&'a str>,
    automatic: bool,
}

impl<'a> Checked<'a> {
    pub(super) fn new(message: &'a Outgoing) -> Result<Self, SendFailure> {
        let OutgoingContent::Email(mail) = &message.content else {
            return Err(never("this is no e-mail, and was given to a sender of e-mail"));
        };
        let mail: &EmailMessage = mail;
        let address = |what: &str, address: &'a str| {
            if is_address(address) {
                Ok(address)
            } else {
                Err(never(&format!("the address that it is {what} is not one that mail can be sent with")))
            }
        };
        let to = message.to.id.as_str();
        if !is_address(to) {
            return Err(SendFailure::Never {
                code: None,
                why: "the customer's address is not one that mail can be sent to".to_owned(),
                then: Consequence::Unreachable,
            });
        }
        if !is_id(&mail.message_id) {
            return Err(never("its Message-ID is not of the form `left@right`"));
        }
        Ok(Self {
            from: address("from", &message.from)?,
            name: one_line(&mail.from_name),
            to,
            reply_to: mail.reply_to.as_deref().map(|reply| address("answered at", reply)).transpose()?,
            subject: one_line(&mail.subject),
            text: mail.text.replace("\r\n", "\n").replace('\r', "\n"),
            html: mail.html.as_deref().map(document),
            message_id: &mail.message_id,
            in_reply_to: mail.in_reply_to.as_deref().filter(|id| is_id(id)),
            references: fitting(&mail.references),
            automatic: mail.automatic,
        })
    }

    /// What stands before the address it is from.
    pub(super) fn name(&self) -> Option<&str> {
        (!self.name.is_empty()).then_some(self.name.as_str())
    }

    /// The sender as a header has it, name quoted.
    pub(super) fn sender(&self) -> String {
        match self.name() {
            Some(name) => format!("\"{}\" <{}>", name.replace('\\', "\\\\").replace('"', "\\\""), self.from),
            None => self.from.to_owned(),
        }
    }

    /// The headers that tell machines not to answer (RFC 3834, and Microsoft's `X-Auto-Response-Suppress`), and ours, by
    /// which we know our own mail when it comes back.
    pub(super) fn marks(&self) -> Vec<(&'static str, &'static str)> {
        if !self.automatic {
            return Vec::new();
        }
        let submitted = if self.in_reply_to.is_some() { "auto-replied" } else { "auto-generated" };
        vec![("Auto-Submitted", submitted), ("X-Auto-Response-Suppress", "All"), MARKER]
    }

    /// The headers by which a mail is threaded and known, unfolded.
    pub(super) fn threading(&self) -> Vec<(&'static str, String)> {
        let mut headers = vec![("Message-ID", format!("<{}>", self.message_id))];
        if let Some(id) = self.in_reply_to {
            headers.push(("In-Reply-To", format!("<{id}>")));
        }
        if !self.references.is_empty() {
            let ids: Vec<String> = self.references.iter().map(|id| format!("<{id}>")).collect();
            headers.push(("References", ids.join(" ")));
        }
        headers
    }
}

fn never(why: &str) -> SendFailure {
    SendFailure::Never { code: None, why: why.to_owned(), then: Consequence::None }
}

/// Whether it can stand in a header and a command: ASCII, one `@`, no blanks, brackets, quotes or control characters.
/// Quoted local parts are rare enough to be refused, and are how addresses are abused.
pub(super) fn is_address(address: &str) -> bool {
    let clean = |c: char| c.is_ascii_graphic() && !"<>()[]\\,;:\"@".contains(c);
    address.len() <= LONGEST_ADDRESS
        && address.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && local.chars().all(clean) && domain.chars().all(clean)
        })
}

fn is_id(id: &str) -> bool {
    let clean = |c: char| c.is_ascii_graphic() && c != '<' && c != '>';
    id.len() <= LONGEST_ID && id.contains('@') && id.chars().all(clean)
}

/// Control characters and line breaks become blanks: nothing breaks out of its header.
fn one_line(text: &str) -> String {
    let blank = |c: char| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c };
    text.chars().map(blank).collect::<String>().trim().to_owned()
}

/// The oldest one, and the newest that fit one line with it.
fn fitting(references: &[String]) -> Vec<&str> {
    let mut ids: Vec<&str> = references.iter().map(String::as_str).filter(|id| is_id(id)).collect();
    let Some((&first, rest)) = ids.split_first() else { return Vec::new() };
    let mut left = LONGEST_LINE - "References: ".len() - first.len() - 3;
    let newest = rest.iter().rev().take_while(|id| {
        let fits = id.len() + 3 <= left;
        left = left.saturating_sub(id.len() + 3);
        fits
    });
    let kept = newest.count();
    ids.drain(1..ids.len() - kept);
    debug_assert_eq!(ids.first(), Some(&first));
    ids
}

fn document(fragment: &str) -> String {
    format!("<!doctype html>\n<html><head><meta charset=\"utf-8\"></head>\n<body>\n{fragment}\n</body></html>\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Recipient;

    fn mail(change: impl FnOnce(&mut EmailMessage)) -> Outgoing {
        let mut email = EmailMessage {
            from_name: "Little Shop".into(),
            subject: "Re: Order 1001".into(),
            text: "Hello\nThere".into(),
            message_id: "c1.m1@shop.example".into(),
            ..EmailMessage::default()
        };
        change(&mut email);
        Outgoing {
            reference: "m1".into(),
            from: "help@shop.example".into(),
            to: Recipient { id: "ana@customer.example".into(), phone: None },
            content: OutgoingContent::Email(Box::new(email)),
            first_try_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn text(message: &Outgoing) -> String {
        String::from_utf8(compose(message, Timestamp::UNIX_EPOCH).expect("composes")).expect("seven bits")
    }

    /// The header's lines, unfolded; all of that name.
    fn header(mail: &str, name: &str) -> Vec<String> {
        let head = mail.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ").replace("\r\n\t", " ");
        let start = format!("{name}: ");
        head.split("\r\n").filter_map(|line| Some(line.strip_prefix(&start)?.trim().to_owned())).collect()
    }

    #[test]
    fn every_header_is_there_once_and_lines_keep_their_length() {
        let message = mail(|mail| {
            mail.reply_to = Some("help+token@shop.example".into());
            mail.in_reply_to = Some("q@customer.example".into());
            mail.references = (0..60).map(|n| format!("{n:0>60}@customer.example")).collect();
            mail.html = Some("<p>Hello</p>".into());
            mail.automatic = true;
        });
        let sent = text(&message);
        for (name, value) in [
            ("From", "\"Little Shop\" <help@shop.example>"),
            ("To", "<ana@customer.example>"),
            ("Reply-To", "<help+token@shop.example>"),
            ("Subject", "Re: Order 1001"),
            ("Message-ID", "<c1.m1@shop.example>"),
            ("In-Reply-To", "<q@customer.example>"),
            ("Date", "Thu, 1 Jan 1970 00:00:00 +0000"),
            ("Auto-Submitted", "auto-replied"),
            ("X-Auto-Response-Suppress", "All"),
            (MARKER.0, MARKER.1),
            ("MIME-Version", "1.0"),
        ] {
            assert_eq!(header(&sent, name), [value], "{name}");
        }
        let references = header(&sent, "References").concat();
        assert!(references.starts_with(&format!("<{:0>60}@customer.example> <", 0)), "the oldest: {references}");
        assert!(references.ends_with(&format!("<{:0>60}@customer.example>", 59)), "the newest: {references}");
        assert!(references.len() + "References: ".len() <= LONGEST_LINE);
        assert!(sent.split("\r\n").all(|line| line.len() <= 200), "folded");
        assert!(!sent.replace("\r\n", "").contains(['\r', '\n']), "every line ends with CRLF");
        assert!(sent.contains("multipart/alternative"));
        let (plain, html) = (sent.find("text/plain").expect("plain"), sent.find("text/html").expect("HTML"));
        assert!(plain < html, "the better one last (RFC 2046, 5.1.4)");
    }

    #[test]
    fn nothing_breaks_out_of_a_header() {
        for bad in
            ["a\r\nBcc: eve@evil.example", "a\nBcc: eve@evil.example", "a\rBcc: eve@evil.example", "a\r\n\r\nBody"]
        {
            let sent = text(&mail(|mail| {
                mail.subject = bad.into();
                mail.from_name = bad.into();
                mail.in_reply_to = Some(format!("{bad}@x"));
                mail.references = vec![format!("{bad}@x"), "fine@x".into()];
            }));
            assert_eq!(header(&sent, "Bcc"), Vec::<String>::new(), "{sent}");
            assert_eq!(header(&sent, "References"), ["<fine@x>"]);
            assert_eq!(header(&sent, "In-Reply-To"), Vec::<String>::new());
            assert_eq!(sent.matches("\r\n\r\n").count(), 1, "{sent}");
            let mut to = mail(|_| {});
            to.to.id = format!("ana@customer.example{bad}");
            assert!(matches!(
                compose(&to, Timestamp::UNIX_EPOCH),
                Err(SendFailure::Never { then: Consequence::Unreachable, .. })
            ));
            for broken in [mail(|m| m.reply_to = Some(bad.into())), mail(|m| m.message_id = format!("{bad}@x"))] {
                assert!(matches!(compose(&broken, Timestamp::UNIX_EPOCH), Err(SendFailure::Never { .. })));
            }
        }
    }

    #[test]
    fn words_beyond_ascii_are_encoded_and_come_back() {
        let subject = "Größe ändern: «быстро» 🙂 ".repeat(12);
        let sent = text(&mail(|mail| {
            mail.subject.clone_from(&subject);
            mail.from_name = "Blumen \"Grün\" GmbH".into();
            mail.text = "Schöne Grüße\r\n.\r\nFrom here\rand ".to_owned() + &"long ".repeat(400);
            mail.html = Some("<p>Grüße</p>".into());
        }));
        assert!(sent.is_ascii());
        assert!(sent.split("\r\n").all(|line| line.len() <= 78), "{sent}");
        let read = mail_parser::MessageParser::default().parse(sent.as_bytes()).expect("reads");
        assert_eq!(read.subject(), Some(subject.trim()));
        let from = read.from().and_then(|from| from.first().cloned()).expect("a sender");
        assert_eq!(from.name(), Some("Blumen \"Grün\" GmbH"));
        let body = read.body_text(0).expect("a text").replace("\r\n", "\n");
        assert!(body.starts_with("Schöne Grüße\n.\nFrom here\nand long long"), "{body}");
        assert!(read.body_html(0).is_some_and(|html| html.contains("<p>Grüße</p>")));
    }

    #[test]
    fn people_are_not_marked_as_machines() {
        let sent = text(&mail(|_| {}));
        for name in ["Auto-Submitted", "X-Auto-Response-Suppress", MARKER.0] {
            assert_eq!(header(&sent, name), Vec::<String>::new());
        }
        let sent = text(&mail(|mail| mail.automatic = true));
        assert_eq!(header(&sent, "Auto-Submitted"), ["auto-generated"], "it answers nothing (RFC 3834, 5)");
    }

    #[test]
    fn addresses_are_plain() {
        for fine in ["a@b", "first.last+tag@shop.example", "o'brien@shop.example"] {
            assert!(is_address(fine), "{fine}");
        }
        for bad in
            ["", "a", "@b", "a@", "a@b@c", "a b@c", "a@b>", "\"a\"@b", "a@b,c@d", "a@b\r\n", "ä@b", &"a".repeat(300)]
        {
            assert!(!is_address(bad), "{bad}");
        }
    }
}

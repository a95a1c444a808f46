//! A mail as a message of a customer.

use super::mail::{Mail, Rules, Words};
use super::reply::{self, Kind, Line};
use super::{attachments, authentic, automatic, clean, header, html};
use crate::{Channel, Content, EmailParts, From, Received, Refused};

/// Most characters of the new words.
const MAX_TEXT: usize = 20_000;
/// Most characters of all words.
const MAX_WHOLE: usize = 100_000;
/// Most ids of other mails.
const MAX_REFERENCES: usize = 40;
/// Most addresses that it was sent to.
const MAX_RECIPIENTS: usize = 100;

/// # Errors
/// [`Refused::Malformed`] where nobody is named who wrote it.
pub(super) fn received(mail: Mail, rules: &Rules) -> Result<Received, Refused> {
    let headers = &mail.headers;
    let author = headers
        .mailboxes("From")
        .into_iter()
        .next()
        .ok_or_else(|| Refused::Malformed("its From names no address; every mail says who wrote it".to_owned()))?;
    let lines = lines(&mail.body);
    let whole_text = clean::cut(reply::whole(&lines), MAX_WHOLE);
    let stripped = mail.stripped.as_deref().map(clean::text).filter(|stripped| !stripped.is_empty());
    let text = clean::cut(stripped.unwrap_or_else(|| reply::stripped(&lines)), MAX_TEXT);
    let recipients = recipients(&mail);
    let message_id = headers.get("Message-ID").and_then(|id| header::ids(id).into_iter().next()).unwrap_or_default();
    let email = EmailParts {
        subject: header::words(headers.get("Subject").unwrap_or_default()),
        references: references(&mail, &message_id),
        automatic: automatic::reason(&mail, rules),
        recipients,
        whole_text,
        message_id,
    };
    let to = email.recipients.iter().find_map(|to| automatic::own_address(to, rules));
    // Taken as blind copy: it came to us, whatever it says.
    let to = to.or(rules.own_addresses.first().map(String::as_str)).unwrap_or_default().to_lowercase();
    let proof = authentic::proof(&mail, rules);
    let provider_id = if email.message_id.is_empty() { mail.fallback_id.clone() } else { email.message_id.clone() };
    let (attachments, left_out) = attachments::sifted(mail.files);
    let content = if !text.is_empty() {
        Content::Text(text)
    } else {
        let kind = attachments.first().map(|file| if file.media_type.starts_with("image/") { "image" } else { "file" });
        Content::NoWords { kind: kind.unwrap_or("nothing").to_owned() }
    };
    Ok(Received {
        channel: Channel::Email,
        provider_id,
        to,
        from: From { id: author.address.clone(), phone: None, email: Some(author.address), name: author.name, proof },
        content,
        attachments,
        left_out,
        email: Some(Box::new(email)),
    })
}

fn lines(body: &[Words]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for words in body {
        if !lines.is_empty() {
            lines.push(Line { text: String::new(), kind: Kind::Own, depth: 0 });
        }
        lines.extend(match words {
            Words::Plain(text) => reply::plain(text),
            Words::Html(page) => html::lines(page),
        });
    }
    lines
}

/// The envelope's first, for they are where it was really sent to.
fn recipients(mail: &Mail) -> Vec<String> {
    let envelope = mail.envelope.recipients.iter().filter_map(|address| header::address(address));
    let named = ["Delivered-To", "X-Original-To", "To", "Cc"].into_iter().flat_map(|name| mail.headers.mailboxes(name));
    let mut all = Vec::new();
    for address in envelope.chain(named.map(|mailbox| mailbox.address)) {
        if all.len() < MAX_RECIPIENTS && !all.contains(&address) {
            all.push(address);
        }
    }
    all
}

fn references(mail: &Mail, own: &str) -> Vec<String> {
    let named =
        ["References", "In-Reply-To"].into_iter().filter_map(|name| mail.headers.get(name)).flat_map(header::ids);
    let mut all: Vec<String> = Vec::new();
    for id in named {
        if id != own && !all.contains(&id) && all.len() < 1000 {
            all.push(id);
        }
    }
    if all.len() > MAX_REFERENCES {
        all.drain(MAX_REFERENCES / 2..all.len() - MAX_REFERENCES / 2);
    }
    all
}

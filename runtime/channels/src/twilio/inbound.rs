//! A text that a customer wrote, as a webhook's form or as an entry of the list of messages.

use super::{
    form::Form,
    keywords::keyword,
    number::{e164, short_code},
};
use crate::{Channel, Content, From, LeftOut, News, Proof, Received, Refused};

/// Why a file isn't kept.
const NOT_FETCHED: &str = "files sent by text message are not fetched; ask for them by e-mail or in the chat";
/// The most files that are told of; Twilio allows 10.
const MOST_FILES: usize = 10;

/// A message, however it came here.
pub(super) struct Text<'a> {
    pub(super) sid: String,
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    pub(super) body: &'a str,
    pub(super) opt_out_type: Option<&'a str>,
    /// The media types of its files; empty strings where they aren't known.
    pub(super) files: Vec<&'a str>,
}

/// Reads a checked webhook.
///
/// # Errors
/// A part that each message has is missing.
pub(super) fn read(form: &Form<'_>) -> Result<News, Refused> {
    let part = |name: &str| {
        form.one(name)?.ok_or_else(|| Refused::Malformed(format!("it has no `{name}`: is it a webhook of messages?")))
    };
    let count = form.one("NumMedia")?.and_then(|number| number.trim().parse::<usize>().ok()).unwrap_or(0);
    let files = (0..count.min(MOST_FILES))
        .map(|number| Ok(form.one(&format!("MediaContentType{number}"))?.unwrap_or_default()))
        .collect::<Result<Vec<_>, Refused>>()?;
    news(Text {
        sid: form.sid()?,
        from: part("From")?,
        to: part("To")?,
        body: form.one("Body")?.unwrap_or_default(),
        opt_out_type: form.one("OptOutType")?,
        files,
    })
}

/// # Errors
/// The number that it was sent to isn't one.
pub(super) fn news(text: Text<'_>) -> Result<News, Refused> {
    if text.from.contains(':') || text.to.contains(':') {
        let channel = text.from.split(':').next().filter(|prefix| prefix.len() <= 20).unwrap_or_default();
        return Ok(News::Ignored(format!(
            "a message by Twilio's channel `{channel}`: only text messages are read here"
        )));
    }
    // A name or a short code belongs to a machine, and can't be answered.
    let Some(from) = e164(text.from) else {
        return Ok(News::Ignored("a message of a sender without a phone number, which can't be answered".to_owned()));
    };
    let to = e164(text.to).or_else(|| short_code(text.to));
    let to = to.ok_or_else(|| Refused::Malformed("`To` isn't a phone number".to_owned()))?;
    let words = text.body.replace('\0', "").replace("\r\n", "\n");
    let content = match keyword(&words, text.opt_out_type) {
        Some(keyword) => Content::Keyword { keyword, text: words },
        None if !words.trim().is_empty() => Content::Text(words),
        None => Content::NoWords { kind: text.files.first().map_or("nothing", |media| kind(media)).to_owned() },
    };
    Ok(News::Received(Box::new(Received {
        channel: Channel::Sms,
        provider_id: text.sid,
        to,
        from: From { id: from.clone(), phone: Some(from), email: None, name: None, proof: Proof::Vouched },
        content,
        attachments: Vec::new(),
        left_out: text.files.iter().zip(1..).map(|(media, number)| left_out(media, number)).collect(),
        email: None,
    })))
}

fn left_out(media: &str, number: usize) -> LeftOut {
    let shown = media.len() <= 60 && media.bytes().all(|b| b.is_ascii_alphanumeric() || b"/.+-".contains(&b));
    let name = match media {
        "" => format!("file {number}"),
        media if shown => format!("{} {number} ({media})", kind(media)),
        media => format!("{} {number}", kind(media)),
    };
    LeftOut { name, why: NOT_FETCHED.to_owned() }
}

/// One word for a file.
fn kind(media_type: &str) -> &'static str {
    let media_type = media_type.to_ascii_lowercase();
    match media_type.split('/').next().unwrap_or_default() {
        _ if media_type.contains("vcard") => "contact",
        "image" => "image",
        "video" => "video",
        "audio" => "audio",
        _ => "file",
    }
}

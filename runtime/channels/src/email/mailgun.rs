//! Mailgun's webhooks: routes that forward a mail as a form, parsed or raw (`body-mime`), and events of mails sent.
//!
//! Mailgun signs a timestamp and a token with HMAC-SHA256 (documentation.mailgun.com, "Securing webhooks"). The signature
//! doesn't cover the mail itself: whoever saw one genuine call could send another mail with it. So a token counts once.

use super::header::{Headers, ids};
use super::mail::{Envelope, File, MAX_MAIL, Mail, Rules, Words};
use super::{clean, mime, received};
use crate::{Channel, Consequence, DeliveryNews, DeliveryState, News, Refused};
use futures_util::stream;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use multer::{Constraints, Multipart, SizeLimit};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The largest body: a mail of 25 MiB in a form that writes a byte as three.
pub const MAX_BODY: usize = MAX_MAIL * 3;
/// Fields that are read; more are refused.
const MAX_FIELDS: usize = 1000;
/// The largest field that is no file and no mail, bytes.
const MAX_TEXT: usize = 2 << 20;
/// A call as young as this may bring a token again, seconds. Two clocks differ by no more.
const FRESH: i64 = 5 * 60;
/// An older call is nobody's honest try: Mailgun goes on for eight hours. Seconds.
const OLDEST: i64 = 9 * 60 * 60;

/// What a call's signature is checked with.
#[derive(Clone)]
pub struct Signing {
    /// The HTTP webhook signing keys: the present one, and while they are changed the one before.
    pub keys: Vec<String>,
    /// The time now.
    pub now: Timestamp,
}

impl std::fmt::Debug for Signing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signing").field("now", &self.now).finish_non_exhaustive()
    }
}

/// Reads a webhook's body.
///
/// `token_was_used` is told the token of a genuine call, once, and says whether another call with it was taken before. Where
/// that takes longer to find out, note the token, say no, and look it up before the mail is stored. A call younger than five
/// minutes with a used token is Mailgun's own second try: it is read again, and known by the message's id. An older one is
/// refused then, and any that is older than nine hours or lies ahead by more than five minutes; so tokens need not be kept
/// for longer than that.
///
/// # Errors
/// [`Refused::TooLarge`] above [`MAX_BODY`]; [`Refused::Malformed`] where it isn't a form or an event of Mailgun's;
/// [`Refused::Signature`] where the signature doesn't hold or was used before.
pub async fn read(
    content_type: &str,
    body: &[u8],
    signing: &Signing,
    token_was_used: impl FnOnce(&str) -> bool + Send,
    rules: &Rules,
) -> Result<News, Refused> {
    if body.len() > MAX_BODY {
        return Err(Refused::TooLarge);
    }
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let form = match kind.as_str() {
        "application/json" => return event(body, signing, token_was_used),
        "application/x-www-form-urlencoded" => url_encoded(body)?,
        "multipart/form-data" => multipart(content_type, body).await?,
        _ => return Err(Refused::Malformed("its Content-Type is neither a form nor JSON".to_owned())),
    };
    check(form.get("timestamp"), form.get("token"), form.get("signature"), signing, token_was_used)?;
    let received = match form.raw() {
        Some(raw) => mime::read(raw, &form.envelope(), rules)?,
        None => received::received(form.mail(), rules)?,
    };
    Ok(News::Received(Box::new(received)))
}

/// Checks signature, age and token.
fn check(
    timestamp: &str,
    token: &str,
    signature: &str,
    signing: &Signing,
    token_was_used: impl FnOnce(&str) -> bool,
) -> Result<(), Refused> {
    if timestamp.is_empty() || token.is_empty() || signature.is_empty() {
        return Err(Refused::Signature("timestamp, token or signature is missing"));
    }
    let given =
        (signature.len() == 64 && !signature.bytes().any(|b| b.is_ascii_uppercase())).then(|| hex::decode(signature));
    let Some(Ok(given)) = given else {
        return Err(Refused::Signature("the signature isn't 64 hexadecimal digits in lower case"));
    };
    let holds = |key: &String| {
        let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes());
        !key.is_empty()
            && mac.is_ok_and(|mac| {
                mac.chain_update(timestamp.as_bytes()).chain_update(token.as_bytes()).verify_slice(&given).is_ok()
            })
    };
    if !signing.keys.iter().any(holds) {
        return Err(Refused::Signature("the signature is of another key or another call"));
    }
    let sent: i64 = timestamp.parse().map_err(|_| Refused::Signature("the timestamp is no number of seconds"))?;
    let age = signing.now.as_second().saturating_sub(sent);
    if age < -FRESH {
        return Err(Refused::Signature("its timestamp lies ahead; check this machine's clock"));
    }
    if age > OLDEST {
        return Err(Refused::Signature("it was signed more than nine hours ago; check this machine's clock"));
    }
    if token_was_used(token) && age > FRESH {
        return Err(Refused::Signature("its token was used before; calls are signed once"));
    }
    Ok(())
}

/// The fields of a form; names in the provider's spelling.
#[derive(Default)]
struct Form {
    fields: Vec<(String, Vec<u8>)>,
    files: Vec<(String, File)>,
}

impl Form {
    fn bytes(&self, name: &str) -> &[u8] {
        self.fields.iter().find(|(known, _)| known == name).map_or(&[], |(_, value)| value)
    }

    /// Empty where it isn't there or no UTF-8.
    fn get(&self, name: &str) -> &str {
        str::from_utf8(self.bytes(name)).unwrap_or_default()
    }

    /// The mail as it came, where the route asks for that.
    fn raw(&self) -> Option<&[u8]> {
        Some(self.bytes("body-mime")).filter(|raw| !raw.is_empty())
    }

    fn envelope(&self) -> Envelope {
        let from = self.fields.iter().any(|(name, _)| name == "sender").then(|| self.get("sender").trim().to_owned());
        Envelope { from, recipients: self.get("recipient").split(',').map(|to| to.trim().to_owned()).collect() }
    }

    fn mail(self) -> Mail {
        let envelope = self.envelope();
        let mut headers = Headers::default();
        let listed: Vec<(String, String)> = serde_json::from_str(self.get("message-headers")).unwrap_or_default();
        for (name, value) in &listed {
            headers.push(name, value);
        }
        for (name, field) in [
            ("From", "from"),
            ("To", "To"),
            ("Cc", "Cc"),
            ("Subject", "subject"),
            ("Date", "Date"),
            ("Message-Id", "Message-Id"),
            ("In-Reply-To", "In-Reply-To"),
            ("References", "References"),
            ("Auto-Submitted", "Auto-Submitted"),
        ] {
            if headers.get(name).is_none() && !self.get(field).is_empty() {
                headers.push(name, self.get(field));
            }
        }
        let plain = Words::Plain(self.get("body-plain").to_owned());
        let body = if plain.is_blank() { Words::Html(self.get("body-html").to_owned()) } else { plain };
        let stripped = Some(self.get("stripped-text").to_owned()).filter(|stripped| !stripped.trim().is_empty());
        // A second try may be signed anew, but brings the same mail.
        let same = ["sender", "recipient", "subject", "Date", "body-plain", "body-html"].map(|name| self.bytes(name));
        let fallback_id = format!("{}@no-message-id", hex::encode(&Sha256::digest(same.join(&0))[..16]));
        let shown = self.get("content-id-map").to_owned();
        let files = self.files.into_iter().map(|(field, file)| {
            // `{"<cid>": "attachment-1"}`
            let inline = shown.contains(&format!("\"{field}\""));
            File { inline, ..file }
        });
        let files = files.collect();
        let body = if body.is_blank() { Vec::new() } else { vec![body] };
        // `X-Mailgun-Spf` proves nothing: Mailgun writes it only where its spam filter marks mails, which is off unless
        // somebody turned it on; until then it is the sender's own.
        Mail { headers, envelope, body, stripped, files, fallback_id, spf_domain: None, author_signed: false }
    }
}

fn url_encoded(body: &[u8]) -> Result<Form, Refused> {
    let mut form = Form::default();
    for (name, value) in url::form_urlencoded::parse(body) {
        if form.fields.len() >= MAX_FIELDS {
            return Err(Refused::Malformed(format!("the form has more than {MAX_FIELDS} fields")));
        }
        let most = if name == "body-mime" { MAX_MAIL } else { MAX_TEXT };
        if value.len() > most {
            return Err(Refused::TooLarge);
        }
        form.fields.push((name.into_owned(), value.into_owned().into_bytes()));
    }
    Ok(form)
}

async fn multipart(content_type: &str, body: &[u8]) -> Result<Form, Refused> {
    let broken = |error: multer::Error| match error {
        multer::Error::FieldSizeExceeded { .. } | multer::Error::StreamSizeExceeded { .. } => Refused::TooLarge,
        other => Refused::Malformed(format!("the form can't be read: {other}")),
    };
    let boundary = multer::parse_boundary(content_type).map_err(broken)?;
    let whole = stream::iter([Ok::<_, std::convert::Infallible>(bytes::Bytes::copy_from_slice(body))]);
    let limits = SizeLimit::new().whole_stream(MAX_BODY as u64).per_field(MAX_MAIL as u64);
    let mut parts = Multipart::with_constraints(whole, boundary, Constraints::new().size_limit(limits));
    let mut form = Form::default();
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        if form.fields.len() + form.files.len() >= MAX_FIELDS {
            return Err(Refused::Malformed(format!("the form has more than {MAX_FIELDS} fields")));
        }
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(clean::line);
        let declared = part.content_type().map(|kind| kind.essence_str().to_ascii_lowercase()).unwrap_or_default();
        let bytes = part.bytes().await.map_err(broken)?.to_vec();
        if file.is_some() && name != "body-mime" {
            form.files
                .push((name, File { name: file.filter(|name| !name.is_empty()), declared, inline: false, bytes }));
        } else if bytes.len() > MAX_TEXT && name != "body-mime" {
            return Err(Refused::TooLarge);
        } else {
            form.fields.push((name, bytes));
        }
    }
    Ok(form)
}

/// What became of a mail of ours.
fn event(body: &[u8], signing: &Signing, token_was_used: impl FnOnce(&str) -> bool) -> Result<News, Refused> {
    let value: Value =
        serde_json::from_slice(body).map_err(|error| Refused::Malformed(format!("it is no JSON: {error}")))?;
    let text = |path: &str| match value.pointer(path) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let [timestamp, token, signature] =
        ["timestamp", "token", "signature"].map(|name| text(&format!("/signature/{name}")));
    check(&timestamp, &token, &signature, signing, token_was_used)?;
    let kind = text("/event-data/event");
    let (state, consequence) = match (kind.as_str(), text("/event-data/severity").as_str()) {
        ("delivered", _) => (DeliveryState::Delivered, Consequence::None),
        ("opened", _) => (DeliveryState::Read, Consequence::None),
        ("failed", "temporary") => return Ok(News::Ignored("Mailgun tries again to deliver a mail".to_owned())),
        ("failed" | "rejected", _) => (DeliveryState::Failed, Consequence::Unreachable),
        ("complained" | "unsubscribed", _) => (DeliveryState::Delivered, Consequence::OptedOut),
        _ => return Ok(News::Ignored(format!("Mailgun told of {}", clean::line(&kind)))),
    };
    let Some(provider_id) = ids(&text("/event-data/message/headers/message-id")).into_iter().next() else {
        return Ok(News::Ignored(format!("Mailgun told of {kind} of a mail that it doesn't name")));
    };
    let error = (state == DeliveryState::Failed).then(|| {
        let words = [
            text("/event-data/delivery-status/message"),
            text("/event-data/delivery-status/description"),
            text("/event-data/reason"),
        ];
        let said = words.into_iter().find(|words| !words.is_empty()).unwrap_or_default();
        (clean::line(&text("/event-data/delivery-status/code")), clean::line(&said))
    });
    let reference =
        Some(clean::line(&text("/event-data/user-variables/reference"))).filter(|reference| !reference.is_empty());
    Ok(News::Delivery(DeliveryNews { channel: Channel::Email, provider_id, reference, state, error, consequence }))
}

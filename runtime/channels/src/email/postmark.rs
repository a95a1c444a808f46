//! Postmark's webhooks: mails that came in, and what became of those that went out.
//!
//! Postmark signs nothing. What protects the route are credentials in the webhook's address, which it sends as HTTP Basic
//! (postmarkapp.com, "Inbound webhook"), beside HTTPS and a list of its addresses at the firewall.

use super::authentic::spf_pass_of;
use super::header::{Headers, address, ids};
use super::mail::{Envelope, File, MAX_MAIL, Mail, Rules, Words};
use super::{clean, received};
use crate::{Channel, Consequence, DeliveryNews, DeliveryState, News, Refused};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq;

/// Files that are looked at.
const MAX_FILES: usize = 200;
/// The largest body: a mail of 25 MiB whose files are base64 and whose texts are escaped.
pub const MAX_BODY: usize = MAX_MAIL * 3 / 2;

/// What the webhook's address was given: `https://USER:PASSWORD@host/…`.
#[derive(Clone)]
pub struct Credentials {
    /// Before the colon; without a colon itself.
    pub user: String,
    /// Behind it.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials")
    }
}

/// Reads a webhook's body. `authorization` is the value of that header, none where it is missing or there twice.
///
/// # Errors
/// [`Refused::Signature`] without the credentials, before a byte of the body is read; [`Refused::TooLarge`] above
/// [`MAX_BODY`]; [`Refused::Malformed`] where it isn't the JSON that Postmark sends.
pub fn read(
    authorization: Option<&str>,
    body: &[u8],
    credentials: &Credentials,
    rules: &Rules,
) -> Result<News, Refused> {
    admit(authorization, credentials)?;
    if body.len() > MAX_BODY {
        return Err(Refused::TooLarge);
    }
    let value: Value =
        serde_json::from_slice(body).map_err(|error| Refused::Malformed(format!("it is no JSON: {error}")))?;
    if let Some(kind) = value.get("RecordType").and_then(Value::as_str).filter(|kind| *kind != "Inbound") {
        return Ok(delivery(kind, &value));
    }
    let inbound = Inbound::deserialize(without_nulls(value))
        .map_err(|error| Refused::Malformed(format!("it isn't a mail as Postmark describes them: {error}")))?;
    received::received(inbound.mail(), rules).map(|received| News::Received(Box::new(received)))
}

fn admit(authorization: Option<&str>, credentials: &Credentials) -> Result<(), Refused> {
    if credentials.user.is_empty() || credentials.password.is_empty() {
        return Err(Refused::Signature("no credentials are configured for this webhook"));
    }
    let given = authorization.ok_or(Refused::Signature("the Authorization header is missing"))?;
    let (scheme, encoded) = given.split_once(' ').ok_or(Refused::Signature("the Authorization header isn't Basic"))?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(Refused::Signature("the Authorization header isn't Basic"));
    }
    let given =
        BASE64_STANDARD.decode(encoded.trim()).map_err(|_| Refused::Signature("the credentials aren't base64"))?;
    let wanted = format!("{}:{}", credentials.user, credentials.password);
    if bool::from(given.ct_eq(wanted.as_bytes())) {
        Ok(())
    } else {
        Err(Refused::Signature("user or password is wrong"))
    }
}

/// A mail in Postmark's form; what isn't named here isn't needed.
#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Inbound {
    from: String,
    from_name: String,
    from_full: Person,
    to_full: Vec<Person>,
    cc_full: Vec<Person>,
    to: String,
    cc: String,
    original_recipient: String,
    subject: String,
    #[serde(rename = "MessageID")]
    message_id: String,
    date: String,
    text_body: String,
    html_body: String,
    stripped_text_reply: String,
    headers: Vec<Field>,
    attachments: Vec<Attached>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Person {
    email: String,
    name: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Field {
    name: String,
    value: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Attached {
    name: String,
    content: String,
    content_type: String,
    #[serde(rename = "ContentID")]
    content_id: String,
}

impl Inbound {
    fn mail(self) -> Mail {
        let mut headers = Headers::default();
        for field in &self.headers {
            headers.push(&field.name, &field.value);
        }
        let author = Person {
            email: if self.from_full.email.is_empty() { bare(&self.from) } else { self.from_full.email },
            name: if self.from_full.name.is_empty() { self.from_name } else { self.from_full.name },
        };
        // Postmark takes these out of the list of headers; where it didn't, they stand there already.
        let mut add = |name: &str, value: &str| {
            if !value.is_empty() && headers.get(name).is_none() {
                headers.push(name, value);
            }
        };
        add("From", &author.written());
        add("To", &written(&self.to_full, &self.to));
        add("Cc", &written(&self.cc_full, &self.cc));
        add("Subject", &self.subject);
        add("Date", &self.date);
        // Several of these can only come from others than Postmark.
        let spf_domain = headers.only("Received-SPF").and_then(spf_pass_of);
        let author_signed = headers
            .only("X-Spam-Tests")
            .is_some_and(|tests| tests.split([',', ' ']).any(|test| test == "DKIM_VALID_AU"));
        let mut body = vec![Words::Plain(self.text_body)];
        if body.iter().all(Words::is_blank) {
            body = vec![Words::Html(self.html_body)];
        }
        body.retain(|words| !words.is_blank());
        let envelope = Envelope { from: None, recipients: vec![self.original_recipient] };
        let files = self.attachments.into_iter().take(MAX_FILES).map(Attached::file).collect();
        let stripped = Some(self.stripped_text_reply).filter(|stripped| !stripped.trim().is_empty());
        Mail {
            headers,
            envelope,
            body,
            stripped,
            files,
            fallback_id: clean::line(&self.message_id),
            spf_domain,
            author_signed,
        }
    }
}

/// A field without a value counts as one that isn't there.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name, without_nulls(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => items.into_iter().filter(|item| !item.is_null()).map(without_nulls).collect(),
        other => other,
    }
}

impl Person {
    /// As a header has it.
    fn written(&self) -> String {
        let name: String = self.name.chars().filter(|c| !matches!(c, '"' | '\\' | '\r' | '\n')).collect();
        if name.trim().is_empty() { format!("<{}>", self.email) } else { format!("\"{name}\" <{}>", self.email) }
    }
}

fn written(people: &[Person], otherwise: &str) -> String {
    if people.is_empty() {
        return otherwise.to_owned();
    }
    people.iter().map(Person::written).collect::<Vec<_>>().join(", ")
}

fn bare(from: &str) -> String {
    super::header::mailboxes(from)
        .into_iter()
        .next()
        .map_or_else(|| address(from).unwrap_or_default(), |mailbox| mailbox.address)
}

impl Attached {
    fn file(self) -> File {
        let compact: String = self.content.split_ascii_whitespace().collect();
        File {
            name: Some(clean::line(&self.name)).filter(|name| !name.is_empty()),
            declared: self.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase(),
            inline: !self.content_id.is_empty(),
            bytes: BASE64_STANDARD.decode(compact).unwrap_or_default(),
        }
    }
}

/// What became of a mail of ours: `Delivery`, `Bounce`, `SpamComplaint`, `Open` and kinds to come.
fn delivery(kind: &str, value: &Value) -> News {
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
    let id = text("MessageID");
    let permanent = matches!(text("Type"), "HardBounce" | "BadEmailAddress" | "ManuallyDeactivated" | "Unsubscribe");
    let (state, consequence) = match kind {
        "Delivery" => (DeliveryState::Delivered, Consequence::None),
        "Open" => (DeliveryState::Read, Consequence::None),
        "Bounce" if permanent => (DeliveryState::Failed, Consequence::Unreachable),
        "SpamComplaint" => (DeliveryState::Delivered, Consequence::OptedOut),
        _ => return News::Ignored(format!("Postmark told of {}", clean::line(kind))),
    };
    if id.is_empty() {
        return News::Ignored(format!("Postmark told of {kind} of a mail that it doesn't name"));
    }
    let error = (state == DeliveryState::Failed).then(|| (clean::line(text("Type")), clean::line(text("Description"))));
    let reference = value.pointer("/Metadata/reference").and_then(Value::as_str).map(clean::line);
    let provider_id = ids(id).into_iter().next().unwrap_or_else(|| clean::line(id));
    News::Delivery(DeliveryNews { channel: Channel::Email, provider_id, reference, state, error, consequence })
}

//! Sends by Mailgun's API: `POST /v3/{domain}/messages`.
//!
//! Source of the form: Mailgun's documentation, "Send an email". It has no idempotency; a second try carries the same
//! Message-ID.

use super::api::{Answer, ask, never};
use super::compose::Checked;
use crate::{Consequence, Finding, Outgoing, SendFailure, Sender, Sent};
use async_trait::async_trait;
use reqwest::StatusCode;
use url::Url;

/// Sends mail by Mailgun.
pub struct MailgunSender {
    http: reqwest::Client,
    endpoint: String,
    key: String,
}

impl MailgunSender {
    /// `base_url` is `https://api.mailgun.net`, or `https://api.eu.mailgun.net` in Europe; `domain` is the sending one.
    #[must_use]
    pub fn new(http: reqwest::Client, base_url: &Url, domain: &str, key: String) -> Self {
        let endpoint = format!("{}/v3/{domain}/messages", base_url.as_str().trim_end_matches('/'));
        Self { http, endpoint, key }
    }
}

#[async_trait]
impl Sender for MailgunSender {
    fn provider(&self) -> &'static str {
        "Mailgun"
    }

    async fn send(&self, message: &Outgoing) -> Result<Sent, SendFailure> {
        let mail = Checked::new(message)?;
        let request =
            self.http.post(&self.endpoint).basic_auth("api", Some(&self.key)).form(&form(&message.reference, &mail));
        taken(&ask(request).await?)
    }

    async fn find(&self, _: &Outgoing) -> Result<Finding, SendFailure> {
        Ok(Finding::CantTell)
    }
}

fn form(reference: &str, mail: &Checked<'_>) -> Vec<(String, String)> {
    let mut form: Vec<(String, String)> = [
        ("from", mail.sender()),
        ("to", mail.to.to_owned()),
        ("subject", mail.subject.clone()),
        ("text", mail.text.clone()),
        ("v:reference", reference.to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    form.extend(mail.html.iter().map(|html| ("html".to_owned(), html.clone())));
    form.extend(mail.reply_to.iter().map(|address| ("h:Reply-To".to_owned(), (*address).to_owned())));
    for (name, value) in mail.threading() {
        // As Mailgun spells it.
        let name = if name == "Message-ID" { "Message-Id" } else { name };
        form.push((format!("h:{name}"), value));
    }
    form.extend(mail.marks().into_iter().map(|(name, value)| (format!("h:{name}"), value.to_owned())));
    form
}

fn taken(answer: &Answer) -> Result<Sent, SendFailure> {
    let words = answer.body["message"].as_str().unwrap_or_default();
    if answer.status.is_success() {
        return match answer.body["id"].as_str() {
            Some(id) => Ok(Sent { provider_id: id.trim_matches(['<', '>']).to_owned() }),
            None => Err(SendFailure::Unknown { why: "the mail provider's answer has no id".into() }),
        };
    }
    if let Some(failure) = answer.failure(words) {
        return Err(failure);
    }
    let (what, then) = match answer.status {
        StatusCode::PAYMENT_REQUIRED => ("the mail provider wants to be paid first", Consequence::Access),
        StatusCode::NOT_FOUND => {
            ("the mail provider knows no such domain; check it, and the region", Consequence::Access)
        }
        _ => ("the mail provider refused this message", Consequence::None),
    };
    Err(never(&answer.status.as_u16().to_string(), what, words, then))
}

#[cfg(test)]
mod tests;

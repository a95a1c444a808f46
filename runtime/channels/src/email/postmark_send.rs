//! Sends by Postmark's API: `POST /email`.
//!
//! Source of the form and its error codes: Postmark's developer documentation, "Email API" and "API error codes". It has no
//! idempotency; a second try carries the same Message-ID.

use super::api::{Answer, ask, never};
use super::compose::Checked;
use crate::{Consequence, Finding, Outgoing, SendFailure, Sender, Sent};
use async_trait::async_trait;
use serde_json::{Value, json};
use url::Url;

/// Sends mail by Postmark.
pub struct PostmarkSender {
    http: reqwest::Client,
    endpoint: String,
    token: String,
    stream: String,
}

impl PostmarkSender {
    /// `base_url` is `https://api.postmarkapp.com`; `token` is the server's, `stream` the message stream (`outbound`).
    #[must_use]
    pub fn new(http: reqwest::Client, base_url: &Url, token: String, stream: &str) -> Self {
        let endpoint = format!("{}/email", base_url.as_str().trim_end_matches('/'));
        Self { http, endpoint, token, stream: stream.to_owned() }
    }

    fn form(&self, reference: &str, mail: &Checked<'_>) -> Value {
        let mut headers: Vec<Value> =
            mail.threading().into_iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
        // Without this Postmark gives the mail a Message-ID of its own.
        headers.push(json!({ "Name": "X-PM-KeepID", "Value": "true" }));
        headers.extend(mail.marks().into_iter().map(|(name, value)| json!({ "Name": name, "Value": value })));
        let mut form = json!({
            "From": mail.sender(),
            "To": mail.to,
            "Subject": mail.subject,
            "TextBody": mail.text,
            "MessageStream": self.stream,
            "Metadata": { "reference": reference },
            "Headers": headers,
        });
        if let Some(address) = mail.reply_to {
            form["ReplyTo"] = json!(address);
        }
        if let Some(html) = &mail.html {
            form["HtmlBody"] = json!(html);
        }
        form
    }
}

#[async_trait]
impl Sender for PostmarkSender {
    fn provider(&self) -> &'static str {
        "Postmark"
    }

    async fn send(&self, message: &Outgoing) -> Result<Sent, SendFailure> {
        let mail = Checked::new(message)?;
        let request = self
            .http
            .post(&self.endpoint)
            .header("Accept", "application/json")
            .header("X-Postmark-Server-Token", &self.token)
            .json(&self.form(&message.reference, &mail));
        taken(&ask(request).await?)
    }

    async fn find(&self, _: &Outgoing) -> Result<Finding, SendFailure> {
        Ok(Finding::CantTell)
    }
}

fn taken(answer: &Answer) -> Result<Sent, SendFailure> {
    let code = answer.body["ErrorCode"].as_u64();
    let words = answer.body["Message"].as_str().unwrap_or_default();
    if answer.status.is_success() && code.is_none_or(|code| code == 0) {
        return match answer.body["MessageID"].as_str() {
            Some(id) => Ok(Sent { provider_id: id.to_owned() }),
            None => Err(SendFailure::Unknown { why: "the mail provider's answer has no id".into() }),
        };
    }
    if let Some(failure) = answer.failure(words) {
        return Err(failure);
    }
    let shown = code.map_or_else(|| answer.status.as_u16().to_string(), |code| code.to_string());
    let (what, then) = match code {
        Some(406) => ("the mail provider doesn't send to this address any more", Consequence::Unreachable),
        // No token, no such server; sender not confirmed; account not allowed to send; no such stream.
        Some(10 | 400 | 401 | 405 | 412 | 413 | 1226 | 1235) => {
            ("the mail provider doesn't send for this shop; check token, sender and stream", Consequence::Access)
        }
        Some(429) => {
            return Err(SendFailure::Later {
                why: "the mail provider wants to be left alone for a while".into(),
                pause: answer.pause,
            });
        }
        _ => ("the mail provider refused this message", Consequence::None),
    };
    Err(never(&shown, what, words, then))
}

#[cfg(test)]
mod tests;

//! Sending a message, and looking one up whose answer was lost.
//!
//! Twilio takes no key by which it would know a repetition. So where a request may have arrived and its answer didn't,
//! the outcome is [`SendFailure::Unknown`], and the account's list is searched before another try.

use super::{
    Twilio, codes,
    list::{Pages, read},
    parts::LONGEST,
};
use crate::{Consequence, Finding, Outgoing, OutgoingContent, SendFailure, Sender, Sent};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Response, StatusCode, header::RETRY_AFTER};
use serde::Deserialize;
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Larger answers are not Twilio's.
const MAX_ANSWER: usize = 256 << 10;
/// The longest pause that Twilio may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
/// So many pages are searched for a message.
const MOST_PAGES: usize = 5;
/// Instants of Twilio are whole seconds, and so is the difference between its clock and ours.
const PRECISION: SignedDuration = SignedDuration::from_secs(2);
/// Where Twilio doesn't tell its time.
const ANY_CLOCK: SignedDuration = SignedDuration::from_secs(60);
/// Before the text of each message of a trial account.
const TRIAL: &str = "Sent from your Twilio trial account - ";

/// Sends the messages of an account.
#[derive(Clone, Debug)]
pub struct Messages {
    twilio: Twilio,
    client: Client,
}

/// What a sent message's answer has of interest.
#[derive(Deserialize)]
struct Taken {
    sid: String,
}

/// Twilio's error: the older form, and the newer one of RFC 9457.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    code: Option<u32>,
    message: Option<String>,
    title: Option<String>,
}

impl Messages {
    pub(super) fn new(twilio: Twilio, client: Client) -> Self {
        Self { twilio, client }
    }

    async fn search(&self, message: &Outgoing) -> Result<Finding, SendFailure> {
        let text = words(message)?;
        let to = number(message);
        let mut chosen = vec![("To", to)];
        if !message.from.is_empty() {
            chosen.push(("From", message.from.as_str()));
        }
        // Not by `DateSent`: a message that waits in Twilio's queue has none yet, and may be left out.
        let mut pages = Pages::new(&self.twilio, &self.client, &chosen);
        let mut ahead = None;
        for _ in 0..MOST_PAGES {
            let Some(page) = pages.next().await? else { return Ok(Finding::NotTaken) };
            ahead = ahead.or(page.ahead);
            let since = ahead.map_or_else(
                || message.first_try_at.checked_sub(ANY_CLOCK),
                |ahead| message.first_try_at.checked_add(ahead).and_then(|at| at.checked_sub(PRECISION)),
            );
            let since = since.unwrap_or(Timestamp::MIN);
            let ours = page.messages.iter().filter(|listed| {
                listed.direction.starts_with("outbound")
                    && listed.created_at().is_none_or(|at| at >= since)
                    && listed.body.as_deref().is_some_and(|body| same(body, text))
            });
            // The newest stands first, and times are whole seconds: of equals the first one counts.
            if let Some(newest) = ours.rev().max_by_key(|listed| listed.created_at()) {
                return Ok(Finding::Taken(Sent { provider_id: newest.sid.clone() }));
            }
            if page.messages.iter().all(|listed| listed.created_at().is_some_and(|at| at < since)) {
                return Ok(Finding::NotTaken);
            }
        }
        Ok(Finding::CantTell)
    }
}

#[async_trait]
impl Sender for Messages {
    fn provider(&self) -> &'static str {
        "Twilio"
    }

    async fn send(&self, message: &Outgoing) -> Result<Sent, SendFailure> {
        let text = words(message)?;
        let access = &self.twilio.access;
        let callback = self.twilio.status_callback(&message.reference);
        let mut form = vec![("To", number(message)), ("Body", text)];
        if !message.from.is_empty() {
            form.push(("From", message.from.as_str()));
        }
        form.extend(access.messaging_service_sid.as_deref().map(|sid| ("MessagingServiceSid", sid)));
        form.extend(callback.as_deref().map(|url| ("StatusCallback", url)));
        if message.from.is_empty() && access.messaging_service_sid.is_none() {
            return Err(never("21603", codes::words(21603, ""), Consequence::Access));
        }
        let request = self.client.post(self.twilio.messages_url()).timeout(PATIENCE).form(&form);
        let request = request.basic_auth(&access.account_sid, Some(self.twilio.password()));
        let response = request.send().await.map_err(|error| unsent(&error))?;
        if !response.status().is_success() {
            return Err(refusal(response).await);
        }
        let unknown = |why: String| SendFailure::Unknown { why: format!("Twilio's answer can't be read: {why}") };
        let body = read(response, MAX_ANSWER).await.map_err(unknown)?;
        let taken = serde_json::from_slice::<Taken>(&body).ok().filter(|taken| !taken.sid.is_empty());
        let taken = taken.ok_or_else(|| unknown("it names no message".to_owned()))?;
        Ok(Sent { provider_id: taken.sid })
    }

    /// Looks for a message of ours with the same words, to the same number, made since the first try by Twilio's clock.
    ///
    /// Of several the newest is given: ours came last. Where that one is known to be another message of ours (the same
    /// words were sent twice within two seconds), ours wasn't taken; who keeps the messages can tell, and has to.
    async fn find(&self, message: &Outgoing) -> Result<Finding, SendFailure> {
        match tokio::time::timeout(PATIENCE, self.search(message)).await {
            Ok(found) => found,
            Err(_) => {
                Err(SendFailure::Later { why: "Twilio's list of messages took too long".to_owned(), pause: None })
            }
        }
    }
}

fn number(message: &Outgoing) -> &str {
    message.to.phone.as_deref().unwrap_or(&message.to.id)
}

fn words(message: &Outgoing) -> Result<&str, SendFailure> {
    match &message.content {
        OutgoingContent::Sms(text) if text.trim().is_empty() => {
            Err(never("21602", codes::words(21602, ""), Consequence::None))
        }
        OutgoingContent::Sms(text) if text.encode_utf16().count() > LONGEST => {
            Err(never("21617", codes::words(21617, ""), Consequence::None))
        }
        OutgoingContent::Sms(text) => Ok(text),
        _ => {
            let why = "it isn't a text message: send it by its own channel".to_owned();
            Err(SendFailure::Never { code: None, why, then: Consequence::None })
        }
    }
}

fn never(code: &str, why: String, then: Consequence) -> SendFailure {
    SendFailure::Never { code: Some(code.to_owned()), why, then }
}

/// A request without an answer: whether it was written decides.
fn unsent(error: &reqwest::Error) -> SendFailure {
    // An address may hold more than is to be shown.
    let detail = if error.is_timeout() { "no answer in 20 seconds" } else { "the connection broke" };
    if error.is_connect() {
        let why = "Twilio can't be reached: check the network and the API's address".to_owned();
        SendFailure::Later { why, pause: None }
    } else if error.is_builder() {
        let why = "the request can't be made: check the API's address".to_owned();
        SendFailure::Never { code: None, why, then: Consequence::Access }
    } else {
        SendFailure::Unknown { why: detail.to_owned() }
    }
}

/// An answer that isn't a success.
///
/// What Twilio itself refuses wasn't taken. A server error without Twilio's code is somebody's between, who may have
/// passed the request on.
pub(super) async fn refusal(response: Response) -> SendFailure {
    let status = response.status();
    let pause = response.headers().get(RETRY_AFTER).and_then(|seconds| seconds.to_str().ok()?.trim().parse().ok());
    let pause = pause.map(|seconds| Duration::from_secs(seconds).min(LONGEST_PAUSE));
    let body = read(response, MAX_ANSWER).await.unwrap_or_default();
    let Refusal { code, message, title } = serde_json::from_slice(&body).unwrap_or_default();
    let message = message.or(title).unwrap_or_default();
    let busy = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
        || matches!(code, Some(codes::TOO_MANY_REQUESTS | codes::QUEUE_FULL));
    if busy {
        let why = match code {
            Some(codes::QUEUE_FULL) => "the queue of the sending number is full",
            _ => "Twilio gets too many requests",
        };
        return SendFailure::Later { why: why.to_owned(), pause };
    }
    let known = code.map(|code| (code.to_string(), codes::words(code, &message), codes::consequence(code)));
    if status.is_server_error() {
        let why = format!("Twilio answers {}", status.as_u16());
        return match known {
            None if status != StatusCode::SERVICE_UNAVAILABLE => SendFailure::Unknown { why },
            _ => SendFailure::Later { why, pause },
        };
    }
    match known {
        Some((code, why, then)) => never(&code, why, then),
        None => {
            let why = format!("the API's address answers {} and isn't Twilio's: check it", status.as_u16());
            SendFailure::Never { code: Some(status.as_u16().to_string()), why, then: Consequence::Access }
        }
    }
}

/// Whether Twilio's text is ours: a messaging service puts simpler signs for typographic ones, and a trial account
/// words before it.
fn same(listed: &str, ours: &str) -> bool {
    let listed = plain(listed);
    let ours = plain(ours);
    listed == ours || listed.strip_prefix(TRIAL) == Some(ours.as_str())
}

fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.trim().replace("\r\n", "\n").chars() {
        match c {
            '‘' | '’' | '‚' | '‛' | '′' => plain.push('\''),
            '“' | '”' | '„' | '‟' | '″' | '«' | '»' => plain.push('"'),
            '–' | '—' | '‐' | '‑' | '‒' | '―' | '−' => plain.push('-'),
            '…' => plain.push_str("..."),
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => plain.push(' '),
            '\u{200b}' | '\u{feff}' => {}
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn twilios_changes_of_a_text_are_seen_through() {
        assert!(same("It's \"here\" - now...", "It’s “here” – now…"));
        assert!(same("Sent from your Twilio trial account - Hello", "Hello"));
        assert!(same("a\r\nb ", "a\nb"));
        assert!(!same("Hello", "Hello!"));
        assert!(!same("Hello there", "Hello"));
    }
}

//! What the sending APIs of mail providers have in common: one request, and how its end is understood.

use crate::{Consequence, SendFailure};
use reqwest::header::RETRY_AFTER;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::Value;
use std::time::Duration;

/// One try's time.
const PATIENCE: Duration = Duration::from_secs(20);
/// Most of an answer that is read, bytes.
const LONGEST_ANSWER: usize = 64 << 10;
/// Longest pause that a provider's `Retry-After` is believed.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// A provider's answer.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// `Retry-After`.
    pub(super) pause: Option<Duration>,
    /// Null where it is no JSON.
    pub(super) body: Value,
}

/// Sends a request.
///
/// # Errors
/// [`SendFailure::Later`] where there was no line; [`SendFailure::Unknown`] where it broke later: the provider may have the
/// message.
pub(super) async fn ask(request: RequestBuilder) -> Result<Answer, SendFailure> {
    let response = request.timeout(PATIENCE).send().await.map_err(|error| {
        let before = error.is_connect() || error.is_builder();
        let why = format!("the mail provider: {}", error.without_url());
        if before { SendFailure::Later { why, pause: None } } else { SendFailure::Unknown { why } }
    })?;
    let status = response.status();
    let pause = pause(&response);
    let body = body(response).await.map_err(|why| SendFailure::Unknown { why })?;
    Ok(Answer { status, pause, body: serde_json::from_slice(&body).unwrap_or_default() })
}

impl Answer {
    /// What the statuses mean that mean the same everywhere; none where the provider's own codes decide.
    pub(super) fn failure(&self, words: &str) -> Option<SendFailure> {
        match self.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Some(never(
                &self.status.as_u16().to_string(),
                "the mail provider refused the access; check its token or key, and that it may send",
                words,
                Consequence::Access,
            )),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Some(SendFailure::Later {
                why: format!("the mail provider wants to be left alone for a while ({})", self.status),
                pause: self.pause,
            }),
            // It broke while it worked on this.
            status if status.is_server_error() => {
                Some(SendFailure::Unknown { why: format!("the mail provider answered {status}") })
            }
            _ => None,
        }
    }
}

/// It is never taken.
pub(super) fn never(code: &str, what: &str, words: &str, then: Consequence) -> SendFailure {
    let words: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
    let why = if words.is_empty() { what.to_owned() } else { format!("{what}: {words}") };
    SendFailure::Never { code: Some(code.to_owned()), why, then }
}

fn pause(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
}

async fn body(mut response: Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while body.len() < LONGEST_ANSWER {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            Err(error) => return Err(format!("the mail provider's answer broke off: {}", error.without_url())),
        }
    }
    // What is this long is no answer to this; it can't be read, and the status counts.
    Ok(Vec::new())
}

//! The envelope around every answer: `{"meta": {"code", "type", "message", "errors"}, "data"}`.
//!
//! `meta.code` is the HTTP status with two digits more (`42213`), or the status alone (`401`). It is believed where it
//! tells of a failure, whatever the HTTP status says.

use std::time::Duration;

use serde_json::Value;
use usher_sdk::connector::{Error, Response, Timestamp, one_line};

/// One answer.
#[derive(Debug)]
pub(crate) struct Envelope {
    /// HTTP status, or that of `meta.code` where it is a failure.
    status: u16,
    /// For the log: AfterShip's words, and which field it complains of.
    message: String,
    /// How long AfterShip asks to wait.
    wait: Option<Duration>,
    data: Option<Value>,
}

impl Envelope {
    /// # Errors
    /// [`Error::Unexpected`] for a success without an envelope.
    pub(crate) fn read(response: &Response) -> Result<Self, Error> {
        // A proxy in between answers its own failures with a page, or with nothing.
        let mut body: Value = response.json().unwrap_or_default();
        let meta = taken(&mut body, "meta").unwrap_or_default();
        let said = code(&meta["code"]).map(|code| if code >= 10_000 { code / 100 } else { code });
        let failed = said.and_then(|status| u16::try_from(status).ok()).filter(|status| (400..600).contains(status));
        let status = failed.unwrap_or(response.status());
        let data = taken(&mut body, "data");
        if (200..300).contains(&status) && data.is_none() {
            return Err(Error::Unexpected("AfterShip's answer has another shape than its documentation".to_owned()));
        }
        Ok(Envelope { status, message: message(&meta), wait: wait(response), data })
    }

    /// `data` of a success.
    ///
    /// # Errors
    /// What the failure means.
    pub(crate) fn success(self) -> Result<Value, Error> {
        let Envelope { status, message, wait, data } = self;
        match status {
            200..=299 => Ok(data.unwrap_or_default()),
            429 | 503 => Err(Error::Throttled { wait }),
            404 | 410 => Err(Error::NotFound),
            401 | 403 => Err(Error::Unauthorized(format!(
                "AfterShip refuses the API key ({status} {message}); check it, and that it may read returns"
            ))),
            400..=499 => Err(Error::Invalid(format!("AfterShip refuses: {status} {message}"))),
            _ => Err(Error::Refused { status, message }),
        }
    }
}

/// A field, where the value is an object that has it.
pub(crate) fn taken(value: &mut Value, field: &str) -> Option<Value> {
    value.as_object_mut()?.remove(field)
}

fn code(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// What `info` says may quote a customer, so that only the path of it is told.
fn message(meta: &Value) -> String {
    let words = meta["message"].as_str().or(meta["type"].as_str()).unwrap_or_default();
    let mut paths = meta["errors"].as_array().into_iter().flatten().filter_map(|error| error["path"].as_str());
    one_line(&paths.next().map_or(words.to_owned(), |path| format!("{words} (at {path})")))
}

/// `Retry-After`, else the instant of `RateLimit-Reset` or `X-RateLimit-Reset`. AfterShip's products send the one or the
/// other, as Unix time in seconds; a small number is a time to wait.
fn wait(response: &Response) -> Option<Duration> {
    if let Some(wait) = response.retry_after() {
        return Some(wait);
    }
    let reset = response.header("RateLimit-Reset").or(response.header("X-RateLimit-Reset"))?;
    let seconds: u64 = reset.parse().ok()?;
    const A_DAY: u64 = 86_400;
    if seconds <= A_DAY {
        return Some(Duration::from_secs(seconds));
    }
    let now = u64::try_from(Timestamp::now().unix_milliseconds()).ok()?;
    Some(Duration::from_millis(seconds.checked_mul(1000)?.saturating_sub(now)))
}

#[cfg(test)]
mod tests;

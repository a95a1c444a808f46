//! The client of AfterShip's API: requests, and when one is sent again.
//!
//! The SDK's own repeats know `Retry-After` and the HTTP status. AfterShip also throttles inside its envelope and says
//! in other headers when the next request may come, so that repeating is decided here, on what the envelope means.

use std::time::Duration;

use serde_json::Value;
use usher_sdk::connector::{Error, Request, Retry, settings};

use crate::envelope::Envelope;

const BASE: &str = "https://api.aftership.com/returns";
const VERSION: &str = "2026-07";

/// One tool call's access to AfterShip.
#[derive(Debug)]
pub(crate) struct Api {
    base: String,
    retry: Retry,
    /// For a single request: it is never repeated by the SDK.
    once: Retry,
}

impl Api {
    /// # Errors
    /// [`Error::Setting`].
    pub(crate) fn open() -> Result<Self, Error> {
        let base = settings::base_url("base-url", BASE)?;
        let version = settings::get("version").unwrap_or_else(|| VERSION.to_owned());
        if !version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            let problem = format!("it is no version of AfterShip's API; write one like {VERSION}");
            return Err(Error::Setting { name: "version".to_owned(), problem });
        }
        Ok(Api {
            base: format!("{base}/{version}"),
            // AfterShip allows an account 10 requests a second.
            retry: Retry::with(Retry::TIME, 2, Duration::from_secs(1)),
            once: Retry::with(Retry::TIME, 0, Duration::ZERO),
        })
    }

    /// The `data` of what is at this path.
    ///
    /// # Errors
    /// What AfterShip says, or why there is no answer.
    pub(crate) fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Error> {
        self.send(|| {
            let request = Request::get(format!("{}{path}", self.base));
            query.iter().fold(request, |request, (name, value)| request.query(name, value))
        })
    }

    /// The `data` of the answer to a post that changes nothing at AfterShip, so that it may be repeated.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub(crate) fn ask(&self, path: &str, body: &Value) -> Result<Value, Error> {
        self.send(|| Request::post(format!("{}{path}", self.base)).json(body).reading())
    }

    fn send<'a>(&'a self, request: impl Fn() -> Request<'a>) -> Result<Value, Error> {
        loop {
            let answer = request().within(&self.once).send().and_then(|response| Envelope::read(&response)?.success());
            let again = match &answer {
                Err(Error::Throttled { wait }) => self.retry.wait(*wait),
                Err(Error::Refused { status: 500 | 502 | 504, .. } | Error::TimedOut | Error::Unreachable(_)) => {
                    self.retry.wait(None)
                }
                _ => false,
            };
            if !again {
                return answer;
            }
        }
    }
}

/// A text, of a text or a number; none where it is empty.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// An address that a browser can open.
pub(crate) fn link(value: &Value) -> Option<String> {
    text(value).filter(|url| url.starts_with("https://") || url.starts_with("http://"))
}

#[cfg(test)]
mod tests;

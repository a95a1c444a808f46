//! The client of Recharge's API: its version, its errors, its pages, and how long to wait.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use usher_sdk::connector::{Error, Request, Response, Retry, Timestamp, log, one_line, settings};

/// The one that this connector is written for. Without it the shop's own default answers, in other shapes.
const VERSION: &str = "2021-11";

/// Recharge says neither how long to wait nor how its limit refills; two seconds are what its clients begin with.
const FIRST_WAIT: Duration = Duration::from_secs(2);
const REPEATS: u32 = 2;

/// Of at most 250, such that a page stays well under the runtime's limit of 1 MiB.
const PAGE_SIZE: &str = "100";
/// Pages of one list, within the requests that the runtime allows a call.
const PAGES: usize = 3;

/// One tool call's access to Recharge.
#[derive(Debug)]
pub(crate) struct Api {
    base: String,
    retry: Retry,
    until: Timestamp,
}

/// Why an acting request has no answer that says what became of it.
#[derive(Debug, PartialEq)]
pub(crate) enum NotMade {
    /// It certainly has no effect.
    Certainly(Error),
    /// Nobody knows: the state must be read back.
    Perhaps(Error),
}

impl Api {
    /// # Errors
    /// [`Error::Setting`].
    pub(crate) fn open() -> Result<Self, Error> {
        let base = settings::base_url("base-url", "https://api.rechargeapps.com")?;
        let until = Timestamp::now().plus(Retry::TIME);
        Ok(Api { base, retry: Retry::with(Retry::TIME, REPEATS, FIRST_WAIT), until })
    }

    /// Reads one object, from under its name.
    ///
    /// # Errors
    /// [`Error::NotFound`] among others.
    pub(crate) fn read<T: DeserializeOwned>(&self, path: &str, name: &str) -> Result<T, Error> {
        let response = self.request(Request::get(format!("{}{path}", self.base))).send()?;
        if !response.is_success() {
            return Err(failure(&response));
        }
        object(&response, name)
    }

    /// Reads a list, page after page.
    ///
    /// # Errors
    /// [`Error::Unexpected`] also where there are more pages than one call can read: what is missing might matter.
    pub(crate) fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        name: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<T>, Error> {
        let mut found = Vec::new();
        let mut cursor: Option<String> = None;
        for _ in 0..PAGES {
            let request = self.request(Request::get(format!("{}{path}", self.base))).query("limit", PAGE_SIZE);
            // A cursor stands for the whole question; Recharge refuses both together.
            let request = match &cursor {
                Some(cursor) => request.query("cursor", cursor),
                None => query.iter().fold(request, |request, (name, value)| request.query(name, value)),
            };
            let response = request.send()?;
            if !response.is_success() {
                return Err(failure(&response));
            }
            found.extend(object::<Vec<T>>(&response, name)?);
            let next = object::<Option<String>>(&response, "next_cursor").ok().flatten();
            match next.filter(|next| !next.is_empty()) {
                None => return Ok(found),
                next if next == cursor => {
                    return Err(Error::Unexpected("Recharge's next page is the same page".to_owned()));
                }
                next => cursor = next,
            }
        }
        Err(Error::Unexpected(format!("Recharge has more {name} than can be read in one call")))
    }

    /// Asks for a change once; throttling is waited out. Gives the changed object, from under its name.
    pub(crate) fn act<T: DeserializeOwned>(
        &self,
        path: &str,
        name: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, NotMade> {
        let request = self.request(Request::post(format!("{}{path}", self.base)));
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let response = request.send().map_err(|error| match error {
            Error::Denied(_) | Error::Invalid(_) => NotMade::Certainly(error),
            error => NotMade::Perhaps(error),
        })?;
        match response.status() {
            200..300 => object(&response, name).map_err(NotMade::Perhaps),
            // 408 is a time-out by another name.
            status if (400..500).contains(&status) && status != 408 => Err(NotMade::Certainly(failure(&response))),
            _ => Err(NotMade::Perhaps(failure(&response))),
        }
    }

    /// Waits between looks at what became of a request: half a second, doubling, inside the call's time.
    pub(crate) fn looks(&self, times: u32) -> Retry {
        Retry::with(self.until.since(Timestamp::now()), times, Duration::from_millis(500))
    }

    fn request<'a>(&'a self, request: Request<'a>) -> Request<'a> {
        request.header("X-Recharge-Version", VERSION).within(&self.retry)
    }
}

/// What stands under a name in the body.
fn object<T: DeserializeOwned>(response: &Response, name: &str) -> Result<T, Error> {
    let mut body: Value = response.json()?;
    serde_json::from_value(body[name].take())
        .map_err(|_| Error::Unexpected(format!("Recharge's `{name}` has another shape")))
}

/// What an answer that is no success means. Recharge writes a text under `error`, or complaints for each field under
/// `errors`.
fn failure(response: &Response) -> Error {
    let body: Value = response.json().unwrap_or_default();
    let said = complaint(&body["errors"]).or_else(|| complaint(&body["error"])).unwrap_or_default();
    match response.status() {
        401 | 403 => Error::Unauthorized(format!(
            "Recharge refuses the API token (status {}: {said}); check it, and its scopes",
            response.status()
        )),
        400 | 422 => Error::Invalid(format!("Recharge refuses: {said}")),
        429 => {
            log::info(&format!("Recharge throttles, at {}", response.header("x-recharge-limit").unwrap_or("no limit")));
            response.failure(&said)
        }
        _ => response.failure(&said),
    }
}

/// A text; the first of a list; a field with its complaint.
fn complaint(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(one_line(text)),
        Value::Array(list) => list.iter().find_map(complaint),
        Value::Object(fields) => {
            fields.iter().find_map(|(field, value)| Some(one_line(&format!("{field}: {}", complaint(value)?))))
        }
        _ => None,
    }
}

/// A text of a text or a number: ids and frequencies are both. Empty where it is neither.
pub(crate) fn text<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    })
}

#[cfg(test)]
mod tests;

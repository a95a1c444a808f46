//! The client of Smile's API: its errors, its pages, and what is certain after a request that spends points.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use usher_sdk::connector::{Error, Request, Response, Retry, Timestamp, one_line, settings};

/// Smile's limit of ten requests a second is over after one.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// Entries of a page, Smile's most.
pub(crate) const PAGE: usize = 250;
/// Pages of one list, within the requests that the runtime allows a call.
const PAGES: usize = 2;

/// One tool call's access to Smile.
#[derive(Debug)]
pub(crate) struct Api {
    base: String,
    retry: Retry,
    until: Timestamp,
}

/// Why a request that spends points has no answer that says so.
#[derive(Debug, PartialEq)]
pub(crate) enum NotMade {
    /// Nothing was spent.
    Certainly(Error),
    /// Nobody knows.
    Perhaps(Error),
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    next_cursor: Option<String>,
}

impl Api {
    /// `repeats` are those of all the call's requests together.
    ///
    /// # Errors
    /// [`Error::Setting`].
    pub(crate) fn open(repeats: u32) -> Result<Self, Error> {
        let base = settings::base_url("base-url", "https://api.smile.io/v1")?;
        let until = Timestamp::now().plus(Retry::TIME);
        Ok(Api { base, retry: Retry::with(Retry::TIME, repeats, FIRST_WAIT), until })
    }

    /// Reads one object or list.
    ///
    /// # Errors
    /// What Smile's refusal means, or that there is no answer.
    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)]) -> Result<T, Error> {
        // Smile answers with 400 where this header is missing, of requests without a body too.
        let request = Request::get(format!("{}{path}", self.base)).header("Content-Type", "application/json");
        let request = query.iter().fold(request, |request, (name, value)| request.query(name, value));
        let response = request.within(&self.retry).send()?;
        if !response.is_success() {
            return Err(failure(&response));
        }
        response.json()
    }

    /// Reads a list that is cut by a cursor. A list that is longer than one call can read is cut off.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub(crate) fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        name: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<T>, Error> {
        let limit = PAGE.to_string();
        let mut cursor: Option<String> = None;
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let mut query = query.to_vec();
            query.push(("limit", &limit));
            query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let mut body: Value = self.get(path, &query)?;
            all.extend(entries::<T>(&mut body, name)?);
            let metadata: Metadata = serde_json::from_value(body["metadata"].take()).unwrap_or_default();
            // Null and an empty text both say that there is no next page.
            let next = metadata.next_cursor.filter(|next| !next.is_empty());
            if next.is_none() || next == cursor {
                break;
            }
            cursor = next;
        }
        Ok(all)
    }

    /// Sends a request that spends points: again only where Smile throttled it, for then it ran nothing.
    ///
    /// # Errors
    /// [`NotMade`].
    pub(crate) fn act<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, NotMade> {
        let request = Request::post(format!("{}{path}", self.base)).json(body);
        let response = match request.within(&self.retry).send() {
            Ok(response) => response,
            // These never left the runtime.
            Err(error @ (Error::Denied(_) | Error::Invalid(_))) => return Err(NotMade::Certainly(error)),
            Err(error) => return Err(NotMade::Perhaps(error)),
        };
        match response.status() {
            200..=299 => response.json().map_err(NotMade::Perhaps),
            // What answers with 5xx, or gave up waiting, may stand in front of what has done it.
            408 | 500.. => Err(NotMade::Perhaps(failure(&response))),
            _ => Err(NotMade::Certainly(failure(&response))),
        }
    }

    /// Waits for looking at something again: `times` at most, first so long and then doubling, within the call's time.
    pub(crate) fn looks(&self, times: u32, first: Duration) -> Retry {
        Retry::with(self.until.since(Timestamp::now()), times, first)
    }
}

/// The list of this name in an answer; one without it isn't an answer.
pub(crate) fn entries<T: DeserializeOwned>(body: &mut Value, name: &str) -> Result<Vec<T>, Error> {
    serde_json::from_value(body[name].take())
        .map_err(|_| Error::Unexpected(format!("Smile's list of {name} has another shape")))
}

/// Reads null as nothing: fields that are documented to be there are now and then empty.
pub(crate) fn or_nothing<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

/// `{"error":{"message":"…","request_id":"…"}}`, read as far as it is there.
fn failure(response: &Response) -> Error {
    let body: Value = response.json().unwrap_or_default();
    let message = one_line(body["error"]["message"].as_str().unwrap_or_default());
    match response.status() {
        401 | 403 => Error::Unauthorized(format!(
            "Smile refuses the API key ({message}); check it, and that the shop's plan is Plus or Enterprise"
        )),
        422 => Error::Invalid(format!("Smile refuses: {message}")),
        _ => response.failure(&message),
    }
}

#[cfg(test)]
mod tests;

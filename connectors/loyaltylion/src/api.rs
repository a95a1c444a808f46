//! The client of LoyaltyLion's two APIs: their errors, and what is certain after a request that spends points.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use usher_sdk::connector::{Error, Request, Response, Retry, Timestamp, one_line, settings};

/// LoyaltyLion's limit of twenty requests a second is over after one.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// One tool call's access to LoyaltyLion.
#[derive(Debug)]
pub(crate) struct Api {
    base: String,
    site: u64,
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

impl Api {
    /// `repeats` are those of all the call's requests together.
    ///
    /// # Errors
    /// [`Error::Setting`].
    pub(crate) fn open(repeats: u32) -> Result<Self, Error> {
        let base = settings::base_url("base-url", "https://api.loyaltylion.com")?;
        let site = settings::required("site-id")?.parse().map_err(|_| Error::Setting {
            name: "site-id".to_owned(),
            problem: "it isn't a number; take the one after /sites/ in the address of LoyaltyLion's pages".to_owned(),
        })?;
        let until = Timestamp::now().plus(Retry::TIME);
        Ok(Api { base, site, retry: Retry::with(Retry::TIME, repeats, FIRST_WAIT), until })
    }

    /// Reads from the Admin API.
    ///
    /// # Errors
    /// What LoyaltyLion's refusal means, or that there is no answer.
    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)]) -> Result<T, Error> {
        self.read(format!("{}/v2{path}", self.base), query)
    }

    /// Reads from the Headless API, as the shop's web pages would.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub(crate) fn headless<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        self.read(format!("{}/headless/2025-06/{}{path}", self.base, self.site), &[("channel", "web")])
    }

    fn read<T: DeserializeOwned>(&self, url: String, query: &[(&str, &str)]) -> Result<T, Error> {
        let request = query.iter().fold(Request::get(url), |request, (name, value)| request.query(name, value));
        let response = request.within(&self.retry).send()?;
        if !response.is_success() {
            return Err(failure(&response));
        }
        response.json()
    }

    /// Sends a request that spends points: again only where LoyaltyLion throttled it, for then it ran nothing.
    ///
    /// # Errors
    /// [`NotMade`].
    pub(crate) fn act<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, NotMade> {
        let request = Request::post(format!("{}/v2{path}", self.base)).json(body);
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

/// Reads null as nothing: what may be empty isn't documented.
pub(crate) fn or_nothing<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

/// The Admin API's bodies aren't documented; `error`, `errors` and `message` are read in whatever shape they have.
fn failure(response: &Response) -> Error {
    let body: Value = response.json().unwrap_or_default();
    let said = [&body["error"], &body["errors"], &body["message"]].into_iter().find_map(said).unwrap_or_default();
    let said = one_line(&said);
    match response.status() {
        401 | 403 => Error::Unauthorized(format!(
            "LoyaltyLion refuses the API key ({said}); check it, and that it may read customers and the configuration and \
             redeem rewards"
        )),
        422 => Error::Invalid(format!("LoyaltyLion refuses: {said}")),
        _ => response.failure(&said),
    }
}

/// A text; an object's `message` or `code`; the first of a list; the first complaint about a field.
fn said(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(list) => list.iter().find_map(said),
        Value::Object(fields) => match fields.get("message").or(fields.get("code")) {
            Some(text) => said(text),
            None => fields.iter().find_map(|(field, value)| Some(format!("{field} {}", said(value)?))),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests;

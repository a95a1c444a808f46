//! The client of Gorgias' API: its errors, its lists, and how many requests are left.

use std::cell::Cell;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use usher_sdk::connector::{Error, Request, Response, Retry, Timestamp, log, one_line, settings};

/// Requests that the runtime allows a call, and how many of them may be repeats.
const REQUESTS: u32 = 8;
const REPEATS: u32 = 2;

/// One call's access to Gorgias.
#[derive(Debug)]
pub(crate) struct Api {
    /// The account's host.
    pub(crate) account: String,
    /// The API key's user, in whose name notes are written.
    pub(crate) email: String,
    base: String,
    retry: Retry,
    until: Timestamp,
    made: Cell<u32>,
}

/// Why an acting request has no answer that says what became of it.
#[derive(Debug, PartialEq)]
pub(crate) enum NotMade {
    /// It certainly has no effect.
    Certainly(Error),
    /// Nobody knows: it must be looked for.
    Perhaps(Error),
}

/// A page of a list.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) entries: Vec<T>,
    /// What the next page is asked for by; none on the last one.
    pub(crate) next: Option<String>,
    /// Gorgias' clock.
    pub(crate) at: Timestamp,
}

#[derive(Debug, Deserialize)]
struct List<T> {
    data: Vec<T>,
    #[serde(default)]
    meta: Option<Meta>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Meta {
    next_cursor: Option<String>,
}

/// A ticket. Ids are numbers that may become texts.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Record {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    pub(crate) external_id: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) channel: Option<String>,
    pub(crate) customer: Option<Customer>,
    pub(crate) messages_count: Option<u64>,
    pub(crate) last_message_datetime: Option<String>,
    pub(crate) updated_datetime: Option<String>,
    pub(crate) snooze_datetime: Option<String>,
    pub(crate) trashed_datetime: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Customer {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    pub(crate) email: Option<String>,
    pub(crate) external_id: Option<String>,
}

impl Record {
    pub(crate) fn is_closed(&self) -> bool {
        self.status.as_deref().is_some_and(|status| status.eq_ignore_ascii_case("closed"))
    }

    pub(crate) fn updated(&self) -> Option<Timestamp> {
        instant(self.updated_datetime.as_deref())
    }

    /// What differs after anything happened to it.
    pub(crate) fn mark(&self) -> String {
        let updated = self.updated_datetime.as_deref().unwrap_or_default();
        let last = self.last_message_datetime.as_deref().unwrap_or_default();
        format!("{updated} {last} {}", self.messages_count.unwrap_or_default())
    }
}

impl Api {
    /// # Errors
    /// [`Error::Setting`].
    pub(crate) fn open() -> Result<Self, Error> {
        let account = settings::required("account")?.to_ascii_lowercase();
        let host = !account.contains('/') && account.split('.').all(|label| !label.is_empty());
        if !host || !account.contains('.') {
            let problem =
                "it isn't an account's address; write it like example.gorgias.com, without https://".to_owned();
            return Err(Error::Setting { name: "account".to_owned(), problem });
        }
        let email = settings::required("email")?;
        let base = settings::base_url("base-url", &format!("https://{account}"))?;
        let until = Timestamp::now().plus(Retry::TIME);
        let retry = Retry::with(Retry::TIME, REPEATS, Retry::FIRST_WAIT);
        Ok(Api { account, email, base: format!("{base}/api"), retry, until, made: Cell::new(0) })
    }

    /// How many requests this call may still make.
    pub(crate) fn left(&self) -> u32 {
        REQUESTS.saturating_sub(self.made.get()).saturating_sub(REPEATS - self.retry.repeats_left())
    }

    /// Reads one object.
    ///
    /// # Errors
    /// What Gorgias' refusal means, or that there is no answer.
    pub(crate) fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        object(&self.get(path, &[])?)
    }

    /// Reads a page of a list.
    ///
    /// # Errors
    /// As [`Api::read`].
    pub(crate) fn list<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)]) -> Result<Page<T>, Error> {
        let response = self.get(path, query)?;
        let List { data, meta } = response.json()?;
        let next = meta.and_then(|meta| meta.next_cursor).filter(|next| !next.is_empty());
        let at = response.header("Date").and_then(Timestamp::parse_http_date).unwrap_or_else(Timestamp::now);
        Ok(Page { entries: data, next, at })
    }

    /// Asks for a change once; throttling is waited out.
    pub(crate) fn act<T: DeserializeOwned>(
        &self,
        request: fn(String) -> Request<'static>,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, NotMade> {
        let request: Request<'_> = request(format!("{}{path}", self.base));
        let response = self.send(request.json(body).within(&self.retry)).map_err(|error| match error {
            Error::Denied(_) | Error::Invalid(_) => NotMade::Certainly(error),
            error => NotMade::Perhaps(error),
        })?;
        match response.status() {
            200..300 => object(&response).map_err(NotMade::Perhaps),
            // 408 is a time-out by another name.
            status if (400..500).contains(&status) && status != 408 => Err(NotMade::Certainly(self.failure(&response))),
            _ => Err(NotMade::Perhaps(self.failure(&response))),
        }
    }

    /// Waits between looks at what became of a request: half a second, doubling, inside the call's time.
    pub(crate) fn looks(&self, times: u32) -> Retry {
        let times = times.min(self.left());
        Retry::with(self.until.since(Timestamp::now()), times, Duration::from_millis(500))
    }

    /// Where nothing is found under the API's own paths, there is no account.
    pub(crate) fn no_account(&self, error: Error) -> Error {
        match error {
            Error::NotFound => Error::Setting {
                name: "account".to_owned(),
                problem: format!("there is no account at {}; write the address that agents sign in at", self.account),
            },
            other => other,
        }
    }

    fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Response, Error> {
        let request = Request::get(format!("{}{path}", self.base)).within(&self.retry);
        let response = self.send(query.iter().fold(request, |request, (name, value)| request.query(name, value)))?;
        if response.is_success() { Ok(response) } else { Err(self.failure(&response)) }
    }

    fn send(&self, request: Request<'_>) -> Result<Response, Error> {
        self.made.set(self.made.get() + 1);
        request.send()
    }

    fn failure(&self, response: &Response) -> Error {
        let said = words(response);
        match response.status() {
            401 => Error::Unauthorized(format!(
                "Gorgias refuses the credentials (status 401: {said}); check the setting `email` and the API key, which must \
                 belong to that user (Settings, Account, REST API)"
            )),
            403 => Error::Unauthorized(format!(
                "Gorgias forbids this to {} (status 403: {said}); give this user the role of an agent at least",
                self.email
            )),
            400 | 409 | 422 => Error::Invalid(format!("Gorgias refuses: {said}")),
            429 => {
                let limit = response.header("X-Gorgias-Account-Api-Call-Limit").unwrap_or("no limit");
                log::info(&format!("Gorgias throttles, at {limit}"));
                response.failure(&said)
            }
            _ => response.failure(&said),
        }
    }
}

/// An object is a table, not a list or a word that could be read as one.
fn object<T: DeserializeOwned>(response: &Response) -> Result<T, Error> {
    let value: Value = response.json()?;
    let shape = || Error::Unexpected("Gorgias' answer has another shape".to_owned());
    if !value.is_object() {
        return Err(shape());
    }
    serde_json::from_value(value).map_err(|_| shape())
}

/// What Gorgias says, in one line and without addresses: a message, and complaints for each field.
fn words(response: &Response) -> String {
    let body: Value = response.json().unwrap_or_default();
    let error = &body["error"];
    let mut said: Vec<String> = error["msg"].as_str().map(str::to_owned).into_iter().collect();
    said.extend(complaint(&error["data"]));
    let without_address = |word: &str| if word.contains('@') { "(address)".to_owned() } else { word.to_owned() };
    let line: Vec<String> = said.join(": ").split_whitespace().map(without_address).collect();
    if line.is_empty() { "no reason given".to_owned() } else { one_line(&line.join(" ")) }
}

/// A text; the first of a list; a field with its complaint.
fn complaint(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Array(list) => list.iter().find_map(complaint),
        Value::Object(fields) => {
            fields.iter().find_map(|(field, value)| Some(format!("{field}: {}", complaint(value)?)))
        }
        _ => None,
    }
}

/// Gorgias' instants are in UTC, with or without saying so.
pub(crate) fn instant(text: Option<&str>) -> Option<Timestamp> {
    let text = text?.trim();
    Timestamp::parse(text).or_else(|| Timestamp::parse(&format!("{text}Z")))
}

/// A text of a text or a number: ids are both. Empty where it is neither.
pub(crate) fn text<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    })
}

/// The number that a ticket's id must be.
///
/// # Errors
/// [`Error::NotFound`] for anything else.
pub(crate) fn ticket_number(id: &str) -> Result<&str, Error> {
    let id = id.trim();
    let number = (1..=20).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
    number.then_some(id).ok_or(Error::NotFound)
}

#[cfg(test)]
mod tests;

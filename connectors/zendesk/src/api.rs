//! The client of Zendesk's API: its errors, its objects as far as they are read, and how many requests are left.

use std::cell::{Cell, OnceCell};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use usher_sdk::connector::{Error, Request, Response, Retry, Timestamp, one_line, settings};

/// Requests that the runtime allows a call, and how many of them may be repeats.
const REQUESTS: u32 = 8;
const REPEATS: u32 = 2;

/// One call's access to Zendesk.
#[derive(Debug)]
pub(crate) struct Api {
    /// The account's host.
    pub(crate) account: String,
    base: String,
    retry: Retry,
    until: Timestamp,
    made: Cell<u32>,
    me: OnceCell<User>,
}

/// Why an acting request has no answer that says what became of it.
#[derive(Debug, PartialEq)]
pub(crate) enum NotMade {
    /// It certainly has no effect.
    Certainly(Error),
    /// Nobody knows: it must be looked for.
    Perhaps(Error),
}

/// A ticket. Ids are numbers that may become texts.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Record {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    pub(crate) external_id: Option<String>,
    pub(crate) status: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) requester_id: String,
    #[serde(deserialize_with = "text")]
    pub(crate) submitter_id: String,
    pub(crate) updated_at: Option<String>,
}

impl Record {
    pub(crate) fn is(&self, status: &str) -> bool {
        self.status.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(status))
    }

    /// Zendesk took no requester, so the API's user stands in for one.
    pub(crate) fn has_no_requester(&self) -> bool {
        self.requester_id.is_empty() || self.requester_id == self.submitter_id
    }
}

/// Somebody who wrote a comment.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct User {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    /// What customers are shown in place of the name.
    pub(crate) alias: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) role: Option<String>,
    /// What an agent may not see; none for one who sees all tickets.
    pub(crate) ticket_restriction: Option<String>,
}

impl User {
    /// End users are customers; agents and administrators aren't.
    pub(crate) fn is_staff(&self) -> bool {
        self.role.as_deref().is_some_and(|role| !role.eq_ignore_ascii_case("end-user"))
    }
}

/// What says whether a list goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Meta {
    #[serde(deserialize_with = "given")]
    has_more: bool,
    after_cursor: Option<String>,
}

impl Meta {
    /// What the next page is asked for by; none on the last one.
    pub(crate) fn after(self) -> Option<String> {
        self.after_cursor.filter(|after| self.has_more && !after.is_empty())
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
                "it isn't an account's address; write it like example.zendesk.com, without https://".to_owned();
            return Err(Error::Setting { name: "account".to_owned(), problem });
        }
        let base = settings::base_url("base-url", &format!("https://{account}"))?;
        let until = Timestamp::now().plus(Retry::TIME);
        let retry = Retry::with(Retry::TIME, REPEATS, Retry::FIRST_WAIT);
        let (made, me) = (Cell::new(0), OnceCell::new());
        Ok(Api { account, base: format!("{base}/api/v2"), retry, until, made, me })
    }

    /// How many requests this call may still make.
    pub(crate) fn left(&self) -> u32 {
        REQUESTS.saturating_sub(self.made.get()).saturating_sub(REPEATS - self.retry.repeats_left())
    }

    /// Reads.
    ///
    /// # Errors
    /// What Zendesk's refusal means, or that there is no answer.
    pub(crate) fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Response, Error> {
        let request = Request::get(format!("{}{path}", self.base)).within(&self.retry);
        let response = self.send(query.iter().fold(request, |request, (name, value)| request.query(name, value)))?;
        if response.is_success() { Ok(response) } else { Err(self.failure(&response)) }
    }

    /// Reads what stands under a name.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub(crate) fn read<T: DeserializeOwned>(&self, path: &str, name: &str, query: &[(&str, &str)]) -> Result<T, Error> {
        under(&self.get(path, query)?, name)
    }

    /// The API's own user.
    ///
    /// # Errors
    /// [`Error::Unauthorized`] where Zendesk takes the request for nobody's, as it does where no credentials arrive.
    pub(crate) fn me(&self) -> Result<&User, Error> {
        if let Some(me) = self.me.get() {
            return Ok(me);
        }
        let me: User = self.read("/users/me", "user", &[])?;
        if me.id.is_empty() {
            return Err(self.unauthorized("Zendesk sees nobody signed in"));
        }
        Ok(self.me.get_or_init(|| me))
    }

    /// Asks for a change once; throttling is waited out, and a conflict with somebody's change at the same time.
    pub(crate) fn act(&self, request: impl Fn(String) -> Request<'static>, path: &str) -> Result<Response, NotMade> {
        loop {
            // `within` ties the request to this call.
            let request: Request<'_> = request(format!("{}{path}", self.base));
            let response = self.send(request.within(&self.retry)).map_err(|error| match error {
                Error::Denied(_) | Error::Invalid(_) => NotMade::Certainly(error),
                error => NotMade::Perhaps(error),
            })?;
            match response.status() {
                200..300 => return Ok(response),
                409 if self.left() > 1 && self.retry.wait(None) => {}
                // 408 is a time-out by another name. A key that is known with other content was used before.
                status if (400..500).contains(&status) && status != 408 && !is_repeated_key(&response) => {
                    return Err(NotMade::Certainly(self.failure(&response)));
                }
                _ => return Err(NotMade::Perhaps(self.failure(&response))),
            }
        }
    }

    /// Waits between looks at what became of a request: half a second, doubling, inside the call's time.
    pub(crate) fn looks(&self, times: u32) -> Retry {
        let times = times.min(self.left());
        Retry::with(self.until.since(Timestamp::now()), times, Duration::from_millis(500))
    }

    fn send(&self, request: Request<'_>) -> Result<Response, Error> {
        self.made.set(self.made.get() + 1);
        request.send()
    }

    fn failure(&self, response: &Response) -> Error {
        let said = words(response);
        match response.status() {
            401 => self.unauthorized(&format!("Zendesk refuses the credentials (status 401: {said})")),
            403 => Error::Unauthorized(format!(
                "Zendesk forbids this to the API's user (status 403: {said}); make it an agent who may see all tickets"
            )),
            400 if is_repeated_key(response) => Error::Unexpected(
                "Zendesk knows the ticket's key with other content, and doesn't show the ticket".into(),
            ),
            400 | 422 => Error::Invalid(format!("Zendesk refuses: {said}")),
            _ => response.failure(&said),
        }
    }

    fn unauthorized(&self, what: &str) -> Error {
        let email = match settings::get("email") {
            Some(_) => "check the setting `email` and the API token, which must belong to that user",
            None => {
                "with an API token, fill in the setting `email` too; with an OAuth token, check that it hasn't expired"
            }
        };
        Error::Unauthorized(format!(
            "{what}; {email}, and that token access is on in Zendesk's Admin Center under Apps and integrations, APIs"
        ))
    }
}

/// What stands under a name in an answer.
///
/// # Errors
/// [`Error::Unexpected`].
pub(crate) fn under<T: DeserializeOwned>(response: &Response, name: &str) -> Result<T, Error> {
    let mut body: Value = response.json()?;
    let shape = || Error::Unexpected(format!("Zendesk's `{name}` has another shape"));
    let value = body.get_mut(name).map(Value::take).ok_or_else(shape)?;
    serde_json::from_value(value).map_err(|_| shape())
}

/// A request with a JSON body, to be made by [`Api::act`].
pub(crate) fn json<'a>(
    make: fn(String) -> Request<'static>,
    headers: &'a [(&'a str, &'a str)],
    body: &'a impl Serialize,
) -> impl Fn(String) -> Request<'static> + 'a {
    move |url| headers.iter().fold(make(url).json(body), |request, (name, value)| request.header(name, *value))
}

fn is_repeated_key(response: &Response) -> bool {
    let body: Value = response.json().unwrap_or_default();
    response.status() == 400 && body["error"].as_str().is_some_and(|error| error.starts_with("IdempotentRequest"))
}

/// What Zendesk says, in one line and without addresses. Its errors are texts or objects, with details for fields; where a
/// limit is reached there is a web page.
fn words(response: &Response) -> String {
    let body: Value = response.json().unwrap_or_default();
    let details = body["details"].as_object().into_iter().flat_map(|fields| fields.values());
    let details = details.filter_map(Value::as_array).flatten();
    let mut said: Vec<&str> = details.filter_map(|one| one["description"].as_str()).collect();
    if said.is_empty() {
        let error = &body["error"];
        said.extend(
            [&body["description"], error, &error["title"], &error["message"]].iter().filter_map(|one| one.as_str()),
        );
    }
    let page = response.text().trim_start().starts_with('<') || response.text().trim_start().starts_with('{');
    if said.is_empty() && !page {
        said.push(response.text());
    }
    let without_address = |word: &str| if word.contains('@') { "(address)".to_owned() } else { word.to_owned() };
    let line: Vec<String> = said.join(": ").split_whitespace().map(without_address).collect();
    if line.is_empty() { "no reason given".to_owned() } else { one_line(&line.join(" ")) }
}

/// A text of a text or a number: ids are both. Empty where it is neither.
pub(crate) fn text<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    })
}

/// What isn't said is said as null by some, and left out by others.
pub(crate) fn given<'de, D: serde::Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
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

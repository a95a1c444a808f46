//! Requests to a provider and its answers.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::http::{self, Header, Method};
use super::{Error, Retry, Timestamp, host, one_line};

/// One request. The credentials aren't in it: the runtime adds them on the way out, to the hosts that the manifest
/// binds them to.
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request<'a> {
    method: Method,
    url: String,
    headers: Vec<Header>,
    body: Result<Option<String>, Error>,
    acting: bool,
    retry: Option<&'a Retry>,
}

impl<'a> Request<'a> {
    /// Reads.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new(Method::Get, url.into(), false)
    }

    /// Acts, unless [`Request::reading`] says otherwise.
    pub fn post(url: impl Into<String>) -> Self {
        Self::new(Method::Post, url.into(), true)
    }

    /// Acts.
    pub fn put(url: impl Into<String>) -> Self {
        Self::new(Method::Put, url.into(), true)
    }

    /// Acts.
    pub fn patch(url: impl Into<String>) -> Self {
        Self::new(Method::Patch, url.into(), true)
    }

    /// Acts.
    pub fn delete(url: impl Into<String>) -> Self {
        Self::new(Method::Delete, url.into(), true)
    }

    fn new(method: Method, url: String, acting: bool) -> Self {
        Request { method, url, headers: Vec::new(), body: Ok(None), acting, retry: None }
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push(Header { name: name.to_owned(), value: value.into() });
        self
    }

    /// Adds a parameter to the address, encoded.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.url.push(if self.url.contains('?') { '&' } else { '?' });
        percent_encode(name, &mut self.url);
        self.url.push('=');
        percent_encode(value, &mut self.url);
        self
    }

    /// A body in JSON, with its `Content-Type`.
    pub fn json(mut self, body: &impl Serialize) -> Self {
        let text = serde_json::to_string(body);
        self.body = text.map(Some).map_err(|error| Error::Invalid(format!("the request can't be written: {error}")));
        self.header("Content-Type", "application/json")
    }

    /// A body of text, with its `Content-Type`: a file to upload, say.
    pub fn text(mut self, content_type: &str, body: impl Into<String>) -> Self {
        self.body = Ok(Some(body.into()));
        self.header("Content-Type", content_type)
    }

    /// Says that this request changes nothing at the provider whatever its method is, so that it may be repeated.
    pub fn reading(mut self) -> Self {
        self.acting = false;
        self
    }

    /// Takes its time and repeats from what the whole tool call has.
    pub fn within(mut self, retry: &'a Retry) -> Self {
        self.retry = Some(retry);
        self
    }

    /// Sends it, again where that is safe (see [`Retry`]), and gives the last answer, whatever its status.
    ///
    /// # Errors
    /// Where there is no answer.
    pub fn send(self) -> Result<Response, Error> {
        let own;
        let retry = match self.retry {
            Some(retry) => retry,
            None => {
                own = Retry::new();
                &own
            }
        };
        let body = self.body?;
        let headers = std::iter::once(Header { name: "Accept".to_owned(), value: "application/json".to_owned() });
        let headers: Vec<Header> = headers.chain(self.headers).collect();
        let request = http::Request { method: self.method, url: self.url, headers, body };
        loop {
            let outcome = host::send(&request).map(|raw| Response { raw });
            if !retry.again(&outcome, self.acting) {
                return Ok(outcome?);
            }
        }
    }
}

/// A provider's answer.
#[derive(Debug, Clone)]
pub struct Response {
    raw: http::Response,
}

impl Response {
    /// HTTP status.
    pub fn status(&self) -> u16 {
        self.raw.status
    }

    /// Whether the status says success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.raw.status)
    }

    /// The first header of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.raw.headers.iter();
        headers.find(|header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value.trim())
    }

    /// The body.
    pub fn text(&self) -> &str {
        &self.raw.body
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    /// [`Error::Unexpected`], with the place and without the content, which may be a customer's.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        parse(&self.raw.body)
    }

    /// How long the provider asks to wait: `Retry-After` in seconds or as a date.
    pub fn retry_after(&self) -> Option<Duration> {
        let value = self.header("Retry-After")?;
        match value.parse::<f64>() {
            Ok(seconds) if seconds >= 0.0 => Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)),
            Ok(_) => None,
            Err(_) => Some(Timestamp::parse_http_date(value)?.since(Timestamp::now())),
        }
    }

    /// What an answer that is no success means where the provider's own body says no more: throttled at 429 and 503,
    /// credentials at 401 and 403, no such object at 404 and 410, else refused. `message` is the provider's.
    pub fn failure(&self, message: &str) -> Error {
        let message = one_line(message);
        match self.raw.status {
            404 | 410 => Error::NotFound,
            429 | 503 => Error::Throttled { wait: self.retry_after() },
            status @ (401 | 403) => {
                let said = if message.is_empty() { String::new() } else { format!(": {message}") };
                Error::Unauthorized(format!(
                    "the provider refuses the credentials (status {status}){said}; check the secrets of this integration"
                ))
            }
            status => Error::Refused { status, message },
        }
    }
}

/// Reads JSON. What can't be read is named by its place, never by its content.
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| {
        let what = if error.is_data() { "JSON of another shape" } else { "not JSON" };
        Error::Unexpected(format!("{what}, at line {} column {}", error.line(), error.column()))
    })
}

/// All but the unreserved characters of RFC 3986.
fn percent_encode(text: &str, into: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            into.push('%');
            into.push(char::from(HEX[usize::from(byte >> 4)]));
            into.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

//! The client of Loop's API. Whether a call succeeded is read from the body, then from the status.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use usher_sdk::connector::{Error, Request, Response, Retry, settings};

use crate::failure::Failure;

/// One tool call's access to Loop.
#[derive(Debug)]
pub(crate) struct Api {
    base: String,
    retry: Retry,
}

/// An answer, and the failure that it tells of.
#[derive(Debug)]
pub(crate) struct Answer {
    response: Response,
    body: Value,
    failure: Option<Failure>,
}

impl Api {
    /// # Errors
    /// [`Error::Setting`].
    pub(crate) fn open() -> Result<Self, Error> {
        let base = settings::base_url("base-url", "https://api.loopreturns.com/api/v1")?;
        // Loop allows 300 requests a minute and doesn't say when the next may come.
        let retry = Retry::with(Retry::TIME, 2, Duration::from_secs(1));
        Ok(Api { base, retry })
    }

    /// # Errors
    /// Where there is no answer.
    pub(crate) fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Answer, Error> {
        let request = Request::get(format!("{}{path}", self.base));
        self.send(query.iter().fold(request, |request, (name, value)| request.query(name, value)))
    }

    /// Posts what changes nothing at Loop.
    ///
    /// # Errors
    /// Where there is no answer.
    pub(crate) fn ask(&self, path: &str, body: &impl Serialize) -> Result<Answer, Error> {
        self.send(Request::post(format!("{}{path}", self.base)).json(body).reading())
    }

    fn send(&self, request: Request<'_>) -> Result<Answer, Error> {
        let response = request.within(&self.retry).send()?;
        let body = response.json::<Value>().ok();
        if body.is_none() && response.is_success() {
            return Err(Error::Unexpected("Loop's answer is not JSON".to_owned()));
        }
        let body = body.unwrap_or_default();
        let failure = Failure::read(response.status(), &body);
        Ok(Answer { response, body, failure })
    }
}

impl Answer {
    /// The body of a success.
    ///
    /// # Errors
    /// What the failure means.
    pub(crate) fn success(self) -> Result<Value, Error> {
        match self.failure {
            Some(failure) => Err(failure.error(&self.response)),
            None if self.response.is_success() => Ok(self.body),
            None => Err(self.response.failure("")),
        }
    }

    /// As [`Answer::success`], with none where Loop has no such object: it also says so with status 200, and no code. Any
    /// other failure that it tells of in this way is one.
    ///
    /// # Errors
    /// What any other failure means.
    pub(crate) fn found(self) -> Result<Option<Value>, Error> {
        if self.response.is_success() && self.failure.as_ref().is_some_and(Failure::is_absence) {
            return Ok(None);
        }
        match self.success() {
            Ok(body) => Ok(Some(body)),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// HTTP status.
    pub(crate) fn status(&self) -> u16 {
        self.response.status()
    }
}

/// A text, of a text or a number: Loop's ids are both.
pub(crate) fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;

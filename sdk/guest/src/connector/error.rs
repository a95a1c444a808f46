//! What can go wrong in a connector, and what a skill gets to see of it.

use std::time::Duration;

use super::http::HttpError;
use super::types::{Denial, DenialReason, ToolError};

/// Why a connector can't answer.
///
/// `?` turns it into the [`ToolError`] that a tool returns; [`Display`](std::fmt::Display) is what a health check
/// says to the operator. No text in here quotes what a provider sent about a customer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such object, or it isn't this customer's. Say the same in both cases.
    #[error("there is no such object, or it isn't this customer's")]
    NotFound,
    /// The call needs a customer, and nobody is signed in.
    #[error("nobody is signed in")]
    SignInRequired,
    /// The provider understood and refuses, or the request makes no sense to it.
    #[error("{0}")]
    Invalid(String),
    /// A setting is missing or makes no sense.
    #[error("setting `{name}`: {problem}")]
    Setting {
        /// As declared in `connector.toml`.
        name: String,
        /// What is wrong with it, and what to write instead.
        problem: String,
    },
    /// The runtime refused the request; the text says by which rule.
    #[error("the runtime refused the request: {0}")]
    Denied(String),
    /// The provider took too long.
    #[error("the provider took too long to answer")]
    TimedOut,
    /// The provider can't be reached. Whether a request arrived is not known.
    #[error("the provider can't be reached: {0}")]
    Unreachable(String),
    /// The request or the answer is larger than the runtime allows.
    #[error("the provider's answer is too large")]
    TooLarge,
    /// The answer is not text.
    #[error("the provider's answer is not text")]
    NotText,
    /// The provider asks to slow down, for longer than this call may take.
    #[error("the provider is throttling{}", after(.wait))]
    Throttled {
        /// How long it asks to wait, where it says so.
        wait: Option<Duration>,
    },
    /// The provider doesn't accept the credentials, or they lack a permission; the text says which and what to do.
    #[error("{0}")]
    Unauthorized(String),
    /// The provider answered with an error that is nobody's fault here.
    #[error("the provider answered with status {status}: {message}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The provider's own words, if it gave any.
        message: String,
    },
    /// The provider answered with something that its documentation doesn't have.
    #[error("unexpected answer of the provider: {0}")]
    Unexpected(String),
}

fn after(wait: &Option<Duration>) -> String {
    wait.map(|wait| format!(", for {} s", wait.as_secs_f32().ceil())).unwrap_or_default()
}

impl From<Error> for ToolError {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => ToolError::NotFound,
            Error::SignInRequired => {
                ToolError::Denied(Denial { reason: DenialReason::SignInRequired, message: error.to_string() })
            }
            Error::Invalid(reason) => ToolError::Invalid(reason),
            Error::TooLarge => ToolError::TooLarge,
            other => ToolError::Unavailable(other.to_string()),
        }
    }
}

/// For `health`, which answers with text.
impl From<Error> for String {
    fn from(error: Error) -> Self {
        error.to_string()
    }
}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Denied(rule) => Error::Denied(rule),
            HttpError::TimedOut => Error::TimedOut,
            HttpError::TooLarge => Error::TooLarge,
            HttpError::Unreachable(reason) => Error::Unreachable(reason),
            HttpError::NotText => Error::NotText,
        }
    }
}

/// What a provider says about an error, made fit for logs and people: one line of at most 300 characters.
///
/// ```
/// use usher_sdk::connector::one_line;
/// assert_eq!(one_line("Access\n  denied \u{7}"), "Access denied");
/// ```
pub fn one_line(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    let line = words.join(" ");
    match line.char_indices().nth(300) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line,
    }
}

//! From a webhook's raw parts to news: limits, signature, then what it says.

use super::{
    Twilio,
    form::{Form, MAX_BODY},
    inbound,
    signature::{Signed, check},
    status,
};
use crate::{News, Refused};
use reqwest::header::{CONTENT_TYPE, HeaderMap};

/// The type of [`ANSWER`].
pub const ANSWER_TYPE: &str = "text/xml";
/// What a webhook is answered with, HTTP 200, once it is stored: nothing is said here, answers are sent by the API.
pub const ANSWER: &str = "<Response></Response>";

impl Twilio {
    /// Reads what Twilio brings: a message that a customer wrote, or what became of one of ours.
    ///
    /// `url` is the public address as Twilio was told it, whose scheme, host and path come from the configuration and not
    /// from the request's `Host`; behind it stands the query as it was received, undecoded.
    ///
    /// # Errors
    /// It isn't signed, isn't a form of Twilio's, or is too large.
    pub fn read(&self, url: &str, headers: &HeaderMap, body: &[u8]) -> Result<News, Refused> {
        if body.len() > MAX_BODY {
            return Err(Refused::TooLarge);
        }
        let mut kinds = headers.get_all(CONTENT_TYPE).iter();
        let kind = kinds.next().and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            _ if kinds.next().is_some() => Err(Refused::Malformed("it has two content types".to_owned())),
            "application/x-www-form-urlencoded" => {
                let form = Form::read(body)?;
                check(&self.access.auth_tokens, url, headers, &Signed::Form(&form.0))?;
                match form.one("MessageStatus")? {
                    Some(state) => status::read(url, state, &form),
                    None => inbound::read(&form),
                }
            }
            "application/json" => {
                check(&self.access.auth_tokens, url, headers, &Signed::Body(body))?;
                Ok(News::Ignored("an event of Twilio's as JSON; messages come as forms".to_owned()))
            }
            _ => Err(Refused::Malformed("it isn't a form (`application/x-www-form-urlencoded`)".to_owned())),
        }
    }
}

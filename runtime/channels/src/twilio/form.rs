//! The form that a webhook brings.

use crate::Refused;
use std::borrow::Cow;

/// The most bytes of a body; Twilio's own are below 16 KiB.
pub const MAX_BODY: usize = 64 << 10;
/// The most parameters; Twilio's own are below 60.
pub const MAX_PARAMETERS: usize = 200;

/// Decoded parameters, in the order they came in.
pub(super) struct Form<'a>(pub(super) Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Form<'a> {
    /// # Errors
    /// It has too many parameters.
    pub(super) fn read(body: &'a [u8]) -> Result<Self, Refused> {
        let parameters: Vec<_> = url::form_urlencoded::parse(body).take(MAX_PARAMETERS + 1).collect();
        if parameters.len() > MAX_PARAMETERS {
            return Err(Refused::Malformed(format!("it has more than {MAX_PARAMETERS} parameters")));
        }
        Ok(Self(parameters))
    }

    /// The only value of a parameter; none where it is missing or empty.
    ///
    /// # Errors
    /// It has several different values, and which is meant can't be told.
    pub(super) fn one(&self, name: &str) -> Result<Option<&str>, Refused> {
        let mut values = self.0.iter().filter(|(n, _)| n == name).map(|(_, value)| &**value);
        let Some(first) = values.next() else { return Ok(None) };
        if values.any(|value| value != first) {
            return Err(Refused::Malformed(format!("`{name}` is given twice")));
        }
        Ok(Some(first).filter(|value| !value.is_empty()))
    }

    /// A message's id: letters and digits, at most 64.
    ///
    /// # Errors
    /// It is missing, or isn't one.
    pub(super) fn sid(&self) -> Result<String, Refused> {
        // `SmsSid` is the older name of the same id.
        let sid = self.one("MessageSid")?.map_or_else(|| self.one("SmsSid"), |sid| Ok(Some(sid)))?;
        let sid = sid.ok_or_else(|| Refused::Malformed("it has no `MessageSid`".to_owned()))?;
        if sid.len() <= 64 && sid.bytes().all(|b| b.is_ascii_alphanumeric()) {
            Ok(sid.to_owned())
        } else {
            Err(Refused::Malformed("`MessageSid` isn't the id of a message".to_owned()))
        }
    }
}

//! What became of a message of ours, as Twilio's status callbacks tell it.
//!
//! Our own reference stands in the callback's address, which the signature covers. So news are matched to their message
//! even where the answer to our request was lost and its id was never learnt: they prove that it was taken.
//! Callbacks come in any order, late and twice; [`DeliveryState`] orders them.

use super::{codes, form::Form};
use crate::{Channel, DeliveryNews, DeliveryState, News, Refused};

/// The parameter of the callback's address that carries our reference.
pub(super) const REFERENCE: &str = "reference";
const LONGEST_REFERENCE: usize = 64;

/// Reads a checked webhook that came to this address.
///
/// # Errors
/// It names no message.
pub(super) fn read(url: &str, status: &str, form: &Form<'_>) -> Result<News, Refused> {
    let state = match status {
        "accepted" | "scheduled" | "queued" | "sending" | "sent" | "partially_delivered" => DeliveryState::Sent,
        "delivered" => DeliveryState::Delivered,
        "read" => DeliveryState::Read,
        "failed" | "undelivered" | "canceled" => DeliveryState::Failed,
        _ => return Ok(News::Ignored("a status of a message that isn't known".to_owned())),
    };
    let code = form.one("ErrorCode")?.and_then(|code| code.trim().parse::<u32>().ok()).filter(|code| *code != 0);
    let (error, consequence) = match (state, code) {
        (DeliveryState::Failed, Some(code)) => {
            let words = codes::words(code, form.one("ErrorMessage")?.unwrap_or("Twilio gives no reason"));
            (Some((code.to_string(), words)), codes::consequence(code))
        }
        (DeliveryState::Failed, None) => {
            (Some((status.to_owned(), "Twilio gives no reason".to_owned())), crate::Consequence::None)
        }
        _ => (None, crate::Consequence::None),
    };
    let provider_id = form.sid()?;
    Ok(News::Delivery(DeliveryNews {
        channel: Channel::Sms,
        provider_id,
        reference: reference(url),
        state,
        error,
        consequence,
    }))
}

fn reference(url: &str) -> Option<String> {
    let (_, query) = url.split('#').next().unwrap_or_default().split_once('?')?;
    let (_, value) = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == REFERENCE)?;
    let fits = (1..=LONGEST_REFERENCE).contains(&value.len())
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    fits.then(|| value.into_owned())
}

//! Twilio's error codes: what they mean here, and what to do about them.
//!
//! Twilio splits codes up and adds new ones: one that isn't known has no consequence.
//! Source: Twilio, "Error and warning dictionary"; its test credentials for 21211, 21212, 21408, 21606, 21610…21614.

use super::number::masked;
use crate::Consequence;

/// Too many requests.
pub(super) const TOO_MANY_REQUESTS: u32 = 20429;
/// The queue of the number that it is from is full.
pub(super) const QUEUE_FULL: u32 = 21611;

/// What follows from a code, and our words for it.
pub(super) fn meaning(code: u32) -> Option<(Consequence, &'static str)> {
    use Consequence::{Access, None as Nothing, OptedOut, Unreachable};
    Some(match code {
        20003 => (Access, "Twilio doesn't accept the account SID with its auth token: enter both again"),
        20404 => (Access, "Twilio has no such account: enter the account SID again"),
        20005 | 10001 | 30002 => (Access, "the account at Twilio is suspended: look into its console"),
        20403 => (Access, "the account at Twilio may not do this: look into its console"),
        21212 | 21603 | 21606 | 21659 | 21660 => {
            (Access, "the number that it is from isn't one of this Twilio account that can send texts: choose another")
        }
        21609 => (Access, "Twilio can't use the address for delivery reports: set a public https address"),
        21701..=21705 => (Access, "the messaging service at Twilio can't send: check its SID and its numbers"),
        21211 | 21217 => (Unreachable, "it isn't a phone number"),
        21214 | 30005 => (Unreachable, "the number is unknown to its network"),
        21265 => (Unreachable, "a short code can't be written to"),
        21614 | 21635 | 30006 => (Unreachable, "it is a landline or another number that takes no texts"),
        30003 => (Unreachable, "the phone is switched off, out of reach or takes no texts"),
        21610 => {
            (OptedOut, "the customer opted out of messages from this number; only they can lift it, by writing START")
        }
        21408 => (Nothing, "texts to that country aren't allowed: switch it on under Twilio's geographic permissions"),
        21602 => (Nothing, "it has no words"),
        21605 | 21617 => (Nothing, "it is longer than 1,600 characters"),
        21608 => {
            (Nothing, "a trial account writes to verified numbers only: verify the number, or upgrade the account")
        }
        21612 => (Nothing, "Twilio has no way from this number to that one: use a sender of the customer's country"),
        30004 => (Nothing, "the phone or its network blocks it"),
        30007 => (Nothing, "the network took it for spam: register the sender, and look at the links in the text"),
        30008 => (Nothing, "the network lost it and doesn't say why"),
        30032 => (Nothing, "the toll-free number isn't verified: verify it in Twilio's console"),
        30034 => (Nothing, "the number isn't registered for texts in the United States (A2P 10DLC): register it"),
        _ => return None,
    })
}

/// Our words for a code, or Twilio's own without phone numbers.
pub(super) fn words(code: u32, message: &str) -> String {
    match meaning(code) {
        Some((_, words)) => words.to_owned(),
        None => format!("{} (https://www.twilio.com/docs/errors/{code})", masked(message)),
    }
}

/// What follows from a code.
pub(super) fn consequence(code: u32) -> Consequence {
    meaning(code).map_or(Consequence::None, |(then, _)| then)
}

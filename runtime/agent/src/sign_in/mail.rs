//! The mail that a code comes in.

use super::code::{CODE_LIFE, Code};
use crate::ids::{DeliveryId, SessionId};
use crate::store::{Delivery, DeliveryContent, OneTimeCode};
use crate::texts::{Language, fill};
use jiff::Timestamp;

/// A code as it is kept, and the mail that brings it to the customer, both for [`Store::send_code`](crate::store::Store::send_code).
#[must_use]
pub fn posted(
    code: &Code,
    session: SessionId,
    email: &str,
    shop: &str,
    language: Language,
    now: Timestamp,
) -> (OneTimeCode, Delivery) {
    let one_time = OneTimeCode {
        session,
        email: email.to_owned(),
        code_hash: code.hash(&session.0),
        expires_at: now.saturating_add(CODE_LIFE).unwrap_or(now),
    };
    let texts = language.texts();
    let delivery = Delivery {
        id: DeliveryId::new(),
        to: email.to_owned(),
        content: DeliveryContent::Email {
            subject: fill(texts.code_subject, &[shop]),
            text: fill(texts.code_text, &[code.digits(), shop]),
            ticket: None,
        },
        attempts: 0,
        due_at: now,
    };
    (one_time, delivery)
}

//! What became of a message of ours.

use super::failure::{Kind, meaning, said};
use crate::{Channel, Consequence, DeliveryNews, DeliveryState, News};
use serde_json::Value;

/// A reference is ours only in our own form ([`Outgoing::reference`](crate::Outgoing::reference)).
const MAX_REFERENCE: usize = 64;

pub(super) fn read(status: &Value) -> News {
    let Some(id) = super::inbound::id(&status["id"]) else { return News::Ignored("a status without an id".to_owned()) };
    let state = match status["status"].as_str().unwrap_or_default() {
        "sent" => DeliveryState::Sent,
        "delivered" => DeliveryState::Delivered,
        "read" | "played" => DeliveryState::Read,
        "failed" => DeliveryState::Failed,
        _ => return News::Ignored("a status that isn't known here".to_owned()),
    };
    let error = &status["errors"][0];
    let code = (state == DeliveryState::Failed).then(|| error["code"].as_i64()).flatten();
    let (error, consequence) = match code {
        None if state == DeliveryState::Failed => {
            (Some(("unknown".to_owned(), "WhatsApp gave no reason".to_owned())), Consequence::None)
        }
        None => (None, Consequence::None),
        Some(code) => {
            let meaning = meaning(code);
            let consequence = if let Kind::Never(then) = meaning.kind { then } else { Consequence::None };
            (Some((code.to_string(), said(&meaning, error))), consequence)
        }
    };
    let reference = status["biz_opaque_callback_data"].as_str().filter(|text| is_reference(text)).map(str::to_owned);
    News::Delivery(DeliveryNews { channel: Channel::Whatsapp, provider_id: id, reference, state, error, consequence })
}

fn is_reference(text: &str) -> bool {
    let own = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=MAX_REFERENCE).contains(&text.len()) && text.bytes().all(own)
}

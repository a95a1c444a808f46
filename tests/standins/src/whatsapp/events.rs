//! The bodies of webhooks.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{WhatsappConfig, WhatsappMessage, WhatsappState, WhatsappUser};

/// Customers' messages, all in one webhook.
pub(super) fn messages(config: &WhatsappConfig, all: &[(WhatsappUser, WhatsappMessage)]) -> String {
    let contacts: Vec<Value> = all.iter().map(|(user, _)| contact(user)).collect();
    let messages: Vec<Value> = all.iter().map(|(user, message)| inbound(user, message)).collect();
    change(config, json!({ "contacts": contacts, "messages": messages }))
}

/// What became of a message of the shop.
pub(super) fn status(
    config: &WhatsappConfig,
    user: &WhatsappUser,
    message: &WhatsappMessage,
    state: WhatsappState,
    now: Timestamp,
) -> String {
    let name = match state {
        WhatsappState::Sent => "sent",
        WhatsappState::Delivered => "delivered",
        WhatsappState::Read => "read",
        WhatsappState::Failed(_) => "failed",
    };
    let mut status = json!({
        "id": message.id,
        "status": name,
        "timestamp": now.as_second().to_string(),
        "recipient_user_id": user.user_id,
    });
    insert(&mut status, "recipient_id", user.wa_id());
    insert(&mut status, "biz_opaque_callback_data", message.reference.as_deref());
    match state {
        WhatsappState::Failed(code) => {
            let title = super::limits::title(code);
            let details = json!({ "details": title });
            status["errors"] = json!([{ "code": code, "title": title, "message": title, "error_data": details }]);
        }
        WhatsappState::Sent | WhatsappState::Delivered => {
            status["conversation"] = json!({ "id": "8f1e0b", "origin": { "type": "service" } });
            status["pricing"] = json!({ "billable": false, "pricing_model": "PMP", "category": "service" });
        }
        WhatsappState::Read => {}
    }
    change(config, json!({ "statuses": [status] }))
}

fn change(config: &WhatsappConfig, what: Value) -> String {
    let mut value = Map::new();
    value.insert("messaging_product".to_owned(), json!("whatsapp"));
    let display = config.number.trim_start_matches('+');
    let metadata = json!({ "display_phone_number": display, "phone_number_id": config.phone_number_id });
    value.insert("metadata".to_owned(), metadata);
    if let Value::Object(fields) = what {
        value.extend(fields);
    }
    let changes = json!([{ "value": value, "field": "messages" }]);
    let body =
        json!({ "object": "whatsapp_business_account", "entry": [{ "id": config.account_id, "changes": changes }] });
    escaped(&body.to_string())
}

/// Meta writes everything beyond ASCII as `\uXXXX`, and signs that.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| text.push_str(&format!("\\u{unit:04x}")));
        }
    }
    text
}

fn contact(user: &WhatsappUser) -> Value {
    let mut contact = json!({ "profile": { "name": user.name }, "user_id": user.user_id });
    insert(&mut contact, "wa_id", user.wa_id());
    contact
}

fn inbound(user: &WhatsappUser, message: &WhatsappMessage) -> Value {
    let mut body = message.content.clone();
    body["id"] = json!(message.id);
    body["timestamp"] = json!(message.at.as_second().to_string());
    body["from_user_id"] = json!(user.user_id);
    insert(&mut body, "from", user.wa_id());
    body
}

fn insert(object: &mut Value, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        object[name] = json!(value);
    }
}

//! Messages.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{App, Asked, GorgiasMessage, answers, time};

pub(super) fn object(ticket: u64, message: &GorgiasMessage) -> Value {
    let attachments = message.attachments.iter().map(|name| {
        let url = format!("https://uploads.gorgias.example/{}/{name}", message.id);
        json!({ "url": url, "name": name, "content_type": "application/pdf", "size": 1024 })
    });
    json!({
        "id": message.id,
        "ticket_id": ticket,
        "external_id": message.external_id,
        "message_id": null,
        "channel": message.channel,
        "via": message.via,
        "from_agent": message.from_agent,
        "public": message.public,
        "sender": { "id": 11, "name": message.sender_name, "email": null },
        "receiver": null,
        "source": { "type": message.channel },
        "subject": null,
        "body_text": message.text,
        "body_html": format!("<p>{}</p>", crate::html::escape(&message.text)),
        "stripped_text": message.text,
        "stripped_html": null,
        "integration_id": null,
        "rule_id": message.rule_id,
        "attachments": attachments.collect::<Vec<_>>(),
        "created_datetime": time(message.created_at),
        "sent_datetime": message.sent_at,
        "failed_datetime": null,
        "last_sending_error": null,
    })
}

/// What a request says of a message, or why it is none.
pub(super) fn read(app: &App, asked: &Value, now: Timestamp) -> Result<GorgiasMessage, Value> {
    let mut missing = serde_json::Map::new();
    for field in ["channel", "from_agent"] {
        if asked[field].is_null() {
            missing.insert(field.to_owned(), json!(["Missing data for required field."]));
        }
    }
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let sent = text(&asked["sent_datetime"]);
    if sent.as_deref().is_some_and(|sent| sent.parse::<Timestamp>().is_err()) {
        missing.insert("sent_datetime".to_owned(), json!(["Not a valid datetime."]));
    }
    let by_user = asked["from_agent"] == true && asked["sender"]["email"] != app.config.email;
    if by_user && !asked["sender"].is_null() {
        missing.insert("sender".to_owned(), json!(["A message from an agent needs a user as its sender."]));
    }
    let channel = text(&asked["channel"]).unwrap_or_default();
    let known = ["email", "chat", "phone", "sms", "contact_form", "whatsapp", "internal-note", "api"];
    if !channel.is_empty() && !known.contains(&channel.as_str()) {
        missing.insert("channel".to_owned(), json!(["Unknown channel."]));
    }
    if !missing.is_empty() {
        return Err(Value::Object(missing));
    }
    Ok(GorgiasMessage {
        id: 0,
        external_id: text(&asked["external_id"]),
        public: channel != "internal-note" && asked["public"].as_bool().unwrap_or(true),
        channel,
        via: "api",
        from_agent: asked["from_agent"] == true,
        sender_name: text(&asked["sender"]["name"]).unwrap_or_default(),
        text: text(&asked["body_text"]).unwrap_or_default(),
        attachments: vec![],
        rule_id: None,
        created_at: now,
        sent_at: sent,
    })
}

pub(super) async fn create(State(app): State<Arc<App>>, Path(ticket): Path<u64>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let now = app.clock.now();
    if app.book().ticket(ticket).is_none() {
        return answers::not_found();
    }
    let message = match read(&app, &asked, now) {
        Ok(message) => message,
        Err(data) => return answers::invalid("create ticket message", data),
    };
    let added = app.book().add(ticket, message, now);
    let Ok(id) = added else { return answers::not_found() };
    app.tell("ticket-message-created", ticket, Some(id));
    let book = app.book();
    let found = book.ticket(ticket).and_then(|ticket| ticket.messages.iter().find(|one| one.id == id));
    match found {
        Some(message) => (StatusCode::CREATED, Json(object(ticket, message))).into_response(),
        None => answers::not_found(),
    }
}

pub(super) async fn list(State(app): State<Arc<App>>, Query(asked): Asked) -> Response {
    let book = app.book();
    let wanted = asked.get("ticket_id").and_then(|id| id.parse::<u64>().ok());
    let mut found: Vec<Value> = book
        .tickets()
        .iter()
        .filter(|ticket| wanted.is_none_or(|wanted| ticket.id == wanted))
        .flat_map(|ticket| ticket.messages.iter().map(|message| object(ticket.id, message)))
        .collect();
    match asked.get("order_by").map(String::as_str) {
        None | Some("created_datetime:desc") => found.reverse(),
        Some("created_datetime:asc") => {}
        Some(_) => return answers::invalid("list messages", json!({ "order_by": ["Not a valid choice."] })),
    }
    answers::page("/api/messages", found, &asked, app.config.largest_page)
}

//! `POST /{version}/{phone_number_id}/messages`: sending, and marking as read.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Request, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{App, WhatsappReadMark, WhatsappState, WhatsappUser, limits, limits::Refusal};
use crate::server::ThrottleOrdered;

pub(super) async fn messages(
    State(app): State<Arc<App>>,
    Path((version, number)): Path<(String, String)>,
    request: Request,
) -> Response {
    let throttled = request.extensions().get::<ThrottleOrdered>().is_some();
    let (head, body) = request.into_parts();
    if !admits(&app, &head.headers) {
        return Refusal::new(190, "The access token is missing or not valid.").into_response();
    }
    if version != app.config.version || number != app.config.phone_number_id {
        return not_there().await;
    }
    if throttled {
        return Refusal::new(130_429, "Message failed to send because there were too many messages.").into_response();
    }
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return Refusal::new(100, "The body ended too early.").into_response();
    };
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    if request["messaging_product"] != "whatsapp" {
        return Refusal::new(100, "The parameter messaging_product is required.").into_response();
    }
    let answer = if request["status"].is_null() { send(&app, &request) } else { mark(&app, &request) };
    answer.map_or_else(IntoResponse::into_response, |answer| Json(answer).into_response())
}

pub(super) async fn not_there() -> Response {
    Refusal::new(100, "Object with this ID does not exist, or cannot be loaded due to missing permissions.")
        .into_response()
}

fn admits(app: &App, headers: &HeaderMap) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    given.and_then(|value| value.strip_prefix("Bearer ")) == Some(app.config.token.as_str())
}

fn send(app: &App, request: &Value) -> Result<Value, Refusal> {
    let content = limits::content(&app.config, request)?;
    let reference = request["biz_opaque_callback_data"].as_str().map(str::to_owned);
    if reference.as_ref().is_some_and(|reference| reference.len() > 512) {
        return Err(Refusal::new(131_009, "biz_opaque_callback_data must be at most 512 characters long."));
    }
    let template = content["type"] == "template";
    let now = app.clock.now();
    let mut book = app.book();
    let user = match (request["to"].as_str(), request["recipient"].as_str()) {
        (Some(to), _) => book.with_number(number(to)?),
        (None, Some(id)) => book.user(id).ok_or_else(|| Refusal::new(100, "The recipient is not valid."))?,
        (None, None) => return Err(Refusal::new(131_008, "The parameter to is required.")),
    };
    let open = template || book.window_open(&user, now);
    if !open && app.config.refuses_closed_window_at_once {
        return Err(Refusal::new(131_047, "More than 24 hours have passed since the recipient last replied."));
    }
    if !book.within_second(app.config.per_second, now) {
        return Err(Refusal::new(130_429, "Cloud API message throughput has been reached."));
    }
    if !book.within_pair(&user, app.config.pair_burst, now) {
        return Err(Refusal::new(131_056, "Too many messages were sent to this recipient in a short time."));
    }
    let message = book.add(&user, true, content, reference, now);
    let failure = if open { book.failing.pop_front() } else { Some(131_047) };
    let states = match failure {
        Some(code) => vec![WhatsappState::Failed(code)],
        None => vec![WhatsappState::Sent, WhatsappState::Delivered],
    };
    let held = book.holds_statuses;
    for state in &states {
        book.advance(&message.id, *state);
    }
    drop(book);
    if !held {
        let status = |state: &WhatsappState| super::events::status(&app.config, &user, &message, *state, now);
        app.delivery.bring(states.iter().map(status).collect());
    }
    Ok(receipt(&user, request, &message.id))
}

fn receipt(user: &WhatsappUser, request: &Value, id: &str) -> Value {
    let input = request["to"].as_str().or_else(|| request["recipient"].as_str());
    let mut contact = json!({ "input": input, "user_id": user.user_id });
    if let Some(wa_id) = user.wa_id() {
        contact["wa_id"] = json!(wa_id);
    }
    let message = json!({ "id": id, "message_status": "accepted" });
    json!({ "messaging_product": "whatsapp", "contacts": [contact], "messages": [message] })
}

fn mark(app: &App, request: &Value) -> Result<Value, Refusal> {
    let id = request["message_id"].as_str().unwrap_or_default();
    if request["status"] != "read" {
        return Err(Refusal::new(131_009, "status must be read"));
    }
    let typing = &request["typing_indicator"];
    if !typing.is_null() && typing["type"] != "text" {
        return Err(Refusal::new(131_009, "typing_indicator['type'] must be text"));
    }
    let mut book = app.book();
    if book.message(id).is_none_or(|(_, message)| message.from_shop) {
        return Err(Refusal::new(131_009, "Message with this message_id does not exist."));
    }
    book.mark_read(WhatsappReadMark { message_id: id.to_owned(), typing: !typing.is_null(), at: app.clock.now() });
    Ok(json!({ "success": true }))
}

fn number(to: &str) -> Result<&str, Refusal> {
    let digits = to.trim_start_matches('+');
    let fine = (5..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if fine { Ok(digits) } else { Err(Refusal::new(131_009, "to is not a valid phone number.")) }
}

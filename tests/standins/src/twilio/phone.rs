//! Text messages as JSON, for a page that shows a phone.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{App, TextMessages, TextWritten, book::TextMessage, sending::is_number};

#[derive(Deserialize)]
pub(super) struct Asked {
    number: String,
}

/// `GET /phone/messages?number=%2B33600000001`: both directions, oldest first.
pub(super) async fn messages(State(app): State<Arc<App>>, Query(asked): Query<Asked>) -> Json<Value> {
    let all: Vec<Value> = TextMessages::new(app).with(&asked.number).iter().map(show).collect();
    Json(json!({ "messages": all }))
}

fn show(message: &TextMessage) -> Value {
    json!({
        "sid": message.sid,
        "by_customer": message.is_inbound(),
        "from": message.from,
        "to": message.to,
        "text": message.body,
        "media": message.media,
        "status": message.status,
        "at": message.created_at,
    })
}

#[derive(Deserialize)]
pub(super) struct Written {
    from: String,
    #[serde(default)]
    to: Option<String>,
    text: String,
}

/// `POST /phone/messages` with `from`, `text` and, where it isn't the account's first number, `to`. Gives the status that
/// the webhook was answered with.
pub(super) async fn write(State(app): State<Arc<App>>, Json(written): Json<Written>) -> Response {
    if !is_number(&written.from) || written.to.as_ref().is_some_and(|to| !app.config.numbers.contains(to)) {
        let why = "`from` must be a number like +33600000001, and `to` one of the account's";
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": why }))).into_response();
    }
    let written = TextWritten { to: written.to, ..TextWritten::new(&written.from, &written.text) };
    let answer = TextMessages::new(app).bring(written).await;
    Json(json!({ "webhook": answer })).into_response()
}

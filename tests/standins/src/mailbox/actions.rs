//! What the pages ask for: to send a mail, and whether anything is new.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{App, WrittenMail, address};

/// Mail programs refuse larger files, bytes in base 64.
const MAX_FILES: usize = 14 << 20;

/// `POST /written`: sends a mail as the customer of its `from`.
pub(super) async fn write(State(app): State<Arc<App>>, Json(mut mail): Json<WrittenMail>) -> Response {
    let refuse = |what: &str| (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": what }))).into_response();
    let (Some(from), Some(to)) = (address(&mail.from).map(str::to_lowercase), address(&mail.to).map(str::to_owned))
    else {
        return refuse("Write an address like name@example.net into both From and To.");
    };
    if mail.text.trim().is_empty() && mail.files.is_empty() {
        return refuse("Write something, or attach a file.");
    }
    if mail.files.iter().map(|file| file.content.len()).sum::<usize>() > MAX_FILES {
        return refuse("The files are too large: 10 MiB together is the most.");
    }
    (mail.from, mail.to) = (from, to);
    let message_id = app.mails.write(mail);
    (StatusCode::CREATED, Json(json!({ "message_id": message_id }))).into_response()
}

/// `GET /revision`: a number that grows with every change.
pub(super) async fn revision(State(app): State<Arc<App>>) -> Json<Value> {
    Json(json!({ "revision": app.mails.revision() }))
}

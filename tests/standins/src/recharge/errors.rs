//! The shapes in which Recharge says no: a text under `error`, or complaints for each field under `errors`.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

fn answer(status: StatusCode, body: Value) -> Response {
    (status, Json(body)).into_response()
}

pub(super) fn unauthorized() -> Response {
    answer(StatusCode::UNAUTHORIZED, json!({ "error": "bad authentication" }))
}

pub(super) fn missing_scope(scope: &str) -> Response {
    answer(StatusCode::FORBIDDEN, json!({ "error": format!("this token lacks the scope {scope}") }))
}

pub(super) fn not_found(what: &str) -> Response {
    answer(StatusCode::NOT_FOUND, json!({ "error": format!("{what} not found") }))
}

/// What a throttled request is told besides its status isn't documented: nothing that a client could read.
pub(super) fn too_many() -> Response {
    (StatusCode::TOO_MANY_REQUESTS, "Too many requests").into_response()
}

/// A field that is missing or wrong, or a state that forbids it.
pub(super) fn invalid(field: &str, complaint: &str) -> Response {
    answer(StatusCode::UNPROCESSABLE_ENTITY, json!({ "errors": { field: [complaint] } }))
}

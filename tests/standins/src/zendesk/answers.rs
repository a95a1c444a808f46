//! How Zendesk says no.

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

pub(super) fn unauthorized() -> Response {
    (StatusCode::UNAUTHORIZED, Json(json!({ "error": "Couldn't authenticate you" }))).into_response()
}

pub(super) fn forbidden() -> Response {
    let body = json!({ "error": { "title": "Forbidden", "message": "You do not have access to this page." } });
    (StatusCode::FORBIDDEN, Json(body)).into_response()
}

pub(super) fn not_found() -> Response {
    (StatusCode::NOT_FOUND, Json(json!({ "error": "RecordNotFound", "description": "Not found" }))).into_response()
}

/// Not JSON, as it is at Zendesk.
pub(super) fn too_many(seconds: i64) -> Response {
    let headers = [(header::RETRY_AFTER, seconds.to_string()), (header::CONTENT_TYPE, "text/html".to_owned())];
    (StatusCode::TOO_MANY_REQUESTS, headers, "<html><body>Number of allowed API requests exceeded</body></html>")
        .into_response()
}

pub(super) fn too_many_changes(seconds: i64) -> Response {
    let headers = [(header::RETRY_AFTER, seconds.to_string()), (header::CONTENT_TYPE, "text/plain".to_owned())];
    let body = "Rate limit for ticket updates exceeded, please wait before updating this ticket again";
    (StatusCode::TOO_MANY_REQUESTS, headers, body).into_response()
}

pub(super) fn bad_request(error: &str, description: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error, "description": description }))).into_response()
}

/// One complaint about one field.
pub(super) fn invalid(field: &str, description: &str) -> Response {
    let details: Value = json!({ field: [{ "description": description }] });
    let body = json!({ "error": "RecordInvalid", "description": "Record validation errors", "details": details });
    (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
}

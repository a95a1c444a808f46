//! How it says no. The Admin API's bodies aren't documented: each call here has another of the usual shapes.

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
    answer(StatusCode::UNAUTHORIZED, json!({ "error": "unauthorized" }))
}

/// Not even JSON.
pub(super) fn too_many() -> Response {
    (StatusCode::TOO_MANY_REQUESTS, "Rate limit exceeded").into_response()
}

pub(super) fn not_found() -> Response {
    answer(StatusCode::NOT_FOUND, json!({ "message": "Not found" }))
}

pub(super) fn invalid(field: &str, message: &str) -> Response {
    answer(StatusCode::UNPROCESSABLE_ENTITY, json!({ "errors": { field: [message] } }))
}

/// The headless API's, which has a code.
pub(super) fn refused(code: &str) -> Response {
    answer(StatusCode::BAD_REQUEST, json!({ "error": { "code": code } }))
}

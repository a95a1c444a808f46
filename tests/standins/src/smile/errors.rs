//! The one shape in which Smile says no.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

fn answer(status: StatusCode, message: &str) -> Response {
    let request_id = format!("{:032x}", rand::random::<u128>());
    (status, Json(json!({ "error": { "message": message, "request_id": request_id } }))).into_response()
}

pub(super) fn unauthorized() -> Response {
    answer(StatusCode::UNAUTHORIZED, "Invalid API key.")
}

pub(super) fn too_many() -> Response {
    answer(StatusCode::TOO_MANY_REQUESTS, "Too many requests.")
}

pub(super) fn bad_request(message: &str) -> Response {
    answer(StatusCode::BAD_REQUEST, message)
}

pub(super) fn not_found() -> Response {
    answer(StatusCode::NOT_FOUND, "The resource could not be found.")
}

pub(super) fn unprocessable(message: &str) -> Response {
    answer(StatusCode::UNPROCESSABLE_ENTITY, message)
}

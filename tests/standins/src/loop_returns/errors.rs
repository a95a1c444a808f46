//! The shapes in which the provider says no. Which call uses which is as observed; where unknown, the commonest.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

fn answer(status: StatusCode, body: Value) -> Response {
    (status, Json(body)).into_response()
}

/// No key, or an unknown one.
pub(super) fn unauthorized() -> Response {
    let error = json!({ "code": "401", "http_code": "GEN-UNAUTHORIZED", "message": "Unauthorized." });
    answer(StatusCode::UNAUTHORIZED, json!({ "error": error }))
}

/// A known key without the scope.
pub(super) fn missing_scope() -> Response {
    answer(StatusCode::UNAUTHORIZED, json!({ "errors": "Unauthorized." }))
}

pub(super) fn too_many() -> Response {
    answer(StatusCode::TOO_MANY_REQUESTS, json!({ "message": "Too Many Attempts." }))
}

pub(super) fn not_found() -> Response {
    answer(StatusCode::NOT_FOUND, json!({ "errors": { "message": "Not found.", "code": "NOT_FOUND" } }))
}

pub(super) fn order_not_found() -> Response {
    answer(StatusCode::NOT_FOUND, json!({ "errors": { "message": "Order not found.", "code": "ORDER_NOT_FOUND" } }))
}

/// A list of plain texts, as the deep link has it.
pub(super) fn refused(message: &str) -> Response {
    answer(StatusCode::BAD_REQUEST, json!({ "errors": [message] }))
}

/// A list of objects.
pub(super) fn bad_request(message: &str) -> Response {
    answer(StatusCode::BAD_REQUEST, json!({ "errors": [{ "message": message }] }))
}

/// A field that is missing or wrong, as the framework behind the API reports it.
pub(super) fn invalid(field: &str, message: &str) -> Response {
    answer(StatusCode::UNPROCESSABLE_ENTITY, json!({ "message": message, "errors": { field: [message] } }))
}

/// HTTP 200, and yet nothing was found.
pub(super) fn no_return() -> Response {
    answer(StatusCode::OK, json!({ "error": { "message": "No return found with this ID." } }))
}

/// HTTP 200, and yet nothing was done.
pub(super) fn undone(message: &str) -> Response {
    answer(StatusCode::OK, json!({ "errors": { "message": message } }))
}

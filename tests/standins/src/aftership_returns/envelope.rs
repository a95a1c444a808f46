//! The envelope of every answer, and the provider's ways of saying no in it.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

pub(super) fn ok(data: Value) -> Response {
    answer(StatusCode::OK, 20000, "OK", "The request was successful.", Value::Null, data)
}

pub(super) fn created(data: Value) -> Response {
    let message = "The request has been fulfilled and a new resource has been created.";
    answer(StatusCode::CREATED, 20100, "Created", message, Value::Null, data)
}

/// The only code that is the bare status.
pub(super) fn unauthorized() -> Response {
    answer(StatusCode::UNAUTHORIZED, 401, "Unauthorized", "Invalid API key.", Value::Null, json!({}))
}

pub(super) fn not_found(message: &str) -> Response {
    answer(StatusCode::NOT_FOUND, 40400, "NotFound", message, Value::Null, Value::Null)
}

/// A field that is missing or wrong.
pub(super) fn invalid(path: &str, info: &str) -> Response {
    let errors = json!([{ "path": path, "info": info }]);
    let message = "The request was well-formed but was unable to be followed due to semantic errors.";
    answer(StatusCode::UNPROCESSABLE_ENTITY, 42200, "UnprocessableEntity", message, errors, Value::Null)
}

/// The merchant's return policy says no.
pub(super) fn refused(message: &str) -> Response {
    answer(StatusCode::UNPROCESSABLE_ENTITY, 42213, "UnprocessableEntity", message, json!([]), Value::Null)
}

/// Too many requests, or another return of the same order is being created.
pub(super) fn too_many(message: &str) -> Response {
    answer(StatusCode::TOO_MANY_REQUESTS, 42900, "TooManyRequests", message, Value::Null, json!({}))
}

/// `errors` is left out where there are none.
fn answer(status: StatusCode, code: u32, kind: &str, message: &str, errors: Value, data: Value) -> Response {
    let mut meta = json!({ "code": code, "type": kind, "message": message });
    if !errors.is_null() {
        meta["errors"] = errors;
    }
    (status, Json(json!({ "meta": meta, "data": data }))).into_response()
}

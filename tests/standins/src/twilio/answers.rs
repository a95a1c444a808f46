//! Twilio's errors.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

pub(super) fn refuse(status: StatusCode, code: u32, message: &str) -> Response {
    let more_info = format!("https://www.twilio.com/docs/errors/{code}");
    let body = json!({ "code": code, "message": message, "more_info": more_info, "status": status.as_u16() });
    (status, Json(body)).into_response()
}

pub(super) fn unauthorized() -> Response {
    let mut response = refuse(StatusCode::UNAUTHORIZED, 20003, "Authenticate");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Twilio API\""));
    response
}

pub(super) fn no_resource() -> Response {
    refuse(StatusCode::NOT_FOUND, 20404, "The requested resource was not found")
}

pub(super) fn too_many() -> Response {
    refuse(StatusCode::TOO_MANY_REQUESTS, 20429, "Too Many Requests")
}

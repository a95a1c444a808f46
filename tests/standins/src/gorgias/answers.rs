//! How Gorgias says no, and its lists.

use std::collections::HashMap;

use axum::{
    Json,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

fn answer(status: StatusCode, msg: &str, data: Value) -> Response {
    (status, Json(json!({ "error": { "msg": msg, "data": data } }))).into_response()
}

pub(super) fn unauthorized() -> Response {
    answer(StatusCode::UNAUTHORIZED, "Unauthorized.", Value::Null)
}

pub(super) fn not_found() -> Response {
    answer(StatusCode::NOT_FOUND, "The requested URL was not found on the server.", Value::Null)
}

/// What stands at an address that is no account's.
pub(super) fn no_account() -> Response {
    (StatusCode::NOT_FOUND, Html("<!doctype html><title>404 Not Found</title><h1>Not Found</h1>")).into_response()
}

pub(super) fn too_many(seconds: i64) -> Response {
    let mut response = answer(StatusCode::TOO_MANY_REQUESTS, "Too many requests.", Value::Null);
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

pub(super) fn invalid(what: &str, data: Value) -> Response {
    answer(StatusCode::BAD_REQUEST, &format!("Failed to {what}"), data)
}

pub(super) fn exists() -> Response {
    answer(StatusCode::CONFLICT, "The resource already exists.", Value::Null)
}

/// A page of a list.
pub(super) fn page(uri: &str, all: Vec<Value>, asked: &HashMap<String, String>, largest: usize) -> Response {
    let limit = match asked.get("limit").map(|limit| limit.parse::<usize>()) {
        None => 30,
        Some(Ok(limit @ 1..=100)) => limit,
        Some(_) => return invalid("list", json!({ "limit": ["Must be between 1 and 100."] })),
    };
    let start = match asked.get("cursor").map(|cursor| read(cursor)) {
        None => 0,
        Some(Some(start)) => start.min(all.len()),
        Some(None) => return invalid("list", json!({ "cursor": ["Invalid cursor."] })),
    };
    let end = (start + limit.min(largest)).min(all.len());
    let next = (end < all.len()).then(|| URL_SAFE_NO_PAD.encode(format!("at:{end}")));
    let data: Vec<Value> = all.into_iter().skip(start).take(end - start).collect();
    let meta = json!({ "next_cursor": next, "prev_cursor": null });
    Json(json!({ "object": "list", "uri": uri, "data": data, "meta": meta })).into_response()
}

fn read(cursor: &str) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    String::from_utf8(bytes).ok()?.strip_prefix("at:")?.parse().ok()
}

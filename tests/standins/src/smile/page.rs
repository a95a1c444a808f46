//! Pages by cursor.

use std::collections::HashMap;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::errors;

const LARGEST: usize = 250;
const USUAL: usize = 50;

/// A list under its name, with `limit` and `cursor` as asked. No next page is an empty text, no previous one is null: both
/// mean nothing.
pub(super) fn of(name: &str, all: Vec<Value>, asked: &HashMap<String, String>) -> Response {
    let limit = match asked.get("limit").map(|limit| limit.parse()) {
        None => USUAL,
        Some(Ok(limit)) if (1..=LARGEST).contains(&limit) => limit,
        Some(_) => return errors::bad_request("limit must be between 1 and 250."),
    };
    let start = match asked.get("cursor").map(|cursor| read(cursor)) {
        None => 0,
        Some(Some(start)) => start.min(all.len()),
        Some(None) => return errors::bad_request("The cursor is invalid."),
    };
    let end = (start + limit).min(all.len());
    let next = if end < all.len() { write(end) } else { String::new() };
    let previous = (start > 0).then(|| write(start.saturating_sub(limit)));
    let page: Vec<Value> = all.into_iter().skip(start).take(end - start).collect();
    Json(json!({ name: page, "metadata": { "next_cursor": next, "previous_cursor": previous } })).into_response()
}

fn write(start: usize) -> String {
    STANDARD.encode(format!("at:{start}"))
}

fn read(cursor: &str) -> Option<usize> {
    let bytes = STANDARD.decode(cursor).ok()?;
    String::from_utf8(bytes).ok()?.strip_prefix("at:")?.parse().ok()
}

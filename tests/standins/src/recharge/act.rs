//! Acting: moving, skipping, cancelling, activating. Nothing here tells a repetition from a second wish.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{App, SubscriptionBook, change::Refusal, errors, is_current, objects};

pub(super) async fn set_next_charge_date(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let Some(day) = read(&body)["date"].as_str().and_then(|day| day.parse::<Date>().ok()) else {
        return errors::invalid("date", "Not a valid date");
    };
    change(&app, &headers, &id, |book, id| book.set_next(id, day))
}

pub(super) async fn cancel(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let asked = read(&body);
    let Some(reason) = asked["cancellation_reason"].as_str().filter(|reason| !reason.trim().is_empty()) else {
        return errors::invalid("cancellation_reason", "Cancellation reason is required");
    };
    let comments = asked["cancellation_reason_comments"].as_str();
    if comments.is_some_and(|comments| comments.chars().count() > 1024) {
        return errors::invalid("cancellation_reason_comments", "Must be 1024 characters or less");
    }
    change(&app, &headers, &id, |book, id| book.cancel(id, reason, comments))
}

pub(super) async fn activate(State(app): State<Arc<App>>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    change(&app, &headers, &id, SubscriptionBook::activate)
}

pub(super) async fn skip(State(app): State<Arc<App>>, Path(id): Path<String>, body: Bytes) -> Response {
    let items = ids(&read(&body)["purchase_item_ids"]);
    let mut book = app.change();
    let Some(id) = id.parse().ok().filter(|id| book.charges().iter().any(|c| c.id == *id)) else {
        return errors::not_found("charge");
    };
    let skipped = book.skip(id, &items);
    charge(&book, skipped)
}

pub(super) async fn skip_day(State(app): State<Arc<App>>, Path(id): Path<String>, body: Bytes) -> Response {
    let asked = read(&body);
    let Some(day) = asked["date"].as_str().and_then(|day| day.parse::<Date>().ok()) else {
        return errors::invalid("date", "Not a valid date");
    };
    let Ok(address) = id.parse() else { return errors::not_found("address") };
    let mut book = app.change();
    let skipped = book.skip_day(address, day, &ids(&asked["subscription_ids"]));
    charge(&book, skipped)
}

fn change(
    app: &App,
    headers: &HeaderMap,
    id: &str,
    change: impl FnOnce(&mut SubscriptionBook, u64) -> Result<(), Refusal>,
) -> Response {
    let mut book = app.change();
    let Some(id) = id.parse().ok().filter(|id| book.subscription(*id).is_some()) else {
        return errors::not_found("subscription");
    };
    match change(&mut book, id) {
        Ok(()) => {
            let changed = book.subscription(id).map(|s| objects::subscription(&book, s, is_current(headers)));
            Json(json!({ "subscription": changed })).into_response()
        }
        Err((field, complaint)) => errors::invalid(field, complaint),
    }
}

fn charge(book: &SubscriptionBook, skipped: Result<u64, Refusal>) -> Response {
    match skipped {
        Ok(id) => {
            let charge = book.charges().iter().find(|c| c.id == id).map(|c| objects::charge(book, c));
            Json(json!({ "charge": charge })).into_response()
        }
        Err((field, complaint)) => errors::invalid(field, complaint),
    }
}

fn read(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_default()
}

fn ids(list: &Value) -> Vec<u64> {
    list.as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
}

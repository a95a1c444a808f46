//! The returns themselves: by order, in a window of time, cancelling, notes.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use serde_json::{Value, json};

use super::{App, errors};
use crate::shop::{CURRENCY, ReturnRequest, ReturnState, Shop};

const LONGEST_WINDOW: SignedDuration = SignedDuration::from_hours(120 * 24);
const LARGEST_PAGE: usize = 750;
const USUAL_PAGE: usize = 50;

type Asked = Query<HashMap<String, String>>;

pub(super) async fn details(State(app): State<Arc<App>>, Query(asked): Asked) -> Response {
    let shop = app.shop();
    let id = |name: &str| asked.get(name).and_then(|v| v.parse::<u64>().ok());
    let found = if let Some(wanted) = asked.get("return_id") {
        shop.returns().iter().find(|r| Some(r.id) == wanted.parse().ok())
    } else if let Some(name) = asked.get("order_name") {
        shop.order_by_name(name).and_then(|o| shop.returns_of(o.id).first().copied())
    } else if asked.contains_key("order_id") {
        id("order_id").and_then(|id| shop.returns_of(id.checked_sub(1_000_000)?).first().copied())
    } else {
        return errors::bad_request("One of return_id, order_id or order_name is required.");
    };
    match found {
        Some(request) => Json(object(&app, &shop, request)).into_response(),
        None => errors::no_return(),
    }
}

pub(super) async fn list(State(app): State<Arc<App>>, Query(asked): Asked) -> Response {
    let shop = app.shop();
    let (from, to) = match window(&asked, shop.now()) {
        Ok(window) => window,
        Err(refusal) => return *refusal,
    };
    let states: Vec<ReturnState> = match asked.get("state") {
        None => vec![ReturnState::Open, ReturnState::Closed, ReturnState::Expired],
        Some(given) => match given.split(',').map(|s| read_state(s.trim())).collect() {
            Some(states) => states,
            None => return errors::invalid("state", "The selected state is invalid."),
        },
    };
    let by_update = match asked.get("filter").map(String::as_str) {
        None | Some("created_at") => false,
        Some("updated_at") => true,
        Some(_) => return errors::invalid("filter", "The selected filter is invalid."),
    };
    let when = |r: &ReturnRequest| if by_update { r.updated_at } else { r.created_at };
    let mut found: Vec<&ReturnRequest> =
        shop.returns().iter().filter(|r| states.contains(&r.state) && (from..=to).contains(&when(r))).collect();
    found.sort_by_key(|r| (when(r), r.id));
    let objects = |some: &[&ReturnRequest]| some.iter().map(|r| object(&app, &shop, r)).collect::<Vec<_>>();
    if asked.get("paginate").map(String::as_str) != Some("true") {
        return Json(objects(&found)).into_response();
    }
    let size = match asked.get("pageSize").map(|s| s.parse::<usize>()) {
        None => USUAL_PAGE,
        Some(Ok(size)) if (1..=LARGEST_PAGE).contains(&size) => size,
        Some(_) => return errors::invalid("pageSize", "The page size must be between 1 and 750."),
    };
    let start = match asked.get("cursor").map(|c| read_cursor(c)) {
        None => 0,
        Some(Some(start)) => start.min(found.len()),
        Some(None) => return errors::invalid("cursor", "The cursor is invalid."),
    };
    let end = (start + size).min(found.len());
    let page = found.get(start..end).unwrap_or_default();
    Json(json!({
        "returns": objects(page),
        "nextPageUrl": (end < found.len()).then(|| page_url(&app, &asked, end)),
        "previousPageUrl": (start > 0).then(|| page_url(&app, &asked, start.saturating_sub(size))),
    }))
    .into_response()
}

pub(super) async fn cancel(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    let mut shop = app.shop.write().unwrap_or_else(PoisonError::into_inner);
    let id = id.parse().ok();
    let Some(request) = shop.returns().iter().find(|r| Some(r.id) == id) else { return errors::no_return() };
    if !matches!(request.state, ReturnState::Open | ReturnState::Review) {
        return errors::undone("This return can't be cancelled.");
    }
    let id = request.id;
    match shop.edit_return(id, |r| r.state = ReturnState::Cancelled) {
        Ok(()) => Json(true).into_response(),
        Err(error) => errors::undone(&error.to_string()),
    }
}

pub(super) async fn note(State(app): State<Arc<App>>, Path(id): Path<String>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(content) = asked["content"].as_str().filter(|c| !c.is_empty()) else {
        return errors::invalid("content", "The content field is required.");
    };
    if content.chars().count() >= 255 {
        return errors::invalid("content", "The content must be less than 255 characters.");
    }
    let mut shop = app.shop.write().unwrap_or_else(PoisonError::into_inner);
    match id.parse().map(|id| shop.edit_return(id, |r| r.notes.push(content.to_owned()))) {
        Ok(Ok(())) => Json(true).into_response(),
        _ => errors::no_return(),
    }
}

fn object(app: &App, shop: &Shop, r: &ReturnRequest) -> Value {
    let order = shop.order(r.order_id);
    let time = |t: Timestamp| t.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
    let lines = r.items.iter().filter_map(|(id, quantity, reason)| {
        let line = order?.lines.iter().find(|l| l.id == *id)?;
        let worth = crate::shop::Money(line.price.0 * i64::from(*quantity));
        Some(json!({
            "line_item_id": (line.id + 1_000_000).to_string(),
            "provider_line_item_id": line.id.to_string(),
            "product_id": line.product_id.to_string(),
            "variant_id": line.variant_id.to_string(),
            "sku": line.sku,
            "title": line.title,
            "price": line.price.to_string(),
            "refund": worth.to_string(),
            "returned_at": (r.state == ReturnState::Closed).then(|| time(r.updated_at)),
            "return_reason": reason,
            "parent_return_reason": "Other",
            "outcome": "refund",
        }))
    });
    let refunds = (r.state == ReturnState::Closed)
        .then(|| json!({ "gateway": "card", "amount": r.refund.to_string(), "currency": CURRENCY }));
    json!({
        "id": r.id.to_string(),
        "state": state(r.state),
        "outcome": "refund",
        "type": "return",
        "created_at": time(r.created_at),
        "updated_at": time(r.updated_at),
        "edited_at": null,
        "order_id": (r.order_id + 1_000_000).to_string(),
        "order_name": order.map(|o| o.name()),
        "provider_order_id": r.order_id.to_string(),
        "customer": order.map(|o| &o.email),
        "currency": CURRENCY,
        "total": r.refund.to_string(),
        "return_total": r.refund.to_string(),
        "refund": r.refund.to_string(),
        "refunds": refunds.into_iter().collect::<Vec<_>>(),
        "handling_fee": "0.00",
        "carrier": r.carrier,
        "tracking_number": r.tracking_number,
        "label_status": "new",
        "label_url": format!("{}/labels/{}", app.url, r.id),
        "status_page_url": format!("{}/#/return/{}", app.url, r.id),
        "return_method": { "provider": "Loop", "type": "mail" },
        "destination_id": "1",
        "line_items": lines.collect::<Vec<_>>(),
    })
}

fn state(state: ReturnState) -> &'static str {
    match state {
        ReturnState::Open => "open",
        ReturnState::Closed => "closed",
        ReturnState::Cancelled => "cancelled",
        ReturnState::Expired => "expired",
        ReturnState::Review => "review",
    }
}

fn read_state(text: &str) -> Option<ReturnState> {
    use ReturnState::{Cancelled, Closed, Expired, Open, Review};
    [Open, Closed, Cancelled, Expired, Review].into_iter().find(|s| state(*s) == text)
}

/// Without bounds the last 24 hours.
fn window(asked: &HashMap<String, String>, now: Timestamp) -> Result<(Timestamp, Timestamp), Box<Response>> {
    let bound = |name: &str, otherwise: Timestamp| match asked.get(name) {
        None => Ok(otherwise),
        Some(text) => {
            read_time(text).ok_or_else(|| Box::new(errors::invalid(name, &format!("The {name} is not a valid date."))))
        }
    };
    let to = bound("to", now)?;
    let from = bound("from", to - SignedDuration::from_hours(24))?;
    if to.duration_since(from) > LONGEST_WINDOW {
        return Err(Box::new(errors::invalid("from", "The date range must not exceed 120 days.")));
    }
    Ok((from, to))
}

/// RFC 3339, or `YYYY-MM-DD` with or without a time, in UTC.
fn read_time(text: &str) -> Option<Timestamp> {
    if let Ok(instant) = text.parse() {
        return Some(instant);
    }
    let moment = text.parse::<civil::DateTime>().or_else(|_| text.parse::<civil::Date>().map(|d| d.at(0, 0, 0, 0)));
    TimeZone::UTC.to_timestamp(moment.ok()?).ok()
}

fn page_url(app: &App, asked: &HashMap<String, String>, start: usize) -> String {
    let mut kept: Vec<(&String, &String)> = asked.iter().filter(|(name, _)| *name != "cursor").collect();
    kept.sort();
    let cursor = URL_SAFE_NO_PAD.encode(format!("{{\"offset\":{start}}}"));
    let query =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).append_pair("cursor", &cursor).finish();
    format!("{}/api/v1/warehouse/return/list?{query}", app.url)
}

fn read_cursor(cursor: &str) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let value: Value = serde_json::from_slice(&bytes).ok()?;
    usize::try_from(value["offset"].as_u64()?).ok()
}

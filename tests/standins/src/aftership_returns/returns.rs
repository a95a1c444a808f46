//! The returns themselves: listed in pages, one by one, and created.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
};

use axum::{
    body::Bytes,
    extract::{Path, Query, State},
    response::Response,
};
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use super::{App, envelope, object};
use crate::shop::{ReturnRequest, ReturnState};

const USUAL_PAGE: usize = 10;
const LARGEST_PAGE: usize = 50;
const LAST_PAGE: usize = 200;
const STATES: [&str; 5] = ["submitted", "approved", "done", "rejected", "expired"];

type Asked = HashMap<String, String>;

/// Newest first, of the last 365 days at most.
pub(super) async fn list(State(app): State<Arc<App>>, Query(asked): Query<Asked>) -> Response {
    let number = |name: &str, usual: usize, most: usize| match asked.get(name).map(|text| text.parse::<usize>()) {
        None => Ok(usual),
        Some(Ok(number)) if (1..=most).contains(&number) => Ok(number),
        Some(_) => Err(Box::new(envelope::invalid(name, &format!("{name} must be between 1 and {most}")))),
    };
    let (page, limit) = match (number("page", 1, LAST_PAGE), number("limit", USUAL_PAGE, LARGEST_PAGE)) {
        (Ok(page), Ok(limit)) => (page, limit),
        (Err(refusal), _) | (_, Err(refusal)) => return *refusal,
    };
    if asked.get("approval_status").is_some_and(|status| !STATES.contains(&status.as_str())) {
        return envelope::invalid("approval_status", "must be one of the allowed values");
    }
    if asked.get("customer_email").is_some_and(|email| !email.contains('@')) {
        return envelope::invalid("customer_email", "must be a valid email");
    }
    let now = app.clock.now();
    let earliest = now - (365 * 24).hours();
    let bound = |name: &str, usual: Timestamp| match asked.get(name) {
        None => Ok(usual),
        Some(text) => text.parse().map_err(|_| Box::new(envelope::invalid(name, "must be a date-time"))),
    };
    let (from, to) = match (bound("created_at_min", earliest), bound("created_at_max", now)) {
        (Ok(from), Ok(to)) => (from.max(earliest), to),
        (Err(refusal), _) | (_, Err(refusal)) => return *refusal,
    };
    let shop = app.shop();
    let wanted = |r: &ReturnRequest| {
        let order = shop.order(r.order_id);
        let is = |name: &str, holds: &dyn Fn(&str) -> bool| asked.get(name).is_none_or(|asked| holds(asked));
        (from..=to).contains(&r.created_at)
            && is("approval_status", &|status| status == object::approval(r.state))
            && is("customer_email", &|email| order.is_some_and(|o| o.email.eq_ignore_ascii_case(email)))
            && is("order_name", &|name| order.is_some_and(|o| o.name() == name))
            && is("outcome", &|outcome| outcome == "refund")
            && is("return_method", &|method| method == "retailer_label")
    };
    let mut found: Vec<&ReturnRequest> = shop.returns().iter().filter(|r| wanted(r)).collect();
    found.sort_by_key(|r| std::cmp::Reverse((r.created_at, r.id)));
    let start = ((page - 1) * limit).min(found.len());
    let end = (start + limit).min(found.len());
    let page_of = found.get(start..end).unwrap_or_default();
    let objects: Vec<Value> = page_of.iter().filter_map(|r| object::object(&app, &shop, r)).collect();
    envelope::ok(json!({
        "returns": objects,
        "pagination": { "total": found.len(), "page": page, "limit": limit, "has_next_page": end < found.len() },
    }))
}

pub(super) async fn by_id(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    one(&app, |r| object::id(r.id) == id)
}

pub(super) async fn by_rma(State(app): State<Arc<App>>, Path(rma): Path<String>) -> Response {
    one(&app, |r| object::rma(r.id) == rma)
}

fn one(app: &App, is: impl Fn(&ReturnRequest) -> bool) -> Response {
    let shop = app.shop();
    match shop.returns().iter().find(|r| is(r)).and_then(|r| object::object(app, &shop, r)) {
        Some(found) => envelope::ok(found),
        None => envelope::not_found("The return does not exist."),
    }
}

/// A refund of whole lines. The merchant's policy is the shop's own; one order has one return in progress at a time.
pub(super) async fn create(State(app): State<Arc<App>>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(order_id) = asked["order"]["external_id"].as_str().and_then(|id| id.parse::<u64>().ok()) else {
        return envelope::invalid("order.external_id", "is required");
    };
    if asked["order"]["store"]["external_id"] != app.config.store.as_str() {
        return envelope::invalid("order.store.external_id", "does not exist");
    }
    let mut lines = Vec::new();
    for (index, item) in asked["return_items"].as_array().into_iter().flatten().enumerate() {
        if item["intended_return_quantity"].as_u64().unwrap_or_default() < 1 {
            return envelope::invalid(&format!("return_items[{index}].quantity"), "quantity must be 1 or greater");
        }
        lines.extend(item["external_order_item_id"].as_str().and_then(|id| id.parse::<u64>().ok()));
    }
    let mut shop = app.shop.write().unwrap_or_else(PoisonError::into_inner);
    let Some(name) = shop.order(order_id).map(crate::shop::Order::name) else {
        return envelope::not_found("The order does not exist.");
    };
    if shop.returns_of(order_id).iter().any(|r| r.state == ReturnState::Review) {
        return envelope::too_many("Another return request of this order is being processed.");
    }
    let reason = asked["return_items"][0]["return_reason"].as_str().unwrap_or("Other").to_owned();
    match shop.open_return(&name, &lines, &reason) {
        Ok(id) => match shop.returns().iter().find(|r| r.id == id).and_then(|r| object::object(&app, &shop, r)) {
            Some(made) => envelope::created(made),
            None => envelope::not_found("The order does not exist."),
        },
        Err(_) => envelope::refused("The items are not eligible for return according to the return policy."),
    }
}

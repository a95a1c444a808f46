//! Reading: customers, subscriptions and charges, page by page.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Extension, Json,
    extract::{Path, Query, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{App, Granted, book, change::Refusal, errors, is_current, objects};
use crate::shop::{CURRENCY, SHOP_NAME};

type Asked = HashMap<String, String>;

pub(super) async fn token_information(Extension(Granted(scopes)): Extension<Granted>) -> Response {
    let scopes: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
    Json(json!({ "token_information": { "name": SHOP_NAME, "scopes": scopes } })).into_response()
}

pub(super) async fn store(State(app): State<Arc<App>>) -> Response {
    let store = json!({
        "id": 1,
        "name": SHOP_NAME,
        "currency": CURRENCY,
        "default_api_version": "2021-01",
        "customer_portal_base_url": app.url,
    });
    Json(json!({ "store": store })).into_response()
}

pub(super) async fn customers(State(app): State<Arc<App>>, Query(asked): Query<Asked>) -> Response {
    page(&app, "customers", asked, |asked| {
        let (shop, book) = (app.shop(), app.book());
        let is = |field: &str, value: &str| asked.get(field).is_none_or(|asked| asked.eq_ignore_ascii_case(value));
        let found = shop.customers().iter().filter(|customer| {
            !book.of(customer.id).is_empty()
                && is("email", &customer.email)
                && is("external_customer_id", &customer.id.to_string())
                && is("hash", &book::hash(customer.id))
        });
        Ok(found.map(|customer| objects::customer(&book, customer)).collect())
    })
}

pub(super) async fn subscriptions(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response {
    page(&app, "subscriptions", asked, |asked| {
        let book = app.book();
        let found = book.subscriptions().iter().filter(|s| {
            asked.get("customer_id").is_none_or(|id| *id == s.customer_id().to_string())
                && asked.get("status").is_none_or(|status| status == objects::state(s))
        });
        Ok(found.map(|s| objects::subscription(&book, s, is_current(&headers))).collect())
    })
}

pub(super) async fn subscription(State(app): State<Arc<App>>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let book = app.book();
    match id.parse().ok().and_then(|id| book.subscription(id)) {
        Some(found) => {
            Json(json!({ "subscription": objects::subscription(&book, found, is_current(&headers)) })).into_response()
        }
        None => errors::not_found("subscription"),
    }
}

pub(super) async fn charges(State(app): State<Arc<App>>, Query(asked): Query<Asked>) -> Response {
    page(&app, "charges", asked, |asked| {
        let bound = |name: &'static str| match asked.get(name).map(|day| day.parse::<Date>()) {
            None => Ok(None),
            Some(Ok(day)) => Ok(Some(day)),
            Some(Err(_)) => Err((name, "Not a valid date")),
        };
        let (from, to) = (bound("scheduled_at_min")?, bound("scheduled_at_max")?);
        let book = app.book();
        let owner = |charge: &super::SubscriptionCharge| {
            charge.items.first().and_then(|id| book.subscription(*id)).map(|s| s.customer_id().to_string())
        };
        let mut found: Vec<_> = book
            .charges()
            .iter()
            .filter(|charge| {
                let items = || charge.items.iter().map(u64::to_string);
                asked.get("customer_id").is_none_or(|id| owner(charge).as_ref() == Some(id))
                    && asked.get("status").is_none_or(|status| status == charge.status)
                    && asked.get("purchase_item_id").is_none_or(|id| items().any(|item| item == *id))
                    && from.is_none_or(|day| charge.day >= day)
                    && to.is_none_or(|day| charge.day <= day)
            })
            .collect();
        match asked.get("sort_by").map(String::as_str) {
            None | Some("id-desc") => found.sort_by_key(|charge| std::cmp::Reverse(charge.id)),
            Some("id-asc") => found.sort_by_key(|charge| charge.id),
            Some("scheduled_at-asc") => found.sort_by_key(|charge| charge.day),
            Some("scheduled_at-desc") => found.sort_by_key(|charge| std::cmp::Reverse(charge.day)),
            Some(_) => return Err(("sort_by", "Not a valid sort")),
        }
        Ok(found.into_iter().map(|charge| objects::charge(&book, charge)).collect())
    })
}

/// One page of a list. A cursor holds the whole question, so nothing but `limit` may stand beside it.
fn page(app: &App, name: &str, mut asked: Asked, list: impl FnOnce(&Asked) -> Result<Vec<Value>, Refusal>) -> Response {
    let limit = match asked.remove("limit").map(|limit| limit.parse::<usize>()) {
        None => 50,
        Some(Ok(limit)) if (1..=250).contains(&limit) => limit,
        Some(_) => return errors::invalid("limit", "Limit must be between 1 and 250"),
    };
    let limit = limit.min(app.config.largest_page);
    let mut start = 0;
    if let Some(cursor) = asked.remove("cursor") {
        if !asked.is_empty() {
            return errors::invalid("cursor", "Only limit may be sent with a cursor");
        }
        let Some((from, question)) = read_cursor(&cursor) else {
            return errors::invalid("cursor", "Not a valid cursor");
        };
        (start, asked) = (from, question);
    }
    let all = match list(&asked) {
        Ok(all) => all,
        Err((field, complaint)) => return errors::invalid(field, complaint),
    };
    let cursor = |at: usize| {
        let cursor = json!([at, asked]).to_string();
        URL_SAFE_NO_PAD.encode(cursor)
    };
    let end = start.saturating_add(limit).min(all.len());
    let body = json!({
        name: all.get(start..end).unwrap_or_default(),
        "next_cursor": (end < all.len()).then(|| cursor(end)),
        "previous_cursor": (start > 0).then(|| cursor(start.saturating_sub(limit))),
    });
    Json(body).into_response()
}

fn read_cursor(cursor: &str) -> Option<(usize, Asked)> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()
}

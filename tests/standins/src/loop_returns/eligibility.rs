//! `POST /orders/return-eligibility`: which lines may be sent back, without creating anything.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{App, errors};

pub(super) async fn check(State(app): State<Arc<App>>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(name) = asked["order_name"].as_str().filter(|n| !n.trim().is_empty()) else {
        return errors::invalid("order_name", "The order name field is required.");
    };
    let shop = app.shop();
    let Some(order) = shop.order_by_name(name) else { return errors::order_not_found() };
    let items: Vec<Value> = order
        .lines
        .iter()
        .map(|line| {
            json!({
                "id": line.id + 1_000_000,
                "external_id": line.id.to_string(),
                "eligible": shop.return_refusal(order, line).is_none(),
            })
        })
        .collect();
    let as_of = shop.now().strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
    Json(json!({ "return_eligibility": {
        "order_id": order.id + 1_000_000, "as_of": as_of, "advisory": true, "items": items } }))
    .into_response()
}

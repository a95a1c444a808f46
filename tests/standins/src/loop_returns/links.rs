//! `POST /order/link`: the customer's own way into the portal.

use std::sync::{Arc, PoisonError};

use axum::{
    Json,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{App, ZipMeans, errors};

pub(super) async fn create(State(app): State<Arc<App>>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(name) = asked["name"].as_str().filter(|n| !n.trim().is_empty()) else {
        return errors::refused("The name field is required.");
    };
    let proof = asked["zip"].as_str().unwrap_or_default();
    let found = {
        let shop = app.shop();
        shop.order_by_name(name)
            .filter(|order| {
                let expected = match app.config.zip_means {
                    ZipMeans::PostalCode => order.shipping_address.as_ref().map(|a| a.zip.clone()),
                    ZipMeans::Email => Some(order.email.clone()),
                    ZipMeans::Phone => order.phone.clone(),
                };
                expected.is_some_and(|expected| plain(&expected) == plain(proof))
            })
            .map(crate::shop::Order::name)
    };
    let Some(order) = found else {
        return errors::refused("We couldn't find an order with that name and zip code.");
    };
    let id = uuid(rand::random());
    app.links.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), order);
    Json(json!({ "url": format!("{}/#/link/{id}", app.url) })).into_response()
}

/// Without spaces and case.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

fn uuid(bits: u128) -> String {
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

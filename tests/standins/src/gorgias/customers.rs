//! Customers.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{App, Asked, GorgiasCustomer, answers};

pub(super) fn object(customer: &GorgiasCustomer) -> Value {
    json!({
        "id": customer.id,
        "name": customer.name,
        "firstname": customer.name,
        "lastname": "",
        "email": customer.email,
        "external_id": customer.external_id,
        "channels": customer.phone.iter().map(|phone| json!({ "type": "phone", "address": phone })).collect::<Vec<_>>(),
    })
}

pub(super) async fn list(State(app): State<Arc<App>>, Query(asked): Asked) -> Response {
    let book = app.book();
    let is = |wanted: Option<&String>, own: Option<&String>| wanted.is_none() || wanted == own;
    let found = book.customers().iter().filter(|one| {
        is(asked.get("external_id"), one.external_id.as_ref()) && is(asked.get("email"), one.email.as_ref())
    });
    answers::page("/api/customers", found.map(object).collect(), &asked, app.config.largest_page)
}

/// An id of somebody else's belongs to one customer.
pub(super) async fn create(State(app): State<Arc<App>>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut book = app.book();
    let external_id = text(&asked["external_id"]);
    if external_id.is_some() && book.customers().iter().any(|one| one.external_id == external_id) {
        return answers::exists();
    }
    let phones = asked["channels"].as_array().into_iter().flatten();
    let phone = phones.filter(|channel| channel["type"] == "phone").find_map(|channel| text(&channel["address"]));
    let name = text(&asked["name"]).unwrap_or_default();
    let id = book.add_customer(GorgiasCustomer { id: 0, name, email: text(&asked["email"]), phone, external_id });
    match book.customer(id) {
        Some(customer) => (StatusCode::CREATED, Json(object(customer))).into_response(),
        None => answers::not_found(),
    }
}

//! `POST /returns/link`: a link that fills the returns page in. It proves nothing: whoever opens it must still know the
//! order's address or postal code, unless the link has it.

use std::sync::{Arc, PoisonError};

use axum::{body::Bytes, extract::State, response::Response};
use serde_json::{Value, json};

use super::{App, envelope};

/// What a link fills in.
#[derive(Clone, Debug, Default)]
pub(super) struct Filled {
    pub(super) order_number: String,
    pub(super) email: Option<String>,
    pub(super) postal_code: Option<String>,
}

/// Made for any order number, whether there is such an order or not.
pub(super) async fn create(State(app): State<Arc<App>>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |field: &str| asked[field].as_str().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let Some(order_number) = text("order_number") else {
        return envelope::invalid("order_number", "order_number is required");
    };
    let email = text("customer_email");
    if email.as_ref().is_some_and(|email| !email.contains('@')) {
        return envelope::invalid("customer_email", "customer_email must be a valid email");
    }
    let token = format!("{:032x}", rand::random::<u128>());
    let url = format!("{}/page/{token}", app.url);
    let filled = Filled { order_number, email, postal_code: text("postal_code") };
    app.links.lock().unwrap_or_else(PoisonError::into_inner).insert(token, filled);
    envelope::created(json!({ "url": url }))
}

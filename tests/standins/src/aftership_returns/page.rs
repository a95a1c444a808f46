//! The returns page that a link leads to. The provider's asks for the order number with an address or a postal code; here
//! they are those of the link.

use std::sync::{Arc, PoisonError};

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::App;
use crate::{
    html::{escape, fresh, plain},
    loop_returns::portal::{chosen, items_form, label_page},
    shop::Shop,
};

pub(super) async fn show(State(app): State<Arc<App>>, Path(token): Path<String>) -> Response {
    let shop = app.shop();
    let Some(name) = order_of(&app, &shop, &token) else { return gone() };
    let Some(order) = shop.order_by_name(&name) else { return gone() };
    fresh(plain(&format!("Return items of order {name}"), "", &items_form(&shop, order)))
}

pub(super) async fn send_back(State(app): State<Arc<App>>, Path(token): Path<String>, body: Bytes) -> Response {
    let mut shop = app.shop.write().unwrap_or_else(PoisonError::into_inner);
    let Some(name) = order_of(&app, &shop, &token) else { return gone() };
    let (lines, reason) = chosen(&body);
    match shop.open_return(&name, &lines, &reason) {
        Ok(id) => {
            let body =
                format!("<p>Your return {} of order {} was approved.</p>", super::object::rma(id), escape(&name));
            fresh(plain("Your return has been started", "", &body))
        }
        Err(_) => {
            let body = "<p>None of the chosen items can be returned.</p><p><a href=\"\">Back</a></p>";
            (StatusCode::UNPROCESSABLE_ENTITY, fresh(plain("Choose at least one item", "", body))).into_response()
        }
    }
}

pub(super) async fn label(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    label_page(&app.shop(), &id).unwrap_or_else(gone)
}

/// The order's name where what the link fills in is the order's.
fn order_of(app: &App, shop: &Shop, token: &str) -> Option<String> {
    let filled = app.links.lock().unwrap_or_else(PoisonError::into_inner).get(token).cloned()?;
    let order = shop.order_by_name(&filled.order_number)?;
    let zip = order.shipping_address.as_ref().map(|address| address.zip.as_str());
    let is_theirs = filled.email.is_some_and(|email| email.eq_ignore_ascii_case(&order.email))
        || filled.postal_code.is_some_and(|code| zip.is_some_and(|zip| zip.eq_ignore_ascii_case(&code)));
    is_theirs.then(|| order.name())
}

fn gone() -> Response {
    let body = "<p>We found no order with this number and address. Ask for a new link.</p>";
    (StatusCode::NOT_FOUND, fresh(plain("Find your order", "", body))).into_response()
}

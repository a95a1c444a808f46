//! The page that a portal link leads to. Its hash is the only key to it.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{App, book, objects};
use crate::{
    html::{escape, fresh, plain},
    shop::{CURRENCY, SHOP_NAME},
};

pub(super) async fn show(State(app): State<Arc<App>>, Path((hash, _page)): Path<(String, String)>) -> Response {
    let (shop, book) = (app.shop(), app.book());
    let Some(customer) = shop.customers().iter().find(|c| book::hash(c.id) == hash) else {
        let body = "<p>Ask for a new link.</p>";
        return (StatusCode::NOT_FOUND, fresh(plain("This link isn't valid", "", body))).into_response();
    };
    let rows: String = book
        .of(customer.id)
        .iter()
        .map(|s| {
            let next = s.next.map(|day| format!(", next on {day}")).unwrap_or_default();
            format!(
                "<li>{} × {}, every {} {}(s), {CURRENCY} {} each: {}{next}</li>",
                s.quantity,
                escape(&s.title),
                s.every,
                s.unit,
                s.price,
                objects::state(s),
            )
        })
        .collect();
    let title = format!("Subscriptions of {} at {SHOP_NAME}", customer.first_name);
    fresh(plain(&title, "", &format!("<ul>{rows}</ul>")))
}

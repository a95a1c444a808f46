//! The page that a deep link leads to. The provider's is an application behind `#/link/…`; here that address leads on to a plain page.

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
    shop::{CURRENCY, Order, ReturnState, SHOP_NAME, Shop},
};

const ENTRANCE: &str = "<p class=\"note\">Open this page by the link that you were given.</p>\
    <script>var to = location.hash.match(/^#\\/(link|return)\\/([0-9a-f-]+)$/);\
    if (to) location.replace('/' + to[1] + '/' + to[2]);</script>";

pub(super) async fn entrance() -> Response {
    fresh(plain(&format!("Returns at {SHOP_NAME}"), "", ENTRANCE))
}

pub(super) async fn show(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    let Some(name) = order_of(&app, &id) else { return gone() };
    let shop = app.shop();
    let Some(order) = shop.order_by_name(&name) else { return gone() };
    let body = items_form(&shop, order);
    fresh(plain(&format!("Return items of order {name}"), "", &body))
}

pub(super) async fn send_back(State(app): State<Arc<App>>, Path(id): Path<String>, body: Bytes) -> Response {
    let Some(name) = order_of(&app, &id) else { return gone() };
    let (lines, reason) = chosen(&body);
    let opened = {
        let mut shop = app.shop.write().unwrap_or_else(PoisonError::into_inner);
        shop.open_return(&name, &lines, &reason)
    };
    match opened {
        Ok(id) => {
            let body =
                format!("<p>Return {id} of order {} is open. Print the label that comes by e-mail.</p>", escape(&name));
            fresh(plain("Your return has been started", "", &body))
        }
        Err(_) => {
            let body = "<p>None of the chosen items can be returned.</p><p><a href=\"\">Back</a></p>";
            (StatusCode::UNPROCESSABLE_ENTITY, fresh(plain("Choose at least one item", "", body))).into_response()
        }
    }
}

/// How a return stands. Says nothing of the customer: its number is no secret.
pub(super) async fn status(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    let shop = app.shop();
    let id = id.parse().ok();
    let Some(request) = shop.returns().iter().find(|r| Some(r.id) == id) else { return gone() };
    let state = match request.state {
        ReturnState::Open => "Open: we are waiting for your parcel",
        ReturnState::Closed => "Closed: your refund has been sent",
        ReturnState::Cancelled => "Cancelled",
        ReturnState::Expired => "Expired",
        ReturnState::Review => "Being looked at by a person",
    };
    let body = format!(
        "<p>{state}.</p><dl><dt>Carrier</dt><dd>{}</dd><dt>Tracking number</dt><dd>{}</dd></dl><p><a href=\"/labels/{}\">Print the label</a></p>",
        escape(&request.carrier),
        escape(&request.tracking_number),
        request.id
    );
    fresh(plain(&format!("Return {}", request.id), "", &body))
}

pub(super) async fn label(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    label_page(&app.shop(), &id).unwrap_or_else(gone)
}

/// What may be sent back, to choose from.
pub(crate) fn items_form(shop: &Shop, order: &Order) -> String {
    let mut items = String::new();
    let mut open = false;
    for line in &order.lines {
        let refusal = shop.return_refusal(order, line);
        open |= refusal.is_none();
        let title = escape(&line.title);
        let variant = line.variant_title.as_deref().map(|v| format!(", {}", escape(v))).unwrap_or_default();
        let (disabled, why) = match refusal {
            None => ("", String::new()),
            Some(why) => (" disabled", format!(" <span class=\"note\">({})</span>", escape(&why.replace('-', " ")))),
        };
        items += &format!(
            "<label><input type=\"checkbox\" name=\"line\" value=\"{}\"{disabled}> <span>{} × {title}{variant}, {CURRENCY} {}{why}</span></label>",
            line.id, line.current, line.price
        );
    }
    let button = if open {
        "<label>Reason <select name=\"reason\"><option>Doesn&#39;t suit the room<option>Arrived damaged<option>Ordered by mistake</select></label>\
         <button>Start the return</button>"
    } else {
        "<p>Nothing in this order can be returned now.</p>"
    };
    format!(
        "<form method=\"post\"><fieldset><legend>What do you want to send back?</legend>{items}</fieldset>{button}</form>"
    )
}

/// The lines and the reason that were chosen in [`items_form`].
pub(crate) fn chosen(body: &[u8]) -> (Vec<u64>, String) {
    let mut lines = Vec::new();
    let mut reason = String::from("Other");
    for (field, value) in url::form_urlencoded::parse(body) {
        match field.as_ref() {
            "line" => lines.extend(value.parse::<u64>().ok()),
            "reason" => reason = value.into_owned(),
            _ => {}
        }
    }
    (lines, reason)
}

/// A page to print and put on the parcel; none where there is no such return.
pub(crate) fn label_page(shop: &Shop, id: &str) -> Option<Response> {
    let id = id.parse().ok();
    let request = shop.returns().iter().find(|r| Some(r.id) == id)?;
    let body = format!(
        "<article><h2>{} {}</h2><p>To: {SHOP}, Returns, Lindenweg 1, 10115 Berlin, Germany</p></article>",
        escape(&request.carrier),
        escape(&request.tracking_number),
        SHOP = escape(SHOP_NAME),
    );
    Some(fresh(plain("Return label", "", &body)))
}

fn order_of(app: &App, id: &str) -> Option<String> {
    app.links.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
}

fn gone() -> Response {
    let body = "<p>Ask for a new link.</p>";
    (StatusCode::NOT_FOUND, fresh(plain("This link isn't valid", "", body))).into_response()
}

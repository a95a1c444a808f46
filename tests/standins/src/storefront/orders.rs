//! The customer's orders: account, order status by secret address, tracking of a parcel, and ordering.

use std::sync::{Arc, PoisonError};

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;

use super::{App, layout};
use crate::{
    html::escape,
    shop::{Fulfilment, Order, Parcel, ParcelState, Shop},
};

/// Orders one piece for the signed-in customer, at once.
pub(super) async fn buy(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    let sku = url::form_urlencoded::parse(&body).find(|(name, _)| name == "sku").map(|(_, sku)| sku.into_owned());
    let placed = {
        let mut shop = app.shop.write().unwrap_or_else(PoisonError::into_inner);
        let email = layout::signed_in(&headers).and_then(|id| shop.customer(id)).map(|c| c.email.clone());
        let name = email.zip(sku).and_then(|(email, sku)| shop.place_order(&email, &sku, 1).ok());
        name.and_then(|name| shop.order_by_name(&name).map(|o| shop.status_url(o)))
    };
    match placed {
        Some(url) => Redirect::to(&url).into_response(),
        None => {
            let main = "<section class=\"prose\"><h1>That can’t be ordered</h1><p>Sign in and choose a product first.</p></section>";
            (StatusCode::UNPROCESSABLE_ENTITY, layout::page(&app, &headers, "Not ordered", main)).into_response()
        }
    }
}

pub(super) async fn account(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let main = {
        let shop = app.shop();
        let customer = layout::signed_in(&headers).and_then(|id| shop.customer(id));
        let rows: String =
            customer.map(|c| shop.orders_of(&c.email)).unwrap_or_default().into_iter().map(|o| row(&shop, o)).collect();
        match customer {
            None => {
                "<section class=\"prose\"><h1>Your orders</h1><p>Sign in above to see them.</p></section>".to_owned()
            }
            Some(_) if rows.is_empty() => {
                "<section class=\"prose\"><h1>Your orders</h1><p>You haven’t ordered anything yet.</p></section>"
                    .to_owned()
            }
            Some(_) => format!("<section class=\"prose\"><h1>Your orders</h1><ul class=\"rows\">{rows}</ul></section>"),
        }
    };
    layout::page(&app, &headers, "Your orders", &main)
}

pub(super) async fn status(State(app): State<Arc<App>>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let found = {
        let shop = app.shop();
        shop.order_by_token(&token).map(|o| (o.name(), detail(&shop, o)))
    };
    match found {
        Some((name, main)) => layout::page(&app, &headers, &format!("Order {name}"), &main),
        None => layout::not_found(State(app), headers).await,
    }
}

pub(super) async fn track(State(app): State<Arc<App>>, Path(number): Path<String>, headers: HeaderMap) -> Response {
    let found = {
        let shop = app.shop();
        shop.parcel_by_number(&number).map(|(order, parcel)| journey(order, parcel))
    };
    match found {
        Some(main) => layout::page(&app, &headers, &format!("Parcel {number}"), &main),
        None => layout::not_found(State(app), headers).await,
    }
}

fn row(shop: &Shop, order: &Order) -> String {
    format!(
        "<li><a href=\"{}\">Order {}</a><span>{}</span><span>{}</span><span>€{}</span></li>",
        escape(&shop.status_url(order)),
        escape(&order.name()),
        day(order.created_at),
        state_of(order),
        order.total(),
    )
}

fn detail(shop: &Shop, order: &Order) -> String {
    let lines: String = order
        .lines
        .iter()
        .map(|l| {
            let variant = l.variant_title.as_deref().map(|v| format!(", {}", escape(v))).unwrap_or_default();
            format!("<li><span>{} × {}{variant}</span><span>€{}</span></li>", l.current, escape(&l.title), l.price)
        })
        .collect();
    let parcels: String = order
        .parcels
        .iter()
        .filter_map(|p| p.number.as_ref().map(|n| (p, n)))
        .map(|(p, number)| {
            let url = escape(&shop.tracking_url(number));
            format!("<li><a href=\"{url}\">Parcel {}</a><span>{}</span></li>", escape(number), say(p.state))
        })
        .collect();
    let parcels =
        if parcels.is_empty() { String::new() } else { format!("<h2>Parcels</h2><ul class=\"rows\">{parcels}</ul>") };
    let address = order.shipping_address.as_ref().map(|a| {
        let lines = [
            format!("{} {}", a.first_name, a.last_name),
            a.address1.clone(),
            format!("{} {}", a.zip, a.city),
            a.country.clone(),
        ];
        format!("<h2>Sent to</h2><address>{}</address>", lines.map(|l| escape(&l)).join("<br>"))
    });
    format!(
        "<section class=\"prose\"><h1>Order {}</h1><p>{}, placed on {}.</p><ul class=\"rows\">{lines}</ul>\
         <p>Shipping €{} · Total €{}{}</p>{parcels}{}</section>",
        escape(&order.name()),
        state_of(order),
        day(order.created_at),
        order.shipping,
        order.total(),
        if order.refunded.0 > 0 { format!(" · Refunded €{}", order.refunded) } else { String::new() },
        address.unwrap_or_default(),
    )
}

/// Says nothing of who ordered what: a tracking number is no secret.
fn journey(order: &Order, parcel: &Parcel) -> String {
    let mut steps = vec![("Order received", Some(order.created_at)), ("Packed", Some(parcel.created_at))];
    steps.push(("With the carrier", parcel.in_transit_at));
    match parcel.state {
        ParcelState::Delivered => steps.push(("Delivered", parcel.delivered_at)),
        ParcelState::InTransit | ParcelState::LabelPrinted | ParcelState::Fulfilled => {}
        other => steps.push((say(other), Some(parcel.updated_at))),
    }
    let done: String = steps
        .iter()
        .filter_map(|(step, at)| Some(format!("<li><span>{step}</span><time>{}</time></li>", moment((*at)?))))
        .collect();
    let expected = match (parcel.state, parcel.estimated_at) {
        (ParcelState::Delivered | ParcelState::Failed, _) | (_, None) => String::new(),
        (_, Some(at)) => format!("<p>Expected on {}.</p>", day(at)),
    };
    format!(
        "<section class=\"prose\"><p class=\"note\">{} · {}</p><h1>{}</h1>{expected}<ol class=\"steps\">{done}</ol></section>",
        escape(parcel.carrier.as_deref().unwrap_or("Carrier")),
        escape(parcel.number.as_deref().unwrap_or_default()),
        say(parcel.state),
    )
}

fn state_of(order: &Order) -> &'static str {
    if order.cancelled.is_some() {
        return "Cancelled";
    }
    match order.fulfilment() {
        Fulfilment::Unfulfilled => "Being prepared",
        Fulfilment::Partial => "Partly sent",
        Fulfilment::Restocked => "Cancelled",
        Fulfilment::Fulfilled => order.parcels.last().map_or("Sent", |p| say(p.state)),
    }
}

fn say(state: ParcelState) -> &'static str {
    match state {
        ParcelState::LabelPrinted => "Packed",
        ParcelState::InTransit => "On its way",
        ParcelState::OutForDelivery => "Out for delivery",
        ParcelState::Delivered => "Delivered",
        ParcelState::Delayed => "Delayed",
        ParcelState::Attempted => "Nobody was at home",
        ParcelState::ReadyForPickup => "Ready for pick-up",
        ParcelState::Failed => "Could not be delivered",
        ParcelState::Fulfilled => "Sent by e-mail",
    }
}

fn day(at: Timestamp) -> String {
    at.strftime("%-d %B %Y").to_string()
}

fn moment(at: Timestamp) -> String {
    at.strftime("%-d %B, %H:%M UTC").to_string()
}

//! A return as the provider answers it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::App;
use crate::shop::{Address, CURRENCY, Line, Money, Order, ReturnRequest, ReturnState, Shop};

/// Without an order there is no return.
pub(super) fn object(app: &App, shop: &Shop, r: &ReturnRequest) -> Option<Value> {
    let order = shop.order(r.order_id)?;
    let (id, closed) = (id(r.id), r.state == ReturnState::Closed);
    let when = |state: bool| state.then(|| time(r.updated_at));
    let approved = !matches!(r.state, ReturnState::Review | ReturnState::Cancelled);
    Some(json!({
        "id": id,
        "rma_number": rma(r.id),
        "contact_email": order.email,
        "filed_by": "shopper",
        "approval_status": approval(r.state),
        "shipping_status": if closed { "received" } else if approved { "in_transit" } else { "no_label" },
        "outcomes": ["refund"],
        "refund_destination": "original_payment",
        "refunded_total": closed.then(|| money(r.refund)),
        "estimated_refund_total": money(r.refund),
        "return_total_including_tax": money(r.refund),
        "checkout_total": null,
        "reject_reason": (r.state == ReturnState::Cancelled).then_some("Cancelled by the shopper."),
        "approved_at": approved.then(|| time(r.created_at)),
        "rejected_at": when(r.state == ReturnState::Cancelled),
        "resolved_at": when(closed),
        "refunded_at": when(closed),
        "expired_at": when(r.state == ReturnState::Expired),
        "created_at": time(r.created_at),
        "auto_approved": approved,
        "order": {
            "id": format!("{:032x}", order.id),
            "external_id": order.id.to_string(),
            "order_number": order.number.to_string(),
            "order_name": order.name(),
            "customer": { "emails": [order.email], "locale": null },
            "country_region": order.shipping_address.as_ref().map(|a| alpha_3(&a.country_code)),
            "store": { "platform": "shopify", "external_id": app.config.store },
            "placed_at": time(order.created_at),
        },
        "return_items": r.items.iter().filter_map(|item| self::item(order, item, closed)).collect::<Vec<_>>(),
        "return_method": { "type": "retailer_label", "name": "By parcel", "zone": { "name": "Europe" } },
        "shipments": if approved { vec![shipment(app, order, r)] } else { Vec::new() },
        "refunds": if closed { vec![json!({ "destination": "original_payment", "total": money(r.refund), "items": [] })] } else { Vec::new() },
        "exchange": null,
        "is_gift_return": false,
        "exceptions": [],
    }))
}

pub(super) fn id(id: u64) -> String {
    format!("{:032x}", u128::from(id) << 64)
}

pub(super) fn rma(id: u64) -> String {
    format!("LMN{id:08}")
}

/// AfterShip has no state for a return that was taken back: it is refused.
pub(super) fn approval(state: ReturnState) -> &'static str {
    match state {
        ReturnState::Review => "submitted",
        ReturnState::Open => "approved",
        ReturnState::Closed => "done",
        ReturnState::Cancelled => "rejected",
        ReturnState::Expired => "expired",
    }
}

fn item(order: &Order, (id, quantity, reason): &(u64, u32, String), received: bool) -> Option<Value> {
    let line: &Line = order.lines.iter().find(|line| line.id == *id)?;
    Some(json!({
        "item_id": format!("{:032x}", line.id),
        "external_order_item_id": line.id.to_string(),
        "external_product_id": line.product_id.to_string(),
        "external_variant_id": line.variant_id.to_string(),
        "sku": line.sku,
        "product_title": line.title,
        "variant_title": line.variant_title,
        "ordered_quantity": line.ordered,
        "intended_return_quantity": quantity,
        "return_quantity": quantity,
        "received_quantity": if received { *quantity } else { 0 },
        "return_reason": reason,
        "return_subreason": null,
        "unit_display_price": money(line.price),
        "product_tags": [],
        "green_return": false,
    }))
}

fn shipment(app: &App, order: &Order, r: &ReturnRequest) -> Value {
    json!({
        "id": id(r.id),
        "tracking_number": r.tracking_number,
        "tracking_status": "InTransit",
        "slug": r.carrier.to_lowercase(),
        "label": {
            "url": format!("{}/labels/{}", app.url, r.id),
            "slug": r.carrier.to_lowercase(),
            "total_charge": null,
            "qr_code_url": null,
        },
        "source": "merchant_generate",
        "created_at": time(r.created_at),
        "ship_from": order.shipping_address.as_ref().map(address),
        "ship_to": null,
    })
}

fn address(a: &Address) -> Value {
    json!({
        "contact_name": format!("{} {}", a.first_name, a.last_name),
        "street_1": a.address1,
        "street_2": a.address2,
        "city": a.city,
        "state": a.province.as_ref().map(|(name, _)| json!({ "name": name })),
        "postal_code": a.zip,
        "country_region": { "code": alpha_3(&a.country_code) },
    })
}

fn money(money: Money) -> Value {
    json!({ "amount": money.to_string(), "currency": CURRENCY })
}

fn time(t: Timestamp) -> String {
    t.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// ISO 3166-1, for the countries that the shop sends to.
fn alpha_3(code: &str) -> &str {
    match code {
        "AT" => "AUT",
        "BE" => "BEL",
        "CA" => "CAN",
        "CH" => "CHE",
        "CZ" => "CZE",
        "DE" => "DEU",
        "DK" => "DNK",
        "ES" => "ESP",
        "FI" => "FIN",
        "FR" => "FRA",
        "GB" => "GBR",
        "IE" => "IRL",
        "IT" => "ITA",
        "LU" => "LUX",
        "NL" => "NLD",
        "NO" => "NOR",
        "PL" => "POL",
        "PT" => "PRT",
        "SE" => "SWE",
        "US" => "USA",
        other => other,
    }
}

use serde_json::{Value, json};

use super::*;
use crate::fake_shop::{line, money, order};

fn read(json: Value) -> Order {
    serde_json::from_value::<OrderRecord>(json).unwrap().read("2026-11-21T12:00:00.000Z".to_owned()).unwrap()
}

/// The order with some fields changed.
fn with(changes: Value) -> Order {
    let mut json = order(5001, "#1001");
    json.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    read(json)
}

#[test]
fn an_order_is_read_in_full() {
    let order = with(json!({}));
    assert_eq!(order.id, "5001");
    assert_eq!(order.name, "#1001");
    assert_eq!(order.placed_at, "2026-09-02T10:11:10Z");
    assert_eq!(order.status, OrderStatus::Fulfilled);
    assert_eq!(order.total, Money { amount_minor: 5990, currency: "EUR".to_owned() });
    assert_eq!(order.refunded, None);
    assert_eq!(order.as_of, "2026-11-21T12:00:00.000Z");
    assert_eq!(order.lines.len(), 2);
    let mug = &order.lines[0];
    assert_eq!((mug.title.as_str(), mug.variant_title.as_deref(), mug.quantity), ("Mug", None, 2));
    assert_eq!((mug.product_id.as_deref(), mug.price.amount_minor), (Some("31"), 1995));
    let parcel = &order.shipments[0];
    assert_eq!(parcel.status, ShipmentStatus::InTransit);
    assert_eq!(parcel.carrier.as_deref(), Some("DHL Express"));
    assert_eq!(parcel.tracking_number.as_deref(), Some("JD014600003828"));
    assert_eq!(parcel.shipped_at.as_deref(), Some("2026-09-03T17:00:00Z"));
    let address = order.shipping_address.unwrap();
    assert_eq!((address.name.as_str(), address.line2, address.country_code.as_str()), ("Ana B.", None, "DE"));
    assert!(!order.editable);
}

#[test]
fn the_least_that_shopify_may_answer_is_an_order() {
    let order = read(json!({
        "id": "gid://shopify/Order/1", "name": "1", "createdAt": "2026-09-02T10:11:12Z",
        "currentTotalPriceSet": money("1000.0", "JPY"), "lineItems": { "nodes": [] }
    }));
    assert_eq!(order.placed_at, "2026-09-02T10:11:12Z");
    assert_eq!(order.total, Money { amount_minor: 1000, currency: "JPY".to_owned() });
    assert_eq!(order.status, OrderStatus::Unfulfilled);
    assert!(order.shipping_address.is_none() && order.shipments.is_empty() && !order.editable);
}

#[test]
fn the_status_follows_the_fulfilment() {
    let status = |fulfilment: &str, parcels: &[&str]| {
        let parcels: Vec<Value> =
            parcels.iter().map(|state| json!({"status": "SUCCESS", "displayStatus": state})).collect();
        with(json!({ "displayFulfillmentStatus": fulfilment, "fulfillments": parcels })).status
    };
    assert_eq!(status("UNFULFILLED", &[]), OrderStatus::Unfulfilled);
    assert_eq!(status("ON_HOLD", &[]), OrderStatus::Unfulfilled);
    assert_eq!(status("PARTIALLY_FULFILLED", &["DELIVERED"]), OrderStatus::PartiallyFulfilled);
    assert_eq!(status("FULFILLED", &["DELIVERED", "IN_TRANSIT"]), OrderStatus::Fulfilled);
    assert_eq!(status("FULFILLED", &["DELIVERED", "PICKED_UP"]), OrderStatus::Delivered);
    assert_eq!(status("FULFILLED", &[]), OrderStatus::Fulfilled);
    assert_eq!(status("A_STATE_OF_TOMORROW", &[]), OrderStatus::Unfulfilled);
    assert_eq!(status("A_STATE_OF_TOMORROW", &["IN_TRANSIT"]), OrderStatus::PartiallyFulfilled);
}

#[test]
fn a_partial_return_is_no_returned_order() {
    assert_eq!(with(json!({ "returnStatus": "RETURNED" })).status, OrderStatus::Fulfilled);
    let all_back = json!({ "returnStatus": "RETURNED", "lineItems": { "nodes": [line("Mug", 0)] } });
    assert_eq!(with(all_back).status, OrderStatus::Returned);
    let refunded = json!({ "returnStatus": "RETURNED", "displayFinancialStatus": "REFUNDED" });
    assert_eq!(with(refunded).status, OrderStatus::Returned);
    let cancelled = json!({ "cancelledAt": "2026-09-03T00:00:00Z", "returnStatus": "RETURNED" });
    assert_eq!(with(cancelled).status, OrderStatus::Cancelled);
}

#[test]
fn an_order_is_editable_until_someone_begins_to_pack_it() {
    let waiting = |changes: Value| {
        let mut fields = json!({ "displayFulfillmentStatus": "UNFULFILLED", "fulfillments": [] });
        fields.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        with(fields).editable
    };
    assert!(waiting(json!({})));
    assert!(waiting(json!({ "fulfillments": [{ "status": "CANCELLED", "displayStatus": "CANCELED" }] })));
    for settled in [
        json!({ "cancelledAt": "2026-09-03T00:00:00Z" }),
        json!({ "closedAt": "2026-09-03T00:00:00Z" }),
        json!({ "merchantEditable": false }),
        json!({ "displayFulfillmentStatus": "IN_PROGRESS" }),
        json!({ "displayFulfillmentStatus": "PARTIALLY_FULFILLED" }),
        json!({ "displayFulfillmentStatus": null }),
        json!({ "fulfillments": [{ "status": "SUCCESS", "displayStatus": "LABEL_PRINTED" }] }),
    ] {
        assert!(!waiting(settled.clone()), "{settled}");
    }
}

#[test]
fn parcels_are_told_apart() {
    let parcels = |fulfilments: Value| with(json!({ "fulfillments": fulfilments })).shipments;
    let one = |fields: Value| parcels(json!([fields])).remove(0);
    for (state, status) in [
        ("LABEL_PURCHASED", ShipmentStatus::Preparing),
        ("CONFIRMED", ShipmentStatus::Preparing),
        ("CARRIER_PICKED_UP", ShipmentStatus::InTransit),
        ("DELAYED", ShipmentStatus::InTransit),
        ("OUT_FOR_DELIVERY", ShipmentStatus::OutForDelivery),
        ("ATTEMPTED_DELIVERY", ShipmentStatus::Attempted),
        ("READY_FOR_PICKUP", ShipmentStatus::ReadyForPickup),
        ("NOT_DELIVERED", ShipmentStatus::Failed),
        ("FAILURE", ShipmentStatus::Failed),
        ("FULFILLED", ShipmentStatus::Other),
        ("A_STATE_OF_TOMORROW", ShipmentStatus::Other),
    ] {
        assert_eq!(one(json!({ "status": "SUCCESS", "displayStatus": state })).status, status, "{state}");
    }
    assert_eq!(
        one(json!({ "displayStatus": null, "deliveredAt": "2026-09-05T09:00:00Z" })).status,
        ShipmentStatus::Delivered
    );

    let label = one(json!({ "displayStatus": "LABEL_PRINTED", "createdAt": "2026-09-03T08:00:00Z" }));
    assert_eq!(label.shipped_at, None);
    let marked = one(json!({ "displayStatus": "MARKED_AS_FULFILLED", "createdAt": "2026-09-03T08:00:00Z" }));
    assert_eq!(marked.shipped_at.as_deref(), Some("2026-09-03T08:00:00Z"));

    let two = json!([{ "displayStatus": "IN_TRANSIT", "trackingInfo": [{ "number": "A" }, { "number": "B", "company": "" }] }]);
    let numbers: Vec<_> =
        parcels(two).into_iter().map(|parcel| (parcel.tracking_number.unwrap(), parcel.carrier)).collect();
    assert_eq!(numbers, [("A".to_owned(), None), ("B".to_owned(), None)]);
    for status in ["CANCELLED", "ERROR", "FAILURE"] {
        assert!(parcels(json!([{ "status": status, "displayStatus": "IN_TRANSIT" }])).is_empty());
    }
}

#[test]
fn lines_show_what_edits_and_refunds_left() {
    let quantities = |lines: Vec<Value>| {
        with(json!({ "lineItems": { "nodes": lines } })).lines.iter().map(|line| line.quantity).collect::<Vec<_>>()
    };
    assert_eq!(quantities(vec![line("Mug", 2), line("Kettle", 0)]), [2]);
    assert_eq!(quantities(vec![line("Mug", 0), line("Kettle", 0)]), [0, 0]);
    assert_eq!(with(json!({ "totalRefundedSet": money("19.95", "EUR") })).refunded.unwrap().amount_minor, 1995);
}

#[test]
fn an_address_needs_a_street_or_a_place() {
    assert!(with(json!({ "shippingAddress": null })).shipping_address.is_none());
    assert!(with(json!({ "shippingAddress": { "countryCodeV2": "DE" } })).shipping_address.is_none());
    let half =
        json!({ "shippingAddress": { "firstName": "Ana", "lastName": "B.", "city": "Berlin", "province": "Berlin" } });
    let address = with(half).shipping_address.unwrap();
    assert_eq!((address.name.as_str(), address.region.as_deref()), ("Ana B.", Some("Berlin")));
}

#[test]
fn an_amount_that_can_t_be_read_is_no_order() {
    let mut json = order(5001, "#1001");
    json["currentTotalPriceSet"] = money("a lot", "EUR");
    let record: OrderRecord = serde_json::from_value(json).unwrap();
    assert!(matches!(record.read(String::new()), Err(Error::Unexpected(_))));
}

//! Cancelling, which is a job, and changing an address.

use std::time::Duration;

use crate::common::*;
use serde_json::{Value, json};
use usher_standins::{DemoSituation, Order, ShopifyConfig, Standins};

const CANCEL: &str = "mutation Cancel($orderId: ID!, $reason: OrderCancelReason!, $restock: Boolean!, $refundMethod: OrderCancelRefundMethodInput, $notifyCustomer: Boolean, $staffNote: String) {
  orderCancel(orderId: $orderId, reason: $reason, restock: $restock, refundMethod: $refundMethod, notifyCustomer: $notifyCustomer, staffNote: $staffNote) {
    job { id done }
    orderCancelUserErrors { field message code }
  }
}";
const JOB: &str = "query($id: ID!) { job(id: $id) { id done } }";
const UPDATE: &str = "mutation Addr($input: OrderInput!) { orderUpdate(input: $input) { order { id updatedAt shippingAddress { formatted } } userErrors { field message } } }";

fn gid(order: &Order) -> String {
    format!("gid://shopify/Order/{}", order.id)
}

async fn cancel(standins: &Standins, order: &Order) -> Value {
    let variables = json!({ "orderId": gid(order), "reason": "CUSTOMER", "restock": true,
        "refundMethod": { "originalPaymentMethodsRefund": true }, "staffNote": "asked by chat" });
    data(standins, CANCEL, variables).await["orderCancel"].clone()
}

#[tokio::test]
async fn an_order_is_cancelled_only_when_the_job_is_done() {
    let standins =
        start_shopify(ShopifyConfig { job_time: Duration::from_secs(3600), ..ShopifyConfig::default() }).await;
    let order = order_of(&standins, DemoSituation::Unfulfilled);
    let answer = cancel(&standins, &order).await;
    assert_eq!(answer["orderCancelUserErrors"], json!([]));
    assert_eq!(answer["job"]["done"], false);
    let id = json!({ "id": answer["job"]["id"] });
    let again = cancel(&standins, &order).await;
    assert_eq!(again["job"], Value::Null);
    assert_eq!(again["orderCancelUserErrors"][0]["code"], "INVALID");

    assert_eq!(data(&standins, JOB, id.clone()).await["job"]["done"], false);
    assert!(standins.read(|shop| shop.order(order.id).unwrap().cancelled.is_none()));
    standins.clock.advance(Duration::from_secs(3601));
    assert_eq!(data(&standins, JOB, id).await["job"]["done"], true);
    let read = "query($id: ID!) { order(id: $id) { cancelledAt cancelReason displayFulfillmentStatus displayFinancialStatus fulfillable merchantEditable } }";
    let after = data(&standins, read, json!({ "id": gid(&order) })).await["order"].clone();
    assert!(after["cancelledAt"].is_string());
    assert_eq!((&after["cancelReason"], &after["displayFinancialStatus"]), (&json!("CUSTOMER"), &json!("REFUNDED")));
    assert_eq!((&after["fulfillable"], &after["merchantEditable"]), (&json!(false), &json!(false)));
    assert_eq!(cancel(&standins, &order).await["orderCancelUserErrors"][0]["code"], "INVALID");
}

#[tokio::test]
async fn a_job_whose_order_was_sent_meanwhile_ends_without_effect() {
    let standins =
        start_shopify(ShopifyConfig { job_time: Duration::from_secs(3600), ..ShopifyConfig::default() }).await;
    let order = order_of(&standins, DemoSituation::Unfulfilled);
    let job = cancel(&standins, &order).await["job"]["id"].clone();
    standins.change(|shop| shop.ship_order(&order.name())).unwrap();
    standins.clock.advance(Duration::from_secs(3601));
    assert_eq!(data(&standins, JOB, json!({ "id": job })).await["job"]["done"], true);
    assert!(standins.read(|shop| shop.order(order.id).unwrap().cancelled.is_none()));
}

#[tokio::test]
async fn what_cannot_be_cancelled_is_refused_with_a_code() {
    let standins = start().await;
    let sent = cancel(&standins, &order_of(&standins, DemoSituation::InTransit)).await;
    assert_eq!(sent["job"], Value::Null);
    assert_eq!(sent["orderCancelUserErrors"][0]["code"], "INVALID");
    let mut unknown = order_of(&standins, DemoSituation::InTransit);
    unknown.id = 1;
    assert_eq!(cancel(&standins, &unknown).await["orderCancelUserErrors"][0]["code"], "NOT_FOUND");
}

#[tokio::test]
async fn an_address_is_overwritten_whole() {
    let standins = start().await;
    let order = order_of(&standins, DemoSituation::Unfulfilled);
    let address = json!({ "firstName": "David", "lastName": "W.", "address1": "Mill Lane 7", "city": "Leipzig", "zip": "04109", "countryCode": "DE" });
    let input = json!({ "input": { "id": gid(&order), "shippingAddress": address } });
    let answer = data(&standins, UPDATE, input).await["orderUpdate"].clone();
    assert_eq!(answer["userErrors"], json!([]));
    assert_eq!(answer["order"]["shippingAddress"]["formatted"], json!(["Mill Lane 7", "04109 Leipzig", "Germany"]));
    let stored = standins.read(|shop| shop.order(order.id).unwrap().shipping_address.clone().unwrap());
    assert_eq!((stored.phone, stored.address2), (None, None), "what wasn't sent is gone");

    let part = json!({ "input": { "id": gid(&order), "shippingAddress": { "city": "Bonn", "countryCode": "DE" } } });
    let refused = data(&standins, UPDATE, part).await["orderUpdate"].clone();
    assert_eq!(refused["order"], Value::Null);
    assert_eq!(refused["userErrors"][0]["field"], json!(["input", "shippingAddress", "lastName"]));
    let unchanged = standins.read(|shop| shop.order(order.id).unwrap().shipping_address.clone().unwrap());
    assert_eq!(unchanged.city, "Leipzig");
}

#[tokio::test]
async fn what_changes_in_the_shop_shows_at_once() {
    let standins = start().await;
    let order = order_of(&standins, DemoSituation::Unfulfilled);
    standins.change(|shop| shop.ship_order(&order.name())).unwrap();
    let query = "query($id: ID!) { order(id: $id) { displayFulfillmentStatus fulfillments { displayStatus } } }";
    let sent = data(&standins, query, json!({ "id": gid(&order) })).await["order"].clone();
    assert_eq!(
        sent,
        json!({ "displayFulfillmentStatus": "FULFILLED", "fulfillments": [{ "displayStatus": "IN_TRANSIT" }] })
    );
    let sku = standins.read(|shop| shop.products().iter().find(|p| p.visible()).unwrap().variants[0].sku.clone());
    standins.change(|shop| shop.set_stock(&sku, 0)).unwrap();
    let query = "query($q: String) { products(first: 1, query: $q) { nodes { variants(first: 1) { nodes { sellableOnlineQuantity } } } } }";
    let stock = data(&standins, query, json!({ "q": format!("sku:{sku}") })).await;
    assert_eq!(stock["products"]["nodes"][0]["variants"]["nodes"][0]["sellableOnlineQuantity"], 0);
}

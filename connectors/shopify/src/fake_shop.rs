//! A provider for unit tests: answers the documents of `graphql/` by their operation's name.

use serde_json::{Value, json};
use usher_sdk::connector::testing::{FakeRuntime, Request, reply};

/// A runtime whose provider answers each operation with `data`.
pub(crate) fn shop(mut data: impl FnMut(&str, &Value) -> Value + 'static) -> FakeRuntime {
    FakeRuntime::new().setting("shop", "demo.myshopify.com").provider(move |request| {
        let (operation, variables) = asked(request);
        reply(200, json!({ "data": data(&operation, &variables) }).to_string())
    })
}

/// The operation's name and its variables.
pub(crate) fn asked(request: &Request) -> (String, Value) {
    let body: Value = serde_json::from_str(request.body.as_deref().unwrap()).unwrap();
    let document = body["query"].as_str().unwrap();
    let body_of = document.strip_prefix("query ").or(document.strip_prefix("mutation ")).unwrap();
    let name = body_of.split(|c: char| !c.is_alphanumeric()).next().unwrap();
    (name.to_owned(), body["variables"].clone())
}

/// The operations that were asked, in order.
pub(crate) fn operations(runtime: &FakeRuntime) -> Vec<String> {
    runtime.requests().iter().map(|request| asked(request).0).collect()
}

pub(crate) fn money(amount: &str, currency: &str) -> Value {
    json!({ "presentmentMoney": { "amount": amount, "currencyCode": currency } })
}

/// A shipped order of customer 7001, with every field that is asked for.
pub(crate) fn order(number: u32, name: &str) -> Value {
    json!({
        "id": format!("gid://shopify/Order/{number}"), "name": name,
        "createdAt": "2026-09-02T10:11:12Z", "processedAt": "2026-09-02T10:11:10Z",
        "cancelledAt": null, "closedAt": null, "email": "ana@example.net",
        "displayFinancialStatus": "PAID", "displayFulfillmentStatus": "FULFILLED", "returnStatus": "NO_RETURN",
        "merchantEditable": true, "statusPageUrl": "https://demo.myshopify.com/1/orders/token",
        "customer": { "id": "gid://shopify/Customer/7001" },
        "currentTotalPriceSet": money("59.90", "EUR"),
        "totalRefundedSet": money("0.0", "EUR"),
        "shippingAddress": {
            "name": "Ana B.", "firstName": "Ana", "lastName": "B.", "address1": "Gartenweg 1", "address2": "",
            "city": "Berlin", "province": null, "provinceCode": null, "zip": "10115", "countryCodeV2": "DE", "phone": null
        },
        "lineItems": {
            "nodes": [line("Mug", 2), line("Kettle", 1)],
            "pageInfo": { "hasNextPage": false, "endCursor": "x" }
        },
        "fulfillments": [{
            "status": "SUCCESS", "displayStatus": "IN_TRANSIT", "createdAt": "2026-09-03T08:00:00Z",
            "inTransitAt": "2026-09-03T17:00:00Z", "estimatedDeliveryAt": "2026-09-05T18:00:00Z", "deliveredAt": null,
            "trackingInfo": [{
                "company": "DHL Express", "number": "JD014600003828", "url": "https://track.example/JD014600003828"
            }]
        }],
        "aFieldOfTomorrow": { "x": 1 }
    })
}

pub(crate) fn line(title: &str, quantity: u32) -> Value {
    json!({
        "title": title, "variantTitle": "Default Title", "sku": "SKU-1", "quantity": 3, "currentQuantity": quantity,
        "originalUnitPriceSet": money("19.95", "EUR"), "product": { "id": "gid://shopify/Product/31" }
    })
}

/// What finds it: name and owner only.
pub(crate) fn candidate(number: u32, name: &str) -> Value {
    let order = order(number, name);
    json!({ "id": order["id"], "name": name, "email": order["email"], "customer": order["customer"] })
}

pub(crate) fn page(nodes: Vec<Value>, next: Option<&str>) -> Value {
    json!({ "nodes": nodes, "pageInfo": { "hasNextPage": next.is_some(), "endCursor": next } })
}

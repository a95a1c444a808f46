//! The customer hub: a customer's own things for that customer, and for nobody else.

#![allow(clippy::expect_used, reason = "a test that can't go on says where")]

use reqwest::Method;
use serde_json::{Value, json};
use usher_scenarios::{Shopper, World};
use usher_standins::{DemoSituation, Fault};

async fn section(world: &World, shopper: &Shopper, name: &str) -> (u16, Value) {
    let answer = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client")
        .get(format!("{}/api/v1/session/hub/{name}?locale=fr", world.url))
        .bearer_auth(shopper.token())
        .send()
        .await
        .expect("the server answers");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_sees_what_is_theirs_after_signing_in() {
    let world = World::start().await;
    world.operator(Method::PUT, "hub", Some(json!({ "on": true }))).await;
    let visitor = world.shopper().await;
    let (status, page) = section(&world, &visitor, "orders").await;
    assert_eq!(status, 200);
    assert!(page["sign_in"]["methods"].as_array().is_some_and(|methods| !methods.is_empty()), "{page}");
    assert_eq!(page["cards"], json!([]));

    let ana = world.signed_in(DemoSituation::InTransit).await;
    let (_, page) = section(&world, &ana, "orders").await;
    let own = world.customer(DemoSituation::InTransit);
    let names: Vec<_> = page["cards"].as_array().expect("cards").iter().map(|card| card["name"].clone()).collect();
    assert!(!names.is_empty(), "{page}");
    assert_eq!(page["cards"][0]["kind"], "order");
    assert_eq!(page["cards"][0]["status"], "Expédiée", "{page}");
    assert_eq!(page["name"], own.first_name);
    let other = world.signed_in(DemoSituation::Unfulfilled).await;
    let (_, others) = section(&world, &other, "orders").await;
    assert!(others["cards"].as_array().expect("cards").iter().all(|card| !names.contains(&card["name"])));

    for name in ["returns", "subscriptions", "loyalty", "coupons"] {
        let (status, page) = section(&world, &ana, name).await;
        assert_eq!(status, 200, "{name}: {page}");
    }
    assert_eq!(section(&world, &ana, "secrets").await.0, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_is_down_is_said_and_a_hub_that_is_off_has_no_pages() {
    let world = World::start().await;
    world.operator(Method::PUT, "hub", Some(json!({ "on": true }))).await;
    let ana = world.signed_in(DemoSituation::InTransit).await;
    world.standins.loop_returns.faults().next(100, Fault::Status { status: 500 });
    let (status, problem) = section(&world, &ana, "returns").await;
    assert_eq!(status, 503, "{problem}");
    world.standins.loop_returns.faults().clear();
    assert_eq!(section(&world, &ana, "returns").await.0, 200);

    let page = reqwest::get(format!("{}/hub/orders", world.url)).await.expect("an answer");
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"].to_str().expect("a text").to_owned();
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"), "{policy}");
    world.operator(Method::PUT, "hub", Some(json!({ "on": false }))).await;
    assert_eq!(section(&world, &ana, "orders").await.0, 404);
    assert_eq!(reqwest::get(format!("{}/hub/orders", world.url)).await.expect("an answer").status(), 404);
}

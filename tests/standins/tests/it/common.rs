//! A client as an ordinary connector has one.

use std::sync::Once;

use reqwest::{Client, Response};
use serde_json::{Value, json};
use usher_standins::{DemoCustomer, DemoSituation, Order, ShopifyConfig, Standins, StandinsConfig};

pub(crate) use reqwest::StatusCode;

/// A fixed moment, so that a failing test fails again.
pub(crate) fn config() -> StandinsConfig {
    StandinsConfig { now: "2026-09-10T09:30:00Z".parse().unwrap(), ..StandinsConfig::default() }
}

pub(crate) async fn start() -> Standins {
    Standins::start(config()).await.unwrap()
}

pub(crate) async fn start_shopify(shopify: ShopifyConfig) -> Standins {
    Standins::start(StandinsConfig { shopify, ..config() }).await.unwrap()
}

pub(crate) fn client() -> Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| rustls::crypto::ring::default_provider().install_default().unwrap());
    Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

pub(crate) fn graphql_url(standins: &Standins) -> String {
    format!("{}/admin/api/2026-07/graphql.json", standins.shopify.url())
}

pub(crate) async fn post_graphql(standins: &Standins, token: &str, query: &str, variables: Value) -> Response {
    let body = json!({ "query": query, "variables": variables });
    client().post(graphql_url(standins)).header("X-Shopify-Access-Token", token).json(&body).send().await.unwrap()
}

/// Posts with the permanent token; expects HTTP 200.
pub(crate) async fn graphql(standins: &Standins, query: &str, variables: Value) -> Value {
    let response = post_graphql(standins, &ShopifyConfig::default().token, query, variables).await;
    assert_eq!(response.status(), StatusCode::OK);
    response.json().await.unwrap()
}

/// As `graphql`, and expects no errors; gives `data`.
pub(crate) async fn data(standins: &Standins, query: &str, variables: Value) -> Value {
    let answer = graphql(standins, query, variables).await;
    assert_eq!(answer["errors"], Value::Null, "{answer:#}");
    answer["data"].clone()
}

pub(crate) fn demo(standins: &Standins, situation: DemoSituation) -> DemoCustomer {
    standins.read(|shop| shop.demo_customer(situation).unwrap())
}

/// The newest order of a demo customer.
pub(crate) fn order_of(standins: &Standins, situation: DemoSituation) -> Order {
    let email = demo(standins, situation).email;
    standins.read(|shop| shop.orders_of(&email)[0].clone())
}

pub(crate) async fn loop_post(standins: &Standins, path: &str, body: Value) -> Response {
    let url = format!("{}/api/v1{path}", standins.loop_returns.url());
    client().post(url).header("X-Authorization", "loop-demo-key").json(&body).send().await.unwrap()
}

pub(crate) async fn loop_get(standins: &Standins, path: &str) -> Response {
    let url = format!("{}/api/v1{path}", standins.loop_returns.url());
    client().get(url).header("X-Authorization", "loop-demo-key").send().await.unwrap()
}

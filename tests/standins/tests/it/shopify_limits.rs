//! Tokens, the bucket, and what costs too much.

use std::time::Duration;

use crate::common::*;
use serde_json::{Value, json};
use usher_standins::{Fault, ShopifyConfig, Standins};

const CHEAP: &str = "{ shop { name } }";

async fn grant(standins: &Standins, secret: &str) -> reqwest::Response {
    let url = format!("{}/admin/oauth/access_token", standins.shopify.url());
    let form = [("grant_type", "client_credentials"), ("client_id", "demo-client"), ("client_secret", secret)];
    client().post(url).form(&form).send().await.unwrap()
}

#[tokio::test]
async fn a_wrong_token_is_refused_with_a_text() {
    let standins = start().await;
    for token in ["", "shpat_wrong"] {
        let response = post_graphql(&standins, token, CHEAP, json!({})).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        let body: Value = response.json().await.unwrap();
        assert!(body["errors"].as_str().unwrap().starts_with("[API] Invalid API key"));
    }
}

#[tokio::test]
async fn client_credentials_give_tokens_that_expire() {
    let standins =
        start_shopify(ShopifyConfig { token_lifetime: Duration::from_secs(60), ..ShopifyConfig::default() }).await;
    assert_eq!(grant(&standins, "wrong").await.status(), StatusCode::BAD_REQUEST);
    let granted: Value = grant(&standins, "demo-client-secret").await.json().await.unwrap();
    assert_eq!(granted["expires_in"], 60);
    assert!(granted["scope"].as_str().unwrap().contains("read_orders"));
    let token = granted["access_token"].as_str().unwrap();
    assert!(token.starts_with("shpat_"));
    assert_eq!(post_graphql(&standins, token, CHEAP, json!({})).await.status(), StatusCode::OK);
    standins.clock.advance(Duration::from_secs(61));
    assert_eq!(post_graphql(&standins, token, CHEAP, json!({})).await.status(), StatusCode::UNAUTHORIZED);
    let again: Value = grant(&standins, "demo-client-secret").await.json().await.unwrap();
    let renewed = again["access_token"].as_str().unwrap();
    assert_ne!(renewed, token);
    assert_eq!(post_graphql(&standins, renewed, CHEAP, json!({})).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_bucket_empties_throttles_and_refills() {
    let config = ShopifyConfig { bucket: 100.0, restore_rate: 1.0, ..ShopifyConfig::default() };
    let standins = start_shopify(config).await;
    // Costs a fixed sum, asked for and used.
    let query = "mutation { orderUpdate(input: {id: \"gid://shopify/Order/1\"}) { userErrors { message } } }";
    let mut served = 0;
    let throttled = loop {
        let answer = graphql(&standins, query, json!({})).await;
        if answer["errors"].is_array() {
            break answer;
        }
        served += 1;
        assert!(served < 20, "the bucket never emptied");
    };
    assert!(served >= 5, "it held 100 points");
    assert_eq!(throttled["errors"][0]["extensions"]["code"], "THROTTLED");
    assert_eq!(throttled.get("data"), None);
    let cost = &throttled["extensions"]["cost"];
    assert_eq!(cost["actualQueryCost"], Value::Null);
    let status = &cost["throttleStatus"];
    let missing = cost["requestedQueryCost"].as_f64().unwrap() - status["currentlyAvailable"].as_f64().unwrap();
    assert!(missing > 0.0);
    standins.clock.advance(Duration::from_secs_f64(missing / status["restoreRate"].as_f64().unwrap()));
    let answer = graphql(&standins, query, json!({})).await;
    assert_eq!(answer["errors"], Value::Null, "after the wait that the answer tells, it works");
}

#[tokio::test]
async fn points_that_were_not_used_come_back() {
    let config = ShopifyConfig { restore_rate: 0.0, ..ShopifyConfig::default() };
    let standins = start_shopify(config).await;
    let query = "{ orders(first: 250, query: \"name:nothing\") { nodes { id customer { id } } } }";
    let cost = graphql(&standins, query, json!({})).await["extensions"]["cost"].clone();
    let (requested, actual) = (cost["requestedQueryCost"].as_u64().unwrap(), cost["actualQueryCost"].as_u64().unwrap());
    assert!(actual < requested);
    assert_eq!(cost["throttleStatus"]["currentlyAvailable"].as_f64().unwrap(), 2000.0 - actual as f64);
}

#[tokio::test]
async fn the_published_figure_of_a_cost_is_met() {
    let standins = start().await;
    let query = "query getVariants($id: ID!) { product(id: $id) { variants(first: 250) { nodes { product { id tracksInventory } } } } }";
    let cost =
        graphql(&standins, query, json!({ "id": "gid://shopify/Product/1" })).await["extensions"]["cost"].clone();
    assert_eq!(cost["requestedQueryCost"], 25);
}

#[tokio::test]
async fn a_query_above_a_thousand_points_never_runs() {
    let standins = start().await;
    let query = "{ customers(first: 250) { nodes { orders(first: 250) { nodes { lineItems(first: 250) { nodes { id } } } } } } }";
    let answer = graphql(&standins, query, json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "MAX_COST_EXCEEDED");
    assert_eq!(answer.get("data"), None);
}

#[tokio::test]
async fn a_missing_scope_denies_the_field() {
    let config = ShopifyConfig { scopes: vec!["read_products".to_owned()], ..ShopifyConfig::default() };
    let standins = start_shopify(config).await;
    let answer =
        graphql(&standins, "{ shop { name } customer(id: \"gid://shopify/Customer/7001\") { id } }", json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "ACCESS_DENIED");
    assert_eq!(answer["errors"][0]["path"], json!(["customer"]));
    assert_eq!(answer["data"], json!({ "shop": { "name": "Lumen & Co" }, "customer": null }));
}

#[tokio::test]
async fn throttling_on_order_changes_nothing() {
    let standins = start().await;
    standins.shopify.faults().next(1, Fault::Throttled);
    let order = order_of(&standins, usher_standins::DemoSituation::Unfulfilled);
    let query = "mutation($id: ID!) { orderUpdate(input: {id: $id, note: \"changed\"}) { userErrors { message } } }";
    let variables = json!({ "id": format!("gid://shopify/Order/{}", order.id) });
    let answer = graphql(&standins, query, variables.clone()).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "THROTTLED");
    let note = || standins.read(|shop| shop.order(order.id).unwrap().note.clone());
    assert_ne!(note().as_deref(), Some("changed"));
    standins.clock.advance(Duration::from_secs(1));
    data(&standins, query, variables).await;
    assert_eq!(note().as_deref(), Some("changed"));
}

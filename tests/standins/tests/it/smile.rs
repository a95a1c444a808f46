//! Smile's calls, with what it insists on and the points that each purchase spends.

use std::time::Duration;

use crate::common::*;
use reqwest::Method;
use serde_json::{Value, json};
use usher_standins::{DemoSituation, Fault, LoyaltyStanding, SmileConfig, Standins, StandinsConfig};

const BEN: &str = "ben@example.net";

async fn ask(standins: &Standins, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
    let url = format!("{}/v1{path}", standins.smile.url());
    let request = client().request(method, url).bearer_auth(SmileConfig::default().key);
    let request = request.header("content-type", "application/json").body(body.unwrap_or_default().to_string());
    let response = request.send().await.unwrap();
    (response.status(), response.json().await.unwrap_or_default())
}

async fn get(standins: &Standins, path: &str) -> Value {
    let (status, body) = ask(standins, Method::GET, path, None).await;
    assert_eq!(status, StatusCode::OK, "{path}: {body}");
    // Ten requests a second are soon used up.
    standins.clock.advance(Duration::from_secs(1));
    body
}

async fn customer(standins: &Standins, email: &str) -> Value {
    get(standins, &format!("/customers?email={email}&include=vip_status")).await["customers"][0].clone()
}

#[tokio::test]
async fn the_key_and_the_content_type_are_insisted_on() {
    let standins = start().await;
    let url = format!("{}/v1/customers", standins.smile.url());
    let ask = async |key: &str, kind: Option<&str>| {
        let request = client().get(&url).bearer_auth(key);
        let request = kind.into_iter().fold(request, |request, kind| request.header("content-type", kind));
        let response = request.send().await.unwrap();
        (response.status(), response.json::<Value>().await.unwrap())
    };
    let key = SmileConfig::default().key;
    let (status, body) = ask("wrong", Some("application/json")).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(body["error"]["message"].is_string() && body["error"]["request_id"].is_string());
    assert_eq!(ask(&key, None).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(ask(&key, Some("text/plain")).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(ask(&key, Some("application/json")).await.0, StatusCode::OK);
}

#[tokio::test]
async fn too_many_requests_of_a_second_are_refused() {
    assert_eq!(SmileConfig::default().per_second, 10);
    let smile = SmileConfig { per_second: 1, ..SmileConfig::default() };
    let standins = Standins::start(StandinsConfig { smile, ..config() }).await.unwrap();
    let ask = async || ask(&standins, Method::GET, "/vip_tiers", None).await;
    assert_eq!(ask().await.0, StatusCode::OK);
    let mut refused = Value::Null;
    for _ in 0..30 {
        if let (StatusCode::TOO_MANY_REQUESTS, body) = ask().await {
            refused = body;
        }
    }
    assert!(refused["error"]["message"].is_string(), "thirty requests take less than thirty seconds");
    standins.clock.advance(Duration::from_secs(1));
    assert_eq!(ask().await.0, StatusCode::OK);
    standins.clock.advance(Duration::from_secs(1));
    standins.smile.faults().next(1, Fault::Throttled);
    assert_eq!(ask().await.0, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn customers_have_a_state_and_their_level_only_if_asked_for() {
    let standins = start().await;
    let ben = customer(&standins, "BEN@example.net").await;
    assert_eq!((&ben["state"], &ben["points_balance"]), (&json!("member"), &json!(1250)));
    assert!(ben["vip_status"]["vip_tier_id"].is_u64());
    let plain = get(&standins, "/customers?email=ben@example.net").await;
    assert_eq!(plain["customers"][0]["vip_status"], Value::Null);
    let one = get(&standins, &format!("/customers/{}", ben["id"])).await;
    assert_eq!(one["customer"]["email"], BEN);
    for (situation, state) in [
        (DemoSituation::DeliveredRecently, "candidate"),
        (DemoSituation::Attempted, "candidate"),
        (DemoSituation::TwoParcels, "disabled"),
    ] {
        let email = demo(&standins, situation).email;
        assert_eq!(customer(&standins, &email).await["state"], state, "{situation:?}");
    }
    assert_eq!(customer(&standins, "emma@example.com").await, Value::Null);
}

#[tokio::test]
async fn lists_are_cut_by_cursors_and_an_empty_text_ends_them() {
    let standins = start().await;
    let (mut cursor, mut ids) = (String::new(), Vec::new());
    loop {
        let page = get(&standins, &format!("/customers?limit=4{cursor}")).await;
        ids.extend(page["customers"].as_array().unwrap().iter().map(|one| one["id"].as_u64().unwrap()));
        let next = page["metadata"]["next_cursor"].as_str().unwrap().to_owned();
        if next.is_empty() {
            assert!(page["metadata"]["previous_cursor"].is_string());
            break;
        }
        cursor = format!("&cursor={}", next.replace('=', "%3D"));
    }
    let all = standins.read(|shop| shop.loyalty_accounts().len());
    ids.dedup();
    assert_eq!(ids.len(), all);
    for wrong in ["/customers?limit=0", "/customers?limit=251", "/customers?cursor=x"] {
        assert_eq!(ask(&standins, Method::GET, wrong, None).await.0, StatusCode::BAD_REQUEST, "{wrong}");
    }
    // The one list with numbered pages, and without metadata.
    let second = get(&standins, "/points_products?page=2&page_size=3").await;
    assert_eq!(second["points_products"].as_array().unwrap().len(), 1);
    assert_eq!(second["points_products"][0]["exchange_type"], "variable");
    assert_eq!(second["metadata"], Value::Null);
}

#[tokio::test]
async fn each_purchase_spends_points() {
    let standins = start().await;
    let id = customer(&standins, BEN).await["id"].clone();
    let buy = async |product: &str, body: Value| {
        standins.clock.advance(Duration::from_secs(1));
        ask(&standins, Method::POST, &format!("/points_products/{product}/purchase"), Some(body)).await
    };
    let (status, bought) = buy("13002", json!({ "customer_id": id })).await;
    assert_eq!(status, StatusCode::CREATED);
    let bought = &bought["points_purchase"];
    assert_eq!((&bought["points_spent"], &bought["points_product_id"]), (&json!(500), &json!(13002)));
    assert_eq!(bought["reward_fulfillment"]["fulfillment_status"], "issued");
    assert_eq!(buy("13002", json!({ "customer_id": id })).await.0, StatusCode::CREATED, "and again");
    let balance = standins.read(|shop| shop.loyalty_account(BEN).unwrap().points);
    assert_eq!(balance, 250);
    for (product, body, status) in [
        ("13002", json!({ "customer_id": id }), StatusCode::UNPROCESSABLE_ENTITY),
        ("13002", json!({}), StatusCode::UNPROCESSABLE_ENTITY),
        ("13004", json!({ "customer_id": id }), StatusCode::UNPROCESSABLE_ENTITY),
        ("13004", json!({ "customer_id": id, "points_to_spend": 650 }), StatusCode::UNPROCESSABLE_ENTITY),
        ("13099", json!({ "customer_id": id }), StatusCode::NOT_FOUND),
    ] {
        let (was, answer) = buy(product, body.clone()).await;
        assert_eq!(was, status, "{product} {body}: {answer}");
        assert!(answer["error"]["message"].is_string());
    }

    let found = get(&standins, &format!("/reward_fulfillments?customer_id={id}&usage_status=unused")).await;
    let found = found["reward_fulfillments"].as_array().unwrap();
    assert_eq!(found.len(), 3, "two of now and one of before");
    assert!(
        found.iter().any(|one| one["customer_id"].is_string()) && found.iter().any(|one| one["customer_id"].is_u64())
    );
    let history = get(&standins, &format!("/points_transactions?customer_id={id}")).await;
    assert_eq!(history["points_transactions"][0]["points_change"], -500);
    let since = standins.clock.now() - Duration::from_secs(3600);
    let path = format!("/points_transactions?customer_id={id}&updated_at_min={since}");
    assert_eq!(get(&standins, &path).await["points_transactions"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn points_can_be_given_and_not_taken_below_nothing() {
    let standins = start().await;
    let id = customer(&standins, "ana@example.net").await["id"].clone();
    let adjust = async |change: i64| {
        let change =
            json!({ "customer_id": id, "points_change": change, "description": "Sorry", "internal_note": "late" });
        ask(&standins, Method::POST, "/points_transactions", Some(json!({ "points_transaction": change }))).await.0
    };
    assert_eq!(adjust(80).await, StatusCode::CREATED);
    assert_eq!(adjust(-401).await, StatusCode::UNPROCESSABLE_ENTITY);
    let ana = standins.read(|shop| shop.loyalty_account("ana@example.net").unwrap().clone());
    assert_eq!((ana.points, ana.standing), (400, LoyaltyStanding::Member));
}

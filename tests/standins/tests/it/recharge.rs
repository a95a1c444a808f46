//! Recharge's calls, with what a client stumbles over.

use std::time::Duration;

use crate::common::*;
use reqwest::Response;
use serde_json::{Value, json};
use usher_standins::{DemoSituation, RechargeConfig, Standins, StandinsConfig, SubscriptionEvent};

const TOKEN: &str = "recharge-demo-token";

fn request(standins: &Standins, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
    let url = format!("{}{path}", standins.recharge.url());
    client().request(method, url).header("X-Recharge-Access-Token", TOKEN).header("X-Recharge-Version", "2021-11")
}

async fn get(standins: &Standins, path: &str) -> Response {
    request(standins, reqwest::Method::GET, path).send().await.unwrap()
}

async fn post(standins: &Standins, path: &str, body: Value) -> (StatusCode, Value) {
    let answer = request(standins, reqwest::Method::POST, path).json(&body).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

async fn read(standins: &Standins, path: &str) -> Value {
    let answer = get(standins, path).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.json().await.unwrap()
}

fn subscriptions(standins: &Standins, situation: DemoSituation) -> Vec<u64> {
    let customer = demo(standins, situation).id;
    standins.subscriptions.read().unwrap().of(customer).iter().map(|one| one.id).collect()
}

/// The ids of what is queued for a subscription.
async fn queued(standins: &Standins, subscription: u64) -> Vec<u64> {
    let path = format!("/charges?status=queued&purchase_item_id={subscription}&sort_by=scheduled_at-asc");
    let charges = read(standins, &path).await;
    charges["charges"].as_array().unwrap().iter().map(|charge| charge["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn without_a_version_the_older_shapes_come() {
    let standins = start().await;
    let id = subscriptions(&standins, DemoSituation::InTransit)[0];
    let path = format!("/subscriptions/{id}");
    let current = read(&standins, &path).await["subscription"].clone();
    assert_eq!((&current["status"], current["price"].is_string()), (&json!("active"), true));
    let url = format!("{}{path}", standins.recharge.url());
    let older = client().get(url).header("X-Recharge-Access-Token", TOKEN).send().await.unwrap();
    let older = older.json::<Value>().await.unwrap()["subscription"].clone();
    assert_eq!((&older["status"], older["price"].is_number()), (&json!("ACTIVE"), true));
    assert!(older["next_charge_scheduled_at"].as_str().unwrap().ends_with("T00:00:00"));
}

#[tokio::test]
async fn tokens_are_checked_and_requests_counted() {
    let recharge = RechargeConfig { bucket: 3, ..RechargeConfig::default() };
    let standins = Standins::start(StandinsConfig { recharge, ..config() }).await.unwrap();
    let url = format!("{}/token_information", standins.recharge.url());
    let refused = client().get(url).header("X-Recharge-Access-Token", "wrong").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(refused.json::<Value>().await.unwrap(), json!({ "error": "bad authentication" }));
    let limits = async || {
        let answer = get(&standins, "/token_information").await;
        (answer.status(), answer.headers()["x-recharge-limit"].to_str().unwrap().to_owned())
    };
    assert_eq!(limits().await, (StatusCode::OK, "1/3".to_owned()));
    limits().await;
    limits().await;
    assert_eq!(limits().await.0, StatusCode::TOO_MANY_REQUESTS);
    standins.clock.advance(Duration::from_secs(1));
    assert_eq!(limits().await.0, StatusCode::OK);
    assert!(standins.recharge.requests().all().iter().all(|r| r.header("x-recharge-access-token").is_none()));
}

#[tokio::test]
async fn a_cursor_allows_nothing_but_a_limit_beside_it() {
    let standins = start().await;
    let first = read(&standins, "/subscriptions?status=active&limit=2").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let wrong = get(&standins, &format!("/subscriptions?status=active&cursor={cursor}")).await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let second = read(&standins, &format!("/subscriptions?limit=250&cursor={cursor}")).await;
    assert!(second["next_cursor"].is_null() && second["previous_cursor"].is_string());
    let active = second["subscriptions"].as_array().unwrap();
    assert!(!active.is_empty() && active.iter().all(|one| one["status"] == "active"), "the cursor keeps the question");
}

#[tokio::test]
async fn charges_of_one_day_are_one_and_get_new_ids() {
    let standins = start().await;
    let ids = subscriptions(&standins, DemoSituation::ThreeOrders);
    let both = queued(&standins, ids[0]).await;
    assert_eq!(both, queued(&standins, ids[1]).await);
    let (status, skipped) =
        post(&standins, &format!("/charges/{}/skip", both[0]), json!({ "purchase_item_ids": [ids[0]] })).await;
    assert_eq!((status, &skipped["charge"]["status"]), (StatusCode::OK, &json!("skipped")));
    assert_ne!(skipped["charge"]["id"].as_u64(), Some(both[0]));
    assert_ne!(queued(&standins, ids[1]).await, both, "what is left is another charge");
    let (status, body) =
        post(&standins, &format!("/charges/{}/skip", both[0]), json!({ "purchase_item_ids": [ids[0]] })).await;
    assert_eq!((status, body), (StatusCode::NOT_FOUND, json!({ "error": "charge not found" })));

    let day = read(&standins, &format!("/subscriptions/{}", ids[1])).await["subscription"]["next_charge_scheduled_at"]
        .clone();
    let alone = queued(&standins, ids[1]).await;
    let (status, _) =
        post(&standins, &format!("/subscriptions/{}/set_next_charge_date", ids[0]), json!({ "date": day })).await;
    assert_eq!(status, StatusCode::OK);
    let merged = queued(&standins, ids[1]).await;
    assert_eq!(merged, queued(&standins, ids[0]).await);
    assert_ne!(merged, alone);
}

#[tokio::test]
async fn refusals_name_the_field_and_nothing_is_done_twice_unasked() {
    let standins = start().await;
    let id = subscriptions(&standins, DemoSituation::InTransit)[0];
    let (status, body) =
        post(&standins, &format!("/subscriptions/{id}/set_next_charge_date"), json!({ "date": "2026-09-10" })).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(body, json!({ "errors": { "date": ["Date must be at least one day in the future"] } }));
    let cancel = format!("/subscriptions/{id}/cancel");
    assert_eq!(post(&standins, &cancel, json!({})).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, body) = post(&standins, &cancel, json!({ "cancellation_reason": "Too expensive" })).await;
    assert_eq!((status, &body["subscription"]["status"]), (StatusCode::OK, &json!("cancelled")));
    assert!(body["subscription"]["next_charge_scheduled_at"].is_null() && queued(&standins, id).await.is_empty());
    assert_eq!(
        post(&standins, &cancel, json!({ "cancellation_reason": "Too expensive" })).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let (status, body) = post(&standins, &format!("/subscriptions/{id}/activate"), json!({})).await;
    assert_eq!((status, &body["subscription"]["next_charge_scheduled_at"]), (StatusCode::OK, &json!(null)));
    let events = standins.subscriptions.read().unwrap().events().to_vec();
    assert_eq!(events, [SubscriptionEvent::Cancelled(id), SubscriptionEvent::Activated(id)]);

    let prepaid = subscriptions(&standins, DemoSituation::Unfulfilled)[0];
    let charge = queued(&standins, prepaid).await[0];
    let (status, _) =
        post(&standins, &format!("/charges/{charge}/skip"), json!({ "purchase_item_ids": [prepaid] })).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_portal_opens_by_the_hash_alone() {
    let standins = start().await;
    let ana = demo(&standins, DemoSituation::InTransit);
    let found = read(&standins, &format!("/customers?external_customer_id={}", ana.id)).await["customers"].clone();
    assert_eq!((found.as_array().unwrap().len(), &found[0]["email"]), (1, &json!(ana.email)));
    let base = read(&standins, "/store").await["store"]["customer_portal_base_url"].as_str().unwrap().to_owned();
    let page = format!("{base}/tools/recurring/portal/{}/overview", found[0]["hash"].as_str().unwrap());
    let html = client().get(&page).send().await.unwrap().text().await.unwrap();
    assert!(html.contains("Subscriptions of Ana") && html.contains("every 4 week"), "{html}");
    let wrong = client().get(format!("{base}/tools/recurring/portal/00/overview")).send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::NOT_FOUND);
    let nobody = read(&standins, "/customers?email=emma%40example.com").await;
    assert_eq!(nobody["customers"], json!([]));
}

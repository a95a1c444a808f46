//! LoyaltyLion's calls: the search that finds too much, the shop's own ids, and the points that each claim spends.

use crate::common::*;
use serde_json::{Value, json};
use usher_standins::{DemoSituation, Fault, LoyaltyLionConfig, Standins};

async fn ask(standins: &Standins, path: &str, body: Option<Value>) -> (StatusCode, Value) {
    let url = format!("{}{path}", standins.loyaltylion.url());
    let request = match body {
        Some(body) => client().post(url).json(&body),
        None => client().get(url),
    };
    let response = request.bearer_auth(LoyaltyLionConfig::default().key).send().await.unwrap();
    (response.status(), response.json().await.unwrap_or_default())
}

async fn get(standins: &Standins, path: &str) -> Value {
    let (status, body) = ask(standins, path, None).await;
    assert_eq!(status, StatusCode::OK, "{path}: {body}");
    standins.clock.advance(std::time::Duration::from_secs(1));
    body
}

#[tokio::test]
async fn a_search_finds_every_address_that_holds_the_text() {
    let standins = start().await;
    let found = get(&standins, "/v2/customers?email=ana@example.net").await;
    let emails: Vec<&str> =
        found["customers"].as_array().unwrap().iter().filter_map(|one| one["email"].as_str()).collect();
    assert_eq!(emails, ["susana@example.net", "ana@example.net"], "another's first");
    let first = get(&standins, "/v2/customers?email=ana@example.net&limit=1").await;
    let next = first["cursor"]["next"].as_str().unwrap();
    let second = get(&standins, &format!("/v2/customers?email=ana@example.net&limit=1&cursor={next}")).await;
    assert_eq!(second["customers"][0]["merchant_id"], "7001");
    assert_eq!(second["cursor"]["next"], Value::Null);
    for wrong in ["/v2/customers?limit=501", "/v2/customers?cursor=%21"] {
        assert_eq!(ask(&standins, wrong, None).await.0, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

#[tokio::test]
async fn standing_and_pending_points_are_told() {
    let standins = start().await;
    let of = async |situation: DemoSituation| {
        let email = demo(&standins, situation).email;
        get(&standins, &format!("/v2/customers?email={email}")).await["customers"][0].clone()
    };
    let david = of(DemoSituation::Unfulfilled).await;
    assert_eq!((&david["points_approved"], &david["points_pending"]), (&json!(180), &json!(90)));
    assert_eq!(david["loyalty_tier_membership"]["loyalty_tier"]["name"], "Silver");
    assert_eq!(of(DemoSituation::DeliveredRecently).await["enrolled"], false);
    assert_eq!(of(DemoSituation::TwoParcels).await["blocked"], true);
    assert_eq!(of(DemoSituation::Attempted).await["guest"], true);
}

#[tokio::test]
async fn each_claim_spends_points() {
    let standins = start().await;
    let claim = async |merchant_id: &str, body: Value| {
        ask(&standins, &format!("/v2/customers/{merchant_id}/claimed_rewards"), Some(body)).await
    };
    let (status, claimed) = claim("7002", json!({ "reward_id": 122 })).await;
    assert_eq!((status, &claimed["claimed_reward"]["point_cost"]), (StatusCode::CREATED, &json!(500)));
    assert!(claimed["claimed_reward"]["redeemable"]["code"].is_string());
    assert_eq!(claim("7002", json!({ "reward_id": 122 })).await.0, StatusCode::CREATED, "and again");
    assert_eq!(standins.read(|shop| shop.loyalty_account("ben@example.net").unwrap().points), 250);
    assert_eq!(claim("7002", json!({ "reward_id": 122 })).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(claim("7002", json!({ "reward_id": 999 })).await.0, StatusCode::NOT_FOUND);
    // Its own ids address nobody.
    assert_eq!(claim("2", json!({ "reward_id": 122 })).await.0, StatusCode::NOT_FOUND);
    let own = get(&standins, "/headless/2025-06/123/customers/7002?channel=web").await;
    let claimed = own["customer"]["claimed_rewards"].as_array().unwrap();
    assert_eq!(claimed.len(), 4);
    assert_eq!(
        (&claimed[0]["reward_id"], &claimed[0]["redeemable"]["usage_status"]),
        (&json!(122), &json!("not_used"))
    );
    let available = get(&standins, "/v2/customers/7002/available_rewards").await;
    assert_eq!(available["rewards"], json!([]), "nothing is in reach of 250 points");
}

#[tokio::test]
async fn the_headless_api_wants_a_site_and_a_channel() {
    let standins = start().await;
    let shown = get(&standins, "/headless/2025-06/123/configuration?channel=web").await;
    assert_eq!(shown["program"]["name"], usher_standins::LOYALTY_PROGRAM);
    for wrong in ["/headless/2025-06/123/configuration", "/headless/2025-06/124/configuration?channel=web"] {
        let (status, body) = ask(&standins, wrong, None).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(body["error"]["code"].is_string());
    }
    standins.loyaltylion.faults().next(1, Fault::Throttled);
    assert_eq!(ask(&standins, "/v2/customers", None).await.0, StatusCode::TOO_MANY_REQUESTS);
}

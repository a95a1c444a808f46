//! AfterShip's calls in their envelope.

use crate::common::*;
use serde_json::{Value, json};
use usher_standins::{AfterShipConfig, DemoSituation, Fault, ResetHeaders, ReturnState, Standins, StandinsConfig};

const KEY: &str = "aftership-demo-key";

async fn set_up(aftership_returns: AfterShipConfig) -> Standins {
    Standins::start(StandinsConfig { aftership_returns, ..config() }).await.unwrap()
}

/// With a limit that no test here reaches by accident.
async fn unlimited() -> Standins {
    set_up(AfterShipConfig { per_second: 10_000, ..AfterShipConfig::default() }).await
}

fn url(standins: &Standins, path: &str) -> String {
    format!("{}/returns/2026-07{path}", standins.aftership_returns.url())
}

async fn get(standins: &Standins, path: &str) -> (StatusCode, Value) {
    let response = client().get(url(standins, path)).header("as-api-key", KEY).send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

async fn post(standins: &Standins, path: &str, body: Value) -> (StatusCode, Value) {
    let response = client().post(url(standins, path)).header("as-api-key", KEY).json(&body).send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_wrong_key_has_the_bare_status_for_its_code() {
    let standins = unlimited().await;
    let response = client().get(url(&standins, "/returns")).header("as-api-key", "wrong").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(response.json::<Value>().await.unwrap()["meta"]["code"], 401);
    let logged = standins.aftership_returns.requests().last().unwrap();
    assert_eq!(logged.header("as-api-key"), None, "a key isn't kept");
}

#[tokio::test]
async fn returns_are_listed_in_pages_and_filtered() {
    let standins = unlimited().await;
    let (status, first) = get(&standins, "/returns").await;
    assert_eq!((status, &first["meta"]["code"]), (StatusCode::OK, &json!(20000)));
    let pagination = &first["data"]["pagination"];
    assert_eq!(
        (&pagination["page"], &pagination["limit"], &pagination["has_next_page"]),
        (&json!(1), &json!(10), &json!(true))
    );
    let total = pagination["total"].as_u64().unwrap();
    let mut ids = Vec::new();
    for page in 1.. {
        let (_, body) = get(&standins, &format!("/returns?limit=50&page={page}")).await;
        ids.extend(body["data"]["returns"].as_array().unwrap().iter().map(|entry| entry["id"].clone()));
        if body["data"]["pagination"]["has_next_page"] == false {
            break;
        }
    }
    assert_eq!(ids.len() as u64, total);

    let order = order_of(&standins, DemoSituation::ReturnOpen);
    for query in [format!("customer_email={}", order.email), format!("order_name=%23{}", order.number)] {
        let (_, found) = get(&standins, &format!("/returns?{query}&approval_status=approved")).await;
        let entry = &found["data"]["returns"][0];
        assert_eq!(
            (&entry["order"]["order_name"], &entry["contact_email"]),
            (&json!(order.name()), &json!(order.email))
        );
        assert_eq!(entry["order"]["country_region"].as_str().unwrap().len(), 3, "alpha-3");
        assert_eq!(entry["shipments"][0]["ship_from"]["country_region"]["code"].as_str().unwrap().len(), 3);
        for path in [
            format!("/returns/{}", entry["id"].as_str().unwrap()),
            format!("/returns/rma/{}", entry["rma_number"].as_str().unwrap()),
        ] {
            assert_eq!(&get(&standins, &path).await.1["data"], entry);
        }
        let label = entry["shipments"][0]["label"]["url"].as_str().unwrap();
        assert!(client().get(label).send().await.unwrap().text().await.unwrap().contains("Return label"));
    }
    let (_, none) = get(&standins, &format!("/returns?customer_email={}&approval_status=done", order.email)).await;
    assert_eq!(none["data"]["returns"], json!([]));
}

#[tokio::test]
async fn what_is_wrong_is_refused_in_the_envelope() {
    let standins = unlimited().await;
    for (wrong, path) in [
        ("limit=51", "limit"),
        ("limit=0", "limit"),
        ("page=201", "page"),
        ("approval_status=lost", "approval_status"),
        ("customer_email=me", "customer_email"),
        ("created_at_min=monday", "created_at_min"),
    ] {
        let (status, body) = get(&standins, &format!("/returns?{wrong}")).await;
        assert_eq!(
            (status, &body["meta"]["code"], &body["data"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!(42200), &Value::Null)
        );
        assert_eq!(body["meta"]["errors"][0]["path"], path);
    }
    for unknown in ["/returns/1", "/returns/rma/1", "/orders"] {
        let (status, body) = get(&standins, unknown).await;
        assert_eq!((status, &body["meta"]["code"]), (StatusCode::NOT_FOUND, &json!(40400)), "{unknown}");
    }
}

#[tokio::test]
async fn a_link_fills_the_returns_page_in_and_proves_nothing() {
    let standins = unlimited().await;
    let order = order_of(&standins, DemoSituation::DeliveredRecently);
    let (status, missing) = post(&standins, "/returns/link", json!({})).await;
    assert_eq!(
        (status, &missing["meta"]["errors"][0]["path"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("order_number"))
    );
    let link = async |body: Value| {
        let (status, made) = post(&standins, "/returns/link", body).await;
        assert_eq!((status, &made["meta"]["code"]), (StatusCode::CREATED, &json!(20100)));
        made["data"]["url"].as_str().unwrap().to_owned()
    };
    let number = order.number.to_string();
    for without in [
        json!({ "order_number": number }),
        json!({ "order_number": number, "customer_email": "ben@example.net" }),
        json!({ "order_number": "1" }),
    ] {
        let page = client().get(link(without).await).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::NOT_FOUND);
        assert!(!page.text().await.unwrap().contains(&order.lines[0].title));
    }
    let page = link(json!({ "order_number": number, "customer_email": order.email })).await;
    assert!(client().get(&page).send().await.unwrap().text().await.unwrap().contains("Start the return"));
    let form = [("line", order.lines[0].id.to_string()), ("reason", "Too bright".to_owned())];
    assert_eq!(client().post(&page).form(&form).send().await.unwrap().status(), StatusCode::OK);
    let (_, found) = get(&standins, &format!("/returns?customer_email={}", order.email)).await;
    assert_eq!(found["data"]["returns"][0]["approval_status"], "approved");
    assert_eq!(client().post(&page).form(&form).send().await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_return_is_created_once_and_within_the_policy() {
    let standins = unlimited().await;
    let body = |order: &usher_standins::Order| {
        json!({
            "order": { "external_id": order.id.to_string(), "store": { "platform": "shopify", "external_id": "lumen-and-co" } },
            "return_items": [{
                "external_order_item_id": order.lines[0].id.to_string(), "intended_return_quantity": 1,
                "return_reason": "Too bright", "resolution": "refund",
            }],
            "refund_destination": "original_payment",
        })
    };
    let late = order_of(&standins, DemoSituation::DeliveredLongAgo);
    let (status, refused) = post(&standins, "/returns", body(&late)).await;
    assert_eq!((status, &refused["meta"]["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(42213)));
    let order = order_of(&standins, DemoSituation::DeliveredRecently);
    let (status, made) = post(&standins, "/returns", body(&order)).await;
    assert_eq!((status, &made["data"]["order"]["order_name"]), (StatusCode::CREATED, &json!(order.name())));
    standins.change(|shop| {
        let id = shop.returns_of(order.id)[0].id;
        shop.edit_return(id, |request| request.state = ReturnState::Review).unwrap();
    });
    let (status, busy) = post(&standins, "/returns", body(&order)).await;
    assert_eq!((status, &busy["meta"]["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!(42900)), "busy, not throttled");
}

#[tokio::test]
async fn the_account_s_limit_tells_when_to_come_back_in_one_of_several_headers() {
    for (reset_headers, present, absent) in [
        (ResetHeaders::RetryAfter, &["retry-after", "ratelimit-reset"][..], &["x-ratelimit-reset"][..]),
        (ResetHeaders::RateLimit, &["ratelimit-reset"], &["retry-after"]),
        (ResetHeaders::XRateLimit, &["x-ratelimit-reset"], &["retry-after", "ratelimit-reset"]),
        (ResetHeaders::None, &[], &["retry-after", "ratelimit-reset", "x-ratelimit-reset"]),
    ] {
        let standins = set_up(AfterShipConfig { reset_headers, per_second: 1, ..AfterShipConfig::default() }).await;
        let ask =
            async || client().get(url(&standins, "/returns?limit=1")).header("as-api-key", KEY).send().await.unwrap();
        let mut throttled = ask().await;
        for _ in 0..50 {
            if throttled.status() == StatusCode::TOO_MANY_REQUESTS {
                break;
            }
            throttled = ask().await;
        }
        assert_eq!(throttled.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(present.iter().all(|name| throttled.headers().contains_key(*name)), "{reset_headers:?}");
        assert!(!absent.iter().any(|name| throttled.headers().contains_key(*name)), "{reset_headers:?}");
        standins.clock.advance(std::time::Duration::from_secs(2));
        assert_eq!(ask().await.status(), StatusCode::OK);
        standins.clock.advance(std::time::Duration::from_secs(2));
        standins.aftership_returns.faults().next(1, Fault::Throttled);
        assert_eq!(ask().await.json::<Value>().await.unwrap()["meta"]["code"], 42900);
    }
}

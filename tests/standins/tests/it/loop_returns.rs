//! Loop's calls, with its many ways of saying no.

use std::time::Duration;

use crate::common::*;
use serde_json::{Value, json};
use usher_standins::{DemoSituation, Fault, LoopConfig, LoopScope, Standins, StandinsConfig};

async fn json_of(response: reqwest::Response) -> Value {
    response.json().await.unwrap()
}

#[tokio::test]
async fn keys_and_scopes_are_checked() {
    let keys = vec![("only-returns".to_owned(), vec![LoopScope::Returns])];
    let loop_returns = LoopConfig { keys, ..LoopConfig::default() };
    let standins = Standins::start(StandinsConfig { loop_returns, ..config() }).await.unwrap();
    let url = format!("{}/api/v1/order/link", standins.loop_returns.url());
    let ask = async |key: &str| {
        let response = client().post(&url).header("X-Authorization", key).json(&json!({})).send().await.unwrap();
        (response.status(), json_of(response).await)
    };
    let (status, body) = ask("wrong").await;
    assert_eq!((status, &body["error"]["http_code"]), (StatusCode::UNAUTHORIZED, &json!("GEN-UNAUTHORIZED")));
    assert_eq!(ask("only-returns").await, (StatusCode::UNAUTHORIZED, json!({ "errors": "Unauthorized." })));
}

#[tokio::test]
async fn a_deep_link_needs_the_postal_code_and_leads_to_the_order() {
    let standins = start().await;
    let order = order_of(&standins, DemoSituation::DeliveredRecently);
    let zip = order.shipping_address.clone().unwrap().zip;
    let wrong =
        loop_post(&standins, "/order/link", json!({ "name": order.name(), "zip": "99999", "gift": false })).await;
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
    assert!(json_of(wrong).await["errors"][0].is_string());
    let right = loop_post(&standins, "/order/link", json!({ "name": order.name(), "zip": zip, "gift": false })).await;
    let url = json_of(right).await["url"].as_str().unwrap().to_owned();
    let (origin, id) = url.split_once("/#/link/").unwrap();
    assert_eq!(origin, standins.loop_returns.url());

    let page = format!("{origin}/link/{id}");
    let html = client().get(&page).send().await.unwrap().text().await.unwrap();
    assert!(html.contains(&order.name()) && html.contains("Start the return"), "{html}");
    let form = [("line", order.lines[0].id.to_string()), ("reason", "Too bright".to_owned())];
    let sent = client().post(&page).form(&form).send().await.unwrap();
    assert_eq!(sent.status(), StatusCode::OK);
    let open =
        json_of(loop_get(&standins, &format!("/warehouse/return/details?order_name={}", order.number)).await).await;
    assert_eq!((&open["state"], &open["order_name"]), (&json!("open"), &json!(order.name())));
    assert_eq!(open["line_items"][0]["provider_line_item_id"], order.lines[0].id.to_string());
    for (link, says) in [("label_url", "Return label"), ("status_page_url", "Open: we are waiting")] {
        let link = open[link].as_str().unwrap().replace("/#/", "/");
        assert!(client().get(link).send().await.unwrap().text().await.unwrap().contains(says), "{says}");
    }
    let again = client().post(&page).form(&form).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let gone = client().get(format!("{origin}/link/00000000-0000-0000-0000-000000000000")).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn eligibility_is_told_by_line_and_is_advisory() {
    let standins = start().await;
    for (situation, eligible) in [
        (DemoSituation::DeliveredRecently, true),
        (DemoSituation::DeliveredLongAgo, false),
        (DemoSituation::InTransit, false),
        (DemoSituation::ReturnOpen, false),
        (DemoSituation::Digital, false),
    ] {
        let order = order_of(&standins, situation);
        let body =
            json_of(loop_post(&standins, "/orders/return-eligibility", json!({ "order_name": order.name() })).await)
                .await;
        let told = &body["return_eligibility"];
        assert_eq!(told["advisory"], true);
        let item = &told["items"][0];
        assert_eq!(item["external_id"], order.lines[0].id.to_string());
        assert_eq!(item["eligible"], eligible, "{situation:?}");
    }
    let unknown = loop_post(&standins, "/orders/return-eligibility", json!({ "order_name": "#1" })).await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    assert_eq!(json_of(unknown).await["errors"]["code"], "ORDER_NOT_FOUND");
    let missing = loop_post(&standins, "/orders/return-eligibility", json!({})).await;
    assert_eq!(missing.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(json_of(missing).await["errors"]["order_name"][0].is_string());
}

#[tokio::test]
async fn a_return_is_found_by_order_and_its_absence_is_http_200() {
    let standins = start().await;
    let order = order_of(&standins, DemoSituation::ReturnOpen);
    for name in [order.number.to_string(), format!("%23{}", order.number)] {
        let found = json_of(loop_get(&standins, &format!("/warehouse/return/details?order_name={name}")).await).await;
        assert_eq!((&found["customer"], &found["currency"]), (&json!(order.email), &json!("EUR")));
        assert!(found["refund"].is_string() && found["tracking_number"].is_string() && found["label_url"].is_string());
    }
    let none = loop_get(&standins, "/warehouse/return/details?return_id=1").await;
    assert_eq!(none.status(), StatusCode::OK);
    assert_eq!(json_of(none).await, json!({ "error": { "message": "No return found with this ID." } }));
    let nothing = loop_get(&standins, "/warehouse/return/details").await;
    assert!(json_of(nothing).await["errors"][0]["message"].is_string());
}

#[tokio::test]
async fn the_list_is_bare_or_in_pages_and_within_a_window() {
    let standins = start().await;
    let today = json_of(loop_get(&standins, "/warehouse/return/list").await).await;
    let span = "from=2026-06-01&to=2026-09-11";
    let all = json_of(loop_get(&standins, &format!("/warehouse/return/list?{span}")).await).await;
    let (today, all) = (today.as_array().unwrap(), all.as_array().unwrap());
    assert!(all.len() > 20 && today.len() < all.len(), "without a window only the last day");

    let mut next =
        format!("{}/api/v1/warehouse/return/list?paginate=true&pageSize=7&{span}", standins.loop_returns.url());
    let mut ids = Vec::new();
    loop {
        let response = client().get(&next).header("X-Authorization", "loop-demo-key").send().await.unwrap();
        let page = json_of(response).await;
        let returns = page["returns"].as_array().unwrap();
        assert!(returns.len() <= 7);
        ids.extend(returns.iter().map(|r| r["id"].clone()));
        match page["nextPageUrl"].as_str() {
            Some(url) => next = url.to_owned(),
            None => break,
        }
    }
    assert_eq!(ids, all.iter().map(|r| r["id"].clone()).collect::<Vec<_>>());

    let open =
        json_of(loop_get(&standins, &format!("/warehouse/return/list?{span}&state=open&filter=updated_at")).await)
            .await;
    let open = open.as_array().unwrap();
    assert!(!open.is_empty() && open.iter().all(|r| r["state"] == "open"));
    for wrong in
        ["from=2026-01-01&to=2026-09-01", "from=yesterday", "state=lost", "filter=date", "paginate=true&pageSize=751"]
    {
        let refused = loop_get(&standins, &format!("/warehouse/return/list?{wrong}")).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

#[tokio::test]
async fn cancelling_twice_fails_inside_http_200() {
    let standins = start().await;
    let order = order_of(&standins, DemoSituation::ReturnOpen);
    let id = standins.read(|shop| shop.returns_of(order.id)[0].id);
    let path = format!("/warehouse/return/{id}/cancel");
    assert_eq!(json_of(loop_post(&standins, &path, json!({})).await).await, json!(true));
    let again = loop_post(&standins, &path, json!({})).await;
    assert_eq!(again.status(), StatusCode::OK);
    assert!(json_of(again).await["errors"]["message"].is_string());
    let note = format!("/warehouse/return/{id}/note");
    assert_eq!(json_of(loop_post(&standins, &note, json!({ "content": "by chat" })).await).await, json!(true));
    let long = loop_post(&standins, &note, json!({ "content": "x".repeat(255) })).await;
    assert_eq!(long.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(standins.read(|shop| shop.returns_of(order.id)[0].notes.clone()), ["by chat"]);
}

#[tokio::test]
async fn the_three_hundred_and_first_request_of_a_minute_is_too_many() {
    let loop_returns = LoopConfig { per_minute: 3, ..LoopConfig::default() };
    assert_eq!(LoopConfig::default().per_minute, 300);
    let standins = Standins::start(StandinsConfig { loop_returns, ..config() }).await.unwrap();
    let ask = async || loop_get(&standins, "/warehouse/return/list").await.status();
    for _ in 0..3 {
        assert_eq!(ask().await, StatusCode::OK);
    }
    assert_eq!(ask().await, StatusCode::TOO_MANY_REQUESTS);
    standins.clock.advance(Duration::from_secs(60));
    assert_eq!(ask().await, StatusCode::OK);
    standins.loop_returns.faults().next(1, Fault::Throttled);
    assert_eq!(ask().await, StatusCode::TOO_MANY_REQUESTS);
}

//! Every fault on every stand-in, and the log of requests.

use std::time::{Duration, Instant};

use crate::common::*;
use serde_json::{Value, json};
use usher_standins::{Fault, ShopifyConfig};

async fn ask(standins: &usher_standins::Standins) -> Result<reqwest::Response, reqwest::Error> {
    let request = client().post(graphql_url(standins)).header("X-Shopify-Access-Token", ShopifyConfig::default().token);
    request.json(&json!({ "query": "{ shop { name } }" })).send().await
}

#[tokio::test]
async fn each_fault_strikes_as_often_as_ordered() {
    let standins = start().await;
    let faults = standins.shopify.faults();
    faults.next(2, Fault::Status { status: 500 });
    faults.next(1, Fault::Status { status: 503 });
    for expected in [500, 500, 503, 200] {
        assert_eq!(ask(&standins).await.unwrap().status().as_u16(), expected);
    }
    assert_eq!(faults.pending(), 0);
}

#[tokio::test]
async fn too_many_requests_may_say_when_to_come_back() {
    let standins = start().await;
    standins.shopify.faults().next(1, Fault::RateLimited { retry_after: Some(2) });
    standins.shopify.faults().next(1, Fault::RateLimited { retry_after: None });
    let first = ask(&standins).await.unwrap();
    assert_eq!(
        (first.status(), &first.headers()["retry-after"]),
        (StatusCode::TOO_MANY_REQUESTS, &"2".parse().unwrap())
    );
    let second = ask(&standins).await.unwrap();
    assert_eq!(second.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(!second.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn a_slow_answer_comes_late_and_whole() {
    let standins = start().await;
    standins.shopify.faults().next(1, Fault::Slow { by: Duration::from_millis(150) });
    let began = Instant::now();
    let answer: Value = ask(&standins).await.unwrap().json().await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(150));
    assert_eq!(answer["data"]["shop"]["name"], "Lumen & Co");
}

#[tokio::test]
async fn a_reset_connection_gives_no_answer() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let standins = start().await;
    standins.storefront.faults().next(1, Fault::Reset);
    let address = standins.storefront.url().trim_start_matches("http://").to_owned();
    let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
    stream.write_all(format!("GET / HTTP/1.1\r\nhost: {address}\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let error = stream.read_to_end(&mut answer).await.unwrap_err();
    assert_eq!((error.kind(), answer.len()), (std::io::ErrorKind::ConnectionReset, 0));
    let (url, client) = (standins.storefront.url(), client());
    assert!(client.get(url).send().await.unwrap().status().is_success(), "the next request is served");
}

#[tokio::test]
async fn a_body_may_not_be_json_or_break_off() {
    let standins = start().await;
    standins.shopify.faults().next(1, Fault::BadJson);
    standins.shopify.faults().next(1, Fault::Truncated);
    let bad = ask(&standins).await.unwrap();
    assert_eq!(bad.status(), StatusCode::OK);
    assert!(bad.json::<Value>().await.unwrap_err().is_decode());
    let cut = ask(&standins).await.unwrap();
    assert_eq!(cut.status(), StatusCode::OK);
    assert!(cut.bytes().await.is_err(), "the connection ends before the promised length");
    assert_eq!(ask(&standins).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn any_answer_can_be_ordered() {
    let standins = start().await;
    for (status, body) in [(200, ""), (200, "{\"errors\":{}}"), (502, "<html>Bad gateway</html>")] {
        standins.shopify.faults().next(1, Fault::Answer { status, body: body.to_owned() });
        let answer = ask(&standins).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (status, body));
    }
}

#[tokio::test]
async fn a_fault_may_come_after_the_request_was_carried_out() {
    let standins = start().await;
    let order = order_of(&standins, usher_standins::DemoSituation::Unfulfilled);
    let note = |text: &str| {
        let variables = json!({ "input": { "id": format!("gid://shopify/Order/{}", order.id), "note": text } });
        let query = "mutation($input: OrderInput!) { orderUpdate(input: $input) { userErrors { message } } }";
        let body = json!({ "query": query, "variables": variables });
        let request = client().post(graphql_url(&standins));
        request.header("X-Shopify-Access-Token", ShopifyConfig::default().token).json(&body).send()
    };
    let noted = || standins.read(|shop| shop.order(order.id).unwrap().note.clone());
    standins.shopify.faults().next_with("orderUpdate", 1, Fault::AnswerLost);
    assert_eq!(ask(&standins).await.unwrap().status(), StatusCode::OK, "another operation isn't meant");
    assert!(note("lost").await.is_err());
    assert_eq!(noted().as_deref(), Some("lost"));

    standins.shopify.faults().next_with("orderUpdate", 1, Fault::AnswerLate { by: Duration::from_millis(150) });
    let began = Instant::now();
    assert_eq!(note("late").await.unwrap().status(), StatusCode::OK);
    assert!(began.elapsed() >= Duration::from_millis(150));
    assert_eq!(noted().as_deref(), Some("late"));
}

#[tokio::test]
async fn a_fault_may_wait_for_a_path() {
    let standins = start().await;
    standins.mailbox.faults().next_on("/email", 1, Fault::Status { status: 500 });
    let get =
        async |path: &str| client().get(format!("{}{path}", standins.mailbox.url())).send().await.unwrap().status();
    assert_eq!(get("/messages").await, StatusCode::OK);
    assert_eq!(get("/email").await, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(get("/email").await, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn faults_are_ordered_over_http_too() {
    let standins = start().await;
    for server in [
        &standins.shopify,
        &standins.loop_returns,
        &standins.aftership_returns,
        &standins.mailbox,
        &standins.storefront,
    ] {
        let control = format!("{}/__faults", server.url());
        let order = async |fault: Value| client().post(&control).json(&fault).send().await.unwrap().status();
        assert_eq!(order(json!({ "fault": "status", "status": 502, "count": 2 })).await, StatusCode::NO_CONTENT);
        assert_eq!(
            order(json!({ "fault": "slow", "milliseconds": 5, "path": "/nowhere" })).await,
            StatusCode::NO_CONTENT
        );
        for fault in ["reset", "bad_json", "truncated", "throttled", "answer_lost"] {
            assert_eq!(order(json!({ "fault": fault, "count": 0 })).await, StatusCode::NO_CONTENT, "{fault}");
        }
        assert!(order(json!({ "fault": "rate_limited", "retry_after": 3 })).await.is_success());
        assert!(order(json!({ "fault": "answer", "status": 200, "body": "", "count": 0 })).await.is_success());
        assert!(order(json!({ "fault": "earthquake" })).await.is_client_error());
        assert_eq!(server.faults().pending(), 4);
        assert_eq!(client().get(server.url()).send().await.unwrap().status(), StatusCode::BAD_GATEWAY);
        let listed: Value = client().get(&control).send().await.unwrap().json().await.unwrap();
        assert_eq!(listed[0], json!({ "fault": "status", "status": 502, "count": 1, "path": "", "holds": "" }));
        assert!(client().delete(&control).send().await.unwrap().status().is_success());
        assert_eq!(server.faults().pending(), 0);
        assert!(server.requests().to("/__faults").is_empty(), "orders are no requests");
    }
}

#[tokio::test]
async fn the_log_holds_what_was_asked_without_the_credentials() {
    let standins = start().await;
    ask(&standins).await.unwrap();
    let logged = standins.shopify.requests().last().unwrap();
    assert_eq!((logged.method.as_str(), logged.path.as_str()), ("POST", "/admin/api/2026-07/graphql.json"));
    assert_eq!(logged.json()["query"], "{ shop { name } }");
    assert_eq!(logged.header("Content-Type"), Some("application/json"));
    let url = format!("{}/admin/oauth/access_token", standins.shopify.url());
    let form =
        [("grant_type", "client_credentials"), ("client_id", "demo-client"), ("client_secret", "demo-client-secret")];
    client().post(url).form(&form).send().await.unwrap();
    let (secret, token) = (ShopifyConfig::default().client_secret, ShopifyConfig::default().token);
    let text = format!("{:?}", standins.shopify.requests().all());
    assert!(!text.contains(&secret) && !text.contains(&token));
    assert!(text.contains("client_id=demo-client&client_secret=masked"));
    assert_eq!(standins.shopify.requests().count(), 2);
}

#[tokio::test]
async fn a_stopped_stand_in_refuses_connections() {
    let mut standins = start().await;
    ask(&standins).await.unwrap();
    standins.shopify.stop().await;
    assert!(ask(&standins).await.unwrap_err().is_connect());
    let url = standins.storefront.url().to_owned();
    drop(standins);
    for _ in 0..500 {
        if client().get(&url).send().await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the storefront still answers after it was dropped");
}

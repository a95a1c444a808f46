//! Gorgias' calls: the bucket, messages that go to customers, and the HTTP integration.

use std::time::Duration;

use crate::common::*;
use crate::receiver::Receiver;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use usher_standins::{GorgiasConfig, Standins, StandinsConfig};

async fn send(standins: &Standins, method: Method, path: &str, body: Option<Value>) -> Response {
    let url = format!("{}/api{path}", standins.gorgias.url());
    let config = GorgiasConfig::default();
    let request = client().request(method, url).basic_auth(config.email, Some(config.key));
    let request = body.iter().fold(request, |request, body| request.json(body));
    request.send().await.unwrap()
}

async fn ask(standins: &Standins, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
    let response = send(standins, method, path, body).await;
    (response.status(), response.json().await.unwrap_or_default())
}

fn message(sent: Option<&str>) -> Value {
    json!({ "channel": "email", "from_agent": false, "body_text": "Hello", "sent_datetime": sent })
}

fn ticket() -> Value {
    json!({
        "external_id": "conv_1",
        "channel": "email",
        "customer": { "email": "ana@example.net", "name": "Ana" },
        "messages": [message(Some("2026-09-02T10:11:12Z"))],
    })
}

async fn made(standins: &Standins) -> u64 {
    let (status, body) = ask(standins, Method::POST, "/tickets", Some(ticket())).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    body["id"].as_u64().unwrap()
}

#[tokio::test]
async fn the_bucket_runs_out_two_in_a_second() {
    let standins = start().await;
    let account = async || send(&standins, Method::GET, "/account", None).await;
    assert_eq!(account().await.headers()["x-gorgias-account-api-call-limit"], "1/40");
    let mut refused = None;
    for _ in 0..200 {
        let answer = account().await;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(answer);
            break;
        }
    }
    assert_eq!(refused.unwrap().headers()["retry-after"], "1");
    standins.clock.advance(Duration::from_secs(20));
    assert_eq!(account().await.headers()["x-gorgias-account-api-call-limit"], "1/40");
    let config = GorgiasConfig::default();
    let url = format!("{}/api/account", standins.gorgias.url());
    let wrong = client().get(url).basic_auth(config.email, Some("wrong")).send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_message_without_a_time_is_mailed() {
    let standins = start().await;
    let id = made(&standins).await;
    let path = format!("/tickets/{id}/messages");
    let note = json!({ "channel": "internal-note", "from_agent": true, "body_text": "Psst" });
    for quiet in [message(Some("2026-09-02T10:11:13Z")), note] {
        assert_eq!(ask(&standins, Method::POST, &path, Some(quiet)).await.0, StatusCode::CREATED);
    }
    assert_eq!(standins.gorgias.mails().len(), 0);
    for sent in [None, Some("")] {
        assert_eq!(ask(&standins, Method::POST, &path, Some(message(sent))).await.0, StatusCode::CREATED);
    }
    assert_eq!(standins.gorgias.mails().len(), 2);
    assert_eq!(standins.gorgias.mails()[0].ticket, id);
    let (status, body) = ask(&standins, Method::POST, &path, Some(json!({ "body_text": "?" }))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(body["error"]["data"]["channel"].is_array() && body["error"]["data"]["from_agent"].is_array());
}

#[tokio::test]
async fn what_is_asked_for_twice_is_made_twice() {
    let standins = start().await;
    assert_ne!(made(&standins).await, made(&standins).await);
    let (_, found) = ask(&standins, Method::GET, "/tickets?external_id=conv_1", None).await;
    assert_eq!(found["data"].as_array().unwrap().len(), 2);
    assert_eq!(standins.gorgias.customers().len(), 1);
    let customer = json!({ "name": "Ben", "external_id": "usher:+49" });
    assert_eq!(ask(&standins, Method::POST, "/customers", Some(customer.clone())).await.0, StatusCode::CREATED);
    assert_eq!(ask(&standins, Method::POST, "/customers", Some(customer)).await.0, StatusCode::CONFLICT);
}

#[tokio::test]
async fn lists_are_ordered_and_paged() {
    let gorgias = GorgiasConfig { bucket: 1000, ..GorgiasConfig::default() };
    let standins = Standins::start(StandinsConfig { gorgias, ..config() }).await.unwrap();
    let (first, second) = (made(&standins).await, made(&standins).await);
    standins.gorgias.reply(first, "One").unwrap();
    let (_, lately) = ask(&standins, Method::GET, "/tickets?order_by=updated_datetime:desc&limit=1", None).await;
    assert_eq!(lately["data"][0]["id"], first);
    let next = lately["meta"]["next_cursor"].as_str().unwrap();
    let path = format!("/tickets?order_by=updated_datetime:desc&limit=1&cursor={next}");
    let (_, rest) = ask(&standins, Method::GET, &path, None).await;
    assert_eq!((rest["data"][0]["id"].as_u64(), &rest["meta"]["next_cursor"]), (Some(second), &Value::Null));
    let path = format!("/messages?ticket_id={first}&order_by=created_datetime:asc");
    let (_, messages) = ask(&standins, Method::GET, &path, None).await;
    assert_eq!(
        (messages["data"][1]["body_text"].as_str(), messages["data"].as_array().unwrap().len()),
        (Some("One"), 2)
    );
    assert_eq!(ask(&standins, Method::GET, "/tickets/7", None).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_http_integration_calls_with_its_secret() {
    let standins = start().await;
    let receiver = Receiver::start().await;
    standins.gorgias.send_webhooks_to(&receiver.url, "hush").unwrap();
    let id = made(&standins).await;
    let (headers, body) = receiver.next().await;
    assert_eq!(headers["x-usher-secret"], "hush");
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["ticket_id"], id);
    let message = standins.gorgias.reply(id, "We send a new one").unwrap();
    assert_eq!(serde_json::from_str::<Value>(&receiver.next().await.1).unwrap()["message_id"], message);
}

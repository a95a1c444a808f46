//! Zendesk's calls: what is known as a repetition and for how long, its limits, and the events that it sends.

use std::time::Duration;

use crate::common::*;
use crate::receiver::Receiver;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use usher_standins::{Fault, Standins, StandinsConfig, ZendeskConfig};

async fn send(standins: &Standins, method: Method, path: &str, key: Option<&str>, body: Option<Value>) -> Response {
    let url = format!("{}/api/v2{path}", standins.zendesk.url());
    let config = ZendeskConfig::default();
    let request = client().request(method, url).basic_auth(format!("{}/token", config.email), Some(config.token));
    let request = key.into_iter().fold(request, |request, key| request.header("idempotency-key", key));
    let request = body.iter().fold(request, |request, body| request.json(body));
    request.send().await.unwrap()
}

async fn ask(standins: &Standins, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
    let response = send(standins, method, path, None, body).await;
    (response.status(), response.json().await.unwrap_or_default())
}

fn ticket() -> Value {
    json!({ "ticket": {
        "subject": "Help",
        "comment": { "body": "All that was said", "public": false },
        "requester": { "name": "Ana", "email": "ana@example.net" },
        "external_id": "conv_1",
        "metadata": { "usher": "conv_1" },
    }})
}

async fn made(standins: &Standins) -> u64 {
    let (status, body) = ask(standins, Method::POST, "/tickets", Some(ticket())).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    body["ticket"]["id"].as_u64().unwrap()
}

#[tokio::test]
async fn who_asks_must_be_known() {
    let standins = start().await;
    let url = format!("{}/api/v2/users/me", standins.zendesk.url());
    let config = ZendeskConfig::default();
    let user = format!("{}/token", config.email);
    let right = client().get(&url).basic_auth(user.clone(), Some(config.token.clone())).send().await.unwrap();
    assert_eq!(right.headers()["x-rate-limit"], "700");
    assert_eq!(right.json::<Value>().await.unwrap()["user"]["role"], "admin");
    assert_eq!(client().get(&url).bearer_auth(config.oauth_token).send().await.unwrap().status(), StatusCode::OK);
    for (user, token) in [(config.email, config.token), (user, "wrong".to_owned())] {
        let refused = client().get(&url).basic_auth(user, Some(token)).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(refused.json::<Value>().await.unwrap()["error"], "Couldn't authenticate you");
    }
}

#[tokio::test]
async fn a_key_is_known_for_two_hours() {
    let standins = start().await;
    let create = async |body: Value| {
        let response = send(&standins, Method::POST, "/tickets", Some("conv_1"), Some(body)).await;
        let lookup = response.headers().get("x-idempotency-lookup").map(|value| value.to_str().unwrap().to_owned());
        (response.status(), lookup, response.json::<Value>().await.unwrap())
    };
    let (status, lookup, first) = create(ticket()).await;
    assert_eq!((status, lookup.as_deref()), (StatusCode::CREATED, Some("miss")));
    let (_, lookup, again) = create(ticket()).await;
    assert_eq!((lookup.as_deref(), &again), (Some("hit"), &first));
    let mut other = ticket();
    other["ticket"]["subject"] = "Something else".into();
    let (status, _, refused) = create(other).await;
    assert_eq!((status, &refused["error"]), (StatusCode::BAD_REQUEST, &json!("IdempotentRequestError")));
    standins.clock.advance(Duration::from_secs(2 * 3600));
    create(ticket()).await;
    assert_eq!(standins.zendesk.tickets().len(), 2);
    let (_, found) = ask(&standins, Method::GET, "/tickets?external_id=conv_1", None).await;
    assert_eq!(found["tickets"].as_array().unwrap().len(), 2);
    assert_eq!(ask(&standins, Method::GET, "/tickets?external_id=conv", None).await.1["count"], 0);
}

#[tokio::test]
async fn limits_say_how_long_and_are_no_json() {
    let zendesk = ZendeskConfig { per_minute: 3, changes_of_a_ticket: 1, ..ZendeskConfig::default() };
    let standins = Standins::start(StandinsConfig { zendesk, ..config() }).await.unwrap();
    let id = made(&standins).await;
    let change = json!({ "ticket": { "comment": { "body": "And?" } } });
    let put = async || send(&standins, Method::PUT, &format!("/tickets/{id}"), None, Some(change.clone())).await;
    assert_eq!(put().await.status(), StatusCode::OK);
    for words in ["ticket updates exceeded", "<html>"] {
        let refused = put().await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.headers().contains_key("retry-after"));
        assert!(refused.text().await.unwrap().contains(words));
    }
    standins.clock.advance(Duration::from_secs(600));
    assert_eq!(put().await.status(), StatusCode::OK);
    standins.zendesk.faults().next(1, Fault::Throttled);
    assert_eq!(put().await.status(), StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn comments_come_in_pages_with_who_wrote_them() {
    let standins = start().await;
    let id = made(&standins).await;
    for i in 0..5 {
        standins.zendesk.reply_as(id, "Kim", &format!("{i}")).unwrap();
    }
    let path = format!("/tickets/{id}/comments?include=users&page[size]=4");
    let (_, first) = ask(&standins, Method::GET, &path, None).await;
    assert_eq!((first["comments"].as_array().unwrap().len(), &first["meta"]["has_more"]), (4, &json!(true)));
    assert_eq!(first["users"].as_array().unwrap().len(), 2);
    assert_eq!(first["comments"][0]["metadata"]["custom"]["usher"], "conv_1");
    let after = first["meta"]["after_cursor"].as_str().unwrap();
    let (_, second) = ask(&standins, Method::GET, &format!("{path}&page[after]={after}"), None).await;
    assert_eq!((second["comments"][1]["body"].as_str(), &second["meta"]["has_more"]), (Some("4"), &json!(false)));
    let (_, newest) = ask(&standins, Method::GET, &format!("{path}&sort=-created_at"), None).await;
    assert_eq!(newest["comments"][0]["body"], "4");
    let (status, _) = ask(&standins, Method::GET, &format!("{path}&page[after]=nonsense"), None).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let audit = first["comments"][0]["audit_id"].as_u64().unwrap();
    let (_, shown) = ask(&standins, Method::GET, &format!("/tickets/{id}/audits/{audit}"), None).await;
    assert_eq!(shown["audit"]["metadata"]["custom"]["usher"], "conv_1");
}

#[tokio::test]
async fn what_is_closed_stays_closed() {
    let standins = start().await;
    let id = made(&standins).await;
    standins.zendesk.close(id).unwrap();
    let change = json!({ "ticket": { "comment": { "body": "And?" }, "status": "open" } });
    let (status, body) = ask(&standins, Method::PUT, &format!("/tickets/{id}"), Some(change)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body["details"]["status"][0]["description"].as_str().unwrap().contains("closed"));
    assert!(standins.zendesk.reply(id, "Hello").is_err());
    let (status, body) = ask(&standins, Method::GET, "/tickets/1", None).await;
    assert_eq!((status, &body["error"]), (StatusCode::NOT_FOUND, &json!("RecordNotFound")));
}

#[tokio::test]
async fn events_are_sent_and_signed() {
    let standins = start().await;
    let receiver = Receiver::start().await;
    let id = made(&standins).await;
    standins.zendesk.send_webhooks_to(&receiver.url, "hush").unwrap();
    let comment = standins.zendesk.reply(id, "We send a new one").unwrap();
    let (headers, body) = receiver.next().await;
    let event: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(event["type"], "zen:event-type:ticket.comment_added");
    assert_eq!(event["detail"]["id"], id.to_string());
    assert_eq!(event["event"]["comment"]["id"], comment.to_string());
    assert_eq!(event["event"]["comment"]["author"]["is_staff"], true);
    let at = headers["x-zendesk-webhook-signature-timestamp"].to_str().unwrap();
    assert_eq!(headers["x-zendesk-webhook-signature"].to_str().unwrap(), hmac_base64("hush", &format!("{at}{body}")));
    standins.zendesk.solve(id).unwrap();
    let event: Value = serde_json::from_str(&receiver.next().await.1).unwrap();
    assert_eq!(
        (event["event"]["current"].as_str(), event["event"]["previous"].as_str()),
        (Some("SOLVED"), Some("NEW"))
    );
    standins.zendesk.repeat_webhook();
    assert_eq!(serde_json::from_str::<Value>(&receiver.next().await.1).unwrap()["id"], event["id"]);
    assert_eq!(standins.zendesk.webhooks().len(), 3);
}

fn hmac_base64(secret: &str, text: &str) -> String {
    use base64::Engine as _;
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes())
}

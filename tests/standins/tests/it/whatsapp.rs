//! WhatsApp as the shop's server meets it: what is taken and refused, and webhooks that come until they are taken.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, http::HeaderMap, routing::post};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use usher_standins::{Standins, StandinsConfig, WhatsappConfig, WhatsappState, WhatsappUser};

use crate::{common::*, receiver::Receiver};

async fn ask(standins: &Standins, body: &Value) -> (u16, Value) {
    let config = WhatsappConfig::default();
    let url = format!("{}/{}/{}/messages", standins.whatsapp.server.url(), config.version, config.phone_number_id);
    let response = client().post(url).bearer_auth(config.token).json(body).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

fn to(user: &WhatsappUser, content: Value) -> Value {
    let mut body = json!({ "messaging_product": "whatsapp", "recipient": user.user_id });
    if let Some(phone) = &user.phone {
        body = json!({ "messaging_product": "whatsapp", "to": phone.trim_start_matches('+') });
    }
    for (name, value) in content.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": { "body": text } })
}

fn buttons(titles: &[&str]) -> Value {
    let reply =
        |(at, title): (usize, &&str)| json!({ "type": "reply", "reply": { "id": format!("c{at}"), "title": title } });
    let buttons: Vec<Value> = titles.iter().enumerate().map(reply).collect();
    json!({ "type": "interactive", "interactive": { "type": "button", "body": { "text": "Well?" }, "action": { "buttons": buttons } } })
}

fn ana() -> WhatsappUser {
    WhatsappUser::with_phone("+12025550100", "Ana")
}

fn statuses(body: &str) -> (String, Value) {
    let body: Value = serde_json::from_str(body).unwrap();
    let status = &body["entry"][0]["changes"][0]["value"]["statuses"][0];
    (status["status"].as_str().unwrap_or_default().to_owned(), status.clone())
}

#[tokio::test]
async fn a_message_is_signed_and_says_who_wrote_it() {
    let standins = start().await;
    let receiver = Receiver::start().await;
    let chats = &standins.whatsapp.chats;
    chats.send_webhooks_to(&receiver.url).unwrap();
    let id = chats.write(&ana(), "Où est mon colis ?");
    let (headers, body) = receiver.next().await;
    assert_eq!(headers["x-hub-signature-256"].to_str().unwrap(), chats.sign(&body));
    assert!(body.is_ascii() && body.contains("\\u00f9"), "signed as Meta writes it");
    let value = serde_json::from_str::<Value>(&body).unwrap()["entry"][0]["changes"][0]["value"].clone();
    let message = &value["messages"][0];
    assert_eq!(
        (&message["id"], &message["from"], &message["text"]["body"]),
        (&json!(id), &json!("12025550100"), &json!("Où est mon colis ?"))
    );
    assert_eq!(value["contacts"][0]["profile"]["name"], "Ana");
    chats.settled().await;
    assert_eq!(chats.messages(&ana())[0].state, WhatsappState::Delivered);
    chats.write(&WhatsappUser::without_phone("Robin"), "Hi");
    let hidden =
        serde_json::from_str::<Value>(&receiver.next().await.1).unwrap()["entry"][0]["changes"][0]["value"].clone();
    assert!(hidden["messages"][0]["from"].is_null() && hidden["contacts"][0]["wa_id"].is_null());
    assert_eq!(hidden["messages"][0]["from_user_id"], hidden["contacts"][0]["user_id"]);
    chats.write_at_once(&[(&ana(), "one"), (&ana(), "two")]);
    let both = serde_json::from_str::<Value>(&receiver.next().await.1).unwrap();
    assert_eq!(both["entry"][0]["changes"][0]["value"]["messages"].as_array().unwrap().len(), 2);
    chats.repeat_webhook();
    assert_eq!(serde_json::from_str::<Value>(&receiver.next().await.1).unwrap(), both);
}

#[tokio::test]
async fn what_becomes_of_a_message_is_told_in_order_or_as_ordered() {
    let standins = start().await;
    let receiver = Receiver::start().await;
    let chats = &standins.whatsapp.chats;
    chats.write(&ana(), "Hi");
    chats.send_webhooks_to(&receiver.url).unwrap();
    let mut body = to(&ana(), text("Hello"));
    body["biz_opaque_callback_data"] = json!("out-1");
    let (status, receipt) = ask(&standins, &body).await;
    assert_eq!((status, &receipt["messages"][0]["message_status"]), (200, &json!("accepted")));
    let id = receipt["messages"][0]["id"].as_str().unwrap().to_owned();
    for expected in ["sent", "delivered"] {
        let (name, status) = statuses(&receiver.next().await.1);
        assert_eq!(
            (name.as_str(), &status["id"], &status["biz_opaque_callback_data"]),
            (expected, &json!(id), &json!("out-1"))
        );
    }
    chats.open(&ana());
    assert_eq!(statuses(&receiver.next().await.1).0, "read");
    chats.hold_statuses(true);
    let (_, receipt) = ask(&standins, &to(&ana(), text("Again"))).await;
    let id = receipt["messages"][0]["id"].as_str().unwrap().to_owned();
    for state in
        [WhatsappState::Read, WhatsappState::Delivered, WhatsappState::Delivered, WhatsappState::Failed(131_026)]
    {
        chats.status(&id, state).unwrap();
        chats.settled().await;
    }
    let told = [receiver.next().await, receiver.next().await, receiver.next().await, receiver.next().await];
    let names = told.map(|(_, body)| statuses(&body).0);
    assert_eq!(names, ["read", "delivered", "delivered", "failed"]);
    assert!(chats.status("wamid.none", WhatsappState::Read).is_err());
}

#[tokio::test]
async fn a_webhook_comes_again_until_it_is_taken() {
    let retries = [Duration::from_millis(1); 3].to_vec();
    let whatsapp = WhatsappConfig { retries, ..WhatsappConfig::default() };
    let standins = Standins::start(StandinsConfig { whatsapp, ..config() }).await.unwrap();
    let chats = &standins.whatsapp.chats;
    let (asked, bodies) = (Arc::new(AtomicUsize::new(0)), Arc::new(std::sync::Mutex::new(Vec::new())));
    let (counter, seen) = (Arc::clone(&asked), Arc::clone(&bodies));
    let answer = move |_: HeaderMap, body: String| {
        seen.lock().unwrap().push(body);
        let status =
            if counter.fetch_add(1, Ordering::SeqCst) < 2 { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
        async move { status }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    chats.send_webhooks_to(&format!("http://{}/hook", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/hook", post(answer))).await });
    chats.write(&ana(), "Hi");
    chats.settled().await;
    assert_eq!(chats.webhooks()[0].answers, [Some(503), Some(503), Some(200)]);
    assert!(bodies.lock().unwrap().windows(2).all(|two| two[0] == two[1]));
    chats.send_webhooks_to("http://127.0.0.1:9/nobody").unwrap();
    chats.write(&ana(), "Still there?");
    chats.settled().await;
    let given_up = &chats.webhooks()[1];
    assert!(!given_up.taken() && given_up.answers == [None; 4]);
    assert_eq!(chats.messages(&ana())[1].state, WhatsappState::Sent, "its tick stays alone");
}

#[tokio::test]
async fn what_is_wrong_is_refused_with_the_providers_codes() {
    let standins = start().await;
    standins.whatsapp.chats.write(&ana(), "Hi");
    let code = async |content: Value| ask(&standins, &to(&ana(), content)).await.1["error"]["code"].as_i64();
    assert_eq!(code(text(&"x".repeat(4097))).await, Some(100));
    assert_eq!(code(buttons(&["this title has 21 char"])).await, Some(131_009));
    assert_eq!(code(buttons(&["a", "b", "c", "d"])).await, Some(131_009));
    assert_eq!(code(buttons(&[])).await, Some(131_009));
    assert_eq!(code(json!({ "type": "interactive", "interactive": { "type": "button" } })).await, Some(131_008));
    assert_eq!(code(json!({ "type": "audio", "audio": {} })).await, Some(131_051));
    assert_eq!(
        code(json!({ "type": "template", "template": { "name": "none", "language": { "code": "en" } } })).await,
        Some(132_001)
    );
    assert_eq!(code(json!({ "type": "text", "text": { "body": "Hi" }, "to": "nobody" })).await, Some(131_009));
    assert_eq!(code(buttons(&["Yes", "No"])).await, None);
    let url = format!("{}/v25.0/106540352242922/messages", standins.whatsapp.server.url());
    let unknown = client().post(&url).bearer_auth("wrong").json(&json!({})).send().await.unwrap();
    assert_eq!(unknown.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(unknown.json::<Value>().await.unwrap()["error"]["code"], 190);
    let elsewhere = url.replace("106540352242922", "1");
    let missing = client().post(elsewhere).bearer_auth("whatsapp-demo-token").json(&json!({})).send().await.unwrap();
    assert_eq!(missing.json::<Value>().await.unwrap()["error"]["code"], 100);
    assert_eq!(standins.whatsapp.chats.messages(&ana()).len(), 2, "hers, and the one that was right");
}

#[tokio::test]
async fn whoever_wrote_may_be_answered_for_a_day_and_at_a_pace() {
    let standins = start().await;
    let chats = &standins.whatsapp.chats;
    let send = async |user: &WhatsappUser| ask(&standins, &to(user, text("Hello"))).await.1;
    let stranger = WhatsappUser::with_phone("+12025550177", "Ben");
    send(&stranger).await;
    let failed = chats.messages(&stranger)[0].clone();
    assert_eq!((failed.state, failed.arrived()), (WhatsappState::Failed(131_047), false));
    chats.write(&ana(), "Hi");
    standins.clock.advance(Duration::from_secs(24 * 60 * 60 - 60));
    send(&ana()).await;
    assert_eq!(chats.messages(&ana())[1].state, WhatsappState::Delivered);
    standins.clock.advance(Duration::from_secs(61));
    assert!(!chats.window_open(&ana()));
    send(&ana()).await;
    assert_eq!(chats.messages(&ana())[2].state, WhatsappState::Failed(131_047));
    chats.write(&ana(), "Hi");
    let mut refused = Value::Null;
    for _ in 0..60 {
        refused = send(&ana()).await;
        if !refused["error"].is_null() {
            break;
        }
    }
    assert_eq!(refused["error"]["code"], 131_056);
    chats.write(&stranger, "Hi");
    assert_eq!(send(&stranger).await["error"], Value::Null, "the pace is each customer's own");
}

#[tokio::test]
async fn the_chat_shows_that_the_shop_reads_and_writes() {
    let standins = start().await;
    let chats = &standins.whatsapp.chats;
    let id = chats.write(&ana(), "Hi");
    let mark = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": id, "typing_indicator": { "type": "text" } });
    assert_eq!(ask(&standins, &mark).await, (200, json!({ "success": true })));
    assert!(chats.is_typing(&ana()) && chats.messages(&ana())[0].state == WhatsappState::Read);
    ask(&standins, &to(&ana(), text("Hello"))).await;
    assert!(!chats.is_typing(&ana()), "until the answer is there");
    let id = chats.write(&ana(), "And?");
    ask(&standins, &json!({ "messaging_product": "whatsapp", "status": "read", "message_id": id, "typing_indicator": { "type": "text" } })).await;
    standins.clock.advance(Duration::from_secs(25));
    assert!(!chats.is_typing(&ana()), "and no longer than 25 seconds");
    let unknown = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.none" });
    assert_eq!(ask(&standins, &unknown).await.1["error"]["code"], 131_009);
}

//! The demo's phone: what it shows, and what is done on it.

use std::time::Duration;

use serde_json::{Value, json};
use usher_standins::{DemoSituation, Standins, WhatsappConfig, WhatsappState, WhatsappUser};

use crate::common::*;

async fn state(standins: &Standins, phone: &str) -> (StatusCode, Value) {
    let url = format!("{}/state", standins.phone.url());
    let response = client().get(url).query(&[("phone", phone)]).send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

async fn act(standins: &Standins, path: &str, body: Value) -> StatusCode {
    client().post(format!("{}{path}", standins.phone.url())).json(&body).send().await.unwrap().status()
}

fn anas_number(standins: &Standins) -> String {
    let ana = demo(standins, DemoSituation::InTransit);
    standins.read(|shop| shop.customer(ana.id).unwrap().phone.clone().unwrap())
}

/// A message of the shop with two buttons; gives its id.
async fn shop_asks(standins: &Standins, number: &str) -> String {
    let config = WhatsappConfig::default();
    let url = format!("{}/{}/{}/messages", standins.whatsapp.server.url(), config.version, config.phone_number_id);
    let buttons = ["Yes", "No"].map(|title| json!({ "type": "reply", "reply": { "id": title, "title": title } }));
    let body = json!({ "messaging_product": "whatsapp", "to": number.trim_start_matches('+'), "type": "interactive",
        "interactive": { "type": "button", "body": { "text": "<b>Sure</b>?" }, "action": { "buttons": buttons } } });
    let receipt: Value =
        client().post(url).bearer_auth(config.token).json(&body).send().await.unwrap().json().await.unwrap();
    receipt["messages"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_page_runs_nothing_but_its_own_script() {
    let standins = start().await;
    let get = async |path: &str| client().get(format!("{}{path}", standins.phone.url())).send().await.unwrap();
    let page = get("/").await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("script-src 'self'") && !policy.contains("unsafe")
    );
    let html = page.text().await.unwrap();
    assert!(!html.contains("<script>") && !html.contains("onclick") && !html.contains("style="));
    for (path, kind) in [("/phone.css", "text/css; charset=utf-8"), ("/phone.js", "text/javascript; charset=utf-8")] {
        let file = get(path).await;
        assert_eq!((file.status(), file.headers()["content-type"].to_str().unwrap()), (StatusCode::OK, kind));
        assert!(html.contains(path));
    }
}

#[tokio::test]
async fn it_lists_the_customers_a_new_number_and_one_that_is_hidden() {
    let standins = start().await;
    let ana = anas_number(&standins);
    let (_, shown) = state(&standins, &ana).await;
    let phones = shown["phones"].as_array().unwrap();
    assert_eq!((phones.len(), &phones[0]["id"], &phones[0]["name"]), (14, &json!(ana), &json!("Ana")));
    let (new, hidden) = (phones[12]["id"].as_str().unwrap(), phones[13]["id"].as_str().unwrap());
    assert!(standins.read(|shop| shop.customers().iter().all(|customer| customer.phone.as_deref() != Some(new))));
    assert_eq!(hidden, "hidden");
    assert_eq!(state(&standins, "+442079460000").await.0, StatusCode::OK);
    for wrong in ["", "12345", "+", "+0123456789", "+1234567890123456", "Ana"] {
        assert_eq!(state(&standins, wrong).await.0, StatusCode::NOT_FOUND, "{wrong}");
    }
}

#[tokio::test]
async fn what_is_written_there_is_the_customers_message() {
    let standins = start().await;
    let ana = anas_number(&standins);
    let words = |phone: &str, text: &str| json!({ "phone": phone, "text": text });
    assert_eq!(act(&standins, "/texts", words(&ana, "By text")).await, StatusCode::NO_CONTENT);
    assert_eq!(act(&standins, "/whatsapp", words(&ana, "By WhatsApp")).await, StatusCode::NO_CONTENT);
    assert_eq!(act(&standins, "/whatsapp/picture", words(&ana, "")).await, StatusCode::NO_CONTENT);
    assert_eq!(act(&standins, "/whatsapp", words("hidden", "Who am I?")).await, StatusCode::NO_CONTENT);
    assert_eq!(act(&standins, "/texts", words("hidden", "Nobody")).await, StatusCode::NOT_FOUND);
    assert_eq!(act(&standins, "/texts", words(&ana, "  ")).await, StatusCode::BAD_REQUEST);
    assert_eq!(act(&standins, "/whatsapp", words(&ana, &"x".repeat(4097))).await, StatusCode::BAD_REQUEST);
    let chat = standins.whatsapp.chats.messages(&WhatsappUser::with_phone(&ana, "Ana"));
    assert_eq!((chat[0].text().as_str(), chat[1].content["type"].as_str()), ("By WhatsApp", Some("image")));
    let arrived = async {
        loop {
            let shown = state(&standins, &ana).await.1;
            if !shown["texts"].as_array().unwrap().is_empty() {
                return shown;
            }
            tokio::task::yield_now().await;
        }
    };
    let shown = tokio::time::timeout(Duration::from_secs(30), arrived).await.unwrap();
    assert_eq!((&shown["texts"][0]["text"], &shown["texts"][0]["own"]), (&json!("By text"), &json!(true)));
    assert_eq!(
        (&shown["whatsapp"][0]["text"], &shown["whatsapp"][0]["state"]),
        (&json!("By WhatsApp"), &json!("sent"))
    );
    let hidden = state(&standins, "hidden").await.1;
    assert_eq!((&hidden["whatsapp"][0]["text"], hidden["texts"].as_array().unwrap().len()), (&json!("Who am I?"), 0));
}

#[tokio::test]
async fn what_the_shop_sends_can_be_read_and_pressed() {
    let standins = start().await;
    let ana = anas_number(&standins);
    act(&standins, "/whatsapp", json!({ "phone": ana, "text": "Hi" })).await;
    let id = shop_asks(&standins, &ana).await;
    let shown = state(&standins, &ana).await.1;
    assert_eq!(shown["phones"][0]["whatsapp"], 1, "unread");
    let message = &shown["whatsapp"][1];
    assert_eq!(
        (&message["text"], &message["own"], &message["state"]),
        (&json!("<b>Sure</b>?"), &json!(false), &json!("delivered"))
    );
    assert_eq!(message["choices"], json!([{ "id": "Yes", "title": "Yes" }, { "id": "No", "title": "No" }]));
    act(&standins, "/whatsapp/open", json!({ "phone": ana })).await;
    assert_eq!(state(&standins, &ana).await.1["phones"][0]["whatsapp"], 0);
    let chats = &standins.whatsapp.chats;
    let user = WhatsappUser::with_phone(&ana, "Ana");
    assert_eq!(chats.messages(&user)[1].state, WhatsappState::Read);
    assert_eq!(
        act(&standins, "/whatsapp/press", json!({ "message": id, "choice": "No" })).await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        act(&standins, "/whatsapp/press", json!({ "message": id, "choice": "Maybe" })).await,
        StatusCode::NOT_FOUND
    );
    let pressed = chats.messages(&user).pop().unwrap();
    assert_eq!(pressed.content["interactive"]["button_reply"], json!({ "id": "No", "title": "No" }));
    assert_eq!(state(&standins, &ana).await.1["whatsapp"][2]["text"], "No");
}

#[tokio::test]
async fn another_page_can_do_nothing_there() {
    let standins = start().await;
    let ana = anas_number(&standins);
    let forged = json!({ "phone": ana, "text": "not me" }).to_string();
    // What a page of another origin may send without asking first.
    let url = format!("{}/whatsapp", standins.phone.url());
    let answer = client().post(url).header("Content-Type", "text/plain").body(forged).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(standins.whatsapp.chats.all().is_empty());
}

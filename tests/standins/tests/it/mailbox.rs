//! Sending mails, and reading what was sent.

use crate::common::*;
use serde_json::{Value, json};
use usher_standins::Standins;

async fn send(standins: &Standins, path: &str, token: &str, body: &Value) -> (StatusCode, Value) {
    let url = format!("{}{path}", standins.mailbox.url());
    let response = client().post(url).header("X-Postmark-Server-Token", token).json(body).send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

fn mail(to: &str) -> Value {
    json!({ "From": "Lumen & Co <help@example.com>", "To": to, "Subject": "Your code <script>alert(1)</script>", "TextBody": "It is 123456.",
        "MessageStream": "outbound", "Headers": [{ "Name": "Auto-Submitted", "Value": "auto-replied" }] })
}

#[tokio::test]
async fn a_mail_is_taken_kept_and_shown() {
    let standins = start().await;
    let (status, receipt) = send(&standins, "/email", "postmark-demo-token", &mail("Ana <ana@example.net>")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!((&receipt["ErrorCode"], &receipt["Message"]), (&json!(0), &json!("OK")));
    let kept = standins.mails.to("ana@example.net");
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].message_id, receipt["MessageID"]);
    assert_eq!(kept[0].header("auto-submitted"), Some("auto-replied"));
    let get = async |path: &str| client().get(format!("{}{path}", standins.mailbox.url())).send().await.unwrap();
    let list: Value = get("/messages").await.json().await.unwrap();
    assert_eq!((&list[0]["Subject"], &list[0]["TextBody"]), (&mail("")["Subject"], &json!("It is 123456.")));
    let html = get("/").await.text().await.unwrap();
    assert!(html.contains("It is 123456.") && html.contains("http-equiv=\"refresh\""));
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script>"), "what mails contain is text");
}

#[tokio::test]
async fn what_is_wrong_is_refused_with_the_providers_codes() {
    let standins = start().await;
    standins.mails.deactivate("gone@example.net");
    let refused = async |token: &str, body: Value| {
        let (status, body) = send(&standins, "/email", token, &body).await;
        (status.as_u16(), body["ErrorCode"].as_u64().unwrap())
    };
    assert_eq!(refused("wrong", mail("ana@example.net")).await, (401, 10));
    assert_eq!(refused("postmark-demo-token", mail("not an address")).await, (422, 300));
    assert_eq!(refused("postmark-demo-token", mail("Gone@example.net")).await, (422, 406));
    let mut empty = mail("ana@example.net");
    empty["TextBody"] = Value::Null;
    assert_eq!(refused("postmark-demo-token", empty).await, (422, 300));
    let mut split = mail("ana@example.net");
    split["Headers"][0]["Value"] = json!("x\r\nBcc: all@example.net");
    assert_eq!(refused("postmark-demo-token", split).await, (422, 300));
    assert_eq!(standins.mails.all().len(), 0);
}

#[tokio::test]
async fn a_batch_tells_of_each_mail() {
    let standins = start().await;
    let batch = json!([mail("ana@example.net"), mail(""), mail("ben@example.net")]);
    let (status, results) = send(&standins, "/email/batch", "postmark-demo-token", &batch).await;
    assert_eq!(status, StatusCode::OK);
    let codes: Vec<u64> = results.as_array().unwrap().iter().map(|r| r["ErrorCode"].as_u64().unwrap()).collect();
    assert_eq!(codes, [0, 300, 0]);
    assert_eq!(standins.mails.all().len(), 2);
}

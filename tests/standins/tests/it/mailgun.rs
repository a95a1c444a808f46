//! Mailgun's sending API, and its form of what customers write.

use crate::common::*;
use crate::receiver::Receiver;
use serde_json::Value;
use usher_standins::{Standins, WrittenMail};

const FIELDS: [(&str, &str); 6] = [
    ("from", "Lumen <help@lumen.example>"),
    ("to", "ana@example.net"),
    ("subject", "Re: Order"),
    ("text", "On its way."),
    ("h:Message-Id", "<ours@lumen.example>"),
    ("h:Reply-To", "help+token@lumen.example"),
];

async fn send(standins: &Standins, key: &str, domain: &str, fields: &[(&str, &str)]) -> (u16, Value) {
    let url = format!("{}/v3/{domain}/messages", standins.mailgun.url());
    let answer = client().post(url).basic_auth("api", Some(key)).form(fields).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_mail_is_taken_into_the_customers_mailbox() {
    let standins = start().await;
    let (status, answer) = send(&standins, "key-mailgun-demo", "lumen.example", &FIELDS).await;
    assert_eq!((status, answer["id"].as_str().unwrap()), (200, "<ours@lumen.example>"));
    let kept = standins.mails.to("ana@example.net").pop().unwrap();
    assert_eq!(
        (kept.text_body.as_deref(), kept.rfc_message_id().as_str()),
        (Some("On its way."), "ours@lumen.example")
    );
    assert_eq!(kept.answer("Thanks").to, "help+token@lumen.example");
}

#[tokio::test]
async fn what_is_wrong_is_refused() {
    let standins = start().await;
    assert_eq!(send(&standins, "wrong", "lumen.example", &FIELDS).await.0, 401);
    assert_eq!(send(&standins, "key-mailgun-demo", "other.example", &FIELDS).await.0, 404);
    assert_eq!(send(&standins, "key-mailgun-demo", "lumen.example", &FIELDS[1..]).await.0, 400);
    assert_eq!(send(&standins, "key-mailgun-demo", "lumen.example", &FIELDS[..3]).await.0, 400);
    assert_eq!(standins.mails.all().len(), 0);
}

#[tokio::test]
async fn what_a_customer_writes_comes_signed() {
    let standins = start().await;
    let receiver = Receiver::start().await;
    standins.mails.bring_as_mailgun(&receiver.url, "signing-key").unwrap();
    let mail = WrittenMail {
        from: "ana@example.net".to_owned(),
        to: "help@lumen.example".to_owned(),
        text: "Größe 42".to_owned(),
        ..WrittenMail::default()
    };
    standins.mails.write(mail);
    let (headers, body) = receiver.next().await;
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let get = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap();
    assert_eq!(
        (get("body-plain"), get("recipient"), get("token").len(), get("signature").len()),
        ("Größe 42", "help@lumen.example", 50, 64)
    );
}

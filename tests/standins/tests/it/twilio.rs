//! Twilio's API as a program meets it, and customers' texts as a webhook brings them.

use std::time::Duration;

use crate::{common::*, receiver::Receiver};
use serde_json::{Value, json};
use usher_standins::{Fault, Standins, StandinsConfig, TextWritten, TwilioConfig, TwilioFate};

const ANA: &str = "+33600000001";
const NUMBER: &str = "+15005550006";

async fn start_twilio(change: impl FnOnce(&mut TwilioConfig)) -> Standins {
    let mut twilio = TwilioConfig { messages_per_second: 0, ..TwilioConfig::default() };
    change(&mut twilio);
    Standins::start(StandinsConfig { twilio, ..config() }).await.unwrap()
}

fn messages_url(standins: &Standins) -> String {
    format!("{}/2010-04-01/Accounts/{}/Messages.json", standins.twilio.url(), TwilioConfig::default().account_sid)
}

async fn send(standins: &Standins, fields: &[(&str, &str)]) -> (StatusCode, Value) {
    let config = TwilioConfig::default();
    let request = client().post(messages_url(standins)).basic_auth(config.account_sid, Some(config.auth_token));
    let response = request.form(fields).send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

async fn list(standins: &Standins, query: &str) -> Value {
    let config = TwilioConfig::default();
    let url = if query.starts_with('/') {
        format!("{}{query}", standins.twilio.url())
    } else {
        format!("{}{query}", messages_url(standins))
    };
    let request = client().get(url).basic_auth(config.account_sid, Some(config.auth_token));
    request.send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn a_message_is_taken_and_listed() {
    let standins = start_twilio(|_| ()).await;
    let (status, message) = send(&standins, &[("To", ANA), ("From", NUMBER), ("Body", "Hello + 😀")]).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!((&message["status"], &message["direction"]), (&json!("queued"), &json!("outbound-api")));
    assert_eq!((&message["body"], &message["num_media"]), (&json!("Hello + 😀"), &json!("0")));
    assert_eq!(message["date_created"], "Thu, 10 Sep 2026 09:30:00 +0000");
    assert_eq!(message["date_sent"], Value::Null);
    standins.twilio.texts.settled().await;
    let listed = list(&standins, "?To=%2B33600000001&DateSent%3E=2026-09-10").await;
    assert_eq!(listed["messages"][0]["sid"], message["sid"]);
    assert_eq!(listed["messages"][0]["status"], "delivered");
    assert_eq!(listed["next_page_uri"], Value::Null);
    for nothing in ["?To=%2B33600000009", "?DateSent%3E=2026-09-11", "?DateSent%3C=2026-09-09", "?From=%2B33600000001"]
    {
        assert_eq!(list(&standins, nothing).await["messages"], json!([]), "{nothing}");
    }
    let sid = message["sid"].as_str().unwrap();
    let one = format!("/2010-04-01/Accounts/{}/Messages/{sid}.json", TwilioConfig::default().account_sid);
    assert_eq!(list(&standins, &one).await["body"], "Hello + 😀");
}

#[tokio::test]
async fn pages_lead_to_the_next_one() {
    let standins = start_twilio(|_| ()).await;
    for number in 0..5 {
        send(&standins, &[("To", ANA), ("From", NUMBER), ("Body", &format!("text {number}"))]).await;
    }
    let mut uri = "?PageSize=2".to_owned();
    let mut bodies = Vec::new();
    loop {
        let page = list(&standins, &uri).await;
        let messages = page["messages"].as_array().unwrap();
        bodies.extend(messages.iter().map(|message| message["body"].as_str().unwrap().to_owned()));
        match page["next_page_uri"].as_str() {
            Some(next) => uri = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(bodies, ["text 4", "text 3", "text 2", "text 1", "text 0"]);
}

#[tokio::test]
async fn what_is_wrong_is_refused_with_the_providers_codes() {
    let standins = start_twilio(|_| ()).await;
    let long = "a".repeat(1601);
    for (fields, code) in [
        (&[("From", NUMBER), ("Body", "a")][..], 21604),
        (&[("To", "Ana"), ("From", NUMBER), ("Body", "a")], 21211),
        (&[("To", ANA), ("Body", "a")], 21603),
        (&[("To", ANA), ("From", "LUMEN"), ("Body", "a")], 21212),
        (&[("To", ANA), ("From", "+15005550007"), ("Body", "a")], 21606),
        (&[("To", NUMBER), ("From", NUMBER), ("Body", "a")], 21266),
        (&[("To", ANA), ("From", NUMBER)], 21602),
        (&[("To", ANA), ("From", NUMBER), ("Body", &long)], 21617),
        (&[("To", ANA), ("From", NUMBER), ("Body", "a"), ("StatusCallback", "here")], 21609),
        (&[("To", ANA), ("MessagingServiceSid", "MG1"), ("Body", "a")], 21705),
        (&[("To", "+15005550009"), ("From", NUMBER), ("Body", "a")], 21614),
    ] {
        let (status, error) = send(&standins, fields).await;
        assert_eq!((status, &error["code"], &error["status"]), (StatusCode::BAD_REQUEST, &json!(code), &json!(400)));
        assert_eq!(error["more_info"], format!("https://www.twilio.com/docs/errors/{code}"));
    }
    let unsigned = client().post(messages_url(&standins)).send().await.unwrap();
    assert_eq!(unsigned.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(unsigned.json::<Value>().await.unwrap()["code"], 20003);
    standins.twilio.faults().next(1, Fault::Throttled);
    let (status, error) = send(&standins, &[("To", ANA), ("From", NUMBER), ("Body", "a")]).await;
    assert_eq!((status, &error["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!(20429)));
    assert_eq!(standins.twilio.texts.all().len(), 0);
}

#[tokio::test]
async fn a_text_is_brought_signed() {
    let standins = start_twilio(|_| ()).await;
    let receiver = Receiver::start().await;
    standins.twilio.texts.send_webhooks_to(&receiver.url).unwrap();
    assert_eq!(standins.twilio.texts.write(ANA, "Où est-elle ?").await, Some(200));
    let (headers, body) = receiver.next().await;
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded; charset=UTF-8");
    let mut fields: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    assert!(fields.contains(&("Body".to_owned(), "Où est-elle ?".to_owned())));
    assert!(fields.contains(&("MessageSid".to_owned(), standins.twilio.texts.all()[0].sid.clone())));
    fields.sort();
    let signed: String = fields.into_iter().fold(receiver.url.clone(), |all, (name, value)| all + &name + &value);
    assert_eq!(headers["x-twilio-signature"], hmac_sha1(&TwilioConfig::default().auth_token, &signed));
    let forged = TextWritten { forged: true, ..TextWritten::new(ANA, "STOP") };
    standins.twilio.texts.bring(forged).await;
    let (headers, body) = receiver.next().await;
    let mut fields: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    fields.sort();
    let signed: String = fields.into_iter().fold(receiver.url.clone(), |all, (name, value)| all + &name + &value);
    assert_ne!(headers["x-twilio-signature"], hmac_sha1(&TwilioConfig::default().auth_token, &signed));
    assert!(!standins.twilio.texts.is_opted_out(ANA, NUMBER));
}

fn hmac_sha1(token: &str, signed: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mac = Hmac::<sha1::Sha1>::new_from_slice(token.as_bytes()).unwrap();
    STANDARD.encode(mac.chain_update(signed).finalize().into_bytes())
}

#[tokio::test]
async fn status_callbacks_follow_the_fate() {
    let standins = start_twilio(|_| ()).await;
    let receiver = Receiver::start().await;
    standins.twilio.texts.next(1, TwilioFate::undelivered(30005).reordered());
    let fields = [("To", ANA), ("From", NUMBER), ("Body", "a"), ("StatusCallback", receiver.url.as_str())];
    send(&standins, &fields).await;
    let (_, first) = receiver.next().await;
    let (_, second) = receiver.next().await;
    assert!(first.contains("MessageStatus=undelivered") && first.contains("ErrorCode=30005"), "{first}");
    assert!(second.contains("MessageStatus=sent") && !second.contains("ErrorCode"), "{second}");
    standins.twilio.texts.next(1, TwilioFate::sent().untold());
    send(&standins, &fields).await;
    standins.twilio.texts.settled().await;
    assert_eq!(standins.twilio.texts.webhooks().len(), 2);
    assert_eq!(standins.twilio.texts.all()[1].status, "sent");
    send(&standins, &fields).await;
    let (_, third) = receiver.next().await;
    assert!(third.contains("MessageStatus=sent"), "the next one fares as usual");
}

#[tokio::test]
async fn a_stop_blocks_the_pair_and_is_brought_all_the_same() {
    let standins = start_twilio(|config| config.numbers.push("+46700000003".to_owned())).await;
    let receiver = Receiver::start().await;
    let texts = &standins.twilio.texts;
    texts.send_webhooks_to(&receiver.url).unwrap();
    texts.write(ANA, "STOP PLEASE").await;
    assert!(!texts.is_opted_out(ANA, NUMBER));
    texts.write(ANA, "Stop").await;
    assert!(receiver.next().await.1.contains("STOP+PLEASE") && receiver.next().await.1.contains("Body=Stop"));
    assert_eq!(texts.with(ANA).iter().filter(|message| message.direction == "outbound-reply").count(), 1);
    let send_from =
        async |from: &str| send(&standins, &[("To", ANA), ("From", from), ("Body", "a")]).await.1["code"].clone();
    assert_eq!(send_from(NUMBER).await, 21610);
    assert_eq!(send_from("+46700000003").await, Value::Null, "another number isn't blocked");
    texts.write(ANA, "START").await;
    assert_eq!(send_from(NUMBER).await, Value::Null);

    let service = start_twilio(|config| {
        config.numbers.push("+46700000003".to_owned());
        config.messaging_service_sid = Some("MG00000000000000000000000000000001".to_owned());
    })
    .await;
    service.twilio.texts.write(ANA, "STOP").await;
    assert!(service.twilio.texts.is_opted_out(ANA, "+46700000003"), "the whole service is");
}

#[tokio::test]
async fn a_webhook_is_tried_again_only_as_its_address_says() {
    let standins = start_twilio(|_| ()).await;
    let texts = &standins.twilio.texts;
    // Nobody listens there.
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let tries = async |url: &str| {
        texts.send_webhooks_to(url).unwrap();
        assert_eq!(texts.write(ANA, "Hello").await.filter(|status| *status < 300), None);
        texts.webhooks().pop().unwrap().answers.len()
    };
    assert_eq!(tries(&format!("http://{gone}/x")).await, 2, "once more by default");
    assert_eq!(tries(&format!("http://{gone}/x#rc=4&rp=5xx")).await, 1);
    let page = format!("{}/no/such/page", standins.twilio.url());
    assert_eq!(tries(&page).await, 1, "an answer is an answer");
    assert_eq!(tries(&format!("{page}#rc=3&rp=4xx,5xx")).await, 4);
    assert_eq!(tries(&format!("{page}#rc=99&rp=all")).await, 6);
}

#[tokio::test]
async fn a_number_sends_at_its_own_pace() {
    let standins = start_twilio(|config| {
        config.messages_per_second = 1;
        config.queue = 3;
    })
    .await;
    let mut codes = Vec::new();
    for _ in 0..12 {
        codes.push(send(&standins, &[("To", ANA), ("From", NUMBER), ("Body", "a")]).await);
    }
    assert!(codes.iter().any(|(status, error)| *status == StatusCode::TOO_MANY_REQUESTS && error["code"] == 21611));
    assert!(standins.twilio.texts.all().iter().any(|message| message.sent_at.is_none()));
    standins.clock.advance(Duration::from_secs(20));
    let (status, _) = send(&standins, &[("To", ANA), ("From", NUMBER), ("Body", "a")]).await;
    assert_eq!(status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_page_shows_and_writes_texts() {
    let standins = start_twilio(|_| ()).await;
    let receiver = Receiver::start().await;
    standins.twilio.texts.send_webhooks_to(&receiver.url).unwrap();
    let url = format!("{}/phone/messages", standins.twilio.url());
    let written = client().post(&url).json(&json!({ "from": ANA, "text": "Hello" })).send().await.unwrap();
    assert_eq!(written.json::<Value>().await.unwrap(), json!({ "webhook": 200 }));
    send(&standins, &[("To", ANA), ("From", NUMBER), ("Body", "Good day")]).await;
    let shown: Value = client().get(&url).query(&[("number", ANA)]).send().await.unwrap().json().await.unwrap();
    let shown: Vec<_> = shown["messages"].as_array().unwrap().iter().map(|m| (&m["by_customer"], &m["text"])).collect();
    assert_eq!(shown, [(&json!(true), &json!("Hello")), (&json!(false), &json!("Good day"))]);
    for wrong in [json!({ "from": "Ana", "text": "a" }), json!({ "from": ANA, "to": "+1", "text": "a" })] {
        let refused = client().post(&url).json(&wrong).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    }
}

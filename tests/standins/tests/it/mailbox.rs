//! Sending mails, and reading what was sent.

use crate::common::*;
use axum::{Router, http::HeaderMap};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, sync::mpsc};
use usher_standins::{MailDelivery, MailFile, Mails, Standins, WrittenMail};

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

fn written() -> WrittenMail {
    WrittenMail {
        from: "ana@example.net".to_owned(),
        from_name: "Ana".to_owned(),
        to: "help+token@example.com".to_owned(),
        subject: "Where is it?".to_owned(),
        text: "My order, I mean.".to_owned(),
        files: vec![MailFile {
            name: "a.txt".to_owned(),
            media_type: "text/plain".to_owned(),
            content: "aGk=".to_owned(),
        }],
        ..WrittenMail::default()
    }
}

/// A server that answers its calls with these statuses, the last one for ever.
async fn server(statuses: &'static [u16]) -> (String, mpsc::UnboundedReceiver<(HeaderMap, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/inbound", listener.local_addr().unwrap());
    let (sender, calls) = mpsc::unbounded_channel();
    let count = Arc::new(AtomicUsize::new(0));
    let answer = move |headers: HeaderMap, body: String| {
        sender.send((headers, body)).ok();
        let at = count.fetch_add(1, Ordering::Relaxed).min(statuses.len() - 1);
        async move { StatusCode::from_u16(statuses[at]).unwrap() }
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    (url, calls)
}

async fn settled(mails: &Mails) -> MailDelivery {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let last = mails.written().pop().unwrap();
        if last.settled {
            return last;
        }
        assert!(Instant::now() < deadline, "{last:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_customers_mail_comes_as_postmark_brings_it_and_again_until_it_is_taken() {
    let standins = start().await;
    let (url, mut calls) = server(&[500, 401, 200]).await;
    standins.mails.bring_as_postmark(&url, "postmark", "secret").unwrap();
    standins.mails.pause(Duration::from_millis(1));
    let id = standins.mails.write(written());
    assert_eq!(settled(&standins.mails).await.tries, [Some(500), Some(401), Some(200)]);
    let (headers, body) = calls.recv().await.unwrap();
    assert_eq!(headers["authorization"], "Basic cG9zdG1hcms6c2VjcmV0");
    assert_eq!(headers["content-type"], "application/json");
    let mail: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&mail["FromFull"]["Email"], &mail["MailboxHash"]), (&json!("ana@example.net"), &json!("token")));
    assert_eq!(mail["Headers"][0], json!({ "Name": "Message-ID", "Value": format!("<{id}>") }));
    assert_eq!(
        (&mail["Attachments"][0]["Content"], &mail["Attachments"][0]["ContentLength"]),
        (&json!("aGk="), &json!(2))
    );
    // Each try brings the same.
    assert_eq!(calls.recv().await.unwrap().1, body);
}

#[tokio::test]
async fn postmark_stops_at_403_and_after_ten_more_tries() {
    let standins = start().await;
    let (url, _calls) = server(&[403]).await;
    standins.mails.bring_as_postmark(&url, "postmark", "secret").unwrap();
    standins.mails.pause(Duration::from_millis(1));
    standins.mails.write(written());
    assert_eq!(settled(&standins.mails).await.tries, [Some(403)]);
    let (url, _calls) = server(&[503]).await;
    standins.mails.bring_as_postmark(&url, "postmark", "secret").unwrap();
    standins.mails.pause(Duration::from_millis(1));
    standins.mails.write(written());
    assert_eq!(settled(&standins.mails).await.tries.len(), 11);
    assert!(standins.mails.bring_as_postmark("https://example.com", "a", "b").is_err());
}

#[tokio::test]
async fn a_mail_is_opened_answered_and_written_in_the_browser() {
    let standins = start().await;
    let (url, mut calls) = server(&[200]).await;
    standins.mails.bring_as_postmark(&url, "postmark", "secret").unwrap();
    let mut sent = mail("Ana <ana@example.net>");
    sent["HtmlBody"] = json!("<p>It is <b>123456</b>.</p><script>alert(1)</script>");
    sent["ReplyTo"] = json!("help+token@example.com");
    sent["Headers"] = json!([{ "Name": "Message-ID", "Value": "<ours@example.com>" }, { "Name": "References", "Value": "<first@example.net>" }]);
    let (_, receipt) = send(&standins, "/email", "postmark-demo-token", &sent).await;
    let id = receipt["MessageID"].as_str().unwrap();
    let get = async |path: &str| client().get(format!("{}{path}", standins.mailbox.url())).send().await.unwrap();

    let page = get(&format!("/mails/{id}")).await.text().await.unwrap();
    assert!(
        page.contains("sandbox=\"allow-popups")
            && !page.contains("allow-scripts")
            && !page.contains("allow-same-origin")
    );
    let part = get(&format!("/mails/{id}/html")).await;
    assert!(part.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    assert!(get("/?box=ana@example.net").await.text().await.unwrap().contains("It is 123456."));
    assert!(!get("/?box=ben@example.net").await.text().await.unwrap().contains("It is 123456."));
    assert_eq!(get("/mails/none").await.status(), StatusCode::NOT_FOUND);

    let form = get(&format!("/write?answer={id}")).await.text().await.unwrap();
    for part in [
        "data-in-reply-to=\"ours@example.com\"",
        "value=\"help+token@example.com\"",
        "&gt; It is 123456.",
        "value=\"Re: Your code",
    ] {
        assert!(form.contains(part), "{part} is not in {form}");
    }
    let answer = standins.mails.all()[0].answer("Thank you");
    let post = async |body: &WrittenMail| {
        client().post(format!("{}/written", standins.mailbox.url())).json(body).send().await.unwrap().status()
    };
    assert_eq!(post(&answer).await, StatusCode::CREATED);
    let brought: Value = serde_json::from_str(&calls.recv().await.unwrap().1).unwrap();
    assert_eq!(
        (&brought["To"], &brought["StrippedTextReply"]),
        (&json!("help+token@example.com"), &json!("Thank you"))
    );
    assert!(brought["TextBody"].as_str().unwrap().contains("wrote:\r\n\r\n> It is 123456."));
    let field = |name: &str| {
        brought["Headers"].as_array().unwrap().iter().find(|field| field["Name"] == name).unwrap()["Value"].clone()
    };
    assert_eq!(
        (field("In-Reply-To"), field("References")),
        (json!("<ours@example.com>"), json!("<first@example.net> <ours@example.com>"))
    );
    let nobody = WrittenMail { to: "nobody".to_owned(), ..answer };
    assert_eq!(post(&nobody).await, StatusCode::UNPROCESSABLE_ENTITY);
}

//! Mailgun's webhooks: the signature's vector and what it must not take, both kinds of form, and events.

use crate::rules;
use jiff::Timestamp;
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use usher_channels::email::mailgun::{MAX_BODY, Signing, read};
use usher_channels::{Content, DeliveryState, News, Proof, Received, Refused};

const KEY: &str = "key-mailgun-signing-test";
const TIMESTAMP: &str = "1790000000";
const SIGNATURE: &str = "c8f4092bc94a3f776abeefe290cdcc5de8e4ca00249d676691e9fba3a3b79d04";
const FORM: &str = "application/x-www-form-urlencoded";

fn signing(after: i64) -> Signing {
    Signing {
        keys: vec!["another key".to_owned(), KEY.to_owned()],
        now: Timestamp::from_second(1_790_000_000 + after).unwrap(),
    }
}

fn token() -> String {
    "a".repeat(50)
}

fn fields() -> Vec<(&'static str, String)> {
    let headers = json!([
        ["Message-Id", "<m1@example.net>"],
        ["From", "Ana <ana@example.net>"],
        ["To", "help@lumen.example"],
        ["Subject", "Re: Order"],
        ["References", "<o1@lumen.example>"],
        ["X-Mailgun-Spf", "Pass"]
    ]);
    vec![
        ("recipient", "help@lumen.example".to_owned()),
        ("sender", "ana@example.net".to_owned()),
        ("from", "Ana <ana@example.net>".to_owned()),
        ("subject", "Re: Order".to_owned()),
        ("body-plain", "Größe 42\r\n\r\n> which size?".to_owned()),
        ("stripped-text", "Größe 42".to_owned()),
        ("message-headers", headers.to_string()),
        ("timestamp", TIMESTAMP.to_owned()),
        ("token", token()),
        ("signature", SIGNATURE.to_owned()),
    ]
}

fn encoded(fields: &[(&str, String)]) -> Vec<u8> {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
}

async fn given(fields: &[(&str, String)], after: i64, seen: bool) -> Result<News, Refused> {
    read(FORM, &encoded(fields), &signing(after), |_| seen, &rules()).await
}

fn mail(news: Result<News, Refused>) -> Received {
    match news {
        Ok(News::Received(mail)) => *mail,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_form_is_read() {
    let asked = AtomicUsize::new(0);
    let counted = |given: &str| {
        asked.fetch_add(1, Ordering::Relaxed);
        assert_eq!(given, token());
        false
    };
    let mail = mail(read(FORM, &encoded(&fields()), &signing(10), counted, &rules()).await);
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    assert_eq!(
        (mail.provider_id.as_str(), mail.to.as_str(), mail.from.id.as_str()),
        ("m1@example.net", "help@lumen.example", "ana@example.net")
    );
    assert_eq!(mail.content, Content::Text("Größe 42".to_owned()));
    assert!(mail.email.unwrap().whole_text.contains("> which size?"));
}

#[tokio::test]
async fn a_finding_that_the_sender_may_have_written_vouches_for_nobody() {
    let fields = fields();
    let headers = &fields.iter().find(|(name, _)| *name == "message-headers").unwrap().1;
    assert!(headers.contains("X-Mailgun-Spf"));
    assert_eq!(mail(given(&fields, 0, false).await).from.proof, Proof::None);
}

#[tokio::test]
async fn what_our_own_server_found_before_mailgun_counts() {
    let mut fields = fields();
    let headers = json!([
        ["From", "Ana <ana@example.net>"],
        ["Authentication-Results", "mx.lumen.example; dmarc=pass header.from=example.net"]
    ]);
    fields[6].1 = headers.to_string();
    assert_eq!(mail(given(&fields, 0, false).await).from.proof, Proof::Vouched);
}

#[tokio::test]
async fn signatures_that_do_not_hold_are_refused() {
    let cases: [(usize, &str); 10] = [
        (9, ""),
        (9, "c8f4"),
        (9, "C8F4092BC94A3F776ABEEFE290CDCC5DE8E4CA00249D676691E9FBA3A3B79D04"),
        (9, "d8f4092bc94a3f776abeefe290cdcc5de8e4ca00249d676691e9fba3a3b79d04"),
        (9, "zzf4092bc94a3f776abeefe290cdcc5de8e4ca00249d676691e9fba3a3b79d04"),
        (8, "b"),
        (8, ""),
        (7, "1790000001"),
        (7, ""),
        (7, "soon"),
    ];
    for (field, value) in cases {
        let mut fields = fields();
        fields[field].1 = value.to_owned();
        assert!(matches!(given(&fields, 0, false).await, Err(Refused::Signature(_))), "{field} {value}");
    }
    let body = encoded(&fields());
    for keys in [vec![], vec![String::new()], vec!["wrong".to_owned()]] {
        let wrong = Signing { keys, ..signing(0) };
        assert!(matches!(read(FORM, &body, &wrong, |_| false, &rules()).await, Err(Refused::Signature(_))));
    }
}

#[tokio::test]
async fn an_old_call_counts_once() {
    assert!(given(&fields(), 299, true).await.is_ok(), "Mailgun's own second try");
    assert!(given(&fields(), 301, false).await.is_ok(), "a late first one");
    assert!(given(&fields(), 8 * 3600, false).await.is_ok(), "the last try");
    assert!(matches!(given(&fields(), 301, true).await, Err(Refused::Signature(_))), "a replay");
}

#[tokio::test]
async fn a_call_of_another_time_is_refused_whatever_its_token() {
    assert!(given(&fields(), 9 * 3600, false).await.is_ok());
    assert!(given(&fields(), -300, true).await.is_ok(), "clocks differ");
    for after in [9 * 3600 + 1, 365 * 24 * 3600, -301] {
        let asked = AtomicUsize::new(0);
        let counted = |_: &str| {
            asked.fetch_add(1, Ordering::Relaxed);
            false
        };
        let refused = read(FORM, &encoded(&fields()), &signing(after), counted, &rules()).await;
        assert!(matches!(refused, Err(Refused::Signature(_))), "{after}");
        assert_eq!(asked.load(Ordering::Relaxed), 0, "its token counts for nothing");
    }
}

fn multipart(fields: &[(&str, String)], files: &[(&str, &str, &str, &[u8])]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--BB\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
    }
    for (name, file, kind, bytes) in files {
        body.extend(format!("--BB\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: {kind}\r\n\r\n").into_bytes());
        body.extend_from_slice(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--BB--\r\n");
    ("multipart/form-data; boundary=BB".to_owned(), body)
}

#[tokio::test]
async fn files_come_in_a_multipart_form() {
    let png = b"\x89PNG\r\n\x1a\n\r\n--B\0\xff";
    let (kind, body) = multipart(
        &fields(),
        &[("attachment-1", "../../x.png", "image/png", png), ("attachment-2", "a.exe", "x/y", b"MZ")],
    );
    let mail = mail(read(&kind, &body, &signing(0), |_| false, &rules()).await);
    assert_eq!((mail.attachments[0].name.as_str(), mail.attachments[0].bytes.as_slice()), ("x.png", &png[..]));
    assert_eq!(mail.left_out[0].name, "a.exe");
}

#[tokio::test]
async fn a_raw_mail_is_read_as_it_came() {
    let raw = "Message-ID: <raw@example.net>\r\nFrom: ana@example.net\r\nTo: help@lumen.example\r\n\r\nHello\r\n";
    let mut fields = fields();
    fields.retain(|(name, _)| !name.starts_with("body") && !name.starts_with("stripped"));
    fields.push(("body-mime", raw.to_owned()));
    for (kind, body) in [(FORM.to_owned(), encoded(&fields)), multipart(&fields, &[])] {
        let mail = mail(read(&kind, &body, &signing(0), |_| false, &rules()).await);
        assert_eq!((mail.provider_id.as_str(), mail.content), ("raw@example.net", Content::Text("Hello".to_owned())));
    }
    fields.retain(|(name, _)| *name != "sender");
    fields.push(("sender", String::new()));
    let bounce = mail(given(&fields, 0, false).await);
    assert!(bounce.email.unwrap().automatic.is_some(), "the null path");
}

#[tokio::test]
async fn what_is_no_form_is_refused() {
    let malformed =
        async |kind: &str, body: &[u8]| read(kind, body, &signing(0), |_| false, &rules()).await.unwrap_err();
    for kind in ["", "text/plain", "application/xml", "multipart/form-data", "multipart/mixed; boundary=x"] {
        assert!(matches!(malformed(kind, b"x").await, Refused::Malformed(_)), "{kind}");
    }
    assert!(matches!(malformed("multipart/form-data; boundary=x", b"--x\r\nContent").await, Refused::Malformed(_)));
    let bomb = b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n".repeat(20_000);
    assert!(matches!(malformed("multipart/form-data; boundary=x", &bomb).await, Refused::Malformed(_)));
    assert!(matches!(malformed(FORM, &b"a=1&".repeat(20_000)).await, Refused::Malformed(_)));
    assert!(matches!(malformed(FORM, b"a=1").await, Refused::Signature(_)));
    assert!(matches!(malformed("application/json", &b"[".repeat(100_000)).await, Refused::Malformed(_)));
    assert_eq!(malformed(FORM, &vec![b'a'; MAX_BODY + 1]).await, Refused::TooLarge);
}

#[tokio::test]
async fn events_tell_what_became_of_our_mails() {
    let event = |event: serde_json::Value| {
        json!({ "signature": { "timestamp": TIMESTAMP, "token": token(), "signature": SIGNATURE }, "event-data": event }).to_string()
    };
    let news = async |body: String| {
        read("application/json; charset=utf-8", body.as_bytes(), &signing(0), |_| false, &rules()).await
    };
    let delivered =
        event(json!({ "event": "delivered", "message": { "headers": { "message-id": "o1@lumen.example" } } }));
    assert!(
        matches!(news(delivered).await.unwrap(), News::Delivery(d) if d.provider_id == "o1@lumen.example" && d.state == DeliveryState::Delivered)
    );
    let failed = event(
        json!({ "event": "failed", "severity": "permanent", "message": { "headers": { "message-id": "o1@lumen.example" } },
        "delivery-status": { "code": 550, "message": "no such box" } }),
    );
    assert!(
        matches!(news(failed).await.unwrap(), News::Delivery(d) if d.error == Some(("550".to_owned(), "no such box".to_owned())))
    );
    let later = event(json!({ "event": "failed", "severity": "temporary" }));
    assert!(matches!(news(later).await.unwrap(), News::Ignored(_)));
    assert!(matches!(news("{\"event-data\":{\"event\":\"delivered\"}}".to_owned()).await, Err(Refused::Signature(_))));
}

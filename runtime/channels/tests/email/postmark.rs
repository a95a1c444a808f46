//! Postmark's inbound webhook: nothing without the credentials, and what its form says.

use crate::rules;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use usher_channels::email::postmark::{Credentials, MAX_BODY, read};
use usher_channels::{Consequence, Content, DeliveryState, News, Proof, Received, Refused};

fn credentials() -> Credentials {
    Credentials { user: "postmark".to_owned(), password: "s3cret:with colon".to_owned() }
}

fn basic(pair: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(pair))
}

fn inbound() -> Value {
    json!({
        "FromName": "Ana B.", "MessageStream": "inbound", "From": "ana@example.net",
        "FromFull": { "Email": "Ana@Example.net", "Name": "Ana \"B.\"", "MailboxHash": "" },
        "ToFull": [{ "Email": "help+abc@lumen.example", "Name": "Help", "MailboxHash": "abc" }], "To": "\"Help\" <help+abc@lumen.example>",
        "Cc": null, "CcFull": [{ "Email": "ben@example.net", "Name": "", "MailboxHash": "" }], "OriginalRecipient": "help+abc@lumen.example",
        "Subject": "Re: Order #1001", "MessageID": "22c74902-a0c1-4511-804f-341342852c90", "Date": "Thu, 5 Nov 2026 16:59:01 +0200",
        "TextBody": "Thanks!\r\n\r\nOn 5 Nov 2026 at 10:00 Lumen <help@lumen.example> wrote:\r\n> All well?", "HtmlBody": "<p>Thanks!</p>",
        "StrippedTextReply": "Thanks!", "Tag": "", "SomethingNew": { "a": [1] },
        "Headers": [{ "Name": "Message-ID", "Value": "<CA+x@mail.example>" }, { "Name": "In-Reply-To", "Value": "<out1@lumen.example>" },
            { "Name": "References", "Value": "<out0@lumen.example> <out1@lumen.example>" },
            { "Name": "Received-SPF", "Value": "Pass (sender SPF authorized) identity=mailfrom; client-ip=192.0.2.1; envelope-from=ana@example.net" }],
        "Attachments": [{ "Name": "photo.png", "Content": "iVBORw0KGgo=", "ContentType": "image/png", "ContentLength": 8, "ContentID": "" },
            { "Name": "broken.png", "Content": "%%%", "ContentType": "image/png", "ContentID": "" }],
    })
}

fn received(body: &Value) -> Received {
    let given = basic("postmark:s3cret:with colon");
    match read(Some(&given), body.to_string().as_bytes(), &credentials(), &rules()) {
        Ok(News::Received(received)) => *received,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_mail_is_read_with_its_own_message_id() {
    let mail = received(&inbound());
    assert_eq!((mail.provider_id.as_str(), mail.to.as_str()), ("CA+x@mail.example", "help@lumen.example"));
    assert_eq!(
        (mail.from.id.as_str(), mail.from.name.as_deref(), mail.from.proof),
        ("ana@example.net", Some("Ana B."), Proof::Vouched)
    );
    assert_eq!(mail.content, Content::Text("Thanks!".to_owned()));
    let email = mail.email.unwrap();
    assert_eq!(email.references, ["out0@lumen.example", "out1@lumen.example"]);
    assert_eq!(email.recipients, ["help+abc@lumen.example", "ben@example.net"]);
    assert!(email.whole_text.contains("> All well?"));
    assert_eq!((mail.attachments.len(), mail.left_out.len()), (1, 1));
}

#[test]
fn without_postmarks_stripping_and_ids_its_own_are_made() {
    let mut body = inbound();
    body["StrippedTextReply"] = json!("");
    body["Headers"] = json!([]);
    let mail = received(&body);
    assert_eq!(mail.content, Content::Text("Thanks!".to_owned()));
    assert_eq!((mail.provider_id.as_str(), mail.from.proof), ("22c74902-a0c1-4511-804f-341342852c90", Proof::None));
    body["TextBody"] = json!("");
    assert_eq!(received(&body).content, Content::Text("Thanks!".to_owned()));
}

#[test]
fn findings_that_anybody_may_have_written_prove_nothing() {
    let with = |fields: Value| {
        let mut body = inbound();
        body["Headers"] = fields;
        received(&body).from.proof
    };
    let pass = json!({ "Name": "Received-SPF", "Value": "Pass identity=mailfrom; envelope-from=ana@example.net" });
    assert_eq!(with(json!([pass])), Proof::Vouched);
    assert_eq!(with(json!([pass, pass])), Proof::None);
    assert_eq!(
        with(json!([{ "Name": "Received-SPF", "Value": "Pass identity=mailfrom; envelope-from=eve@evil.example" }])),
        Proof::None
    );
    assert_eq!(
        with(json!([{ "Name": "X-Spam-Tests", "Value": "DKIM_SIGNED,DKIM_VALID,DKIM_VALID_AU,SPF_PASS" }])),
        Proof::Vouched
    );
    assert_eq!(with(json!([{ "Name": "X-Spam-Tests", "Value": "DKIM_SIGNED,DKIM_VALID" }])), Proof::None);
    assert_eq!(with(json!([{ "Name": "Auto-Submitted", "Value": "no" }])), Proof::None);
}

#[test]
fn nothing_is_read_without_the_credentials() {
    let body = inbound().to_string();
    let pair = "postmark:s3cret:with colon";
    for given in [
        None,
        Some(String::new()),
        Some("Basic".to_owned()),
        Some("Basic %%%".to_owned()),
        Some(basic("")),
        Some(basic("postmark:")),
        Some(basic("postmark:s3cret")),
        Some(basic("Postmark:s3cret:with colon")),
        Some(basic(&format!("{pair} "))),
        Some(basic(pair).replace("Basic", "Bearer")),
        Some(format!("{}, {}", basic(pair), basic(pair))),
    ] {
        let refused = read(given.as_deref(), body.as_bytes(), &credentials(), &rules());
        assert!(matches!(refused, Err(Refused::Signature(_))), "{given:?}");
    }
    assert!(read(Some(&basic(pair).replace("Basic", "basic")), body.as_bytes(), &credentials(), &rules()).is_ok());
    // Without a configured password the route takes nothing, not even an empty one.
    let none = Credentials { user: "postmark".to_owned(), password: String::new() };
    assert!(matches!(read(Some(&basic("postmark:")), body.as_bytes(), &none, &rules()), Err(Refused::Signature(_))));
    // Garbage from strangers is refused for the credentials, before it is parsed.
    assert!(matches!(read(None, b"{", &credentials(), &rules()), Err(Refused::Signature(_))));
}

#[test]
fn what_is_no_mail_is_refused() {
    let given = basic("postmark:s3cret:with colon");
    let refused = |body: &[u8]| read(Some(&given), body, &credentials(), &rules()).unwrap_err();
    for body in [
        "",
        "{",
        "[]",
        "null",
        "\"x\"",
        "<xml/>",
        "{\"From\":1}",
        "{}",
        &"[".repeat(100_000),
        &"{\"a\":".repeat(100_000),
    ] {
        assert!(matches!(refused(body.as_bytes()), Refused::Malformed(_)), "{:.20}", body);
    }
    assert_eq!(refused(&vec![b' '; MAX_BODY + 1]), Refused::TooLarge);
}

#[test]
fn news_of_our_own_mails() {
    let given = basic("postmark:s3cret:with colon");
    let news = |body: Value| read(Some(&given), body.to_string().as_bytes(), &credentials(), &rules()).unwrap();
    let News::Delivery(bounce) = news(
        json!({ "RecordType": "Bounce", "Type": "HardBounce", "MessageID": "m-1", "Description": "no such\r\nbox" }),
    ) else {
        panic!("no news")
    };
    assert_eq!((bounce.state, bounce.consequence), (DeliveryState::Failed, Consequence::Unreachable));
    assert_eq!(bounce.error, Some(("HardBounce".to_owned(), "no such box".to_owned())));
    assert!(
        matches!(news(json!({ "RecordType": "Delivery", "MessageID": "m-1" })), News::Delivery(d) if d.state == DeliveryState::Delivered)
    );
    assert!(matches!(
        news(json!({ "RecordType": "Bounce", "Type": "Transient", "MessageID": "m-1" })),
        News::Ignored(_)
    ));
    assert!(matches!(news(json!({ "RecordType": "SomethingNew" })), News::Ignored(_)));
}

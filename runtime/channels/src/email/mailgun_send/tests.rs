use super::*;
use crate::{EmailMessage, OutgoingContent, Recipient};
use jiff::Timestamp;
use serde_json::{Value, json};
use usher_standins::{Fault, Standins, StandinsConfig};

fn message() -> Outgoing {
    let email = EmailMessage {
        from_name: "Little Shop".into(),
        reply_to: Some("help+token@shop.example".into()),
        subject: "Re: Order\r\nBcc: eve@evil.example".into(),
        text: "On its way.".into(),
        html: Some("<p>On its way.</p>".into()),
        message_id: "c1.m1@shop.example".into(),
        in_reply_to: Some("q@customer.example".into()),
        references: vec!["q@customer.example".into()],
        automatic: true,
    };
    Outgoing {
        reference: "m1".into(),
        from: "help@shop.example".into(),
        to: Recipient { id: "ana@customer.example".into(), phone: None },
        content: OutgoingContent::Email(Box::new(email)),
        first_try_at: Timestamp::UNIX_EPOCH,
    }
}

#[test]
fn a_form_has_every_header() {
    let message = message();
    let form = form(&message.reference, &Checked::new(&message).expect("checks"));
    let value = |name: &str| form.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    for (name, expected) in [
        ("from", "\"Little Shop\" <help@shop.example>"),
        ("to", "ana@customer.example"),
        ("subject", "Re: Order  Bcc: eve@evil.example"),
        ("text", "On its way."),
        ("v:reference", "m1"),
        ("h:Message-Id", "<c1.m1@shop.example>"),
        ("h:In-Reply-To", "<q@customer.example>"),
        ("h:References", "<q@customer.example>"),
        ("h:Reply-To", "help+token@shop.example"),
        ("h:Auto-Submitted", "auto-replied"),
        ("h:X-Auto-Response-Suppress", "All"),
    ] {
        assert_eq!(value(name), Some(expected), "{name}");
    }
    assert!(value("html").is_some_and(|html| html.contains("<p>On its way.</p>")));
}

#[test]
fn answers_are_read_by_their_status() {
    let answer = |status, body: Value| {
        taken(&Answer { status: StatusCode::from_u16(status).expect("a status"), pause: None, body })
    };
    let fine = json!({ "id": "<c1.m1@shop.example>", "message": "Queued. Thank you." });
    assert_eq!(answer(200, fine), Ok(Sent { provider_id: "c1.m1@shop.example".into() }));
    assert!(matches!(answer(200, Value::Null), Err(SendFailure::Unknown { .. })));
    for (status, expected) in [
        (400, Consequence::None),
        (401, Consequence::Access),
        (402, Consequence::Access),
        (404, Consequence::Access),
        (413, Consequence::None),
    ] {
        let said = answer(status, json!({ "message": "no" }));
        assert!(matches!(said, Err(SendFailure::Never { then, .. }) if then == expected), "{status}: {said:?}");
    }
    for status in [429, 503] {
        assert!(matches!(answer(status, Value::Null), Err(SendFailure::Later { .. })), "{status}");
    }
    for status in [500, 502, 504] {
        assert!(matches!(answer(status, Value::Null), Err(SendFailure::Unknown { .. })), "{status}");
    }
}

#[tokio::test]
async fn a_mail_is_taken_under_our_own_id() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let standins = Standins::start(StandinsConfig::default()).await.expect("starts");
    let base = Url::parse(standins.mailgun.url()).expect("an address");
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let sender = |domain: &str, key: &str| MailgunSender::new(http.clone(), &base, domain, key.to_owned());
    let ours = sender("lumen.example", "key-mailgun-demo");

    assert_eq!(ours.send(&message()).await, Ok(Sent { provider_id: "c1.m1@shop.example".into() }));
    let mails = standins.mails.to("ana@customer.example");
    let [mail] = mails.as_slice() else { panic!("one mail") };
    assert_eq!(mail.message_id, "c1.m1@shop.example");
    assert_eq!(mail.header("In-Reply-To"), Some("<q@customer.example>"));
    assert_eq!(mail.reply_to.as_deref(), Some("help+token@shop.example"));
    assert_eq!(mail.text_body.as_deref(), Some("On its way."));
    assert!(!mail.subject.contains(['\r', '\n']));

    for refused in [sender("other.example", "key-mailgun-demo"), sender("lumen.example", "wrong")] {
        let failure = refused.send(&message()).await;
        assert!(matches!(failure, Err(SendFailure::Never { then: Consequence::Access, .. })), "{failure:?}");
    }
    standins.mailgun.faults().next(1, Fault::Status { status: 502 });
    assert!(matches!(ours.send(&message()).await, Err(SendFailure::Unknown { .. })));
    assert_eq!(ours.find(&message()).await, Ok(Finding::CantTell));
}

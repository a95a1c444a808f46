use super::*;
use crate::{EmailMessage, OutgoingContent, Recipient};
use jiff::Timestamp;
use reqwest::StatusCode;
use usher_standins::{Fault, Standins, StandinsConfig};

fn message() -> Outgoing {
    let email = EmailMessage {
        from_name: "Blumen \"Grün\"".into(),
        reply_to: Some("help+token@shop.example".into()),
        subject: "Re: Order 1001".into(),
        text: "On its way.".into(),
        html: Some("<p>On its way.</p>".into()),
        message_id: "c1.m1@shop.example".into(),
        in_reply_to: Some("q@customer.example".into()),
        references: vec!["p@customer.example".into(), "q@customer.example".into()],
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

async fn provider(token: &str) -> (Standins, PostmarkSender) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let standins = Standins::start(StandinsConfig::default()).await.expect("starts");
    let base = Url::parse(standins.mailbox.url()).expect("an address");
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let sender = PostmarkSender::new(http, &base, token.to_owned(), "outbound");
    (standins, sender)
}

#[tokio::test]
async fn a_mail_has_its_headers_and_gives_its_id() {
    let (standins, sender) = provider("postmark-demo-token").await;
    let sent = sender.send(&message()).await.expect("sends");
    let mails = standins.mails.all();
    let [mail] = mails.as_slice() else { panic!("one mail") };
    assert_eq!(mail.message_id, sent.provider_id);
    assert_eq!(mail.from, "\"Blumen \\\"Grün\\\"\" <help@shop.example>");
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), ("ana@customer.example", "Re: Order 1001"));
    assert_eq!(mail.reply_to.as_deref(), Some("help+token@shop.example"));
    assert_eq!(mail.text_body.as_deref(), Some("On its way."));
    assert!(mail.html_body.as_deref().is_some_and(|html| html.contains("<p>On its way.</p>")));
    for (name, value) in [
        ("Message-ID", "<c1.m1@shop.example>"),
        ("In-Reply-To", "<q@customer.example>"),
        ("References", "<p@customer.example> <q@customer.example>"),
        ("Auto-Submitted", "auto-replied"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-PM-KeepID", "true"),
    ] {
        assert_eq!(mail.header(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn refusals_have_their_meaning() {
    let (_standins, sender) = provider("wrong").await;
    assert!(matches!(sender.send(&message()).await, Err(SendFailure::Never { then: Consequence::Access, .. })));
    let (standins, sender) = provider("postmark-demo-token").await;
    standins.mails.deactivate("ana@customer.example");
    assert!(matches!(
        sender.send(&message()).await,
        Err(SendFailure::Never { then: Consequence::Unreachable, code: Some(code), .. }) if code == "406"
    ));
    standins.mailbox.faults().next(1, Fault::Status { status: 500 });
    assert!(matches!(sender.send(&message()).await, Err(SendFailure::Unknown { .. })));
    standins.mailbox.faults().next(1, Fault::Status { status: 503 });
    assert!(matches!(sender.send(&message()).await, Err(SendFailure::Later { .. })));
}

#[test]
fn answers_are_read_by_their_codes() {
    let answer = |status, body: Value| {
        taken(&Answer { status: StatusCode::from_u16(status).expect("a status"), pause: None, body })
    };
    assert!(matches!(answer(200, json!({})), Err(SendFailure::Unknown { .. })), "taken, and nobody knows as what");
    assert!(matches!(answer(200, Value::Null), Err(SendFailure::Unknown { .. })));
    assert!(matches!(answer(429, Value::Null), Err(SendFailure::Later { .. })));
    let then = |code: u64| match answer(422, json!({ "ErrorCode": code, "Message": "a\nb" })) {
        Err(SendFailure::Never { then, why, .. }) => {
            assert!(!why.contains('\n'));
            then
        }
        other => panic!("{code}: {other:?}"),
    };
    assert_eq!(then(300), Consequence::None);
    assert_eq!(then(406), Consequence::Unreachable);
    assert_eq!(then(401), Consequence::Access);
    assert_eq!(then(99_999), Consequence::None);
}

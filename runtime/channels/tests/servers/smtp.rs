//! Our mail goes out by Exim, and the customer reads it in Dovecot.

use crate::dovecot::Dovecot;
use crate::exim::Exim;
use crate::place::{Place, USER, until};
use crate::store::{Store, Watching};
use jiff::Timestamp;
use std::sync::Arc;
use usher_channels::email::server::Encryption;
use usher_channels::email::smtp::Smtp;
use usher_channels::{Consequence, EmailMessage, Outgoing, OutgoingContent, Recipient, SendFailure, Sender};

fn message(to: &str, number: usize, change: impl FnOnce(&mut EmailMessage)) -> Outgoing {
    let mut email = EmailMessage {
        from_name: "Blumen Grün".into(),
        reply_to: Some("help+token@shop.example".into()),
        subject: "Re: Größe von Bestellung 1001".into(),
        text: format!("Schöne Grüße\n.\nFrom {number}\n"),
        html: Some("<p>Schöne Grüße</p>".into()),
        message_id: format!("c1.m{number}@shop.example"),
        in_reply_to: Some("q@customer.example".into()),
        references: (0..20).map(|n| format!("{n:0>40}@customer.example")).collect(),
        automatic: true,
    };
    change(&mut email);
    Outgoing {
        reference: format!("m{number}"),
        from: "help@shop.example".into(),
        to: Recipient { id: to.into(), phone: None },
        content: OutgoingContent::Email(Box::new(email)),
        first_try_at: Timestamp::now(),
    }
}

#[tokio::test]
async fn our_mail_reaches_a_mailbox_with_its_headers() {
    let place = Place::new();
    let dovecot = Dovecot::start(&place);
    let exim = Exim::start(&place, 1);
    let store = Arc::new(Store::default());
    let watching = Watching::start(dovecot.mailbox(&place, Encryption::Tls), &store);
    until("the mailbox is watched", || store.is_watching()).await;

    // More than Exim takes on one line (5): the line is made again.
    let smtp = Smtp::new(exim.server(&place), "usher.shop.example").expect("sets up");
    for number in 0..7 {
        let sent = smtp.send(&message(USER, number, |_| {})).await.expect("sends");
        assert_eq!(sent.provider_id, format!("c1.m{number}@shop.example"));
    }
    until("seven mails", || store.mails.lock().expect("mails").len() == 7).await;
    watching.stop().await;

    let mut ids = store.ids();
    ids.sort();
    assert_eq!(ids, (0..7).map(|number| format!("c1.m{number}@shop.example")).collect::<Vec<_>>());
    let mails = store.mails.lock().expect("mails").clone();
    let mail = mails.iter().find(|mail| mail.contains("c1.m3@")).expect("the fourth");
    let (head, body) = mail.split_once("\r\n\r\n").expect("a head and a body");
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let header = |name: &str| {
        let start = format!("{name}: ");
        let found: Vec<&str> = head.split("\r\n").filter_map(|line| line.strip_prefix(&start)).collect();
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        found[0].trim().to_owned()
    };
    assert_eq!(header("To"), format!("<{USER}>"));
    assert!(header("From").ends_with("<help@shop.example>"));
    assert_eq!(header("Reply-To"), "<help+token@shop.example>");
    assert_eq!(header("In-Reply-To"), "<q@customer.example>");
    let references: Vec<String> = (0..20).map(|n| format!("<{n:0>40}@customer.example>")).collect();
    let kept: Vec<String> = header("References").split_whitespace().map(str::to_owned).collect();
    assert_eq!((kept.first(), kept.last()), (references.first(), references.last()));
    assert!(kept.iter().all(|id| references.contains(id)));
    assert_eq!(header("Auto-Submitted"), "auto-replied");
    assert_eq!(header("X-Auto-Response-Suppress"), "All");
    assert!(header("Received").contains("esmtpsa"), "encrypted and logged in: {}", header("Received"));
    assert!(body.contains("text/plain") && body.contains("text/html"));

    let rules = usher_channels::email::Rules::default();
    let envelope = usher_channels::email::Envelope::default();
    let read = usher_channels::email::mime::read(mail.as_bytes(), &envelope, &rules).expect("reads");
    let parts = read.email.expect("a mail");
    assert_eq!(parts.subject, "Re: Größe von Bestellung 1001");
    assert!(parts.whole_text.contains("Schöne Grüße\n.\nFrom 3"), "{:?}", parts.whole_text);
}

#[tokio::test]
async fn refusals_of_a_real_server_have_their_meaning() {
    let place = Place::new();
    let exim = Exim::start(&place, 1);
    let smtp = Smtp::new(exim.server(&place), "usher.shop.example").expect("sets up");
    let then = |sent: Result<_, SendFailure>| match sent {
        Err(SendFailure::Never { then, .. }) => then,
        other => panic!("{other:?}"),
    };
    assert_eq!(then(smtp.send(&message("nobody@customer.example", 1, |_| {})).await), Consequence::Unreachable);
    let forbidden = message(USER, 2, |mail| mail.subject = "forbidden".into());
    assert_eq!(then(smtp.send(&forbidden).await), Consequence::None);
    smtp.send(&message(USER, 3, |_| {})).await.expect("the line is still good");

    let mut server = exim.server(&place);
    server.credentials.as_mut().expect("credentials").password = "wrong".into();
    let smtp = Smtp::new(server, "usher.shop.example").expect("sets up");
    assert_eq!(then(smtp.send(&message(USER, 4, |_| {})).await), Consequence::Access);

    let mut server = exim.server(&place);
    server.credentials = None;
    let smtp = Smtp::new(server, "usher.shop.example").expect("sets up");
    let refused = smtp.send(&message(USER, 5, |_| {})).await.expect_err("no login");
    assert!(matches!(refused, SendFailure::Never { .. }), "{refused:?}");

    // A certificate that nobody vouches for.
    let mut server = exim.server(&place);
    server.authority = None;
    if let Ok(smtp) = Smtp::new(server, "usher.shop.example") {
        let failure = smtp.send(&message(USER, 6, |_| {})).await.expect_err("not trusted");
        assert!(matches!(failure, SendFailure::Later { .. }), "{failure:?}");
    }
}

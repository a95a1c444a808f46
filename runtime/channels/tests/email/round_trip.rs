//! What the providers' stand-ins bring is read, and an answer finds its conversation.

use crate::rules;
use axum::{Router, body::Bytes, http::HeaderMap};
use jiff::Timestamp;
use tokio::{net::TcpListener, sync::mpsc};
use usher_channels::email::{mailgun, postmark, thread};
use usher_channels::{Content, News, Proof, Received};
use usher_standins::{Mail, MailFile, Standins, StandinsConfig, WrittenMail};

const CONVERSATION: &str = "019aa5c2-7b1e-7f00-8a51-3f6c2d9e1b04";

/// A server of the shop's that takes every call.
async fn shop() -> (String, mpsc::UnboundedReceiver<(HeaderMap, Bytes)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mail", listener.local_addr().unwrap());
    let (sender, calls) = mpsc::unbounded_channel();
    let take = move |headers: HeaderMap, body: Bytes| {
        sender.send((headers, body)).ok();
        async {}
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(take)).await });
    (url, calls)
}

fn mail(news: News) -> Received {
    match news {
        News::Received(mail) => *mail,
        other => panic!("{other:?}"),
    }
}

fn written() -> WrittenMail {
    WrittenMail {
        from: "ana@example.net".to_owned(),
        from_name: "Ana".to_owned(),
        to: "help@lumen.example".to_owned(),
        subject: "Size".to_owned(),
        text: "Do you have it in größer?".to_owned(),
        ..WrittenMail::default()
    }
}

/// The answer of a customer to a mail of ours.
fn answer() -> WrittenMail {
    let key = &rules().keys[0];
    let ours = Mail {
        message_id: "1".to_owned(),
        submitted_at: Timestamp::UNIX_EPOCH,
        from: "Lumen <help@lumen.example>".to_owned(),
        to: "ana@example.net".to_owned(),
        reply_to: thread::reply_address(key, CONVERSATION, "help@lumen.example"),
        subject: "Re: Size".to_owned(),
        text_body: Some("Yes, in 42.".to_owned()),
        html_body: None,
        message_stream: "outbound".to_owned(),
        tag: None,
        headers: vec![usher_standins::MailHeader {
            name: "Message-ID".to_owned(),
            value: format!("<{}>", thread::message_id(key, CONVERSATION, "m1", "lumen.example")),
        }],
    };
    ours.answer("Then I take it.")
}

fn check_answer(mail: &Received) {
    assert_eq!(mail.content, Content::Text("Then I take it.".to_owned()));
    assert_eq!(mail.to, "help@lumen.example");
    let (keys, email) = (rules().keys, mail.email.as_ref().unwrap());
    assert_eq!(email.automatic, None);
    assert!(email.whole_text.contains("> Yes, in 42."));
    let by_address =
        email.recipients.iter().find_map(|to| thread::conversation_of_address(&keys, to, "help@lumen.example"));
    let by_id = email.references.iter().rev().find_map(|id| thread::conversation_of_message_id(&keys, id));
    assert_eq!((by_address.as_deref(), by_id.as_deref()), (Some(CONVERSATION), Some(CONVERSATION)));
}

#[tokio::test]
async fn postmark_brings_a_mail_and_its_answer() {
    let standins = Standins::start(StandinsConfig::default()).await.unwrap();
    let (url, mut calls) = shop().await;
    standins.mails.bring_as_postmark(&url, "postmark", "secret").unwrap();
    let credentials = postmark::Credentials { user: "postmark".to_owned(), password: "secret".to_owned() };
    let mut next = async || {
        let (headers, body) = calls.recv().await.unwrap();
        let authorization = headers.get("authorization").and_then(|value| value.to_str().ok());
        mail(postmark::read(authorization, &body, &credentials, &rules()).unwrap())
    };
    let text = MailFile { name: "a.txt".to_owned(), media_type: "text/plain".to_owned(), content: "aGk=".to_owned() };
    let id = standins.mails.write(WrittenMail { files: vec![text], ..written() });
    let first = next().await;
    assert_eq!((first.provider_id, first.from.name.as_deref()), (id, Some("Ana")));
    assert_eq!((first.attachments[0].bytes.as_slice(), first.from.proof), (&b"hi"[..], Proof::Vouched));
    standins.mails.write(answer());
    let answered = next().await;
    check_answer(&answered);
    assert_eq!(answered.from.proof, Proof::Vouched);
    standins.mails.write(WrittenMail { forged: true, ..written() });
    assert_eq!(next().await.from.proof, Proof::None);
}

#[tokio::test]
async fn mailgun_brings_a_mail_and_its_answer_in_fields_and_raw() {
    let standins = Standins::start(StandinsConfig::default()).await.unwrap();
    for path in ["", "/mime"] {
        let (url, mut calls) = shop().await;
        standins.mails.bring_as_mailgun(&format!("{url}{path}"), "signing-key").unwrap();
        let mut next = async || {
            let (headers, body) = calls.recv().await.unwrap();
            let signing = mailgun::Signing { keys: vec!["signing-key".to_owned()], now: Timestamp::now() };
            let kind = headers["content-type"].to_str().unwrap();
            mail(mailgun::read(kind, &body, &signing, |_| false, &rules()).await.unwrap())
        };
        let id = standins.mails.write(written());
        let first = next().await;
        assert_eq!((first.provider_id, first.content), (id, Content::Text("Do you have it in größer?".to_owned())));
        standins.mails.write(answer());
        let answered = next().await;
        if path.is_empty() {
            check_answer(&answered);
        } else {
            // A raw mail is stripped here.
            assert_eq!(answered.content, Content::Text("Then I take it.".to_owned()));
        }
        assert_eq!(answered.from.proof, Proof::None, "only our own server's findings would vouch for it");
    }
}

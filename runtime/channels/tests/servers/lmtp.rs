//! Exim brings mail to our LMTP server.

use crate::exim::Exim;
use crate::place::{Place, until};
use async_trait::async_trait;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::watch;
use usher_channels::email::lmtp::{Limits, Listen, Lmtp, Mail, Refusal, Taker};

#[derive(Default)]
struct Shop {
    mails: Mutex<Vec<Mail>>,
    /// So many times more it can't store.
    failures: AtomicUsize,
    tries: AtomicUsize,
}

#[async_trait]
impl Taker for Shop {
    async fn takes(&self, recipient: &str) -> Result<(), Refusal> {
        match recipient {
            "help@shop.example" | "sales@shop.example" => Ok(()),
            _ => Err(Refusal::Never("the shop has no such address".into())),
        }
    }

    async fn take(&self, mail: Mail) -> Result<(), Refusal> {
        self.tries.fetch_add(1, Ordering::Relaxed);
        let failing = self.failures.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if failing.is_ok() {
            return Err(Refusal::Later("the database is locked".into()));
        }
        self.mails.lock().expect("mails").push(mail);
        Ok(())
    }
}

#[tokio::test]
async fn a_mail_server_brings_mail_again_until_it_is_stored() {
    let place = Place::new();
    let shop = Arc::new(Shop::default());
    shop.failures.store(2, Ordering::Relaxed);
    let listen = Listen::Tcp(([127, 0, 0, 1], 0).into());
    let lmtp = Lmtp::bind(listen, Limits::default(), shop.clone()).await.expect("listens");
    let port = lmtp.address().expect("an address").port();
    let (stop, closing) = watch::channel(false);
    let running = tokio::spawn(lmtp.run(closing));

    let exim = Exim::start(&place, port);
    let mail = "From: Ana <ana@customer.example>\nTo: help@shop.example\nMessage-ID: <q1@customer.example>\n\
                Subject: Gr\u{fc}\u{df}e\n\nWhere is my order?\n.\n..two dots\nFrom here\n";
    exim.submit(&place, &["help@shop.example", "sales@shop.example", "gone@shop.example"], mail);

    until("it is stored", || !shop.mails.lock().expect("mails").is_empty()).await;
    // The refused address comes back to who wrote it.
    until("a mail about the refused address", || !place.mailbox().is_empty()).await;

    assert_eq!(shop.tries.load(Ordering::Relaxed), 3, "refused twice, then stored");
    let mails = shop.mails.lock().expect("mails").clone();
    let [taken] = mails.as_slice() else { panic!("once for both: {mails:?}") };
    assert_eq!(taken.from, "ana@customer.example");
    let mut recipients = taken.recipients.clone();
    recipients.sort();
    assert_eq!(recipients, ["help@shop.example", "sales@shop.example"]);
    let raw = String::from_utf8_lossy(&taken.raw);
    assert!(
        raw.contains("\r\nMessage-ID: <q1@customer.example>\r\n")
            || raw.contains("Message-ID: <q1@customer.example>\r\n")
    );
    assert!(raw.ends_with("\r\n\r\nWhere is my order?\r\n.\r\n..two dots\r\nFrom here\r\n"), "{raw}");

    let name = place.mailbox().remove(0);
    let bounce = std::fs::read_to_string(place.path(&format!("mail/new/{name}"))).expect("a mail");
    assert!(bounce.contains("gone@shop.example") && bounce.contains("the shop has no such address"), "{bounce}");
    assert!(!bounce.contains("sales@shop.example:"), "{bounce}");

    stop.send(true).expect("it listens");
    running.await.expect("it ends");
}

#[tokio::test]
async fn a_mail_server_waits_for_ours() {
    let place = Place::new();
    let shop = Arc::new(Shop::default());
    // The port is kept for later, and nobody listens at it yet.
    let port = crate::place::free_port();
    let exim = Exim::start(&place, port);
    for number in 0..5 {
        let mail = format!("Message-ID: <q{number}@customer.example>\nSubject: {number}\n\nHello\n");
        exim.submit(&place, &["help@shop.example"], &mail);
    }
    let listen = Listen::Tcp(([127, 0, 0, 1], port).into());
    let lmtp = Lmtp::bind(listen, Limits::default(), shop.clone()).await.expect("listens");
    let (stop, closing) = watch::channel(false);
    let running = tokio::spawn(lmtp.run(closing));
    until("all five are stored", || shop.mails.lock().expect("mails").len() == 5).await;
    stop.send(true).expect("it listens");
    running.await.expect("it ends");
}

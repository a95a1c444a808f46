//! A mailbox in Dovecot is watched.

use crate::dovecot::Dovecot;
use crate::place::{Place, until};
use crate::store::{Store, Watching};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use usher_channels::email::imap::{Mailbox, MailboxState};
use usher_channels::email::server::Encryption;

fn mail(name: &str) -> String {
    format!("From: Bo <bo@customer.example>\nMessage-ID: <{name}@customer.example>\nSubject: {name}\n\nHello\n")
}

fn deliver(place: &Place, names: &[&str]) {
    for name in names {
        place.deliver(name, &mail(name));
    }
}

fn ids(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("{name}@customer.example")).collect()
}

async fn watch(place: &Place, dovecot: &Dovecot, encryption: Encryption, store: &Arc<Store>) -> Watching {
    let watching = Watching::start(dovecot.mailbox(place, encryption), store);
    until("the mailbox is watched", || store.is_watching()).await;
    watching
}

#[tokio::test]
async fn new_mail_is_handed_over_at_once_on_every_kind_of_line() {
    for encryption in [Encryption::Tls, Encryption::StartTls, Encryption::None] {
        let place = Place::new();
        deliver(&place, &["before"]);
        let dovecot = Dovecot::start(&place);
        let store = Arc::new(Store::default());
        let watching = watch(&place, &dovecot, encryption, &store).await;
        assert_eq!(store.last_state(), Some(MailboxState::Watching { at_once: true }));
        for (count, name) in (1..).zip(["one", "two", "three"]) {
            deliver(&place, &[name]);
            until("it is handed over", || store.ids().len() == count).await;
        }
        until("all are marked as read", || ["one", "two", "three"].iter().all(|name| place.is_seen(name))).await;
        watching.stop().await;
        assert_eq!(store.ids(), ids(&["one", "two", "three"]), "what lay there before is left alone");
        assert!(!place.is_seen("before"));
        assert_eq!(store.mails.lock().expect("mails")[0], mail("one").replace('\n', "\r\n"), "byte by byte");
    }
}

#[tokio::test]
async fn a_server_without_idle_is_asked() {
    let place = Place::new();
    let dovecot = Dovecot::start_with(&place, false);
    let store = Arc::new(Store::default());
    let watching = watch(&place, &dovecot, Encryption::Tls, &store).await;
    assert_eq!(store.last_state(), Some(MailboxState::Watching { at_once: false }));
    deliver(&place, &["one", "two"]);
    until("both are handed over", || store.ids().len() == 2).await;
    watching.stop().await;
}

#[tokio::test]
async fn a_server_that_goes_and_comes_again_loses_nothing() {
    let place = Place::new();
    let mut dovecot = Dovecot::start(&place);
    let store = Arc::new(Store::default());
    let watching = watch(&place, &dovecot, Encryption::Tls, &store).await;
    deliver(&place, &["one"]);
    until("one is handed over", || store.ids().len() == 1).await;
    dovecot.stop();
    until("it is seen to be gone", || matches!(store.last_state(), Some(MailboxState::Interrupted { .. }))).await;
    deliver(&place, &["two"]);
    dovecot.start_again(&place);
    until("two is handed over", || store.ids().len() == 2).await;
    until("it is watched again", || store.is_watching()).await;
    deliver(&place, &["three"]);
    until("three is handed over", || store.ids().len() == 3).await;
    watching.stop().await;
    // While we are away, and one after the other.
    deliver(&place, &["four"]);
    let watching = watch(&place, &dovecot, Encryption::Tls, &store).await;
    until("four is handed over", || store.ids().len() == 4).await;
    watching.stop().await;
    assert_eq!(store.ids(), ids(&["one", "two", "three", "four"]));
}

#[tokio::test]
async fn a_crash_between_storing_and_marking_loses_nothing() {
    let place = Place::new();
    let dovecot = Dovecot::start(&place);
    let store = Arc::new(Store::default());
    let watching = watch(&place, &dovecot, Encryption::Tls, &store).await;
    deliver(&place, &["one"]);
    until("one is marked", || place.is_seen("one")).await;
    let kept = store.place();
    store.crash.store(true, Ordering::Relaxed);
    deliver(&place, &["two"]);
    until("two is stored", || store.ids().len() == 2).await;
    watching.kill().await;
    assert_eq!(store.place(), kept, "its place is not");
    assert!(!place.is_seen("two"));

    store.crash.store(false, Ordering::Relaxed);
    let watching = watch(&place, &dovecot, Encryption::Tls, &store).await;
    until("two is marked", || place.is_seen("two")).await;
    deliver(&place, &["three"]);
    until("three is handed over", || store.ids().len() == 4).await;
    watching.stop().await;
    assert_eq!(store.ids(), ids(&["one", "two", "two", "three"]), "the second one has the same Message-ID");
    let mails = store.mails.lock().expect("mails");
    assert_eq!(mails[1], mails[2]);
}

#[tokio::test]
async fn mail_that_cant_be_stored_waits() {
    let place = Place::new();
    let dovecot = Dovecot::start(&place);
    let store = Arc::new(Store::default());
    let watching = watch(&place, &dovecot, Encryption::Tls, &store).await;
    store.full.store(true, Ordering::Relaxed);
    deliver(&place, &["one"]);
    until("people are told", || {
        matches!(store.last_state(), Some(MailboxState::Interrupted { why, .. }) if why.contains("the disk is full"))
    })
    .await;
    deliver(&place, &["two"]);
    assert!(!place.is_seen("one"));
    store.full.store(false, Ordering::Relaxed);
    until("both are handed over", || store.ids().len() == 2).await;
    watching.stop().await;
    assert_eq!(store.ids(), ids(&["one", "two"]), "in their order");
}

#[tokio::test]
async fn numbers_that_change_lose_nothing() {
    let place = Place::new();
    deliver(&place, &["before"]);
    // What came two hours ago is known by its date alone: by then its number says nothing any more.
    let old = std::time::SystemTime::now() - Duration::from_secs(2 * 3600);
    let file = std::fs::File::options().write(true).open(place.path("mail/new/before")).expect("opens");
    file.set_modified(old).expect("a date");
    let mut dovecot = Dovecot::start(&place);
    let store = Arc::new(Store::default());
    let watching = watch(&place, &dovecot, Encryption::Tls, &store).await;
    deliver(&place, &["one", "two"]);
    until("both are handed over", || store.ids().len() == 2).await;
    until("both are marked", || place.is_seen("one") && place.is_seen("two")).await;
    watching.stop().await;
    let before = store.place().expect("a place");

    // As after a restored backup: Dovecot forgets its numbers.
    dovecot.stop();
    for file in std::fs::read_dir(place.path("mail")).expect("a folder") {
        let file = file.expect("a file");
        if file.file_name().to_string_lossy().starts_with("dovecot") {
            std::fs::remove_file(file.path()).expect("removes");
        }
    }
    deliver(&place, &["three"]);
    dovecot.start_again(&place);
    let watching = watch(&place, &dovecot, Encryption::Tls, &store).await;
    until("three is handed over", || store.ids().contains(&"three@customer.example".to_owned())).await;
    deliver(&place, &["four"]);
    until("four is handed over", || store.ids().contains(&"four@customer.example".to_owned())).await;
    watching.stop().await;

    let after = store.place().expect("a place");
    assert_ne!(before.validity, after.validity);
    assert_eq!(before.began, after.began);
    let mut different = store.ids();
    different.sort();
    different.dedup();
    assert_eq!(different, ids(&["four", "one", "three", "two"]), "those that come again have the same Message-ID");
    let passed = store.passed.lock().expect("passed").clone();
    assert!(matches!(passed.as_slice(), [one] if one.why.contains("before the mailbox was watched")), "{passed:?}");
}

#[tokio::test]
async fn large_mail_is_passed_over_and_said_so() {
    let place = Place::new();
    let dovecot = Dovecot::start(&place);
    let store = Arc::new(Store::default());
    let mailbox = Mailbox { largest: 10_000, ..dovecot.mailbox(&place, Encryption::Tls) };
    let watching = Watching::start(mailbox, &store);
    until("the mailbox is watched", || store.is_watching()).await;
    place.deliver("large", &(mail("large") + &"0123456789\n".repeat(1000)));
    until("it is passed over", || store.passed.lock().expect("passed").len() == 1).await;
    deliver(&place, &["one"]);
    until("one is handed over", || store.ids().len() == 1).await;
    watching.stop().await;
    assert_eq!(store.ids(), ids(&["one"]));
    assert!(!place.is_seen("large"), "people find it unread");
    let passed = store.passed.lock().expect("passed").clone();
    assert!(passed[0].size > 10_000 && passed[0].why.contains("larger"), "{passed:?}");
}

#[tokio::test]
async fn a_wrong_access_is_said_and_mended() {
    let place = Place::new();
    let dovecot = Dovecot::start(&place);
    type Break = fn(&mut Mailbox);
    let breaks: [(Break, &str); 3] = [
        (|mailbox| mailbox.server.credentials.as_mut().expect("credentials").password = "wrong".into(), "password"),
        (|mailbox| mailbox.folder = "No such".into(), "folder"),
        (|mailbox| mailbox.server.host = "mail.shop.example\r\n".into(), "name"),
    ];
    for (broken, word) in breaks {
        let store = Arc::new(Store::default());
        let mut mailbox = dovecot.mailbox(&place, Encryption::Tls);
        broken(&mut mailbox);
        let watching = Watching::start(mailbox, &store);
        until("it is said", || store.last_state().is_some()).await;
        let Some(MailboxState::NoAccess { why, .. }) = store.last_state() else { panic!("{:?}", store.last_state()) };
        assert!(why.contains(word), "{why}");
        watching.stop().await;
    }
    // A certificate of somebody else: nothing is said to that server.
    let store = Arc::new(Store::default());
    let mut mailbox = dovecot.mailbox(&place, Encryption::Tls);
    mailbox.server.authority = Some(Place::new().authority());
    let watching = Watching::start(mailbox, &store);
    until("it is said", || store.last_state().is_some()).await;
    assert!(matches!(store.last_state(), Some(MailboxState::Interrupted { .. })), "{:?}", store.last_state());
    watching.stop().await;
}

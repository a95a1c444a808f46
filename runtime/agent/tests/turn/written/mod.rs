//! Conversations that are only written: on SMS, WhatsApp and e-mail.

mod choices;
mod handing_over;
mod sign_in;
mod sign_in_limits;
mod wordless;

use crate::handoff::{PLAN, UNSUPPORTED, disk, leaving, messages};
use crate::resolved::answering;
use crate::shop::{Disk, Shop, Visitor, typed};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use usher_agent::conversation::Body;
use usher_agent::store::{DeliveryContent, Store as _};
use usher_host::skill::Channel;
use usher_manifest::Kind;
use usher_probes::{Declaration, Fixture, outcome};

/// What the skill is asked that answers nobody who hasn't signed in, and what it says to whom it does.
pub(crate) const ORDERS: &str = "show me my parcels";
pub(crate) const PARCELS: &str = "it is out";

/// The three channels without buttons of our own.
pub(crate) const WRITTEN: [Channel; 3] = [Channel::Sms, Channel::Whatsapp, Channel::Email];

/// A declaration with these examples.
fn declared(id: &str, example: &str) -> Option<Declaration> {
    let toml = format!(
        "id = \"{id}\"\nname = \"{id}\"\nversion = \"0.1.0\"\ncategory = \"custom\"\noverview = \"Answers.\"\n\
         when-to-use = [\"{example}\"]\nhow-to-respond = \"Briefly.\"\nchannels = [\"webchat\", \"sms\", \"whatsapp\", \"email\"]\n\
         [examples]\nen = [\"{example}\", \"please {example}\", \"{example} now\", \"can you {example}\", \
         \"I want you to {example}\"]\n"
    );
    Some(Declaration { kind: Kind::Skill, toml })
}

/// A skill that asks customers to sign in "to see your parcels", and answers those who have.
pub(crate) fn parcels() -> Fixture {
    let purpose = "to see your parcels";
    let fields = format!("(data (i32.const 512) \"{PARCELS}\") (data (i32.const 600) \"{purpose}\")");
    // The customer's assurance stands behind input, history and channel; 2 is authenticated.
    let body = format!(
        "(if (result i32) (i32.eq (i32.load8_u offset=24 (local.get $turn)) (i32.const 2))
           (then {})
           (else (i32.store8 (i32.const 1024) (i32.const 1))
                 (i32.store (i32.const 1028) (i32.const 600)) (i32.store (i32.const 1032) (i32.const {}))
                 (i32.const 1024)))",
        outcome::reply("(i32.const 512)", "(i32.const 9)"),
        purpose.len()
    );
    Fixture { manifest: declared("parcels", ORDERS), ..Fixture::skill("parcels", &[], &[], &fields, &body) }
}

/// A shop over these settings that knows parcels, a plan, and what it hands over.
pub(crate) async fn open(disk: Disk) -> Shop {
    let shop = disk.start(None).await;
    shop.put(&answering("general", "it is so.", PLAN)).await;
    shop.put(&parcels()).await;
    shop.put(&leaving("mending", UNSUPPORTED, crate::handoff::MEND)).await;
    crate::closed::known(&shop, 3).await;
    shop
}

/// One that hands over to people.
pub(crate) async fn with_people() -> Shop {
    open(disk(|_| {})).await
}

/// A disk whose agent's clock can be set ahead, by so many minutes.
pub(crate) fn ahead(mut disk: Disk) -> (Disk, Arc<AtomicI64>) {
    let minutes = Arc::new(AtomicI64::new(0));
    let clock = minutes.clone();
    disk.clock = Arc::new(move || Timestamp::now() + SignedDuration::from_mins(clock.load(Ordering::Relaxed)));
    (disk, minutes)
}

/// The mails that wait to be delivered, the oldest first: address, subject and text.
pub(crate) async fn mails(shop: &Shop) -> Vec<(String, String, String)> {
    let later = Timestamp::now() + SignedDuration::from_hours(24);
    let due = shop.store.due(later, 100).await.unwrap();
    let mails = due.into_iter().map(|mail| {
        let DeliveryContent::Email { subject, text, .. } = mail.content;
        (mail.to, subject, text)
    });
    mails.collect()
}

/// The code that was sent last.
pub(crate) async fn last_code(shop: &Shop) -> String {
    let (_, _, text) = mails(shop).await.pop().unwrap();
    let code: String = text.chars().skip_while(|c| !c.is_ascii_digit()).take(6).collect();
    assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()), "{text}");
    code
}

/// Some other code.
pub(crate) fn wrong(code: &str) -> String {
    code.chars().map(|digit| if digit == '9' { '0' } else { '9' }).collect()
}

/// Waits until the conversation has so many messages, and gives back their texts.
pub(crate) async fn told(visitor: &Visitor<'_>, count: usize) -> Vec<String> {
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        let all = messages(visitor).await;
        if all.len() >= count {
            return all.iter().map(|message| message.body.text().to_owned()).collect();
        }
        assert!(tokio::time::Instant::now() < deadline, "{all:?}");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

/// The texts that are said to a typed message.
pub(crate) async fn says(visitor: &Visitor<'_>, text: &str) -> Vec<String> {
    visitor.texts(typed(text)).await
}

/// The only text that is said to a typed message.
pub(crate) async fn says_one(visitor: &Visitor<'_>, text: &str) -> String {
    let mut texts = says(visitor, text).await;
    assert_eq!(texts.len(), 1, "{texts:?}");
    texts.remove(0)
}

/// The same, which offers a person.
pub(crate) async fn offers(visitor: &Visitor<'_>, text: &str) -> Body {
    let offer = crate::handoff::only(visitor, typed(text)).await;
    assert!(matches!(offer, Body::Offer { .. }), "{offer:?}");
    offer
}

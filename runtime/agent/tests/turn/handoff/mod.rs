//! From the assistant to a person: when one is offered, what is asked first, and what ticket there is in the end.

mod asked;
mod offered;
mod team;
mod ticket;

use crate::closed::known;
use crate::resolved::answering;
use crate::shop::{Disk, Shop, Visitor, typed};
use serde_json::Value;
use usher_agent::conversation::{Body, Message, Owner};
use usher_agent::desk::Ticket;
use usher_agent::handoff::{HandoffMethod, HandoffSettings};
use usher_agent::store::Store as _;
use usher_agent::texts::Language;
use usher_manifest::Kind;
use usher_probes::{Declaration, Fixture};

/// What the skill that always hands over is asked, and what the other one answers.
pub(crate) const MEND: &str = "please mend my broken lamp";
pub(crate) const PLAN: &str = "can you know the plan";

/// Reasons by their places in the contract.
pub(crate) const EXPLICIT: u8 = 0;
pub(crate) const UNSUPPORTED: u8 = 2;
pub(crate) const TOOL_FAILURE: u8 = 4;
pub(crate) const SENSITIVE: u8 = 7;
pub(crate) const FRUSTRATION: u8 = 8;

/// A skill that hands over for this reason, with a summary and a fact.
pub(crate) fn leaving(id: &str, reason: u8, example: &str) -> Fixture {
    let summary = "The lamp fell from the shelf.";
    let fields = format!(
        r##"(data (i32.const 512) "{summary}") (data (i32.const 600) "order-name") (data (i32.const 620) "#1001")
           (data (i32.const 640) "\58\02\00\00\0a\00\00\00\6c\02\00\00\05\00\00\00")"##
    );
    let body = format!(
        "(i32.store8 (i32.const 1024) (i32.const 2)) (i32.store8 (i32.const 1028) (i32.const {reason}))
         (i32.store (i32.const 1032) (i32.const 512)) (i32.store (i32.const 1036) (i32.const {}))
         (i32.store (i32.const 1040) (i32.const 640)) (i32.store (i32.const 1044) (i32.const 1))
         (i32.const 1024)",
        summary.len()
    );
    let toml = format!(
        "id = \"{id}\"\nname = \"Mending\"\nversion = \"0.1.0\"\ncategory = \"custom\"\noverview = \"Mends.\"\n\
         when-to-use = [\"{example}\"]\nhow-to-respond = \"Briefly.\"\nchannels = [\"webchat\", \"sms\", \"whatsapp\", \"email\"]\n\
         [examples]\nen = [\"{example}\", \"{example} now\", \"can you {example}\", \"I want you to {example}\", \
         \"you must {example}\"]\n"
    );
    let manifest = Some(Declaration { kind: Kind::Skill, toml });
    Fixture { manifest, ..Fixture::skill(id, &[], &[], &fields, &body) }
}

/// A disk whose shop hands over to people.
pub(crate) fn disk(change: impl FnOnce(&mut HandoffSettings)) -> Disk {
    let mut disk = Disk::new();
    disk.handoff.method = HandoffMethod::BuiltIn;
    disk.handoff.message.links.clear();
    change(&mut disk.handoff);
    disk
}

/// A shop that answers one question, and hands another over for this reason.
pub(crate) async fn open(disk: Disk, reason: u8) -> Shop {
    let shop = disk.start(None).await;
    shop.put(&answering("general", "it is so.", PLAN)).await;
    shop.put(&leaving("mending", reason, MEND)).await;
    known(&shop, 2).await;
    shop
}

pub(crate) async fn built_in() -> Shop {
    open(disk(|_| {}), UNSUPPORTED).await
}

/// What is said to a message, and the record of its turn.
pub(crate) async fn say(visitor: &Visitor<'_>, body: Body) -> (Vec<Body>, Value) {
    let message = visitor.send(body).await;
    let answers = visitor.answers(&message).await;
    (answers.into_iter().map(|answer| answer.body).collect(), visitor.record(&message).await)
}

/// The one thing that is said to a message.
pub(crate) async fn only(visitor: &Visitor<'_>, body: Body) -> Body {
    let (mut bodies, record) = say(visitor, body).await;
    assert_eq!(bodies.len(), 1, "{bodies:?} {record}");
    bodies.remove(0)
}

pub(crate) async fn tickets(visitor: &Visitor<'_>) -> Vec<Ticket> {
    visitor.shop.store.tickets_of(visitor.conversation).await.unwrap()
}

/// The only ticket of the conversation, which is a person's now.
pub(crate) async fn ticket(visitor: &Visitor<'_>) -> Ticket {
    let mut tickets = tickets(visitor).await;
    assert_eq!(tickets.len(), 1, "{tickets:?}");
    assert_eq!(owner(visitor).await, Owner::Human);
    tickets.remove(0)
}

/// There is no ticket, and the assistant goes on.
pub(crate) async fn is_the_assistant_s(visitor: &Visitor<'_>) {
    assert_eq!(tickets(visitor).await, []);
    assert_eq!(owner(visitor).await, Owner::Assistant);
}

async fn owner(visitor: &Visitor<'_>) -> Owner {
    visitor.shop.store.conversation(visitor.conversation).await.unwrap().unwrap().owner
}

/// All messages of the conversation.
pub(crate) async fn messages(visitor: &Visitor<'_>) -> Vec<Message> {
    visitor.shop.store.messages_after(visitor.conversation, 0, 1000).await.unwrap()
}

pub(crate) fn english() -> &'static usher_agent::handoff::HandoffWords {
    Language::English.handoff()
}

/// Asked for an address, with a button for those who give none.
pub(crate) fn is_email_question(body: &Body) {
    let Body::Question { asks, choices, skip, .. } = body else { panic!("no question: {body:?}") };
    assert_eq!(*asks, usher_agent::conversation::Asks::Email);
    assert_eq!((choices.as_slice(), skip.as_deref()), (&[] as &[String], Some(english().no_email)));
}

/// Takes the offer of a person, by button, and gives an address.
pub(crate) async fn hand_over(visitor: &Visitor<'_>) -> Vec<Body> {
    let offer = only(visitor, typed(MEND)).await;
    let question = only(visitor, offer.answered(true).unwrap()).await;
    is_email_question(&question);
    say(visitor, typed("ana@example.net")).await.0
}

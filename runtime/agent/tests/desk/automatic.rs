//! What wants no answer, be it an automatic mail or STOP: people see it, and nothing comes of it.

use crate::shop::{ADA, Customer, HELLO, PERSON, Shop, typed};
use jiff::{SignedDuration, Timestamp};
use usher_agent::channel::{Arrival, MailArrival, Writer};
use usher_agent::conversation::{Body, Message, Notice};
use usher_agent::desk::{TicketState, Told};
use usher_agent::ids::{ConversationId, TurnId};
use usher_agent::store::Store as _;
use usher_host::skill::Channel;

const AWAY: &str = "I am away until Monday.";

async fn mail(shop: &Shop, text: &str, answers: Option<ConversationId>, answer: bool) -> Message {
    let name = TurnId::new().to_string();
    let arrival = Arrival {
        channel: Channel::Email,
        provider_id: name.clone(),
        ours: "help@shop.example".into(),
        writer: Writer {
            id: "ana@example.net".into(),
            phone: None,
            email: Some("ana@example.net".into()),
            name: None,
            vouched: true,
        },
        body: typed(text),
        attachments: Vec::new(),
        left_out: Vec::new(),
        answer,
        subscription: None,
        mail: Some(MailArrival { answers, message_id: name, ..MailArrival::default() }),
        site: "shop".into(),
        most_an_hour: 100,
        continues_within: SignedDuration::from_hours(24),
        at: Timestamp::now(),
    };
    shop.agent().take_in(arrival).await.unwrap().accepted.message
}

/// A customer who asked for a person by mail.
async fn by_mail(shop: &Shop) -> Customer<'_> {
    let asked = mail(shop, PERSON, None, true).await;
    let conversation = asked.conversation;
    let session = shop.store().conversation(conversation).await.unwrap().unwrap().session;
    let customer = Customer { shop, session, conversation };
    customer.answered(&asked).await;
    customer
}

#[tokio::test]
async fn an_automatic_mail_is_seen_and_opens_nothing() {
    let shop = Shop::open().await;
    let customer = by_mail(&shop).await;
    let id = customer.ticket().await.id;
    shop.reply(id, ADA, "It is on its way").await;
    shop.solve(id, ADA).await;
    let before = customer.notices().await;
    let away = mail(&shop, AWAY, Some(customer.conversation), false).await;
    assert!(away.unanswerable && away.conversation == customer.conversation);
    let ticket = shop.ticket(id).await;
    assert_eq!((ticket.state, ticket.reopened, ticket.active_again), (TicketState::Solved, 0, false));
    assert_eq!((ticket.known_seq, shop.store().unknown_messages().await.unwrap()), (away.seq, vec![]));
    assert_eq!((customer.notices().await, shop.told(ADA).await), (before, vec![]));
    assert_eq!(customer.last().await.id, away.id, "whoever opens the ticket sees it");
    // What the customer writes does open it.
    mail(&shop, "It isn't", Some(customer.conversation), true).await;
    assert_eq!((shop.ticket(id).await.state, shop.told(ADA).await), (TicketState::Open, vec![Told::Reopened]));
    assert_eq!(customer.notices().await.last(), Some(&Notice::Reopened));
}

#[tokio::test]
async fn an_automatic_mail_is_no_sign_of_life() {
    let shop = Shop::open().await;
    let customer = by_mail(&shop).await;
    let id = customer.ticket().await.id;
    shop.reply(id, ADA, "What colour?").await;
    shop.desk().set_state(id, TicketState::Pending, ADA).await.unwrap();
    mail(&shop, AWAY, Some(customer.conversation), false).await;
    assert_eq!(shop.ticket(id).await.state, TicketState::Pending);
    mail(&shop, "Blue", Some(customer.conversation), true).await;
    assert_eq!(shop.ticket(id).await.state, TicketState::Open);
}

/// Two mails without words in a row are one to whoever answers; an automatic one is none.
#[tokio::test]
async fn it_is_no_part_of_what_the_assistant_talks_about() {
    let shop = Shop::open().await;
    let away = mail(&shop, "", None, false).await;
    let asked = mail(&shop, "", Some(away.conversation), true).await;
    assert_eq!(asked.conversation, away.conversation);
    let session = shop.store().conversation(asked.conversation).await.unwrap().unwrap().session;
    let customer = Customer { shop: &shop, session, conversation: asked.conversation };
    customer.answered(&asked).await;
    assert!(matches!(customer.last().await.body, Body::Offer { .. }), "{:?}", customer.messages().await);
}

#[tokio::test]
async fn the_assistant_answers_what_stands_before_it() {
    let shop = Shop::open().await;
    let customer = by_mail(&shop).await;
    let id = customer.ticket().await.id;
    shop.reply(id, ADA, "Hello").await;
    let asked = mail(&shop, HELLO, Some(customer.conversation), true).await;
    let away = mail(&shop, AWAY, Some(customer.conversation), false).await;
    shop.desk().hand_back(id, ADA).await.unwrap();
    customer.answered(&asked).await;
    // Where there is nothing else, nothing is answered.
    shop.desk().take_over(customer.conversation, ADA).await.unwrap();
    let again = mail(&shop, AWAY, Some(customer.conversation), false).await;
    shop.desk().hand_back(id, ADA).await.unwrap();
    assert_eq!(shop.store().waiting().await.unwrap(), []);
    let turns = shop.store().turns_of(customer.conversation).await.unwrap();
    assert!(turns.iter().all(|turn| turn.message != away.id && turn.message != again.id));
}

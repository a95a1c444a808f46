//! What a customer misses in the chat comes by e-mail.

use crate::shop::{ADA, BEN, Shop};
use usher_agent::conversation::Identity;
use usher_agent::desk::TicketChange;
use usher_agent::store::Store as _;
use usher_host::skill::Channel;

#[tokio::test]
async fn what_nobody_saw_in_the_chat_is_mailed_once() {
    let shop = Shop::open().await;
    let (customer, id) = shop.handed_over().await;
    shop.reply(id, ADA, "It leaves the warehouse today").await;
    shop.minutes(1).await;
    shop.reply(id, BEN, "… at noon").await;
    shop.minutes(1).await;
    assert_eq!(shop.mails().await, []);
    shop.minutes(2).await;
    let mails = shop.mails().await;
    assert_eq!(mails.len(), 1);
    assert_eq!((mails[0].to.as_str(), mails[0].subject.as_str()), ("c1@example.net", "Northwind has answered you"));
    assert!(mails[0].text.contains("ada: It leaves the warehouse today\n\nben: … at noon"), "{}", mails[0].text);
    let seq = customer.last().await.seq;
    assert!(shop.history(id).await.contains(&TicketChange::Mailed { seq }));
    for _ in 0..3 {
        shop.minutes(2).await;
    }
    assert_eq!(shop.mails().await.len(), 1);
    // The next one holds what is new.
    shop.reply(id, ADA, "It has left").await;
    shop.minutes(3).await;
    let mails = shop.mails().await;
    assert_eq!(mails.len(), 2);
    assert!(mails[1].text.contains("ada: It has left") && !mails[1].text.contains("noon"));
}

#[tokio::test]
async fn what_was_seen_or_answered_is_not_mailed() {
    let shop = Shop::open().await;
    let (seen, first) = shop.handed_over().await;
    let (answered, second) = shop.handed_over().await;
    let (_half, third) = shop.handed_over().await;
    for id in [first, second, third] {
        shop.reply(id, ADA, "One").await;
    }
    let seq = seen.last().await.seq;
    shop.store().note_seen(seen.conversation, seq).await.unwrap();
    shop.store().note_seen(_half.conversation, seq).await.unwrap();
    shop.reply(third, ADA, "Two").await;
    answered.write("Thanks").await;
    shop.minutes(3).await;
    let mails = shop.mails().await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].to == "c3@example.net" && mails[0].text.contains("Two") && !mails[0].text.contains("One"));
    assert!(shop.ticket(first).await.mail_at.is_none());
}

#[tokio::test]
async fn only_what_is_written_in_web_chat_is_mailed_and_only_where_an_address_is_known() {
    let shop = Shop::open().await;
    for channel in [Channel::Sms, Channel::Whatsapp, Channel::Email] {
        let customer = shop.customer_on(channel).await;
        let id = customer.hand_over().await.id;
        assert!(shop.reply(id, ADA, "Hello").await.mail_at.is_none(), "{channel:?}");
    }
    let customer = shop.customer().await;
    let nobody: Option<Identity> = None;
    shop.store().set_identity(customer.session, nobody).await.unwrap();
    let id = shop.desk().take_over(customer.conversation, ADA).await.unwrap().id;
    assert!(shop.reply(id, ADA, "Hello").await.mail_at.is_none());
    shop.minutes(3).await;
    assert_eq!(shop.mails().await, []);
}

#[tokio::test]
async fn mails_are_written_in_the_language_of_the_conversation() {
    let shop = Shop::open().await;
    let customer = shop.customer().await;
    customer.ask("Bonjour, je voudrais parler à un conseiller").await;
    let ticket = match customer.tickets().await.pop() {
        Some(ticket) => ticket,
        None => shop.desk().take_over(customer.conversation, ADA).await.unwrap(),
    };
    shop.reply(ticket.id, ADA, "Bonjour").await;
    shop.minutes(3).await;
    assert_eq!(shop.mails().await[0].subject, "Northwind vous a répondu");
    assert!(customer.messages().await.iter().any(|message| message.body.text().starts_with("ada est là")));
}

//! Ratings, and the wish to be told when somebody is there.

use crate::shop::{ADA, BEN, Customer, HELLO, Shop};
use usher_agent::conversation::{Body, Message, Notice, Owner};
use usher_agent::desk::{Availability, DeskError, TicketState};
use usher_host::skill::Channel;

async fn asking() -> Shop {
    let shop = Shop::open().await;
    shop.set(|settings| settings.ask_rating = true).await;
    shop
}

async fn rating_of(customer: &Customer<'_>) -> Message {
    let messages = customer.messages().await;
    messages.into_iter().rev().find(|message| matches!(message.body, Body::Rating { .. })).unwrap()
}

async fn score(customer: &Customer<'_>) -> Option<u8> {
    customer.ticket().await.rating.and_then(|rating| rating.score)
}

#[tokio::test]
async fn a_person_who_solves_asks_for_a_rating_once() {
    let shop = asking().await;
    let (customer, id) = shop.handed_over().await;
    shop.reply(id, ADA, "Done").await;
    for _ in 0..2 {
        shop.solve(id, ADA).await;
    }
    assert_eq!(customer.asked_to_rate().await, 1);
    let asked = rating_of(&customer).await;
    customer.send(asked.body.pressed(3).unwrap()).await;
    // A rating is no reply: nothing is opened again.
    assert_eq!((shop.ticket(id).await.state, score(&customer).await), (TicketState::Solved, Some(4)));
    assert_eq!(customer.notices().await, [Notice::Joined, Notice::Solved, Notice::Rated]);
    // It can be corrected, and is thanked for once.
    customer.send(asked.body.pressed(4).unwrap()).await;
    let words = Some("Quick!\u{202e}".to_owned());
    let ticket = shop.desk().rate(customer.conversation, 5, words).await.unwrap();
    let rating = ticket.rating.unwrap();
    assert_eq!((rating.score, rating.comment.as_deref()), (Some(5), Some("Quick!")));
    assert_eq!(customer.notices().await.len(), 3);
    // Opened again by a reply: asked again only when it is solved again.
    customer.write("One question more").await;
    assert_eq!(shop.ticket(id).await.state, TicketState::Open);
    assert_eq!(customer.asked_to_rate().await, 1);
    shop.solve(id, BEN).await;
    assert_eq!(customer.asked_to_rate().await, 2);
    assert_eq!(score(&customer).await, Some(5));
}

#[tokio::test]
async fn a_number_is_a_rating_while_one_is_asked_for_and_a_message_otherwise() {
    let shop = asking().await;
    let customer = shop.customer_on(Channel::Sms).await;
    let id = customer.hand_over().await.id;
    shop.reply(id, ADA, "How many?").await;
    customer.write("4").await;
    assert_eq!((score(&customer).await, shop.ticket(id).await.known_seq), (None, 5));
    shop.solve(id, ADA).await;
    customer.write(" 2 ").await;
    assert_eq!((score(&customer).await, shop.ticket(id).await.state), (Some(2), TicketState::Solved));
    // Given already: this one is about something else.
    customer.write("3").await;
    assert_eq!((score(&customer).await, shop.ticket(id).await.state), (Some(2), TicketState::Open));
    shop.solve(id, ADA).await;
    customer.write("6").await;
    assert_eq!((score(&customer).await, shop.ticket(id).await.state), (Some(2), TicketState::Open));
}

#[tokio::test]
async fn silence_is_not_rated_unless_the_operator_wants_it() {
    for wanted in [false, true] {
        let shop = asking().await;
        shop.set(|settings| settings.ask_rating_after_silence = wanted).await;
        let (customer, id) = shop.handed_over().await;
        shop.reply(id, ADA, "What colour?").await;
        for minutes in [11, 11, 24 * 60 + 1] {
            shop.minutes(minutes).await;
        }
        assert_eq!(shop.ticket(id).await.state, TicketState::Solved);
        assert_eq!(customer.asked_to_rate().await, usize::from(wanted));
        if wanted {
            // The assistant has the conversation, and has nothing to say to a number.
            let before = customer.messages().await.len();
            let message = customer.write("5").await;
            customer.answered(&message).await;
            assert_eq!(score(&customer).await, Some(5));
            let messages = customer.messages().await;
            assert_eq!(messages.len(), before + 2, "{messages:?}");
            assert!(matches!(customer.last().await.body, Body::Notice { notice: Notice::Rated, .. }));
            let pressed = rating_of(&customer).await.body.pressed(0).unwrap();
            let message = customer.send(pressed).await;
            customer.answered(&message).await;
            assert_eq!((score(&customer).await, customer.messages().await.len()), (Some(1), before + 3));
            customer.ask(HELLO).await;
            assert_eq!(customer.owner().await, Owner::Assistant);
        }
    }
}

#[tokio::test]
async fn nobody_rates_what_nobody_asked_about() {
    let shop = Shop::open().await;
    shop.set(|settings| settings.ask_rating = false).await;
    let (customer, id) = shop.handed_over().await;
    shop.solve(id, ADA).await;
    assert_eq!(customer.asked_to_rate().await, 0);
    let refused = shop.desk().rate(customer.conversation, 5, None).await;
    assert!(matches!(refused, Err(DeskError::Refused(_))));
    shop.set(|settings| settings.ask_rating = true).await;
    shop.desk().set_state(id, TicketState::Open, ADA).await.unwrap();
    shop.solve(id, ADA).await;
    for score in [0, 6] {
        assert!(matches!(shop.desk().rate(customer.conversation, score, None).await, Err(DeskError::Refused(_))));
    }
    let other = shop.customer().await;
    assert!(matches!(shop.desk().rate(other.conversation, 5, None).await, Err(DeskError::NotFound("ticket"))));
}

/// Presses the button below the words of the handoff.
async fn tell_me(customer: &Customer<'_>) {
    let messages = customer.messages().await;
    let offer = messages.iter().rev().find(|message| matches!(message.body, Body::Handoff { .. })).unwrap();
    customer.send(offer.body.pressed(0).unwrap()).await;
}

#[tokio::test]
async fn who_wants_to_be_told_is_told_once_when_somebody_is_there() {
    let shop = Shop::empty().await;
    let (chat, first) = shop.handed_over().await;
    let text = shop.customer_on(Channel::Sms).await;
    let second = text.hand_over().await.id;
    let (_silent, third) = shop.handed_over().await;
    for customer in [&chat, &text] {
        tell_me(customer).await;
        tell_me(customer).await;
        assert_eq!(customer.notices().await, [Notice::WillTell]);
        assert!(customer.ticket().await.tell_when_there);
    }
    shop.tick().await;
    assert_eq!(shop.mails().await, []);
    shop.desk().seen(ADA).await.unwrap();
    shop.desk().set_availability(ADA, Availability::Away, None, ADA).await.unwrap();
    shop.tick().await;
    assert_eq!(shop.mails().await, [], "somebody who takes no tickets isn't there");
    shop.desk().set_availability(ADA, Availability::Online, None, ADA).await.unwrap();
    for _ in 0..2 {
        shop.tick().await;
    }
    let mails = shop.mails().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (mails[0].to.as_str(), mails[0].subject.as_str()),
        ("c1@example.net", "Somebody at Northwind is here for you now")
    );
    for customer in [&chat, &text] {
        assert_eq!(customer.notices().await, [Notice::WillTell, Notice::SomebodyIsThere]);
    }
    for id in [first, second, third] {
        assert!(!shop.ticket(id).await.tell_when_there);
    }
}

#[tokio::test]
async fn who_is_picked_up_first_is_told_so_too() {
    let shop = Shop::empty().await;
    let (customer, id) = shop.handed_over().await;
    tell_me(&customer).await;
    shop.desk().claim(id, BEN).await.unwrap();
    assert_eq!(shop.mails().await.len(), 1);
    assert_eq!(customer.notices().await, [Notice::WillTell, Notice::SomebodyIsThere, Notice::Joined]);
}

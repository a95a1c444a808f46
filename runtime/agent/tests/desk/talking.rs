//! What people write: replies, each once and none over what they haven't seen, and notes.

use crate::shop::{ADA, BEN, Shop};
use jiff::SignedDuration;
use usher_agent::conversation::{Notice, Owner};
use usher_agent::desk::{
    DeskError, Draft, NewReply, Place, Priority, Silence, Ticket, TicketChange, TicketState, Told,
};
use usher_agent::ids::TicketId;
use usher_agent::store::Store as _;

#[tokio::test]
async fn a_reply_takes_a_ticket_that_is_nobody_s() {
    let shop = Shop::open().await;
    let (customer, id) = shop.handed_over().await;
    let draft = |person: &str| Draft {
        ticket: id,
        person: person.into(),
        text: "Hel".into(),
        seen_seq: 2,
        updated_at: shop.now(),
    };
    shop.store().put_draft(draft(ADA)).await.unwrap();
    shop.store().put_draft(draft(BEN)).await.unwrap();
    let ticket = shop.reply(id, ADA, "Hello").await;
    assert_eq!(ticket.assignee.as_deref(), Some(ADA));
    assert!(ticket.first_reply_at.is_some() && ticket.person_at.unwrap() > ticket.customer_at);
    assert_eq!(customer.notices().await, [Notice::Joined]);
    // The writer's draft is used up, and nobody else's.
    assert_eq!(shop.store().drafts(ADA).await.unwrap(), []);
    assert_eq!(shop.store().drafts(BEN).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_reply_that_is_sent_twice_is_one() {
    let shop = Shop::open().await;
    let (customer, id) = shop.handed_over().await;
    let desk = shop.desk();
    let reply = NewReply { then: Some(TicketState::Pending), seen_seq: Some(2), ..shop.written("Hello") };
    let (one, other) = tokio::join!(desk.reply(id, ADA, reply.clone()), desk.reply(id, ADA, reply.clone()));
    let stored = [one.unwrap().1, other.unwrap().1];
    assert_eq!(stored.iter().flatten().count(), 1);
    drop(desk);
    shop.restart().await;
    let (ticket, message) = shop.desk().reply(id, ADA, reply).await.unwrap();
    assert_eq!((ticket.state, message), (TicketState::Pending, None));
    assert_eq!(customer.words_of_people().await, ["Hello"]);
    assert_eq!(customer.notices().await, [Notice::Joined, Notice::Pending]);
}

#[tokio::test]
async fn nobody_answers_over_what_they_have_not_seen() {
    let shop = Shop::open().await;
    let (customer, id) = shop.handed_over().await;
    let seen = customer.last().await.seq;
    let written = customer.write("I mean the blue one").await.seq;
    let reply = NewReply { seen_seq: Some(seen), ..shop.written("The red one is in stock") };
    let refused = shop.desk().reply(id, ADA, reply.clone()).await;
    assert!(matches!(refused, Err(DeskError::AnsweredMeanwhile(seq)) if seq == written));
    assert_eq!(customer.words_of_people().await, Vec::<String>::new());
    // What the runtime wrote is nothing to be seen first, nor what the writer wrote themself.
    let reply = NewReply { seen_seq: Some(written), ..reply };
    shop.desk().claim(id, ADA).await.unwrap();
    shop.desk().reply(id, ADA, reply).await.unwrap();
    let more = NewReply { seen_seq: Some(written), ..shop.written("The blue one, too") };
    shop.desk().reply(id, ADA, more).await.unwrap();
    // What another person wrote is.
    let other = NewReply { seen_seq: Some(written), ..shop.written("Both are") };
    let refused = shop.desk().reply(id, BEN, other.clone()).await;
    assert!(matches!(refused, Err(DeskError::AnsweredMeanwhile(_))));
    shop.desk().reply(id, BEN, NewReply { seen_seq: None, ..other }).await.unwrap();
    assert_eq!(customer.words_of_people().await.len(), 3);
}

#[tokio::test]
async fn two_who_answer_at_once_know_of_each_other() {
    let shop = Shop::open().await;
    for _ in 0..5 {
        let (customer, id) = shop.handed_over().await;
        let seen = customer.last().await.seq;
        let reply = |text: &str| NewReply { seen_seq: Some(seen), ..shop.written(text) };
        let desk = shop.desk();
        let (one, other) = tokio::join!(desk.reply(id, ADA, reply("From Ada")), desk.reply(id, BEN, reply("From Ben")));
        assert!(one.is_ok() != other.is_ok());
        let lost = if one.is_ok() { other } else { one };
        assert!(matches!(lost, Err(DeskError::AnsweredMeanwhile(_))), "{lost:?}");
        assert_eq!(customer.words_of_people().await.len(), 1);
    }
}

#[tokio::test]
async fn what_can_not_be_sent_is_refused_with_what_to_do() {
    let shop = Shop::open().await;
    let (customer, id) = shop.handed_over().await;
    let refused = async |id: TicketId, reply: NewReply| match shop.desk().reply(id, ADA, reply).await {
        Err(DeskError::Refused(why)) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(id, shop.written(" \u{200b} ")).await, "there is no text: write something first");
    assert!(refused(id, shop.written(&"a".repeat(4001))).await.contains("at most 4000"));
    let then = NewReply { then: Some(TicketState::Closed), ..shop.written("Bye") };
    assert!(refused(id, then).await.contains("close it afterwards"));
    shop.desk().set_state(id, TicketState::Closed, ADA).await.unwrap();
    assert!(refused(id, shop.written("Hello")).await.contains("closed for good"));
    assert_eq!((customer.words_of_people().await.len(), customer.owner().await), (0, Owner::Assistant));
    let missing = shop.desk().reply(TicketId::new(), ADA, shop.written("Hello")).await;
    assert!(matches!(missing, Err(DeskError::NotFound("ticket"))));
}

#[tokio::test]
async fn a_reply_opens_what_is_solved_and_takes_the_conversation_from_the_assistant() {
    let shop = Shop::open().await;
    shop.set(|settings| settings.ask_rating = false).await;
    let (customer, id) = shop.handed_over().await;
    shop.reply(id, ADA, "Hello").await;
    shop.desk().hand_back(id, ADA).await.unwrap();
    customer.ask("hello").await;
    let ticket = shop.reply(id, ADA, "One thing more").await;
    assert_eq!((ticket.state, ticket.reopened, customer.owner().await), (TicketState::Open, 1, Owner::Human));
    assert_eq!(ticket.known_seq, 6);
    assert!(shop.history(id).await.contains(&TicketChange::TakenOver));
    // Sent along with a reply, the solving is told after it.
    let reply = NewReply { then: Some(TicketState::Solved), ..shop.written("That's all") };
    let (ticket, message) = shop.desk().reply(id, ADA, reply).await.unwrap();
    assert_eq!((ticket.state, customer.last().await.seq), (TicketState::Solved, message.unwrap().seq + 1));
}

#[tokio::test]
async fn notes_are_the_team_s_and_tell_who_is_named() {
    let shop = Shop::open().await;
    let (customer, id) = shop.handed_over().await;
    let before = customer.last().await.seq;
    shop.desk().note(id, ADA, "@Ben, can you look? @ada @benno").await.unwrap();
    shop.desk().note(id, ADA, "@benno knows").await.unwrap();
    assert_eq!((shop.told(BEN).await, shop.told(ADA).await), (vec![Told::Mentioned], vec![]));
    assert_eq!(customer.last().await.seq, before);
    let noted = shop.history(id).await.into_iter().filter(|what| matches!(what, TicketChange::Note { .. })).count();
    assert_eq!(noted, 2);
    assert!(matches!(shop.desk().note(id, ADA, "").await, Err(DeskError::Refused(_))));
}

#[tokio::test]
async fn priority_and_tags_are_set_and_told_once() {
    let shop = Shop::open().await;
    let (_customer, id) = shop.handed_over().await;
    let before = shop.history(id).await.len();
    for _ in 0..2 {
        shop.desk().prioritize(id, Priority::High, ADA).await.unwrap();
        shop.desk().tag(id, ["VIP".to_owned(), " big  order ".to_owned()].into(), ADA).await.unwrap();
    }
    let tags = ["VIP".to_owned(), "big order".to_owned()].into();
    let ticket = shop.ticket(id).await;
    assert_eq!((ticket.priority, &ticket.tags), (Priority::High, &tags));
    let expected = [TicketChange::Priority { to: Priority::High }, TicketChange::Tags { tags }];
    assert_eq!(shop.history(id).await[before..], expected);
    let refused = shop.desk().tag(id, [String::new()].into(), ADA).await;
    assert!(matches!(refused, Err(DeskError::Refused(_))));
}

#[tokio::test]
async fn what_is_put_aside_comes_up_again_in_time_or_when_the_customer_writes() {
    let shop = Shop::open().await;
    let (customer, id) = shop.handed_over().await;
    shop.reply(id, ADA, "I'll ask the warehouse").await;
    let until = shop.now() + SignedDuration::from_hours(5);
    shop.desk().snooze(id, Some(until), ADA).await.unwrap();
    // Nobody asks the customer whether they are there while it is the team that is waited for.
    for _ in 0..4 {
        shop.minutes(60).await;
    }
    let ticket = shop.ticket(id).await;
    assert_eq!((ticket.state, ticket.silence, ticket.snoozed_until), (TicketState::Open, Silence::None, Some(until)));
    shop.minutes(61).await;
    let ticket = shop.ticket(id).await;
    assert!(ticket.active_again && ticket.snoozed_until.is_none());
    assert_eq!(customer.notices().await, [Notice::Joined]);
    // The silence counts from then on.
    shop.minutes(11).await;
    assert_eq!(shop.ticket(id).await.silence, Silence::Reminded);
    shop.desk().snooze(id, Some(shop.now() + SignedDuration::from_hours(5)), ADA).await.unwrap();
    customer.write("Any news?").await;
    let ticket = shop.ticket(id).await;
    assert!(ticket.active_again && ticket.snoozed_until.is_none());
    shop.desk().looking(BEN, Some(id)).await.unwrap();
    assert!(shop.ticket(id).await.active_again);
    shop.desk().looking(ADA, Some(id)).await.unwrap();
    assert!(!shop.ticket(id).await.active_again);
    let passed = shop.desk().snooze(id, Some(shop.now()), ADA).await;
    assert!(matches!(passed, Err(DeskError::Refused(_))));
}

#[tokio::test]
async fn the_work_of_two_tickets_goes_on_in_one() {
    let shop = Shop::open().await;
    let (one, from) = shop.handed_over().await;
    let (other, into) = shop.handed_over().await;
    shop.desk().tag(from, ["VIP".to_owned()].into(), ADA).await.unwrap();
    shop.desk().prioritize(from, Priority::Urgent, ADA).await.unwrap();
    shop.reply(into, BEN, "Hello").await;
    let merged = shop.desk().merge(from, into, ADA).await.unwrap();
    assert_eq!((merged.id, merged.priority, merged.assignee.as_deref()), (into, Priority::Urgent, Some(BEN)));
    assert!(merged.tags.contains("VIP"));
    let closed = shop.ticket(from).await;
    assert_eq!((closed.state, closed.merged_into), (TicketState::Closed, Some(into)));
    assert_eq!((one.owner().await, other.owner().await), (Owner::Assistant, Owner::Human));
    assert!(one.last().await.body.text().contains("another conversation"));
    assert_eq!(other.words_of_people().await, ["Hello"]);
    assert_eq!(shop.history(into).await.last(), Some(&TicketChange::Merged { from }));
    assert!(shop.history(from).await.contains(&TicketChange::MergedInto { into }));
    // A handoff in the merged conversation goes on with the ticket that has its work.
    let next: Ticket = one.hand_over().await;
    assert_eq!((next.follows, next.state), (Some(into), TicketState::Open));
    assert_ne!(next.id, from);
    for (from, into) in [(from, into), (into, from), (into, into)] {
        assert!(matches!(shop.desk().merge(from, into, ADA).await, Err(DeskError::Refused(_))));
    }
    assert_eq!(shop.ticket(into).await.place, Place::BuiltIn);
}

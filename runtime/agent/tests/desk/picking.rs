//! Whose a ticket is: picked up, taken over, given on and given back.

use crate::shop::{ADA, BEN, HELLO, PERSON, Shop};
use usher_agent::conversation::{Body, Notice, Owner};
use usher_agent::desk::{DeskError, DeskEvent, SolvedBy, TicketChange, TicketState, Told};
use usher_agent::store::{AuditFilter, Store as _};
use usher_agent::{Event, HandedOff};
use usher_host::Action;
use usher_host::skill::{Author, Channel};

#[tokio::test]
async fn a_handoff_is_a_ticket_that_somebody_picks_up() {
    let shop = Shop::open().await;
    let (customer, id) = shop.handed_over().await;
    let ticket = shop.ticket(id).await;
    assert_eq!((ticket.state, ticket.assignee, ticket.reason), (TicketState::Open, None, HandedOff::ExplicitRequest));
    assert_eq!((customer.owner().await, ticket.known_seq), (Owner::Human, 1));
    let ticket = shop.desk().claim(id, ADA).await.unwrap();
    assert_eq!(ticket.assignee.as_deref(), Some(ADA));
    assert_eq!(customer.last().await.body.text(), "ada is here now and can see everything that was written so far.");
    // Who has it may say so again; nothing is said twice.
    shop.desk().claim(id, ADA).await.unwrap();
    shop.reply(id, ADA, "Hello Ana").await;
    assert_eq!(customer.notices().await, [Notice::Joined]);
    assert_eq!(customer.words_of_people().await, ["Hello Ana"]);
    let history = shop.history(id).await;
    assert_eq!(history[0], TicketChange::Opened { reason: HandedOff::ExplicitRequest });
    let claimed = TicketChange::Assigned { person: Some(ADA.into()), group: None, how: "claimed".into() };
    assert_eq!(history[1..], [claimed]);
}

#[tokio::test]
async fn of_two_who_pick_the_same_ticket_one_gets_it() {
    let shop = Shop::open().await;
    for _ in 0..5 {
        let (customer, id) = shop.handed_over().await;
        let desk = shop.desk();
        let (one, other) = tokio::join!(desk.claim(id, ADA), desk.claim(id, BEN));
        let assignee = shop.ticket(id).await.assignee.unwrap();
        let (won, lost) = if one.is_ok() { (ADA, other) } else { (BEN, one) };
        assert_eq!(assignee, won);
        assert!(matches!(lost, Err(DeskError::Taken(name)) if name == won));
        assert_eq!(customer.notices().await, [Notice::Joined]);
    }
}

#[tokio::test]
async fn the_name_that_customers_read_is_the_person_s_own_choice() {
    let shop = Shop::open().await;
    shop.desk().change_person(ADA, |person| person.display_name = "Ada from Northwind".into(), None).await.unwrap();
    let (customer, id) = shop.handed_over().await;
    shop.reply(id, ADA, "Hi").await;
    let messages = customer.messages().await;
    let [.., joined, reply] = &messages[..] else { panic!("{messages:?}") };
    assert!(joined.body.text().starts_with("Ada from Northwind is here"));
    assert_eq!(reply.body, Body::Support { text: "Hi".into(), name: Some("Ada from Northwind".into()) });
    assert!(matches!(shop.desk().claim(id, BEN).await, Err(DeskError::Taken(name)) if name == "Ada from Northwind"));
}

#[tokio::test]
async fn a_conversation_is_taken_over_from_the_assistant() {
    let shop = Shop::open().await;
    let customer = shop.customer().await;
    customer.ask(HELLO).await;
    let mut events = shop.agent().events(customer.conversation);
    let ticket = shop.desk().take_over(customer.conversation, ADA).await.unwrap();
    assert_eq!((ticket.reason, ticket.assignee.as_deref()), (HandedOff::OtherParticipant, Some(ADA)));
    assert_eq!(ticket.requester.email.as_deref(), Some("c1@example.net"));
    assert_eq!((ticket.known_seq, customer.owner().await), (1, Owner::Human));
    assert_eq!(customer.notices().await, [Notice::Joined]);
    // The end of the assistant's own typing may come first.
    let mut heard = async || loop {
        match events.recv().await.unwrap() {
            Event::Typing { .. } => {}
            event => return event,
        }
    };
    assert_eq!(heard().await, Event::Owner(Owner::Human));
    assert_eq!(heard().await, Event::Stored { seq: 3 });
    let filter = AuditFilter { action: Some(Action::ConversationTakenOver), ..AuditFilter::default() };
    let lines = shop.store().audit(filter, 0, 10).await.unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!((lines[0].actor.as_str(), &lines[0].object), ("operator:ada", &customer.conversation.to_string()));
    // The assistant is silent from now on.
    customer.write(PERSON).await;
    shop.restart().await;
    let messages = customer.messages().await;
    assert_eq!(messages.iter().filter(|message| message.turn.is_some()).count(), 1, "{messages:?}");
    assert_eq!(shop.ticket(ticket.id).await.known_seq, 4);
    // Whoever comes second is told who has it.
    let second = shop.desk().take_over(customer.conversation, BEN).await;
    assert!(matches!(second, Err(DeskError::Taken(name)) if name == ADA));
    assert_eq!(shop.desk().take_over(customer.conversation, ADA).await.unwrap().id, ticket.id);
}

#[tokio::test]
async fn who_takes_over_while_the_assistant_answers_leaves_one_answer() {
    let shop = Shop::open().await;
    for _ in 0..8 {
        let customer = shop.customer().await;
        let message = customer.write(HELLO).await;
        let ticket = shop.desk().take_over(customer.conversation, ADA).await.unwrap();
        shop.reply(ticket.id, ADA, "I'm on it").await;
        // Whatever the assistant was at is over when a later turn of its own is.
        let other = shop.customer().await;
        other.ask(HELLO).await;
        let messages = customer.messages().await;
        let turns = messages.iter().filter(|message| message.turn.is_some()).count();
        let joined = messages.iter().position(|message| matches!(message.body, Body::Notice { .. })).unwrap();
        // An answer stands before the person came, or not at all.
        assert!(messages[joined..].iter().all(|message| message.turn.is_none()), "{messages:?}");
        assert_eq!(messages.len(), 3 + turns, "{messages:?}");
        assert_eq!(shop.ticket(ticket.id).await.known_seq, message.seq);
    }
}

#[tokio::test]
async fn tickets_are_given_on_and_the_next_person_is_announced_when_they_write() {
    let shop = Shop::open().await;
    shop.set(|settings| settings.groups = ["returns".to_owned()].into()).await;
    let (customer, id) = shop.handed_over().await;
    shop.reply(id, ADA, "One moment").await;
    let ticket = shop.desk().assign(id, Some(BEN), Some("returns"), ADA).await.unwrap();
    assert_eq!((ticket.assignee.as_deref(), ticket.group.as_deref()), (Some(BEN), Some("returns")));
    assert_eq!(ticket.last_assignee.as_deref(), Some(ADA));
    assert_eq!((shop.told(BEN).await, shop.told(ADA).await), (vec![Told::Assigned], vec![]));
    assert_eq!(customer.notices().await, [Notice::Joined]);
    shop.reply(id, BEN, "I'll go on here").await;
    assert_eq!(customer.notices().await, [Notice::Joined, Notice::Reassigned]);
    // A colleague who only adds something doesn't take it, and isn't announced.
    let ticket = shop.reply(id, ADA, "As I said").await;
    assert_eq!(ticket.assignee.as_deref(), Some(BEN));
    assert_eq!(customer.notices().await, [Notice::Joined, Notice::Reassigned]);
    shop.desk().assign(id, None, None, ADA).await.unwrap();
    assert_eq!(shop.told(BEN).await, [Told::TakenAway, Told::Assigned]);
    let gone = shop.desk().assign(id, Some("nobody"), None, ADA).await;
    assert!(matches!(gone, Err(DeskError::NotFound("person"))));
    let gone = shop.desk().assign(id, None, Some("nothing"), ADA).await;
    assert!(matches!(gone, Err(DeskError::NotFound("group"))));
}

#[tokio::test]
async fn what_nobody_answered_the_assistant_answers_when_it_is_handed_back() {
    let shop = Shop::open().await;
    shop.set(|settings| settings.ask_rating = true).await;
    let (customer, id) = shop.handed_over().await;
    shop.reply(id, ADA, "Hello").await;
    let asked = customer.write(HELLO).await;
    let ticket = shop.desk().hand_back(id, ADA).await.unwrap();
    customer.answered(&asked).await;
    assert_eq!((ticket.state, customer.owner().await), (TicketState::Solved, Owner::Assistant));
    assert_eq!(ticket.solved.unwrap().by, SolvedBy::Person { person: ADA.into() });
    let messages = customer.messages().await;
    let [.., back, answer] = &messages[..] else { panic!("{messages:?}") };
    assert!(matches!(back.body, Body::Notice { notice: Notice::HandedBack, .. }));
    assert!(answer.turn.is_some() && answer.author == Author::Assistant);
    assert_eq!(customer.asked_to_rate().await, 0);
    let filter = AuditFilter { action: Some(Action::ConversationHandedBack), ..AuditFilter::default() };
    assert_eq!(shop.store().audit(filter, 0, 10).await.unwrap().len(), 1);
    let history = shop.history(id).await;
    assert_eq!(history.last(), Some(&TicketChange::HandedBack));
    let again = shop.desk().hand_back(id, ADA).await;
    assert!(matches!(again, Err(DeskError::Refused(_))));
    // The next handoff opens the same ticket again.
    let ticket = customer.hand_over().await;
    assert_eq!((ticket.id, ticket.state, ticket.reopened), (id, TicketState::Open, 1));
    assert_eq!(customer.tickets().await.len(), 1);
}

#[tokio::test]
async fn what_was_answered_is_not_answered_again_when_it_is_handed_back() {
    let shop = Shop::open().await;
    // The assistant's own handing over is its answer: it would only hand over again.
    let (customer, id) = shop.handed_over().await;
    shop.desk().hand_back(id, ADA).await.unwrap();
    assert_eq!(shop.store().waiting().await.unwrap(), []);
    let (other, id) = shop.handed_over().await;
    other.write("And the blue one?").await;
    shop.reply(id, ADA, "In stock").await;
    shop.desk().hand_back(id, ADA).await.unwrap();
    assert_eq!(shop.store().waiting().await.unwrap(), []);
    for customer in [customer, other] {
        assert!(matches!(customer.last().await.body, Body::Notice { notice: Notice::HandedBack, .. }));
    }
}

#[tokio::test]
async fn who_watches_the_desk_hears_what_happens() {
    let shop = Shop::open().await;
    let mut events = shop.desk().events();
    let customer = shop.customer_on(Channel::Sms).await;
    let heard = async |events: &mut tokio::sync::broadcast::Receiver<DeskEvent>| events.recv().await.unwrap();
    customer.ask(PERSON).await;
    assert_eq!(heard(&mut events).await, DeskEvent::Conversation(customer.conversation));
    let id = customer.ticket().await.id;
    assert_eq!(heard(&mut events).await, DeskEvent::Ticket(id));
    shop.desk().assign(id, Some(BEN), None, ADA).await.unwrap();
    assert_eq!(heard(&mut events).await, DeskEvent::Ticket(id));
    assert_eq!(heard(&mut events).await, DeskEvent::Told { person: BEN.into() });
    let mut chat = shop.agent().events(customer.conversation);
    shop.desk().typing(BEN, id).await.unwrap();
    let typing = DeskEvent::Typing { conversation: customer.conversation, person: Some(BEN.into()) };
    assert_eq!(heard(&mut events).await, typing);
    assert_eq!(chat.recv().await.unwrap(), Event::Typing { on: true, who: Author::Human });
    shop.desk().customer_types(customer.conversation);
    let typing = DeskEvent::Typing { conversation: customer.conversation, person: None };
    assert_eq!(heard(&mut events).await, typing);
    shop.desk().looking(BEN, Some(id)).await.unwrap();
    assert_eq!(heard(&mut events).await, DeskEvent::Presence);
    let looking = shop.desk().presence().into_iter().find(|present| present.person == BEN).unwrap();
    assert_eq!(looking.ticket, Some(id));
    // What is looked at needs no notification.
    customer.write("Anybody?").await;
    assert_eq!(shop.told(BEN).await, [Told::Assigned]);
    shop.pass(jiff::SignedDuration::from_mins(3));
    assert_eq!(shop.desk().presence(), []);
    customer.write("Hello?").await;
    customer.write("Hello??").await;
    assert_eq!(shop.told(BEN).await, [Told::CustomerWrote, Told::Assigned]);
}

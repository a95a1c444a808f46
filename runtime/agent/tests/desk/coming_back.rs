//! Customers who write after their ticket was solved or closed.

use crate::shop::{ADA, BEN, HELLO, Shop};
use jiff::SignedDuration;
use usher_agent::conversation::{Notice, Owner};
use usher_agent::desk::{Assignment, Availability, HandTo, SolvedBy, Ticket, TicketState, Told};
use usher_agent::store::Store as _;
use usher_host::{Action, Entry};

/// A ticket that Ada solved, and what became of it when the customer wrote again.
async fn written_after(between: impl AsyncFnOnce(&Shop)) -> (Ticket, Vec<Told>, String) {
    let shop = Shop::open().await;
    let (customer, id) = shop.handed_over().await;
    shop.reply(id, ADA, "It is on its way").await;
    shop.solve(id, ADA).await;
    assert_eq!(customer.owner().await, Owner::Human);
    between(&shop).await;
    customer.write("It isn't").await;
    let ticket = shop.ticket(id).await;
    assert_eq!((ticket.state, ticket.reopened, ticket.active_again), (TicketState::Open, 1, true));
    assert_eq!((ticket.solved.is_none(), customer.tickets().await.len()), (true, 1));
    assert_eq!(customer.notices().await, [Notice::Joined, Notice::Solved, Notice::Reopened]);
    let told = shop.told(ADA).await;
    (ticket, told, customer.last().await.body.text().to_owned())
}

#[tokio::test]
async fn a_reply_opens_a_solved_ticket_again_with_its_person() {
    let (ticket, told, said) = written_after(async |_| {}).await;
    assert_eq!((ticket.assignee.as_deref(), told), (Some(ADA), vec![Told::Reopened]));
    assert_eq!(said, "Thanks for writing. This is open again, and ada will see it.");
    // Whoever has only gone home finds it the next morning.
    let gone_home = written_after(async |shop: &Shop| {
        shop.desk().set_availability(ADA, Availability::Offline, None, ADA).await.unwrap();
        shop.pass(SignedDuration::from_hours(10));
    });
    assert_eq!(gone_home.await.0.assignee.as_deref(), Some(ADA));
}

/// To the team, keeping whose it was.
fn is_the_team_s((ticket, told, said): (Ticket, Vec<Told>, String)) {
    assert_eq!((ticket.assignee, ticket.last_assignee.as_deref()), (None, Some(ADA)));
    assert!(!told.contains(&Told::Reopened));
    assert_eq!(said, "Thanks for writing. This is open again, and our team will see it.");
}

#[tokio::test]
async fn it_goes_to_the_team_where_its_person_is_away_or_gone() {
    for availability in [Availability::Away, Availability::OutOfOffice] {
        let away = written_after(async |shop: &Shop| {
            shop.desk().set_availability(ADA, availability, None, ADA).await.unwrap();
        });
        is_the_team_s(away.await);
    }
    is_the_team_s(written_after(async |shop: &Shop| shop.pass(SignedDuration::from_hours(25))).await);
    let gone = written_after(async |shop: &Shop| {
        let entry = Entry::new("operator:test", Action::PersonChanged, ADA, serde_json::Value::Null);
        assert!(shop.desk().remove_person(ADA, "test", entry).await.unwrap());
    });
    is_the_team_s(gone.await);
}

#[tokio::test]
async fn an_absence_ends_by_itself() {
    let shop = Shop::open().await;
    let until = shop.now() + SignedDuration::from_hours(2);
    shop.desk().set_availability(ADA, Availability::Away, Some(until), ADA).await.unwrap();
    let availability = async || {
        let people = shop.store().people().await.unwrap();
        people.into_iter().find(|person| person.name == ADA).unwrap().availability
    };
    shop.minutes(119).await;
    assert_eq!(availability().await, Availability::Away);
    shop.minutes(2).await;
    assert_eq!(availability().await, Availability::Online);
}

#[tokio::test]
async fn what_is_solved_by_silence_the_assistant_takes_first() {
    let shop = Shop::open().await;
    let (customer, id) = shop.handed_over().await;
    shop.reply(id, ADA, "What colour?").await;
    for minutes in [11, 11, 24 * 60 + 1] {
        shop.minutes(minutes).await;
    }
    assert_eq!(shop.ticket(id).await.solved.unwrap().by, SolvedBy::Silence);
    customer.ask(HELLO).await;
    assert_eq!((customer.owner().await, shop.ticket(id).await.state), (Owner::Assistant, TicketState::Solved));
    // A handoff opens the same ticket again; its person has been away since yesterday.
    let ticket = customer.hand_over().await;
    assert_eq!((ticket.id, ticket.state, ticket.reopened, ticket.active_again), (id, TicketState::Open, 1, true));
    assert_eq!((ticket.assignee, ticket.last_assignee.as_deref()), (None, Some(ADA)));
    assert_eq!(customer.owner().await, Owner::Human);
    assert_eq!(customer.tickets().await.len(), 1);
}

#[tokio::test]
async fn after_the_closing_the_assistant_begins_anew_with_a_ticket_that_follows() {
    let shop = Shop::open().await;
    let (customer, id) = shop.handed_over().await;
    shop.desk().set_state(id, TicketState::Closed, ADA).await.unwrap();
    assert_eq!(customer.owner().await, Owner::Assistant);
    customer.ask(HELLO).await;
    assert_eq!(shop.ticket(id).await.state, TicketState::Closed);
    let ticket = customer.hand_over().await;
    assert_eq!((ticket.follows, ticket.number, ticket.reopened), (Some(id), 2, 0));
    for state in [TicketState::Open, TicketState::Pending, TicketState::Solved] {
        assert!(shop.desk().set_state(id, state, ADA).await.is_err(), "closed is for good");
    }
}

#[tokio::test]
async fn what_was_written_while_the_process_ended_is_taken_in_at_the_start() {
    let shop = Shop::open().await;
    let (one, first) = shop.handed_over().await;
    let (other, second) = shop.handed_over().await;
    shop.reply(second, BEN, "Done").await;
    shop.solve(second, BEN).await;
    let left = [one.leave("Hello?").await.seq, other.leave("Not quite").await.seq];
    assert_eq!(shop.store().unknown_messages().await.unwrap().len(), 2);
    shop.restart().await;
    assert_eq!(shop.store().unknown_messages().await.unwrap(), []);
    let tickets = [shop.ticket(first).await, shop.ticket(second).await];
    assert_eq!(tickets.clone().map(|ticket| ticket.known_seq), left);
    assert_eq!((tickets[1].state, shop.told(BEN).await), (TicketState::Open, vec![Told::Reopened]));
    // What could not be taken in while the process runs is, soon.
    let seq = one.leave("Anybody?").await.seq;
    shop.minutes(2).await;
    assert_eq!(shop.ticket(first).await.known_seq, seq);
}

#[tokio::test]
async fn tickets_of_whoever_goes_are_given_on() {
    let shop = Shop::open().await;
    shop.set(|settings| settings.groups = ["returns".to_owned()].into()).await;
    let mut tickets = Vec::new();
    let mut customers = Vec::new();
    for _ in 0..4 {
        let (customer, id) = shop.handed_over().await;
        shop.reply(id, ADA, "Hello").await;
        customers.push(customer);
        tickets.push(id);
    }
    shop.desk().set_state(tickets[1], TicketState::Pending, ADA).await.unwrap();
    shop.solve(tickets[2], ADA).await;
    let whose = async |id| {
        let ticket = shop.ticket(id).await;
        (ticket.assignee, ticket.group)
    };
    // Out of office: what is open is free, what waits for its customer is so when they write.
    let back = shop.now() + SignedDuration::from_hours(24 * 14);
    shop.desk().set_availability(ADA, Availability::OutOfOffice, Some(back), ADA).await.unwrap();
    assert_eq!(whose(tickets[0]).await, (None, None));
    assert_eq!(whose(tickets[1]).await.0.as_deref(), Some(ADA));
    assert_eq!(shop.ticket(tickets[0]).await.last_assignee.as_deref(), Some(ADA));
    customers[1].write("Hello?").await;
    assert_eq!(whose(tickets[1]).await, (None, None));
    // The end of a shift: to a person, to a group, to the team.
    for ticket in [tickets[0], tickets[1], tickets[3]] {
        shop.desk().claim(ticket, BEN).await.unwrap();
    }
    shop.desk().set_state(tickets[1], TicketState::Pending, BEN).await.unwrap();
    let to_ada = HandTo::Person { person: ADA.into() };
    assert_eq!(shop.desk().shift_end(BEN, to_ada.clone(), BEN).await.unwrap(), 3);
    assert_eq!(whose(tickets[1]).await.0.as_deref(), Some(ADA));
    let group = HandTo::Group { group: "returns".into() };
    assert_eq!(shop.desk().shift_end(ADA, group, BEN).await.unwrap(), 3);
    assert_eq!(whose(tickets[3]).await, (None, Some("returns".into())));
    assert_eq!(shop.desk().shift_end(ADA, HandTo::Team, BEN).await.unwrap(), 0);
    assert!(shop.desk().shift_end(ADA, to_ada, BEN).await.is_err());
    assert_eq!(shop.ticket(tickets[2]).await.assignee.as_deref(), Some(ADA), "what is solved stays");
    assert_eq!(shop.agent().settings().desk().assignment, Assignment::ByHand);
}

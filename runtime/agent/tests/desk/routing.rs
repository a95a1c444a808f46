//! To whom new tickets go: rules, and turns.

use crate::shop::{ADA, BEN, Shop};
use jiff::SignedDuration;
use usher_agent::desk::{
    Assignment, Availability, Priority, RoutingRule, RuleCondition, TicketChange, TicketState, Told,
};
use usher_host::skill::Channel;

fn rule(name: &str, group: &str, when: RuleCondition) -> RoutingRule {
    RoutingRule { name: name.into(), when, group: group.into(), priority: None }
}

#[tokio::test]
async fn the_first_rule_that_fits_gives_a_ticket_to_its_group() {
    let shop = Shop::open().await;
    shop.set(|settings| {
        settings.groups = ["text".to_owned(), "urgent".to_owned(), "french".to_owned()].into();
        let french = RuleCondition { language: Some("fr".into()), ..RuleCondition::default() };
        let text = RuleCondition { channel: Some(Channel::Sms), ..RuleCondition::default() };
        let wished = RuleCondition { tag: Some("explicit_request".into()), ..RuleCondition::default() };
        let skill = RuleCondition { skill: Some("order-tracking".parse().unwrap()), ..RuleCondition::default() };
        let fact = RuleCondition { fact: Some(("order".into(), "#1".into())), ..RuleCondition::default() };
        settings.rules = vec![
            rule("skill", "urgent", skill),
            rule("fact", "urgent", fact),
            rule("french", "french", french),
            rule("text", "text", text),
            RoutingRule { priority: Some(Priority::High), ..rule("wished", "urgent", wished) },
        ];
    })
    .await;
    let text = shop.customer_on(Channel::Sms).await;
    let ticket = text.hand_over().await;
    assert_eq!((ticket.group.as_deref(), ticket.priority), (Some("text"), Priority::Normal));
    let how = TicketChange::Assigned { person: None, group: Some("text".into()), how: "rule:text".into() };
    assert!(shop.history(ticket.id).await.contains(&how));
    let (_chat, id) = shop.handed_over().await;
    let ticket = shop.ticket(id).await;
    assert_eq!((ticket.group.as_deref(), ticket.priority), (Some("urgent"), Priority::High));
}

#[tokio::test]
async fn tickets_go_by_turns_to_those_who_are_there_and_have_room() {
    let shop = Shop::open().await;
    shop.set(|settings| settings.assignment = Assignment::RoundRobin).await;
    shop.desk().change_person(BEN, |person| person.capacity = 1, None).await.unwrap();
    let mut given = Vec::new();
    let mut tickets = Vec::new();
    for _ in 0..4 {
        let (_customer, id) = shop.handed_over().await;
        shop.tick().await;
        given.push(shop.ticket(id).await.assignee.unwrap());
        tickets.push(id);
    }
    assert_eq!(given, [ADA, BEN, ADA, ADA]);
    assert_eq!(shop.told(BEN).await, [Told::Assigned]);
    let how = TicketChange::Assigned { person: Some(BEN.into()), group: None, how: "round_robin".into() };
    assert!(shop.history(tickets[1]).await.contains(&how));
    // Nobody has room: it waits until somebody has.
    shop.desk().change_person(ADA, |person| person.capacity = 3, None).await.unwrap();
    let (_customer, id) = shop.handed_over().await;
    shop.tick().await;
    assert_eq!(shop.ticket(id).await.assignee, None);
    shop.desk().set_state(tickets[1], TicketState::Pending, BEN).await.unwrap();
    shop.tick().await;
    assert_eq!(shop.ticket(id).await.assignee.as_deref(), Some(BEN));
}

#[tokio::test]
async fn nobody_gets_a_ticket_who_is_not_there() {
    let shop = Shop::open().await;
    shop.set(|settings| settings.assignment = Assignment::RoundRobin).await;
    shop.desk().set_availability(ADA, Availability::Away, None, ADA).await.unwrap();
    shop.pass(SignedDuration::from_mins(3));
    let (_customer, id) = shop.handed_over().await;
    shop.tick().await;
    assert_eq!(shop.ticket(id).await.assignee, None, "one is away, the other wasn't seen for three minutes");
    shop.both_here().await;
    shop.tick().await;
    assert_eq!(shop.ticket(id).await.assignee.as_deref(), Some(BEN));
}

#[tokio::test]
async fn a_group_s_tickets_go_to_its_members_and_a_language_to_those_who_speak_it() {
    let shop = Shop::open().await;
    shop.set(|settings| {
        settings.assignment = Assignment::RoundRobin;
        settings.groups = ["returns".to_owned()].into();
        settings.rules = vec![rule("all", "returns", RuleCondition::default())];
    })
    .await;
    shop.desk().change_person(BEN, |person| person.groups = ["returns".to_owned()].into(), None).await.unwrap();
    for _ in 0..2 {
        let (_customer, id) = shop.handed_over().await;
        shop.tick().await;
        assert_eq!(shop.ticket(id).await.assignee.as_deref(), Some(BEN));
    }
    shop.desk().change_person(BEN, |person| person.languages = ["sv".to_owned()].into(), None).await.unwrap();
    let (_customer, id) = shop.handed_over().await;
    shop.tick().await;
    assert_eq!(shop.ticket(id).await.assignee, None);
    shop.desk()
        .change_person(BEN, |person| person.languages = ["sv".to_owned(), "en".to_owned()].into(), None)
        .await
        .unwrap();
    shop.tick().await;
    assert_eq!(shop.ticket(id).await.assignee.as_deref(), Some(BEN));
}

#[tokio::test]
async fn what_becomes_free_goes_round_again() {
    let shop = Shop::open().await;
    shop.set(|settings| settings.assignment = Assignment::RoundRobin).await;
    let (customer, id) = shop.handed_over().await;
    shop.tick().await;
    assert_eq!(shop.ticket(id).await.assignee.as_deref(), Some(ADA));
    shop.desk().set_availability(ADA, Availability::OutOfOffice, None, ADA).await.unwrap();
    shop.tick().await;
    assert_eq!(shop.ticket(id).await.assignee.as_deref(), Some(BEN));
    shop.reply(id, BEN, "Done").await;
    shop.solve(id, BEN).await;
    shop.desk().set_availability(BEN, Availability::Away, None, BEN).await.unwrap();
    shop.desk().set_availability(ADA, Availability::Online, None, ADA).await.unwrap();
    customer.write("Not quite").await;
    shop.tick().await;
    assert_eq!(shop.ticket(id).await.assignee.as_deref(), Some(ADA));
}

//! What people in support do is told, each thing once.

use usher_sdk::connector::Request;

use super::*;
use crate::bindings::exports::usher::tools::helpdesk::TicketState;

fn texts(news: &TicketNews) -> Vec<&str> {
    news.replies.iter().map(|reply| reply.text.as_str()).collect()
}

#[test]
fn answers_are_told_and_nothing_else_is() {
    let desk = Desk::open();
    let (id, text) = desk.handed_over();
    let people = &desk.standins.zendesk;
    let _runtime = desk.runtime();
    Zendesk::add_comment(text.clone(), said(Author::Customer, 20, "Hello?")).unwrap();
    Zendesk::add_comment(text.clone(), said(Author::Assistant, 21, "Somebody will be there soon")).unwrap();
    people.note(id, "Is this the broken batch?").unwrap();
    people.customer_mails(id, "I write from my mailbox").unwrap();
    assert_eq!(texts(&news(&text, None).unwrap()), Vec::<&str>::new());
    let first = people.reply_as(id, "Sam", "We send a new one").unwrap();
    people.reply_as(id, "Kim", "It left  today").unwrap();
    people.reply_as_api_user(id, "From the owner herself").unwrap();
    let told = news(&text, None).unwrap();
    assert_eq!(texts(&told), ["We send a new one", "It left  today", "From the owner herself"]);
    assert_eq!((told.replies[0].id.clone(), told.replies[0].author_name.as_deref()), (first.to_string(), Some("Sam")));
    assert_eq!((told.replies[1].author_name.as_deref(), told.state), (Some("Kim"), TicketState::Open));
    assert!(told.replies[0].sent_at.ends_with("Z"));
}

#[test]
fn what_was_written_over_the_api_in_its_user_s_name_is_no_answer() {
    let desk = Desk::open();
    let (id, text) = desk.handed_over();
    let _runtime = desk.runtime();
    let url = format!("{}/api/v2/tickets/{id}", desk.standins.zendesk.url());
    let body = serde_json::json!({ "ticket": { "comment": { "body": "From a program", "public": true } } });
    assert!(Request::put(url).json(&body).send().unwrap().is_success());
    assert!(desk.ticket().comments[1].public);
    assert_eq!(news(&text, None).unwrap().replies, []);
}

#[test]
fn one_of_the_team_who_asks_for_help_is_a_customer() {
    let desk = Desk::open();
    let (other, _) = desk.handed_over();
    desk.standins.zendesk.reply_as(other, "Sam", "Hired").unwrap();
    let _runtime = desk.runtime();
    let by_sam = Ticket { requester_email: Some("sam@lumen.example".to_owned()), ..ticket("conv_2") };
    let made = Zendesk::create_ticket(by_sam).unwrap();
    Zendesk::add_comment(made.id.clone(), said(Author::Customer, 20, "Hello?")).unwrap();
    assert!(desk.tickets()[1].comments[1].public);
    assert_eq!(news(&made.id, None).unwrap().replies, []);
    desk.standins.zendesk.reply_as(made.id.parse().unwrap(), "Kim", "Hello Sam").unwrap();
    assert_eq!(texts(&news(&made.id, None).unwrap()), ["Hello Sam"]);
}

#[test]
fn each_answer_is_told_once() {
    let desk = Desk::open();
    let (id, text) = desk.handed_over();
    let people = &desk.standins.zendesk;
    let _runtime = desk.runtime();
    let mut cursor = news(&text, None).unwrap().cursor;
    let mut told = Vec::new();
    for round in 0..12 {
        // Several in one second, and some after it was read within that second.
        for i in 0..3 {
            people.reply(id, &format!("{round}.{i}")).unwrap();
            if i == 1
                && let Some(one) = news(&text, Some(&cursor))
            {
                told.extend(texts(&one).into_iter().map(str::to_owned));
                cursor = one.cursor;
            }
        }
        if round % 3 == 0 {
            desk.settle();
        }
    }
    desk.settle();
    while let Some(one) = news(&text, Some(&cursor)) {
        told.extend(texts(&one).into_iter().map(str::to_owned));
        assert_ne!(one.cursor, cursor);
        cursor = one.cursor;
    }
    let all: Vec<String> = (0..36).map(|i| format!("{}.{}", i / 3, i % 3)).collect();
    assert_eq!(told, all);
    // With no news there are no requests but the one that asks.
    let runtime = desk.runtime();
    assert_eq!(news(&text, Some(&cursor)), None);
    assert_eq!(runtime.requests().len(), 1);
}

#[test]
fn states_are_followed_to_the_end() {
    let desk = Desk::open();
    let (id, text) = desk.handed_over();
    let _runtime = desk.runtime();
    let mut cursor = None;
    for (status, state) in [
        ("open", TicketState::Open),
        ("pending", TicketState::Pending),
        ("hold", TicketState::Open),
        ("solved", TicketState::Solved),
        ("closed", TicketState::Closed),
    ] {
        desk.standins.zendesk.set_status(id, status).unwrap();
        let told = news(&text, cursor.as_deref()).unwrap();
        assert_eq!(told.state, state, "{status}");
        cursor = Some(told.cursor);
        desk.settle();
    }
}

#[test]
fn a_deleted_ticket_is_closed_and_asked_for_no_more() {
    let desk = Desk::open();
    let (id, text) = desk.handed_over();
    let _runtime = desk.runtime();
    let before = news(&text, None).unwrap();
    desk.standins.zendesk.delete(id).unwrap();
    let told = news(&text, Some(&before.cursor)).unwrap();
    assert_eq!((told.state, told.replies.len()), (TicketState::Closed, 0));
    let runtime = desk.runtime();
    assert_eq!(news(&text, Some(&told.cursor)), None);
    assert_eq!(runtime.requests().len(), 0);
}

#[test]
fn files_are_told_by_their_addresses() {
    let desk = Desk::open();
    let (id, text) = desk.handed_over();
    desk.standins.zendesk.reply_with_file(id, "label.pdf").unwrap();
    let _runtime = desk.runtime();
    let told = news(&text, None).unwrap();
    assert!(told.replies[0].text.starts_with("label.pdf: http"), "{told:?}");
}

#[test]
fn a_hundred_tickets_are_followed_within_the_requests_of_a_call() {
    let desk = Desk::open();
    let _runtime = desk.runtime();
    let mut followed: Vec<Followed> = (0..100)
        .map(|i| Zendesk::create_ticket(ticket(&format!("conv_{i}"))).unwrap())
        .map(|made| Followed { id: made.id, cursor: None })
        .collect();
    for one in &followed {
        desk.standins.zendesk.reply(one.id.parse().unwrap(), &format!("To {}", one.id)).unwrap();
    }
    desk.settle();
    let (mut told, mut calls) = (Vec::new(), 0);
    loop {
        let runtime = desk.runtime();
        let news = Zendesk::news(followed.clone()).unwrap();
        assert!(runtime.requests().len() <= 8, "{}", runtime.requests().len());
        if news.is_empty() {
            break;
        }
        calls += 1;
        for one in news {
            told.extend(one.replies.iter().map(|reply| reply.text.clone()));
            followed.iter_mut().find(|own| own.id == one.id).unwrap().cursor = Some(one.cursor);
        }
    }
    assert!(calls <= 17, "six tickets a call: {calls}");
    let all: Vec<String> = followed.iter().map(|one| format!("To {}", one.id)).collect();
    told.sort();
    assert_eq!(told, all);
}

#[test]
fn many_comments_are_read_to_their_end_in_several_calls() {
    let desk = Desk::with(ZendeskConfig { largest_page: 4, ..generous() });
    let (id, text) = desk.handed_over();
    for i in 0..60 {
        desk.standins.zendesk.reply(id, &i.to_string()).unwrap();
    }
    desk.settle();
    let (mut cursor, mut told) = (None, Vec::new());
    loop {
        let runtime = desk.runtime();
        let Some(one) = news(&text, cursor.as_deref()) else { break };
        assert!(runtime.requests().len() <= 8);
        told.extend(one.replies.iter().map(|reply| reply.text.clone()));
        cursor = Some(one.cursor);
    }
    assert_eq!(told, (0..60).map(|i| i.to_string()).collect::<Vec<_>>());
    // A cursor that Zendesk forgot costs another look, and no answer twice.
    let forgotten = cursor.map(|cursor| cursor.replace("\"p\":\"", "\"p\":\"x"));
    desk.standins.zendesk.reply(id, "last").unwrap();
    desk.settle();
    let (mut cursor, mut told) = (forgotten, Vec::new());
    loop {
        let _runtime = desk.runtime();
        let Some(one) = news(&text, cursor.as_deref()) else { break };
        told.extend(one.replies.iter().map(|reply| reply.text.clone()));
        cursor = Some(one.cursor);
    }
    assert_eq!(told.last().map(String::as_str), Some("last"));
    assert_eq!(told.iter().filter(|text| *text == "last").count(), 1);
}

#[test]
fn news_of_nothing_ask_nothing() {
    let desk = Desk::open();
    let runtime = desk.runtime();
    assert_eq!(Zendesk::news(vec![]), Ok(vec![]));
    assert_eq!(Zendesk::news(follow("not a number", None)), Ok(vec![]));
    assert_eq!(runtime.requests().len(), 0);
}

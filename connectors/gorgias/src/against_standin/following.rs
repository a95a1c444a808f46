//! What people in support do is told, each thing once.

use super::*;
use crate::bindings::exports::usher::tools::helpdesk::TicketState;

fn texts(news: &TicketNews) -> Vec<&str> {
    news.replies.iter().map(|reply| reply.text.as_str()).collect()
}

#[test]
fn answers_are_told_and_nothing_else_is() {
    let desk = Desk::open();
    let (id, text) = desk.handed_over();
    let people = &desk.standins.gorgias;
    let _runtime = desk.runtime();
    Gorgias::add_comment(text.clone(), said(Author::Customer, 20, "Hello?")).unwrap();
    Gorgias::add_comment(text.clone(), said(Author::Assistant, 21, "Somebody will be there soon")).unwrap();
    people.note(id, "Is this the broken batch?").unwrap();
    people.rule_replies(id, "We got your message").unwrap();
    people.customer_mails(id, "I write from my mailbox").unwrap();
    assert_eq!(texts(&news(&text, None).unwrap()), Vec::<&str>::new());
    let first = people.reply_as(id, "Sam", "We send a new one").unwrap();
    people.reply_as(id, "Kim", "It left  today").unwrap();
    let told = news(&text, None).unwrap();
    assert_eq!(texts(&told), ["We send a new one", "It left  today"]);
    assert_eq!((told.replies[0].id.clone(), told.replies[0].author_name.as_deref()), (first.to_string(), Some("Sam")));
    assert_eq!((told.replies[1].author_name.as_deref(), told.state), (Some("Kim"), TicketState::Open));
    assert!(told.replies[0].sent_at.ends_with("Z"));
    assert_eq!(people.mails().len(), 0);
}

#[test]
fn each_answer_is_told_once() {
    let desk = Desk::open();
    let (id, text) = desk.handed_over();
    let people = &desk.standins.gorgias;
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
    // With no news there is no request but the one that asks.
    let runtime = desk.runtime();
    assert_eq!(news(&text, Some(&cursor)), None);
    assert_eq!(runtime.requests().len(), 1);
}

#[test]
fn states_are_followed_to_the_end() {
    let desk = Desk::open();
    let (id, text) = desk.handed_over();
    let people = &desk.standins.gorgias;
    let _runtime = desk.runtime();
    let mut cursor = None;
    let mut state = || {
        let told = news(&text, cursor.as_deref()).unwrap();
        cursor = Some(told.cursor);
        desk.settle();
        told.state
    };
    assert_eq!(state(), TicketState::Open);
    people.close(id).unwrap();
    assert_eq!(state(), TicketState::Solved, "a customer's word opens it again");
    people.snooze(id, desk.standins.clock.now() + Duration::from_secs(3600)).unwrap();
    assert_eq!(state(), TicketState::Pending);
    people.customer_mails(id, "And now?").unwrap();
    people.set_status(id, "open").unwrap();
    desk.standins.clock.advance(Duration::from_secs(3600));
    assert_eq!(state(), TicketState::Open);
    people.trash(id).unwrap();
    assert_eq!(state(), TicketState::Closed);
}

#[test]
fn a_deleted_ticket_is_closed_and_asked_for_no_more() {
    let desk = Desk::open();
    let (id, text) = desk.handed_over();
    let _runtime = desk.runtime();
    let before = news(&text, None).unwrap();
    desk.standins.gorgias.delete(id).unwrap();
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
    desk.standins.gorgias.reply_with_file(id, "label.pdf").unwrap();
    let _runtime = desk.runtime();
    let told = news(&text, None).unwrap();
    assert!(told.replies[0].text.starts_with("label.pdf: http"), "{told:?}");
}

#[test]
fn a_hundred_tickets_are_followed_within_the_requests_of_a_call() {
    let desk = Desk::open();
    let _runtime = desk.runtime();
    let mut followed: Vec<Followed> = (0..100)
        .map(|i| Gorgias::create_ticket(ticket(&format!("conv_{i}"))).unwrap())
        .map(|made| Followed { id: made.id, cursor: None })
        .collect();
    for one in &followed {
        desk.standins.gorgias.reply(one.id.parse().unwrap(), &format!("To {}", one.id)).unwrap();
    }
    desk.settle();
    let (mut told, mut calls) = (Vec::new(), 0);
    loop {
        let runtime = desk.runtime();
        let news = Gorgias::news(followed.clone()).unwrap();
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
    assert!(calls <= 18, "seven tickets a call, and those that the list doesn't reach: {calls}");
    let all: Vec<String> = followed.iter().map(|one| format!("To {}", one.id)).collect();
    told.sort();
    assert_eq!(told, all);
}

#[test]
fn many_comments_are_read_to_their_end_in_several_calls() {
    let desk = Desk::with(GorgiasConfig { largest_page: 4, ..generous() });
    let (id, text) = desk.handed_over();
    for i in 0..60 {
        desk.standins.gorgias.reply(id, &i.to_string()).unwrap();
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
    desk.standins.gorgias.reply(id, "last").unwrap();
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
    assert_eq!(Gorgias::news(vec![]), Ok(vec![]));
    assert_eq!(Gorgias::news(follow("not a number", None)), Ok(vec![]));
    assert_eq!(runtime.requests().len(), 0);
}

#[test]
fn in_a_busy_account_nothing_is_missed() {
    for orders_by_update in [true, false] {
        let desk = Desk::with(GorgiasConfig { orders_by_update, ..generous() });
        let _runtime = desk.runtime();
        let mut followed: Vec<Followed> = (0..30)
            .map(|i| Gorgias::create_ticket(ticket(&format!("conv_{i}"))).unwrap())
            .map(|made| Followed { id: made.id, cursor: None })
            .collect();
        let mut told = Vec::new();
        for round in 0..40 {
            // More than the list of what changed lately shows.
            (0..if round % 3 == 0 { 130 } else { 20 }).for_each(|i| {
                desk.standins.gorgias.strangers_ticket(&format!("{round}.{i}"));
            });
            if round < 30 {
                let id = followed[(round * 7) % 30].id.parse().unwrap();
                desk.standins.gorgias.reply(id, &format!("{round}")).unwrap();
            }
            desk.standins.clock.advance(Duration::from_secs(30));
            // As the runtime does: again and again while something moves.
            for calls in 0.. {
                let runtime = desk.runtime();
                let mut moved = false;
                for one in Gorgias::news(followed.clone()).unwrap() {
                    told.extend(one.replies.iter().map(|reply| reply.text.parse::<usize>().unwrap()));
                    let own = followed.iter_mut().find(|own| own.id == one.id).unwrap();
                    moved |= own.cursor.as_ref() != Some(&one.cursor);
                    own.cursor = Some(one.cursor);
                }
                assert!(runtime.requests().len() <= 8 && calls < 12, "{calls}");
                if !moved {
                    break;
                }
            }
        }
        told.sort_unstable();
        assert_eq!(told, (0..30).collect::<Vec<_>>(), "sorted: {orders_by_update}");
    }
}

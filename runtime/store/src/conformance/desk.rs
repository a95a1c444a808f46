//! Decisions about tickets: stored whole, or not at all.

use crate::conformance::scene::{
    answer, begin, conversation, delivery, entry, event, holds, keep, kept, lines, messages, now, say, support, taken,
    there, ticket, ticketed,
};
use crate::conformance::{Engine, Keeps, Outcome};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::task::JoinSet;
use usher_agent::conversation::{Body, Notice, Owner};
use usher_agent::desk::{
    DeskChange, DeskMessage, Draft, Fact, Notification, Place, Priority, Rating, Silence, Solved, SolvedBy, Ticket,
    TicketChange, TicketState, Told,
};
use usher_agent::helpdesk::{HelpdeskJob, HelpdeskRequest};
use usher_agent::ids::{ConversationId, HelpdeskJobId, NotificationId, TicketId};
use usher_agent::store::StoreError;
use usher_host::Action;
use usher_host::skill::{Assurance, Author};

pub async fn a_ticket_is_numbered_and_read_back_as_it_was_written(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (first, second) = (conversation(&*store).await?, conversation(&*store).await?);
    let plain = kept(&*store, ticket(first)).await?;
    assert_eq!((plain.number, plain.version), (1, 1));

    let place = Place::Connector {
        connector: "zendesk".parse()?,
        remote: Some("35436".to_owned()),
        url: Some("https://shop.example/agent/35436".to_owned()),
        cursor: None,
    };
    let blank = ticket(second);
    let full = Ticket {
        place,
        assignee: Some("ada".to_owned()),
        group: Some("returns".to_owned()),
        priority: Priority::Urgent,
        tags: BTreeSet::from(["vip".to_owned(), "\u{1F381}".to_owned()]),
        skill: Some("returns".parse()?),
        facts: vec![Fact { name: "order".to_owned(), label: "Order".to_owned(), value: "#1001".to_owned() }],
        requester: usher_agent::desk::Requester {
            assurance: Assurance::Identified,
            email: Some("grace@shop.example".to_owned()),
            name: Some("Grace".to_owned()),
            ..blank.requester.clone()
        },
        first_reply_at: Some(now()),
        person_at: Some(now()),
        known_seq: 3,
        solved: Some(Solved { at: now(), by: SolvedBy::Person { person: "ada".to_owned() } }),
        silence: Silence::Reminded,
        silence_at: Some(now()),
        snoozed_until: Some(now()),
        active_again: true,
        tell_when_there: true,
        rating: Some(Rating { asked_at: now(), score: Some(5), comment: Some("Thanks".to_owned()), given_at: None }),
        follows: Some(plain.id),
        joined: Some("Ada".to_owned()),
        due_at: Some(now()),
        mail_at: Some(now()),
        mailed_seq: 2,
        ..blank
    };
    let stored = kept(&*store, full.clone()).await?;
    assert_eq!(stored, Ticket { number: 2, version: 1, ..full });
    assert_eq!(store.ticket(stored.id).await?, Some(stored.clone()));

    let changed = Ticket { state: TicketState::Closed, tags: BTreeSet::new(), assignee: None, ..stored.clone() };
    let changed = kept(&*store, changed).await?;
    assert_eq!((changed.number, changed.version), (2, 2));
    let later = kept(&*store, ticket(second)).await?;
    assert_eq!(later.number, 3);
    assert_eq!(store.tickets_of(second).await?, [changed, later]);
    assert_eq!(store.tickets_of(first).await?, [plain]);
    assert_eq!(store.tickets_of(ConversationId::new()).await?, []);
    assert_eq!(store.ticket(TicketId::new()).await?, None);
    let nowhere = store.change_desk(keep([ticket(ConversationId::new())])).await;
    assert!(matches!(nowhere, Err(StoreError::NotFound(_))), "{nowhere:?}");
    Ok(())
}

pub async fn numbers_go_on_after_a_restart(engine: &dyn Engine) -> Outcome {
    let first = ticketed(&*engine.open().await?).await?;
    let store = engine.open().await?;
    let (second, third) = (conversation(&*store).await?, conversation(&*store).await?);
    let changed = store.change_desk(keep([ticket(second), first.clone(), ticket(third)])).await?;
    let numbers: Vec<_> = changed.tickets.iter().map(|ticket| (ticket.number, ticket.version)).collect();
    assert_eq!(numbers, [(2, 1), (1, 2), (3, 1)], "they come back in another order");
    assert_eq!(store.ticket(first.id).await?, Some(changed.tickets[1].clone()));
    Ok(())
}

/// All that a decision can hold, about this ticket.
fn everything(ticket: &Ticket) -> DeskChange {
    let (id, conversation) = (ticket.id, ticket.conversation);
    let notice = Body::Notice { notice: Notice::Joined, text: "Ada is here now.".to_owned() };
    DeskChange {
        tickets: vec![Ticket { subject: "Another subject".to_owned(), ..ticket.clone() }],
        unless_written: None,
        owners: taken(conversation),
        messages: vec![
            DeskMessage { conversation, author: Author::Assistant, body: notice, client_id: None },
            support(conversation, Some("reply-1"), "Hello!"),
        ],
        to_answer: None,
        events: vec![event(id, TicketChange::TakenOver), event(id, TicketChange::Note { text: "VIP".to_owned() })],
        notifications: vec![Notification {
            id: NotificationId::new(),
            person: "ada".to_owned(),
            at: now(),
            ticket: id,
            conversation,
            what: Told::Assigned,
            read_at: None,
        }],
        deliveries: vec![delivery(now())],
        jobs: vec![HelpdeskJob {
            id: HelpdeskJobId::new(),
            ticket: id,
            request: HelpdeskRequest::Create { through_seq: 2 },
            attempts: 0,
            due_at: now(),
            given_up_at: None,
            error: None,
        }],
        used_draft: Some((id, "ada".to_owned())),
        entries: vec![entry("operator:ada", Action::ConversationTakenOver, &conversation.to_string())],
    }
}

async fn draft(store: &dyn Keeps, ticket: TicketId, person: &str) -> Outcome<Draft> {
    let draft = Draft { ticket, person: person.to_owned(), text: "Hel".to_owned(), seen_seq: 1, updated_at: now() };
    store.put_draft(draft.clone()).await?;
    Ok(draft)
}

pub async fn a_decision_on_an_older_ticket_leaves_nothing(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let older = ticketed(&*store).await?;
    let message = say(&*store, older.conversation, "a").await?.message;
    let draft = draft(&*store, older.id, "ada").await?;
    let newer = kept(&*store, Ticket { known_seq: 1, ..older.clone() }).await?;

    let unknown = Ticket { version: 1, ..ticket(older.conversation) };
    for stale in [older, unknown] {
        // What comes before the one that is refused is undone too.
        let change = everything(&newer);
        let refused = store.change_desk(DeskChange { tickets: vec![newer.clone(), stale], ..change }).await;
        assert!(matches!(refused, Err(StoreError::Changed)), "{refused:?}");
    }
    let id = newer.conversation;
    assert_eq!(store.tickets_of(id).await?, std::slice::from_ref(&newer));
    assert_eq!(there(store.conversation(id).await?, "the conversation")?.owner, Owner::Assistant);
    assert_eq!(messages(&*store, id).await?, std::slice::from_ref(&message));
    assert_eq!(begin(&*store, id).await?.message, message);
    assert_eq!(store.ticket_events(newer.id).await?, []);
    assert_eq!(store.notifications("ada", false, 10).await?, []);
    assert_eq!(store.due(now(), 10).await?, []);
    assert_eq!(store.jobs(10).await?, []);
    assert_eq!(store.drafts("ada").await?, [draft]);
    assert_eq!(lines(&*store).await?, []);
    Ok(())
}

pub async fn all_that_comes_with_a_decision_is_stored(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let ticket = ticketed(&*store).await?;
    let id = ticket.conversation;
    draft(&*store, ticket.id, "ada").await?;
    let kept = draft(&*store, ticket.id, "grace").await?;
    let change = everything(&ticket);
    let changed = store.change_desk(change.clone()).await?;
    drop(store);

    let store = engine.open().await?;
    let stored = there(changed.tickets.first(), "the ticket")?;
    assert_eq!((stored.version, stored.subject.as_str()), (2, "Another subject"));
    assert_eq!(store.tickets_of(id).await?, changed.tickets);
    assert_eq!(there(store.conversation(id).await?, "the conversation")?.owner, Owner::Human);
    let all = messages(&*store, id).await?;
    assert_eq!(all, changed.messages);
    let written: Vec<_> = all.into_iter().map(|message| (message.seq, message.author, message.body)).collect();
    let bodies: Vec<_> = change.messages.into_iter().map(|message| message.body).collect();
    assert_eq!(written, [(1, Author::Assistant, bodies[0].clone()), (2, Author::Human, bodies[1].clone())]);
    assert_eq!(store.ticket_events(ticket.id).await?, change.events);
    assert_eq!(store.notifications("ada", true, 10).await?, change.notifications);
    assert_eq!(store.due(now(), 10).await?, change.deliveries);
    assert_eq!(store.due_jobs(now(), 10).await?, change.jobs);
    assert_eq!((store.drafts("ada").await?, store.drafts("grace").await?), (vec![], vec![kept]));
    let noted: Vec<_> = lines(&*store).await?.into_iter().map(|line| (line.action, line.object)).collect();
    assert_eq!(noted, [(Action::ConversationTakenOver, id.to_string())]);
    holds(&*store).await?;
    Ok(())
}

pub async fn of_many_decisions_on_one_ticket_one_is_stored(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let mut current = ticketed(&*store).await?;
    for _ in 0..10 {
        let mut tasks = JoinSet::new();
        for person in 0..16 {
            let store = Arc::clone(&store);
            let claimed = Ticket { assignee: Some(person.to_string()), ..current.clone() };
            tasks.spawn(async move { store.change_desk(keep([claimed])).await });
        }
        let mut stored = Vec::new();
        while let Some(task) = tasks.join_next().await {
            match task? {
                Ok(changed) => stored.extend(changed.tickets),
                Err(StoreError::Changed) => {}
                Err(error) => return Err(error.into()),
            }
        }
        assert_eq!(stored.len(), 1, "a ticket is somebody's and somebody else's");
        assert_eq!(store.ticket(current.id).await?, stored.first().cloned());
        current = there(stored.pop(), "the ticket")?;
    }
    assert_eq!(current.version, 11);
    Ok(())
}

pub async fn one_ticket_of_a_conversation_is_at_work(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let first = ticketed(&*store).await?;
    let id = first.conversation;
    for state in [TicketState::Open, TicketState::Pending, TicketState::Solved] {
        let second = store.change_desk(keep([Ticket { state, ..ticket(id) }])).await;
        assert!(matches!(second, Err(StoreError::Changed)), "{second:?}");
    }
    let again = store.change_desk(keep([Ticket { version: 0, ..first.clone() }])).await;
    assert!(matches!(again, Err(StoreError::Changed)), "{again:?}");

    // Closed by the same decision, whichever comes first in it.
    let closed = Ticket { state: TicketState::Closed, ..first };
    let second = store.change_desk(keep([ticket(id), closed])).await?;
    let [second, closed] = &second.tickets[..] else { return Err("two tickets went in".into()) };
    assert_eq!((second.state, closed.state), (TicketState::Open, TicketState::Closed));
    let reopened = store.change_desk(keep([Ticket { state: TicketState::Open, ..closed.clone() }])).await;
    assert!(matches!(reopened, Err(StoreError::Changed)), "{reopened:?}");
    let closed_again = Ticket { subject: "Told apart".to_owned(), ..closed.clone() };
    assert_eq!(kept(&*store, closed_again).await?.version, 3);
    Ok(())
}

pub async fn a_customer_who_wrote_meanwhile_is_heard(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let ticket = ticketed(&*store).await?;
    let id = ticket.conversation;
    let close = |ticket: &Ticket, seq| DeskChange { unless_written: Some((id, seq)), ..keep([ticket.clone()]) };
    let ticket = there(store.change_desk(close(&ticket, 0)).await?.tickets.pop(), "the ticket")?;
    say(&*store, id, "one").await?;
    let refused = store.change_desk(close(&ticket, 0)).await;
    assert!(matches!(refused, Err(StoreError::Changed)), "{refused:?}");
    assert_eq!(store.ticket(ticket.id).await?, Some(ticket.clone()));

    // The answers of others are no reason.
    let turn = begin(&*store, id).await?;
    store.finish_turn(answer(&turn.message)).await?;
    let messages = vec![support(id, None, "Hello!")];
    store.change_desk(DeskChange { owners: taken(id), messages, ..DeskChange::default() }).await?;
    store.change_desk(close(&ticket, 1)).await?;
    Ok(())
}

//! Handoffs: tickets that are stored with the turn that asks for a person.

use crate::conformance::scene::{
    answer, begin, conversation, conversation_of, entry, event, hash, keep, kept, lines, messages, minutes, now, say,
    support, taken, there, ticket,
};
use crate::conformance::{Engine, Outcome};
use usher_agent::HandedOff;
use usher_agent::conversation::{Body, Contact, Notice, Owner};
use usher_agent::desk::{DeskChange, DeskMessage, Ticket, TicketChange, TicketState};
use usher_agent::store::{ClaimedTurn, FinishedTurn, NewSession, StoreError};
use usher_host::Action;
use usher_host::skill::Author;

/// The turn's answer with a new ticket, and the conversation is people's from then on.
fn handing_over(turn: &ClaimedTurn) -> (FinishedTurn, Ticket) {
    let id = turn.conversation.id;
    let ticket = ticket(id);
    let notice = Body::Notice { notice: Notice::NotFiledYet, text: "It is kept.".to_owned() };
    let desk = DeskChange {
        owners: taken(id),
        messages: vec![DeskMessage { conversation: id, author: Author::Assistant, body: notice, client_id: None }],
        events: vec![event(ticket.id, TicketChange::Opened { reason: HandedOff::ExplicitRequest })],
        entries: vec![entry("runtime", Action::ConversationTakenOver, &id.to_string())],
        unless_written: Some((id, turn.message.seq)),
        ..keep([ticket.clone()])
    };
    (FinishedTurn { desk: Some(Box::new(desk)), ..answer(&turn.message) }, ticket)
}

pub async fn a_handoff_is_stored_with_its_turn(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    say(&*store, id, "a person please").await?;
    let turn = begin(&*store, id).await?;
    let (finished, ticket) = handing_over(&turn);
    let name = finished.id;
    let written = store.finish_turn(finished).await?;
    drop(store);

    let store = engine.open().await?;
    let told: Vec<_> = written.iter().map(|message| (message.seq, message.turn)).collect();
    assert_eq!(told, [(2, Some(name)), (3, None)], "the reply comes first, what goes with the handoff after it");
    assert_eq!(messages(&*store, id).await?[1..], written);
    let stored = Ticket { number: 1, version: 1, ..ticket };
    assert_eq!(store.tickets_of(id).await?, std::slice::from_ref(&stored));
    assert_eq!(store.ticket_events(stored.id).await?.len(), 1);
    assert_eq!(there(store.conversation(id).await?, "the conversation")?.owner, Owner::Human);
    assert_eq!(store.waiting().await?, []);
    let noted: Vec<_> = lines(&*store).await?.into_iter().map(|line| line.action).collect();
    assert_eq!(noted, [Action::TurnHandled, Action::ConversationTakenOver]);
    Ok(())
}

pub async fn a_handoff_that_is_refused_leaves_nothing_of_its_turn(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    say(&*store, id, "a person please").await?;
    let turn = begin(&*store, id).await?;
    say(&*store, id, "no, wait").await?;
    let (finished, ticket) = handing_over(&turn);
    let contact =
        Some(Contact { email: Some("ada@shop.example".to_owned()), phone: None, name: None, doubtful: false });
    let finished = FinishedTurn { contact, ..finished };
    for _ in 0..2 {
        let refused = store.finish_turn(finished.clone()).await;
        assert!(matches!(refused, Err(StoreError::Changed)), "{refused:?}");
    }
    assert_eq!(messages(&*store, id).await?.len(), 2);
    assert_eq!(store.ticket(ticket.id).await?, None);
    assert!(store.turns_of(id).await?.is_empty() && lines(&*store).await?.is_empty());
    assert_eq!(there(store.conversation(id).await?, "the conversation")?.owner, Owner::Assistant);

    // The claim stays: the turn can be decided again, or given back.
    assert!(store.begin_turn(id).await?.is_none());
    store.abandon_turn(id, turn.message.id).await?;
    let turn = begin(&*store, id).await?;
    assert_eq!((turn.message.seq, turn.attempts, &turn.session.contact), (1, 1, &None));
    store.finish_turn(answer(&turn.message)).await?;
    let turn = begin(&*store, id).await?;
    let (finished, ticket) = handing_over(&turn);
    store.finish_turn(finished).await?;
    assert_eq!(there(store.ticket(ticket.id).await?, "the ticket")?.number, 1);
    Ok(())
}

pub async fn a_person_who_took_over_is_told_before_anything_else(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    say(&*store, id, "a person please").await?;
    let turn = begin(&*store, id).await?;
    let messages = vec![support(id, None, "Hello, I'm here already.")];
    let taken = DeskChange { owners: taken(id), messages, ..keep([ticket(id)]) };
    store.change_desk(taken).await?;
    // Its ticket would be a second one at work: that it comes too late is what matters.
    let (finished, ticket) = handing_over(&turn);
    let late = store.finish_turn(finished).await;
    assert!(matches!(late, Err(StoreError::NotOwner)), "{late:?}");
    assert_eq!((store.ticket(ticket.id).await?, store.tickets_of(id).await?.len()), (None, 1));
    Ok(())
}

pub async fn the_next_turn_knows_the_latest_ticket(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (id, other) = (conversation(&*store).await?, conversation(&*store).await?);
    say(&*store, id, "a").await?;
    assert_eq!(begin(&*store, id).await?.ticket, None);
    let first = kept(&*store, ticket(id)).await?;
    kept(&*store, Ticket { state: TicketState::Closed, ..first }).await?;
    let second = kept(&*store, ticket(id)).await?;
    kept(&*store, ticket(other)).await?;
    drop(store);
    assert_eq!(begin(&*engine.open().await?, id).await?.ticket, Some(second));
    Ok(())
}

pub async fn a_contact_is_kept_with_its_session(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let token_hash = hash();
    let new = NewSession { token_hash, site: "shop".to_owned(), expires_at: minutes(60) };
    let session = store.open_session(new).await?.id;
    let (id, other) = (conversation_of(&*store, session).await?.id, conversation_of(&*store, session).await?.id);
    let contacts = [
        Some(Contact { email: Some("ada@shop.example".to_owned()), phone: None, name: None, doubtful: false }),
        Some(Contact {
            email: None,
            phone: Some("+32470123456".to_owned()),
            name: Some("Ada".to_owned()),
            doubtful: false,
        }),
        None,
    ];
    for (number, contact) in contacts.iter().enumerate() {
        say(&*store, id, &number.to_string()).await?;
        let turn = begin(&*store, id).await?;
        store.finish_turn(FinishedTurn { contact: contact.clone(), ..answer(&turn.message) }).await?;
        let expected = contact.as_ref().or(contacts[1].as_ref());
        let found = there(store.session(token_hash, now()).await?, "the session")?;
        assert_eq!(found.contact.as_ref(), expected, "none leaves it as it was");
    }
    drop(store);
    let store = engine.open().await?;
    say(&*store, other, "a").await?;
    assert_eq!(begin(&*store, other).await?.session.contact, contacts[1]);
    Ok(())
}

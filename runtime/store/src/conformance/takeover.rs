//! Conversations that people take over and hand back, and what they write in them.

use crate::conformance::scene::{
    answer, assert_no_gap, begin, conversation, keep, messages, say, support, taken, there, ticketed,
};
use crate::conformance::{Engine, Outcome};
use std::sync::Arc;
use tokio::task::JoinSet;
use usher_agent::conversation::{Body, Contact, Message, Notice, Owner};
use usher_agent::desk::{DeskChange, DeskMessage, Ticket};
use usher_agent::ids::{ConversationId, MessageId};
use usher_agent::store::{FinishedTurn, StoreError};
use usher_host::skill::Author;

pub async fn a_person_writes_only_where_they_have_the_conversation(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    let write = |owners| DeskChange { owners, messages: vec![support(id, None, "Hi")], ..DeskChange::default() };
    let refused = store.change_desk(write(Vec::new())).await;
    assert!(matches!(refused, Err(StoreError::NotOwner)), "{refused:?}");
    let changed = store.change_desk(write(taken(id))).await?;
    assert_eq!(changed.messages.len(), 1);
    store.change_desk(write(Vec::new())).await?;
    let refused = store.change_desk(write(vec![(id, Owner::Assistant)])).await;
    assert!(matches!(refused, Err(StoreError::NotOwner)), "{refused:?}");
    assert_eq!(there(store.conversation(id).await?, "the conversation")?.owner, Owner::Human);
    assert_eq!(messages(&*store, id).await?.len(), 2);

    // What the runtime has to tell may be told to anybody, and a customer's message is none of these.
    let notice = Body::Notice { notice: Notice::HandedBack, text: "The assistant is back.".to_owned() };
    let notice = DeskMessage { conversation: id, author: Author::Assistant, body: notice, client_id: None };
    let back = DeskChange {
        owners: vec![(id, Owner::Assistant)],
        messages: vec![notice.clone(), notice.clone()],
        ..DeskChange::default()
    };
    assert_eq!(store.change_desk(back).await?.messages.len(), 2);
    for message in [
        DeskMessage { author: Author::Customer, ..notice.clone() },
        DeskMessage { conversation: ConversationId::new(), ..notice },
    ] {
        let refused = store.change_desk(DeskChange { messages: vec![message], ..DeskChange::default() }).await;
        assert!(refused.is_err(), "{refused:?}");
    }
    assert_no_gap(&messages(&*store, id).await?);
    Ok(())
}

pub async fn what_a_person_takes_over_waits_for_no_turn(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (id, other) = (conversation(&*store).await?, conversation(&*store).await?);
    for conversation in [id, other] {
        say(&*store, conversation, "a").await?;
        say(&*store, conversation, "b").await?;
    }
    let turn = begin(&*store, id).await?;
    store.change_desk(DeskChange { owners: taken(id), ..DeskChange::default() }).await?;
    let silenced = store.finish_turn(answer(&turn.message)).await;
    assert!(matches!(silenced, Err(StoreError::NotOwner)), "{silenced:?}");
    assert!(store.begin_turn(id).await?.is_none());
    assert_eq!(store.waiting().await?, [other]);
    let nowhere = store.change_desk(DeskChange { owners: taken(ConversationId::new()), ..DeskChange::default() }).await;
    assert!(matches!(nowhere, Err(StoreError::NotFound(_))), "{nowhere:?}");
    Ok(())
}

pub async fn a_message_of_a_name_is_stored_once(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (id, other) = (conversation(&*store).await?, conversation(&*store).await?);
    say(&*store, id, "typed").await?;
    let write = |conversation, name, text| DeskChange {
        owners: taken(conversation),
        messages: vec![support(conversation, Some(name), text)],
        ..DeskChange::default()
    };
    let first = store.change_desk(write(id, "helpdesk:zendesk:7", "Hello!")).await?;
    assert_eq!(first.messages.len(), 1);
    for name in ["helpdesk:zendesk:7", "typed"] {
        let again = store.change_desk(write(id, name, "Hello again!")).await?;
        assert_eq!(again.messages, []);
    }
    assert_eq!(store.change_desk(write(other, "helpdesk:zendesk:7", "Hello!")).await?.messages.len(), 1);
    let twice = [support(id, Some("8"), "a"), support(id, None, "b"), support(id, Some("8"), "c")];
    let twice = store.change_desk(DeskChange { messages: twice.to_vec(), ..DeskChange::default() }).await?;
    let texts: Vec<_> = twice.messages.iter().map(|message| message.body.text()).collect();
    assert_eq!(texts, ["a", "b"]);
    let all = messages(&*store, id).await?;
    assert_eq!((all.len(), &all[1..2], &all[2..]), (4, &first.messages[..], &twice.messages[..]));
    assert_no_gap(&all);
    Ok(())
}

pub async fn messages_of_people_and_customers_leave_no_gap(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let ticket = ticketed(&*store).await?;
    let id = ticket.conversation;
    store.change_desk(DeskChange { owners: taken(id), ..DeskChange::default() }).await?;
    let mut tasks = JoinSet::new();
    for writer in 0..8 {
        let (store, stale) = (Arc::clone(&store), Ticket { version: 9, ..ticket.clone() });
        tasks.spawn(async move {
            for number in 0..10 {
                say(&*store, id, &format!("customer {writer}-{number}")).await?;
                let messages = vec![support(id, Some(&format!("person {writer}-{number}")), "Hello!")];
                // A decision that is refused uses no number up.
                let refused = DeskChange { messages: messages.clone(), ..keep([stale.clone()]) };
                assert!(matches!(store.change_desk(refused).await, Err(StoreError::Changed)));
                store.change_desk(DeskChange { messages, ..DeskChange::default() }).await?;
            }
            Outcome::Ok(())
        });
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    let all = messages(&*store, id).await?;
    assert_eq!(all.len(), 160);
    assert_no_gap(&all);
    Ok(())
}

fn hand_back(message: &Message, owner: Owner) -> DeskChange {
    let conversation = message.conversation;
    DeskChange {
        owners: vec![(conversation, owner)],
        to_answer: Some((conversation, message.id)),
        ..DeskChange::default()
    }
}

pub async fn a_message_is_handed_back_to_the_assistant_once(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    store.change_desk(DeskChange { owners: taken(id), ..DeskChange::default() }).await?;
    let message = say(&*store, id, "a").await?.message;
    store.change_desk(hand_back(&message, Owner::Human)).await?;
    assert_eq!(store.waiting().await?, [], "it waits for the assistant while a person has the conversation");
    store.change_desk(hand_back(&message, Owner::Assistant)).await?;
    store.change_desk(hand_back(&message, Owner::Assistant)).await?;
    assert_eq!(store.waiting().await?, [id]);

    let turn = begin(&*store, id).await?;
    assert_eq!((&turn.message, turn.attempts), (&message, 0));
    store.change_desk(hand_back(&message, Owner::Assistant)).await?;
    store.finish_turn(answer(&turn.message)).await?;
    assert!(store.begin_turn(id).await?.is_none(), "it is answered twice");
    Ok(())
}

pub async fn only_a_customers_message_is_handed_back(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (id, other) = (conversation(&*store).await?, conversation(&*store).await?);
    let messages = vec![support(id, None, "Hello!")];
    let changed = store.change_desk(DeskChange { owners: taken(id), messages, ..DeskChange::default() }).await?;
    let persons = there(changed.messages.first(), "the message")?;
    let elsewhere = say(&*store, other, "a").await?.message;
    let unknown = Message { id: MessageId::new(), ..persons.clone() };
    for message in [persons, &Message { conversation: id, ..elsewhere }, &unknown] {
        let refused = store.change_desk(hand_back(message, Owner::Assistant)).await;
        assert!(matches!(refused, Err(StoreError::NotFound(_))), "{refused:?}");
    }
    assert_eq!(there(store.conversation(id).await?, "the conversation")?.owner, Owner::Human);
    Ok(())
}

pub async fn a_turn_from_before_a_person_came_is_refused_after_they_left(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    let message = say(&*store, id, "a").await?.message;
    let turn = begin(&*store, id).await?;
    let written = vec![support(id, None, "I see to it.")];
    store.change_desk(DeskChange { owners: taken(id), messages: written, ..DeskChange::default() }).await?;
    store.change_desk(hand_back(&message, Owner::Assistant)).await?;

    let contact =
        Some(Contact { email: Some("late@shop.example".to_owned()), phone: None, name: None, doubtful: false });
    let late = store.finish_turn(FinishedTurn { contact, ..answer(&turn.message) }).await;
    assert!(matches!(late, Err(StoreError::NotOwner)), "it doesn't know what the person wrote: {late:?}");
    assert_eq!(store.waiting().await?, [id]);
    let turn = begin(&*store, id).await?;
    assert_eq!((turn.message, turn.session.contact), (message.clone(), None));
    store.finish_turn(answer(&message)).await?;
    let authors: Vec<_> = messages(&*store, id).await?.iter().map(|m| m.author).collect();
    assert_eq!(authors, [Author::Customer, Author::Human, Author::Assistant]);
    Ok(())
}

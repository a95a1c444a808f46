//! Messages that come in.

use crate::conformance::scene::{answer, assert_no_gap, begin, conversation, messages, say, text};
use crate::conformance::{Engine, Outcome};
use std::sync::Arc;
use tokio::task::JoinSet;
use usher_agent::conversation::{Message, Owner};
use usher_agent::ids::{ConversationId, MessageId};
use usher_agent::store::{Incoming, StoreError};

pub async fn the_same_client_id_is_one_message(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (id, other) = (conversation(&*store).await?, conversation(&*store).await?);
    let first = say(&*store, id, "a").await?;
    assert!(!first.duplicate && first.turn_waits);

    let again = Incoming { conversation: id, client_id: "a".to_owned(), body: text("changed"), page_url: None };
    let second = store.accept(again.clone()).await?;
    assert!(second.duplicate, "the same message was taken twice");
    assert!(second.turn_waits, "it still waits for its answer");
    assert_eq!(second.message, first.message);

    let elsewhere = say(&*store, other, "a").await?;
    assert!(!elsewhere.duplicate, "another conversation's message was taken for this one's");

    let turn = begin(&*store, id).await?;
    store.finish_turn(answer(&turn.message)).await?;
    let third = store.accept(again).await?;
    assert!(third.duplicate && !third.turn_waits, "an answered message is answered again");
    assert!(store.begin_turn(id).await?.is_none());
    assert_eq!(messages(&*store, id).await?.len(), 2);
    Ok(())
}

pub async fn the_same_client_id_at_the_same_time_is_one_message(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    for round in 0..10 {
        let mut tasks = JoinSet::new();
        for _ in 0..16 {
            let store = Arc::clone(&store);
            tasks.spawn(async move { say(&*store, id, &format!("round {round}")).await });
        }
        let mut accepted = Vec::new();
        while let Some(task) = tasks.join_next().await {
            accepted.push(task??);
        }
        assert_eq!(accepted.iter().filter(|accepted| !accepted.duplicate).count(), 1);
        assert!(accepted.iter().all(|other| other.message == accepted[0].message));
    }
    let all = messages(&*store, id).await?;
    assert_eq!(all.len(), 10);
    assert_no_gap(&all);
    Ok(())
}

pub async fn numbers_have_no_gap_under_concurrency(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    let mut tasks = JoinSet::new();
    for sender in 0..16 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let mut last = 0;
            for number in 0..10 {
                let message = say(&*store, id, &format!("{sender}-{number}")).await?.message;
                assert!(message.seq > last, "a later message has a lower number");
                last = message.seq;
                // Failures in between use no number up.
                let lost = store.finish_turn(answer(&Message { id: MessageId::new(), ..message })).await;
                assert!(matches!(lost, Err(StoreError::ClaimLost)), "{lost:?}");
                if let Some(turn) = store.begin_turn(id).await? {
                    store.finish_turn(answer(&turn.message)).await?;
                }
            }
            Outcome::Ok(())
        });
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    let all = messages(&*store, id).await?;
    assert_no_gap(&all);
    assert_eq!(all.iter().filter(|message| message.turn.is_none()).count(), 160);
    Ok(())
}

pub async fn a_message_to_a_person_waits_for_no_turn(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    store.set_owner(id, Owner::Human).await?;
    let accepted = say(&*store, id, "a").await?;
    assert!(!accepted.turn_waits);
    assert!(store.begin_turn(id).await?.is_none());
    assert_eq!(store.waiting().await?, []);

    store.set_owner(id, Owner::Assistant).await?;
    assert!(store.begin_turn(id).await?.is_none(), "the assistant answers what the person was told");
    assert!(say(&*store, id, "b").await?.turn_waits);
    assert_eq!(store.waiting().await?, [id]);
    assert_eq!(begin(&*store, id).await?.message.client_id.as_deref(), Some("b"));
    Ok(())
}

pub async fn a_message_to_nowhere_is_refused(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let incoming = Incoming {
        conversation: ConversationId::new(),
        client_id: "a".to_owned(),
        body: text("hello"),
        page_url: None,
    };
    let nowhere = store.accept(incoming).await;
    assert!(matches!(nowhere, Err(StoreError::NotFound(_))), "{nowhere:?}");
    Ok(())
}

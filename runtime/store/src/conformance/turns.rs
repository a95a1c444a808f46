//! Turns: claimed by one, finished whole, refused where a person has taken over.

use crate::conformance::scene::{
    answer, assert_no_gap, begin, conversation, conversation_of, messages, reply, say, session, skill, text, there,
};
use crate::conformance::{Engine, Keeps, Outcome};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::task::{JoinSet, yield_now};
use usher_agent::conversation::{Attention, Owner};
use usher_agent::ids::{ConversationId, TurnId};
use usher_agent::store::{FinishedTurn, HISTORY, Incoming, StoreError};
use usher_host::skill::{Expectation, Focus};

pub async fn a_turn_sees_what_it_needs(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let session = session(&*store).await?;
    let id = conversation_of(&*store, session.id).await?.id;
    let page_url = Some("https://shop.example/socks".to_owned());
    let incoming =
        Incoming { conversation: id, client_id: "a".to_owned(), body: text("hello"), page_url: page_url.clone() };
    let message = store.accept(incoming).await?.message;

    let turn = begin(&*store, id).await?;
    assert_eq!(turn.message, message);
    assert_eq!((turn.page_url, turn.attempts), (page_url, 0));
    assert_eq!((turn.conversation.id, turn.conversation.last_seq), (id, 1));
    assert_eq!((turn.session.id, turn.session.identity), (session.id, None));
    assert!(turn.history.is_empty() && turn.memory.is_empty());
    assert!(store.begin_turn(ConversationId::new()).await?.is_none());
    Ok(())
}

pub async fn a_finished_turn_is_stored_whole(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    let orders = skill("order-tracking")?;
    let attention = Attention {
        active_skill: Some(orders.clone()),
        interrupted: vec![skill("returns")?],
        expects: Expectation::OrderName,
        focus: Focus { order_name: Some("#1001".to_owned()), product_id: None },
        asked_which: true,
        ..Attention::default()
    };
    let memory = BTreeMap::from([(orders.clone(), BTreeMap::from([("order".to_owned(), "#1001".to_owned())]))]);
    let mut records = Vec::new();
    for round in 1..=3_u64 {
        let message = say(&*store, id, &round.to_string()).await?.message;
        let turn = begin(&*store, id).await?;
        let finished = FinishedTurn {
            replies: vec![reply(Some(orders.clone()), "first"), reply(None, "second")],
            attention: attention.clone(),
            locale: (round == 1).then(|| "de".to_owned()),
            memory: memory.clone(),
            record: serde_json::json!({ "round": round, "scores": [0.25, 1e-9], "text": "\u{1F9E6}" }),
            ..answer(&turn.message)
        };
        records.push((finished.id, message.id, finished.record.clone()));
        let replies = store.finish_turn(finished.clone()).await?;
        let numbers: Vec<_> = replies.iter().map(|reply| reply.seq).collect();
        assert_eq!(numbers, [round * 3 - 1, round * 3]);
        let bodies: Vec<_> = replies.iter().map(|reply| reply.body.clone()).collect();
        assert_eq!(bodies, finished.replies);
        assert!(replies.iter().all(|reply| reply.turn == Some(finished.id) && reply.conversation == id));
        assert_eq!(messages(&*store, id).await?[messages_before(round)..], replies);
    }
    let found = there(store.conversation(id).await?, "the conversation")?;
    assert_eq!((found.last_seq, found.attention), (9, attention));
    assert_eq!(found.locale.as_deref(), Some("de"), "a turn that decides no language keeps the one before");
    let stored = store.turns_of(id).await?;
    let stored: Vec<_> = stored.into_iter().map(|turn| (turn.id, turn.message, turn.record)).collect();
    assert_eq!(stored, records);

    say(&*store, id, "last").await?;
    assert_eq!(begin(&*store, id).await?.memory, memory);
    assert!(store.turns_of(ConversationId::new()).await?.is_empty());
    Ok(())
}

fn messages_before(round: u64) -> usize {
    usize::try_from(round * 3 - 2).unwrap_or(usize::MAX)
}

pub async fn a_turn_that_fails_to_be_stored_leaves_nothing(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    say(&*store, id, "a").await?;
    let first = answer(&begin(&*store, id).await?.message);
    store.finish_turn(first.clone()).await?;

    say(&*store, id, "b").await?;
    let turn = begin(&*store, id).await?;
    let before = (messages(&*store, id).await?, there(store.conversation(id).await?, "the conversation")?);
    let changed = FinishedTurn {
        attention: Attention { asked_which: true, ..Attention::default() },
        locale: Some("de".to_owned()),
        memory: BTreeMap::from([(skill("returns")?, BTreeMap::from([("k".to_owned(), "v".to_owned())]))]),
        replies: vec![reply(None, "one"), reply(None, "two")],
        ..answer(&turn.message)
    };
    // Two turns can't have one name; the engine finds out somewhere in the middle.
    let failed = store.finish_turn(FinishedTurn { id: first.id, ..changed.clone() }).await;
    assert!(matches!(failed, Err(StoreError::Engine(_))), "{failed:?}");

    assert_eq!(messages(&*store, id).await?, before.0);
    let after = there(store.conversation(id).await?, "the conversation")?;
    assert_eq!((after.last_seq, after.locale, after.attention), (2 + 1, None, before.1.attention));
    assert_eq!(store.turns_of(id).await?.len(), 1);
    assert_eq!(store.waiting().await?, [id]);

    // The claim stands, so that what the turn did need not be done again.
    assert!(store.begin_turn(id).await?.is_none());
    let replies = store.finish_turn(changed).await?;
    assert_eq!(replies.iter().map(|reply| reply.seq).collect::<Vec<_>>(), [4, 5]);
    assert_no_gap(&messages(&*store, id).await?);
    assert_eq!(store.waiting().await?, []);
    Ok(())
}

pub async fn messages_are_claimed_one_at_a_time_oldest_first(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (id, other) = (conversation(&*store).await?, conversation(&*store).await?);
    for client_id in ["a", "b", "c"] {
        say(&*store, id, client_id).await?;
    }
    say(&*store, other, "x").await?;
    assert_eq!(store.waiting().await?, [id, other], "who waits longest comes first");
    for client_id in ["a", "b", "c"] {
        let turn = begin(&*store, id).await?;
        assert_eq!(turn.message.client_id.as_deref(), Some(client_id));
        assert!(store.begin_turn(id).await?.is_none(), "a conversation was claimed twice");
        assert_eq!(store.waiting().await?.len(), 2);
        store.finish_turn(answer(&turn.message)).await?;
    }
    assert!(store.begin_turn(id).await?.is_none());
    assert_eq!(begin(&*store, other).await?.message.client_id.as_deref(), Some("x"));
    Ok(())
}

pub async fn only_one_of_many_gets_the_claim(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    for round in 0..20 {
        say(&*store, id, &format!("{round}-a")).await?;
        say(&*store, id, &format!("{round}-b")).await?;
        let claims = begin_at_once(&store, id, 16).await?;
        assert_eq!(claims.len(), 1, "claims at the same time");
        for turn in claims {
            store.finish_turn(answer(&turn.message)).await?;
        }
        let rest = begin(&*store, id).await?;
        store.finish_turn(answer(&rest.message)).await?;
    }
    Ok(())
}

async fn begin_at_once(
    store: &Arc<dyn Keeps>,
    id: ConversationId,
    count: usize,
) -> Outcome<Vec<usher_agent::store::ClaimedTurn>> {
    let mut tasks = JoinSet::new();
    for _ in 0..count {
        let store = Arc::clone(store);
        tasks.spawn(async move { store.begin_turn(id).await });
    }
    let mut claims = Vec::new();
    while let Some(task) = tasks.join_next().await {
        claims.extend(task??);
    }
    Ok(claims)
}

pub async fn many_workers_answer_each_message_once(engine: &dyn Engine) -> Outcome {
    const MESSAGES: usize = 60;
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    let under_way = Arc::new(AtomicUsize::new(0));
    let answered = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let (store, under_way, answered) = (Arc::clone(&store), Arc::clone(&under_way), Arc::clone(&answered));
        tasks.spawn(async move {
            while answered.load(Ordering::SeqCst) < MESSAGES {
                let Some(turn) = store.begin_turn(id).await? else {
                    yield_now().await;
                    continue;
                };
                assert_eq!(under_way.fetch_add(1, Ordering::SeqCst), 0, "two turns at a time in one conversation");
                yield_now().await;
                under_way.fetch_sub(1, Ordering::SeqCst);
                store.finish_turn(answer(&turn.message)).await?;
                answered.fetch_add(1, Ordering::SeqCst);
            }
            Outcome::Ok(())
        });
    }
    for number in 0..MESSAGES {
        say(&*store, id, &number.to_string()).await?;
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    let all = messages(&*store, id).await?;
    assert_no_gap(&all);
    assert_eq!(all.len(), 2 * MESSAGES);
    let asked: Vec<_> = all.iter().filter(|message| message.turn.is_none()).map(|message| message.id).collect();
    let turns: Vec<_> = store.turns_of(id).await?.iter().map(|turn| turn.message).collect();
    assert_eq!(turns, asked, "answered in another order, twice or not at all");
    Ok(())
}

pub async fn a_message_that_comes_during_a_look_is_claimed_by_somebody(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    for round in 0..200 {
        // One looks at an empty inbox while the other brings a message and looks as well.
        let looking = tokio::spawn({
            let store = Arc::clone(&store);
            async move { store.begin_turn(id).await }
        });
        say(&*store, id, &round.to_string()).await?;
        let second = store.begin_turn(id).await?;
        let claims: Vec<_> = looking.await??.into_iter().chain(second).collect();
        assert_eq!(claims.len(), 1, "the message was left to nobody, or to both");
        store.finish_turn(answer(&claims[0].message)).await?;
    }
    Ok(())
}

pub async fn a_claim_that_nobody_learned_of_ends(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    say(&*store, id, "a").await?;
    for round in 0..100 {
        let looking = tokio::spawn({
            let store = Arc::clone(&store);
            async move { store.begin_turn(id).await }
        });
        for _ in 0..round % 10 {
            yield_now().await;
        }
        looking.abort();
        let turn = match looking.await {
            Ok(turn) => there(turn?, "a message that waits")?,
            Err(_) => begin(&*store, id).await?,
        };
        store.abandon_turn(id, turn.message.id).await?;
    }
    Ok(())
}

pub async fn without_its_claim_a_turn_is_refused(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    let message = say(&*store, id, "a").await?.message;
    let unclaimed = store.finish_turn(answer(&message)).await;
    assert!(matches!(unclaimed, Err(StoreError::ClaimLost)), "{unclaimed:?}");
    let unclaimed = store.abandon_turn(id, message.id).await;
    assert!(matches!(unclaimed, Err(StoreError::ClaimLost)), "{unclaimed:?}");

    let second = say(&*store, id, "b").await?.message;
    begin(&*store, id).await?;
    let other = store.finish_turn(answer(&second)).await;
    assert!(matches!(other, Err(StoreError::ClaimLost)), "the claim was on another message: {other:?}");
    store.finish_turn(answer(&message)).await?;
    let twice = store.finish_turn(FinishedTurn { id: TurnId::new(), ..answer(&message) }).await;
    assert!(matches!(twice, Err(StoreError::ClaimLost)), "{twice:?}");
    assert_eq!(store.turns_of(id).await?.len(), 1);
    assert_eq!(messages(&*store, id).await?.len(), 3);
    Ok(())
}

pub async fn an_abandoned_message_waits_and_counts(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    say(&*store, id, "a").await?;
    for attempts in 0..5 {
        let turn = begin(&*store, id).await?;
        assert_eq!(turn.attempts, attempts);
        store.abandon_turn(id, turn.message.id).await?;
        assert_eq!(store.waiting().await?, [id]);
    }
    let turn = begin(&*store, id).await?;
    store.finish_turn(answer(&turn.message)).await?;
    say(&*store, id, "b").await?;
    assert_eq!(begin(&*store, id).await?.attempts, 0, "the count of one message was taken for another's");
    Ok(())
}

pub async fn a_person_who_takes_over_silences_the_turn(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    say(&*store, id, "a").await?;
    say(&*store, id, "b").await?;
    let turn = begin(&*store, id).await?;
    assert_eq!(store.set_owner(id, Owner::Human).await?, Owner::Assistant);

    let memory = BTreeMap::from([(skill("returns")?, BTreeMap::from([("k".to_owned(), "v".to_owned())]))]);
    let late = store.finish_turn(FinishedTurn { memory, ..answer(&turn.message) }).await;
    assert!(matches!(late, Err(StoreError::NotOwner)), "{late:?}");
    assert_eq!(messages(&*store, id).await?.len(), 2, "the assistant spoke in a person's conversation");
    assert!(store.turns_of(id).await?.is_empty());
    assert_eq!(store.waiting().await?, [], "what a person answers waits for the assistant");

    // The claim has ended: the next message, once the assistant is back, is claimed at once.
    store.set_owner(id, Owner::Assistant).await?;
    say(&*store, id, "c").await?;
    let turn = begin(&*store, id).await?;
    assert_eq!(turn.message.client_id.as_deref(), Some("c"));
    assert!(turn.memory.is_empty(), "a silenced turn was remembered");
    Ok(())
}

pub async fn a_person_who_came_and_went_silences_the_turn(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    say(&*store, id, "a").await?;
    let turn = begin(&*store, id).await?;
    store.set_owner(id, Owner::Human).await?;
    store.set_owner(id, Owner::Assistant).await?;
    let late = store.finish_turn(answer(&turn.message)).await;
    assert!(matches!(late, Err(StoreError::NotOwner)), "{late:?}");
    assert_eq!(messages(&*store, id).await?.len(), 1);
    say(&*store, id, "b").await?;
    let turn = begin(&*store, id).await?;
    store.finish_turn(answer(&turn.message)).await?;
    Ok(())
}

pub async fn taking_over_and_finishing_at_the_same_time_never_mix(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    for _ in 0..100 {
        let id = conversation(&*store).await?;
        say(&*store, id, "a").await?;
        let turn = begin(&*store, id).await?;
        let taking = tokio::spawn({
            let store = Arc::clone(&store);
            async move { store.set_owner(id, Owner::Human).await }
        });
        let finished = store.finish_turn(answer(&turn.message)).await;
        taking.await??;
        let (count, turns) = (messages(&*store, id).await?.len(), store.turns_of(id).await?.len());
        match finished {
            Ok(_) => assert_eq!((count, turns), (2, 1)),
            Err(StoreError::NotOwner) => assert_eq!((count, turns), (1, 0)),
            Err(other) => return Err(other.into()),
        }
        assert!(!store.waiting().await?.contains(&id));
    }
    Ok(())
}

pub async fn history_is_bounded_and_ends_before_the_message(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    for number in 0..HISTORY {
        say(&*store, id, &number.to_string()).await?;
        let turn = begin(&*store, id).await?;
        assert_eq!(turn.history.len(), (2 * number).min(HISTORY));
        store.finish_turn(answer(&turn.message)).await?;
    }
    say(&*store, id, "this").await?;
    say(&*store, id, "later").await?;
    let turn = begin(&*store, id).await?;
    assert_eq!(turn.message.client_id.as_deref(), Some("this"));
    let all = messages(&*store, id).await?;
    let before = all.len() - 2;
    assert_eq!(turn.history, all[before - HISTORY..before]);
    Ok(())
}

pub async fn memory_is_replaced_whole_for_each_skill(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (id, other) = (conversation(&*store).await?, conversation(&*store).await?);
    let (orders, returns) = (skill("order-tracking")?, skill("returns")?);
    let entries = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    };
    let steps = [
        BTreeMap::from([
            (orders.clone(), entries(&[("a", "1"), ("b", "2")])),
            (returns.clone(), entries(&[("r", "1")])),
        ]),
        BTreeMap::from([(orders.clone(), entries(&[("b", "3")]))]),
        BTreeMap::new(),
        BTreeMap::from([(returns.clone(), entries(&[]))]),
    ];
    let seen = [
        BTreeMap::new(),
        steps[0].clone(),
        BTreeMap::from([(orders.clone(), entries(&[("b", "3")])), (returns.clone(), entries(&[("r", "1")]))]),
        BTreeMap::from([(orders.clone(), entries(&[("b", "3")])), (returns, entries(&[("r", "1")]))]),
        BTreeMap::from([(orders, entries(&[("b", "3")]))]),
    ];
    for (number, expected) in seen.iter().enumerate() {
        say(&*store, id, &number.to_string()).await?;
        let turn = begin(&*store, id).await?;
        assert_eq!(&turn.memory, expected, "before turn {number}");
        let memory = steps.get(number).cloned().unwrap_or_default();
        store.finish_turn(FinishedTurn { memory, ..answer(&turn.message) }).await?;
    }
    say(&*store, other, "a").await?;
    assert!(begin(&*store, other).await?.memory.is_empty(), "another conversation's memory was shown");
    Ok(())
}

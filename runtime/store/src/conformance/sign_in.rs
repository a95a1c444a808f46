//! Signing in, and the messages that wait for it.

use crate::conformance::scene::{
    answer, ask_to_sign_in, begin, conversation_of, delivery, hash, identity, minutes, now, say, session,
};
use crate::conformance::{Engine, Outcome};
use std::sync::Arc;
use tokio::task::JoinSet;
use usher_agent::ids::SessionId;
use usher_agent::store::{CodeCheck, OneTimeCode, Store, StoreError};

pub async fn a_message_waits_until_its_session_signs_in(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (mine, other) = (session(&*store).await?.id, session(&*store).await?.id);
    let (id, second) = (conversation_of(&*store, mine).await?.id, conversation_of(&*store, mine).await?.id);
    let theirs = conversation_of(&*store, other).await?.id;
    for conversation in [id, second, theirs] {
        say(&*store, conversation, "where is my order").await?;
        let turn = begin(&*store, conversation).await?;
        let asked = store.finish_turn(ask_to_sign_in(&turn.message)).await?;
        assert_eq!(asked.len(), 1);
    }
    assert_eq!(store.waiting().await?, []);
    assert!(store.begin_turn(id).await?.is_none());

    // A later message doesn't wait behind it.
    say(&*store, id, "what is your return policy").await?;
    let turn = begin(&*store, id).await?;
    assert_eq!(turn.message.seq, 3);
    store.finish_turn(answer(&turn.message)).await?;

    assert_eq!(store.set_identity(mine, None).await?, [], "signing out wakes");
    let mut ready = store.set_identity(mine, Some(identity())).await?;
    ready.sort();
    let mut expected = [id, second];
    expected.sort();
    assert_eq!(ready, expected);
    assert_eq!(store.waiting().await?, [id, second]);
    let turn = begin(&*store, id).await?;
    assert_eq!((turn.message.seq, turn.attempts), (1, 0));
    assert_eq!(turn.session.identity, Some(identity()));
    assert!(turn.history.is_empty(), "history holds what came later");
    store.finish_turn(answer(&turn.message)).await?;
    assert!(store.begin_turn(theirs).await?.is_none(), "another visitor's sign-in woke the message");
    assert_eq!(store.set_identity(mine, Some(identity())).await?, [], "a message is woken twice");
    Ok(())
}

pub async fn signing_in_during_the_turn_is_not_missed(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    for at_once in [false, true] {
        for _ in 0..50 {
            let session = session(&*store).await?.id;
            let id = conversation_of(&*store, session).await?.id;
            say(&*store, id, "where is my order").await?;
            let turn = begin(&*store, id).await?;
            assert_eq!(turn.session.identity, None);
            let signing_in = tokio::spawn({
                let store = Arc::clone(&store);
                async move { store.set_identity(session, Some(identity())).await }
            });
            if at_once {
                store.finish_turn(ask_to_sign_in(&turn.message)).await?;
                signing_in.await??;
            } else {
                signing_in.await??;
                store.finish_turn(ask_to_sign_in(&turn.message)).await?;
            }
            let turn = begin(&*store, id).await?;
            assert_eq!(turn.session.identity, Some(identity()));
            // Asking one who has signed in already must not make the turn run for ever.
            store.finish_turn(ask_to_sign_in(&turn.message)).await?;
            assert!(store.begin_turn(id).await?.is_none());
        }
    }
    Ok(())
}

fn code(session: SessionId, code_hash: [u8; 32]) -> OneTimeCode {
    OneTimeCode { session, email: "ada@shop.example".to_owned(), code_hash, expires_at: minutes(10) }
}

async fn check(store: &dyn Store, session: SessionId, code_hash: [u8; 32]) -> Outcome<CodeCheck> {
    let (check, email) = store.check_code(session, code_hash, now(), 3).await?;
    let expected = (check == CodeCheck::Right).then_some("ada@shop.example");
    assert_eq!(email.as_deref(), expected, "the address is told to others than who has the code");
    Ok(check)
}

pub async fn a_code_works_once(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (session, right) = (session(&*store).await?.id, hash());
    assert_eq!(check(&*store, session, right).await?, CodeCheck::Wrong, "a code that was never sent");
    store.send_code(code(session, right), delivery(now())).await?;
    assert_eq!(check(&*store, session, hash()).await?, CodeCheck::Wrong);
    assert_eq!(check(&*store, session, right).await?, CodeCheck::Right);
    assert_eq!(check(&*store, session, right).await?, CodeCheck::Wrong, "a used code works again");
    Ok(())
}

pub async fn a_code_works_for_its_session_alone(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (mine, other, right) = (session(&*store).await?.id, session(&*store).await?.id, hash());
    store.send_code(code(mine, right), delivery(now())).await?;
    for _ in 0..5 {
        assert_eq!(check(&*store, other, right).await?, CodeCheck::Wrong);
    }
    assert_eq!(check(&*store, mine, right).await?, CodeCheck::Right, "another session's tries were counted");
    Ok(())
}

pub async fn a_code_ends(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (session, right) = (session(&*store).await?.id, hash());
    let sent = code(session, right);
    let end = sent.expires_at;
    store.send_code(sent, delivery(now())).await?;
    assert_eq!(store.check_code(session, right, end, 3).await?, (CodeCheck::Wrong, None));
    store.sweep(now()).await?;
    assert_eq!(check(&*store, session, right).await?, CodeCheck::Right, "a code was swept before its end");

    store.send_code(code(session, right), delivery(now())).await?;
    store.sweep(minutes(20)).await?;
    assert_eq!(check(&*store, session, right).await?, CodeCheck::Wrong, "a code outlives its end");
    Ok(())
}

pub async fn a_later_code_replaces_the_earlier(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (session, first, second) = (session(&*store).await?.id, hash(), hash());
    store.send_code(code(session, first), delivery(now())).await?;
    for _ in 0..3 {
        check(&*store, session, hash()).await?;
    }
    store.send_code(code(session, second), delivery(now())).await?;
    assert_eq!(check(&*store, session, first).await?, CodeCheck::Wrong);
    assert_eq!(check(&*store, session, second).await?, CodeCheck::Right, "the earlier code's tries were counted");
    Ok(())
}

pub async fn too_many_wrong_codes_end_it(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (session, right) = (session(&*store).await?.id, hash());
    store.send_code(code(session, right), delivery(now())).await?;
    assert_eq!(check(&*store, session, hash()).await?, CodeCheck::Wrong);
    assert_eq!(check(&*store, session, hash()).await?, CodeCheck::Wrong);
    assert_eq!(check(&*store, session, hash()).await?, CodeCheck::TooManyAttempts);
    assert_eq!(check(&*store, session, right).await?, CodeCheck::TooManyAttempts, "an ended code works");
    Ok(())
}

pub async fn guesses_at_the_same_time_are_all_counted(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (session, right) = (session(&*store).await?.id, hash());
    store.send_code(code(session, right), delivery(now())).await?;
    let mut guesses = JoinSet::new();
    for _ in 0..32 {
        let store = Arc::clone(&store);
        guesses.spawn(async move { check(&*store, session, hash()).await });
    }
    let mut wrong = 0;
    while let Some(guess) = guesses.join_next().await {
        wrong += usize::from(guess?? == CodeCheck::Wrong);
    }
    assert_eq!(wrong, 2, "three guesses are allowed, and the third one says that it was the last");
    assert_eq!(check(&*store, session, right).await?, CodeCheck::TooManyAttempts);
    Ok(())
}

pub async fn a_code_is_sent_with_its_delivery_or_not_at_all(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (session, first, second) = (session(&*store).await?.id, hash(), hash());
    let mail = delivery(now());
    store.send_code(code(session, first), mail.clone()).await?;
    assert_eq!(store.due(now(), 10).await?, std::slice::from_ref(&mail));

    let nobody = store.send_code(code(SessionId::new(), second), delivery(now())).await;
    assert!(matches!(nobody, Err(StoreError::NotFound(_))), "{nobody:?}");
    // A delivery of this name is there already.
    assert!(store.send_code(code(session, second), mail.clone()).await.is_err());
    assert_eq!(store.due(now(), 10).await?, [mail]);
    assert_eq!(check(&*store, session, second).await?, CodeCheck::Wrong, "a code that wasn't sent works");
    assert_eq!(check(&*store, session, first).await?, CodeCheck::Right);
    Ok(())
}

pub async fn a_token_id_works_once(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let mut uses = JoinSet::new();
    for _ in 0..16 {
        let store = Arc::clone(&store);
        uses.spawn(async move { store.use_token_id("a", minutes(5)).await });
    }
    let mut fresh = 0;
    while let Some(first) = uses.join_next().await {
        fresh += usize::from(first??);
    }
    assert_eq!(fresh, 1, "a token was used twice");
    assert!(store.use_token_id("A", minutes(5)).await?, "ids differ by case");
    store.sweep(now()).await?;
    assert!(!store.use_token_id("a", minutes(5)).await?, "an id was swept before its token ended");
    store.sweep(minutes(10)).await?;
    assert!(store.use_token_id("a", minutes(5)).await?, "ids are kept for ever");
    Ok(())
}

//! What is there after a restart.

use crate::conformance::ledger::release;
use crate::conformance::scene::{
    answer, ask_to_sign_in, begin, conversation, conversation_of, customer, delivery, entry, identity, lines, messages,
    minutes, now, recorded, say, session, there,
};
use crate::conformance::{Engine, Outcome};
use usher_agent::store::CodeCheck;
use usher_host::Action;

pub async fn what_was_cut_off_waits_again(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let visitor = session(&*store).await?;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(conversation_of(&*store, visitor.id).await?.id);
    }
    let [claimed, untouched, answered, signing_in, _silent] = ids[..] else { return Err("five".into()) };
    for id in [claimed, untouched, answered, signing_in] {
        say(&*store, id, "a").await?;
    }
    begin(&*store, claimed).await?;
    let turn = begin(&*store, answered).await?;
    store.finish_turn(answer(&turn.message)).await?;
    let turn = begin(&*store, signing_in).await?;
    store.finish_turn(ask_to_sign_in(&turn.message)).await?;
    drop(store);

    let store = engine.open().await?;
    assert_eq!(store.waiting().await?, [claimed, untouched]);
    assert!(begin(&*store, claimed).await?.attempts >= 1, "a claim that was cut off isn't counted");
    begin(&*store, untouched).await?;
    assert!(store.begin_turn(answered).await?.is_none(), "a message is answered twice");
    assert!(store.begin_turn(signing_in).await?.is_none());

    say(&*store, answered, "b").await?;
    assert_eq!(begin(&*store, answered).await?.attempts, 0, "a message of this process counts from 0");
    assert_eq!(store.set_identity(visitor.id, Some(identity())).await?, [signing_in]);
    assert_eq!(begin(&*store, signing_in).await?.attempts, 0);
    Ok(())
}

pub async fn attempts_outlive_the_process(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    say(&*store, id, "breaks everything").await?;
    let behind = conversation(&*store).await?;
    say(&*store, behind, "never begun").await?;
    assert_eq!(begin(&*store, id).await?.attempts, 0);
    drop(store);
    for restarts in 1..=4 {
        let store = engine.open().await?;
        assert_eq!(begin(&*store, id).await?.attempts, restarts);
    }
    let store = engine.open().await?;
    assert!(begin(&*store, behind).await?.attempts <= 1, "the claims of others are counted");
    Ok(())
}

pub async fn everything_is_there_again(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let visitor = session(&*store).await?;
    let id = conversation_of(&*store, visitor.id).await?.id;
    say(&*store, id, "a").await?;
    let turn = begin(&*store, id).await?;
    let finished = answer(&turn.message);
    store.finish_turn(finished.clone()).await?;
    let before = messages(&*store, id).await?;
    let mail = delivery(now());
    let code = usher_agent::store::OneTimeCode {
        session: visitor.id,
        email: "ada@shop.example".to_owned(),
        code_hash: [9; 32],
        expires_at: minutes(10),
    };
    store.send_code(code, mail.clone()).await?;
    assert!(store.use_token_id("jti", minutes(10)).await?);
    drop(store);

    let store = engine.open().await?;
    assert_eq!(messages(&*store, id).await?, before);
    let found = there(store.conversation(id).await?, "the conversation")?;
    assert_eq!((found.session, found.last_seq), (visitor.id, 2));
    let turns = store.turns_of(id).await?;
    assert_eq!((turns.len(), turns[0].id, &turns[0].record), (1, finished.id, &finished.record));
    assert!(say(&*store, id, "a").await?.duplicate, "a message is taken twice over a restart");
    assert_eq!(store.due(now(), 10).await?, [mail]);
    assert_eq!(store.check_code(visitor.id, [9; 32], now(), 5).await?.0, CodeCheck::Right);
    assert!(!store.use_token_id("jti", minutes(10)).await?);
    assert_eq!(say(&*store, id, "b").await?.message.seq, 3);
    Ok(())
}

pub async fn the_audit_goes_on(engine: &dyn Engine) -> Outcome {
    let mut kept_elsewhere = Vec::new();
    for round in 1..=4_u64 {
        let store = engine.open().await?;
        let entry = entry("operator:ada", Action::ReleaseApproved, &round.to_string());
        store.record(vec![release("acme/returns", 1)?], vec![entry]).await?;
        store.append_audit(recorded(customer("id:1"), b"said")).await?;
        kept_elsewhere.push(store.checkpoint().await?);
        assert_eq!(lines(&*store).await?.len() as u64, 2 * round);
        let check = store.verify_audit(kept_elsewhere.clone()).await?;
        assert_eq!((check.lines, check.checkpoints, check.problems), (2 * round, round, Vec::new()));
        assert_eq!(check.unreadable, 0, "a key didn't outlive the process");
    }
    Ok(())
}

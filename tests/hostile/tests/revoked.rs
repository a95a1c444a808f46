//! What was allowed to run and isn't any more: revoked by a person or by the policy, killed, quarantined while it is asked
//! for, or run again only to be looked at. Case D-02 and what belongs to it.

#![allow(clippy::unwrap_used, reason = "a test that can't go on says where")]

use std::sync::Arc;
use std::time::Duration;
use usher_host::skill::Assurance;
use usher_host::{
    Action, CallFailure, CallResult, DecisionError, DenialReason, Digest, Ledger, Limits, MemoryLedger, State,
    TrustPolicy,
};
use usher_hostile::{
    Fixture, Held, Made as _, Stage, ask, context, id, integration, outcome, said, saying, searching, state, turn,
};

const COMPILE: &str = env!("CARGO_BIN_EXE_compile-child");

/// D-02: revoked, no call begins and no tool is let through; killed, what runs ends.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn revoked_nothing_begins_and_killed_nothing_goes_on() {
    let held = Held::new();
    let stage = Stage::set(COMPILE, Limits::default(), held.tools()).await;
    for name in ["gift", "kill"] {
        stage.load(&searching(name, "one", 2)).await;
    }
    let digest = |name: &str| stage.host.generation().skills[&id(name)].sheet.digest;
    let (gift, kill) = (digest("gift"), digest("kill"));
    let before = stage.host.generation();

    let turn_of = |name: &'static str| {
        let (host, generation) = (stage.host.clone(), before.clone());
        tokio::spawn(async move {
            host.handle(&generation, &id(name), turn("hello"), context(Assurance::Authenticated)).await
        })
    };
    let under_way = turn_of("gift");
    held.someone_waits().await;
    stage.host.revoke(&gift, false, "operator:ana", "it is odd").await.unwrap();
    assert_eq!(stage.host.draining().len(), 1);
    // Not even on the generation on which it was live.
    let new = stage.host.handle(&before, &id("gift"), turn("hello"), context(Assurance::Authenticated)).await;
    assert!(matches!(new.outcome, Err(CallFailure::NoSuchPlugin(_))), "{new:?}");
    // The call that was let in before ends as it would have; the next one isn't let in.
    held.gate.add_permits(1);
    let handled = under_way.await.unwrap();
    let results: Vec<_> = handled.calls.iter().map(|call| call.result.clone()).collect();
    assert_eq!(results, [CallResult::NotFound, CallResult::Denied(DenialReason::NotGranted)]);
    assert_eq!(said(&handled), "one");
    assert_eq!(stage.host.draining(), []);

    let under_way = turn_of("kill");
    held.someone_waits().await;
    stage.host.revoke(&kill, true, "operator:ana", "stop it").await.unwrap();
    let handled = tokio::time::timeout(Duration::from_secs(5), under_way).await.unwrap().unwrap();
    assert_eq!(handled.outcome, Err(CallFailure::Revoked));
    let again = stage.host.revoke(&kill, false, "operator:ana", "stop it").await;
    assert!(matches!(again, Err(DecisionError::State { .. })), "{again:?}");
    // Revoked stays revoked: over a restart, and whatever lies in the folder.
    let stage = stage.restart().await;
    assert!(stage.host.generation().skills.is_empty());
    assert!(stage.host.generation().refused.iter().all(|refused| refused.reason.contains("was revoked")));
    // A mistake can be taken back, by a person.
    stage.host.approve(&gift, "operator:ana", "it was a mistake").await.unwrap();
    held.gate.add_permits(2);
    assert_eq!(said(&ask(&stage.host, "gift").await), "one");
}

/// D-02: a key that the policy revokes takes with it what it signed, live or not, at the next start; no person brings it
/// back under that policy.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_key_ends_what_it_signed() {
    let ledger = Arc::new(MemoryLedger::default());
    let mut stage = Stage::with(COMPILE, Limits::default(), |config| {
        config.ledger = ledger.clone() as Arc<dyn Ledger>;
    })
    .await;
    stage.load(&saying("gift", "one")).await;
    let digest = Digest::of(&saying("gift", "one").bytes());
    assert_eq!(said(&ask(&stage.host, "gift").await), "one");

    let revoking = format!(
        "{}[revoked]\nkeys = [\"{}\"]\n",
        stage.signer.policy_text().replace("sequence = 1", "sequence = 2"),
        stage.signer.public()
    );
    stage.config.policy = TrustPolicy::from_toml(&revoking).unwrap();
    let stage = stage.restart().await;
    assert_eq!(state(&stage.host, digest), State::Revoked);
    assert!(matches!(ask(&stage.host, "gift").await.outcome, Err(CallFailure::NoSuchPlugin(_))));
    let noted = ledger.entries();
    assert!(noted.iter().any(|(_, entry)| entry.action == Action::ReleaseRevoked && entry.actor == "policy"));
    let approved = stage.host.approve(&digest, "operator:ana", "I want it").await;
    assert!(matches!(approved, Err(DecisionError::Policy(_))), "{approved:?}");
}

/// D-02: killing ends what runs of a release wherever it was begun, also where the same bytes were proposed once more
/// since, or where it was revoked already; nothing else ends with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_means_whatever_runs_of_it_and_no_more() {
    let held = Held::new();
    let stage = Stage::set(COMPILE, Limits::default(), held.tools()).await;
    for name in ["kill", "other"] {
        stage.load(&searching(name, "one", 1)).await;
    }
    let bytes = searching("kill", "one", 1).bytes();
    let digest = Digest::of(&bytes);
    let turn_of = |name: &'static str| {
        let host = stage.host.clone();
        tokio::spawn(async move { ask(&host, name).await })
    };
    let under_way = turn_of("kill");
    held.someone_waits().await;
    let other = turn_of("other");
    let _ = stage.host.propose(bytes, None, "operator:ana").await;
    stage.host.revoke(&digest, false, "operator:ana", "it is odd").await.unwrap();
    assert!(!under_way.is_finished());
    stage.host.revoke(&digest, true, "operator:ana", "stop it").await.unwrap();
    let handled = tokio::time::timeout(Duration::from_secs(5), under_way).await.unwrap().unwrap();
    assert_eq!(handled.outcome, Err(CallFailure::Revoked));
    held.gate.add_permits(2);
    assert_eq!(said(&other.await.unwrap()), "one");
}

/// D-02: whether an order is the customer's is asked of the shop before another provider is asked. A shop's connector that
/// was revoked meanwhile isn't asked that either, not even by turns of the generation on which it was live.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_connector_is_asked_nothing_by_turns_of_before() {
    let stage = Stage::set(COMPILE, Limits::default(), std::collections::HashMap::new()).await;
    // At 8192 stands a result whose ok case is all zeros, but for the order's owner: at 8208 is its id, which is at 700.
    let data = "(data (i32.const 700) \"7001\")";
    let orders = "(func (export \"usher:tools/orders@0.1.0#get\") (param i32 i32) (result i32)
           (i32.store (i32.const 8208) (i32.const 1)) (i32.store (i32.const 8212) (i32.const 700))
           (i32.store (i32.const 8216) (i32.const 4)) (i32.const 8192))
         (func (export \"usher:tools/orders@0.1.0#recent\") (param i32) (result i32) (i32.const 8192))";
    let returns =
        "(func (export \"usher:tools/returns@0.1.0#eligibility\") (param i32 i32) (result i32) (i32.const 8192))
         (func (export \"usher:tools/returns@0.1.0#list-open\") (result i32) (i32.const 8192))
         (func (export \"usher:tools/returns@0.1.0#portal-url\") (param i32 i32 i32 i32 i32 i32) (result i32)
           (i32.const 8192))";
    let shop = stage.load(&Fixture::connector("shop", &[], &["usher:tools/orders"], data, orders)).await;
    let back = stage.load(&Fixture::connector("back", &[], &["usher:tools/returns"], "", returns)).await;
    stage.host.connect(integration(&shop)).await.unwrap();
    stage.host.connect(integration(&back)).await.unwrap();
    let import = "(import \"usher:tools/returns@0.1.0\" \"eligibility\" (func $eligible (param i32 i32 i32)))
                  (data (i32.const 512) \"one\")";
    let call = "(call $eligible (i32.const 512) (i32.const 3) (i32.const 2048))";
    let body = format!("{call} {}", outcome::reply("(i32.const 512)", "(i32.const 3)"));
    let tools = ["usher:tools/returns.eligibility"];
    stage.load(&Fixture::skill("gift", &["usher:tools/returns@0.1.0"], &tools, import, &body)).await;
    let before = stage.host.generation();
    let result = async || {
        let handled = stage.host.handle(&before, &id("gift"), turn("hello"), context(Assurance::Authenticated)).await;
        handled.calls[0].result.clone()
    };
    assert_eq!(result().await, CallResult::Ok);
    let digest = before.connectors[&shop].sheet.digest;
    stage.host.revoke(&digest, false, "operator:ana", "it is odd").await.unwrap();
    assert_eq!(result().await, CallResult::Unavailable);
}

/// A recorded turn is run again on a release that never ends: it ends at its limit, and others are served meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_that_spins_in_a_replay_ends_at_its_limit() {
    let stage =
        Stage::set(COMPILE, Limits { turn_ms: 500, ..Limits::default() }, std::collections::HashMap::new()).await;
    stage.load(&saying("gift", "one")).await;
    stage.load(&saying("other", "two")).await;
    let recording = ask(&stage.host, "gift").await.recording.unwrap();
    let (same, differences) = stage.host.replay(&recording, None).await.unwrap();
    assert_eq!((said(&same), differences), ("one", Vec::new()));
    let spinning = Fixture::skill("gift", &[], &[], "", "(loop (br 0)) (i32.const 0)");
    stage.load(&spinning).await;
    let digest = Digest::of(&spinning.bytes());
    let (replayed, beside) = tokio::join!(stage.host.replay(&recording, Some(digest)), ask(&stage.host, "other"));
    let (handled, differences) = replayed.unwrap();
    assert!(matches!(handled.outcome, Err(CallFailure::Limit(_))), "{:?}", handled.outcome);
    assert_eq!(differences.len(), 1, "{differences:?}");
    assert_eq!(said(&beside), "two");
}

//! What the host writes down: releases with their entries, the policy's number, acting calls.

use crate::conformance::scene::{customer, entry, holds, lines, now, skill, there};
use crate::conformance::{Engine, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::task::JoinSet;
use usher_host::{Action, Approval, Digest, Earlier, Entry, Intent, Limits, PermissionSheet, Release, State, Subject};
use usher_manifest::Kind;

/// A release with these bytes.
pub(super) fn release(plugin: &str, digest: u8) -> Outcome<Release> {
    let (plugin, digest, fingerprint) = (skill(plugin)?, Digest([digest; 32]), Digest([8; 32]));
    let sheet = PermissionSheet {
        plugin: plugin.clone(),
        kind: Kind::Skill,
        name: "Returns \u{1F9E6}".to_owned(),
        version: "1.0.0".to_owned(),
        digest,
        size: 24_000,
        tools: Vec::new(),
        over_asked: BTreeSet::new(),
        baseline: BTreeSet::from(["usher:skill/log".to_owned()]),
        provides: Vec::new(),
        hosts: Vec::new(),
        secrets: Vec::new(),
        webhooks: Vec::new(),
        settings: BTreeSet::from(["store".to_owned()]),
        limits: Limits::default(),
        texts: BTreeMap::new(),
        flags: Vec::new(),
        fingerprint,
    };
    let approval = Approval {
        by: "operator:ada".to_owned(),
        at: now(),
        reason: "read it".to_owned(),
        digest,
        fingerprint,
        policy_sequence: 3,
    };
    Ok(Release {
        plugin,
        digest,
        sheet,
        publisher: Some("acme".to_owned()),
        key_ids: vec!["ed25519:1".to_owned()],
        sequence: Some(4),
        state: State::Approved,
        reason: "a person said so".to_owned(),
        proposed_by: "folder".to_owned(),
        proposed_at: now(),
        changed_at: now(),
        live_since: None,
        approvals: vec![approval],
        by_person: true,
        file: Some("returns.wasm".to_owned()),
    })
}

fn published(plugin: &str) -> Entry {
    entry("policy", Action::ReleasePublished, plugin)
}

fn intent(key: &str, arguments: u8) -> Outcome<Intent> {
    Ok(Intent {
        idempotency_key: key.to_owned(),
        conversation: "conversation-1".to_owned(),
        subject: customer("id:1"),
        skill: skill("returns")?,
        skill_digest: Digest([1; 32]),
        function: "usher:tools/orders.cancel".parse()?,
        provider: Some(skill("shopify")?),
        arguments: Digest([arguments; 32]),
    })
}

pub async fn releases_are_kept_with_the_entries_that_say_why(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    assert_eq!(store.releases().await?, []);
    let (first, second) = (release("acme/returns", 1)?, release("order-tracking", 2)?);
    let approved = entry("operator:ada", Action::ReleaseApproved, "acme/returns");
    store.record(vec![first.clone(), second.clone()], vec![approved, published("acme/returns")]).await?;
    assert_eq!(store.releases().await?, [first.clone(), second.clone()]);

    let revoked = Release { state: State::Revoked, approvals: Vec::new(), ..first };
    let why = entry("operator:bo", Action::ReleaseRevoked, "acme/returns");
    store.record(vec![revoked.clone()], vec![why]).await?;
    assert_eq!(store.releases().await?, [revoked.clone(), second.clone()]);
    let actions: Vec<_> = lines(&*store).await?.iter().map(|line| line.action).collect();
    assert_eq!(actions, [Action::ReleaseApproved, Action::ReleasePublished, Action::ReleaseRevoked]);

    let unsaid = store.record(vec![Release { state: State::Live, ..revoked.clone() }], Vec::new()).await;
    assert!(unsaid.is_err(), "a release changed without a word in the audit");
    assert_eq!(store.releases().await?, [revoked, second]);
    store.record(Vec::new(), vec![published("x")]).await?;
    assert_eq!(holds(&*store).await?.lines, 4);
    Ok(())
}

pub async fn a_policys_number_never_falls(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let changed = || entry("operator:ada", Action::PolicyChanged, "policy");
    assert_eq!(store.policy_sequence().await?, 0);
    store.set_policy_sequence(7, changed()).await?;
    assert_eq!(store.policy_sequence().await?, 7);
    store.set_policy_sequence(3, changed()).await?;
    assert_eq!(store.policy_sequence().await?, 7, "it is the highest that was ever in force");
    assert_eq!(holds(&*store).await?.lines, 2);
    Ok(())
}

pub async fn an_acting_call_is_known_from_its_intent_on(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let answer = serde_json::json!({ "ok": [{ "name": "#1001", "amount": 12.5 }] });
    assert_eq!(store.intend(intent("key-1", 1)?).await?, Earlier::None);
    assert_eq!(store.intend(intent("key-1", 1)?).await?, Earlier::Unsettled("key-1".to_owned()));
    store.settle("key-1", Some(answer.clone())).await?;
    assert_eq!(store.intend(intent("key-1", 1)?).await?, Earlier::Settled(answer.clone()));
    drop(store);
    let store = engine.open().await?;
    assert_eq!(store.intend(intent("key-1", 1)?).await?, Earlier::Settled(answer));

    let all = lines(&*store).await?;
    let actions: Vec<_> = all.iter().map(|line| (line.action, line.object.as_str())).collect();
    let of_it = |action| (action, "conversation-1");
    use Action::{ActingIntended, ActingSettled};
    assert_eq!(actions, [of_it(ActingIntended), of_it(ActingIntended), of_it(ActingSettled)]);
    assert!(all.iter().all(|line| line.subject == Some(store.pseudonym(&customer("id:1")))));
    assert!(all.iter().all(|line| line.detail["idempotency_key"] == "key-1"));
    assert!(all.iter().all(|line| !line.detail.to_string().contains("1001")), "an answer stands in the clear");
    let unknown = store.settle("key-2", None).await;
    assert!(unknown.is_err(), "a call was settled that nobody intended");
    assert_eq!(holds(&*store).await?.lines, 3);
    Ok(())
}

pub async fn a_call_that_wasnt_made_may_be_made(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    assert_eq!(store.intend(intent("key-1", 1)?).await?, Earlier::None);
    store.settle("key-1", None).await?;
    assert_eq!(store.intend(intent("key-1", 1)?).await?, Earlier::None);
    // Two attempts overlapped: one didn't reach the provider, the other did.
    assert_eq!(store.intend(intent("key-1", 1)?).await?, Earlier::Unsettled("key-1".to_owned()));
    store.settle("key-1", None).await?;
    store.settle("key-1", Some(serde_json::json!("made"))).await?;
    assert_eq!(store.intend(intent("key-1", 1)?).await?, Earlier::Settled(serde_json::json!("made")));
    let made: Vec<_> = lines(&*store).await?.iter().filter_map(|line| line.detail["made"].as_bool()).collect();
    assert_eq!(made, [false, false, true]);
    Ok(())
}

pub async fn the_same_call_under_another_key_is_found(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    assert_eq!(store.intend(intent("key-1", 1)?).await?, Earlier::None);
    assert_eq!(store.intend(intent("key-2", 1)?).await?, Earlier::Unsettled("key-1".to_owned()));
    let others = [
        intent("key-3", 2)?,
        Intent { subject: customer("id:2"), ..intent("key-4", 1)? },
        Intent { subject: Subject::Session("id:1".to_owned()), ..intent("key-5", 1)? },
        Intent { function: "usher:tools/orders.change-address".parse()?, ..intent("key-6", 1)? },
    ];
    for other in others {
        assert_eq!(store.intend(other.clone()).await?, Earlier::None, "{other:?}");
    }
    // It is known by its first key alone.
    assert!(store.settle("key-2", None).await.is_err());
    store.settle("key-1", Some(serde_json::json!("made"))).await?;
    assert_eq!(store.intend(intent("key-2", 1)?).await?, Earlier::None, "a settled call is no reason to wait");
    store.settle("key-2", None).await?;
    assert_eq!(store.intend(intent("key-7", 1)?).await?, Earlier::None, "nor is one that wasn't made");
    Ok(())
}

pub async fn only_one_of_many_is_the_first(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    for round in 0..20_u8 {
        let mut tasks = JoinSet::new();
        for number in 0..8 {
            // Half of them by one key, half by keys of their own.
            let key = if number % 2 == 0 { format!("{round}") } else { format!("{round}-{number}") };
            let (store, intent) = (Arc::clone(&store), intent(&key, round)?);
            tasks.spawn(async move { (key, store.intend(intent).await) });
        }
        let mut first = Vec::new();
        let mut others = Vec::new();
        for (key, earlier) in tasks.join_all().await {
            match earlier? {
                Earlier::None => first.push(key),
                Earlier::Unsettled(known) => others.push(known),
                Earlier::Settled(answer) => return Err(format!("{answer} was never given").into()),
            }
        }
        let [first] = &first[..] else { return Err(format!("{} would make the call", first.len()).into()) };
        assert!(others.len() == 7 && others.iter().all(|known| known == first), "{others:?}");
    }
    holds(&*store).await?;
    Ok(())
}

pub async fn an_erased_answer_isnt_taken_for_none(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    store.intend(intent("key-1", 1)?).await?;
    store.settle("key-1", Some(serde_json::json!("made"))).await?;
    let pseudonym = store.pseudonym(&customer("id:1"));
    assert_eq!(store.erase_subject(&pseudonym, "operator:ada").await?, 2);
    assert_eq!(store.intend(intent("key-1", 1)?).await?, Earlier::Unsettled("key-1".to_owned()));
    store.settle("key-1", Some(serde_json::json!("found again"))).await?;
    assert_eq!(store.intend(intent("key-1", 1)?).await?, Earlier::Settled(serde_json::json!("found again")));
    let line = there(lines(&*store).await?.pop(), "a line")?;
    assert_eq!((line.action, line.readable), (Action::ActingSettled, true));
    assert_eq!(holds(&*store).await?.unreadable, 2);
    Ok(())
}

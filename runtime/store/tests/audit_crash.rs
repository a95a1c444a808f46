//! `kill -9` while releases are decided about and acting calls are made: what is written down about them and the audit
//! agree at every step, the chain holds, and no call is taken for one that was never begun.

#![allow(clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

mod killed;

use killed::{open, start};
use serde_json::{Value, json};
use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use usher_agent::store::{AuditFilter, Store};
use usher_host::{Action, Digest, Earlier, Entry, Intent, Ledger, Release, Subject};
use usher_store::SqliteStore;

const SERVER: &str = "a_server_that_decides_and_acts";
const ROUNDS: usize = 10;
const PLUGINS: u8 = 4;

/// A release that counts, in its reason, how often it was written.
fn release(plugin: u8, written: u64) -> Release {
    let digest = Digest([plugin; 32]);
    let sheet = json!({
        "plugin": format!("plugin-{plugin}"), "kind": "skill", "name": "n", "version": "1.0.0", "digest": digest,
        "size": 1, "tools": [], "over_asked": [], "baseline": [], "provides": [], "hosts": [], "secrets": [],
        "settings": [], "limits": {}, "texts": {}, "flags": [], "fingerprint": digest,
    });
    let release = json!({
        "plugin": format!("plugin-{plugin}"), "digest": digest, "sheet": sheet, "publisher": null, "key_ids": [],
        "sequence": null, "state": if written.is_multiple_of(2) { "live" } else { "revoked" }, "reason": written.to_string(),
        "proposed_by": "folder", "proposed_at": "2026-11-22T08:00:00Z", "changed_at": "2026-11-22T08:00:00Z",
        "live_since": null, "by_person": true, "approvals": [], "file": null,
    });
    serde_json::from_value(release).expect("a release")
}

fn intent(key: &str) -> Intent {
    Intent {
        idempotency_key: key.to_owned(),
        conversation: "conversation-1".to_owned(),
        subject: Subject::Customer(format!("id:{}", key.len())),
        skill: "returns".parse().expect("an id"),
        skill_digest: Digest([1; 32]),
        function: "usher:tools/orders.cancel".parse().expect("a function"),
        provider: None,
        arguments: Digest::of(key.as_bytes()),
    }
}

async fn written(store: &SqliteStore) -> BTreeMap<String, u64> {
    let releases = store.releases().await.expect("the releases");
    releases.iter().map(|release| (release.plugin.to_string(), release.reason.parse().expect("a number"))).collect()
}

/// Decides and acts until it is killed, and prints each step once the ledger has said `Ok`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it is the other side of the test here, which starts it as a process"]
async fn a_server_that_decides_and_acts() {
    let Some(path) = killed::database() else { return };
    println!();
    let store = Arc::new(open(&path).expect("the database opens"));
    let before = written(&store).await;
    let mut tasks = tokio::task::JoinSet::new();
    for plugin in 1..=PLUGINS {
        let store = Arc::clone(&store);
        let mut count = before.get(&format!("plugin-{plugin}")).copied().unwrap_or(0);
        tasks.spawn(async move {
            loop {
                count += 1;
                let entry = |action| {
                    Entry::new("operator:ada", action, format!("plugin-{plugin}"), json!({ "written": count }))
                };
                let entries = vec![entry(Action::ReleaseApproved), entry(Action::ReleasePublished)];
                store.record(vec![release(plugin, count)], entries).await.expect("recorded");
                println!("recorded plugin-{plugin} {count}");
            }
        });
    }
    let process = RandomState::new().hash_one(0);
    for caller in 0..4 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            for number in 0.. {
                let key = format!("{process:x}-{caller}-{number}");
                assert_eq!(store.intend(intent(&key)).await.expect("intended"), Earlier::None);
                println!("intended {key}");
                if number % 5 == 0 {
                    store.settle(&key, None).await.expect("settled");
                    println!("unmade {key}");
                } else {
                    store.settle(&key, Some(json!(key))).await.expect("settled");
                    println!("settled {key}");
                }
            }
        });
    }
    tasks.spawn(async move {
        loop {
            store.checkpoint().await.expect("signed");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    tasks.join_all().await;
}

/// What the server has said that is stored.
#[derive(Default)]
struct Promised {
    written: BTreeMap<String, u64>,
    intended: BTreeSet<String>,
    settled: BTreeSet<String>,
    unmade: BTreeSet<String>,
}

impl Promised {
    fn note(&mut self, line: &str) {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["recorded", plugin, count] => {
                self.written.insert(plugin.to_owned(), count.parse().expect("a number"));
            }
            ["intended", key] => drop(self.intended.insert(key.to_owned())),
            ["settled", key] => drop(self.settled.insert(key.to_owned())),
            ["unmade", key] => drop(self.unmade.insert(key.to_owned())),
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_and_the_audit_agree_after_a_kill() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("usher.db");
    let mut promised = Promised::default();
    for round in 0..ROUNDS {
        let (mut child, lines) = start(SERVER, &path);
        let first = lines.iter().find(|line| line.starts_with("recorded"));
        promised.note(&first.expect("the server ended before it had recorded anything"));
        let delay = Duration::from_micros(RandomState::new().hash_one(round) % 120_000);
        eprintln!("round {round}: killed after {delay:?}");
        thread::sleep(delay);
        child.kill().expect("killed");
        child.wait().expect("its end");
        lines.into_iter().for_each(|line| promised.note(&line));
        compare(&path, &promised).await;
    }
    assert!(promised.settled.len() > ROUNDS, "the load was too small to show anything");

    let store = open(&path).expect("the database opens");
    for key in &promised.intended {
        let earlier = store.intend(intent(key)).await.expect("intended");
        let made = Earlier::Settled(json!(key));
        let unsettled = Earlier::Unsettled(key.clone());
        if promised.settled.contains(key) {
            assert_eq!(earlier, made, "an answer that was acknowledged is gone");
        } else if promised.unmade.contains(key) {
            assert_eq!(earlier, Earlier::None, "a call that wasn't made can't be tried again");
        } else {
            // The kill came before the word about how it ended, or before it ended.
            let last = key.rsplit('-').next().and_then(|number| number.parse::<u64>().ok()).expect("a number");
            let ended = if last % 5 == 0 { Earlier::None } else { made };
            assert!(earlier == unsettled || earlier == ended, "{key}: {earlier:?}");
        }
    }
}

async fn compare(path: &Path, promised: &Promised) {
    let store = open(path).expect("the database opens");
    let check = store.verify_audit(Vec::new()).await.expect("a check");
    assert_eq!((check.problems, check.unreadable), (Vec::new(), 0));

    let written = written(&store).await;
    for (plugin, count) in &promised.written {
        assert!(written.get(plugin) >= Some(count), "a release that was acknowledged is gone");
    }
    for (plugin, count) in written {
        let filter = AuditFilter { object: Some(plugin.clone()), ..AuditFilter::default() };
        let lines = store.audit(filter, 0, usize::MAX).await.expect("its lines");
        let counts: Vec<u64> = lines.iter().filter_map(|line| line.detail["written"].as_u64()).collect();
        let expected: Vec<u64> = (1..=count).flat_map(|count| [count, count]).collect();
        assert_eq!(counts, expected, "{plugin}: its release and the audit don't agree");
    }

    let of = |action| AuditFilter { action: Some(action), ..AuditFilter::default() };
    let keys = |lines: Vec<usher_agent::store::AuditLine>| -> BTreeSet<String> {
        lines.iter().filter_map(|line| Value::as_str(&line.detail["idempotency_key"]).map(str::to_owned)).collect()
    };
    let intended = keys(store.audit(of(Action::ActingIntended), 0, usize::MAX).await.expect("the lines"));
    let settled = keys(store.audit(of(Action::ActingSettled), 0, usize::MAX).await.expect("the lines"));
    assert!(intended.is_superset(&promised.intended), "an intent that was acknowledged has no line");
    assert!(settled.is_superset(&promised.settled) && settled.is_superset(&promised.unmade));
    assert!(intended.is_superset(&settled), "a call ended that nobody intended");
}

//! Releases on their way: what waits, what serves, what a person decides, and what a swap, a revocation or a restart
//! does to turns that are under way. Cases, B-16, B-29 and D-01 to D-08.

#![allow(clippy::unwrap_used, reason = "a test that can't go on says where")]

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use usher_host::skill::Assurance;
use usher_host::{
    Action, Allowance, CallFailure, CallResult, DecisionError, Digest, Ledger, Limits, MemoryLedger, SIGNATURE_SUFFIX,
    State, TrustPolicy,
};
use usher_hostile::{
    Fixture, Made as _, Stage, ask, context, id, integration, outcome, said, saying, searching, state, turn,
};

const COMPILE: &str = env!("CARGO_BIN_EXE_compile-child");

/// Puts a file into the folder without a signature.
async fn unsigned(stage: &Stage, fixture: &Fixture) -> Digest {
    let mut changes = stage.host.changes();
    changes.mark_unchanged();
    let name = format!("{}.wasm", fixture.id());
    let _ = std::fs::remove_file(stage.config.folder.join(format!("{name}{SIGNATURE_SUFFIX}")));
    let hidden = stage.config.folder.join(format!(".{name}"));
    std::fs::write(&hidden, fixture.bytes()).unwrap();
    std::fs::rename(&hidden, stage.config.folder.join(&name)).unwrap();
    tokio::time::timeout(Duration::from_secs(30), changes.changed()).await.unwrap().unwrap();
    Digest::of(&fixture.bytes())
}

fn policy(text: &str) -> TrustPolicy {
    TrustPolicy::from_toml(text).unwrap()
}

/// A host on which everything waits for a person, and its ledger.
async fn careful(text: &str) -> (Stage, Arc<MemoryLedger>) {
    let ledger = Arc::new(MemoryLedger::default());
    let stage = Stage::with(COMPILE, Limits::default(), |config| {
        config.policy = policy(text);
        config.ledger = ledger.clone() as Arc<dyn Ledger>;
    })
    .await;
    (stage, ledger)
}

fn actions(ledger: &MemoryLedger) -> Vec<Action> {
    ledger.entries().iter().map(|(_, entry)| entry.action).collect()
}

/// D-06, A-04: a file only proposes; a person's yes makes it live, bound to bytes and permissions; a wider update waits
/// while the running one serves.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_waits_for_a_person_and_a_wider_one_waits_again() {
    let (stage, ledger) = careful("sequence = 1").await;
    let first = unsigned(&stage, &saying("gift", "one")).await;
    assert_eq!(state(&stage.host, first), State::Pending);
    assert!(matches!(ask(&stage.host, "gift").await.outcome, Err(CallFailure::NoSuchPlugin(_))));
    assert!(matches!(stage.host.approve(&first, "operator:ana", " ").await, Err(DecisionError::NoReason)));

    let approved = stage.host.approve(&first, "operator:ana", "read it through").await.unwrap();
    assert_eq!((approved.release.state, approved.missing), (State::Live, None));
    let approval = &approved.release.approvals[0];
    assert_eq!((approval.digest, approval.by.as_str()), (first, "operator:ana"));
    assert_eq!(approval.fingerprint, approved.release.sheet.fingerprint);
    assert_eq!(said(&ask(&stage.host, "gift").await), "one");

    // The same permissions: a person looks at it all the same, since nobody who is trusted signed it.
    let second = unsigned(&stage, &saying("gift", "two")).await;
    assert_eq!((state(&stage.host, second), state(&stage.host, first)), (State::Pending, State::Live));
    assert_eq!(said(&ask(&stage.host, "gift").await), "one");
    let wider = unsigned(&stage, &searching("gift", "six", 0)).await;
    assert_eq!((state(&stage.host, wider), said(&ask(&stage.host, "gift").await)), (State::Pending, "one"));

    stage.host.refuse(&second, "operator:ana", "no need").await.unwrap();
    assert_eq!(state(&stage.host, second), State::Refused);
    stage.host.approve(&wider, "operator:ana", "may search").await.unwrap();
    assert_eq!((state(&stage.host, first), state(&stage.host, wider)), (State::Superseded, State::Live));
    assert_eq!(
        actions(&ledger),
        [
            Action::PolicyChanged,
            Action::ReleaseProposed,
            Action::ReleaseApproved,
            Action::ReleasePublished,
            Action::ReleaseProposed,
            Action::ReleaseProposed,
            Action::ReleaseRefused,
            Action::ReleaseApproved,
            Action::ReleasePublished,
        ]
    );
}

/// The trust policy lets a publisher's updates go live that ask for the same or less, once a person approved the first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trusted_update_goes_live_by_itself_only_where_it_asks_for_no_more() {
    let signer = usher_hostile::Signer::new().unwrap();
    let text = signer.policy_text().replace("\"all\"", "\"same-or-less\"");
    let stage = Stage::with(COMPILE, Limits::default(), |config| config.policy = policy(&text)).await;
    let stage = Stage { signer, ..stage };
    let first = Digest::of(&searching("gift", "one", 0).bytes());
    stage.drop_in("gift.wasm", &searching("gift", "one", 0).bytes()).await;
    assert_eq!(state(&stage.host, first), State::Pending, "nobody approved the first yet");
    stage.host.approve(&first, "operator:ana", "first look").await.unwrap();
    stage.drop_in("gift.wasm", &saying("gift", "two").bytes()).await;
    assert_eq!(said(&ask(&stage.host, "gift").await), "two");
    stage.drop_in("gift.wasm", &saying("gift", "now").bytes()).await;
    assert_eq!(said(&ask(&stage.host, "gift").await), "now", "and the one after it");
    stage.drop_in("gift.wasm", &searching("gift", "six", 0).bytes()).await;
    assert_eq!(said(&ask(&stage.host, "gift").await), "now", "it asks for more than what is live");
}

/// an older release that was live doesn't come back through the folder; a person's rollback brings it back, and
/// stays through a restart although the newer file lies in the folder still.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_person_goes_back() {
    let stage = Stage::set(COMPILE, Limits::default(), HashMap::new()).await;
    let (one, two) = (saying("gift", "one").bytes(), saying("gift", "two").bytes());
    stage.drop_in("gift.wasm", &one).await;
    stage.drop_in("gift.wasm", &two).await;
    assert_eq!(said(&ask(&stage.host, "gift").await), "two");
    let generation = stage.drop_in("gift.wasm", &one).await;
    assert_eq!(said(&ask(&stage.host, "gift").await), "two");
    assert!(generation.refused[0].reason.contains("usher plugins rollback gift"), "{:?}", generation.refused);
    assert_eq!(generation.refused[0].still_serving, Some(id("gift")));
    stage.drop_in("gift.wasm", &two).await;

    let back = stage.host.roll_back(&id("gift"), None, "operator:ana", "two is rude").await.unwrap();
    assert_eq!((back.digest, said(&ask(&stage.host, "gift").await)), (Digest::of(&one), "one"));
    let stage = stage.restart().await;
    assert_eq!(said(&ask(&stage.host, "gift").await), "one");
    assert_eq!(state(&stage.host, Digest::of(&two)), State::Superseded);
    let none = stage.host.roll_back(&id("other"), None, "operator:ana", "no such one").await;
    assert!(matches!(none, Err(DecisionError::NoSuchPlugin(_))), "{none:?}");
    let again = stage.host.roll_back(&id("gift"), Some(&Digest::of(&one)), "operator:ana", "again").await;
    assert!(matches!(again, Err(DecisionError::State { .. })), "{again:?}");
    // Forth again.
    stage.host.roll_back(&id("gift"), Some(&Digest::of(&two)), "operator:ana", "it was fine").await.unwrap();
    assert_eq!(said(&ask(&stage.host, "gift").await), "two");
}

/// A-24, D-05: of two people who decide at the same moment one is first, and both find one outcome. Two persons where
/// the policy wants two, and not the one who brought it alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn decisions_are_taken_one_after_the_other() {
    let (stage, ledger) = careful("[approval]\nreading = 2\nproposer-may-approve = false").await;
    let bytes = saying("gift", "one").bytes();
    let proposed = stage.host.propose(bytes.clone(), None, "operator:ana").await.unwrap();
    assert_eq!(proposed.state, State::Pending);
    let first = stage.host.approve(&proposed.digest, "operator:ana", "mine").await.unwrap();
    assert!(first.missing.is_some() && first.release.state == State::Pending);
    let same = stage.host.approve(&proposed.digest, "operator:ana", "mine again").await;
    assert!(matches!(same, Err(DecisionError::Policy(_))), "{same:?}");
    let second = stage.host.approve(&proposed.digest, "operator:ben", "looks right").await.unwrap();
    assert_eq!(second.release.state, State::Live);

    let (stage_two, _) = careful("sequence = 2").await;
    for round in 0..20 {
        let text = format!("a{round:02}");
        let digest = stage_two.host.propose(saying("gift", &text).bytes(), None, "operator:cy").await.unwrap().digest;
        let (yes, no) = tokio::join!(
            stage_two.host.approve(&digest, "operator:ana", "yes to it"),
            stage_two.host.refuse(&digest, "operator:ben", "no to it"),
        );
        let live = state(&stage_two.host, digest);
        match live {
            // A person may approve what another refused; never the other way round.
            State::Live => assert!(yes.is_ok()),
            other => panic!("{other:?}: {yes:?} {no:?}"),
        }
        assert_eq!(said(&ask(&stage_two.host, "gift").await), text);
        assert_eq!(
            stage_two.host.generation().releases.values().filter(|release| release.state == State::Live).count(),
            1
        );
    }
    assert!(actions(&ledger).iter().filter(|action| **action == Action::ReleaseApproved).count() == 2);
}

/// the file is swapped all the time while the host reads it: what serves is what was inspected and approved.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_swapped_while_it_is_read_serves_as_it_was_inspected() {
    let (stage, _) = careful("sequence = 1").await;
    let (good, bad) = (saying("gift", "one").bytes(), searching("gift", "bad", 1).bytes());
    let stop = Arc::new(AtomicBool::new(false));
    let (folder, stopped) = (stage.config.folder.clone(), stop.clone());
    let (one, other) = (good.clone(), bad.clone());
    let swapping = std::thread::spawn(move || {
        let mut rounds = 0_u32;
        while !stopped.load(Ordering::Relaxed) {
            for bytes in [&one, &other] {
                std::fs::write(folder.join(".gift"), bytes).unwrap();
                std::fs::rename(folder.join(".gift"), folder.join("gift.wasm")).unwrap();
                rounds += 1;
                // Long enough at rest now and then to be taken for complete.
                std::thread::sleep(Duration::from_millis(if rounds.is_multiple_of(7) { 300 } else { 1 }));
            }
        }
    });
    let approved = Digest::of(&good);
    while !stage.host.generation().releases.contains_key(&approved) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stage.host.approve(&approved, "operator:ana", "the good one").await.unwrap();
    for _ in 0..100 {
        let handled = ask(&stage.host, "gift").await;
        assert_eq!((said(&handled), handled.digest), ("one", Some(approved)));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stop.store(true, Ordering::Relaxed);
    swapping.join().unwrap();
    assert_ne!(state(&stage.host, approved), State::Pending);
}

/// A-20, D-07: a version that traps when it is started for a try never serves; the one before it goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_that_traps_when_it_starts_never_serves() {
    let stage = Stage::set(COMPILE, Limits { fuel: 10_000_000, ..Limits::default() }, HashMap::new()).await;
    stage.load(&saying("gift", "one")).await;
    for (start, why) in [
        ("(unreachable)", "the plugin failed"),
        ("(loop (br 0))", "limit of Fuel"),
        ("(drop (memory.grow (i32.const 9000)))", ""),
    ] {
        let reply = outcome::reply("(i32.const 512)", "(i32.const 3)");
        let fields = format!("(data (i32.const 512) \"two\") (func $begin {start}) (start $begin)");
        let generation = stage.drop_in("gift.wasm", &Fixture::skill("gift", &[], &[], &fields, &reply).bytes()).await;
        if why.is_empty() {
            // Refused memory is no trap: the skill may do without.
            assert_eq!((generation.refused.len(), said(&ask(&stage.host, "gift").await)), (0, "two"));
            continue;
        }
        assert!(generation.refused[0].reason.contains(why), "{:?}", generation.refused);
        assert_eq!(said(&ask(&stage.host, "gift").await), "one");
    }
}

/// B-29: after repeated traps nobody asks it any more; after a while it is tried once, and is back if that goes well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn repeated_traps_quarantine_and_a_good_call_brings_it_back() {
    let ledger = Arc::new(MemoryLedger::default());
    let stage = Stage::with(COMPILE, Limits::default(), |config| {
        config.ledger = ledger.clone() as Arc<dyn Ledger>;
        config.allowance = Allowance { traps: 3, quarantine_seconds: 1, ..Allowance::default() };
    })
    .await;
    // It traps where the turn's first byte, the kind of input, is 0: a text. Otherwise it answers.
    let reply = outcome::reply("(i32.const 512)", "(i32.const 3)");
    let body = format!("(if (i32.eqz (i32.load8_u (local.get $turn))) (then (unreachable))) {reply}");
    stage.load(&Fixture::skill("gift", &[], &[], "(data (i32.const 512) \"yes\")", &body)).await;
    stage.load(&saying("other", "one")).await;
    for _ in 0..3 {
        assert!(matches!(ask(&stage.host, "gift").await.outcome, Err(CallFailure::Trap(_))));
    }
    let refused = ask(&stage.host, "gift").await;
    assert!(matches!(refused.outcome, Err(CallFailure::Quarantined(_, 1))), "{refused:?}");
    assert!(stage.host.quarantined(&stage.host.generation().skills[&id("gift")].sheet.digest).is_some());
    assert_eq!(said(&ask(&stage.host, "other").await), "one");
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let chosen = usher_host::skill::Turn { input: usher_host::skill::Input::Choice("x".into()), ..turn("") };
    let context = context(Assurance::Authenticated);
    let trial = stage.host.handle(&stage.host.generation(), &id("gift"), chosen, context).await;
    assert_eq!(said(&trial), "yes");
    assert!(matches!(ask(&stage.host, "gift").await.outcome, Err(CallFailure::Trap(_))), "it is asked again");
    let noted = || {
        let entries = actions(&ledger);
        entries.contains(&Action::PluginQuarantined) && entries.contains(&Action::PluginReturned)
    };
    while !noted() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// B-16: a connector that returns somebody else's object: the skill is told that nothing is there, it is on record, and
/// a connector that does it again and again is asked no more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_object_is_never_handed_over() {
    let ledger = Arc::new(MemoryLedger::default());
    let stage = Stage::with(COMPILE, Limits::default(), |config| {
        config.ledger = ledger.clone() as Arc<dyn Ledger>;
        config.allowance = Allowance { traps: 3, ..Allowance::default() };
    })
    .await;
    // Always the order of customer 7002: at 8208 the owner's id is there, and is at 700.
    let functions = "(func (export \"usher:tools/orders@0.1.0#get\") (param i32 i32) (result i32)
           (i32.store (i32.const 8208) (i32.const 1)) (i32.store (i32.const 8212) (i32.const 700))
           (i32.store (i32.const 8216) (i32.const 4)) (i32.const 8192))
         (func (export \"usher:tools/orders@0.1.0#recent\") (param i32) (result i32) (i32.const 8192))";
    let data = "(data (i32.const 700) \"7002\")";
    let shop = stage.load(&Fixture::connector("shop", &[], &["usher:tools/orders"], data, functions)).await;
    stage.host.connect(integration(&shop)).await.unwrap();
    let call = "(call $get (i32.const 512) (i32.const 3) (i32.const 2048))";
    let body = format!("{call} {}", outcome::reply("(i32.const 512)", "(i32.const 3)"));
    let import = "(import \"usher:tools/orders@0.1.0\" \"get\" (func $get (param i32 i32 i32)))
                  (data (i32.const 512) \"one\")";
    stage
        .load(&Fixture::skill("gift", &["usher:tools/orders@0.1.0"], &["usher:tools/orders.get"], import, &body))
        .await;
    for _ in 0..3 {
        let handled = ask(&stage.host, "gift").await;
        assert_eq!(handled.calls[0].result, CallResult::NotFound);
        assert!(!format!("{:?}", handled.recording).contains("7002"));
    }
    let handled = ask(&stage.host, "gift").await;
    assert_eq!(handled.calls[0].result, CallResult::Unavailable, "{:?}", handled.calls);
    while actions(&ledger).iter().filter(|action| **action == Action::ForeignObject).count() < 3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// D-01: a swap every few milliseconds under load: no turn fails, and each runs wholly on one version: the reply is the
/// one of the digest that is on record. The whole minute of it is `make storm`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_swaps_fails_no_turn() {
    let seconds = std::env::var("STORM_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(4);
    let ledger = Arc::new(MemoryLedger::default());
    let stage =
        Stage::with(COMPILE, Limits::default(), |config| config.ledger = ledger.clone() as Arc<dyn Ledger>).await;
    let versions: HashMap<Digest, &str> =
        ["one", "two", "six"].iter().map(|text| (Digest::of(&saying("gift", text).bytes()), *text)).collect();
    for text in versions.values() {
        stage.drop_in("gift.wasm", &saying("gift", text).bytes()).await;
    }
    let stop = Arc::new(AtomicBool::new(false));
    let turns = Arc::new(AtomicUsize::new(0));
    let talking: Vec<_> = (0..50)
        .map(|_| {
            let (host, stop, turns, versions) = (stage.host.clone(), stop.clone(), turns.clone(), versions.clone());
            tokio::spawn(async move {
                let mut seen = BTreeSet::new();
                while !stop.load(Ordering::Relaxed) {
                    let handled = ask(&host, "gift").await;
                    let digest = handled.digest.unwrap();
                    assert_eq!(said(&handled), versions[&digest]);
                    seen.insert(digest);
                    turns.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                seen.len()
            })
        })
        .collect();
    let (mut swaps, mut early) = (0_usize, 0);
    let end = std::time::Instant::now() + Duration::from_secs(seconds);
    let mut tick = tokio::time::interval(Duration::from_millis(10));
    while std::time::Instant::now() < end {
        tick.tick().await;
        stage.host.roll_back(&id("gift"), None, "operator:storm", "storm").await.unwrap();
        swaps += 1;
        // It is kept in memory here, and would grow.
        assert_eq!(ledger.take_entries().iter().filter(|(_, e)| e.action == Action::ReleaseRolledBack).count(), 1);
        if swaps == 100 {
            early = resident_kib();
        }
    }
    stop.store(true, Ordering::Relaxed);
    for talk in talking {
        assert!(talk.await.unwrap() > 1, "every conversation saw more than one version");
    }
    let turns = turns.load(Ordering::Relaxed);
    assert!(swaps > 50 && turns > swaps, "{swaps} swaps, {turns} turns");
    println!(
        "{swaps} swaps, {turns} turns, 0 failed; resident {early} KiB after 100 swaps, {} KiB now",
        resident_kib()
    );
    assert!(
        early == 0 || resident_kib() < early + (16 << 10),
        "{early} KiB after 100 swaps, {} KiB now",
        resident_kib()
    );
    assert_eq!(stage.host.draining(), []);
}

fn resident_kib() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap() * 4
}

/// I-06: whatever people and files do in whatever order, restarts included, what serves was approved by a person as it
/// is, and not revoked or refused since.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_order_of_decisions_lets_run_what_nobody_approved() {
    let versions: Vec<Fixture> =
        ["one", "two", "six"].iter().map(|text| saying("gift", text)).chain([searching("gift", "ask", 0)]).collect();
    let digests: Vec<Digest> = versions.iter().map(|fixture| Digest::of(&fixture.bytes())).collect();
    for seed in 0..6_u64 {
        let mut state_of_dice = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bf0_3635;
        let mut dice = move |end: usize| {
            state_of_dice =
                state_of_dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state_of_dice >> 33).unwrap_or_default() % end
        };
        let (mut stage, _) = careful("sequence = 1").await;
        let mut allowed: BTreeSet<Digest> = BTreeSet::new();
        let mut history = Vec::new();
        for _ in 0..40 {
            let which = dice(versions.len());
            let (digest, what) = (digests[which], dice(9));
            history.push((what, which));
            let host = stage.host.clone();
            match what {
                0 | 1 => {
                    let _ = host.propose(versions[which].bytes(), None, "operator:cy").await;
                }
                2 if !stage.config.folder.join("gift.wasm").exists() || host.generation().refused.is_empty() => {
                    let now = std::fs::read(stage.config.folder.join("gift.wasm")).unwrap_or_default();
                    if now != versions[which].bytes() {
                        unsigned(&stage, &versions[which]).await;
                    }
                }
                3 | 4 if host.approve(&digest, "operator:ana", "reads well").await.is_ok() => {
                    allowed.insert(digest);
                }
                5 if host.refuse(&digest, "operator:ana", "reads badly").await.is_ok() => {
                    allowed.remove(&digest);
                }
                6 if host.revoke(&digest, dice(2) == 0, "operator:ana", "it is odd").await.is_ok() => {
                    allowed.remove(&digest);
                }
                7 => {
                    let to = (dice(2) == 0).then_some(digest);
                    let _ = host.roll_back(&id("gift"), to.as_ref(), "operator:ana", "the last was odd").await;
                }
                8 => {
                    drop(host);
                    stage = stage.restart().await;
                }
                _ => {}
            }
            let generation = stage.host.generation();
            let serves = generation.skills.get(&id("gift")).map(|skill| skill.sheet.digest);
            assert!(serves.is_none_or(|digest| allowed.contains(&digest)), "seed {seed}: {history:?}");
            let handled = ask(&stage.host, "gift").await;
            assert_eq!(handled.digest, serves, "seed {seed}: {history:?}");
        }
    }
}

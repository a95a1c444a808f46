//! All of it at once: customers, the assistant, two people, time, a helpdesk that fails, and restarts, in random order and
//! side by side. After every step what must hold is held against what is stored (`invariants`).
//!
//! `step` says what can happen, `play` lets it happen, `helpdesk` is the helpdesk of a connector. The seed is printed;
//! `USHER_DESK_SEED` plays the same again.

mod helpdesk;
mod invariants;
mod play;
mod step;

use play::Play;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::Mutex;

/// Changes of tickets that come in every few scripts.
const OFTEN: [&str; 7] =
    ["opened", "assigned", "state solved", "state closed", "reopened", "taken_over", "handed_back"];
/// Scripts that are played, and the steps of each.
const SCRIPTS: u32 = 24;
const STEPS: usize = 40;

#[test]
fn nothing_is_lost_doubled_or_said_by_two() {
    let seed = std::env::var("USHER_DESK_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = seed.unwrap_or_else(|| RandomState::new().build_hasher().finish());
    println!("USHER_DESK_SEED={seed}");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases: SCRIPTS, failure_persistence: None, max_shrink_iters: 60, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let happened: Mutex<BTreeMap<String, u32>> = Mutex::default();
    let played = runner.run(&step::script(STEPS), |script| {
        // Two threads: what happens at once happens at once.
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let changes = runtime.block_on(Play::script(&script)).map_err(TestCaseError::fail)?;
        let mut happened = happened.lock().unwrap();
        changes.into_iter().for_each(|change| *happened.entry(change).or_default() += 1);
        Ok(())
    });
    if let Err(failure) = played {
        panic!("USHER_DESK_SEED={seed}: {failure}");
    }
    // Scripts in which nothing happens hold everything.
    let happened = happened.into_inner().unwrap();
    println!("{happened:?}");
    for change in OFTEN {
        assert!(happened.contains_key(change), "nothing of the kind `{change}` happened: {happened:?}");
    }
}

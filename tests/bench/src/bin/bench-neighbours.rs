//! What hostile neighbours do to the conversations of others. A real server process; some shoppers write at a steady
//! pace and wait for their answers, first alone, then beside others whose skill spins, allocates, floods the runtime
//! with calls or returns giant texts, each for itself and all four at once. In turns and in one run, so that a busy
//! machine hurts all alike.
//!
//! `cargo run --release -p usher-bench --bin bench-neighbours [SHOPPERS] [SECONDS] [ROUNDS]`

#![allow(clippy::expect_used, reason = "a benchmark that can't go on says why and ends")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use usher_bench::talk::{Talk, quantile};
use usher_hostile::{Fixture, Made as _, outcome};
use usher_scenarios::World;

/// Shoppers write this often, attackers too: ten times as often as a server lets one visitor by default.
const PACE: Duration = Duration::from_millis(100);

/// The attackers: name, what they are asked by, and their component.
fn attackers() -> Vec<(&'static str, &'static str, Fixture)> {
    let reply = outcome::reply("(i32.const 512)", "(i32.const 3)");
    let said = "(data (i32.const 512) \"one\")";
    let named = |fixture: Fixture, id: &str, word: &str| {
        let mut manifest = fixture.manifest.clone().expect("a manifest");
        for (number, kind) in
            ["one", "two", "three", "four", "five"].iter().zip(["now", "please", "it", "again", "once"])
        {
            manifest.toml = manifest.toml.replace(&format!("attack {number}"), &format!("{word} {kind} {word}"));
        }
        assert!(manifest.toml.contains(id), "the manifest is another one's");
        Fixture { manifest: Some(manifest), ..fixture }
    };
    let flood = "(loop $again (call $log (i32.const 0) (i32.const 512) (i32.const 3)) (br $again))";
    let log = "(import \"usher:skill/log@0.1.0\" \"write\" (func $log (param i32 i32 i32)))";
    vec![
        (
            "spinning",
            "zwirbel",
            named(Fixture::skill("spinning", &[], &[], said, "(loop (br 0)) (i32.const 0)"), "spinning", "zwirbel"),
        ),
        (
            "allocating",
            "knautsch",
            named(
                Fixture::skill(
                    "allocating",
                    &[],
                    &[],
                    said,
                    "(drop (memory.grow (i32.const 960)))
                     (loop $again (memory.fill (i32.const 65536) (i32.const 1) (i32.const 60000000)) (br $again))
                     (i32.const 0)",
                ),
                "allocating",
                "knautsch",
            ),
        ),
        (
            "flooding",
            "quassel",
            named(
                Fixture::skill(
                    "flooding",
                    &["usher:skill/log@0.1.0"],
                    &[],
                    &format!("{log} {said}"),
                    &format!("{flood} {reply}"),
                ),
                "flooding",
                "quassel",
            ),
        ),
        (
            "giant",
            "protz",
            named(
                Fixture::skill(
                    "giant",
                    &[],
                    &[],
                    said,
                    &format!(
                        "(drop (memory.grow (i32.const 900))) {}",
                        outcome::reply("(i32.const 0)", "(i32.const 50000000)")
                    ),
                ),
                "giant",
                "protz",
            ),
        ),
    ]
}

#[tokio::main]
async fn main() {
    let number = |index, default| std::env::args().nth(index).and_then(|arg| arg.parse().ok()).unwrap_or(default);
    let (shoppers, seconds, rounds): (usize, u64, usize) =
        (number(1, 16) as usize, number(2, 8), number(3, 3) as usize);
    let mut world = World::start_unthrottled().await;
    // A quarantine would end the attack: what is measured is the time before it.
    world
        .configure(|config| {
            config["limits"]["allowance"].as_table_mut().expect("a table").insert("traps".into(), 1_000_000_000.into());
        })
        .await;
    let attackers = attackers();
    for (name, _, fixture) in &attackers {
        world.drop_in(&format!("{name}.wasm"), &fixture.bytes());
        let _ = world.release(name, "live").await;
    }
    println!(
        "{shoppers} shoppers write every {} ms for {seconds} s, {rounds} rounds; server, load and stand-ins on this machine",
        PACE.as_millis()
    );
    println!(
        "{:<34} {:>8} {:>9} {:>9} {:>9} {:>9}",
        "beside them", "turns", "p50 ms", "p99 ms", "p99 ratio", "attacks"
    );
    let mut alone: Vec<f64> = Vec::new();
    for round in 0..rounds {
        println!("round {}", round + 1);
        let (turns, p50, p99, _) = measure(&world, shoppers, seconds, &[]).await;
        println!("{:<34} {turns:>8} {p50:>9.1} {p99:>9.1} {:>9} {:>9}", "nobody", "", "");
        alone.push(p99);
        for (name, word, _) in &attackers {
            let words = [*word; 4];
            let (turns, p50, with, attacks) = measure(&world, shoppers, seconds, &words).await;
            println!(
                "{:<34} {turns:>8} {p50:>9.1} {with:>9.1} {:>9.2} {attacks:>9}",
                format!("4 × {name}"),
                with / p99
            );
        }
        let words: Vec<&str> = attackers.iter().map(|(_, word, _)| *word).collect();
        let (turns, p50, with, attacks) = measure(&world, shoppers, seconds, &words).await;
        println!("{:<34} {turns:>8} {p50:>9.1} {with:>9.1} {:>9.2} {attacks:>9}", "one of each", with / p99);
    }
}

/// Turns, p50 and p99 of the steady shoppers in ms, and how many attacks were answered meanwhile.
async fn measure(world: &World, shoppers: usize, seconds: u64, attacks: &[&str]) -> (usize, f64, f64, usize) {
    let stop = Arc::new(AtomicBool::new(false));
    let done = Arc::new(AtomicUsize::new(0));
    let mut attacking = Vec::new();
    for word in attacks {
        let mut talk = Talk::open(&world.url, world.shopper().await).await;
        let (stop, done, text) = (stop.clone(), done.clone(), format!("{word} now {word}"));
        attacking.push(tokio::spawn(async move {
            let mut tick = tokio::time::interval(PACE);
            tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            while !stop.load(Ordering::Relaxed) {
                tick.tick().await;
                talk.say(&text).await;
                done.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut steady = Vec::new();
    for _ in 0..shoppers {
        let mut talk = Talk::open(&world.url, world.shopper().await).await;
        steady.push(tokio::spawn(async move {
            let mut times = Vec::new();
            let mut tick = tokio::time::interval(PACE);
            tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            while Instant::now() < end {
                tick.tick().await;
                times.push(talk.say("how much is shipping?").await);
            }
            times
        }));
    }
    let mut times = Vec::new();
    for task in steady {
        times.extend(task.await.expect("a shopper"));
    }
    stop.store(true, Ordering::Relaxed);
    for task in attacking {
        task.await.expect("an attacker");
    }
    times.sort_unstable();
    (times.len(), quantile(&times, 0.5), quantile(&times, 0.99), done.load(Ordering::Relaxed))
}

//! Durable turns a second through the HTTP API: a real server process, and as many shoppers as asked for, each of whom
//! writes a message, waits for the answer on the event stream, and writes the next. Every message and every answer is
//! on disk before it is acknowledged. The load generator and the stand-ins run on the same machine and are included.
//!
//! `cargo run --release -p usher-bench --bin bench-turns [SHOPPERS] [SECONDS]`

#![allow(clippy::expect_used, reason = "a benchmark that can't go on says why and ends")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use usher_bench::talk::{Talk, quantile};
use usher_scenarios::World;
use usher_standins::DemoSituation;

#[tokio::main]
async fn main() {
    let number = |index, default| std::env::args().nth(index).and_then(|arg| arg.parse().ok()).unwrap_or(default);
    let (shoppers, seconds): (usize, u64) = (number(1, 64) as usize, number(2, 10));
    let world = World::start_unthrottled().await;
    println!("{shoppers} shoppers, {seconds} s each; server, load and stand-ins on this machine");
    println!("{:<52} {:>9} {:>9} {:>9}", "what", "turns/s", "p50 ms", "p99 ms");
    measure(
        "an article's answer (one tool call inside the server)",
        &world,
        shoppers,
        seconds,
        "how much is shipping?",
        false,
    )
    .await;
    measure(
        "an order's status (skill, connector, HTTP to the shop)",
        &world,
        shoppers,
        seconds,
        "where is my order?",
        true,
    )
    .await;
    measure("a greeting (no skill: store, router and stream alone)", &world, shoppers, seconds, "hello", false).await;
}

async fn measure(what: &str, world: &World, shoppers: usize, seconds: u64, text: &'static str, signed_in: bool) {
    let mut visitors = Vec::new();
    for _ in 0..shoppers {
        visitors.push(if signed_in { world.signed_in(DemoSituation::InTransit).await } else { world.shopper().await });
    }
    let turns = Arc::new(AtomicU64::new(0));
    let end = Instant::now() + Duration::from_secs(seconds);
    let tasks: Vec<_> = visitors
        .into_iter()
        .map(|visitor| {
            let (url, turns) = (world.url.clone(), turns.clone());
            tokio::spawn(async move {
                let mut talk = Talk::open(&url, visitor).await;
                let mut times = Vec::new();
                while Instant::now() < end {
                    times.push(talk.say(text).await);
                    turns.fetch_add(1, Ordering::Relaxed);
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("a shopper"));
    }
    times.sort_unstable();
    let rate = turns.load(Ordering::Relaxed) as f64 / seconds as f64;
    println!("{what:<52} {rate:>9.0} {:>9.1} {:>9.1}", quantile(&times, 0.5), quantile(&times, 0.99));
}

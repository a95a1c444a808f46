//! Durable turns a second through the HTTP API: a real server process, and as many shoppers as asked for, each of whom
//! writes a message, waits for the answer on the event stream, and writes the next. Every message and every answer is
//! on disk before it is acknowledged. The load generator and the stand-ins run on the same machine and are included.
//!
//! `cargo run --release -p usher-bench --bin bench-turns [SHOPPERS] [SECONDS]`

#![allow(clippy::expect_used, reason = "a benchmark that can't go on says why and ends")]

use futures_util::StreamExt as _;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use usher_scenarios::{Shopper, World};
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
            tokio::spawn(async move { chat(&url, visitor, text, end, &turns).await })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("a shopper"));
    }
    times.sort_unstable();
    let at = |share: f64| {
        let index = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
        times.get(index).map_or(0.0, |time: &Duration| time.as_secs_f64() * 1e3)
    };
    let rate = turns.load(Ordering::Relaxed) as f64 / seconds as f64;
    println!("{what:<52} {rate:>9.0} {:>9.1} {:>9.1}", at(0.5), at(0.99));
}

/// Writes and waits, over and over; how long each took.
async fn chat(url: &str, visitor: Shopper, text: &str, end: Instant, turns: &AtomicU64) -> Vec<Duration> {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let messages = format!("{url}/api/v1/conversations/{}/messages", visitor.conversation);
    let stream = client
        .get(format!("{url}/api/v1/conversations/{}/events?after=0", visitor.conversation))
        .bearer_auth(visitor.token())
        .send()
        .await
        .expect("a stream");
    let mut stream = stream.bytes_stream();
    let mut pending = String::new();
    let mut times = Vec::new();
    let mut number = 0_u64;
    while Instant::now() < end {
        number += 1;
        let started = Instant::now();
        let body = json!({ "client_id": format!("m{number}"), "text": text });
        let sent = client.post(&messages).bearer_auth(visitor.token()).json(&body).send().await.expect("an answer");
        assert!(sent.status().is_success(), "{}", sent.status());
        sent.bytes().await.expect("a body");
        'answer: loop {
            while let Some(at) = pending.find("\n\n") {
                let event: String = pending.drain(..at + 2).collect();
                if event.contains("\"author\":\"assistant\"") {
                    break 'answer;
                }
            }
            let chunk = stream.next().await.expect("the stream goes on").expect("a chunk");
            pending.push_str(&String::from_utf8_lossy(&chunk));
        }
        times.push(started.elapsed());
        turns.fetch_add(1, Ordering::Relaxed);
    }
    times
}

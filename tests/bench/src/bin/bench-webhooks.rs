//! Webhooks a second: customers write by SMS and WhatsApp all at once, each message brought in a signed webhook on a
//! connection of its own, to a real server process, which stores it before it answers and then lets the assistant answer.
//! Beside it, in the same run and at the same pace, requests of `GET /health`, which store nothing. The load generator and
//! the stand-ins run on the same machine and are included.
//!
//! `cargo run --release -p usher-bench --bin bench-webhooks [WEBHOOKS] [SECONDS]`

#![allow(clippy::expect_used, reason = "a benchmark that can't go on says why and ends")]

use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use usher_bench::talk::quantile;
use usher_scenarios::{World, burst};

#[tokio::main]
async fn main() {
    let number = |index, default| std::env::args().nth(index).and_then(|arg| arg.parse().ok()).unwrap_or(default);
    let (webhooks, seconds): (usize, u64) = (number(1, 10_000) as usize, number(2, 10));
    let over = Duration::from_secs(seconds);
    let mut settings = World::unthrottled_settings();
    settings.twilio.messages_per_second = 0;
    let limits = (settings.twilio.requests_per_second, settings.whatsapp.per_second);
    let world = World::with_channels(settings).await;
    world.write_articles().await;
    println!("{webhooks} signed webhooks in {seconds} s, half by SMS and half by WhatsApp; all on this machine");
    let plain = health(&world.url, webhooks / 2, over).await;
    let came = burst::burst(&world, webhooks, over).await;
    let rate = (came.webhooks.0 + came.webhooks.1) as f64 / came.taken_in.as_secs_f64();
    println!("  {:<60} {rate:>9.0}", "webhooks a second, until the last one was answered");
    println!("  {:<60} {:>9}", "answered otherwise than with 200", came.refused.0 + came.refused.1);
    println!("  {:<60} {:>9}", "stored", came.stored.0 + came.stored.1);
    println!("  {:<60} {:>9}", "customers without all of their answers", came.unanswered.len());
    println!("  {:<60} {:>9.1}", "seconds until the last answer was at its provider", came.answered_in.as_secs_f64());
    for (what, times) in [("a webhook of SMS", &came.times), ("GET /health at the same pace", &plain)] {
        let (half, most) = (quantile(times, 0.5), quantile(times, 0.99));
        println!("  {:<60} {half:>9.1} {most:>9.1}", format!("{what}: p50, p99 ms"));
    }
    let ratio = |share| quantile(&came.times, share) / quantile(&plain, share).max(f64::MIN_POSITIVE);
    println!("  {:<60} {:>9.1} {:>9.1}", "the one to the other: p50, p99", ratio(0.5), ratio(0.99));
    for (provider, pace, limit) in [("Twilio", came.paces.0, limits.0), ("WhatsApp", came.paces.1, limits.1)] {
        println!(
            "  {:<60} {:>9}   it takes {limit}; refused {} of {}",
            format!("{provider}: most messages within any second"),
            pace.most_in_a_second,
            pace.refused,
            pace.requests
        );
    }
}

/// So many requests, spread over so long, each on a connection of its own as webhooks come: how long each took.
async fn health(url: &str, requests: usize, over: Duration) -> Vec<Duration> {
    let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().expect("a client");
    let begun = Instant::now();
    let each = over / u32::try_from(requests).unwrap_or(u32::MAX).max(1);
    let mut asking = JoinSet::new();
    for place in 0..requests {
        tokio::time::sleep_until((begun + each * u32::try_from(place).unwrap_or(u32::MAX)).into()).await;
        let request = client.get(format!("{url}/health"));
        asking.spawn(async move {
            let asked = Instant::now();
            let answer = request.send().await.expect("the server answers");
            assert!(answer.status().is_success(), "{}", answer.status());
            asked.elapsed()
        });
    }
    let mut times = asking.join_all().await;
    times.sort_unstable();
    times
}

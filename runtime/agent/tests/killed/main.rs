//! `kill -9` at two hundred random moments of scripted days: nothing that was acknowledged is lost, and nothing is there
//! twice, neither here nor outside.
//!
//! The process that is killed is this test program, started again with [`a_day_that_is_killed`] alone: an agent with a real
//! skill, a real connector and the real store (`shop`), which plays the days of a `script` (`play`) and notes in a `journal`
//! on the disk what its customers and people were told to be done. What the world `outside` gets, mails and a helpdesk's
//! tickets, is kept in the process that kills, which compares all of it in the end (`holds`).

#![allow(clippy::unwrap_used, reason = "a test that can't go on says where")]

mod holds;
mod journal;
mod killing;
mod outside;
mod play;
mod script;
mod shop;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How often it is killed.
const KILLS: u64 = 200;
/// So long after its start at most.
const LONGEST: Duration = Duration::from_millis(150);
/// Names the seed of the script and of the moments; without it, every run has its own.
const SEED: &str = "USHER_KILLED_SEED";

/// Plays until it is killed, or until it is told that this day is the last one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it is the other side of the test here, which starts it as a process"]
async fn a_day_that_is_killed() {
    let Some(start) = killing::Start::given() else { return };
    println!();
    play::play(&start).await;
    println!("{}", killing::DONE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_kills_lose_nothing_and_double_nothing() {
    let given = std::env::var(SEED).ok().map(|seed| seed.parse().unwrap());
    let seed = given.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs());
    println!("{SEED}={seed} has the same script and the same moments again");
    let began = std::time::Instant::now();
    let home = tempfile::tempdir().unwrap();
    let outside = outside::Outside::open().await;
    shop::furnish(home.path());
    let start =
        killing::Start { home: home.path().to_owned(), seed, outside: outside.address(), zendesk: outside.zendesk() };
    let (mut waited, mut worked) = (Duration::ZERO, Duration::ZERO);
    for kill in 0..KILLS {
        let mut child = start.child("a_day_that_is_killed");
        waited += child.ready().await;
        let delay = LONGEST.mul_f64(script::Chance::of(seed, kill).share());
        println!("kill {kill} after {delay:?}");
        tokio::time::sleep(delay).await;
        child.kill();
        worked += delay;
    }
    let killed = began.elapsed();
    start.last_day();
    start.child("a_day_that_is_killed").done().await;
    let days = holds::hold(&start, &outside).await;
    println!(
        "{KILLS} kills in {killed:.1?} over {days} days: {:.1?} of starts, {worked:.1?} of work; {:.1?} in all",
        waited,
        began.elapsed()
    );
}

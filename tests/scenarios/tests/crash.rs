//! `kill -9` at any moment: what was accepted is answered, once.

use serde_json::json;
use std::time::Duration;
use usher_scenarios::World;
use usher_standins::{DemoSituation, Fault};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_that_is_cut_off_runs_again_and_answers_once() {
    let mut world = World::start().await;
    let shopper = world.signed_in(DemoSituation::InTransit).await;
    // The shop takes its time, so that the process ends in the middle of the turn.
    world.standins.shopify.faults().next(1, Fault::Slow { by: Duration::from_secs(4) });
    let seq = shopper.write("where is my order?").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    world.kill_server().await;
    world.standins.shopify.faults().clear();
    world.start_server().await;
    let answer = shopper.answer_after(seq).await;
    assert_eq!(answer.cards()[0]["kind"], "order", "{answer:?}");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(shopper.messages(seq).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twelve_ends_at_twelve_moments_lose_nothing_and_double_nothing() {
    let mut world = World::start().await;
    let shopper = world.signed_in(DemoSituation::InTransit).await;
    for round in 0..12_u64 {
        let id = format!("round-{round}");
        let body = json!({ "text": "where is my order?" });
        let seq = shopper.send(&id, body.clone()).await;
        // From at once to well after the answer.
        tokio::time::sleep(Duration::from_micros(round * round * 400)).await;
        world.kill_server().await;
        world.start_server().await;
        // The widget sends again what it had no answer for; it is the same message.
        assert_eq!(shopper.send(&id, body).await, seq);
        shopper.answer_after(seq).await;
    }
    let messages = shopper.messages(0).await;
    let of = |author: &str| messages.iter().filter(|message| message["author"] == author).count();
    assert_eq!((of("customer"), of("assistant")), (12, 12));
    let numbers: Vec<_> = messages.iter().map(|message| message["seq"].as_u64().unwrap_or_default()).collect();
    assert_eq!(numbers, (1..=24).collect::<Vec<_>>());
}

//! Each cause changes the states of skills within a second, and a question for a skill that can't be asked is handed over
//! softly: recognised, honest, and answered by no other skill.

use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use usher_probes::{Fixture, outcome};
use usher_scenarios::{Answer, Shopper, World};
use usher_standins::{DemoSituation, Fault};

/// A busy machine may take longer than the second that is promised, which is printed.
const PATIENCE: Duration = Duration::from_secs(10);

/// Waits until a skill is in a state and lacks exactly this; how long that took.
async fn becomes(world: &World, skill: &str, state: &str, lacks: &[&str]) -> Duration {
    let started = Instant::now();
    loop {
        let shown = world.operator(Method::GET, &format!("skills/{skill}"), None).await;
        let missing = shown["missing"].as_array().expect("a list");
        let kinds: Vec<_> = missing.iter().filter_map(|missing| missing["reason"]["kind"].as_str()).collect();
        if shown["state"] == state && kinds == lacks {
            let took = started.elapsed();
            println!("{skill} is {state} {lacks:?} after {took:?}");
            return took;
        }
        assert!(started.elapsed() < PATIENCE, "{skill} isn't {state} {lacks:?}: {shown:#}\n{}", world.log());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A question that is handed over softly since this skill can't be asked; the record says so, and nobody was asked.
async fn is_handed_over(world: &World, shopper: &Shopper, question: &str, skill: &str) -> Answer {
    let answer = shopper.say(question).await;
    assert!(answer.hands_over() && answer.cards().is_empty() && answer.skill().is_none(), "{answer:?}");
    let turns = world.turns(shopper).await;
    let record = &turns.last().expect("a turn")["record"];
    assert_eq!(record["handed_off"], "skill_unavailable", "{record:#}");
    assert_eq!(record["wanted"]["skill"], skill, "{record:#}");
    assert_eq!(record["skills"], json!([]), "{record:#}");
    answer
}

async fn answers(shopper: &Shopper, question: &str, skill: &str) {
    let answer = shopper.say(question).await;
    assert_eq!(answer.skill(), Some(skill), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_cause_changes_the_state_at_once() {
    let world = World::start().await;
    let shopper = world.signed_in(DemoSituation::DeliveredRecently).await;
    let mut slowest = Duration::ZERO;
    let mut note = |took: Duration| slowest = slowest.max(took);
    for skill in ["order-tracking", "order-editing", "returns-exchanges", "general-qa"] {
        becomes(&world, skill, "live", &[]).await;
    }
    let return_it = "I want to return my order";
    answers(&shopper, return_it, "returns-exchanges").await;

    // The hub.
    world.operator(Method::PUT, "hub", Some(json!({ "on": false }))).await;
    note(becomes(&world, "returns-exchanges", "unavailable", &["hub"]).await);
    note(becomes(&world, "order-editing", "unavailable", &["hub"]).await);
    // Order tracking needs none.
    note(becomes(&world, "order-tracking", "live", &[]).await);
    let honest = is_handed_over(&world, &shopper, return_it, "returns-exchanges").await;
    assert!(honest.text().contains("can't do that here") && honest.text().contains("our team"), "{honest:?}");
    answers(&shopper, "where is my order?", "order-tracking").await;
    world.operator(Method::PUT, "hub", Some(json!({ "on": true }))).await;
    note(becomes(&world, "returns-exchanges", "live", &[]).await);

    // An integration.
    world.operator(Method::DELETE, "integrations/loop", None).await;
    note(becomes(&world, "returns-exchanges", "unavailable", &["integration"]).await);
    note(becomes(&world, "order-editing", "live", &[]).await);
    is_handed_over(&world, &shopper, return_it, "returns-exchanges").await;
    world.operator(Method::DELETE, "integrations/shopify", None).await;
    note(becomes(&world, "order-tracking", "unavailable", &["integration"]).await);
    note(becomes(&world, "returns-exchanges", "unavailable", &["integration", "integration"]).await);
    is_handed_over(&world, &shopper, "where is my order?", "order-tracking").await;
    // What needs none of it goes on.
    answers(&shopper, "how much is shipping?", "general-qa").await;
    world.connect().await;
    note(becomes(&world, "order-tracking", "live", &[]).await);
    note(becomes(&world, "returns-exchanges", "live", &[]).await);

    // Knowledge of a topic.
    world.operator(Method::DELETE, "articles/changing-orders", None).await;
    note(becomes(&world, "order-editing", "unavailable", &["knowledge"]).await);
    is_handed_over(&world, &shopper, "please cancel my order", "order-editing").await;
    world.write_order_changes().await;
    note(becomes(&world, "order-editing", "live", &[]).await);

    // The operator's word.
    let (good, said) = world.usher("first", &["skills", "pause", "order-tracking", "--reason", "for the test"]);
    assert!(good && said.contains("paused"), "{said}");
    note(becomes(&world, "order-tracking", "paused", &[]).await);
    is_handed_over(&world, &shopper, "where is my order?", "order-tracking").await;
    let french = world.shopper().await;
    let honest =
        is_handed_over(&world, &french, "Bonjour, où est ma commande s'il vous plaît ?", "order-tracking").await;
    assert!(honest.text().contains("Je comprends votre demande"), "{honest:?}");
    let (good, said) = world.usher("first", &["skills", "resume", "order-tracking"]);
    assert!(good && said.contains("live"), "{said}");
    answers(&shopper, "where is my order?", "order-tracking").await;
    println!("the slowest change took {slowest:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_fails_its_check_makes_its_skills_unavailable_until_it_is_back() {
    let world = World::start().await;
    let shopper = world.signed_in(DemoSituation::DeliveredRecently).await;
    becomes(&world, "returns-exchanges", "live", &[]).await;
    world.standins.loop_returns.faults().next(10_000, Fault::Status { status: 500 });
    let checked = world.operator(Method::POST, "integrations/loop/check", None).await;
    assert_eq!(checked["ok"], false, "{checked}");
    becomes(&world, "returns-exchanges", "unavailable", &["health"]).await;
    let shown = world.operator(Method::GET, "integrations/loop", None).await;
    assert_eq!(shown["health"]["ok"], false, "{shown}");
    assert!(shown["health"]["failing_since"].is_string(), "{shown}");
    let said = is_handed_over(&world, &shopper, "I want to return my order", "returns-exchanges").await;
    assert!(said.text().contains("can't reach"), "{said:?}");
    // Well again: the next question needn't wait for the next check.
    world.standins.loop_returns.faults().clear();
    answers(&shopper, "I want to return my order", "returns-exchanges").await;
    becomes(&world, "returns-exchanges", "live", &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_fails_has_the_provider_checked() {
    let world = World::start().await;
    let shopper = world.signed_in(DemoSituation::InTransit).await;
    world.standins.shopify.faults().next(10_000, Fault::Status { status: 500 });
    let answer = shopper.say("where is my order?").await;
    assert!(answer.hands_over() && answer.text().contains("can't reach"), "{answer:?}");
    becomes(&world, "order-tracking", "unavailable", &["health"]).await;
    // And noticed by itself when it is back, without anybody asking.
    world.standins.shopify.faults().clear();
    let started = Instant::now();
    while world.operator(Method::GET, "skills/order-tracking", None).await["state"] != "live" {
        assert!(started.elapsed() < Duration::from_secs(60), "it isn't noticed\n{}", world.log());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_catalogue_makes_its_skills_live() {
    let world = World::without_integrations().await;
    let body = outcome::reply("(i32.const 512)", "(i32.const 2)");
    let mut shelf = Fixture::skill("shelf", &[], &[], "(data (i32.const 512) \"ok\")", &body);
    let manifest = shelf.manifest.as_mut().expect("a manifest");
    manifest.toml = manifest.toml.replace("[examples]", "[prerequisites]\ncatalog = true\n[examples]");
    world.drop_in("shelf.wasm", &shelf.component().expect("a component"));
    world.release("shelf", "live").await;
    let shopper = world.shopper().await;
    becomes(&world, "shelf", "unavailable", &["catalog"]).await;
    let shown = world.operator(Method::GET, "skills/shelf", None).await;
    assert_eq!(shown["missing"][0]["remedy"], json!({ "kind": "connect", "connectors": ["shopify"] }), "{shown}");
    until_recognised(&world, &shopper, "attack two", "shelf").await;
    world.connect().await;
    let started = Instant::now();
    loop {
        let shown = world.operator(Method::GET, "skills/shelf", None).await;
        if shown["state"] == "live" {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "{shown}\n{}", world.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    answers(&shopper, "attack two", "shelf").await;
    world.operator(Method::DELETE, "integrations/shopify", None).await;
    becomes(&world, "shelf", "unavailable", &["catalog"]).await;
    is_handed_over(&world, &shopper, "attack two", "shelf").await;
}

/// Asks until the router has learnt of the skill.
async fn until_recognised(world: &World, shopper: &Shopper, question: &str, skill: &str) {
    let started = Instant::now();
    loop {
        shopper.say(question).await;
        let turns = world.turns(shopper).await;
        let record: &Value = &turns.last().expect("a turn")["record"];
        if record["wanted"]["skill"] == skill {
            assert_eq!(record["handed_off"], "skill_unavailable", "{record:#}");
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "{record:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_skill_that_was_asked_for_is_handed_over_and_goes_live_in_its_place() {
    let world = World::start().await;
    let shopper = world.shopper().await;
    let wish = json!({
        "id": "engraving", "name": "Engraving", "description": "Questions about engraving lamps.",
        "examples": { "en": [
            "attack one", "attack two", "attack three", "can you engrave my name on a lamp", "do you engrave lamps",
        ] },
    });
    world.operator(Method::POST, "skill-requests", Some(wish)).await;
    is_handed_over(&world, &shopper, "can you engrave my name on a lamp", "engraving").await;
    let listed = world.operator(Method::GET, "skills", None).await;
    let row = listed["skills"].as_array().expect("a list").last().cloned().unwrap_or_default();
    assert_eq!((&row["id"], &row["state"], &row["demand"]), (&json!("engraving"), &json!("coming-soon"), &json!(1)));

    let body = outcome::reply("(i32.const 512)", "(i32.const 2)");
    let skill = Fixture::skill("engraving", &[], &[], "(data (i32.const 512) \"ok\")", &body);
    world.drop_in("engraving.wasm", &skill.component().expect("a component"));
    world.release("engraving", "live").await;
    becomes(&world, "engraving", "live", &[]).await;
    let started = Instant::now();
    while world.operator(Method::GET, "skill-requests/engraving", None).await["delivered"] != true {
        assert!(started.elapsed() < PATIENCE, "the delivery isn't noted\n{}", world.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    answers(&shopper, "attack two", "engraving").await;
}

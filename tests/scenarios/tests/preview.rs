//! Trying answers out: all four renderings with what explains them, nothing stored or counted, nothing changed.

#![allow(clippy::expect_used, reason = "a test that can't go on says where")]

use reqwest::Method;
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::Stdio;
use usher_scenarios::{World, product_binary};
use usher_standins::DemoSituation;

async fn preview(world: &World, body: Value) -> Value {
    world.operator(Method::POST, "preview", Some(body)).await
}

/// How many turns the server counts.
async fn counted(world: &World) -> String {
    let token = std::fs::read_to_string(world.token_file("admin")).expect("a token");
    let request = reqwest::Client::new().get(format!("{}/metrics", world.url)).bearer_auth(token.trim());
    let text = request.send().await.expect("an answer").text().await.expect("a text");
    assert!(text.contains("usher_"), "{text}");
    text.lines().filter(|line| line.starts_with("usher_turns_total")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_shown_on_every_channel_and_explained() {
    let world = World::start().await;
    let ana = world.customer(DemoSituation::InTransit);
    let before = counted(&world).await;
    let tried = preview(&world, json!({ "text": "where is my order?", "customer": ana.email })).await;
    let answer = &tried["answers"][0];
    assert_eq!(answer["webchat"]["skill"]["id"], "order-tracking", "{tried}");
    let card = &answer["webchat"]["cards"][0];
    assert_eq!(card["kind"], "order");
    let name = card["name"].as_str().expect("a name");
    let href = card["buttons"][0]["href"].as_str().expect("a link");
    for text in
        [&answer["sms"]["text"], &answer["whatsapp"]["text"], &answer["email"]["text"], &answer["email"]["html"]]
    {
        assert!(text.as_str().expect("a text").contains(name), "{name} is missing in {text}");
    }
    assert!(answer["sms"]["text"].as_str().expect("a text").contains(href), "SMS has no deep link: {answer}");
    assert!(answer["sms"]["segments"].as_u64().is_some_and(|segments| segments >= 1));
    assert_eq!(tried["record"]["route"]["outcome"]["kind"], "route");
    let calls = tried["recordings"][0]["calls"].as_array().expect("calls");
    assert!(calls.iter().any(|call| call["function"] == "usher:tools/orders.recent"), "{calls:?}");
    assert!(tried["took_ms"].as_f64().is_some_and(|ms| ms > 0.0));

    // It goes on from there, and nobody is signed in where nobody is named.
    let state = tried["state"].clone();
    let next =
        preview(&world, json!({ "text": "and when will it arrive?", "customer": ana.email, "state": state })).await;
    assert_eq!(next["answers"][0]["webchat"]["skill"]["id"], "order-tracking", "{next}");
    let nobody = preview(&world, json!({ "text": "where is my order?", "channel": "sms" })).await;
    assert_eq!(nobody["awaits_sign_in"], true, "{nobody}");

    assert_eq!(counted(&world).await, before, "a preview was counted");
    let audit = world.operator(Method::GET, "audit?action=turn-handled", None).await;
    assert!(!audit.to_string().contains("order-tracking"), "{audit}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_yes_changes_nothing_and_a_closed_skill_can_be_tried() {
    let world = World::start().await;
    let ana = world.customer(DemoSituation::Unfulfilled);
    let asked = preview(&world, json!({ "text": "cancel my order", "customer": ana.email })).await;
    let consent = &asked["answers"].as_array().expect("answers").last().expect("one")["webchat"]["consent"];
    let yes = consent["yes"]["ref"].as_str().unwrap_or_else(|| panic!("no question: {asked}"));
    let state = asked["state"].clone();
    let said = preview(&world, json!({ "choose": yes, "customer": ana.email, "state": state })).await;
    let text = said["answers"][0]["email"]["text"].as_str().expect("a text");
    assert!(text.contains("Nothing was changed"), "{text}");
    let requests = world.standins.shopify.requests().all();
    assert!(requests.iter().all(|request| !request.json().to_string().contains("orderCancel(")), "a preview cancelled");

    world.operator(Method::PUT, "hub", Some(json!({ "on": false }))).await;
    let tried = preview(&world, json!({ "text": "I want to return my order", "customer": ana.email })).await;
    assert_eq!(tried["answers"][0]["webchat"]["skill"]["id"], "returns-exchanges", "{tried}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_tried_is_said() {
    let world = World::start().await;
    for (body, status, part) in [
        (json!({ "text": " " }), 422, "empty"),
        (json!({}), 422, "exactly one"),
        (json!({ "text": "hi", "at": "tomorrow" }), 422, "not a time"),
        (json!({ "text": "hi", "time_zone": "Mars/Base" }), 422, "zone"),
        (json!({ "choose": "1.0" }), 422, "no such button"),
        (json!({ "text": "hi", "customer": "nobody@nowhere.example" }), 404, "no such customer"),
        (json!({ "text": "hi", "colour": "blue" }), 422, "colour"),
    ] {
        let (got, answer) = world.operates("admin", Method::POST, "preview", Some(body.clone())).await;
        assert!(got == status || (got == 400 && status == 422), "{body}: {got} {answer}");
        assert!(answer.to_string().contains(part), "{body}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_can_be_tried_at_a_terminal() {
    let world = World::start().await;
    let ana = world.customer(DemoSituation::InTransit);
    let token = std::fs::read_to_string(world.token_file("admin")).expect("a token");
    let mut child = std::process::Command::new(product_binary())
        .args(["chat", "--preview", "--as", &ana.email, "--channel", "sms", "--at", "2026-12-24T22:00", "--trace"])
        .env("USHER_URL", &world.url)
        .env("USHER_TOKEN", token.trim())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("usher starts");
    child.stdin.take().expect("its input").write_all(b"where is my order?\n").expect("a line");
    let output = child.wait_with_output().expect("usher ends");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for part in ["segments", "router: route", "order-tracking", "usher:tools/orders.recent"] {
        assert!(text.contains(part), "{part} is missing:\n{text}");
    }
}

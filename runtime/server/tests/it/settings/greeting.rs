//! What visitors are greeted with, and what they can choose from.

use super::{get, put, refused};
use crate::support::{Settings, Site};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn welcome(site: &Site, query: &str) -> Value {
    let path = format!("/api/v1/welcome?site=storefront&{query}");
    site.send(Method::GET, &path, None, None).await.expect(StatusCode::OK)
}

fn labels(welcome: &Value) -> Vec<&str> {
    welcome["presets"].as_array().unwrap().iter().map(|preset| preset["label"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_visitor_is_welcomed_before_the_first_word() {
    let site = Site::with(Settings { sections: "[handoff]\n", ..Settings::default() }).await;
    let welcomed = welcome(&site, "locale=en-GB").await;
    assert_eq!(welcomed["greeting"], "Hello! This is the assistant of Lamps. What can I do for you?");
    assert_eq!(
        welcomed["team"],
        json!({ "reachable": true, "open": true, "online": false, "hours": "around the clock" })
    );
    assert_eq!(welcomed["presets"], json!([]));

    // With a session the site is known.
    let token = site.session().await;
    site.send(Method::GET, "/api/v1/welcome", Some(&token), None).await.expect(StatusCode::OK);
    site.send(Method::GET, "/api/v1/welcome", Some("no such token, whatever it is"), None)
        .await
        .problem(401, "unauthorized");
    for path in ["/api/v1/welcome", "/api/v1/welcome?site=none", "/api/v1/welcome?site=storefront&time_zone=Berlin"] {
        site.send(Method::GET, path, None, None).await.problem(422, "invalid");
    }

    // Where there is nobody to hand to, nobody is promised.
    put(&site, "handoff", json!({ "method": { "kind": "custom_message" } })).await.expect(StatusCode::OK);
    assert_eq!(welcome(&site, "").await["team"]["reachable"], false);
}

#[tokio::test]
async fn choices_fit_the_visitor_and_show_only_what_they_name() {
    let site = Site::start().await;
    let article = |title: &str| json!({ "title": title, "body": "# Size\n\nMeasure first.\n\n- one\n- two", "format": "markdown" });
    for id in ["sizes", "secret"] {
        put(&site, &format!("articles/{id}"), article(id)).await;
    }
    let greeting = json!({
        "text": { "en": "Welcome to {shop}! Our wait is {wait}. We are there {hours}." },
        "presets": [
            { "label": { "en": "Where is my order?" }, "action": { "kind": "ask", "question": { "en": "Where is my order?" } } },
            { "label": { "en": "Sizes" }, "action": { "kind": "article", "article": "sizes" } },
            { "label": { "en": "Sale in Germany" }, "action": { "kind": "open", "url": "https://shop.example.com/sale" },
              "when": { "countries": ["DE"] } },
            { "label": { "en": "Leave a note" }, "action": { "kind": "ask", "question": { "en": "I want a person" } },
              "when": { "open": false } },
        ],
    });
    let kept = put(&site, "greeting", greeting).await.expect(StatusCode::OK);
    assert_eq!(kept["preview"]["en"], "Welcome to Lamps! We are there around the clock.");

    let here = welcome(&site, "locale=en&time_zone=Europe/Berlin").await;
    assert_eq!(labels(&here), ["Where is my order?", "Sizes", "Sale in Germany"]);
    assert_eq!(
        here["presets"][0],
        json!({
            "id": "preset-1", "label": "Where is my order?", "action": "ask", "question": "Where is my order?",
        })
    );
    assert_eq!(here["presets"][2]["url"], "https://shop.example.com/sale");
    assert_eq!(labels(&welcome(&site, "locale=en-US").await), ["Where is my order?", "Sizes"]);
    // Out of hours another choice is there.
    put(&site, "hours", json!({ "weekly": { "monday": [] } })).await.expect(StatusCode::OK);
    let closed = welcome(&site, "locale=en").await;
    assert_eq!(labels(&closed), ["Where is my order?", "Sizes", "Leave a note"]);
    // Of when people are back nothing is known, so nothing is said of it.
    assert_eq!(closed["greeting"], "Welcome to Lamps!");

    let read = async |id: &str| {
        let path = format!("/api/v1/welcome/articles/{id}?site=storefront");
        site.send(Method::GET, &path, None, None).await
    };
    let shown = read("sizes").await.expect(StatusCode::OK);
    assert_eq!(shown["title"], "sizes");
    let blocks = shown["blocks"].as_array().unwrap();
    assert_eq!(blocks[0], json!({ "kind": "paragraph", "spans": [{ "text": "Size", "bold": true }] }));
    assert_eq!(blocks[2]["items"].as_array().unwrap().len(), 2);
    // No other article is read this way.
    read("secret").await.problem(404, "not-found");
    read("none").await.problem(404, "not-found");
}

#[tokio::test]
async fn the_assistant_answers_a_greeting_in_the_same_words() {
    let site = Site::start().await;
    put(&site, "greeting", json!({ "text": { "en": "Ahoy from {shop}." } })).await.expect(StatusCode::OK);
    let visitor = site.visitor().await;
    visitor.say("Hello").await;
    let messages = visitor.until(2).await;
    assert!(messages[1].to_string().contains("Ahoy from Lamps."), "{messages:#?}");
}

#[tokio::test]
async fn what_is_wrong_with_a_greeting_is_named() {
    let site = Site::start().await;
    let preset = |action: Value| json!({ "presets": [{ "label": { "en": "A" }, "action": action }] });
    for (body, part) in [
        (json!({ "text": { "en": "{nobody}" } }), "{nobody}"),
        (json!({ "txt": {} }), "`txt`"),
        (preset(json!({ "kind": "article", "article": "none" })), "there is no article `none`"),
        (preset(json!({ "kind": "open", "url": "javascript:alert(1)" })), "`presets.0.action.url`"),
        (preset(json!({ "kind": "ask", "question": {} })), "`presets.0.action.question.en`"),
        (preset(json!({ "kind": "ask", "question": { "en": "?" }, "answer": 1 })), "`presets.0.action.answer`"),
        (
            json!({ "presets": [{ "label": {}, "action": { "kind": "open", "url": "https://a.example" } }] }),
            "`presets.0.label.en`",
        ),
    ] {
        let detail = refused(&put(&site, "greeting", body.clone()).await);
        assert!(detail.contains(part), "{body}: {detail}");
    }
    assert_eq!(get(&site, "greeting").await["settings"]["presets"], json!([]));
}

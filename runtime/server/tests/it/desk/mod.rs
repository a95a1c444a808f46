//! The helpdesk over HTTP: a customer in web chat, and people in support at the other end.

mod bad_input;
mod card;
mod channels;
mod forged;
mod guard;
mod live;
mod page;
mod story;
mod team;
mod undelivered;
mod views;

use crate::support::{Reply, Settings, Site, Visitor};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Tokens of the two people in support, beside `admin`.
const FIRST: &str = "the token of the first person, long enough";
const SECOND: &str = "the token of the second person, long enough";

/// A server with two people in support, who are at work.
async fn site() -> Site {
    site_with("").await
}

/// The same with more in its configuration.
async fn site_with(sections: &str) -> Site {
    let sections = format!(
        "[handoff]\nmethod = \"built-in\"\n{sections}\n[[operators]]\nname = \"first\"\ntoken = \"file:first\"\n\
         [[operators]]\nname = \"second\"\ntoken = \"file:second\"\n"
    );
    let settings = Settings { sections: &sections, ..Settings::default() };
    let site = Site::among(settings, |folder| {
        std::fs::write(folder.join("first"), FIRST).unwrap();
        std::fs::write(folder.join("second"), SECOND).unwrap();
    });
    let site = site.await;
    for token in [FIRST, SECOND] {
        let here = json!({ "availability": "online" });
        let put = site.send(Method::PUT, "/api/v1/people/me/availability", Some(token), Some(here)).await;
        assert_eq!(put.expect(StatusCode::OK)["online"], true);
    }
    site
}

/// What a person in support does.
async fn get(site: &Site, token: &str, path: &str) -> Value {
    site.send(Method::GET, &format!("/api/v1/{path}"), Some(token), None).await.expect(StatusCode::OK)
}

async fn post(site: &Site, token: &str, path: &str, body: Value) -> Reply {
    site.send(Method::POST, &format!("/api/v1/{path}"), Some(token), Some(body)).await
}

/// What a reply to the customer is made of.
fn reply(text: &str) -> Value {
    json!({ "text": text, "client_id": uuid::Uuid::new_v4().to_string() })
}

/// A visitor who asked for a person and gave an address; their ticket's id.
async fn handed_over<'a>(site: &'a Site, address: &str) -> (Visitor<'a>, String) {
    let visitor = site.visitor().await;
    visitor.say("I want to talk to a human").await;
    let asked = visitor.until(2).await;
    assert_eq!(asked[1]["question"]["asks"], "email", "{:#}", asked[1]);
    visitor.say(address).await;
    let told = visitor.until(4).await;
    assert_eq!(told[3]["handoff"], true, "{:#}", told[3]);
    let found = get(site, FIRST, &format!("tickets?conversation={}", visitor.conversation)).await;
    assert_eq!(found["total"], 1, "{found:#}");
    let id = found["tickets"][0]["id"].as_str().unwrap().to_owned();
    (visitor, id)
}

/// Reads again and again until it fits.
async fn until(what: &str, site: &Site, token: &str, path: &str, fits: impl Fn(&Value) -> bool) -> Value {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let value = get(site, token, path).await;
        if fits(&value) {
            return value;
        }
        assert!(Instant::now() < end, "never {what}: {value:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

//! What is seen at once: typing, who is there, and the end of streams.

use super::{FIRST, SECOND, get, handed_over, post, site};
use crate::support::events::Events;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test]
async fn each_sees_the_other_type() {
    let site = site().await;
    let (visitor, ticket) = handed_over(&site, "shopper@example.com").await;
    post(&site, FIRST, &format!("tickets/{ticket}/claim"), json!({})).await.expect(StatusCode::OK);
    let mut desk = Events::of_desk(&site, SECOND).await;
    desk.until("ready", |_| true).await;
    let mut chat = Events::open(&visitor, "", None).await;
    chat.until("ready", |_| true).await;

    visitor.call(Method::POST, &visitor.path("typing"), None).await.expect(StatusCode::NO_CONTENT);
    let typing = desk.until("typing", |data| data["person"].is_null()).await;
    assert_eq!(typing["conversation"], visitor.conversation.as_str());

    post(&site, FIRST, &format!("tickets/{ticket}/typing"), json!({})).await.expect(StatusCode::NO_CONTENT);
    let typing = chat.until("typing", |data| data["who"] == "human").await;
    assert_eq!(typing["on"], true);
    desk.until("typing", |data| data["person"] == "first").await;

    // The customer hears nothing of their own typing: the next sign is the person's.
    visitor.call(Method::POST, &visitor.path("typing"), None).await.expect(StatusCode::NO_CONTENT);
    post(&site, FIRST, &format!("tickets/{ticket}/typing"), json!({})).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(chat.until("typing", |_| true).await["who"], "human");
    // Too often is too often.
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(visitor.call(Method::POST, &visitor.path("typing"), None).await.status.as_u16());
    }
    assert!(statuses.contains(&429), "{statuses:?}");
}

#[tokio::test]
async fn the_others_see_who_looks_at_a_ticket() {
    let site = site().await;
    let (_, ticket) = handed_over(&site, "shopper@example.com").await;
    let mut desk = Events::of_desk(&site, SECOND).await;
    desk.until("ready", |_| true).await;
    let other = Events::of_desk(&site, FIRST).await;
    post(&site, FIRST, &format!("tickets/{ticket}/looking"), json!({})).await.expect(StatusCode::NO_CONTENT);
    let looks = |data: &Value, at: &Value| {
        data["people"].as_array().unwrap().iter().any(|one| one["name"] == "first" && one["looking"] == *at)
    };
    desk.until("presence", |data| looks(data, &json!(ticket))).await;
    let people = get(&site, SECOND, "people").await;
    assert!(looks(&people, &json!(ticket)), "{people:#}");
    // They go: the last window closes.
    drop(other);
    desk.until("presence", |data| !looks(data, &json!(ticket))).await;
}

#[tokio::test]
async fn a_customer_sees_who_is_there_and_how_it_stands() {
    let site = site().await;
    let visitor = site.visitor().await;
    let mut chat = Events::open(&visitor, "", None).await;
    chat.until("ready", |_| true).await;
    visitor.say("I want to talk to a human").await;
    visitor.until(2).await;
    visitor.say("shopper@example.com").await;
    let standing = chat.until("owner", |_| true).await;
    assert_eq!((&standing["owner"], &standing["ticket_state"]), (&json!("human"), &json!("open")), "{standing}");
    assert!(standing["person"].is_null(), "nobody is there yet: {standing}");
    let found = get(&site, FIRST, "tickets?view=unassigned").await;
    let ticket = found["tickets"][0]["id"].as_str().unwrap().to_owned();
    let person = json!({ "display_name": "The lamp desk" });
    let put = site.send(Method::PUT, "/api/v1/people/first", Some(FIRST), Some(person)).await;
    assert_eq!(put.expect(StatusCode::OK)["display_name"], "The lamp desk");
    post(&site, FIRST, &format!("tickets/{ticket}/claim"), json!({})).await.expect(StatusCode::OK);
    let standing = chat.until("owner", |data| data["person"].is_string()).await;
    assert_eq!(standing["person"], "The lamp desk");
    assert!(!standing.to_string().contains("\"first\""), "the operator's name is the team's own: {standing}");
    let listed = visitor.call(Method::GET, "/api/v1/conversations", None).await.expect(StatusCode::OK);
    assert_eq!(listed["conversations"][0]["person"], "The lamp desk");
    assert_eq!(listed["conversations"][0]["moved_to_email"], false);
}

#[tokio::test]
async fn streams_are_counted_by_person_and_end_with_the_server() {
    let mut site = site().await;
    let mut streams = Vec::new();
    for _ in 0..6 {
        let mut stream = Events::of_desk(&site, FIRST).await;
        stream.until("ready", |_| true).await;
        streams.push(stream);
    }
    site.send(Method::GET, "/api/v1/desk/events", Some(FIRST), None).await.problem(429, "too-many-requests");
    // Another person's are their own.
    let mut other = Events::of_desk(&site, SECOND).await;
    other.until("ready", |_| true).await;
    site.running.take().unwrap().close().await;
    while other.next().await.is_some() {}
    for stream in &mut streams {
        while stream.next().await.is_some() {}
    }
}

/// Whoever connects while things happen misses nothing: what isn't in the lists comes as an event.
#[tokio::test]
async fn nothing_falls_between_the_lists_and_the_events() {
    let site = site().await;
    let (_, ticket) = handed_over(&site, "shopper@example.com").await;
    for round in 0..12 {
        let tag = format!("round-{round}");
        let path = format!("tickets/{ticket}/tags");
        let change = post(&site, FIRST, &path, json!({ "tags": [tag] }));
        let watch = async {
            let mut desk = Events::of_desk(&site, SECOND).await;
            desk.until("ready", |_| true).await;
            let listed = get(&site, SECOND, &format!("tickets/{ticket}")).await;
            if listed["tags"] != json!([tag]) {
                desk.until("ticket", |data| data["ticket"]["tags"] == json!([tag])).await;
            }
        };
        let (changed, ()) = tokio::join!(change, watch);
        changed.expect(StatusCode::OK);
    }
}

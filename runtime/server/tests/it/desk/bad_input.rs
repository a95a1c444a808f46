//! Whatever is sent is refused in the API's one form, and changes nothing.

use super::{FIRST, get, handed_over, post, site};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test]
async fn values_that_cant_be_used_are_refused_with_a_fix() {
    let site = site().await;
    let (visitor, ticket) = handed_over(&site, "shopper@example.com").await;
    let before = get(&site, FIRST, &format!("tickets/{ticket}")).await;
    let of_ticket = |rest: &str| format!("/api/v1/tickets/{ticket}/{rest}");
    let long = "x".repeat(4_001);
    let cases: Vec<(Method, String, Value)> = vec![
        (Method::POST, of_ticket("reply"), json!({ "text": " \u{200b} ", "client_id": "a" })),
        (Method::POST, of_ticket("reply"), json!({ "text": long, "client_id": "a" })),
        (Method::POST, of_ticket("reply"), json!({ "text": "x", "client_id": "" })),
        (Method::POST, of_ticket("reply"), json!({ "text": "x", "client_id": "ä" })),
        (Method::POST, of_ticket("reply"), json!({ "text": "x", "client_id": "y".repeat(65) })),
        (Method::POST, of_ticket("reply"), json!({ "text": "x", "client_id": "a", "then": "done" })),
        (Method::POST, of_ticket("reply"), json!({ "text": "x", "client_id": "a", "seen_seq": -1 })),
        (Method::POST, of_ticket("reply"), json!({ "text": "x", "client_id": "a", "as": "second" })),
        (Method::POST, of_ticket("reply"), json!({ "text": "x" })),
        (Method::POST, of_ticket("reply"), json!([])),
        (Method::POST, of_ticket("note"), json!({ "text": "" })),
        (Method::POST, of_ticket("state"), json!({ "state": "Open" })),
        (Method::POST, of_ticket("state"), json!({ "state": null })),
        (Method::POST, of_ticket("snooze"), json!({ "until": "tomorrow" })),
        (Method::POST, of_ticket("snooze"), json!({ "until": "2020-01-01T00:00:00Z" })),
        (Method::POST, of_ticket("snooze"), json!({ "until": "9999-12-31T23:59:59Z" })),
        (Method::POST, of_ticket("priority"), json!({ "priority": "now" })),
        (Method::POST, of_ticket("tags"), json!({ "tags": ["ok", " "] })),
        (Method::POST, of_ticket("tags"), json!({ "tags": ["t".repeat(41)] })),
        (Method::POST, of_ticket("tags"), json!({ "tags": (0..21).map(|n| n.to_string()).collect::<Vec<_>>() })),
        (Method::POST, of_ticket("merge"), json!({ "into": "not an id" })),
        (Method::PUT, of_ticket("draft"), json!({ "text": "x".repeat(10_001) })),
        (Method::PUT, "/api/v1/people/first".into(), json!({ "display_name": "" })),
        (Method::PUT, "/api/v1/people/first".into(), json!({ "email": "nowhere" })),
        (Method::PUT, "/api/v1/people/first".into(), json!({ "capacity": 0 })),
        (Method::PUT, "/api/v1/people/first".into(), json!({ "groups": ["none"] })),
        (Method::PUT, "/api/v1/people/first".into(), json!({ "languages": ["!"] })),
        (Method::PUT, "/api/v1/people/me/availability".into(), json!({ "availability": "asleep" })),
        (Method::PUT, "/api/v1/people/me/availability".into(), json!({ "availability": "away", "away_until": "soon" })),
        (Method::POST, "/api/v1/people/first/shift-end".into(), json!({ "to": { "kind": "nobody" } })),
        (Method::POST, "/api/v1/notifications/read".into(), json!({ "through": 7 })),
    ];
    for (method, path, body) in cases {
        let reply = site.send(method.clone(), &path, Some(FIRST), Some(body.clone())).await;
        let problem = reply.problem(422, "invalid");
        let shown: String = body.to_string().chars().take(80).collect();
        assert!(problem["fix"].is_string(), "{method} {path} {shown}: a problem without a fix: {problem}");
    }
    for path in [
        "tickets?view=nothing",
        "tickets?view=group:",
        "tickets?state=open,done",
        "tickets?limit=0",
        "tickets?limit=201",
        "tickets?skip=100001",
    ] {
        site.send(Method::GET, &format!("/api/v1/{path}"), Some(FIRST), None).await.problem(422, "invalid");
    }
    site.send(Method::GET, "/api/v1/tickets?who=me", Some(FIRST), None).await.problem(400, "bad-request");
    let long = format!("/api/v1/tickets?q={}", "x".repeat(201));
    site.send(Method::GET, &long, Some(FIRST), None).await.problem(422, "invalid");
    assert_eq!(get(&site, FIRST, &format!("tickets/{ticket}")).await, before);
    assert_eq!(visitor.messages().await.len(), 4);
}

#[tokio::test]
async fn what_isnt_there_is_not_found() {
    let site = site().await;
    let (_, ticket) = handed_over(&site, "shopper@example.com").await;
    let nobody = uuid::Uuid::now_v7();
    for path in [
        format!("tickets/{nobody}"),
        format!("tickets/{nobody}/messages"),
        format!("tickets/{nobody}/context"),
        format!("tickets/{nobody}/suggestions"),
        format!("desk/conversations/{nobody}/messages"),
        "tickets/1".to_owned(),
        "tickets/%2e%2e".to_owned(),
        "tickets?view=saved:none".to_owned(),
    ] {
        site.send(Method::GET, &format!("/api/v1/{path}"), Some(FIRST), None).await.problem(404, "not-found");
    }
    for (path, body) in [
        (format!("tickets/{nobody}/claim"), json!({})),
        (format!("tickets/{nobody}/reply"), super::reply("x")),
        (format!("tickets/{nobody}/note"), json!({ "text": "x" })),
        (format!("tickets/{nobody}/typing"), json!({})),
        (format!("tickets/{nobody}/looking"), json!({})),
        (format!("tickets/{ticket}/assign"), json!({ "person": "nobody" })),
        (format!("tickets/{ticket}/assign"), json!({ "group": "nobody" })),
        (format!("tickets/{ticket}/merge"), json!({ "into": nobody })),
        (format!("conversations/{nobody}/take-over"), json!({})),
        ("people/nobody/shift-end".to_owned(), json!({})),
    ] {
        let reply = post(&site, FIRST, &path, body).await;
        assert_eq!(reply.status.as_u16(), 404, "{path}: {}", reply.text);
        reply.problem(404, "not-found");
    }
    let draft = format!("/api/v1/tickets/{nobody}/draft");
    site.send(Method::PUT, &draft, Some(FIRST), Some(json!({ "text": "x" }))).await.problem(404, "not-found");
    site.send(Method::DELETE, "/api/v1/people/nobody", Some(FIRST), None).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_rating_is_taken_only_where_one_was_asked() {
    let site = site().await;
    let (visitor, _) = handed_over(&site, "shopper@example.com").await;
    let rate = visitor.path("rating");
    for bad in
        [json!({ "score": 0 }), json!({ "score": 6 }), json!({ "score": 256 }), json!({ "score": "5" }), json!({})]
    {
        visitor.call(Method::POST, &rate, Some(bad)).await.problem(422, "invalid");
    }
    let long = json!({ "score": 5, "comment": "x".repeat(1_001) });
    visitor.call(Method::POST, &rate, Some(long)).await.problem(422, "invalid");
    let reply = visitor.call(Method::POST, &rate, Some(json!({ "score": 5 }))).await;
    assert!([404, 409].contains(&reply.status.as_u16()), "{}", reply.text);
    // Without people there is nothing to rate either.
    let alone = site.visitor().await;
    let reply = alone.call(Method::POST, &alone.path("rating"), Some(json!({ "score": 5 }))).await;
    assert!([404, 409].contains(&reply.status.as_u16()), "{}", reply.text);
}

/// Bodies of every kind against every route that changes something: refused or done, never a failure of the server's.
#[tokio::test]
async fn nothing_that_is_sent_makes_the_server_fail() {
    let site = site().await;
    let (_, ticket) = handed_over(&site, "shopper@example.com").await;
    let bodies = [
        json!(null),
        json!([]),
        json!({}),
        json!({ "text": { "kind": "team" } }),
        json!({ "text": "\u{0}\u{202e}\u{feff}", "client_id": "a" }),
        json!({ "text": "a\u{0}b", "client_id": "b", "seen_seq": u64::MAX, "then": "pending" }),
        json!({ "state": "closed", "extra": 1 }),
        json!({ "until": "-009999-01-01T00:00:00Z" }),
        json!({ "into": ticket }),
        json!({ "person": "", "group": "" }),
        json!({ "tags": ["a\u{0}", "\u{1f600}", "'; DROP TABLE ticket; --"] }),
        json!({ "to": { "kind": "person", "person": "\u{0}" } }),
        json!({ "priority": "urgent" }),
    ];
    for rest in ["assign", "reply", "note", "state", "snooze", "priority", "tags", "merge", "claim", "hand-back"] {
        for body in &bodies {
            let reply = post(&site, FIRST, &format!("tickets/{ticket}/{rest}"), body.clone()).await;
            assert!(reply.status.as_u16() < 500, "{rest} {body}: {}", reply.text);
        }
    }
    for words in ["%00", "%22", "%27%20OR%201%3D1", "*", "a%20AND", "NEAR(", "%25", "%F0%9F%98%80", "-", "\\"] {
        let reply = site.send(Method::GET, &format!("/api/v1/tickets?q={words}"), Some(FIRST), None).await;
        reply.expect(StatusCode::OK);
    }
    get(&site, FIRST, &format!("tickets/{ticket}")).await;
}

//! Whose the desk's routes are, and whose the customer's.

use super::{FIRST, get, handed_over, post, site};
use reqwest::{Method, StatusCode};
use serde_json::json;

/// Every route of people in support, with `{ticket}` and `{conversation}` for real ones.
const ROUTES: &[(&str, &str)] = &[
    ("GET", "tickets"),
    ("GET", "tickets/counts"),
    ("GET", "tickets/{ticket}"),
    ("GET", "tickets/{ticket}/messages"),
    ("GET", "tickets/{ticket}/context"),
    ("GET", "tickets/{ticket}/suggestions"),
    ("POST", "tickets/{ticket}/claim"),
    ("POST", "tickets/{ticket}/assign"),
    ("POST", "tickets/{ticket}/reply"),
    ("POST", "tickets/{ticket}/note"),
    ("POST", "tickets/{ticket}/state"),
    ("POST", "tickets/{ticket}/snooze"),
    ("POST", "tickets/{ticket}/priority"),
    ("POST", "tickets/{ticket}/tags"),
    ("POST", "tickets/{ticket}/hand-back"),
    ("POST", "tickets/{ticket}/merge"),
    ("POST", "tickets/{ticket}/typing"),
    ("POST", "tickets/{ticket}/looking"),
    ("PUT", "tickets/{ticket}/draft"),
    ("DELETE", "tickets/{ticket}/draft"),
    ("GET", "drafts"),
    ("GET", "desk/conversations"),
    ("GET", "desk/conversations/{conversation}/messages"),
    ("GET", "desk/events"),
    ("POST", "conversations/{conversation}/take-over"),
    ("GET", "people"),
    ("GET", "people/me"),
    ("PUT", "people/first"),
    ("DELETE", "people/first"),
    ("PUT", "people/me/availability"),
    ("POST", "people/first/shift-end"),
    ("GET", "notifications"),
    ("POST", "notifications/read"),
    ("GET", "conversations/{conversation}/turns"),
];

#[tokio::test]
async fn a_customer_opens_none_of_the_desks_routes_and_changes_nothing() {
    let site = site().await;
    let (visitor, ticket) = handed_over(&site, "shopper@example.com").await;
    let before = get(&site, FIRST, &format!("tickets/{ticket}")).await;
    for (method, path) in ROUTES {
        let path = path.replace("{ticket}", &ticket).replace("{conversation}", &visitor.conversation);
        let body = json!({ "text": "x", "client_id": "x", "state": "closed" });
        let body = (*method != "GET").then_some(body);
        let reply = visitor.call(method.parse().unwrap(), &format!("/api/v1/{path}"), body).await;
        // Many wrong tokens from one address are refused all the sooner.
        assert!([401, 429].contains(&reply.status.as_u16()), "{method} {path}: {} {}", reply.status, reply.text);
    }
    assert_eq!(get(&site, FIRST, &format!("tickets/{ticket}")).await, before);
}

#[tokio::test]
async fn what_the_document_lists_of_the_desk_is_what_is_guarded() {
    let site = site().await;
    let document = site.send(Method::GET, "/api/v1/openapi.json", None, None).await.expect(StatusCode::OK);
    let mut documented: Vec<String> = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation["tags"][0] == "desk" && path.starts_with("/api/") {
                let ways = operation["security"].as_array().unwrap();
                assert!(ways.contains(&json!({ "operator": [] })), "{method} {path}");
                documented.push(format!("{} {}", method.to_uppercase(), path.replace("{name}", "first")));
            }
        }
    }
    let own = ROUTES.iter().filter(|(_, path)| !path.ends_with("turns"));
    let mut known: Vec<String> = own.map(|(method, path)| format!("{method} /api/v1/{path}")).collect();
    for route in &mut known {
        *route = route.replace("{ticket}", "{id}").replace("{conversation}", "{id}");
    }
    documented.sort();
    known.sort();
    assert_eq!(documented, known);
}

#[tokio::test]
async fn one_customer_never_sees_or_touches_another_ones() {
    let site = site().await;
    let (victim, ticket) = handed_over(&site, "shopper@example.com").await;
    let (other, _) = handed_over(&site, "another@example.com").await;
    for (method, rest) in [
        (Method::GET, "messages"),
        (Method::GET, "events"),
        (Method::POST, "messages"),
        (Method::POST, "typing"),
        (Method::POST, "rating"),
    ] {
        let body = match (&method, rest) {
            (&Method::GET, _) | (_, "typing") => None,
            (_, "rating") => Some(json!({ "score": 1 })),
            _ => Some(json!({ "client_id": "x", "text": "hello" })),
        };
        other.call(method, &victim.path(rest), body).await.problem(404, "not-found");
    }
    // A reply goes to the ticket's own customer alone.
    let answer = super::reply("only for you");
    post(&site, FIRST, &format!("tickets/{ticket}/reply"), answer).await.expect(StatusCode::OK);
    let heard = |messages: Vec<serde_json::Value>| messages.iter().any(|message| message["author"] == "human");
    assert!(heard(victim.messages().await));
    assert!(!heard(other.messages().await));
    let listed = other.call(Method::GET, "/api/v1/conversations", None).await.expect(StatusCode::OK);
    assert_eq!(listed["conversations"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn drafts_and_notifications_are_their_persons_own() {
    let site = site().await;
    let (_, ticket) = handed_over(&site, "shopper@example.com").await;
    let draft = json!({ "text": "I think that", "seen_seq": 4 });
    let path = format!("/api/v1/tickets/{ticket}/draft");
    site.send(Method::PUT, &path, Some(FIRST), Some(draft)).await.expect(StatusCode::NO_CONTENT);
    let own = get(&site, FIRST, "drafts").await;
    assert_eq!((&own["drafts"][0]["text"], &own["drafts"][0]["seen_seq"]), (&json!("I think that"), &json!(4)));
    assert_eq!(get(&site, super::SECOND, "drafts").await["drafts"], json!([]));
    // Another's sending or dropping leaves it; one's own uses it up.
    site.send(Method::DELETE, &path, Some(super::SECOND), None).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(get(&site, FIRST, "drafts").await["drafts"].as_array().unwrap().len(), 1);
    let note = json!({ "text": "ask @second about it" });
    post(&site, FIRST, &format!("tickets/{ticket}/note"), note).await.expect(StatusCode::OK);
    let told = get(&site, super::SECOND, "notifications").await;
    assert_eq!(told["notifications"][0]["what"], "mentioned");
    assert!(
        get(&site, FIRST, "notifications").await["notifications"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["what"] != "mentioned")
    );
    post(&site, FIRST, &format!("tickets/{ticket}/reply"), super::reply("done")).await.expect(StatusCode::OK);
    assert_eq!(get(&site, FIRST, "drafts").await["drafts"], json!([]));
    // A note is for the team only.
    let (visitor, _) = handed_over(&site, "another@example.com").await;
    assert!(!format!("{:?}", visitor.messages().await).contains("ask @second"));
}

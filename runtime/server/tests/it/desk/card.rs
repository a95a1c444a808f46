//! What a person sees of the customer.

use super::{FIRST, get, handed_over, post, site};
use crate::support::token;
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn orders_are_read_only_for_who_proved_who_they_are_and_the_audit_says_so() {
    let site = site().await;
    let (visitor, ticket) = handed_over(&site, "shopper@example.com").await;
    let context = get(&site, FIRST, &format!("tickets/{ticket}/context")).await;
    assert_eq!(context["assurance"], "identified");
    assert!(context["assurance_words"].as_str().unwrap().contains("nobody proved"));
    assert_eq!(context["requester"]["email"], "shopper@example.com");
    for section in ["orders", "subscriptions"] {
        let why = context[section]["unavailable"].as_str().unwrap();
        assert!(why.contains("hasn't signed in"), "{why}");
        assert_eq!(context[section]["cards"], json!([]));
    }
    let read = async || {
        let lines = site.operate(Method::GET, "/api/v1/audit?action=customer-read", None).await;
        lines.expect(StatusCode::OK)["lines"].as_array().unwrap().clone()
    };
    assert!(read().await.is_empty(), "nothing was read");

    // The same customer proves who they are.
    let claims = json!({ "email": "shopper@example.com" });
    let identity = json!({ "token": token::sign("c-1", claims) });
    visitor.call(Method::POST, "/api/v1/session/identity", Some(identity)).await.expect(StatusCode::OK);
    let context = get(&site, FIRST, &format!("tickets/{ticket}/context")).await;
    assert_eq!(context["assurance"], "authenticated");
    assert!(context["signed_in_until"].is_string());
    // No provider is connected here; what matters is that it was asked in the customer's name, and written down.
    let why = context["orders"]["unavailable"].as_str().unwrap();
    assert!(why.contains("provider"), "{why}");
    let lines = read().await;
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0]["actor"], &lines[0]["object"]), (&json!("operator:first"), &json!(ticket)));
    assert!(lines[0]["subject"].is_string() && !lines[0].to_string().contains("shopper@"), "{:#}", lines[0]);
}

#[tokio::test]
async fn a_person_sees_where_the_customer_is_and_what_the_clock_shows_there() {
    let site = site().await;
    let visitor = site.session().await;
    let place = json!({ "locale": "fr", "time_zone": "Asia/Tokyo" });
    let opened = site.send(Method::POST, "/api/v1/conversations", Some(&visitor), Some(place)).await;
    let conversation = opened.expect(StatusCode::CREATED)["id"].as_str().unwrap().to_owned();
    let say = async |text: &str, page: &str| {
        let id = uuid::Uuid::new_v4().to_string();
        let body = json!({ "client_id": id, "text": text, "page_url": page });
        let path = format!("/api/v1/conversations/{conversation}/messages");
        site.send(Method::POST, &path, Some(&visitor), Some(body)).await.expect(StatusCode::ACCEPTED);
    };
    say("Bonjour", "https://shop.example.com/lamps/1#reviews").await;
    say("encore", "https://evil.example/").await;
    let ticket = post(&site, FIRST, &format!("conversations/{conversation}/take-over"), json!({})).await;
    let ticket = ticket.expect(StatusCode::OK)["id"].as_str().unwrap().to_owned();
    let context = get(&site, FIRST, &format!("tickets/{ticket}/context")).await;
    assert_eq!(context["page"], "https://shop.example.com/lamps/1", "the last that is the shop's own");
    assert_eq!(context["time_zone"], "Asia/Tokyo");
    assert!(context["local_time"].as_str().unwrap().ends_with("+09:00"), "{context:#}");
    assert_eq!(context["site"], "storefront");
    assert_eq!(context["assurance"], "anonymous");
    let turns = site.send(Method::GET, context["turns"].as_str().unwrap(), Some(FIRST), None).await;
    turns.expect(StatusCode::OK);
}

#[tokio::test]
async fn articles_are_suggested_for_the_last_question() {
    let site = site().await;
    for (id, title, body) in [
        ("returns", "Returns", "You can send a lamp back within thirty days. The return is free of charge."),
        ("shipping", "Shipping", "We ship to Sweden and Norway in three to five working days."),
    ] {
        let article = json!({ "title": title, "body": body, "format": "text", "language": "en" });
        site.operate(Method::PUT, &format!("/api/v1/articles/{id}"), Some(article)).await.expect(StatusCode::OK);
    }
    let (visitor, ticket) = handed_over(&site, "shopper@example.com").await;
    visitor.say("Do you ship to Sweden as well?").await;
    visitor.say("yes please").await;
    let suggested = get(&site, FIRST, &format!("tickets/{ticket}/suggestions")).await;
    assert_eq!(suggested["question"], "Do you ship to Sweden as well?");
    assert_eq!(suggested["articles"][0]["article"], "shipping", "{suggested:#}");
    assert!(suggested["articles"][0]["excerpt"].as_str().unwrap().contains("Sweden"));
    let ids: Vec<&str> =
        suggested["articles"].as_array().unwrap().iter().map(|one| one["article"].as_str().unwrap()).collect();
    assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), ids.len(), "each once: {ids:?}");
}

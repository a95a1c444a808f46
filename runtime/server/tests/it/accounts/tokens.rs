//! Tokens of programs.

use super::{audited, colleague, nobody, site};
use crate::support::{Reply, Site};
use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn with(site: &Site, token: &str, method: Method, path: &str, body: Option<Value>) -> Reply {
    site.send(method, &format!("/api/v1/{path}"), Some(token), body).await
}

#[tokio::test]
async fn a_token_does_what_it_was_made_for_and_no_more() {
    let (site, owner) = site().await;
    let made = owner.post("account/tokens", json!({ "label": "till", "scopes": ["view", "connect"] })).await;
    let made = made.expect(StatusCode::CREATED);
    let token = made["token"].as_str().unwrap().to_owned();
    assert!(token.starts_with("usher_") && made["scopes"] == json!(["view", "connect"]));
    let listed = owner.get("account/tokens").await.expect(StatusCode::OK);
    assert!(!listed.to_string().contains(&token) && listed["tokens"][0]["used_at"].is_null());
    let me = with(&site, &token, Method::GET, "account", None).await.expect(StatusCode::OK);
    assert_eq!((&me["name"], &me["permissions"]), (&json!("olga"), &json!(["view", "connect"])));
    with(&site, &token, Method::GET, "skills", None).await.expect(StatusCode::OK);
    let refused = with(&site, &token, Method::GET, "audit", None).await.problem(403, "forbidden");
    assert!(refused["detail"].as_str().unwrap().contains("without `read_audit`"), "{refused}");
    assert!(owner.get("account/tokens").await.expect(StatusCode::OK)["tokens"][0]["used_at"].is_string());
    // It is no way to another token, another password, or to be asked for no password.
    for (method, path, body) in [
        (Method::POST, "account/tokens", Some(json!({ "label": "x", "scopes": ["read_audit"] }))),
        (Method::PUT, "account/password", Some(json!({ "current": "x", "new": "y" }))),
        (Method::POST, "confirm", Some(json!({ "password": "x" }))),
        (Method::DELETE, "account/totp", None),
        (Method::PATCH, "account", Some(json!({ "display_name": "x" }))),
    ] {
        with(&site, &token, method, path, body).await.problem(403, "forbidden");
    }
    // No origin is asked of a program, for no browser sends its token by itself.
    with(&site, &token, Method::POST, "integrations/shopify/check", None).await.problem(404, "not-found");
    owner.delete("account/tokens/till").await.expect(StatusCode::NO_CONTENT);
    nobody(&with(&site, &token, Method::GET, "skills", None).await);
    owner.delete("account/tokens/till").await.problem(404, "not-found");
    assert_eq!((audited(&site, "token-issued").await.len(), audited(&site, "token-ended").await.len()), (1, 1));
}

#[tokio::test]
async fn a_token_never_does_more_than_its_account() {
    let (site, owner) = site().await;
    let ben = colleague(&site, &owner, "ben", "manager").await;
    let beyond = json!({ "label": "till", "scopes": ["view", "connect"] });
    ben.post("account/tokens", beyond).await.problem(422, "invalid");
    let made = ben.post("account/tokens", json!({ "label": "till", "scopes": ["view", "change_knowledge"] })).await;
    let token = made.expect(StatusCode::CREATED)["token"].as_str().unwrap().to_owned();
    let article = || Some(json!({ "title": "Returns", "body": "Thirty days.", "format": "text" }));
    with(&site, &token, Method::PUT, "articles/returns", article()).await.expect(StatusCode::OK);
    owner.patch("accounts/ben", json!({ "role": "agent" })).await.expect(StatusCode::OK);
    with(&site, &token, Method::PUT, "articles/returns", article()).await.problem(403, "forbidden");
    with(&site, &token, Method::GET, "skills", None).await.expect(StatusCode::OK);
    assert_eq!(owner.get("accounts/ben/tokens").await.expect(StatusCode::OK)["tokens"][0]["label"], "till");
    owner.delete("accounts/ben/tokens/till").await.expect(StatusCode::NO_CONTENT);
    nobody(&with(&site, &token, Method::GET, "skills", None).await);
}

#[tokio::test]
async fn a_token_gives_nobody_more_than_it_has() {
    let (site, owner) = site().await;
    colleague(&site, &owner, "ben", "agent").await;
    let scopes = ["view", "read_conversations", "manage_people"];
    let made = owner.post("account/tokens", json!({ "label": "hr", "scopes": scopes })).await;
    let token = made.expect(StatusCode::CREATED)["token"].as_str().unwrap().to_owned();
    let invite = |role: &str| Some(json!({ "email": "cleo@lamps.example", "role": role }));
    for role in ["owner", "admin", "agent"] {
        with(&site, &token, Method::POST, "invitations", invite(role)).await.problem(403, "forbidden");
        let change = Some(json!({ "role": role }));
        with(&site, &token, Method::PATCH, "accounts/ben", change).await.problem(403, "forbidden");
    }
    with(&site, &token, Method::POST, "accounts/olga/password-link", None).await.problem(403, "forbidden");
    with(&site, &token, Method::POST, "invitations", invite("analyst")).await.expect(StatusCode::CREATED);
    with(&site, &token, Method::PATCH, "accounts/ben", Some(json!({ "role": "analyst" }))).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_token_has_a_name_and_may_have_an_end() {
    let (site, owner) = site().await;
    let until = (site.clock.now() + SignedDuration::from_hours(1)).to_string();
    let new = |label: &str, end: Option<&str>| json!({ "label": label, "scopes": ["view"], "expires_at": end });
    let made = owner.post("account/tokens", new("till", Some(&until))).await.expect(StatusCode::CREATED);
    let token = made["token"].as_str().unwrap().to_owned();
    owner.post("account/tokens", new("till", None)).await.problem(409, "conflict");
    for (bad, field) in [
        (new("", None), "label"),
        (new("x", Some("tomorrow")), "expires_at"),
        (new("x", Some("2020-01-01T00:00:00Z")), "expires_at"),
        (json!({ "label": "x", "scopes": [] }), "scopes"),
        (json!({ "label": "x", "scopes": ["everything"] }), "scopes"),
    ] {
        let problem = owner.post("account/tokens", bad).await.problem(422, "invalid");
        assert!(problem["detail"].as_str().unwrap().contains(field), "{problem}");
    }
    with(&site, &token, Method::GET, "skills", None).await.expect(StatusCode::OK);
    site.clock.advance(SignedDuration::from_hours(1));
    nobody(&with(&site, &token, Method::GET, "skills", None).await);
    nobody(&with(&site, "usher_0000", Method::GET, "skills", None).await);
}

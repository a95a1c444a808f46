//! Everybody's accounts: roles, switching off, removing, and that an owner is always left.

use super::browser::Browser;
use super::{PASSWORD, audited, colleague, nobody, password_of, secret_of, sign_in, site};
use crate::support::Site;
use futures_util::StreamExt;
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn an_owner_is_always_left() {
    let (site, owner) = site().await;
    for change in [json!({ "role": "admin" }), json!({ "state": "disabled" })] {
        let problem = owner.patch("accounts/olga", change.clone()).await.problem(409, "conflict");
        assert!(problem["detail"].as_str().unwrap().contains("nobody would be left"), "{problem}");
        site.operate(Method::PATCH, "/api/v1/accounts/olga", Some(change)).await.problem(409, "conflict");
    }
    owner.delete("accounts/olga").await.problem(409, "conflict");
    site.operate(Method::DELETE, "/api/v1/accounts/olga", None).await.problem(409, "conflict");
    let second = colleague(&site, &owner, "otto", "owner").await;
    owner.patch("accounts/olga", json!({ "role": "admin" })).await.expect(StatusCode::OK);
    nobody(&owner.get("account").await);
    second.patch("accounts/otto", json!({ "role": "admin" })).await.problem(409, "conflict");
    assert_eq!(second.get("account").await.expect(StatusCode::OK)["role"], "owner");
}

#[tokio::test]
async fn only_owners_make_or_change_owners() {
    let (site, owner) = site().await;
    let admin = colleague(&site, &owner, "ada", "admin").await;
    colleague(&site, &owner, "ben", "agent").await;
    for (path, change) in [
        ("accounts/olga", json!({ "role": "agent" })),
        ("accounts/olga", json!({ "display_name": "Other" })),
        ("accounts/olga", json!({ "state": "disabled" })),
        ("accounts/ben", json!({ "role": "owner" })),
    ] {
        admin.patch(path, change).await.problem(403, "forbidden");
    }
    admin.delete("accounts/olga").await.problem(403, "forbidden");
    admin.delete("accounts/olga/sessions").await.problem(403, "forbidden");
    admin.call(Method::POST, "accounts/olga/password-link", None).await.problem(403, "forbidden");
    // Nobody makes more of themselves.
    admin.patch("accounts/ada", json!({ "role": "reviewer" })).await.problem(409, "conflict");
    admin.delete("accounts/ada").await.problem(409, "conflict");
    admin.patch("accounts/ben", json!({ "role": "manager" })).await.expect(StatusCode::OK);
    // Nor takes the account of somebody who may do what they may not.
    admin.patch("accounts/ben", json!({ "role": "reviewer" })).await.expect(StatusCode::OK);
    admin.call(Method::POST, "accounts/ben/password-link", None).await.problem(403, "forbidden");
    let changes = audited(&site, "account-changed").await;
    assert_eq!(changes[0]["detail"]["before"], json!({ "role": "manager", "state": "active" }));
    assert_eq!(changes[0]["detail"]["after"], json!({ "role": "reviewer", "state": "active" }));
    assert_eq!(changes[0]["actor"], "operator:ada");
}

#[tokio::test]
async fn a_change_of_role_ends_sessions_and_counts_at_once() {
    let (site, owner) = site().await;
    let ben = colleague(&site, &owner, "ben", "manager").await;
    let article = json!({ "title": "Returns", "body": "Thirty days.", "format": "text" });
    ben.put("articles/returns", article.clone()).await.expect(StatusCode::OK);
    let changed = owner.patch("accounts/ben", json!({ "role": "analyst" })).await.expect(StatusCode::OK);
    assert_eq!((&changed["role"], &changed["sessions"]), (&json!("analyst"), &json!(0)));
    nobody(&ben.get("account").await);
    ben.post("sign-in", sign_in("ben@lamps.example", &password_of("ben"))).await.expect(StatusCode::OK);
    let problem = ben.put("articles/returns", article).await.problem(403, "forbidden");
    assert!(problem["detail"].as_str().unwrap().contains("`change_knowledge`"), "{problem}");
    assert!(problem["fix"].as_str().unwrap().contains("owner or admin or manager"), "{problem}");
    // Changed from what is no longer so, it stays.
    let stale = json!({ "role": "agent", "version": 1 });
    owner.patch("accounts/ben", stale).await.problem(409, "conflict");
    // The same again changes nothing, and ends nothing.
    owner.patch("accounts/ben", json!({ "role": "analyst" })).await.expect(StatusCode::OK);
    ben.get("account").await.expect(StatusCode::OK);
    drop(site);
}

/// Whether a stream ends.
async fn ends(stream: reqwest::Response) -> bool {
    let mut pieces = stream.bytes_stream();
    let end = async { while pieces.next().await.is_some_and(|piece| piece.is_ok()) {} };
    tokio::time::timeout(Duration::from_secs(60), end).await.is_ok()
}

#[tokio::test]
async fn the_streams_of_whoever_is_switched_off_end() {
    let (site, owner) = site().await;
    let ben = colleague(&site, &owner, "ben", "agent").await;
    let token = ben.post("account/tokens", json!({ "label": "till", "scopes": ["view", "work_tickets"] })).await;
    let token = token.expect(StatusCode::CREATED)["token"].as_str().unwrap().to_owned();
    ben.get("people/me").await.expect(StatusCode::OK);
    let mut streams = Vec::new();
    for path in ["desk/events", "changes"] {
        streams.push(ben.bare(Method::GET, path).send().await.unwrap());
        let url = format!("{}/api/v1/{path}", site.url);
        streams.push(site.http.get(url).bearer_auth(&token).send().await.unwrap());
    }
    assert!(streams.iter().all(|stream| stream.status() == 200));
    let other = owner.bare(Method::GET, "changes").send().await.unwrap();
    owner.patch("accounts/ben", json!({ "state": "disabled" })).await.expect(StatusCode::OK);
    for stream in streams {
        assert!(ends(stream).await, "a stream goes on");
    }
    nobody(&ben.get("account").await);
    nobody(&site.send(Method::GET, "/api/v1/skills", Some(&token), None).await);
    ben.post("sign-in", sign_in("ben@lamps.example", &password_of("ben"))).await.problem(401, "sign-in-refused");
    let team = owner.get("people").await.expect(StatusCode::OK);
    assert_eq!(
        (&team["people"][0]["operator"], &team["people"][0]["availability"]),
        (&json!(false), &json!("offline"))
    );
    // Others go on.
    let mut other = other.bytes_stream();
    assert!(other.next().await.is_some_and(|piece| piece.is_ok()));
    // Switched on again, what was ended stays ended.
    owner.patch("accounts/ben", json!({ "state": "active" })).await.expect(StatusCode::OK);
    nobody(&ben.get("account").await);
    ben.post("sign-in", sign_in("ben@lamps.example", &password_of("ben"))).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_removed_name_means_nobody_else() {
    let (site, owner) = site().await;
    let ben = colleague(&site, &owner, "ben", "agent").await;
    ben.get("people/me").await.expect(StatusCode::OK);
    owner.delete("accounts/ben").await.expect(StatusCode::NO_CONTENT);
    nobody(&ben.get("account").await);
    owner.delete("accounts/ben").await.problem(404, "not-found");
    assert_eq!(owner.get("people").await.expect(StatusCode::OK)["people"], json!([]));
    let invited = owner.post("invitations", json!({ "email": "other@lamps.example", "role": "agent" })).await;
    let token = secret_of(&invited.expect(StatusCode::CREATED));
    let taken = json!({ "token": token, "password": "a correct horse", "name": "ben" });
    Browser::of(&site).post("invitations/accept", taken).await.problem(409, "conflict");
}

#[tokio::test]
async fn whoever_has_the_machine_gets_a_locked_out_owner_in() {
    let (site, owner) = site().await;
    owner.call(Method::POST, "sign-out", None).await;
    let link =
        site.operate(Method::POST, "/api/v1/accounts/olga/password-link", None).await.expect(StatusCode::CREATED);
    let browser = Browser::of(&site);
    let body = json!({ "token": secret_of(&link), "password": "another horse battery" });
    let me = browser.post("invitations/accept", body.clone()).await.expect(StatusCode::OK);
    assert_eq!((&me["name"], &me["role"]), (&json!("olga"), &json!("owner")));
    browser.post("invitations/accept", body).await.problem(404, "not-found");
    browser.post("sign-in", sign_in("olga@lamps.example", PASSWORD)).await.problem(401, "sign-in-refused");
    // A link that nobody used in a day is worth nothing.
    let link =
        site.operate(Method::POST, "/api/v1/accounts/olga/password-link", None).await.expect(StatusCode::CREATED);
    site.clock.advance(jiff::SignedDuration::from_hours(24));
    let body = json!({ "token": secret_of(&link), "password": "yet another horse" });
    browser.post("invitations/accept", body).await.problem(404, "not-found");
}

#[tokio::test]
async fn operators_of_the_configuration_have_the_role_that_it_names() {
    let sections = "[[operators]]\nname = \"review\"\ntoken = \"file:review\"\nrole = \"reviewer\"\n\
                    [[operators]]\nname = \"other\"\ntoken = \"file:other\"\n";
    let (reviewer, other) = ("the token of the reviewer, long enough", "the token of another one, long enough");
    let site = Site::among(super::Settings { sections, ..Default::default() }, |folder| {
        std::fs::write(folder.join("review"), reviewer).unwrap();
        std::fs::write(folder.join("other"), other).unwrap();
    });
    let site = site.await;
    let get =
        async |token: &str, path: &str| site.send(Method::GET, &format!("/api/v1/{path}"), Some(token), None).await;
    assert_eq!(get(reviewer, "account").await.expect(StatusCode::OK)["role"], "reviewer");
    assert_eq!(get(other, "account").await.expect(StatusCode::OK)["role"], "owner");
    get(reviewer, "audit").await.expect(StatusCode::OK);
    get(reviewer, "accounts").await.problem(403, "forbidden");
    get(other, "accounts").await.expect(StatusCode::OK);
    // They have no account of their own to change.
    let change = json!({ "display_name": "Review" });
    site.send(Method::PATCH, "/api/v1/account", Some(reviewer), Some(change)).await.problem(403, "forbidden");
}

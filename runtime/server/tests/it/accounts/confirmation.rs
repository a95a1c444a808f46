//! The password again, before what can't be taken back.

use super::{PASSWORD, audited, colleague, nobody, site};
use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn what_gives_rights_away_wants_the_password_again() {
    let (site, owner) = site().await;
    colleague(&site, &owner, "ben", "agent").await;
    site.clock.advance(SignedDuration::from_mins(9));
    owner.patch("accounts/ben", json!({ "role": "manager" })).await.expect(StatusCode::OK);
    site.clock.advance(SignedDuration::from_mins(2));
    let wanted = [
        (Method::PATCH, "accounts/ben", Some(json!({ "role": "agent" }))),
        (Method::DELETE, "accounts/ben", None),
        (Method::POST, "accounts/ben/password-link", None),
        (Method::POST, "invitations", Some(json!({ "email": "cleo@lamps.example", "role": "agent" }))),
        (Method::POST, "account/tokens", Some(json!({ "label": "till", "scopes": ["view"] }))),
        (Method::POST, "account/totp", None),
        (Method::POST, "releases/abcdef/approve", Some(json!({ "reason": "good" }))),
        (Method::DELETE, "subjects/abcdef", None),
    ];
    for (method, path, body) in &wanted {
        let refused = owner.call(method.clone(), path, body.clone()).await;
        refused.problem(403, "confirmation-needed");
    }
    // What doesn't, doesn't.
    owner.get("accounts").await.expect(StatusCode::OK);
    owner.patch("account", json!({ "time_zone": "Europe/Berlin" })).await.expect(StatusCode::OK);

    let before = owner.copy();
    owner.post("confirm", json!({ "password": "wrong" })).await.problem(422, "invalid");
    owner.delete("accounts/ben").await.problem(403, "confirmation-needed");
    let me = owner.post("confirm", json!({ "password": PASSWORD })).await.expect(StatusCode::OK);
    assert!(me["confirmed_until"].as_str().unwrap() > site.clock.now().to_string().as_str());
    nobody(&before.get("account").await);
    owner.delete("accounts/ben").await.expect(StatusCode::NO_CONTENT);
    site.clock.advance(SignedDuration::from_mins(11));
    owner
        .post("account/tokens", json!({ "label": "till", "scopes": ["view"] }))
        .await
        .problem(403, "confirmation-needed");
    assert_eq!(audited(&site, "sign-in-failed").await[0]["detail"]["why"], "confirmation");
    // The session lasts no longer for being confirmed.
    for _ in 0..27 {
        site.clock.advance(SignedDuration::from_mins(26));
        owner.call(Method::POST, "confirm", Some(json!({ "password": PASSWORD }))).await;
    }
    nobody(&owner.get("account").await);
}

#[tokio::test]
async fn a_machine_that_was_left_open_gives_no_second_try_at_the_password() {
    let (_site, owner) = site().await;
    for _ in 0..30 {
        if owner.post("confirm", json!({ "password": "wrong" })).await.status == 429 {
            return;
        }
    }
    panic!("guessing goes on");
}

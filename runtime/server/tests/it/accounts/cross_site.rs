//! That no page of another site acts with somebody's session.

use super::browser::Browser;
use super::{PASSWORD, first_owner, sign_in, site};
use crate::support::Reply;
use reqwest::header::{CONTENT_TYPE, HOST};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::json;

async fn sent(request: RequestBuilder) -> Reply {
    Reply::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_change_must_come_from_a_page_of_ours() {
    let (site, owner) = site().await;
    let change = || owner.bare(Method::PATCH, "account").json(&json!({ "display_name": "Changed" }));
    for site in ["cross-site", "same-site", "none", "nonsense"] {
        sent(change().header("sec-fetch-site", site)).await.problem(403, "forbidden");
    }
    sent(change()).await.problem(403, "forbidden");
    sent(change().header("origin", "https://evil.example")).await.problem(403, "forbidden");
    sent(change().header("origin", "null")).await.problem(403, "forbidden");
    let both = change().header("sec-fetch-site", "cross-site").header("origin", &site.url);
    sent(both).await.problem(403, "forbidden");
    let there = |name: &str| format!("http://{name}:{}", site.url.rsplit(':').next().unwrap());
    sent(change().header("origin", there("evil.localhost.example"))).await.problem(403, "forbidden");
    assert_eq!(owner.get("account").await.expect(StatusCode::OK)["display_name"], "Olga");
    sent(change().header("origin", &site.url)).await.expect(StatusCode::OK);
    let localhost = there("localhost");
    let host = localhost.trim_start_matches("http://").to_owned();
    sent(change().header("origin", &localhost).header(HOST, host)).await.expect(StatusCode::OK);
    // Other sites read nothing either, and learn nothing of who is signed in here. Whoever types an address may.
    sent(owner.bare(Method::GET, "account").header("sec-fetch-site", "cross-site")).await.problem(403, "forbidden");
    sent(owner.bare(Method::GET, "account").header("sec-fetch-site", "none")).await.expect(StatusCode::OK);
    let page = format!("{}/console", site.url);
    let from_a_mail = site.http.get(page).header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(from_a_mail.status(), 200, "pages are found by links");
}

#[tokio::test]
async fn what_a_form_can_send_changes_nothing() {
    let (_site, owner) = site().await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let body = json!({ "display_name": "Changed" }).to_string();
        let request = owner.bare(Method::PATCH, "account").header("sec-fetch-site", "same-origin");
        sent(request.header(CONTENT_TYPE, kind).body(body)).await.problem(415, "unsupported-media-type");
        // Nor where the handler reads no body.
        let request = owner.bare(Method::DELETE, "account/sessions/others").header("sec-fetch-site", "same-origin");
        sent(request.header(CONTENT_TYPE, kind).body("x")).await.problem(415, "unsupported-media-type");
    }
    // Components are bytes, and say so.
    let upload = |kind: &str| {
        let request = owner.bare(Method::POST, "releases").header("sec-fetch-site", "same-origin");
        request.header(CONTENT_TYPE, kind).body("no component")
    };
    sent(upload("application/wasm")).await.problem(422, "invalid");
    sent(upload("multipart/form-data; boundary=x")).await.problem(415, "unsupported-media-type");
}

#[tokio::test]
async fn no_other_site_signs_anybody_in_or_out() {
    let (site, owner) = site().await;
    let stranger = Browser::of(&site);
    for (path, body) in [
        ("sign-in", sign_in("olga@lamps.example", PASSWORD)),
        ("sign-out", json!({})),
        ("invitations/accept", json!({ "token": "x", "password": "x" })),
    ] {
        let request = || stranger.bare(Method::POST, path).json(&body);
        let refused = sent(request().header("sec-fetch-site", "cross-site")).await;
        refused.problem(403, "forbidden");
        assert!(refused.headers.get("set-cookie").is_none());
        sent(request().header("origin", "https://evil.example")).await.problem(403, "forbidden");
    }
    // A program that is no browser says nothing, and has no session of anybody's.
    sent(stranger.bare(Method::POST, "sign-in").json(&sign_in("olga@lamps.example", PASSWORD)))
        .await
        .expect(StatusCode::OK);
    owner.get("account").await.expect(StatusCode::OK);

    let fresh = crate::support::Site::start().await;
    let body = first_owner(&fresh);
    let request = Browser::of(&fresh).bare(Method::POST, "setup").json(&body);
    sent(request.header("sec-fetch-site", "cross-site")).await.problem(403, "forbidden");
}

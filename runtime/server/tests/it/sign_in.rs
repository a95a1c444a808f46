//! Signing in over HTTP: by the shop's token and by a one-time code.

use crate::support::mail::{Mailbox, code};
use crate::support::token::sign;
use crate::support::{Reply, Settings, Site};
use reqwest::{Method, StatusCode};
use serde_json::json;

async fn identify(site: &Site, token: &str, jwt: &str) -> Reply {
    site.send(Method::POST, "/api/v1/session/identity", Some(token), Some(json!({ "token": jwt }))).await
}

async fn assurance(site: &Site, token: &str) -> String {
    let session = site.send(Method::GET, "/api/v1/session", Some(token), None).await.expect(StatusCode::OK);
    session["assurance"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_shops_token_signs_in_once() {
    let site = Site::start().await;
    let (first, second) = (site.session().await, site.session().await);
    assert_eq!(assurance(&site, &first).await, "anonymous");
    let jwt =
        sign("7001", json!({ "jti": "j1", "given_name": "Ana", "email": "ana@example.net", "email_verified": true }));
    let session = identify(&site, &first, &jwt).await.expect(StatusCode::OK);
    assert_eq!(session["assurance"], "authenticated");
    assert_eq!((&session["first_name"], &session["email"]), (&json!("Ana"), &json!("ana@example.net")));
    assert_eq!(assurance(&site, &first).await, "authenticated");

    identify(&site, &second, &jwt).await.problem(401, "token-refused");
    assert_eq!(assurance(&site, &second).await, "anonymous", "a token that was used signs nobody in");
    // The page of a signed-in customer may hand its token over again.
    identify(&site, &first, &jwt).await.expect(StatusCode::OK);
    identify(&site, &first, &sign("7001", json!({ "jti": "j2" }))).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn bad_tokens_sign_nobody_in_and_say_nothing() {
    let site = Site::start().await;
    let token = site.session().await;
    let now = jsonwebtoken::get_current_timestamp();
    let tokens = [
        String::new(),
        "..".into(),
        "a.b.c".into(),
        "x".repeat(5000),
        sign("7001", json!({ "aud": "other" })),
        sign("7001", json!({ "iss": "https://evil.example" })),
        sign("7001", json!({ "exp": now - 300, "iat": now - 600 })),
        sign("7001", json!({ "exp": now + 86_400 })),
        sign("", json!({})),
    ];
    let mut answers = Vec::new();
    for jwt in tokens {
        let reply = identify(&site, &token, &jwt).await;
        reply.problem(401, "token-refused");
        answers.push(reply.text);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "what was wrong is for the log: {answers:?}");
    assert_eq!(assurance(&site, &token).await, "anonymous");

    // A site without identity keys takes no token, and one site's token is none for another.
    let other = site.send(Method::POST, "/api/v1/sessions", None, Some(json!({ "site": "other" }))).await;
    let other = other.expect(StatusCode::CREATED)["token"].as_str().unwrap().to_owned();
    identify(&site, &other, &sign("7001", json!({}))).await.problem(401, "token-refused");
}

#[tokio::test]
async fn a_session_is_never_two_customers() {
    let site = Site::start().await;
    let visitor = site.visitor().await;
    identify(&site, &visitor.token, &sign("7001", json!({}))).await.expect(StatusCode::OK);
    visitor.say("hello").await;
    visitor.until(2).await;
    let ben = sign("7002", json!({ "jti": "ben" }));
    identify(&site, &visitor.token, &ben).await.problem(401, "unauthorized");
    visitor.call(Method::GET, &visitor.path("messages"), None).await.problem(401, "unauthorized");
    // The token wasn't used up: it signs in where it belongs.
    let fresh = site.session().await;
    identify(&site, &fresh, &ben).await.expect(StatusCode::OK);
    let mine = site.send(Method::GET, "/api/v1/conversations", Some(&fresh), None).await.expect(StatusCode::OK);
    assert_eq!(mine["conversations"], json!([]));
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let site = Site::start().await;
    let token = site.session().await;
    identify(&site, &token, &sign("7001", json!({}))).await.expect(StatusCode::OK);
    site.send(Method::DELETE, "/api/v1/session/identity", Some(&token), None).await.expect(StatusCode::NO_CONTENT);
    site.send(Method::GET, "/api/v1/session", Some(&token), None).await.problem(401, "unauthorized");
}

async fn with_mail(limits: &str) -> (Site, Mailbox) {
    let mailbox = Mailbox::start().await;
    let folder = std::env::temp_dir();
    let token = folder.join(format!("usher-test-mail-token-{}", uuid::Uuid::new_v4()));
    let sections = format!("{}{limits}", mailbox.section(&token));
    let site = Site::with(Settings { sections: &sections, ..Settings::default() }).await;
    std::fs::remove_file(token).unwrap();
    (site, mailbox)
}

async fn ask_code(site: &Site, token: &str, email: &str) -> Reply {
    site.send(Method::POST, "/api/v1/session/code", Some(token), Some(json!({ "email": email }))).await
}

async fn type_code(site: &Site, token: &str, code: &str) -> Reply {
    site.send(Method::POST, "/api/v1/session/code/verify", Some(token), Some(json!({ "code": code }))).await
}

#[tokio::test]
async fn a_code_signs_in_who_can_read_the_mail() {
    let (site, mailbox) = with_mail("").await;
    let (ana, other) = (site.session().await, site.session().await);
    let asked = ask_code(&site, &ana, " Ana@Example.net ").await;
    asked.expect(StatusCode::ACCEPTED);
    assert_eq!(asked.text, "");
    let mails = mailbox.until(1).await;
    let (token, mail) = &mails[0];
    assert_eq!(token, "mail-secret");
    assert_eq!((&mail["To"], &mail["From"]), (&json!("ana@example.net"), &json!("\"Lamps\" <help@shop.example.com>")));
    let digits = code(mail);
    assert!(!mail["Subject"].as_str().unwrap().contains(&digits), "subjects are shown on locked screens");

    type_code(&site, &other, &digits).await.problem(401, "wrong-code");
    let spaced = format!(" {}-{} ", &digits[..3], &digits[3..]);
    let session = type_code(&site, &ana, &spaced).await.expect(StatusCode::OK);
    assert_eq!((&session["assurance"], &session["email"]), (&json!("authenticated"), &json!("ana@example.net")));
    type_code(&site, &ana, &digits).await.problem(401, "wrong-code");
}

#[tokio::test]
async fn codes_cannot_be_guessed() {
    let (site, mailbox) = with_mail("").await;
    let token = site.session().await;
    ask_code(&site, &token, "ana@example.net").await.expect(StatusCode::ACCEPTED);
    let right = code(&mailbox.until(1).await[0].1);
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let mut wrong_answers = 0;
    loop {
        let reply = type_code(&site, &token, wrong).await;
        if reply.status == 429 {
            reply.problem(429, "too-many-attempts");
            break;
        }
        reply.problem(401, "wrong-code");
        wrong_answers += 1;
        assert!(wrong_answers <= 10, "tries don't end");
    }
    assert!((3..=5).contains(&wrong_answers), "{wrong_answers}");
    assert!(!type_code(&site, &token, &right).await.status.is_success(), "the code is dead");
    for nonsense in ["", "12345", "1234567", "abcdef", "１２３４５６", "12345\u{0}"] {
        type_code(&site, &token, nonsense).await.problem(401, "wrong-code");
    }
    // Only the latest code counts.
    ask_code(&site, &token, "ana@example.net").await.expect(StatusCode::ACCEPTED);
    let second = code(&mailbox.until(2).await[1].1);
    type_code(&site, &token, &second).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn codes_are_not_sent_without_end() {
    let (site, mailbox) =
        with_mail("[limits]\ncodes-per-hour = 2\nrequests-per-second = 1000\nrequest-burst = 1000\n").await;
    let token = site.session().await;
    for bad in
        ["", "ana", "ana@", "@example.net", "a b@example.net", "ana@example.net\r\nBcc: x@y.example", "ana@localhost"]
    {
        ask_code(&site, &token, bad).await.problem(422, "invalid");
    }
    for _ in 0..2 {
        ask_code(&site, &token, "ana@example.net").await.expect(StatusCode::ACCEPTED);
    }
    ask_code(&site, &token, "ben@example.net").await.problem(429, "too-many-requests");
    let another = site.session().await;
    ask_code(&site, &another, "ANA@example.net").await.problem(429, "too-many-requests");
    ask_code(&site, &another, "carla@example.net").await.expect(StatusCode::ACCEPTED);
    mailbox.until(3).await;
}

/// Codes that are asked for in a conversation go to the same address.
#[tokio::test]
async fn what_the_agent_sends_counts_too() {
    let (site, mailbox) = with_mail("[limits]\ncodes-per-hour = 2\n").await;
    let now = || (site.agent().config().clock)();
    assert_eq!(site.agent().may_send_code("Ana@example.net", now()), Ok(()));
    let token = site.session().await;
    ask_code(&site, &token, "ana@example.net").await.expect(StatusCode::ACCEPTED);
    let refused = ask_code(&site, &site.session().await, "ana@example.net").await;
    let problem = refused.problem(429, "too-many-requests");
    assert_eq!(problem["fix"], "wait as long as `Retry-After` says");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((3500..=3600).contains(&wait), "{wait}");
    assert!(site.agent().may_send_code("ana@example.net", now()).is_err());
    mailbox.until(1).await;
}

#[tokio::test]
async fn without_mail_there_are_no_codes() {
    let site = Site::start().await;
    let token = site.session().await;
    ask_code(&site, &token, "ana@example.net").await.problem(503, "unavailable");
}

#[tokio::test]
async fn mail_is_tried_again_when_it_may_help_and_not_when_it_cannot() {
    let (site, mailbox) = with_mail("").await;
    let token = site.session().await;
    mailbox.fail_with(&[500]);
    ask_code(&site, &token, "ana@example.net").await.expect(StatusCode::ACCEPTED);
    let mails = mailbox.until(2).await;
    assert_eq!(mails[0].1["Metadata"], mails[1].1["Metadata"], "a repeat carries the same id");
    assert_eq!(code(&mails[0].1), code(&mails[1].1));
    type_code(&site, &token, &code(&mails[1].1)).await.expect(StatusCode::OK);

    mailbox.fail_with(&[422]);
    let another = site.session().await;
    ask_code(&site, &another, "ben@example.net").await.expect(StatusCode::ACCEPTED);
    mailbox.until(3).await;
    ask_code(&site, &another, "carla@example.net").await.expect(StatusCode::ACCEPTED);
    let mails = mailbox.until(4).await;
    assert_eq!(mails[3].1["To"], "carla@example.net", "what was refused for good isn't sent again");
    let metrics = site.send(Method::GET, "/metrics", None, None).await.text;
    for line in ["usher_deliveries_total{result=\"retried\"} 1", "usher_deliveries_total{result=\"given_up\"} 1"] {
        assert!(metrics.contains(line), "{line} is missing in\n{metrics}");
    }
}

//! Signing in, what a session is, and how it ends.

use super::browser::Browser;
use super::{PASSWORD, audited, colleague, nobody, password_of, sign_in, site, site_with};
use crate::support::{Settings, Site};
use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn whoever_has_no_account_learns_nothing() {
    let (site, owner) = site().await;
    let ben = colleague(&site, &owner, "ben", "agent").await;
    owner.patch("accounts/ben", json!({ "state": "disabled" })).await.expect(StatusCode::OK);
    nobody(&ben.get("account").await);
    let stranger = Browser::of(&site);
    let mut answers = Vec::new();
    for (email, password) in [
        ("olga@lamps.example", "correct horse for nobody"),
        ("nobody@lamps.example", PASSWORD),
        ("ben@lamps.example", password_of("ben").as_str()),
        ("not an address", PASSWORD),
        ("", ""),
    ] {
        let refused = stranger.post("sign-in", sign_in(email, password)).await;
        refused.problem(401, "sign-in-refused");
        assert!(refused.headers.get("set-cookie").is_none());
        answers.push(refused.text);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "the answers differ: {answers:#?}");
    let failed = audited(&site, "sign-in-failed").await;
    let told: Vec<_> =
        failed.iter().map(|line| (line["object"].as_str().unwrap(), line["detail"]["why"].clone())).collect();
    let expected = [
        ("unknown", "address"),
        ("unknown", "address"),
        ("ben", "disabled"),
        ("unknown", "address"),
        ("olga", "password"),
    ];
    assert_eq!(told, expected.map(|(who, why)| (who, json!(why))));
    let everything = site.operate(Method::GET, "/api/v1/audit", None).await.text;
    assert!(!everything.contains("nobody@") && !everything.contains("127.0.0.1"), "nothing personal is kept for good");
}

#[tokio::test]
async fn a_cookie_is_for_this_host_and_no_script() {
    let (site, owner) = site().await;
    let reply = owner.post("sign-in", sign_in("OLGA@lamps.example ", PASSWORD)).await;
    reply.expect(StatusCode::OK);
    let cookie = reply.header("set-cookie");
    let (name, rest) = cookie.split_once('=').unwrap();
    let (value, attributes) = rest.split_once("; ").unwrap();
    assert_eq!(name, "usher-session", "over http on the machine itself");
    assert_eq!(attributes, "Path=/; HttpOnly; SameSite=Lax; Max-Age=43200");
    assert!(value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let database = std::fs::read(site.folder.path().join("data/usher.db")).unwrap();
    let log = std::fs::read(site.folder.path().join("data/usher.db-wal")).unwrap_or_default();
    for kept in [database, log] {
        let found = |secret: &str| kept.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found(value) && !found(PASSWORD), "it is kept as it is");
    }

    let settings = Settings { top: "public-url = \"https://help.lamps.example\"\n", ..Settings::default() };
    let (_site, owner) = site_with(settings).await;
    let reply = owner.post("sign-in", sign_in("olga@lamps.example", PASSWORD)).await;
    let cookie = reply.header("set-cookie");
    assert!(cookie.starts_with("__Host-usher="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Max-Age=43200; Secure"), "{cookie}");
    assert_eq!(owner.get("account").await.expect(StatusCode::OK)["name"], "olga");
}

#[tokio::test]
async fn signing_in_gives_a_new_session_and_ends_the_one_before() {
    let (site, owner) = site().await;
    // A cookie that somebody else chose is never taken over.
    let chosen = "0".repeat(64);
    let fixed = Browser::with_cookie(&site, "usher-session", &chosen);
    nobody(&fixed.get("account").await);
    fixed.post("sign-in", sign_in("olga@lamps.example", PASSWORD)).await.expect(StatusCode::OK);
    assert_ne!(fixed.cookie().unwrap(), chosen);
    nobody(&Browser::with_cookie(&site, "usher-session", &chosen).get("account").await);
    // Nor is one that was good stays good.
    let before = owner.copy();
    owner.post("sign-in", sign_in("olga@lamps.example", PASSWORD)).await.expect(StatusCode::OK);
    assert_ne!(owner.cookie(), before.cookie());
    nobody(&before.get("account").await);
    // Two cookies of the name are none.
    let two = format!("usher-session={}; usher-session={}", owner.cookie().unwrap(), owner.cookie().unwrap());
    let sent = site.http.get(format!("{}/api/v1/account", site.url)).header("cookie", two).send().await.unwrap();
    assert_eq!(sent.status(), 401);
    // A wrong token isn't helped by a right cookie.
    let sent = owner.bare(Method::GET, "account").bearer_auth("wrong").send().await.unwrap();
    assert_eq!(sent.status(), 401);
}

#[tokio::test]
async fn a_session_ends_when_nobody_uses_it_and_after_twelve_hours() {
    let (site, owner) = site().await;
    let minutes = |count| site.clock.advance(SignedDuration::from_mins(count));
    minutes(29);
    owner.get("account").await.expect(StatusCode::OK);
    minutes(29);
    owner.get("account").await.expect(StatusCode::OK);
    minutes(31);
    nobody(&owner.get("account").await);

    owner.post("sign-in", sign_in("olga@lamps.example", PASSWORD)).await.expect(StatusCode::OK);
    for _ in 0..28 {
        minutes(25);
        owner.get("account").await.expect(StatusCode::OK);
    }
    minutes(25);
    nobody(&owner.get("account").await);

    // A page that reads by itself isn't somebody who sits there.
    owner.post("sign-in", sign_in("olga@lamps.example", PASSWORD)).await.expect(StatusCode::OK);
    for _ in 0..2 {
        minutes(14);
        let sent = owner.bare(Method::GET, "account").header("usher-unattended", "1").send().await.unwrap();
        assert_eq!(sent.status(), 200);
    }
    minutes(14);
    nobody(&owner.get("account").await);
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let (site, owner) = site().await;
    let copy = owner.copy();
    let reply = owner.call(Method::POST, "sign-out", None).await;
    reply.expect(StatusCode::NO_CONTENT);
    assert!(reply.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(owner.cookie(), None);
    nobody(&copy.get("account").await);
    owner.call(Method::POST, "sign-out", None).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(audited(&site, "signed-out").await.len(), 1);
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one() {
    let (site, owner) = site().await;
    let second = Browser::of(&site);
    second.post("sign-in", sign_in("olga@lamps.example", PASSWORD)).await.expect(StatusCode::OK);
    let listed = owner.get("account/sessions").await.expect(StatusCode::OK);
    let sessions = listed["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions.iter().filter(|session| session["current"] == true).count(), 1);
    assert!(sessions.iter().all(|session| session["address"] == "127.0.0.1"));
    assert!(!listed.to_string().contains(&owner.cookie().unwrap()));
    let other = sessions.iter().find(|session| session["current"] == false).unwrap()["id"].as_str().unwrap();
    owner.delete(&format!("account/sessions/{other}")).await.expect(StatusCode::NO_CONTENT);
    nobody(&second.get("account").await);
    owner.delete(&format!("account/sessions/{other}")).await.problem(404, "not-found");
    second.post("sign-in", sign_in("olga@lamps.example", PASSWORD)).await.expect(StatusCode::OK);
    second.delete("account/sessions/others").await.expect(StatusCode::NO_CONTENT);
    nobody(&owner.get("account").await);
    second.get("account").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_hurts_nobody_who_knows() {
    let (site, owner) = site().await;
    colleague(&site, &owner, "ben", "agent").await;
    let guesser = Browser::of(&site);
    let mut tries = 0;
    loop {
        let reply = guesser.post("sign-in", sign_in("ben@lamps.example", &format!("correct horse {tries}"))).await;
        if reply.status == StatusCode::TOO_MANY_REQUESTS {
            reply.problem(429, "too-many-requests");
            assert!(reply.header("retry-after").parse::<u32>().unwrap() > 0);
            break;
        }
        tries += 1;
        assert!(tries < 30, "guessing goes on");
    }
    assert!(tries >= 10, "ten tries at one account from one address");
    guesser.post("sign-in", sign_in("ben@lamps.example", &password_of("ben"))).await.problem(429, "too-many-requests");
    // Others from the same address come in, as often as they like.
    for _ in 0..12 {
        owner.post("sign-in", sign_in("olga@lamps.example", PASSWORD)).await.expect(StatusCode::OK);
    }
}

#[tokio::test]
async fn another_password_ends_the_other_sessions() {
    let (site, owner) = site().await;
    let second = Browser::of(&site);
    second.post("sign-in", sign_in("olga@lamps.example", PASSWORD)).await.expect(StatusCode::OK);
    let before = owner.copy();
    let change = |current: &str, new: &str| json!({ "current": current, "new": new });
    owner.put("account/password", change("wrong", "another horse battery")).await.problem(422, "invalid");
    owner.put("account/password", change(PASSWORD, "too short")).await.problem(422, "invalid");
    owner.put("account/password", change(PASSWORD, "another horse battery")).await.expect(StatusCode::OK);
    owner.get("account").await.expect(StatusCode::OK);
    nobody(&before.get("account").await);
    nobody(&second.get("account").await);
    second.post("sign-in", sign_in("olga@lamps.example", PASSWORD)).await.problem(401, "sign-in-refused");
    second.post("sign-in", sign_in("olga@lamps.example", "another horse battery")).await.expect(StatusCode::OK);
    assert_eq!(audited(&site, "password-changed").await.len(), 1);
}

#[tokio::test]
async fn sessions_outlive_a_restart_and_passwords_need_their_key() {
    let mut site = Site::start().await;
    let owner = Browser::of(&site);
    owner.post("setup", super::first_owner(&site)).await.expect(StatusCode::OK);
    let cookie = owner.cookie().unwrap();
    site.restart().await;
    let again = Browser::with_cookie(&site, "usher-session", &cookie);
    again.get("account").await.expect(StatusCode::OK);
    std::fs::write(site.folder.path().join("data/password-key"), "0".repeat(64)).unwrap();
    site.restart().await;
    let again = Browser::of(&site);
    again.post("sign-in", sign_in("olga@lamps.example", PASSWORD)).await.problem(401, "sign-in-refused");
}

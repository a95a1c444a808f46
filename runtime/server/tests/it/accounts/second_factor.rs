//! Time-based codes, and codes for a lost device.

use super::browser::Browser;
use super::{PASSWORD, audited, nobody, secret_of, sign_in, site};
use crate::support::Site;
use hmac::{Hmac, KeyInit, Mac};
use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha1::Sha1;

/// What an authenticator shows: RFC 6238, written a second time, after the standard.
fn shown(secret: &str, at: jiff::Timestamp) -> String {
    let mut bits = String::new();
    for letter in secret.bytes() {
        let value = if letter.is_ascii_uppercase() { letter - b'A' } else { letter - b'2' + 26 };
        bits.push_str(&format!("{value:05b}"));
    }
    let key: Vec<u8> = (0..bits.len() / 8).map(|n| u8::from_str_radix(&bits[n * 8..n * 8 + 8], 2).unwrap()).collect();
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).unwrap();
    mac.update(&(u64::try_from(at.as_second()).unwrap() / 30).to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes(hash[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

fn with_code(code: &str) -> Value {
    let mut body = sign_in("olga@lamps.example", PASSWORD);
    body["code"] = json!(code);
    body
}

/// The owner's secret and codes for a lost device, switched on.
async fn switched_on(site: &Site, owner: &Browser) -> (String, Vec<String>) {
    let offer = owner.call(Method::POST, "account/totp", None).await.expect(StatusCode::OK);
    let secret = offer["secret"].as_str().unwrap().to_owned();
    assert!(offer["address"].as_str().unwrap().contains(&format!("secret={secret}&issuer=Lamps")));
    assert!(offer["picture"].as_str().unwrap().starts_with("data:image/svg+xml;base64,"));
    let first = json!({ "offer": offer["offer"], "code": shown(&secret, site.clock.now()) });
    let on = owner.post("account/totp/confirm", first).await.expect(StatusCode::OK);
    assert_eq!((&on["second_factor"], &on["recovery_codes_left"]), (&json!(true), &json!(10)));
    let codes = on["recovery_codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned());
    (secret, codes.collect())
}

#[tokio::test]
async fn a_code_is_asked_for_and_taken_once() {
    let (site, owner) = site().await;
    let elsewhere = Browser::of(&site);
    elsewhere.post("sign-in", sign_in("olga@lamps.example", PASSWORD)).await.expect(StatusCode::OK);
    let before = owner.copy();
    let (secret, _) = switched_on(&site, &owner).await;
    nobody(&before.get("account").await);
    nobody(&elsewhere.get("account").await);
    owner.get("account").await.expect(StatusCode::OK);

    let step = || site.clock.advance(SignedDuration::from_secs(30));
    step();
    let browser = Browser::of(&site);
    browser.post("sign-in", sign_in("olga@lamps.example", PASSWORD)).await.problem(401, "code-needed");
    browser.post("sign-in", sign_in("olga@lamps.example", "wrong horse")).await.problem(401, "sign-in-refused");
    browser.post("sign-in", with_code("000000x")).await.problem(401, "wrong-code");
    let code = shown(&secret, site.clock.now());
    browser.post("sign-in", with_code(&code)).await.expect(StatusCode::OK);
    browser.post("sign-in", with_code(&code)).await.problem(401, "wrong-code");
    step();
    browser.post("sign-in", with_code(&code)).await.problem(401, "wrong-code");
    let next = shown(&secret, site.clock.now());
    browser.post("sign-in", with_code(&format!("{} {}", &next[..3], &next[3..]))).await.expect(StatusCode::OK);
    let old = shown(&secret, site.clock.now() - SignedDuration::from_secs(120));
    browser.post("sign-in", with_code(&old)).await.problem(401, "wrong-code");
    assert_eq!(audited(&site, "signed-in").await[0]["detail"]["by"], "password and code");

    // Sent many times at once, it is taken once.
    step();
    let code = shown(&secret, site.clock.now());
    let browsers: Vec<_> = (0..4).map(|_| Browser::of(&site)).collect();
    let sent = browsers.iter().map(|browser| browser.post("sign-in", with_code(&code)));
    let answers = futures_util::future::join_all(sent).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == StatusCode::OK).count(), 1);
}

#[tokio::test]
async fn each_code_for_a_lost_device_works_once() {
    let (site, owner) = site().await;
    let (_, codes) = switched_on(&site, &owner).await;
    let browser = Browser::of(&site);
    let me = browser.post("sign-in", with_code(&codes[3].to_uppercase())).await.expect(StatusCode::OK);
    assert_eq!(me["recovery_codes_left"], 9);
    browser.post("sign-in", with_code(&codes[3])).await.problem(401, "wrong-code");
    browser.post("sign-in", with_code(&codes[4])).await.expect(StatusCode::OK);
    browser.delete("account/totp").await.expect(StatusCode::OK);
    browser.delete("account/totp").await.problem(404, "not-found");
    browser.post("sign-in", sign_in("olga@lamps.example", PASSWORD)).await.expect(StatusCode::OK);
    let changes: Vec<_> = audited(&site, "second-factor-changed")
        .await
        .iter()
        .map(|line| line["detail"]["second_factor"].clone())
        .collect();
    assert_eq!(changes, ["off", "on"]);
}

#[tokio::test]
async fn an_offer_is_for_its_account_and_for_a_while() {
    let (site, owner) = site().await;
    let ben = super::colleague(&site, &owner, "ben", "agent").await;
    let offer = owner.call(Method::POST, "account/totp", None).await.expect(StatusCode::OK);
    let secret = offer["secret"].as_str().unwrap().to_owned();
    let first = || json!({ "offer": offer["offer"], "code": shown(&secret, site.clock.now()) });
    ben.post("account/totp/confirm", first()).await.problem(422, "invalid");
    let wrong = json!({ "offer": offer["offer"], "code": "12345" });
    owner.post("account/totp/confirm", wrong).await.problem(422, "invalid");
    site.clock.advance(SignedDuration::from_mins(16));
    owner.post("confirm", json!({ "password": PASSWORD })).await.expect(StatusCode::OK);
    owner.post("account/totp/confirm", first()).await.problem(422, "invalid");
    assert_eq!(owner.get("account").await.expect(StatusCode::OK)["second_factor"], false);
    switched_on(&site, &owner).await;
    owner.call(Method::POST, "account/totp", None).await.problem(409, "conflict");
    let database = std::fs::read(site.folder.path().join("data/usher.db")).unwrap();
    assert!(!database.windows(secret.len()).any(|window| window == secret.as_bytes()));
}

#[tokio::test]
async fn a_link_for_a_new_password_replaces_the_password_and_not_the_device() {
    let (site, owner) = site().await;
    let (secret, _) = switched_on(&site, &owner).await;
    let link =
        site.operate(Method::POST, "/api/v1/accounts/olga/password-link", None).await.expect(StatusCode::CREATED);
    let token = secret_of(&link);
    let browser = Browser::of(&site);
    let look = browser.post("invitations/look", json!({ "token": token })).await.expect(StatusCode::OK);
    assert_eq!((&look["account"], &look["code_needed"]), (&json!("olga"), &json!(true)));
    let mut body = json!({ "token": token, "password": "another horse battery" });
    browser.post("invitations/accept", body.clone()).await.problem(401, "code-needed");
    body["code"] = json!("0000");
    browser.post("invitations/accept", body.clone()).await.problem(401, "wrong-code");
    site.clock.advance(SignedDuration::from_secs(30));
    body["code"] = json!(shown(&secret, site.clock.now()));
    browser.post("invitations/accept", body).await.expect(StatusCode::OK);
    nobody(&owner.get("account").await);

    // For somebody who has lost all of it, an owner says so.
    let path = "/api/v1/accounts/olga/password-link?without_second_factor=true";
    let link = site.operate(Method::POST, path, None).await.expect(StatusCode::CREATED);
    let body = json!({ "token": secret_of(&link), "password": "yet another horse" });
    let me = browser.post("invitations/accept", body).await.expect(StatusCode::OK);
    assert_eq!(me["second_factor"], false);
    assert_eq!(audited(&site, "invitation-sent").await[0]["detail"]["without_second_factor"], true);
}

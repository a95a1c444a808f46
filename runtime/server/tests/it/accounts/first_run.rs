//! From an empty folder to the owner's account.

use super::browser::Browser;
use super::{audited, first_owner, site};
use crate::support::Site;
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn the_first_account_is_the_owners_and_is_made_once() {
    use std::os::unix::fs::MetadataExt;
    let mut site = Site::start().await;
    let file = site.folder.path().join("data/setup-token");
    assert_eq!(std::fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
    let stranger = Browser::of(&site);
    let setup = stranger.get("setup").await.expect(StatusCode::OK);
    assert_eq!((&setup["owner_needed"], &setup["shop"]), (&json!(true), &json!("Lamps")));
    assert!(setup.get("steps").is_none(), "how far the shop is is for operators: {setup}");
    // The token is the same until it is used.
    let owner = first_owner(&site);
    site.restart().await;
    let (stranger, browser) = (Browser::of(&site), Browser::of(&site));
    for wrong in ["", "0", &"0".repeat(64)] {
        let mut body = owner.clone();
        body["token"] = json!(wrong);
        let refused = browser.post("setup", body).await;
        refused.problem(403, "forbidden");
        assert!(refused.headers.get("set-cookie").is_none());
    }
    let me = browser.post("setup", owner.clone()).await.expect(StatusCode::OK);
    assert_eq!(
        (&me["name"], &me["email"], &me["role"]),
        (&json!("olga"), &json!("olga@lamps.example"), &json!("owner"))
    );
    assert_eq!(browser.get("account").await.expect(StatusCode::OK)["name"], "olga");
    assert!(!file.exists(), "the token is used up");
    stranger.post("setup", owner.clone()).await.problem(409, "conflict");
    assert_eq!(stranger.get("setup").await.expect(StatusCode::OK)["owner_needed"], false);
    // Not even with the file put back.
    std::fs::write(&file, owner["token"].as_str().unwrap()).unwrap();
    stranger.post("setup", owner).await.problem(409, "conflict");
    site.restart().await;
    assert!(!file.exists(), "a start removes what is worth nothing");
    assert_eq!(audited(&site, "account-created").await.len(), 1);
    // The token of the configuration goes on working, and is an owner without an account.
    let admin = site.operate(Method::GET, "/api/v1/account", None).await.expect(StatusCode::OK);
    assert_eq!(
        (&admin["name"], &admin["role"], &admin["has_account"]),
        (&json!("admin"), &json!("owner"), &json!(false))
    );
}

#[tokio::test]
async fn of_many_who_found_the_shop_at_once_one_does() {
    let site = Site::start().await;
    let browser = Browser::of(&site);
    let body = first_owner(&site);
    let founders = (0..4).map(|number| {
        let mut body = body.clone();
        body["email"] = json!(format!("owner{number}@lamps.example"));
        browser.post("setup", body)
    });
    let answers = futures_util::future::join_all(founders).await;
    let made = answers.iter().filter(|answer| answer.status == StatusCode::OK).count();
    assert_eq!(made, 1);
    let accounts = site.operate(Method::GET, "/api/v1/accounts", None).await.expect(StatusCode::OK);
    assert_eq!(accounts["accounts"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_password_that_everybody_guesses_makes_no_owner() {
    let site = Site::start().await;
    let browser = Browser::of(&site);
    for (bad, why) in [
        ("short", "fewer than 12"),
        ("passwordpassword", "first that anybody tries"),
        ("olga@lamps.example", "everybody knows"),
        ("lampslamps1234", "everybody knows"),
    ] {
        let mut body = first_owner(&site);
        body["password"] = json!(bad);
        let refused = browser.post("setup", body).await;
        let problem = refused.problem(422, "invalid");
        assert!(problem["detail"].as_str().unwrap().contains(why), "{problem}");
        assert!(!refused.text.contains("short\""), "what was typed isn't sent back");
    }
    for (field, bad) in
        [("email", "olga"), ("display_name", " "), ("name", "Olga!"), ("name", "admin"), ("time_zone", "Mars")]
    {
        let mut body = first_owner(&site);
        body[field] = json!(bad);
        let problem = browser.post("setup", body).await.problem(422, "invalid");
        assert!(problem["detail"].as_str().unwrap().contains(field), "{problem}");
    }
    browser.post("setup", first_owner(&site)).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn the_steps_are_read_from_what_is_there() {
    let (site, owner) = site().await;
    let step = async |id: &str| {
        let setup = owner.get("setup").await.expect(StatusCode::OK);
        let steps = setup["steps"].as_array().unwrap().clone();
        steps.into_iter().find(|step| step["id"] == id).unwrap()["done"] == true
    };
    for (id, done) in [
        ("owner", true),
        ("shop", true),
        ("channel", true),
        ("connector", false),
        ("knowledge", false),
        ("preview", false),
    ] {
        assert_eq!(step(id).await, done, "{id}");
    }
    let article = json!({ "title": "Returns", "body": "Thirty days.", "format": "text" });
    owner.put("articles/returns", article).await.expect(StatusCode::OK);
    assert!(step("knowledge").await);
    owner.post("preview", json!({ "text": "hello" })).await.expect(StatusCode::OK);
    assert!(step("preview").await);
    assert_eq!(
        owner.put("setup/dismissed", json!({ "dismissed": true })).await.expect(StatusCode::OK)["dismissed"],
        true
    );
    assert_eq!(owner.get("setup").await.expect(StatusCode::OK)["dismissed"], true);
    drop(site);
}

//! From a server that nobody owns to the preview.

use axum::http::Method;
use serde_json::json;
use usher_browser_tests::console::PASSWORD;
use usher_browser_tests::{Caller, Console, Demo, Screen, in_browser};

#[tokio::test]
async fn the_first_owner_is_walked_to_the_preview() {
    let demo = Demo::start().await;
    in_browser(Screen::Desktop, async |browser| {
        let console = Console::of(browser, &demo.usher);
        // Whoever types the server's address comes to the console, which says that nobody owns it.
        browser.client.goto(&demo.usher).await.unwrap();
        console.settled().await;
        assert_eq!(console.place().await, "/console/sign-in?back=%2Fconsole");
        console.see("Nobody owns this yet").await;
        console.picture("first-run-sign-in").await;
        assert_eq!(console.problems().await, [] as [String; 0]);
        console.press("Make the owner’s account").await;
        console.arrive("/setup").await;

        // A wrong token and a password that everybody knows are refused, beside the field.
        console.fill("token", "not-the-token").await;
        console.fill("email", "owner@shop.example").await;
        console.fill("display_name", "Olga").await;
        console.fill("password", PASSWORD).await;
        console.press("Make the account").await;
        console.see("is not the one that this server made").await;
        assert_eq!(browser.focus().await, "f-token");
        console.picture("first-run-refused").await;
        assert_eq!(console.problems().await, [] as [String; 0]);
        console.fill("token", &demo.setup_token()).await;
        console.fill("password", "password1234").await;
        console.press("Make the account").await;
        browser.until("the password is refused", async || browser.focus().await == "f-password").await;
        console.fill("password", PASSWORD).await;
        console.fill("time_zone", "Asia/Tokyo").await;
        console.press("Make the account").await;

        console.arrive("/start").await;
        console.see("Get started").await;
        // What is done elsewhere counts: the demo has a site, a shop system and articles.
        let done = "return [...document.querySelectorAll('.step')].filter((one) => one.querySelector('.badge.good')).map((one) => one.id)";
        let done = browser.frame(done).await;
        for step in ["step-owner", "step-shop", "step-channel", "step-connector", "step-knowledge"] {
            assert!(done.as_array().unwrap().contains(&json!(step)), "{step} isn't done: {done}");
        }
        // The first step that isn't done is open, and has a default that works.
        console.press("Keep it so").await;
        browser.until("the handoff is chosen", async || {
            browser.frame("return !!document.querySelector('#step-handoff .badge.good')").await == true
        })
        .await;
        console.picture("start").await;
        assert_eq!(console.problems().await, [] as [String; 0]);

        // The page sees by itself that the shop's page has the tag.
        browser.frame("document.getElementById('step-channel').open = true").await;
        console.see("No page has loaded it since the server started").await;
        let shop = Caller::Nobody.send(&demo.usher, Method::GET, "/widget.js", None, Vec::new());
        shop.await;
        let page = browser.client.window().await.unwrap();
        let tab = browser.client.new_window(true).await.unwrap().handle;
        browser.client.switch_to_window(tab).await.unwrap();
        browser.client.goto(&demo.shop).await.unwrap();
        browser.client.switch_to_window(page).await.unwrap();
        console.see("loaded it").await;
        let snippet = browser.frame("return document.querySelector('#step-channel pre').textContent").await;
        assert!(snippet.as_str().unwrap().contains("/widget.js\" data-site=\"lumen\" async></script>"), "{snippet}");

        // One may leave and come back.
        console.open("/").await;
        console.open("/start").await;
        browser.frame("document.getElementById('step-preview').open = true").await;
        console.press("Open the preview").await;
        console.arrive("/preview").await;

        // The account has the zone that was chosen; the token is worth nothing any more.
        console.open("/account").await;
        assert_eq!(browser.frame("return document.getElementById('f-time_zone').value").await, "Asia/Tokyo");
        console.open("/setup").await;
        console.see("The owner is set up").await;
        let again = json!({ "token": "x", "email": "a@b.example", "password": PASSWORD, "display_name": "x" });
        let again = Caller::Nobody.ask(&demo.usher, Method::POST, "/api/v1/setup", Some(again)).await;
        assert_eq!(again.status, 409, "{}", again.text);
    })
    .await;
}

#[tokio::test]
async fn the_servers_link_brings_the_token_along() {
    let demo = Demo::start().await;
    in_browser(Screen::Phone, async |browser| {
        let console = Console::of(browser, &demo.usher);
        console.open(&format!("/setup#token={}", demo.setup_token())).await;
        let token = browser.frame("return document.getElementById('f-token').value").await;
        assert_eq!(token, demo.setup_token().as_str());
        assert_eq!(browser.frame("return location.hash").await, "", "the token doesn't stay in the address");
        console.picture("first-run-phone").await;
        assert_eq!(console.problems().await, [] as [String; 0]);
    })
    .await;
}

//! The widget and the real server, in the demo's shop.

#![allow(clippy::unwrap_used)] // All of it is test code: a failed step fails the test.

mod people;

use serde_json::json;
use usher_browser_tests::{Browser, Demo, Screen, in_browser};

/// Signs in on the shop's page, as its list of customers offers it.
async fn sign_in_as(browser: &Browser, name: &str) {
    browser.page("document.getElementById('account').open = true").await;
    browser.page(&format!("document.querySelector('[data-name=\"{name}\"]').click()")).await;
    browser.enter_frame().await;
}

#[tokio::test]
async fn from_a_visitors_question_to_the_returns_portal() {
    let demo = Demo::start().await;
    in_browser(Screen::Desktop, async |browser| {
        browser.visit_url(&demo.shop).await;
        browser.picture("demo-shop").await;
        browser.open().await;

        browser.send("What is your return policy?").await;
        browser.see("30 days").await;
        let sources = browser.frame("return [...document.querySelectorAll('.sources')].map((one) => one.textContent)").await;
        assert_eq!(sources.as_array().map(Vec::len), Some(1), "{sources}");

        browser.send("Where is my order?").await;
        browser.see("Sign in to go on").await;
        browser.see_whole("#sign-in").await;
        browser.picture("demo-sign-in").await;
        sign_in_as(browser, "Ana").await;
        browser.see("Signed in as Ana").await;
        // The question that waited is answered, with a card and a way to track the parcel.
        browser.until("the order is shown", async || browser.frame("return document.querySelectorAll('article.order').length").await == 1).await;
        browser.see_gone("Sign in to go on").await;
        let track = "return [...document.querySelectorAll('article.order a')].map((one) => new URL(one.href).protocol)";
        assert_eq!(browser.frame(track).await, json!(["http:"]));
        browser.see_whole("article.order .actions").await;
        browser.picture("demo-order").await;

        browser.send("Actually I want to send it back").await;
        browser.until("the portal is linked", async || {
            browser.frame("return [...document.querySelectorAll('.message:last-child a, #replies a')].some((one) => one.href)").await == true
        })
        .await;
        browser.picture("demo-return").await;

        // On the next page everything is there, and the customer is still known.
        let before = browser.messages().await;
        browser.visit_url(&format!("{}/shop/light", demo.shop.trim_end_matches('/'))).await;
        browser.enter_frame().await;
        browser.see("Signed in as Ana").await;
        browser.see_messages(&before.iter().map(String::as_str).collect::<Vec<_>>()).await;

        // Another customer at the same machine sees nothing of it.
        sign_in_as(browser, "Ben").await;
        browser.see_messages(&[]).await;
        browser.send("Where is my order?").await;
        browser.see("Signed in as Ben").await;
    })
    .await;
}

#[tokio::test]
async fn signs_in_with_the_code_from_the_mail() {
    let demo = Demo::start().await;
    in_browser(Screen::Phone, async |browser| {
        browser.visit_url(&demo.shop).await;
        browser.open().await;
        browser.send("Where is my order?").await;
        browser.click("E-mail me a code").await;
        browser.type_into("#sign-in-email", "ana@example.net").await;
        browser.click("Send code").await;
        browser.see("a code is on its way").await;

        let code = mailed_code(browser, &demo).await;
        browser.enter_frame().await;

        browser.type_into("#sign-in-code", "000000").await;
        browser.click("Confirm").await;
        browser.see("That code isn’t right").await;
        let field = browser.find("#sign-in-code").await;
        field.clear().await.unwrap();
        field.send_keys(&code).await.unwrap();
        browser.click("Confirm").await;
        browser.see("Signed in as Ana").await;
        browser
            .until("the order is shown", async || {
                browser.frame("return document.querySelectorAll('article.order').length").await == 1
            })
            .await;
        browser.picture("demo-phone").await;
        assert_eq!(browser.accessibility_problems().await, [] as [String; 0]);
    })
    .await;
}

/// Reads the newest code in the demo's mailbox, in a tab of its own.
async fn mailed_code(browser: &Browser, demo: &Demo) -> String {
    let page = browser.client.window().await.unwrap();
    let mail = browser.client.new_window(true).await.unwrap().handle;
    browser.client.switch_to_window(mail).await.unwrap();
    browser.client.goto(&demo.mailbox).await.unwrap();
    let code = "return (document.body.innerText.match(/code is (\\d{6})/) ?? [])[1] ?? ''";
    browser.until("the mail is there", async || browser.frame(code).await != "").await;
    let code = browser.frame(code).await;
    browser.client.switch_to_window(page).await.unwrap();
    code.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_hub_shows_a_customer_their_own_pages() {
    for screen in [Screen::Phone, Screen::Desktop] {
        // A mailbox of its own, in which there is one code.
        let demo = Demo::start().await;
        in_browser(screen, async |browser| {
            browser.client.goto(&demo.hub).await.unwrap();
            browser.see("E-mail me a code").await;
            browser.picture(&format!("hub-sign-in-{screen:?}").to_lowercase()).await;
            assert_eq!(browser.accessibility_problems().await, [] as [String; 0]);
            browser.click("E-mail me a code").await;
            browser.type_into("#sign-in-email", "ana@example.net").await;
            browser.click("Send code").await;
            browser.see("a code is on its way").await;
            let code = mailed_code(browser, &demo).await;
            browser.type_into("#sign-in-code", &code).await;
            browser.click("Confirm").await;
            browser.see("Signed in as Ana").await;
            browser
                .until("the orders are shown", async || {
                    browser.frame("return document.querySelectorAll('article.order').length > 0").await == true
                })
                .await;
            browser.picture(&format!("hub-orders-{screen:?}").to_lowercase()).await;
            assert_eq!(browser.accessibility_problems().await, [] as [String; 0]);
            let wider = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
            assert_eq!(browser.frame(wider).await, false, "the page is wider than the screen");
            for (section, name) in
                [("Returns", "returns"), ("Subscriptions", "subscriptions"), ("Rewards", "loyalty"), ("Coupons", "coupons")]
            {
                browser.click(section).await;
                browser.until("the page is there", async || {
                    let at = "return location.pathname + ' ' + (document.getElementById('status')?.textContent ?? 'Loading…')";
                    let at = browser.frame(at).await;
                    at.as_str().is_some_and(|at| at.starts_with(&format!("/hub/{name} ")) && !at.ends_with("Loading…"))
                })
                .await;
                browser.see_gone("can’t be shown").await;
                browser.picture(&format!("hub-{name}-{screen:?}").to_lowercase()).await;
                assert_eq!(browser.accessibility_problems().await, [] as [String; 0], "{section}");
            }
            browser.click("Sign out").await;
            browser.see("E-mail me a code").await;
        })
        .await;
    }
}

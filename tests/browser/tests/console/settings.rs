//! Settings: what is saved holds, what is refused is kept in the form, and what is lost by a step is said before it.

use axum::http::Method;
use serde_json::{Value, json};
use usher_browser_tests::demo::SITE;
use usher_browser_tests::{Browser, Caller, Console, Demo, Screen, Shopper, Team, in_browser};

const NONE: [String; 0] = [];

async fn get(caller: &Caller, demo: &Demo, route: &str) -> Value {
    caller.ask(&demo.usher, Method::GET, &format!("/api/v1/{route}"), None).await.taken()
}

/// Puts a value into a field as a person does, at once.
async fn put(browser: &Browser, css: &str, value: &str) {
    let script =
        "const field = document.querySelector(arguments[0]); if (!field) return false; field.value = arguments[1];
        field.dispatchEvent(new Event('input', { bubbles: true }));
        field.dispatchEvent(new Event('change', { bubbles: true })); return true";
    let there = format!("there is {css}");
    browser.until(&there, async || browser.run(script, vec![json!(css), json!(value)]).await == true).await;
}

async fn value(browser: &Browser, css: &str) -> String {
    let found = browser.run("return document.querySelector(arguments[0])?.value ?? ''", vec![json!(css)]).await;
    found.as_str().unwrap_or_default().to_owned()
}

async fn save(console: &Console<'_>) {
    console.browser.press_on("main form[data-keeps] button[type=submit]").await;
    console.see("Saved").await;
}

#[tokio::test]
async fn hours_with_a_lunch_break_and_a_holiday() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "manager").await;
        assert_eq!(console.open("/settings/hours").await, 200);
        console.see("People are there").await;
        for _ in 0..2 {
            browser.press_on("[data-list='weekly.monday'] [data-add]").await;
        }
        put(browser, "[data-list='weekly.monday'] [data-row]:nth-of-type(1) [name=until]", "12:00").await;
        put(browser, "[data-list='weekly.monday'] [data-row]:nth-of-type(2) [name=from]", "13:00").await;
        browser.press_on("[data-list=holidays] > [data-add]").await;
        put(browser, "[data-list=holidays] [name=name]", "Closed for stocktaking").await;
        put(browser, "[data-list=holidays] [data-row] [name=from]", "2027-01-02").await;
        put(browser, "[data-list=holidays] [data-row] [name=until]", "2027-01-01").await;
        // It ends before it begins: refused, in words, and nothing is lost.
        browser.press_on("main form[data-keeps] button[type=submit]").await;
        browser
            .until("it is refused", async || {
                browser.frame("return !document.querySelector('form .trouble').hidden").await == true
            })
            .await;
        assert_eq!(value(browser, "[data-list=holidays] [name=name]").await, "Closed for stocktaking");
        console.picture("settings-hours-refused").await;
        assert_eq!(console.problems().await, NONE);
        put(browser, "[data-list=holidays] [data-row] [name=until]", "2027-01-03").await;
        save(&console).await;
        let stored = get(&team.caller("owner"), &demo, "hours").await;
        let monday = &stored["settings"]["weekly"]["monday"];
        assert_eq!(monday.as_array().map(Vec::len), Some(2), "{stored}");
        assert!(monday[1]["from"].as_str().unwrap().starts_with("13:00"), "{stored}");
        assert_eq!(stored["settings"]["holidays"][0]["name"], "Closed for stocktaking");
        // What is shown next is what is stored, and an interval can go again.
        console.open("/settings/hours").await;
        assert_eq!(value(browser, "[data-list='weekly.monday'] [data-row]:nth-of-type(2) [name=from]").await, "13:00");
        browser.press_on("[data-list='weekly.monday'] [data-row]:nth-of-type(1) [data-remove]").await;
        save(&console).await;
        let stored = get(&team.caller("owner"), &demo, "hours").await;
        assert_eq!(stored["settings"]["weekly"]["monday"].as_array().map(Vec::len), Some(1), "{stored}");
        console.picture("settings-hours").await;
    })
    .await;
}

#[tokio::test]
async fn a_handoff_is_set_and_two_don_t_overwrite_each_other() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "manager").await;
        console.open("/settings/handoff").await;
        browser.press_on("[data-list=form] > [data-add]").await;
        put(browser, "[data-list=form] [name=name]", "order-number").await;
        put(browser, "[data-list=form] [name='question.en']", "Which order is it about?").await;
        browser.press_on("input[name=method][value*=zendesk]").await;
        save(&console).await;
        let stored = get(&team.caller("owner"), &demo, "handoff").await;
        assert_eq!(stored["settings"]["method"], json!({ "kind": "connector", "connector": "zendesk" }));
        assert_eq!(stored["settings"]["form"][0]["question"]["en"], "Which order is it about?", "{stored}");
        assert_eq!(stored["settings"]["tell_wait"], true, "what wasn't touched stays: {stored}");
        console.picture("settings-handoff").await;
        assert_eq!(console.problems().await, NONE);

        // Somebody else changes it while this form is open.
        console.open("/settings/handoff").await;
        let method = json!({ "method": { "kind": "built_in" } });
        team.caller("owner").ask(&demo.usher, Method::PUT, "/api/v1/handoff", Some(method)).await.taken();
        browser.press_on("#f-tell_wait").await;
        browser.press_on("main form[data-keeps] button[type=submit]").await;
        console.see("Somebody changed this setting since it was read").await;
        let stored = get(&team.caller("owner"), &demo, "handoff").await;
        assert_eq!(stored["settings"]["method"]["kind"], "built_in");
        assert_eq!(stored["settings"]["tell_wait"], true);
    })
    .await;
}

#[tokio::test]
async fn a_greeting_gets_a_choice_that_visitors_see() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Phone, async |browser| {
        let console = team.enter(browser, "manager").await;
        console.open("/settings/greeting").await;
        browser.press_on("[data-list=presets] > [data-add]").await;
        put(browser, "[data-list=presets] [name='label.en']", "Opening hours").await;
        put(browser, "[data-list=presets] [name='action.question.en']", "When are you open?").await;
        save(&console).await;
        console.picture("settings-greeting-phone").await;
        assert_eq!(console.problems().await, NONE);
        let welcome = get(&Caller::Nobody, &demo, &format!("welcome?site={SITE}&locale=en")).await;
        assert!(welcome.to_string().contains("Opening hours"), "{welcome}");
    })
    .await;
}

#[tokio::test]
async fn an_integration_is_disconnected_knowingly_and_connected_again() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Desktop, async |browser| {
        // A manager sees how it does, and has no button.
        let console = team.enter(browser, "manager").await;
        console.open("/settings/integrations/shopify").await;
        console.see("Works").await;
        assert!(!browser.words().await.contains("Check now"));
        console.see("Only owners and admins can change this").await;

        let console = team.enter(browser, "admin").await;
        console.open("/settings/integrations").await;
        assert_eq!(console.problems().await, NONE);
        console.picture("integrations").await;
        let before = get(&team.caller("admin"), &demo, "integrations/loop").await;
        console.open("/settings/integrations/loop").await;
        assert_eq!(console.problems().await, NONE);
        browser.press_on("[data-api^='DELETE']").await;
        console.see("These skills become unavailable: Returns & exchanges").await;
        console.picture("integration-disconnect").await;
        browser.press_on("dialog .danger").await;
        console.arrive("/settings/integrations").await;
        console.see("Disconnected").await;
        let skill = get(&team.caller("admin"), &demo, "skills/returns-exchanges").await;
        assert_eq!(skill["state"], "unavailable", "{skill}");

        // Nothing of the secret is left; with it, it works again.
        console.open("/settings/integrations/loop").await;
        put(browser, "[name='secrets.api-key']", "wrong").await;
        assert_eq!(value(browser, "[name='secrets.api-key']").await, "wrong");
        let again = json!({ "settings": before["settings"], "stand_ins": before["stand_ins"],
            "secrets": { "api-key": "a key that the provider doesn't know" } });
        team.caller("admin").ask(&demo.usher, Method::PUT, "/api/v1/integrations/loop", Some(again)).await;
        console.open("/settings/integrations/loop").await;
        browser.press_on("[data-api$='/check']").await;
        console.see("Fails").await;
        console.picture("integration-fails").await;
        assert_eq!(console.problems().await, NONE);
    })
    .await;
}

#[tokio::test]
async fn the_hub_is_switched_and_the_skills_follow() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "admin").await;
        console.open("/settings/hub").await;
        console.see("Off, these skills are unavailable").await;
        browser.press_on("#f-on").await;
        browser.press_on("main form button[type=submit]").await;
        console.see("Saved").await;
        let skill = get(&team.caller("admin"), &demo, "skills/subscriptions").await;
        assert_eq!(skill["state"], "unavailable", "{skill}");
        let skill = get(&team.caller("admin"), &demo, "skills/order-tracking").await;
        assert_eq!(skill["state"], "live", "{skill}");
        console.picture("settings-hub").await;
        assert_eq!(console.problems().await, NONE);
    })
    .await;
}

#[tokio::test]
async fn a_webhook_is_added_tested_and_removed() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "admin").await;
        console.open("/settings/webhooks").await;
        console.see("No endpoint yet").await;
        assert_eq!(console.problems().await, NONE);
        console.press("Add an endpoint").await;
        console.fill("url", "http://shop.example/hook").await;
        browser.press_on("#new-endpoint form button[type=submit]").await;
        browser
            .until("it is refused", async || {
                browser
                    .frame("return document.querySelector('#new-endpoint .trouble').innerText.includes('https')")
                    .await
                    == true
            })
            .await;
        console.fill("url", "https://hooks.shop.example/usher").await;
        browser.press_on("#new-endpoint form button[type=submit]").await;
        let secret = "return document.querySelector('#new-secret[open] [data-secret-value]')?.textContent ?? ''";
        browser
            .until("the secret is shown", async || {
                browser.frame(secret).await.as_str().is_some_and(|secret| secret.starts_with("whsec_"))
            })
            .await;
        console.picture("webhook-secret").await;
        console.press("I have it").await;
        console.see("https://hooks.shop.example/usher").await;
        assert!(!browser.words().await.contains("whsec_"));
        // Nobody listens there; and no name of the internet is looked up.
        let caller = team.caller("admin");
        let endpoint = get(&caller, &demo, "webhook-endpoints").await["endpoints"][0]["id"].clone();
        let route = format!("/api/v1/webhook-endpoints/{}", endpoint.as_str().unwrap());
        let stand_in = json!({ "stand_in": "http://127.0.0.1:9" });
        caller.ask(&demo.usher, Method::PUT, &route, Some(stand_in)).await.taken();
        browser.press_on("tbody a").await;
        console.settled().await;
        console.press("Send a test").await;
        console.see("webhook.test").await;
        console.picture("webhook").await;
        assert_eq!(console.problems().await, NONE);
        browser.press_on("[data-api^='DELETE']").await;
        browser.press_on("dialog .danger").await;
        console.arrive("/settings/webhooks").await;
        console.see("No endpoint yet").await;
    })
    .await;
}

#[tokio::test]
async fn a_customer_is_found_and_erased() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let shopper = Shopper::open(&demo.usher, SITE).await;
    shopper.say("I want to speak with a person").await;
    shopper.hear("an address is asked for", |message| message.get("question").is_some()).await;
    shopper.say("somebody@shop.example").await;
    shopper.hear("it is handed over", |message| message.get("handoff").is_some() || message["blocks"].is_array()).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "admin").await;
        console.open("/settings/customers?q=nobody%40shop.example").await;
        console.see("Nobody is known by this").await;
        assert_eq!(console.problems().await, NONE);
        console.open("/settings/customers?q=somebody%40shop.example").await;
        console.see("1 entry").await;
        console.picture("customer").await;
        assert_eq!(console.problems().await, NONE);
        browser.press_on("[data-api$='/erase']").await;
        browser.press_on("dialog .danger").await;
        console.see("Erased").await;
        let found = get(&team.caller("admin"), &demo, "customers?q=somebody%40shop.example").await;
        assert_eq!(found["customers"], json!([]), "{found}");
        let manager = team.caller("manager").ask(&demo.usher, Method::GET, "/api/v1/customers?q=x", None).await;
        assert_eq!(manager.status, 403);
    })
    .await;
}

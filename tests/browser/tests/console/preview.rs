//! The preview and its scenarios: a conversation is tried, explained, kept, run, and runs on a release that waits.

use axum::http::Method;
use serde_json::{Value, json};
use std::path::Path;
use usher_browser_tests::demo::SITE;
use usher_browser_tests::{Browser, Console, Demo, Screen, Shopper, Team, in_browser};

const NONE: [String; 0] = [];

/// What stands in one part of the page.
async fn words(browser: &Browser, id: &str) -> String {
    let script = format!("return document.getElementById('{id}')?.innerText ?? ''");
    browser.frame(&script).await.as_str().unwrap_or_default().to_owned()
}

async fn see_in(browser: &Browser, id: &str, part: &str) {
    browser.until(&format!("«{part}» stands in #{id}"), async || words(browser, id).await.contains(part)).await;
}

async fn ask(console: &Console<'_>, text: &str) {
    console.browser.type_into("#say", &format!("{text}\n")).await;
}

/// Sets a field that has no name of its own in a form of the API.
async fn set(browser: &Browser, css: &str, value: &str) {
    let script = "const field = document.querySelector(arguments[0]); field.value = arguments[1];
        field.dispatchEvent(new Event('input', { bubbles: true })); field.dispatchEvent(new Event('change', { bubbles: true }))";
    browser.run(script, vec![json!(css), json!(value)]).await;
}

#[tokio::test]
async fn a_conversation_is_tried_and_explained() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "agent").await;
        assert_eq!(console.open("/preview").await, 200);
        console.picture("preview-empty").await;
        assert_eq!(console.problems().await, NONE);

        // A visitor whom nobody knows is asked to sign in, and answered when they have.
        console.press("Where is my order?").await;
        console.see("Sign in as").await;
        browser.type_into("#sign-in-as", "ana@example.net\n").await;
        see_in(browser, "log", "on its way").await;
        see_in(browser, "why", "orders.recent").await;
        for part in ["Router", "Skills asked", "order-tracking", "answered", "Took"] {
            see_in(browser, "why", part).await;
        }
        let card = "return document.querySelector('#log article.card.order')?.innerText ?? ''";
        assert!(browser.frame(card).await.as_str().unwrap().contains("Carrier"), "the card is the widget's");
        let arguments =
            "const one = document.querySelector('#why .calls details'); one.open = true; return one.innerText";
        assert!(
            browser.frame(arguments).await.as_str().unwrap().contains("owner")
                || browser.frame(arguments).await.as_str().unwrap().contains("ok")
        );
        console.picture("preview-trace").await;
        assert_eq!(console.problems().await, NONE);

        // The same answer on every channel.
        for (tab, part) in [("SMS", "SMS"), ("WhatsApp", "Tracking number"), ("E-mail", "on its way")] {
            console.press(tab).await;
            see_in(browser, "log", part).await;
            assert_eq!(console.problems().await, NONE, "{tab}");
        }
        console.picture("preview-email").await;
        console.press("Web chat").await;

        // An earlier answer is explained when it is asked about.
        ask(&console, "what is your return policy?").await;
        see_in(browser, "why", "Passages").await;
        let links = "return [...document.querySelectorAll('#why .passages a')].map((one) => one.getAttribute('href'))";
        let links: Vec<String> = serde_json::from_value(browser.frame(links).await).unwrap();
        assert!(
            !links.is_empty() && links.iter().all(|link| link.starts_with("/console/knowledge/articles/")),
            "{links:?}"
        );
        browser.frame("document.querySelector('.why-open').click()").await;
        see_in(browser, "why", "order-tracking").await;

        // Other settings, the same questions: in French.
        set(browser, "#locale", "fr").await;
        browser.frame("scrollTo(0, 0)").await;
        console.press("Ask the same with these settings").await;
        browser
            .until("both are asked again", async || {
                browser.frame("return document.querySelectorAll('#log .why-open').length === 2").await == true
            })
            .await;
        see_in(browser, "why", "fr").await;
        browser.frame("scrollTo(0, 0)").await;
        console.press("Start again").await;
        see_in(browser, "chat-empty", "What would a customer ask?").await;
    })
    .await;
}

#[tokio::test]
async fn a_yes_changes_nothing_and_a_customer_who_is_unknown_is_told() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Phone, async |browser| {
        let console = team.enter(browser, "owner").await;
        console.open("/preview").await;
        see_in(browser, "settings-sum", "a visitor · Web chat · now").await;
        set(browser, "#customer", "nobody@nowhere.example").await;
        ask(&console, "where is my order?").await;
        see_in(browser, "chat-trouble", "no such customer").await;
        assert_eq!(browser.frame("return document.getElementById('say').value").await, "where is my order?");
        console.picture("preview-refused-phone").await;
        assert_eq!(console.problems().await, NONE);

        set(browser, "#customer", "david@example.net").await;
        browser.press_on("#send").await;
        see_in(browser, "why", "order-tracking").await;
        ask(&console, "please cancel my order").await;
        browser
            .until("it is asked before", async || {
                browser.frame("return document.querySelector('#log section.consent') !== null").await == true
            })
            .await;
        see_in(browser, "why", "Before a change").await;
        // What lies under the bar at the top is judged as too small.
        browser.frame("scrollTo(0, 0)").await;
        console.picture("preview-consent-phone").await;
        assert_eq!(console.problems().await, NONE);
        browser.frame("document.querySelector('#log section.consent button').click()").await;
        see_in(browser, "log", "Nothing was changed").await;
        let closed =
            "return [...document.querySelectorAll('#log section.consent button')].every((one) => one.disabled)";
        assert_eq!(browser.frame(closed).await, true, "an old question can't be answered again");
    })
    .await;
}

#[tokio::test]
async fn a_conversation_becomes_a_scenario_that_runs() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "manager").await;
        console.open("/scenarios").await;
        console.see("No scenario is kept yet").await;
        console.picture("scenarios-empty").await;
        assert_eq!(console.problems().await, NONE);

        console.open("/preview?customer=ana%40example.net").await;
        ask(&console, "where is my order?").await;
        see_in(browser, "why", "orders.recent").await;
        // The driver brings what is above the screen to its edge, under the bar at the top.
        browser.frame("scrollTo(0, 0)").await;
        console.press("Save as scenario").await;
        let filled = "return [...document.querySelectorAll('#save-dialog .step')].map((step) =>
            [...step.querySelectorAll('input, textarea')].map((one) => one.value).join('|')).join()";
        let filled = browser.frame(filled).await;
        for part in ["where is my order?", "order-tracking", "orders.recent", "order"] {
            assert!(filled.as_str().unwrap().contains(part), "{part} isn't in {filled}");
        }
        browser.type_into("#save-name", "an order is found").await;
        console.picture("scenario-save").await;
        assert_eq!(console.problems().await, NONE);
        console.press("Save").await;
        console.see("Saved.").await;

        console.open("/scenarios").await;
        console.press("Run all (1)").await;
        see_in(browser, "run-words", "All 1 passed.").await;
        console.see("Passed").await;
        console.picture("scenarios").await;
        assert_eq!(console.problems().await, NONE);

        // It expects something else, and says what came instead.
        console.press("an order is found").await;
        console.see("Answered by").await;
        console.picture("scenario").await;
        assert_eq!(console.problems().await, NONE);
        set(browser, "#steps input[list='skill-names']", "loyalty").await;
        console.press("Save changes").await;
        console.see("Saved.").await;
        browser.frame("scrollTo(0, 0)").await;
        console.press("Run now").await;
        console.see("Failed").await;
        let table = browser.frame("return document.querySelector('.failure table').innerText").await;
        assert!(
            table.as_str().unwrap().contains("loyalty") && table.as_str().unwrap().contains("order-tracking"),
            "{table}"
        );
        console.picture("scenario-failed").await;
        assert_eq!(console.problems().await, NONE);

        console.open("/scenarios").await;
        console.press("Run all (1)").await;
        see_in(browser, "run-words", "0 passed, 1 failed.").await;
        see_in(browser, "run-failed", "loyalty").await;
        console.picture("scenarios-failed").await;
        assert_eq!(console.problems().await, NONE);

        // Deleted, and taken back.
        browser.frame("document.querySelector('[data-scenario] [data-undo]').click()").await;
        console.see("Deleted.").await;
        console.see("No scenario is kept yet").await;
        console.press("Undo").await;
        console.see("an order is found").await;
    })
    .await;
}

#[tokio::test]
async fn a_file_is_imported_and_a_wrong_one_is_explained() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Phone, async |browser| {
        let console = team.enter(browser, "reviewer").await;
        console.open("/scenarios").await;
        console.press("Import").await;
        set(browser, "#f-toml", "[[scenario]]\nname = \"a\"\n[[scenario.step]]\nsay = \"hi\"\nexpect.colour = 1\n")
            .await;
        let import = "document.querySelector('#import-form button.primary').click()";
        browser.frame(import).await;
        console.see("colour").await;
        console.picture("scenarios-import-phone").await;
        assert_eq!(console.problems().await, NONE);
        set(
            browser,
            "#f-toml",
            "[[scenario]]\nname = \"hello\"\n[[scenario.step]]\nsay = \"hello\"\nexpect.skill = \"none\"\n",
        )
        .await;
        browser.frame(import).await;
        console.see("hello").await;
        console.press("Run all (1)").await;
        see_in(browser, "run-words", "All 1 passed.").await;
        console.picture("scenarios-phone").await;
        assert_eq!(console.problems().await, NONE);
        let file: Value = browser
            .client
            .execute_async(
                "const done = arguments[0]; fetch('/api/v1/scenarios/toml').then((r) => r.text()).then(done)",
                vec![],
            )
            .await
            .unwrap();
        assert!(file.as_str().unwrap().contains("name = \"hello\""), "{file}");
    })
    .await;
}

#[tokio::test]
async fn who_may_not_preview_is_told_so() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "analyst").await;
        for page in ["/preview", "/scenarios"] {
            assert_eq!(console.open(page).await, 403, "{page}");
            console.see("This page is for others").await;
        }
        let entry =
            "return [...document.querySelectorAll('.sections a')].some((one) => one.textContent.includes('Preview'))";
        assert_eq!(browser.frame(entry).await, false);
    })
    .await;
}

/// The skill that finds orders, in other bytes: nobody signed them, so that they wait for a person.
fn rebuilt() -> Vec<u8> {
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/plugins");
    let mut component = std::fs::read(plugins.join("order-tracking.wasm")).unwrap();
    // A custom section: its id, its length, the length of its name, its name.
    component.extend([0, 5, 4]);
    component.extend(b"note");
    component
}

#[tokio::test]
async fn a_release_that_waits_is_tried_before_anybody_agrees() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let owner = team.caller("owner");
    let steps =
        json!([{ "say": "where is my order?", "expect": { "skill": "order-tracking", "tools": ["orders.recent"] } }]);
    let scenario = json!({ "name": "an order is found", "customer": "ana@example.net", "steps": steps });
    owner.ask(&demo.usher, Method::POST, "/api/v1/scenarios", Some(scenario)).await.taken();
    let sent = owner.send(&demo.usher, Method::POST, "/api/v1/releases", Some("application/wasm"), rebuilt()).await;
    let release = sent.taken();
    assert_eq!(release["state"], "pending");
    let digest = release["digest"].as_str().unwrap().trim_start_matches("sha256:").to_owned();
    in_browser(Screen::Desktop, async |browser| {
        // By itself, while it waits.
        let path = format!("/api/v1/releases/{digest}/scenarios");
        browser
            .until("its scenarios were run", async || {
                let said = owner.ask(&demo.usher, Method::GET, &path, None).await.taken();
                said["state"] == "done" && said["passed"] == 1 && said["runs"][0]["by"] == "runtime"
            })
            .await;
        let console = team.enter(browser, "reviewer").await;
        console.open("/scenarios").await;
        let chosen = "const field = document.getElementById('on'); field.selectedIndex = 1; return field.value";
        assert_eq!(browser.frame(chosen).await, release["digest"]);
        console.press("Run all (1)").await;
        see_in(browser, "run-words", "All 1 passed.").await;
        console.see("Not run yet").await;

        // In the chat, too; the reason says which release answered.
        console.open(&format!("/preview?customer=ana%40example.net&release={digest}")).await;
        see_in(browser, "settings-sum", "which waits").await;
        ask(&console, "where is my order?").await;
        see_in(browser, "why", &digest[..12]).await;
        console.picture("preview-release").await;
        assert_eq!(console.problems().await, NONE);
    })
    .await;
}

#[tokio::test]
async fn what_a_customer_said_is_asked_again() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let shopper = Shopper::open(&demo.usher, SITE).await;
    shopper.say("what is your return policy?").await;
    shopper.say("how much is shipping?").await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "agent").await;
        console.open(&format!("/preview?conversation={}", shopper.conversation)).await;
        see_in(browser, "settings-note", "asked again now").await;
        see_in(browser, "log", "what is your return policy?").await;
        see_in(browser, "log", "how much is shipping?").await;
        let turns = browser.frame("return document.querySelectorAll('#log .why-open').length").await;
        assert_eq!(turns, 2);
        console.open("/preview?conversation=01900000-0000-7000-8000-000000000000").await;
        see_in(browser, "chat-trouble", "There is no such thing here").await;
    })
    .await;
}

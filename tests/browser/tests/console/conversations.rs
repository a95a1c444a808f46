//! Conversations with their reasons, and the handoff log.

use axum::http::Method;
use serde_json::json;
use usher_browser_tests::demo::SITE;
use usher_browser_tests::{Console, Demo, Screen, Shopper, Team, in_browser};

const NONE: [String; 0] = [];

/// Opens a page again and again until these words stand on it: what is counted follows a moment later.
async fn open_until(console: &Console<'_>, path: &str, words: &str) {
    console
        .browser
        .until(&format!("«{words}» stands on {path}"), async || {
            console.open(path).await;
            console.browser.words().await.contains(words)
        })
        .await;
}

#[tokio::test]
async fn a_conversation_is_found_explained_and_followed() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let shopper = Shopper::open(&demo.usher, SITE).await;
    shopper.sign_in(&demo.mailbox, "ana@example.net").await;
    shopper.say("where is my order?").await;
    shopper.hear("the order's card", |message| !message["cards"].as_array().is_none_or(Vec::is_empty)).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "agent").await;
        open_until(&console, "/conversations?q=order", "where is my order?").await;
        assert_eq!(browser.frame("return document.querySelector('main mark').innerText.toLowerCase()").await, "order");
        console.picture("conversations").await;
        assert_eq!(console.problems().await, NONE);
        console.open("/conversations?q=order&channel=sms").await;
        console.see("No conversation fits").await;
        console.open("/conversations?customer=ana%40example.net").await;
        console.press("where is my order?").await;
        browser.until("the conversation is open", async || console.place().await.contains(&shopper.conversation)).await;
        console.settled().await;
        for words in ["Order #", "Proved who they are", "Web chat", "Track parcel"] {
            console.see(words).await;
        }
        browser.frame("document.querySelector('details.why').open = true").await;
        for words in ["Router", "order-tracking", "orders.recent", "shopify"] {
            console.see(words).await;
        }
        console.picture("conversation").await;
        assert_eq!(console.problems().await, NONE);

        // What is said next appears by itself.
        shopper.say("what is your return policy?").await;
        console.see("what is your return policy?").await;
        console.see("30 days").await;
        let why = "return [...document.querySelectorAll('details.why')].at(-1).textContent";
        let told = browser.frame(why).await;
        let told = told.as_str().unwrap_or_default();
        assert!(told.contains("Passages") && told.contains("Held for an answer"), "{told}");
    })
    .await;
}

#[tokio::test]
async fn a_handoff_is_judged_and_taken_back() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let shopper = Shopper::open(&demo.usher, SITE).await;
    shopper.ask_for_a_person("can you engrave a lamp?", "nora@example.net").await;
    let owner = team.caller("owner");
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "manager").await;
        open_until(&console, "/handoffs", "I want to talk to a person").await;
        console.picture("handoffs").await;
        assert_eq!(console.problems().await, NONE);
        let review = async || {
            let log = owner.ask(&demo.usher, Method::GET, "/api/v1/insight/handoffs", None).await.taken();
            log["handoffs"][0]["review"]["should_have_answered"].clone()
        };
        let pressed =
            "return [...document.querySelectorAll('.yes-no [aria-pressed=true]')].map((one) => one.innerText)";
        console.press("Yes").await;
        browser.until_eq(json!(["Yes"]), async || browser.frame(pressed).await).await;
        assert_eq!(review().await, true);
        console.press("Undo").await;
        browser.until_eq(json!([]), async || browser.frame(pressed).await).await;
        assert_eq!(review().await, json!(null));

        console.press("No").await;
        browser.until_eq(json!(["No"]), async || browser.frame(pressed).await).await;
        browser.frame("document.querySelector('details.note').open = true").await;
        console.fill("note", "Nobody engraves here.").await;
        console.press("Keep the note").await;
        console.see("“Nobody engraves here.”").await;
        console.picture("handoff-judged").await;
        assert_eq!(console.problems().await, NONE);
        console.open("/handoffs?should_have_answered=yes").await;
        console.see("No handoff fits").await;
        console.open("/handoffs?reviewed=yes").await;
        console.see("I want to talk to a person").await;
        browser.press_on(".handoff-review .links a").await;
        browser
            .until("the editor is there", async || console.place().await.starts_with("/console/knowledge/new?"))
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_conversation_on_a_phone() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let shopper = Shopper::open(&demo.usher, SITE).await;
    shopper.say("what is your return policy?").await;
    shopper.hear("an answer", |message| message["author"] == "assistant").await;
    in_browser(Screen::DarkPhone, async |browser| {
        let console = team.enter(browser, "analyst").await;
        console.open(&format!("/conversations/{}", shopper.conversation)).await;
        browser.frame("for (const one of document.querySelectorAll('details')) one.open = true").await;
        console.picture("conversation-phone").await;
        assert_eq!(console.problems().await, NONE);
        // An analyst reads; the rest isn't theirs.
        for words in ["Take over", "Make a scenario", "Hand out or erase", "Its lines in the audit", "Write an article"]
        {
            assert!(!browser.words().await.contains(words), "{words}");
        }
        assert_eq!(console.open("/conversations/00000000-0000-7000-8000-000000000000").await, 404);
    })
    .await;
}

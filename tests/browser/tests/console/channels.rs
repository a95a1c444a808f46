//! Channels in the console: what each is, how to connect it, and what didn't reach anybody.

use serde_json::json;
use usher_browser_tests::{Demo, Screen, Team, in_browser};

const NONE: [String; 0] = [];

#[tokio::test]
async fn channels_say_how_they_do_on_every_width() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "manager").await;
        assert_eq!(console.open("/settings/channels").await, 200);
        for name in ["Web chat", "SMS", "WhatsApp", "E-mail"] {
            let there = "return [...document.querySelectorAll('main section.card h3')].some((one) => one.textContent === arguments[0])";
            let there = browser.run(there, vec![json!(name)]).await;
            assert_eq!(there, true, "{name} has a card");
        }
        // Each says how it does, and either what went over it or how to connect it.
        let each = "return [...document.querySelectorAll('main section.card')].every((one) => one.querySelector('.badge') &&
            (one.querySelector('dl.facts, details') || one.querySelector('#channel-webchat')))";
        assert_eq!(browser.frame(each).await, true);
        browser.frame("for (const one of document.querySelectorAll('main details')) one.open = true").await;
        for width in [390, 600, 820, 1024, 1280] {
            browser.client.set_window_size(width, 1000).await.unwrap();
            console.picture(&format!("channels-{width}")).await;
            assert_eq!(console.problems().await, NONE, "{width}");
            assert_eq!(browser.accessibility_problems().await, NONE, "{width}");
        }
        console.open("/settings/undelivered?channel=sms").await;
        console.see("Everything arrived").await;
        let chosen = "return document.querySelector('main [aria-current]').textContent";
        assert_eq!(browser.frame(chosen).await, "SMS");
        assert_eq!(console.problems().await, NONE);
    })
    .await;
}

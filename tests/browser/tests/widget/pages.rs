//! From page to page, from tab to tab, and what is unread.

use serde_json::json;
use usher_browser_tests::{Screen, Stage, on_stage, script::say};

async fn begin(stage: &Stage) {
    stage.fake.answer("hello", vec![say("Hello!")]);
    stage.visit("home").await;
    stage.open().await;
    stage.send("hello").await;
    stage.see_messages(&["> hello", "Hello!"]).await;
}

async fn until_badge(stage: &Stage, shown: &str) {
    stage
        .until(&format!("the badge reads {shown:?}"), async || {
            stage.page("return badge.checkVisibility() ? badge.textContent : ''").await == shown
        })
        .await;
}

#[tokio::test]
async fn counts_what_comes_while_it_is_closed() {
    on_stage(Screen::Desktop, async |stage| {
        begin(stage).await;
        stage.page("usher('close')").await;
        stage.fake.push(say("One more thing"));
        until_badge(stage, "1").await;
        assert_eq!(stage.page("return launcher.ariaLabel").await, "Open chat, 1 unread message");
        stage.fake.push(say("And another"));
        until_badge(stage, "2").await;
        stage.picture("unread").await;
        assert_eq!(stage.page("return launcher.ariaLabel").await, "Open chat, 2 unread messages");

        // On the next page too, without opening anything.
        stage.visit("knitwear").await;
        until_badge(stage, "2").await;
        for number in 0..100 {
            stage.fake.push(say(&format!("Number {number}")));
        }
        until_badge(stage, "99+").await;

        stage.open().await;
        until_badge(stage, "").await;
        assert_eq!(stage.page("return launcher.ariaLabel").await, "Close chat");
        stage.page("usher('close')").await;
        assert_eq!(stage.page("return launcher.ariaLabel").await, "Open chat");
        let last = stage.page("return heard.filter((one) => one.name === 'unread').at(-1).detail").await;
        assert_eq!(last, json!({ "count": 0 }));
    })
    .await;
}

#[tokio::test]
async fn the_conversation_follows_from_page_to_page() {
    on_stage(Screen::Desktop, async |stage| {
        begin(stage).await;
        stage.type_into("#text", "half a sen").await;
        stage.visit("knitwear").await;
        // Still open, but the page keeps the focus.
        assert_eq!(stage.page("return [panel.checkVisibility(), root.activeElement]").await, json!([true, null]));
        stage.enter_frame().await;
        stage.see_messages(&["> hello", "Hello!"]).await;
        assert_eq!(stage.find("#text").await.prop("value").await.unwrap().as_deref(), Some("half a sen"));
        stage.send("tence").await;
        stage.until("it is stored", async || stage.fake.stored() == 2).await;
        let sent = stage.fake.sent();
        assert_eq!(sent[1]["text"], "half a sentence");
        assert_eq!(sent[1]["page_url"], format!("{}/knitwear", stage.fake.shop));
        assert_eq!(
            stage.fake.heard("POST conversations").iter().filter(|one| one.route.ends_with("conversations")).count(),
            1
        );
    })
    .await;
}

#[tokio::test]
async fn knows_the_page_of_a_shop_that_changes_pages_without_loading_them() {
    on_stage(Screen::Desktop, async |stage| {
        begin(stage).await;
        let say_from = async |script: &str| {
            stage.page(script).await;
            stage.enter_frame().await;
            let before = stage.fake.stored();
            stage.send("and here?").await;
            stage.until("it is stored", async || stage.fake.stored() > before).await;
            stage
                .fake
                .sent()
                .last()
                .map(|body| body["page_url"].as_str().unwrap_or_default().replace(&stage.fake.shop, ""))
        };
        assert_eq!(
            say_from("history.pushState(null, '', '/products/scarf?color=red#reviews')").await.as_deref(),
            Some("/products/scarf?color=red")
        );
        assert_eq!(say_from("history.back()").await.as_deref(), Some("/home"));
        assert_eq!(say_from("usher('page', '/products/socks')").await.as_deref(), Some("/products/socks"));
        // A page that swaps its whole body keeps the chat.
        stage.page("document.body.replaceWith(document.createElement('body'))").await;
        assert_eq!(stage.page("return panel.checkVisibility()").await, true);
        stage.page("document.documentElement.replaceChildren(document.head, document.body)").await;
        stage.enter_frame().await;
        stage.see("and here?").await;
    })
    .await;
}

#[tokio::test]
async fn two_tabs_stay_in_step() {
    on_stage(Screen::Desktop, async |stage| {
        stage.fake.answer("hello", vec![say("Hello!")]);
        stage.visit("home").await;
        stage.open().await;
        let first = stage.client.window().await.unwrap();
        let second = stage.client.new_window(false).await.unwrap().handle;
        stage.client.switch_to_window(second.clone()).await.unwrap();
        stage.visit("knitwear").await;
        stage.open().await;

        // The second tab begins; the first learns of it from storage.
        stage.send("hello").await;
        stage.see_messages(&["> hello", "Hello!"]).await;
        stage.client.switch_to_window(first.clone()).await.unwrap();
        stage.enter_frame().await;
        stage.see_messages(&["> hello", "Hello!"]).await;
        stage.send("from the first").await;
        stage.see_messages(&["> hello", "Hello!", "> from the first"]).await;
        stage.client.switch_to_window(second.clone()).await.unwrap();
        stage.enter_frame().await;
        stage.see_messages(&["> hello", "Hello!", "> from the first"]).await;

        // Signing in and starting over are seen in both.
        stage.page("usher('identify', 'token-of-ana')").await;
        stage.client.switch_to_window(first.clone()).await.unwrap();
        stage.enter_frame().await;
        stage.see("Signed in as Ana").await;
        stage.click("New conversation").await;
        stage.click("Start new").await;
        stage.see_messages(&[]).await;
        stage.client.switch_to_window(second).await.unwrap();
        stage.enter_frame().await;
        stage.see_messages(&[]).await;
        assert_eq!(stage.fake.heard("POST sessions").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_new_conversation_puts_the_old_one_away() {
    on_stage(Screen::Desktop, async |stage| {
        begin(stage).await;
        stage.click("New conversation").await;
        assert_eq!(stage.focus().await, "confirm-no");
        stage.click("Keep this one").await;
        stage.see_messages(&["> hello", "Hello!"]).await;
        assert_eq!(stage.focus().await, "renew");
        stage.click("New conversation").await;
        stage.click("Start new").await;
        stage.see_messages(&[]).await;
        stage.see("You’re talking to software").await;
        assert_eq!(stage.focus().await, "text");
        stage.send("hello again").await;
        stage.see_messages(&["> hello again", "Hello!"]).await;
        assert_eq!(stage.fake.heard("POST sessions").len(), 1);
        stage.visit("home").await;
        stage.enter_frame().await;
        stage.see_messages(&["> hello again", "Hello!"]).await;
    })
    .await;
}

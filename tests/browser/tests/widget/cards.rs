//! Cards, buttons and quick replies.

use fantoccini::key::Key;
use serde_json::json;
use usher_browser_tests::{
    Screen, on_stage,
    script::{cards, choose, open, order, say, with},
};

#[tokio::test]
async fn shows_the_five_kinds_of_cards_as_articles() {
    on_stage(Screen::Desktop, async |stage| {
        stage.fake.answer("everything", vec![with(say("Here you are."), json!({ "cards": cards() }))]);
        stage.visit("home").await;
        stage.open().await;
        stage.send("everything").await;
        stage.see("Coffee, 2 bags").await;
        let names = stage
            .frame("return [...document.querySelectorAll('article')].map((one) => document.getElementById(one.getAttribute('aria-labelledby')).textContent)")
            .await;
        assert_eq!(names, json!(["Order #1042", "15% off knitwear", "Lambswool scarf", "Northwind Circle", "Coffee, 2 bags"]));
        for shown in [
            "On its way", "14 November 2026", "€84.90", "Merino crew neck, forest, M", "×\u{a0}3", "PostNL", "3SABCD1234567", "23 November 2026",
            "WINTER15", "From €50, once per customer.", "31 December 2026", "€39.00", "In stock", "Woven in Donegal", "1,240", "Silver",
            "€5 off for 500 points", "Active", "Every 4 weeks", "3 December 2026", "€24.00",
        ] {
            stage.see(shown).await;
        }
        let track = stage.find("article.order a").await;
        assert_eq!(track.attr("href").await.unwrap().as_deref(), Some("https://track.example.com/3SABCD1234567"));
        assert_eq!(stage.frame("return document.querySelector('article.product img').alt").await, "");
    })
    .await;
}

#[tokio::test]
async fn a_button_sends_its_choice_and_not_its_words() {
    on_stage(Screen::Desktop, async |stage| {
        stage.fake.answer("order", vec![with(say("It's on its way."), json!({ "cards": [order()] }))]);
        stage.fake.answer("choose:Start a return", vec![say("Which item?")]);
        stage.visit("home").await;
        stage.open().await;
        stage.send("where is my order?").await;
        stage.click("Start a return").await;
        stage.see_messages(&["> where is my order?", "It's on its way.", "> Start a return", "Which item?"]).await;
        let sent = stage.fake.sent();
        assert_eq!(sent[1]["choose"], "2.1");
        assert!(sent[1].get("text").is_none());
    })
    .await;
}

#[tokio::test]
async fn quick_replies_go_with_the_keyboard_and_leave_once_answered() {
    on_stage(Screen::Desktop, async |stage| {
        let replies = json!([
            choose("That helped"),
            choose("Not yet"),
            open("Help centre", "https://shop.example.com/help"),
            open("Bad", "javascript:alert(1)")
        ]);
        stage.fake.answer("hello", vec![with(say("Did that help?"), json!({ "quick_replies": replies }))]);
        stage.fake.answer("choose:Not yet", vec![say("Tell me more.")]);
        stage.visit("home").await;
        stage.open().await;
        stage.send("hello").await;
        stage.see("Not yet").await;
        let group = stage.find("#replies").await;
        assert_eq!(group.attr("role").await.unwrap().as_deref(), Some("group"));
        assert_eq!(group.attr("aria-label").await.unwrap().as_deref(), Some("Suggested replies"));
        assert!(!stage.words().await.contains("Bad"), "a link that may not be opened is offered");

        // Back from the composer: the link, then "Not yet".
        stage.keys(&[Key::Tab, Key::Tab], &[Key::Shift]).await;
        assert_eq!(stage.focus().await, "Not yet");
        stage.press(Key::Enter).await;
        stage.see_messages(&["> hello", "Did that help?", "> Not yet", "Tell me more."]).await;
        stage.see_gone("That helped").await;
        assert_eq!(stage.focus().await, "text");
        assert_eq!(stage.fake.sent()[1]["choose"], "2.1");
    })
    .await;
}

#[tokio::test]
async fn offers_the_shops_questions_first() {
    on_stage(Screen::Desktop, async |stage| {
        stage.fake.answer("return policy", vec![say("30 days.")]);
        stage.visit("home?questions=Where+is+my+order%3F|What+is+your+return+policy%3F").await;
        stage.open().await;
        stage.click("What is your return policy?").await;
        stage.see_messages(&["> What is your return policy?", "30 days."]).await;
        stage.see_gone("Where is my order?").await;
        assert_eq!(stage.fake.sent()[0]["text"], "What is your return policy?");
    })
    .await;
}

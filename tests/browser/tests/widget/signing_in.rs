//! Signing in through the shop and with a code, and signing out.

use fantoccini::key::Key;
use serde_json::json;
use usher_browser_tests::{
    Screen, Stage,
    fake::Fault,
    on_stage,
    script::{order, say, sign_in, with},
};

/// Asks for an order and is asked to sign in; the answer waits for that.
async fn ask(stage: &Stage, methods: &[&str]) {
    stage.fake.answer("order", vec![sign_in(methods)]);
    stage.fake.answer_after_sign_in(vec![with(say("It arrives on Monday."), json!({ "cards": [order()] }))]);
    stage.send("where is my order?").await;
    stage.see("Sign in to go on").await;
}

#[tokio::test]
async fn through_the_shops_own_page() {
    on_stage(Screen::Desktop, async |stage| {
        stage.visit("home").await;
        stage.page("usher('on', 'sign-in', () => usher('identify', 'token-of-ana'))").await;
        // Enough before it that the list must move for it.
        stage.fake.answer("hello", vec![say("Hello!")]);
        stage.open().await;
        for _ in 0..4 {
            stage.send("hello").await;
        }
        ask(stage, &["shop", "code"]).await;
        stage.see_whole("#sign-in").await;
        stage.picture("sign-in").await;
        stage.click("Sign in").await;
        stage.see("Signed in as Ana").await;
        stage.see("It arrives on Monday.").await;
        stage.see_whole("article.order .actions").await;
        stage.see_gone("Sign in to go on").await;
    })
    .await;
}

#[tokio::test]
async fn with_a_code_by_e_mail() {
    on_stage(Screen::Desktop, async |stage| {
        stage.visit("home").await;
        stage.open().await;
        ask(stage, &["shop", "code"]).await;
        // The page doesn't offer to sign in, so the widget says where to.
        stage.see("Sign in to your account in the shop").await;
        let link = stage.find("#sign-in a").await;
        assert_eq!(link.attr("href").await.unwrap().as_deref(), Some("https://shop.example.com/account/login"));
        stage.click("E-mail me a code").await;
        assert_eq!(stage.focus().await, "sign-in-email");

        let email = stage.find("#sign-in-email").await;
        email.send_keys("ana at example").await.unwrap();
        stage.press(Key::Enter).await;
        stage.see("Enter an e-mail address such as").await;
        assert_eq!(email.attr("aria-invalid").await.unwrap().as_deref(), Some("true"));
        assert!(stage.fake.heard("POST session/code").is_empty());
        email.clear().await.unwrap();
        email.send_keys("ana@example.com").await.unwrap();
        stage.click("Send code").await;
        stage.see("If ana@example.com belongs to an account").await;
        assert_eq!(stage.focus().await, "sign-in-code");

        stage.type_into("#sign-in-code", "111111").await;
        stage.press(Key::Enter).await;
        stage.see("That code isn’t right").await;
        stage.picture("sign-in-code").await;
        let code = stage.find("#sign-in-code").await;
        code.clear().await.unwrap();
        code.send_keys("246 810").await.unwrap();
        stage.click("Confirm").await;
        stage.see("Signed in as Ana").await;
        stage.see("It arrives on Monday.").await;
        assert_eq!(stage.focus().await, "text");
        assert_eq!(stage.fake.sent().len(), 1, "the question was asked twice");
    })
    .await;
}

#[tokio::test]
async fn signing_out_removes_the_conversation_from_the_device() {
    on_stage(Screen::Desktop, async |stage| {
        stage.visit("home").await;
        stage.page("usher('identify', 'token-of-ana')").await;
        stage.fake.answer("order", vec![with(say("It arrives on Monday."), json!({ "cards": [order()] }))]);
        stage.open().await;
        stage.send("where is my order?").await;
        stage.see("Signed in as Ana").await;
        stage.see("It arrives on Monday.").await;
        stage.click("Sign out").await;
        stage.see("You’re signed out. The conversation was removed from this device.").await;
        stage.see_messages(&[]).await;
        stage.see_gone("Signed in as").await;
        assert_eq!(stage.frame("return localStorage.length").await, 0);
        assert_eq!(stage.fake.heard("DELETE session/identity").len(), 1);

        stage.visit("home").await;
        stage.enter_frame().await;
        assert_eq!(stage.messages().await, Vec::<String>::new());
        stage.send("hello").await;
        stage.until("a new session", async || stage.fake.heard("POST sessions").len() == 2).await;
    })
    .await;
}

#[tokio::test]
async fn the_page_logs_out_and_an_anonymous_chat_stays() {
    on_stage(Screen::Desktop, async |stage| {
        stage.fake.answer("hello", vec![say("Hello!")]);
        stage.visit("home").await;
        stage.open().await;
        stage.send("hello").await;
        stage.see_messages(&["> hello", "Hello!"]).await;
        // Many shops say so on every page of a visitor who isn't signed in.
        stage.page("usher('logout')").await;
        stage.page("usher('identify', 'token-of-ana')").await;
        stage.enter_frame().await;
        stage.see("Signed in as Ana").await;
        stage.see_messages(&["> hello", "Hello!"]).await;
        stage.page("usher('logout')").await;
        stage.enter_frame().await;
        stage.see("You’re signed out.").await;
        stage.see_messages(&[]).await;
    })
    .await;
}

#[tokio::test]
async fn another_customer_doesnt_see_the_conversation() {
    on_stage(Screen::Desktop, async |stage| {
        stage.visit("home").await;
        stage.page("usher('identify', 'token-of-ana')").await;
        stage.open().await;
        stage.send("my secret").await;
        stage.see("Signed in as Ana").await;
        stage.see_messages(&["> my secret"]).await;
        // What one customer couldn't send isn't sent as the next one's.
        stage.fake.fail(&[Fault::Status(503)]);
        stage.send("unsent secret").await;
        stage.see("Not sent.").await;
        stage.page("usher('identify', 'token-of-ben')").await;
        stage.enter_frame().await;
        stage.see_messages(&[]).await;
        stage.send("my question").await;
        stage.see("Signed in as Ben").await;
        stage.see_messages(&["> my question"]).await;
        assert_eq!(stage.fake.heard("POST sessions").len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_refused_token_is_told_to_the_page_and_the_chat_goes_on() {
    on_stage(Screen::Desktop, async |stage| {
        stage.visit("home").await;
        stage.page("usher('identify', 'forged')").await;
        stage.fake.answer("hello", vec![say("Hello!")]);
        stage.open().await;
        stage.send("hello").await;
        stage.see_messages(&["> hello", "Hello!"]).await;
        let errors = stage.page("return heard.filter((one) => one.name === 'error').map((one) => one.detail)").await;
        assert_eq!(errors, json!([{ "code": "identify-refused", "detail": "The token's signature is wrong." }]));
    })
    .await;
}

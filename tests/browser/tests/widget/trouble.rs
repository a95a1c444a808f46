//! Failures: of a send, of the line, of the session.

use serde_json::json;
use usher_browser_tests::{
    Screen, Stage,
    fake::Fault,
    on_stage,
    script::{choose, say, with},
};

async fn begin(stage: &Stage) {
    stage.fake.answer("hello", vec![say("Hello!")]);
    stage.visit("home").await;
    stage.open().await;
    stage.send("hello").await;
    stage.see_messages(&["> hello", "Hello!"]).await;
}

#[tokio::test]
async fn a_failed_message_is_kept_and_sent_again_under_the_same_id() {
    on_stage(Screen::Desktop, async |stage| {
        begin(stage).await;
        stage.fake.answer("again", vec![say("Got it.")]);
        stage.fake.fail(&[Fault::Status(503)]);
        stage.send("again").await;
        stage.see("Not sent.").await;
        stage.picture("failed").await;
        // Also on the next page.
        stage.visit("home").await;
        stage.enter_frame().await;
        stage.see("Not sent.").await;
        stage.see_messages(&["> hello", "Hello!", "> again"]).await;
        stage.click("Retry").await;
        stage.see_messages(&["> hello", "Hello!", "> again", "Got it."]).await;
        stage.see_gone("Not sent.").await;
        let sent = stage.fake.sent();
        assert_eq!(sent.len(), 3);
        assert_eq!(sent[1]["client_id"], sent[2]["client_id"]);
        assert_eq!(stage.fake.stored(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_shown_once() {
    on_stage(Screen::Desktop, async |stage| {
        begin(stage).await;
        stage.fake.answer("again", vec![say("Got it.")]);
        stage.fake.fail(&[Fault::StoredButLost]);
        stage.send("again").await;
        stage.see_messages(&["> hello", "Hello!", "> again", "Got it."]).await;
        stage.see_gone("Not sent.").await;
        stage.see_gone("Sending…").await;
        assert_eq!(stage.fake.stored(), 2);
    })
    .await;
}

#[tokio::test]
async fn says_when_to_try_again() {
    on_stage(Screen::Desktop, async |stage| {
        begin(stage).await;
        stage.fake.fail(&[Fault::Busy(20), Fault::Busy(600)]);
        stage.send("one").await;
        stage.see("That was a lot at once. You can try again in 20 seconds.").await;
        stage.send("two").await;
        stage.see("You can try again at ").await;
        stage.click("Retry").await;
        stage.see_messages(&["> hello", "Hello!", "> one", "> two"]).await;
        stage.until("one is stored", async || stage.fake.stored() == 2).await;
    })
    .await;
}

#[tokio::test]
async fn a_short_wait_is_waited_out() {
    on_stage(Screen::Desktop, async |stage| {
        begin(stage).await;
        stage.fake.fail(&[Fault::Busy(1), Fault::Busy(1)]);
        stage.send("quick").await;
        stage.until("it is stored", async || stage.fake.stored() == 2).await;
        assert!(!stage.words().await.contains("That was a lot at once"));
        assert_eq!(stage.fake.sent().len(), 4);
    })
    .await;
}

#[tokio::test]
async fn a_message_that_is_refused_can_be_removed() {
    on_stage(Screen::Desktop, async |stage| {
        begin(stage).await;
        stage.fake.fail(&[Fault::Status(422)]);
        stage.send("odd").await;
        stage.see("This message can’t be sent.").await;
        stage.click("Remove").await;
        stage.see_messages(&["> hello", "Hello!"]).await;
        stage.visit("home").await;
        stage.enter_frame().await;
        stage.see_messages(&["> hello", "Hello!"]).await;
    })
    .await;
}

#[tokio::test]
async fn comes_back_after_a_broken_line_without_gaps_or_doubles() {
    on_stage(Screen::Desktop, async |stage| {
        begin(stage).await;
        stage.fake.reachable(false);
        stage.fake.push(say("Missed one"));
        stage.fake.push(say("Missed two"));
        stage.send("into the void").await;
        stage.see("Connection lost. Trying again…").await;
        stage.see("Not sent.").await;
        stage.picture("connection-lost").await;
        assert!(!stage.words().await.contains("Missed"));
        stage.fake.reachable(true);
        // What couldn't be sent goes out by itself.
        stage.see_messages(&["> hello", "Hello!", "Missed one", "Missed two", "> into the void"]).await;
        stage.see_gone("Connection lost").await;
        stage.see_gone("Not sent.").await;
        stage.fake.push(say("Live again"));
        stage.see_messages(&["> hello", "Hello!", "Missed one", "Missed two", "> into the void", "Live again"]).await;
        assert_eq!(stage.fake.stored(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_was_missed_before_a_sent_message_still_comes() {
    on_stage(Screen::Desktop, async |stage| {
        begin(stage).await;
        // Sending works while following doesn't: the send's own answer brings number 4 before anything brought 3.
        stage.fake.streams(false);
        stage.fake.push(say("Missed"));
        stage.send("mine").await;
        stage.until("it is stored", async || stage.fake.stored() == 2).await;
        stage.see_gone("Sending…").await;
        stage.see_messages(&["> hello", "Hello!", "> mine"]).await;
        stage.fake.streams(true);
        stage.see_messages(&["> hello", "Hello!", "Missed", "> mine"]).await;
    })
    .await;
}

#[tokio::test]
async fn says_that_the_device_is_offline() {
    on_stage(Screen::Desktop, async |stage| {
        begin(stage).await;
        stage.frame("Object.defineProperty(navigator, 'onLine', { value: false, configurable: true }); dispatchEvent(new Event('offline'))").await;
        stage.see("You’re offline.").await;
        stage.frame("delete navigator.onLine; dispatchEvent(new Event('online'))").await;
        stage.see_gone("You’re offline.").await;
        stage.fake.push(say("Welcome back"));
        stage.see_messages(&["> hello", "Hello!", "Welcome back"]).await;
    })
    .await;
}

#[tokio::test]
async fn opens_a_new_session_when_the_old_one_is_over() {
    on_stage(Screen::Desktop, async |stage| {
        stage.visit("home").await;
        stage.page("usher('identify', 'token-of-ana')").await;
        stage.fake.answer("hello", vec![with(say("Hello!"), json!({ "quick_replies": [choose("Go on")] }))]);
        stage.open().await;
        stage.send("hello").await;
        stage.see("Go on").await;
        stage.fake.expire_sessions().await;
        stage.see("Your earlier chat has expired, so a new one was started.").await;
        stage.see_messages(&[]).await;
        stage.send("hello").await;
        stage.see_messages(&["> hello", "Hello!"]).await;
        // Who the customer is, the page had said.
        stage.see("Signed in as Ana").await;
        assert_eq!(stage.fake.heard("POST sessions").len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_message_that_meets_the_end_of_a_session_goes_to_the_next() {
    on_stage(Screen::Desktop, async |stage| {
        begin(stage).await;
        stage.fake.fail(&[Fault::Status(401)]);
        stage.send("hello there").await;
        stage.see("Your earlier chat has expired").await;
        stage.see_messages(&["> hello there", "Hello!"]).await;
        assert_eq!(stage.fake.heard("POST sessions").len(), 2);
    })
    .await;
}

//! Whether an answer helped: asked quietly below it, answered once, and gone with the next message.

use usher_browser_tests::{
    Screen, on_stage,
    script::{complete, say},
};

const QUESTION: &str = "Did that answer your question?";

#[tokio::test]
async fn is_answered_with_one_press() {
    on_stage(Screen::Phone, async |stage| {
        stage.fake.answer("how much", vec![complete("Shipping costs 4.90 EUR.")]);
        stage.fake.answer("choose:Yes, thank you", vec![say("Glad to hear it!")]);
        stage.visit("home").await;
        stage.open().await;
        stage.send("how much is shipping?").await;
        stage.see(QUESTION).await;
        stage.picture("resolved").await;
        assert_eq!(stage.accessibility_problems().await, [] as [String; 0]);
        let named = "const yes = [...document.querySelectorAll('#replies button')].at(-2);
             return document.getElementById(yes.getAttribute('aria-describedby')).textContent";
        assert_eq!(stage.frame(named).await, QUESTION);
        stage.click("Yes, thank you").await;
        stage.see("Glad to hear it!").await;
        stage.see_gone(QUESTION).await;
        assert_eq!(stage.fake.sent()[1]["choose"], "2.0");
        assert_eq!(stage.focus().await, "text");
    })
    .await;
}

#[tokio::test]
async fn goes_with_the_next_message() {
    on_stage(Screen::Desktop, async |stage| {
        stage.fake.answer("how much", vec![complete("Shipping costs 4.90 EUR.")]);
        stage.fake.answer("austria", vec![say("Yes, we do.")]);
        stage.visit("home").await;
        stage.open().await;
        stage.send("how much is shipping?").await;
        stage.see(QUESTION).await;
        stage.send("and to Austria?").await;
        stage.see_gone(QUESTION).await;
    })
    .await;
}

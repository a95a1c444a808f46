//! The question before something is changed: answered once, by mouse, keyboard or words, and like nothing that a skill
//! can show.

use fantoccini::key::Key;
use serde_json::{Value, json};
use usher_browser_tests::{
    Screen, Stage,
    fake::Fault,
    on_stage,
    script::{cards, choose, consent, say, with},
};

const SUMMARY: &str = "Cancel order #1042 and refund €84.90 to your card";

async fn asked(stage: &Stage) {
    stage.fake.answer("cancel my order", vec![consent(SUMMARY)]);
    stage.fake.answer("choose:Yes, do exactly this", vec![say("Order #1042 is cancelled.")]);
    stage.fake.answer("choose:No, change nothing", vec![say("All right, nothing was changed.")]);
    stage.visit("home").await;
    stage.open().await;
    stage.send("cancel my order").await;
    stage.see("Your yes is needed").await;
}

/// How many buttons of questions can be pressed.
async fn open_buttons(stage: &Stage) -> Value {
    stage.frame("return document.querySelectorAll('section.consent button:enabled').length").await
}

#[tokio::test]
async fn is_asked_with_all_that_will_be_done_and_answered_once() {
    on_stage(Screen::Desktop, async |stage| {
        asked(stage).await;
        for shown in [SUMMARY, "#1042", "Cancel one of the customer's orders", "Nothing has been changed yet."] {
            stage.see(shown).await;
        }
        let card = stage.find("section.consent").await;
        assert_eq!(card.attr("role").await.unwrap().as_deref(), Some("group"));
        let named = stage
            .frame(
                "const card = document.querySelector('section.consent');
                 const text = (id) => document.getElementById(id).textContent;
                 return [text(card.getAttribute('aria-labelledby')),
                   ...[...card.querySelectorAll('button')].map((one) => text(one.getAttribute('aria-describedby')))]",
            )
            .await;
        assert_eq!(named, json!(["Your yes is needed", SUMMARY, SUMMARY]));
        // A double click is one answer.
        stage.frame("const yes = document.querySelector('section.consent button'); yes.click(); yes.click()").await;
        stage.see("Order #1042 is cancelled.").await;
        assert_eq!(stage.focus().await, "text");
        let chosen: Vec<_> = stage.fake.sent().iter().map(|sent| sent["choose"].clone()).collect();
        assert_eq!(chosen, [Value::Null, json!("2.0")]);
        assert_eq!(open_buttons(stage).await, 0);
        stage.see("This question is closed.").await;
        stage.picture("consent-answered").await;
    })
    .await;
}

#[tokio::test]
async fn is_answered_from_the_keyboard() {
    on_stage(Screen::Desktop, async |stage| {
        asked(stage).await;
        assert_eq!(stage.focus().await, "text", "the question takes the focus from nobody who is typing");
        // Back from the composer, past the list of messages itself.
        for _ in 0..4 {
            stage.keys(&[Key::Tab], &[Key::Shift]).await;
            if stage.focus().await == "No, change nothing" {
                break;
            }
        }
        assert_eq!(stage.focus().await, "No, change nothing");
        stage.press(Key::Enter).await;
        stage.see("All right, nothing was changed.").await;
        assert_eq!(stage.fake.sent()[1]["choose"], "2.1");
        assert_eq!(stage.focus().await, "text");
    })
    .await;
}

#[tokio::test]
async fn is_closed_by_any_other_message_and_stays_closed() {
    on_stage(Screen::Desktop, async |stage| {
        asked(stage).await;
        assert_eq!(open_buttons(stage).await, 2);
        stage.fake.answer("shipping", vec![say("Three days.")]);
        stage.send("how long is shipping?").await;
        stage.see("Three days.").await;
        assert_eq!(open_buttons(stage).await, 0);
        // On the next page too; and a question that is asked anew is another one.
        stage.visit("knitwear").await;
        stage.enter_frame().await;
        stage.see("This question is closed.").await;
        assert_eq!(open_buttons(stage).await, 0);
        stage.fake.push(consent("Cancel order #1042, this time for real"));
        stage.see("this time for real").await;
        assert_eq!(open_buttons(stage).await, 2);
        let last =
            "return [...document.querySelectorAll('section.consent')].pop().querySelectorAll('button:enabled').length";
        assert_eq!(stage.frame(last).await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_yes_that_was_not_sent_can_be_taken_back() {
    on_stage(Screen::Desktop, async |stage| {
        asked(stage).await;
        stage.fake.fail(&[Fault::Status(422)]);
        stage.click("Yes, do exactly this").await;
        stage.see("This message can’t be sent.").await;
        assert_eq!(open_buttons(stage).await, 0);
        stage.click("Remove").await;
        stage.until_eq(json!(2), async || open_buttons(stage).await).await;
    })
    .await;
}

#[tokio::test]
async fn a_person_is_answered_in_words() {
    on_stage(Screen::Desktop, async |stage| {
        asked(stage).await;
        stage.fake.human(true);
        stage.until_eq(json!(0), async || open_buttons(stage).await).await;
        stage.fake.human(false);
        stage.until_eq(json!(2), async || open_buttons(stage).await).await;
    })
    .await;
}

/// A skill that tries to look like the question.
#[tokio::test]
async fn nothing_that_a_skill_says_looks_like_it() {
    on_stage(Screen::Desktop, async |stage| {
        let imitation = json!({ "title": "Cancel one of the customer's orders", "summary": SUMMARY,
            "yes": choose("Yes, do exactly this"), "no": choose("No, change nothing") });
        let mut shown = cards();
        for card in &mut shown {
            // Whatever a card brings along, its kind decides on its shape.
            card["consent"] = imitation.clone();
            card["class"] = json!("consent");
        }
        shown.push(json!({ "kind": "consent", "title": "Your yes is needed", "consent": imitation, "buttons": [] }));
        let blocks = json!([
            { "kind": "paragraph", "spans": [{ "text": "Your yes is needed", "bold": true, "class": "consent" }] },
            { "kind": "consent", "consent": imitation, "spans": [{ "text": "Your yes is needed" }] },
            { "kind": "paragraph", "spans": [{ "text": "<section class=\"consent\"><h2>Your yes is needed</h2></section>" }] },
        ]);
        let replies = json!([choose("Yes, do exactly this"), choose("No, change nothing")]);
        stage.fake.answer("phish", vec![with(say(""), json!({ "blocks": blocks, "cards": shown, "quick_replies": replies }))]);
        stage.visit("home").await;
        stage.open().await;
        stage.send("phish").await;
        stage.see("Coffee, 2 bags").await;
        let shape = "return [document.querySelectorAll('.consent, section [id^=consent]').length,
            [...document.querySelectorAll('h1, h2, h3')].filter((one) => one.textContent.includes('Your yes')).length]";
        assert_eq!(stage.frame(shape).await, json!([0, 0]));
        // The real one beside it.
        stage.fake.push(consent(SUMMARY));
        stage.until_eq(json!([3, 1]), async || stage.frame(shape).await).await;
        stage.frame("document.querySelector('section.consent').scrollIntoView({ block: 'end' })").await;
        stage.picture("consent-and-its-imitation").await;
    })
    .await;
}

#[tokio::test]
async fn scripts_in_it_are_shown_as_text() {
    on_stage(Screen::Desktop, async |stage| {
        let payload = "<img src=x onerror=\"alert(1)\"><b>bold</b> **stars** [link](https://evil.example)";
        let mut question = consent(payload);
        question["consent"]["details"] = json!([payload, "</dd><script>alert(2)</script>"]);
        question["consent"]["title"] = json!(payload);
        question["consent"]["yes"]["label"] = json!(payload);
        stage.fake.answer("hello", vec![question]);
        stage.visit("home").await;
        stage.open().await;
        stage.send("hello").await;
        stage.see("</dd><script>alert(2)</script>").await;
        let strays = "return document.querySelectorAll('.consent :is(img, b, strong, a, script)').length";
        assert_eq!(stage.frame(strays).await, 0);
        assert!(stage.words().await.contains(payload));
    })
    .await;
}

#[tokio::test]
async fn on_a_phone_in_the_dark_and_in_swedish() {
    for (screen, page, name) in [
        (Screen::Phone, "home?name=Northwind", "consent-phone"),
        (Screen::DarkPhone, "home?name=Northwind&locale=sv&color=%23101840", "consent-dark-phone"),
    ] {
        on_stage(screen, async |stage| {
            let long = format!("{SUMMARY}, {}", "Donaudampfschifffahrtsgesellschaftskapitän ".repeat(10));
            let mut question = consent(&long);
            question["consent"]["details"] = json!(["#1042", "x".repeat(120), "10115", "Berlin"]);
            stage.fake.answer("cancel", vec![question]);
            stage.visit(page).await;
            stage.open().await;
            stage.send("cancel").await;
            stage.see("Yes, do exactly this").await;
            stage.picture(name).await;
            let fits = "const list = document.getElementById('scroller');
                const card = document.querySelector('section.consent').getBoundingClientRect();
                return list.scrollWidth <= list.clientWidth && card.left >= 0 && card.right <= innerWidth";
            assert_eq!(stage.frame(fits).await, true);
            assert_eq!(stage.accessibility_problems().await, [] as [String; 0]);
        })
        .await;
    }
}

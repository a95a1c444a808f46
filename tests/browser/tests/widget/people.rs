//! The way to a person and what follows: the offer, what is asked first, who writes, and the rating.

use serde_json::{Value, json};
use usher_browser_tests::{
    Screen, Stage,
    fake::Fault,
    on_stage,
    script::{choose, from_person, notice, offer, rating, say, with},
};

#[tokio::test]
async fn a_person_is_offered_and_an_address_asked_for() {
    on_stage(Screen::Phone, async |stage| {
        stage.fake.answer("a violin", vec![offer()]);
        stage.fake.answer(
            "choose:Yes, connect",
            vec![with(
                say("Which address may we answer to?"),
                json!({ "question": { "asks": "email", "choices": [], "skip": choose("I'd rather not") } }),
            )],
        );
        stage.visit("home").await;
        stage.open().await;
        stage.send("do you mend a violin?").await;
        stage.see("Would you like me to connect you").await;
        stage.picture("people-offer").await;
        assert_eq!(stage.accessibility_problems().await, [] as [String; 0]);
        stage.click("Yes, connect me with an agent").await;
        stage.see("Which address").await;
        let field = "const text = document.getElementById('text'); return [text.inputMode, text.autocomplete, text.placeholder]";
        assert_eq!(stage.frame(field).await, json!(["email", "email", "Your e-mail address"]));
        stage.see("I'd rather not").await;
        stage.see_gone("No, thanks").await;
        stage.picture("people-email").await;
        stage.send("ana@example.net").await;
        stage.until("the field is for messages again", async || {
            stage.frame("return document.getElementById('text').inputMode").await == "text"
        })
        .await;
        assert_eq!(stage.fake.sent()[1]["choose"], "2.0");
    })
    .await;
}

#[tokio::test]
async fn a_person_can_always_be_asked_for_until_one_is_there() {
    on_stage(Screen::Desktop, async |stage| {
        stage.visit("home").await;
        stage.open().await;
        stage.press_on("#person").await;
        stage.see_messages(&["> I’d like to talk to a person."]).await;
        stage.until("it is stored", async || stage.fake.stored() == 1).await;
        stage.fake.human(true);
        stage
            .until("nobody else is needed", async || {
                stage.frame("return document.getElementById('person').hidden").await == true
            })
            .await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_comes_late_does_not_undo_who_answers_now() {
    const LATE: std::time::Duration = std::time::Duration::from_millis(800);
    on_stage(Screen::Desktop, async |stage| {
        stage.fake.late_lists(LATE);
        stage.visit("home").await;
        stage.open().await;
        stage.press_on("#person").await;
        let asked = async || stage.fake.heard("GET conversations").iter().any(|one| one.route == "GET conversations");
        stage.until("it is asked who answers", asked).await;
        stage.fake.human(true);
        let hidden = async || stage.frame("return document.getElementById('person').hidden").await == true;
        stage.until("nobody else is needed", hidden).await;
        tokio::time::sleep(2 * LATE).await;
        assert!(hidden().await, "the list said how it was before");
    })
    .await;
}

#[tokio::test]
async fn a_person_has_a_name_and_sees_that_the_customer_writes() {
    on_stage(Screen::Desktop, async |stage| {
        stage.visit("home").await;
        stage.open().await;
        stage.send("hello").await;
        stage.until("it is stored", async || stage.fake.stored() == 1).await;
        stage.fake.human(true);
        stage.fake.push(notice("joined", "Team Lumen has joined."));
        stage.fake.push_human(from_person("Team Lumen", "Hello! I'm looking into it."));
        stage.see("Team Lumen has joined.").await;
        stage.see("I'm looking into it.").await;
        let name = "return document.querySelector('.message[data-author=human] .name').textContent";
        assert_eq!(stage.frame(name).await, "Team Lumen");
        stage
            .until("it shows", async || {
                stage.fake.typing_human();
                stage.find("#typing").await.text().await.unwrap() == "Someone from our team is writing…"
            })
            .await;
        stage.type_into("#text", "I am w").await;
        stage
            .until("it was told", async || {
                stage.fake.heard("POST conversations/").iter().any(|one| one.route.ends_with("/typing"))
            })
            .await;
        stage.picture("people-joined").await;
        assert_eq!(stage.accessibility_problems().await, [] as [String; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_moved_to_email_says_so_and_a_new_conversation_is_near() {
    on_stage(Screen::Phone, async |stage| {
        stage.visit("home").await;
        stage.open().await;
        stage.send("hello").await;
        stage.until("it is stored", async || stage.fake.stored() == 1).await;
        stage.fake.push(with(
            say("I've passed this on."),
            json!({ "handoff": true, "tell_me": choose("Tell me when somebody is there") }),
        ));
        stage.fake.push(notice("moved_to_email", "We'll answer by e-mail."));
        stage.see("This conversation goes on by e-mail.").await;
        stage.see("Tell me when somebody is there").await;
        stage.picture("people-moved").await;
        assert_eq!(stage.accessibility_problems().await, [] as [String; 0]);
        stage.click("New conversation").await;
        stage.click("Start new").await;
        stage.see_gone("This conversation goes on by e-mail.").await;
    })
    .await;
}

#[tokio::test]
async fn help_is_rated_once_with_words() {
    on_stage(Screen::Phone, async |stage| {
        stage.visit("home").await;
        stage.open().await;
        stage.send("hello").await;
        stage.until("it is stored", async || stage.fake.stored() == 1).await;
        stage.fake.push_human(from_person("Team Lumen", "Done!"));
        stage.fake.push(rating());
        stage.see("How was our help?").await;
        stage.frame("document.querySelector('label[for=score-4]').click()").await;
        stage.see("Anything to add?").await;
        stage.picture("people-rating").await;
        assert_eq!(stage.accessibility_problems().await, [] as [String; 0]);
        stage.type_into("#rating-comment", "Quick and kind").await;
        // What could not be sent, though it was tried several times, stays as it was written.
        stage.fake.fail(&[Fault::Status(503); 4]);
        stage.frame("document.querySelector('#rating [type=submit]').click()").await;
        stage.see("That couldn’t be sent.").await;
        stage.frame("document.querySelector('#rating [type=submit]').click()").await;
        stage.see("Thank you!").await;
        stage.see_gone("Anything to add?").await;
        let rated = ratings(stage);
        assert_eq!(rated.len(), 5);
        assert!(rated.iter().all(|one| *one == json!({ "score": 4, "comment": "Quick and kind" })), "{rated:?}");
    })
    .await;
}

#[tokio::test]
async fn a_rating_that_does_not_arrive_is_given_again() {
    on_stage(Screen::Phone, async |stage| {
        stage.visit("home").await;
        stage.open().await;
        stage.send("hello").await;
        stage.until("it is stored", async || stage.fake.stored() == 1).await;
        stage.fake.push(rating());
        stage.see("How was our help?").await;
        stage.frame("document.querySelector('label[for=score-2]').click()").await;
        stage.fake.fail(&[Fault::Status(503)]);
        stage.frame("document.querySelector('#rating [type=submit]').click()").await;
        stage.see("Thank you!").await;
        assert_eq!(ratings(stage), [json!({ "score": 2 }), json!({ "score": 2 })]);
    })
    .await;
}

/// The ratings that the server was asked to keep, in their order.
fn ratings(stage: &Stage) -> Vec<Value> {
    let asked = stage.fake.heard("POST conversations/").into_iter().filter(|one| one.route.ends_with("/rating"));
    asked.map(|one| one.body).collect()
}

#[tokio::test]
async fn whoever_writes_on_is_not_asked_any_more() {
    on_stage(Screen::Desktop, async |stage| {
        stage.visit("home").await;
        stage.open().await;
        stage.send("hello").await;
        stage.until("it is stored", async || stage.fake.stored() == 1).await;
        stage.fake.push(rating());
        stage.see("How was our help?").await;
        stage.send("it is broken again").await;
        stage
            .until("the question is gone", async || {
                stage.frame("return document.getElementById('rating').hidden").await == true
            })
            .await;
    })
    .await;
}

#[tokio::test]
async fn the_shop_greets_and_offers_what_is_asked_often() {
    on_stage(Screen::Phone, async |stage| {
        stage.fake.set_welcome(json!({
            "greeting": "Welcome to Northwind!\nWe're here until 17:00 (your time).",
            "language": "en",
            "team": { "reachable": true, "open": true, "online": true },
            "presets": [
                { "id": "a", "label": "Where is my order?", "action": "ask", "question": "Where is my order?" },
                { "id": "b", "label": "Opening hours", "action": "article", "article": "hours" },
                { "id": "c", "label": "Our shops", "action": "open", "url": "https://shop.example.com/shops" },
                { "id": "d", "label": "Odd", "action": "open", "url": "javascript:alert(1)" },
            ],
        }));
        stage.visit("home").await;
        stage.open().await;
        stage.see("here until 17:00").await;
        stage.see("You’re talking to software").await;
        stage.picture("people-welcome").await;
        assert_eq!(stage.accessibility_problems().await, [] as [String; 0]);
        let offered =
            "return [...document.querySelectorAll('#replies .action')].map((one) => one.firstChild.textContent)";
        assert_eq!(stage.frame(offered).await, json!(["Where is my order?", "Opening hours", "Our shops"]));
        stage.click("Opening hours").await;
        stage.see("All about hours.").await;
        stage.click("Where is my order?").await;
        stage.until("it is asked", async || stage.fake.stored() == 1).await;
        assert_eq!(stage.fake.sent()[0]["text"], "Where is my order?");
        stage.see_gone("Our shops").await;
    })
    .await;
}

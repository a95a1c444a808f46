//! Messages to and fro.

use fantoccini::key::Key;
use serde_json::json;
use usher_browser_tests::{
    Screen, on_stage,
    script::{notice, say, with},
};

#[tokio::test]
async fn says_at_once_that_it_is_an_ai() {
    on_stage(Screen::Desktop, async |stage| {
        stage.visit("home?name=Northwind&assistant=Helper").await;
        stage.open().await;
        stage.see("Hi! I’m Helper, the AI assistant of Northwind.").await;
        stage.see("You’re talking to software, not a person.").await;
        let title = async || stage.find("header h1").await.text().await.unwrap();
        assert_eq!(title().await, "Helper");
        assert_eq!(stage.find("#role").await.text().await.unwrap(), "AI assistant");
        // In the list that is read out, not only beside it.
        stage.find("[role=log][aria-live=polite] .message:first-child").await;

        // A page that names nobody: the server knows the shop.
        stage.fake.set_name("Lumen &amp; Co");
        stage.visit("home").await;
        stage.enter_frame().await;
        stage.see("Hi! I’m the AI assistant of Lumen & Co.").await;
        assert_eq!(title().await, "Lumen & Co");
    })
    .await;
}

#[tokio::test]
async fn sends_with_enter_and_shows_the_answer() {
    on_stage(Screen::Desktop, async |stage| {
        let answer = json!({ "blocks": [
            { "kind": "paragraph", "spans": [{ "text": "You can " }, { "text": "send it back", "bold": true }, { "text": " within " },
                { "text": "30 days", "italic": true }, { "text": ", see " }, { "text": "our policy", "href": "https://shop.example.com/returns" }, { "text": "." }] },
            { "kind": "list", "ordered": true, "items": [[{ "text": "Print the label" }], [{ "text": "Use code " }, { "text": "RMA-7", "code": true }]] }],
            "sources": [{ "title": "Returns", "url": "https://shop.example.com/help/returns" }, { "title": "Terms" }] });
        stage.fake.answer("return", vec![answer]);
        stage.visit("home").await;
        stage.open().await;
        let composer = stage.find("#text").await;
        composer.send_keys("What is your").await.unwrap();
        stage.keys(&[Key::Enter], &[Key::Shift]).await;
        stage.send("return policy?").await;
        stage.see_messages(&["> What is your\nreturn policy?", "You can send it back within 30 days, see our policy (opens in a new tab).\nPrint the label\nUse code RMA-7"]).await;
        let sources = stage.find(".sources").await.prop("textContent").await.unwrap();
        assert_eq!(sources.as_deref(), Some("Sources: Returns (opens in a new tab), Terms"));

        let message = &stage.fake.sent()[0];
        assert_eq!(message["text"], "What is your\nreturn policy?");
        assert!(message["client_id"].as_str().is_some_and(|id| id.len() >= 16));
        assert_eq!(message["page_url"], format!("{}/home", stage.fake.shop));
        let session = &stage.fake.heard("POST sessions")[0].body;
        assert_eq!(*session, json!({ "site": "northwind", "locale": "en-GB", "time_zone": "Europe/Amsterdam" }));

        for (css, text) in [("strong", "send it back"), ("em", "30 days"), ("ol > li code", "RMA-7")] {
            assert_eq!(stage.find(&format!(".bubble {css}")).await.text().await.unwrap(), text);
        }
        let link = stage.find(".bubble a").await;
        assert_eq!(link.attr("rel").await.unwrap().as_deref(), Some("noopener noreferrer nofollow"));
        assert_eq!(link.attr("target").await.unwrap().as_deref(), Some("_blank"));
        assert_eq!(stage.focus().await, "text");
    })
    .await;
}

#[tokio::test]
async fn holds_to_the_limit_and_counts_near_it() {
    on_stage(Screen::Desktop, async |stage| {
        stage.visit("home").await;
        stage.open().await;
        let fill = "const text = document.querySelector('#text'); text.value = arguments[0]; text.dispatchEvent(new Event('input'))";
        for (length, shown) in [(3_599, ""), (3_600, "400 characters left"), (4_000, "0 characters left"), (4_001, "1 character too many")] {
            // A character outside the basic plane is one to the customer and two to JavaScript.
            stage.run(fill, vec![json!("🧦".repeat(length))]).await;
            assert_eq!(stage.find("#count").await.text().await.unwrap(), shown, "at {length}");
            assert_eq!(stage.find("#send").await.is_enabled().await.unwrap(), length <= 4_000);
        }
        stage.type_into("#text", &char::from(Key::Enter).to_string()).await;
        assert!(stage.fake.heard("POST").is_empty(), "it was sent although it is too long");
        assert_eq!(stage.frame("return [...document.querySelector('#text').value].length").await, 4_001);

        stage.run(fill, vec![json!("🧦".repeat(4_000))]).await;
        stage.type_into("#text", &char::from(Key::Enter).to_string()).await;
        stage.until("it was sent", async || stage.fake.stored() == 1).await;
    })
    .await;
}

#[tokio::test]
async fn shows_that_the_assistant_writes_and_forgets_it_by_itself() {
    on_stage(Screen::Desktop, async |stage| {
        stage.visit("home").await;
        stage.open().await;
        stage.send("hello").await;
        stage.until("it is stored", async || stage.fake.stored() == 1).await;
        let writing = async || stage.find("#typing[role=status]").await.text().await.unwrap();
        let push_until_seen = async || {
            stage.fake.typing();
            writing().await == "The assistant is writing…"
        };
        stage.until("it shows", push_until_seen).await;
        stage.until("it went by itself", async || writing().await.is_empty()).await;

        stage.until("it shows again", push_until_seen).await;
        stage.fake.push(say("Here I am."));
        stage.see("Here I am.").await;
        assert_eq!(writing().await, "");
    })
    .await;
}

#[tokio::test]
async fn says_when_a_person_takes_over() {
    on_stage(Screen::Desktop, async |stage| {
        stage.fake.answer("person", vec![with(say("I'll get someone."), json!({ "handoff": true }))]);
        stage.visit("home").await;
        stage.open().await;
        stage.send("a person please").await;
        stage.see("Passed to our team.").await;
        let told = "return heard.some((one) => one.name === 'handoff')";
        stage.until("the page was told", async || stage.page(told).await == true).await;
        stage.enter_frame().await;
        stage.fake.human(true);
        stage.fake.push(notice("joined", "The team has joined."));
        stage.fake.push_human(say("Hi, this is the team."));
        stage.see("The team has joined.").await;
        stage.see_messages(&["> a person please", "I'll get someone.", "", "Hi, this is the team."]).await;
        assert_eq!(stage.find("#role").await.text().await.unwrap(), "Our team");
        stage.find(".message[data-author=human]").await;
        // Also known on the next page.
        stage.visit("home").await;
        stage.enter_frame().await;
        stage.until("it says so", async || stage.find("#role").await.text().await.unwrap() == "Our team").await;
        stage.fake.human(false);
        stage.until("it says so", async || stage.find("#role").await.text().await.unwrap() == "AI assistant").await;
    })
    .await;
}

#[tokio::test]
async fn divides_days_and_shows_times_in_the_customers_zone() {
    on_stage(Screen::Desktop, async |stage| {
        stage.fake.answer("hello", vec![
            with(say("Old"), json!({ "sent_at": "2024-03-09T23:30:00Z" })),
            with(say("Also old"), json!({ "sent_at": "2024-03-09T23:31:00Z" })),
            with(say("Summer"), json!({ "sent_at": "2025-07-01T10:00:00Z" })),
        ]);
        stage.visit("home").await;
        stage.open().await;
        stage.send("hello").await;
        stage.see("Summer").await;
        let days = stage.frame("return [...document.querySelectorAll('.day')].map((day) => [day.textContent, day.nextElementSibling.innerText.split('\\n')[0]])").await;
        let days: Vec<(String, String)> = serde_json::from_value(days).unwrap();
        assert!(days.iter().any(|(day, _)| day == "10 March 2024"), "{days:?}");
        assert!(days.iter().any(|(day, _)| day == "1 July 2025"), "{days:?}");
        let times = stage.frame("return [...document.querySelectorAll('.message[data-author=assistant] time')].map((one) => one.textContent)").await;
        assert_eq!(times, json!(["00:31", "12:00"]));
    })
    .await;
}

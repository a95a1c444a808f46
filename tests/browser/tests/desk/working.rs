//! A conversation comes from the assistant, is worked on, and is solved.

use serde_json::json;
use usher_browser_tests::{Demo, Desk, Screen, Shopper, demo::SITE, in_browser};

const QUESTION: &str = "What is your return policy?";

#[tokio::test]
async fn a_handoff_arrives_by_itself_and_is_worked_on_until_it_is_solved() {
    let demo = Demo::start().await;
    in_browser(Screen::Desktop, async |browser| {
        let desk = Desk::open(browser, &demo).await;
        desk.view("Unassigned").await;
        desk.see("Nothing waits").await;

        // It shows up in the list without anything being pressed.
        let shopper = Shopper::open(&demo.usher, SITE).await;
        shopper.ask_for_a_person(QUESTION, "ana@example.net").await;
        browser.until("the ticket is in the list", async || desk.rows().await.len() == 1).await;
        let row = desk.rows().await.remove(0);
        assert!(row.contains("ana@example.net") && row.contains("Web chat"), "{row}");

        // All of the conversation is there, and why it came.
        desk.open_ticket("ana@example.net").await;
        desk.see("The customer asked for a person").await;
        desk.see("Not verified").await;
        let conversation = desk.conversation().await;
        for said in [QUESTION, "30 days", "I want to talk to a person", "ana@example.net"] {
            assert!(conversation.contains(said), "{said} isn't in {conversation}");
        }
        browser.picture("desk-ticket").await;
        assert_eq!(browser.accessibility_problems().await, [] as [String; 0]);

        // Why the assistant answered so.
        let unfold = "const why = document.querySelector('.why summary'); why?.click(); return Boolean(why)";
        browser.until("the answer can be explained", async || browser.frame(unfold).await == true).await;
        desk.see("Skills asked").await;
        desk.see("returns-exchanges answered").await;

        desk.press("Take").await;
        desk.see("It is yours.").await;
        browser.until("the history says so", async || desk.conversation().await.contains("You took it")).await;
        shopper.hear("that a person is there", |message| message["notice"] == "joined").await;

        desk.reply("Hello, how can I help?").await;
        shopper.hear_person("Hello, how can I help?").await;
        shopper.say("The lamp came broken").await;
        browser.until("the answer arrives", async || desk.conversation().await.contains("The lamp came broken")).await;

        desk.note("Stock has two left").await;
        browser.picture("desk-note").await;
        assert_eq!(browser.accessibility_problems().await, [] as [String; 0]);
        let heard = json!(shopper.messages().await).to_string();
        assert!(!heard.contains("Stock has two left"), "a note is for the team only: {heard}");

        // What was begun is there after a reload, and marked in the list.
        desk.press("Reply").await;
        desk.write("A new one is on its").await;
        desk.see("Draft saved").await;
        browser.client.refresh().await.unwrap();
        desk.ready().await;
        browser.until_eq("A new one is on its".to_owned(), async || desk.written().await).await;
        desk.view("Mine").await;
        browser.until("the draft is marked", async || desk.rows().await.iter().any(|row| row.contains("Draft"))).await;
        desk.open_ticket("ana@example.net").await;
        browser.until_eq("A new one is on its".to_owned(), async || desk.written().await).await;
        desk.write(" way.").await;
        desk.send().await;
        shopper.hear_person("A new one is on its way.").await;
        browser
            .until("the draft is used up", async || !desk.rows().await.iter().any(|row| row.contains("Draft")))
            .await;

        // Solved, undone, and solved for good.
        desk.press("Solve").await;
        desk.see("is solved.").await;
        desk.press("Undo").await;
        desk.see("is open again.").await;
        browser.until("it can be solved again", async || desk.rows().await.len() == 1).await;
        desk.press("Solve").await;
        browser.until("it has left the list", async || desk.rows().await.is_empty()).await;
        desk.view("Solved").await;
        assert_eq!(desk.rows().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_somebody_writes_meanwhile_is_shown_before_a_reply_goes_out() {
    let demo = Demo::start().await;
    in_browser(Screen::Desktop, async |browser| {
        let shopper = Shopper::open(&demo.usher, SITE).await;
        shopper.ask_for_a_person(QUESTION, "ben@example.net").await;
        let desk = Desk::open(browser, &demo).await;
        desk.view("Unassigned").await;
        desk.open_ticket("ben@example.net").await;
        desk.press("Take").await;
        desk.see("It is yours.").await;

        desk.write("Shall I send another one?").await;
        // What comes while one reads further up hasn't been seen.
        browser.frame("document.getElementById('thread').scrollTop = 0").await;
        shopper.say("Never mind, I found it").await;
        browser.until("it arrives", async || desk.conversation().await.contains("Never mind, I found it")).await;
        desk.send().await;
        desk.see("1 message came while you were writing.").await;
        assert_eq!(desk.written().await, "Shall I send another one?");
        browser.picture("desk-meanwhile").await;
        assert_eq!(browser.accessibility_problems().await, [] as [String; 0]);
        assert!(!json!(shopper.messages().await).to_string().contains("another one"));

        desk.press("Send anyway").await;
        shopper.hear_person("Shall I send another one?").await;
        browser.until_eq(String::new(), async || desk.written().await).await;
    })
    .await;
}

#[tokio::test]
async fn nothing_is_lost_while_there_is_no_connection() {
    let demo = Demo::start().await;
    in_browser(Screen::Desktop, async |browser| {
        let shopper = Shopper::open(&demo.usher, SITE).await;
        shopper.ask_for_a_person(QUESTION, "dora@example.net").await;
        let desk = Desk::open(browser, &demo).await;
        desk.view("Unassigned").await;
        desk.open_ticket("dora@example.net").await;

        browser.offline(true).await;
        desk.see("There is no network. What you write is kept.").await;
        desk.write("Written without a connection").await;
        desk.send().await;
        desk.see("Not sent.").await;
        assert_eq!(desk.written().await, "Written without a connection");
        browser.picture("desk-offline").await;
        assert_eq!(browser.accessibility_problems().await, [] as [String; 0]);
        // Said meanwhile; it is there as soon as the connection is.
        shopper.say("Is anybody there?").await;

        browser.offline(false).await;
        browser.see_gone("There is no network.").await;
        browser
            .until("what was missed is there", async || desk.conversation().await.contains("Is anybody there?"))
            .await;
        desk.press("Try again").await;
        desk.see("1 message came while you were writing.").await;
        desk.press("Send anyway").await;
        shopper.hear_person("Written without a connection").await;
        let sent = shopper.messages().await;
        let sent = sent.iter().filter(|message| message.to_string().contains("Written without a connection"));
        assert_eq!(sent.count(), 1, "however often it was sent, it is one message");
    })
    .await;
}

#[tokio::test]
async fn a_conversation_is_taken_over_from_the_assistant_and_handed_back() {
    let demo = Demo::start().await;
    in_browser(Screen::Desktop, async |browser| {
        let shopper = Shopper::open(&demo.usher, SITE).await;
        shopper.say(QUESTION).await;
        shopper.hear("the answer", |message| message["author"] == "assistant").await;
        let desk = Desk::open(browser, &demo).await;
        desk.view("With the assistant").await;
        browser.until("the conversation is there", async || desk.rows().await.len() == 1).await;
        desk.open_ticket("30 days").await;
        desk.see("The assistant has this conversation.").await;
        browser.picture("desk-assistant").await;
        assert_eq!(browser.accessibility_problems().await, [] as [String; 0]);

        desk.press("Take over").await;
        desk.see("The assistant won’t write any more.").await;
        desk.reply("Hello, I take it from here.").await;
        shopper.hear_person("Hello, I take it from here.").await;
        assert_eq!(browser.frame("return document.getElementById('view-title').textContent").await, "Mine");

        // Priority, tags, state and snooze, each kept by the server.
        desk.choose("priority", "Urgent").await;
        browser.until("the list says so", async || desk.rows().await.iter().any(|row| row.contains("Urgent"))).await;
        desk.choose("snooze", "Tomorrow").await;
        desk.see("comes back").await;
        browser.until("it is put aside", async || desk.rows().await.is_empty()).await;
        desk.press("Undo").await;
        browser.until("it is back", async || desk.rows().await.len() == 1).await;

        desk.choose("more-actions", "Hand back to the assistant").await;
        desk.see("The assistant has the conversation again.").await;
        shopper.say("And how do you deliver?").await;
        shopper
            .hear("an answer of the assistant's", |message| {
                message["author"] == "assistant" && message["seq"].as_u64() > Some(4) && message["skill"].is_object()
            })
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_colleague_is_seen_and_named_and_told() {
    let demo = Demo::start().await;
    let shopper = Shopper::open(&demo.usher, SITE).await;
    shopper.ask_for_a_person(QUESTION, "cleo@example.net").await;
    in_browser(Screen::Desktop, async |browser| {
        in_browser(Screen::Desktop, async |other| {
            let desk = Desk::open(browser, &demo).await;
            let colleague = Desk::open_as(other, &demo, &demo.colleague).await;
            desk.view("Unassigned").await;
            desk.open_ticket("cleo@example.net").await;
            colleague.view("Unassigned").await;
            colleague.open_ticket("cleo@example.net").await;
            desk.see("is looking at this too").await;
            colleague.see("is looking at this too").await;

            // Whoever is first has it, and the other sees so at once.
            colleague.press("Take").await;
            colleague.see("It is yours.").await;
            browser.until("the other sees it", async || desk.conversation().await.contains("took it")).await;
            let take = "return [...document.querySelectorAll('#conversation button')].some((one) => one.textContent === 'Take')";
            assert_eq!(browser.frame(take).await, false);
            desk.see("’s ticket.").await;
            browser.until("it has left the list", async || desk.rows().await.is_empty()).await;

            // Named in a note: told, unless the ticket is before one's eyes.
            desk.view("Mine").await;
            desk.see("Choose a ticket").await;
            colleague.note("@admin have a look, please").await;
            browser.until("the tab says so", async || browser.client.title().await.unwrap().starts_with("(1)")).await;
            browser.frame("document.querySelector('#top .menu button').click()").await;
            desk.see("mentions you in a note").await;
            browser.picture("desk-notifications").await;
            assert_eq!(browser.accessibility_problems().await, [] as [String; 0]);
            browser.frame("document.querySelector('#top .notification').click()").await;
            browser
                .until("the note is shown", async || desk.conversation().await.contains("have a look, please"))
                .await;
            browser.until("all is read", async || !browser.client.title().await.unwrap().starts_with('(')).await;
        })
        .await;
    })
    .await;
}

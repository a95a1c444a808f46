//! Two browsers at once: a customer in the shop, and a person in support.

use serde_json::json;
use std::time::{Duration, Instant};
use usher_browser_tests::{Browser, Demo, Desk, Screen, in_browser};

/// "Within a second" on a quiet machine; this fails only where something waits for a poll or a timer.
const AT_ONCE: Duration = Duration::from_secs(8);

#[tokio::test]
async fn a_conversation_goes_to_a_person_and_back() {
    let demo = Demo::start().await;
    in_browser(Screen::Phone, async |shopper| {
        in_browser(Screen::Desktop, async |person| talk(&demo, shopper, person).await).await;
    })
    .await;
}

async fn talk(demo: &Demo, shopper: &Browser, person: &Browser) {
    let desk = Desk::open(person, demo).await;
    desk.view("Unassigned").await;

    // What the assistant can't answer is offered to a person, who needs an address to answer to.
    shopper.visit_url(&demo.shop).await;
    shopper.open().await;
    shopper.send("Can you engrave a lamp with my grandmother's poem?").await;
    shopper.click("Yes, connect me with an agent").await;
    shopper
        .until("the address is asked for", async || {
            shopper.frame("return document.getElementById('text').inputMode").await == "email"
        })
        .await;
    shopper.send("ana@example").await;
    shopper.see("it needs a provider like example.com").await;
    shopper.send("ana@example.net").await;
    shopper.see("Passed to our team.").await;
    shopper.picture("two-handed-over").await;

    desk.open_ticket("ana@example.net").await;
    // What it is about is the question, not the first try at an address.
    desk.see("#1 Can you engrave a lamp").await;
    desk.press("Take").await;
    shopper.see("is here now").await;

    // Both ways.
    let sent = Instant::now();
    desk.reply("Hello! Yes, we can engrave it.").await;
    shopper.see("Yes, we can engrave it.").await;
    let there = sent.elapsed();
    let sent = Instant::now();
    shopper.send("Wonderful, how long does it take?").await;
    person
        .until("the answer is at the desk", async || desk.conversation().await.contains("how long does it take?"))
        .await;
    let back = sent.elapsed();
    eprintln!("from the person to the customer {there:?}, back {back:?}, both by way of the browsers' drivers");
    assert!(there < AT_ONCE && back < AT_ONCE, "{there:?} there, {back:?} back");
    shopper.picture("two-talking").await;
    person.picture("two-desk").await;
    assert_eq!(shopper.accessibility_problems().await, [] as [String; 0]);

    // Solved; the customer says how it was, and the person sees it.
    desk.choose("state", "Solved").await;
    shopper
        .until("the rating is asked for", async || {
            shopper.frame("return document.getElementById('rating')?.hidden === false").await == true
        })
        .await;
    shopper.frame("document.getElementById('score-5').click()").await;
    shopper.picture("two-rating").await;
    shopper.type_into("#rating-comment", "So quick!").await;
    shopper.frame("document.querySelector('#rating [type=submit]').click()").await;
    // Where it isn't taken, what the customer reads instead is in the failure.
    shopper.see("Thank you for your feedback").await;
    desk.see("So quick!").await;
    person.picture("two-rated").await;

    // A reply to what a person solved opens it again, with the same person.
    shopper.send("One more thing: in red?").await;
    person.until("it is open again", async || desk.conversation().await.contains("in red?")).await;
    desk.view("Mine").await;
    assert!(desk.rows().await.iter().any(|row| row.contains("ana@example.net")), "{:?}", desk.rows().await);
    assert_eq!(shopper.frame("return document.getElementById('role').textContent").await, json!("Our team"));
}

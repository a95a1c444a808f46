//! Views, filters, search, and what is known of the customer.

use usher_browser_tests::{Demo, Desk, Screen, Shopper, demo::SITE, in_browser};

#[tokio::test]
async fn a_view_is_narrowed_saved_and_deleted() {
    let demo = Demo::start().await;
    for email in ["eva@example.net", "finn@example.net"] {
        let shopper = Shopper::open(&demo.usher, SITE).await;
        shopper.ask_for_a_person("What is your return policy?", email).await;
    }
    in_browser(Screen::Desktop, async |browser| {
        let desk = Desk::open(browser, &demo).await;
        desk.view("All").await;
        desk.open_ticket("finn@example.net").await;
        // A tag that is typed is kept, and shown in the list.
        let tag = "const field = document.getElementById('tags'); field.value = 'vip, lamp';
            field.dispatchEvent(new Event('change', { bubbles: true }))";
        browser
            .until("the field is there", async || {
                browser.frame("return !!document.getElementById('tags')").await == true
            })
            .await;
        browser.frame(tag).await;
        browser.until("it is tagged", async || desk.rows().await.iter().any(|row| row.contains("lamp"))).await;

        browser.frame("document.querySelector('[data-key=filters]').click()").await;
        browser.type_into("#filter-tag", "vip").await;
        browser.picture("desk-filters").await;
        assert_eq!(browser.accessibility_problems().await, [] as [String; 0]);
        desk.press("Apply").await;
        browser.until("one is left", async || desk.rows().await.len() == 1).await;
        assert!(desk.rows().await[0].contains("finn@example.net"));

        browser.frame("document.querySelector('[data-key=filters]').click()").await;
        desk.press("Save this view…").await;
        browser.type_into("#view-name", "Important").await;
        assert_eq!(browser.accessibility_problems().await, [] as [String; 0]);
        desk.press("Save").await;
        browser
            .until("it is shown", async || {
                browser.frame("return document.getElementById('view-title').textContent").await == "Important"
            })
            .await;
        browser.until("with what it shows", async || desk.rows().await.len() == 1).await;
        let counted = "return document.querySelector('.view[aria-current]').innerText.replace(/\\s+/g, ' ')";
        browser
            .until("and its count", async || {
                browser.frame(counted).await.as_str().is_some_and(|text| text.contains('1'))
            })
            .await;

        // It is the server's: there after a reload.
        browser.client.refresh().await.unwrap();
        desk.ready().await;
        desk.view("Mine").await;
        desk.view("Important").await;
        browser.frame("document.querySelector('[data-key=filters]').click()").await;
        desk.press("Delete this view").await;
        desk.see("is deleted.").await;
        browser.until("it is gone", async || !browser.words().await.contains("Saved views")).await;
        desk.press("Undo").await;
        desk.see("Saved views").await;
    })
    .await;
}

#[tokio::test]
async fn a_customer_who_proved_who_they_are_is_marked_and_known() {
    let demo = Demo::start().await;
    let shopper = Shopper::open(&demo.usher, SITE).await;
    shopper.sign_in(&demo.mailbox, "ana@example.net").await;
    shopper.say("Where is my order?").await;
    shopper.hear("the order", |message| message["cards"][0]["kind"] == "order").await;
    shopper.say("I want to talk to a person").await;
    shopper.hear("that it was handed over", |message| message["handoff"] == true).await;
    in_browser(Screen::Desktop, async |browser| {
        let desk = Desk::open(browser, &demo).await;
        desk.view("Unassigned").await;
        desk.open_ticket("Ana").await;
        desk.see("Verified").await;
        assert_eq!(browser.frame("return document.querySelectorAll('#rows .verified').length").await, 1);
        let orders = "return document.querySelectorAll('#context article.order').length";
        browser.until("the orders are shown", async || browser.frame(orders).await.as_u64() > Some(0)).await;
        // As the customer saw it, and with nothing to press in the customer's name.
        assert!(desk.conversation().await.contains("Order #"));
        assert_eq!(browser.frame("return document.querySelectorAll('#conversation .card button').length").await, 0);
        browser.picture("desk-verified").await;
        assert_eq!(browser.accessibility_problems().await, [] as [String; 0]);

        // An article's text goes into the reply, and the reply solves the ticket.
        desk.press("Insert text").await;
        browser.until("it is in the reply", async || desk.written().await.len() > 40).await;
        desk.choose("ways", "Send and solve").await;
        desk.see("is solved.").await;
        browser.until_eq(String::new(), async || desk.written().await).await;
        shopper.hear("the reply", |message| message["author"] == "human").await;
    })
    .await;
}

#[tokio::test]
async fn who_was_signed_in_once_is_not_marked_for_ever() {
    let demo = Demo::start().await;
    let shopper = Shopper::open(&demo.usher, SITE).await;
    shopper.sign_in(&demo.mailbox, "ana@example.net").await;
    shopper.say("I want to talk to a person").await;
    shopper.hear("that it was handed over", |message| message["handoff"] == true).await;
    in_browser(Screen::Desktop, async |browser| {
        let desk = Desk::open(browser, &demo).await;
        // As if the sign-in had run out since.
        let later = "return import('/desk/files/api.js').then(({ api }) => {
            const read = api.context;
            api.context = async (id) => ({ ...(await read(id)), assurance: 'identified' });
        })";
        browser.frame(later).await;
        desk.view("Unassigned").await;
        desk.open_ticket("Ana").await;
        desk.see("Not verified").await;
        assert_eq!(browser.frame("return document.querySelectorAll('#conversation .head .verified').length").await, 0);
        let title = "return document.querySelector('#rows .verified').title";
        assert_eq!(browser.frame(title).await, "The customer was signed in when the ticket was opened.");
    })
    .await;
}

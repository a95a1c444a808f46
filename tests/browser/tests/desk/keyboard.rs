//! All of it without a mouse.

use fantoccini::key::Key;
use usher_browser_tests::{Demo, Desk, Screen, Shopper, demo::SITE, in_browser};

#[tokio::test]
async fn from_the_list_to_the_answer_and_back() {
    let demo = Demo::start().await;
    let first = Shopper::open(&demo.usher, SITE).await;
    first.ask_for_a_person("What is your return policy?", "first@example.net").await;
    let second = Shopper::open(&demo.usher, SITE).await;
    second.ask_for_a_person("What is your return policy?", "second@example.net").await;
    in_browser(Screen::Desktop, async |browser| {
        let desk = Desk::open(browser, &demo).await;
        desk.view("Unassigned").await;
        browser.until("both are there", async || desk.rows().await.len() == 2).await;
        // Whoever waits longest stands first.
        let focused = async || browser.frame("return document.activeElement.innerText").await.to_string();
        browser.frame("document.activeElement.blur()").await;
        desk.key('j').await;
        assert!(focused().await.contains("first@"), "{}", focused().await);
        desk.key('j').await;
        assert!(focused().await.contains("second@"), "{}", focused().await);
        desk.key('k').await;
        browser.press(Key::Down).await;
        assert!(focused().await.contains("second@"), "{}", focused().await);
        let outline = "const style = getComputedStyle(document.activeElement); return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2";
        assert_eq!(browser.frame(outline).await, true, "where the focus is can be seen");

        browser.press(Key::Enter).await;
        browser.until("it is open", async || desk.conversation().await.contains("second@example.net")).await;
        assert_eq!(browser.focus().await, "opened-title");
        desk.key('c').await;
        desk.see("It is yours.").await;

        desk.key('n').await;
        assert_eq!(browser.focus().await, "write");
        browser.type_into("#write", "Ask the warehouse").await;
        browser.press(Key::Escape).await;
        assert_eq!(browser.focus().await, "conversation");
        desk.key('r').await;
        assert_eq!(desk.written().await, "", "the reply is another text than the note");
        browser.type_into("#write", "By key alone").await;
        desk.send().await;
        second.hear_person("By key alone").await;
        desk.key('n').await;
        assert_eq!(desk.written().await, "Ask the warehouse", "the note is still there");

        desk.key('e').await;
        desk.see("is solved.").await;

        desk.key('?').await;
        desk.see("This list").await;
        assert_eq!(browser.accessibility_problems().await, [] as [String; 0]);
        browser.picture("desk-keys").await;
        browser.press(Key::Escape).await;
        browser.see_gone("This list").await;

        browser.frame("document.activeElement.blur()").await;
        browser.press(Key::Escape).await;
        desk.see("Choose a ticket").await;
        desk.key('/').await;
        assert_eq!(browser.focus().await, "search");
        desk.view("All").await;
        desk.key('/').await;
        browser.type_into("#search", "second@example.net").await;
        browser.until("it is found", async || desk.rows().await.len() == 1).await;
        browser.type_into("#search", " no such words").await;
        desk.see("Nothing found for").await;
        browser.press(Key::Escape).await;
        browser.until("all are there again", async || desk.rows().await.len() == 2).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_has_left_the_reply_is_not_called_back_to_it() {
    let demo = Demo::start().await;
    let shopper = Shopper::open(&demo.usher, SITE).await;
    shopper.ask_for_a_person("What is your return policy?", "ella@example.net").await;
    in_browser(Screen::Desktop, async |browser| {
        let desk = Desk::open(browser, &demo).await;
        desk.view("Unassigned").await;
        desk.open_ticket("ella@example.net").await;
        desk.press("Take").await;
        desk.see("It is yours.").await;
        // The server takes a reply at once; that it did is held back until the test lets it go.
        let hold = "window.held = new Promise((letGo) => (window.letGo = letGo));
            window.really ??= window.fetch;
            window.fetch = async (...asked) => {
              const answer = await window.really(...asked);
              if (String(asked[0]).endsWith('/reply')) await window.held;
              return answer;
            };";
        let under_way = "return document.querySelector('.composer').getAttribute('aria-busy')";
        let until_done = async || {
            browser.frame("window.letGo()").await;
            browser.until("the answer is here", async || browser.frame(under_way).await == "false").await;
        };

        desk.key('n').await;
        browser.type_into("#write", "Ask the warehouse").await;
        desk.key('r').await;
        browser.frame(hold).await;
        desk.write("It is on its way").await;
        desk.send().await;
        shopper.hear_person("It is on its way").await;
        assert_eq!(browser.frame(under_way).await, "true");
        browser.frame("document.activeElement.blur()").await;
        until_done().await;
        assert_eq!(browser.frame("return document.activeElement === document.body").await, true);

        // What isn't being sent can be written meanwhile.
        desk.key('r').await;
        browser.frame(hold).await;
        desk.write("It came back").await;
        desk.send().await;
        shopper.hear_person("It came back").await;
        desk.key('n').await;
        assert_eq!(desk.written().await, "Ask the warehouse");
        browser.type_into("#write", " today").await;
        until_done().await;
        assert_eq!(desk.written().await, "Ask the warehouse today");
        desk.key('r').await;
        assert_eq!(desk.written().await, "", "it was sent");
    })
    .await;
}

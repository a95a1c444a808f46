//! On a phone, in the dark, on a wide screen.

use usher_browser_tests::{Demo, Desk, Screen, Shopper, demo::SITE, in_browser};

/// The page is as large as the screen: only its panes scroll.
const FITS: &str = "const page = document.documentElement;
    return page.scrollWidth <= page.clientWidth && page.scrollHeight <= page.clientHeight";

#[tokio::test]
async fn one_pane_at_a_time_on_a_phone() {
    for screen in [Screen::Phone, Screen::DarkPhone] {
        let demo = Demo::start().await;
        let shopper = Shopper::open(&demo.usher, SITE).await;
        shopper.ask_for_a_person("What is your return policy?", "phone@example.net").await;
        in_browser(screen, async |browser| {
            let name = |what: &str| format!("desk-{what}-{screen:?}").to_lowercase();
            let shown = async |id: &str| browser.frame(&format!("return document.getElementById('{id}').checkVisibility()")).await == true;
            let check = async |what: &str| {
                browser.picture(&name(what)).await;
                assert_eq!(browser.frame(FITS).await, true, "{what} is larger than the screen");
                assert_eq!(browser.accessibility_problems().await, [] as [String; 0], "{what}");
            };
            let desk = Desk::open(browser, &demo).await;
            check("list").await;
            let place = "const box = document.getElementById('list').getBoundingClientRect(); return [box.left, box.width, box.top < 80, box.bottom]";
            assert_eq!(browser.frame(place).await, serde_json::json!([0, 390, true, 844]));
            desk.press("Show the views").await;
            desk.see("With the assistant").await;
            check("views").await;
            desk.view("Unassigned").await;
            desk.open_ticket("phone@example.net").await;
            assert!(!shown("list").await && shown("conversation").await);
            check("conversation").await;

            // The composer stands at the bottom, within reach.
            let bottom = "const box = document.querySelector('.composer').getBoundingClientRect(); return innerHeight - box.bottom";
            let bottom = browser.frame(bottom).await.as_f64().unwrap();
            assert!((0.0..24.0).contains(&bottom), "{bottom} pixels below the composer");
            let small = "return [...document.querySelectorAll('#conversation button')].filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 40).length";
            assert_eq!(browser.frame(small).await, 0, "what is pressed with a thumb is 40 pixels high at least");

            desk.choose("assign", "Me").await;
            desk.see("Assigned to You.").await;
            desk.reply("From a phone").await;
            shopper.hear_person("From a phone").await;

            desk.press("About the customer").await;
            desk.see("Suggested articles").await;
            check("customer").await;
            desk.press("Close").await;

            desk.press("Back to the list").await;
            browser.until("the list is back", async || shown("list").await && !shown("conversation").await).await;
            // The browser's own back goes where it was.
            browser.client.back().await.unwrap();
            browser.until("the conversation is back", async || shown("conversation").await).await;
        })
        .await;
    }
}

#[tokio::test]
async fn in_the_dark_and_on_a_wide_screen() {
    let demo = Demo::start().await;
    let shopper = Shopper::open(&demo.usher, SITE).await;
    shopper.ask_for_a_person("What is your return policy?", "dark@example.net").await;
    in_browser(Screen::DarkDesktop, async |browser| {
        let desk = Desk::open(browser, &demo).await;
        desk.view("Unassigned").await;
        desk.open_ticket("dark@example.net").await;
        desk.see("Suggested articles").await;
        for width in [820, 1024, 1280, 1920] {
            browser.client.set_window_size(width, 1000).await.unwrap();
            browser.picture(&format!("desk-dark-{width}")).await;
            assert_eq!(browser.frame(FITS).await, true, "{width}");
            assert_eq!(browser.accessibility_problems().await, [] as [String; 0], "{width}");
        }
        assert_eq!(browser.frame("return matchMedia('(prefers-color-scheme: dark)').matches").await, true);
    })
    .await;
}

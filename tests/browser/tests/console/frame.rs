//! The frame around all pages: by keyboard alone, magnified, with long names.

use fantoccini::key::Key;
use serde_json::json;
use usher_browser_tests::{Demo, Screen, Team, in_browser};

const FOCUS: &str = "const one = document.activeElement;
    return (one.id || one.textContent.trim().replace(/\\s+/g, ' ')).slice(0, 40)";
/// Where the focus is can be seen: a ring, and nothing above it.
const SEEN: &str =
    "const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 12));
    return { ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
      above: Boolean(top) && (one.contains(top) || top.contains(one)), on: one.outerHTML.slice(0, 100) }";

#[tokio::test]
async fn everything_is_reached_and_left_by_keyboard() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "owner").await;
        let focus = async || browser.frame(FOCUS).await.as_str().unwrap_or_default().to_owned();
        console.open("/help").await;
        browser.press(Key::Tab).await;
        assert_eq!(focus().await, "Skip to the content");
        assert_eq!(browser.frame("return document.activeElement.getBoundingClientRect().top >= 0").await, true);
        browser.press(Key::Enter).await;
        assert_eq!(focus().await, "main");
        browser.press(Key::Tab).await;
        assert_eq!(focus().await, "First steps", "the next stop is in the content");

        // The account's menu.
        browser.frame("document.querySelector('.drop summary').focus()").await;
        browser.press(Key::Enter).await;
        browser.press(Key::Tab).await;
        assert_eq!(focus().await, "Your account");
        browser.press(Key::Escape).await;
        assert_eq!(browser.frame("return document.querySelector('.drop').open").await, false);
        assert_eq!(focus().await, "The owner");
        browser.press(Key::Enter).await;
        browser.keys(&[Key::Tab, Key::Tab, Key::Tab, Key::Tab], &[]).await;
        assert_eq!(browser.frame("return document.querySelector('.drop').open").await, false, "it closes behind one");

        // Each stop is seen, under no bar.
        for path in ["/help", "/people", "/account", "/start"] {
            console.open(path).await;
            browser.frame("document.activeElement.blur()").await;
            for stop in 0..60 {
                browser.press(Key::Tab).await;
                if browser.frame("return document.activeElement === document.body").await == true {
                    break;
                }
                let seen = browser.frame(SEEN).await;
                assert_eq!(
                    (&seen["ring"], &seen["above"]),
                    (&json!(true), &json!(true)),
                    "{path}, stop {stop}: {seen}"
                );
            }
        }

        // A dialog holds the focus, and gives it back to what opened it.
        console.open("/people").await;
        browser.frame("document.querySelector('[data-opens=invite]').focus()").await;
        browser.press(Key::Enter).await;
        for _ in 0..24 {
            browser.press(Key::Tab).await;
            let inside =
                "const one = document.activeElement; return one === document.body || Boolean(one.closest('dialog'))";
            assert_eq!(browser.frame(inside).await, true, "{}", focus().await);
        }
        browser.press(Key::Escape).await;
        assert_eq!(focus().await, "Invite somebody");
    })
    .await;
}

#[tokio::test]
async fn the_sections_open_over_the_page_on_a_phone() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Phone, async |browser| {
        let console = team.enter(browser, "owner").await;
        console.open("/help").await;
        let shown = async || browser.frame("return document.getElementById('sections').checkVisibility({ visibilityProperty: true })").await == true;
        assert!(!shown().await);
        browser.click("Sections").await;
        assert!(shown().await);
        console.picture("phone-sections").await;
        assert_eq!(console.problems().await, [] as [String; 0]);
        assert_eq!(browser.frame("return Boolean(document.activeElement.closest('#sections'))").await, true);
        browser.press(Key::Escape).await;
        assert!(!shown().await);
        assert_eq!(browser.focus().await, "menu-button");
        browser.click("Sections").await;
        browser.click("People").await;
        console.arrive("/people").await;
        assert!(!shown().await);
        // What is pressed with a thumb is high enough.
        let small = "return [...document.querySelectorAll('.top a, .top button, .top summary')].filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 32).map((one) => one.outerHTML.slice(0, 80))";
        assert_eq!(browser.frame(small).await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn long_names_and_magnified_pages_stay_in_the_screen() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let long = "Wilhelmina Konstantinopolitanischedudelsackpfeifenmacherin-X";
    let named = json!({ "display_name": long });
    team.caller("owner").ask(&demo.usher, axum::http::Method::PATCH, "/api/v1/account", Some(named)).await.taken();
    for screen in [Screen::Phone, Screen::Desktop] {
        in_browser(screen, async |browser| {
            let console = team.enter(browser, "owner").await;
            for path in ["/help", "/people", "/account", "/start"] {
                console.open(path).await;
                let shop = "for (const one of document.querySelectorAll('.brand')) one.textContent = 'The Extraordinarily Long Name of a Shop & Sons of Northumberland Ltd'";
                browser.frame(shop).await;
                // 200 % of a window of 1280 pixels leaves half as many; and the widest.
                let widths: &[u32] = if screen == Screen::Desktop { &[640, 1920] } else { &[390] };
                for width in widths {
                    if screen == Screen::Desktop {
                        browser.client.set_window_size(*width, 700).await.unwrap();
                    }
                    console.picture(&format!("long-names-{width}{}", path.replace('/', "-"))).await;
                    assert_eq!(console.problems().await, [] as [String; 0], "{path} at {width}");
                }
            }
        })
        .await;
    }
}

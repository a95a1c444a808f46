//! Who may come in, and who no longer.

use usher_browser_tests::{Demo, Desk, Screen, in_browser};

#[tokio::test]
async fn with_the_right_token_until_one_signs_out() {
    let demo = Demo::start().await;
    in_browser(Screen::Desktop, async |browser| {
        let desk = Desk { browser };
        browser.client.goto(&demo.desk).await.unwrap();
        browser.see("Sign in to support").await;
        assert_eq!(browser.focus().await, "token");
        browser.picture("desk-sign-in").await;
        assert_eq!(browser.accessibility_problems().await, [] as [String; 0]);

        desk.sign_in("not-a-token").await;
        browser.see("That token isn’t right.").await;
        assert_eq!(browser.focus().await, "token");
        assert_eq!(browser.frame("return document.getElementById('app').hidden").await, true);
        assert_eq!(browser.accessibility_problems().await, [] as [String; 0]);

        desk.sign_in(&demo.token).await;
        desk.ready().await;
        desk.see("You have no open tickets").await;
        browser.picture("desk-empty").await;
        assert_eq!(browser.accessibility_problems().await, [] as [String; 0]);
        // The token is this tab's: it stands neither in the address nor in what outlives the tab.
        let kept = "return [location.hash.includes('token'), localStorage.length, document.cookie]";
        assert_eq!(browser.frame(kept).await, serde_json::json!([false, 0, ""]));

        // Known after a reload, and no more after signing out.
        browser.client.refresh().await.unwrap();
        desk.ready().await;
        browser.frame("document.querySelector('#top .menu:last-child button').click()").await;
        browser.click("Sign out").await;
        browser.see("Sign in to support").await;
        browser.client.refresh().await.unwrap();
        browser.see("Sign in to support").await;
        assert_eq!(browser.frame("return document.querySelectorAll('#rows, .view').length").await, 0);
    })
    .await;
}

#[tokio::test]
async fn with_a_token_in_the_address_which_leaves_it() {
    let demo = Demo::start().await;
    in_browser(Screen::Desktop, async |browser| {
        Desk::open(browser, &demo).await;
        assert_eq!(browser.frame("return location.href.includes('token')").await, false);
        // A token that isn't one says so.
        browser.client.goto("about:blank").await.unwrap();
        browser.client.goto(&format!("{}#token=wrong", demo.desk)).await.unwrap();
        browser.see("That token isn’t right.").await;
    })
    .await;
}

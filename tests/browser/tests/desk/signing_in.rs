//! Who may come in, and who no longer.

use usher_browser_tests::{Demo, Desk, Screen, Team, in_browser};

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

#[tokio::test]
async fn with_the_session_of_the_console_until_one_signs_out() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Desktop, async |browser| {
        let desk = Desk { browser };
        team.enter(browser, "agent").await;
        browser.client.goto(&demo.desk).await.unwrap();
        desk.ready().await;
        desk.see("You have no open tickets").await;
        // What is changed is taken, and customers will read the account's name.
        browser.frame("document.querySelector('#top .menu:last-child button').click()").await;
        let away = "[...document.querySelectorAll('[role=menuitemradio]')]
            .find((one) => one.querySelector('.label').textContent === 'Away').click()";
        browser.frame(away).await;
        let me = "return fetch('/api/v1/people/me').then((answer) => answer.json())";
        browser
            .until("the server knows that they are away", async || {
                let me = browser.frame(me).await;
                assert_eq!(me["display_name"], "The agent");
                me["availability"] == "away"
            })
            .await;
        assert_eq!(browser.frame("return [sessionStorage.length, document.cookie]").await, serde_json::json!([0, ""]));

        // Signing out ends the session, not just this page.
        browser.frame("document.querySelector('#top .menu:last-child button').click()").await;
        browser.click("Sign out").await;
        browser.see("Sign in with your account").await;
        assert_eq!(browser.frame("return fetch('/api/v1/account').then((answer) => answer.status)").await, 401);
        browser.client.refresh().await.unwrap();
        browser.see("Sign in with your account").await;

        // A role that isn't for it is told so.
        team.enter(browser, "analyst").await;
        browser.client.goto(&demo.desk).await.unwrap();
        browser.see("work_tickets").await;
        assert_eq!(browser.accessibility_problems().await, [] as [String; 0]);
    })
    .await;
}

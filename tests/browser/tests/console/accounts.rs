//! People join, change and leave; sessions end.

use axum::http::Method;
use serde_json::json;
use usher_browser_tests::console::PASSWORD;
use usher_browser_tests::{Caller, Console, Demo, Screen, Team, in_browser};

#[tokio::test]
async fn somebody_is_invited_and_joins() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let mut link = String::new();
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "admin").await;
        console.open("/people").await;
        console.picture("people").await;
        console.press("Invite somebody").await;
        // An admin makes no owners, and isn't offered to.
        assert_eq!(browser.frame("return document.querySelectorAll('#invite [value=owner]').length").await, 0);
        console.fill("email", "nora@shop.example").await;
        console.choose("role", "manager").await;
        console.picture("people-invite").await;
        assert_eq!(console.problems().await, [] as [String; 0]);
        console.press("Invite").await;
        console.see("The link").await;
        console.picture("people-link").await;
        assert_eq!(console.problems().await, [] as [String; 0]);
        let shown = browser.frame("return document.getElementById('link-address').textContent").await;
        link.push_str(shown.as_str().unwrap());
        console.press("Done").await;
        console.see("Withdraw").await;
        let kept = browser.frame("return document.documentElement.outerHTML").await;
        assert!(!kept.as_str().unwrap().contains(link.split_once("token=").unwrap().1), "the link is shown once");
    })
    .await;
    let link = link;
    assert!(link.starts_with(&format!("{}/console/invitation#token=", demo.usher)), "{link}");
    let console_path = link.split_once("/console").unwrap().1.to_owned();

    in_browser(Screen::Phone, async |browser| {
        let console = Console::of(browser, &demo.usher);
        console.open(&console_path).await;
        console.see("asks you to join as manager").await;
        console.picture("invitation").await;
        assert_eq!(console.problems().await, [] as [String; 0]);
        // The token goes to the server in a body and nowhere else.
        let asked = "return performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation')).map((one) => one.name.split('#')[0]).join(' ')";
        let asked = browser.frame(asked).await;
        assert!(!asked.as_str().unwrap().contains("token"), "{asked}");
        assert_eq!(browser.frame("return document.referrer").await, "");
        console.fill("display_name", "Nora").await;
        console.fill("password", PASSWORD).await;
        console.press("Join").await;
        console.arrive("").await;
        console.see("Nora").await;
        // The link works once.
        browser.client.delete_all_cookies().await.unwrap();
        console.open("/sign-in").await;
        console.open(&console_path).await;
        console.see("This link isn't good any more").await;
        console.picture("invitation-used").await;
        assert_eq!(console.problems().await, [] as [String; 0]);
        console.open("/invitation").await;
        console.see("The link isn’t whole").await;
    })
    .await;
}

#[tokio::test]
async fn roles_change_and_sessions_end_at_once() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "owner").await;
        let agent = team.caller("agent");
        let me = async |who: &Caller| who.ask(&demo.usher, Method::GET, "/api/v1/account", None).await;
        assert_eq!(me(&agent).await.status, 200);

        console.open("/people").await;
        console.press("Change The agent").await;
        console.see("Forgot the password?").await;
        console.picture("people-change").await;
        assert_eq!(console.problems().await, [] as [String; 0]);
        console.fill("role", "analyst").await;
        console.press("Change role").await;
        console.see("The agent has another role now.").await;
        assert_eq!(me(&agent).await.status, 401, "with another role they sign in again");
        let again = json!({ "email": "agent@shop.example", "password": PASSWORD });
        let again = Caller::Nobody.ask(&demo.usher, Method::POST, "/api/v1/sign-in", Some(again)).await;
        assert_eq!(again.value["role"], "analyst");
        let agent = Caller::Cookie(again.cookie());

        console.press("Change The agent").await;
        console.press("Disable").await;
        console.see("They are signed out at once").await;
        console.picture("people-disable").await;
        assert_eq!(console.problems().await, [] as [String; 0]);
        let disable = "[...document.querySelectorAll('dialog:modal')].at(-1).querySelector('.danger').click()";
        browser.frame(disable).await;
        console.see("The agent is disabled.").await;
        assert_eq!(me(&agent).await.status, 401);
        let again = json!({ "email": "agent@shop.example", "password": PASSWORD });
        let again = Caller::Nobody.ask(&demo.usher, Method::POST, "/api/v1/sign-in", Some(again)).await;
        assert_eq!(again.status, 401, "{}", again.text);

        // The last owner stays one.
        console.press("Change The owner").await;
        console.fill("role", "admin").await;
        console.press("Change role").await;
        console.see("would be left who owns the shop").await;
        console.picture("people-last-owner").await;
        console.press("Close").await;

        // Removing asks first; letting it be changes nothing.
        console.press("Change The analyst").await;
        console.press("Remove").await;
        console.press("Cancel").await;
        assert_eq!(me(&team.caller("analyst")).await.status, 200);
        console.press("Remove").await;
        browser.frame(disable).await;
        console.see("The analyst is removed.").await;
        assert_eq!(me(&team.caller("analyst")).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn one_sees_where_one_is_signed_in_and_ends_it() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let again = json!({ "email": "manager@shop.example", "password": PASSWORD });
    let elsewhere = Caller::Nobody.ask(&demo.usher, Method::POST, "/api/v1/sign-in", Some(again)).await;
    let elsewhere = Caller::Cookie(elsewhere.cookie());
    in_browser(Screen::Phone, async |browser| {
        let console = team.enter(browser, "manager").await;
        console.open("/account").await;
        console.picture("account").await;
        assert_eq!(console.problems().await, [] as [String; 0]);
        let end = "return [...document.querySelectorAll('#sessions tbody button')].filter((one) => one.textContent.startsWith('End'))[0].click()";
        browser.frame(end).await;
        console.see("That browser is signed out.").await;
        let me = elsewhere.ask(&demo.usher, Method::GET, "/api/v1/account", None).await;
        assert_eq!(me.status, 401);

        // A token for a program: shown once, and it may what was chosen.
        console.press("Make a token").await;
        console.fill("label", "nightly export").await;
        console.picture("account-token").await;
        assert_eq!(console.problems().await, [] as [String; 0]);
        console.press("Make it").await;
        console.see("Copy the token now").await;
        let token = browser.frame("return document.getElementById('token-value').textContent").await;
        let token = Caller::Token(token.as_str().unwrap().to_owned());
        console.press("I have copied it").await;
        console.see("nightly export").await;
        assert_eq!(token.ask(&demo.usher, Method::GET, "/api/v1/skills", None).await.status, 200);
        let refused = token.ask(&demo.usher, Method::PUT, "/api/v1/hub", Some(json!({ "on": true }))).await;
        assert_eq!(refused.status, 403, "{}", refused.text);

        // Another password, and another name.
        console.fill("current", "not the password").await;
        console.fill("new", "some other words that fit").await;
        console.press("Change password").await;
        console.see("is not your password").await;
        console.fill("current", PASSWORD).await;
        console.press("Change password").await;
        console.see("Your password is changed.").await;
        console.fill("display_name", "Someone Else").await;
        console.press("Save profile").await;
        console.see("Your profile is saved.").await;
        console.see("Signed in as Someone Else").await;

        // What was typed isn't lost when the session ends meanwhile.
        console.fill("display_name", "Typed before the end").await;
        browser.client.delete_all_cookies().await.unwrap();
        console.press("Save profile").await;
        console.see("You have been signed out").await;
        console.picture("signed-out").await;
        assert_eq!(console.problems().await, [] as [String; 0]);
        console.press("Cancel").await;
        assert_eq!(browser.frame("return document.getElementById('f-display_name').value").await, "Typed before the end");
    })
    .await;
}

#[tokio::test]
async fn the_password_is_asked_for_again_before_what_matters() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Phone, async |browser| {
        let console = team.enter(browser, "owner").await;
        console.open("/people").await;
        // As if the password had been given long ago: the server's answer to that is made here, the rest is real.
        let long_ago = "const real = window.fetch;
            let asked = false;
            window.fetch = (path, given) => {
              if (asked || given?.method !== 'DELETE') return real(path, given);
              asked = true;
              const problem = JSON.stringify({ type: 'urn:usher:problem:confirmation-needed', status: 403, title: 'Your password is needed again' });
              return Promise.resolve(new Response(problem, { status: 403, headers: { 'Content-Type': 'application/problem+json' } }));
            }";
        browser.frame(long_ago).await;
        console.press("Change The agent").await;
        console.press("Sign out everywhere").await;
        console.see("Is it you?").await;
        assert_eq!(browser.focus().await, "confirm-password");
        console.picture("confirm-password").await;
        assert_eq!(console.problems().await, [] as [String; 0]);
        let typed = async |words: &str| {
            browser.client.active_element().await.unwrap().send_keys(words).await.unwrap();
            console.press("Go on").await;
        };
        typed("not the password").await;
        console.see("is not your password").await;
        let agent = team.caller("agent");
        let me = async || agent.ask(&demo.usher, Method::GET, "/api/v1/account", None).await.status;
        assert_eq!(me().await, 200);
        browser.frame("document.getElementById('confirm-password').select()").await;
        typed(PASSWORD).await;
        console.see("The agent is signed out everywhere.").await;
        assert_eq!(me().await, 401);
    })
    .await;
}

#[tokio::test]
async fn a_page_that_is_open_notices_that_its_session_has_ended() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "admin").await;
        console.open("/people").await;
        let owner = team.caller("owner");
        // What a colleague does is seen without loading the page again.
        let wanted = serde_json::json!({ "email": "late@shop.example", "role": "agent" });
        owner.ask(&demo.usher, Method::POST, "/api/v1/invitations", Some(wanted)).await.taken();
        console.see("late@shop.example").await;
        let ended = owner.ask(&demo.usher, Method::DELETE, "/api/v1/accounts/the-admin/sessions", None).await;
        assert_eq!(ended.status, 204, "{}", ended.text);
        console.arrive("/sign-in?back=%2Fconsole%2Fpeople").await;
    })
    .await;
}

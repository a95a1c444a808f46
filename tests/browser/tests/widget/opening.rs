//! The launcher, the panel, the focus, and what the page can say.

use fantoccini::key::Key;
use serde_json::json;
use usher_browser_tests::{Screen, on_stage, script::say};

#[tokio::test]
async fn opens_and_closes_by_keyboard_and_gives_the_focus_back() {
    on_stage(Screen::Desktop, async |stage| {
        stage.visit("home").await;
        assert_eq!(
            stage.page("return [launcher.ariaExpanded, launcher.ariaLabel]").await,
            json!(["false", "Open chat"])
        );
        assert_eq!(stage.page("return panel.checkVisibility()").await, false);

        stage.open().await;
        stage.until("the composer has the focus", async || stage.focus().await == "text").await;
        let (expanded, controls) = (
            stage.page("return [launcher.ariaExpanded, launcher.ariaLabel]").await,
            stage.page("return root.getElementById(launcher.getAttribute('aria-controls')) === panel").await,
        );
        assert_eq!(expanded, json!(["true", "Close chat"]));
        assert_eq!(controls, true);
        assert_eq!(stage.page("return [panel.role, panel.ariaLabel]").await, json!(["dialog", "Chat"]));

        stage.enter_frame().await;
        stage.press(Key::Escape).await;
        stage.until("it closed", async || stage.page("return panel.checkVisibility()").await == false).await;
        assert_eq!(stage.page("return root.activeElement === launcher").await, true);

        // And with the focus on the launcher itself.
        stage.press(Key::Enter).await;
        stage.page("launcher.focus()").await;
        stage.press(Key::Escape).await;
        stage.until("it closed again", async || stage.page("return launcher.ariaExpanded").await == "false").await;
        assert_eq!(stage.page("return root.activeElement === launcher").await, true);
    })
    .await;
}

#[tokio::test]
async fn the_close_button_of_the_frame_closes() {
    on_stage(Screen::Desktop, async |stage| {
        stage.visit("home").await;
        stage.open().await;
        stage.click("Close chat").await;
        stage.until("it closed", async || stage.page("return panel.checkVisibility()").await == false).await;
        assert_eq!(stage.page("return root.activeElement === launcher").await, true);
        assert_eq!(stage.page("return heard.map((one) => one.name).sort()").await, json!(["close", "open", "ready"]));
    })
    .await;
}

#[tokio::test]
async fn stores_and_asks_nothing_before_the_first_message() {
    on_stage(Screen::Desktop, async |stage| {
        stage.fake.answer("hello", vec![say("Hello!")]);
        stage.visit("home").await;
        let kept = "return [document.cookie, localStorage.length, sessionStorage.length]";
        assert_eq!(stage.page("return !!panel.querySelector('iframe')").await, false);
        assert_eq!(stage.page(kept).await, json!(["", 0, 0]));
        let title = stage.page("return document.title").await;

        stage.open().await;
        assert_eq!(stage.frame(kept).await, json!(["", 0, 0]));
        // The shop's greeting, which is the same for everybody.
        let asked: Vec<_> = stage.fake.heard("").into_iter().filter(|one| one.route != "GET welcome").collect();
        assert!(asked.is_empty(), "asked: {asked:?}");

        stage.send("hello").await;
        stage.see_messages(&["> hello", "Hello!"]).await;
        assert_eq!(stage.frame("return document.cookie").await, "");
        assert_eq!(stage.page("return [document.cookie, document.title]").await, json!(["", title]));
    })
    .await;
}

#[tokio::test]
async fn commands_given_before_the_script_has_loaded_are_kept() {
    on_stage(Screen::Desktop, async |stage| {
        stage.visit("home?queue").await;
        stage.enter_frame().await;
        stage.send("hello").await;
        stage.see("Signed in as Ana").await;
        // The identity was settled before the message went out.
        let routes: Vec<_> = stage.fake.heard("POST").into_iter().map(|heard| heard.route).collect();
        assert_eq!(routes.iter().position(|one| one.contains("identity")), Some(1), "{routes:?}");
    })
    .await;
}

#[tokio::test]
async fn tells_the_page_of_wrong_commands_and_goes_on() {
    on_stage(Screen::Desktop, async |stage| {
        stage.visit("home").await;
        let warned = stage
            .page(
                "const warned = []; console.warn = (text) => warned.push(text);
                 usher('dance'); usher('on', 'dance', () => {}); usher('identify'); usher('page', 'http://[');
                 return warned.map((text) => text.slice(0, 31))",
            )
            .await;
        let expected = [
            "usher: there is no command \"danc",
            "usher: usher(\"on\", event, functi",
            "usher: usher(\"identify\", token) ",
            "usher: usher(\"page\", url) needs ",
        ];
        assert_eq!(warned, json!(expected.map(|one| &one[..31])));
        stage.page("usher('open')").await;
        stage.enter_frame().await;
    })
    .await;
}

#[tokio::test]
async fn speaks_the_languages_of_the_shops_customers() {
    on_stage(Screen::Desktop, async |stage| {
        for (locale, launcher, placeholder, label) in [
            ("fr-CA", "Ouvrir le chat", "Écrivez un message", "Assistant IA"),
            ("nl", "Chat openen", "Schrijf een bericht", "AI-assistent"),
            ("sv-SE", "Öppna chatten", "Skriv ett meddelande", "AI-assistent"),
            ("xx", "Open chat", "Write a message", "AI assistant"),
        ] {
            stage.visit(&format!("home?locale={locale}")).await;
            assert_eq!(stage.page("return launcher.ariaLabel").await, launcher);
            stage.page("usher('open')").await;
            stage.enter_frame().await;
            assert_eq!(stage.find("#text").await.prop("placeholder").await.unwrap().as_deref(), Some(placeholder));
            stage.see(label).await;
            stage.page("usher('close')").await;
        }
    })
    .await;
}

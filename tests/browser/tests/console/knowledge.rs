//! Knowledge: a gap becomes an article that answers, files and sites come in, and nobody overwrites anybody.

use axum::http::Method;
use serde_json::{Value, json};
use usher_browser_tests::demo::SITE;
use usher_browser_tests::{Browser, Caller, Console, Demo, Screen, Shopper, Team, in_browser};

const NONE: [String; 0] = [];

/// Opens a page again and again until these words stand on it: what is counted follows a moment later.
async fn open_until(console: &Console<'_>, path: &str, words: &str) {
    console
        .browser
        .until(&format!("«{words}» stands on {path}"), async || {
            console.open(path).await;
            console.browser.words().await.contains(words)
        })
        .await;
}

/// Puts a text into a field as typing does, at once.
async fn write(browser: &Browser, css: &str, text: &str) {
    let script = "const field = document.querySelector(arguments[0]); field.value = arguments[1];
        field.dispatchEvent(new Event('input', { bubbles: true }))";
    browser.run(script, vec![json!(css), json!(text)]).await;
}

async fn value(browser: &Browser, css: &str) -> String {
    let found = browser.run("return document.querySelector(arguments[0]).value", vec![json!(css)]).await;
    found.as_str().unwrap_or_default().to_owned()
}

async fn put_article(caller: &Caller, demo: &Demo, id: &str, title: &str, body: &str) -> Value {
    let article = json!({ "title": title, "body": body, "format": "text" });
    let path = format!("/api/v1/articles/{id}");
    caller.ask(&demo.usher, Method::PUT, &path, Some(article)).await.taken()
}

#[tokio::test]
async fn a_gap_becomes_an_article_that_answers_and_can_be_taken_back() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let shopper = Shopper::open(&demo.usher, SITE).await;
    shopper.say("can you engrave a lamp?").await;
    shopper.hear("a person is offered", |message| message.get("offer").is_some()).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "manager").await;
        open_until(&console, "/knowledge/gaps", "engrave a lamp").await;
        console.picture("gaps").await;
        assert_eq!(console.problems().await, NONE);

        browser.press_on("[data-part=gaps] .gap-acts .primary").await;
        browser
            .until("the editor is there", async || console.place().await.starts_with("/console/knowledge/new?"))
            .await;
        console.settled().await;
        assert!(value(browser, "#f-questions").await.contains("can you engrave a lamp?"));
        write(browser, "#f-body", "Yes, we engrave names and dates of up to 20 letters for 12 EUR. Itâ€™s worth it.")
            .await;
        console.see("up to 20 letters for 12 EUR").await;
        console.see("read in the wrong encoding").await;
        write(browser, "#f-body", "Yes, we engrave names and dates of up to 20 letters for 12 EUR.").await;
        console.see("Nothing looks wrong").await;
        console.picture("article-new").await;
        assert_eq!(console.problems().await, NONE);
        console.press("Publish").await;
        console.see("Saved. The next answer rests on it.").await;
        let place = console.place().await;
        assert!(place.starts_with("/console/knowledge/articles/"), "{place}");
        console.picture("article").await;
        assert_eq!(console.problems().await, NONE);

        // The very next answer rests on it, and the search says by what it is found.
        shopper.say("can you engrave a lamp?").await;
        shopper.hear("the article answers", |message| message["blocks"].to_string().contains("up to 20 letters")).await;
        console.open("/knowledge/search?q=can%20you%20engrave%20a%20lamp%3F").await;
        for words in ["It would be answered", "Held for an answer", "engrave", "alike"] {
            console.see(words).await;
        }
        console.picture("search").await;
        assert_eq!(console.problems().await, NONE);
        open_until(&console, "/knowledge/gaps?state=answered", "Answered by now").await;

        // Deleted, and back.
        console.open(place.strip_prefix("/console").unwrap()).await;
        console.press("Delete").await;
        console.arrive("/knowledge").await;
        console.see("was deleted").await;
        console.press("Undo").await;
        console.see("It is there again").await;
        assert_eq!(console.open(place.strip_prefix("/console").unwrap()).await, 200);
        assert!(value(browser, "#f-body").await.contains("up to 20 letters"));
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_is_kept_and_nobody_is_overwritten() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let owner = team.caller("owner");
    put_article(&owner, &demo, "engraving", "Engraving", "We engrave for 12 EUR.").await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "manager").await;
        console.open("/knowledge/articles/engraving").await;
        write(browser, "#f-body", "We engrave for 15 EUR.").await;
        // Somebody else is quicker.
        put_article(&owner, &demo, "engraving", "Engraving", "We engrave for 9 EUR.").await;
        console.press("Save").await;
        console.see("changed this article since it was read").await;
        assert_eq!(value(browser, "#f-body").await, "We engrave for 15 EUR.");

        console.open("/knowledge/articles/engraving").await;
        assert_eq!(value(browser, "#f-body").await, "We engrave for 9 EUR.");
        console.see("was not saved. It was kept in this browser.").await;
        assert_eq!(console.problems().await, NONE);
        console.press("Go on with it").await;
        assert_eq!(value(browser, "#f-body").await, "We engrave for 15 EUR.");
        console.press("Save").await;
        console.see("Saved.").await;
        console.open("/knowledge/articles/engraving").await;
        assert_eq!(value(browser, "#f-body").await, "We engrave for 15 EUR.");
        assert_eq!(
            browser.frame("return document.getElementById('draft').hidden").await,
            true,
            "the draft is done with"
        );
    })
    .await;
}

#[tokio::test]
async fn each_file_is_told_of_and_contradictions_are_shown() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let files = [
        file("broken.pdf", "%PDF-1.7 nothing"),
        file("express.md", "# Express\n\nExpress delivery within Germany costs 9.90 EUR."),
    ];
    in_browser(Screen::Phone, async |browser| {
        let console = team.enter(browser, "manager").await;
        console.open("/knowledge").await;
        console.press("Upload files").await;
        browser.type_into("#article-files", &files.join("\n")).await;
        console.see("express.md").await;
        console.see("it is damaged or not really PDF").await;
        browser
            .until_eq(json!(["Not read", "Read"]), async || {
                let badges = "return [...document.querySelectorAll('#upload-results .badge')].map((one) => one.innerText).sort()";
                browser.frame(badges).await
            })
            .await;
        console.picture("uploaded-phone").await;
        console.press("Done").await;
        console.see("1 pair of passages contradicts each other").await;
        assert_eq!(console.problems().await, NONE);

        console.press("Look at it").await;
        console.arrive("/knowledge/conflicts").await;
        for words in ["Different numbers", "costs 9.90 EUR", "costs 12.90 EUR"] {
            console.see(words).await;
        }
        console.picture("conflicts-phone").await;
        assert_eq!(console.problems().await, NONE);
        browser.press_on("[data-part=conflicts] li button").await;
        console.see("Nothing contradicts").await;
        console.press("Undo").await;
        console.see("Different numbers").await;
    })
    .await;
}

#[tokio::test]
async fn a_site_is_read_before_ones_eyes_and_goes_with_its_articles() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let owner = team.caller("owner");
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "manager").await;
        console.open("/knowledge/sources").await;
        console.see("No address yet").await;
        console.press("Add an address").await;
        console.fill("url", "https://127.0.0.1/help").await;
        console.press("Add and read").await;
        console.see("`url`").await;
        console.picture("source-refused").await;
        assert_eq!(console.problems().await, NONE);

        // The shop is on the loopback here, which only the API can name.
        let site = json!({ "id": "shop", "url": "https://shop.example/", "crawl": true,
            "limits": { "pages": 30, "delay_ms": 300 }, "stand_ins": { "shop.example": demo.shop.trim_end_matches('/') } });
        owner.ask(&demo.usher, Method::POST, "/api/v1/knowledge/sources", Some(site)).await.taken();
        console.open("/knowledge/sources").await;
        console.see("found and waiting").await;
        console.picture("source-read").await;
        console.press("Stop").await;
        console.see("it was stopped").await;
        console.see("article").await;
        assert_eq!(console.problems().await, NONE);
        let articles = async || {
            let listed = owner.ask(&demo.usher, Method::GET, "/api/v1/articles?part_of=shop", None).await.taken();
            listed["total"].as_u64().unwrap_or_default()
        };
        assert!(articles().await > 0);
        browser.press_on(".source .danger").await;
        console.see("no answer rests on").await;
        browser.press_on("dialog[open] .danger").await;
        console.see("No address yet").await;
        assert_eq!(articles().await, 0);
    })
    .await;
}

#[tokio::test]
async fn who_may_only_read_is_offered_nothing_else() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "analyst").await;
        for path in ["/knowledge", "/knowledge/articles/returns", "/knowledge/sources", "/knowledge/conflicts"] {
            assert_eq!(console.open(path).await, 200, "{path}");
            let offered = "return [...document.querySelectorAll('main button, main a.button')]
                .filter((one) => one.checkVisibility() && !one.closest('form[method=get], form[data-auto]'))
                .map((one) => one.innerText)";
            assert_eq!(browser.frame(offered).await, json!([]), "{path}");
            assert_eq!(console.problems().await, NONE, "{path}");
        }
        assert_eq!(console.open("/knowledge/new").await, 403);
    })
    .await;
}

//! Skills and the overview: what a skill lacks and how it is mended, what people decide about it, what was asked of it,
//! and the figures of it all.

use axum::http::Method;
use serde_json::{Value, json};
use usher_browser_tests::demo::SITE;
use usher_browser_tests::{Browser, Console, Demo, Screen, Shopper, Team, in_browser};

const NONE: [String; 0] = [];

/// What stands in the row of a table whose head is `name`.
async fn row(browser: &Browser, name: &str) -> String {
    let script = "return [...document.querySelectorAll('tbody tr')].find((row) =>
        row.querySelector('th')?.innerText.includes(arguments[0]))?.innerText ?? ''";
    let found = browser.run(script, vec![json!(name)]).await;
    found.as_str().unwrap_or_default().to_owned()
}

/// Waits until the row says it, looking again and again.
async fn see_in_row(browser: &Browser, name: &str, words: &str) {
    browser
        .until(&format!("«{words}» stands in the row of {name}"), async || row(browser, name).await.contains(words))
        .await;
}

/// Opens the page anew until it says these words: figures follow what happens within seconds.
async fn open_until(console: &Console<'_>, path: &str, words: &str) {
    console
        .browser
        .until(&format!("{path} says «{words}»"), async || {
            console.open(path).await;
            console.browser.words().await.contains(words)
        })
        .await;
}

async fn set(browser: &Browser, css: &str, value: &str) {
    let script = "const field = document.querySelector(arguments[0]); field.value = arguments[1];
        field.dispatchEvent(new Event('input', { bubbles: true })); field.dispatchEvent(new Event('change', { bubbles: true }))";
    browser.run(script, vec![json!(css), json!(value)]).await;
}

#[tokio::test]
async fn a_skill_says_what_it_lacks_and_goes_live_by_itself() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let owner = team.caller("owner");
    let hub = async |on: bool| {
        owner.ask(&demo.usher, Method::PUT, "/api/v1/hub", Some(json!({ "on": on }))).await.taken();
    };
    hub(false).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "owner").await;
        assert_eq!(console.open("/skills").await, 200);
        see_in_row(browser, "Returns", "Requires the customer hub").await;
        see_in_row(browser, "Returns", "Unavailable").await;
        see_in_row(browser, "Order tracking", "Live").await;
        console.picture("skills-hub-off").await;
        assert_eq!(console.problems().await, NONE);

        // The page follows: nobody loads it again.
        hub(true).await;
        see_in_row(browser, "Returns", "Live").await;
        hub(false).await;
        see_in_row(browser, "Returns", "Unavailable").await;

        // What is to be done is a link away, and the skill's own page says the same.
        console.press("Returns & exchanges").await;
        console.arrive("/skills/returns-exchanges").await;
        console.see("It can’t answer yet.").await;
        console.picture("skill-unavailable").await;
        assert_eq!(console.problems().await, NONE);
        console.press("Switch the customer hub on").await;
        console.arrive("/settings/hub").await;
    })
    .await;
}

#[tokio::test]
async fn a_skill_tells_all_about_itself() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "analyst").await;
        assert_eq!(console.open("/skills/order-editing").await, 200);
        for part in
            ["When to use", "How to respond", "Tools used", "What it needs", "Channels", "Versions", "Last 7 days"]
        {
            console.see(part).await;
        }
        // Who answers a call, and what it does: a look at an order reads, a cancellation acts.
        see_in_row(browser, "orders.", "Reading").await;
        see_in_row(browser, "orders.", "Shopify").await;
        see_in_row(browser, "order-actions.", "Acting").await;
        see_in_row(browser, "order-actions.", "Shopify").await;
        see_in_row(browser, "order-actions.", "only after the customer’s yes").await;
        // Also one that no skill has to have: points are spent by the programme's connector.
        console.open("/skills/loyalty").await;
        see_in_row(browser, "loyalty-actions.", "Acting").await;
        see_in_row(browser, "loyalty-actions.", "Smile").await;
        // An analyst looks and changes nothing.
        assert_eq!(
            browser.frame("return document.querySelectorAll('main form[data-api], main [data-api]').length").await,
            0
        );
        assert_eq!(console.problems().await, NONE);
        console.open("/skills").await;
        assert_eq!(
            browser.frame("return document.querySelectorAll('main form[data-api], main [data-api]').length").await,
            0
        );
        console.open("/settings/channels").await;
        console.see("Only owners, admins and managers can change this.").await;
        assert_eq!(browser.frame("return document.querySelectorAll('[role=switch]').length").await, 0);
        assert_eq!(console.problems().await, NONE);
    })
    .await;
}

#[tokio::test]
async fn a_skill_is_switched_and_the_audit_says_why() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Phone, async |browser| {
        let console = team.enter(browser, "manager").await;
        console.open("/skills/loyalty").await;
        console.see("Live").await;
        console.choose("switch", "paused").await;
        console.fill("reason", "the programme is being changed").await;
        let save = "document.querySelector('form[data-api$=\"/switch\"] button[type=submit]').click()";
        browser.frame(save).await;
        console.see("Switched. It holds for the next message.").await;
        browser
            .until("it is disabled", async || {
                browser.frame("return document.querySelector('[data-part=state] .badge').innerText").await == "Disabled"
            })
            .await;
        console.picture("skill-disabled-phone").await;
        assert_eq!(console.problems().await, NONE);

        // A customer gets a person instead, and the demand is seen.
        let shopper = Shopper::open(&demo.usher, SITE).await;
        shopper.say("how many loyalty points do I have?").await;
        shopper.hear("an answer", |message| message["author"] == "assistant").await;
        open_until(&console, "/skills/loyalty", "1 question for it came").await;
        open_until(&console, "/", "Somebody disabled it").await;
        console.picture("overview-demand-phone").await;

        console.open("/skills/loyalty").await;
        console.choose("switch", "on").await;
        browser.frame(save).await;
        browser
            .until("it is live", async || {
                browser.frame("return document.querySelector('[data-part=state] .badge').innerText").await == "Live"
            })
            .await;
    })
    .await;
    let kept = team.caller("owner").ask(&demo.usher, Method::GET, "/api/v1/audit?object=loyalty", None).await.taken();
    assert!(kept.to_string().contains("the programme is being changed"), "{kept}");
}

#[tokio::test]
async fn settings_of_a_skill_are_filled_in_and_a_wrong_one_is_refused() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let owner = team.caller("owner");
    let read = async || owner.ask(&demo.usher, Method::GET, "/api/v1/skills/returns-exchanges", None).await.taken();
    let value = |skill: &Value| {
        let settings = skill["settings"].as_array().unwrap();
        settings.iter().find(|one| one["name"] == "answer-with").unwrap()["value"].clone()
    };
    let before = value(&read().await);
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "manager").await;
        console.open("/skills/returns-exchanges#settings").await;
        let other = if before == "hub" { "portal" } else { "hub" };
        let choices =
            "return [...document.querySelectorAll('[name=\"settings.answer-with\"] option')].map((one) => one.value)";
        let choices = browser.frame(choices).await;
        let other = choices
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .find(|one| *one == other || (!one.is_empty() && before != **one))
            .unwrap()
            .to_owned();
        console.fill("settings.answer-with", &other).await;
        browser.frame("document.querySelector('#settings button[type=submit]').click()").await;
        console.see("Saved.").await;
        assert_eq!(value(&read().await), other.as_str());
        // Nothing chosen goes back to what holds without it.
        set(browser, "[name=\"settings.answer-with\"]", "").await;
        browser.frame("document.querySelector('#settings button[type=submit]').click()").await;
        browser.until("it is as before", async || value(&read().await) == before).await;
        assert_eq!(console.problems().await, NONE);
    })
    .await;
}

#[tokio::test]
async fn a_skill_is_requested_listed_and_withdrawn() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "manager").await;
        console.open("/skills").await;
        console.press("Request a skill").await;
        console.fill("name", "Gift cards").await;
        console.fill("description", "The balance of a gift card, and how to pay with one.").await;
        console.picture("skill-request").await;
        assert_eq!(console.problems().await, NONE);
        // Without an example it is refused, beside the form, and nothing that was typed is lost.
        console.press("Request it").await;
        console.see("Write at least one question").await;
        assert_eq!(browser.frame("return document.querySelector('[name=name]').value").await, "Gift cards");
        console.fill("examples.en", "how much is on my gift card?\ncan I pay with two gift cards?\n").await;
        console.press("Request it").await;
        see_in_row(browser, "Gift cards", "Coming soon").await;
        console.see("With 2 example questions").await;
        assert_eq!(console.problems().await, NONE);

        // Its questions are recognised from now on, and counted.
        let shopper = Shopper::open(&demo.usher, SITE).await;
        shopper.say("how much is on my gift card?").await;
        shopper.hear("an answer", |message| message["author"] == "assistant").await;
        open_until(&console, "/skills", "Wanted 1 time").await;

        console.open("/skills/gift-cards").await;
        console.see("What was asked for").await;
        console.picture("skill-coming").await;
        assert_eq!(console.problems().await, NONE);
        console.press("Withdraw").await;
        console.see("Withdraw the request for Gift cards?").await;
        console.press("Withdraw it").await;
        console.arrive("/skills").await;
        console.see("Nothing was requested yet").await;
    })
    .await;
}

#[tokio::test]
async fn new_skills_begin_as_it_was_chosen() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "owner").await;
        console.open("/skills").await;
        console.choose("switch", "preview-only").await;
        browser.frame("document.querySelector('form[data-api$=new-skills] button').click()").await;
        console.see("Saved.").await;
        let kept = team.caller("owner").ask(&demo.usher, Method::GET, "/api/v1/new-skills", None).await.taken();
        assert_eq!(kept["switch"], "preview-only");
    })
    .await;
}

#[tokio::test]
async fn a_channel_is_switched_off_taken_back_and_the_last_one_stays() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let owner = team.caller("owner");
    let channels = async |skill: &str| {
        let skill = owner.ask(&demo.usher, Method::GET, &format!("/api/v1/skills/{skill}"), None).await.taken();
        let on = skill["channels"].as_object().unwrap().iter().filter(|(_, on)| **on == true);
        on.map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "manager").await;
        console.open("/settings/channels").await;
        console.picture("channels").await;
        assert_eq!(console.problems().await, NONE);
        console.press("Loyalty on SMS").await;
        console.see("Loyalty no longer answers on SMS.").await;
        assert_eq!(channels("loyalty").await, ["email", "webchat", "whatsapp"]);
        see_in_row(browser, "Loyalty", "to people").await;
        console.press("Undo").await;
        console.see("Taken back.").await;
        assert_eq!(channels("loyalty").await.len(), 4);

        // One after the other, as fast as somebody presses: none is lost.
        for label in ["SMS", "WhatsApp", "E-mail"] {
            console.press(&format!("Loyalty on {label}")).await;
            let off = format!(
                "return document.querySelector('[aria-label=\"Loyalty on {label}\"]').getAttribute('aria-checked')"
            );
            browser
                .until(&format!("{label} is off"), async || {
                    // Pressed while the one before was still being saved: it waits for the next press.
                    let now = browser.frame(&off).await;
                    if now == "true"
                        && browser
                            .frame("return document.querySelector('[data-one-at-a-time]').getAttribute('aria-busy')")
                            .await
                            != "true"
                    {
                        console.press(&format!("Loyalty on {label}")).await;
                    }
                    now == "false"
                })
                .await;
        }
        assert_eq!(channels("loyalty").await, ["webchat"]);
        let last = "return document.querySelector('[aria-label=\"Loyalty on Web chat\"]').disabled";
        browser.until("the last one can't be switched off", async || browser.frame(last).await == true).await;
        console.picture("channels-last").await;
        assert_eq!(console.problems().await, NONE);
    })
    .await;
}

#[tokio::test]
async fn figures_count_what_was_asked_and_lead_to_it() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    // Four conversations: a question that was answered and helped, one nobody can answer, one for a person, a greeting.
    let helped = Shopper::open(&demo.usher, SITE).await;
    helped.say("what are your opening hours?").await;
    helped.hear("an answer", |message| message["author"] == "assistant").await;
    helped.say("thanks, that helped").await;
    let unanswered = Shopper::open(&demo.usher, SITE).await;
    unanswered.say("can you engrave a lamp with my name?").await;
    unanswered.hear("an answer", |message| message["author"] == "assistant").await;
    let person = Shopper::open(&demo.usher, SITE).await;
    person.ask_for_a_person("what are your opening hours?", "ana@example.net").await;
    Shopper::open(&demo.usher, SITE).await.say("hello").await;

    for screen in [Screen::Desktop, Screen::DarkPhone] {
        in_browser(screen, async |browser| {
            let kind = format!("{screen:?}").to_lowercase();
            let console = team.enter(browser, "owner").await;
            open_until(&console, "?range=today", "and 1 greeting without a question").await;
            let figure = |name: &str| {
                format!("return [...document.querySelectorAll('.figure')].find((one) => one.querySelector('dt').innerText === '{name}').querySelector('.value').innerText")
            };
            assert_eq!(browser.frame(&figure("Conversations")).await, "3");
            assert_eq!(browser.frame(&figure("Routed to team")).await, "33.3 %");
            // Each figure has its definition on the page, also while it is folded.
            let undefined = "return [...document.querySelectorAll('.figure')].filter((one) => !one.querySelector('details.definition p')?.textContent.trim()).map((one) => one.querySelector('dt').innerText)";
            assert_eq!(browser.frame(undefined).await, json!([]));
            // The drawing has a name and says the main thing, and its numbers are a table.
            // In the first hour of a day there is one row, and nothing to add up.
            let drawn = "const shown = [...document.querySelectorAll('#by-day svg.drawing')].filter((one) => one.checkVisibility());
                const sums = [...document.querySelectorAll('#by-day tfoot td')];
                const numbers = sums.length ? sums : [...document.querySelectorAll('#by-day tbody td')];
                return [shown.length, shown[0].querySelector('title').textContent.length > 0, shown[0].querySelector('desc').textContent.includes('total'),
                    numbers.map((one) => Number(one.textContent)).reduce((a, b) => a + b)]";
            assert_eq!(browser.frame(drawn).await, json!([1, true, true, 3]));
            console.see("engrave").await;
            console.picture(&format!("overview-{kind}")).await;
            assert_eq!(console.problems().await, NONE, "{screen:?}");

            // A skill's figures, the questions it took, and the conversation of one.
            console.open("/skills/general-qa/performance?range=today").await;
            console.see("what are your opening hours?").await;
            console.picture(&format!("performance-{kind}")).await;
            assert_eq!(console.problems().await, NONE, "{screen:?}");
            let leads = "return document.querySelector('a.question').getAttribute('href')";
            let leads = browser.frame(leads).await;
            assert!(
                [&helped, &person].iter().any(|one| leads.as_str().unwrap().contains(&one.conversation)),
                "{leads} leads to no conversation of a question"
            );
            // A filter that fits nothing, and one's own days.
            set(browser, "#f-outcome", "failed").await;
            console.see("No questions like that in these days.").await;
            console.open("/skills/general-qa/performance?from=2020-01-01&to=2020-01-31").await;
            console.see("1 Jan 2020 to 31 Jan 2020").await;
            console.see("Nobody asked for it in these days.").await;
            console.picture(&format!("performance-empty-{kind}")).await;
            assert_eq!(console.problems().await, NONE, "{screen:?}");
            // Days that can't be are refused with what to do, and the filters stay.
            console.open("?from=2020-02-01&to=2020-01-01").await;
            assert_eq!(browser.frame("return document.querySelectorAll('main [role=alert]').length").await, 1);
            assert_eq!(console.problems().await, NONE, "{screen:?}");
        })
        .await;
    }
    let csv =
        team.caller("analyst").ask(&demo.usher, Method::GET, "/api/v1/insight/overview/csv?range=today", None).await;
    assert_eq!(csv.status, 200);
    assert!(csv.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert!(csv.text.lines().count() > 1, "{}", csv.text);
}

#[tokio::test]
async fn an_integration_that_fails_is_told_where_people_look() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let owner = team.caller("owner");
    let ask = async |method: Method, path: &str, body: Option<Value>| {
        owner.ask(&demo.usher, method, &format!("/api/v1/integrations/loop{path}"), body).await.taken()
    };
    let mut wrong = ask(Method::GET, "", None).await;
    let kept = wrong.as_object_mut().unwrap();
    kept.retain(|name, _| ["settings", "hosts", "stand_ins", "preferred_for"].contains(&name.as_str()));
    kept.insert("secrets".into(), json!({ "api-key": "a wrong one" }));
    ask(Method::PUT, "", Some(wrong)).await;
    let checked = ask(Method::POST, "/check", Some(json!({}))).await;
    assert_eq!(checked["ok"], false, "{checked}");
    in_browser(Screen::Phone, async |browser| {
        let console = team.enter(browser, "analyst").await;
        open_until(&console, "/", "This needs somebody").await;
        console.see("loop").await;
        console.picture("overview-needs-phone").await;
        assert_eq!(console.problems().await, NONE);
        open_until(&console, "/skills", "loop failed its health check").await;
        see_in_row(browser, "Returns", "Unavailable").await;
        console.open("/").await;
        console.press("See what is wrong").await;
        console.arrive("/settings/integrations/loop").await;
    })
    .await;
}

#[tokio::test]
async fn ranges_are_chosen_with_the_keyboard_alone() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "analyst").await;
        console.open("/").await;
        console.see("No conversations in these days").await;
        console.picture("overview-empty").await;
        assert_eq!(console.problems().await, NONE);
        set(browser, "#f-range", "30d").await;
        browser.until("the address says it", async || console.place().await == "/console?range=30d").await;
        console.settled().await;
        set(browser, "#f-channel", "sms").await;
        browser.until("both are kept", async || console.place().await == "/console?range=30d&channel=sms").await;
        console.settled().await;
        // One's own days: the fields come when they are asked for.
        assert_eq!(browser.frame("return document.querySelector('.own-range').checkVisibility()").await, false);
        set(browser, "#f-range", "").await;
        assert_eq!(browser.frame("return document.activeElement.id").await, "f-from");
        set(browser, "#f-from", "2026-01-01").await;
        browser.until("the days are shown", async || console.place().await.contains("from=2026-01-01")).await;
    })
    .await;
}

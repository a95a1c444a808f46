//! What a security reviewer does, told by the pages alone: uploads, decisions with their reasons, the way back, the end
//! of a release, and the audit that knows of it all.

use axum::http::Method;
use fantoccini::Locator;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use usher_browser_tests::demo::SITE;
use usher_browser_tests::{Browser, Caller, Demo, Screen, Shopper, Team, in_browser};

const NONE: [String; 0] = [];
/// A customer of the demo's shop, with orders.
const CUSTOMER: &str = "ana@example.net";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Order tracking as it serves, with other bytes: the same manifest and code, and a section that says nothing.
fn rebuilt(note: &str) -> Vec<u8> {
    let mut component = std::fs::read(repository().join("target/plugins/order-tracking.wasm")).unwrap();
    let content = [&[4], b"note".as_slice(), note.as_bytes()].concat();
    component.extend([0, u8::try_from(content.len()).unwrap()]);
    component.extend(content);
    component
}

/// A new version of order tracking that also cancels orders, built from the skill's own source as its author would. What
/// was compiled stays for the next time.
async fn that_cancels() -> PathBuf {
    let work = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("that-cancels");
    std::fs::create_dir_all(&work).unwrap();
    let skill = work.join("order-tracking");
    if !skill.exists() {
        usher(&work, &["new", "order-tracking"]);
    }
    let source = repository().join("skills/order-tracking");
    for name in ["lib.rs", "policy.rs", "request.rs", "status.rs", "text.rs"] {
        let code = std::fs::read_to_string(source.join("src").join(name)).unwrap();
        std::fs::write(skill.join("src").join(name), changed(name, code)).unwrap();
    }
    let manifest = std::fs::read_to_string(source.join("skill.toml")).unwrap();
    let asks =
        "[[tools]]\nfunction = \"usher:tools/order-actions.cancel\"\nreason = \"to cancel an order that is stuck\"\n\n";
    let manifest = replaced(&manifest, "version = \"0.1.0\"", "version = \"0.2.0\"");
    std::fs::write(skill.join("skill.toml"), replaced(&manifest, "[examples]\n", &format!("{asks}[examples]\n")))
        .unwrap();
    tokio::task::spawn_blocking(move || usher(&work, &["build", "order-tracking", "--fetch-toolchain"])).await.unwrap();
    skill.join("target/usher/order-tracking.wasm")
}

fn changed(name: &str, code: String) -> String {
    if name != "lib.rs" {
        return code;
    }
    let code = replaced(&code, "#[cfg(test)]\nmod tests;", "");
    let code = replaced(
        &code,
        "use usher_sdk::skill::tools::orders::",
        "use usher_sdk::skill::tools::order_actions;\nuse usher_sdk::skill::tools::orders::",
    );
    let cancels = "    if mentions(turn.text(), &[\"stuck*\"]) && let Some(name) = order_name_in(turn.text()) {\n        \
                   order_actions::cancel(name.as_str())?;\n    }\n";
    let before = "    if let Some(name) = order_name_in(turn.text()) {\n";
    replaced(&code, before, &format!("{cancels}{before}"))
}

fn replaced(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "the skill's source says no longer: {old}");
    text.replacen(old, new, 1)
}

fn usher(folder: &Path, args: &[&str]) {
    let test = std::env::current_exe().unwrap();
    let program = test.ancestors().map(|folder| folder.join("usher")).find(|file| file.is_file()).unwrap();
    let done = Command::new(program).args(args).current_dir(folder).output().unwrap();
    assert!(done.status.success(), "usher {args:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// Chooses files for the upload, as if they were dropped.
async fn choose(browser: &Browser, files: &[&Path]) {
    let input = browser.client.find(Locator::Css("#plugin-files")).await.unwrap();
    let names: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    input.send_keys(&names.join("\n")).await.unwrap();
}

async fn text(browser: &Browser, css: &str) -> String {
    let script = "return [...document.querySelectorAll(arguments[0])].map((one) => one.innerText).join('\\n')";
    let text = browser.run(script, vec![json!(css)]).await;
    text.as_str().unwrap_or_default().to_owned()
}

async fn see_in(browser: &Browser, css: &str, words: &str) {
    browser.until(&format!("«{words}» stands in {css}"), async || text(browser, css).await.contains(words)).await;
}

async fn upload(team: &Team, demo: &Demo, component: Vec<u8>) -> Value {
    let owner = team.caller("owner");
    owner.send(&demo.usher, Method::POST, "/api/v1/releases", Some("application/wasm"), component).await.taken()
}

fn digits(release: &Value) -> String {
    release["digest"].as_str().unwrap().trim_start_matches("sha256:").to_owned()
}

/// The release of order tracking that serves.
async fn serving(caller: &Caller, demo: &Demo) -> Value {
    caller.ask(&demo.usher, Method::GET, "/api/v1/plugins/order-tracking", None).await.taken()
}

/// Asks where the order is, and waits for the card of one more order.
async fn is_answered(shopper: &Shopper, before: usize) {
    let cards =
        |messages: &[Value]| messages.iter().filter(|one| one.to_string().contains("\"kind\":\"order\"")).count();
    shopper.say("where is my order?").await;
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        let messages = shopper.messages().await;
        if cards(&messages) > before {
            return;
        }
        assert!(std::time::Instant::now() < deadline, "no order was shown: {messages:#?}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_version_that_asks_for_more_is_refused_and_the_old_one_serves_throughout() {
    let component = that_cancels().await;
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let shopper = Shopper::open(&demo.usher, SITE).await;
    shopper.sign_in(&demo.mailbox, CUSTOMER).await;
    is_answered(&shopper, 0).await;
    let before = serving(&team.caller("reviewer"), &demo).await["digest"].clone();

    in_browser(Screen::Desktop, async |browser| {
        // Somebody who may brings it. Nobody whom the shop trusts signed it, and it asks for more: it is parked.
        let console = team.enter(browser, "admin").await;
        assert_eq!(console.open("/plugins").await, 200);
        choose(browser, &[&component]).await;
        see_in(browser, "#plugin-outcomes", "Order tracking 0.2.0 waits for a decision (sent without a signature)")
            .await;
        see_in(browser, "[data-part=waiting]", "Order tracking 0.2.0").await;
        is_answered(&shopper, 1).await;

        // The reviewer finds it, and the page says what changes before it says anything else.
        let console = team.enter(browser, "reviewer").await;
        console.open("/plugins").await;
        console.picture("review-plugins").await;
        assert_eq!(console.problems().await, NONE);
        assert_eq!(
            browser.frame("return document.querySelector('#plugin-drop')").await,
            Value::Null,
            "a reviewer uploads nothing"
        );
        console.press("Review Order tracking 0.2.0").await;
        console.see("It asks for more than version 0.1.0, which serves.").await;
        let first = text(browser, "table.compared tbody tr:first-child").await;
        for words in [
            "Asks for more",
            "usher:tools/order-actions.cancel",
            "not asked for",
            "cancel one of the customer's orders",
            "to cancel an order that is stuck",
        ] {
            assert!(first.contains(words), "{words}: {first}");
        }
        let widening = browser.frame("return document.querySelectorAll('table.compared tr.widens').length").await;
        assert_eq!(widening, 1, "nothing else is more");
        see_in(browser, "#first", "It can cancel one of the customer's orders").await;
        see_in(browser, "#who", "Not proved").await;
        see_in(browser, "#can .acts", "Can cancel one of the customer's orders").await;
        see_in(browser, "#decision-title", "To decide").await;
        console.picture("review-release").await;
        assert_eq!(console.problems().await, NONE);

        // What would it have said? Nobody is asked for that.
        console.press("Run them").await;
        see_in(browser, "#what-if", "came out the same").await;

        // A no needs a reason.
        browser.frame("scrollTo(0, 0)").await;
        console.press("Refuse").await;
        console.see("Version 0.1.0 goes on serving, as it does now.").await;
        console.press("Refuse it").await;
        assert_eq!(browser.frame("return document.querySelector('#refuse').open").await, true, "a reason is missing");
        console.fill("reason", "It only has to track orders").await;
        console.press("Refuse it").await;
        see_in(browser, "[data-part=decision]", "It only has to track orders").await;
        see_in(browser, "[data-part=head]", "Refused").await;
        is_answered(&shopper, 2).await;

        // The audit knows who brought it, who refused it and why, and which turns the old one answered meanwhile.
        console.open("/audit?skill=order-tracking").await;
        let lines = text(browser, "ol.audit .sentence").await;
        for words in [
            "proposed order-tracking 0.2.0, which waits",
            "refused order-tracking 0.2.0: It only has to track orders",
            "it asked order-tracking (",
        ] {
            assert!(lines.contains(words), "{words}: {lines}");
        }
        assert!(!lines.contains("order-tracking 0.2.0 began to serve"), "{lines}");
        see_in(browser, "ol.audit .calls", "orders.recent").await;
        console.press("Verify now").await;
        see_in(browser, ".chain", "Holds").await;
        see_in(browser, ".chain", "are as they were written").await;
        console.picture("review-audit").await;
        assert_eq!(console.problems().await, NONE);

        // Of these lines, the refusal alone; and all of one conversation.
        console.fill("action", "release-refused").await;
        console.press("Show").await;
        browser
            .until_eq(1, async || {
                browser.frame("return document.querySelectorAll('ol.audit > li').length").await.as_u64().unwrap_or(0)
            })
            .await;
        console.press("All lines").await;
        console.arrive("/audit").await;
    })
    .await;
    let after = serving(&team.caller("reviewer"), &demo).await;
    assert_eq!((&after["digest"], &after["state"]), (&before, &json!("live")));
}

#[tokio::test]
async fn what_is_no_plugin_is_told_so_in_the_servers_words() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let (words, signature) = (file("words.wasm", b"hello"), file("lost.wasm.minisig", b"untrusted comment"));
    let (again, badly) = (file("again.wasm", &rebuilt("again")), file("again.wasm.minisig", b"no signature"));
    in_browser(Screen::Phone, async |browser| {
        let console = team.enter(browser, "owner").await;
        console.open("/plugins").await;
        choose(browser, &[&words, &signature]).await;
        see_in(browser, "#plugin-outcomes", "it is a text file").await;
        see_in(browser, "#plugin-outcomes", "Drop it together with its component, lost.wasm").await;
        console.picture("review-not-taken").await;
        assert_eq!(console.problems().await, NONE);
        choose(browser, &[&again, &badly]).await;
        see_in(browser, "#plugin-outcomes", "Not taken").await;
        see_in(browser, "#plugin-outcomes", "signature").await;
        choose(browser, &[&again]).await;
        see_in(browser, "#plugin-outcomes", "waits for a decision").await;
        // The same bytes again are known.
        choose(browser, &[&again]).await;
        see_in(browser, "#plugin-outcomes", "was known already").await;
    })
    .await;
}

#[tokio::test]
async fn a_release_is_approved_gone_back_from_and_ended() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let reviewer = team.caller("reviewer");
    let first = serving(&reviewer, &demo).await;
    let second = upload(&team, &demo, rebuilt("second")).await;
    let shopper = Shopper::open(&demo.usher, SITE).await;
    shopper.sign_in(&demo.mailbox, CUSTOMER).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "reviewer").await;
        console.open(&format!("/releases/{}", digits(&second))).await;
        console.see("It can do neither more nor less than version 0.1.0").await;
        console.press("Approve").await;
        console.see("It serves at once").await;
        console.fill("reason", "Only its bytes changed").await;
        console.press("Approve it").await;
        see_in(browser, "[data-part=head]", "Serves").await;
        see_in(browser, "[data-part=decision]", "Only its bytes changed").await;
        assert_eq!(serving(&reviewer, &demo).await["digest"], second["digest"]);
        is_answered(&shopper, 0).await;

        // Back to the one before, with a choice and a reason.
        console.open("/plugins/order-tracking").await;
        console.picture("review-plugin").await;
        assert_eq!(console.problems().await, NONE);
        console.press("Roll back").await;
        let choice = first["digest"].as_str().unwrap();
        console.choose("to", choice).await;
        console.fill("reason", "The one before did well").await;
        browser.frame("document.querySelector('#rollback [type=submit]').click()").await;
        see_in(browser, "[data-part=running]", "The one before did well").await;
        assert_eq!(serving(&reviewer, &demo).await["digest"], first["digest"]);
        is_answered(&shopper, 1).await;

        // The end of it, with what runs; what follows is said before.
        console.press("Revoke").await;
        console.see("From that moment no call of it begins.").await;
        console.see("go to the next skill that fits, or to a person").await;
        console.fill("reason", "It leaks").await;
        browser.frame("document.querySelector('#revoke-kill').click()").await;
        console.picture("review-revoke").await;
        console.press("Revoke it").await;
        see_in(browser, "[data-part=releases]", "Revoked").await;
        let ended = reviewer.ask(&demo.usher, Method::GET, &format!("/api/v1/releases/{}", digits(&first)), None).await;
        assert_eq!(ended.taken()["state"], "revoked");
        console.open("/audit?skill=order-tracking").await;
        let lines = text(browser, "ol.audit .sentence").await;
        for words in [
            "approved order-tracking 0.1.0: Only its bytes changed",
            "went back to order-tracking 0.1.0: The one before did well",
            "revoked order-tracking 0.1.0: It leaks",
        ] {
            assert!(lines.contains(words), "{words}: {lines}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_may_not_decide_sees_why_and_what_was_decided_meanwhile_is_told() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let release = upload(&team, &demo, rebuilt("meanwhile")).await;
    let address = format!("/releases/{}", digits(&release));
    in_browser(Screen::DarkDesktop, async |browser| {
        let console = team.enter(browser, "analyst").await;
        assert_eq!(console.open("/plugins").await, 200);
        console.see("may not upload plugins; owners and admins may").await;
        for page in ["/plugins", &address, "/plugins/order-tracking"] {
            console.open(page).await;
            let acts = "return document.querySelectorAll('main [data-api], main [data-opens], main dialog').length";
            assert_eq!(browser.frame(acts).await, 0, "{page}");
            assert_eq!(console.problems().await, NONE, "{page}");
        }
        console.open(&address).await;
        console.see("may look at it and not decide. Ask somebody who is owner or reviewer.").await;
        assert_eq!(console.open("/audit").await, 403);

        // Somebody else was quicker: the dialog says so and keeps what was typed.
        let console = team.enter(browser, "reviewer").await;
        console.open(&address).await;
        console.press("Refuse").await;
        console.fill("reason", "Who made this?").await;
        let quicker = json!({ "reason": "nobody knows it" });
        let path = format!("/api/v1/releases/{}/refuse", digits(&release));
        team.caller("owner").ask(&demo.usher, Method::POST, &path, Some(quicker)).await.taken();
        console.press("Refuse it").await;
        console.see("only one that waits can be refused").await;
        assert_eq!(browser.frame("return document.querySelector('#refuse-reason').value").await, "Who made this?");
        console.press("Cancel").await;
        see_in(browser, "[data-part=decision]", "nobody knows it").await;
    })
    .await;
}

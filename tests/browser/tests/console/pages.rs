//! Every page that there is, on a desktop and a phone, in light and dark, with hostile texts in it.

use super::hostile::{self, CORPUS, Written};
use axum::http::Method;
use futures_util::future::join_all;
use std::collections::BTreeMap;
use usher_browser_tests::{Caller, Console, Demo, Screen, Team, in_browser};

/// The table of pages, as the server has it: a page that is added there is looked at here.
const TABLE: &str = include_str!("../../../../runtime/server/src/console/pages/table.rs");

/// The paths of the table.
fn paths() -> Vec<&'static str> {
    // A row begins with `page(` or `open(`, and its first text, on this line or the next, is the path.
    let mut paths = Vec::new();
    for (place, _) in TABLE.match_indices("\n    page(").chain(TABLE.match_indices("\n    open(")) {
        paths.extend(TABLE[place..].split('"').nth(1));
    }
    assert!(paths.len() > 30 && paths.contains(&"/skills/{id}"), "the table is written otherwise now: {paths:?}");
    paths
}

/// An address of each page.
pub(crate) fn addresses(written: &Written) -> Vec<(String, String)> {
    let examples: BTreeMap<&str, &str> = BTreeMap::from([
        ("/skills/{id}", "order-tracking"),
        ("/skills/{id}/performance", "order-tracking"),
        ("/conversations/{id}", &*written.conversation),
        ("/knowledge/articles/{id}", &*written.article),
        ("/scenarios/{id}", &*written.scenario),
        ("/plugins/{id}", "order-tracking"),
        ("/releases/{digest}", &*written.release),
        ("/settings/integrations/{id}", "shopify"),
        ("/settings/webhooks/{id}", &*written.endpoint),
    ]);
    let mut all = Vec::new();
    for path in paths() {
        let address = match path.split_once('{') {
            None => path.to_owned(),
            Some((before, rest)) => {
                let example = examples.get(path).unwrap_or_else(|| panic!("say which page is an example of {path}"));
                format!("{before}{example}{}", rest.split_once('}').map_or("", |(_, after)| after))
            }
        };
        let name = path.trim_matches('/').replace(['{', '}'], "").replace('/', "-");
        all.push((if name.is_empty() { "overview".into() } else { name }, address));
    }
    all
}

#[tokio::test]
async fn every_page_is_sound_on_every_screen() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let written = hostile::write(&demo, &team).await;
    let addresses = addresses(&written);
    let screens = [Screen::Desktop, Screen::DarkDesktop, Screen::Phone, Screen::DarkPhone];
    // Two browsers at a time, for two cores.
    let mut wrong = Vec::new();
    for some in screens.chunks(2) {
        wrong.extend(join_all(some.iter().map(|screen| look(*screen, &team, &addresses))).await.into_iter().flatten());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Opens all pages on one screen; what is wrong with them.
async fn look(screen: Screen, team: &Team, addresses: &[(String, String)]) -> Vec<String> {
    let mut wrong = Vec::new();
    in_browser(screen, async |browser| {
        let console = team.enter(browser, "owner").await;
        let kind = format!("{screen:?}").to_lowercase();
        for (name, address) in addresses {
            let status = console.open(address).await;
            console.picture(&format!("{kind}/{name}")).await;
            let mut found = console.problems().await;
            if status != 200 {
                found.push(format!("status {status}"));
            }
            found.extend(browser.page_errors().await);
            if !found.is_empty() {
                wrong.push(format!("{address} on {screen:?}:\n  {}", found.join("\n  ")));
            }
        }
    })
    .await;
    wrong
}

#[tokio::test]
async fn hostile_texts_are_shown_as_texts() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let written = hostile::write(&demo, &team).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "owner").await;
        let shown = async |console: &Console<'_>, path: &str, text: &str| {
            assert_eq!(console.open(path).await, 200, "{path}");
            // As text, in fields and in what is folded in.
            let all = "const fields = [...document.querySelectorAll('input, textarea')].map((one) => one.value);
                return document.body.textContent + fields.join(' ')";
            let all = browser.frame(all).await;
            assert!(all.as_str().unwrap().contains(text), "{path} doesn't show {text}");
            assert_eq!(browser.frame("return window.pwned ?? null").await, serde_json::Value::Null, "{path}");
        };
        shown(&console, &format!("/conversations/{}", written.conversation), CORPUS[0]).await;
        shown(&console, "/knowledge", CORPUS[1]).await;
        shown(&console, &format!("/knowledge/articles/{}", written.article), CORPUS[1]).await;
        shown(&console, "/people", CORPUS[1]).await;
        shown(&console, "/scenarios", CORPUS[1]).await;
        shown(&console, &format!("/scenarios/{}", written.scenario), CORPUS[0]).await;
        shown(&console, &format!("/releases/{}", written.release), "<img src=x onerror=window.pwned=1>").await;
        shown(&console, &format!("/settings/webhooks/{}", written.endpoint), CORPUS[3]).await;
        // Links lead to this console, to pages of ours, or to where everybody sees that they lead.
        for path in ["/knowledge", "/knowledge/sources", "/settings/webhooks"] {
            console.open(path).await;
            let schemes = "return [...new Set([...document.querySelectorAll('[href], [src], [action]')]
                .map((one) => new URL(one.getAttribute('href') ?? one.getAttribute('src') ?? one.getAttribute('action'), location).protocol))]";
            for scheme in browser.frame(schemes).await.as_array().unwrap() {
                assert!(["http:", "https:", "data:", "mailto:"].contains(&scheme.as_str().unwrap()), "{path}: {scheme}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn pages_are_for_those_who_are_signed_in_and_say_no_more() {
    let demo = Demo::start().await;
    let open = ["/sign-in", "/setup", "/invitation"];
    for path in paths() {
        let reply = Caller::Nobody
            .ask(&demo.usher, Method::GET, &format!("/console{}", path.trim_end_matches('/')), None)
            .await;
        let policy = reply.headers.get("content-security-policy").map(|policy| policy.to_str().unwrap().to_owned());
        if open.contains(&path) {
            assert_eq!(reply.status, 200, "{path}");
            let policy = policy.unwrap();
            for part in [
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                "frame-ancestors 'none'",
                "form-action 'self'",
                "base-uri 'none'",
                "require-trusted-types-for 'script'",
            ] {
                assert!(policy.contains(part), "{path}: {policy}");
            }
            assert!(!policy.contains("unsafe"), "{path}: {policy}");
            assert_eq!(reply.headers["x-content-type-options"], "nosniff");
            assert_eq!(reply.headers["referrer-policy"], "no-referrer");
            assert_eq!(reply.headers["cache-control"], "no-store");
        } else {
            assert_eq!(reply.status, 303, "{path}");
            let to = reply.headers["location"].to_str().unwrap();
            assert!(to.starts_with("/console/sign-in?back=%2Fconsole"), "{path} leads to {to}");
            assert_eq!(reply.text, "", "{path} says something to strangers");
        }
    }
    let nowhere = Caller::Nobody.ask(&demo.usher, Method::GET, "/console/no/such/page", None).await;
    assert_eq!(nowhere.status, 303, "whether there is such a page isn't told");
}

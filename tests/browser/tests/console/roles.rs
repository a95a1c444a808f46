//! What each role may see, and that the pages say what the API does.

use super::{hostile, pages};
use axum::http::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use usher_browser_tests::console::ROLES;
use usher_browser_tests::{Demo, Screen, Team, in_browser};

/// Pages that not everybody sees, each with the permission that opens it.
const GUARDED: [(&str, &str); 6] = [
    ("/conversations", "read_conversations"),
    ("/preview", "preview"),
    ("/audit", "read_audit"),
    ("/people", "manage_people"),
    ("/settings/customers", "manage_privacy"),
    ("/settings/deliveries", "operate"),
];

/// Changes by permission: what each route is asked with is nothing, so that whoever may is told what is missing.
const CHANGES: [(&str, &str, &str); 10] = [
    ("manage_people", "POST", "/api/v1/invitations"),
    ("manage_people", "PATCH", "/api/v1/accounts/the-owner"),
    ("connect", "PUT", "/api/v1/integrations/shopify"),
    ("connect", "PUT", "/api/v1/hub"),
    ("change_settings", "PUT", "/api/v1/handoff"),
    ("change_knowledge", "PUT", "/api/v1/articles/an-article"),
    ("decide_plugins", "POST", "/api/v1/releases/0000/approve"),
    ("stop_plugins", "POST", "/api/v1/releases/0000/revoke"),
    ("manage_privacy", "PUT", "/api/v1/settings/retention"),
    ("preview", "POST", "/api/v1/preview"),
];

#[tokio::test]
async fn each_role_sees_and_does_what_the_table_says() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let roles = team.caller("owner").ask(&demo.usher, Method::GET, "/api/v1/roles", None).await.taken();
    let may: BTreeMap<&str, BTreeSet<&str>> = roles["roles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| {
            let permissions = role["permissions"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            (role["role"].as_str().unwrap(), permissions)
        })
        .collect();
    in_browser(Screen::Desktop, async |browser| {
        for role in ROLES {
            let console = team.enter(browser, role).await;
            for (path, permission) in GUARDED {
                let allowed = may[role].contains(permission);
                let status = console.open(path).await;
                assert_eq!(status, if allowed { 200 } else { 403 }, "{role} at {path}");
                if !allowed {
                    console.see("This page is for others").await;
                }
                let linked = format!("return !!document.querySelector('#sections [href=\"/console{path}\"]')");
                if ["/conversations", "/preview", "/audit", "/people"].contains(&path) {
                    assert_eq!(browser.frame(&linked).await, allowed, "{role}: the way to {path}");
                }
            }
            if role == "analyst" {
                console.open("/people").await;
                console.picture("for-others").await;
                assert_eq!(console.problems().await, [] as [String; 0]);
            }
            // The table of roles on the help page is the one that the server decides by.
            console.open("/help").await;
            let yes = "const column = [...document.querySelectorAll('.who-may thead th')].findIndex((one) => one.matches('.mine'));
                return [...document.querySelectorAll('.who-may tbody tr')].filter((row) => row.children[column].textContent.includes('yes')).length";
            assert_eq!(browser.frame(yes).await, may[role].len(), "{role}");

            let caller = team.caller(role);
            for (permission, method, path) in CHANGES {
                let method = Method::from_bytes(method.as_bytes()).unwrap();
                let reply = caller.ask(&demo.usher, method.clone(), path, Some(json!({ "no such field": 1 }))).await;
                if may[role].contains(permission) {
                    assert!(![401, 403].contains(&reply.status), "{role} {method} {path}: {}", reply.text);
                } else {
                    assert_eq!(reply.status, 403, "{role} {method} {path}: {}", reply.text);
                    assert!(reply.text.contains(permission), "what is missing is named: {}", reply.text);
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn controls_that_one_may_not_use_arent_there() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    let written = hostile::write(&demo, &team).await;
    let owner = team.caller("owner");
    let document = owner.ask(&demo.usher, Method::GET, "/api/v1/openapi.json", None).await.taken();
    let roles = owner.ask(&demo.usher, Method::GET, "/api/v1/roles", None).await.taken();
    let mut wrong = BTreeSet::new();
    let mut offers = 0;
    in_browser(Screen::Desktop, async |browser| {
        for role in ["admin", "manager", "agent", "analyst", "reviewer"] {
            let console = team.enter(browser, role).await;
            let mine = roles["roles"].as_array().unwrap().iter().find(|one| one["role"] == role).unwrap();
            console.open("/help").await;
            for (_, address) in pages::addresses(&written) {
                let address = address.trim_end_matches('/');
                let offered =
                    browser.client.execute_async(OFFERED, vec![json!(format!("/console{address}"))]).await.unwrap();
                for act in offered.as_array().unwrap() {
                    let (method, route) = act.as_str().unwrap().split_once(' ').unwrap();
                    let permission = permission_of(&document, method, route);
                    let fine = ["signed_in", "account", "public"].contains(&permission.as_str())
                        || mine["permissions"].as_array().unwrap().contains(&json!(permission));
                    offers += 1;
                    if !fine {
                        wrong.insert(format!("{address} offers {role} {act}, which needs {permission}"));
                    }
                }
            }
        }
    })
    .await;
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(offers > 100, "only {offers} controls were seen");
}

/// The operations that a page's controls would call: read from the page as the server sends it, dialogs included. A page
/// that isn't shown offers nothing.
const OFFERED: &str = "
    const [address, done] = arguments;
    const asking = new XMLHttpRequest();
    asking.open('GET', address);
    asking.responseType = 'document';
    asking.onload = () => {
      if (asking.status !== 200) return done([]);
      const page = asking.response;
      const usable = (one) => !one.disabled && !one.closest('[hidden], fieldset[disabled]');
      const acts = [...page.querySelectorAll('button[data-api], [data-upload]')].filter(usable);
      const forms = [...page.querySelectorAll('form[data-api]')].filter((form) =>
        usable(form) && [...form.querySelectorAll('button:not([type=button])')].some(usable));
      done([...acts, ...forms].map((one) => one.dataset.api ?? one.dataset.upload));
    };
    asking.onerror = () => done(['the page could not be read']);
    asking.send();";

/// What the document says that an operation needs. Parts of the route that stand for names fit any.
fn permission_of(document: &Value, method: &str, route: &str) -> String {
    let route = route.split('?').next().unwrap_or_default();
    let given: Vec<&str> = route.split('/').collect();
    let fits = |path: &str| {
        let wanted: Vec<&str> = path.split('/').collect();
        wanted.len() == given.len()
            && wanted.iter().zip(&given).all(|(a, b)| a == b || a.starts_with('{') || b.starts_with('{'))
    };
    let paths = document["paths"].as_object().unwrap();
    let exact = paths.get_key_value(route).or_else(|| paths.iter().find(|(path, _)| fits(path)));
    let (_, item) = exact.unwrap_or_else(|| panic!("a page offers {method} {route}, which the API doesn't have"));
    item[method.to_lowercase()]["x-permission"].as_str().unwrap_or_else(|| panic!("{method} {route}")).to_owned()
}

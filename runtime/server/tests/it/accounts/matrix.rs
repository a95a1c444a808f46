//! Every role at every operation of the document, compared with `matrix.txt`.
//!
//! Each role has an account and a session of its own and sends each request with made-up names and an empty body. Where
//! the file says `no`, the answer is 403; where it says `yes`, it is neither 401 nor 403, whatever else it is. `visitor`:
//! the operation is for visitors of the chat, whom a console's session doesn't make anybody of. `anyone`: it is public.
//!
//! With `USHER_WRITE_MATRIX` set, the file is written from what the server did: read the difference before you keep it.

use super::browser::Browser;
use super::{colleague, password_of, sign_in, site};
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::fmt::Write;
use std::path::Path;

const ROLES: [&str; 6] = ["owner", "admin", "manager", "agent", "analyst", "reviewer"];

/// What the server answers to this account.
async fn asked(browser: &Browser, account: &str, method: &str, path: &str, needs: &str) -> &'static str {
    let own = if path.starts_with("/api/v1/people/") { account } else { "nobody" };
    let id = "0192f7a0-0000-7000-8000-000000000000";
    let made_up = [
        ("{*path}", "nowhere"),
        ("{id}", id),
        ("{digest}", "abcdef"),
        ("{name}", own),
        ("{connector}", "shopify"),
        ("{section}", "orders"),
        ("{subject}", "abcdef"),
        ("{email}", "nobody@lamps.example"),
        ("{label}", "nothing"),
        ("{format}", "csv"),
        ("{code}", "nothing"),
    ];
    let real = made_up.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
    assert!(!real.contains('{'), "{path} has a name that isn't made up here");
    let method: Method = method.parse().unwrap();
    // One level above `/api/v1/`, where the browser's paths begin.
    let request = browser.bare(method.clone(), &format!("../..{real}")).header("sec-fetch-site", "same-origin");
    let request = if method == Method::GET { request } else { request.json(&json!({})) };
    // A stream's head is enough.
    let status = request.send().await.unwrap().status();
    match (needs, status) {
        ("visitor", StatusCode::UNAUTHORIZED) => "visitor",
        ("public", status) if status != StatusCode::FORBIDDEN && status != StatusCode::UNAUTHORIZED => "anyone",
        (_, StatusCode::FORBIDDEN) => "no",
        (_, StatusCode::UNAUTHORIZED) => panic!("{account} {method} {real}: 401"),
        (_, status) => {
            assert!(!status.is_server_error() || status == 503, "{account} {method} {real}: {status}");
            "yes"
        }
    }
}

#[tokio::test]
async fn every_role_may_do_what_the_file_says() {
    let (site, owner) = site().await;
    let mut browsers = Vec::new();
    for role in ROLES {
        let name = format!("the-{role}");
        let browser = colleague(&site, &owner, &name, role).await;
        browsers.push((name, browser));
    }
    let document = Browser::of(&site).get("openapi.json").await.expect(StatusCode::OK);
    let mut operations: Vec<(String, String, String)> = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let needs = operation["x-permission"].as_str().unwrap_or_else(|| panic!("{method} {path} has no row"));
            operations.push((path.clone(), method.to_uppercase(), needs.to_owned()));
        }
    }
    operations.sort();
    let mut found = format!("{:<62}{}\n", "# operation", ROLES.map(|role| format!(" {role:<8}")).concat().trim_end());
    for (path, method, needs) in &operations {
        let mut row = format!("{:<62}", format!("{method} {path}"));
        for (name, browser) in &browsers {
            let answer = asked(browser, name, method, path, needs).await;
            write!(row, " {answer:<8}").unwrap();
            if path == "/api/v1/sign-out" {
                let again = sign_in(&format!("{name}@lamps.example"), &password_of(name));
                browser.post("sign-in", again).await.expect(StatusCode::OK);
            }
        }
        writeln!(found, "{}", row.trim_end()).unwrap();
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/accounts/matrix.txt");
    if std::env::var_os("USHER_WRITE_MATRIX").is_some() {
        std::fs::write(&file, found).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&file).unwrap();
    let differing: Vec<_> = expected
        .lines()
        .filter(|line| !found.lines().any(|found| found == *line))
        .map(|line| format!("- {line}"))
        .chain(
            found.lines().filter(|line| !expected.lines().any(|known| known == *line)).map(|line| format!("+ {line}")),
        )
        .collect();
    assert!(differing.is_empty(), "the file (-) and the server (+) differ:\n{}", differing.join("\n"));
}

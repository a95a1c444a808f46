use std::time::Duration;

use serde_json::json;
use usher_sdk::connector::testing::{FakeRuntime, Header, HttpError, Response as Sent, reply, reply_with};

use super::*;

fn shop(answers: Vec<Result<Sent, HttpError>>) -> FakeRuntime {
    let mut answers = answers.into_iter();
    let next = move |_: &_| answers.next().expect("a request more than the test has answers");
    FakeRuntime::new().setting("shop", "demo.myshopify.com").provider(next)
}

fn ask() -> Result<Value, Error> {
    Admin::open()?.read("query Q { shop { name } }", json!({}))
}

fn throttled(requested: f64, available: f64) -> Result<Sent, HttpError> {
    let cost = json!({ "requestedQueryCost": requested, "actualQueryCost": null, "throttleStatus":
        { "maximumAvailable": 1000.0, "currentlyAvailable": available, "restoreRate": 50.0 } });
    let errors = json!([{ "message": "Throttled", "extensions": { "code": "THROTTLED" } }]);
    reply(200, json!({ "errors": errors, "extensions": { "cost": cost } }).to_string())
}

fn ok() -> Result<Sent, HttpError> {
    reply(200, r#"{"data":{"shop":{"name":"Demo"}},"extensions":{"cost":{"requestedQueryCost":1}}}"#)
}

#[test]
fn a_request_is_what_shopify_documents() {
    let runtime = shop(vec![ok()]);
    assert_eq!(ask().unwrap()["shop"]["name"], "Demo");
    let sent = &runtime.requests()[0];
    assert_eq!(sent.url, "https://demo.myshopify.com/admin/api/2026-07/graphql.json");
    let body: Value = serde_json::from_str(sent.body.as_deref().unwrap()).unwrap();
    assert_eq!(body, json!({ "query": "query Q { shop { name } }", "variables": {} }));
    assert!(sent.headers.iter().any(|header| header.name == "Content-Type" && header.value == "application/json"));
    assert!(!sent.headers.iter().any(|header| header.name == "X-Shopify-Access-Token"));
}

#[test]
fn settings_decide_where_it_goes() {
    let runtime = shop(vec![ok()]).setting("api-version", "2026-10").setting("base-url", "http://127.0.0.1:8080/");
    ask().unwrap();
    assert_eq!(runtime.requests()[0].url, "http://127.0.0.1:8080/admin/api/2026-10/graphql.json");
    for (name, value) in [
        ("api-version", "latest"),
        ("api-version", "../x"),
        ("shop", "https://x.myshopify.com"),
        ("shop", "x"),
        ("shop", ""),
    ] {
        let runtime = shop(vec![]).setting(name, value);
        let Err(Error::Setting { name: wrong, .. }) = ask() else { panic!("{value}") };
        assert_eq!(wrong, name);
        assert!(runtime.requests().is_empty());
    }
}

#[test]
fn a_throttled_query_waits_for_the_bucket() {
    let runtime = shop(vec![throttled(507.0, 493.0), ok()]);
    ask().unwrap();
    let slept = runtime.slept();
    assert!((Duration::from_millis(280)..Duration::from_millis(380)).contains(&slept), "{slept:?}");
}

#[test]
fn a_wait_that_is_too_long_is_said() {
    let runtime = shop(vec![throttled(900.0, 0.0)]);
    assert_eq!(ask(), Err(Error::Throttled { wait: Some(Duration::from_secs(18)) }));
    assert_eq!(runtime.slept(), Duration::ZERO);
    let runtime = shop(vec![throttled(1100.0, 0.0)]);
    assert!(matches!(ask(), Err(Error::Unexpected(text)) if text.contains("1100 points")));
    assert_eq!(runtime.requests().len(), 1);
}

#[test]
fn throttling_for_ever_ends() {
    let runtime = shop((0..4).map(|_| throttled(50.0, 0.0)).collect());
    assert!(matches!(ask(), Err(Error::Throttled { .. })));
    assert_eq!(runtime.requests().len(), 4);
}

#[test]
fn the_edge_throttles_with_a_status() {
    let runtime = shop(vec![reply_with(429, "Retry-After", "2.0", ""), reply_with(503, "Retry-After", "1", ""), ok()]);
    ask().unwrap();
    assert!(runtime.slept() >= Duration::from_secs(3));
}

#[test]
fn shopify_s_own_trouble_is_asked_again() {
    let trouble = || {
        reply(
            200,
            r#"{"errors":[{"message":"Internal error","extensions":{"code":"INTERNAL_SERVER_ERROR","requestId":"r"}}]}"#,
        )
    };
    let _runtime = shop(vec![trouble(), ok()]);
    assert!(ask().is_ok());
    let _runtime = shop((0..4).map(|_| trouble()).collect());
    assert!(matches!(ask(), Err(Error::Unexpected(text)) if text.contains("INTERNAL_SERVER_ERROR")));
}

#[test]
fn errors_say_what_to_do() {
    let error = |status: u16, body: &str| {
        let _runtime = shop(vec![reply(status, body)]);
        ask().unwrap_err()
    };
    let denied = r#"{"data":{"orders":null},"errors":[{"message":"Access denied for orders field. Required access: `read_orders` access scope.","path":["orders"],"extensions":{"code":"ACCESS_DENIED"}}]}"#;
    assert!(matches!(error(200, denied), Error::Unauthorized(text) if text.contains("read_orders")));
    let costly = r#"{"errors":[{"message":"Query cost is 1200, which exceeds the single query max cost limit (1000).","extensions":{"code":"MAX_COST_EXCEEDED","cost":1200,"maxCost":1000}}]}"#;
    assert!(matches!(error(200, costly), Error::Unexpected(text) if text.contains("too costly")));
    let token = r#"{"errors":"[API] Invalid API key or access token (unrecognized login or wrong password)"}"#;
    assert!(matches!(error(401, token), Error::Unauthorized(text) if text.contains("Invalid API key")));
    for status in [402, 403, 423, 430] {
        assert!(matches!(error(status, ""), Error::Unauthorized(text) if text.contains(&status.to_string())));
    }
    assert!(matches!(error(404, "<html>"), Error::Setting { name, .. } if name == "shop"));
    assert!(
        matches!(error(418, r#"{"errors":{"base":["tea"]}}"#), Error::Refused { status: 418, message } if message == "base: tea")
    );
    assert!(matches!(error(301, ""), Error::Refused { status: 301, .. }));
    assert!(matches!(error(200, "<html>"), Error::Unexpected(_)));
    assert!(matches!(error(200, r#"{"data":null}"#), Error::Unexpected(_)));
    assert!(matches!(error(200, r#"{"errors":"odd"}"#), Error::Unexpected(text) if text.contains("odd")));
}

#[test]
fn a_deprecation_is_logged() {
    let headers =
        vec![Header { name: "x-shopify-api-deprecated-reason".to_owned(), value: "https://shopify.dev".to_owned() }];
    let runtime = shop(vec![Ok(Sent { status: 200, headers, body: ok().unwrap().body })]);
    ask().unwrap();
    assert_eq!(runtime.log().len(), 1);
}

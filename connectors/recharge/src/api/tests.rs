use serde_json::json;
use usher_sdk::connector::testing::{FakeRuntime, HttpError, Response as Sent, reply};

use super::*;

fn provider(answers: Vec<Result<Sent, HttpError>>) -> FakeRuntime {
    let mut answers = answers.into_iter();
    FakeRuntime::new().provider(move |_| answers.next().expect("a request more than the test has answers"))
}

fn failed(status: u16, body: &str) -> Error {
    let _runtime = provider(vec![reply(status, body)]);
    Api::open().unwrap().read::<Value>("/x", "x").unwrap_err()
}

#[test]
fn the_version_is_always_sent_and_the_token_never() {
    let runtime = provider(vec![reply(200, r#"{"x":1}"#), reply(200, r#"{"x":[],"next_cursor":null}"#)]);
    let runtime = runtime.setting("base-url", "https://proxy.example/recharge/");
    let api = Api::open().unwrap();
    assert_eq!(api.read::<u8>("/x/1", "x"), Ok(1));
    assert_eq!(api.list::<u8>("/x", "x", &[("email", "a+b@example.net")]), Ok(vec![]));
    let sent = runtime.requests();
    assert_eq!(sent[0].url, "https://proxy.example/recharge/x/1");
    assert_eq!(sent[1].url, "https://proxy.example/recharge/x?limit=100&email=a%2Bb%40example.net");
    for request in sent {
        let header = |name: &str| request.headers.iter().find(|header| header.name == name);
        assert_eq!(header("X-Recharge-Version").map(|header| header.value.as_str()), Some("2021-11"));
        assert!(header("X-Recharge-Access-Token").is_none());
    }
}

#[test]
fn both_envelopes_are_understood() {
    let text = failed(422, r#"{"errors":{"date":["Date must be at least one day in the future"]}}"#);
    assert_eq!(text, Error::Invalid("Recharge refuses: date: Date must be at least one day in the future".to_owned()));
    assert!(
        matches!(failed(401, r#"{"error":"bad authentication"}"#), Error::Unauthorized(text) if text.contains("bad authentication"))
    );
    assert!(matches!(failed(403, "<html>"), Error::Unauthorized(_)));
    assert_eq!(failed(404, r#"{"error":"address not found"}"#), Error::NotFound);
    assert!(matches!(failed(422, r#"{"errors":["No.","Never."]}"#), Error::Invalid(text) if text.ends_with("No.")));
    assert!(matches!(failed(409, "{}"), Error::Refused { status: 409, .. }));
    assert!(matches!(failed(200, "<html>"), Error::Unexpected(_)));
}

#[test]
fn a_cursor_stands_for_the_whole_question() {
    let page = |items: Value, next: Value| reply(200, json!({ "x": items, "next_cursor": next }).to_string());
    let runtime = provider(vec![page(json!([1, 2]), json!("c/1")), page(json!([3]), json!(null))]);
    let found = Api::open().unwrap().list::<u8>("/x", "x", &[("status", "active")]);
    assert_eq!(found, Ok(vec![1, 2, 3]));
    let urls: Vec<String> = runtime.requests().iter().map(|request| request.url.clone()).collect();
    assert_eq!(
        urls,
        [
            "https://api.rechargeapps.com/x?limit=100&status=active",
            "https://api.rechargeapps.com/x?limit=100&cursor=c%2F1"
        ]
    );
    let _runtime = provider(vec![page(json!([]), json!("same")), page(json!([]), json!("same"))]);
    assert!(matches!(Api::open().unwrap().list::<u8>("/x", "x", &[]), Err(Error::Unexpected(_))));
    let endless = ["a", "b", "c"].map(|next| page(json!([1]), json!(next)));
    let _runtime = provider(endless.into());
    assert!(
        matches!(Api::open().unwrap().list::<u8>("/x", "x", &[]), Err(Error::Unexpected(text)) if text.contains("more"))
    );
}

#[test]
fn a_limit_is_waited_out_within_the_call() {
    let runtime = provider(vec![reply(429, ""), reply(429, ""), reply(200, r#"{"x":1}"#)]);
    assert_eq!(Api::open().unwrap().read::<u8>("/x", "x"), Ok(1));
    assert!(runtime.slept() >= Duration::from_secs(6) && runtime.slept() < Duration::from_secs(7));
    let _runtime = provider(vec![reply(429, ""), reply(429, ""), reply(429, "")]);
    let acted = Api::open().unwrap().act::<Value>("/x", "x", None::<&Value>);
    assert_eq!(acted, Err(NotMade::Certainly(Error::Throttled { wait: None })), "it was never run");
}

#[test]
fn what_became_of_an_act_is_known_or_not() {
    let acted = |answer: Result<Sent, HttpError>| {
        let _runtime = provider(vec![answer]);
        Api::open().unwrap().act::<Value>("/x", "x", Some(&json!({ "a": 1 })))
    };
    assert_eq!(acted(reply(200, r#"{"x":{"y":1}}"#)), Ok(json!({ "y": 1 })));
    for certain in
        [reply(422, r#"{"errors":{"a":["No."]}}"#), reply(404, "{}"), Err(HttpError::Denied("host".to_owned()))]
    {
        assert!(matches!(acted(certain), Err(NotMade::Certainly(_))));
    }
    for unknown in [
        reply(500, ""),
        reply(503, ""),
        reply(408, ""),
        reply(200, "{\"x\": [,}"),
        Err(HttpError::TimedOut),
        Err(HttpError::Unreachable("reset".to_owned())),
        Err(HttpError::NotText),
        Err(HttpError::TooLarge),
    ] {
        assert!(matches!(acted(unknown), Err(NotMade::Perhaps(_))));
    }
}

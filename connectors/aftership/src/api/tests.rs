use serde_json::json;
use usher_sdk::connector::testing::{FakeRuntime, HttpError, Response as Sent, reply, reply_with};

use super::*;

const OK: &str = r#"{"meta":{"code":20000,"type":"OK","message":"OK"},"data":{"a":1}}"#;

fn get(answers: Vec<Result<Sent, HttpError>>) -> (FakeRuntime, Result<Value, Error>) {
    let mut answers = answers.into_iter();
    let runtime =
        FakeRuntime::new().provider(move |_| answers.next().expect("a request more than the test has answers"));
    let result = Api::open().and_then(|api| api.get("/returns", &[("customer_email", "a+b@example.net")]));
    (runtime, result)
}

#[test]
fn a_request_has_its_version_and_no_key() {
    let (runtime, result) = get(vec![reply(200, OK)]);
    assert_eq!(result, Ok(json!({ "a": 1 })));
    let sent = &runtime.requests()[0];
    assert_eq!(sent.url, "https://api.aftership.com/returns/2026-07/returns?customer_email=a%2Bb%40example.net");
    assert!(!sent.headers.iter().any(|header| header.name.eq_ignore_ascii_case("as-api-key")));

    let runtime = FakeRuntime::new().setting("version", "2026-01").provider(|_| reply(200, OK));
    assert!(Api::open().unwrap().get("/returns", &[]).is_ok());
    assert_eq!(runtime.requests()[0].url, "https://api.aftership.com/returns/2026-01/returns");
}

#[test]
fn throttling_is_waited_out_as_it_asks() {
    let busy = r#"{"meta":{"code":42900,"type":"TooManyRequests","message":"Slow down"},"data":{}}"#;
    let (runtime, result) = get(vec![reply_with(429, "Retry-After", "3", busy), reply(200, OK)]);
    assert!(result.is_ok() && runtime.slept() >= Duration::from_secs(3));
    // The clock of the test stands at 2026-11-21T12:00:00Z.
    let (runtime, result) = get(vec![reply_with(429, "X-RateLimit-Reset", "1795262404", busy), reply(200, OK)]);
    assert!(result.is_ok() && runtime.slept() >= Duration::from_secs(4), "{:?}", runtime.slept());
    // Said inside a success, and without a time.
    let (runtime, result) = get(vec![reply(200, busy), reply(200, OK)]);
    assert!(result.is_ok() && runtime.slept() >= Duration::from_secs(1));
    let (runtime, result) = get(vec![reply_with(429, "ratelimit-reset", "60", "")]);
    assert_eq!(result, Err(Error::Throttled { wait: Some(Duration::from_secs(60)) }));
    assert_eq!(runtime.slept(), Duration::ZERO, "it would outlast the call");
    let (_runtime, result) = get(vec![reply(429, busy), reply(429, ""), reply(429, busy)]);
    assert_eq!(result, Err(Error::Throttled { wait: None }));
}

#[test]
fn trouble_is_tried_again_and_refusals_are_not() {
    for trouble in
        [reply(500, ""), reply(502, "<html>"), Err(HttpError::TimedOut), Err(HttpError::Unreachable(String::new()))]
    {
        let (runtime, result) = get(vec![trouble.clone(), trouble, reply(200, OK)]);
        assert!(result.is_ok());
        assert_eq!(runtime.requests().len(), 3);
    }
    let invalid = r#"{"meta":{"code":42213,"message":"No."},"data":{}}"#;
    for final_answer in [reply(422, invalid), reply(200, "<html>"), reply(501, ""), Err(HttpError::TooLarge)] {
        let (runtime, result) = get(vec![final_answer]);
        assert!(result.is_err());
        assert_eq!(runtime.requests().len(), 1);
    }
}

#[test]
fn an_id_may_be_a_number_and_a_link_leads_to_the_web() {
    assert_eq!(text(&json!(40012)).as_deref(), Some("40012"));
    assert_eq!(text(&json!(" a ")).as_deref(), Some("a"));
    for nothing in [json!(null), json!(" "), json!([]), json!(true)] {
        assert_eq!(text(&nothing), None);
    }
    assert!(link(&json!("https://returns.example")).is_some());
    assert_eq!(link(&json!("javascript:alert(1)")), None);
}

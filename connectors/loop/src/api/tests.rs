use serde_json::json;
use usher_sdk::connector::testing::{FakeRuntime, HttpError, Response as Sent, reply};

use super::*;

fn get(answers: Vec<Result<Sent, HttpError>>) -> (FakeRuntime, Result<Value, Error>) {
    let mut answers = answers.into_iter();
    let runtime =
        FakeRuntime::new().provider(move |_| answers.next().expect("a request more than the test has answers"));
    let result = Api::open().and_then(|api| api.get("/x", &[("a", "b c")])).and_then(Answer::success);
    (runtime, result)
}

#[test]
fn the_body_decides_before_the_status() {
    let failed = |status: u16, body: &str| get(vec![reply(status, body)]).1.unwrap_err();
    assert!(
        matches!(failed(200, r#"{"errors":{"message":"No.","code":"UNPROCESSABLE_RETURN"}}"#), Error::Invalid(text) if text.contains("No."))
    );
    assert_eq!(failed(200, r#"{"error":{"code":"ORDER_NOT_FOUND","message":"No."}}"#), Error::NotFound);
    assert_eq!(failed(404, r#"{"errors":"Not found."}"#), Error::NotFound);
    assert_eq!(failed(404, "<html>"), Error::NotFound);
    for body in [
        r#"{"error":{"code":"401","http_code":"GEN-UNAUTHORIZED","message":"Unauthorized."}}"#,
        r#"{"errors":"Unauthorized."}"#,
        "",
    ] {
        assert!(matches!(failed(401, body), Error::Unauthorized(_)), "{body}");
    }
    assert!(
        matches!(failed(422, r#"{"message":"Invalid.","errors":{"zip":["Required."]}}"#), Error::Invalid(text) if text.contains("zip: Required."))
    );
    assert!(matches!(failed(200, "<html>"), Error::Unexpected(_)));
    assert!(matches!(failed(501, r#"{"message":"No."}"#), Error::Refused { status: 501, message } if message == "No."));
}

#[test]
fn success_is_whatever_tells_of_no_failure() {
    assert_eq!(get(vec![reply(200, "true")]).1, Ok(json!(true)));
    let (runtime, result) = get(vec![reply(200, r#"{"errors":[]}"#)]);
    assert!(result.is_ok());
    assert_eq!(runtime.requests()[0].url, "https://api.loopreturns.com/api/v1/x?a=b%20c");
    assert!(!runtime.requests()[0].headers.iter().any(|header| header.name.eq_ignore_ascii_case("X-Authorization")));
}

#[test]
fn a_limit_without_a_time_is_waited_out() {
    let (runtime, result) = get(vec![reply(429, ""), reply(429, ""), reply(200, "{}")]);
    assert!(result.is_ok());
    assert!(runtime.slept() >= Duration::from_secs(3));
    let (_runtime, result) =
        get(vec![reply(429, ""), reply(429, ""), reply(429, r#"{"message":"Too Many Attempts."}"#)]);
    assert_eq!(result, Err(Error::Throttled { wait: None }));
}

#[test]
fn an_id_may_be_a_number() {
    assert_eq!(text(Some(&json!(40012))).as_deref(), Some("40012"));
    assert_eq!(text(Some(&json!("40012"))).as_deref(), Some("40012"));
    for nothing in [json!(null), json!(""), json!([]), json!(true)] {
        assert_eq!(text(Some(&nothing)), None);
    }
    assert_eq!(text(None), None);
}

use serde_json::json;
use usher_sdk::connector::testing::{FakeRuntime, HttpError, Response as Sent, reply};

use super::*;

fn with(answers: Vec<Result<Sent, HttpError>>) -> (FakeRuntime, Api) {
    let mut answers = answers.into_iter();
    let runtime =
        FakeRuntime::new().provider(move |_| answers.next().expect("a request more than the test has answers"));
    (runtime, Api::open(3).unwrap())
}

fn get(answers: Vec<Result<Sent, HttpError>>) -> (FakeRuntime, Result<Value, Error>) {
    let (runtime, api) = with(answers);
    let result = api.get("/customers", &[("email", "a+b@example.net")]);
    (runtime, result)
}

#[test]
fn every_request_says_what_its_body_is() {
    let (runtime, result) = get(vec![reply(200, "{}")]);
    assert!(result.is_ok());
    let request = &runtime.requests()[0];
    assert_eq!(request.url, "https://api.smile.io/v1/customers?email=a%2Bb%40example.net");
    assert!(request.headers.iter().any(|header| header.name == "Content-Type" && header.value == "application/json"));
    assert!(!request.headers.iter().any(|header| header.name.eq_ignore_ascii_case("Authorization")));
}

#[test]
fn errors_mean_what_their_status_says() {
    let failed = |status: u16, body: &str| get(vec![reply(status, body)]).1.unwrap_err();
    let body = r#"{"error":{"message":"No.\n Really.","request_id":"r"}}"#;
    assert!(matches!(failed(422, body), Error::Invalid(text) if text == "Smile refuses: No. Really."));
    assert!(matches!(failed(401, body), Error::Unauthorized(text) if text.contains("No. Really.")));
    assert!(matches!(failed(403, "<html>"), Error::Unauthorized(text) if text.contains("Plus or Enterprise")));
    assert_eq!(failed(404, body), Error::NotFound);
    assert!(matches!(failed(400, body), Error::Refused { status: 400, .. }));
    assert!(matches!(failed(200, "<html>"), Error::Unexpected(_)));
}

#[test]
fn the_limit_is_waited_out() {
    let (runtime, result) = get(vec![reply(429, ""), reply(429, ""), reply(200, "{}")]);
    assert!(result.is_ok());
    assert!(runtime.slept() >= Duration::from_secs(3), "one second, then two");
}

#[test]
fn both_kinds_of_nothing_end_a_list() {
    for end in [json!(""), json!(null)] {
        let page = |ids: Value, next: Value| {
            let body = json!({ "things": ids, "metadata": { "next_cursor": next, "previous_cursor": "" } });
            reply(200, body.to_string())
        };
        let (runtime, api) = with(vec![page(json!([1, 2]), json!("c=")), page(json!([3]), end)]);
        assert_eq!(api.list::<u64>("/things", "things", &[("a", "b")]), Ok(vec![1, 2, 3]));
        assert!(runtime.requests()[1].url.ends_with("/things?a=b&limit=250&cursor=c%3D"));
    }
    let (_runtime, api) = with(vec![reply(200, r#"{"things":[1]}"#)]);
    assert_eq!(api.list::<u64>("/things", "things", &[]), Ok(vec![1]), "without metadata there is one page");
    let (_runtime, api) = with(vec![reply(200, "{}")]);
    assert!(matches!(api.list::<u64>("/things", "things", &[]), Err(Error::Unexpected(_))));
}

#[test]
fn only_what_is_certain_is_called_so() {
    let act = |answers| {
        let (runtime, api) = with(answers);
        let outcome = api.act::<Value>("/points_products/1/purchase", &json!({ "customer_id": 1 }));
        (runtime.requests().len(), outcome)
    };
    for status in [400, 401, 404, 422] {
        assert!(matches!(act(vec![reply(status, "{}")]), (1, Err(NotMade::Certainly(_)))), "{status}");
    }
    for status in [408, 500, 502, 503, 504] {
        assert!(matches!(act(vec![reply(status, "{}")]), (1, Err(NotMade::Perhaps(_)))), "{status}");
    }
    for error in [HttpError::TimedOut, HttpError::Unreachable("reset".to_owned()), HttpError::TooLarge] {
        assert!(matches!(act(vec![Err(error)]), (1, Err(NotMade::Perhaps(_)))));
    }
    let denied = Err(HttpError::Denied("host".to_owned()));
    assert!(matches!(act(vec![denied]), (1, Err(NotMade::Certainly(Error::Denied(_))))));
    assert!(matches!(act(vec![reply(201, "{\"points_pur")]), (1, Err(NotMade::Perhaps(_)))));
    assert!(matches!(act(vec![reply(429, ""), reply(201, "{}")]), (2, Ok(_))), "throttled: nothing was spent");
}

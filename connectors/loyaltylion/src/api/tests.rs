use serde_json::json;
use usher_sdk::connector::testing::{FakeRuntime, HttpError, Response as Sent, reply};

use super::*;

fn with(answers: Vec<Result<Sent, HttpError>>) -> (FakeRuntime, Api) {
    let mut answers = answers.into_iter();
    let runtime = FakeRuntime::new()
        .setting("site-id", "123")
        .provider(move |_| answers.next().expect("a request more than the test has answers"));
    (runtime, Api::open(3).unwrap())
}

#[test]
fn the_two_apis_have_their_addresses() {
    let (runtime, api) = with(vec![reply(200, "{}"), reply(200, "{}")]);
    assert!(api.get::<Value>("/customers", &[("email", "a+b@example.net")]).is_ok());
    assert!(api.headless::<Value>("/configuration").is_ok());
    let urls: Vec<String> = runtime.requests().into_iter().map(|request| request.url).collect();
    assert_eq!(
        urls,
        [
            "https://api.loyaltylion.com/v2/customers?email=a%2Bb%40example.net",
            "https://api.loyaltylion.com/headless/2025-06/123/configuration?channel=web",
        ]
    );
    for site in ["", "abc", "1/2"] {
        let _runtime = FakeRuntime::new().setting("site-id", site);
        assert!(matches!(Api::open(0), Err(Error::Setting { name, .. }) if name == "site-id"), "{site}");
    }
}

#[test]
fn errors_are_read_in_every_shape() {
    let failed = |status: u16, body: &str| {
        let (_runtime, api) = with(vec![reply(status, body)]);
        api.get::<Value>("/customers", &[]).unwrap_err()
    };
    for body in [
        r#"{"error":"not enough points"}"#,
        r#"{"error":{"code":"not enough points"}}"#,
        r#"{"errors":["not enough points"]}"#,
        r#"{"errors":[{"message":"not enough points"}]}"#,
        r#"{"message":"not enough points"}"#,
    ] {
        assert!(matches!(failed(422, body), Error::Invalid(text) if text == "LoyaltyLion refuses: not enough points"));
    }
    let field = r#"{"errors":{"points":["not enough"]}}"#;
    assert!(matches!(failed(422, field), Error::Invalid(text) if text.ends_with("points not enough")));
    assert!(matches!(failed(422, "<html>"), Error::Invalid(_)));
    assert!(matches!(failed(403, r#"{"error":"scope"}"#), Error::Unauthorized(text) if text.contains("(scope)")));
    assert_eq!(failed(404, ""), Error::NotFound);
    assert!(matches!(failed(200, "<html>"), Error::Unexpected(_)));
}

#[test]
fn only_what_is_certain_is_called_so() {
    let act = |answers| {
        let (runtime, api) = with(answers);
        let outcome = api.act::<Value>("/customers/7001/claimed_rewards", &json!({ "reward_id": 1 }));
        (runtime.requests().len(), outcome)
    };
    for status in [400, 401, 404, 422] {
        assert!(matches!(act(vec![reply(status, "{}")]), (1, Err(NotMade::Certainly(_)))), "{status}");
    }
    for status in [408, 500, 502, 503, 504] {
        assert!(matches!(act(vec![reply(status, "{}")]), (1, Err(NotMade::Perhaps(_)))), "{status}");
    }
    for error in [HttpError::TimedOut, HttpError::Unreachable("reset".to_owned()), HttpError::NotText] {
        assert!(matches!(act(vec![Err(error)]), (1, Err(NotMade::Perhaps(_)))));
    }
    assert!(matches!(act(vec![reply(201, "{\"claimed")]), (1, Err(NotMade::Perhaps(_)))));
    assert!(matches!(act(vec![reply(429, ""), reply(201, "{}")]), (2, Ok(_))), "throttled: nothing was spent");
}

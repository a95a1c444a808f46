use serde_json::json;
use usher_sdk::connector::Request;
use usher_sdk::connector::testing::{FakeRuntime, reply, reply_with};

use super::*;

fn read(status: u16, body: &str) -> Result<Value, Error> {
    let body = body.to_owned();
    let _runtime = FakeRuntime::new().provider(move |_| reply(status, body.clone()));
    let once = usher_sdk::connector::Retry::with(Duration::ZERO, 0, Duration::ZERO);
    Envelope::read(&Request::get("https://api.aftership.com").within(&once).send()?)?.success()
}

fn meta(code: Value) -> String {
    json!({ "meta": { "code": code, "type": "T", "message": "Said so." }, "data": {} }).to_string()
}

#[test]
fn the_code_decides_where_it_tells_of_a_failure() {
    assert_eq!(read(201, &meta(json!(20100))), Ok(json!({})));
    assert_eq!(read(200, &meta(json!("20000"))), Ok(json!({})));
    assert_eq!(read(200, r#"{"data":{"returns":[]}}"#), Ok(json!({ "returns": [] })), "a success needs no code");
    assert_eq!(read(200, &meta(json!(40400))), Err(Error::NotFound));
    assert_eq!(read(400, &meta(json!(40400))), Err(Error::NotFound));
    for code in [json!(401), json!(40100), json!(40300), json!("401")] {
        assert!(matches!(read(200, &meta(code)), Err(Error::Unauthorized(text)) if text.contains("Said so.")));
    }
    for code in [42200, 42213, 42225, 42247, 40000, 40001, 40900] {
        assert!(matches!(read(200, &meta(json!(code))), Err(Error::Invalid(_))), "{code}");
    }
    assert_eq!(read(200, &meta(json!(42900))), Err(Error::Throttled { wait: None }));
    assert!(matches!(read(200, &meta(json!(50000))), Err(Error::Refused { status: 500, .. })));
    // A code that belies the status: nothing is read from what isn't a success.
    assert!(matches!(read(500, &meta(json!(20000))), Err(Error::Refused { status: 500, .. })));
}

#[test]
fn errors_of_other_shapes_are_read_by_their_status() {
    for body in ["", "<html>", "[]", "null", r#""no""#, r#"{"error":"no"}"#, r#"{"meta":null}"#, r#"{"meta":"no"}"#] {
        assert_eq!(read(404, body), Err(Error::NotFound), "{body}");
        assert!(matches!(read(401, body), Err(Error::Unauthorized(_))), "{body}");
        assert!(matches!(read(422, body), Err(Error::Invalid(_))), "{body}");
        assert!(matches!(read(500, body), Err(Error::Refused { status: 500, .. })), "{body}");
        assert!(matches!(read(200, body), Err(Error::Unexpected(_))), "{body}");
    }
    assert!(matches!(read(302, ""), Err(Error::Refused { status: 302, .. })));
}

#[test]
fn a_complaint_names_its_field_and_not_what_it_says() {
    let body = json!({
        "meta": { "code": 42200, "message": "Invalid.", "errors": [{ "path": "postal_code", "info": "10115 is wrong" }] },
        "data": null,
    });
    assert_eq!(
        read(422, &body.to_string()),
        Err(Error::Invalid("AfterShip refuses: 422 Invalid. (at postal_code)".to_owned()))
    );
}

#[test]
fn a_reset_is_an_instant_or_a_time_to_wait() {
    let wait = |name: &'static str, value: &'static str| {
        let _runtime = FakeRuntime::new().provider(move |_| reply_with(429, name, value, ""));
        let once = usher_sdk::connector::Retry::with(Duration::ZERO, 0, Duration::ZERO);
        Envelope::read(&Request::get("https://api.aftership.com").within(&once).send().unwrap()).unwrap().wait
    };
    assert_eq!(wait("Retry-After", "2"), Some(Duration::from_secs(2)));
    assert_eq!(wait("ratelimit-reset", "1795262401"), Some(Duration::from_secs(1)));
    assert_eq!(wait("x-ratelimit-reset", "1795262399"), Some(Duration::ZERO), "it is over");
    assert_eq!(wait("ratelimit-reset", "5"), Some(Duration::from_secs(5)));
    assert_eq!(wait("ratelimit-reset", "soon"), None);
}

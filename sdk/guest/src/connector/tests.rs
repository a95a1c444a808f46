//! The rules of sending, against the stand-in for the runtime.

use std::cell::Cell;
use std::time::Duration;

use super::testing::{FakeRuntime, HttpError, Response as Answer, reply, reply_with};
use super::{Error, Request, Retry, Timestamp, ToolError, caller, settings};

const URL: &str = "https://api.example.com/x";

/// Answers with these in turn, and fails the test at one request more.
fn script(
    answers: Vec<Result<Answer, HttpError>>,
) -> impl FnMut(&super::testing::Request) -> Result<Answer, HttpError> {
    let mut answers = answers.into_iter();
    move |_| answers.next().expect("a request more than the test has answers")
}

#[test]
fn a_read_waits_as_long_as_the_provider_asks() {
    let runtime = FakeRuntime::new().provider(script(vec![
        reply_with(429, "retry-after", "2", ""),
        reply_with(503, "Retry-After", "Sat, 21 Nov 2026 12:00:03 GMT", ""),
        reply(200, "{}"),
    ]));
    assert_eq!(Request::get(URL).send().unwrap().status(), 200);
    let slept = runtime.slept();
    assert!((Duration::from_millis(3000)..Duration::from_millis(3200)).contains(&slept), "{slept:?}");
}

#[test]
fn a_read_is_repeated_after_trouble_with_doubling_waits() {
    let runtime = FakeRuntime::new().provider(script(vec![
        reply(502, ""),
        Err(HttpError::TimedOut),
        Err(HttpError::Unreachable("reset".to_owned())),
        reply(200, "{}"),
    ]));
    assert_eq!(Request::get(URL).send().unwrap().status(), 200);
    let slept = runtime.slept();
    assert!((Duration::from_millis(1750)..Duration::from_millis(2050)).contains(&slept), "{slept:?}");
}

#[test]
fn repeats_end() {
    let runtime = FakeRuntime::new().provider(|_| reply(500, ""));
    assert_eq!(Request::get(URL).send().unwrap().status(), 500);
    assert_eq!(runtime.requests().len(), 1 + Retry::REPEATS as usize);
}

#[test]
fn repeats_are_counted_over_all_requests_of_a_call() {
    let answers = vec![reply(500, ""), reply(200, "{}"), reply(503, ""), reply(200, "{}")];
    let _runtime = FakeRuntime::new().provider(script(answers));
    let retry = Retry::new();
    for left in [2, 1] {
        assert_eq!(Request::get(URL).within(&retry).send().unwrap().status(), 200);
        assert_eq!(retry.repeats_left(), left);
    }
}

#[test]
fn a_text_is_sent_as_it_is() {
    let runtime = FakeRuntime::new().provider(|_| reply(201, ""));
    Request::post(URL).text("text/plain; charset=utf-8", "two\nlines").send().unwrap();
    let sent = &runtime.requests()[0];
    assert_eq!(sent.body.as_deref(), Some("two\nlines"));
    let kind = sent.headers.iter().find(|header| header.name == "Content-Type");
    assert_eq!(kind.map(|header| header.value.as_str()), Some("text/plain; charset=utf-8"));
}

#[test]
fn a_wait_that_outlasts_the_call_is_not_begun() {
    for header in ["60", "1e9", "1000000000000000000000", "Wed, 21 Nov 2029 12:00:00 GMT"] {
        let runtime = FakeRuntime::new().provider(script(vec![reply_with(429, "Retry-After", header, "")]));
        let response = Request::get(URL).send().unwrap();
        assert_eq!(runtime.slept(), Duration::ZERO, "{header}");
        assert!(matches!(response.failure(""), Error::Throttled { .. }));
    }
}

#[test]
fn an_acting_request_is_repeated_only_where_nothing_ran() {
    for outcome in [reply(500, ""), reply(502, ""), reply(503, ""), reply(504, "")] {
        let runtime = FakeRuntime::new().provider(script(vec![outcome]));
        assert!(!Request::post(URL).send().unwrap().is_success());
        assert_eq!(runtime.requests().len(), 1);
    }
    for outcome in [Err(HttpError::TimedOut), Err(HttpError::Unreachable(String::new()))] {
        let runtime = FakeRuntime::new().provider(script(vec![outcome]));
        assert!(Request::put(URL).send().is_err());
        assert_eq!(runtime.requests().len(), 1);
    }
    let _runtime = FakeRuntime::new().provider(script(vec![reply(429, ""), reply(200, "")]));
    assert_eq!(Request::delete(URL).send().unwrap().status(), 200);
    let _runtime = FakeRuntime::new().provider(script(vec![reply(503, ""), reply(200, "")]));
    assert_eq!(Request::post(URL).reading().send().unwrap().status(), 200);
}

#[test]
fn what_the_runtime_forbids_is_not_asked_again() {
    for error in [HttpError::Denied("host".to_owned()), HttpError::TooLarge, HttpError::NotText] {
        let runtime = FakeRuntime::new().provider(script(vec![Err(error.clone())]));
        assert_eq!(Request::get(URL).send().unwrap_err(), Error::from(error));
        assert_eq!(runtime.requests().len(), 1);
    }
}

#[test]
fn several_requests_share_one_call_s_time() {
    let answered = Cell::new(0);
    let runtime = FakeRuntime::new().provider(move |_| {
        answered.set(answered.get() + 1);
        if answered.get() % 2 == 1 { reply_with(429, "Retry-After", "3", "") } else { reply(200, "{}") }
    });
    let retry = Retry::new();
    assert_eq!(Request::get(URL).within(&retry).send().unwrap().status(), 200);
    assert_eq!(Request::get(URL).within(&retry).send().unwrap().status(), 200);
    // Six of the seven seconds are gone.
    assert_eq!(Request::get(URL).within(&retry).send().unwrap().status(), 429);
    assert_eq!(runtime.requests().len(), 5);
}

#[test]
fn a_request_is_sent_as_written() {
    let runtime = FakeRuntime::new().provider(|_| reply(200, "{}"));
    let request = Request::post(URL).query("q", "a&b=ü #").query("n", "1").header("X-Version", "2");
    request.json(&serde_json::json!({"a": 1})).send().unwrap();
    let sent = &runtime.requests()[0];
    assert_eq!(sent.url, "https://api.example.com/x?q=a%26b%3D%C3%BC%20%23&n=1");
    assert_eq!(sent.body.as_deref(), Some(r#"{"a":1}"#));
    let headers: Vec<(&str, &str)> = sent.headers.iter().map(|h| (h.name.as_str(), h.value.as_str())).collect();
    assert_eq!(headers, [("Accept", "application/json"), ("X-Version", "2"), ("Content-Type", "application/json")]);
}

#[test]
fn what_can_t_be_read_is_named_without_its_content() {
    let _runtime =
        FakeRuntime::new().provider(script(vec![reply(200, r#"{"email":"ana@example.net"}"#), reply(200, "<html>")]));
    #[derive(Debug, serde::Deserialize)]
    struct Wanted {
        #[allow(dead_code)]
        email: u32,
    }
    let other_shape = Request::get(URL).send().unwrap().json::<Wanted>().unwrap_err().to_string();
    assert!(other_shape.contains("another shape, at line 1") && !other_shape.contains("ana"), "{other_shape}");
    let no_json = Request::get(URL).send().unwrap().json::<Wanted>().unwrap_err().to_string();
    assert!(no_json.contains("not JSON"), "{no_json}");
}

#[test]
fn errors_become_what_a_skill_sees() {
    assert_eq!(ToolError::from(Error::NotFound), ToolError::NotFound);
    assert_eq!(ToolError::from(Error::TooLarge), ToolError::TooLarge);
    assert_eq!(ToolError::from(Error::Invalid("no".to_owned())), ToolError::Invalid("no".to_owned()));
    assert!(matches!(ToolError::from(Error::SignInRequired), ToolError::Denied(_)));
    let throttled = Error::Throttled { wait: Some(Duration::from_millis(1500)) };
    assert_eq!(ToolError::from(throttled), ToolError::Unavailable("the provider is throttling, for 2 s".to_owned()));
}

#[test]
fn an_address_is_the_customer_s_in_any_case_but_no_other() {
    let _runtime = FakeRuntime::new().customer(None, Some("Ana.K@Example.net"), None);
    let customer = caller::customer().unwrap();
    assert!(customer.has_email(Some(" ana.k@example.NET ")));
    for other in
        [None, Some(""), Some("ana.k@example.net.evil"), Some("ana.\u{212a}@example.net"), Some("xana.k@example.net")]
    {
        assert!(!customer.has_email(other), "{other:?}");
    }
    let _runtime = FakeRuntime::new().customer(Some("1"), Some(" "), None);
    assert!(!caller::customer().unwrap().has_email(Some("")));
    let _runtime = FakeRuntime::new();
    assert_eq!(caller::customer(), Err(Error::SignInRequired));
}

#[test]
fn a_base_url_is_an_address() {
    let url = |value: &str| {
        let _runtime = FakeRuntime::new().setting("base-url", value);
        settings::base_url("base-url", "https://api.example.com/v1/")
    };
    assert_eq!(url(" ").unwrap(), "https://api.example.com/v1");
    assert_eq!(url("http://127.0.0.1:8080/").unwrap(), "http://127.0.0.1:8080");
    for wrong in ["api.example.com", "ftp://x", "https://", "https://a b", "https://a?b", "https://user@a"] {
        assert!(matches!(url(wrong), Err(Error::Setting { .. })), "{wrong}");
    }
}

#[test]
fn the_clock_is_the_runtime_s() {
    let _runtime = FakeRuntime::new().now("2026-01-02T03:04:05.678Z");
    assert_eq!(Timestamp::now().to_string(), "2026-01-02T03:04:05.678Z");
}

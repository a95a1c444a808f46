use serde_json::json;
use usher_sdk::connector::testing::{FakeRuntime, reply};

use super::*;

const LINK: &str = "https://lumen.aftership.com/returns?token=t";
const PAGE: &str = "https://returns.example.com";

fn aftership(status: u16, code: u32, data: Value) -> FakeRuntime {
    let body = json!({ "meta": { "code": code, "type": "T", "message": "M" }, "data": data }).to_string();
    FakeRuntime::new().provider(move |request| {
        assert_eq!(request.url, "https://api.aftership.com/returns/2026-07/returns/link");
        reply(status, body.clone())
    })
}

fn sent(runtime: &FakeRuntime) -> Value {
    serde_json::from_str(runtime.requests()[0].body.as_deref().unwrap()).unwrap()
}

#[test]
fn a_link_has_what_is_known_of_the_order() {
    let made = || aftership(201, 20100, json!({ "url": LINK }));
    let runtime = made().customer(None, Some("ana@example.net"), None);
    assert_eq!(url(Some("#1001"), Some(" 10115 ")).as_deref(), Ok(LINK));
    let all = json!({ "order_number": "1001", "customer_email": "ana@example.net", "postal_code": "10115" });
    assert_eq!(sent(&runtime), all);
    let runtime = made();
    assert_eq!(url(Some("en1001"), Some(" ")).as_deref(), Ok(LINK));
    assert_eq!(sent(&runtime), json!({ "order_number": "en1001" }));
}

#[test]
fn the_page_itself_is_the_way_where_no_order_can_be_linked() {
    let runtime = aftership(500, 50000, json!(null)).setting("portal-url", PAGE);
    assert_eq!(url(None, Some("10115")).as_deref(), Ok(PAGE));
    assert!(runtime.requests().is_empty());
    for (status, code) in [(404, 40400), (422, 42200), (400, 40001)] {
        let runtime = aftership(status, code, json!(null));
        assert_eq!(url(Some("1001"), None), Err(Error::NotFound));
        let _runtime = runtime.setting("portal-url", PAGE);
        assert_eq!(url(Some("1001"), None).as_deref(), Ok(PAGE));
    }
    let _runtime = FakeRuntime::new();
    assert!(matches!(url(None, Some("10115")), Err(Error::Invalid(text)) if text.contains("order number")));
}

#[test]
fn a_failure_isn_t_hidden_behind_the_page() {
    let _runtime = aftership(401, 401, json!({})).setting("portal-url", PAGE);
    assert!(matches!(url(Some("1001"), None), Err(Error::Unauthorized(_))));
    let _runtime = aftership(500, 50000, json!({})).setting("portal-url", PAGE);
    assert!(matches!(url(Some("1001"), None), Err(Error::Refused { status: 500, .. })));
    for data in [json!({ "url": "javascript:alert(1)" }), json!({}), json!(null)] {
        let _runtime = aftership(201, 20100, data).setting("portal-url", PAGE);
        assert!(matches!(url(Some("1001"), None), Err(Error::Unexpected(_))));
    }
}

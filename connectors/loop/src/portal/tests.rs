use serde_json::json;
use usher_sdk::connector::testing::{FakeRuntime, reply};

use super::*;

const LINK: &str = "https://demo.loopreturns.com/#/link/u-u-i-d";
const PORTAL: &str = "https://returns.example.com";

fn loop_that_answers(status: u16, body: Value) -> FakeRuntime {
    FakeRuntime::new().provider(move |_| reply(status, body.to_string()))
}

fn sent(runtime: &FakeRuntime) -> Value {
    serde_json::from_str(runtime.requests()[0].body.as_deref().unwrap()).unwrap()
}

#[test]
fn an_order_is_linked_with_what_the_shop_asks_for() {
    let runtime = loop_that_answers(200, json!({ "url": LINK }));
    assert_eq!(url(Some("1001"), Some(" 10115 ")).as_deref(), Ok(LINK));
    assert_eq!(sent(&runtime), json!({ "name": "#1001", "zip": "10115", "gift": false }));

    let runtime = loop_that_answers(200, json!({ "url": LINK })).setting("secondary-input", "email");
    let runtime = runtime.customer(None, Some("ana@example.net"), Some("+18005550100"));
    assert_eq!(url(Some("1001"), Some("10115")).as_deref(), Ok(LINK));
    assert_eq!(sent(&runtime)["zip"], "ana@example.net");

    let runtime = loop_that_answers(200, json!({ "url": LINK })).setting("secondary-input", "phone");
    let runtime = runtime.customer(None, Some("ana@example.net"), Some("+18005550100"));
    assert_eq!(url(Some("1001"), None).as_deref(), Ok(LINK));
    assert_eq!(sent(&runtime)["zip"], "+18005550100");
}

#[test]
fn the_portal_itself_is_the_way_where_no_order_can_be_linked() {
    let runtime = loop_that_answers(500, json!({})).setting("portal-url", PORTAL);
    for (order, code) in [(None, None), (None, Some("10115")), (Some("1001"), None), (Some("1001"), Some(" "))] {
        assert_eq!(url(order, code).as_deref(), Ok(PORTAL));
    }
    assert!(runtime.requests().is_empty());
    let _runtime = loop_that_answers(400, json!({ "errors": ["We couldn't find it."] })).setting("portal-url", PORTAL);
    assert_eq!(url(Some("1001"), Some("99999")).as_deref(), Ok(PORTAL));
}

#[test]
fn without_a_portal_it_is_said_what_is_missing() {
    let runtime = loop_that_answers(500, json!({}));
    assert!(matches!(url(None, Some("10115")), Err(Error::Invalid(text)) if text.contains("order number")));
    assert!(matches!(url(Some("1001"), None), Err(Error::Invalid(text)) if text.contains("postal code")));
    assert!(runtime.requests().is_empty());
    for status in [400, 404, 422] {
        let _runtime = loop_that_answers(status, json!({ "errors": ["We couldn't find it."] }));
        assert_eq!(url(Some("1001"), Some("99999")), Err(Error::NotFound));
    }
}

#[test]
fn a_failure_isn_t_hidden_behind_the_portal() {
    let _runtime = loop_that_answers(401, json!({ "errors": "Unauthorized." })).setting("portal-url", PORTAL);
    assert!(matches!(url(Some("1001"), Some("10115")), Err(Error::Unauthorized(_))));
    let _runtime = loop_that_answers(200, json!({ "url": "javascript:alert(1)" }));
    assert!(matches!(url(Some("1001"), Some("10115")), Err(Error::Unexpected(_))));
    let _runtime = loop_that_answers(200, json!({})).setting("secondary-input", "birthday");
    assert!(matches!(url(Some("1001"), Some("10115")), Err(Error::Setting { .. })));
}

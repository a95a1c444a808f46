use serde_json::json;
use usher_sdk::connector::testing::{FakeRuntime, reply};

use super::*;

/// Loop with one order of which `returns` tells.
fn loop_with(returns: Value, eligibility: Value) -> FakeRuntime {
    FakeRuntime::new().customer(None, Some("ana@example.net"), None).provider(move |request| {
        if request.url.contains("/warehouse/return/details?order_name=%231001") {
            return reply(200, returns.to_string());
        }
        assert!(request.url.ends_with("/orders/return-eligibility"), "{}", request.url);
        assert_eq!(request.body.as_deref(), Some(r##"{"order_name":"#1001"}"##));
        reply(200, eligibility.to_string())
    })
}

fn no_return() -> Value {
    json!({ "error": { "message": "No return found with this ID." } })
}

fn eligible() -> Value {
    json!({ "return_eligibility": { "order_id": 5001, "as_of": "2026-11-21T12:00:00Z", "advisory": true, "items": [
        { "id": 1, "external_id": "77", "eligible": true },
        { "id": 2, "external_id": null, "eligible": false, "ineligibility_code": "final-sale", "sku": "MUG-1" },
    ] } })
}

#[test]
fn eligibility_is_advice_for_each_item() {
    let _runtime = loop_with(no_return(), eligible());
    let eligibility = of("1001").unwrap();
    assert_eq!(eligibility.order_name, "#1001");
    assert_eq!((eligibility.eligible, eligibility.advisory), (Some(true), true));
    assert_eq!(eligibility.items.iter().map(|item| item.eligible).collect::<Vec<_>>(), [true, false]);
    assert_eq!(eligibility.items[1].reason.as_deref(), Some("final-sale"));
    assert_eq!(eligibility.items[1].sku.as_deref(), Some("MUG-1"));
    assert_eq!(eligibility.deadline, None);
}

#[test]
fn without_items_only_the_portal_knows() {
    let _runtime = loop_with(no_return(), json!({ "return_eligibility": { "order_id": 1 } }));
    let eligibility = of("#1001").unwrap();
    assert_eq!((eligibility.eligible, eligibility.advisory), (None, true));
    let nothing = json!({ "return_eligibility": { "items": [{ "eligible": false }] } });
    let _runtime = loop_with(no_return(), nothing);
    assert_eq!(of("#1001").unwrap().eligible, Some(false));
}

#[test]
fn an_order_with_another_customer_s_return_isn_t_found() {
    let runtime = loop_with(json!({ "id": 1, "order_name": "#1001", "customer": "ben@example.net" }), eligible());
    assert_eq!(of("1001"), Err(Error::NotFound));
    assert_eq!(runtime.requests().len(), 1);
    let own = json!({ "id": "1", "order_name": "1001", "customer": "ANA@example.net" });
    let _runtime = loop_with(own, eligible());
    assert!(of("1001").is_ok());
}

#[test]
fn an_unknown_order_isn_t_found() {
    let _runtime = loop_with(no_return(), json!({ "errors": { "code": "ORDER_NOT_FOUND", "message": "No." } }));
    assert_eq!(of("1001"), Err(Error::NotFound));
    for other in [json!({ "something": "else" }), json!([]), json!(true), json!({ "return_eligibility": null })] {
        let _runtime = loop_with(no_return(), other);
        assert!(matches!(of("1001"), Err(Error::Unexpected(_))));
    }
    for other in [json!({ "something": "else" }), json!(true), json!([{}])] {
        let _runtime = loop_with(other, eligible());
        assert!(matches!(of("1001"), Err(Error::Unexpected(_))), "whose order it is isn't known");
    }
    let _runtime = FakeRuntime::new();
    assert_eq!(of("1001"), Err(Error::SignInRequired));
}

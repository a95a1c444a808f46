use serde_json::{Value, json};
use usher_sdk::connector::testing::{FakeRuntime, reply};

use super::*;

fn loop_with(returns: (u16, Value), orders: (u16, Value)) -> FakeRuntime {
    FakeRuntime::new().provider(move |request| {
        let (status, body) = if request.url.contains("/warehouse/return/list") { &returns } else { &orders };
        reply(*status, body.to_string())
    })
}

fn listed() -> (u16, Value) {
    (200, json!({ "returns": [], "nextPageUrl": null }))
}

#[test]
fn a_key_with_both_scopes_is_well() {
    let not_found = json!({ "errors": { "code": "ORDER_NOT_FOUND", "message": "No." } });
    for status in [200, 404, 422] {
        let _runtime = loop_with(listed(), (status, not_found.clone()));
        assert!(check().is_ok(), "{status}");
    }
}

#[test]
fn a_missing_scope_is_named() {
    let refused = (401, json!({ "errors": "Unauthorized." }));
    let _runtime = loop_with(refused.clone(), listed());
    assert!(matches!(check(), Err(Error::Unauthorized(text)) if text.ends_with("the scope Returns")));
    let _runtime = loop_with(listed(), refused);
    assert!(matches!(check(), Err(Error::Unauthorized(text)) if text.ends_with("the scope Orders")));
}

#[test]
fn trouble_at_loop_is_not_health() {
    let _runtime = loop_with(listed(), (500, json!({ "message": "Server Error" })));
    assert!(matches!(check(), Err(Error::Refused { status: 500, .. })));
    let _runtime = loop_with(listed(), listed()).setting("secondary-input", "birthday");
    assert!(matches!(check(), Err(Error::Setting { .. })));
}

use serde_json::json;
use usher_sdk::connector::testing::{FakeRuntime, reply};

use super::*;

fn checked(scopes: &[&str]) -> Result<String, Error> {
    let body = json!({ "token_information": { "name": "Lumen", "scopes": scopes } }).to_string();
    let _runtime = FakeRuntime::new().provider(move |request| {
        assert!(request.url.ends_with("/token_information"));
        reply(200, body.clone())
    });
    check()
}

#[test]
fn a_missing_scope_is_named() {
    let reads = ["read_subscriptions", "read_customers", "read_orders", "read_store"];
    assert!(checked(&reads).unwrap().contains("needs the scopes write_subscriptions, write_orders"));
    let writes = ["write_subscriptions", "read_customers", "write_orders", "read_store"];
    assert_eq!(checked(&writes).unwrap(), "Lumen: subscriptions can be read and changed");
    let lacking = checked(&reads[..2]).unwrap_err().to_string();
    assert!(lacking.contains("lacks the scopes read_orders, read_store"), "{lacking}");
}

#[test]
fn trouble_is_not_health() {
    let _runtime = FakeRuntime::new().provider(|_| reply(401, r#"{"error":"bad authentication"}"#));
    assert!(matches!(check(), Err(Error::Unauthorized(_))));
    let _runtime = FakeRuntime::new().provider(|_| reply(200, "<html>"));
    assert!(matches!(check(), Err(Error::Unexpected(_))));
}

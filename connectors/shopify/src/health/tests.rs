use serde_json::{Value, json};
use usher_sdk::connector::testing::{FakeRuntime, reply, reply_with};

use super::*;
use crate::fake_shop::asked;

const ALL: [&str; 4] = ["read_orders", "read_customers", "write_products", "read_discounts"];

fn shop(served: &'static str, scopes: &[&str], samples: Value) -> FakeRuntime {
    let scopes: Vec<Value> = scopes.iter().map(|handle| json!({ "handle": handle })).collect();
    let data = json!({ "shop": { "name": "Demo" }, "currentAppInstallation": { "accessScopes": scopes } });
    FakeRuntime::new().setting("shop", "demo.myshopify.com").provider(move |request| match asked(request).0.as_str() {
        "Shop" => reply_with(200, "x-shopify-api-version", served, json!({ "data": data }).to_string()),
        _ => reply(200, samples.to_string()),
    })
}

#[test]
fn a_shop_that_can_be_read_says_its_name() {
    let _runtime = shop("2026-07", &ALL, json!({ "data": {} }));
    let text = check().unwrap();
    assert!(text.starts_with("Demo: ") && text.contains("60 days"), "{text}");
    let _runtime = shop("2026-07", &[&ALL[..], &["read_all_orders"]].concat(), json!({ "data": {} }));
    let text = check().unwrap();
    assert!(!text.contains("60 days") && text.contains("needs the scope write_orders"), "{text}");
    let _runtime = shop("2026-07", &[&ALL[..], &["write_orders"]].concat(), json!({ "data": {} }));
    let text = check().unwrap();
    assert!(text.contains("can be cancelled") && !text.contains("needs the scope"), "{text}");
}

#[test]
fn missing_scopes_are_named_all_at_once() {
    let runtime = shop("2026-07", &["read_all_orders", "read_products", "read_product_listings"], json!({}));
    let Err(Error::Unauthorized(text)) = check() else { panic!("scopes are missing") };
    assert!(text.contains("read_orders, read_customers, read_discounts;"), "{text}");
    assert_eq!(runtime.requests().len(), 1);
}

#[test]
fn a_scope_that_opens_nothing_is_noticed() {
    let denied = json!({ "message": "This app is not approved to access the Customer object.", "path": ["customers"],
        "extensions": { "code": "ACCESS_DENIED" } });
    let _runtime = shop("2026-07", &ALL, json!({ "data": null, "errors": [denied] }));
    assert!(matches!(check(), Err(Error::Unauthorized(text)) if text.contains("not approved")));
}

#[test]
fn another_version_than_asked_for_is_an_error() {
    let _runtime = shop("2026-01", &ALL, json!({ "data": {} }));
    assert!(
        matches!(check(), Err(Error::Setting { name, problem }) if name == "api-version" && problem.contains("2026-01"))
    );
}

use serde_json::{Value, json};
use usher_sdk::connector::testing::{FakeRuntime, reply};

use super::*;

fn recharge(hash: Value, base: Value) -> FakeRuntime {
    FakeRuntime::new().customer(None, Some("ana@example.net"), None).provider(move |request| {
        let body = match request.url.ends_with("/store") {
            true => json!({ "store": { "customer_portal_base_url": base } }),
            false => json!({ "customers": [{ "id": 1, "email": "ana@example.net", "hash": hash }] }),
        };
        reply(200, body.to_string())
    })
}

#[test]
fn the_link_is_made_for_the_customer() {
    for base in ["https://shop.example", "https://shop.example/tools/recurring/", "shop.example"] {
        let _runtime = recharge(json!("9af3"), json!(base));
        assert_eq!(url().as_deref(), Ok("https://shop.example/tools/recurring/portal/9af3/overview"), "{base}");
    }
    let _runtime = recharge(json!("9af3"), json!("https://shop.example")).customer(None, Some("ben@example.net"), None);
    assert_eq!(url(), Err(Error::NotFound));
    let runtime = FakeRuntime::new().setting("portal-url", "https://shop.example/subscriptions");
    assert_eq!(url(), Err(Error::SignInRequired));
    drop(runtime);
}

#[test]
fn the_shop_s_own_portal_needs_nobody_to_be_asked() {
    let runtime = recharge(json!("9af3"), json!(null)).setting("portal-url", "https://shop.example/subscriptions");
    assert_eq!(url().as_deref(), Ok("https://shop.example/subscriptions"));
    assert!(runtime.requests().is_empty());
}

#[test]
fn what_is_no_address_is_no_link() {
    for base in [json!(null), json!(""), json!("javascript:alert(1)"), json!("ftp://x"), json!("https://a b")] {
        let _runtime = recharge(json!("9af3"), base.clone());
        assert!(matches!(url(), Err(Error::Setting { .. })), "{base}");
    }
    for hash in [json!(null), json!(""), json!("../store"), json!("a?b")] {
        let _runtime = recharge(hash.clone(), json!("https://shop.example"));
        assert_eq!(url(), Err(Error::NotFound), "{hash}");
    }
}

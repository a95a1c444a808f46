use serde_json::{Value, json};
use usher_sdk::connector::testing::{FakeRuntime, reply};

use super::*;

fn person(id: u64, email: &str, number: &str) -> Value {
    json!({ "id": id, "email": email, "hash": "abc", "external_customer_id": { "ecommerce": number } })
}

/// Recharge that finds these, whatever it is asked for.
fn recharge(found: Value) -> FakeRuntime {
    FakeRuntime::new().provider(move |_| reply(200, json!({ "customers": found, "next_cursor": null }).to_string()))
}

fn signed_in() -> Result<Option<String>, Error> {
    Ok(Subscriber::signed_in(&Api::open()?)?.map(|found| found.id))
}

#[test]
fn what_is_found_is_compared_exactly() {
    let others = json!([person(1, "ana.marie@example.net", "70011"), person(2, "ana@example.net.evil", "700")]);
    let runtime = recharge(others).customer(Some("7001"), Some("ana@example.net"), None);
    assert_eq!(signed_in(), Ok(None));
    let urls: Vec<String> = runtime.requests().iter().map(|request| request.url.clone()).collect();
    assert!(urls[0].ends_with("external_customer_id=7001") && urls[1].ends_with("email=ana%40example.net"), "{urls:?}");

    let both = json!([person(1, "ana.marie@example.net", "7002"), person(3, "Ana@Example.net", "7001")]);
    let runtime = recharge(both).customer(Some("gid://shopify/Customer/7001"), None, None);
    assert_eq!(signed_in(), Ok(Some("3".to_owned())));
    assert_eq!(runtime.requests().len(), 1);
}

#[test]
fn the_verified_address_will_do() {
    let by_address = json!([person(3, "Ana@Example.net", "")]);
    for id in [None, Some("crm-77"), Some("7001")] {
        let _runtime = recharge(by_address.clone()).customer(id, Some("ana@example.net"), None);
        assert_eq!(signed_in(), Ok(Some("3".to_owned())), "{id:?}");
    }
    let runtime = recharge(by_address).customer(Some("crm-77"), Some(" "), Some("+18005550100"));
    assert_eq!(signed_in(), Ok(None));
    assert!(runtime.requests().is_empty(), "nothing to ask by");
    let _runtime = recharge(json!([]));
    assert_eq!(signed_in(), Err(Error::SignInRequired));
}

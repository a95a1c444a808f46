use serde_json::{Value, json};

use super::*;
use crate::fake_shop::{asked, shop};

fn ana() -> Value {
    json!({ "customerByIdentifier": {
        "id": "gid://shopify/Customer/7001", "firstName": "Ana", "lastName": " ", "locale": "de",
        "defaultEmailAddress": { "emailAddress": "ana@example.net" },
        "defaultPhoneNumber": { "phoneNumber": "+18005550100" }
    } })
}

#[test]
fn a_customer_is_found_by_each_key() {
    let runtime = shop(|_, _| ana());
    let expected = CustomerProfile {
        id: Some("7001".to_owned()),
        first_name: Some("Ana".to_owned()),
        last_name: None,
        email: Some("ana@example.net".to_owned()),
        phone: Some("+18005550100".to_owned()),
        locale: Some("de".to_owned()),
    };
    for (key, identifier) in [
        (CustomerKey::Id("7001".to_owned()), json!({ "id": "gid://shopify/Customer/7001" })),
        (CustomerKey::Id("gid://shopify/Customer/7001".to_owned()), json!({ "id": "gid://shopify/Customer/7001" })),
        (CustomerKey::Email(" Ana@Example.net".to_owned()), json!({ "emailAddress": "Ana@Example.net" })),
        (CustomerKey::Phone("+1 800 555-0100".to_owned()), json!({ "phoneNumber": "+1 800 555-0100" })),
    ] {
        assert_eq!(lookup(&key).as_ref(), Ok(&expected));
        let (_, variables) = asked(runtime.requests().last().unwrap());
        assert_eq!(variables["identifier"], identifier);
    }
}

#[test]
fn another_customer_is_no_answer() {
    let _runtime = shop(|_, _| ana());
    for key in [
        CustomerKey::Id("7002".to_owned()),
        CustomerKey::Email("ana@example.net.example.com".to_owned()),
        CustomerKey::Phone("+18005550101".to_owned()),
        CustomerKey::Phone(String::new()),
    ] {
        assert_eq!(lookup(&key), Err(Error::NotFound), "{key:?}");
    }
}

#[test]
fn nobody_is_not_found() {
    let runtime = shop(|_, _| json!({ "customerByIdentifier": null }));
    assert_eq!(lookup(&CustomerKey::Email("x@example.net".to_owned())), Err(Error::NotFound));
    assert_eq!(lookup(&CustomerKey::Id("crm-7".to_owned())), Err(Error::NotFound));
    assert_eq!(runtime.requests().len(), 1);
}

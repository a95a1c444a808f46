use std::cell::Cell;
use std::rc::Rc;

use serde_json::{Value, json};
use usher_sdk::connector::testing::{FakeRuntime, HttpError, Response, reply};
use usher_sdk::connector::{Address, Error, ToolError};

use super::*;
use crate::fake_shop::{asked, candidate, operations, page};

fn state(change: impl FnOnce(&mut Value)) -> Value {
    let mut state = json!({
        "id": "gid://shopify/Order/5001", "email": "ana@example.net", "customer": { "id": "gid://shopify/Customer/7001" },
        "cancelledAt": null, "closedAt": null, "displayFulfillmentStatus": "UNFULFILLED",
        "shippingAddress": {
            "name": "Ana van B.", "firstName": "Ana", "lastName": "van B.", "address1": "Gartenweg 1", "address2": null,
            "city": "Berlin", "zip": "10115", "countryCodeV2": "DE", "phone": "+4930123"
        },
        "fulfillments": []
    });
    change(&mut state);
    state
}

fn cancelled() -> Value {
    state(|state| state["cancelledAt"] = json!("2026-11-21T12:00:00Z"))
}

/// A shop with the order #1001 of the signed-in customer: `states` are what reading it gives, the last for ever; `mutation`
/// answers changes.
fn shop(states: Vec<Value>, mut mutation: impl FnMut(&Value) -> Result<Response, HttpError> + 'static) -> FakeRuntime {
    let reads = Cell::new(0);
    FakeRuntime::new()
        .setting("shop", "demo.myshopify.com")
        .customer(Some("7001"), Some("ana@example.net"), None)
        .idempotency_key("key-1")
        .provider(move |request| {
            let (operation, variables) = asked(request);
            let next = || {
                let at = reads.replace(reads.get() + 1).min(states.len() - 1);
                states[at].clone()
            };
            let data = match operation.as_str() {
                "FindOrder" => json!({ "orders": page(vec![candidate(5001, "#1001")], None) }),
                "LatestOrders" => json!({ "customerByIdentifier": null }),
                "ReadOrderState" => json!({ "order": next() }),
                "CancelProgress" => {
                    let order = next();
                    let done = order["cancelledAt"].is_string() || order["fulfillments"] != json!([]);
                    json!({ "job": { "id": variables["job"], "done": done }, "order": order })
                }
                _ => return mutation(&variables),
            };
            reply(200, json!({ "data": data }).to_string())
        })
}

fn queued() -> Result<Response, HttpError> {
    let job = json!({ "id": "gid://shopify/Job/1", "done": false });
    reply(200, json!({ "data": { "orderCancel": { "job": job, "orderCancelUserErrors": [] } } }).to_string())
}

fn refused(code: &str) -> Result<Response, HttpError> {
    let error = json!({ "field": ["orderId"], "message": "Not\nnow", "code": code });
    reply(200, json!({ "data": { "orderCancel": { "job": null, "orderCancelUserErrors": [error] } } }).to_string())
}

fn lost() -> Result<Response, HttpError> {
    Err(HttpError::Unreachable("connection reset".to_owned()))
}

fn never(_: &Value) -> Result<Response, HttpError> {
    panic!("nothing may be changed")
}

fn changes(runtime: &FakeRuntime) -> usize {
    operations(runtime)
        .iter()
        .filter(|operation| ["CancelOrder", "ChangeAddress"].contains(&operation.as_str()))
        .count()
}

fn unavailable(outcome: Result<(), Error>) -> bool {
    matches!(outcome.map_err(ToolError::from), Err(ToolError::Unavailable(_)))
}

#[test]
fn a_cancellation_is_done_when_the_order_shows_it() {
    let runtime = shop(vec![state(|_| ()), state(|_| ()), cancelled()], |variables| {
        assert_eq!(variables["id"], "gid://shopify/Order/5001");
        assert!(
            variables["note"].as_str().unwrap().contains("usher")
                && variables["note"].as_str().unwrap().contains("key-1")
        );
        queued()
    });
    assert_eq!(cancel("1001"), Ok(()));
    assert_eq!(
        operations(&runtime),
        ["FindOrder", "ReadOrderState", "CancelOrder", "CancelProgress", "CancelProgress"]
    );
    let document = runtime.requests()[2].body.clone().unwrap();
    for argument in ["originalPaymentMethodsRefund: true", "restock: true", "notifyCustomer: true", "reason: CUSTOMER"]
    {
        assert!(document.contains(argument), "{argument}");
    }
}

#[test]
fn what_can_t_be_changed_is_not_tried() {
    for (change, reason) in [
        (json!({ "cancelledAt": "2026-11-20T12:00:00Z" }), "cancelled"),
        (json!({ "closedAt": "2026-11-20T12:00:00Z" }), "closed"),
        (json!({ "displayFulfillmentStatus": "IN_PROGRESS" }), "packed"),
        (json!({ "displayFulfillmentStatus": "SOMETHING_NEW" }), "packed"),
        (json!({ "fulfillments": [{ "status": "SUCCESS", "displayStatus": "LABEL_PRINTED" }] }), "sent"),
    ] {
        let changed = state(|state| state.as_object_mut().unwrap().extend(change.as_object().unwrap().clone()));
        let _runtime = shop(vec![changed], never);
        for outcome in [cancel("#1001"), change_address("#1001", &wanted())] {
            assert!(matches!(&outcome, Err(Error::Invalid(text)) if text.contains(reason)), "{outcome:?}");
        }
    }
    // A fulfilment that was taken back is none.
    let back = state(|state| state["fulfillments"] = json!([{ "status": "CANCELLED", "displayStatus": "CANCELED" }]));
    let _runtime = shop(vec![back, cancelled()], |_| queued());
    assert_eq!(cancel("#1001"), Ok(()));
}

#[test]
fn somebody_else_s_order_is_not_found() {
    let _runtime = shop(vec![state(|_| ())], never).customer(Some("7002"), Some("ben@example.net"), None);
    assert_eq!(cancel("#1001"), Err(Error::NotFound));
    let foreign = state(|state| {
        state["customer"] = Value::Null;
        state["email"] = json!("ben@example.net");
    });
    let _runtime = shop(vec![foreign], never);
    assert_eq!(cancel("#1001"), Err(Error::NotFound));
    assert_eq!(change_address("#1001", &wanted()), Err(Error::NotFound));
}

#[test]
fn an_earlier_attempt_that_did_it_is_a_success() {
    let _runtime = shop(vec![cancelled()], never).earlier_attempt();
    assert_eq!(cancel("#1001"), Ok(()));
    // One whose job is still at work: Shopify refuses a second, and the order shows the first.
    let runtime = shop(vec![state(|_| ()), state(|_| ()), cancelled()], |_| refused("INVALID")).earlier_attempt();
    assert_eq!(cancel("#1001"), Ok(()));
    assert_eq!(changes(&runtime), 1);
    // It may still be at work at the end of the call: nobody knows.
    let _runtime = shop(vec![state(|_| ())], |_| refused("INVALID")).earlier_attempt();
    assert!(unavailable(cancel("#1001")));
}

#[test]
fn a_lost_answer_is_read_back_and_never_sent_again() {
    for answer in [
        lost,
        || reply(502, ""),
        || reply(200, "<html>"),
        || refused("INTERNAL_ERROR"),
        || reply(200, r#"{"data":null,"errors":[{"message":"x","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}"#),
    ] {
        let runtime = shop(vec![state(|_| ()), state(|_| ()), cancelled()], move |_| answer());
        assert_eq!(cancel("#1001"), Ok(()));
        assert_eq!(changes(&runtime), 1);
        let runtime = shop(vec![state(|_| ())], move |_| answer());
        assert!(unavailable(cancel("#1001")), "whether it was done isn't known");
        assert_eq!(changes(&runtime), 1);
        assert!(runtime.requests().len() <= 8);
    }
}

#[test]
fn what_shopify_refuses_is_said_in_its_words() {
    let runtime = shop(vec![state(|_| ())], |_| refused("NO_REFUND_PERMISSION"));
    assert_eq!(cancel("#1001"), Err(Error::Invalid("Shopify refuses it: orderId: Not now".to_owned())));
    assert_eq!(changes(&runtime), 1);
}

#[test]
fn a_throttled_change_is_sent_again_since_nothing_was_run() {
    let sent = Rc::new(Cell::new(0));
    let count = sent.clone();
    let runtime = shop(vec![state(|_| ()), cancelled()], move |_| {
        count.set(count.get() + 1);
        match count.get() {
            1 => reply(200, r#"{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]}"#),
            2 => reply(429, "{}"),
            _ => queued(),
        }
    });
    assert_eq!(cancel("#1001"), Ok(()));
    assert_eq!(sent.get(), 3);
    assert!(runtime.requests().len() <= 8);
}

#[test]
fn a_missing_scope_is_no_secret_of_the_provider_s() {
    let denied = r#"{"data":{"orderCancel":null},"errors":[{"message":"Access denied for orderCancel field. Required access: `write_orders` access scope.","path":["orderCancel"],"extensions":{"code":"ACCESS_DENIED"}}]}"#;
    let runtime = shop(vec![state(|_| ())], move |_| reply(200, denied));
    assert!(matches!(cancel("#1001"), Err(Error::Unauthorized(text)) if text.contains("write_orders")));
    assert_eq!(operations(&runtime).len(), 3, "it is certain, so nothing is read back");
}

#[test]
fn a_slow_job_ends_as_not_known_and_a_job_without_effect_as_refused() {
    let runtime = shop(vec![state(|_| ())], |_| queued());
    let outcome = cancel("#1001");
    assert!(matches!(&outcome, Err(Error::Unexpected(text)) if text.contains("doesn't show it yet")), "{outcome:?}");
    assert!(runtime.requests().len() <= 8 && runtime.slept().as_secs() < 7);
    let sent = state(|state| {
        state["displayFulfillmentStatus"] = json!("FULFILLED");
        state["fulfillments"] = json!([{ "status": "SUCCESS", "displayStatus": "IN_TRANSIT" }]);
    });
    let _runtime = shop(vec![state(|_| ()), sent], |_| queued());
    assert!(matches!(cancel("#1001"), Err(Error::Invalid(text)) if text.contains("sent")));
}

fn wanted() -> Address {
    Address {
        name: "ana  van B.".to_owned(),
        line1: "Mill Lane 7".to_owned(),
        line2: None,
        city: "Leipzig".to_owned(),
        region: None,
        postal_code: "04109".to_owned(),
        country_code: "de".to_owned(),
        phone: Some("+4930123".to_owned()),
    }
}

fn readdressed() -> Value {
    state(|state| {
        let address = &mut state["shippingAddress"];
        address["address1"] = json!("Mill Lane 7");
        address["city"] = json!("LEIPZIG");
        address["zip"] = json!("04109");
    })
}

fn updated() -> Result<Response, HttpError> {
    reply(200, json!({ "data": { "orderUpdate": { "order": readdressed(), "userErrors": [] } } }).to_string())
}

#[test]
fn an_address_is_sent_whole_and_read_back() {
    let runtime = shop(vec![state(|_| ())], |variables| {
        let expected = json!({
            "firstName": "Ana", "lastName": "van B.", "address1": "Mill Lane 7", "address2": null, "city": "Leipzig",
            "provinceCode": null, "zip": "04109", "countryCode": "DE", "phone": "+4930123"
        });
        assert_eq!(variables["input"], json!({ "id": "gid://shopify/Order/5001", "shippingAddress": expected }));
        updated()
    });
    assert_eq!(change_address("#1001", &wanted()), Ok(()));
    assert_eq!(operations(&runtime), ["FindOrder", "ReadOrderState", "ChangeAddress"]);
    let someone = Address { name: "Maria del Mar".to_owned(), ..wanted() };
    let _runtime = shop(vec![state(|_| ())], |variables| {
        let address = &variables["input"]["shippingAddress"];
        assert_eq!((&address["firstName"], &address["lastName"]), (&json!("Maria del"), &json!("Mar")));
        updated()
    });
    assert!(unavailable(change_address("#1001", &someone)), "the order shows another name");
}

#[test]
fn an_address_that_is_there_already_is_not_sent() {
    let _runtime = shop(vec![readdressed()], never);
    assert_eq!(change_address("#1001", &wanted()), Ok(()));
}

#[test]
fn a_lost_answer_to_an_address_is_read_back() {
    let runtime = shop(vec![state(|_| ()), readdressed()], |_| lost());
    assert_eq!(change_address("#1001", &wanted()), Ok(()));
    assert_eq!(changes(&runtime), 1);
    let runtime = shop(vec![state(|_| ())], |_| lost());
    assert!(unavailable(change_address("#1001", &wanted())));
    assert_eq!(changes(&runtime), 1);
}

#[test]
fn an_address_that_can_t_be_is_refused() {
    let errors = json!([{ "field": ["input", "shippingAddress", "zip"], "message": "ZIP code is not valid" }]);
    let body = json!({ "data": { "orderUpdate": { "order": null, "userErrors": errors } } }).to_string();
    let _runtime = shop(vec![state(|_| ())], move |_| reply(200, body.clone()));
    let said = "Shopify refuses it: zip: ZIP code is not valid".to_owned();
    assert_eq!(change_address("#1001", &wanted()), Err(Error::Invalid(said)));
    let _runtime = shop(vec![state(|_| ())], never);
    for country in ["", "D", "Germany", "1A"] {
        let address = Address { country_code: country.to_owned(), ..wanted() };
        assert!(matches!(change_address("#1001", &address), Err(Error::Invalid(_))), "{country}");
    }
    let unknown = r#"{"errors":[{"message":"Variable $input was provided invalid value","extensions":{"code":"INVALID_VARIABLE"}}]}"#;
    let runtime = shop(vec![state(|_| ())], move |_| reply(200, unknown));
    let address = Address { country_code: "XX".to_owned(), ..wanted() };
    assert!(matches!(change_address("#1001", &address), Err(Error::Invalid(_))));
    assert_eq!(changes(&runtime), 1);
    let digital = state(|state| state["shippingAddress"] = Value::Null);
    let _runtime = shop(vec![digital], never);
    assert!(matches!(change_address("#1001", &wanted()), Err(Error::Invalid(text)) if text.contains("by post")));
}

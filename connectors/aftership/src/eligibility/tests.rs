use serde_json::json;
use usher_sdk::connector::testing::{FakeRuntime, reply};

use super::*;

fn aftership(returns: Value) -> FakeRuntime {
    let body =
        json!({ "meta": { "code": 20000 }, "data": { "returns": returns, "pagination": { "has_next_page": false } } });
    FakeRuntime::new().customer(None, Some("ana@example.net"), None).provider(move |_| reply(200, body.to_string()))
}

fn entry(order: &str, status: &str, items: Value) -> Value {
    json!({ "id": "r1", "contact_email": "ana@example.net", "approval_status": status,
            "order": { "order_name": order }, "return_items": items })
}

#[test]
fn only_the_returns_page_knows() {
    let _runtime = aftership(json!([]));
    let known = of("1001").unwrap();
    assert_eq!((known.order_name.as_str(), known.eligible, known.advisory), ("#1001", None, true));
    assert_eq!((known.items, known.deadline), (vec![], None));
}

#[test]
fn what_is_on_its_way_back_is_known() {
    let mug = json!({ "sku": "MUG-1", "product_title": "Mug", "intended_return_quantity": 2, "ordered_quantity": 2 });
    let one_of_two = json!({ "product_title": "Lamp", "return_quantity": 1, "ordered_quantity": 2 });
    for (status, count) in [("submitted", 1), ("approved", 1), ("done", 1), ("rejected", 0), ("expired", 0), ("new", 0)]
    {
        let _runtime =
            aftership(json!([entry("#1001", status, json!([mug, one_of_two])), entry("#1002", status, json!([mug]))]));
        let known = of("#1001").unwrap();
        assert_eq!((known.eligible, known.items.len()), (None, count), "{status}");
        if let Some(item) = known.items.first() {
            assert_eq!(
                (item.title.as_deref(), item.sku.as_deref(), item.eligible),
                (Some("Mug"), Some("MUG-1"), false)
            );
            assert_eq!(item.reason.as_deref(), Some("already-returned"));
        }
    }
    let _runtime = aftership(json!([entry("#1001", "approved", json!(null)), entry("#1001", "approved", json!([{}]))]));
    assert_eq!(of("#1001").unwrap().items.len(), 1, "an item without a name is one");
}

#[test]
fn another_s_return_is_not_told_of() {
    let mut foreign = entry("#1001", "approved", json!([{ "product_title": "Mug" }]));
    foreign["contact_email"] = json!("ben@example.net");
    let _runtime = aftership(json!([foreign]));
    assert_eq!(of("#1001").unwrap().items, vec![]);
    let _runtime = FakeRuntime::new();
    assert_eq!(of("#1001"), Err(Error::SignInRequired));
    let _runtime = aftership(json!([]));
    assert_eq!(of(" #"), Err(Error::NotFound));
}

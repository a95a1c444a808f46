use serde_json::json;
use usher_sdk::connector::testing::{FakeRuntime, reply};

use super::*;

fn entry(id: Value, status: &str, contact: &str, created_at: &str) -> Value {
    json!({
        "id": id, "rma_number": "RMA1", "contact_email": contact, "approval_status": status,
        "shipping_status": "in_transit", "created_at": created_at, "is_gift_return": false, "outcomes": ["refund"],
        "order": {
            "order_number": "1001", "order_name": "#1001", "country_region": "DEU",
            "customer": { "emails": ["ana@example.net"], "locale": null },
            "store": { "platform": "shopify", "external_id": "lumen" },
        },
        "shipments": [{ "slug": "dhl-germany", "tracking_number": "RET1", "label": { "url": "https://l.example/1.pdf" } }],
        "a_field_of_tomorrow": [],
    })
}

fn page(entries: &[Value], more: bool) -> String {
    let pagination = json!({ "total": 99, "page": 1, "limit": 25, "has_next_page": more });
    json!({ "meta": { "code": 20000 }, "data": { "returns": entries, "pagination": pagination } }).to_string()
}

fn aftership(pages: Vec<String>) -> FakeRuntime {
    FakeRuntime::new().customer(None, Some("ana@example.net"), None).provider(move |request| {
        let (_, page) = request.url.split_once("&page=").expect("a page");
        let page: usize = page.split('&').next().unwrap().parse().unwrap();
        reply(200, pages.get(page - 1).expect("a page more than there are").clone())
    })
}

fn ids(found: &[ReturnRequest]) -> Vec<&str> {
    found.iter().map(|entry| entry.id.as_str()).collect()
}

#[test]
fn the_customer_s_open_returns_are_found_over_all_pages() {
    let runtime = aftership(vec![
        page(
            &[
                entry(json!("r1"), "submitted", "Ana@Example.net", "2026-09-10T08:00:00Z"),
                entry(json!("r2"), "done", "ana@example.net", "2026-09-11T08:00:00Z"),
                entry(json!("r3"), "rejected", "ana@example.net", "2026-09-11T08:00:00Z"),
            ],
            true,
        ),
        page(&[entry(json!(4), "approved", "ana@example.net", "2026-09-12T08:00:00Z")], false),
    ]);
    let found = list_open().unwrap();
    assert_eq!(ids(&found), ["4", "r1"], "newest first");
    assert_eq!((found[0].status, found[1].status), (ReturnStatus::Open, ReturnStatus::Requested));
    assert_eq!(found[0].owner, Owner { customer_id: None, email: Some("ana@example.net".to_owned()) });
    assert_eq!((found[0].order_name.as_str(), found[0].carrier.as_deref()), ("#1001", Some("DHL Germany")));
    assert_eq!(found[0].label_url.as_deref(), Some("https://l.example/1.pdf"));
    assert_eq!(
        runtime.requests()[0].url,
        "https://api.aftership.com/returns/2026-07/returns?customer_email=ana%40example.net&page=1&limit=25"
    );
}

#[test]
fn a_return_is_the_customer_s_by_an_address_and_a_present_s_only_by_its_sender_s() {
    // The filter is AfterShip's; whose a return is is looked at here.
    let mut of_order = entry(json!("of-order"), "approved", "flatmate@example.net", "2026-09-10T08:00:00Z");
    let mut present = of_order.clone();
    (present["id"], present["is_gift_return"]) = (json!("present"), json!(true));
    let mut foreign = of_order.clone();
    (foreign["id"], foreign["order"]["customer"]["emails"]) = (json!("foreign"), json!(["ben@example.net"]));
    let mut own_present = entry(json!("own-present"), "approved", "ana@example.net", "2026-09-09T08:00:00Z");
    own_present["is_gift_return"] = json!(true);
    own_present["order"]["customer"]["emails"] = json!(["ben@example.net"]);
    of_order["order"]["customer"]["emails"] = json!(["ben@example.net", "ANA@example.net"]);
    let _runtime = aftership(vec![page(&[of_order, present, foreign, own_present], false)]);
    assert_eq!(ids(&list_open().unwrap()), ["of-order", "own-present"]);
}

#[test]
fn one_shop_of_several_is_picked_by_its_id() {
    let mut other = entry(json!("other"), "approved", "ana@example.net", "2026-09-10T08:00:00Z");
    other["order"]["store"]["external_id"] = json!("outlet");
    let own = entry(json!("own"), "approved", "ana@example.net", "2026-09-10T08:00:00Z");
    let _runtime = aftership(vec![page(&[other, own], false)]).setting("store", "Lumen");
    assert_eq!(ids(&list_open().unwrap()), ["own"]);
}

#[test]
fn states_are_open() {
    let status = |approval: Value, shipping: Value| {
        let raw = json!({ "approval_status": approval, "shipping_status": shipping });
        OwnReturn { raw, owner: Owner { customer_id: None, email: None } }.status()
    };
    for (approval, shipping, expected) in [
        ("submitted", "no_label", ReturnStatus::Requested),
        ("approved", "pending", ReturnStatus::Open),
        ("approved", "a-state-of-tomorrow", ReturnStatus::Open),
        ("approved", "delivered", ReturnStatus::InReview),
        ("approved", "partially_received", ReturnStatus::InReview),
        ("approved", "received", ReturnStatus::InReview),
        ("done", "received", ReturnStatus::Closed),
        ("rejected", "no_label", ReturnStatus::Rejected),
        ("expired", "no_label", ReturnStatus::Expired),
        ("a-state-of-tomorrow", "received", ReturnStatus::Other),
    ] {
        assert_eq!(status(json!(approval), json!(shipping)), expected, "{approval} {shipping}");
    }
    assert_eq!(status(json!(null), json!(7)), ReturnStatus::Other);
    let tomorrow = entry(json!("r1"), "a-state-of-tomorrow", "ana@example.net", "2026-09-10T08:00:00Z");
    let _runtime = aftership(vec![page(&[tomorrow], false)]);
    assert_eq!(list_open().unwrap()[0].status, ReturnStatus::Other, "it may be open");
}

#[test]
fn too_many_returns_are_not_no_returns() {
    let settled = entry(json!("r1"), "done", "ana@example.net", "2026-09-10T08:00:00Z");
    let runtime = aftership(vec![page(std::slice::from_ref(&settled), true); PAGES]);
    assert!(matches!(list_open(), Err(Error::Unexpected(_))));
    assert_eq!(runtime.requests().len(), PAGES);
    let open = entry(json!("r2"), "approved", "ana@example.net", "2026-09-10T08:00:00Z");
    let _runtime = aftership(vec![page(&[settled, open], true); PAGES]);
    assert_eq!(list_open().unwrap().len(), PAGES);
    let runtime = aftership(vec![page(&[], true)]);
    assert_eq!(list_open(), Ok(vec![]), "an empty page is the last");
    assert_eq!(runtime.requests().len(), 1);
}

#[test]
fn without_the_field_the_total_tells_of_more_and_without_it_a_full_page_does() {
    let more = |pagination: Value, entries: usize| {
        let data = json!({ "returns": vec![json!({}); entries], "pagination": pagination });
        let body = json!({ "meta": { "code": 20000 }, "data": data }).to_string();
        let _runtime = FakeRuntime::new().provider(move |_| reply(200, body.clone()));
        read_page(&Api::open().unwrap(), &[("page", "2"), ("limit", "3")]).unwrap().1
    };
    assert!(more(json!({ "total": 7 }), 3));
    assert!(!more(json!({ "total": 6 }), 3));
    assert!(more(json!(null), 3));
    assert!(!more(json!({}), 2));
    assert!(!more(json!({ "has_next_page": false, "total": 7 }), 3));
}

#[test]
fn what_has_another_shape_is_not_no_return() {
    for data in [json!({}), json!([]), json!(null), json!({ "returns": {} }), json!({ "returns": null })] {
        let body = json!({ "meta": { "code": 20000 }, "data": data }).to_string();
        let _runtime = aftership(vec![body.clone()]);
        assert!(matches!(list_open(), Err(Error::Unexpected(_))), "{body}");
    }
    let mut nameless = entry(json!("r1"), "approved", "ana@example.net", "2026-09-10T08:00:00Z");
    nameless["order"]["order_name"] = json!(null);
    let _runtime = aftership(vec![page(std::slice::from_ref(&nameless), false)]);
    assert_eq!(list_open().unwrap()[0].order_name, "#1001", "by its number");
    nameless["order"]["order_number"] = json!(null);
    let _runtime = aftership(vec![page(&[nameless], false)]);
    assert!(matches!(list_open(), Err(Error::Unexpected(_))));
    for (field, value) in
        [("shipments", json!(null)), ("shipments", json!([])), ("created_at", json!(null)), ("id", json!(null))]
    {
        let mut partial = entry(json!("r1"), "approved", "ana@example.net", "2026-09-10T08:00:00Z");
        partial[field] = value;
        let _runtime = aftership(vec![page(&[partial], false)]);
        assert_eq!(list_open().unwrap().len(), 1, "{field}");
    }
}

#[test]
fn a_refused_list_is_the_integration_s_trouble() {
    for (status, code) in [(422, 42200), (400, 40000), (404, 40400)] {
        let _runtime = FakeRuntime::new().customer(None, Some("ana@example.net"), None).provider(move |_| {
            reply(status, json!({ "meta": { "code": code, "message": "No." }, "data": {} }).to_string())
        });
        assert!(matches!(list_open(), Err(Error::Unexpected(_))), "{status}");
    }
}

#[test]
fn without_a_verified_address_nothing_can_be_the_customer_s() {
    let runtime = FakeRuntime::new().customer(Some("7001"), None, Some("+18005550100"));
    assert_eq!(list_open(), Ok(vec![]));
    assert!(runtime.requests().is_empty());
    let _runtime = FakeRuntime::new();
    assert_eq!(list_open(), Err(Error::SignInRequired));
}

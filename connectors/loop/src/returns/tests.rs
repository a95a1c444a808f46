use serde_json::json;
use usher_sdk::connector::testing::{FakeRuntime, reply};

use super::*;

fn entry(id: Value, state: &str, customer: &str, created_at: &str) -> Value {
    json!({
        "id": id, "state": state, "outcome": "refund", "order_name": "#1001", "provider_order_id": "5001",
        "customer": customer, "currency": "EUR", "total": "29.95", "carrier": "DHL", "tracking_number": "JJD0001",
        "label_status": "new", "label_url": "https://labels.example/40012.pdf", "status_page_url": "",
        "created_at": created_at, "aFieldOfTomorrow": []
    })
}

fn parameter(url: &str, name: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).map(str::to_owned)
}

#[test]
fn the_customer_s_open_returns_are_found_over_all_pages() {
    let runtime = FakeRuntime::new().customer(None, Some("ana@example.net"), None).provider(|request| {
        let page = match (parameter(&request.url, "state").as_deref(), parameter(&request.url, "cursor").as_deref()) {
            (Some("open"), None) => json!({
                "returns": [
                    entry(json!("40011"), "open", "ana@example.net.example.com", "2026-09-12T08:00:00.000Z"),
                    entry(json!("40012"), "open", "Ana@Example.net", "2026-09-10T08:00:00.000Z"),
                ],
                "nextPageUrl": "https://elsewhere.example/api/v1/warehouse/return/list?paginate=true&cursor=a%2Bb%3D",
                "previousPageUrl": null,
            }),
            (Some("open"), Some("a%2Bb%3D")) => json!({
                "returns": [entry(json!(40013), "open", "ana@example.net", "2026-09-11T08:00:00.000Z")],
                "nextPageUrl": null,
            }),
            (Some("review"), None) => {
                json!([entry(json!(40014), "review", "ana@example.net", "2026-09-01T08:00:00.000Z")])
            }
            other => panic!("{other:?}"),
        };
        reply(200, page.to_string())
    });
    let found = list_open().unwrap();
    let ids: Vec<(&str, ReturnStatus)> = found.iter().map(|entry| (entry.id.as_str(), entry.status)).collect();
    let open = ReturnStatus::Open;
    assert_eq!(ids, [("40013", open), ("40012", open), ("40014", ReturnStatus::InReview)]);
    assert_eq!(found[0].label_url.as_deref(), Some("https://labels.example/40012.pdf"));
    assert_eq!((found[0].carrier.as_deref(), found[0].status_url.as_deref()), (Some("DHL"), None));
    let sent = runtime.requests();
    assert!(
        sent.iter().all(|request| request.url.starts_with("https://api.loopreturns.com/api/v1/warehouse/return/list?"))
    );
    assert_eq!(parameter(&sent[0].url, "to").as_deref(), Some("2026-11-21T12%3A00%3A00.000Z"));
    assert_eq!(parameter(&sent[0].url, "from").as_deref(), Some("2026-07-24T13%3A00%3A00.000Z"));
}

#[test]
fn too_many_returns_are_not_no_returns() {
    let busy = |customer: &'static str| {
        let mut cursor = 0;
        FakeRuntime::new().customer(None, Some("ana@example.net"), None).provider(move |_| {
            cursor += 1;
            let next = format!("https://api.loopreturns.com/x?cursor=c{cursor}");
            let returns = [entry(json!(cursor), "open", customer, "2026-09-01T08:00:00.000Z")];
            reply(200, json!({ "returns": returns, "nextPageUrl": next }).to_string())
        })
    };
    let runtime = busy("ben@example.net");
    assert!(matches!(list_open(), Err(Error::Unexpected(_))));
    assert_eq!(runtime.requests().len(), PAGES);
    let _runtime = busy("ana@example.net");
    assert_eq!(list_open().unwrap().len(), PAGES);
}

#[test]
fn a_page_that_leads_to_itself_ends() {
    let _runtime = FakeRuntime::new()
        .customer(None, Some("ana@example.net"), None)
        .provider(|_| reply(200, r#"{"returns":[],"nextPageUrl":"https://x/?cursor=same"}"#));
    assert!(matches!(list_open(), Err(Error::Unexpected(_))));
}

#[test]
fn a_refused_list_is_the_integration_s_trouble() {
    for (status, body) in
        [(404, r#"{"errors":"Not found."}"#), (422, r#"{"message":"Invalid.","errors":{"to":["No."]}}"#)]
    {
        let _runtime =
            FakeRuntime::new().customer(None, Some("ana@example.net"), None).provider(move |_| reply(status, body));
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

#[test]
fn states_are_open() {
    let known = [
        ("open", ReturnStatus::Open),
        ("review", ReturnStatus::InReview),
        ("closed", ReturnStatus::Closed),
        ("cancelled", ReturnStatus::Cancelled),
        ("expired", ReturnStatus::Expired),
        ("a-state-of-tomorrow", ReturnStatus::Other),
    ];
    for (state, expected) in known {
        assert_eq!(status(state), expected);
    }
}

#[test]
fn a_cursor_is_taken_from_its_address_alone() {
    assert_eq!(cursor_of("https://x/?a=1&cursor=a%20b+c#f").as_deref(), Some("a b c"));
    for none in
        ["https://x/", "https://x/?cursor=", "https://x/?xcursor=1", "https://x/?cursor=%zz", "https://x/?cursor=%f"]
    {
        assert_eq!(cursor_of(none), None, "{none}");
    }
}

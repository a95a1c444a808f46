//! What the stand-in can't show: other people's subscriptions in answers, and what Recharge might say otherwise.

use serde_json::{Value, json};
use usher_sdk::connector::testing::{FakeRuntime, reply};

use super::state::NO_REASON;
use super::*;

/// Recharge with one customer (88), one subscription, and these answers for each other path.
fn recharge(subscription: Value, others: &[(&'static str, u16, Value)]) -> FakeRuntime {
    let others = others.to_vec();
    FakeRuntime::new().customer(None, Some("ana@example.net"), None).provider(move |request| {
        let path = request.url.trim_start_matches("https://api.rechargeapps.com");
        if path.starts_with("/customers") {
            return reply(200, json!({ "customers": [{ "id": 88, "email": "ana@example.net" }] }).to_string());
        }
        match others.iter().find(|(known, ..)| path.starts_with(known)) {
            Some((_, status, body)) => reply(*status, body.to_string()),
            None => reply(200, json!({ "subscription": subscription }).to_string()),
        }
    })
}

fn subscription(changes: Value) -> Value {
    let mut record = json!({
        "id": 5, "customer_id": 88, "address_id": 901, "status": "active", "next_charge_scheduled_at": "2026-11-30",
        "order_interval_unit": "week", "order_interval_frequency": 4, "is_skippable": true,
    });
    for (key, value) in changes.as_object().unwrap() {
        record[key] = value.clone();
    }
    record
}

fn posts(runtime: &FakeRuntime) -> usize {
    runtime.requests().iter().filter(|request| request.body.is_some() || request.url.ends_with("activate")).count()
}

type Action = fn(&str) -> Result<(), Error>;

const ACTIONS: [Action; 5] = [
    |id| pause(id, Some("2027-01-30")),
    resume,
    skip_next,
    |id| reschedule(id, "2026-12-05"),
    |id| cancel(id, Some("Too expensive")),
];

#[test]
fn somebody_else_s_isn_t_found_whatever_is_asked() {
    for action in ACTIONS {
        for (id, answered) in
            [("5", json!({ "customer_id": 89 })), ("5", json!({ "id": 6 })), ("x", json!({})), ("", json!({}))]
        {
            let runtime = recharge(subscription(answered), &[]);
            assert_eq!(action(id), Err(Error::NotFound));
            assert_eq!(posts(&runtime), 0);
        }
        let runtime = recharge(subscription(json!({})), &[]).customer(None, Some("ben@example.net"), None);
        assert_eq!(action("5"), Err(Error::NotFound), "Recharge doesn't know the customer");
        assert_eq!(posts(&runtime), 0);
        let _runtime = FakeRuntime::new();
        assert_eq!(action("5"), Err(Error::SignInRequired));
    }
}

#[test]
fn a_pause_needs_a_day_that_is_later() {
    let runtime = recharge(subscription(json!({})), &[]);
    assert!(matches!(pause("5", None), Err(Error::Invalid(text)) if text.contains("say the day")));
    assert!(matches!(pause("5", Some("soon")), Err(Error::Invalid(_))));
    assert!(matches!(pause("5", Some("2026-11-29")), Err(Error::Invalid(text)) if text.contains("later day")));
    assert_eq!(pause("5", Some("2026-11-30")), Ok(()), "it is so already");
    assert_eq!(posts(&runtime), 0);
}

#[test]
fn what_recharge_forbids_is_not_asked_for() {
    for (state, action) in [
        (json!({ "is_skippable": false }), ACTIONS[2]),
        (json!({ "status": "cancelled", "next_charge_scheduled_at": null }), ACTIONS[2]),
        (json!({ "next_charge_scheduled_at": null }), ACTIONS[2]),
        (json!({}), ACTIONS[1]),
        (json!({ "status": "expired" }), ACTIONS[1]),
        (json!({ "status": "cancelled" }), ACTIONS[3]),
        (json!({ "status": "cancelled" }), ACTIONS[4]),
    ] {
        let runtime = recharge(subscription(state.clone()), &[]);
        assert!(matches!(action("5"), Err(Error::Invalid(_))), "{state}");
        assert_eq!(posts(&runtime), 0, "{state}");
    }
}

#[test]
fn without_a_queued_charge_the_day_is_skipped_at_the_address_and_once() {
    let none = json!({ "charges": [] });
    let skipped = json!({ "charge": { "id": 9, "status": "skipped", "scheduled_at": "2026-11-30" } });
    let runtime = recharge(
        subscription(json!({})),
        &[("/charges", 200, none.clone()), ("/addresses/901/charges/skip", 200, skipped)],
    );
    assert_eq!(skip_next("5"), Ok(()));
    let body: Value = serde_json::from_str(runtime.requests()[3].body.as_deref().unwrap()).unwrap();
    assert_eq!(body, json!({ "date": "2026-11-30", "subscription_ids": [5] }));
    // An answer that got lost is looked for, and the skip isn't asked for again.
    let runtime = recharge(subscription(json!({})), &[("/charges", 200, none), ("/addresses", 500, json!({}))]);
    assert!(matches!(skip_next("5"), Err(Error::Refused { status: 500, .. })));
    assert_eq!(posts(&runtime), 1);
}

#[test]
fn a_charge_of_another_subscription_or_day_is_left_alone() {
    let charges = json!({ "charges": [
        { "id": 1, "status": "queued", "scheduled_at": "2026-11-30", "line_items": [{ "purchase_item_id": 6 }] },
        { "id": 2, "status": "queued", "scheduled_at": "2026-12-28", "line_items": [{ "purchase_item_id": 5 }] },
        { "id": 3, "status": "success", "scheduled_at": "2026-11-30", "line_items": [{ "purchase_item_id": 5 }] },
    ] });
    let refused = json!({ "errors": { "date": ["No."] } });
    let runtime = recharge(subscription(json!({})), &[("/charges", 200, charges), ("/addresses", 422, refused)]);
    assert!(matches!(skip_next("5"), Err(Error::Invalid(_))));
    assert!(
        runtime
            .requests()
            .iter()
            .all(|request| !request.url.contains("/charges/1") && !request.url.contains("/charges/3/"))
    );
}

#[test]
fn a_cancellation_says_why_and_whose_wish_it_was() {
    for (reason, told) in [(Some(" Too expensive "), "Too expensive"), (Some(" "), NO_REASON), (None, NO_REASON)] {
        let done = json!({ "subscription": { "id": 5, "customer_id": 88, "status": "cancelled" } });
        let runtime =
            recharge(subscription(json!({})), &[("/subscriptions/5/cancel", 200, done)]).idempotency_key("k-1");
        assert_eq!(cancel("5", reason), Ok(()));
        let body: Value = serde_json::from_str(runtime.requests()[2].body.as_deref().unwrap()).unwrap();
        assert_eq!((body["cancellation_reason"].as_str(), &body["send_email"]), (Some(told), &json!(true)));
        assert!(body["cancellation_reason_comments"].as_str().unwrap().contains("k-1"));
    }
}

#[test]
fn the_day_after_tomorrow_will_do_where_tomorrow_is_today_in_the_shop() {
    let calls = std::cell::Cell::new(0);
    let _runtime = FakeRuntime::new().customer(None, Some("ana@example.net"), None).provider(move |request| {
        let active = |day: Value| json!({ "subscription": subscription(json!({ "next_charge_scheduled_at": day })) });
        if request.url.contains("/customers") {
            return reply(200, json!({ "customers": [{ "id": 88, "email": "ana@example.net" }] }).to_string());
        }
        let Some(body) = &request.body else { return reply(200, active(json!(null)).to_string()) };
        calls.set(calls.get() + 1);
        match (calls.get(), body.as_str()) {
            (1, r#"{"date":"2026-11-22"}"#) => {
                reply(422, r#"{"errors":{"date":["Date must be at least one day in the future"]}}"#)
            }
            (2, r#"{"date":"2026-11-23"}"#) => reply(200, active(json!("2026-11-23")).to_string()),
            other => panic!("{other:?}"),
        }
    });
    assert_eq!(resume("5"), Ok(()));
}

use serde_json::{Value, json};
use usher_sdk::connector::testing::FakeRuntime;

use super::*;

fn record(changes: Value) -> Record {
    let mut record = json!({
        "id": 70011, "customer_id": 88, "address_id": 901, "status": "active", "product_title": "Coffee beans",
        "variant_title": "1 kg", "quantity": 1, "price": "18.50", "presentment_currency": "EUR",
        "order_interval_unit": "week", "order_interval_frequency": 4, "charge_interval_frequency": "4",
        "next_charge_scheduled_at": "2026-11-30", "is_skippable": true, "unknown": { "field": 1 },
    });
    for (key, value) in changes.as_object().unwrap() {
        record[key] = value.clone();
    }
    serde_json::from_value(record).unwrap()
}

fn told(changes: Value) -> Result<Subscription, Error> {
    let _runtime = FakeRuntime::new();
    record(changes).told(&Subscriber::default(), &[])
}

fn skipped(day: &str) -> Charge {
    let charge =
        json!({ "id": 1, "status": "skipped", "scheduled_at": day, "line_items": [{ "purchase_item_id": 70011 }] });
    serde_json::from_value(charge).unwrap()
}

#[test]
fn a_subscription_is_told_as_it_is() {
    let one = told(json!({})).unwrap();
    assert_eq!((one.id.as_str(), one.title.as_str(), one.quantity), ("70011", "Coffee beans (1 kg)", 1));
    assert_eq!((one.interval.unit, one.interval.count), (IntervalUnit::Week, 4));
    assert_eq!((one.price.amount_minor, one.price.currency.as_str()), (1850, "EUR"));
    assert_eq!((one.status, one.next_charge_on.as_deref()), (SubscriptionStatus::Active, Some("2026-11-30")));
    assert!(one.skippable);
    assert!(!told(json!({ "is_skippable": false })).unwrap().skippable);
    assert_eq!(told(json!({ "variant_title": "Default Title" })).unwrap().title, "Coffee beans");
}

#[test]
fn states_are_known_in_both_versions_and_new_ones_tolerated() {
    for (state, status) in [
        ("cancelled", SubscriptionStatus::Cancelled),
        ("CANCELLED", SubscriptionStatus::Cancelled),
        ("expired", SubscriptionStatus::Expired),
        ("onhold", SubscriptionStatus::Other),
    ] {
        let one = told(json!({ "status": state })).unwrap();
        assert_eq!((one.status, one.next_charge_on, one.skippable), (status, None, false), "{state}");
    }
    let none = told(json!({ "next_charge_scheduled_at": null })).unwrap();
    assert_eq!((none.status, none.skippable), (SubscriptionStatus::Active, false));
}

#[test]
fn what_can_t_be_told_is_no_invention() {
    for strange in [
        json!({ "presentment_currency": null }),
        json!({ "price": "" }),
        json!({ "order_interval_unit": "fortnight" }),
        json!({ "order_interval_frequency": 0 }),
    ] {
        assert!(matches!(told(strange.clone()), Err(Error::Unexpected(_))), "{strange}");
    }
}

#[test]
fn a_pause_is_a_charge_moved_out_of_its_rhythm() {
    // Today is 21 November.
    let _runtime = FakeRuntime::new();
    let is_paused = |next: &str, skips: &[Charge]| record(json!({ "next_charge_scheduled_at": next })).is_paused(skips);
    assert!(!is_paused("2026-11-30", &[]));
    assert!(!is_paused("2026-12-20", &[]), "its day before was tomorrow at the latest");
    assert!(is_paused("2026-12-28", &[]));
    assert!(!is_paused("2026-12-28", &[skipped("2026-11-30")]), "the delivery before was skipped");
    assert!(is_paused("2027-01-25", &[skipped("2026-11-30")]), "and moved on from there");
    assert!(!is_paused("2027-01-25", &[skipped("2026-11-30"), skipped("2026-12-28")]));
    let other = Charge { line_items: vec![], ..skipped("2026-11-30") };
    assert!(is_paused("2026-12-28", &[other]), "another subscription was skipped");
    // Months differ.
    let monthly = record(json!({
        "order_interval_unit": "month", "order_interval_frequency": 1, "charge_interval_frequency": 1,
        "next_charge_scheduled_at": "2027-02-28",
    }));
    assert!(!monthly.is_paused(&[skipped("2027-01-31")]));
    assert!(!record(json!({ "status": "cancelled", "next_charge_scheduled_at": "2027-12-28" })).is_paused(&[]));
}

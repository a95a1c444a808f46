//! What objects look like: in version 2021-11, and in the older one that a request without a version gets.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::book::{self, Subscription, SubscriptionBook, SubscriptionCharge, SubscriptionState};
use crate::shop::{CURRENCY, Customer};

pub(super) fn subscription(book: &SubscriptionBook, s: &Subscription, current: bool) -> Value {
    let queued = book.charges().iter().any(|c| c.status == "queued" && c.items.contains(&s.id));
    if !current {
        return json!({
            "id": s.id,
            "customer_id": s.customer_id(),
            "address_id": s.address_id(),
            "status": state(s).to_uppercase(),
            "product_title": s.title,
            "variant_title": s.variant_title,
            "sku": s.sku,
            "quantity": s.quantity,
            "price": s.price.0 as f64 / 100.0,
            "order_interval_unit": s.unit,
            "order_interval_frequency": s.every.to_string(),
            "charge_interval_frequency": s.every.to_string(),
            "next_charge_scheduled_at": s.next.map(|day| format!("{day}T00:00:00")),
            "shopify_product_id": s.product_id,
            "shopify_variant_id": s.variant_id,
        });
    }
    json!({
        "id": s.id,
        "customer_id": s.customer_id(),
        "address_id": s.address_id(),
        "status": state(s),
        "product_title": s.title,
        "variant_title": s.variant_title,
        "sku": s.sku,
        "quantity": s.quantity,
        "price": s.price.to_string(),
        "presentment_currency": CURRENCY,
        "order_interval_unit": s.unit,
        "order_interval_frequency": s.every,
        "charge_interval_frequency": s.every,
        "next_charge_scheduled_at": s.next.map(|day| day.to_string()),
        "has_queued_charges": queued,
        "is_skippable": s.skippable && s.state == SubscriptionState::Active,
        "is_swappable": false,
        "is_prepaid": s.prepaid,
        "max_retries_reached": false,
        "cancelled_at": s.cancelled_at.map(time),
        "cancellation_reason": s.cancellation_reason,
        "cancellation_reason_comments": s.cancellation_comments,
        "expire_after_specific_number_of_charges": null,
        "external_product_id": { "ecommerce": s.product_id.to_string() },
        "external_variant_id": { "ecommerce": s.variant_id.to_string() },
        "properties": [],
        "created_at": time(s.created_at),
        "updated_at": time(s.updated_at),
    })
}

pub(super) fn charge(book: &SubscriptionBook, charge: &SubscriptionCharge) -> Value {
    let items: Vec<&Subscription> = charge.items.iter().filter_map(|id| book.subscription(*id)).collect();
    let total: i64 = items.iter().map(|s| s.price.0 * i64::from(s.quantity)).sum();
    let lines = items.iter().map(|s| {
        json!({
            "purchase_item_id": s.id,
            "purchase_item_type": "subscription",
            "title": s.title,
            "variant_title": s.variant_title,
            "quantity": s.quantity,
            "unit_price": s.price.to_string(),
        })
    });
    let first = items.first();
    json!({
        "id": charge.id,
        "address_id": first.map(|s| s.address_id()),
        "customer": { "id": first.map(|s| s.customer_id()) },
        "status": charge.status,
        "scheduled_at": charge.day.to_string(),
        "currency": CURRENCY,
        "total_price": crate::shop::Money(total).to_string(),
        "line_items": lines.collect::<Vec<_>>(),
        "updated_at": time(charge.updated_at),
    })
}

pub(super) fn customer(book: &SubscriptionBook, customer: &Customer) -> Value {
    let own = book.of(customer.id);
    json!({
        "id": own.first().map(|s| s.customer_id()),
        "email": customer.email,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "phone": customer.phone,
        "hash": book::hash(customer.id),
        "external_customer_id": { "ecommerce": customer.id.to_string() },
        "status": "active",
        "subscriptions_active_count": own.iter().filter(|s| s.state == SubscriptionState::Active).count(),
        "subscriptions_total_count": own.len(),
        "has_valid_payment_method": true,
        "has_payment_method_in_dunning": false,
        "created_at": time(customer.created_at),
        "updated_at": time(customer.updated_at),
    })
}

pub(super) fn state(s: &Subscription) -> &'static str {
    match s.state {
        SubscriptionState::Active => "active",
        SubscriptionState::Cancelled => "cancelled",
        SubscriptionState::Expired => "expired",
    }
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

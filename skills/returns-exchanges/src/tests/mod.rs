//! What the skill makes of messages and of what the tools say. A tool itself can't be called here.

mod answers;
mod news;
mod orders;
mod wishes;
mod wordings;

use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::Owner;
use usher_sdk::skill::tools::knowledge::Passage;
use usher_sdk::skill::tools::orders::{Line, Order, OrderStatus, Shipment, ShipmentStatus};
use usher_sdk::skill::tools::returns::{ItemEligibility, ReturnEligibility, ReturnRequest, ReturnStatus};

fn signed_in(text: &str) -> Turn {
    let mut turn = Turn::sample(text);
    turn.customer.assurance = Assurance::Authenticated;
    turn
}

fn pressed(value: &str) -> Turn {
    let mut turn = signed_in("");
    turn.input = Input::Choice(value.to_owned());
    turn
}

fn order(name: &str, status: OrderStatus) -> Order {
    Order {
        id: "1".to_owned(),
        owner: Owner { customer_id: None, email: None },
        name: name.to_owned(),
        placed_at: "2026-11-10T09:00:00Z".to_owned(),
        status,
        cancelled_at: None,
        total: euros(4900),
        refunded: None,
        lines: vec![],
        shipments: vec![],
        shipping_address: None,
        status_url: None,
        editable: status == OrderStatus::Unfulfilled,
        as_of: "2026-11-24T12:00:00Z".to_owned(),
    }
}

fn with_line(mut order: Order, title: &str, variant: Option<&str>) -> Order {
    order.lines.push(Line {
        title: title.to_owned(),
        variant_title: variant.map(str::to_owned),
        sku: None,
        product_id: None,
        quantity: 1,
        price: euros(4900),
    });
    order
}

fn with_parcel(mut order: Order, status: ShipmentStatus, delivered_at: Option<&str>) -> Order {
    order.shipments.push(Shipment {
        status,
        carrier: None,
        tracking_number: None,
        tracking_url: None,
        shipped_at: None,
        estimated_delivery: None,
        delivered_at: delivered_at.map(str::to_owned),
    });
    order
}

fn euros(amount_minor: i64) -> Money {
    Money { amount_minor, currency: "EUR".to_owned() }
}

fn eligibility(eligible: Option<bool>, items: Vec<ItemEligibility>) -> ReturnEligibility {
    ReturnEligibility { order_name: "#1001".to_owned(), eligible, items, deadline: None, advisory: true }
}

fn until(deadline: &str, known: ReturnEligibility) -> ReturnEligibility {
    ReturnEligibility { deadline: Some(deadline.to_owned()), ..known }
}

fn item(title: Option<&str>, eligible: bool, reason: Option<&str>) -> ItemEligibility {
    ItemEligibility { sku: None, title: title.map(str::to_owned), eligible, reason: reason.map(str::to_owned) }
}

fn request(order: &str, status: ReturnStatus) -> ReturnRequest {
    ReturnRequest {
        id: "r1".to_owned(),
        owner: Owner { customer_id: None, email: None },
        status,
        order_name: order.to_owned(),
        created_at: "2026-11-20T09:00:00Z".to_owned(),
        carrier: None,
        tracking_number: None,
        label_url: Some("https://returns.example/label.pdf".to_owned()),
        status_url: Some("https://returns.example/r1".to_owned()),
    }
}

fn passage(url: Option<&str>) -> Passage {
    Passage {
        id: "returns#1".to_owned(),
        title: "Returns".to_owned(),
        heading: None,
        text: "You can return items within 30 days.".to_owned(),
        url: url.map(str::to_owned),
        score: 1.0,
        confident: true,
    }
}

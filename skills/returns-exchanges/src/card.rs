//! The order card: it shows which order is spoken of, and keeps the conversation on it.

use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::orders::{Order, OrderStatus};

use crate::text;

pub(crate) fn of(order: &Order, language: Language) -> Card {
    let status = match order.status {
        OrderStatus::Unfulfilled => text::label_not_sent(language),
        OrderStatus::PartiallyFulfilled => text::label_partly_sent(language),
        OrderStatus::Fulfilled => text::label_sent(language),
        OrderStatus::Delivered => text::label_delivered(language),
        OrderStatus::Cancelled => text::label_cancelled(language),
        OrderStatus::Returned => text::label_returned(language),
    };
    let items = order.lines.iter().filter(|line| line.quantity > 0).map(|line| {
        let title = match &line.variant_title {
            Some(variant) => format!("{} ({variant})", line.title),
            None => line.title.clone(),
        };
        OrderItem { title, quantity: line.quantity }
    });
    Card::new(OrderCard {
        name: order.name.clone(),
        status,
        placed_at: order.placed_at.clone(),
        total: order.total.clone(),
        items: items.collect(),
        carrier: None,
        tracking_number: None,
        estimated_delivery: None,
    })
}

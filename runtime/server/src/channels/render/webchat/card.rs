//! Cards. Amounts are written out, and what their text fields hold is brought onto one line.

use super::Look;
use super::button::{ButtonView, Places};
use crate::channels::render::format;
use crate::channels::render::links::LinkPolicy;
use serde::Serialize;
use usher_agent::hygiene::clean_line;
use usher_host::skill::{Card, CardBody, Money};
use utoipa::ToSchema;

/// One thing of an order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OrderItemView {
    pub(crate) title: String,
    pub(crate) quantity: u32,
}

/// A card. Amounts are written out in the conversation's language; instants and days are RFC 3339 and
/// `YYYY-MM-DD`, for the browser to write in the visitor's own zone.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum CardView {
    /// An order.
    Order {
        /// What the customer calls it.
        name: String,
        /// In the customer's words and language.
        status: String,
        placed_at: String,
        /// Written out.
        total: String,
        items: Vec<OrderItemView>,
        #[serde(skip_serializing_if = "Option::is_none")]
        carrier: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        tracking_number: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        estimated_delivery: Option<String>,
        buttons: Vec<ButtonView>,
    },
    /// A coupon.
    Coupon {
        code: String,
        title: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        terms: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_at: Option<String>,
        buttons: Vec<ButtonView>,
    },
    /// A product.
    Product {
        id: String,
        title: String,
        /// Written out.
        price: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        image_url: Option<String>,
        in_stock: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        summary: Option<String>,
        buttons: Vec<ButtonView>,
    },
    /// A loyalty account.
    Loyalty {
        program: String,
        points: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        tier: Option<String>,
        rewards: Vec<String>,
        buttons: Vec<ButtonView>,
    },
    /// A subscription.
    Subscription {
        title: String,
        status: String,
        interval: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_charge_on: Option<String>,
        /// Written out.
        price: String,
        buttons: Vec<ButtonView>,
    },
}

impl Look<'_> {
    pub(super) fn card(&self, card: &Card, links: &LinkPolicy<'_>, places: &mut Places) -> CardView {
        let buttons = self.buttons(&card.buttons, links, places);
        let money = |money: &Money| format::money(money.amount_minor, &money.currency, self.locale);
        let line = |text: &str| clean_line(text);
        let maybe = |text: &Option<String>| text.as_deref().map(clean_line).filter(|text| !text.is_empty());
        match &card.body {
            CardBody::Order(order) => CardView::Order {
                name: line(&order.name),
                status: line(&order.status),
                placed_at: line(&order.placed_at),
                total: money(&order.total),
                items: order
                    .items
                    .iter()
                    .map(|item| OrderItemView { title: line(&item.title), quantity: item.quantity })
                    .collect(),
                carrier: maybe(&order.carrier),
                tracking_number: maybe(&order.tracking_number),
                estimated_delivery: maybe(&order.estimated_delivery),
                buttons,
            },
            CardBody::Coupon(coupon) => CardView::Coupon {
                code: line(&coupon.code),
                title: line(&coupon.title),
                terms: maybe(&coupon.terms),
                expires_at: maybe(&coupon.expires_at),
                buttons,
            },
            CardBody::Product(product) => CardView::Product {
                id: line(&product.id),
                title: line(&product.title),
                price: money(&product.price),
                image_url: product.image_url.as_deref().and_then(|url| links.admit(url)),
                in_stock: product.in_stock,
                summary: maybe(&product.summary),
                buttons,
            },
            CardBody::Loyalty(loyalty) => CardView::Loyalty {
                program: line(&loyalty.program),
                points: loyalty.points,
                tier: maybe(&loyalty.tier),
                rewards: loyalty.rewards.iter().map(|reward| line(reward)).collect(),
                buttons,
            },
            CardBody::Subscription(subscription) => CardView::Subscription {
                title: line(&subscription.title),
                status: line(&subscription.status),
                interval: line(&subscription.interval),
                next_charge_on: maybe(&subscription.next_charge_on),
                price: money(&subscription.price),
                buttons,
            },
        }
    }
}

//! Discount codes in every state that a customer may ask about.

use jiff::Timestamp;

use super::{
    Audience, Customer, Discount, DiscountKind, Money, Segment, Shop, people::DaysAsHours, people::FIRST_CUSTOMER,
};
use crate::dice::Dice;

pub(super) fn discounts(now: Timestamp, dice: &mut Dice) -> Vec<Discount> {
    let ago = |days: i64| now - days.days_as_hours();
    let ahead = |days: i64| now + days.days_as_hours();
    let code = |id: u64, kind, code: &str, title: &str, summary: &str| Discount {
        id,
        kind,
        title: title.to_owned(),
        summary: summary.to_owned(),
        codes: vec![code.to_owned()],
        starts_at: ago(200),
        ends_at: None,
        usage_limit: None,
        used: 0,
        once_per_customer: false,
        minimum: None,
        audience: Audience::Everyone,
    };
    use DiscountKind::{App, Basic, BuyXGetY, FreeShipping};
    vec![
        Discount {
            once_per_customer: true,
            used: 412,
            minimum: Some(Money(3000)),
            ..code(
                8001,
                Basic,
                "WELCOME10",
                "Welcome",
                "10% off one-time purchase products • Minimum purchase of €30.00 • One use per customer",
            )
        },
        Discount {
            ends_at: Some(ahead(20)),
            minimum: Some(Money(5000)),
            ..code(
                8002,
                FreeShipping,
                "FREESHIP",
                "Free shipping",
                "Free shipping on all products • Minimum purchase of €50.00",
            )
        },
        code(8003, BuyXGetY, "BEANS3FOR2", "Three bags, pay two", "Buy 2 items, get 1 item free"),
        Discount {
            ends_at: Some(ago(40)),
            used: 96,
            ..code(8004, Basic, "SUMMER25", "Summer", "25% off one-time purchase products")
        },
        Discount {
            usage_limit: Some(100),
            used: 100,
            ..code(
                8005,
                Basic,
                "FIRST100",
                "First hundred",
                "€10.00 off one-time purchase products • Limit of 100 uses",
            )
        },
        Discount {
            starts_at: ahead(9),
            ends_at: Some(ahead(16)),
            ..code(8006, Basic, "WINTER15", "Winter", "15% off one-time purchase products")
        },
        Discount {
            ends_at: Some(ahead(30)),
            audience: Audience::Customers(vec![FIRST_CUSTOMER]),
            usage_limit: Some(1),
            ..code(
                8007,
                Basic,
                "SORRY-ANA",
                "For a late parcel",
                "€15.00 off one-time purchase products • For one customer",
            )
        },
        Discount {
            audience: Audience::Segment(Segment::Regulars),
            ..code(
                8008,
                Basic,
                "REGULAR20",
                "Regulars",
                "20% off one-time purchase products • For a segment of customers",
            )
        },
        code(8009, App, "BUNDLE5", "Bundles", ""),
        Discount {
            codes: (0..500).map(|_| format!("ONE-{}", &dice.token()[..8].to_uppercase())).collect(),
            usage_limit: Some(1),
            ..code(8010, Basic, "", "Single-use codes", "€5.00 off one-time purchase products • One use in total")
        },
        Discount {
            ends_at: Some(ahead(60)),
            audience: Audience::Segment(Segment::Newcomers),
            ..code(
                8011,
                Basic,
                "HELLO12",
                "A first order",
                "12% off one-time purchase products • For a segment of customers",
            )
        },
    ]
}

impl Segment {
    /// All that the shop has.
    pub const ALL: [Segment; 2] = [Segment::Regulars, Segment::Newcomers];

    pub fn id(self) -> u64 {
        match self {
            Segment::Regulars => 601,
            Segment::Newcomers => 602,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Segment::Regulars => "Regulars",
            Segment::Newcomers => "Newcomers",
        }
    }
}

impl Shop {
    /// Whether a customer is in a segment now.
    pub fn is_in(&self, customer: &Customer, segment: Segment) -> bool {
        let orders = self.orders.iter().filter(|order| order.customer_id == Some(customer.id)).count();
        match segment {
            Segment::Regulars => orders >= 3,
            Segment::Newcomers => orders == 0,
        }
    }
}

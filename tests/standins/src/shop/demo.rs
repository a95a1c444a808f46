//! Customers whose situation is fixed, so that a demo and the tests can count on it.

use super::{Shop, history::Situation, people::FIRST_CUSTOMER};

/// What a demo customer's orders look like. Each holds from the start until something changes the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DemoSituation {
    /// One order, in transit.
    InTransit,
    /// Three orders: delivered, in transit, and one not sent yet (newest).
    ThreeOrders,
    /// One order, delivered six days ago: inside the return window.
    DeliveredRecently,
    /// One order of today, not sent: can be cancelled or readdressed.
    Unfulfilled,
    /// No order at all.
    NoOrders,
    /// One order, out for delivery; the customer's name isn't ASCII.
    OutForDelivery,
    /// One order of three lines: two have gone in two parcels, one delivered and one in transit, and the third waits.
    TwoParcels,
    /// One order that the carrier tried to deliver in vain.
    Attempted,
    /// One order, cancelled and refunded.
    Cancelled,
    /// One delivered order with an open return that has a label.
    ReturnOpen,
    /// One order of digital goods, without a shipping address.
    Digital,
    /// One order, delivered 45 days ago: outside the return window.
    DeliveredLongAgo,
}

pub(super) struct Person {
    pub(super) first_name: &'static str,
    pub(super) last_name: &'static str,
    pub(super) email: &'static str,
    situation: DemoSituation,
    in_words: &'static str,
    /// Situation and age of each order in hours.
    pub(super) orders: &'static [(Situation, i64)],
}

macro_rules! person {
    ($first:literal, $last:literal, $email:literal, $situation:ident, $words:literal, [$($order:expr),*]) => {
        Person {
            first_name: $first,
            last_name: $last,
            email: $email,
            situation: DemoSituation::$situation,
            in_words: $words,
            orders: &[$($order),*],
        }
    };
}

use Situation as S;

pub(super) const PEOPLE: [Person; 12] = [
    person!("Ana", "B.", "ana@example.net", InTransit, "one order, in transit", [(S::InTransit, 70)]),
    person!(
        "Ben",
        "K.",
        "ben@example.net",
        ThreeOrders,
        "three orders: delivered, in transit, not sent yet",
        [(S::Delivered, 500), (S::InTransit, 80), (S::Unfulfilled, 5)]
    ),
    person!(
        "Carla",
        "S.",
        "carla@example.com",
        DeliveredRecently,
        "delivered six days ago, can be returned",
        [(S::DeliveredDaysAgo(6), 220)]
    ),
    person!("David", "W.", "david@example.net", Unfulfilled, "ordered today, not sent yet", [(S::Unfulfilled, 3)]),
    person!("Emma", "L.", "emma@example.com", NoOrders, "no orders", []),
    person!("Zoë", "Ł.", "zoe@example.net", OutForDelivery, "out for delivery today", [(S::OutForDelivery, 76)]),
    person!(
        "Farid",
        "T.",
        "farid@example.net",
        TwoParcels,
        "two parcels sent, one item still to come",
        [(S::TwoParcels, 100)]
    ),
    person!("Grace", "O.", "grace@example.com", Attempted, "the carrier came in vain", [(S::Attempted, 110)]),
    person!("Hugo", "M.", "hugo@example.net", Cancelled, "cancelled and refunded", [(S::Cancelled, 180)]),
    person!("Ines", "R.", "ines@example.com", ReturnOpen, "a return under way", [(S::ReturnOpen, 400)]),
    person!("Jonas", "F.", "jonas@example.net", Digital, "a gift card by e-mail", [(S::Digital, 30)]),
    person!(
        "Kira",
        "D.",
        "kira@example.com",
        DeliveredLongAgo,
        "delivered 45 days ago, too late to return",
        [(S::DeliveredDaysAgo(45), 1170)]
    ),
];

/// A demo customer, as a list of "sign in as" shows one.
#[derive(Clone, Debug)]
pub struct DemoCustomer {
    pub id: u64,
    pub first_name: String,
    pub email: String,
    pub situation: DemoSituation,
    /// The situation in a few words.
    pub in_words: &'static str,
}

impl Shop {
    /// The demo's customers, in the order of their ids (from 7001).
    pub fn demo_customers(&self) -> Vec<DemoCustomer> {
        PEOPLE
            .iter()
            .zip(FIRST_CUSTOMER..)
            .map(|(person, id)| DemoCustomer {
                id,
                first_name: person.first_name.to_owned(),
                email: person.email.to_owned(),
                situation: person.situation,
                in_words: person.in_words,
            })
            .collect()
    }

    /// The one demo customer in this situation.
    pub fn demo_customer(&self, situation: DemoSituation) -> Option<DemoCustomer> {
        self.demo_customers().into_iter().find(|c| c.situation == situation)
    }
}

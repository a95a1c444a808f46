//! Subscriptions and their charges: what there is at the start, and looking at it.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::{
    Clock, DemoSituation,
    shop::{Kind, Money, Product, Shop, Variant},
};

/// Ids of the provider's own count up from here, each kind in its range.
const FIRST_SUBSCRIPTION: u64 = 70_011;
const FIRST_CHARGE: u64 = 500_001;
const CUSTOMERS: u64 = 800_000;
const ADDRESSES: u64 = 900_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscriptionState {
    Active,
    Cancelled,
    Expired,
}

#[derive(Clone, Debug)]
pub struct Subscription {
    pub id: u64,
    /// The shop's id of its customer.
    pub shop_customer: u64,
    pub product_id: u64,
    pub variant_id: u64,
    pub title: String,
    pub variant_title: Option<String>,
    pub sku: String,
    pub quantity: u32,
    /// Of one item.
    pub price: Money,
    /// `week` or `month`.
    pub unit: &'static str,
    pub every: u32,
    pub state: SubscriptionState,
    /// The day of the next charge.
    pub next: Option<Date>,
    pub skippable: bool,
    pub prepaid: bool,
    pub cancelled_at: Option<Timestamp>,
    pub cancellation_reason: Option<String>,
    pub cancellation_comments: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Subscription {
    /// The provider's id of its customer.
    pub fn customer_id(&self) -> u64 {
        CUSTOMERS + self.shop_customer
    }

    /// Each customer has one address.
    pub fn address_id(&self) -> u64 {
        ADDRESSES + self.shop_customer
    }

    /// So many intervals after a day.
    pub(super) fn after(&self, day: Date, intervals: i64) -> Date {
        let count = i64::from(self.every) * intervals;
        let span = if self.unit == "month" { count.months() } else { count.weeks() };
        day.checked_add(span).unwrap_or(day)
    }
}

/// What is paid and sent on one day to one address, for one subscription or several.
#[derive(Clone, Debug, PartialEq)]
pub struct SubscriptionCharge {
    pub id: u64,
    pub shop_customer: u64,
    pub day: Date,
    /// `queued` or `skipped`.
    pub status: &'static str,
    /// Ids of subscriptions.
    pub items: Vec<u64>,
    pub updated_at: Timestamp,
}

/// Something that changed a subscription: what the provider would mail its customer about.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The delivery of this day.
    Skipped(u64, Date),
    Moved(u64, Date),
    Cancelled(u64),
    Activated(u64),
}

/// All that the provider keeps.
#[derive(Clone, Debug)]
pub struct SubscriptionBook {
    pub(super) clock: Clock,
    pub(super) subscriptions: Vec<Subscription>,
    pub(super) charges: Vec<SubscriptionCharge>,
    pub(super) next_charge: u64,
    pub(super) events: Vec<Event>,
}

/// Whose, which goods, how many, the rhythm, and days until the next charge; none where it runs no more.
type Held = (DemoSituation, Kind, u32, (&'static str, u32), Option<i64>);

/// What the demo's customers have.
#[rustfmt::skip]
const DEMO: [Held; 8] = [
    (DemoSituation::InTransit, Kind::Beans, 1, ("week", 4), Some(12)),
    // Two at once, in one charge.
    (DemoSituation::ThreeOrders, Kind::Beans, 2, ("week", 2), Some(5)),
    (DemoSituation::ThreeOrders, Kind::Bulb, 1, ("month", 3), Some(5)),
    // Due soon.
    (DemoSituation::DeliveredRecently, Kind::Beans, 1, ("month", 1), Some(2)),
    // Paid in advance: no delivery can be skipped.
    (DemoSituation::Unfulfilled, Kind::Beans, 1, ("month", 1), Some(9)),
    (DemoSituation::Cancelled, Kind::Beans, 1, ("week", 4), None),
    // Moved out far beyond its rhythm, which is how a pause looks at Recharge.
    (DemoSituation::DeliveredLongAgo, Kind::Beans, 1, ("month", 1), Some(80)),
    // Expired: it was for a number of charges.
    (DemoSituation::Digital, Kind::Beans, 1, ("month", 1), None),
];

impl SubscriptionBook {
    pub(super) fn generate(shop: &Shop, clock: Clock) -> Self {
        let now = shop.now();
        let mut book = Self {
            clock,
            subscriptions: Vec::new(),
            charges: Vec::new(),
            next_charge: FIRST_CHARGE,
            events: Vec::new(),
        };
        for ((situation, kind, quantity, (unit, every), due), id) in DEMO.into_iter().zip(FIRST_SUBSCRIPTION..) {
            let goods = goods(shop, kind);
            let Some((customer, (product, variant))) = shop.demo_customer(situation).zip(goods) else { continue };
            let state = match (due, situation) {
                (Some(_), _) => SubscriptionState::Active,
                (None, DemoSituation::Digital) => SubscriptionState::Expired,
                (None, _) => SubscriptionState::Cancelled,
            };
            let cancelled = state == SubscriptionState::Cancelled;
            let prepaid = situation == DemoSituation::Unfulfilled;
            let next = due.and_then(|days| day(now).checked_add(days.days()).ok());
            book.subscriptions.push(Subscription {
                id,
                shop_customer: customer.id,
                product_id: product.id,
                variant_id: variant.id,
                title: product.title.clone(),
                variant_title: (variant.title != "Default Title").then(|| variant.title.clone()),
                sku: variant.sku.clone(),
                quantity,
                price: variant.price,
                unit,
                every,
                state,
                next,
                skippable: !prepaid,
                prepaid,
                cancelled_at: cancelled.then(|| now - 240.hours()),
                cancellation_reason: cancelled.then(|| "Too much of it".to_owned()),
                cancellation_comments: None,
                created_at: now - 2400.hours(),
                updated_at: now - 240.hours(),
            });
            book.queue(customer.id);
        }
        book
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Today, as the provider counts days.
    pub fn today(&self) -> Date {
        day(self.now())
    }

    pub fn subscriptions(&self) -> &[Subscription] {
        &self.subscriptions
    }

    pub fn subscription(&self, id: u64) -> Option<&Subscription> {
        self.subscriptions.iter().find(|s| s.id == id)
    }

    /// Those of a customer of the shop.
    pub fn of(&self, shop_customer: u64) -> Vec<&Subscription> {
        self.subscriptions.iter().filter(|s| s.shop_customer == shop_customer).collect()
    }

    pub fn charges(&self) -> &[SubscriptionCharge] {
        &self.charges
    }

    /// What changed since the start, oldest first.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Changes a subscription in any way, and its queue with it.
    pub fn edit(&mut self, id: u64, edit: impl FnOnce(&mut Subscription)) {
        let Some(subscription) = self.subscriptions.iter_mut().find(|s| s.id == id) else { return };
        edit(subscription);
        let customer = subscription.shop_customer;
        self.queue(customer);
    }
}

/// What part of a customer's portal link is theirs alone.
pub(super) fn hash(shop_customer: u64) -> String {
    let mut dice = crate::dice::Dice::new(shop_customer.wrapping_mul(31));
    dice.token()[..24].to_owned()
}

pub(super) fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// The first of its kind that is on sale.
fn goods(shop: &Shop, kind: Kind) -> Option<(&Product, &Variant)> {
    let product = shop.products().iter().find(|p| p.kind == kind && p.visible())?;
    Some((product, product.variants.first()?))
}

//! A subscription and a charge on Recharge's wire, and a subscription in the contract.

use serde::Deserialize;
use usher_sdk::connector::{Error, Money};

use crate::api::text;
use crate::bindings::exports::usher::tools::subscriptions::{Interval, IntervalUnit, Subscription, SubscriptionStatus};
use crate::customer::Subscriber;
use crate::day::{Day, Unit};

/// How far a skipped delivery may lie from where the rhythm has it: months differ by so many days.
const SLACK: i64 = 3;

/// Read leniently: unknown fields and states are tolerated, ids and frequencies may be numbers or texts.
#[derive(Debug, Default, Clone, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Record {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    #[serde(deserialize_with = "text")]
    pub(crate) customer_id: String,
    #[serde(deserialize_with = "text")]
    pub(crate) address_id: String,
    status: String,
    product_title: String,
    variant_title: Option<String>,
    quantity: u32,
    #[serde(deserialize_with = "text")]
    price: String,
    presentment_currency: Option<String>,
    order_interval_unit: String,
    #[serde(deserialize_with = "text")]
    order_interval_frequency: String,
    #[serde(deserialize_with = "text")]
    charge_interval_frequency: String,
    next_charge_scheduled_at: Option<String>,
    is_skippable: Option<bool>,
}

/// What is paid and sent on one day. Its id is used at once and never kept: whatever moves a subscription to the day of
/// another makes a new charge of both.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Charge {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    pub(crate) status: String,
    scheduled_at: Option<String>,
    line_items: Vec<Line>,
    pub(crate) updated_at: Option<String>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Line {
    #[serde(deserialize_with = "text")]
    purchase_item_id: String,
}

impl Charge {
    pub(crate) fn day(&self) -> Option<Day> {
        self.scheduled_at.as_deref().and_then(Day::parse)
    }

    /// Whether it is for this subscription, among others perhaps.
    pub(crate) fn has(&self, subscription: &str) -> bool {
        self.line_items.iter().any(|line| line.purchase_item_id == subscription)
    }

    pub(crate) fn is(&self, status: &str) -> bool {
        self.status.eq_ignore_ascii_case(status)
    }
}

impl Record {
    /// As Recharge says it, which the older version does in capitals.
    fn is(&self, status: &str) -> bool {
        self.status.eq_ignore_ascii_case(status)
    }

    pub(crate) fn is_active(&self) -> bool {
        self.is("active")
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.is("cancelled")
    }

    /// False only where Recharge says so: where it says nothing, it decides when it is asked to skip.
    pub(crate) fn is_skippable(&self) -> bool {
        self.is_skippable != Some(false)
    }

    /// The day of the next charge.
    pub(crate) fn next(&self) -> Option<Day> {
        self.next_charge_scheduled_at.as_deref().and_then(Day::parse)
    }

    /// Where a delivery must have been skipped for the next charge to be in its rhythm. None where it may be without
    /// that: one interval before it lies no day that is still to come.
    pub(crate) fn gap(&self) -> Option<Day> {
        let unit = unit(&self.order_interval_unit)?;
        let count = count(&self.charge_interval_frequency).or_else(|| count(&self.order_interval_frequency))?;
        let before = self.next().filter(|_| self.is_active())?.before(unit, count.into());
        // The shop's today may be our tomorrow.
        (before > Day::today().plus_days(1)).then_some(before)
    }

    /// Whether the next charge was moved out of its rhythm, which is what a pause is here. `skipped` are the customer's
    /// skipped charges from today on.
    pub(crate) fn is_paused(&self, skipped: &[Charge]) -> bool {
        let near = |charge: &Charge, gap| charge.day().is_some_and(|day| day.distance(gap) <= SLACK);
        self.gap().is_some_and(|gap| !skipped.iter().any(|charge| charge.has(&self.id) && near(charge, gap)))
    }

    /// # Errors
    /// [`Error::Unexpected`] for an amount or a rhythm that can't be told: leaving the subscription out would say that
    /// there is none.
    pub(crate) fn told(&self, owner: &Subscriber, skipped: &[Charge]) -> Result<Subscription, Error> {
        let strange = |what: &str| Error::Unexpected(format!("a subscription with {what} that isn't documented"));
        let unit = match unit(&self.order_interval_unit) {
            Some(Unit::Day) => IntervalUnit::Day,
            Some(Unit::Week) => IntervalUnit::Week,
            Some(Unit::Month) => IntervalUnit::Month,
            Some(Unit::Year) => IntervalUnit::Year,
            None => return Err(strange("an interval")),
        };
        let count = count(&self.order_interval_frequency).ok_or_else(|| strange("an interval"))?;
        let currency = self.presentment_currency.as_deref().ok_or_else(|| strange("a currency"))?;
        let status = match self.status.to_ascii_lowercase().as_str() {
            "active" if self.is_paused(skipped) => SubscriptionStatus::Paused,
            "active" => SubscriptionStatus::Active,
            "cancelled" => SubscriptionStatus::Cancelled,
            "expired" => SubscriptionStatus::Expired,
            _ => SubscriptionStatus::Other,
        };
        Ok(Subscription {
            id: self.id.clone(),
            owner: owner.owner(),
            title: self.title(),
            status,
            interval: Interval { unit, count },
            quantity: self.quantity.max(1),
            next_charge_on: self.next().filter(|_| self.is_active()).map(|day| day.to_string()),
            price: Money::parse(&self.price, currency)?,
            skippable: self.is_active() && self.next().is_some() && self.is_skippable(),
        })
    }

    /// "Coffee beans (1 kg)".
    fn title(&self) -> String {
        let variant = self.variant_title.as_deref().map(str::trim);
        match variant.filter(|variant| !variant.is_empty() && *variant != "Default Title") {
            Some(variant) => format!("{} ({variant})", self.product_title.trim()),
            None => self.product_title.trim().to_owned(),
        }
    }
}

fn unit(text: &str) -> Option<Unit> {
    match text.to_ascii_lowercase().as_str() {
        "day" => Some(Unit::Day),
        "week" => Some(Unit::Week),
        "month" => Some(Unit::Month),
        "year" => Some(Unit::Year),
        _ => None,
    }
}

fn count(text: &str) -> Option<u32> {
    text.parse().ok().filter(|count| (1..=1000).contains(count))
}

#[cfg(test)]
mod tests;

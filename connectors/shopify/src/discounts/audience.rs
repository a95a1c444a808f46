//! Who may use a discount, and whether this customer is among them.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};
use usher_sdk::connector::Error;
use usher_sdk::connector::caller::Customer;

use crate::admin::Admin;
use crate::bindings::exports::usher::tools::customers::CustomerKey;
use crate::order_record::Reference;
use crate::{gid, people};

const MEMBERSHIPS: &str = include_str!("../../graphql/memberships.graphql");

/// Shopify takes lists of 250 entries at most.
const SEGMENTS: usize = 250;

/// `DiscountContext`.
#[derive(Debug, Deserialize)]
pub(super) struct Context {
    #[serde(rename = "__typename")]
    kind: String,
    #[serde(default)]
    customers: Vec<Reference>,
    #[serde(default)]
    segments: Vec<Reference>,
}

/// Whom a discount is for.
#[derive(Debug, PartialEq)]
pub(super) enum Audience {
    Everybody,
    /// Shopify's numbers of customers.
    Customers(Vec<String>),
    /// Global ids of segments, whose members Shopify works out.
    Segments(Vec<String>),
    /// Something newer: only the checkout knows.
    Unknown,
}

/// What of audiences this customer is in.
#[derive(Debug)]
pub(super) struct Reach {
    number: Option<String>,
    segments: BTreeSet<String>,
}

impl Context {
    /// That of any kind of discount; none where it has none.
    pub(super) fn of(discount: &Value) -> Option<Self> {
        serde_json::from_value(discount.get("context")?.clone()).ok()
    }

    pub(super) fn audience(&self) -> Audience {
        match self.kind.as_str() {
            "DiscountBuyerSelectionAll" => Audience::Everybody,
            "DiscountCustomers" => Audience::Customers(self.customers.iter().map(|c| gid::shown(&c.id)).collect()),
            "DiscountCustomerSegments" => Audience::Segments(self.segments.iter().map(|s| s.id.clone()).collect()),
            _ => Audience::Unknown,
        }
    }
}

impl Audience {
    pub(super) fn is_some_customers(&self) -> bool {
        matches!(self, Audience::Customers(_) | Audience::Segments(_))
    }
}

impl Reach {
    /// Asks Shopify for what isn't known of the customer: their number, where the shop's id isn't one, and which of the
    /// segments they are in. Where the app may not ask for segments, they are in none that could be told.
    ///
    /// # Errors
    /// What the questions meet.
    pub(super) fn of(admin: &Admin, customer: &Customer, audiences: &[&Audience]) -> Result<Self, Error> {
        let nobody = Reach { number: None, segments: BTreeSet::new() };
        if !audiences.iter().any(|audience| audience.is_some_customers()) {
            return Ok(nobody);
        }
        let Some(number) = number(admin, customer)? else { return Ok(nobody) };
        let asked: BTreeSet<&String> = audiences
            .iter()
            .filter_map(|audience| match audience {
                Audience::Segments(segments) => Some(segments),
                _ => None,
            })
            .flatten()
            .collect();
        let segments = if asked.is_empty() { BTreeSet::new() } else { memberships(admin, &number, &asked)? };
        Ok(Reach { number: Some(number), segments })
    }

    pub(super) fn includes(&self, audience: &Audience) -> bool {
        match audience {
            Audience::Everybody => true,
            Audience::Customers(numbers) => self.number.as_ref().is_some_and(|own| numbers.contains(own)),
            Audience::Segments(segments) => segments.iter().any(|segment| self.segments.contains(segment)),
            Audience::Unknown => false,
        }
    }
}

fn number(admin: &Admin, customer: &Customer) -> Result<Option<String>, Error> {
    if let Some(number) = customer.id.as_deref().and_then(gid::number) {
        return Ok(Some(number.to_owned()));
    }
    let Some(email) = customer.email.as_deref().filter(|email| !email.trim().is_empty()) else { return Ok(None) };
    match people::find(admin, &CustomerKey::Email(email.to_owned())) {
        Ok(profile) => Ok(profile.id.as_deref().and_then(gid::number).map(str::to_owned)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    customer_segment_membership: Memberships,
}

#[derive(Debug, Deserialize)]
struct Memberships {
    memberships: Vec<Membership>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Membership {
    segment_id: String,
    is_member: bool,
}

fn memberships(admin: &Admin, number: &str, asked: &BTreeSet<&String>) -> Result<BTreeSet<String>, Error> {
    let segments: Vec<&&String> = asked.iter().take(SEGMENTS).collect();
    let variables = json!({ "customer": gid::from_number("Customer", number), "segments": segments });
    let Some(answer) = admin.read_if_allowed::<Answer>(MEMBERSHIPS, variables)? else { return Ok(BTreeSet::new()) };
    let memberships = answer.customer_segment_membership.memberships;
    Ok(memberships.into_iter().filter(|found| found.is_member).map(|found| found.segment_id).collect())
}

//! Rewards that were issued to a customer.

use serde::Deserialize;
use usher_sdk::connector::{Error, Timestamp};

use crate::api::{Api, or_nothing};
use crate::bindings::exports::usher::tools::loyalty::IssuedReward;
use crate::id::Id;

/// A reward fulfillment as Smile answers it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Fulfillment {
    pub(crate) id: Id,
    /// Documented as a number, and seen as a text.
    #[serde(default)]
    customer_id: Option<Id>,
    #[serde(default, deserialize_with = "or_nothing")]
    pub(crate) name: String,
    #[serde(default)]
    code: Option<String>,
    #[serde(default, deserialize_with = "or_nothing")]
    fulfillment_status: String,
    #[serde(default, deserialize_with = "or_nothing")]
    usage_status: String,
    #[serde(default)]
    expires_at: Option<String>,
    #[serde(default)]
    created_at: Option<String>,
}

/// Those that the customer can still use.
///
/// # Errors
/// Smile's.
pub(crate) fn unused(api: &Api, customer: &Id) -> Result<Vec<IssuedReward>, Error> {
    let found = list(api, customer, &[("fulfillment_status", "issued"), ("usage_status", "unused")])?;
    let now = Timestamp::now();
    let usable = |one: &Fulfillment| {
        one.fulfillment_status == "issued" && one.usage_status != "used" && one.expires().is_none_or(|at| at > now)
    };
    Ok(found.into_iter().filter(usable).map(Fulfillment::issued).collect())
}

/// All that were made or changed since then, in whatever state.
///
/// # Errors
/// Smile's.
pub(crate) fn since(api: &Api, customer: &Id, since: Timestamp) -> Result<Vec<Fulfillment>, Error> {
    list(api, customer, &[("updated_at_min", &since.to_string())])
}

fn list(api: &Api, customer: &Id, query: &[(&str, &str)]) -> Result<Vec<Fulfillment>, Error> {
    let id = customer.to_string();
    let query: Vec<(&str, &str)> = std::iter::once(("customer_id", id.as_str())).chain(query.iter().copied()).collect();
    let found: Vec<Fulfillment> = api.list("/reward_fulfillments", "reward_fulfillments", &query)?;
    // A filter is never taken on trust: a code is money.
    Ok(found.into_iter().filter(|one| one.customer_id.as_ref() == Some(customer)).collect())
}

impl Fulfillment {
    pub(crate) fn created(&self) -> Option<Timestamp> {
        Timestamp::parse(self.created_at.as_deref()?)
    }

    /// Whether it came to nothing. A pending one will be issued.
    pub(crate) fn failed(&self) -> bool {
        matches!(self.fulfillment_status.as_str(), "failed" | "cancelled")
    }

    fn expires(&self) -> Option<Timestamp> {
        Timestamp::parse(self.expires_at.as_deref()?)
    }

    /// As the customer gets it; the code of one that is pending comes later.
    pub(crate) fn issued(self) -> IssuedReward {
        let code = self.code.map(|code| code.trim().to_owned()).filter(|code| !code.is_empty());
        IssuedReward { title: self.name, code, expires_at: self.expires_at }
    }
}

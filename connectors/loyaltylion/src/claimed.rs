//! Rewards that a customer claimed. Only the Headless API tells them, the newest twenty.

use serde::Deserialize;
use usher_sdk::connector::{Error, Timestamp};

use crate::api::{Api, or_nothing};
use crate::bindings::exports::usher::tools::loyalty::IssuedReward;
use crate::id::{Id, MerchantId};
use crate::member::Member;

#[derive(Debug, Deserialize)]
struct Answer {
    customer: Customer,
}

#[derive(Debug, Deserialize)]
struct Customer {
    #[serde(default)]
    merchant_id: MerchantId,
    claimed_rewards: Vec<Claimed>,
}

/// A claimed reward as the Headless API answers it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Claimed {
    pub(crate) id: Id,
    reward_id: Id,
    #[serde(default)]
    claimed_at: Option<String>,
    #[serde(default, deserialize_with = "or_nothing")]
    title: String,
    #[serde(default, deserialize_with = "or_nothing")]
    state: String,
    #[serde(default, deserialize_with = "or_nothing")]
    source: Source,
    #[serde(default)]
    redeemable: Option<Redeemable>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Source {
    kind: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Redeemable {
    #[serde(deserialize_with = "or_nothing")]
    usage_status: String,
    code: Option<String>,
    expires_at: Option<String>,
}

/// Newest first.
///
/// # Errors
/// LoyaltyLion's; [`Error::NotFound`] for somebody else's.
pub(crate) fn of(api: &Api, member: &Member) -> Result<Vec<Claimed>, Error> {
    let merchant_id = member.path().ok_or(Error::NotFound)?;
    let Answer { customer } = api.headless(&format!("/customers/{merchant_id}"))?;
    // What was asked for is never taken on trust: a code is money.
    if customer.merchant_id.path() != Some(merchant_id) {
        return Err(Error::NotFound);
    }
    Ok(customer.claimed_rewards)
}

impl Claimed {
    /// Whether the customer spent points on this reward. One that was declined or given back isn't bought.
    pub(crate) fn bought(&self, reward: &Id) -> bool {
        let by_points = self.source.kind.as_deref().is_none_or(|kind| kind == "points_redemption");
        self.reward_id == *reward && by_points && !matches!(self.state.as_str(), "declined" | "void")
    }

    /// Whether it was claimed since then. One without a readable time counts: it can't be left out for certain.
    pub(crate) fn is_since(&self, since: Timestamp) -> bool {
        self.claimed_at.as_deref().and_then(Timestamp::parse).is_none_or(|at| at >= since)
    }

    /// Whether the customer can still use it.
    pub(crate) fn is_usable(&self, now: Timestamp) -> bool {
        let Some(redeemable) = &self.redeemable else { return false };
        let expires = redeemable.expires_at.as_deref().and_then(Timestamp::parse);
        self.state == "approved" && redeemable.usage_status != "used" && expires.is_none_or(|at| at > now)
    }

    pub(crate) fn issued(self) -> IssuedReward {
        let redeemable = self.redeemable.unwrap_or_default();
        let code = redeemable.code.map(|code| code.trim().to_owned()).filter(|code| !code.is_empty());
        IssuedReward { title: self.title, code, expires_at: redeemable.expires_at }
    }
}

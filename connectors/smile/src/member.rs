//! Who the signed-in customer is at Smile.

use serde::Deserialize;
use usher_sdk::connector::caller::Customer;
use usher_sdk::connector::{Error, Owner};

use crate::api::{Api, or_nothing};
use crate::id::Id;

/// A customer as Smile answers it.
#[derive(Debug, Deserialize)]
pub(crate) struct Member {
    pub(crate) id: Id,
    #[serde(default)]
    email: Option<String>,
    #[serde(default, deserialize_with = "or_nothing")]
    state: String,
    #[serde(default)]
    points_balance: Option<i64>,
    #[serde(default)]
    vip_status: Option<VipStatus>,
    #[serde(default)]
    referral_url: Option<String>,
}

#[derive(Debug, Deserialize)]
struct VipStatus {
    #[serde(default)]
    vip_tier_id: Option<Id>,
}

/// The customer's account, if they joined the programme. Those who only bought something are candidates at Smile, and
/// members can be shut out: neither is enrolled, and so is nobody in a state that isn't known here.
///
/// # Errors
/// [`Error::NotFound`] for a customer without a verified address, which is all that Smile finds anyone by.
pub(crate) fn find(api: &Api, customer: &Customer) -> Result<Option<Member>, Error> {
    let email = customer.email.as_deref().map(str::trim).filter(|email| !email.is_empty()).ok_or(Error::NotFound)?;
    let query = [("email", email), ("include", "vip_status")];
    let found: Vec<Member> = api.list("/customers", "customers", &query)?;
    // A search is never taken on trust.
    let own = found.into_iter().find(|member| customer.has_email(member.email.as_deref()));
    Ok(own.filter(|member| member.state == "member"))
}

impl Member {
    pub(crate) fn owner(&self) -> Owner {
        Owner { customer_id: None, email: self.email.clone() }
    }

    /// # Errors
    /// [`Error::Unexpected`] where Smile doesn't tell: that isn't zero.
    pub(crate) fn points(&self) -> Result<u64, Error> {
        let points = self.points_balance.map(|points| u64::try_from(points).unwrap_or(0));
        points.ok_or_else(|| Error::Unexpected("Smile's customer has no points balance".to_owned()))
    }

    pub(crate) fn tier(&self) -> Option<&Id> {
        self.vip_status.as_ref()?.vip_tier_id.as_ref()
    }

    pub(crate) fn referral_url(&self) -> Option<String> {
        self.referral_url.clone().filter(|url| url.starts_with("https://") || url.starts_with("http://"))
    }
}

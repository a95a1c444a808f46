//! Who the signed-in customer is at LoyaltyLion.

use serde::Deserialize;
use usher_sdk::connector::caller::Customer;
use usher_sdk::connector::{Error, Owner};

use crate::api::{Api, or_nothing};
use crate::id::MerchantId;

/// Customers of a page, LoyaltyLion's most, and pages of one search.
const PAGE: &str = "500";
const PAGES: usize = 2;

/// A customer as the Admin API answers it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Member {
    /// The shop's own id, and LoyaltyLion's only address of a customer. Its `id` is none.
    merchant_id: MerchantId,
    email: Option<String>,
    points_approved: Option<i64>,
    points_pending: Option<i64>,
    #[serde(deserialize_with = "or_nothing")]
    blocked: bool,
    #[serde(deserialize_with = "or_nothing")]
    guest: bool,
    #[serde(deserialize_with = "or_nothing")]
    enrolled: bool,
    loyalty_tier_membership: Option<Membership>,
    referral_url: Option<String>,
    #[serde(deserialize_with = "or_nothing")]
    linked_merchant_ids: Vec<MerchantId>,
}

#[derive(Debug, Deserialize)]
struct Membership {
    loyalty_tier: Option<Tier>,
}

#[derive(Debug, Deserialize)]
struct Tier {
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Page {
    customers: Vec<Member>,
    #[serde(default)]
    cursor: Cursor,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Cursor {
    next: Option<String>,
}

/// The customer's account, if they are enrolled: not blocked, and no guest.
///
/// # Errors
/// [`Error::NotFound`] for a customer without a verified address, which is all that LoyaltyLion finds anyone by.
pub(crate) fn find(api: &Api, customer: &Customer) -> Result<Option<Member>, Error> {
    let email = customer.email.as_deref().map(str::trim).filter(|email| !email.is_empty()).ok_or(Error::NotFound)?;
    let mut own: Vec<Member> = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..PAGES {
        let mut query = vec![("email", email), ("limit", PAGE)];
        query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let page: Page = api.get("/customers", &query)?;
        // The search finds every address that this one is a part of.
        own.extend(page.customers.into_iter().filter(|member| customer.has_email(member.email.as_deref())));
        let next = page.cursor.next.filter(|next| !next.is_empty() && Some(next) != cursor.as_ref());
        if next.is_none() || own.iter().any(|member| member.is(customer)) {
            break;
        }
        cursor = next;
    }
    // One person may have bought as a guest, too: the shop's own id tells which account is meant.
    own.sort_by_key(|member| (!member.is(customer), !member.is_enrolled()));
    Ok(own.into_iter().next().filter(Member::is_enrolled))
}

impl Member {
    fn is(&self, customer: &Customer) -> bool {
        let Some(id) = customer.id.as_deref().map(MerchantId::new).filter(|id| id.path().is_some()) else {
            return false;
        };
        self.merchant_id == id || self.linked_merchant_ids.contains(&id)
    }

    fn is_enrolled(&self) -> bool {
        self.enrolled && !self.blocked && !self.guest && self.path().is_some()
    }

    /// What follows `/customers/` in a path; none for an id that can't stand there.
    pub(crate) fn path(&self) -> Option<&str> {
        self.merchant_id.path()
    }

    pub(crate) fn owner(&self) -> Owner {
        Owner { customer_id: self.path().map(str::to_owned), email: self.email.clone() }
    }

    /// Points that can be spent.
    ///
    /// # Errors
    /// [`Error::Unexpected`] where LoyaltyLion doesn't tell: that isn't zero.
    pub(crate) fn points(&self) -> Result<u64, Error> {
        let points = self.points_approved.map(|points| u64::try_from(points).unwrap_or(0));
        points.ok_or_else(|| Error::Unexpected("LoyaltyLion's customer has no approved points".to_owned()))
    }

    /// Points that may be approved later: nothing that can be promised.
    pub(crate) fn pending(&self) -> u64 {
        self.points_pending.and_then(|points| u64::try_from(points).ok()).unwrap_or(0)
    }

    pub(crate) fn tier(&self) -> Option<String> {
        self.loyalty_tier_membership.as_ref()?.loyalty_tier.as_ref()?.name.clone()
    }

    pub(crate) fn referral_url(&self) -> Option<String> {
        self.referral_url.clone().filter(|url| url.starts_with("https://") || url.starts_with("http://"))
    }
}

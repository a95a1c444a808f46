//! Discount codes that the shop offers to everyone, and what one code is worth to this customer.
//!
//! `context` says who may use a code. A code is given out only where it says "everybody" and the code isn't one of
//! many or for one use: bulk discounts hold thousands of single-use codes.

use serde::Deserialize;
use serde_json::{Value, json};
use usher_sdk::connector::{Error, Timestamp, caller};

use crate::admin::Admin;
use crate::bindings::usher::tools::coupons::{Coupon, CouponState};
use crate::gid;
use crate::money::MoneyV2;
use crate::order_record::{Connection, Reference};

const DISCOUNTS: &str = concat!(include_str!("../graphql/discounts.graphql"), include_str!("../graphql/terms.graphql"));
const DISCOUNT_BY_CODE: &str =
    concat!(include_str!("../graphql/discount_by_code.graphql"), include_str!("../graphql/terms.graphql"));

/// Pages of 50 discounts.
const PAGES: usize = 4;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    discount_nodes: Connection<Listed>,
}

#[derive(Debug, Deserialize)]
struct Listed {
    discount: Value,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ByCode {
    code_discount_node_by_code: Option<Found>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    code_discount: Value,
}

/// A kind of discount whose terms Shopify knows. One that another app computes has none of these fields.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Terms {
    title: String,
    summary: Option<String>,
    status: String,
    starts_at: String,
    ends_at: Option<String>,
    usage_limit: Option<u64>,
    async_usage_count: Option<u64>,
    codes_count: Option<Count>,
    codes: Connection<Code>,
    minimum_requirement: Option<Minimum>,
    context: Context,
}

#[derive(Debug, Deserialize)]
struct Count {
    count: u64,
}

#[derive(Debug, Deserialize)]
struct Code {
    code: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Minimum {
    greater_than_or_equal_to_subtotal: Option<MoneyV2>,
}

/// `DiscountContext`: who may use it.
#[derive(Debug, Deserialize)]
struct Context {
    #[serde(rename = "__typename")]
    kind: String,
    #[serde(default)]
    customers: Vec<Reference>,
}

#[derive(Debug, PartialEq)]
enum Audience {
    Everybody,
    /// Shopify's numbers of customers.
    Customers(Vec<String>),
    /// A segment, or something newer: only the checkout knows who is in it.
    Unknown,
}

impl Terms {
    /// None for a discount that another app computes, and for kinds that this connector doesn't know.
    fn read(discount: Value) -> Option<Self> {
        let known = matches!(
            discount.get("__typename").and_then(Value::as_str),
            Some("DiscountCodeBasic" | "DiscountCodeBxgy" | "DiscountCodeFreeShipping")
        );
        known.then(|| serde_json::from_value(discount).ok()).flatten()
    }

    fn audience(&self) -> Audience {
        match self.context.kind.as_str() {
            "DiscountBuyerSelectionAll" => Audience::Everybody,
            "DiscountCustomers" => {
                Audience::Customers(self.context.customers.iter().map(|c| gid::shown(&c.id)).collect())
            }
            _ => Audience::Unknown,
        }
    }

    fn state(&self, now: Timestamp) -> CouponState {
        let ended = self.ends_at.as_deref().and_then(Timestamp::parse).is_some_and(|end| end <= now);
        let begun = Timestamp::parse(&self.starts_at).is_none_or(|start| start <= now);
        let used_up = self.usage_limit.zip(self.async_usage_count).is_some_and(|(limit, used)| used >= limit);
        match self.status.as_str() {
            _ if ended => CouponState::Expired,
            "SCHEDULED" => CouponState::NotStarted,
            _ if !begun => CouponState::NotStarted,
            _ if used_up => CouponState::UsedUp,
            "ACTIVE" => CouponState::Usable,
            // `EXPIRED`, which a deactivated code is too, and states that this connector doesn't know.
            _ => CouponState::Expired,
        }
    }

    fn coupon(&self, code: &str, personal: bool) -> Result<Coupon, Error> {
        let minimum =
            self.minimum_requirement.as_ref().and_then(|minimum| minimum.greater_than_or_equal_to_subtotal.as_ref());
        Ok(Coupon {
            code: code.to_owned(),
            title: self.title.clone(),
            terms: self.summary.clone().filter(|summary| !summary.is_empty()),
            expires_at: self.ends_at.clone(),
            minimum_spend: minimum.map(MoneyV2::read).transpose()?,
            personal,
        })
    }

    /// The code, where it may be told to anyone.
    fn public_code(&self, now: Timestamp) -> Option<&str> {
        let one_code = self.codes_count.as_ref().is_some_and(|codes| codes.count == 1);
        let public = self.audience() == Audience::Everybody && one_code && self.usage_limit != Some(1);
        let code = self.codes.nodes.first().map(|code| code.code.as_str());
        code.filter(|_| public && self.state(now) == CouponState::Usable)
    }
}

/// Codes for everybody that can be used now.
pub(crate) fn public_codes() -> Result<Vec<Coupon>, Error> {
    let admin = Admin::open()?;
    let now = Timestamp::now();
    let mut coupons = Vec::new();
    let mut after = None;
    for _ in 0..PAGES {
        let List { discount_nodes } = admin.read(DISCOUNTS, json!({ "after": after }))?;
        for terms in discount_nodes.nodes.into_iter().filter_map(|node| Terms::read(node.discount)) {
            if let Some(code) = terms.public_code(now) {
                coupons.push(terms.coupon(code, false)?);
            }
        }
        after = discount_nodes.page_info.next();
        if after.is_none() {
            break;
        }
    }
    Ok(coupons)
}

/// Whether a code that someone has can be used now. To anyone else a personal code does not exist.
pub(crate) fn check(code: &str) -> Result<(Coupon, CouponState), Error> {
    let code = code.trim();
    if code.is_empty() || code.chars().count() > 255 || code.chars().any(char::is_control) {
        return Err(Error::NotFound);
    }
    let found: ByCode = Admin::open()?.read(DISCOUNT_BY_CODE, json!({ "code": code }))?;
    let discount = found.code_discount_node_by_code.ok_or(Error::NotFound)?.code_discount;
    let undecided = || Error::Invalid("only the checkout can tell whether this code can be used".to_owned());
    let terms = Terms::read(discount).ok_or_else(undecided)?;
    let personal = match terms.audience() {
        Audience::Everybody => false,
        Audience::Customers(numbers) => {
            let own = caller::customer().ok().and_then(|customer| gid::number(&customer.id?).map(str::to_owned));
            if !own.is_some_and(|own| numbers.contains(&own)) {
                return Err(Error::NotFound);
            }
            true
        }
        Audience::Unknown => return Err(undecided()),
    };
    // In the shop's own spelling, where the answer has this code: a discount may have many.
    let spelled =
        terms.codes.nodes.iter().map(|node| node.code.as_str()).find(|other| other.eq_ignore_ascii_case(code));
    Ok((terms.coupon(spelled.unwrap_or(code), personal)?, terms.state(Timestamp::now())))
}

#[cfg(test)]
mod tests;

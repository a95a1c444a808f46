//! Discount codes that the shop offers to everyone, those of one customer, and what one code is worth to this customer.
//!
//! `context` says who may use a code ([`audience`]). A code is given out to anyone only where it says "everybody" and the
//! code isn't one of many or for one use: bulk discounts hold thousands of single-use codes. To a customer it is given out
//! where it names them, or a segment that they are in. To everyone else a personal code doesn't exist.

mod audience;

use serde::Deserialize;
use serde_json::{Value, json};
use usher_sdk::connector::{Error, Timestamp, caller};

use crate::admin::Admin;
use crate::bindings::usher::tools::coupons::{Coupon, CouponState};
use crate::money::MoneyV2;
use crate::order_record::Connection;
use audience::{Audience, Context, Reach};

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

impl Terms {
    /// None for a discount that another app computes, and for kinds that this connector doesn't know.
    fn read(discount: Value) -> Option<Self> {
        let known = matches!(
            discount.get("__typename").and_then(Value::as_str),
            Some("DiscountCodeBasic" | "DiscountCodeBxgy" | "DiscountCodeFreeShipping")
        );
        known.then(|| serde_json::from_value(discount).ok()).flatten()
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

    /// The code, where there is one alone and it can be used now. Which of many is still unused isn't told.
    fn one_code(&self, now: Timestamp) -> Option<&str> {
        let one = self.codes_count.as_ref().is_some_and(|codes| codes.count == 1);
        let code = self.codes.nodes.first().map(|code| code.code.as_str());
        code.filter(|_| one && self.state(now) == CouponState::Usable)
    }

    /// The code, where it may be told to anyone.
    fn public_code(&self, now: Timestamp) -> Option<&str> {
        self.one_code(now).filter(|_| self.context.audience() == Audience::Everybody && self.usage_limit != Some(1))
    }
}

/// Codes for everybody that can be used now.
pub(crate) fn public_codes() -> Result<Vec<Coupon>, Error> {
    let now = Timestamp::now();
    let found = active(&Admin::open()?)?;
    found.iter().filter_map(|terms| Some(terms.coupon(terms.public_code(now)?, false))).collect()
}

/// Codes for this customer that can be used now and not by everybody.
///
/// # Errors
/// [`Error::SignInRequired`] where there is no customer.
pub(crate) fn personal_codes() -> Result<Vec<Coupon>, Error> {
    let customer = caller::customer()?;
    let admin = Admin::open()?;
    let now = Timestamp::now();
    let offered: Vec<(Terms, Audience)> = active(&admin)?
        .into_iter()
        .map(|terms| {
            let audience = terms.context.audience();
            (terms, audience)
        })
        .filter(|(terms, audience)| audience.is_some_customers() && terms.one_code(now).is_some())
        .collect();
    if offered.is_empty() {
        return Ok(Vec::new());
    }
    let audiences: Vec<&Audience> = offered.iter().map(|(_, audience)| audience).collect();
    let reach = Reach::of(&admin, &customer, &audiences)?;
    let own = offered.iter().filter(|(_, audience)| reach.includes(audience));
    own.filter_map(|(terms, _)| Some(terms.coupon(terms.one_code(now)?, true))).collect()
}

/// All discounts with codes that Shopify calls active, of the kinds that can be read.
fn active(admin: &Admin) -> Result<Vec<Terms>, Error> {
    let (mut found, mut after) = (Vec::new(), None);
    for _ in 0..PAGES {
        let List { discount_nodes } = admin.read(DISCOUNTS, json!({ "after": after }))?;
        found.extend(discount_nodes.nodes.into_iter().filter_map(|node| Terms::read(node.discount)));
        after = discount_nodes.page_info.next();
        if after.is_none() {
            break;
        }
    }
    Ok(found)
}

/// Whether a code that someone has can be used now. To anyone else a personal code does not exist.
pub(crate) fn check(code: &str) -> Result<(Coupon, CouponState), Error> {
    let code = code.trim();
    if code.is_empty() || code.chars().count() > 255 || code.chars().any(char::is_control) {
        return Err(Error::NotFound);
    }
    let admin = Admin::open()?;
    let found: ByCode = admin.read(DISCOUNT_BY_CODE, json!({ "code": code }))?;
    let discount = found.code_discount_node_by_code.ok_or(Error::NotFound)?.code_discount;
    let audience = Context::of(&discount).map_or(Audience::Unknown, |context| context.audience());
    let personal = audience != Audience::Everybody;
    if personal {
        let Ok(customer) = caller::customer() else { return Err(Error::NotFound) };
        if !Reach::of(&admin, &customer, &[&audience])?.includes(&audience) {
            return Err(Error::NotFound);
        }
    }
    let undecided = || Error::Invalid("only the checkout can tell whether this code can be used".to_owned());
    let terms = Terms::read(discount).ok_or_else(undecided)?;
    // In the shop's own spelling, where the answer has this code: a discount may have many.
    let spelled =
        terms.codes.nodes.iter().map(|node| node.code.as_str()).find(|other| other.eq_ignore_ascii_case(code));
    Ok((terms.coupon(spelled.unwrap_or(code), personal)?, terms.state(Timestamp::now())))
}

#[cfg(test)]
mod tests;

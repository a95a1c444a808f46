//! The signed-in customer's points, and what they can do with them.

use usher_sdk::connector::{Error, Owner, Retry, caller};

use crate::api::Api;
use crate::bindings::exports::usher::tools::loyalty::LoyaltyAccount;
use crate::{fulfillments, member, program, rewards};

/// Smile knows no pending points: what a customer has can be spent.
pub(crate) fn read() -> Result<LoyaltyAccount, Error> {
    let customer = caller::customer()?;
    let api = Api::open(Retry::REPEATS)?;
    let program = program::name();
    let Some(member) = member::find(&api, &customer)? else {
        return Ok(LoyaltyAccount {
            owner: Owner { customer_id: customer.id, email: customer.email },
            program,
            enrolled: false,
            points: 0,
            pending: 0,
            tier: None,
            rewards: Vec::new(),
            issued: Vec::new(),
            referral_url: None,
        });
    };
    let points = member.points()?;
    let tier = match member.tier() {
        Some(id) => program::tiers(&api)?.into_iter().find(|tier| tier.id == *id).map(|tier| tier.name),
        None => None,
    };
    Ok(LoyaltyAccount {
        owner: member.owner(),
        program,
        enrolled: true,
        points,
        pending: 0,
        tier,
        rewards: rewards::all(&api)?.iter().filter_map(|product| product.read(Some(points))).collect(),
        issued: fulfillments::unused(&api, &member.id)?,
        referral_url: member.referral_url(),
    })
}

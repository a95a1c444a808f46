//! The signed-in customer's points, and what they can do with them.

use serde::Deserialize;
use usher_sdk::connector::{Error, Owner, Retry, Timestamp, caller};

use crate::api::{Api, or_nothing};
use crate::bindings::exports::usher::tools::loyalty::{LoyaltyAccount, Reward};
use crate::id::Id;
use crate::{claimed, member, program};

#[derive(Debug, Deserialize)]
struct Available {
    rewards: Vec<Offer>,
}

/// A reward that the customer may claim, at the price that counts for them.
#[derive(Debug, Deserialize)]
struct Offer {
    id: Id,
    #[serde(default, deserialize_with = "or_nothing")]
    title: String,
    #[serde(default)]
    point_cost: Option<u64>,
    #[serde(default, deserialize_with = "or_nothing")]
    kind: String,
}

pub(crate) fn read() -> Result<LoyaltyAccount, Error> {
    let customer = caller::customer()?;
    let api = Api::open(Retry::REPEATS)?;
    let Some(member) = member::find(&api, &customer)? else {
        return Ok(LoyaltyAccount {
            owner: Owner { customer_id: customer.id, email: customer.email },
            program: program::configuration(&api)?.name(),
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
    let merchant_id = member.path().ok_or(Error::NotFound)?;
    let available: Available = api.get(&format!("/customers/{merchant_id}/available_rewards"), &[])?;
    let configuration = program::configuration(&api)?;
    let now = Timestamp::now();
    let claimed = claimed::of(&api, &member)?;
    Ok(LoyaltyAccount {
        owner: member.owner(),
        program: configuration.name(),
        enrolled: true,
        points,
        pending: member.pending(),
        tier: member.tier(),
        rewards: rewards(&available.rewards, configuration.rewards(Some(points)), points),
        issued: claimed.into_iter().filter(|one| one.is_usable(now)).map(claimed::Claimed::issued).collect(),
        referral_url: member.referral_url(),
    })
}

/// Everything that the programme offers, with the customer's own title and price where LoyaltyLion has one. Which rewards
/// `available_rewards` leaves out for want of points isn't documented, so that it alone would not tell what to save for.
fn rewards(available: &[Offer], mut offered: Vec<Reward>, points: u64) -> Vec<Reward> {
    for own in available.iter().filter(|own| !program::needs_choice(&own.kind) && !own.title.is_empty()) {
        let Some(price) = own.point_cost else { continue };
        let affordable = points >= price;
        let own = Reward { id: own.id.to_string(), title: own.title.clone(), points: price, affordable };
        match offered.iter_mut().find(|known| known.id == own.id) {
            Some(known) => *known = own,
            None => offered.push(own),
        }
    }
    offered
}

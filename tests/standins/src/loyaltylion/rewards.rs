//! Rewards that a customer may claim, and claiming one.

use std::sync::{Arc, PoisonError};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{App, account, errors, time};
use crate::shop::{LoyaltyReward, RedeemRefusal, RewardPrice};

/// LoyaltyLion's ids of rewards aren't those of the shop's books.
const SHIFT: u64 = 120;

pub(super) fn id(reward: u64) -> u64 {
    SHIFT + reward
}

/// Points for one unit: all of them, or one step of a variable price.
fn cost(reward: &LoyaltyReward) -> u64 {
    match reward.price {
        RewardPrice::Fixed(points) => points,
        RewardPrice::Variable { min, .. } => min,
    }
}

/// What the customer has enough points for.
pub(super) async fn available(State(app): State<Arc<App>>, Path(merchant_id): Path<String>) -> Response {
    let shop = app.shop();
    let Some(account) = account(&shop, &merchant_id) else { return errors::not_found() };
    let affordable = shop.loyalty_rewards().iter().filter(|reward| cost(reward) <= account.points);
    let rewards = affordable.map(|reward| {
        json!({
            "id": id(reward.id),
            "title": reward.title,
            "point_cost": cost(reward),
            "kind": "cart_discount_voucher",
            "method": "voucher",
        })
    });
    Json(json!({ "rewards": rewards.collect::<Vec<_>>() })).into_response()
}

/// Each request spends points: there is nothing that a repetition would be told by.
pub(super) async fn claim(State(app): State<Arc<App>>, Path(merchant_id): Path<String>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(reward) = asked["reward_id"].as_u64().and_then(|id| id.checked_sub(SHIFT)) else {
        return errors::invalid("reward_id", "is required");
    };
    let mut shop = app.shop.write().unwrap_or_else(PoisonError::into_inner);
    let Some(customer) = account(&shop, &merchant_id).map(|account| account.customer_id) else {
        return errors::not_found();
    };
    let multiplier = asked["multiplier"].as_u64().unwrap_or(1);
    let unit = shop.loyalty_rewards().iter().find(|known| known.id == reward).map(cost);
    match shop.redeem_points(customer, reward, unit.map(|unit| unit * multiplier)) {
        Ok(bought) => {
            let claimed = json!({
                "id": bought.id,
                "claimed_at": time(bought.at),
                "point_cost": bought.points,
                "state": "approved",
                "reward": { "id": id(reward), "title": bought.title, "point_cost": bought.points },
                "redeemable": {
                    "redeemable_type": "voucher",
                    "code": bought.code,
                    "discount_amount": 5,
                    "usage_count": 0,
                    "usage_limit": 1,
                },
                "expires_at": bought.expires_at.map(time),
            });
            (StatusCode::CREATED, Json(json!({ "claimed_reward": claimed }))).into_response()
        }
        Err(RedeemRefusal::NoSuchReward) => errors::not_found(),
        Err(RedeemRefusal::NotAMember) => errors::invalid("customer", "is not enrolled"),
        Err(RedeemRefusal::TooFewPoints) => errors::invalid("points", "not enough points"),
        Err(RedeemRefusal::NoSuchAmount) => errors::invalid("multiplier", "is not allowed"),
    }
}

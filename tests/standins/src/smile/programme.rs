//! What the programme offers: rewards (the only list that counts its pages), ways to earn, tiers.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{App, Asked, errors, page};
use crate::shop::{EARNING, Earning, LOYALTY_TIERS, LoyaltyReward, RewardPrice};

const LARGEST: usize = 250;
const USUAL: usize = 50;
const PRODUCTS: u64 = 13_000;
const TIERS: u64 = 4_200;

/// What Smile calls a reward of the shop's.
pub(super) fn product_id(reward: u64) -> u64 {
    PRODUCTS + reward
}

pub(super) fn reward_id(product: &str) -> Option<u64> {
    product.parse::<u64>().ok()?.checked_sub(PRODUCTS)
}

pub(super) fn tier_id(place: usize) -> u64 {
    TIERS + u64::try_from(place).unwrap_or(0)
}

pub(super) async fn products(State(app): State<Arc<App>>, Query(asked): Asked) -> Response {
    let number = |name: &str, usual: usize| asked.get(name).map_or(Ok(usual), |text| text.parse::<usize>());
    let (Ok(page), Ok(size)) = (number("page", 1), number("page_size", USUAL)) else {
        return errors::bad_request("page and page_size must be numbers.");
    };
    if page == 0 || !(1..=LARGEST).contains(&size) {
        return errors::bad_request("page_size must be between 1 and 250.");
    }
    let shop = app.shop();
    let some = shop.loyalty_rewards().iter().skip((page - 1) * size).take(size).map(object);
    // No metadata: how many there are isn't told.
    Json(json!({ "points_products": some.collect::<Vec<_>>() })).into_response()
}

pub(super) async fn product(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    let shop = app.shop();
    let found = reward_id(&id).and_then(|id| shop.loyalty_rewards().iter().find(|reward| reward.id == id));
    match found {
        Some(reward) => Json(json!({ "points_product": object(reward) })).into_response(),
        None => errors::not_found(),
    }
}

fn object(reward: &LoyaltyReward) -> Value {
    let (id, name) = (product_id(reward.id), &reward.title);
    let details = json!({ "id": reward.id, "name": name, "description": null, "image_url": null });
    match reward.price {
        RewardPrice::Fixed(points) => json!({
            "id": id,
            "exchange_type": "fixed",
            "exchange_description": format!("{points} Points = {name}"),
            "points_price": points,
            "variable_points_step": null,
            "variable_points_step_reward_value": null,
            "variable_points_min": null,
            "variable_points_max": null,
            "reward": details,
        }),
        RewardPrice::Variable { step, min, max } => json!({
            "id": id,
            "exchange_type": "variable",
            "exchange_description": format!("{step} Points = 1 € off"),
            "points_price": null,
            "variable_points_step": step,
            "variable_points_step_reward_value": 1,
            "variable_points_min": min,
            "variable_points_max": max,
            "reward": details,
        }),
    }
}

pub(super) async fn earning_rules(Query(asked): Asked) -> Response {
    let rules = EARNING.iter().enumerate().map(|(i, (name, earning))| {
        let value = match earning {
            Earning::PerEuro(points) => {
                json!({ "type": "variable", "variable": { "value": points, "per_amount": 1.0 } })
            }
            Earning::Once(points) => json!({ "type": "fixed", "fixed": { "value": points } }),
        };
        json!({
            "id": 7300 + i,
            "name": name,
            "restricted_to_vip_tier_ids": [],
            "reward": { "type": "points" },
            "reward_value": value,
            "earning_limit": null,
        })
    });
    page::of("earning_rules", rules.collect(), &asked)
}

pub(super) async fn tiers() -> Response {
    let tiers = LOYALTY_TIERS.iter().enumerate().map(
        |(place, (name, from))| json!({ "id": tier_id(place), "name": name, "image_url": null, "milestone": from }),
    );
    Json(json!({ "vip_tiers": tiers.collect::<Vec<_>>() })).into_response()
}

//! The headless API's configuration: the programme's name, tiers, rules and rewards.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, Query, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{App, errors, is_addressed, rewards};
use crate::shop::{EARNING, Earning, LOYALTY_PROGRAM, LOYALTY_TIERS, RewardPrice};

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    Query(asked): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if !is_addressed(&app, &site, &asked, &headers) {
        return errors::refused("invalid_request");
    }
    let tier = |(place, (name, from)): (usize, &(&str, u64))| json!({ "id": place + 1, "name": name, "position": place + 1, "hidden": false, "kind": "points", "lower_bound": from });
    let mut tiers: Vec<Value> = LOYALTY_TIERS.iter().enumerate().map(tier).collect();
    // Shown to those who are in it only.
    tiers.push(json!({ "id": 99, "name": "Staff", "position": 4, "hidden": true, "kind": "conditional" }));
    let rules = EARNING.iter().enumerate().map(|(i, (title, earning))| {
        let text = match earning {
            Earning::PerEuro(points) => format!("{points} points per €1"),
            Earning::Once(points) => format!("{points} points"),
        };
        json!({ "id": i + 1, "kind": "custom", "limit": null, "variants": [
            { "tier_id": null, "title": title, "enabled": true, "result_short_text": text },
            { "tier_id": 3, "title": title, "enabled": true, "result_short_text": format!("double: {text}") },
        ] })
    });
    let shop = app.shop();
    let offered = shop.loyalty_rewards().iter().map(|reward| {
        let (cost, text) = match reward.price {
            RewardPrice::Fixed(points) => (json!({ "kind": "fixed", "points": points }), format!("{points} points")),
            RewardPrice::Variable { min, .. } => (
                json!({ "kind": "variable", "unit": "discount_amount", "points_per_unit": min }),
                format!("{min} points per unit"),
            ),
        };
        let variant =
            json!({ "tier_id": null, "title": reward.title, "enabled": true, "cost": cost, "cost_text": text });
        json!({ "id": rewards::id(reward.id), "kind": "cart_discount_voucher", "limit": null, "variants": [variant] })
    });
    let mut offered: Vec<Value> = offered.collect();
    // Switched off, and one that a customer can only claim with a choice of the product.
    let off =
        json!({ "tier_id": null, "title": "Old mug", "enabled": false, "cost": { "kind": "fixed", "points": 10 } });
    offered.push(json!({ "id": 110, "kind": "custom", "limit": null, "variants": [off] }));
    let choice =
        json!({ "tier_id": null, "title": "A mug", "enabled": true, "cost": { "kind": "fixed", "points": 300 } });
    offered.push(json!({ "id": 111, "kind": "product_cart", "limit": null, "variants": [choice] }));
    Json(json!({
        "channel": "web",
        "currency": "eur",
        "language": "en",
        "program": { "name": LOYALTY_PROGRAM },
        "tier_configuration": { "boundary_mode": "points", "tiers": tiers, "tier_benefits": [] },
        "rules": rules.collect::<Vec<_>>(),
        "rewards": offered,
    }))
    .into_response()
}

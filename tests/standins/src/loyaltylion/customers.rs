//! Customers: found by a part of their address, and one with what they claimed.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, Query, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{App, Asked, account, errors, is_addressed, time};
use crate::shop::{LOYALTY_TIERS, LoyaltyAccount, LoyaltyStanding, Redemption};

const LARGEST: usize = 500;
const USUAL: usize = 100;
/// A customer's answer tells of so many claimed rewards, the newest.
const CLAIMED: usize = 20;

pub(super) async fn list(State(app): State<Arc<App>>, Query(asked): Asked) -> Response {
    let limit = match asked.get("limit").map(|limit| limit.parse()) {
        None => USUAL,
        Some(Ok(limit)) if (1..=LARGEST).contains(&limit) => limit,
        Some(_) => return errors::invalid("limit", "must be between 1 and 500"),
    };
    let start = match asked.get("cursor").map(|cursor| read_cursor(cursor)) {
        None => 0,
        Some(Some(start)) => start,
        Some(None) => return errors::invalid("cursor", "is invalid"),
    };
    let shop = app.shop();
    let holds = |account: &&LoyaltyAccount| {
        asked.get("email").is_none_or(|part| account.email.to_lowercase().contains(&part.to_lowercase()))
    };
    let found: Vec<&LoyaltyAccount> = shop.loyalty_accounts().iter().filter(holds).collect();
    let end = (start + limit).min(found.len());
    let page: Vec<Value> = found.iter().skip(start).take(limit).map(|account| object(account)).collect();
    let next = (end < found.len()).then(|| cursor(end));
    let previous = (start > 0).then(|| cursor(start.saturating_sub(limit)));
    Json(json!({ "customers": page, "cursor": { "prev": previous, "next": next } })).into_response()
}

/// The headless API's customer.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path((site, merchant_id)): Path<(String, String)>,
    Query(asked): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if !is_addressed(&app, &site, &asked, &headers) {
        return errors::refused("invalid_request");
    }
    let shop = app.shop();
    let Some(account) = account(&shop, &merchant_id) else { return errors::not_found() };
    let state = match account.standing {
        LoyaltyStanding::Member => "enrolled",
        LoyaltyStanding::Disabled => "blocked",
        LoyaltyStanding::Guest => "guest",
        LoyaltyStanding::NotJoined => "not_enrolled",
    };
    let mut customer = json!({
        "state": state,
        "id": id(account),
        "merchant_id": merchant_id,
        "email": account.email,
        "first_name": account.first_name,
        "last_name": null,
    });
    // Of anyone else no more is told.
    if account.standing == LoyaltyStanding::Member {
        customer["points_approved"] = account.points.into();
        customer["points_pending"] = account.pending.into();
        customer["claimed_rewards"] = account.redemptions.iter().rev().take(CLAIMED).map(claimed).collect();
    }
    Json(json!({ "channel": "web", "currency": "eur", "language": "en", "customer": customer })).into_response()
}

fn claimed(bought: &Redemption) -> Value {
    json!({
        "id": bought.id,
        "claimed_at": time(bought.at),
        "reward_id": super::rewards::id(bought.reward_id),
        "title": bought.title,
        "state": "approved",
        "source": { "kind": "points_redemption", "points_cost": bought.points },
        "redeemable": {
            "usage_status": if bought.used { "used" } else { "not_used" },
            "kind": "cart_discount_voucher",
            "code": bought.code,
            "expires_at": bought.expires_at.map(time),
            "used_at": null,
        },
    })
}

/// LoyaltyLion's own id, which nothing is addressed by.
fn id(account: &LoyaltyAccount) -> u64 {
    account.customer_id % 1000
}

fn object(account: &LoyaltyAccount) -> Value {
    let tier = account.tier.map(|place| {
        let name = LOYALTY_TIERS.get(place).map(|(name, _)| name);
        json!({ "loyalty_tier": { "id": place + 1, "name": name }, "started_at": null, "expires_at": null })
    });
    let joined = account.standing == LoyaltyStanding::Member || account.standing == LoyaltyStanding::Disabled;
    let spent: u64 = account.redemptions.iter().map(|bought| bought.points).sum();
    json!({
        "id": id(account),
        "merchant_id": account.customer_id.to_string(),
        "email": account.email,
        "points_approved": account.points,
        "points_pending": account.pending,
        "points_spent": spent,
        "rewards_claimed": account.redemptions.len(),
        "blocked": account.standing == LoyaltyStanding::Disabled,
        "guest": account.standing == LoyaltyStanding::Guest,
        "enrolled": joined,
        "enrolled_at": joined.then(|| time(account.created_at)),
        "loyalty_tier_membership": tier,
        "birthday": null,
        "referral_url": format!("https://refs.example/r/{}", account.customer_id),
        "linked_merchant_ids": [],
        "created_at": time(account.created_at),
        "updated_at": time(account.created_at),
    })
}

fn cursor(start: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("{start}"))
}

fn read_cursor(cursor: &str) -> Option<usize> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?.parse().ok()
}

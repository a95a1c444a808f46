//! Customers: anyone whom the shop knows, whether they joined or not.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{App, Asked, errors, page, time};
use crate::shop::{LoyaltyAccount, LoyaltyStanding, Shop};

/// Smile's own ids of customers aren't the shop's.
const SHIFT: u64 = 304_000_000;

pub(super) fn id(account: &LoyaltyAccount) -> u64 {
    account.customer_id + SHIFT
}

/// The account of an id of Smile's, as a number or as a text.
pub(super) fn by_id<'a>(shop: &'a Shop, id: &Value) -> Option<&'a LoyaltyAccount> {
    let id = id.as_u64().or_else(|| id.as_str()?.parse().ok())?;
    shop.loyalty_account_of(id.checked_sub(SHIFT)?)
}

pub(super) async fn list(State(app): State<Arc<App>>, Query(asked): Asked) -> Response {
    let shop = app.shop();
    let fits = |account: &&LoyaltyAccount| {
        asked.get("email").is_none_or(|email| account.email.eq_ignore_ascii_case(email))
            && asked.get("state").is_none_or(|wanted| state(account) == wanted)
    };
    let with_tier = includes(asked.get("include"));
    let all = shop.loyalty_accounts().iter().filter(fits).map(|account| object(account, with_tier));
    page::of("customers", all.collect(), &asked)
}

pub(super) async fn one(State(app): State<Arc<App>>, Path(id): Path<String>, Query(asked): Asked) -> Response {
    match by_id(&app.shop(), &Value::String(id)) {
        Some(account) => Json(json!({ "customer": object(account, includes(asked.get("include"))) })).into_response(),
        None => errors::not_found(),
    }
}

fn includes(asked: Option<&String>) -> bool {
    asked.is_some_and(|asked| asked.split(',').any(|part| part == "vip_status"))
}

/// How customers stand to the programme isn't told unless it is asked for.
fn object(account: &LoyaltyAccount, with_tier: bool) -> Value {
    let mut object = json!({
        "id": id(account),
        "first_name": account.first_name,
        "last_name": null,
        "email": account.email,
        "state": state(account),
        "date_of_birth": null,
        "points_balance": account.points,
        "referral_url": format!("http://refs.example/{:x}", account.customer_id),
        "created_at": time(account.created_at),
        "updated_at": time(account.created_at),
    });
    if with_tier {
        let tier = account.tier.map(super::programme::tier_id);
        object["vip_status"] = json!({ "vip_tier_id": tier, "vip_tier_expires_at": null, "progress_value": null });
    }
    object
}

/// Guests are candidates too: Smile knows no other word for them.
fn state(account: &LoyaltyAccount) -> &'static str {
    match account.standing {
        LoyaltyStanding::Member => "member",
        LoyaltyStanding::NotJoined | LoyaltyStanding::Guest => "candidate",
        LoyaltyStanding::Disabled => "disabled",
    }
}

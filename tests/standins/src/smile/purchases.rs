//! Spending points, and the two lists that show what was spent.

use std::sync::{Arc, PoisonError};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{App, Asked, customers, errors, page, programme, time};
use crate::shop::{LoyaltyAccount, RedeemRefusal, Redemption};

/// Each request spends points: there is nothing that a repetition would be told by.
pub(super) async fn purchase(State(app): State<Arc<App>>, Path(product): Path<String>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let mut shop = app.shop.write().unwrap_or_else(PoisonError::into_inner);
    let Some(reward) = programme::reward_id(&product) else { return errors::not_found() };
    let Some(account) = customers::by_id(&shop, &asked["customer_id"]) else {
        return errors::unprocessable("Customer could not be found.");
    };
    let (customer, smile_id) = (account.customer_id, customers::id(account));
    match shop.redeem_points(customer, reward, asked["points_to_spend"].as_u64()) {
        Ok(bought) => {
            let purchase = json!({
                "id": bought.id + 1_000_000,
                "customer_id": smile_id,
                "points_product_id": programme::product_id(reward),
                "points_spent": bought.points,
                "reward_fulfillment": object(smile_id, &bought),
                "created_at": time(bought.at),
                "updated_at": time(bought.at),
            });
            (StatusCode::CREATED, Json(json!({ "points_purchase": purchase }))).into_response()
        }
        Err(RedeemRefusal::NoSuchReward) => errors::not_found(),
        Err(RedeemRefusal::NotAMember) => errors::unprocessable("Customer is not a member of the program."),
        Err(RedeemRefusal::TooFewPoints) => errors::unprocessable("Customer does not have enough points."),
        Err(RedeemRefusal::NoSuchAmount) => errors::unprocessable("points_to_spend is invalid for this product."),
    }
}

pub(super) async fn fulfillments(State(app): State<Arc<App>>, Query(asked): Asked) -> Response {
    let Ok(since) = instant(asked.get("updated_at_min")) else {
        return errors::bad_request("updated_at_min must be a date and time.");
    };
    let shop = app.shop();
    let wanted = asked.get("customer_id");
    let is_status = |name: &str, is: &str| asked.get(name).is_none_or(|wanted| wanted == is);
    let mut found: Vec<(Timestamp, Value)> = of(shop.loyalty_accounts(), wanted)
        .flat_map(|account| account.redemptions.iter().map(move |bought| (account, bought)))
        .filter(|(_, bought)| bought.at >= since && is_status("usage_status", usage(bought)))
        .filter(|_| is_status("fulfillment_status", "issued"))
        .map(|(account, bought)| (bought.at, object(customers::id(account), bought)))
        .collect();
    found.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    page::of("reward_fulfillments", found.into_iter().map(|(_, object)| object).collect(), &asked)
}

pub(super) async fn transactions(State(app): State<Arc<App>>, Query(asked): Asked) -> Response {
    let Ok(since) = instant(asked.get("updated_at_min")) else {
        return errors::bad_request("updated_at_min must be a date and time.");
    };
    let shop = app.shop();
    let mut found: Vec<(Timestamp, u64, Value)> = of(shop.loyalty_accounts(), asked.get("customer_id"))
        .flat_map(|account| account.history.iter().map(move |change| (account, change)))
        .filter(|(_, change)| change.at >= since)
        .map(|(account, change)| {
            let object = json!({
                "id": change.id,
                "customer_id": customers::id(account),
                "points_change": change.change,
                "description": change.description,
                "internal_note": change.internal_note,
                "created_at": time(change.at),
                "updated_at": time(change.at),
            });
            (change.at, change.id, object)
        })
        .collect();
    found.sort_by_key(|(at, id, _)| std::cmp::Reverse((*at, *id)));
    page::of("points_transactions", found.into_iter().map(|(_, _, object)| object).collect(), &asked)
}

pub(super) async fn adjust(State(app): State<Arc<App>>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let asked = &asked["points_transaction"];
    let mut shop = app.shop.write().unwrap_or_else(PoisonError::into_inner);
    let customer = customers::by_id(&shop, &asked["customer_id"]).map(|account| account.customer_id);
    let (Some(customer), Some(change)) = (customer, asked["points_change"].as_i64()) else {
        return errors::unprocessable("customer_id and points_change are required.");
    };
    let text = |name: &str| asked[name].as_str().unwrap_or_default().to_owned();
    if !shop.adjust_points(customer, change, &text("description"), &text("internal_note")) {
        return errors::unprocessable("The customer's points balance can't be negative.");
    }
    (StatusCode::CREATED, Json(json!({ "points_transaction": asked }))).into_response()
}

fn of<'a>(accounts: &'a [LoyaltyAccount], id: Option<&String>) -> impl Iterator<Item = &'a LoyaltyAccount> {
    let id = id.cloned();
    accounts.iter().filter(move |account| id.as_ref().is_none_or(|id| customers::id(account).to_string() == *id))
}

fn instant(asked: Option<&String>) -> Result<Timestamp, jiff::Error> {
    asked.map_or(Ok(Timestamp::UNIX_EPOCH), |text| text.parse())
}

fn usage(bought: &Redemption) -> &'static str {
    if bought.used { "used" } else { "unused" }
}

/// Whose it is stands there as a number or, of every other one, as a text.
fn object(customer: u64, bought: &Redemption) -> Value {
    let customer = if (bought.id / 2).is_multiple_of(2) { json!(customer) } else { json!(customer.to_string()) };
    json!({
        "id": bought.id,
        "name": format!("{} coupon", bought.title),
        "code": bought.code,
        "customer_id": customer,
        "fulfillment_status": "issued",
        "image_url": null,
        "action_text": null,
        "action_url": null,
        "usage_instructions": "Use this code at checkout.",
        "terms_and_conditions": null,
        "expires_at": bought.expires_at.map(time),
        "usage_status": usage(bought),
        "used_at": null,
        "created_at": time(bought.at),
        "updated_at": time(bought.at),
    })
}

//! What is known of whether an order may be returned.
//!
//! AfterShip can't be asked: its returns page decides, or a refusal when a return is created, which this connector never
//! does. What it does know is what has come back already, or is about to.

use serde_json::Value;
use usher_sdk::connector::{Error, caller};

use crate::api::text;
use crate::bindings::exports::usher::tools::returns::{ItemEligibility, ReturnEligibility, ReturnStatus};
use crate::order_name::OrderName;
use crate::returns::OwnReturns;

/// Says nothing of the order itself, so that it needn't be known whose it is.
pub(crate) fn of(order_name: &str) -> Result<ReturnEligibility, Error> {
    let customer = caller::customer()?;
    let order = OrderName::parse(order_name)?;
    let own = OwnReturns::of(&customer)?;
    let taken = own.found.iter().filter(|entry| {
        let is_taken = matches!(
            entry.status(),
            ReturnStatus::Requested | ReturnStatus::Open | ReturnStatus::InReview | ReturnStatus::Closed
        );
        is_taken && entry.order_name().is_some_and(|name| order.is(&name))
    });
    Ok(ReturnEligibility {
        order_name: order.as_str().to_owned(),
        eligible: None,
        items: taken.flat_map(|entry| entry.items()).filter_map(item).collect(),
        deadline: None,
        advisory: true,
    })
}

/// None where some of what was bought is still with the customer.
fn item(item: &Value) -> Option<ItemEligibility> {
    let count = |fields: &[&str]| fields.iter().find_map(|field| item[*field].as_f64());
    let returned = count(&["return_quantity", "intended_return_quantity"]);
    let is_whole = match (returned, count(&["ordered_quantity"])) {
        (Some(returned), Some(ordered)) => returned >= ordered,
        _ => true,
    };
    let title = text(&item["product_title"]).or_else(|| text(&item["title"]));
    is_whole.then(|| ItemEligibility {
        sku: text(&item["sku"]),
        title,
        eligible: false,
        reason: Some("already-returned".to_owned()),
    })
}

#[cfg(test)]
mod tests;

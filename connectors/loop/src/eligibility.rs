//! Whether an order's items may be returned. Loop's portal has the last word and may decide otherwise.

use serde::Deserialize;
use serde_json::{Value, json};
use usher_sdk::connector::{Error, caller};

use crate::api::{Api, text};
use crate::bindings::exports::usher::tools::returns::{ItemEligibility, ReturnEligibility};
use crate::order_name::OrderName;
use crate::returns;

#[derive(Debug, Deserialize)]
struct Eligibility {
    /// Loop says so of every answer; where it doesn't, that is no promise.
    #[serde(default = "always")]
    advisory: bool,
    #[serde(default)]
    items: Vec<Item>,
}

/// Documented are `id`, `external_id` and `eligible`; the rest is read where it is there.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Item {
    eligible: bool,
    sku: Value,
    title: Value,
    ineligibility_code: Value,
    reason: Value,
}

fn always() -> bool {
    true
}

/// Loop's answer names no customer. So an order of which Loop knows another customer's return isn't found, and of
/// any other order the answer says no more than which of its items may come back.
pub(crate) fn of(order_name: &str) -> Result<ReturnEligibility, Error> {
    let customer = caller::customer()?;
    let order = OrderName::parse(order_name)?;
    let api = Api::open()?;
    if returns::is_another_s(&api, &order, &customer)? {
        return Err(Error::NotFound);
    }
    let body = json!({ "order_name": order.as_str() });
    let mut answer = api.ask("/orders/return-eligibility", &body)?.success()?;
    let eligibility = serde_json::from_value(answer.get_mut("return_eligibility").map(Value::take).unwrap_or_default())
        .map_err(|_| Error::Unexpected("Loop's eligibility has another shape".to_owned()))?;
    Ok(read(&order, eligibility))
}

fn read(order: &OrderName, eligibility: Eligibility) -> ReturnEligibility {
    let items: Vec<ItemEligibility> = eligibility.items.into_iter().map(Item::read).collect();
    ReturnEligibility {
        order_name: order.as_str().to_owned(),
        eligible: (!items.is_empty()).then(|| items.iter().any(|item| item.eligible)),
        items,
        deadline: None,
        advisory: eligibility.advisory,
    }
}

impl Item {
    fn read(self) -> ItemEligibility {
        ItemEligibility {
            sku: text(Some(&self.sku)),
            title: text(Some(&self.title)),
            eligible: self.eligible,
            reason: text(Some(&self.ineligibility_code)).or_else(|| text(Some(&self.reason))),
        }
    }
}

#[cfg(test)]
mod tests;

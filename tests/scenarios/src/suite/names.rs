//! What a file writes for names that only the running shop knows: `{order}` and the like.

use super::stage::Stage;
use usher_agent::scenario;
use usher_standins::{DemoCustomer, Order};

/// Puts the shop's own names into a text. Known are, for the scenario's customer or, with ` of SITUATION`, for another:
/// `{order}` (the newest), `{order 2}` (the one before it), `{total}` and `{carrier}` of the newest, `{first name}`,
/// `{email}`; and `{shop}`, the origin of the shop's pages.
pub(super) fn fill(stage: &Stage, customer: Option<&str>, text: &str) -> Result<String, String> {
    scenario::fill(text, &|name| value(stage, customer, name))
}

fn value(stage: &Stage, customer: Option<&str>, name: &str) -> Result<String, String> {
    if name == "shop" {
        return Ok(stage.world.standins.storefront.url().trim_end_matches('/').to_owned());
    }
    let (what, whose) = match name.split_once(" of ") {
        Some((what, whose)) => (what, Some(whose)),
        None => (name, customer),
    };
    let whose = whose.ok_or_else(|| format!("{{{name}}}: a visitor has none; write `{{{what} of SITUATION}}`"))?;
    let customer = stage.customer(whose)?;
    match what {
        "first name" => Ok(customer.first_name),
        "email" => Ok(customer.email),
        "order" => Ok(order(stage, &customer, 1)?.name()),
        "total" => Ok(order(stage, &customer, 1)?.total().to_string()),
        "carrier" => {
            let parcels = order(stage, &customer, 1)?.parcels;
            parcels.into_iter().find_map(|parcel| parcel.carrier).ok_or_else(|| format!("{{{name}}}: nothing was sent"))
        }
        _ => match what.strip_prefix("order ").and_then(|number| number.parse().ok()) {
            Some(number) => Ok(order(stage, &customer, number)?.name()),
            None => Err(format!("{{{name}}} isn't known; see the list in the README")),
        },
    }
}

/// The customer's orders, counted from the newest.
pub(super) fn order(stage: &Stage, customer: &DemoCustomer, number: usize) -> Result<Order, String> {
    let mut orders: Vec<Order> =
        stage.world.standins.read(|shop| shop.orders_of(&customer.email).into_iter().cloned().collect());
    orders.sort_by_key(|order| std::cmp::Reverse((order.created_at, order.number)));
    let count = orders.len();
    orders
        .into_iter()
        .nth(number.saturating_sub(1))
        .ok_or_else(|| format!("{} has {count} orders, and number {number} is asked for", customer.first_name))
}

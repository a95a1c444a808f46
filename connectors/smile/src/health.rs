//! Whether the integration works.

use serde_json::Value;
use usher_sdk::connector::{Error, Retry};

use crate::api::{Api, entries};

/// Reads one customer and one reward.
pub(crate) fn check() -> Result<String, Error> {
    let api = Api::open(Retry::REPEATS)?;
    let mut customers: Value = api.get("/customers", &[("limit", "1")])?;
    entries::<Value>(&mut customers, "customers")?;
    let mut products: Value = api.get("/points_products", &[("page", "1"), ("page_size", "1")])?;
    let some = !entries::<Value>(&mut products, "points_products")?.is_empty();
    Ok(match some {
        true => "customers and rewards can be read".to_owned(),
        false => "customers can be read; the programme has no reward that points buy yet".to_owned(),
    })
}

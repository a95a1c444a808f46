//! Whether the integration works.

use serde_json::Value;
use usher_sdk::connector::{Error, Retry};

use crate::api::Api;
use crate::program;

/// Reads one customer and the programme.
pub(crate) fn check() -> Result<String, Error> {
    let api = Api::open(Retry::REPEATS)?;
    let customers: Value = api.get("/customers", &[("limit", "1")])?;
    if !customers["customers"].is_array() {
        return Err(Error::Unexpected("LoyaltyLion's list of customers has another shape".to_owned()));
    }
    let configuration = program::configuration(&api).map_err(|error| match error {
        Error::NotFound | Error::Refused { .. } => Error::Setting {
            name: "site-id".to_owned(),
            problem: format!("LoyaltyLion doesn't tell that site's programme ({error}); check the number"),
        },
        other => other,
    })?;
    Ok(format!("customers and the programme \"{}\" can be read", configuration.name()))
}

//! Whether the integration works, and which scope the key lacks where it doesn't.

use serde_json::json;
use usher_sdk::connector::{Error, settings};

use crate::api::Api;

/// Reads one return and the eligibility of an order that doesn't exist.
pub(crate) fn check() -> Result<String, Error> {
    let api = Api::open()?;
    let chosen = settings::get("secondary-input");
    if !matches!(chosen.as_deref(), None | Some("postal-code" | "email" | "phone")) {
        let problem = "it is none of postal-code, email and phone; choose one".to_owned();
        return Err(Error::Setting { name: "secondary-input".to_owned(), problem });
    }
    let returns = api.get("/warehouse/return/list", &[("paginate", "true"), ("pageSize", "1")])?;
    let listed = returns.success().map_err(|error| scope(error, "Returns"))?;
    if !listed.is_array() && !listed["returns"].is_array() {
        return Err(Error::Unexpected("Loop's list of returns has another shape".to_owned()));
    }
    // The name is no order's; that it isn't found shows that orders may be asked for.
    let orders = api.ask("/orders/return-eligibility", &json!({ "order_name": "usher-health-check" }))?;
    match orders.success() {
        Ok(body) if !body["return_eligibility"].is_object() => {
            Err(Error::Unexpected("Loop's eligibility has another shape".to_owned()))
        }
        Ok(_) | Err(Error::NotFound | Error::Invalid(_)) => Ok("returns and orders can be read".to_owned()),
        Err(error) => Err(scope(error, "Orders")),
    }
}

/// A key that lacks a scope is answered like one that isn't valid.
fn scope(error: Error, scope: &str) -> Error {
    match error {
        Error::Unauthorized(text) => Error::Unauthorized(format!("{text}. Refused was the scope {scope}")),
        other => other,
    }
}

#[cfg(test)]
mod tests;

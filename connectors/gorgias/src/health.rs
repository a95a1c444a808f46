//! Whether the integration works, and what to check where it doesn't.

use serde::Deserialize;
use serde_json::Value;
use usher_sdk::connector::{Error, one_line};

use crate::api::Api;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Account {
    domain: Option<String>,
    /// An object with a `status`, or that alone.
    status: Value,
}

/// The account that the key opens.
pub(crate) fn check() -> Result<String, Error> {
    let api = Api::open()?;
    let account: Account = api.read("/account").map_err(|error| api.no_account(error))?;
    let status = account.status["status"].as_str().or(account.status.as_str()).unwrap_or("active");
    if status.eq_ignore_ascii_case("deactivated") {
        let what = "the account is deactivated; activate it in Gorgias under Settings, Billing".to_owned();
        return Err(Error::Unauthorized(what));
    }
    let domain = account.domain.filter(|domain| !domain.trim().is_empty());
    let domain = domain.ok_or_else(|| Error::Unexpected("Gorgias doesn't say which account it is".to_owned()))?;
    Ok(format!("{}: tickets are made and read as {}", one_line(&domain), api.email))
}

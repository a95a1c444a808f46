//! The link to the customer's portal. It carries the customer's hash, so it is made for the signed-in customer alone.

use serde::Deserialize;
use usher_sdk::connector::{Error, caller, settings};

use crate::api::Api;
use crate::customer::Subscriber;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Store {
    customer_portal_base_url: Option<String>,
}

/// The shop's own portal where it has one; else Recharge's, which asks the customer to sign in.
///
/// # Errors
/// [`Error::NotFound`] where Recharge doesn't know the customer.
pub(crate) fn url() -> Result<String, Error> {
    caller::customer()?;
    if let Some(own) = settings::get("portal-url") {
        return Ok(own);
    }
    let api = Api::open()?;
    let subscriber = Subscriber::signed_in(&api)?.ok_or(Error::NotFound)?;
    let is_plain = |hash: &String| !hash.is_empty() && hash.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let hash = subscriber.hash.filter(is_plain).ok_or(Error::NotFound)?;
    let store: Store = api.read("/store", "store")?;
    let origin = store.customer_portal_base_url.as_deref().and_then(origin).ok_or_else(|| Error::Setting {
        name: "portal-url".to_owned(),
        problem: "Recharge names no portal of its own; fill in the address of the shop's".to_owned(),
    })?;
    Ok(format!("{origin}/tools/recurring/portal/{hash}/overview"))
}

/// Scheme and host of an address; a bare host is taken for one of https.
fn origin(url: &str) -> Option<String> {
    let url = url.trim();
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme @ ("https" | "http"), rest)) => (scheme, rest),
        Some(_) => return None,
        None => ("https", url),
    };
    let host = rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty())?;
    let is_plain = host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':'));
    is_plain.then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests;

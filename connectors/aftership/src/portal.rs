//! Links to the returns page. A link to an order fills in what the page asks for.

use serde_json::Value;
use usher_sdk::connector::{Error, caller, settings};

use crate::api::{Api, link};
use crate::order_name::OrderName;

/// A link to the order where AfterShip makes one, else to the returns page itself.
pub(crate) fn url(order_name: Option<&str>, postal_code: Option<&str>) -> Result<String, Error> {
    let page = settings::get("portal-url");
    let link = match order_name {
        Some(name) => deep_link(&OrderName::parse(name)?, postal_code)?,
        None if page.is_none() => return Err(Error::Invalid("which order? The order number is needed".to_owned())),
        None => None,
    };
    link.or(page).ok_or(Error::NotFound)
}

/// None where AfterShip can't make one. The address is the customer's verified one, never one that a skill gives.
fn deep_link(name: &OrderName, postal_code: Option<&str>) -> Result<Option<String>, Error> {
    let email = caller::customer().ok().and_then(|customer| customer.email);
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let fields = [
        ("order_number", Some(name.number().to_owned())),
        ("customer_email", email.as_deref().and_then(filled)),
        ("postal_code", postal_code.and_then(filled)),
    ];
    let body: Value = fields.into_iter().filter_map(|(field, value)| Some((field, value?))).collect();
    match Api::open()?.ask("/returns/link", &body) {
        Ok(data) => {
            let unexpected = || Error::Unexpected("AfterShip's link isn't an address".to_owned());
            link(&data["url"]).map(Some).ok_or_else(unexpected)
        }
        Err(Error::NotFound | Error::Invalid(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;

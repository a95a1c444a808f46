//! Links to the returns portal. A link to an order opens it without asking the customer for what Loop was given.

use serde_json::{Value, json};
use usher_sdk::connector::{Error, caller, settings};

use crate::api::Api;
use crate::order_name::OrderName;

/// A link to the order where Loop accepts what is known of it, else to the portal's first page.
pub(crate) fn url(order_name: Option<&str>, postal_code: Option<&str>) -> Result<String, Error> {
    let portal = settings::get("portal-url");
    let name = order_name.map(OrderName::parse).transpose()?;
    let link = match (name, secondary_input(postal_code)?) {
        (Some(name), Some(proof)) => deep_link(&name, &proof)?,
        (None, _) if portal.is_none() => {
            return Err(Error::Invalid("which order? The order number is needed".to_owned()));
        }
        (_, None) if portal.is_none() => {
            return Err(Error::Invalid(
                "the portal also needs the postal code, or a sign-in with e-mail or phone".to_owned(),
            ));
        }
        _ => None,
    };
    link.or(portal).ok_or(Error::NotFound)
}

/// What the portal asks for besides the order's name, as the shop has set it up at Loop. The address and the number
/// are the customer's verified ones.
fn secondary_input(postal_code: Option<&str>) -> Result<Option<String>, Error> {
    let verified = |field: fn(caller::Customer) -> Option<String>| caller::customer().ok().and_then(field);
    let proof = match settings::get("secondary-input").as_deref() {
        None | Some("postal-code") => postal_code.map(str::to_owned),
        Some("email") => verified(|customer| customer.email),
        Some("phone") => verified(|customer| customer.phone),
        Some(_) => {
            let problem = "it is none of postal-code, email and phone; choose one".to_owned();
            return Err(Error::Setting { name: "secondary-input".to_owned(), problem });
        }
    };
    Ok(proof.map(|proof| proof.trim().to_owned()).filter(|proof| !proof.is_empty()))
}

/// None where Loop knows no such order, or the proof isn't its.
fn deep_link(name: &OrderName, proof: &str) -> Result<Option<String>, Error> {
    // The key is `zip` whatever the shop has chosen.
    let body = json!({ "name": name.as_str(), "zip": proof, "gift": false });
    let answer = Api::open()?.ask("/order/link", &body)?;
    if matches!(answer.status(), 400 | 404 | 422) {
        return Ok(None);
    }
    let body = answer.success()?;
    let url =
        body.get("url").and_then(Value::as_str).filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    url.map(|url| Some(url.to_owned())).ok_or_else(|| Error::Unexpected("Loop's link isn't an address".to_owned()))
}

#[cfg(test)]
mod tests;

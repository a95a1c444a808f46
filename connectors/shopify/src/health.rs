//! Whether the integration works, and what is missing where it doesn't.

use serde::Deserialize;
use serde_json::json;
use usher_sdk::connector::Error;

use crate::admin::Admin;

const SHOP: &str = include_str!("../graphql/shop.graphql");
const SAMPLES: &str = include_str!("../graphql/samples.graphql");

/// What the tools read.
const KINDS: [&str; 4] = ["orders", "customers", "products", "discounts"];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    shop: Shop,
    current_app_installation: Installation,
}

#[derive(Debug, Deserialize)]
struct Shop {
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Installation {
    access_scopes: Vec<Scope>,
}

#[derive(Debug, Deserialize)]
struct Scope {
    handle: String,
}

impl Installation {
    fn may(&self, scope: &str) -> bool {
        self.access_scopes.iter().any(|granted| granted.handle == scope)
    }

    /// A scope to write is one to read.
    fn reads(&self, kind: &str) -> bool {
        let opens = |handle: &str| handle.strip_prefix("read_").or(handle.strip_prefix("write_")) == Some(kind);
        self.access_scopes.iter().any(|scope| opens(&scope.handle))
    }
}

/// The shop's name, after a read of each kind of object that the tools need: a scope alone doesn't open customers'
/// data, which Shopify protects apart.
pub(crate) fn check() -> Result<String, Error> {
    let admin = Admin::open()?;
    let Answer { shop, current_app_installation: app } = admin.read(SHOP, json!({}))?;
    if let (wanted, Some(served)) = admin.versions()
        && wanted != served
    {
        let problem = format!("Shopify answers with version {served} instead of {wanted}; enter one that it supports");
        return Err(Error::Setting { name: "api-version".to_owned(), problem });
    }
    let missing: Vec<String> =
        KINDS.iter().filter(|kind| !app.reads(kind)).map(|kind| format!("read_{kind}")).collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        let text = format!("{}: the app lacks the scopes {missing}; add them, and install it again", shop.name);
        return Err(Error::Unauthorized(text));
    }
    admin.read::<serde::de::IgnoredAny>(SAMPLES, json!({}))?;

    let older = if app.reads("all_orders") { "" } else { " Orders older than 60 days need the scope read_all_orders." };
    // A shop may want answers only; then every change is refused.
    let changes = match app.may("write_orders") {
        true => "orders can be cancelled and sent elsewhere",
        false => "to cancel orders and to send them elsewhere, the app needs the scope write_orders",
    };
    Ok(format!("{}: orders, customers, products and discounts can be read; {changes}.{older}", shop.name))
}

#[cfg(test)]
mod tests;

//! Who at Recharge the signed-in customer is.

use serde::Deserialize;
use usher_sdk::connector::caller::{self, Customer};
use usher_sdk::connector::{Error, Owner};

use crate::api::{Api, text};

/// A customer as Recharge knows them.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Subscriber {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    email: Option<String>,
    /// Opens the customer's portal: as good as a secret.
    pub(crate) hash: Option<String>,
    external_customer_id: ExternalId,
}

/// The shop's own id.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct ExternalId {
    #[serde(deserialize_with = "text")]
    ecommerce: String,
}

impl Subscriber {
    /// None where Recharge doesn't know the signed-in customer: by the shop's id, else by the verified address. What
    /// Recharge finds is compared once more.
    ///
    /// # Errors
    /// [`Error::SignInRequired`], and those of the request.
    pub(crate) fn signed_in(api: &Api) -> Result<Option<Self>, Error> {
        let customer = caller::customer()?;
        if let Some(number) = number(&customer) {
            let found: Vec<Self> = api.list("/customers", "customers", &[("external_customer_id", number)])?;
            let mut found = found.into_iter();
            if let Some(own) = found.find(|one| one.external_customer_id.ecommerce == number && !one.id.is_empty()) {
                return Ok(Some(own));
            }
        }
        let Some(email) = customer.email.as_deref().map(str::trim).filter(|email| !email.is_empty()) else {
            return Ok(None);
        };
        let found: Vec<Self> = api.list("/customers", "customers", &[("email", email)])?;
        Ok(found.into_iter().find(|one| customer.has_email(one.email.as_deref()) && !one.id.is_empty()))
    }

    /// For the runtime, which compares it with the customer of the conversation.
    pub(crate) fn owner(&self) -> Owner {
        let id = Some(self.external_customer_id.ecommerce.clone()).filter(|id| !id.is_empty());
        Owner { customer_id: id, email: self.email.clone() }
    }
}

/// The number that a shop's platform gave the customer: `7001`, of `gid://shopify/Customer/7001` too.
fn number(customer: &Customer) -> Option<&str> {
    let number = customer.id.as_deref()?.trim().rsplit('/').next()?;
    (!number.is_empty() && number.len() <= 20 && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(number)
}

#[cfg(test)]
mod tests;

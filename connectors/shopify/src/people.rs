//! Who a verified address or id belongs to.

use serde::Deserialize;
use serde_json::json;
use usher_sdk::connector::Error;

use crate::admin::Admin;
use crate::bindings::exports::usher::tools::customers::CustomerKey;
use crate::bindings::usher::tools::profile::CustomerProfile;
use crate::gid;

const CUSTOMER: &str = include_str!("../graphql/customer.graphql");

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    customer_by_identifier: Option<CustomerNode>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct CustomerNode {
    id: String,
    first_name: Option<String>,
    last_name: Option<String>,
    locale: Option<String>,
    default_email_address: Option<EmailAddress>,
    default_phone_number: Option<PhoneNumber>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EmailAddress {
    email_address: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhoneNumber {
    phone_number: String,
}

/// Shopify's `verifiedEmail` is not read: it is true for every customer that staff or an app created. That the
/// address is the asker's is the runtime's to know.
pub(crate) fn lookup(key: &CustomerKey) -> Result<CustomerProfile, Error> {
    find(&Admin::open()?, key)
}

/// [`lookup`] as a part of a call.
pub(crate) fn find(admin: &Admin, key: &CustomerKey) -> Result<CustomerProfile, Error> {
    let identifier = match key {
        CustomerKey::Id(id) => {
            json!({ "id": gid::from_number("Customer", gid::number(id.trim()).ok_or(Error::NotFound)?) })
        }
        CustomerKey::Email(email) => json!({ "emailAddress": email.trim() }),
        CustomerKey::Phone(phone) => json!({ "phoneNumber": phone.trim() }),
    };
    let found: Found = admin.read(CUSTOMER, json!({ "identifier": identifier }))?;
    let profile = found.customer_by_identifier.ok_or(Error::NotFound)?.profile();
    if answers(&profile, key) { Ok(profile) } else { Err(Error::NotFound) }
}

/// Whether it is the customer who was asked for: a provider's lookup is never taken on trust.
fn answers(profile: &CustomerProfile, key: &CustomerKey) -> bool {
    let digits = |phone: &str| phone.chars().filter(char::is_ascii_digit).collect::<String>();
    match key {
        CustomerKey::Id(id) => profile.id.as_deref() == gid::number(id.trim()),
        CustomerKey::Email(email) => profile.email.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(email.trim())),
        CustomerKey::Phone(phone) => {
            let asked = digits(phone);
            !asked.is_empty() && profile.phone.as_deref().map(digits) == Some(asked)
        }
    }
}

impl CustomerNode {
    fn profile(self) -> CustomerProfile {
        let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        CustomerProfile {
            id: Some(gid::shown(&self.id)),
            first_name: filled(self.first_name),
            last_name: filled(self.last_name),
            email: filled(self.default_email_address.map(|email| email.email_address)),
            phone: filled(self.default_phone_number.map(|phone| phone.phone_number)),
            locale: filled(self.locale),
        }
    }
}

#[cfg(test)]
mod tests;

//! Changing where an order is sent.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use usher_sdk::connector::{Address, Error};

use super::state::OrderState;
use super::{Subject, UserError, refusal};
use crate::admin::NotMade;
use crate::order_record::MailingAddress;

const CHANGE: &str =
    concat!(include_str!("../../graphql/change_address.graphql"), include_str!("../../graphql/order_state.graphql"));

/// How often the order is looked at after an answer that was lost.
const LOOKS: u32 = 3;
const FIRST_LOOK: Duration = Duration::from_millis(250);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    order_update: Payload,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    order: Option<OrderState>,
    user_errors: Vec<UserError>,
}

/// Sends the order to another address, as long as nobody has begun to pack it. Returns when the order shows it. Shopify
/// doesn't calculate shipping or tax anew.
///
/// # Errors
/// [`Error::Invalid`] where the address isn't changed for certain. Any other error of the provider leaves it open.
pub(crate) fn change(name: &str, address: &Address) -> Result<(), Error> {
    let (order, state) = Subject::open(name)?;
    state.changeable()?;
    let Some(current) = &state.shipping_address else {
        return Err(Error::Invalid("the order has no address: nothing of it is sent by post".to_owned()));
    };
    // An earlier attempt did it, or there is nothing to do.
    if is_sent_to(&state, address) {
        return Ok(());
    }
    let input = json!({ "id": order.id, "shippingAddress": mailing_address(address, current)? });
    match order.admin.act::<Answer>(CHANGE, json!({ "input": input })) {
        Ok(Answer { order_update: Payload { user_errors: errors, .. } }) if !errors.is_empty() => Err(refusal(&errors)),
        Ok(Answer { order_update: Payload { order: Some(changed), .. } }) if is_sent_to(&changed, address) => Ok(()),
        Ok(_) => order.await_address(
            address,
            Error::Unexpected("Shopify took the address, and the order doesn't show it".to_owned()),
        ),
        Err(NotMade::Certainly(error)) => Err(error),
        Err(NotMade::Perhaps(error)) => order.await_address(address, error),
    }
}

impl Subject {
    /// Looks at the order until it is sent to this address; `otherwise` is the error where it doesn't come to be.
    fn await_address(&self, address: &Address, otherwise: Error) -> Result<(), Error> {
        let looks = self.admin.looks(LOOKS, FIRST_LOOK);
        while looks.wait(None) {
            if self.read().is_ok_and(|state| is_sent_to(&state, address)) {
                return Ok(());
            }
        }
        Err(otherwise)
    }
}

/// Shopify overwrites the whole address: what isn't sent is gone, the company of the old address too.
fn mailing_address(address: &Address, current: &MailingAddress) -> Result<Value, Error> {
    let country = address.country_code.trim().to_ascii_uppercase();
    if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(Error::Invalid(format!("{country:?} is no country; write two letters, like DE")));
    }
    let (first, last) = names(&address.name, current);
    Ok(json!({
        "firstName": first,
        "lastName": last,
        "address1": address.line1.trim(),
        "address2": address.line2.as_deref().map(str::trim),
        "city": address.city.trim(),
        "provinceCode": address.region.as_deref().map(str::trim),
        "zip": address.postal_code.trim(),
        "countryCode": country,
        "phone": address.phone.as_deref().map(str::trim),
    }))
}

/// As Shopify has the two names of the same person already; else the last word is the last name.
fn names(name: &str, current: &MailingAddress) -> (Option<String>, String) {
    let name = name.trim();
    let [first, last] = [&current.first_name, &current.last_name].map(|part| part.clone().unwrap_or_default());
    if !last.is_empty() && same(&format!("{first} {last}"), name) {
        return (Some(first).filter(|first| !first.is_empty()), last);
    }
    match name.rsplit_once(char::is_whitespace) {
        Some((first, last)) => (Some(first.trim().to_owned()), last.to_owned()),
        None => (None, name.to_owned()),
    }
}

fn is_sent_to(state: &OrderState, wanted: &Address) -> bool {
    let Some(now) = state.shipping_address.clone().and_then(MailingAddress::read) else { return false };
    let optional = |one: &Option<String>, other: &Option<String>| {
        same(one.as_deref().unwrap_or_default(), other.as_deref().unwrap_or_default())
    };
    same(&now.name, &wanted.name)
        && same(&now.line1, &wanted.line1)
        && optional(&now.line2, &wanted.line2)
        && same(&now.city, &wanted.city)
        && same(&now.postal_code.replace(' ', ""), &wanted.postal_code.replace(' ', ""))
        && same(&now.country_code, &wanted.country_code)
}

/// Case and spaces aside, which Shopify may set right.
fn same(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    plain(one) == plain(other)
}

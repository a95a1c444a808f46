//! Whom a ticket is for.

use serde_json::{Value, json};
use usher_sdk::connector::{Error, Request, log};

use crate::api::{self, Api, NotMade};
use crate::bindings::exports::usher::tools::helpdesk::Ticket;

/// How Gorgias knows the customer. With an address it finds or makes them itself. Without one, as after an SMS, they are
/// known by the number, under an id of ours. None where neither can be had.
///
/// # Errors
/// There is no answer.
pub(crate) fn of(api: &Api, given: &Ticket) -> Result<Option<Value>, Error> {
    let known =
        |value: &Option<String>| value.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let name = known(&given.requester_name);
    if let Some(email) = known(&given.requester_email) {
        let name = name.unwrap_or_else(|| email.split('@').next().unwrap_or_default().to_owned());
        return Ok(Some(json!({ "email": email, "name": name })));
    }
    let Some(phone) = known(&given.requester_phone) else { return Ok(None) };
    let id = format!("usher:{phone}");
    if let Some(found) = find(api, &id)? {
        return Ok(Some(found));
    }
    let body = json!({
        "name": name.unwrap_or_else(|| phone.clone()),
        "external_id": id,
        "channels": [{ "type": "phone", "address": phone, "preferred": true }],
    });
    let nameless = || NotMade::Perhaps(Error::Unexpected("Gorgias made a customer without an id".to_owned()));
    let made = api.act::<api::Customer>(Request::post, "/customers", &body);
    match made.and_then(|made| reference(&made).ok_or_else(nameless)) {
        Ok(made) => Ok(Some(made)),
        Err(NotMade::Certainly(error @ (Error::Throttled { .. } | Error::Unauthorized(_)))) => Err(error),
        // They may be there under another id already, by the number.
        Err(NotMade::Certainly(error)) => {
            log::warn(&format!("a ticket gets no customer, for Gorgias makes none without an address: {error}"));
            Ok(None)
        }
        Err(NotMade::Perhaps(lost)) => {
            let found = if api.looks(1).wait(None) { find(api, &id).unwrap_or_default() } else { None };
            found.map(Some).ok_or(lost)
        }
    }
}

fn find(api: &Api, id: &str) -> Result<Option<Value>, Error> {
    let found: api::Page<api::Customer> =
        api.list("/customers", &[("external_id", id)]).map_err(|error| api.no_account(error))?;
    Ok(found.entries.iter().find(|one| one.external_id.as_deref() == Some(id)).and_then(reference))
}

fn reference(customer: &api::Customer) -> Option<Value> {
    customer.id.parse::<u64>().ok().map(|id| json!({ "id": id }))
}

//! Whom a ticket is for.

use serde_json::{Value, json};
use usher_sdk::connector::{Error, Request, log};

use crate::api::{self, Api, NotMade, Record, User};
use crate::bindings::exports::usher::tools::helpdesk::Ticket;

/// Puts the requester into a ticket that is to be created. With an address Zendesk finds or makes the user itself. Without
/// one, as after an SMS, the user is known by the number, under an id of ours that makes it the same one each time. Where
/// neither can be had nothing is put in, and the API's user stands in: the note says who it is.
///
/// # Errors
/// There is no answer.
pub(crate) fn put_into(ticket: &mut Value, api: &Api, given: &Ticket) -> Result<(), Error> {
    let known =
        |value: &Option<String>| value.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let (email, phone, name) =
        (known(&given.requester_email), known(&given.requester_phone), known(&given.requester_name));
    if let Some(email) = email {
        // A new user needs a name.
        let name = name.unwrap_or_else(|| email.split('@').next().unwrap_or_default().to_owned());
        ticket["requester"] = json!({ "email": email, "name": name });
    } else if let Some(phone) = phone {
        let user = json!({
            "name": name.unwrap_or_else(|| phone.clone()),
            "phone": phone,
            "external_id": format!("usher:{phone}"),
            "role": "end-user",
            "skip_verify_email": true,
        });
        let body = json!({ "user": user });
        // The same user however often it is asked for, so that an answer that got lost does no harm.
        let made = api.act(api::json(|url| Request::post(url).reading(), &[], &body), "/users/create_or_update");
        match made.and_then(|response| api::under::<User>(&response, "user").map_err(NotMade::Perhaps)) {
            Ok(User { id, .. }) => {
                let nameless = || Error::Unexpected("Zendesk made a user without an id".to_owned());
                ticket["requester_id"] = id.parse::<u64>().map_err(|_| nameless())?.into();
            }
            Err(NotMade::Perhaps(error) | NotMade::Certainly(error @ Error::Throttled { .. })) => return Err(error),
            Err(NotMade::Certainly(error)) => {
                log::warn(&format!(
                    "a ticket gets no requester, for Zendesk makes no user without an address: {error}"
                ));
            }
        }
    }
    Ok(())
}

/// Takes the requester out again, where Zendesk doesn't have it. False where there is none.
pub(crate) fn take_from(ticket: &mut Value) -> bool {
    let Some(fields) = ticket.as_object_mut() else { return false };
    let removed = [fields.remove("requester"), fields.remove("requester_id")];
    removed.iter().flatten().next().is_some()
}

/// Whose name a customer's later message is written in; none where it must be an internal note.
pub(crate) fn author(record: &Record) -> Option<u64> {
    if record.has_no_requester() { None } else { record.requester_id.parse().ok() }
}

//! Creating a ticket, once.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use usher_sdk::connector::{Error, Request, log, settings};

use crate::api::{self, Api, NotMade, Record};
use crate::bindings::exports::usher::tools::helpdesk::{Comment, Ticket, TicketRef};
use crate::customer;
use crate::message::{self, Thread};

/// Gorgias' limit for an `external_id`, less what messages put before theirs and the summary after.
const LONGEST_ID: usize = 235;
/// What a subject is cut to, in bytes.
const LONGEST_SUBJECT: usize = 150;
/// What the runtime sends at most is 256 KiB.
const LONGEST_BODY: usize = 240_000;
const LOOKS: u32 = 2;

/// The ticket, whether this call made it or an earlier one.
///
/// # Errors
/// [`Error::Invalid`] where Gorgias refuses it for good; any other where it may be tried again.
pub(crate) fn create(ticket: &Ticket) -> Result<TicketRef, Error> {
    let api = Api::open()?;
    let id = ticket.external_id.trim();
    if id.is_empty() || id.len() > LONGEST_ID || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::Invalid("the ticket's external id must have 1 to 235 visible ASCII characters".to_owned()));
    }
    if let Some(there) = find(&api, id)? {
        return Ok(there);
    }
    let customer = customer::of(&api, ticket)?;
    let has_customer = customer.is_some();
    match ask(&api, &body(&api, ticket, customer)) {
        // A ticket that nobody is named in is better than none.
        Err(NotMade::Certainly(refusal @ Error::Invalid(_))) if has_customer => {
            log::warn(&format!("a ticket gets no customer: {refusal}"));
            settled(&api, id, ask(&api, &body(&api, ticket, None)))
        }
        outcome => settled(&api, id, outcome),
    }
}

/// The ticket with this id of ours; the first where there are several.
fn find(api: &Api, id: &str) -> Result<Option<TicketRef>, Error> {
    let found: api::Page<Record> =
        api.list("/tickets", &[("external_id", id)]).map_err(|error| api.no_account(error))?;
    let own = found.entries.into_iter().filter(|one| one.external_id.as_deref() == Some(id) && !one.id.is_empty());
    Ok(own.min_by_key(|one| one.id.parse::<u64>().unwrap_or(u64::MAX)).map(|one| reference(api, one)))
}

fn reference(api: &Api, record: Record) -> TicketRef {
    TicketRef { url: Some(format!("https://{}/app/ticket/{}", api.account, record.id)), id: record.id }
}

fn ask(api: &Api, body: &Value) -> Result<TicketRef, NotMade> {
    let record: Record = api.act(Request::post, "/tickets", body)?;
    if record.id.is_empty() {
        return Err(NotMade::Perhaps(Error::Unexpected("Gorgias made a ticket without an id".to_owned())));
    }
    Ok(reference(api, record))
}

/// Looks for the ticket where the answer got lost.
fn settled(api: &Api, id: &str, outcome: Result<TicketRef, NotMade>) -> Result<TicketRef, Error> {
    let lost = match outcome {
        Ok(made) => return Ok(made),
        Err(NotMade::Certainly(error)) => return Err(api.no_account(error)),
        Err(NotMade::Perhaps(lost)) => lost,
    };
    let looks = api.looks(LOOKS);
    while api.left() > 0 && looks.wait(None) {
        // A look that fails is no news.
        if let Ok(Some(made)) = find(api, id) {
            return Ok(made);
        }
    }
    Err(lost)
}

fn body(api: &Api, given: &Ticket, customer: Option<Value>) -> Value {
    let email = given.requester_email.clone().filter(|_| customer.is_some());
    // Without an address Gorgias has nothing to mail to.
    let channel = match (&email, settings::get("channel")) {
        (Some(_), Some(channel)) => channel,
        (Some(_), None) => "email".to_owned(),
        (None, _) => "api".to_owned(),
    };
    let address = email.or_else(|| given.requester_phone.clone());
    let thread = Thread { channel, customer: customer.clone(), address, user: api.email.clone() };
    let ends_at = given.transcript.last().map(|last| last.sent_at.as_str()).unwrap_or_default();
    let note_id = format!("{}:summary", message::external_id(given.external_id.trim()));
    let write = |said: &[Comment], notice: &str| {
        let mut messages: Vec<Value> = said.iter().map(|comment| thread.said(comment)).collect();
        messages.push(thread.note(&note_id, &format!("{}{notice}", message::summary(given)), ends_at));
        let mut ticket = json!({
            "channel": thread.channel,
            "via": "api",
            "status": "open",
            "subject": subject(given),
            "external_id": given.external_id.trim(),
            "priority": settings::get("priority").unwrap_or_else(|| "normal".to_owned()),
            "tags": tags(given).into_iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
            "messages": messages,
        });
        if let Some(customer) = &customer {
            ticket["customer"] = customer.clone();
        }
        ticket
    };
    let whole = write(&given.transcript, "");
    if size(&whole) <= LONGEST_BODY {
        return whole;
    }
    // Its end says most about why a person is needed.
    let mut first = 0;
    loop {
        first += (given.transcript.len() - first).div_ceil(8);
        let left_out = format!("\n\nThe first {first} messages of the conversation didn't fit in here.");
        let rest = write(&given.transcript[first..], &left_out);
        if size(&rest) <= LONGEST_BODY || first == given.transcript.len() {
            return rest;
        }
    }
}

fn size(body: &Value) -> usize {
    body.to_string().len()
}

fn subject(given: &Ticket) -> String {
    let words: Vec<&str> = given.subject.split_whitespace().collect();
    let subject = if words.is_empty() { "A customer asks for help".to_owned() } else { words.join(" ") };
    message::cut(&subject, LONGEST_SUBJECT)
}

fn tags(given: &Ticket) -> BTreeSet<String> {
    let own = settings::get("tags").unwrap_or_default();
    let about = [format!("channel_{}", given.channel), format!("reason_{}", given.reason)];
    let all = own.split(',').chain(given.tags.iter().map(String::as_str)).chain(about.iter().map(String::as_str));
    all.map(|tag| message::cut(tag.trim(), 200)).filter(|tag| !tag.is_empty()).collect()
}

//! Creating a ticket, once.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};
use usher_sdk::connector::{Error, Request, log, settings};

use crate::api::{self, Api, NotMade, Record};
use crate::bindings::exports::usher::tools::helpdesk::{Ticket, TicketRef};
use crate::{note, requester};

/// Zendesk's limit for an `Idempotency-Key`.
const LONGEST_KEY: usize = 255;
/// What a subject is cut to, in bytes: Zendesk has no room for more in its lists.
const LONGEST_SUBJECT: usize = 150;
const LOOKS: u32 = 2;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Upload {
    token: Option<String>,
}

/// The ticket, whether this call made it or an earlier one.
///
/// # Errors
/// [`Error::Invalid`] where Zendesk refuses it for good; any other where it may be tried again.
pub(crate) fn create(ticket: &Ticket) -> Result<TicketRef, Error> {
    let api = Api::open()?;
    let id = ticket.external_id.trim();
    if id.is_empty() || id.len() > LONGEST_KEY - 20 || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::Invalid("the ticket's external id must have 1 to 235 visible ASCII characters".to_owned()));
    }
    if let Some(there) = find(&api, id)? {
        return Ok(there);
    }
    let mut body = body(&api, ticket)?;
    match ask(&api, id, &body) {
        // A ticket that nobody is named in is better than none.
        Err(NotMade::Certainly(refusal @ Error::Invalid(_))) if requester::take_from(&mut body["ticket"]) => {
            log::warn(&format!("a ticket gets no requester: {refusal}"));
            settled(&api, id, ask(&api, &format!("{id}:without-requester"), &body))
        }
        outcome => settled(&api, id, outcome),
    }
}

/// The ticket with this id of ours; the first where there are several.
fn find(api: &Api, id: &str) -> Result<Option<TicketRef>, Error> {
    let found: Result<Vec<Record>, Error> = api.read("/tickets", "tickets", &[("external_id", id)]);
    let found = found.map_err(|error| no_account(api, error))?;
    let mut own: Vec<Record> = found.into_iter().filter(|one| one.external_id.as_deref() == Some(id)).collect();
    own.sort_by_key(|one| one.id.parse::<u64>().unwrap_or(u64::MAX));
    Ok(own.into_iter().next().filter(|one| !one.id.is_empty()).map(|one| reference(api, one)))
}

/// Where nothing is found under the API's own paths, there is no helpdesk.
pub(crate) fn no_account(api: &Api, error: Error) -> Error {
    match error {
        Error::NotFound => Error::Setting {
            name: "account".to_owned(),
            problem: format!("there is no helpdesk at {}; write the address that agents sign in at", api.account),
        },
        other => other,
    }
}

fn reference(api: &Api, record: Record) -> TicketRef {
    TicketRef { url: Some(format!("https://{}/agent/tickets/{}", api.account, record.id)), id: record.id }
}

fn ask(api: &Api, key: &str, body: &Value) -> Result<TicketRef, NotMade> {
    let response = api.act(api::json(Request::post, &[("Idempotency-Key", key)], body), "/tickets")?;
    let record: Record = api::under(&response, "ticket").map_err(NotMade::Perhaps)?;
    if record.id.is_empty() {
        return Err(NotMade::Perhaps(Error::Unexpected("Zendesk made a ticket without an id".to_owned())));
    }
    Ok(reference(api, record))
}

/// Looks for the ticket where the answer got lost.
fn settled(api: &Api, id: &str, outcome: Result<TicketRef, NotMade>) -> Result<TicketRef, Error> {
    let lost = match outcome {
        Ok(made) => return Ok(made),
        Err(NotMade::Certainly(error)) => return Err(no_account(api, error)),
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

fn body(api: &Api, given: &Ticket) -> Result<Value, Error> {
    let note = note::of(given);
    let mut comment = json!({ "body": note.body, "public": false });
    if let Some(file) = note.file {
        comment["uploads"] = upload(api, &file)?.into_iter().collect();
    }
    let mut ticket = json!({
        "subject": subject(given),
        "comment": comment,
        "external_id": given.external_id.trim(),
        "tags": tags(given),
        "priority": settings::get("priority").unwrap_or_else(|| "normal".to_owned()),
        "type": "question",
        "metadata": {
            "usher": given.external_id.trim(),
            "channel": given.channel,
            "reason": given.reason,
            "skill": given.skill,
            "profile_id": given.profile_id,
        },
    });
    for (setting, field) in [("group-id", "group_id"), ("brand-id", "brand_id")] {
        if let Some(value) = settings::get(setting) {
            let problem =
                || "it isn't a number; copy the one in the address of its page in the Admin Center".to_owned();
            let id: u64 = value.parse().map_err(|_| Error::Setting { name: setting.to_owned(), problem: problem() })?;
            ticket[field] = id.into();
        }
    }
    requester::put_into(&mut ticket, api, given)?;
    Ok(json!({ "ticket": ticket }))
}

fn subject(given: &Ticket) -> String {
    let words: Vec<&str> = given.subject.split_whitespace().collect();
    let subject = if words.is_empty() { "A customer asks for help".to_owned() } else { words.join(" ") };
    note::cut(&note::plain(&subject), LONGEST_SUBJECT)
}

/// The token of an uploaded transcript. A file more than once does no harm: those that no comment takes expire.
fn upload(api: &Api, text: &str) -> Result<Option<String>, Error> {
    let file = |url: String| {
        Request::post(url).query("filename", "conversation.txt").text("text/plain; charset=utf-8", text).reading()
    };
    let made = api.act(file, "/uploads").map_err(|not_made| match not_made {
        NotMade::Certainly(error) | NotMade::Perhaps(error) => error,
    });
    match made {
        Ok(response) => Ok(api::under::<Upload>(&response, "upload")?.token),
        // Files may be forbidden; the note has the end of the conversation.
        Err(error @ (Error::Invalid(_) | Error::Unauthorized(_) | Error::Refused { status: 413, .. })) => {
            log::warn(&format!("a long transcript is cut, for Zendesk takes no file: {error}"));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// In Zendesk's alphabet: lower case, without spaces.
fn tags(given: &Ticket) -> BTreeSet<String> {
    let own = settings::get("tags").unwrap_or_default();
    let about = [format!("channel_{}", given.channel), format!("reason_{}", given.reason)];
    let all = own.split(',').chain(given.tags.iter().map(String::as_str)).chain(about.iter().map(String::as_str));
    let clean = |tag: &str| {
        let kept = |c: char| if c.is_alphanumeric() || "-_/:.".contains(c) { c } else { '_' };
        tag.trim().to_lowercase().chars().map(kept).collect::<String>()
    };
    all.map(clean).filter(|tag| !tag.trim_matches('_').is_empty()).collect()
}

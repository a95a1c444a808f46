//! Adding a comment, once.

use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use usher_sdk::connector::{Error, Request, Timestamp};

use crate::api::{self, Api, NotMade, Record, given, text};
use crate::bindings::exports::usher::tools::helpdesk::{Author, Comment};
use crate::{note, requester};

const LOOKS: u32 = 2;
const LONGEST: usize = 60_000;
/// Pages that are searched for our id, newest comments first.
const PAGES: u32 = 2;
/// No comment of ours is older than what it says; Zendesk's clock isn't ours.
const EARLIER: Duration = Duration::from_secs(24 * 3600);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Written {
    #[serde(deserialize_with = "text")]
    audit_id: String,
    body: Option<String>,
    created_at: Option<String>,
    #[serde(deserialize_with = "given")]
    metadata: Metadata,
    #[serde(deserialize_with = "given")]
    via: Via,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    /// What we put there. Missing where Zendesk shows it in the audit only.
    custom: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Audit {
    #[serde(deserialize_with = "given")]
    metadata: Metadata,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Via {
    channel: Option<String>,
}

/// A customer's message is public and in their name, and opens a ticket that waited for them; anything else is an internal
/// note.
///
/// # Errors
/// [`Error::Invalid`] where the ticket takes no comment any more; [`Error::NotFound`] where there is no such ticket.
pub(crate) fn add(ticket_id: &str, comment: &Comment) -> Result<(), Error> {
    let id = api::ticket_number(ticket_id)?;
    let api = Api::open()?;
    let record: Record = api.read(&format!("/tickets/{id}"), "ticket", &[])?;
    if record.id != id {
        return Err(Error::Unexpected("Zendesk shows another ticket than was asked for".to_owned()));
    }
    let (body, change) = change(&record, comment);
    if is_there(&api, id, comment, &body)? {
        return Ok(());
    }
    if record.is("closed") {
        return Err(Error::Invalid(
            "the ticket is closed in Zendesk, and a closed ticket takes no comment; hand the conversation over anew"
                .to_owned(),
        ));
    }
    match api.act(api::json(Request::put, &[], &change), &format!("/tickets/{id}")) {
        Ok(_) => Ok(()),
        Err(NotMade::Certainly(error)) => Err(error),
        Err(NotMade::Perhaps(lost)) => {
            let looks = api.looks(LOOKS);
            while api.left() > 0 && looks.wait(None) {
                // A look that fails is no news.
                if is_there(&api, id, comment, &body).unwrap_or_default() {
                    return Ok(());
                }
            }
            Err(lost)
        }
    }
}

/// What the comment says, and the change that adds it.
fn change(record: &Record, comment: &Comment) -> (String, Value) {
    let said = note::cut(comment.text.trim(), LONGEST);
    let author = requester::author(record).filter(|_| comment.author == Author::Customer);
    let (body, mut written) = match author {
        // Zendesk refuses a comment without a text.
        Some(_) if said.is_empty() => ("…".to_owned(), json!({ "public": true })),
        Some(_) => (note::plain(&said), json!({ "public": true })),
        None => (note::plain(&format!("{}: {said}", note::speaker(comment))), json!({ "public": false })),
    };
    written["body"] = body.as_str().into();
    if let Some(author) = author {
        written["author_id"] = author.into();
    }
    let mut ticket = json!({ "comment": written, "metadata": { "usher": comment.external_id } });
    let waits = ["pending", "hold", "solved"].iter().any(|status| record.is(status));
    if comment.author == Author::Customer && waits {
        ticket["status"] = "open".into();
    }
    (body, json!({ "ticket": ticket }))
}

/// Whether a comment with our id is among the newest.
fn is_there(api: &Api, id: &str, comment: &Comment, body: &str) -> Result<bool, Error> {
    let since = Timestamp::parse(&comment.sent_at).map(|sent| sent.minus(EARLIER));
    let mut after: Option<String> = None;
    for _ in 0..PAGES {
        let mut query = vec![("sort", "-created_at"), ("page[size]", "50")];
        query.extend(after.as_deref().map(|after| ("page[after]", after)));
        let response = api.get(&format!("/tickets/{id}/comments"), &query)?;
        let page: Vec<Written> = api::under(&response, "comments")?;
        for one in page.iter().filter(|one| one.via.channel.as_deref().is_none_or(|channel| channel == "api")) {
            if is_ours(api, id, one, comment, body)? {
                return Ok(true);
            }
        }
        let at = page.last().and_then(|last| Timestamp::parse(last.created_at.as_deref()?));
        let older = matches!((at, since), (Some(at), Some(since)) if at < since);
        let more: api::Meta = api::under(&response, "meta").unwrap_or_default();
        after = more.after().filter(|_| !older);
        if after.is_none() {
            break;
        }
    }
    Ok(false)
}

fn is_ours(api: &Api, id: &str, one: &Written, comment: &Comment, body: &str) -> Result<bool, Error> {
    let has = |custom: &Value| custom["usher"].as_str() == Some(comment.external_id.as_str());
    if let Some(custom) = &one.metadata.custom {
        return Ok(has(custom));
    }
    // What says the same may be it; only the audit tells.
    if one.audit_id.is_empty() || !one.body.as_deref().is_some_and(|written| is_same(written, body)) {
        return Ok(false);
    }
    let audit: Audit = api.read(&format!("/tickets/{id}/audits/{}", one.audit_id), "audit", &[])?;
    Ok(audit.metadata.custom.as_ref().is_some_and(has))
}

/// The same letters and digits, whatever Zendesk made of spaces and signs.
fn is_same(one: &str, other: &str) -> bool {
    one.chars().filter(|c| c.is_alphanumeric()).eq(other.chars().filter(|c| c.is_alphanumeric()))
}

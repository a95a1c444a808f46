//! Adding a message, once.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use usher_sdk::connector::{Error, Request, Timestamp, settings};

use crate::api::{self, Api, NotMade, Record};
use crate::bindings::exports::usher::tools::helpdesk::{Author, Comment};
use crate::message::{self, Thread};

const LOOKS: u32 = 2;
/// In bytes; the runtime sends 256 KiB at most, and the text stands in a message twice.
const LONGEST: usize = 60_000;
/// Pages that are searched for our id, newest messages first.
const PAGES: u32 = 2;
/// No message of ours was made earlier than what it says; Gorgias' clock isn't ours.
const EARLIER: Duration = Duration::from_secs(24 * 3600);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Written {
    external_id: Option<String>,
    created_datetime: Option<String>,
}

/// A customer's message is one of theirs, and opens a closed ticket; anything else is an internal note.
///
/// # Errors
/// [`Error::Invalid`] where the ticket lies in the trash; [`Error::NotFound`] where there is no such ticket.
pub(crate) fn add(ticket_id: &str, comment: &Comment) -> Result<(), Error> {
    let id = api::ticket_number(ticket_id)?;
    let api = Api::open()?;
    let record: Record = api.read(&format!("/tickets/{id}"))?;
    if record.id != id {
        return Err(Error::Unexpected("Gorgias shows another ticket than was asked for".to_owned()));
    }
    if is_there(&api, id, comment)? {
        return Ok(());
    }
    if record.trashed_datetime.is_some() {
        return Err(Error::Invalid("the ticket lies in Gorgias' trash; hand the conversation over anew".to_owned()));
    }
    if comment.author == Author::Customer && record.is_closed() {
        // Before the message, so that no attempt leaves a message in a closed ticket. Asked for twice it does no harm.
        let opened: Result<Value, NotMade> =
            api.act(Request::put, &format!("/tickets/{id}"), &json!({ "status": "open" }));
        opened.map_err(|not_made| match not_made {
            NotMade::Certainly(error) | NotMade::Perhaps(error) => error,
        })?;
    }
    let written = write(&api, &record, comment);
    match api.act::<Value>(Request::post, &format!("/tickets/{id}/messages"), &written) {
        Ok(_) => Ok(()),
        Err(NotMade::Certainly(error)) => Err(error),
        Err(NotMade::Perhaps(lost)) => {
            let looks = api.looks(LOOKS);
            while api.left() > 0 && looks.wait(None) {
                // A look that fails is no news.
                if is_there(&api, id, comment).unwrap_or_default() {
                    return Ok(());
                }
            }
            Err(lost)
        }
    }
}

fn write(api: &Api, record: &Record, comment: &Comment) -> Value {
    let customer = record.customer.as_ref().and_then(|customer| customer.id.parse::<u64>().ok());
    let address = record.customer.as_ref().and_then(|customer| customer.email.clone());
    let configured = || settings::get("channel").unwrap_or_else(|| "email".to_owned());
    let channel = match record.channel.as_deref() {
        _ if address.is_none() => "api".to_owned(),
        Some(channel @ ("email" | "api")) => channel.to_owned(),
        // People may have gone on in a channel that the API can't write in.
        _ => configured(),
    };
    let customer = customer.map(|id| json!({ "id": id }));
    let thread = Thread { channel, customer, address, user: api.email.clone() };
    let text = message::cut(comment.text.trim(), LONGEST);
    let comment = Comment { text, ..comment.clone() };
    match comment.author {
        Author::Customer => thread.said(&comment),
        _ => thread.note(&message::external_id(&comment.external_id), &message::quoted(&comment), &comment.sent_at),
    }
}

/// Whether a message with our id is among the newest.
fn is_there(api: &Api, id: &str, comment: &Comment) -> Result<bool, Error> {
    let ours = message::external_id(&comment.external_id);
    let since = Timestamp::parse(&comment.sent_at).map(|sent| sent.minus(EARLIER));
    let mut cursor: Option<String> = None;
    for _ in 0..PAGES {
        let mut query = vec![("ticket_id", id), ("order_by", "created_datetime:desc"), ("limit", "50")];
        query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let page: api::Page<Written> = api.list("/messages", &query)?;
        if page.entries.iter().any(|one| one.external_id.as_deref() == Some(&ours)) {
            return Ok(true);
        }
        let at = page.entries.last().and_then(|last| api::instant(last.created_datetime.as_deref()));
        let older = matches!((at, since), (Some(at), Some(since)) if at < since);
        cursor = page.next.filter(|_| !older);
        if cursor.is_none() {
            break;
        }
    }
    Ok(false)
}

//! `usher:tools/helpdesk` as values: what a connector is told, and what it answers.

use super::transcript;
use crate::conversation::{Body, Message};
use crate::desk::{Fact, Ticket, TicketState};
use jiff::Timestamp;
use usher_host::Value;
use usher_host::skill::{Author, Channel};
use usher_host::value::{record, text};

pub(super) const CREATE: &str = "usher:tools/helpdesk.create-ticket";
pub(super) const COMMENT: &str = "usher:tools/helpdesk.add-comment";
pub(super) const NEWS: &str = "usher:tools/helpdesk.news";

/// A ticket as a helpdesk created it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filed {
    /// The helpdesk's own.
    pub(super) id: String,
    /// Where people see it.
    pub(super) url: Option<String>,
}

/// What happened to a ticket in its helpdesk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct News {
    /// The helpdesk's own.
    pub(super) id: String,
    /// How far it is there.
    pub(super) state: TicketState,
    /// Oldest first.
    pub(super) replies: Vec<Reply>,
    /// Where the next ones begin.
    pub(super) cursor: String,
}

/// A person's reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// The helpdesk's own.
    pub(super) id: String,
    /// Who wrote it.
    pub(super) name: Option<String>,
    /// What.
    pub(super) text: String,
}

/// The ticket for `create-ticket`, with these messages as its transcript.
pub(super) fn ticket(ticket: &Ticket, messages: &[Message]) -> Value {
    let requester = &ticket.requester;
    let facts = ticket.facts.iter().map(|Fact { label, value, .. }| {
        record([("label", Value::String(label.clone())), ("value", Value::String(value.clone()))])
    });
    record([
        ("external-id", Value::String(ticket.id.to_string())),
        ("subject", Value::String(ticket.subject.clone())),
        ("requester-email", text(requester.email.clone())),
        ("requester-phone", text(requester.phone.clone())),
        ("requester-name", text(requester.name.clone())),
        ("profile-id", text(requester.profile_id.clone())),
        ("channel", Value::String(channel(ticket.channel).into())),
        ("reason", Value::String(reason(ticket))),
        ("skill", text(ticket.skill.as_ref().map(ToString::to_string))),
        ("summary", Value::String(ticket.summary.clone())),
        ("facts", Value::List(facts.collect())),
        ("transcript", Value::List(messages.iter().map(|message| comment(ticket, message)).collect())),
        ("tags", Value::List(ticket.tags.iter().cloned().map(Value::String).collect())),
    ])
}

/// One message of the conversation.
pub(super) fn comment(ticket: &Ticket, message: &Message) -> Value {
    let (author, name) = match (message.author, &message.body) {
        (Author::Human, Body::Support { name, .. }) => ("human", name.clone()),
        (Author::Human, _) => ("human", None),
        (Author::Customer, _) => ("customer", ticket.requester.name.clone()),
        (Author::Assistant, _) => ("assistant", None),
    };
    record([
        ("external-id", Value::String(format!("{}:{}", ticket.id, message.seq))),
        ("author", Value::Enum(author.into())),
        ("author-name", text(name)),
        ("text", Value::String(transcript::said(&message.body))),
        ("sent-at", Value::String(instant(message.sent_at))),
    ])
}

/// A ticket whose news are wanted.
pub(super) fn followed(id: &str, cursor: Option<&str>) -> Value {
    record([("id", Value::String(id.to_owned())), ("cursor", text(cursor.map(str::to_owned)))])
}

/// To the millisecond: what every helpdesk reads.
fn instant(at: Timestamp) -> String {
    format!("{at:.3}")
}

fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Webchat => "webchat",
        Channel::Sms => "sms",
        Channel::Whatsapp => "whatsapp",
        Channel::Email => "email",
    }
}

fn reason(ticket: &Ticket) -> String {
    let name = serde_json::to_value(ticket.reason).ok();
    name.as_ref().and_then(serde_json::Value::as_str).unwrap_or("unknown").to_owned()
}

/// Reads what `create-ticket` answered.
///
/// # Errors
/// What of it isn't as the contract has it.
pub(super) fn filed(value: &Value) -> Result<Filed, String> {
    let id = string(value, "id").filter(|id| !id.is_empty()).ok_or("the answer names no ticket")?;
    Ok(Filed { id, url: optional(value, "url") })
}

/// Reads what `news` answered.
///
/// # Errors
/// What of it isn't as the contract has it.
pub(super) fn news(value: &Value) -> Result<Vec<News>, String> {
    let Value::List(tickets) = value else { return Err("the news are no list".into()) };
    tickets.iter().map(of_ticket).collect()
}

fn of_ticket(value: &Value) -> Result<News, String> {
    let missing = |name: &str| format!("the news of a ticket have no `{name}`");
    let state = match field(value, "state") {
        Some(Value::Enum(state)) => match state.as_str() {
            "open" => TicketState::Open,
            "pending" => TicketState::Pending,
            "solved" => TicketState::Solved,
            "closed" => TicketState::Closed,
            other => return Err(format!("`{other}` is no state of a ticket")),
        },
        _ => return Err(missing("state")),
    };
    let Some(Value::List(replies)) = field(value, "replies") else { return Err(missing("replies")) };
    let replies = replies.iter().map(|reply| {
        Ok(Reply {
            id: string(reply, "id").filter(|id| !id.is_empty()).ok_or("a reply has no `id`")?,
            name: optional(reply, "author-name"),
            text: string(reply, "text").ok_or("a reply has no `text`")?,
        })
    });
    Ok(News {
        id: string(value, "id").ok_or_else(|| missing("id"))?,
        state,
        replies: replies.collect::<Result<_, String>>()?,
        cursor: string(value, "cursor").ok_or_else(|| missing("cursor"))?,
    })
}

fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let Value::Record(fields) = value else { return None };
    fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
}

fn string(value: &Value, name: &str) -> Option<String> {
    match field(value, name)? {
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

fn optional(value: &Value, name: &str) -> Option<String> {
    match field(value, name)? {
        Value::Option(Some(value)) => match &**value {
            Value::String(text) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

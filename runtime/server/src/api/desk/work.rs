//! What people do with a ticket. Each route answers with the ticket as it is then.

use super::messages::MessageForPeople;
use super::ticket_view::TicketView;
use super::tickets::state;
use super::{name, to_come, written};
use crate::api::Server;
use crate::api::extract::{Body, Named, Operator};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use usher_agent::desk::{NewReply, Priority, Ticket};
use usher_agent::ids::TicketId;
use utoipa::ToSchema;

/// As many tags as a ticket can have, and how long each may be.
const TAGS: usize = 20;
const TAG_CHARS: usize = 40;

async fn shown(server: &Server, ticket: &Ticket) -> Answer<Json<TicketView>> {
    Ok(Json(server.whole_ticket(ticket).await?))
}

/// Takes a ticket that is nobody's. Whoever is first has it.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/claim", tag = "desk", security(("operator" = [])),
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses(
        (status = 200, description = "It is yours", body = TicketView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Somebody has it: `taken_by`", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn claim(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<TicketId>,
) -> Answer<Json<TicketView>> {
    shown(&server, &server.desk().claim(id, &operator.name).await?).await
}

/// To whom a ticket goes. Neither a person nor a group: to the team.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Assign {
    /// An operator's name.
    #[serde(default)]
    person: Option<String>,
    /// A group's name.
    #[serde(default)]
    group: Option<String>,
}

/// Gives a ticket to a person, to a group, or to the team.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/assign", tag = "desk", security(("operator" = [])), request_body = Assign,
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses(
        (status = 200, description = "Given", body = TicketView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket, person or group", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Not as things stand", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value can't be used", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn assign(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<TicketId>,
    Body(to): Body<Assign>,
) -> Answer<Json<TicketView>> {
    let ticket = server.desk().assign(id, to.person.as_deref(), to.group.as_deref(), &operator.name).await?;
    shown(&server, &ticket).await
}

/// A reply to the customer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Reply {
    /// What to write; no markup.
    #[schema(max_length = 4000)]
    text: String,
    /// The writer's own name for it, 1 to 64 printable ASCII characters: sent twice, it is one reply.
    #[schema(min_length = 1, max_length = 64)]
    client_id: String,
    /// The number of the last message that the writer has seen. Where there are newer ones, nothing is sent (409
    /// `answered-meanwhile`). Left out: sent whatever was written meanwhile.
    #[serde(default)]
    seen_seq: Option<u64>,
    /// What the ticket becomes with it: `open`, `pending` or `solved`.
    #[serde(default)]
    then: Option<String>,
}

/// What became of a reply.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Replied {
    /// The ticket.
    ticket: TicketView,
    /// The message; none where it had been sent before.
    message: Option<MessageForPeople>,
}

/// Writes to the customer. Whoever replies to a ticket that is nobody's has it.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/reply", tag = "desk", security(("operator" = [])), request_body = Reply,
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses(
        (status = 200, description = "Stored, and on its way", body = Replied),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Somebody has it (`taken_by`), or wrote meanwhile (`last_seq`)", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Empty, too long, or no such state", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn reply(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<TicketId>,
    Body(body): Body<Reply>,
) -> Answer<Json<Replied>> {
    let named = &body.client_id;
    if named.is_empty() || named.len() > 64 || !named.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Problem::new(Kind::Invalid)
            .detail("`client_id` must be 1 to 64 printable ASCII characters")
            .fix("use a new random id"));
    }
    let reply = NewReply {
        text: written("text", &body.text)?,
        client_id: body.client_id,
        seen_seq: body.seen_seq,
        then: body.then.as_deref().map(state).transpose()?,
    };
    let (ticket, message) = server.desk().reply(id, &operator.name, reply).await?;
    let message = match message {
        Some(message) => Some(server.one_message(&message).await?),
        None => None,
    };
    Ok(Json(Replied { ticket: server.whole_ticket(&ticket).await?, message }))
}

/// A note.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Note {
    /// What to write; people who are named (`@name`) are told.
    #[schema(max_length = 4000)]
    text: String,
}

/// Writes for the team only.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/note", tag = "desk", security(("operator" = [])), request_body = Note,
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses(
        (status = 200, description = "Noted", body = TicketView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Empty or too long", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn note(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<TicketId>,
    Body(note): Body<Note>,
) -> Answer<Json<TicketView>> {
    let text = written("text", &note.text)?;
    shown(&server, &server.desk().note(id, &operator.name, &text).await?).await
}

/// A state.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewState {
    /// `open`, `pending`, `solved` or `closed`.
    state: String,
}

/// Changes how far a ticket is.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/state", tag = "desk", security(("operator" = [])), request_body = NewState,
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses(
        (status = 200, description = "Changed", body = TicketView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Not from its state", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "There is no such state", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn set_state(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<TicketId>,
    Body(new): Body<NewState>,
) -> Answer<Json<TicketView>> {
    shown(&server, &server.desk().set_state(id, state(&new.state)?, &operator.name).await?).await
}

/// Until when.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Snooze {
    /// When it comes back (RFC 3339), within a year; `null`: now.
    #[schema(format = DateTime)]
    until: Option<String>,
}

/// Puts a ticket aside, or takes it up again.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/snooze", tag = "desk", security(("operator" = [])), request_body = Snooze,
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses(
        (status = 200, description = "Put aside", body = TicketView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Not in its state", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Not a time that lies ahead", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn snooze(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<TicketId>,
    Body(snooze): Body<Snooze>,
) -> Answer<Json<TicketView>> {
    let until = snooze.until.as_deref().map(|text| to_come("until", text, server.now())).transpose()?;
    shown(&server, &server.desk().snooze(id, until, &operator.name).await?).await
}

/// A priority.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewPriority {
    /// `low`, `normal`, `high` or `urgent`.
    #[schema(value_type = String)]
    priority: Priority,
}

/// Changes how soon a ticket should be looked at.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/priority", tag = "desk", security(("operator" = [])), request_body = NewPriority,
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses(
        (status = 200, description = "Changed", body = TicketView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Not in its state", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "There is no such priority", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn set_priority(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<TicketId>,
    Body(new): Body<NewPriority>,
) -> Answer<Json<TicketView>> {
    shown(&server, &server.desk().prioritize(id, new.priority, &operator.name).await?).await
}

/// Tags.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewTags {
    /// All of them from now on: at most 20, each of at most 40 characters.
    tags: Vec<String>,
}

/// Sets a ticket's tags: these, and no others.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/tags", tag = "desk", security(("operator" = [])), request_body = NewTags,
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses(
        (status = 200, description = "Set", body = TicketView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Not in its state", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Too many, or one too long", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn set_tags(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<TicketId>,
    Body(new): Body<NewTags>,
) -> Answer<Json<TicketView>> {
    let tags = new.tags.iter().map(|tag| name("tags", tag, TAG_CHARS)).collect::<Answer<BTreeSet<_>>>()?;
    if tags.len() > TAGS {
        return Err(Problem::new(Kind::Invalid)
            .detail(format!("`tags`: a ticket has {TAGS} at most"))
            .fix("leave out those that nobody looks for"));
    }
    shown(&server, &server.desk().tag(id, tags, &operator.name).await?).await
}

/// Gives the conversation back to the assistant. A question of the customer's that nobody answered is answered then.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/hand-back", tag = "desk", security(("operator" = [])),
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses(
        (status = 200, description = "The assistant has it", body = TicketView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "The assistant has it already", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn hand_back(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<TicketId>,
) -> Answer<Json<TicketView>> {
    shown(&server, &server.desk().hand_back(id, &operator.name).await?).await
}

/// With which ticket.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Merge {
    /// The ticket that goes on.
    into: uuid::Uuid,
}

/// Puts a ticket's work into another one of the same customer, and closes it. Answers with the other one.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/merge", tag = "desk", security(("operator" = [])), request_body = Merge,
    params(("id" = uuid::Uuid, Path, description = "The ticket that ends")),
    responses(
        (status = 200, description = "The ticket that goes on", body = TicketView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "The two can't be one", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value can't be used", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn merge(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<TicketId>,
    Body(merge): Body<Merge>,
) -> Answer<Json<TicketView>> {
    shown(&server, &server.desk().merge(id, TicketId(merge.into), &operator.name).await?).await
}

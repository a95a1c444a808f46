//! Replies that aren't finished, kept for their writer.

use crate::api::Server;
use crate::api::extract::{Body, Named, Operator};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use usher_agent::desk::Draft;
use usher_agent::ids::TicketId;
use utoipa::ToSchema;

/// The longest draft, in characters: more than a reply can have, for it is shortened while it is written.
const MAX_CHARS: usize = 10_000;

/// A draft.
#[derive(Serialize, ToSchema)]
#[schema(as = Draft)]
pub(in crate::api) struct DraftView {
    /// On which ticket.
    ticket: uuid::Uuid,
    /// The text so far.
    text: String,
    /// The number of the last message that its writer had seen.
    seen_seq: u64,
    /// When it was last changed (RFC 3339).
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<Draft> for DraftView {
    fn from(draft: Draft) -> Self {
        Self {
            ticket: draft.ticket.0,
            text: draft.text,
            seen_seq: draft.seen_seq,
            updated_at: draft.updated_at.to_string(),
        }
    }
}

/// A person's drafts.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Drafts {
    /// The one that was changed last comes first.
    drafts: Vec<DraftView>,
}

/// The drafts of the person who asks.
#[utoipa::path(get, path = "/api/v1/drafts", tag = "desk", security(("operator" = [])),
    responses(
        (status = 200, description = "All of them", body = Drafts),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn list(State(server): State<Server>, operator: Operator) -> Answer<Json<Drafts>> {
    let mut drafts = server.store().drafts(&operator.name).await?;
    drafts.sort_by_key(|draft| std::cmp::Reverse(draft.updated_at));
    Ok(Json(Drafts { drafts: drafts.into_iter().map(Into::into).collect() }))
}

/// A draft as it is now.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewDraft {
    /// The text so far; an empty one removes the draft.
    #[schema(max_length = 10_000)]
    text: String,
    /// The number of the last message that its writer has seen.
    #[serde(default)]
    seen_seq: u64,
}

/// Keeps a draft. It is gone once its reply is sent.
#[utoipa::path(put, path = "/api/v1/tickets/{id}/draft", tag = "desk", security(("operator" = [])), request_body = NewDraft,
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses(
        (status = 204, description = "Kept"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Too long", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn put(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<TicketId>,
    Body(draft): Body<NewDraft>,
) -> Answer<StatusCode> {
    // As typed: what is cleaned away while somebody still types would move under their hands.
    let length = draft.text.chars().count();
    if length > MAX_CHARS {
        return Err(Problem::new(Kind::Invalid)
            .detail(format!("`text` has {length} characters, and {MAX_CHARS} are allowed"))
            .fix("send a part of it as a reply first"));
    }
    keep(&server, operator.name, id, draft.text, draft.seen_seq).await
}

/// Drops a draft; none there is as well.
#[utoipa::path(delete, path = "/api/v1/tickets/{id}/draft", tag = "desk", security(("operator" = [])),
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses(
        (status = 204, description = "There is none now"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn remove(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<TicketId>,
) -> Answer<StatusCode> {
    keep(&server, operator.name, id, String::new(), 0).await
}

async fn keep(server: &Server, person: String, id: TicketId, text: String, seen_seq: u64) -> Answer<StatusCode> {
    server.desk().ticket(id).await?;
    server.store().put_draft(Draft { ticket: id, person, text, seen_seq, updated_at: server.now() }).await?;
    Ok(StatusCode::NO_CONTENT)
}

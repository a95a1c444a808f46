//! What a customer tells the team beside messages: that they type, and how the help was.

use super::Server;
use super::extract::{Body, Named, Visitor};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use usher_agent::conversation::Owner;
use usher_agent::hygiene::clean;
use usher_agent::ids::ConversationId;
use utoipa::ToSchema;

const COMMENT_CHARS: usize = 1000;

/// Says that the customer types: people at the desk are shown it for five seconds. To be said again every three seconds
/// while it lasts. Does nothing while the assistant answers.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/typing", tag = "conversation", security(("session" = [])),
    params(("id" = uuid::Uuid, Path, description = "The conversation")),
    responses(
        (status = 204, description = "Shown"),
        (status = 401, description = "No session", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The session has no such conversation", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too often; see `Retry-After`", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn typing(
    State(server): State<Server>,
    visitor: Visitor,
    Named(id): Named<ConversationId>,
) -> Answer<StatusCode> {
    let conversation = visitor.conversation(&server, id).await?;
    server.gate().typing(visitor.0.id)?;
    if conversation.owner == Owner::Human {
        server.desk().customer_types(id);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// How the team's help was.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRating {
    /// 1 (bad) to 5 (good).
    #[schema(minimum = 1, maximum = 5)]
    score: u8,
    /// In the customer's words.
    #[serde(default)]
    #[schema(max_length = 1000)]
    comment: Option<String>,
}

/// A rating as it is kept.
#[derive(Serialize, ToSchema)]
pub(super) struct GivenRating {
    /// 1 (bad) to 5 (good).
    score: u8,
    /// In the customer's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

/// Rates the team's help, where that was asked; a second time corrects the first. It is no message: nothing is opened again.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/rating", tag = "conversation", security(("session" = [])), request_body = NewRating,
    params(("id" = uuid::Uuid, Path, description = "The conversation")),
    responses(
        (status = 200, description = "Kept", body = GivenRating),
        (status = 401, description = "No session", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The session has no such conversation", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Nobody asked for a rating", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Not a score from 1 to 5, or too many words", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many messages; see `Retry-After`", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn rate(
    State(server): State<Server>,
    visitor: Visitor,
    Named(id): Named<ConversationId>,
    Body(rating): Body<NewRating>,
) -> Answer<Json<GivenRating>> {
    visitor.conversation(&server, id).await?;
    server.gate().message(visitor.0.id)?;
    let invalid = |detail: String| Problem::new(Kind::Invalid).detail(detail);
    if !(1..=5).contains(&rating.score) {
        return Err(invalid("`score` must be 1 to 5".into()).fix("send one of the five"));
    }
    let comment = rating.comment.as_deref().map(clean).filter(|comment| !comment.is_empty());
    if comment.as_ref().is_some_and(|comment| comment.chars().count() > COMMENT_CHARS) {
        return Err(invalid(format!("`comment` has more than {COMMENT_CHARS} characters")).fix("write less"));
    }
    let ticket = server.desk().rate(id, rating.score, comment).await?;
    let kept = ticket.rating.and_then(|kept| Some(GivenRating { score: kept.score?, comment: kept.comment }));
    kept.map(Json).ok_or_else(|| Problem::internal(&"a rating was taken and isn't there"))
}

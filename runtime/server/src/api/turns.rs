//! The records that explain answers.

use super::Server;
use super::extract::{Named, Operator};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use usher_agent::ids::ConversationId;
use usher_agent::resolution::ResolutionState;
use utoipa::ToSchema;

/// A turn with its record.
#[derive(Serialize, ToSchema)]
struct TurnView {
    id: uuid::Uuid,
    /// The message that it answered.
    message: uuid::Uuid,
    /// When it was stored (RFC 3339).
    #[schema(format = DateTime)]
    finished_at: String,
    /// What was asked, scored, called and answered.
    #[schema(value_type = Object)]
    record: serde_json::Value,
}

/// How far the customer's question is settled.
#[derive(Serialize, ToSchema)]
struct ResolutionView {
    /// `open`, `answered` (completely, as the skill believes), `confirmed` (the customer said so), `assumed` (nobody wrote
    /// any more) or `handed_off`.
    #[schema(value_type = String)]
    state: ResolutionState,
    /// Since when (RFC 3339).
    #[schema(format = DateTime)]
    since: String,
    /// The skill that answered last.
    skill: Option<String>,
    /// How often it was settled and then opened again.
    reopened: u32,
}

/// Turns, oldest first.
#[derive(Serialize, ToSchema)]
pub(super) struct Turns {
    turns: Vec<TurnView>,
    /// None before the first question.
    resolution: Option<ResolutionView>,
}

/// Why a conversation's answers are what they are.
#[utoipa::path(get, path = "/api/v1/conversations/{id}/turns", tag = "operator", security(("operator" = [])),
    params(("id" = uuid::Uuid, Path, description = "The conversation")),
    responses(
        (status = 200, description = "Its turns, oldest first", body = Turns),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such conversation", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn of_conversation(
    State(server): State<Server>,
    _: Operator,
    Named(id): Named<ConversationId>,
) -> Answer<Json<Turns>> {
    if server.store().conversation(id).await?.is_none() {
        return Err(Problem::new(Kind::NotFound));
    }
    tracing::info!(conversation = %id, "the operator reads a conversation's turns");
    let turns = server.store().turns_of(id).await?.into_iter().map(|turn| TurnView {
        id: turn.id.0,
        message: turn.message.0,
        finished_at: turn.finished_at.to_string(),
        record: turn.record,
    });
    let resolution = server.store().resolution(id).await?.map(|resolution| ResolutionView {
        state: resolution.state,
        since: resolution.since.to_string(),
        skill: resolution.skill.map(|skill| skill.to_string()),
        reopened: resolution.reopened,
    });
    Ok(Json(Turns { turns: turns.collect(), resolution }))
}

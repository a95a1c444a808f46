//! The records that explain answers.

use super::Server;
use super::extract::{Named, Operator};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::collections::HashMap;
use usher_agent::ids::{ConversationId, TurnId};
use usher_agent::resolution::ResolutionState;
use usher_host::Recording;
use utoipa::ToSchema;

/// The function by which skills search the articles.
const SEARCH: &str = "usher:tools/knowledge.search";

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
    /// Passages of articles that skills were given to answer from; empty too where the recording was erased, or its time
    /// is over.
    passages: Vec<PassageView>,
}

/// A passage of an article that a skill was given.
#[derive(Serialize, ToSchema)]
struct PassageView {
    /// The skill that searched.
    skill: String,
    /// The article's id.
    article: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    heading: Option<String>,
    /// As it was then.
    text: String,
    /// From 0 to 1; comparable within one search only.
    score: f64,
    /// It was held for an answer.
    confident: bool,
}

/// What `usher:tools/knowledge.search` answered in a turn.
fn passages(recording: &[u8]) -> Vec<PassageView> {
    let recordings: Vec<Recording> = serde_json::from_slice(recording).unwrap_or_default();
    let found = recordings.iter().flat_map(|recording| {
        let searches = recording.calls.iter().filter(|call| call.function.to_string() == SEARCH);
        let passages = searches.filter_map(|call| call.answer["ok"].as_array()).flatten();
        passages.map(|passage| (recording.skill.to_string(), passage))
    });
    found.map(|(skill, passage)| PassageView::of(skill, passage)).collect()
}

impl PassageView {
    fn of(skill: String, passage: &serde_json::Value) -> Self {
        let text = |name: &str| passage[name].as_str().unwrap_or_default().to_owned();
        let id = text("id");
        Self {
            skill,
            article: id.rsplit_once('#').map_or(id.as_str(), |(article, _)| article).to_owned(),
            title: text("title"),
            heading: passage["heading"].as_str().map(str::to_owned),
            text: text("text"),
            score: passage["score"].as_f64().unwrap_or_default(),
            confident: passage["confident"].as_bool().unwrap_or_default(),
        }
    }
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
    let recordings = server.store().recordings_of(id).await?;
    let mut found: HashMap<TurnId, Vec<PassageView>> =
        recordings.into_iter().filter_map(|stored| Some((stored.turn, passages(&stored.recording?)))).collect();
    let turns = server.store().turns_of(id).await?.into_iter().map(|turn| TurnView {
        passages: found.remove(&turn.id).unwrap_or_default(),
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

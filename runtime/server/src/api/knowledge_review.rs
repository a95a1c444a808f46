//! What the articles say as a whole: in what they contradict each other, and which topics they cover.

use super::Server;
use super::extract::{Named, Operator};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use usher_agent::knowledge::{Claim, Conflict, Disagreement};
use usher_host::{Action, Entry};
use utoipa::ToSchema;

/// One sentence of an article.
#[derive(Serialize, ToSchema)]
struct ClaimView {
    /// The article's id.
    article: String,
    /// Its title.
    title: String,
    /// The heading that the sentence stands under.
    #[serde(skip_serializing_if = "Option::is_none")]
    heading: Option<String>,
    /// Word for word.
    sentence: String,
}

impl From<Claim> for ClaimView {
    fn from(claim: Claim) -> Self {
        Self { article: claim.article, title: claim.title, heading: claim.heading, sentence: claim.sentence }
    }
}

/// Two sentences that can't both be true.
#[derive(Serialize, ToSchema)]
pub(super) struct ConflictView {
    /// The same for as long as both sentences stay as they are.
    id: String,
    /// `amount`: they give different numbers. `denial`: one says what the other denies.
    disagreement: &'static str,
    /// What both are about.
    about: Vec<String>,
    first: ClaimView,
    second: ClaimView,
    /// You said that it is none.
    dismissed: bool,
}

/// Contradictions.
#[derive(Serialize, ToSchema)]
pub(super) struct Conflicts {
    conflicts: Vec<ConflictView>,
}

async fn found(server: &Server) -> Answer<Vec<Conflict>> {
    let index = server.agent().knowledge().index();
    tokio::task::spawn_blocking(move || index.conflicts()).await.map_err(|error| Problem::internal(&error))
}

/// Passages that contradict each other on the same question: correct one of the articles, or dismiss it. They are found by
/// comparing sentences; one that isn't found may still be there.
#[utoipa::path(get, path = "/api/v1/knowledge/conflicts", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "All of them, those that were dismissed last", body = Conflicts),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(State(server): State<Server>, _: Operator) -> Answer<Json<Conflicts>> {
    let dismissed: BTreeSet<String> = server.store().dismissed_conflicts().await?.into_iter().collect();
    let view = |conflict: Conflict| ConflictView {
        dismissed: dismissed.contains(&conflict.id),
        id: conflict.id,
        disagreement: match conflict.disagreement {
            Disagreement::Amount => "amount",
            Disagreement::Denial => "denial",
        },
        about: conflict.about,
        first: conflict.first.into(),
        second: conflict.second.into(),
    };
    let mut conflicts: Vec<ConflictView> = found(&server).await?.into_iter().map(view).collect();
    conflicts.sort_by_key(|conflict| conflict.dismissed);
    Ok(Json(Conflicts { conflicts }))
}

/// A contradiction's id.
pub(super) struct ConflictId(String);

impl FromStr for ConflictId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let good = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        good.then(|| Self(text.to_ascii_lowercase())).ok_or(())
    }
}

fn entry(operator: &Operator, id: &str, dismissed: bool) -> Entry {
    Entry::new(&operator.actor(), Action::ConflictDismissed, id, serde_json::json!({ "dismissed": dismissed }))
}

/// Says that a contradiction is none. It stays dismissed until one of the sentences changes.
#[utoipa::path(put, path = "/api/v1/knowledge/conflicts/{id}/dismissal", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The contradiction's id")),
    responses(
        (status = 204, description = "Dismissed"),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such contradiction now", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn dismiss(
    State(server): State<Server>,
    operator: Operator,
    Named(ConflictId(id)): Named<ConflictId>,
) -> Answer<StatusCode> {
    if !found(&server).await?.iter().any(|conflict| conflict.id == id) {
        return Err(Problem::new(Kind::NotFound));
    }
    server.store().dismiss_conflict(&id, true, entry(&operator, &id, true)).await?;
    tracing::info!(operator = operator.name, conflict = id, "contradiction dismissed");
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a dismissal back.
#[utoipa::path(delete, path = "/api/v1/knowledge/conflicts/{id}/dismissal", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The contradiction's id")),
    responses(
        (status = 204, description = "Shown again"),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn restore(
    State(server): State<Server>,
    operator: Operator,
    Named(ConflictId(id)): Named<ConflictId>,
) -> Answer<StatusCode> {
    server.store().dismiss_conflict(&id, false, entry(&operator, &id, false)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A topic.
#[derive(Serialize, ToSchema)]
pub(super) struct TopicView {
    /// Its name.
    topic: String,
    /// Articles that have it and can be found.
    articles: usize,
    /// Skills that aren't live without it.
    needed_by: Vec<String>,
}

/// Topics.
#[derive(Serialize, ToSchema)]
pub(super) struct Topics {
    topics: Vec<TopicView>,
}

/// The topics that articles have or skills need. A topic counts for a skill's prerequisites as soon as one article has it;
/// one that is only suggested doesn't.
#[utoipa::path(get, path = "/api/v1/knowledge/topics", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "All of them", body = Topics),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn topics(State(server): State<Server>, _: Operator) -> Answer<Json<Topics>> {
    let mut topics: BTreeMap<String, TopicView> = BTreeMap::new();
    let empty = |topic: &String| TopicView { topic: topic.clone(), articles: 0, needed_by: Vec::new() };
    let searched = server.agent().knowledge().topics().borrow().clone();
    for topic in server.store().articles().await?.into_iter().filter_map(|article| article.topic) {
        if searched.contains(&topic) {
            topics.entry(topic.clone()).or_insert_with(|| empty(&topic)).articles += 1;
        }
    }
    for (id, skill) in &server.host().generation().skills {
        for topic in &skill.manifest.prerequisites.knowledge {
            topics.entry(topic.clone()).or_insert_with(|| empty(topic)).needed_by.push(id.to_string());
        }
    }
    Ok(Json(Topics { topics: topics.into_values().collect() }))
}

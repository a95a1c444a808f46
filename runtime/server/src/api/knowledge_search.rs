//! Trying a search: what a skill would be given for a question, and what it was found by.

use super::Server;
use super::extract::{Operator, Params};
use crate::config::is_language_tag;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use usher_agent::knowledge::Explained;
use utoipa::{IntoParams, ToSchema};

/// The longest question, characters.
const LONGEST: usize = 1_000;
const MOST: usize = 20;

/// What to look for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Search {
    /// The question, in a customer's words.
    q: String,
    /// Only in articles of this topic, as skills that have one search.
    topic: Option<String>,
    /// The customer's language (BCP 47); without it, guessed from the question's words.
    language: Option<String>,
    /// Most articles, 1 to 20; 5 where it isn't given.
    limit: Option<usize>,
}

/// A passage that was found.
#[derive(Serialize, ToSchema)]
struct FoundView {
    /// The article's id.
    article: String,
    title: String,
    /// The heading that the passage stands under.
    #[serde(skip_serializing_if = "Option::is_none")]
    heading: Option<String>,
    /// What a skill is given to answer from.
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// From 0 to 1; comparable within this search only. The order is by it.
    score: f32,
    /// From 0 to 1: how sure it is that this answers the question.
    confidence: f32,
    /// Whether that reaches the threshold: only then skills answer from it.
    confident: bool,
    /// Words of the passage that the question has too, in whatever form.
    words: Vec<String>,
    /// Of the title and the sample questions, the one that is most like the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    nearest: Option<String>,
    /// How alike that is, from 0 to 1.
    likeness: f32,
    /// What remains of score and confidence: less than 1 where the article doesn't speak of what the question is about.
    on_subject: f32,
}

impl From<Explained> for FoundView {
    fn from(explained: Explained) -> Self {
        let Explained { passage, words, nearest, likeness, on_subject } = explained;
        Self {
            article: passage.article,
            title: passage.title,
            heading: passage.heading,
            text: passage.text,
            url: passage.url,
            language: passage.language,
            score: passage.score,
            confidence: passage.confidence,
            confident: passage.confident,
            words,
            nearest,
            likeness,
            on_subject,
        }
    }
}

/// What was found.
#[derive(Serialize, ToSchema)]
pub(super) struct Found {
    /// The confidence from which a passage is held for an answer. It is set anew whenever articles change.
    threshold: f32,
    /// How many articles were searched.
    articles: usize,
    /// The best passage of each of the best articles, best first.
    passages: Vec<FoundView>,
}

/// Searches the articles as a skill does, and says what each passage was found by. Nothing is counted.
#[utoipa::path(get, path = "/api/v1/knowledge/search", tag = "operator", security(("operator" = [])),
    params(Search),
    responses(
        (status = 200, description = "What was found; nothing, where nothing fits at all", body = Found),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value isn't of its form", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn search(
    State(server): State<Server>,
    _: Operator,
    Params(search): Params<Search>,
) -> Answer<Json<Found>> {
    let invalid = |detail: &str| Problem::new(Kind::Invalid).detail(detail);
    let (length, limit) = (search.q.trim().chars().count(), search.limit.unwrap_or(5));
    if !(1..=LONGEST).contains(&length) {
        return Err(invalid("`q` must have 1 to 1,000 characters"));
    }
    if !(1..=MOST).contains(&limit) {
        return Err(invalid("`limit` must be 1 to 20"));
    }
    let language = search.language.filter(|tag| !tag.is_empty());
    if language.as_deref().is_some_and(|tag| !is_language_tag(tag)) {
        return Err(invalid("`language` is not a language tag").fix("write it like `en`"));
    }
    let topic = search.topic.filter(|topic| !topic.is_empty());
    let index = server.agent().knowledge().index();
    let searching = move || Found {
        threshold: index.threshold(),
        articles: index.articles(),
        passages: index
            .explain(search.q.trim(), topic.as_deref(), limit, language.as_deref())
            .into_iter()
            .map(Into::into)
            .collect(),
    };
    tokio::task::spawn_blocking(searching).await.map(Json).map_err(|error| Problem::internal(&error))
}

//! The shop's articles: what the assistant may answer from.

use super::Server;
use super::article_view::{ArticleView, FormatView, all, one};
use super::decisions::to_its_end;
use super::extract::{Body, Named, Operator, Params};
use crate::config::is_language_tag;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};
use std::str::FromStr;
use url::Url;
use usher_agent::knowledge::{Article, ArticleState, KnowledgeChange, Origin};
use utoipa::{IntoParams, ToSchema};

/// The longest body of an article, bytes.
const MAX_ARTICLE: usize = 1 << 20;
/// The longest request with one: JSON may double its length.
pub(super) const MAX_REQUEST: usize = 2 * MAX_ARTICLE + (64 << 10);
const MAX_QUESTIONS: usize = 50;

/// An article's id: up to 128 of a-z, 0-9, `-`, `_` and `.`.
#[derive(Clone, Debug)]
pub(super) struct ArticleId(pub(super) String);

impl FromStr for ArticleId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
        let good = (1..=128).contains(&text.len()) && text.chars().all(plain) && !text.starts_with('.');
        good.then(|| Self(text.to_owned())).ok_or(())
    }
}

/// An article to keep.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ArticleInput {
    /// Shown as the source of answers.
    title: String,
    /// Its text, at most 1 MiB.
    body: String,
    /// How the body is written.
    format: FormatView,
    /// What it is about, like `returns` or `shipping`.
    topic: Option<String>,
    /// Where a customer can read it.
    url: Option<String>,
    /// BCP 47; recognised from the text where it isn't given.
    language: Option<String>,
    /// Questions that it answers, in customers' words.
    #[serde(default)]
    questions: Vec<String>,
}

/// Articles.
#[derive(Serialize, ToSchema)]
pub(super) struct Articles {
    articles: Vec<ArticleView>,
}

/// Which articles to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct ArticleFilter {
    /// `indexed`, `pending` or `failed`.
    status: Option<String>,
    /// Only those with this topic.
    topic: Option<String>,
    /// Only parts of this upload or source.
    part_of: Option<String>,
}

/// All articles, without their bodies, and uploads that gave none.
#[utoipa::path(get, path = "/api/v1/articles", tag = "operator", security(("operator" = [])),
    params(ArticleFilter),
    responses(
        (status = 200, description = "All of them", body = Articles),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(
    State(server): State<Server>,
    _: Operator,
    Params(filter): Params<ArticleFilter>,
) -> Answer<Json<Articles>> {
    let mut articles = all(&server).await?;
    articles.retain(|view| {
        filter.status.as_ref().is_none_or(|status| view.status == status)
            && filter.topic.as_ref().is_none_or(|topic| view.topic.as_ref() == Some(topic))
            && filter.part_of.as_ref().is_none_or(|whole| view.part_of.as_ref() == Some(whole))
    });
    Ok(Json(Articles { articles }))
}

/// An article with its text.
#[derive(Serialize, ToSchema)]
pub(super) struct ArticleText {
    #[serde(flatten)]
    article: ArticleView,
    /// In its format.
    body: String,
}

/// One article with its text.
#[utoipa::path(get, path = "/api/v1/articles/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The article's id")),
    responses(
        (status = 200, description = "The article", body = ArticleText),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such article", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(
    State(server): State<Server>,
    _: Operator,
    Named(ArticleId(id)): Named<ArticleId>,
) -> Answer<Json<ArticleText>> {
    let article = one(&server, &id).await?;
    let kept = server.store().articles().await?.into_iter().find(|kept| kept.id == id);
    Ok(Json(ArticleText { article, body: kept.map(|kept| kept.body).unwrap_or_default() }))
}

/// Adds an article, or replaces the one with this id. Answers rest on it when this returns.
#[utoipa::path(put, path = "/api/v1/articles/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "Chosen by you: up to 128 of a-z, 0-9, `-`, `_` and `.`")), request_body = ArticleInput,
    responses(
        (status = 200, description = "Kept", body = ArticleView),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "This can't be an id", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value isn't of its form", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn put(
    State(server): State<Server>,
    _: Operator,
    Named(ArticleId(id)): Named<ArticleId>,
    Body(input): Body<ArticleInput>,
) -> Answer<Json<ArticleView>> {
    let title = title(&input.title)?;
    if input.body.trim().is_empty() || input.body.len() > MAX_ARTICLE {
        return Err(Problem::new(Kind::Invalid).detail("`body` must have 1 byte to 1 MiB"));
    }
    check(input.url.as_deref(), input.language.as_deref(), &input.questions)?;
    let article = Article {
        id,
        title,
        body: input.body,
        format: input.format.into(),
        topic: input.topic.as_deref().map(topic).transpose()?.flatten(),
        url: input.url,
        language: input.language,
        questions: input.questions,
        updated_at: server.now(),
    };
    let id = article.id.clone();
    let state = ArticleState::indexed(&article, Origin::Written, article.updated_at);
    let change = KnowledgeChange { articles: vec![article], states: vec![state], ..KnowledgeChange::default() };
    let library = server.library().clone();
    to_its_end(async move { library.change(change).await }).await?;
    one(&server, &id).await.map(Json)
}

/// What to change of an article; what isn't given stays, `null` takes it away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ArticleChange {
    /// Shown as the source of answers.
    title: Option<String>,
    /// What it is about. For a CSV or a source: of all its articles.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    topic: Option<Option<String>>,
    /// Where a customer can read it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    url: Option<Option<String>>,
    /// BCP 47; `null`: recognised from the text.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    language: Option<Option<String>>,
    /// Questions that it answers, in customers' words.
    questions: Option<Vec<String>>,
}

/// `null` is a value; what isn't there is none.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Assigns a topic, or changes what else is known of an article; its text stays. In effect when this returns, and kept
/// when the article is uploaded or its page is read again.
#[utoipa::path(patch, path = "/api/v1/articles/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The article's id, or that of a CSV")), request_body = ArticleChange,
    responses(
        (status = 200, description = "Changed", body = ArticleView),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such article", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value isn't of its form", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn change(
    State(server): State<Server>,
    _: Operator,
    Named(ArticleId(id)): Named<ArticleId>,
    Body(input): Body<ArticleChange>,
) -> Answer<Json<ArticleView>> {
    let url = input.url.as_ref().and_then(Option::as_deref);
    let language = input.language.as_ref().and_then(Option::as_deref);
    check(url, language, input.questions.as_deref().unwrap_or_default())?;
    let new_title = input.title.as_deref().map(title).transpose()?;
    let new_topic = match &input.topic {
        Some(Some(given)) => Some(topic(given)?),
        Some(None) => Some(None),
        None => None,
    };
    let store = server.store();
    let states = store.article_states().await?;
    let parts = |part: &str| states.iter().any(|state| state.id == part && state.part_of.as_ref() == Some(&id));
    let mut articles = store.articles().await?;
    articles.retain(|article| article.id == id || parts(&article.id));
    if articles.is_empty() {
        return Err(Problem::new(Kind::NotFound));
    }
    if articles.iter().all(|article| article.id != id) && (new_title.is_some() || input.questions.is_some()) {
        return Err(Problem::new(Kind::Invalid)
            .detail("this upload has no text of its own; title and questions are its articles'")
            .fix("change the article that you mean"));
    }
    for article in &mut articles {
        article.title = new_title.clone().unwrap_or_else(|| article.title.clone());
        article.topic = new_topic.clone().unwrap_or_else(|| article.topic.clone());
        article.url = input.url.clone().unwrap_or_else(|| article.url.clone());
        article.language = input.language.clone().unwrap_or_else(|| article.language.clone());
        article.questions = input.questions.clone().unwrap_or_else(|| article.questions.clone());
        article.updated_at = server.now();
    }
    let library = server.library().clone();
    to_its_end(async move { library.change(KnowledgeChange { articles, ..KnowledgeChange::default() }).await }).await?;
    one(&server, &id).await.map(Json)
}

pub(super) fn title(given: &str) -> Answer<String> {
    let title = usher_agent::hygiene::clean_line(given);
    if title.is_empty() || title.chars().count() > 200 {
        return Err(Problem::new(Kind::Invalid).detail("`title` must have 1 to 200 characters"));
    }
    Ok(title)
}

/// An empty one is none.
pub(super) fn topic(given: &str) -> Answer<Option<String>> {
    let topic = given.trim();
    if topic.chars().count() > 60 || topic.chars().any(char::is_control) {
        return Err(Problem::new(Kind::Invalid).detail("`topic` must have at most 60 characters, on one line"));
    }
    Ok((!topic.is_empty()).then(|| topic.to_owned()))
}

pub(super) fn check(url: Option<&str>, language: Option<&str>, questions: &[String]) -> Answer<()> {
    let invalid = |detail: &str| Problem::new(Kind::Invalid).detail(detail);
    if url.is_some_and(|url| Url::parse(url).is_err()) {
        return Err(invalid("`url` is not a URL"));
    }
    if language.is_some_and(|language| !is_language_tag(language)) {
        return Err(invalid("`language` is not a language tag").fix("write it like `en`"));
    }
    if questions.len() > MAX_QUESTIONS || questions.iter().any(|question| question.len() > 500) {
        return Err(invalid("`questions`: at most 50, of at most 500 bytes each"));
    }
    Ok(())
}

/// Removes an article, or an upload with all of its articles. No answer rests on it any more when this returns.
#[utoipa::path(delete, path = "/api/v1/articles/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The article's id")),
    responses(
        (status = 204, description = "Removed"),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such article", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn remove(
    State(server): State<Server>,
    _: Operator,
    Named(ArticleId(id)): Named<ArticleId>,
) -> Answer<StatusCode> {
    let library = server.library().clone();
    let removed = to_its_end(async move { library.remove(&id).await }).await?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::new(Kind::NotFound)) }
}

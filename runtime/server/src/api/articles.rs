//! The shop's articles: what the assistant may answer from.

use super::Server;
use super::extract::{Body, Named, Operator};
use crate::config::is_language_tag;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use url::Url;
use usher_agent::knowledge::{Article, Format};
use utoipa::ToSchema;

/// The longest body of an article, bytes.
const MAX_ARTICLE: usize = 1 << 20;
/// The longest request with one: JSON may double its length.
pub(super) const MAX_REQUEST: usize = 2 * MAX_ARTICLE + (64 << 10);
const MAX_QUESTIONS: usize = 50;

/// An article's id: up to 128 of a-z, 0-9, `-`, `_` and `.`.
pub(super) struct ArticleId(String);

impl FromStr for ArticleId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
        let good = (1..=128).contains(&text.len()) && text.chars().all(plain) && !text.starts_with('.');
        good.then(|| Self(text.to_owned())).ok_or(())
    }
}

/// How a body is written.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum FormatView {
    /// CommonMark.
    Markdown,
    /// A web page or a part of one.
    Html,
    /// Plain text.
    Text,
}

impl From<FormatView> for Format {
    fn from(format: FormatView) -> Self {
        match format {
            FormatView::Markdown => Self::Markdown,
            FormatView::Html => Self::Html,
            FormatView::Text => Self::Text,
        }
    }
}

impl From<Format> for FormatView {
    fn from(format: Format) -> Self {
        match format {
            Format::Markdown => Self::Markdown,
            Format::Html => Self::Html,
            Format::Text => Self::Text,
        }
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

/// An article in the list.
#[derive(Serialize, ToSchema)]
pub(super) struct ArticleView {
    id: String,
    title: String,
    format: FormatView,
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    questions: Vec<String>,
    /// The body's length in bytes.
    bytes: usize,
    /// When it was last changed (RFC 3339).
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<Article> for ArticleView {
    fn from(article: Article) -> Self {
        Self {
            bytes: article.body.len(),
            id: article.id,
            title: article.title,
            format: article.format.into(),
            topic: article.topic,
            url: article.url,
            language: article.language,
            questions: article.questions,
            updated_at: article.updated_at.to_string(),
        }
    }
}

/// Articles.
#[derive(Serialize, ToSchema)]
pub(super) struct Articles {
    articles: Vec<ArticleView>,
}

/// All articles, without their bodies.
#[utoipa::path(get, path = "/api/v1/articles", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "All of them", body = Articles),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(State(server): State<Server>, _: Operator) -> Answer<Json<Articles>> {
    let articles = server.store().articles().await?;
    Ok(Json(Articles { articles: articles.into_iter().map(Into::into).collect() }))
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
    let invalid = |detail: &str| Problem::new(Kind::Invalid).detail(detail);
    let title = usher_agent::hygiene::clean_line(&input.title);
    if title.is_empty() || title.chars().count() > 200 {
        return Err(invalid("`title` must have 1 to 200 characters"));
    }
    if input.body.trim().is_empty() || input.body.len() > MAX_ARTICLE {
        return Err(invalid("`body` must have 1 byte to 1 MiB"));
    }
    if input.url.as_deref().is_some_and(|url| Url::parse(url).is_err()) {
        return Err(invalid("`url` is not a URL"));
    }
    if input.language.as_deref().is_some_and(|language| !is_language_tag(language)) {
        return Err(invalid("`language` is not a language tag").fix("write it like `en`"));
    }
    if input.questions.len() > MAX_QUESTIONS || input.questions.iter().any(|question| question.len() > 500) {
        return Err(invalid("`questions`: at most 50, of at most 500 bytes each"));
    }
    let article = Article {
        id,
        title,
        body: input.body,
        format: input.format.into(),
        topic: input.topic.map(|topic| topic.trim().to_owned()).filter(|topic| !topic.is_empty()),
        url: input.url,
        language: input.language,
        questions: input.questions,
        updated_at: server.now(),
    };
    server.agent().put_article(article.clone()).await?;
    server.sources().put(&article);
    Ok(Json(article.into()))
}

/// Removes an article. No answer rests on it any more when this returns.
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
    if server.agent().remove_article(&id).await? {
        server.sources().remove(&id);
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::new(Kind::NotFound))
    }
}

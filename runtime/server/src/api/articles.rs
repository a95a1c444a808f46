//! The shop's articles: what the assistant may answer from.

use super::Server;
use super::article_entry;
use super::article_view::{ArticleView, FormatView, one};
use super::decisions::to_its_end;
use super::extract::{Body, Named, Operator};
use super::uploads;
use crate::config::is_language_tag;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeSet;
use std::str::FromStr;
use url::Url;
use usher_agent::knowledge::{Article, ArticleState, KnowledgeChange, Origin};
use utoipa::ToSchema;

/// The longest body of an article, bytes.
pub(super) const MAX_ARTICLE: usize = 1 << 20;
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
    /// The last day, in the shop's zone, on which it is answered from; without it: always.
    #[schema(value_type = Option<String>, format = Date)]
    valid_until: Option<Date>,
}

/// An article with its text.
#[derive(Serialize, ToSchema)]
pub(super) struct ArticleText {
    #[serde(flatten)]
    article: ArticleView,
    /// The language that somebody gave, where it isn't recognised from the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    declared_language: Option<String>,
    /// In its format.
    body: String,
}

/// One article with its text.
#[utoipa::path(get, path = "/api/v1/articles/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The article's id")),
    responses(
        (status = 200, description = "The article; its `ETag` names this state of it", body = ArticleText),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such article", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(
    State(server): State<Server>,
    _: Operator,
    Named(ArticleId(id)): Named<ArticleId>,
) -> Answer<([(HeaderName, HeaderValue); 1], Json<ArticleText>)> {
    let article = one(&server, &id).await?;
    let kept = kept(&server, &id).await?;
    let tag = match &kept {
        Some(kept) => article_entry::tag(kept)?,
        None => HeaderValue::from_static("\"none\""),
    };
    let (body, declared_language) = kept.map(|kept| (kept.body, kept.language)).unwrap_or_default();
    Ok(([(header::ETAG, tag)], Json(ArticleText { article, declared_language, body })))
}

async fn kept(server: &Server, id: &str) -> Answer<Option<Article>> {
    Ok(server.store().articles().await?.into_iter().find(|kept| kept.id == id))
}

/// Adds an article, or replaces the one with this id. Answers rest on it when this returns.
#[utoipa::path(put, path = "/api/v1/articles/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "Chosen by you: up to 128 of a-z, 0-9, `-`, `_` and `.`"),
        ("If-Match" = Option<String>, Header, description = "Replace this state of it only")),
    request_body = ArticleInput,
    responses(
        (status = 200, description = "Kept", body = ArticleView),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "This can't be an id", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It is another than `If-Match` names; nothing has changed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value isn't of its form", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn put(
    State(server): State<Server>,
    operator: Operator,
    Named(ArticleId(id)): Named<ArticleId>,
    headers: HeaderMap,
    Body(input): Body<ArticleInput>,
) -> Answer<Json<ArticleView>> {
    let article = input.checked(id, server.now())?;
    let _change = server.one_change_at_a_time().await;
    let before = kept(&server, &article.id).await?;
    article_entry::still(before.as_ref(), &headers)?;
    keep(&server, &operator, before, article).await.map(Json)
}

/// Adds an article under an id that is made of its title. Answers rest on it when this returns.
#[utoipa::path(post, path = "/api/v1/articles", tag = "operator", security(("operator" = [])),
    request_body = ArticleInput,
    responses(
        (status = 201, description = "Kept", body = ArticleView),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value isn't of its form", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn add(
    State(server): State<Server>,
    operator: Operator,
    Body(input): Body<ArticleInput>,
) -> Answer<(StatusCode, Json<ArticleView>)> {
    let mut article = input.checked(String::new(), server.now())?;
    let _change = server.one_change_at_a_time().await;
    let store = server.store();
    let mut taken: BTreeSet<String> = store.articles().await?.into_iter().map(|article| article.id).collect();
    taken.extend(store.article_states().await?.into_iter().map(|state| state.id));
    taken.extend(store.knowledge_sources().await?.into_iter().map(|source| source.id));
    let slug = uploads::slug(&article.title, "article");
    let numbered = (2_u32..).map(|number| format!("{slug}-{number}"));
    article.id = std::iter::once(slug.clone()).chain(numbered).find(|id| !taken.contains(id)).unwrap_or(slug);
    keep(&server, &operator, None, article).await.map(|view| (StatusCode::CREATED, Json(view)))
}

impl ArticleInput {
    fn checked(self, id: String, now: Timestamp) -> Answer<Article> {
        let title = title(&self.title)?;
        if self.body.trim().is_empty() || self.body.len() > MAX_ARTICLE {
            return Err(Problem::new(Kind::Invalid).detail("`body` must have 1 byte to 1 MiB"));
        }
        check(self.url.as_deref(), self.language.as_deref(), &self.questions)?;
        Ok(Article {
            id,
            title,
            body: self.body,
            format: self.format.into(),
            topic: self.topic.as_deref().map(topic).transpose()?.flatten(),
            url: self.url,
            language: self.language,
            questions: self.questions,
            updated_at: now,
            valid_until: self.valid_until,
        })
    }
}

async fn keep(server: &Server, operator: &Operator, before: Option<Article>, article: Article) -> Answer<ArticleView> {
    let entry = Some(article_entry::written(operator, before.as_ref(), &article)?);
    let id = article.id.clone();
    let state = ArticleState::indexed(&article, Origin::Written, article.updated_at);
    let change = KnowledgeChange { articles: vec![article], states: vec![state], entry, removed: Vec::new() };
    let library = server.library().clone();
    to_its_end(async move { library.change(change).await }).await?;
    one(server, &id).await
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
    /// The last day, in the shop's zone, on which it is answered from; `null`: always.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    valid_until: Option<Option<Date>>,
}

impl ArticleChange {
    fn fields(&self) -> Vec<&'static str> {
        let fields = [
            ("title", self.title.is_some()),
            ("topic", self.topic.is_some()),
            ("url", self.url.is_some()),
            ("language", self.language.is_some()),
            ("questions", self.questions.is_some()),
            ("valid_until", self.valid_until.is_some()),
        ];
        fields.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect()
    }
}

/// `null` is a value; what isn't there is none.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Assigns a topic, or changes what else is known of an article; its text stays. In effect when this returns, and kept
/// when the article is uploaded or its page is read again.
#[utoipa::path(patch, path = "/api/v1/articles/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The article's id, or that of a CSV"),
        ("If-Match" = Option<String>, Header, description = "Change this state of it only")),
    request_body = ArticleChange,
    responses(
        (status = 200, description = "Changed", body = ArticleView),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such article", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It is another than `If-Match` names; nothing has changed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value isn't of its form", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn change(
    State(server): State<Server>,
    operator: Operator,
    Named(ArticleId(id)): Named<ArticleId>,
    headers: HeaderMap,
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
    let _change = server.one_change_at_a_time().await;
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
    article_entry::still(articles.iter().find(|article| article.id == id), &headers)?;
    let entry = Some(article_entry::changed(&operator, &id, &input.fields(), articles.len()));
    for article in &mut articles {
        article.title = new_title.clone().unwrap_or_else(|| article.title.clone());
        article.topic = new_topic.clone().unwrap_or_else(|| article.topic.clone());
        article.url = input.url.clone().unwrap_or_else(|| article.url.clone());
        article.language = input.language.clone().unwrap_or_else(|| article.language.clone());
        article.questions = input.questions.clone().unwrap_or_else(|| article.questions.clone());
        article.valid_until = input.valid_until.unwrap_or(article.valid_until);
        article.updated_at = server.now();
    }
    let library = server.library().clone();
    let change = KnowledgeChange { articles, entry, ..KnowledgeChange::default() };
    to_its_end(async move { library.change(change).await }).await?;
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
    operator: Operator,
    Named(ArticleId(id)): Named<ArticleId>,
) -> Answer<StatusCode> {
    let store = server.store();
    let states = store.article_states().await?;
    let articles = store.articles().await?;
    let parts: BTreeSet<&String> =
        states.iter().filter(|state| state.part_of.as_ref() == Some(&id)).map(|state| &state.id).collect();
    let gone: Vec<&Article> =
        articles.iter().filter(|article| article.id == id || parts.contains(&article.id)).collect();
    let entry = article_entry::removed(&operator, &id, &gone)?;
    let library = server.library().clone();
    let removed = to_its_end(async move { library.remove(&id, entry).await }).await?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::new(Kind::NotFound)) }
}

//! The list of articles: all of them, or those that are looked for, a page at a time.

use super::Server;
use super::article_view::{ArticleView, all};
use super::extract::{Operator, Params};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// Articles.
#[derive(Serialize, ToSchema)]
pub(super) struct Articles {
    articles: Vec<ArticleView>,
    /// How many fit, on this page or not.
    total: usize,
    /// `skip` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<usize>,
    /// All articles, whatever was looked for.
    all: Counts,
}

/// How many articles there are.
#[derive(Default, Serialize, ToSchema)]
struct Counts {
    articles: usize,
    /// By status: `indexed`, `pending`, `failed`, `expired`.
    by_status: BTreeMap<&'static str, usize>,
    /// With something to be looked at.
    with_warnings: usize,
    /// Articles by topic.
    by_topic: BTreeMap<String, usize>,
    /// Articles by language (BCP 47).
    by_language: BTreeMap<String, usize>,
}

impl Counts {
    fn of(articles: &[ArticleView]) -> Self {
        let mut counts = Self { articles: articles.len(), ..Self::default() };
        for article in articles {
            *counts.by_status.entry(article.status).or_default() += 1;
            counts.with_warnings += usize::from(!article.warnings.is_empty());
            if let Some(topic) = &article.topic {
                *counts.by_topic.entry(topic.clone()).or_default() += 1;
            }
            if let Some(language) = &article.language {
                *counts.by_language.entry(language.clone()).or_default() += 1;
            }
        }
        counts
    }
}

/// Which articles to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ArticleFilter {
    /// `indexed`, `pending`, `failed` or `expired`.
    status: Option<String>,
    /// Only those with this topic.
    topic: Option<String>,
    /// Only those in this language (BCP 47).
    language: Option<String>,
    /// `written`, `upload` or `page`.
    origin: Option<String>,
    /// Only parts of this upload or source.
    part_of: Option<String>,
    /// `true`: only those with something to be looked at.
    warnings: Option<bool>,
    /// Words that all stand in title, id, topic, sample questions, or where it comes from.
    q: Option<String>,
    /// Leave out so many.
    skip: Option<usize>,
    /// Most articles; all where it isn't given.
    limit: Option<usize>,
}

impl ArticleFilter {
    fn fits(&self, view: &ArticleView, words: &[String]) -> bool {
        let equals =
            |wanted: &Option<String>, found: Option<&str>| wanted.as_deref().is_none_or(|wanted| found == Some(wanted));
        equals(&self.status, Some(view.status))
            && equals(&self.topic, view.topic.as_deref())
            && equals(&self.language, view.language.as_deref())
            && equals(&self.origin, Some(view.origin))
            && equals(&self.part_of, view.part_of.as_deref())
            && self.warnings.is_none_or(|wanted| wanted != view.warnings.is_empty())
            && view.has_words(words)
    }
}

/// All articles, without their bodies, and uploads that gave none; those that fit the filter.
#[utoipa::path(get, path = "/api/v1/articles", tag = "operator", security(("operator" = [])),
    params(ArticleFilter),
    responses(
        (status = 200, description = "Those that fit, by their ids", body = Articles),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value isn't of its form", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(
    State(server): State<Server>,
    _: Operator,
    Params(filter): Params<ArticleFilter>,
) -> Answer<Json<Articles>> {
    if filter.limit == Some(0) {
        return Err(Problem::new(Kind::Invalid).detail("`limit` must be 1 or more"));
    }
    let mut articles = all(&server).await?;
    let counts = Counts::of(&articles);
    let words: Vec<String> =
        filter.q.as_deref().unwrap_or_default().split_whitespace().map(str::to_lowercase).collect();
    articles.retain(|view| filter.fits(view, &words));
    let total = articles.len();
    let (skip, limit) = (filter.skip.unwrap_or(0), filter.limit.unwrap_or(usize::MAX));
    let articles: Vec<ArticleView> = articles.into_iter().skip(skip).take(limit).collect();
    let shown = skip.saturating_add(articles.len());
    let next = (shown < total && !articles.is_empty()).then_some(shown);
    Ok(Json(Articles { articles, total, next, all: counts }))
}

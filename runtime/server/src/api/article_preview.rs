//! How an article would look and be understood, before it is kept.

use super::Server;
use super::article_view::{FormatView, WarningView};
use super::articles::{self, MAX_ARTICLE};
use super::extract::{Body, Operator};
use crate::channels::{self, Block};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use usher_agent::knowledge::{Article, Document, Knowledge, Section, garbled};
use utoipa::ToSchema;

/// An article that isn't kept yet.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ArticleDraft {
    /// Its title; may be empty.
    #[serde(default)]
    title: String,
    /// Its text, at most 1 MiB.
    body: String,
    /// How the body is written.
    format: FormatView,
    /// BCP 47; recognised from the text where it isn't given.
    language: Option<String>,
    /// Questions that it answers, in customers' words.
    #[serde(default)]
    questions: Vec<String>,
    /// A question to try: which passage answers it. The first of `questions` where it isn't given.
    question: Option<String>,
}

/// The passage that answers a question.
#[derive(Serialize, ToSchema)]
struct PassageView {
    /// The question that was tried.
    question: String,
    /// The heading that the passage stands under.
    #[serde(skip_serializing_if = "Option::is_none")]
    heading: Option<String>,
    /// The passage, as messages have it. A skill takes from it what answers the question.
    blocks: Vec<Block>,
    /// From 0 to 1, among this article's passages alone: beside other articles it may be less.
    confidence: f32,
}

/// What would be made of it.
#[derive(Serialize, ToSchema)]
pub(super) struct ArticlePreview {
    /// As given, or the first heading.
    title: String,
    /// As given or recognised.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// The whole text as it was understood, as messages have it; headings are paragraphs in bold.
    blocks: Vec<Block>,
    /// In how many passages it is found.
    passages: u64,
    /// What answers the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<PassageView>,
    /// Elements that were left out because readers don't see them: customers aren't told what they say.
    unseen: usize,
    /// Passages that look garbled.
    warnings: Vec<WarningView>,
}

/// Shows how an article would look to customers and how it is understood. Nothing is kept.
#[utoipa::path(post, path = "/api/v1/articles/preview", tag = "operator", security(("operator" = [])),
    request_body = ArticleDraft,
    responses(
        (status = 200, description = "What would be made of it", body = ArticlePreview),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value isn't of its form", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn preview(
    State(server): State<Server>,
    _: Operator,
    Body(draft): Body<ArticleDraft>,
) -> Answer<Json<ArticlePreview>> {
    if draft.body.len() > MAX_ARTICLE {
        return Err(Problem::new(Kind::Invalid).detail("`body` must have at most 1 MiB"));
    }
    articles::check(None, draft.language.as_deref(), &draft.questions)?;
    let now = server.now();
    let question = draft.question.or_else(|| draft.questions.first().cloned()).filter(|text| !text.trim().is_empty());
    let article = Article {
        id: "draft".to_owned(),
        title: draft.title,
        body: draft.body,
        format: draft.format.into(),
        topic: None,
        url: None,
        language: draft.language,
        questions: draft.questions,
        updated_at: now,
        valid_until: None,
    };
    let home = server.config().shop.locale.clone();
    let look = move || understood(&article, question, &home);
    tokio::task::spawn_blocking(look).await.map(Json).map_err(|error| Problem::internal(&error))
}

/// `home` is the shop's own language.
fn understood(article: &Article, question: Option<String>, home: &str) -> ArticlePreview {
    let document = Document::of(article);
    let knowledge = Knowledge::default();
    knowledge.set_home(home);
    knowledge.replace(article.clone());
    let index = knowledge.index();
    let language = index.language_of(&article.id).map(str::to_owned);
    let answer = question.and_then(|question| {
        let found = index.search(&question, None, 1, language.as_deref()).pop()?;
        let section = Section { heading: None, text: found.text };
        let blocks = channels::article(&Document { title: String::new(), sections: vec![section], unseen: 0 });
        Some(PassageView { question, heading: found.heading, blocks, confidence: found.confidence })
    });
    ArticlePreview {
        blocks: channels::article(&document),
        passages: index.passages(),
        unseen: document.unseen,
        warnings: garbled(&document.sections, language.as_deref()).into_iter().map(WarningView::of).collect(),
        title: document.title,
        language,
        answer,
    }
}

//! Live articles, as the operator writes and sees them.

use super::Server;
use super::articles;
use crate::library::{Standing, live_check, live_standing};
use crate::problem::{Answer, Kind, Problem};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use usher_agent::knowledge::{KnowledgeSource, Live};
use utoipa::ToSchema;

/// An article that is kept as its address says, all the time: the state of a system, how long something takes just now.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LiveInput {
    /// The article's title.
    title: String,
    /// Its text; `{name}` stands for a value, or `{text}` for the page's own text where no values are named.
    body: String,
    /// JSON pointers (RFC 6901) into what the address answers, by name: `{"status": "/page/status"}`.
    #[serde(default)]
    values: BTreeMap<String, String>,
    /// Questions that it answers, in customers' words; three or more.
    #[serde(default)]
    questions: Vec<String>,
    /// The language that it is in, BCP 47; the shop's own where it isn't given.
    language: Option<String>,
    /// Seconds between two readings, 15 or more; by default 60.
    every: Option<u32>,
}

impl LiveInput {
    pub(super) fn checked(self) -> Answer<Live> {
        articles::check(None, self.language.as_deref(), &self.questions)?;
        let Self { title, body, values, questions, language, every } = self;
        let live = Live { title, body, values, questions, language, every: every.unwrap_or(60), read_at: None };
        live_check(&live).map_err(|problem| Problem::new(Kind::Invalid).detail(problem))?;
        Ok(live)
    }
}

/// How a live article stands.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum StandingView {
    /// It wasn't read yet.
    New,
    /// It says what the address said last.
    Current,
    /// The last reading failed; it still says what was read before.
    Failing,
    /// Readings have failed for more than three intervals: it says that nobody knows just now.
    Unknown,
}

/// A live article.
#[derive(Serialize, ToSchema)]
pub(super) struct LiveView {
    /// The article's id.
    article: String,
    /// How it stands.
    status: StandingView,
    /// Why the last reading failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// When the address was last read well (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    read_at: Option<String>,
    title: String,
    body: String,
    values: BTreeMap<String, String>,
    questions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// Seconds between two readings.
    every: u32,
}

impl LiveView {
    /// None where the source is a page or a site.
    pub(super) fn of(server: &Server, source: &KnowledgeSource) -> Option<Self> {
        let live = source.live.clone()?;
        let status = match live_standing(source, &live, server.now()) {
            Standing::New => StandingView::New,
            Standing::Current => StandingView::Current,
            Standing::Failing => StandingView::Failing,
            Standing::Unknown => StandingView::Unknown,
        };
        let error = source.last.as_ref().and_then(|last| last.failed.first()).map(|failed| failed.reason.clone());
        Some(Self {
            article: crate::library::live_article_id(&source.id),
            status,
            error,
            read_at: live.read_at.map(|at| at.to_string()),
            title: live.title,
            body: live.body,
            values: live.values,
            questions: live.questions,
            language: live.language,
            every: live.every,
        })
    }
}

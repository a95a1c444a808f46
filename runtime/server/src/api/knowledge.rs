//! Addresses that articles are read from, again and again.

use super::Server;
use super::articles::{ArticleId, topic};
use super::decisions::to_its_end;
use super::extract::{Body, Named, Operator};
use super::knowledge_live::{LiveInput, LiveView};
use crate::library::{Progress, is_sitemap};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use url::Url;
use usher_agent::knowledge::{ArticleState, CrawlReport, CrawlRules, KnowledgeSource};
use usher_host::{Action, Entry, Web, WebStandIns};
use utoipa::ToSchema;

/// Most sources.
const SOURCES: usize = 100;
/// What may be asked for.
const MOST_PAGES: u32 = 2_000;
const MOST_DEPTH: u32 = 20;
const MOST_DELAY_MS: u64 = 60_000;

/// How a site is read.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LimitsInput {
    /// Most pages, up to 2,000; by default 200.
    pages: Option<u32>,
    /// Most links away from the first page, up to 20; by default 5.
    depth: Option<u32>,
    /// Least time between two requests in milliseconds, up to 60,000; by default 500. The site's own wish counts where it
    /// is longer.
    delay_ms: Option<u64>,
}

/// An address to read articles from.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceInput {
    /// Its id; made of the address where it isn't given.
    id: Option<String>,
    /// The page, or the first page of the site: https, and a host with a name.
    url: String,
    /// Read the pages that it leads to on the same host as well, as the site's robots.txt allows. A sitemap (its path ends
    /// with `.xml`) is always read so: the pages that it lists, and no others.
    #[serde(default)]
    crawl: bool,
    #[serde(default)]
    limits: LimitsInput,
    /// The topic of its pages, until you give one another.
    topic: Option<String>,
    /// Read it again every day.
    #[serde(default = "yes")]
    daily: bool,
    /// Hosts that are stood in for by an address of this machine (`http://127.0.0.1:PORT`): for development and tests.
    #[serde(default)]
    stand_ins: BTreeMap<String, String>,
    /// Keep one article as the address says, all the time; `crawl`, `limits` and `daily` then count for nothing.
    live: Option<LiveInput>,
}

fn yes() -> bool {
    true
}

/// A page that couldn't be read.
#[derive(Serialize, ToSchema)]
struct FailedPageView {
    url: String,
    reason: String,
}

/// How reading a source went the last time.
#[derive(Serialize, ToSchema)]
struct ReportView {
    /// When it began (RFC 3339).
    #[schema(format = DateTime)]
    started_at: String,
    /// When it ended (RFC 3339).
    #[schema(format = DateTime)]
    finished_at: String,
    /// Pages that were read.
    read: u32,
    /// Of those, pages that say the same as before.
    unchanged: u32,
    /// Pages that were left out: the same as another, not meant to be found, or nothing to read.
    skipped: u32,
    /// Articles that were removed because their pages are gone.
    removed: u32,
    /// At most a hundred.
    failed: Vec<FailedPageView>,
    /// Why it ended before its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_early: Option<String>,
}

impl From<CrawlReport> for ReportView {
    fn from(report: CrawlReport) -> Self {
        Self {
            started_at: report.started_at.to_string(),
            finished_at: report.finished_at.to_string(),
            read: report.read,
            unchanged: report.unchanged,
            skipped: report.skipped,
            removed: report.removed,
            failed: report
                .failed
                .into_iter()
                .map(|page| FailedPageView { url: page.url, reason: page.reason })
                .collect(),
            ended_early: report.ended_early,
        }
    }
}

/// How far reading a source is.
#[derive(Serialize, ToSchema)]
struct ProgressView {
    /// Pages that were fetched.
    done: u32,
    /// Pages that are known and wait.
    queued: u32,
    /// Pages that couldn't be read.
    failed: u32,
    /// The page that is being read.
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<String>,
}

/// A source.
#[derive(Serialize, ToSchema)]
pub(super) struct SourceView {
    id: String,
    url: String,
    crawl: bool,
    pages: u32,
    depth: u32,
    delay_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<String>,
    daily: bool,
    stand_ins: BTreeMap<String, String>,
    /// Articles of it, which go when it is removed.
    articles: usize,
    /// Of a live article: what it is made of, and how it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    live: Option<LiveView>,
    /// When it was added (RFC 3339).
    #[schema(format = DateTime)]
    added_at: String,
    /// While it is being read.
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<ProgressView>,
    /// The last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<ReportView>,
}

impl SourceView {
    /// Of all sources.
    ///
    /// What is being read is asked first: a reading that ends in between is told of by the source, and seems at worst to go
    /// on. The other way round, one that had just ended would be shown with the report of the time before.
    async fn all(server: &Server) -> Answer<Vec<Self>> {
        let under_way = server.library().under_way();
        let sources = server.store().knowledge_sources().await?;
        let states = server.store().article_states().await?;
        let view = |source: KnowledgeSource| Self::with(server, under_way.get(&source.id).cloned(), source, &states);
        Ok(sources.into_iter().map(view).collect())
    }

    /// Of one of them, as it is now.
    async fn of(server: &Server, id: &str) -> Answer<Self> {
        let mut all = Self::all(server).await?.into_iter();
        all.find(|source| source.id == id).ok_or_else(|| Problem::new(Kind::NotFound))
    }

    fn with(server: &Server, progress: Option<Progress>, source: KnowledgeSource, states: &[ArticleState]) -> Self {
        let progress = progress.map(|progress| ProgressView {
            done: progress.done,
            queued: progress.queued,
            failed: progress.failed,
            current: progress.current,
        });
        Self {
            live: LiveView::of(server, &source),
            articles: states.iter().filter(|state| state.part_of.as_ref() == Some(&source.id)).count(),
            id: source.id,
            url: source.url,
            crawl: source.crawl,
            pages: source.rules.pages,
            depth: source.rules.depth,
            delay_ms: source.rules.delay_ms,
            topic: source.topic,
            daily: source.daily,
            stand_ins: source.stand_ins,
            added_at: source.added_at.to_string(),
            progress,
            last: source.last.map(Into::into),
        }
    }
}

/// Sources.
#[derive(Serialize, ToSchema)]
pub(super) struct SourceList {
    sources: Vec<SourceView>,
}

async fn find(server: &Server, id: &str) -> Answer<KnowledgeSource> {
    let sources = server.store().knowledge_sources().await?;
    sources.into_iter().find(|source| source.id == id).ok_or_else(|| Problem::new(Kind::NotFound))
}

/// All sources, and how far those are that are being read.
#[utoipa::path(get, path = "/api/v1/knowledge/sources", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "All of them", body = SourceList),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(State(server): State<Server>, _: Operator) -> Answer<Json<SourceList>> {
    Ok(Json(SourceList { sources: SourceView::all(&server).await? }))
}

/// One source, and how far reading it is.
#[utoipa::path(get, path = "/api/v1/knowledge/sources/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The source's id")),
    responses(
        (status = 200, description = "The source", body = SourceView),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such source", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(
    State(server): State<Server>,
    _: Operator,
    Named(ArticleId(id)): Named<ArticleId>,
) -> Answer<Json<SourceView>> {
    Ok(Json(SourceView::of(&server, &id).await?))
}

/// Adds a source, and begins to read it.
#[utoipa::path(post, path = "/api/v1/knowledge/sources", tag = "operator", security(("operator" = [])),
    request_body = SourceInput,
    responses(
        (status = 201, description = "It is being read", body = SourceView),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "There is a source with this id", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value isn't of its form, or the address may not be read", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn add(
    State(server): State<Server>,
    operator: Operator,
    Body(input): Body<SourceInput>,
) -> Answer<(StatusCode, Json<SourceView>)> {
    let invalid = |detail: String| Problem::new(Kind::Invalid).detail(detail);
    let url = Url::parse(input.url.trim()).map_err(|error| {
        invalid(format!("`url` is no address: {error}")).fix("write it like `https://shop.example/help`")
    })?;
    Web::admits(&url).map_err(|rule| invalid(format!("`url`: {rule}")))?;
    WebStandIns::parse(&input.stand_ins).map_err(|problem| invalid(format!("`stand_ins`: {problem}")))?;
    let rules = CrawlRules::default();
    let rules = CrawlRules {
        pages: input.limits.pages.unwrap_or(rules.pages),
        depth: input.limits.depth.unwrap_or(rules.depth),
        delay_ms: input.limits.delay_ms.unwrap_or(rules.delay_ms),
    };
    if !(1..=MOST_PAGES).contains(&rules.pages) || rules.depth > MOST_DEPTH || rules.delay_ms > MOST_DELAY_MS {
        return Err(invalid(format!(
            "`limits`: 1 to {MOST_PAGES} pages, a depth of at most {MOST_DEPTH}, a delay of at most {MOST_DELAY_MS} ms"
        )));
    }
    let id = match input.id {
        Some(id) => id.parse::<ArticleId>().map_err(|()| invalid("`id` can't be an id".to_owned()))?.0,
        None => id_of(&url),
    };
    let live = input.live.map(LiveInput::checked).transpose()?;
    let source = KnowledgeSource {
        id,
        url: url.to_string(),
        crawl: (input.crawl || is_sitemap(&url)) && live.is_none(),
        rules,
        topic: input.topic.as_deref().map(topic).transpose()?.flatten(),
        stand_ins: input.stand_ins,
        daily: input.daily && live.is_none(),
        live,
        added_at: server.now(),
        last: None,
    };
    let _change = server.one_change_at_a_time().await;
    let sources = server.store().knowledge_sources().await?;
    let taken = sources.iter().any(|known| known.id == source.id)
        || server.store().articles().await?.iter().any(|article| article.id == source.id);
    if taken {
        return Err(Problem::new(Kind::Conflict)
            .detail(format!("there is a source or an article `{}` already", source.id))
            .fix("give another `id`, or read that source again"));
    }
    if sources.len() >= SOURCES {
        return Err(Problem::new(Kind::Conflict).detail(format!("there are {SOURCES} sources already")));
    }
    let detail = json!({
        "url": source.url, "crawl": source.crawl, "daily": source.daily, "live": source.live.is_some(),
        "stand_ins": source.stand_ins,
    });
    let entry = Entry::new(&operator.actor(), Action::SourceAdded, &source.id, detail);
    server.store().put_knowledge_source(source.clone(), Some(entry)).await?;
    tracing::info!(operator = operator.name, source = source.id, url = source.url, "source added");
    let id = source.id.clone();
    if source.live.is_some() {
        server.library().follow(source);
    } else {
        server.library().visit(source);
    }
    Ok((StatusCode::CREATED, Json(SourceView::of(&server, &id).await?)))
}

/// An id of an address.
fn id_of(url: &Url) -> String {
    let text = format!("{}{}", url.host_str().unwrap_or_default(), url.path().trim_end_matches('/'));
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_lowercase() } else { '-' };
    text.chars().map(plain).take(60).collect::<String>().trim_matches(['-', '.']).to_owned()
}

/// Reads a source again now.
#[utoipa::path(post, path = "/api/v1/knowledge/sources/{id}/sync", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The source's id")),
    responses(
        (status = 202, description = "It is being read", body = SourceView),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such source", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It is being read already", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn sync(
    State(server): State<Server>,
    operator: Operator,
    Named(ArticleId(id)): Named<ArticleId>,
) -> Answer<(StatusCode, Json<SourceView>)> {
    let source = find(&server, &id).await?;
    let begun = match source.live {
        Some(_) => server.library().read_at_once(&source.id),
        None => server.library().visit(source),
    };
    if !begun {
        return Err(Problem::new(Kind::Conflict).detail("this source is being read already"));
    }
    note_reading(&server, &operator, &id, true).await?;
    Ok((StatusCode::ACCEPTED, Json(SourceView::of(&server, &id).await?)))
}

/// Reading changes nothing by itself, so that its line is one for itself.
async fn note_reading(server: &Server, operator: &Operator, id: &str, begun: bool) -> Answer<()> {
    let entry = Entry::new(&operator.actor(), Action::SourceRead, id, json!({ "begun": begun }));
    Ok(server.store().append_audit(entry).await?)
}

/// Stops reading a source. Pages that were read stay.
#[utoipa::path(post, path = "/api/v1/knowledge/sources/{id}/stop", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The source's id")),
    responses(
        (status = 202, description = "It stops", body = SourceView),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such source", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It isn't being read", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn stop(
    State(server): State<Server>,
    operator: Operator,
    Named(ArticleId(id)): Named<ArticleId>,
) -> Answer<(StatusCode, Json<SourceView>)> {
    find(&server, &id).await?;
    if !server.library().stop(&id) {
        return Err(Problem::new(Kind::Conflict).detail("this source isn't being read"));
    }
    note_reading(&server, &operator, &id, false).await?;
    Ok((StatusCode::ACCEPTED, Json(SourceView::of(&server, &id).await?)))
}

/// Removes a source with all of its articles. No answer rests on them any more when this returns.
#[utoipa::path(delete, path = "/api/v1/knowledge/sources/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The source's id")),
    responses(
        (status = 204, description = "Removed"),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such source", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn remove(
    State(server): State<Server>,
    operator: Operator,
    Named(ArticleId(id)): Named<ArticleId>,
) -> Answer<StatusCode> {
    let source = find(&server, &id).await?;
    let states = server.store().article_states().await?;
    let articles = states.iter().filter(|state| state.part_of.as_ref() == Some(&id)).count();
    let detail = json!({ "url": source.url, "articles": articles });
    let entry = Entry::new(&operator.actor(), Action::SourceRemoved, &id, detail);
    let library = server.library().clone();
    let named = id.clone();
    to_its_end(async move { library.remove_source(&named, entry).await }).await?;
    tracing::info!(operator = operator.name, source = id, "source removed");
    Ok(StatusCode::NO_CONTENT)
}

//! The first contact: the greeting, who is there, and what a visitor can choose from. For the widget, before anything was
//! written.

use super::Server;
use super::article_view;
use super::extract::{Params, Visitor, bearer};
use super::session::check_place;
use crate::channels::{self, Block};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use usher_agent::greeting::{Choice, PresetAction, Visit};
use usher_agent::knowledge::{Article, Document};
use usher_agent::texts::{self, Language};
use usher_manifest::Channel;
use utoipa::{IntoParams, ToSchema};

/// Who comes in, and where.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Arrival {
    /// The site's public id; needed without a session.
    site: Option<String>,
    /// The visitor's language, BCP 47.
    locale: Option<String>,
    /// The visitor's time zone, IANA name.
    time_zone: Option<String>,
}

/// A first contact.
#[derive(Serialize, ToSchema)]
pub(super) struct WelcomeView {
    /// The greeting: plain text, its paragraphs parted by `\n`.
    greeting: String,
    /// The language that it is in, BCP 47.
    language: &'static str,
    /// The people behind the assistant.
    team: TeamView,
    /// What can be chosen, in order.
    presets: Vec<PresetView>,
}

/// The people behind the assistant.
#[derive(Serialize, ToSchema)]
struct TeamView {
    /// Conversations can come to people at all; false where the shop gives ways to reach it instead.
    reachable: bool,
    /// It is within business hours.
    open: bool,
    /// Somebody is at the desk now.
    online: bool,
    /// Until when people are there, or when they are again, on the visitor's clock where it is known:
    /// `until 17:00 (your time)`, `Monday 09:00 (your time)`, `around the clock`.
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<String>,
    /// When `open` changes (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    changes_at: Option<String>,
    /// How long people took lately to answer: `about 5 minutes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    wait: Option<String>,
}

/// A choice.
#[derive(Serialize, ToSchema)]
struct PresetView {
    /// Tells it from the others, and stays while the operator doesn't change them.
    id: String,
    /// What stands on it.
    label: String,
    /// What pressing it does.
    #[serde(flatten)]
    action: PresetActionView,
}

/// What pressing a choice does.
#[derive(Serialize, ToSchema)]
#[serde(tag = "action", rename_all = "snake_case")]
enum PresetActionView {
    /// Send this question as the visitor's message.
    Ask {
        /// The question.
        question: String,
    },
    /// Show this article: `GET /api/v1/welcome/articles/{article}`.
    Article {
        /// Its id.
        article: String,
    },
    /// Open this page.
    Open {
        /// `https`.
        url: String,
    },
}

impl PresetView {
    /// None where it asks nothing.
    fn of(choice: Choice) -> Option<Self> {
        let action = match choice.action {
            PresetAction::Ask { question } => PresetActionView::Ask { question: question.into_values().next()? },
            PresetAction::Article { article } => PresetActionView::Article { article },
            PresetAction::Open { url } => PresetActionView::Open { url },
        };
        Some(Self { id: choice.id, label: choice.label, action })
    }
}

/// Somebody on one of the shop's pages: their session's token, or none yet.
pub(super) struct Passerby(bool);

impl FromRequestParts<Server> for Passerby {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Answer<Self> {
        if bearer(&parts.headers).is_none() {
            return Ok(Self(false));
        }
        Visitor::from_request_parts(parts, server).await.map(|_| Self(true))
    }
}

impl Passerby {
    fn check(&self, server: &Server, site: Option<&str>) -> Answer<()> {
        match site {
            None if self.0 => Ok(()),
            Some(site) if server.config().site(site).is_some() => Ok(()),
            _ => Err(Problem::new(Kind::Invalid)
                .detail("`site`: there is no such site")
                .fix("send the site's id, or a session's token")),
        }
    }
}

/// What a visitor is greeted with: the text, who is there, and what can be chosen, as the hour, the visitor's country and
/// language have it. A session's token may be sent instead of the site.
#[utoipa::path(get, path = "/api/v1/welcome", tag = "session", security(()), params(Arrival),
    responses(
        (status = 200, description = "The greeting", body = WelcomeView),
        (status = 401, description = "The session has ended", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "There is no such site, or a value isn't of its form", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(
    State(server): State<Server>,
    visitor: Passerby,
    Params(arrival): Params<Arrival>,
) -> Answer<Json<WelcomeView>> {
    visitor.check(&server, arrival.site.as_deref())?;
    check_place(arrival.locale.as_deref(), arrival.time_zone.as_deref())?;
    let shop = &server.agent().config().shop;
    let language = texts::choose("", arrival.locale.as_deref(), &shop.locale, &shop.languages);
    let visit = Visit {
        language,
        channel: Channel::Webchat,
        locale: arrival.locale.as_deref(),
        time_zone: arrival.time_zone.as_deref(),
        now: server.now(),
    };
    let welcome = server.agent().welcome(visit).await;
    let greeting = welcome.greeting;
    Ok(Json(WelcomeView {
        greeting: greeting.text,
        language: Language::tag(language),
        team: TeamView {
            reachable: welcome.people,
            open: welcome.opening.open,
            online: welcome.staffing.is_some_and(|staffing| staffing.online > 0),
            hours: greeting.hours,
            changes_at: welcome.opening.changes_at.map(|at| at.to_string()),
            wait: greeting.wait,
        },
        presets: greeting.choices.into_iter().filter_map(PresetView::of).collect(),
    }))
}

/// An article as a visitor reads it.
#[derive(Serialize, ToSchema)]
pub(super) struct WelcomeArticle {
    /// Its id.
    id: String,
    /// Its title.
    title: String,
    /// Its text, as messages have it; headings are paragraphs in bold.
    blocks: Vec<Block>,
    /// Where it can be read on the shop's own pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

/// Which article, for whom.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OnSite {
    /// The site's public id; needed without a session.
    site: Option<String>,
}

/// An article that a choice of the greeting shows. No other article is read here.
#[utoipa::path(get, path = "/api/v1/welcome/articles/{id}", tag = "session", security(()),
    params(("id" = String, Path, description = "The article's id"), OnSite),
    responses(
        (status = 200, description = "The article", body = WelcomeArticle),
        (status = 401, description = "The session has ended", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is none, or no choice shows it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "There is no such site", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn article(
    State(server): State<Server>,
    visitor: Passerby,
    Path(id): Path<String>,
    Params(on): Params<OnSite>,
) -> Answer<Json<WelcomeArticle>> {
    visitor.check(&server, on.site.as_deref())?;
    let settings = server.agent().settings().greeting();
    let shows = |action: &PresetAction| matches!(action, PresetAction::Article { article } if *article == id);
    if !settings.presets.iter().any(|preset| shows(&preset.action)) {
        return Err(Problem::new(Kind::NotFound));
    }
    let articles = server.store().articles().await?;
    let today = article_view::today(&server);
    let shown = articles.into_iter().find(|article| article.id == id && !article.is_over(today));
    let article = shown.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let document = Document::of(&article);
    let blocks = channels::article(&document);
    let Article { id, url, .. } = article;
    let url = url.filter(|url| url.starts_with("https://"));
    Ok(Json(WelcomeArticle { id, title: document.title, blocks, url }))
}

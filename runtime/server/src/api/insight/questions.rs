//! The questions that a skill took.

use super::given::{Days, RangeView, filled};
use super::names;
use crate::api::Server;
use crate::api::extract::{Named, Operator, Params};
use crate::channels;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use usher_agent::insight::{Place, Preset, Question, QuestionFilter, QuestionOutcome};
use usher_manifest::PluginId;
use utoipa::{IntoParams, ToSchema};

const DEFAULT_PAGE: usize = 25;
const MAX_PAGE: usize = 100;

/// Which questions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// `today`, `yesterday`, `7d`, `14d`, `30d` or `90d`, today included.
    range: Option<String>,
    /// Instead of `range`: the first day, `2026-11-01`.
    from: Option<String>,
    /// The last day.
    to: Option<String>,
    /// The zone whose days they are, an IANA name.
    zone: Option<String>,
    /// Only there: `webchat`, `sms`, `whatsapp` or `email`.
    channel: Option<String>,
    /// Only those that ended so: `confirmed`, `assumed`, `answered`, `open`, `handed_off`, `not_helped`, `sign_in` or
    /// `failed`.
    outcome: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// At most so many: 1 to 100, 25 where it isn't given.
    limit: Option<String>,
}

/// A question.
#[derive(Serialize, ToSchema)]
struct SkillQuestion {
    /// The turn that answered it: `GET /api/v1/conversations/{id}/turns` explains it.
    turn: uuid::Uuid,
    conversation: uuid::Uuid,
    /// The customer's message.
    message: uuid::Uuid,
    /// When it was asked (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
    /// `webchat`, `sms`, `whatsapp` or `email`.
    channel: &'static str,
    /// BCP 47.
    language: Option<String>,
    /// What was asked, shortened; empty where it was erased.
    text: String,
    /// See the parameter of this name.
    outcome: &'static str,
    /// What people call it.
    outcome_name: &'static str,
    /// How long the answer took, milliseconds; none where the message had been answered before.
    answer_ms: Option<u64>,
}

impl SkillQuestion {
    fn of(question: Question) -> Self {
        Self {
            turn: question.turn.0,
            conversation: question.conversation.0,
            message: question.message.0,
            at: question.at.to_string(),
            channel: channels::name(question.channel),
            language: question.language,
            text: question.text,
            outcome: question.outcome.name(),
            outcome_name: names::question(question.outcome),
            answer_ms: question.answer_ms,
        }
    }
}

/// One page.
#[derive(Serialize, ToSchema)]
pub(super) struct SkillQuestions {
    range: RangeView,
    /// Newest first.
    questions: Vec<SkillQuestion>,
    /// Give it as `cursor` to get those after these; none where these are the last.
    next: Option<String>,
}

/// A number of rows that was asked for.
pub(in crate::api) fn read_limit(text: Option<&str>, usual: usize) -> Answer<usize> {
    let Some(text) = text else { return Ok(usual) };
    text.parse().ok().filter(|limit| (1..=MAX_PAGE).contains(limit)).ok_or_else(|| {
        Problem::new(Kind::Invalid)
            .detail(format!("`limit`: `{text}` is not between 1 and {MAX_PAGE}"))
            .fix("read it page by page")
    })
}

/// Where a page begins.
pub(in crate::api) fn read_cursor<T: serde::de::DeserializeOwned>(text: Option<&str>) -> Answer<Option<T>> {
    let Some(text) = text else { return Ok(None) };
    let read = URL_SAFE_NO_PAD.decode(text).ok().and_then(|json| serde_json::from_slice(&json).ok());
    read.map(Some).ok_or_else(|| {
        Problem::new(Kind::Invalid)
            .detail("`cursor` is none that an earlier page gave")
            .fix("give the `next` of the page before, or leave it away")
    })
}

/// The cursor of the page after this place.
pub(in crate::api) fn cursor(place: &impl Serialize) -> Option<String> {
    serde_json::to_vec(place).ok().map(|json| URL_SAFE_NO_PAD.encode(json))
}

/// One of some words, by its name.
pub(in crate::api) fn one_of<T: Copy>(
    parameter: &str,
    text: Option<&str>,
    all: &[T],
    name: impl Fn(T) -> &'static str,
) -> Answer<Option<T>> {
    let Some(text) = text else { return Ok(None) };
    all.iter().copied().find(|known| name(*known) == text).map(Some).ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|known| name(*known)).collect();
        Problem::new(Kind::Invalid)
            .detail(format!("`{parameter}`: there is no `{text}`"))
            .fix(format!("give one of {}", known.join(", ")))
    })
}

/// The questions that a skill took, newest first.
#[utoipa::path(get, path = "/api/v1/insight/skills/{id}/questions", tag = "figures", security(("operator" = [])),
    params(("id" = String, Path, description = "The skill's id"), Wanted),
    responses(
        (status = 200, description = "One page", body = SkillQuestions),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There can be no such skill", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such days, zone, channel, outcome or page", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<PluginId>,
    Params(wanted): Params<Wanted>,
) -> Answer<Json<SkillQuestions>> {
    let limit = read_limit(filled(wanted.limit.as_ref()), DEFAULT_PAGE)?;
    let after: Option<Place> = read_cursor(filled(wanted.cursor.as_ref()))?;
    let outcome = one_of("outcome", filled(wanted.outcome.as_ref()), &QuestionOutcome::ALL, QuestionOutcome::name)?;
    let days = Days {
        range: wanted.range,
        from: wanted.from,
        to: wanted.to,
        zone: wanted.zone,
        channel: wanted.channel,
        compare: Some(false),
    };
    let given = days.read(&server, &operator, Preset::Days(7))?;
    let filter = QuestionFilter {
        skill: id.to_string(),
        from: given.period.starts_at(),
        to: given.period.ends_at(),
        channel: given.channel,
        outcome,
    };
    let mut questions = server.store().insight().questions(filter, after, limit + 1).await?;
    let more = questions.len() > limit;
    questions.truncate(limit);
    let last = questions.last().filter(|_| more).map(|last| Place { at: last.at, id: last.turn.0 });
    Ok(Json(SkillQuestions {
        range: RangeView::of(&given.period),
        next: last.and_then(|place| cursor(&place)),
        questions: questions.into_iter().map(SkillQuestion::of).collect(),
    }))
}

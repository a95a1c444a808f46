//! The handoff log: conversations that people got, and whether the assistant should have answered.

use super::given::{Counted, Days, Frame, filled};
use super::names;
use super::questions::{cursor, one_of, read_cursor, read_limit};
use super::skills::OfReason;
use crate::api::Server;
use crate::api::extract::{Body, Named, Operator, Params};
use crate::channels;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use usher_agent::hygiene::clean;
use usher_agent::insight::{Handoff, HandoffFilter, HandoffMode, HandoffOutcome, Place, Preset, Review};
use usher_host::{Action, Entry};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

const DEFAULT_PAGE: usize = 25;
/// Longest note, in characters.
const NOTE_CHARS: usize = 1000;

/// Which handoffs.
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
    /// Why, in a word: `missing_knowledge`, `explicit_request` …
    reason: Option<String>,
    /// The skill that had the word.
    skill: Option<String>,
    /// Whose the ticket is, by name.
    person: Option<String>,
    /// `ticket`, `message` (the customer was told where to turn to) or `taken_over`.
    mode: Option<String>,
    /// `waiting`, `with_person`, `pending`, `solved`, `closed`, `handed_back` or `told`.
    outcome: Option<String>,
    /// `yes`: somebody said whether the assistant should have answered; `no`: nobody did.
    reviewed: Option<String>,
    /// `yes` or `no`: what they said.
    should_have_answered: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// At most so many: 1 to 100, 25 where it isn't given.
    limit: Option<String>,
}

/// A skill.
#[derive(Serialize, ToSchema)]
struct HandoffSkill {
    id: String,
    /// What people call it.
    name: String,
}

/// The ticket of a handoff.
#[derive(Serialize, ToSchema)]
struct HandoffTicket {
    id: Uuid,
    number: u64,
    /// `open`, `pending`, `solved` or `closed`.
    #[schema(value_type = String)]
    state: usher_agent::desk::TicketState,
}

/// What somebody of the team thinks of a handoff.
#[derive(Serialize, ToSchema)]
struct HandoffReviewView {
    should_have_answered: bool,
    note: Option<String>,
    /// Who, by name.
    by: String,
    /// When (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
}

/// A conversation that people got.
#[derive(Serialize, ToSchema)]
#[schema(as = Handoff)]
pub(super) struct HandoffView {
    id: Uuid,
    /// When (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
    conversation: Uuid,
    channel: &'static str,
    /// BCP 47.
    language: Option<String>,
    /// Why, in a word.
    reason: &'static str,
    /// What people call it.
    reason_name: &'static str,
    /// The same in more words.
    detail: String,
    /// `ticket`, `message` or `taken_over`.
    mode: &'static str,
    /// The skill that had the word.
    skill: Option<HandoffSkill>,
    /// The customer's latest question, shortened.
    question: Option<String>,
    ticket: Option<HandoffTicket>,
    /// Whose the ticket is, by name.
    person: Option<String>,
    /// How it stands.
    outcome: &'static str,
    /// What people call that.
    outcome_name: &'static str,
    /// What the customer thinks of the help, 1 to 5.
    rating: Option<u8>,
    review: Option<HandoffReviewView>,
}

impl HandoffView {
    fn of(handoff: Handoff, names_of_skills: &BTreeMap<String, String>) -> Self {
        Self {
            id: handoff.id,
            at: handoff.at.to_string(),
            conversation: handoff.conversation.0,
            channel: channels::name(handoff.channel),
            language: handoff.language,
            reason: handoff.reason.name(),
            reason_name: names::reason(handoff.reason),
            detail: handoff.detail,
            mode: handoff.mode.name(),
            skill: handoff
                .skill
                .map(|id| HandoffSkill { name: names_of_skills.get(&id).cloned().unwrap_or_else(|| id.clone()), id }),
            question: handoff.question.filter(|question| !question.is_empty()),
            ticket: handoff.ticket.map(|(id, number, state)| HandoffTicket { id: id.0, number, state }),
            person: handoff.person,
            outcome: handoff.outcome.name(),
            outcome_name: names::handoff(handoff.outcome),
            rating: handoff.rating,
            review: handoff.review.map(|review| HandoffReviewView {
                should_have_answered: review.should_have_answered,
                note: review.note,
                by: review.by,
                at: review.at.to_string(),
            }),
        }
    }
}

/// One page of the log.
#[derive(Serialize, ToSchema)]
pub(super) struct HandoffLog {
    #[serde(flatten)]
    frame: Frame,
    /// How many there are of these, on all pages.
    total: u64,
    /// All of these days and this channel by reason, whatever else was asked for; most first.
    by_reason: Vec<OfReason>,
    /// Newest first.
    handoffs: Vec<HandoffView>,
    /// Give it as `cursor` to get those after these; none where these are the last.
    next: Option<String>,
}

fn yes_or_no(parameter: &str, text: Option<&str>) -> Answer<Option<bool>> {
    let word = one_of(parameter, text, &[true, false], |yes| if yes { "yes" } else { "no" });
    match word {
        Ok(word) => Ok(word),
        Err(problem) => {
            one_of(parameter, text, &[true, false], |yes| if yes { "true" } else { "false" }).map_err(|_| problem)
        }
    }
}

/// Conversations that people got, and why.
#[utoipa::path(get, path = "/api/v1/insight/handoffs", tag = "figures", security(("operator" = [])), params(Wanted),
    responses(
        (status = 200, description = "One page", body = HandoffLog),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such days, zone, channel, word or page", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(
    State(server): State<Server>,
    operator: Operator,
    Params(wanted): Params<Wanted>,
) -> Answer<Json<HandoffLog>> {
    let limit = read_limit(filled(wanted.limit.as_ref()), DEFAULT_PAGE)?;
    let after: Option<Place> = read_cursor(filled(wanted.cursor.as_ref()))?;
    let reason = filled(wanted.reason.as_ref()).map(|word| {
        names::reason_of(word).ok_or_else(|| {
            Problem::new(Kind::Invalid)
                .detail(format!("`reason`: there is no `{word}`"))
                .fix("give a reason as `by_reason` has it")
        })
    });
    let mode = one_of("mode", filled(wanted.mode.as_ref()), &HandoffMode::ALL, HandoffMode::name)?;
    let outcome = one_of("outcome", filled(wanted.outcome.as_ref()), &HandoffOutcome::ALL, HandoffOutcome::name)?;
    let reviewed = yes_or_no("reviewed", filled(wanted.reviewed.as_ref()))?;
    let should = yes_or_no("should_have_answered", filled(wanted.should_have_answered.as_ref()))?;
    let (skill, person) = (filled(wanted.skill.as_ref()), filled(wanted.person.as_ref()));
    let (skill, person) = (skill.map(str::to_owned), person.map(str::to_owned));
    let days = Days {
        range: wanted.range,
        from: wanted.from,
        to: wanted.to,
        zone: wanted.zone,
        channel: wanted.channel,
        compare: Some(false),
    };
    let given = days.read(&server, &operator, Preset::Days(7))?;
    let all = HandoffFilter {
        from: Some(given.period.starts_at()),
        to: Some(given.period.ends_at()),
        channel: given.channel,
        ..HandoffFilter::default()
    };
    let filter = HandoffFilter {
        reason: reason.transpose()?,
        skill,
        mode,
        person,
        outcome,
        reviewed,
        should_have_answered: should,
        ..all.clone()
    };
    let insight = server.store().insight();
    let total = insight.count_handoffs(filter.clone()).await?.values().sum();
    let counts = insight.count_handoffs(all).await?.into_iter();
    let mut by_reason: Vec<OfReason> = counts
        .map(|(reason, count)| OfReason { reason: reason.name(), name: names::reason(reason), count, before: None })
        .collect();
    by_reason.sort_by(|a, b| b.count.cmp(&a.count).then(a.reason.cmp(b.reason)));
    let mut handoffs = insight.handoffs(filter, after, limit + 1).await?;
    let more = handoffs.len() > limit;
    handoffs.truncate(limit);
    let last = handoffs.last().filter(|_| more).map(|last| Place { at: last.at, id: last.id });
    let skills = server.names_of_skills();
    tracing::info!(operator = operator.name, "an operator reads the handoff log");
    Ok(Json(HandoffLog {
        frame: given.frame(&["handoff_log", "handoffs"], Counted::now(&server).await?),
        total,
        by_reason,
        next: last.and_then(|place| cursor(&place)),
        handoffs: handoffs.into_iter().map(|handoff| HandoffView::of(handoff, &skills)).collect(),
    }))
}

/// What you think of a handoff.
#[derive(Deserialize, ToSchema)]
#[schema(as = HandoffReview)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewInput {
    /// The assistant should have answered; `null` takes the review back.
    should_have_answered: Option<bool>,
    /// In your words, at most 1000 characters.
    #[serde(default)]
    note: Option<String>,
}

/// Says whether the assistant should have answered what it handed over. The audit keeps who said so.
#[utoipa::path(put, path = "/api/v1/insight/handoffs/{id}/review", tag = "figures", security(("operator" = [])),
    request_body = ReviewInput, params(("id" = Uuid, Path, description = "The handoff")),
    responses(
        (status = 200, description = "The handoff as it is now", body = HandoffView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such handoff", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The note is too long", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn review(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<Uuid>,
    Body(input): Body<ReviewInput>,
) -> Answer<Json<HandoffView>> {
    let note = input.note.map(|note| clean(&note).trim().to_owned()).filter(|note| !note.is_empty());
    if note.as_ref().is_some_and(|note| note.chars().count() > NOTE_CHARS) {
        return Err(Problem::new(Kind::Invalid)
            .detail(format!("`note` is longer than {NOTE_CHARS} characters"))
            .fix("shorten it"));
    }
    let insight = server.store().insight();
    let handoff = insight.handoff(id).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let review = input.should_have_answered.map(|should_have_answered| Review {
        should_have_answered,
        note,
        by: operator.name.clone(),
        at: server.now(),
    });
    let detail = json!({ "conversation": handoff.conversation, "should_have_answered": input.should_have_answered });
    let entry = Entry::new(&operator.actor(), Action::HandoffReviewed, id, detail);
    insight.review_handoff(id, review, entry).await?;
    let handoff = insight.handoff(id).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
    Ok(Json(HandoffView::of(handoff, &server.names_of_skills())))
}

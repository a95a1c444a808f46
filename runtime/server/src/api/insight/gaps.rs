//! Questions that weren't answered, grouped by what they ask for.

use super::given::{Counted, Days, Frame, Given, filled};
use super::names;
use super::questions::{one_of, read_limit};
use crate::api::Server;
use crate::api::extract::{Body, Named, Operator, Params};
use crate::channels;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use usher_agent::insight::{Dismissal, Gap, GapFilter, Period, Preset};
use usher_agent::knowledge::Knowledge;
use usher_host::{Action, Entry};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

const DEFAULT_PAGE: usize = 50;
const EXAMPLES: usize = 5;
/// So many groups are looked through for those that articles answer now.
const LOOKED_THROUGH: usize = 200;

/// Which groups.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// `today`, `yesterday`, `7d`, `14d`, `30d` or `90d`, today included; 30d where nothing is given.
    range: Option<String>,
    /// Instead of `range`: the first day, `2026-11-01`.
    from: Option<String>,
    /// The last day.
    to: Option<String>,
    /// The zone whose days they are, an IANA name.
    zone: Option<String>,
    /// Only there: `webchat`, `sms`, `whatsapp` or `email`.
    channel: Option<String>,
    /// Whether they are compared with the days before; `true` where it isn't given.
    compare: Option<bool>,
    /// `open` (the default): nobody dismissed it and no article answers it. `answered`: an article does now. `dismissed`.
    /// `all`.
    state: Option<String>,
    /// At most so many: 1 to 100, 50 where it isn't given.
    limit: Option<String>,
}

/// Which groups by state.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Open,
    Answered,
    Dismissed,
    All,
}

impl Which {
    const ALL: [Self; 4] = [Self::Open, Self::Answered, Self::Dismissed, Self::All];

    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Dismissed => "dismissed",
            Self::All => "all",
        }
    }
}

/// How many of a language.
#[derive(Serialize, ToSchema)]
struct GapLanguage {
    /// BCP 47.
    language: String,
    count: u64,
}

/// How many of a reason.
#[derive(Serialize, ToSchema)]
struct GapOfReason {
    /// `missing_knowledge`, `low_confidence`, `unsupported_request` or `not_helped`.
    reason: &'static str,
    /// What people call it.
    name: &'static str,
    count: u64,
}

/// A question of a group.
#[derive(Serialize, ToSchema)]
struct GapQuestion {
    text: String,
    /// When it was asked (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
    conversation: Uuid,
    language: Option<String>,
    channel: &'static str,
    reason: &'static str,
}

/// The article that answers a group now.
#[derive(Serialize, ToSchema)]
struct GapAnswer {
    article: String,
    title: String,
    heading: Option<String>,
    /// How sure the search is, 0 to 1.
    confidence: f32,
}

/// Questions that ask for the same and weren't answered.
#[derive(Serialize, ToSchema)]
#[schema(as = Gap)]
pub(super) struct GapView {
    id: String,
    /// Its first question.
    title: String,
    /// What an article about it may be called.
    suggested_title: String,
    /// How many questions.
    count: u64,
    /// In the days before.
    before: Option<u64>,
    /// In how many conversations.
    conversations: u64,
    /// Most first.
    languages: Vec<GapLanguage>,
    /// Most first.
    reasons: Vec<GapOfReason>,
    /// When the first one of these days was asked (RFC 3339).
    #[schema(format = DateTime)]
    first_at: String,
    /// When the latest was.
    #[schema(format = DateTime)]
    latest_at: String,
    /// At most 5, the latest first.
    examples: Vec<GapQuestion>,
    /// Somebody said that it needs no answer.
    dismissed: bool,
    /// Who, by name.
    dismissed_by: Option<String>,
    /// The article that answers it now.
    answered_by: Option<GapAnswer>,
}

/// Groups of unanswered questions.
#[derive(Serialize, ToSchema)]
pub(super) struct Gaps {
    #[serde(flatten)]
    frame: Frame,
    /// The largest first.
    gaps: Vec<GapView>,
}

/// A question as a title: a capital first, its end as it was typed, or a question mark where it has none.
fn suggested_title(question: &str) -> String {
    let question = question.trim().trim_end_matches(['.', '!', '…']).trim_end();
    let mut letters = question.chars();
    let Some(first) = letters.next() else { return String::new() };
    let end = if question.ends_with('?') { "" } else { "?" };
    format!("{}{}{end}", first.to_uppercase(), letters.as_str())
}

fn answer(knowledge: &Knowledge, gap: &Gap) -> Option<GapAnswer> {
    let latest = gap.examples.first();
    let (text, language) =
        latest.map_or((&gap.group.title, &gap.group.language), |latest| (&latest.text, &latest.language));
    let passage = knowledge.search(text, None, 1, language.as_deref()).into_iter().next()?;
    passage.confident.then_some(GapAnswer {
        article: passage.article,
        title: passage.title,
        heading: passage.heading,
        confidence: passage.confidence,
    })
}

impl GapView {
    fn of(gap: Gap, before: Option<u64>, answered_by: Option<GapAnswer>) -> Self {
        let mut languages: Vec<GapLanguage> = gap
            .languages
            .into_iter()
            .filter(|(language, _)| !language.is_empty())
            .map(|(language, count)| GapLanguage { language, count })
            .collect();
        languages.sort_by_key(|language| std::cmp::Reverse(language.count));
        let mut reasons: Vec<GapOfReason> = gap
            .reasons
            .into_iter()
            .map(|(reason, count)| GapOfReason { reason: reason.name(), name: names::gap(reason), count })
            .collect();
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.count));
        let examples = gap.examples.into_iter().map(|example| GapQuestion {
            text: example.text,
            at: example.at.to_string(),
            conversation: example.conversation.0,
            language: example.language,
            channel: channels::name(example.channel),
            reason: example.reason.name(),
        });
        Self {
            id: gap.group.id.to_string(),
            suggested_title: suggested_title(&gap.group.title),
            title: gap.group.title,
            count: gap.group.count,
            before,
            conversations: gap.conversations,
            languages,
            reasons,
            first_at: gap.first_at.to_string(),
            latest_at: gap.group.latest_at.to_string(),
            examples: examples.collect(),
            dismissed: gap.group.dismissed.is_some(),
            dismissed_by: gap.group.dismissed.map(|dismissed| dismissed.by),
            answered_by,
        }
    }
}

fn filter(period: &Period, given: &Given, dismissed: Option<bool>, id: Option<u64>) -> GapFilter {
    GapFilter { from: period.starts_at(), to: period.ends_at(), channel: given.channel, dismissed, id }
}

async fn views(server: &Server, given: &Given, which: Which, id: Option<u64>, limit: usize) -> Answer<Vec<GapView>> {
    let insight = server.store().insight();
    let dismissed = match which {
        Which::All => None,
        Which::Dismissed => Some(true),
        Which::Open | Which::Answered => Some(false),
    };
    let looked = if dismissed == Some(false) { LOOKED_THROUGH } else { limit };
    let gaps = insight.gaps(filter(&given.period, given, dismissed, id), looked, EXAMPLES).await?;
    let before: Option<BTreeMap<u64, u64>> = match &given.before {
        Some(before) => {
            let counts = insight.gap_counts(filter(before, given, None, id), usize::MAX).await?;
            Some(counts.into_iter().map(|count| (count.id, count.count)).collect())
        }
        None => None,
    };
    let knowledge = server.agent().knowledge().clone();
    let read = move || {
        let mut views = Vec::new();
        for gap in gaps {
            let answered = answer(&knowledge, &gap);
            let fits = match which {
                Which::Open => answered.is_none(),
                Which::Answered => answered.is_some(),
                Which::Dismissed | Which::All => true,
            };
            if fits {
                let before = before.as_ref().map(|before| before.get(&gap.group.id).copied().unwrap_or(0));
                views.push(GapView::of(gap, before, answered));
            }
            if views.len() >= limit {
                break;
            }
        }
        views
    };
    tokio::task::spawn_blocking(read).await.map_err(|error| Problem::internal(&error))
}

/// Questions that weren't answered, grouped by what they ask for: what articles are missing.
#[utoipa::path(get, path = "/api/v1/insight/gaps", tag = "figures", security(("operator" = [])), params(Wanted),
    responses(
        (status = 200, description = "The groups, the largest first", body = Gaps),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such days, zone, channel or state", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(
    State(server): State<Server>,
    operator: Operator,
    Params(wanted): Params<Wanted>,
) -> Answer<Json<Gaps>> {
    let limit = read_limit(filled(wanted.limit.as_ref()), DEFAULT_PAGE)?;
    let which = one_of("state", filled(wanted.state.as_ref()), &Which::ALL, Which::name)?.unwrap_or(Which::Open);
    let days = Days {
        range: wanted.range,
        from: wanted.from,
        to: wanted.to,
        zone: wanted.zone,
        channel: wanted.channel,
        compare: wanted.compare,
    };
    let given = days.read(&server, &operator, Preset::Days(30))?;
    let gaps = views(&server, &given, which, None, limit).await?;
    Ok(Json(Gaps { frame: given.frame(&["gaps", "unresolved_questions"], Counted::now(&server).await?), gaps }))
}

/// What you decide about a group.
#[derive(Deserialize, ToSchema)]
#[schema(as = GapDecision)]
#[serde(deny_unknown_fields)]
pub(super) struct DecisionInput {
    /// It needs no answer.
    dismissed: bool,
}

/// Dismisses a group of unanswered questions, or restores it. Questions that are asked later still join it.
#[utoipa::path(put, path = "/api/v1/insight/gaps/{id}", tag = "figures", security(("operator" = [])),
    request_body = DecisionInput, params(("id" = String, Path, description = "The group")),
    responses(
        (status = 200, description = "The group as it is now, with its questions of the last year", body = GapView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such group", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn dismiss(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<u64>,
    Body(input): Body<DecisionInput>,
) -> Answer<Json<GapView>> {
    let dismissal = input.dismissed.then(|| Dismissal { by: operator.name.clone(), at: server.now() });
    let detail = json!({ "dismissed": input.dismissed });
    let entry = Entry::new(&operator.actor(), Action::GapDismissed, id, detail);
    server.store().insight().dismiss_gap(id, dismissal, entry).await?;
    let today = Period::of_preset(Preset::Today, "UTC", server.now()).map_err(|error| Problem::internal(&error))?;
    let from = today.from.checked_sub(jiff::ToSpan::days(365)).unwrap_or(today.from);
    let tomorrow = today.to.tomorrow().unwrap_or(today.to);
    let period = Period::of_days(from, tomorrow, "UTC").or_else(|_| Period::of_days(from, today.to, "UTC"));
    let given = Given { period: period.map_err(|error| Problem::internal(&error))?, before: None, channel: None };
    let found = views(&server, &given, Which::All, Some(id), 1).await?.pop();
    found.map(Json).ok_or_else(|| Problem::new(Kind::NotFound))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_question_as_people_write_it() {
        assert_eq!(suggested_title(" do you ship to norway "), "Do you ship to norway?");
        assert_eq!(suggested_title("Livrez-vous en Norvège ?"), "Livrez-vous en Norvège ?");
        assert_eq!(suggested_title("érable massif..."), "Érable massif?");
        assert_eq!(suggested_title(""), "");
    }
}

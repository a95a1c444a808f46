//! How everything goes.

use super::both::Both;
use super::figure::{Count, Part, Rate, Times, spread};
use super::given::{CHANNELS, Counted, Days, Frame, Given};
use super::names;
use super::people_times::{FirstResponses, Waits, people_times};
use super::satisfaction::{Satisfaction, satisfaction};
use crate::api::Server;
use crate::api::extract::{Operator, Params};
use crate::channels;
use crate::problem::{Answer, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use usher_agent::insight::{Csv, Field, Figure, GapCount, GapFilter, Period, Preset, Status, Sums};
use utoipa::ToSchema;

/// Most questions and skills that are listed.
const LISTED: usize = 10;

/// Conversations of one status.
#[derive(Serialize, ToSchema)]
struct OfStatus {
    /// `open`, `routed_to_team`, `resolved_confirmed`, `resolved_assumed` or `unresolved`.
    status: &'static str,
    /// What people call it.
    name: &'static str,
    #[serde(flatten)]
    part: Part,
}

/// Conversations of one channel.
#[derive(Serialize, ToSchema)]
struct OfChannel {
    /// `webchat`, `sms`, `whatsapp` or `email`.
    channel: &'static str,
    #[serde(flatten)]
    part: Part,
}

/// One day, or one hour.
#[derive(Clone, Serialize, ToSchema)]
struct OverviewBucket {
    /// Its begin (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
    /// The day, or the hour.
    label: String,
    conversations: u64,
    open: u64,
    routed_to_team: u64,
    resolved_confirmed: u64,
    resolved_assumed: u64,
    unresolved: u64,
}

/// Questions that ask for the same and weren't answered.
#[derive(Serialize, ToSchema)]
struct UnresolvedQuestion {
    /// The group, as `GET /api/v1/insight/gaps` names it.
    gap: String,
    /// Its first question.
    title: String,
    count: u64,
    before: Option<u64>,
    /// BCP 47.
    languages: Vec<String>,
    /// When the latest was asked (RFC 3339).
    #[schema(format = DateTime)]
    latest_at: String,
}

/// A skill that was asked for and couldn't be asked.
#[derive(Serialize, ToSchema)]
struct UnavailableDemand {
    skill: String,
    name: String,
    count: u64,
    before: Option<u64>,
    /// Its state now; none where it isn't there.
    state: Option<&'static str>,
    /// What it lacks now.
    reason: Option<String>,
}

/// How everything goes.
#[derive(Serialize, ToSchema)]
pub(super) struct Overview {
    #[serde(flatten)]
    frame: Frame,
    conversations: Count,
    /// Greetings only: in none of the other figures.
    small_talk: Count,
    by_status: Vec<OfStatus>,
    by_channel: Vec<OfChannel>,
    resolution_rate: Rate,
    confirmed: Count,
    assumed: Count,
    reopened: Count,
    routed_rate: Rate,
    solved_by_team: Count,
    series: Vec<OverviewBucket>,
    /// The assistant's.
    answer_time: Times,
    first_response: FirstResponses,
    wait: Waits,
    csat: Satisfaction,
    unresolved_questions: Vec<UnresolvedQuestion>,
    unavailable_demand: Vec<UnavailableDemand>,
}

const FIGURES: [&str; 16] = [
    "conversations",
    "small_talk",
    "by_status",
    "by_channel",
    "resolution_rate",
    "confirmed",
    "assumed",
    "reopened",
    "routed_rate",
    "solved_by_team",
    "series",
    "answer_time",
    "first_response",
    "wait",
    "csat",
    "unresolved_questions",
];

fn of_status(sums: &Sums, status: Status) -> u64 {
    sums.subject(Figure::Status, 0, status.name())
}

/// How conversations go: their number, how they stand, how fast they are answered, and what customers think.
#[utoipa::path(get, path = "/api/v1/insight/overview", tag = "figures", security(("operator" = [])), params(Days),
    responses(
        (status = 200, description = "The figures, each with what it means", body = Overview),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such days, zone or channel", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(
    State(server): State<Server>,
    operator: Operator,
    Params(days): Params<Days>,
) -> Answer<Json<Overview>> {
    let given = days.read(&server, &operator, Preset::Days(7))?;
    let both = Both::of(
        &server,
        &given,
        &[
            Figure::Status,
            Figure::SmallTalk,
            Figure::Routed,
            Figure::Reopened,
            Figure::SolvedByTeam,
            Figure::AnswerTime,
            Figure::AnswerTimeSum,
            Figure::Waiting,
            Figure::RatingAsked,
            Figure::Rating,
            Figure::HelpedAsked,
            Figure::Helped,
            Figure::Demand,
        ],
    )
    .await?;
    let all = |sums: &Sums| sums.total(Figure::Status, 0);
    let resolved = |sums: &Sums| of_status(sums, Status::ResolvedConfirmed) + of_status(sums, Status::ResolvedAssumed);
    let (total, before) = (all(&both.now), both.before.as_ref());
    let by_status = Status::ALL.into_iter().map(|status| OfStatus {
        status: status.name(),
        name: names::status(status),
        part: Part::of(of_status(&both.now, status), total, before.map(|before| of_status(before, status))),
    });
    let by_channel = CHANNELS.into_iter().map(|channel| {
        let of = |sums: &Sums| sums.channel(Figure::Status, 0, channel);
        OfChannel { channel: channels::name(channel), part: Part::of(of(&both.now), total, before.map(of)) }
    });
    let answers = |sums: &Sums| spread(sums, [Figure::AnswerTime, Figure::AnswerTimeSum], |_| true);
    let (first_response, wait) = people_times(&server, &given, both.now.total(Figure::Waiting, 0)).await?;
    let mut figures = FIGURES.to_vec();
    figures.push("unavailable_demand");
    Ok(Json(Overview {
        conversations: both.count(all),
        small_talk: both.count(|sums| sums.total(Figure::SmallTalk, 0)),
        by_status: by_status.collect(),
        by_channel: by_channel.collect(),
        resolution_rate: both.rate(|sums| (resolved(sums), all(sums))),
        confirmed: both.count(|sums| of_status(sums, Status::ResolvedConfirmed)),
        assumed: both.count(|sums| of_status(sums, Status::ResolvedAssumed)),
        reopened: both.count(|sums| sums.total(Figure::Reopened, 0)),
        routed_rate: both.rate(|sums| (sums.total(Figure::Routed, 0), all(sums))),
        solved_by_team: both.count(|sums| sums.total(Figure::SolvedByTeam, 0)),
        series: series(&server, &given).await?,
        answer_time: Times::of(&answers(&both.now), before.map(answers).as_ref()),
        first_response,
        wait,
        csat: satisfaction(&both),
        unresolved_questions: unresolved(&server, &given).await?,
        unavailable_demand: demand(&server, &both),
        frame: given.frame(&figures, Counted::now(&server).await?),
    }))
}

async fn series(server: &Server, given: &Given) -> Answer<Vec<OverviewBucket>> {
    let asked = given.series(&given.period, &[Figure::Status]);
    let sums = Sums::new(server.store().insight().sums(asked).await?);
    let mut buckets: Vec<OverviewBucket> = (0..given.period.stretches())
        .map(|stretch| OverviewBucket {
            at: given.period.cuts[stretch].to_string(),
            label: given.period.label(stretch),
            conversations: 0,
            open: 0,
            routed_to_team: 0,
            resolved_confirmed: 0,
            resolved_assumed: 0,
            unresolved: 0,
        })
        .collect();
    for (subject, stretch, count) in sums.cells(Figure::Status) {
        let (Some(bucket), Some(status)) = (buckets.get_mut(stretch), Status::of_name(subject)) else { continue };
        bucket.conversations += count;
        *match status {
            Status::Open => &mut bucket.open,
            Status::RoutedToTeam => &mut bucket.routed_to_team,
            Status::ResolvedConfirmed => &mut bucket.resolved_confirmed,
            Status::ResolvedAssumed => &mut bucket.resolved_assumed,
            Status::Unresolved => &mut bucket.unresolved,
        } += count;
    }
    Ok(buckets)
}

async fn unresolved(server: &Server, given: &Given) -> Answer<Vec<UnresolvedQuestion>> {
    let filter = |period: &Period| GapFilter {
        from: period.starts_at(),
        to: period.ends_at(),
        channel: given.channel,
        dismissed: Some(false),
        id: None,
    };
    let insight = server.store().insight();
    let gaps = insight.gaps(filter(&given.period), LISTED, 0).await?;
    let before: Option<Vec<GapCount>> = match &given.before {
        Some(before) => Some(insight.gap_counts(filter(before), usize::MAX).await?),
        None => None,
    };
    let listed = gaps.into_iter().map(|gap| {
        let id = gap.group.id;
        let of = |counts: &Vec<GapCount>| counts.iter().find(|count| count.id == id).map_or(0, |count| count.count);
        UnresolvedQuestion {
            gap: id.to_string(),
            title: gap.group.title,
            count: gap.group.count,
            before: before.as_ref().map(of),
            languages: gap.languages.into_keys().filter(|language| !language.is_empty()).collect(),
            latest_at: gap.group.latest_at.to_string(),
        }
    });
    Ok(listed.collect())
}

fn demand(server: &Server, both: &Both) -> Vec<UnavailableDemand> {
    let board = server.agent().skills().board();
    let names = server.names_of_skills();
    let mut demand: Vec<UnavailableDemand> = both
        .now
        .by_subject(Figure::Demand, 0)
        .into_iter()
        .map(|(skill, count)| {
            let id = skill.parse().ok();
            let standing = id.as_ref().and_then(|id| board.skills.get(id));
            let reason = standing.and_then(|standing| standing.missing.first()).map(|missing| missing.what());
            UnavailableDemand {
                skill: skill.to_owned(),
                name: names.get(skill).cloned().unwrap_or_else(|| skill.to_owned()),
                count,
                before: both.before.as_ref().map(|before| before.subject(Figure::Demand, 0, skill)),
                state: id.as_ref().and_then(|id| board.state(id)).map(usher_agent::skills::State::name),
                reason,
            }
        })
        .collect();
    demand.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.skill.cmp(&b.skill)));
    demand
}

/// The same by day or hour, as a table for spreadsheets.
#[utoipa::path(get, path = "/api/v1/insight/overview/csv", tag = "figures", security(("operator" = [])), params(Days),
    responses(
        (status = 200, description = "One line a day, or an hour where it is one day", body = String, content_type = "text/csv"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such days, zone or channel", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn csv(
    State(server): State<Server>,
    operator: Operator,
    Params(days): Params<Days>,
) -> Answer<Response> {
    let given = days.read(&server, &operator, Preset::Days(7))?;
    let columns = [
        "at",
        "label",
        "conversations",
        "open",
        "routed_to_team",
        "resolved_confirmed",
        "resolved_assumed",
        "unresolved",
    ];
    let mut csv = Csv::new(&columns);
    for bucket in series(&server, &given).await? {
        let counts = [
            bucket.conversations,
            bucket.open,
            bucket.routed_to_team,
            bucket.resolved_confirmed,
            bucket.resolved_assumed,
            bucket.unresolved,
        ];
        csv.line([Field::from(bucket.at), bucket.label.into()].into_iter().chain(counts.map(Field::from)));
    }
    table("overview", &given.period, csv)
}

/// A table on its way to whoever asked for it.
pub(super) fn table(name: &str, period: &Period, csv: Csv) -> Answer<Response> {
    let file = format!("attachment; filename=\"{name}-{}-{}.csv\"", period.from, period.to);
    Response::builder()
        .header("content-type", "text/csv; charset=utf-8")
        .header("content-disposition", file)
        .body(csv.finish().into())
        .map_err(|error| Problem::internal(&error))
}

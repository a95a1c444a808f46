//! How each skill does.

use super::figure::{Count, Rate};
use super::given::{Counted, Days, Frame, Given};
use super::names;
use super::overview::table;
use crate::api::Server;
use crate::api::extract::{Named, Operator, Params};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use usher_agent::insight::{Csv, Field, Figure, Period, Preset, SkillOutcome, Sums};
use usher_manifest::PluginId;
use utoipa::ToSchema;

/// Handoffs for one reason.
#[derive(Serialize, ToSchema)]
pub(super) struct OfReason {
    /// In a word, as handoffs have it.
    pub(super) reason: &'static str,
    /// What people call it.
    pub(super) name: &'static str,
    pub(super) count: u64,
    pub(super) before: Option<u64>,
}

/// How a skill does.
#[derive(Serialize, ToSchema)]
struct SkillFigures {
    /// Its id.
    skill: String,
    /// What people call it.
    name: String,
    /// It is there, or was asked for.
    present: bool,
    /// Conversations in which it took a question.
    volume: Count,
    /// Questions that it took.
    turns: Count,
    resolution_rate: Rate,
    confirmed: Count,
    assumed: Count,
    /// Conversations whose latest question to it isn't settled yet.
    open: u64,
    /// Those in which it didn't help, or wasn't answered completely.
    unresolved: u64,
    handoff_rate: Rate,
    handoffs: Count,
    /// Most first.
    handoffs_by_reason: Vec<OfReason>,
    /// Questions that came while it couldn't be asked.
    demand: Count,
    /// Of all time (RFC 3339).
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
    /// The volume by stretch.
    sparkline: Vec<u64>,
}

/// A day, or an hour.
#[derive(Serialize, ToSchema)]
struct FigureBucket {
    /// Its begin (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
    /// The day, or the hour.
    label: String,
}

/// How all skills do.
#[derive(Serialize, ToSchema)]
pub(super) struct SkillsInsight {
    #[serde(flatten)]
    frame: Frame,
    /// The stretches of all sparklines.
    buckets: Vec<FigureBucket>,
    /// By volume, the largest first.
    skills: Vec<SkillFigures>,
}

/// A skill in a day, or an hour.
#[derive(Serialize, ToSchema)]
struct SkillBucket {
    #[serde(flatten)]
    bucket: FigureBucket,
    volume: u64,
    turns: u64,
    confirmed: u64,
    assumed: u64,
    handoffs: u64,
    /// The volume at the same place of the days before; none where they weren't asked for, or had none there.
    before: Option<u64>,
}

/// How one skill does.
#[derive(Serialize, ToSchema)]
pub(super) struct SkillInsight {
    #[serde(flatten)]
    frame: Frame,
    #[serde(flatten)]
    figures: SkillFigures,
    series: Vec<SkillBucket>,
}

const DEFINED: [&str; 9] = [
    "volume",
    "turns",
    "skill_resolution_rate",
    "confirmed",
    "assumed",
    "handoff_rate",
    "handoffs",
    "demand",
    "last_used_at",
];

const COUNTED: [Figure; 4] = [Figure::SkillOutcome, Figure::SkillTurns, Figure::Handoff, Figure::Demand];

/// What is known of one skill in one stretch or several.
#[derive(Clone, Debug, Default)]
struct Tally {
    outcomes: BTreeMap<&'static str, u64>,
    turns: u64,
    handoffs: BTreeMap<String, u64>,
    demand: u64,
}

impl Tally {
    fn outcome(&self, outcome: SkillOutcome) -> u64 {
        self.outcomes.get(outcome.name()).copied().unwrap_or(0)
    }

    fn volume(&self) -> u64 {
        self.outcomes.values().sum()
    }

    fn resolved(&self) -> (u64, u64) {
        (self.outcome(SkillOutcome::Confirmed) + self.outcome(SkillOutcome::Assumed), self.volume())
    }

    fn handed_off(&self) -> (u64, u64) {
        (self.outcome(SkillOutcome::HandedOff), self.volume())
    }

    fn handoffs(&self) -> u64 {
        self.handoffs.values().sum()
    }
}

/// By skill and stretch.
fn tallies(sums: &Sums) -> BTreeMap<(String, usize), Tally> {
    let mut tallies: BTreeMap<(String, usize), Tally> = BTreeMap::new();
    let mut of = |skill: &str, stretch, change: &mut dyn FnMut(&mut Tally)| {
        change(tallies.entry((skill.to_owned(), stretch)).or_default());
    };
    for (subject, stretch, count) in sums.cells(Figure::SkillOutcome) {
        let Some((skill, outcome)) = subject.split_once('/') else { continue };
        let Some(outcome) = SkillOutcome::ALL.into_iter().find(|known| known.name() == outcome) else { continue };
        of(skill, stretch, &mut |tally| *tally.outcomes.entry(outcome.name()).or_default() += count);
    }
    for (skill, stretch, count) in sums.cells(Figure::SkillTurns) {
        of(skill, stretch, &mut |tally| tally.turns += count);
    }
    for (subject, stretch, count) in sums.cells(Figure::Handoff) {
        let Some((skill, reason)) = subject.split_once('/') else { continue };
        of(skill, stretch, &mut |tally| *tally.handoffs.entry(reason.to_owned()).or_default() += count);
    }
    for (skill, stretch, count) in sums.cells(Figure::Demand) {
        of(skill, stretch, &mut |tally| tally.demand += count);
    }
    tallies
}

/// All that is needed to tell of skills.
struct Read {
    now: BTreeMap<(String, usize), Tally>,
    before: Option<BTreeMap<(String, usize), Tally>>,
    series: BTreeMap<(String, usize), Tally>,
    last_used: BTreeMap<String, Timestamp>,
    names: BTreeMap<String, String>,
    stretches: usize,
}

impl Read {
    async fn of(server: &Server, given: &Given, series: &[Figure]) -> Answer<Self> {
        let insight = server.store().insight();
        let [now, before] = given.totals(&COUNTED);
        let mut read = [None, None];
        for (place, asked) in [now, before].into_iter().enumerate() {
            if let Some(asked) = asked {
                read[place] = Some(tallies(&Sums::new(insight.sums(asked).await?)));
            }
        }
        let [now, before] = read;
        let series = insight.sums(given.series(&given.period, series)).await?;
        Ok(Self {
            now: now.unwrap_or_default(),
            before,
            series: tallies(&Sums::new(series)),
            last_used: insight.last_used().await?,
            names: server.names_of_skills(),
            stretches: given.period.stretches(),
        })
    }

    /// Skills that are there, and those that ever were used or wanted in these days.
    fn skills(&self) -> BTreeSet<String> {
        let counted = self.now.keys().chain(self.before.iter().flat_map(BTreeMap::keys)).map(|(skill, _)| skill);
        let counted = counted.filter(|skill| *skill != "-");
        counted.chain(self.names.keys()).chain(self.last_used.keys()).cloned().collect()
    }

    fn figures(&self, skill: &str) -> SkillFigures {
        let key = (skill.to_owned(), 0);
        let now = self.now.get(&key).cloned().unwrap_or_default();
        let before = self.before.as_ref().map(|before| before.get(&key).cloned().unwrap_or_default());
        let count = |of: &dyn Fn(&Tally) -> u64| Count::of(of(&now), before.as_ref().map(of));
        let rate = |of: &dyn Fn(&Tally) -> (u64, u64)| Rate::of(of(&now), before.as_ref().map(of));
        let mut by_reason: Vec<OfReason> = now
            .handoffs
            .iter()
            .filter_map(|(word, count)| {
                let reason = names::reason_of(word)?;
                let of = |before: &Tally| before.handoffs.get(word).copied().unwrap_or(0);
                let before = before.as_ref().map(of);
                Some(OfReason { reason: reason.name(), name: names::reason(reason), count: *count, before })
            })
            .collect();
        by_reason.sort_by(|a, b| b.count.cmp(&a.count).then(a.reason.cmp(b.reason)));
        let spark = |stretch| self.series.get(&(skill.to_owned(), stretch)).map_or(0, Tally::volume);
        SkillFigures {
            name: self.names.get(skill).cloned().unwrap_or_else(|| skill.to_owned()),
            present: self.names.contains_key(skill),
            volume: count(&Tally::volume),
            turns: count(&|tally| tally.turns),
            resolution_rate: rate(&Tally::resolved),
            confirmed: count(&|tally| tally.outcome(SkillOutcome::Confirmed)),
            assumed: count(&|tally| tally.outcome(SkillOutcome::Assumed)),
            open: now.outcome(SkillOutcome::Open),
            unresolved: now.outcome(SkillOutcome::Unresolved),
            handoff_rate: rate(&Tally::handed_off),
            handoffs: count(&Tally::handoffs),
            handoffs_by_reason: by_reason,
            demand: count(&|tally| tally.demand),
            last_used_at: self.last_used.get(skill).map(ToString::to_string),
            sparkline: (0..self.stretches).map(spark).collect(),
            skill: skill.to_owned(),
        }
    }
}

fn bucket(period: &Period, stretch: usize) -> FigureBucket {
    FigureBucket { at: period.cuts[stretch].to_string(), label: period.label(stretch) }
}

impl Server {
    /// What people call the skills, by id; those that were only asked for among them.
    pub(in crate::api) fn names_of_skills(&self) -> BTreeMap<String, String> {
        let (generation, board) = (self.host().generation(), self.agent().skills().board());
        let there = generation.skills.iter().map(|(id, skill)| (id.to_string(), skill.manifest.name.clone()));
        let coming = board.coming.iter().map(|(id, request)| (id.to_string(), request.name.clone()));
        coming.chain(there).collect()
    }
}

/// How each skill does.
#[utoipa::path(get, path = "/api/v1/insight/skills", tag = "figures", security(("operator" = [])), params(Days),
    responses(
        (status = 200, description = "All skills that are there or were ever used", body = SkillsInsight),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such days, zone or channel", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(
    State(server): State<Server>,
    operator: Operator,
    Params(days): Params<Days>,
) -> Answer<Json<SkillsInsight>> {
    let given = days.read(&server, &operator, Preset::Days(7))?;
    let read = Read::of(&server, &given, &[Figure::SkillOutcome]).await?;
    let mut skills: Vec<SkillFigures> = read.skills().iter().map(|skill| read.figures(skill)).collect();
    skills.sort_by(|a, b| b.volume.value.cmp(&a.volume.value).then_with(|| a.name.cmp(&b.name)));
    let buckets = (0..given.period.stretches()).map(|stretch| bucket(&given.period, stretch)).collect();
    Ok(Json(SkillsInsight { frame: given.frame(&DEFINED, Counted::now(&server).await?), buckets, skills }))
}

async fn one(server: &Server, given: &Given, skill: &PluginId) -> Answer<(SkillFigures, Vec<SkillBucket>)> {
    let read = Read::of(server, given, &COUNTED).await?;
    let skill = skill.to_string();
    if !read.skills().contains(&skill) {
        return Err(Problem::new(Kind::NotFound));
    }
    let before = match &given.before {
        Some(before) => {
            let asked = given.series(before, &[Figure::SkillOutcome]);
            Some((tallies(&Sums::new(server.store().insight().sums(asked).await?)), before.stretches()))
        }
        None => None,
    };
    let series = (0..read.stretches).map(|stretch| {
        let tally = read.series.get(&(skill.clone(), stretch)).cloned().unwrap_or_default();
        let before = before.as_ref().filter(|(_, stretches)| stretch < *stretches);
        SkillBucket {
            bucket: bucket(&given.period, stretch),
            volume: tally.volume(),
            turns: tally.turns,
            confirmed: tally.outcome(SkillOutcome::Confirmed),
            assumed: tally.outcome(SkillOutcome::Assumed),
            handoffs: tally.handoffs(),
            before: before.map(|(tallies, _)| tallies.get(&(skill.clone(), stretch)).map_or(0, Tally::volume)),
        }
    });
    let series = series.collect();
    Ok((read.figures(&skill), series))
}

/// How one skill does, over time.
#[utoipa::path(get, path = "/api/v1/insight/skills/{id}", tag = "figures", security(("operator" = [])),
    params(("id" = String, Path, description = "The skill's id"), Days),
    responses(
        (status = 200, description = "Its figures", body = SkillInsight),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such skill, and never was one that was used", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such days, zone or channel", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<PluginId>,
    Params(days): Params<Days>,
) -> Answer<Json<SkillInsight>> {
    let given = days.read(&server, &operator, Preset::Days(7))?;
    let (figures, series) = one(&server, &given, &id).await?;
    Ok(Json(SkillInsight { frame: given.frame(&DEFINED, Counted::now(&server).await?), figures, series }))
}

/// The same by day or hour, as a table for spreadsheets.
#[utoipa::path(get, path = "/api/v1/insight/skills/{id}/csv", tag = "figures", security(("operator" = [])),
    params(("id" = String, Path, description = "The skill's id"), Days),
    responses(
        (status = 200, description = "One line a day, or an hour where it is one day", body = String, content_type = "text/csv"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such skill, and never was one that was used", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such days, zone or channel", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn csv(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<PluginId>,
    Params(days): Params<Days>,
) -> Answer<Response> {
    let given = days.read(&server, &operator, Preset::Days(7))?;
    let (_, series) = one(&server, &given, &id).await?;
    let mut csv = Csv::new(&["at", "label", "volume", "turns", "confirmed", "assumed", "handoffs"]);
    for SkillBucket { bucket, volume, turns, confirmed, assumed, handoffs, .. } in series {
        let counts = [volume, turns, confirmed, assumed, handoffs].map(Field::from);
        csv.line([Field::from(bucket.at), bucket.label.into()].into_iter().chain(counts));
    }
    table(id.as_str(), &given.period, csv)
}

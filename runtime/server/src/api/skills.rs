//! The skills as the operator sees them: what each is fit for and what it lacks, and what an operator decides about it.

use super::Server;
use super::extract::{Body, Named, Operator, Params};
use super::requests::RequestView;
use super::skill_view::{SkillDetail, SkillView, SkillsAt};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use usher_agent::hygiene::clean;
use usher_agent::skills::{SkillSetup, State as SkillState, Switch};
use usher_host::{Action, Entry, Skill};
use usher_manifest::{Channel, PluginId};
use utoipa::{IntoParams, ToSchema};

const DEFAULT_DAYS: u32 = 30;
const MOST_DAYS: u32 = 365;
/// Longest reason, in characters.
const REASON: usize = 500;

/// Over how many days the demand is counted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DemandDays {
    /// 1 to 365, up to now; 30 where it isn't given.
    days: Option<u32>,
}

/// All skills.
#[derive(Serialize, ToSchema)]
pub(super) struct Skills {
    /// Over how many days the demand is counted.
    days: u32,
    /// How a skill begins that is new: `on` or `preview-only`.
    new_skills: String,
    /// By id; those that were only asked for last.
    skills: Vec<SkillView>,
}

/// An operator's word on a skill.
#[derive(Deserialize, ToSchema)]
#[schema(as = SkillSwitch)]
#[serde(deny_unknown_fields)]
pub(super) struct SwitchInput {
    /// `on`: it serves as soon as nothing is missing. `paused`: its questions are handed over. `preview-only`: it answers in
    /// the preview and nowhere else.
    #[schema(value_type = String)]
    switch: Switch,
    /// Why: it is kept with the decision.
    #[serde(default)]
    reason: Option<String>,
}

/// Where a skill answers.
#[derive(Deserialize, ToSchema)]
#[schema(as = SkillChannels)]
#[serde(deny_unknown_fields)]
pub(super) struct ChannelsInput {
    /// Among `webchat`, `sms`, `whatsapp`, `email`; `null`: where its author says.
    #[schema(value_type = Option<Vec<String>>)]
    channels: Option<BTreeSet<Channel>>,
}

/// A skill's settings.
#[derive(Deserialize, ToSchema)]
#[schema(as = SkillSettings)]
#[serde(deny_unknown_fields)]
pub(super) struct SettingsInput {
    /// By name, as the skill declares them. One that isn't given stays as it is; `null` goes back to what the configuration
    /// or else the skill says.
    settings: BTreeMap<String, Option<String>>,
}

/// How skills begin that come from now on.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSkills {
    /// `on` (the default) or `preview-only`. Skills that are there stay as they are.
    #[schema(value_type = String)]
    switch: Switch,
}

/// All skills with what each is fit for, those included that were only asked for.
#[utoipa::path(get, path = "/api/v1/skills", tag = "operator", security(("operator" = [])), params(DemandDays),
    responses(
        (status = 200, description = "All of them", body = Skills),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such number of days", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(
    State(server): State<Server>,
    _: Operator,
    Params(days): Params<DemandDays>,
) -> Answer<Json<Skills>> {
    let (days, demand) = demand(&server, &days).await?;
    let at = SkillsAt::now(&server, demand);
    let there = at.generation.skills.values().filter_map(|skill| at.view(skill));
    let coming = at.board.coming.values().map(|request| at.coming(request));
    let new_skills = server.agent().skills().new_skills();
    Ok(Json(Skills { days, new_skills: word(new_skills).to_owned(), skills: there.chain(coming).collect() }))
}

/// One skill with all that its author says of it.
#[utoipa::path(get, path = "/api/v1/skills/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The skill's id"), DemandDays),
    responses(
        (status = 200, description = "The skill", body = SkillDetail),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such skill, and nobody asked for one", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such number of days", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(
    State(server): State<Server>,
    _: Operator,
    Named(id): Named<PluginId>,
    Params(days): Params<DemandDays>,
) -> Answer<Json<SkillDetail>> {
    let (_, demand) = demand(&server, &days).await?;
    detail(&server, &id, demand).map(Json)
}

/// Pauses a skill, keeps it for the preview, or lets it serve again. It holds for the next message.
#[utoipa::path(put, path = "/api/v1/skills/{id}/switch", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The skill's id")), request_body = SwitchInput,
    responses(
        (status = 200, description = "Switched; `state` says what it is fit for", body = SkillDetail),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such skill", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It is still to come", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such switch", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn switch(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<PluginId>,
    Body(input): Body<SwitchInput>,
) -> Answer<Json<SkillDetail>> {
    there(&server, &id)?;
    let reason: Option<String> = input.reason.map(|reason| clean(&reason).trim().chars().take(REASON).collect());
    let noted = json!({ "switch": input.switch, "reason": reason });
    decide(&server, &operator, &id, Action::SkillSwitched, noted, move |setup| setup.switch = input.switch).await?;
    detail(&server, &id, BTreeMap::new()).map(Json)
}

/// Changes where a skill answers. It holds for the next message.
#[utoipa::path(put, path = "/api/v1/skills/{id}/channels", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The skill's id")), request_body = ChannelsInput,
    responses(
        (status = 200, description = "Changed", body = SkillDetail),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such skill", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It is still to come", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such channel, or none at all", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn channels(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<PluginId>,
    Body(input): Body<ChannelsInput>,
) -> Answer<Json<SkillDetail>> {
    there(&server, &id)?;
    if input.channels.as_ref().is_some_and(BTreeSet::is_empty) {
        return Err(Problem::new(Kind::Invalid)
            .detail("`channels`: there is none")
            .fix("name at least one, or pause the skill instead"));
    }
    let noted = json!({ "channels": input.channels });
    decide(&server, &operator, &id, Action::SkillChannelsChanged, noted, move |setup| setup.channels = input.channels)
        .await?;
    detail(&server, &id, BTreeMap::new()).map(Json)
}

/// Fills in a skill's settings. They hold for the next message.
#[utoipa::path(put, path = "/api/v1/skills/{id}/settings", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The skill's id")), request_body = SettingsInput,
    responses(
        (status = 200, description = "Filled in", body = SkillDetail),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such skill", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It is still to come", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such setting, or a value that doesn't fit; nothing has changed", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn settings(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<PluginId>,
    Body(input): Body<SettingsInput>,
) -> Answer<Json<SkillDetail>> {
    let skill = there(&server, &id)?;
    let declared = &skill.manifest.settings;
    for (name, value) in &input.settings {
        let wrong = |detail: String, fix: String| Err(Problem::new(Kind::Invalid).detail(detail).fix(fix));
        let Some(setting) = declared.iter().find(|setting| setting.name == *name) else {
            let known: Vec<&str> = declared.iter().map(|setting| setting.name.as_str()).collect();
            return wrong(
                format!("{id} has no setting `{name}`"),
                if known.is_empty() { "it has none".to_owned() } else { format!("it has {}", known.join(", ")) },
            );
        };
        if let Some(Err(complaint)) = value.as_ref().map(|value| setting.check(value)) {
            return wrong(format!("`settings.{name}`: {}", complaint.problem), complaint.fix);
        }
    }
    // The names, and never what stands in them.
    let of = |filled: bool| {
        input
            .settings
            .iter()
            .filter(move |(_, value)| value.is_some() == filled)
            .map(|(name, _)| name)
            .collect::<Vec<_>>()
    };
    let noted = json!({ "filled_in": of(true), "forgotten": of(false) });
    let change = move |setup: &mut SkillSetup| {
        for (name, value) in input.settings {
            match value {
                Some(value) => drop(setup.settings.insert(name, value)),
                None => drop(setup.settings.remove(&name)),
            }
        }
    };
    decide(&server, &operator, &id, Action::SkillSettingsChanged, noted, change).await?;
    detail(&server, &id, BTreeMap::new()).map(Json)
}

/// How skills begin that come from now on.
#[utoipa::path(get, path = "/api/v1/new-skills", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "How they begin", body = NewSkills),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn new_skills(State(server): State<Server>, _: Operator) -> Json<NewSkills> {
    Json(NewSkills { switch: server.agent().skills().new_skills() })
}

/// Decides how skills begin that come from now on: serving at once, or in the preview only.
#[utoipa::path(put, path = "/api/v1/new-skills", tag = "operator", security(("operator" = [])), request_body = NewSkills,
    responses(
        (status = 200, description = "Decided", body = NewSkills),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such switch", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn switch_new(
    State(server): State<Server>,
    operator: Operator,
    Body(input): Body<NewSkills>,
) -> Answer<Json<NewSkills>> {
    if input.switch == Switch::Paused {
        return Err(Problem::new(Kind::Invalid)
            .detail("new skills can't begin paused")
            .fix("write `on` or `preview-only`; what may serve at all is decided by the trust policy"));
    }
    let entry = Entry::new(&operator.actor(), Action::NewSkillsSwitched, "skills", json!({ "switch": input.switch }));
    server.agent().skills().decide_new(input.switch, entry).await?;
    Ok(Json(input))
}

/// The days, and how often each skill was wanted in them.
async fn demand(server: &Server, days: &DemandDays) -> Answer<(u32, BTreeMap<PluginId, u64>)> {
    let days = days.days.unwrap_or(DEFAULT_DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Problem::new(Kind::Invalid)
            .detail(format!("`days`: {days} is not between 1 and {MOST_DAYS}"))
            .fix(format!("ask for 1 to {MOST_DAYS} days")));
    }
    let since = server.now().saturating_sub(SignedDuration::from_hours(i64::from(days) * 24));
    Ok((days, server.store().skill_demand(since.unwrap_or_default()).await?))
}

fn detail(server: &Server, id: &PluginId, demand: BTreeMap<PluginId, u64>) -> Answer<SkillDetail> {
    let at = SkillsAt::now(server, demand);
    if let Some(skill) = at.generation.skills.get(id) {
        return at.detail(skill).ok_or_else(|| Problem::new(Kind::NotFound));
    }
    let request = at.board.coming.get(id).ok_or_else(|| Problem::new(Kind::NotFound))?;
    Ok(SkillDetail::coming(at.coming(request), RequestView::of(request)))
}

/// A skill that has a component.
fn there(server: &Server, id: &PluginId) -> Answer<Arc<Skill>> {
    if let Some(skill) = server.host().generation().skills.get(id) {
        return Ok(skill.clone());
    }
    Err(match server.agent().skills().board().state(id) {
        Some(SkillState::ComingSoon) => Problem::new(Kind::Conflict)
            .detail(format!("{id} was asked for and has no component yet"))
            .fix("wait until it is there, or take the request back"),
        _ => Problem::new(Kind::NotFound),
    })
}

async fn decide(
    server: &Server,
    operator: &Operator,
    id: &PluginId,
    action: Action,
    detail: serde_json::Value,
    change: impl FnOnce(&mut SkillSetup) + Send,
) -> Answer<()> {
    let entry = Entry::new(&operator.actor(), action, id, detail);
    server.agent().skills().decide(id, change, entry).await?;
    tracing::info!(operator = operator.name, skill = %id, ?action, "an operator decided about a skill");
    Ok(())
}

fn word(switch: Switch) -> &'static str {
    match switch {
        Switch::On => "on",
        Switch::Paused => "paused",
        Switch::PreviewOnly => "preview-only",
    }
}

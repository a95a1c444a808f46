//! The routes.

use super::play::Playing;
use super::views::{
    DetailView, Import, KeptView, ReleaseRunsView, RunOn, RunView, RunsView, ScenarioForm, ScenariosView,
};
use crate::api::extract::{Body, Named, Params};
use crate::api::releases::DigestPrefix;
use crate::api::{Operator, Server};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use usher_agent::ids::ScenarioId;
use usher_agent::preview::Trial;
use usher_agent::scenario::{KeptScenario, Scenario, read_file, write_file};
use usher_host::{Digest, Release};

/// Bytes of one scenario.
pub(super) const MAX_SCENARIO: usize = 512 << 10;
/// Bytes of a file of them.
pub(super) const MAX_FILE: usize = 1 << 20;
/// Most scenarios that are kept.
const MOST: usize = 500;
/// Runs that are kept of each, on what served.
pub(super) const KEEP: usize = 20;

/// All scenarios, each with what came of it last.
#[utoipa::path(get, path = "/api/v1/scenarios", tag = "operator", security(("operator" = []), ("console" = [])),
    responses(
        (status = 200, description = "By name", body = ScenariosView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(State(server): State<Server>, _: Operator) -> Answer<Json<ScenariosView>> {
    let all = server.store().scenarios().scenarios().await?;
    let scenarios = all.into_iter().map(|(kept, last)| KeptView::of(kept, last)).collect();
    Ok(Json(ScenariosView { scenarios }))
}

/// Keeps a scenario.
#[utoipa::path(post, path = "/api/v1/scenarios", tag = "operator", security(("operator" = []), ("console" = [])),
    request_body = ScenarioForm,
    responses(
        (status = 201, description = "It is kept", body = KeptView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "There are as many as are kept, or one of this name", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "It can't be played", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn create(
    State(server): State<Server>,
    operator: Operator,
    Body(scenario): Body<Scenario>,
) -> Answer<(StatusCode, Json<KeptView>)> {
    let scenario = playable(scenario)?;
    let _one = server.one_change_at_a_time().await;
    let all = server.store().scenarios().scenarios().await?;
    if all.iter().any(|(kept, _)| kept.scenario.name == scenario.name) {
        return Err(name_taken(&scenario.name));
    }
    let kept = keep(&server, &operator, None, scenario, all.len()).await?;
    Ok((StatusCode::CREATED, Json(KeptView::of(kept, None))))
}

/// One scenario with its last runs.
#[utoipa::path(get, path = "/api/v1/scenarios/{id}", tag = "operator", security(("operator" = []), ("console" = [])),
    params(("id" = uuid::Uuid, Path, description = "The scenario")),
    responses(
        (status = 200, description = "The scenario", body = DetailView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such scenario", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(
    State(server): State<Server>,
    _: Operator,
    Named(id): Named<ScenarioId>,
) -> Answer<Json<DetailView>> {
    let kept = found(&server, id).await?;
    let runs = server.store().scenarios().runs_of_scenario(id, KEEP).await?;
    let last = runs.iter().find(|run| run.release.is_none()).cloned();
    let name = kept.scenario.name.clone();
    let runs = runs.into_iter().map(|run| RunView::of(run, &name)).collect();
    Ok(Json(DetailView { kept: KeptView::of(kept, last), runs }))
}

/// Changes a scenario as a whole. Its runs stay.
#[utoipa::path(put, path = "/api/v1/scenarios/{id}", tag = "operator", security(("operator" = []), ("console" = [])),
    params(("id" = uuid::Uuid, Path, description = "The scenario")), request_body = ScenarioForm,
    responses(
        (status = 200, description = "It is changed", body = KeptView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such scenario", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Another one has this name", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "It can't be played", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn put(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<ScenarioId>,
    Body(scenario): Body<Scenario>,
) -> Answer<Json<KeptView>> {
    let scenario = playable(scenario)?;
    let _one = server.one_change_at_a_time().await;
    let before = found(&server, id).await?;
    let all = server.store().scenarios().scenarios().await?;
    if all.iter().any(|(kept, _)| kept.id != id && kept.scenario.name == scenario.name) {
        return Err(name_taken(&scenario.name));
    }
    let kept = keep(&server, &operator, Some(before), scenario, 0).await?;
    let last = server.store().scenarios().runs_of_scenario(id, KEEP).await?;
    Ok(Json(KeptView::of(kept, last.into_iter().find(|run| run.release.is_none()))))
}

/// Removes a scenario with its runs.
#[utoipa::path(delete, path = "/api/v1/scenarios/{id}", tag = "operator", security(("operator" = []), ("console" = [])),
    params(("id" = uuid::Uuid, Path, description = "The scenario")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such scenario", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn remove(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<ScenarioId>,
) -> Answer<StatusCode> {
    if !server.store().scenarios().remove_scenario(id).await? {
        return Err(missing());
    }
    tracing::info!(operator = operator.name, scenario = %id, "a scenario was removed");
    Ok(StatusCode::NO_CONTENT)
}

/// All scenarios as a file, in the format of the project's own suite.
#[utoipa::path(get, path = "/api/v1/scenarios/toml", tag = "operator", security(("operator" = []), ("console" = [])),
    responses(
        (status = 200, description = "TOML", body = String, content_type = "text/plain"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn all_as_file(State(server): State<Server>, _: Operator) -> Answer<Response> {
    let all = server.store().scenarios().scenarios().await?;
    let scenarios: Vec<Scenario> = all.into_iter().map(|(kept, _)| kept.scenario).collect();
    Ok(file(&scenarios))
}

/// A scenario as a file, in the format of the project's own suite.
#[utoipa::path(get, path = "/api/v1/scenarios/{id}/toml", tag = "operator", security(("operator" = []), ("console" = [])),
    params(("id" = uuid::Uuid, Path, description = "The scenario")),
    responses(
        (status = 200, description = "TOML", body = String, content_type = "text/plain"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such scenario", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn as_file(
    State(server): State<Server>,
    _: Operator,
    Named(id): Named<ScenarioId>,
) -> Answer<Response> {
    Ok(file(&[found(&server, id).await?.scenario]))
}

/// Keeps the scenarios of a file. One whose name is known already takes that one's place. All of them, or none.
#[utoipa::path(post, path = "/api/v1/scenarios/import", tag = "operator", security(("operator" = []), ("console" = [])),
    request_body = Import,
    responses(
        (status = 200, description = "Those of the file, as they are kept", body = ScenariosView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "There would be more than are kept", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The file can't be read, or holds a scenario that can't be played", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn import(
    State(server): State<Server>,
    operator: Operator,
    Body(Import { toml }): Body<Import>,
) -> Answer<Json<ScenariosView>> {
    let unreadable = |why: String| {
        Problem::new(Kind::Invalid).detail(why).fix("compare it with a file that `usher scenarios export` writes")
    };
    let mut scenarios = Vec::new();
    for found in read_file(&toml).map_err(|error| unreadable(error.to_string()))? {
        let named = |why: String| unreadable(format!("line {}: «{}»: {why}", found.line, found.scenario.name));
        let scenario = found.scenario.clone().without_names().map_err(named)?;
        scenario.for_preview().map_err(named)?;
        if scenarios.iter().any(|other: &Scenario| other.name == scenario.name) {
            return Err(named("another scenario of the file has this name".to_owned()));
        }
        scenarios.push(scenario);
    }
    let _one = server.one_change_at_a_time().await;
    let all = server.store().scenarios().scenarios().await?;
    let before = |name: &str| all.iter().find(|(kept, _)| kept.scenario.name == name).map(|(kept, _)| kept.clone());
    let new = scenarios.iter().filter(|scenario| before(&scenario.name).is_none()).count();
    if all.len() + new > MOST {
        return Err(too_many());
    }
    let mut views = Vec::new();
    for scenario in scenarios {
        let before = before(&scenario.name);
        views.push(KeptView::of(keep(&server, &operator, before, scenario, 0).await?, None));
    }
    Ok(Json(ScenariosView { scenarios: views }))
}

/// Plays a scenario that isn't kept.
#[utoipa::path(post, path = "/api/v1/scenarios/try", tag = "operator", security(("operator" = []), ("console" = [])),
    params(RunOn), request_body = ScenarioForm,
    responses(
        (status = 200, description = "What came of it", body = RunView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such release", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "That release isn't run", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "It can't be played, or that release can't be tried", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn attempt(
    State(server): State<Server>,
    operator: Operator,
    Params(on): Params<RunOn>,
    Body(scenario): Body<Scenario>,
) -> Answer<Json<RunView>> {
    let scenario = playable(scenario)?;
    let ground = Ground::of(&server, &on).await?;
    let playing = Playing { server: &server, by: &operator.name, on: ground.on() };
    let run = playing.play(ScenarioId::new(), &scenario).await;
    Ok(Json(RunView::of(run, &scenario.name)))
}

/// Plays a scenario. Nothing is stored of the conversation, and nothing is changed at a provider.
#[utoipa::path(post, path = "/api/v1/scenarios/{id}/run", tag = "operator", security(("operator" = []), ("console" = [])),
    params(("id" = uuid::Uuid, Path, description = "The scenario")), request_body = RunOn,
    responses(
        (status = 200, description = "What came of it", body = RunView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such scenario or release", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "That release isn't run", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "That release can't be tried", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn run_one(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<ScenarioId>,
    Body(on): Body<RunOn>,
) -> Answer<Json<RunView>> {
    let kept = found(&server, id).await?;
    let ground = Ground::of(&server, &on).await?;
    Ok(Json(played(&server, &operator, &ground, kept).await?))
}

/// Plays all scenarios, one after the other. Nothing is stored of the conversations, and nothing is changed at a provider.
#[utoipa::path(post, path = "/api/v1/scenarios/run", tag = "operator", security(("operator" = []), ("console" = [])),
    request_body = RunOn,
    responses(
        (status = 200, description = "What came of it", body = RunsView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such release", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "That release isn't run", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "That release can't be tried", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn run_all(
    State(server): State<Server>,
    operator: Operator,
    Body(on): Body<RunOn>,
) -> Answer<Json<RunsView>> {
    let ground = Ground::of(&server, &on).await?;
    let mut runs = Vec::new();
    for (kept, _) in server.store().scenarios().scenarios().await? {
        runs.push(played(&server, &operator, &ground, kept).await?);
    }
    Ok(Json(RunsView::of(runs)))
}

/// What the scenarios say of a release: the last run of each on it. Those of a release that waits are played by themselves.
#[utoipa::path(get, path = "/api/v1/releases/{digest}/scenarios", tag = "operator", security(("operator" = []), ("console" = [])),
    params(("digest" = String, Path, description = "A release of a skill: its digest, or at least six digits of it")),
    responses(
        (status = 200, description = "By the scenarios' names", body = ReleaseRunsView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such release", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn of_release(
    State(server): State<Server>,
    _: Operator,
    Named(name): Named<DigestPrefix>,
) -> Answer<Json<ReleaseRunsView>> {
    let release = name.find(&server)?;
    let runs = server.store().scenarios().runs_on_release(release.digest).await?;
    let runs: Vec<RunView> = runs.into_iter().map(|(name, run)| RunView::of(run, &name)).collect();
    let state = match runs.as_slice() {
        _ if server.trials().runs(&release.digest) => "running",
        [] => "none",
        _ => "done",
    };
    let waiting = server.store().scenarios().scenarios().await?.len().saturating_sub(runs.len());
    Ok(Json(ReleaseRunsView { state, waiting, runs: RunsView::of(runs) }))
}

/// On what scenarios are played.
struct Ground {
    release: Option<(Arc<Release>, Arc<Trial>)>,
}

impl Ground {
    async fn of(server: &Server, on: &RunOn) -> Answer<Self> {
        let Some(name) = &on.release else { return Ok(Self { release: None }) };
        let release = DigestPrefix::named(name, "release")?.find(server)?;
        let trial = server.trial(&release).await?;
        Ok(Self { release: trial.map(|trial| (release, trial)) })
    }

    fn on(&self) -> Option<(Digest, &Trial)> {
        self.release.as_ref().map(|(release, trial)| (release.digest, &**trial))
    }
}

async fn played(server: &Server, operator: &Operator, ground: &Ground, kept: KeptScenario) -> Answer<RunView> {
    let playing = Playing { server, by: &operator.name, on: ground.on() };
    let run = playing.play(kept.id, &kept.scenario).await;
    // Somebody may have removed it meanwhile; what came of it is answered all the same.
    server.store().scenarios().put_run(run.clone(), KEEP).await?;
    Ok(RunView::of(run, &kept.scenario.name))
}

async fn found(server: &Server, id: ScenarioId) -> Answer<KeptScenario> {
    server.store().scenarios().scenario(id).await?.ok_or_else(missing)
}

fn missing() -> Problem {
    Problem::new(Kind::NotFound).detail("there is no such scenario").fix("`GET /api/v1/scenarios` lists them")
}

fn too_many() -> Problem {
    Problem::new(Kind::Conflict)
        .detail(format!("{MOST} scenarios are kept at most"))
        .fix("remove some that say the same")
}

fn name_taken(name: &str) -> Problem {
    Problem::new(Kind::Conflict)
        .detail(format!("there is a scenario «{name}» already"))
        .fix("give it another name, or change that one")
}

fn playable(mut scenario: Scenario) -> Answer<Scenario> {
    scenario.name = scenario.name.trim().to_owned();
    match scenario.for_preview() {
        Ok(()) => Ok(scenario),
        Err(why) => Err(Problem::new(Kind::Invalid).detail(why).fix("compare it with `/api/v1/openapi.json`")),
    }
}

/// Keeps a scenario: in the place of `before`, or as one more than the `count` that there are.
async fn keep(
    server: &Server,
    operator: &Operator,
    before: Option<KeptScenario>,
    scenario: Scenario,
    count: usize,
) -> Answer<KeptScenario> {
    if before.is_none() && count >= MOST {
        return Err(too_many());
    }
    let now = server.now();
    let kept = match before {
        Some(before) => KeptScenario { scenario, changed_at: now, ..before },
        None => KeptScenario {
            id: ScenarioId::new(),
            scenario,
            created_by: operator.name.clone(),
            created_at: now,
            changed_at: now,
        },
    };
    server.store().scenarios().put_scenario(kept.clone()).await?;
    tracing::info!(operator = operator.name, scenario = %kept.id, "a scenario is kept");
    Ok(kept)
}

fn file(scenarios: &[Scenario]) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"scenarios.toml\"")),
    ];
    (headers, write_file(scenarios)).into_response()
}

//! The plugins: what serves, what waits, how it does, and what it could do without.

use super::Server;
use super::connect_view::ConnectView;
use super::extract::{Named, Operator, Params};
use super::releases::{ReleaseView, UserView};
use super::sheet::{SheetView, lines_visible};
use super::usage::{Days, UsageView, Usages};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use jiff::SignedDuration;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use usher_host::{Generation, Release, State as Stage, visible};
use usher_manifest::{Kind as PluginKind, PluginId};
use utoipa::ToSchema;

/// A plugin in the list: the release that serves; where none does, the one that waits; else the last one.
#[derive(Serialize, ToSchema)]
pub(super) struct PluginView {
    /// Its id.
    id: String,
    /// What it is for, in its author's words, with hidden characters spelled out.
    overview: String,
    #[serde(flatten)]
    release: ReleaseView,
    /// For a connector that serves: whether an integration is connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    connected: Option<bool>,
    /// It failed too often and isn't asked for so many seconds more; 0 where the next call decides whether it is back.
    #[serde(skip_serializing_if = "Option::is_none")]
    quarantined_seconds: Option<u64>,
    /// How the release did.
    usage: UsageView,
    /// Functions that it is granted and that no release of the plugin called in these days: it could do without.
    unused: Vec<String>,
    /// Further releases of it that wait for a person, newest first.
    waiting: Vec<ReleaseView>,
}

/// The plugins of a generation.
#[derive(Serialize, ToSchema)]
pub(super) struct Plugins {
    /// Counts up with every change.
    generation: u64,
    /// Over how many days the figures are, today (UTC) included.
    days: u32,
    /// Skills, then connectors, by id.
    plugins: Vec<PluginView>,
}

/// One plugin with all that it can do, and its history.
#[derive(Serialize, ToSchema)]
pub(super) struct PluginDetail {
    #[serde(flatten)]
    plugin: PluginView,
    /// What it can do, read from its bytes.
    sheet: SheetView,
    /// All releases of it, newest first.
    releases: Vec<ReleaseView>,
    /// For a connector that serves: what is filled in to connect it.
    #[serde(skip_serializing_if = "Option::is_none")]
    connect: Option<ConnectView>,
    /// What it could do without.
    advice: Advice,
    /// The live skills that use it, where it is a live connector that is connected.
    used_by: Vec<UserView>,
}

/// What a plugin is granted and doesn't use.
#[derive(Serialize, ToSchema)]
struct Advice {
    /// Over how many days, today (UTC) included.
    days: u32,
    /// Functions that its live release is granted and that no release of it called.
    unused: Vec<String>,
    /// How often it was asked in these days: without an asking, nothing follows from what it didn't call.
    uses: u64,
    /// It serves for a shorter time than these days: a rare case may not have come yet.
    young: bool,
}

impl Advice {
    fn of(server: &Server, plugin: &PluginView, release: &Release, days: u32) -> Self {
        let span = SignedDuration::from_hours(24 * i64::from(days));
        let young = release.live_since.is_some_and(|since| server.now().duration_since(since) < span);
        Self { days, unused: plugin.unused.clone(), uses: plugin.usage.uses(), young }
    }
}

/// The release that stands for a plugin: the live one, else the newest that waits, else the one that changed last.
fn standing<'a>(releases: &[&'a Arc<Release>]) -> Option<&'a Arc<Release>> {
    let rank = |release: &Release| (release.state == Stage::Live, release.state == Stage::Pending);
    releases.iter().copied().max_by_key(|release| (rank(release), release.changed_at))
}

fn newest_first<'a>(releases: impl Iterator<Item = &'a Arc<Release>>) -> Vec<&'a Arc<Release>> {
    let mut releases: Vec<_> = releases.collect();
    releases.sort_by(|a, b| b.proposed_at.cmp(&a.proposed_at).then_with(|| a.digest.cmp(&b.digest)));
    releases
}

impl PluginView {
    fn of(server: &Server, generation: &Generation, releases: &[&Arc<Release>], usages: &Usages) -> Option<Self> {
        let release = standing(releases)?;
        let sheet = &release.sheet;
        let live = release.state == Stage::Live;
        let waits = |other: &&&Arc<Release>| other.state == Stage::Pending && other.digest != release.digest;
        Some(Self {
            id: release.plugin.to_string(),
            overview: sheet.texts.get("overview").map(|text| lines_visible(text)).unwrap_or_default(),
            release: ReleaseView::of(release),
            connected: (live && sheet.kind == PluginKind::Connector)
                .then(|| generation.integrations.contains_key(&release.plugin)),
            quarantined_seconds: server.host().quarantined(&release.digest).filter(|_| live).map(|left| left.as_secs()),
            usage: usages.of(&release.digest),
            unused: if live { usages.unused(sheet) } else { Vec::new() },
            waiting: releases.iter().filter(waits).map(|release| ReleaseView::of(release)).collect(),
        })
    }
}

/// The plugins: what serves, what waits for a person, and what did once.
#[utoipa::path(get, path = "/api/v1/plugins", tag = "operator", security(("operator" = [])), params(Days),
    responses(
        (status = 200, description = "All of them", body = Plugins),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such number of days", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(
    State(server): State<Server>,
    _: Operator,
    Params(days): Params<Days>,
) -> Answer<Json<Plugins>> {
    let usages = Usages::read(&server, &days).await?;
    let generation = server.host().generation();
    let mut of_plugin: BTreeMap<&PluginId, Vec<&Arc<Release>>> = BTreeMap::new();
    for release in newest_first(generation.releases.values()) {
        of_plugin.entry(&release.plugin).or_default().push(release);
    }
    let mut of_plugin: Vec<_> = of_plugin.into_values().collect();
    of_plugin.sort_by_key(|releases| releases.first().map(|release| release.sheet.kind));
    let views = of_plugin.iter().filter_map(|releases| PluginView::of(&server, &generation, releases, &usages));
    let plugins = views.collect();
    Ok(Json(Plugins { generation: generation.number, days: usages.days(), plugins }))
}

/// One plugin, what it can do, and its releases.
#[utoipa::path(get, path = "/api/v1/plugins/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The plugin's id"), Days),
    responses(
        (status = 200, description = "The plugin", body = PluginDetail),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such plugin", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such number of days", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(
    State(server): State<Server>,
    _: Operator,
    Named(id): Named<PluginId>,
    Params(days): Params<Days>,
) -> Answer<Json<PluginDetail>> {
    let usages = Usages::read(&server, &days).await?;
    let generation = server.host().generation();
    let releases = newest_first(generation.releases.values().filter(|release| release.plugin == id));
    let none = || Problem::new(Kind::NotFound).detail(format!("there is no plugin {id}"));
    let plugin = PluginView::of(&server, &generation, &releases, &usages).ok_or_else(none)?;
    let sheet = standing(&releases).ok_or_else(none)?;
    Ok(Json(PluginDetail {
        advice: Advice::of(&server, &plugin, sheet, usages.days()),
        used_by: UserView::all(&server, sheet),
        plugin,
        sheet: (&sheet.sheet).into(),
        releases: releases.iter().map(|release| ReleaseView::of(release)).collect(),
        connect: generation.connectors.get(&id).map(|connector| ConnectView::of(connector)),
    }))
}

/// A file that wasn't taken.
#[derive(Serialize, ToSchema)]
struct RefusedView {
    /// The file's name in the plugin folder.
    file: String,
    /// Why, and how to mend it.
    reason: String,
    /// The plugin that was read from this file before and goes on serving.
    #[serde(skip_serializing_if = "Option::is_none")]
    still_serving: Option<String>,
}

/// Files that weren't taken.
#[derive(Serialize, ToSchema)]
pub(super) struct Refused {
    /// Counts up with every change.
    generation: u64,
    /// The files.
    refused: Vec<RefusedView>,
}

/// The files in the plugin folder that weren't taken, with the reasons. One that waits for a person is taken: see the
/// releases.
#[utoipa::path(get, path = "/api/v1/plugins/refused", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "All of them", body = Refused),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn refused(State(server): State<Server>, _: Operator) -> Json<Refused> {
    let generation = server.host().generation();
    let refused = generation.refused.iter().map(|refused| RefusedView {
        file: file_name(&refused.file),
        reason: refused.reason.clone(),
        still_serving: refused.still_serving.as_ref().map(ToString::to_string),
    });
    Json(Refused { generation: generation.number, refused: refused.collect() })
}

fn file_name(file: &Path) -> String {
    visible(&file.file_name().unwrap_or_default().to_string_lossy())
}

/// A former generation that some turns still run on.
#[derive(Serialize, ToSchema)]
struct DrainingView {
    /// Its number.
    generation: u64,
    /// Turns that began on it and haven't ended.
    turns: usize,
    /// How long ago the next one took its place.
    seconds: u64,
}

/// The live generation, and former ones that aren't over yet.
#[derive(Serialize, ToSchema)]
pub(super) struct Generations {
    /// The number of the live one; it counts up with every change.
    current: u64,
    /// Turns that run on it.
    turns: usize,
    /// Former ones that some turns still run on, oldest first.
    draining: Vec<DrainingView>,
}

/// The live set of plugins by its number, and the former ones on which turns are under way.
#[utoipa::path(get, path = "/api/v1/generations", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "The live one and those that end", body = Generations),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn generations(State(server): State<Server>, _: Operator) -> Json<Generations> {
    let generation = server.host().generation();
    let draining = server.host().draining().into_iter().map(|former| DrainingView {
        generation: former.generation,
        turns: former.turns,
        seconds: former.since.as_secs(),
    });
    Json(Generations { current: generation.number, turns: generation.turns(), draining: draining.collect() })
}

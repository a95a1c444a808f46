//! What is loaded, and what each plugin can do.

use super::Server;
use super::extract::{Named, Operator};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use usher_host::{Connector, PermissionSheet, Skill};
use usher_manifest::PluginId;
use utoipa::ToSchema;

/// A plugin in the list.
#[derive(Serialize, ToSchema)]
pub(super) struct PluginView {
    /// Its id.
    id: String,
    /// `skill` or `connector`.
    kind: String,
    /// What people call it.
    name: String,
    /// Its version, as its author gives it.
    version: String,
    /// What it is for.
    overview: String,
    /// The file's name in the plugin folder.
    file: String,
    /// SHA-256 of the file.
    digest: String,
    /// SHA-256 over what it can do.
    fingerprint: String,
    /// For a connector: whether an integration is connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    connected: Option<bool>,
}

/// The plugins of a generation.
#[derive(Serialize, ToSchema)]
pub(super) struct Plugins {
    /// Counts up with every change.
    generation: u64,
    /// Skills, then connectors, by id.
    plugins: Vec<PluginView>,
}

/// One plugin with all that it can do.
#[derive(Serialize, ToSchema)]
pub(super) struct PluginDetail {
    #[serde(flatten)]
    plugin: PluginView,
    /// What it can do, read from its bytes.
    sheet: SheetView,
}

/// What a plugin can do.
#[derive(Serialize, ToSchema)]
#[schema(as = PermissionSheet)]
pub(super) struct SheetView {
    /// The tools that it can call.
    tools: Vec<ToolView>,
    /// Tools that it declares and doesn't import.
    over_asked: Vec<String>,
    /// What it imports of the runtime beside tools.
    baseline: BTreeSet<String>,
    /// For a connector: the interfaces that it answers.
    provides: BTreeSet<String>,
    /// For a connector: where it may send requests.
    hosts: Vec<HostView>,
    /// For a connector: the secrets that the server puts into its requests.
    secrets: Vec<SecretView>,
    /// The names of the settings that it reads.
    settings: BTreeSet<String>,
    /// What one call of it may use, by the name of the limit.
    limits: BTreeMap<String, u64>,
}

/// A tool that a plugin can call.
#[derive(Serialize, ToSchema)]
struct ToolView {
    function: String,
    /// For people.
    title: String,
    /// `reading` or `acting`.
    effect: String,
    /// The least that must be known of the customer: `anonymous`, `identified` or `authenticated`.
    assurance: String,
    /// The answer holds personal data.
    personal: bool,
    /// False where nobody listed it: it then counts as acting.
    listed: bool,
    /// `runtime` or `connector`.
    provided_by: String,
    /// The author's reason.
    reason: String,
}

/// A place that a connector may send requests to.
#[derive(Serialize, ToSchema)]
struct HostView {
    host: String,
    methods: Vec<String>,
    /// The author's reason.
    reason: String,
}

/// A secret of a connector.
#[derive(Serialize, ToSchema)]
struct SecretView {
    name: String,
    /// The header that it is sent in.
    header: String,
    /// It buys a short-lived token, and that one is sent.
    client_credentials: bool,
}

/// Serde's own word for a value that is written as text.
fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}

impl From<&PermissionSheet> for SheetView {
    fn from(sheet: &PermissionSheet) -> Self {
        let tools = sheet.tools.iter().map(|tool| ToolView {
            function: tool.function.to_string(),
            title: tool.rule.title.clone(),
            effect: word(&tool.rule.effect),
            assurance: match tool.rule.assurance {
                usher_host::skill::Assurance::Anonymous => "anonymous",
                usher_host::skill::Assurance::Identified => "identified",
                usher_host::skill::Assurance::Authenticated => "authenticated",
            }
            .to_owned(),
            personal: tool.rule.personal,
            listed: tool.listed,
            provided_by: word(&tool.provided_by),
            reason: tool.reason.clone(),
        });
        let limits = serde_json::to_value(sheet.limits).ok();
        let limits = limits.as_ref().and_then(serde_json::Value::as_object).into_iter().flatten();
        Self {
            tools: tools.collect(),
            over_asked: sheet.over_asked.iter().map(ToString::to_string).collect(),
            baseline: sheet.baseline.clone(),
            provides: sheet.provides.clone(),
            hosts: sheet
                .hosts
                .iter()
                .map(|host| HostView {
                    host: host.host.clone(),
                    methods: host.methods.iter().map(word).collect(),
                    reason: host.reason.clone(),
                })
                .collect(),
            secrets: sheet
                .secrets
                .iter()
                .map(|secret| SecretView {
                    name: secret.name.clone(),
                    header: secret.header.clone(),
                    client_credentials: secret.client_credentials,
                })
                .collect(),
            settings: sheet.settings.clone(),
            limits: limits.filter_map(|(name, value)| Some((name.clone(), value.as_u64()?))).collect(),
        }
    }
}

fn view(sheet: &PermissionSheet, overview: &str, file: &std::path::Path, connected: Option<bool>) -> PluginView {
    PluginView {
        id: sheet.plugin.to_string(),
        kind: sheet.kind.to_string(),
        name: sheet.name.clone(),
        version: sheet.version.clone(),
        overview: overview.to_owned(),
        file: file_name(file),
        digest: sheet.digest.to_string(),
        fingerprint: sheet.fingerprint.to_string(),
        connected,
    }
}

fn file_name(file: &std::path::Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn skill_view(skill: &Skill) -> PluginView {
    view(&skill.sheet, &skill.manifest.overview, &skill.file, None)
}

fn connector_view(connector: &Connector, connected: bool) -> PluginView {
    view(&connector.sheet, &connector.manifest.overview, &connector.file, Some(connected))
}

/// The live plugins.
#[utoipa::path(get, path = "/api/v1/plugins", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "All of them", body = Plugins),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(State(server): State<Server>, _: Operator) -> Json<Plugins> {
    let generation = server.host().generation();
    let skills = generation.skills.values().map(|skill| skill_view(skill));
    let connectors = generation.connectors.iter();
    let connectors =
        connectors.map(|(id, connector)| connector_view(connector, generation.integrations.contains_key(id)));
    Json(Plugins { generation: generation.number, plugins: skills.chain(connectors).collect() })
}

/// One plugin and what it can do.
#[utoipa::path(get, path = "/api/v1/plugins/{id}", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The plugin's id")),
    responses(
        (status = 200, description = "The plugin", body = PluginDetail),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such plugin", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(
    State(server): State<Server>,
    _: Operator,
    Named(id): Named<PluginId>,
) -> Answer<Json<PluginDetail>> {
    let generation = server.host().generation();
    if let Some(skill) = generation.skills.get(&id) {
        return Ok(Json(PluginDetail { plugin: skill_view(skill), sheet: (&skill.sheet).into() }));
    }
    let connector = generation.connectors.get(&id).ok_or_else(|| Problem::new(Kind::NotFound))?;
    let plugin = connector_view(connector, generation.integrations.contains_key(&id));
    Ok(Json(PluginDetail { plugin, sheet: (&connector.sheet).into() }))
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

/// The files in the plugin folder that weren't taken, with the reasons.
#[utoipa::path(get, path = "/api/v1/plugins/refused", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "All of them", body = Refused),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
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

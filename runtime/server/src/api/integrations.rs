//! Integrations: connectors with the operator's settings and secrets. Secrets go in and never come out.

use super::Server;
use super::decisions::to_its_end;
use super::extract::{Body, Named, Operator};
use crate::config::Secret;
use crate::integrations;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use usher_agent::skills::Health;
use usher_agent::store::StoredIntegration;
use usher_host::{Action, Entry};
use usher_manifest::{InterfaceName, PluginId};
use utoipa::ToSchema;

/// A secret on its way in. It doesn't print.
struct SecretInput(Secret);

impl<'de> Deserialize<'de> for SecretInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Secret::new(text)))
    }
}

/// What the operator sets for an integration. Settings, hosts and the rest are replaced as a whole.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IntegrationInput {
    /// By name, as the connector declares them.
    #[serde(default)]
    settings: BTreeMap<String, String>,
    /// The hosts that it may reach, among those that it declares; none given: all that it names exactly.
    #[serde(default)]
    hosts: BTreeSet<String>,
    /// Hosts that are stood in for by an address of this machine (`http://127.0.0.1:PORT`): for development and tests.
    #[serde(default)]
    stand_ins: BTreeMap<String, String>,
    /// By name. One that isn't given stays as it is; `null` forgets it.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Option<String>>)]
    secrets: BTreeMap<String, Option<SecretInput>>,
    /// Interfaces that it is picked for, where several integrations provide one.
    #[serde(default)]
    preferred_for: Vec<String>,
}

/// An integration as the operator sees it.
#[derive(Serialize, ToSchema)]
pub(super) struct IntegrationView {
    /// The connector's id.
    connector: String,
    /// It is live.
    connected: bool,
    /// Why it isn't.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    settings: BTreeMap<String, String>,
    hosts: Vec<String>,
    stand_ins: BTreeMap<String, String>,
    /// The names of the secrets that are there.
    secrets: Vec<String>,
    preferred_for: Vec<String>,
    /// What came of its last health check; missing where it wasn't asked since it was connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    health: Option<HealthView>,
    /// When it was last changed (RFC 3339).
    #[schema(format = DateTime)]
    updated_at: String,
}

/// What came of asking an integration whether it is well.
#[derive(Serialize, ToSchema)]
struct HealthView {
    /// The provider answered, and the credentials are good.
    ok: bool,
    /// What was reached, or what is wrong and how to mend it, in the connector's words.
    message: String,
    /// When it was asked (RFC 3339).
    #[schema(format = DateTime)]
    checked_at: String,
    /// When it failed first, where it fails (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    failing_since: Option<String>,
}

impl HealthView {
    fn of(health: Health) -> Self {
        Self {
            ok: health.ok,
            message: health.message,
            checked_at: health.checked_at.to_string(),
            failing_since: health.failing_since.map(|since| since.to_string()),
        }
    }
}

impl IntegrationView {
    fn of(server: &Server, stored: StoredIntegration) -> Self {
        let generation = server.host().generation();
        Self {
            connected: generation.integrations.contains_key(&stored.connector),
            problem: generation.broken.get(&stored.connector).cloned(),
            health: server.agent().skills().health(&stored.connector).map(HealthView::of),
            connector: stored.connector.to_string(),
            settings: stored.settings,
            hosts: stored.hosts,
            stand_ins: stored.stand_ins,
            secrets: stored.sealed_secrets.into_keys().collect(),
            preferred_for: stored.preferred_for,
            updated_at: stored.updated_at.to_string(),
        }
    }
}

async fn stored(server: &Server, connector: &PluginId) -> Answer<Option<StoredIntegration>> {
    let all = server.store().integrations().await?;
    Ok(all.into_iter().find(|integration| integration.connector == *connector))
}

/// Integrations.
#[derive(Serialize, ToSchema)]
pub(super) struct Integrations {
    integrations: Vec<IntegrationView>,
}

/// All integrations.
#[utoipa::path(get, path = "/api/v1/integrations", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "All of them", body = Integrations),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(State(server): State<Server>, _: Operator) -> Answer<Json<Integrations>> {
    let all = server.store().integrations().await?;
    let integrations = all.into_iter().map(|stored| IntegrationView::of(&server, stored)).collect();
    Ok(Json(Integrations { integrations }))
}

/// An integration.
#[utoipa::path(get, path = "/api/v1/integrations/{connector}", tag = "operator", security(("operator" = [])),
    params(("connector" = String, Path, description = "The connector's id")),
    responses(
        (status = 200, description = "The integration, without its secrets", body = IntegrationView),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "It isn't connected", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(
    State(server): State<Server>,
    _: Operator,
    Named(connector): Named<PluginId>,
) -> Answer<Json<IntegrationView>> {
    let stored = stored(&server, &connector).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
    Ok(Json(IntegrationView::of(&server, stored)))
}

/// Connects an integration, or changes it. It is live when this answers.
#[utoipa::path(put, path = "/api/v1/integrations/{connector}", tag = "operator", security(("operator" = [])),
    params(("connector" = String, Path, description = "The connector's id")), request_body = IntegrationInput,
    responses(
        (status = 200, description = "Connected", body = IntegrationView),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "It doesn't fit the connector; nothing has changed", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn put(
    State(server): State<Server>,
    operator: Operator,
    Named(connector): Named<PluginId>,
    Body(input): Body<IntegrationInput>,
) -> Answer<Json<IntegrationView>> {
    to_its_end(connect(server, operator, connector, input)).await
}

async fn connect(
    server: Server,
    operator: Operator,
    connector: PluginId,
    input: IntegrationInput,
) -> Answer<Json<IntegrationView>> {
    let _change = server.one_change_at_a_time().await;
    let former = stored(&server, &connector).await?;
    let mut sealed = former.as_ref().map(|former| former.sealed_secrets.clone()).unwrap_or_default();
    for (name, secret) in &input.secrets {
        match secret {
            None => {
                sealed.remove(name);
            }
            Some(SecretInput(secret)) => {
                let value = server.sealing_key().seal(connector.as_str(), name, secret.reveal());
                sealed.insert(name.clone(), value.map_err(|error| Problem::internal(&error))?);
            }
        }
    }
    for interface in &input.preferred_for {
        if interface.parse::<InterfaceName>().is_err() {
            return Err(Problem::new(Kind::Invalid)
                .detail(format!("`preferred_for`: `{interface}` is not an interface"))
                .fix("write it like `usher:tools/orders`"));
        }
    }
    let mut next = StoredIntegration {
        connector,
        settings: input.settings,
        hosts: input.hosts.into_iter().collect(),
        stand_ins: input.stand_ins,
        sealed_secrets: sealed,
        preferred_for: input.preferred_for,
        updated_at: server.now(),
    };
    let misfit = |error: &dyn std::fmt::Display| Problem::new(Kind::Invalid).detail(error.to_string());
    let opened = integrations::open(&next, server.sealing_key()).map_err(|error| misfit(&error))?;
    let generation = server.host().connect(opened).await.map_err(|error| misfit(&error))?;
    // Those that are allowed by this, by name: a later release of the connector reaches no others.
    if let Some(connected) = generation.integrations.get(&next.connector) {
        next.hosts = connected.summary().hosts.into_iter().collect();
    }
    // The names of settings and secrets, and never what they hold.
    let detail = json!({
        "settings": next.settings.keys().collect::<Vec<_>>(),
        "hosts": next.hosts,
        "stand_ins": next.stand_ins.keys().collect::<Vec<_>>(),
        "secrets": next.sealed_secrets.keys().collect::<Vec<_>>(),
        "preferred_for": next.preferred_for,
    });
    let noted = Entry::new(&operator.actor(), Action::IntegrationConnected, &next.connector, detail);
    let kept = async {
        server.store().append_audit(noted).await?;
        server.store().put_integration(next.clone()).await
    };
    if let Err(error) = kept.await {
        // What isn't kept and on record must not be live either.
        match former.map(|former| integrations::open(&former, server.sealing_key())) {
            Some(Ok(former)) => {
                server.host().restore(vec![former]).await;
            }
            _ => {
                server.host().disconnect(&next.connector).await;
            }
        }
        return Err(error.into());
    }
    tracing::info!(operator = operator.name, connector = %next.connector, "integration connected");
    Ok(Json(IntegrationView::of(&server, next)))
}

/// Disconnects an integration and forgets its secrets.
#[utoipa::path(delete, path = "/api/v1/integrations/{connector}", tag = "operator", security(("operator" = [])),
    params(("connector" = String, Path, description = "The connector's id")),
    responses(
        (status = 204, description = "Disconnected"),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "It wasn't connected", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn remove(
    State(server): State<Server>,
    operator: Operator,
    Named(connector): Named<PluginId>,
) -> Answer<StatusCode> {
    to_its_end(disconnect(server, operator, connector)).await
}

async fn disconnect(server: Server, operator: Operator, connector: PluginId) -> Answer<StatusCode> {
    let _change = server.one_change_at_a_time().await;
    if stored(&server, &connector).await?.is_none() {
        return Err(Problem::new(Kind::NotFound));
    }
    let noted = Entry::new(&operator.actor(), Action::IntegrationDisconnected, &connector, json!({}));
    server.store().append_audit(noted).await?;
    server.store().remove_integration(&connector).await?;
    server.host().disconnect(&connector).await;
    tracing::info!(operator = operator.name, %connector, "integration disconnected");
    Ok(StatusCode::NO_CONTENT)
}

/// How an integration is.
#[derive(Serialize, ToSchema)]
pub(super) struct Checked {
    /// The provider answered, and the credentials are good.
    ok: bool,
    /// What was reached, or what is wrong and how to mend it.
    message: String,
}

/// Asks the provider whether the integration works.
#[utoipa::path(post, path = "/api/v1/integrations/{connector}/check", tag = "operator", security(("operator" = [])),
    params(("connector" = String, Path, description = "The connector's id")),
    responses(
        (status = 200, description = "The provider was asked; `ok` says what came of it", body = Checked),
        (status = 401, description = "Not the operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "It isn't connected", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn check(
    State(server): State<Server>,
    _: Operator,
    Named(connector): Named<PluginId>,
) -> Answer<Json<Checked>> {
    let health = server.agent().skills().check(&connector).await;
    let health = health.ok_or_else(|| Problem::new(Kind::NotFound).detail("this integration isn't connected"))?;
    Ok(Json(Checked { ok: health.ok, message: health.message }))
}

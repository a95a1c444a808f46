//! What those who run the server look at.

use super::Server;
use super::helpdesk::{NotAnsweringView, not_answering};
use crate::metrics::PluginCounts;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;
use usher_host::State as Stage;
use utoipa::ToSchema;

/// The store has this long to answer.
const STORE_PATIENCE: Duration = Duration::from_secs(2);

/// Whether a part works.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Condition {
    /// It works.
    Ok,
    /// It doesn't.
    Failing,
}

/// How the server is.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    /// Whether messages can be taken.
    status: Condition,
    /// Whether the store reads and writes.
    store: Condition,
    /// The number of the live set of plugins.
    generation: u64,
    /// Skills that are loaded.
    skills: usize,
    /// Connectors that are loaded.
    connectors: usize,
    /// Integrations that are connected.
    integrations: usize,
    /// Integrations that don't fit their connector any more.
    broken_integrations: usize,
    /// Whether conversations can be handed over as the operator set it; `GET /api/v1/handoff` says what is wrong.
    handoff: Condition,
    /// Files in the plugin folder that weren't taken.
    refused_plugins: usize,
    /// Releases of plugins that wait for a person.
    pending_releases: usize,
    /// Integrations whose provider is stood in for by an address of this machine, with the hosts: fine for development
    /// and tests, wrong for a shop.
    stand_ins: BTreeMap<String, Vec<String>>,
    /// Tickets and messages that wait to be passed on to the helpdesks of connectors.
    helpdesk_jobs_waiting: usize,
    /// The same that were given up: they need an operator (`usher helpdesk jobs`).
    helpdesk_jobs_given_up: usize,
    /// Helpdesks that failed the last time that they were asked, by connector.
    helpdesks_not_answering: BTreeMap<String, NotAnsweringView>,
}

/// Jobs of helpdesks: those that wait, and those that were given up. None of either where the store doesn't answer.
async fn helpdesk_jobs(server: &Server) -> (usize, usize) {
    match tokio::time::timeout(STORE_PATIENCE, server.agent().helpdesks().jobs()).await {
        Ok(Ok(jobs)) => {
            let given_up = jobs.iter().filter(|job| job.given_up_at.is_some()).count();
            (jobs.len() - given_up, given_up)
        }
        Ok(Err(_)) | Err(_) => (0, 0),
    }
}

/// How the server is.
#[utoipa::path(get, path = "/health", tag = "operation", security(()),
    responses(
        (status = 200, description = "It works", body = Health),
        (status = 503, description = "It doesn't; the body says which part", body = Health),
    ))]
pub(super) async fn health(State(server): State<Server>) -> (StatusCode, Json<Health>) {
    let store = match tokio::time::timeout(STORE_PATIENCE, server.store().ping()).await {
        Ok(Ok(())) => Condition::Ok,
        Ok(Err(error)) => {
            tracing::error!(%error, "the store is failing");
            Condition::Failing
        }
        Err(_) => {
            tracing::error!("the store doesn't answer");
            Condition::Failing
        }
    };
    let method = &server.agent().settings().handoff().method;
    let handoff = match super::settings::methods::lack(&server, method) {
        None => Condition::Ok,
        Some(_) => Condition::Failing,
    };
    let generation = server.host().generation();
    let stand_ins = generation.integrations.iter().filter_map(|(id, connected)| {
        let hosts: Vec<String> = connected.summary().stand_ins.into_keys().collect();
        (!hosts.is_empty()).then(|| (id.to_string(), hosts))
    });
    let (helpdesk_jobs_waiting, helpdesk_jobs_given_up) = helpdesk_jobs(&server).await;
    let health = Health {
        status: store,
        store,
        generation: generation.number,
        skills: generation.skills.len(),
        connectors: generation.connectors.len(),
        integrations: generation.integrations.len(),
        broken_integrations: generation.broken.len(),
        handoff,
        refused_plugins: generation.refused.len(),
        pending_releases: generation.releases.values().filter(|release| release.state == Stage::Pending).count(),
        stand_ins: stand_ins.collect(),
        helpdesk_jobs_waiting,
        helpdesk_jobs_given_up,
        helpdesks_not_answering: not_answering(&server),
    };
    let status = if store == Condition::Ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(health))
}

/// Counters for Prometheus. Keep this path inside your network: the proxy in front needn't pass it on.
#[utoipa::path(get, path = "/metrics", tag = "operation", security(()),
    responses((status = 200, description = "OpenMetrics text", content_type = "application/openmetrics-text", body = String)))]
pub(super) async fn metrics(State(server): State<Server>) -> Response {
    let (host, generation) = (server.host(), server.host().generation());
    let in_state = |state: Stage| generation.releases.values().filter(move |release| release.state == state);
    server.metrics().plugins(&PluginCounts {
        generation: generation.number,
        draining_turns: host.draining().iter().map(|former| former.turns).sum(),
        quarantined: in_state(Stage::Live).filter(|release| host.quarantined(&release.digest).is_some()).count(),
        pending: in_state(Stage::Pending).count(),
    });
    let (waiting, given_up) = helpdesk_jobs(&server).await;
    server.metrics().helpdesk_jobs(waiting, given_up);
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], server.metrics().text()).into_response()
}

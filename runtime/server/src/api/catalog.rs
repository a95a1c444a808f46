//! The catalogue: what it holds, how its synchronising goes, and starting a fetch.

use super::Server;
use super::extract::{Body, Operator};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use usher_agent::{CatalogFetch, CatalogState};
use utoipa::ToSchema;

/// The catalogue.
#[derive(Serialize, ToSchema)]
#[schema(as = Catalog)]
pub(super) struct CatalogView {
    /// It holds a whole catalogue of the connected shop. Until then, skills that need it are unavailable.
    filled: bool,
    /// The connector that feeds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// Products that are sold on the web.
    products: usize,
    /// Of these, products that were in stock when they were read.
    in_stock: usize,
    /// When the last fetch began that ended well, of changes or of everything.
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    synced_at: Option<String>,
    /// When the last fetch of everything began that ended well. One is made every day, and it alone sees what the shop
    /// deleted.
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    whole_at: Option<String>,
    /// The fetch that is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    running: Option<ProgressView>,
    /// Why the last fetch failed; not there where it ended well. What was fetched before is still searched.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<FailureView>,
}

/// A fetch that is under way.
#[derive(Serialize, ToSchema)]
#[schema(as = CatalogProgress)]
struct ProgressView {
    /// It reads everything, not only what changed.
    whole: bool,
    /// When it began.
    #[schema(format = DateTime)]
    started_at: String,
    /// Pages that were read.
    pages: usize,
    /// Products on them, withdrawn ones included.
    products: usize,
}

/// Why a fetch failed.
#[derive(Serialize, ToSchema)]
#[schema(as = CatalogFailure)]
struct FailureView {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// In the connector's words.
    message: String,
}

impl From<CatalogState> for CatalogView {
    fn from(state: CatalogState) -> Self {
        Self {
            filled: state.filled,
            source: state.source.map(|source| source.to_string()),
            products: state.products,
            in_stock: state.in_stock,
            synced_at: state.synced_at.map(|at| at.to_string()),
            whole_at: state.whole_at.map(|at| at.to_string()),
            running: state.running.map(|running| ProgressView {
                whole: running.kind == CatalogFetch::Whole,
                started_at: running.started_at.to_string(),
                pages: running.pages,
                products: running.products,
            }),
            error: state.error.map(|error| FailureView { at: error.at.to_string(), message: error.message }),
        }
    }
}

/// Which fetch to start.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SyncInput {
    /// Read everything (the default), or only what changed.
    #[serde(default = "everything")]
    whole: bool,
}

fn everything() -> bool {
    true
}

/// The catalogue: what it holds, and how its synchronising goes.
#[utoipa::path(get, path = "/api/v1/catalog", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "Its state now", body = CatalogView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(State(server): State<Server>, _: Operator) -> Json<CatalogView> {
    Json(server.agent().catalog_state().into())
}

/// Starts a fetch of the catalogue; where one is under way, another one after it. Its progress is read from
/// `GET /api/v1/catalog`.
#[utoipa::path(post, path = "/api/v1/catalog/sync", tag = "operator", security(("operator" = [])),
    request_body = SyncInput,
    responses(
        (status = 202, description = "It will be made", body = CatalogView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "No connected integration feeds the catalogue", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn sync(
    State(server): State<Server>,
    _: Operator,
    Body(input): Body<SyncInput>,
) -> Answer<(StatusCode, Json<CatalogView>)> {
    let kind = if input.whole { CatalogFetch::Whole } else { CatalogFetch::Changes };
    if !server.agent().sync_catalog(kind) {
        return Err(Problem::new(Kind::Conflict)
            .detail("no connected integration feeds the catalogue")
            .fix("connect a shop with `PUT /api/v1/integrations/{connector}`, then it is fetched by itself"));
    }
    Ok((StatusCode::ACCEPTED, Json(server.agent().catalog_state().into())))
}

//! Whether the audit holds: where it stands, what was signed of it, and the last look over the whole of it, which goes on
//! in the background.

use super::audit::{CheckView, verified};
use super::{Operator, Server};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use utoipa::ToSchema;

/// Looks over the whole audit since the server's start.
#[derive(Default)]
pub(super) struct Verifications(Mutex<Standing>);

#[derive(Default)]
struct Standing {
    running: Option<Running>,
    last: Option<Ended>,
}

#[derive(Clone)]
struct Running {
    by: String,
    started_at: String,
    of: u64,
    read: Arc<AtomicU64>,
}

#[derive(Clone)]
struct Ended {
    by: String,
    at: String,
    outcome: Result<CheckView, String>,
}

impl Verifications {
    fn now(&self) -> MutexGuard<'_, Standing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A look over the whole audit that goes on.
#[derive(Serialize, ToSchema)]
struct VerifyingView {
    /// Who began it.
    by: String,
    /// When (RFC 3339).
    #[schema(format = DateTime)]
    started_at: String,
    /// Lines that were read.
    read: u64,
    /// Lines that there were when it began.
    of: u64,
}

/// The last look over the whole audit.
#[derive(Serialize, ToSchema)]
struct VerifiedView {
    /// Who had it done.
    by: String,
    /// When it ended (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
    /// What was found; missing where it could not be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<CheckView>,
    /// Why it could not be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

/// The last signed checkpoint.
#[derive(Serialize, ToSchema)]
struct SignedView {
    /// The number of the line after which it was signed; missing where its signature doesn't hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<u64>,
    /// When (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
}

/// How the chain of the audit's lines stands.
#[derive(Serialize, ToSchema)]
pub(super) struct Chain {
    /// The last line's number; 0 before the first.
    last: u64,
    /// Its hash, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
    /// The last checkpoint. One is signed every hour and at the server's end, and on demand.
    #[serde(skip_serializing_if = "Option::is_none")]
    checkpoint: Option<SignedView>,
    /// The look over the whole audit that goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    verifying: Option<VerifyingView>,
    /// The last one since the server's start.
    #[serde(skip_serializing_if = "Option::is_none")]
    verified: Option<VerifiedView>,
}

async fn chain(server: &Server) -> Answer<Chain> {
    let head = server.store().audit_head().await?;
    let now = server.under_way().audit.now();
    Ok(Chain {
        last: head.last,
        hash: head.hash,
        checkpoint: head.signed_at.map(|at| SignedView { through: head.signed_through, at: at.to_string() }),
        verifying: now.running.as_ref().map(|running| VerifyingView {
            by: running.by.clone(),
            started_at: running.started_at.clone(),
            read: running.read.load(Ordering::Relaxed),
            of: running.of,
        }),
        verified: now.last.clone().map(|ended| VerifiedView {
            by: ended.by,
            at: ended.at,
            failure: ended.outcome.as_ref().err().cloned(),
            check: ended.outcome.ok(),
        }),
    })
}

/// How the audit stands: its last line, the last checkpoint, and the last look over the whole of it.
#[utoipa::path(get, path = "/api/v1/audit/chain", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "How it stands", body = Chain),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(State(server): State<Server>, _: Operator) -> Answer<Json<Chain>> {
    chain(&server).await.map(Json)
}

/// Begins to read the whole audit and to compare it with its hashes and its checkpoints, those beside the database as
/// well.
#[utoipa::path(post, path = "/api/v1/audit/verification", tag = "operator", security(("operator" = [])),
    responses(
        (status = 202, description = "Begun: read on with `GET /api/v1/audit/chain`", body = Chain),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It goes on already", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn begin(State(server): State<Server>, operator: Operator) -> Answer<(StatusCode, Json<Chain>)> {
    let of = server.store().audit_head().await?.last;
    let running = Running { by: operator.name.clone(), started_at: server.now().to_string(), of, read: Arc::default() };
    {
        let mut now = server.under_way().audit.now();
        if now.running.is_some() {
            return Err(Problem::new(Kind::Conflict)
                .detail("the audit is being verified already")
                .fix("wait for its end"));
        }
        now.running = Some(running.clone());
    }
    tracing::info!(operator = operator.name, "the audit is verified");
    let behind = server.clone();
    tokio::spawn(async move {
        let outcome = verified(&behind, "", running.read).await;
        let outcome = outcome.map(CheckView::from).map_err(|problem| problem.words());
        let mut now = behind.under_way().audit.now();
        now.running = None;
        now.last = Some(Ended { by: running.by, at: behind.now().to_string(), outcome });
    });
    Ok((StatusCode::ACCEPTED, Json(chain(&server).await?)))
}

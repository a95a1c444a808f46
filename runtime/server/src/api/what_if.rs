//! What would another release have said? Recorded conversations of a release's plugin, run again in the background, so
//! that a page can show how far it is. Nobody is asked and nothing is done meanwhile.

use super::extract::{Body, Named};
use super::releases::DigestPrefix;
use super::replay::{Last, Replayed, ReplayedTurn, conversations_of, run};
use super::{Operator, Server};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use usher_host::{Digest, Release};
use usher_manifest::PluginId;
use utoipa::ToSchema;

/// Replays of so many releases are kept; the one that ended first goes first.
const KEPT: usize = 16;
/// Turns that came out otherwise are kept up to this number, and counted beyond it.
const SHOWN: usize = 200;

/// The replays that were begun since the server's start, by release.
#[derive(Default)]
pub(super) struct WhatIfs(Mutex<HashMap<Digest, Arc<WhatIf>>>);

/// One of them.
struct WhatIf {
    by: String,
    started_at: String,
    stopped: AtomicBool,
    progress: Mutex<Progress>,
}

#[derive(Clone, Default)]
struct Progress {
    /// None as long as the conversations are looked for.
    of: Option<usize>,
    conversations: usize,
    turns: usize,
    identical: usize,
    unreadable: usize,
    left_out: usize,
    results: Vec<ReplayedTurn>,
    finished_at: Option<String>,
    failure: Option<String>,
}

impl WhatIf {
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WhatIfs {
    fn all(&self) -> MutexGuard<'_, HashMap<Digest, Arc<WhatIf>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, digest: &Digest) -> Option<Arc<WhatIf>> {
        self.all().get(digest).cloned()
    }

    /// Keeps a new one; none where the release has one that isn't over.
    fn begin(&self, digest: Digest, new: WhatIf) -> Option<Arc<WhatIf>> {
        let mut all = self.all();
        let running = |one: &Arc<WhatIf>| one.progress().finished_at.is_none();
        if all.get(&digest).is_some_and(running) {
            return None;
        }
        while all.len() >= KEPT {
            let ended = all.iter().filter_map(|(digest, one)| Some((one.progress().finished_at.clone()?, *digest)));
            let Some((_, oldest)) = ended.min() else { break };
            all.remove(&oldest);
        }
        let new = Arc::new(new);
        all.insert(digest, new.clone());
        Some(new)
    }
}

/// How far a replay is, and what came of it so far.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = WhatIf)]
pub(super) struct WhatIfView {
    /// `none` (nobody began one since the server's start), `running`, `done`, `stopped` or `failed`.
    state: &'static str,
    /// Who began it.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// When it began (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    started_at: Option<String>,
    /// When it ended (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    finished_at: Option<String>,
    /// Conversations that it will have run; missing as long as they are looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<usize>,
    /// Conversations that it has run.
    conversations: usize,
    /// Askings of the skill in them.
    turns: usize,
    /// Those that came out the same.
    identical: usize,
    /// Turns whose recording was erased or whose time is over.
    unreadable: usize,
    /// Turns that came out otherwise and aren't among the results, since those are too many.
    left_out: usize,
    /// The turns that came out otherwise or couldn't be run, up to 200.
    results: Vec<ReplayedTurn>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

impl WhatIfView {
    fn of(one: Option<&WhatIf>) -> Self {
        let Some(one) = one else { return Self { state: "none", ..Self::default() } };
        let progress = one.progress().clone();
        let state = match (&progress.finished_at, &progress.failure) {
            (None, _) => "running",
            (Some(_), Some(_)) => "failed",
            (Some(_), None) if one.stopped.load(Ordering::Relaxed) => "stopped",
            (Some(_), None) => "done",
        };
        Self {
            state,
            by: Some(one.by.clone()),
            started_at: Some(one.started_at.clone()),
            finished_at: progress.finished_at,
            of: progress.of,
            conversations: progress.conversations,
            turns: progress.turns,
            identical: progress.identical,
            unreadable: progress.unreadable,
            left_out: progress.left_out,
            results: progress.results,
            failure: progress.failure,
        }
    }
}

/// Begins to run the last conversations of a release's plugin on that release.
#[utoipa::path(post, path = "/api/v1/releases/{digest}/what-if", tag = "operator", security(("operator" = [])),
    params(("digest" = String, Path, description = "A release of a skill: its digest, or at least six digits of it")),
    request_body = Last,
    responses(
        (status = 202, description = "Begun: read on with GET", body = WhatIfView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such release", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "One runs already, or it is a connector's release", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn begin(
    State(server): State<Server>,
    operator: Operator,
    Named(name): Named<DigestPrefix>,
    Body(last): Body<Last>,
) -> Answer<(StatusCode, Json<WhatIfView>)> {
    let release = name.find(&server)?;
    if release.sheet.kind != usher_manifest::Kind::Skill {
        return Err(Problem::new(Kind::Conflict)
            .detail(format!("{} is a connector, and only skills are run again", release.plugin))
            .fix("choose a skill's release"));
    }
    let new = WhatIf {
        by: operator.name.clone(),
        started_at: server.now().to_string(),
        stopped: AtomicBool::new(false),
        progress: Mutex::default(),
    };
    let begun = server.under_way().what_ifs.begin(release.digest, new).ok_or_else(|| {
        Problem::new(Kind::Conflict)
            .detail("a replay of this release runs already")
            .fix("wait for it, or stop it first")
    })?;
    tracing::info!(plugin = %release.plugin, operator = operator.name, "recorded conversations are run again");
    tokio::spawn(work(server.clone(), release, last.count(), begun.clone()));
    Ok((StatusCode::ACCEPTED, Json(WhatIfView::of(Some(&begun)))))
}

/// How far the replay of a release is, and what came of it.
#[utoipa::path(get, path = "/api/v1/releases/{digest}/what-if", tag = "operator", security(("operator" = [])),
    params(("digest" = String, Path, description = "A release of a skill: its digest, or at least six digits of it")),
    responses(
        (status = 200, description = "The last one that was begun", body = WhatIfView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such release", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(
    State(server): State<Server>,
    _: Operator,
    Named(name): Named<DigestPrefix>,
) -> Answer<Json<WhatIfView>> {
    let digest = name.find(&server)?.digest;
    Ok(Json(WhatIfView::of(server.under_way().what_ifs.of(&digest).as_deref())))
}

/// Stops the replay of a release after the conversation that is under way. What came of it so far stays.
#[utoipa::path(delete, path = "/api/v1/releases/{digest}/what-if", tag = "operator", security(("operator" = [])),
    params(("digest" = String, Path, description = "A release of a skill: its digest, or at least six digits of it")),
    responses(
        (status = 204, description = "It stops, or was over"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such release", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn stop(
    State(server): State<Server>,
    _: Operator,
    Named(name): Named<DigestPrefix>,
) -> Answer<StatusCode> {
    let digest = name.find(&server)?.digest;
    if let Some(one) = server.under_way().what_ifs.of(&digest)
        && one.progress().finished_at.is_none()
    {
        one.stopped.store(true, Ordering::Relaxed);
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn work(server: Server, release: Arc<Release>, last: usize, one: Arc<WhatIf>) {
    let wanted = (release.plugin.clone(), release.digest);
    let failure = replay_all(&server, &wanted, last, &one).await.err().map(|problem| problem.words());
    let mut progress = one.progress();
    progress.failure = failure;
    progress.finished_at = Some(server.now().to_string());
}

async fn replay_all(server: &Server, wanted: &(PluginId, Digest), last: usize, one: &WhatIf) -> Answer<()> {
    let conversations = conversations_of(server, &wanted.0, last).await?;
    one.progress().of = Some(conversations.len());
    for id in conversations {
        if one.stopped.load(Ordering::Relaxed) || *server.closing().borrow() {
            one.stopped.store(true, Ordering::Relaxed);
            return Ok(());
        }
        let mut replayed = Replayed::default();
        run(server, id, Some(wanted), false, &mut replayed).await?;
        let mut progress = one.progress();
        progress.conversations += 1;
        progress.turns += replayed.turns;
        progress.identical += replayed.identical;
        progress.unreadable += replayed.unreadable;
        let room = SHOWN.saturating_sub(progress.results.len());
        progress.left_out += replayed.results.len().saturating_sub(room);
        progress.results.extend(replayed.results.into_iter().take(room));
    }
    Ok(())
}

//! Whether this machine keeps hostile plugins within their limits: components that attack the server, run in a process
//! of its own with hosts and folders of its own. What came of it the last time is kept in the data folder.

use super::{Operator, Server};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use crate::run::PROBE;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;
use usher_host::Limits;
use utoipa::ToSchema;

/// In the data folder: what came of the last run.
const FILE: &str = "probes.json";
/// No run takes longer, unless this machine can't do it.
const PATIENCE: Duration = Duration::from_secs(600);

/// The run that is under way, or the last one.
#[derive(Default)]
pub(super) struct Probing(Mutex<Option<Arc<Run>>>);

struct Run {
    by: String,
    started_at: String,
    progress: Mutex<Progress>,
}

#[derive(Clone, Default)]
struct Progress {
    of: Option<usize>,
    probes: Vec<ProbeView>,
    finished_at: Option<String>,
    failure: Option<String>,
}

impl Run {
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Probing {
    fn now(&self) -> MutexGuard<'_, Option<Arc<Run>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What came of one attack.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Probe)]
struct ProbeView {
    /// Its name.
    probe: String,
    /// What it tried.
    what: String,
    /// The limit or rule that had to stop it.
    guard: String,
    /// Whether that stopped it, and an honest skill was answered after it.
    stopped: bool,
    /// Whether anything did.
    ended: bool,
    /// What was seen, in the runtime's words.
    seen: String,
    /// Whether it ran under smaller limits than the operator's own, so as not to wait for minutes.
    tightened: bool,
    /// Microseconds: from the file to its refusal, or the call alone.
    took_us: u64,
}

/// How a run of the probes stands.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
pub(super) struct Probes {
    /// `none` (never on this server), `running`, `done` or `failed`.
    state: String,
    /// Who began it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// When it began (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    started_at: Option<String>,
    /// When it ended (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    finished_at: Option<String>,
    /// The version of the program that ran it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// How many probes there are; missing before that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<usize>,
    /// Those that the limit or rule that they name stopped.
    stopped: usize,
    /// Those that something else stopped: a limit can't be reached where another one comes first.
    otherwise: usize,
    /// Those that nothing stopped: no plugin of a stranger should run on this machine then.
    not_stopped: usize,
    /// What came of each so far.
    probes: Vec<ProbeView>,
    /// Why it could not be run to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

impl Probes {
    fn of(run: &Run) -> Self {
        let progress = run.progress().clone();
        let count = |wanted: fn(&ProbeView) -> bool| progress.probes.iter().filter(|probe| wanted(probe)).count();
        let state = match (&progress.finished_at, &progress.failure) {
            (None, _) => "running",
            (Some(_), None) => "done",
            (Some(_), Some(_)) => "failed",
        };
        Self {
            state: state.to_owned(),
            by: Some(run.by.clone()),
            started_at: Some(run.started_at.clone()),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            of: progress.of,
            stopped: count(|probe| probe.stopped),
            otherwise: count(|probe| !probe.stopped && probe.ended),
            not_stopped: count(|probe| !probe.ended),
            finished_at: progress.finished_at,
            probes: progress.probes,
            failure: progress.failure,
        }
    }
}

fn file(server: &Server) -> PathBuf {
    server.config().data_dir.join(FILE)
}

/// Whether hostile components are stopped on this machine: the run that is under way, or what came of the last one.
#[utoipa::path(get, path = "/api/v1/probes", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "The run that is under way, or the last one", body = Probes),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(State(server): State<Server>, _: Operator) -> Json<Probes> {
    let now = server.under_way().probes.now().clone();
    if let Some(run) = now {
        return Json(Probes::of(&run));
    }
    let none = || Probes { state: "none".to_owned(), ..Probes::default() };
    let kept = tokio::fs::read(file(&server)).await.ok();
    Json(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_else(none))
}

/// Begins to run components that attack the server, under its limits, in a process of its own. It takes about half a
/// minute; customers are served meanwhile, a little slower.
#[utoipa::path(post, path = "/api/v1/probes", tag = "operator", security(("operator" = [])),
    responses(
        (status = 202, description = "Begun: read on with GET", body = Probes),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "A run is under way", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn begin(State(server): State<Server>, operator: Operator) -> Answer<(StatusCode, Json<Probes>)> {
    let run = {
        let mut now = server.under_way().probes.now();
        if now.as_ref().is_some_and(|run| run.progress().finished_at.is_none()) {
            return Err(Problem::new(Kind::Conflict).detail("the probes run already").fix("wait for their end"));
        }
        let run = Arc::new(Run {
            by: operator.name.clone(),
            started_at: server.now().to_string(),
            progress: Mutex::default(),
        });
        *now = Some(run.clone());
        run
    };
    tracing::info!(operator = operator.name, "hostile components are run against this machine's limits");
    let begun = Probes::of(&run);
    tokio::spawn(work(server, run));
    Ok((StatusCode::ACCEPTED, Json(begun)))
}

async fn work(server: Server, run: Arc<Run>) {
    let ended = match tokio::time::timeout(PATIENCE, probe(&server, &run)).await {
        Ok(ended) => ended,
        Err(_) => Err(format!("it took longer than {} seconds", PATIENCE.as_secs())),
    };
    {
        let mut progress = run.progress();
        progress.failure = ended.err();
        progress.finished_at = Some(server.now().to_string());
    }
    let came = Probes::of(&run);
    if came.state != "done" {
        tracing::error!(failure = came.failure, "the probes could not be run to their end");
    } else if came.not_stopped > 0 {
        tracing::error!(not_stopped = came.not_stopped, "hostile components were NOT STOPPED on this machine");
    }
    let kept = match serde_json::to_vec_pretty(&came) {
        Ok(json) => tokio::fs::write(file(&server), json).await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    if let Err(error) = kept {
        tracing::warn!(error, "what came of the probes can't be kept");
    }
}

/// What the process writes before its reports.
#[derive(Deserialize)]
struct Count {
    of: usize,
}

async fn probe(server: &Server, run: &Run) -> Result<(), String> {
    let limits: Limits = *server.host().limits();
    let mut child = Command::new(server.program())
        .arg(PROBE)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("its process can't be started: {error}"))?;
    let broken = |error: std::io::Error| format!("its process broke off: {error}");
    if let Some(mut stdin) = child.stdin.take() {
        let limits = serde_json::to_vec(&limits).map_err(|error| error.to_string())?;
        stdin.write_all(&limits).await.map_err(broken)?;
    }
    let Some(stdout) = child.stdout.take() else { return Err("its process can't be read".to_owned()) };
    let mut lines = BufReader::new(stdout).lines();
    let mut closing = server.closing();
    loop {
        let line = tokio::select! {
            line = lines.next_line() => line.map_err(broken)?,
            () = crate::listen::closed(&mut closing) => return Err("the server went down".to_owned()),
        };
        let Some(line) = line else { break };
        if let Ok(count) = serde_json::from_str::<Count>(&line) {
            run.progress().of = Some(count.of);
            continue;
        }
        let report = serde_json::from_str(&line).map_err(|error| format!("a report can't be read: {error}"))?;
        run.progress().probes.push(report);
    }
    let status = child.wait().await.map_err(broken)?;
    let progress = run.progress().clone();
    let whole = progress.of == Some(progress.probes.len());
    if status.success() && whole { Ok(()) } else { Err(format!("its process ended early ({status})")) }
}

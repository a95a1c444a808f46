//! A campaign: batch after batch of random components, each asked again and again, with an eye on everything that must
//! not change by it.

use crate::canary;
use crate::dice::Dice;
use crate::invoke::{Ending, invoke};
use crate::report::{Report, words};
use crate::stage::{Stage, limits};
use crate::subject::{BATCH, Source, Subject};
use crate::tools::{self, Shared};
use crate::{values, watch};
use anyhow::{Context as _, Result, anyhow, bail, ensure};
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::{JoinError, JoinSet};
use usher_host::ToolRegistry;
use usher_hostile::{Answer, Capture, integration};
use usher_manifest::Kind;

/// So many calls run at once. It is less than what the host admits, so that none has to wait for long.
const AT_ONCE: usize = 6;
/// The honest skills are asked after so many calls.
const CANARY: u64 = 1_000;
/// Resident memory may rise by so much from the first tenth of a campaign to its end, bytes.
const GROWTH: u64 = 64 << 20;
/// A call that takes longer than this, whatever its limits, hangs.
const HANGS: Duration = Duration::from_secs(60);

/// What to try.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Everything random follows from it.
    pub seed: u64,
    /// So many calls of random components.
    pub invocations: u64,
    /// So many of each component.
    pub each: u64,
    /// Or until so much time has passed.
    pub time: Option<Duration>,
    /// Only the component of this number, beside its batch.
    pub only: Option<u64>,
    /// A folder of the campaign's own. It is emptied at the start, and holds the components that are loaded.
    pub folder: PathBuf,
    /// Where built plugins are, to be damaged.
    pub plugins: PathBuf,
    /// The compiling process.
    pub compile: PathBuf,
}

/// How far it is, for whoever watches.
#[derive(Debug, Default)]
pub struct Progress {
    /// Calls that have ended.
    pub invocations: AtomicU64,
    /// Components that were loaded.
    pub components: AtomicU64,
}

/// What must not happen and did.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct Failure {
    /// What.
    pub problem: String,
    /// The component's number and its file, where one is known.
    pub component: Option<(u64, PathBuf)>,
    /// What was counted until then.
    pub report: Report,
}

/// Runs a campaign.
///
/// # Errors
/// The first thing that must not happen.
pub async fn run(plan: &Plan, progress: &Progress) -> Result<Report, Box<Failure>> {
    let mut campaign =
        Campaign { plan, progress, report: Report { seed: plan.seed, ..Report::default() }, samples: Vec::new() };
    let ended = campaign.run().await;
    let report = campaign.report;
    match ended {
        Ok(()) => {
            let _ = std::fs::remove_dir_all(&plan.folder);
            Ok(report)
        }
        Err(Problem { what, subject }) => {
            let component = subject.map(|subject| {
                let file = plan.folder.join(format!("failed-{}-{}.wasm", plan.seed, subject.number));
                let _ = std::fs::write(&file, &subject.bytes);
                (subject.number, file)
            });
            Err(Box::new(Failure { problem: format!("{what:#}"), component, report }))
        }
    }
}

/// What went wrong, and with which component.
struct Problem {
    what: anyhow::Error,
    subject: Option<Arc<Subject>>,
}

impl From<anyhow::Error> for Problem {
    fn from(what: anyhow::Error) -> Self {
        Self { what, subject: None }
    }
}

/// A call that ended, or did something that must not be.
type Ended = (Arc<Subject>, Result<Ending>);

struct Campaign<'a> {
    plan: &'a Plan,
    progress: &'a Progress,
    report: Report,
    /// Resident memory after how many calls and how much time.
    samples: Vec<(u64, Duration, u64)>,
}

/// What a campaign works with.
struct Tried {
    stage: Stage,
    shared: Arc<Shared>,
    provider: Capture,
    functions: Arc<Vec<values::Function>>,
}

impl Campaign<'_> {
    async fn run(&mut self) -> Result<(), Problem> {
        watch::panics();
        let started = Instant::now();
        let plan = self.plan;
        let _ = std::fs::remove_dir_all(&plan.folder);
        let running = plan.folder.join("running");
        std::fs::create_dir_all(&running).with_context(|| format!("making {}", running.display()))?;
        let tried = set(plan).await?;
        let source = Source::new(plan.seed, &plan.plugins)?;
        for honest in canary::components() {
            tried.stage.load(&honest).await?.map_err(|reason| anyhow!("an honest skill is refused: {reason}"))?;
        }
        self.canary(&tried, started).await?;
        let mut batch = plan.only.map_or(0, |only| only / BATCH);
        while self.report.invocations < plan.invocations && plan.time.is_none_or(|time| started.elapsed() < time) {
            let subjects = self.draw(&source, batch)?;
            let live = self.load(&tried, subjects).await?;
            self.connect(&tried, &live).await?;
            let calling = Instant::now();
            self.ask(&tried, batch, &live, started).await?;
            self.report.calling += calling.elapsed();
            for subject in &live {
                let problem = |what| Problem { what, subject: Some(subject.clone()) };
                tried.stage.unload(&subject.digest).await.map_err(problem)?;
            }
            self.report.took = started.elapsed();
            if plan.only.is_some() {
                break;
            }
            batch += 1;
        }
        self.canary(&tried, started).await?;
        self.report.took = started.elapsed();
        self.memory()?;
        Ok(())
    }

    /// The components of a batch, no two with the same id.
    fn draw(&mut self, source: &Source, batch: u64) -> Result<Vec<Arc<Subject>>> {
        let mut ids = HashSet::new();
        let mut subjects = Vec::new();
        for number in batch * BATCH..(batch + 1) * BATCH {
            let subject = source.subject(number, &mut self.report.inspected)?;
            if let Some(subject) = subject.filter(|subject| ids.insert(subject.id.clone())) {
                subjects.push(Arc::new(subject));
            }
        }
        Ok(subjects)
    }

    /// Loads the components, counts what the host said of them, and returns those that are live.
    async fn load(&mut self, tried: &Tried, subjects: Vec<Arc<Subject>>) -> Result<Vec<Arc<Subject>>, Problem> {
        let mut live = Vec::new();
        for subject in subjects {
            // Should the process itself end, what it was doing is there to see.
            let file = self.plan.folder.join("running").join(format!("{}.wasm", subject.id.file_stem()));
            std::fs::write(&file, &subject.bytes).with_context(|| format!("writing {}", file.display()))?;
            let problem = |what| Problem { what, subject: Some(subject.clone()) };
            let verdict = match tried.stage.load(&subject.bytes).await.map_err(problem)? {
                Ok(()) => {
                    self.progress.components.fetch_add(1, Ordering::Relaxed);
                    live.push(subject.clone());
                    "live".to_owned()
                }
                // A child that panicked or was killed by a signal is not a refusal.
                Err(reason) if reason.contains("panicked") || reason.contains("signal") => {
                    return Err(problem(anyhow!("the compiling process: {reason}")));
                }
                Err(reason) => words(&reason),
            };
            *self.report.loaded.entry(format!("{}: {verdict}", subject.origin)).or_default() += 1;
        }
        Ok(live)
    }

    /// Connects the connectors among them, to a provider on the loopback.
    async fn connect(&self, tried: &Tried, live: &[Arc<Subject>]) -> Result<()> {
        for subject in live.iter().filter(|subject| subject.kind == Kind::Connector) {
            let mut wanted = integration(&subject.id);
            wanted.stand_ins.insert("api.provider.example".into(), tried.provider.url.clone());
            // One that needs settings or secrets stays unconnected.
            let _ = tried.stage.host.connect(wanted).await;
        }
        Ok(())
    }

    /// Asks each component so often, in a random order, several at once.
    async fn ask(&mut self, tried: &Tried, batch: u64, live: &[Arc<Subject>], started: Instant) -> Result<(), Problem> {
        let plan = self.plan;
        let asked: Vec<_> = live.iter().filter(|subject| plan.only.is_none_or(|only| only == subject.number)).collect();
        if asked.is_empty() && plan.only.is_some() {
            return Err(anyhow!("the component that was asked for is refused").into());
        }
        let generation = tried.stage.host.generation();
        let calls = asked.iter().flat_map(|subject| (0..plan.each).map(move |call| (Arc::clone(subject), call)));
        let mut calls: Vec<(Arc<Subject>, u64)> = calls.collect();
        Dice::of(plan.seed, !batch).shuffle(&mut calls);
        let mut running: JoinSet<Ended> = JoinSet::new();
        for (subject, call) in calls {
            if self.report.invocations >= plan.invocations || plan.time.is_some_and(|time| started.elapsed() >= time) {
                break;
            }
            let (stage, generation, functions) =
                (tried.stage.host.clone(), generation.clone(), tried.functions.clone());
            let dice = Dice::of(plan.seed ^ subject.number, call);
            running.spawn(async move {
                let name = format!("{}-{call}", subject.number);
                let work = invoke(&stage, &generation, &functions, &subject, name, dice);
                let ending = match tokio::time::timeout(HANGS, work).await {
                    Ok(ending) => ending,
                    Err(_) => Err(anyhow!("a call did not return within {} s", HANGS.as_secs())),
                };
                (subject, ending)
            });
            self.report.invocations += 1;
            if running.len() >= AT_ONCE {
                self.end(tried, running.join_next().await)?;
            }
            if self.report.invocations.is_multiple_of(CANARY) {
                while let Some(ended) = running.join_next().await {
                    self.end(tried, Some(ended))?;
                }
                self.canary(tried, started).await?;
            }
        }
        while let Some(ended) = running.join_next().await {
            self.end(tried, Some(ended))?;
        }
        Ok(())
    }

    fn end(&mut self, tried: &Tried, ended: Option<Result<Ended, JoinError>>) -> Result<(), Problem> {
        let Some(ended) = ended else { return Ok(()) };
        let (subject, ending) = ended.map_err(|error| anyhow!("a call ended in a panic: {error}"))?;
        let problem = |what| Problem { what, subject: Some(subject.clone()) };
        let ending = ending.map_err(problem)?;
        *self.report.endings.entry(ending.how).or_default() += 1;
        for tool in ending.tools {
            *self.report.tools.entry(tool).or_default() += 1;
        }
        self.progress.invocations.fetch_add(1, Ordering::Relaxed);
        if let Some(panic) = watch::panicked() {
            return Err(problem(anyhow!("there was a panic: {panic}")));
        }
        let wrong = tried.shared.wrong.lock().unwrap_or_else(PoisonError::into_inner).take();
        wrong.map_or(Ok(()), |wrong| Err(problem(anyhow!("{wrong}"))))
    }

    async fn canary(&mut self, tried: &Tried, started: Instant) -> Result<()> {
        let host = &tried.stage.host;
        ensure!(host.free_calls() == limits().concurrent_calls, "only {} calls could begin", host.free_calls());
        ensure!(host.draining().is_empty(), "turns are under way on generations that have none: {:?}", host.draining());
        canary::ask(&tried.stage, &tried.shared).await?;
        self.report.canaries += 1;
        drop(tried.provider.take());
        if let Some(resident) = watch::resident() {
            self.samples.push((self.report.invocations, started.elapsed(), resident));
        }
        self.memory()
    }

    /// Compares memory with what it was when a tenth was done.
    fn memory(&mut self) -> Result<()> {
        let plan = self.plan;
        let tenth = |(calls, time, _): &&(u64, Duration, u64)| {
            *calls * 10 >= plan.invocations || plan.time.is_some_and(|limit| *time * 10 >= limit)
        };
        let mut later = self.samples.iter().skip_while(|sample| !tenth(sample)).map(|(_, _, resident)| *resident);
        let Some(first) = later.next() else { return Ok(()) };
        let most = later.max().unwrap_or(first);
        self.report.memory = Some((first, most));
        if most > first + GROWTH {
            bail!("resident memory rose from {} MiB to {} MiB", first >> 20, most >> 20);
        }
        Ok(())
    }
}

async fn set(plan: &Plan) -> Result<Tried> {
    let engine = wasmtime::Engine::new(&usher_host::engine_config()).map_err(|error| anyhow!("{error:#}"))?;
    let shared = Arc::new(Shared::default());
    let runtime = tools::all(plan.seed, values::tools(&engine)?, &ToolRegistry::shipped()?, &shared);
    let stage = Stage::set(&plan.folder, &plan.compile, runtime).await?;
    let seed = plan.seed;
    let provider = Capture::start(move |seen| {
        let mut dice = Dice::of(seed, seen.bytes.len() as u64);
        let status = *dice.pick(&[200, 200, 201, 301, 404, 429, 500]);
        let body: String = (0..dice.below(30)).map(|_| dice.text()).collect();
        match dice.below(20) {
            0 => Answer::Reset(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc".to_vec()),
            1 => Answer::Last(dice.bytes(60)),
            _ => Answer::http(status, "content-type: text/plain\r\nx-random: 1\r\n", &body),
        }
    })
    .await;
    Ok(Tried { stage, shared, provider, functions: Arc::new(values::tools(&engine)?) })
}

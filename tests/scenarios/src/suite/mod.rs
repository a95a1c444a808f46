//! Scenarios in plain files: `suite/*.toml` and `suite/<skill>/*.toml` of this crate. What stands in such a file, and how
//! to read a failure, is explained in `suite/README.md`.
//!
//! The format is the product's own, whose operators keep scenarios too (`usher_agent::scenario`); [`file`] is what only the
//! suite knows of it. [`stage`] brings the shop into the state that a scenario is given and back again; [`play`] lets the
//! customer speak; [`check`] compares what came of it, as the product does, and looks at the providers; [`names`] puts the shop's own names where a
//! file has `{order}`. [`run`] does it for all files: scenarios that only look share one server and run side by side, and
//! those that change something take turns on another. [`channels`] plays chosen ones on all four channels, on which a
//! [`writer`] has a phone or a mailbox.

pub mod channels;
mod check;
mod file;
mod names;
mod play;
mod stage;
mod writer;

pub use writer::Arrived;

use file::Loaded;
use stage::Stage;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::task::JoinSet;

/// Scenarios that talk to one server at the same time.
const SIDE_BY_SIDE: usize = 8;

/// What came of the scenarios.
#[derive(Debug, Default)]
pub struct Report {
    /// How many ran, by the skill whose folder they lie in.
    pub ran: BTreeMap<String, usize>,
    /// Those that failed, each explained for a reader of the file.
    pub failures: Vec<String>,
    /// Those of which it is known that they don't go as written yet.
    pub not_yet: Vec<String>,
}

/// The folder with the files.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("suite")
}

/// Runs the scenarios of all files whose name or whose scenario's name holds `only`.
///
/// # Errors
/// A file can't be read, or says something that the format doesn't know.
pub async fn run(folder: &Path, only: &str) -> Result<Report, String> {
    let (setting, all) = file::load(folder)?;
    let chosen = all.into_iter().filter(|one| one.place.contains(only) || one.scenario.name.contains(only));
    let (alone, together): (Vec<_>, Vec<_>) = chosen.partition(|one| one.changes_something());
    let setting = Arc::new(setting);
    let (beside, after) = tokio::join!(side_by_side(Arc::clone(&setting), together), in_turn(setting, alone));
    let mut report = Report::default();
    for (loaded, outcome) in beside.into_iter().chain(after) {
        *report.ran.entry(loaded.skill.clone()).or_default() += 1;
        let edge: String = loaded.scenario.edge.iter().map(|edge| format!(" ({edge})")).collect();
        let named = format!("{}: «{}»{edge}", loaded.place, loaded.scenario.name);
        match (outcome, &loaded.scenario.not_yet) {
            (Ok(()), None) => {}
            (Err(why), None) => report.failures.push(format!("{named}\n{why}")),
            (Err(_), Some(reason)) => report.not_yet.push(format!("{named}: {reason}")),
            (Ok(()), Some(_)) => report.failures.push(format!("{named}\n  it goes as written: take `not-yet` out")),
        }
    }
    report.failures.sort();
    report.not_yet.sort();
    Ok(report)
}

type Outcomes = Vec<(Arc<Loaded>, Result<(), String>)>;

async fn side_by_side(setting: Arc<file::Setting>, scenarios: Vec<Loaded>) -> Outcomes {
    if scenarios.is_empty() {
        return Vec::new();
    }
    let stage = Arc::new(Stage::open(setting, &BTreeMap::new()).await);
    let mut outcomes = Vec::new();
    let mut running = JoinSet::new();
    for loaded in scenarios {
        if running.len() >= SIDE_BY_SIDE
            && let Some(ended) = running.join_next().await
        {
            outcomes.extend(ended.ok());
        }
        let (stage, loaded) = (Arc::clone(&stage), Arc::new(loaded));
        running.spawn(async move {
            let outcome = guarded(&stage, &loaded).await;
            (loaded, outcome)
        });
    }
    while let Some(ended) = running.join_next().await {
        outcomes.extend(ended.ok());
    }
    outcomes
}

async fn in_turn(setting: Arc<file::Setting>, scenarios: Vec<Loaded>) -> Outcomes {
    let mut groups: BTreeMap<BTreeMap<String, String>, Vec<Loaded>> = BTreeMap::new();
    for loaded in scenarios {
        groups.entry(loaded.given.settings.clone()).or_default().push(loaded);
    }
    let mut outcomes = Vec::new();
    for (settings, scenarios) in groups {
        let stage = Arc::new(Stage::open(Arc::clone(&setting), &settings).await);
        for loaded in scenarios {
            let loaded = Arc::new(loaded);
            let outcome = guarded(&stage, &loaded).await;
            let outcome = match stage.restore().await {
                Ok(()) => outcome,
                Err(why) => outcome.and(Err(format!("  the shop can't be set back afterwards: {why}"))),
            };
            outcomes.push((loaded, outcome));
        }
    }
    outcomes
}

/// A request that the server refuses ends the scenario, not the run.
async fn guarded(stage: &Arc<Stage>, loaded: &Arc<Loaded>) -> Result<(), String> {
    let (stage, loaded) = (Arc::clone(stage), Arc::clone(loaded));
    let playing = tokio::spawn(async move { play::play(&stage, &loaded).await });
    match playing.await {
        Ok(outcome) => outcome,
        Err(error) => Err(match error.try_into_panic() {
            Ok(panic) => match panic.downcast::<String>() {
                Ok(text) => format!("  it couldn't be played: {text}"),
                Err(_) => "  it couldn't be played; the reason stands above".to_owned(),
            },
            Err(error) => format!("  it couldn't be played: {error}"),
        }),
    }
}

//! Takes probes the way of every plugin, and says what stopped each.

use crate::declaration::HOST;
use crate::error::Error;
use crate::lab::{Lab, context, honest, integration, turn};
use crate::probe::{Observation, Probe, Stop};
use crate::probes::ID;
use crate::provider::Provider;
use serde::Serialize;
use std::path::Path;
use std::time::{Duration, Instant};
use usher_host::skill::{Assurance, Outcome};
use usher_host::{CompileCommand, Generation, Handled, Integration, Limits};
use usher_manifest::PluginId;

/// What came of a probe.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The probe's name.
    pub probe: &'static str,
    /// What it tried.
    pub what: &'static str,
    /// What had to stop it.
    pub guard: &'static str,
    /// Whether that stopped it, and an honest skill was answered after it.
    pub stopped: bool,
    /// Whether anything did: another limit may come first where the operator's limits differ much from the defaults.
    pub ended: bool,
    /// What was seen, in the runtime's words.
    pub seen: String,
    /// Whether it ran under smaller limits than the operator's own, so as not to wait for minutes.
    pub tightened: bool,
    /// How long it took, microseconds: from the file to its refusal, or the call alone.
    pub took_us: u64,
}

/// Runs probes in hosts of its own, in temporary folders.
pub struct Runner {
    compile: CompileCommand,
    lab: Lab,
    honest: PluginId,
}

impl Runner {
    /// Starts a host with these limits and loads an honest skill.
    ///
    /// # Errors
    /// Where the machine can't do that: there is no temporary folder, or no component can be compiled.
    pub async fn start(compile: CompileCommand, limits: Limits) -> Result<Self, Error> {
        let (lab, honest) = open(&compile, limits).await?;
        Ok(Self { compile, lab, honest })
    }

    /// Asks the honest skill; how long its turn took.
    ///
    /// # Errors
    /// What came instead of its answer.
    pub async fn canary(&self) -> Result<Duration, String> {
        canary(&self.lab, &self.honest).await
    }

    /// Runs a probe.
    ///
    /// # Errors
    /// Where it can't be run at all.
    pub async fn run(&self, probe: &Probe) -> Result<Report, Error> {
        if probe.tighten.is_none() {
            return attack(&self.lab, &self.honest, probe).await;
        }
        let (lab, honest) = open(&self.compile, probe.limits(self.lab.limits)).await?;
        attack(&lab, &honest, probe).await
    }
}

async fn open(compile: &CompileCommand, limits: Limits) -> Result<(Lab, PluginId), Error> {
    let lab = Lab::open(compile, limits).await?;
    let honest = honest();
    let id = honest.plugin()?;
    let generation = lab.put("honest.wasm", &honest.component()?).await?;
    match refusal(&generation, "honest.wasm") {
        None => Ok((lab, id)),
        Some(reason) => Err(Error::Fixture(format!("an honest skill was refused: {reason}"))),
    }
}

async fn attack(lab: &Lab, honest: &PluginId, probe: &Probe) -> Result<Report, Error> {
    // Each probe takes the place of the one before.
    let file = format!("{ID}.wasm");
    let bytes = probe.component(&lab.limits)?;
    let started = Instant::now();
    let generation = lab.put(&file, &bytes).await?;
    let (seen, took) = match refusal(&generation, &file) {
        Some(reason) => (Observation::Refused(reason), started.elapsed()),
        None => call(lab, probe).await?,
    };
    let (stopped, ended, seen) = match canary(lab, honest).await {
        Ok(_) => {
            let stopped = probe.stopped(&seen, &lab.limits);
            (stopped, stopped || seen.ended(), seen.words())
        }
        Err(instead) => (false, false, format!("{}; and an honest skill after it: {instead}", seen.words())),
    };
    Ok(Report {
        probe: probe.name,
        what: probe.what,
        guard: probe.guard,
        stopped,
        ended,
        seen,
        tightened: probe.tighten.is_some(),
        took_us: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
    })
}

/// Why a file isn't taken.
fn refusal(generation: &Generation, file: &str) -> Option<String> {
    let named = |path: &Path| path.file_name().is_some_and(|name| name == file);
    generation.refused.iter().find(|refused| named(&refused.file)).map(|refused| refused.reason.clone())
}

/// Calls a probe that was loaded; with the time of the call alone.
async fn call(lab: &Lab, probe: &Probe) -> Result<(Observation, Duration), Error> {
    let id: PluginId = ID.parse().map_err(|_| Error::Fixture("the probes' id is none".into()))?;
    match probe.stop {
        Stop::Check(_) => check(lab, &id).await,
        Stop::Together => Ok(crowd(lab, &id).await),
        _ => {
            let handled = ask(lab, &id).await;
            let took = handled.took;
            Ok((Observation::Handled(Box::new(handled)), took))
        }
    }
}

async fn ask(lab: &Lab, skill: &PluginId) -> Handled {
    lab.host.handle(&lab.host.generation(), skill, turn("attack"), context(Assurance::Authenticated)).await
}

/// Connects a connector to a provider that answers out of proportion, and asks whether it is well.
async fn check(lab: &Lab, connector: &PluginId) -> Result<(Observation, Duration), Error> {
    let provider = Provider::start(&lab.limits).await?;
    let stand_ins = [(HOST.to_owned(), provider.url.clone())].into();
    lab.host.connect(Integration { stand_ins, ..integration(connector) }).await?;
    let started = Instant::now();
    let seen = lab.host.check(connector).await;
    let took = started.elapsed();
    lab.host.disconnect(connector).await;
    Ok((Observation::Checked(seen), took))
}

/// Asks a skill that waits, by more turns than may be under way.
async fn crowd(lab: &Lab, skill: &PluginId) -> (Observation, Duration) {
    let started = Instant::now();
    let turns: Vec<_> = (0..lab.limits.concurrent_calls + 4)
        .map(|_| {
            let (host, skill) = (lab.host.clone(), skill.clone());
            let context = context(Assurance::Authenticated);
            tokio::spawn(async move { host.handle(&host.generation(), &skill, turn("wait"), context).await })
        })
        .collect();
    for turn in turns {
        // What each came to doesn't matter here: how many were under way does.
        let _ = turn.await;
    }
    (Observation::AtOnce(lab.waiting.most()), started.elapsed())
}

async fn canary(lab: &Lab, honest: &PluginId) -> Result<Duration, String> {
    let handled = ask(lab, honest).await;
    match handled.outcome {
        Ok(Outcome::Reply(reply)) if reply.text == "all is well" => Ok(handled.took),
        Ok(_) => Err("it answered something else".into()),
        Err(failure) => Err(failure.to_string()),
    }
}

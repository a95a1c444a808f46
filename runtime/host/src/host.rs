//! The host: loads plugins, publishes generations, and runs calls on them.

use crate::allowance::{Allowance, Hours};
use crate::breaker::{Admission, Breaker, Change};
use crate::cache::CompileCache;
use crate::compile::{CompileCommand, Compiler};
use crate::contract::Contract;
use crate::egress::Egress;
use crate::engine::{self, Ticker};
use crate::error::{CallFailure, Error};
use crate::fair::SlowLane;
use crate::folder::Folder;
use crate::gate::RuntimeTool;
use crate::generation::{Draining, Generation};
use crate::inspect::Digest;
use crate::intake;
use crate::integration::{Access, Integration};
use crate::journal::Handled;
use crate::ledger::{Action, Entry, Ledger};
use crate::limits::{LimitHit, Limits};
use crate::registry::ToolRegistry;
use crate::review::State;
use crate::shelf::Shelf;
use crate::skill::Turn;
use crate::skill_call::{self, TurnContext};
use crate::trust::TrustPolicy;
use crate::vault::Vault;
use arc_swap::ArcSwap;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, Weak};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, Semaphore, watch};
use usher_manifest::{FunctionName, InterfaceName, PluginId};
use wasmtime::Engine;

/// What a host is made of.
#[derive(Clone)]
pub struct HostConfig {
    /// The folder that plugins are proposed in (`*.wasm`, with `*.wasm.minisig` beside them), created where missing.
    pub folder: PathBuf,
    /// The folder for what the host keeps: components by digest, and what was compiled of them. Only for its own user.
    pub data: PathBuf,
    /// What calls may use.
    pub limits: Limits,
    /// What may be called in an hour, and when a plugin is quarantined.
    pub allowance: Allowance,
    /// What tools do, and what they need.
    pub registry: ToolRegistry,
    /// What may go live, and who must agree.
    pub policy: TrustPolicy,
    /// Where decisions are written.
    pub ledger: Arc<dyn Ledger>,
    /// How the compiling process is started.
    pub compile: CompileCommand,
    /// The tools that the runtime provides, by interface.
    pub tools: HashMap<InterfaceName, Arc<dyn RuntimeTool>>,
}

/// What all calls share.
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) limits: Limits,
    pub(crate) registry: ToolRegistry,
    pub(crate) policy: TrustPolicy,
    pub(crate) ledger: Arc<dyn Ledger>,
    pub(crate) egress: Egress,
    pub(crate) calls: Semaphore,
    pub(crate) hours: Hours,
    pub(crate) slow_lane: SlowLane,
    pub(crate) breaker: Breaker,
    pub(crate) contract: Contract,
    pub(crate) compiler: Compiler,
    pub(crate) vault: Arc<Vault>,
    pub(crate) tools: HashMap<InterfaceName, Arc<dyn RuntimeTool>>,
    pub(crate) shelf: Mutex<Shelf>,
    revoked: ArcSwap<HashSet<Digest>>,
    current: ArcSwap<Generation>,
    /// Generations that are live no longer and may have turns under way.
    former: std::sync::Mutex<Vec<(Instant, Weak<Generation>)>>,
    changed: watch::Sender<u64>,
    _ticker: Ticker,
}

/// The plugin host. Cloning it gives another handle to the same one.
#[derive(Clone)]
pub struct Host {
    pub(crate) shared: Arc<Shared>,
}

/// A handle that keeps no host alive: for what the host itself holds, like the runtime's tools.
#[derive(Clone)]
pub struct WeakHost(Weak<Shared>);

impl WeakHost {
    /// The host, as long as somebody else has it.
    #[must_use]
    pub fn upgrade(&self) -> Option<Host> {
        self.0.upgrade().map(|shared| Host { shared })
    }
}

impl Host {
    /// Starts a host: takes up what the ledger says is live, and looks at what is in the folder.
    ///
    /// # Errors
    /// Where the engine can't be started, the folders or the ledger can't be read, or the trust policy is older than
    /// one that was in force. A plugin that can't be loaded is no error: it is listed in [`Generation::refused`].
    pub async fn start(config: HostConfig) -> Result<Self, Error> {
        let engine = engine::engine().map_err(|error| Error::Engine(format!("{error:#}")))?;
        let ticker = Ticker::start(&engine).map_err(|error| Error::Engine(error.to_string()))?;
        let (changed, _) = watch::channel(0);
        let vault = Arc::new(Vault::open(&config.data.join("plugins"))?);
        let cache = CompileCache::open(&config.data.join("compiled"), &engine)?;
        let releases = config.ledger.releases().await?;
        take_into_force(&config.policy, &*config.ledger).await?;
        let shared = Arc::new(Shared {
            contract: Contract::read(&engine)?,
            engine,
            registry: config.registry,
            policy: config.policy,
            ledger: config.ledger,
            egress: Egress::new()?,
            calls: Semaphore::new(config.limits.concurrent_calls),
            hours: Hours::new(config.allowance),
            slow_lane: SlowLane::start().map_err(|error| Error::Engine(error.to_string()))?,
            breaker: Breaker::new(config.allowance),
            compiler: Compiler::new(config.compile).cached(cache),
            vault,
            limits: config.limits,
            tools: config.tools,
            shelf: Mutex::default(),
            revoked: ArcSwap::default(),
            current: ArcSwap::from_pointee(Generation::empty()),
            former: std::sync::Mutex::default(),
            changed,
            _ticker: ticker,
        });
        let host = Self { shared };
        let mut folder = Folder::open(&config.folder)?;
        let files = folder.look(true).await;
        host.shared.take_up(releases, files).await?;
        tokio::spawn(intake::watch_folder(Arc::downgrade(&host.shared), folder));
        Ok(host)
    }

    /// A handle that doesn't keep it alive.
    #[must_use]
    pub fn downgrade(&self) -> WeakHost {
        WeakHost(Arc::downgrade(&self.shared))
    }

    /// The live generation.
    #[must_use]
    pub fn generation(&self) -> Arc<Generation> {
        self.shared.generation()
    }

    /// Tells of every new generation, by its number.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.changed.subscribe()
    }

    /// The limits that calls run under.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// The registry of tools.
    #[must_use]
    pub fn registry(&self) -> &ToolRegistry {
        &self.shared.registry
    }

    /// The trust policy in force.
    #[must_use]
    pub fn policy(&self) -> &TrustPolicy {
        &self.shared.policy
    }

    /// All functions of `usher:tools`, read from the contract itself.
    #[must_use]
    pub fn contract(&self) -> Vec<FunctionName> {
        let mut names: Vec<_> = self.shared.contract.names().collect();
        names.sort();
        names
    }

    /// How many calls could begin now.
    #[must_use]
    pub fn free_calls(&self) -> usize {
        self.shared.calls.available_permits()
    }

    /// Former generations that still have turns under way, oldest first.
    #[must_use]
    pub fn draining(&self) -> Vec<Draining> {
        let mut former = self.shared.former.lock().unwrap_or_else(PoisonError::into_inner);
        former.retain(|(_, generation)| generation.strong_count() > 0);
        let draining = former.iter().filter_map(|(since, generation)| {
            let generation = generation.upgrade()?;
            let turns = generation.turns();
            (turns > 0).then(|| Draining { generation: generation.number, turns, since: since.elapsed() })
        });
        draining.collect()
    }

    /// How long a live plugin isn't asked any more since it failed too often; none where it is asked.
    #[must_use]
    pub fn quarantined(&self, digest: &Digest) -> Option<Duration> {
        self.shared.breaker.quarantined(digest, Instant::now())
    }

    /// Asks a skill of a generation. A panic of the runtime in it ends that call only, and dropping this future ends
    /// the call.
    pub async fn handle(
        &self,
        generation: &Arc<Generation>,
        skill: &PluginId,
        turn: Turn,
        context: TurnContext,
    ) -> Handled {
        let Some(found) = generation.skills.get(skill).cloned() else {
            return Handled::failed(CallFailure::NoSuchPlugin(skill.clone()));
        };
        let digest = found.sheet.digest;
        if self.shared.revoked(&digest) {
            return Handled::failed(CallFailure::NoSuchPlugin(skill.clone()));
        }
        if let Admission::Quarantined(left) = self.shared.breaker.admit(&digest, Instant::now()) {
            return Handled::failed(CallFailure::Quarantined(skill.clone(), left.as_secs() + 1));
        }
        let _under_way = generation.begin();
        let pace = found.clone();
        let call = skill_call::handle(self.shared.clone(), generation.clone(), found, turn, context, None);
        let handled = match self.shared.slow_lane.run(&pace.pace, call).await {
            Ok((handled, _)) => handled,
            Err(_) => {
                tracing::error!(%skill, "the runtime's own code panicked in a turn");
                Handled::failed(CallFailure::Runtime("the turn failed inside the runtime".into()))
            }
        };
        let failed = match &handled.outcome {
            // It wasn't asked, or not to the end: that says nothing of it.
            Err(CallFailure::Busy | CallFailure::Revoked) => return handled,
            Err(CallFailure::Trap(_)) => true,
            // Waiting for a slow provider is no fault of the skill's.
            Err(CallFailure::Limit(hit)) => *hit != LimitHit::Time || handled.calls.is_empty(),
            _ => false,
        };
        // What a release does that nobody agreed to yet says nothing of the one that serves.
        if !generation.trial {
            self.shared.breaker_note(skill, &digest, failed);
        }
        handled
    }

    /// Connects an integration, or changes one, and publishes it.
    ///
    /// # Errors
    /// What of it doesn't fit the connector; nothing has changed then.
    pub async fn connect(&self, integration: Integration) -> Result<Arc<Generation>, Error> {
        let mut shelf = self.shared.shelf.lock().await;
        let id = integration.connector.clone();
        let generation = self.generation();
        let connector = generation.connectors.get(&id).ok_or_else(|| Error::Integration {
            connector: id.clone(),
            problem: "there is no such connector; put its component into the plugin folder first".into(),
        })?;
        let access = Access::check(&connector.manifest, integration.clone(), 0)?;
        self.shared.egress.forget(&id);
        // An update that names further hosts doesn't reach them for it: the operator allowed these.
        shelf.keep(Integration { hosts: access.hosts, ..integration });
        Ok(self.shared.publish(&shelf))
    }

    /// Keeps integrations for connectors that may not be there yet (at start), and publishes those that fit.
    pub async fn restore(&self, integrations: Vec<Integration>) -> Arc<Generation> {
        let mut shelf = self.shared.shelf.lock().await;
        for integration in integrations {
            shelf.keep(integration);
        }
        self.shared.publish(&shelf)
    }

    /// Disconnects an integration.
    pub async fn disconnect(&self, connector: &PluginId) -> Arc<Generation> {
        let mut shelf = self.shared.shelf.lock().await;
        shelf.integrations.remove(connector);
        self.shared.egress.forget(connector);
        self.shared.publish(&shelf)
    }
}

/// An older policy than was in force is refused: whoever can put back an old file could put back a key that was revoked.
async fn take_into_force(policy: &TrustPolicy, ledger: &dyn Ledger) -> Result<(), Error> {
    let (found, before) = (policy.sequence(), ledger.policy_sequence().await?);
    if found < before {
        return Err(Error::OldPolicy { found, before });
    }
    if found > before {
        let entry =
            Entry::new("operator", Action::PolicyChanged, "trust policy", json!({"sequence": found, "before": before}));
        ledger.set_policy_sequence(found, entry).await?;
    }
    Ok(())
}

impl Shared {
    pub(crate) fn generation(&self) -> Arc<Generation> {
        self.current.load_full()
    }

    /// Whether a person took this release's right to run. Asked at each admission.
    pub(crate) fn revoked(&self, digest: &Digest) -> bool {
        self.revoked.load().contains(digest)
    }

    pub(crate) fn note_revoked(&self, shelf: &Shelf) {
        let revoked = shelf.releases.values().filter(|release| release.state == State::Revoked);
        self.revoked.store(Arc::new(revoked.map(|release| release.digest).collect()));
    }

    /// Notes how a call of a plugin ended.
    pub(crate) fn breaker_note(self: &Arc<Self>, plugin: &PluginId, digest: &Digest, failed: bool) {
        let (action, seconds) = match self.breaker.note(digest, failed, Instant::now()) {
            Change::None => return,
            Change::Quarantined(length) => {
                tracing::error!(%plugin, seconds = length.as_secs(), "it failed too often and is not asked for a while");
                (Action::PluginQuarantined, length.as_secs())
            }
            Change::Returned => {
                tracing::info!(%plugin, "it is back from quarantine");
                (Action::PluginReturned, 0)
            }
        };
        self.write_down(Entry::new("runtime", action, plugin, json!({"digest": digest, "seconds": seconds})));
    }

    /// Writes an entry without waiting for it: what it tells of has happened already.
    pub(crate) fn write_down(&self, entry: Entry) {
        let ledger = self.ledger.clone();
        self.slow_lane.leave_aside(async move {
            if let Err(error) = ledger.record(Vec::new(), vec![entry]).await {
                tracing::error!(%error, "an entry of the audit could not be written");
            }
        });
    }

    /// Publishes what is on the shelf.
    pub(crate) fn publish(&self, shelf: &Shelf) -> Arc<Generation> {
        let next = Arc::new(Generation::of(self, shelf, self.current.load().number + 1));
        let before = self.current.swap(next.clone());
        let mut former = self.former.lock().unwrap_or_else(PoisonError::into_inner);
        former.retain(|(_, generation)| generation.strong_count() > 0);
        former.push((Instant::now(), Arc::downgrade(&before)));
        drop(former);
        self.breaker.retain(|digest| shelf.plugins.contains_key(digest));
        self.changed.send_replace(next.number);
        tracing::debug!(generation = next.number, skills = next.skills.len(), "generation published");
        next
    }
}

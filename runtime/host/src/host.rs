//! The host: loads plugins, publishes generations, and runs calls on them.

use crate::compile::{CompileCommand, Compiler};
use crate::connector_call::Errand;
use crate::contract::Contract;
use crate::egress::Egress;
use crate::engine::{self, Ticker};
use crate::error::{CallFailure, Error, Refusal};
use crate::folder::Folder;
use crate::gate::RuntimeTool;
use crate::generation::{Connected, Generation, Provider, RefusedFile};
use crate::inspect;
use crate::integration::{Access, Integration};
use crate::journal::Handled;
use crate::limits::Limits;
use crate::loaded;
use crate::plugin::Plugin;
use crate::registry::{ProvidedBy, ToolRegistry};
use crate::sheet::PermissionSheet;
use crate::skill::Turn;
use crate::skill_call::{self, TurnContext};
use crate::value::ToolError;
use arc_swap::ArcSwap;
use futures_util::FutureExt as _;
use std::collections::{BTreeMap, HashMap};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, Semaphore, watch};
use usher_manifest::{FunctionName, InterfaceName, PluginId};
use wasmtime::Engine;
use wasmtime::component::Val;

/// What a host is made of.
#[derive(Clone)]
pub struct HostConfig {
    /// The folder that plugins are read from (`*.wasm`), created where missing.
    pub folder: PathBuf,
    /// What calls may use.
    pub limits: Limits,
    /// What tools do, and what they need.
    pub registry: ToolRegistry,
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
    pub(crate) egress: Egress,
    pub(crate) calls: Semaphore,
    contract: Contract,
    compiler: Compiler,
    tools: HashMap<InterfaceName, Arc<dyn RuntimeTool>>,
    current: ArcSwap<Generation>,
    changed: watch::Sender<u64>,
    loaded: Mutex<Loaded>,
    _ticker: Ticker,
}

/// What generations are made from. Changed under its lock, one change at a time.
#[derive(Default)]
struct Loaded {
    files: BTreeMap<PathBuf, LoadedFile>,
    integrations: BTreeMap<PluginId, (Integration, u64)>,
    /// Counts the changes of integrations.
    revision: u64,
}

impl Loaded {
    fn keep(&mut self, integration: Integration) {
        self.revision += 1;
        self.integrations.insert(integration.connector.clone(), (integration, self.revision));
    }
}

#[derive(Default)]
struct LoadedFile {
    /// What serves: the last good version.
    plugin: Option<Plugin>,
    /// What the file holds now can't be taken.
    refusal: Option<Refusal>,
}

/// The plugin host. Cloning it gives another handle to the same one.
#[derive(Clone)]
pub struct Host {
    shared: Arc<Shared>,
}

impl Host {
    /// Starts a host and loads what is in the folder.
    ///
    /// # Errors
    /// Where the engine can't be started or the folder can't be read. A plugin that can't be loaded is no
    /// error: it is listed in [`Generation::refused`].
    pub async fn start(config: HostConfig) -> Result<Self, Error> {
        let engine = engine::engine().map_err(|error| Error::Engine(format!("{error:#}")))?;
        let ticker = Ticker::start(&engine).map_err(|error| Error::Engine(error.to_string()))?;
        let (changed, _) = watch::channel(0);
        let shared = Arc::new(Shared {
            contract: Contract::read(&engine)?,
            engine,
            registry: config.registry,
            egress: Egress::new()?,
            calls: Semaphore::new(config.limits.concurrent_calls),
            compiler: Compiler::new(config.compile),
            limits: config.limits,
            tools: config.tools,
            current: ArcSwap::from_pointee(Generation {
                number: 0,
                skills: BTreeMap::new(),
                connectors: BTreeMap::new(),
                integrations: BTreeMap::new(),
                refused: Vec::new(),
                broken: BTreeMap::new(),
                providers: HashMap::new(),
            }),
            changed,
            loaded: Mutex::default(),
            _ticker: ticker,
        });
        let host = Self { shared };
        let mut folder = Folder::open(&config.folder)?;
        host.shared.take_over(folder.look(true).await).await;
        tokio::spawn(watch_folder(Arc::downgrade(&host.shared), folder));
        Ok(host)
    }

    /// The live generation.
    #[must_use]
    pub fn generation(&self) -> Arc<Generation> {
        self.shared.current.load_full()
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

    /// All functions of `usher:tools`, read from the contract itself.
    #[must_use]
    pub fn contract(&self) -> Vec<FunctionName> {
        let mut names: Vec<_> = self.shared.contract.names().collect();
        names.sort();
        names
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
        let failed = |failure| Handled {
            outcome: Err(failure),
            memory: None,
            calls: Vec::new(),
            links: std::collections::BTreeSet::new(),
            log: Vec::new(),
            fuel: 0,
            took: Duration::ZERO,
            digest: None,
        };
        let Some(found) = generation.skills.get(skill).cloned() else {
            return failed(CallFailure::NoSuchPlugin(skill.clone()));
        };
        let call = skill_call::handle(self.shared.clone(), generation.clone(), found, turn, context);
        // All that a panic could leave half done is the call's own and goes with it; what calls share is whole between
        // two polls. A task of its own would catch a panic too, but costs a change of threads under light load.
        match AssertUnwindSafe(Box::pin(call)).catch_unwind().await {
            Ok(handled) => handled,
            Err(_) => {
                tracing::error!(%skill, "the runtime's own code panicked in a turn");
                failed(CallFailure::Runtime("the turn failed inside the runtime".into()))
            }
        }
    }

    /// Calls a function of whoever provides it, in the runtime's own name and with no customer.
    ///
    /// # Errors
    /// How the tool failed.
    pub async fn ask(&self, function: &FunctionName, arguments: &[Val]) -> Result<Val, ToolError> {
        let answer = self.generation().call(&self.shared, function, arguments, self.own_errand()).await;
        match answer {
            Ok(Val::Result(Ok(value))) => Ok(value.map_or(Val::Tuple(Vec::new()), |value| *value)),
            Ok(Val::Result(Err(Some(error)))) => Err(ToolError::from_value(&error)),
            Ok(_) => Err(ToolError::Unavailable("the answer was not of the contract's type".into())),
            Err(failure) => Err(ToolError::Unavailable(failure.to_string())),
        }
    }

    /// Asks a connected integration whether it is well.
    ///
    /// # Errors
    /// What is wrong and how to mend it, in the connector's words.
    pub async fn check(&self, connector: &PluginId) -> Result<String, String> {
        let generation = self.generation();
        let connected =
            generation.integrations.get(connector).ok_or_else(|| format!("{connector} is not connected"))?;
        let export = crate::connector_call::health(&connected.connector.exports)
            .ok_or_else(|| format!("{connector} has no health check"))?;
        let answer = crate::connector_call::call(
            &self.shared,
            &connected.connector,
            &connected.access,
            export.index,
            &[],
            self.own_errand(),
        )
        .await;
        match answer {
            Ok(Val::Result(Ok(Some(text)))) => Ok(text_of(*text)),
            Ok(Val::Result(Err(Some(text)))) => Err(text_of(*text)),
            Ok(_) => Err("the connector's answer can't be read".into()),
            Err(failure) => Err(failure.to_string()),
        }
    }

    /// Connects an integration, or changes one, and publishes it.
    ///
    /// # Errors
    /// What of it doesn't fit the connector; nothing has changed then.
    pub async fn connect(&self, integration: Integration) -> Result<Arc<Generation>, Error> {
        let mut loaded = self.shared.loaded.lock().await;
        let id = integration.connector.clone();
        let generation = self.generation();
        let connector = generation.connectors.get(&id).ok_or_else(|| Error::Integration {
            connector: id.clone(),
            problem: "there is no such connector; put its component into the plugin folder first".into(),
        })?;
        Access::check(&connector.manifest, integration.clone(), 0)?;
        self.shared.egress.forget(&id);
        loaded.keep(integration);
        Ok(self.shared.publish(&loaded))
    }

    /// Keeps integrations for connectors that may not be there yet (at start), and publishes those that fit.
    pub async fn restore(&self, integrations: Vec<Integration>) -> Arc<Generation> {
        let mut loaded = self.shared.loaded.lock().await;
        for integration in integrations {
            loaded.keep(integration);
        }
        self.shared.publish(&loaded)
    }

    /// Disconnects an integration.
    pub async fn disconnect(&self, connector: &PluginId) -> Arc<Generation> {
        let mut loaded = self.shared.loaded.lock().await;
        loaded.integrations.remove(connector);
        self.shared.egress.forget(connector);
        self.shared.publish(&loaded)
    }

    fn own_errand(&self) -> Errand {
        Errand { customer: None, idempotency_key: None, time: self.shared.limits.tool() }
    }
}

/// A file of the plugin folder that came, changed or went.
pub(crate) struct FileChange {
    pub(crate) file: PathBuf,
    /// None where it is gone.
    pub(crate) content: Option<Result<Vec<u8>, Refusal>>,
}

impl Shared {
    /// Loads what changed, and publishes once.
    pub(crate) async fn take_over(self: &Arc<Self>, changes: Vec<FileChange>) {
        let mut results = Vec::new();
        for FileChange { file, content } in changes {
            let result = match content {
                None => None,
                Some(Err(refusal)) => Some(Err(refusal)),
                Some(Ok(bytes)) => Some(self.load(&file, bytes).await),
            };
            results.push((file, result));
        }
        let mut loaded = self.loaded.lock().await;
        for (file, result) in results {
            match result {
                None => {
                    tracing::info!(file = %file.display(), "plugin file removed");
                    loaded.files.remove(&file);
                }
                Some(Ok(plugin)) => {
                    tracing::info!(plugin = %plugin.id(), digest = %plugin.sheet().digest, "plugin loaded");
                    loaded.files.insert(file, LoadedFile { plugin: Some(plugin), refusal: None });
                }
                Some(Err(refusal)) => {
                    tracing::warn!(file = %file.display(), reason = %refusal, "plugin refused");
                    loaded.files.entry(file).or_default().refusal = Some(refusal);
                }
            }
        }
        self.publish(&loaded);
    }

    /// Makes a plugin of bytes that were read once: from here on nothing looks at the file again.
    async fn load(self: &Arc<Self>, file: &Path, bytes: Vec<u8>) -> Result<Plugin, Refusal> {
        let limits = self.limits;
        let (bytes, inspection) = tokio::task::spawn_blocking(move || {
            let inspection = inspect::inspect(&bytes, &limits);
            (bytes, inspection)
        })
        .await
        .map_err(|_| Refusal::Damaged("reading it failed".into()))?;
        let inspection = inspection?;
        let sheet = PermissionSheet::of(&inspection, &self.registry, &self.limits);
        if let Some(tool) = sheet.tools.iter().find(|tool| tool.rule.effect == crate::registry::Effect::Runtime) {
            return Err(Refusal::Forbidden {
                id: sheet.plugin.clone(),
                import: tool.function.to_string(),
                why: "only the runtime itself may call",
            });
        }
        let code = self.compiler.compile(&bytes, &self.limits).await?;
        let component = loaded::component(&self.engine, &code)?;
        Plugin::prepare(&self.engine, &self.contract, &component, inspection, sheet, file.to_owned())
    }

    /// Makes the next generation and puts it in place. The caller holds the lock.
    fn publish(&self, loaded: &Loaded) -> Arc<Generation> {
        let mut next = Generation {
            number: self.current.load().number + 1,
            skills: BTreeMap::new(),
            connectors: BTreeMap::new(),
            integrations: BTreeMap::new(),
            refused: Vec::new(),
            broken: BTreeMap::new(),
            providers: HashMap::new(),
        };
        let mut files: HashMap<PluginId, &Path> = HashMap::new();
        for (file, entry) in &loaded.files {
            let mut refusal = entry.refusal.clone();
            if let Some(plugin) = &entry.plugin {
                if let Some(other) = files.get(plugin.id()) {
                    refusal = Some(Refusal::SameId {
                        id: plugin.id().clone(),
                        file: file.clone(),
                        other: plugin.id().clone(),
                        other_file: other.to_path_buf(),
                    });
                } else {
                    files.insert(plugin.id().clone(), file);
                    match plugin {
                        Plugin::Skill(skill) => {
                            next.skills.insert(plugin.id().clone(), skill.clone());
                        }
                        Plugin::Connector(connector) => {
                            next.connectors.insert(plugin.id().clone(), connector.clone());
                        }
                    }
                }
            }
            if let Some(refusal) = refusal {
                next.refused.push(RefusedFile {
                    file: file.clone(),
                    reason: refusal.to_string(),
                    still_serving: entry.plugin.as_ref().map(|plugin| plugin.id().clone()),
                });
            }
        }
        self.connect_all(loaded, &mut next);
        let next = Arc::new(next);
        self.current.store(next.clone());
        self.changed.send_replace(next.number);
        tracing::debug!(generation = next.number, skills = next.skills.len(), "generation published");
        next
    }

    fn connect_all(&self, loaded: &Loaded, next: &mut Generation) {
        for (id, (integration, revision)) in &loaded.integrations {
            let Some(connector) = next.connectors.get(id) else {
                next.broken.insert(id.clone(), "its component is not in the plugin folder".into());
                continue;
            };
            match Access::check(&connector.manifest, integration.clone(), *revision) {
                Ok(access) => {
                    let connected = Connected { connector: connector.clone(), access: Arc::new(access) };
                    next.integrations.insert(id.clone(), Arc::new(connected));
                }
                Err(error) => {
                    next.broken.insert(id.clone(), error.to_string());
                }
            }
        }
        for connected in next.integrations.values() {
            for interface in &connected.connector.manifest.provides {
                let interface = interface.without_version();
                if self.registry.provided_by(&interface) == ProvidedBy::Runtime {
                    continue;
                }
                let preferred = connected.access.preferred_for.iter().any(|picked| picked.matches(&interface));
                if preferred || !next.providers.contains_key(&interface) {
                    next.providers.insert(interface, Provider::Connector(connected.clone()));
                }
            }
        }
        for (interface, tool) in &self.tools {
            next.providers.insert(interface.without_version(), Provider::Runtime(tool.clone()));
        }
    }
}

/// Follows the folder for as long as the host lives.
async fn watch_folder(shared: std::sync::Weak<Shared>, mut folder: Folder) {
    loop {
        folder.wait().await;
        let changes = folder.look(false).await;
        let Some(shared) = shared.upgrade() else { return };
        if !changes.is_empty() {
            shared.take_over(changes).await;
        }
    }
}

fn text_of(value: Val) -> String {
    match value {
        Val::String(text) => text,
        _ => String::new(),
    }
}

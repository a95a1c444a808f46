//! A generation: the live set of plugins and integrations as one immutable snapshot. A turn runs on the one that it
//! began with; a change makes the next one.

use crate::breaker::Admission;
use crate::connector_call::{self, Errand};
use crate::contract;
use crate::error::CallFailure;
use crate::gate::RuntimeTool;
use crate::host::Shared;
use crate::inspect::Digest;
use crate::integration::{Access, IntegrationSummary};
use crate::plugin::{Connector, Plugin, Skill};
use crate::registry::ProvidedBy;
use crate::review::{Release, State};
use crate::shelf::Shelf;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use usher_manifest::{FunctionName, InterfaceName, PluginId};
use wasmtime::component::Val;
use wasmtime::component::types::ComponentFunc;

/// One snapshot.
pub struct Generation {
    /// Counts up with every change.
    pub number: u64,
    /// The skills, by id.
    pub skills: BTreeMap<PluginId, Arc<Skill>>,
    /// The connectors, by id, connected or not.
    pub connectors: BTreeMap<PluginId, Arc<Connector>>,
    /// The integrations that are connected.
    pub integrations: BTreeMap<PluginId, Arc<Connected>>,
    /// Files that are in the plugin folder and not taken.
    pub refused: Vec<RefusedFile>,
    /// Integrations that don't fit their connector any more, with the reason.
    pub broken: BTreeMap<PluginId, String>,
    /// All releases, whatever their state, by digest.
    pub releases: BTreeMap<Digest, Arc<Release>>,
    pub(crate) providers: HashMap<InterfaceName, Provider>,
    /// It is tried, and serves nobody.
    pub(crate) trial: bool,
    under_way: AtomicUsize,
}

/// A file that is not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusedFile {
    /// Which.
    pub file: PathBuf,
    /// Why, and how to mend it.
    pub reason: String,
    /// The plugin that was read from this file before and goes on serving.
    pub still_serving: Option<PluginId>,
}

/// A former generation with turns under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Draining {
    /// Its number.
    pub generation: u64,
    /// Turns that began on it and haven't ended.
    pub turns: usize,
    /// How long ago the next one took its place.
    pub since: Duration,
}

/// A turn that runs on a generation; dropped, it has ended.
pub(crate) struct UnderWay<'a>(&'a AtomicUsize);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A connector with its integration.
pub struct Connected {
    /// The connector.
    pub connector: Arc<Connector>,
    pub(crate) access: Arc<Access>,
}

/// What stands behind an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The connector.
    pub connector: PluginId,
    /// Its digest.
    pub digest: Digest,
    /// Which version of the integration's settings it has.
    pub revision: u64,
}

/// Who answers an interface's calls.
#[derive(Clone)]
pub(crate) enum Provider {
    Runtime(Arc<dyn RuntimeTool>),
    Connector(Arc<Connected>),
}

impl Connected {
    /// What is shown of the integration.
    #[must_use]
    pub fn summary(&self) -> IntegrationSummary {
        self.access.summary()
    }

    /// Which version of the integration's settings and secrets this is: another number after every change by the operator.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.access.revision
    }

    /// Whether it may be asked just now: asked before every call of it that isn't a check of its health.
    pub(crate) fn admit(&self, shared: &Shared) -> Result<(), CallFailure> {
        let sheet = &self.connector.sheet;
        if shared.revoked(&sheet.digest) {
            return Err(CallFailure::Revoked);
        }
        match shared.breaker.admit(&sheet.digest, Instant::now()) {
            Admission::Quarantined(left) => Err(CallFailure::Quarantined(sheet.plugin.clone(), left.as_secs() + 1)),
            Admission::Open | Admission::Trial => Ok(()),
        }
    }

    /// Whether it exports this function with this very type.
    pub(crate) fn provides(&self, function: &FunctionName, ty: &ComponentFunc) -> bool {
        self.connector.exports.get(function).is_some_and(|export| contract::same(&export.ty, ty))
    }

    pub(crate) async fn call(
        &self,
        shared: &Arc<Shared>,
        function: &FunctionName,
        arguments: &[Val],
        errand: Errand,
    ) -> Result<Val, CallFailure> {
        let export =
            self.connector.exports.get(function).ok_or_else(|| CallFailure::NoProvider(function.interface.clone()))?;
        connector_call::call(shared, &self.connector, &self.access, export.index, arguments, errand).await
    }
}

impl Generation {
    pub(crate) fn empty() -> Self {
        Self {
            number: 0,
            skills: BTreeMap::new(),
            connectors: BTreeMap::new(),
            integrations: BTreeMap::new(),
            refused: Vec::new(),
            broken: BTreeMap::new(),
            releases: BTreeMap::new(),
            providers: HashMap::new(),
            trial: false,
            under_way: AtomicUsize::new(0),
        }
    }

    /// The snapshot of a shelf.
    pub(crate) fn of(shared: &Shared, shelf: &Shelf, number: u64) -> Self {
        let mut next = Self { number, releases: shelf.releases.clone(), ..Self::empty() };
        for release in shelf.releases.values().filter(|release| release.state == State::Live) {
            // The one way in: live in the ledger, approved as it is, and linked from its sheet.
            if !release.is_approved() {
                continue;
            }
            match shelf.plugins.get(&release.digest) {
                Some(Plugin::Skill(skill)) => {
                    next.skills.insert(release.plugin.clone(), skill.clone());
                }
                Some(Plugin::Connector(connector)) => {
                    next.connectors.insert(release.plugin.clone(), connector.clone());
                }
                None => {}
            }
        }
        for (file, on_file) in &shelf.files {
            if let Some(refusal) = &on_file.refusal {
                let serves = |id: &&PluginId| next.skills.contains_key(*id) || next.connectors.contains_key(*id);
                next.refused.push(RefusedFile {
                    file: file.clone(),
                    reason: refusal.to_string(),
                    still_serving: on_file.plugin.as_ref().filter(serves).cloned(),
                });
            }
        }
        next.connect(shared, shelf);
        next
    }

    /// The same with another release of a skill, to be tried.
    pub(crate) fn with(&self, skill: Arc<Skill>) -> Self {
        let mut skills = self.skills.clone();
        skills.insert(skill.sheet.plugin.clone(), skill);
        Self {
            number: self.number,
            skills,
            connectors: self.connectors.clone(),
            integrations: self.integrations.clone(),
            refused: self.refused.clone(),
            broken: self.broken.clone(),
            releases: self.releases.clone(),
            providers: self.providers.clone(),
            trial: true,
            under_way: AtomicUsize::new(0),
        }
    }

    fn connect(&mut self, shared: &Shared, shelf: &Shelf) {
        for (id, (integration, revision)) in &shelf.integrations {
            let Some(connector) = self.connectors.get(id) else {
                self.broken.insert(id.clone(), "its component is not live; see the plugins".into());
                continue;
            };
            match Access::fitted(&connector.manifest, integration.clone(), *revision) {
                Ok(access) => {
                    let connected = Connected { connector: connector.clone(), access: Arc::new(access) };
                    self.integrations.insert(id.clone(), Arc::new(connected));
                }
                Err(error) => {
                    self.broken.insert(id.clone(), error.to_string());
                }
            }
        }
        for connected in self.integrations.values() {
            for interface in &connected.connector.manifest.provides {
                let interface = interface.without_version();
                if shared.registry.provided_by(&interface) == ProvidedBy::Runtime {
                    continue;
                }
                let preferred = connected.access.preferred_for.iter().any(|picked| picked.matches(&interface));
                if preferred || !self.providers.contains_key(&interface) {
                    self.providers.insert(interface, Provider::Connector(connected.clone()));
                }
            }
        }
        for (interface, tool) in &shared.tools {
            self.providers.insert(interface.without_version(), Provider::Runtime(tool.clone()));
        }
    }

    /// Counts a turn for as long as what this returns is kept.
    pub(crate) fn begin(&self) -> UnderWay<'_> {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        UnderWay(&self.under_way)
    }

    /// Turns that are under way on this generation.
    #[must_use]
    pub fn turns(&self) -> usize {
        self.under_way.load(Ordering::Relaxed)
    }

    /// Who answers this interface's calls.
    pub(crate) fn provider(&self, interface: &InterfaceName) -> Option<Provider> {
        self.providers.get(&interface.without_version()).cloned()
    }

    /// Whether anyone answers this interface's calls.
    #[must_use]
    pub fn provides(&self, interface: &InterfaceName) -> bool {
        self.providers.contains_key(&interface.without_version())
    }

    /// What answers an interface's calls: it differs when the connector or its integration changed.
    #[must_use]
    pub fn source_of(&self, interface: &InterfaceName) -> Option<Source> {
        match self.provider(interface)? {
            Provider::Runtime(_) => None,
            Provider::Connector(connected) => Some(Source {
                connector: connected.connector.sheet.plugin.clone(),
                digest: connected.connector.sheet.digest,
                revision: connected.access.revision,
            }),
        }
    }

    /// Calls a connector's function in the runtime's own name.
    pub(crate) async fn call(
        &self,
        shared: &Arc<Shared>,
        function: &FunctionName,
        arguments: &[Val],
        errand: Errand,
    ) -> Result<Val, CallFailure> {
        match self.provider(&function.interface) {
            Some(Provider::Connector(connected)) => {
                connected.admit(shared)?;
                connected.call(shared, function, arguments, errand).await
            }
            _ => Err(CallFailure::NoProvider(function.interface.clone())),
        }
    }
}

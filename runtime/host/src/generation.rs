//! A generation: the live set of plugins and integrations as one immutable snapshot. A turn runs on the one that it
//! began with; a change makes the next one.

use crate::connector_call::{self, Errand};
use crate::contract;
use crate::error::CallFailure;
use crate::gate::RuntimeTool;
use crate::host::Shared;
use crate::inspect::Digest;
use crate::integration::{Access, IntegrationSummary};
use crate::plugin::{Connector, Skill};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
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
    pub(crate) providers: HashMap<InterfaceName, Provider>,
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
            Some(Provider::Connector(connected)) => connected.call(shared, function, arguments, errand).await,
            _ => Err(CallFailure::NoProvider(function.interface.clone())),
        }
    }
}

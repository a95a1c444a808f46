//! A plugin that is ready to be called. There is one way to make one: from inspected bytes, with their sheet.

use crate::connector;
use crate::connector_call::{self, ConnectorCall, Export};
use crate::contract::{self, Contract};
use crate::error::Refusal;
use crate::fair::Pace;
use crate::gate;
use crate::host::Shared;
use crate::inspect::Inspection;
use crate::integration::Access;
use crate::sheet::PermissionSheet;
use crate::skill::{self, SkillHostPre};
use crate::skill_call::{self, SkillCall};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::watch;
use usher_manifest::{ConnectorManifest, FunctionName, InterfaceName, Manifest, PluginId, SkillManifest};
use wasmtime::Engine;
use wasmtime::component::{Component, InstancePre, Linker};

/// A skill that can be called.
pub struct Skill {
    /// What its author declares.
    pub manifest: SkillManifest,
    /// What it can do.
    pub sheet: PermissionSheet,
    /// Turned on where a person ends even what is running.
    pub(crate) killed: watch::Sender<bool>,
    pub(crate) pace: Pace,
    pub(crate) pre: SkillHostPre<SkillCall>,
}

/// A connector that can be called.
pub struct Connector {
    /// What its author declares.
    pub manifest: ConnectorManifest,
    /// What it can do.
    pub sheet: PermissionSheet,
    /// Turned on where a person ends even what is running.
    pub(crate) killed: watch::Sender<bool>,
    pub(crate) pre: InstancePre<ConnectorCall>,
    pub(crate) exports: HashMap<FunctionName, Export>,
}

/// Either.
#[derive(Clone)]
pub enum Plugin {
    /// Talks to customers.
    Skill(Arc<Skill>),
    /// Talks to a provider.
    Connector(Arc<Connector>),
}

impl Plugin {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> &PluginId {
        &self.sheet().plugin
    }

    /// What it can do.
    #[must_use]
    pub fn sheet(&self) -> &PermissionSheet {
        match self {
            Self::Skill(skill) => &skill.sheet,
            Self::Connector(connector) => &connector.sheet,
        }
    }

    /// Ends what is running of it.
    pub(crate) fn kill(&self) {
        match self {
            Self::Skill(skill) => skill.killed.send_replace(true),
            Self::Connector(connector) => connector.killed.send_replace(true),
        };
    }

    /// Makes an instance of it and drops it.
    pub(crate) async fn probe(&self, shared: &Arc<Shared>) -> Result<(), Refusal> {
        let tried = match self {
            Self::Skill(skill) => skill_call::probe(shared, skill).await,
            Self::Connector(connector) => {
                connector_call::probe(shared, connector, Arc::new(Access::none(&connector.sheet.plugin))).await
            }
        };
        tried.map_err(|failure| Refusal::Probe(failure.to_string()))
    }

    /// Links a compiled component: what its sheet grants and nothing else.
    pub(crate) fn prepare(
        engine: &Engine,
        contract: &Contract,
        component: &Component,
        inspection: Inspection,
        sheet: PermissionSheet,
    ) -> Result<Self, Refusal> {
        match inspection.manifest {
            Manifest::Skill(manifest) => {
                let pre = link_skill(engine, contract, component, &sheet)?;
                Ok(Self::Skill(Arc::new(Skill {
                    manifest,
                    sheet,
                    killed: watch::Sender::new(false),
                    pace: Pace::default(),
                    pre,
                })))
            }
            Manifest::Connector(manifest) => {
                let (pre, exports) = link_connector(engine, contract, component, &sheet.plugin)?;
                Ok(Self::Connector(Arc::new(Connector {
                    manifest,
                    sheet,
                    killed: watch::Sender::new(false),
                    pre,
                    exports,
                })))
            }
        }
    }
}

fn refused(error: &wasmtime::Error) -> Refusal {
    Refusal::Link(format!("{error:#}"))
}

fn link_skill(
    engine: &Engine,
    contract: &Contract,
    component: &Component,
    sheet: &PermissionSheet,
) -> Result<SkillHostPre<SkillCall>, Refusal> {
    let mut linker = Linker::new(engine);
    skill_call::link(&mut linker).map_err(|error| refused(&error))?;
    for (interface, functions) in contract::imported_functions(engine, &component.component_type()) {
        if skill::BASELINE.contains(&interface.as_str()) || functions.is_empty() {
            continue;
        }
        let name: InterfaceName = interface.parse().map_err(|_| Refusal::Link(format!("`{interface}` has no name")))?;
        let mut instance = linker.instance(&interface).map_err(|error| refused(&error))?;
        for (function, ty) in functions {
            contract.check(&sheet.plugin, &interface, &function, &ty)?;
            let Some(tool) = FunctionName::new(&name, &function)
                .and_then(|name| sheet.tools.iter().find(|tool| tool.function == name))
            else {
                // What isn't granted isn't linked, and what isn't linked doesn't load.
                continue;
            };
            gate::link(&mut instance, &function, tool, ty).map_err(|error| refused(&error))?;
        }
    }
    let pre = linker.instantiate_pre(component).map_err(|error| refused(&error))?;
    SkillHostPre::new(pre).map_err(|error| refused(&error))
}

type LinkedConnector = (InstancePre<ConnectorCall>, HashMap<FunctionName, Export>);

fn link_connector(
    engine: &Engine,
    contract: &Contract,
    component: &Component,
    id: &PluginId,
) -> Result<LinkedConnector, Refusal> {
    let mut linker = Linker::new(engine);
    connector_call::link(&mut linker).map_err(|error| refused(&error))?;
    let pre = linker.instantiate_pre(component).map_err(|error| refused(&error))?;
    let mut exports = HashMap::new();
    for (interface, functions) in contract::exported_functions(engine, &component.component_type()) {
        let Ok(name) = interface.parse::<InterfaceName>() else { continue };
        let Some(instance) = component.get_export_index(None, &interface) else { continue };
        for (function, ty) in functions {
            if interface != connector::HEALTH {
                contract.check(id, &interface, &function, &ty)?;
            }
            let index = component.get_export_index(Some(&instance), &function);
            if let (Some(index), Some(name)) = (index, FunctionName::new(&name, &function)) {
                exports.insert(name, Export { index, ty });
            }
        }
    }
    Ok((pre, exports))
}

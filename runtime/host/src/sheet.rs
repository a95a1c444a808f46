//! The permission sheet: what a plugin can do, read from its bytes.

use crate::inspect::{Digest, Inspection};
use crate::limits::Limits;
use crate::registry::{Effect, ProvidedBy, ToolRegistry, ToolRule};
use serde::Serialize;
use std::collections::BTreeSet;
use usher_manifest::{FunctionName, Kind, Manifest, Method, PluginId};

/// What a plugin can do. Two plugins with the same fingerprint can do the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PermissionSheet {
    /// The plugin.
    pub plugin: PluginId,
    /// Its kind.
    pub kind: Kind,
    /// Its name, as its author gives it.
    pub name: String,
    /// Its version, as its author gives it.
    pub version: String,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Size of its file, bytes.
    pub size: u64,
    /// The tools that it imports, and so can call.
    pub tools: Vec<SheetTool>,
    /// Tools that it declares and doesn't import: it asks for more than it can use.
    pub over_asked: BTreeSet<FunctionName>,
    /// What it imports of the runtime beside tools.
    pub baseline: BTreeSet<String>,
    /// For a connector: the interfaces that it answers.
    pub provides: BTreeSet<String>,
    /// For a connector: where it may send requests.
    pub hosts: Vec<SheetHost>,
    /// For a connector: the secrets that the runtime puts into its requests.
    pub secrets: Vec<SheetSecret>,
    /// The names of the settings that it reads.
    pub settings: BTreeSet<String>,
    /// What one call of it may use.
    pub limits: Limits,
    /// SHA-256 over all of the above that says what it can do, and nothing else.
    pub fingerprint: Digest,
}

/// One function that a plugin can call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SheetTool {
    /// Which.
    pub function: FunctionName,
    /// What it does to the shop's data and what it needs, by the registry of tools.
    #[serde(flatten)]
    pub rule: ToolRule,
    /// False where the registry doesn't list it.
    pub listed: bool,
    /// Who answers it.
    pub provided_by: ProvidedBy,
    /// Why the author says that the plugin needs it.
    pub reason: String,
}

/// One place that a connector may send requests to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SheetHost {
    /// Where.
    pub host: String,
    /// How.
    pub methods: Vec<Method>,
    /// Why, by the author.
    pub reason: String,
}

/// One secret of a connector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SheetSecret {
    /// What it is kept by.
    pub name: String,
    /// The header that it is sent in.
    pub header: String,
    /// It buys a short-lived token, and that one is sent.
    pub client_credentials: bool,
}

/// What the fingerprint covers. The order of fields is part of it.
#[derive(Serialize)]
struct Fingerprinted<'a> {
    format: u32,
    plugin: &'a PluginId,
    kind: Kind,
    tools: Vec<(&'a FunctionName, Effect, &'a str, bool)>,
    baseline: &'a BTreeSet<String>,
    provides: &'a BTreeSet<String>,
    hosts: BTreeSet<(&'a str, BTreeSet<Method>)>,
    secrets: BTreeSet<(&'a str, &'a str, bool)>,
    settings: &'a BTreeSet<String>,
    limits: &'a Limits,
}

impl PermissionSheet {
    /// The sheet of an inspected component.
    #[must_use]
    pub fn of(inspection: &Inspection, registry: &ToolRegistry, limits: &Limits) -> Self {
        let manifest = &inspection.manifest;
        let declared = match manifest {
            Manifest::Skill(skill) => skill.tools.as_slice(),
            Manifest::Connector(_) => &[],
        };
        let tools = inspection
            .imports
            .iter()
            .map(|function| SheetTool {
                function: function.clone(),
                rule: registry.rule(function),
                listed: registry.knows(function),
                provided_by: registry.provided_by(&function.interface),
                reason: declared
                    .iter()
                    .find(|tool| tool.function == *function)
                    .map(|tool| tool.reason.clone())
                    .unwrap_or_default(),
            })
            .collect();
        let over_asked = declared
            .iter()
            .map(|tool| tool.function.clone())
            .filter(|function| !inspection.imports.contains(function))
            .collect();
        let (mut hosts, mut secrets, mut provides) = (Vec::new(), Vec::new(), BTreeSet::new());
        if let Manifest::Connector(connector) = manifest {
            provides = connector.provides.iter().map(ToString::to_string).collect();
            hosts.extend(connector.hosts.iter().map(|access| SheetHost {
                host: access.host.to_string(),
                methods: access.methods.clone(),
                reason: access.reason.clone(),
            }));
            secrets.extend(connector.secrets.iter().map(|secret| SheetSecret {
                name: secret.name.clone(),
                header: secret.placement.header().to_owned(),
                client_credentials: secret.client_credentials.is_some(),
            }));
        }
        let mut sheet = Self {
            plugin: manifest.id().clone(),
            kind: manifest.kind(),
            name: manifest.name().to_owned(),
            version: manifest.version().to_string(),
            digest: inspection.digest,
            size: inspection.size,
            tools,
            over_asked,
            baseline: inspection.baseline.clone(),
            provides,
            hosts,
            secrets,
            settings: manifest.settings().iter().map(|setting| setting.name.clone()).collect(),
            limits: *limits,
            fingerprint: Digest([0; 32]),
        };
        sheet.fingerprint = sheet.fingerprint();
        sheet
    }

    fn fingerprint(&self) -> Digest {
        let covered = Fingerprinted {
            format: 1,
            plugin: &self.plugin,
            kind: self.kind,
            tools: self
                .tools
                .iter()
                .map(|tool| {
                    let assurance = match tool.rule.assurance {
                        crate::skill::Assurance::Anonymous => "anonymous",
                        crate::skill::Assurance::Identified => "identified",
                        crate::skill::Assurance::Authenticated => "authenticated",
                    };
                    (&tool.function, tool.rule.effect, assurance, tool.rule.personal)
                })
                .collect(),
            baseline: &self.baseline,
            provides: &self.provides,
            hosts: self.hosts.iter().map(|host| (host.host.as_str(), host.methods.iter().copied().collect())).collect(),
            secrets: self
                .secrets
                .iter()
                .map(|secret| (secret.name.as_str(), secret.header.as_str(), secret.client_credentials))
                .collect(),
            settings: &self.settings,
            limits: &self.limits,
        };
        // Maps with text keys and plain data can always be written.
        Digest::of(&serde_json::to_vec(&covered).unwrap_or_default())
    }

    /// Whether a function is granted by this sheet.
    #[must_use]
    pub fn grants(&self, function: &FunctionName) -> bool {
        self.tools.iter().any(|tool| tool.function == *function)
    }
}

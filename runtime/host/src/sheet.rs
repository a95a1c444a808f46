//! The permission sheet: what a plugin can do, read from its bytes.

use crate::flags::{self, Flag};
use crate::inspect::{Digest, Inspection};
use crate::limits::Limits;
use crate::reach::Reach;
use crate::registry::{Effect, ProvidedBy, ToolRegistry, ToolRule};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use usher_manifest::{
    FunctionName, HostPattern, InterfaceName, Kind, Manifest, Method, Placement, PluginId, Secret, Setting,
    SettingType, Verification,
};

pub(crate) mod pattern;

/// What a plugin can do. Two plugins with the same fingerprint can do the same.
///
/// Every list is in the order of what it holds and not of the manifest, so that two equal sheets are equal values. A
/// sheet that is kept as JSON is read back unchanged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    pub provides: Vec<SheetInterface>,
    /// For a connector: where it may send requests.
    pub hosts: Vec<SheetHost>,
    /// For a connector: the secrets that the runtime puts into its requests.
    pub secrets: Vec<SheetSecret>,
    /// For a connector: where its provider may say that something happened, so that the runtime asks it for news.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub webhooks: Vec<SheetWebhook>,
    /// The names of the settings that it reads.
    pub settings: BTreeSet<String>,
    /// What one call of it may use.
    pub limits: Limits,
    /// What its author says about it, by the place in the manifest: `overview`, `settings.shop.label`. It says nothing
    /// of what the plugin can do, and people believe it.
    pub texts: BTreeMap<String, String>,
    /// What a reviewer should look at first. It follows from the rest.
    pub flags: Vec<Flag>,
    /// SHA-256 over all of the above that says what it can do, and nothing else.
    pub fingerprint: Digest,
}

/// One function that a plugin can call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// An argument can carry text of the plugin's choice, beside the order that the runtime checks.
    pub takes_text: bool,
    /// Why the author says that the plugin needs it.
    pub reason: String,
}

/// One interface that a connector answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetInterface {
    /// Which, without a version.
    pub interface: InterfaceName,
    /// The functions that it exports of it.
    pub functions: BTreeSet<String>,
    /// The registry of tools lists all of them.
    pub listed: bool,
    /// One of them changes something.
    pub acting: bool,
    /// One of them answers with personal data, or is told who the customer is.
    pub personal: bool,
}

/// One place that a connector may send requests to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetHost {
    /// Where.
    #[serde(flatten, with = "pattern")]
    pub host: HostPattern,
    /// For a host from a setting: the one that the author fills in, in force until the operator fills in another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// How.
    pub methods: BTreeSet<Method>,
    /// Why, by the author.
    pub reason: String,
}

/// One secret of a connector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetSecret {
    /// What it is kept by.
    pub name: String,
    /// The header that it is sent in.
    pub header: String,
    /// The header's value, with `{}` where the secret goes, or `Basic USER:{}` before encoding.
    pub value: String,
    /// It buys a short-lived token, and that one is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_credentials: Option<SheetGrant>,
}

/// One webhook of a connector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetWebhook {
    /// What it is called.
    pub name: String,
    /// How it is known who calls it.
    #[serde(flatten)]
    pub verification: Verification,
    /// The secret that it is checked with, which is sent nowhere.
    pub secret: String,
}

/// How a secret buys a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetGrant {
    /// The path that it is sent to, on the host of the request.
    pub token_path: String,
    /// The setting that holds the client's id.
    pub client_id: String,
}

/// What the fingerprint covers. The order of fields is part of it.
#[derive(Serialize)]
struct Fingerprinted<'a> {
    format: u32,
    plugin: &'a PluginId,
    kind: Kind,
    tools: BTreeMap<&'a FunctionName, FingerprintedTool>,
    baseline: &'a BTreeSet<String>,
    provides: BTreeMap<&'a InterfaceName, (&'a BTreeSet<String>, bool, bool)>,
    hosts: BTreeMap<String, BTreeSet<Method>>,
    secrets: BTreeMap<&'a str, (&'a str, &'a str, Option<&'a SheetGrant>)>,
    settings: &'a BTreeSet<String>,
    limits: BTreeMap<String, u64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    webhooks: &'a [SheetWebhook],
}

#[derive(Serialize)]
struct FingerprintedTool {
    /// The registry's rule without its title, by key: a part that is new in the registry is covered too.
    rule: BTreeMap<String, serde_json::Value>,
    provided_by: ProvidedBy,
    takes_text: bool,
}

/// Limits of the machine and of all calls together. They are no part of what one plugin can do.
const SHARED_LIMITS: [&str; 4] = ["component-bytes", "concurrent-calls", "compile-seconds", "compile-memory-bytes"];

impl PermissionSheet {
    /// The sheet of an inspected component.
    #[must_use]
    pub fn of(inspection: &Inspection, registry: &ToolRegistry, limits: &Limits) -> Self {
        let manifest = &inspection.manifest;
        let declared = match manifest {
            Manifest::Skill(skill) => skill.tools.as_slice(),
            Manifest::Connector(_) => &[],
        };
        let tool = |function: &FunctionName| {
            let rule = registry.rule(function);
            let text = inspection.text_arguments.get(function);
            SheetTool {
                function: function.clone(),
                takes_text: text.is_some_and(|text| text.iter().any(|index| Some(*index) != rule.order)),
                rule,
                listed: registry.knows(function),
                provided_by: registry.provided_by(&function.interface),
                reason: declared
                    .iter()
                    .find(|tool| tool.function == *function)
                    .map(|tool| tool.reason.clone())
                    .unwrap_or_default(),
            }
        };
        let over_asked = declared
            .iter()
            .map(|tool| tool.function.clone())
            .filter(|function| !inspection.imports.contains(function))
            .collect();
        let (mut hosts, mut secrets, mut webhooks, mut provides) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        if let Manifest::Connector(connector) = manifest {
            provides.extend(connector.provides.iter().map(|name| interface(name, inspection, registry)));
            hosts.extend(connector.hosts.iter().map(|access| SheetHost {
                host: access.host.clone(),
                default: default_host(&access.host, &connector.settings),
                methods: access.methods.iter().copied().collect(),
                reason: access.reason.clone(),
            }));
            secrets.extend(connector.secrets.iter().filter_map(secret));
            webhooks.extend(connector.webhooks.iter().map(|webhook| SheetWebhook {
                name: webhook.name.clone(),
                verification: webhook.verification.clone(),
                secret: webhook.secret.clone(),
            }));
            provides.sort_by(|a, b| a.interface.cmp(&b.interface));
            hosts.sort_by_cached_key(|host| host.host.to_string());
            secrets.sort_by(|a, b| a.name.cmp(&b.name));
            webhooks.sort_by(|a, b| a.name.cmp(&b.name));
        }
        let mut sheet = Self {
            plugin: manifest.id().clone(),
            kind: manifest.kind(),
            name: manifest.name().to_owned(),
            version: manifest.version().to_string(),
            digest: inspection.digest,
            size: inspection.size,
            tools: inspection.imports.iter().map(tool).collect(),
            over_asked,
            baseline: inspection.baseline.clone(),
            provides,
            hosts,
            secrets,
            webhooks,
            settings: manifest.settings().iter().map(|setting| setting.name.clone()).collect(),
            limits: *limits,
            texts: texts(manifest),
            flags: Vec::new(),
            fingerprint: Digest([0; 32]),
        };
        sheet.flags = flags::flags(&sheet);
        sheet.fingerprint = sheet.fingerprint();
        sheet
    }

    /// The fingerprint of what stands in this sheet: what [`PermissionSheet::fingerprint`] is where nobody changed it.
    ///
    /// It covers what the plugin can do: who it is, its functions with all of their rules but the title, what it
    /// imports and answers, its hosts with methods, the way of its secrets, its webhooks, its settings and the limits of its calls.
    /// It doesn't cover the bytes (an approval names their digest beside it), texts, or what nobody gets
    /// (over-asking).
    #[must_use]
    pub fn fingerprint(&self) -> Digest {
        let tool = |tool: &SheetTool| {
            let rule = ToolRule { title: String::new(), ..tool.rule.clone() };
            let rule = serde_json::to_value(rule).ok();
            let rule = rule.as_ref().and_then(serde_json::Value::as_object).into_iter().flatten();
            FingerprintedTool {
                rule: rule.map(|(key, value)| (key.clone(), value.clone())).collect(),
                provided_by: tool.provided_by,
                takes_text: tool.takes_text,
            }
        };
        let hosts = Reach::of(&self.hosts).into_iter().map(|place| (place.to_string(), place.methods)).collect();
        let covered = Fingerprinted {
            format: 2,
            plugin: &self.plugin,
            kind: self.kind,
            tools: self.tools.iter().map(|entry| (&entry.function, tool(entry))).collect(),
            baseline: &self.baseline,
            provides: self
                .provides
                .iter()
                .map(|entry| (&entry.interface, (&entry.functions, entry.acting, entry.personal)))
                .collect(),
            hosts,
            secrets: self
                .secrets
                .iter()
                .map(|entry| {
                    (
                        entry.name.as_str(),
                        (entry.header.as_str(), entry.value.as_str(), entry.client_credentials.as_ref()),
                    )
                })
                .collect(),
            settings: &self.settings,
            limits: self.limits_of_a_call(),
            webhooks: &self.webhooks,
        };
        // Maps with text keys and plain data can always be written.
        Digest::of(&serde_json::to_vec(&covered).unwrap_or_default())
    }

    /// Whether a function is granted by this sheet.
    #[must_use]
    pub fn grants(&self, function: &FunctionName) -> bool {
        self.tools.iter().any(|tool| tool.function == *function)
    }

    /// The limits that bound one call of this kind of plugin, by name: those of the machine and those of the other
    /// kind are left out. A limit that is new is in it until it is known to be neither.
    pub(crate) fn limits_of_a_call(&self) -> BTreeMap<String, u64> {
        let foreign: &[&str] = match self.kind {
            Kind::Skill => &["tool-ms", "http-"],
            Kind::Connector => &["turn-ms", "tool-calls"],
        };
        let limits = serde_json::to_value(self.limits).ok();
        let limits = limits.as_ref().and_then(serde_json::Value::as_object).into_iter().flatten();
        limits
            .filter(|(name, _)| !SHARED_LIMITS.contains(&name.as_str()))
            .filter(|(name, _)| !foreign.iter().any(|foreign| name.starts_with(foreign)))
            .filter_map(|(name, value)| Some((name.clone(), value.as_u64()?)))
            .collect()
    }
}

fn interface(name: &InterfaceName, inspection: &Inspection, registry: &ToolRegistry) -> SheetInterface {
    let exported = |(export, functions): (&String, &BTreeSet<String>)| {
        export.parse::<InterfaceName>().ok().filter(|export| export.matches(name)).map(|_| functions.clone())
    };
    let functions: BTreeSet<String> = inspection.exports.iter().filter_map(exported).flatten().collect();
    let names: Vec<_> = functions.iter().map(|function| FunctionName::new(name, function)).collect();
    // A function without a readable name is listed by nobody.
    let rules: Vec<_> = names.iter().flatten().map(|function| registry.rule(function)).collect();
    let listed = names.iter().all(|function| function.as_ref().is_some_and(|function| registry.knows(function)));
    SheetInterface {
        interface: name.without_version(),
        listed,
        acting: !listed || rules.iter().any(|rule| rule.effect == Effect::Acting),
        personal: !listed
            || rules.iter().any(|rule| rule.personal || rule.assurance != crate::skill::Assurance::Anonymous),
        functions,
    }
}

/// The host that the author fills in. Where it couldn't be reached it is no host.
fn default_host(pattern: &HostPattern, settings: &[Setting]) -> Option<String> {
    let HostPattern::FromSetting { setting, .. } = pattern else { return None };
    let default = settings.iter().find(|known| known.name == *setting)?.default.as_deref()?;
    let host = default.trim().to_ascii_lowercase();
    pattern.admits(&host, |_| Some(host.clone())).then_some(host)
}

/// None for one that is sent nowhere.
fn secret(secret: &Secret) -> Option<SheetSecret> {
    Some(SheetSecret {
        name: secret.name.clone(),
        header: secret.placement.header()?.to_owned(),
        value: match &secret.placement {
            Placement::Header { value, .. } => value.clone(),
            Placement::Basic { user } => format!("Basic {user}:{{}}"),
            Placement::Webhook {} => return None,
        },
        client_credentials: secret
            .client_credentials
            .as_ref()
            .map(|grant| SheetGrant { token_path: grant.token_path.clone(), client_id: grant.client_id.clone() }),
    })
}

/// All that the author writes for people, beside the name and the reasons, which stand with what they are for.
fn texts(manifest: &Manifest) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::from([("overview".to_owned(), manifest.overview().to_owned())]);
    let mut add = |place: String, text: &str| {
        texts.insert(place, text.to_owned());
    };
    for setting in manifest.settings() {
        add(format!("settings.{}.label", setting.name), &setting.label);
        if let Some(default) = &setting.default {
            add(format!("settings.{}.default", setting.name), default);
        }
        if let SettingType::Choice { choices } = &setting.kind {
            add(format!("settings.{}.choices", setting.name), &choices.join("\n"));
        }
    }
    match manifest {
        Manifest::Skill(skill) => {
            add("when-to-use".into(), &skill.when_to_use.join("\n"));
            add("how-to-respond".into(), &skill.how_to_respond);
            for (language, examples) in &skill.examples {
                add(format!("examples.{language}"), &examples.join("\n"));
            }
        }
        Manifest::Connector(connector) => {
            add("provider".into(), &connector.provider);
            for secret in &connector.secrets {
                add(format!("secrets.{}.label", secret.name), &secret.label);
            }
        }
    }
    texts
}

#[cfg(test)]
mod tests;

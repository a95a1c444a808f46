//! An integration: a connector with the operator's settings, allowed hosts and secrets.

use crate::error::Error;
use crate::webhook::Checked;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use url::Url;
use usher_manifest::{ConnectorManifest, HostPattern, InterfaceName, Method, Placement, PluginId, Secret};
use zeroize::Zeroizing;

/// A secret's value. It is never shown, and wiped when dropped.
#[derive(Clone)]
pub struct SecretValue(Zeroizing<String>);

impl SecretValue {
    /// Takes the value over.
    #[must_use]
    pub fn new(value: String) -> Self {
        Self(Zeroizing::new(value))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretValue(…)")
    }
}

/// What an operator connects.
#[derive(Clone, Debug)]
pub struct Integration {
    /// The connector.
    pub connector: PluginId,
    /// Its settings; one that isn't given has the manifest's default.
    pub settings: BTreeMap<String, String>,
    /// The hosts that the operator allows, among those that the manifest names. Empty: all those that the
    /// manifest names exactly or through a setting.
    pub hosts: BTreeSet<String>,
    /// Requests to the host on the left go to the loopback address on the right, in the clear.
    pub stand_ins: BTreeMap<String, String>,
    /// Its secrets.
    pub secrets: BTreeMap<String, SecretValue>,
    /// Interfaces that it is picked for, where several connectors provide one.
    pub preferred_for: BTreeSet<InterfaceName>,
}

/// A checked integration: what the runtime's HTTP client goes by.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) connector: PluginId,
    pub(crate) settings: BTreeMap<String, String>,
    grants: Vec<(HostPattern, Vec<Method>)>,
    pub(crate) hosts: BTreeSet<String>,
    pub(crate) stand_ins: BTreeMap<String, Url>,
    pub(crate) credentials: Vec<Credential>,
    /// Those whose secret is filled in. Nothing of them is in any request.
    pub(crate) webhooks: Vec<Checked>,
    pub(crate) preferred_for: BTreeSet<InterfaceName>,
    /// Counts the changes of integrations.
    pub(crate) revision: u64,
}

/// A secret and where it goes.
#[derive(Debug)]
pub(crate) struct Credential {
    pub(crate) rule: Secret,
    pub(crate) value: SecretValue,
}

/// What is shown of an integration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IntegrationSummary {
    /// The connector.
    pub connector: PluginId,
    /// Its settings.
    pub settings: BTreeMap<String, String>,
    /// The hosts that it may reach.
    pub hosts: BTreeSet<String>,
    /// Hosts that are stood in for by a loopback address.
    pub stand_ins: BTreeMap<String, String>,
    /// The names of the secrets that are there.
    pub secrets: BTreeSet<String>,
}

impl Access {
    /// Checks an integration against the connector's manifest.
    pub(crate) fn check(manifest: &ConnectorManifest, integration: Integration, revision: u64) -> Result<Self, Error> {
        let wrong = |problem: String| Error::Integration { connector: manifest.id.clone(), problem };
        let mut settings = BTreeMap::new();
        for name in integration.settings.keys() {
            if !manifest.settings.iter().any(|setting| setting.name == *name) {
                let known: Vec<_> = manifest.settings.iter().map(|setting| setting.name.as_str()).collect();
                return Err(wrong(format!("there is no setting `{name}`; it has {}", known.join(", "))));
            }
        }
        for setting in &manifest.settings {
            match integration.settings.get(&setting.name).or(setting.default.as_ref()) {
                Some(value) => {
                    setting
                        .check(value)
                        .map_err(|complaint| wrong(format!("setting `{}`: {complaint}", setting.name)))?;
                    settings.insert(setting.name.clone(), value.trim().to_owned());
                }
                None if setting.required => {
                    return Err(wrong(format!("setting `{}` ({}) is missing", setting.name, setting.label)));
                }
                None => {}
            }
        }
        let mut hosts = BTreeSet::new();
        for host in &integration.hosts {
            let host = host.to_ascii_lowercase();
            let named = |access: &usher_manifest::HostAccess| {
                access.host.admits(&host, |setting| settings.get(setting).cloned())
            };
            if !manifest.hosts.iter().any(named) {
                return Err(wrong(format!("host `{host}` is none that the connector declares")));
            }
            hosts.insert(host);
        }
        if hosts.is_empty() {
            for access in &manifest.hosts {
                match &access.host {
                    HostPattern::Exact(host) => {
                        hosts.insert(host.clone());
                    }
                    HostPattern::FromSetting { setting, .. } => {
                        if let Some(host) = settings.get(setting).map(|host| host.to_ascii_lowercase())
                            && access.host.admits(&host, |setting| settings.get(setting).cloned())
                        {
                            hosts.insert(host);
                        }
                    }
                    HostPattern::Suffix(_) => {}
                }
            }
        }
        if hosts.is_empty() {
            return Err(wrong("it may reach no host; name one of those that it declares in `hosts`".into()));
        }
        let mut stand_ins = BTreeMap::new();
        for (host, address) in integration.stand_ins {
            let host = host.to_ascii_lowercase();
            if !hosts.contains(&host) {
                return Err(wrong(format!("the stand-in is for `{host}`, which the integration may not reach anyway")));
            }
            stand_ins.insert(host, loopback(&address).map_err(wrong)?);
        }
        let mut given = integration.secrets;
        let (mut credentials, mut webhooks) = (Vec::new(), Vec::new());
        for secret in &manifest.secrets {
            match given.remove(&secret.name) {
                Some(value) if value.expose().trim().is_empty() => {
                    return Err(wrong(format!("secret `{}` ({}) is empty", secret.name, secret.label)));
                }
                Some(value) if !value.expose().bytes().all(|byte| (0x20..0x7f).contains(&byte)) => {
                    return Err(wrong(format!(
                        "secret `{}` ({}) holds a line break or another character that no header can carry; copy it again",
                        secret.name, secret.label
                    )));
                }
                Some(value) if secret.placement.header().is_none() => {
                    let its = manifest.webhooks.iter().filter(|webhook| webhook.secret == secret.name);
                    webhooks.extend(its.map(|rule| Checked { rule: rule.clone(), secret: value.clone() }));
                }
                Some(value) => credentials.push(Credential { rule: secret.clone(), value }),
                None if secret.required => {
                    return Err(wrong(format!("secret `{}` ({}) is missing", secret.name, secret.label)));
                }
                None => {}
            }
        }
        if let Some(name) = given.keys().next() {
            return Err(wrong(format!("there is no secret `{name}`")));
        }
        // Two secrets for one header would be a question of order.
        for (index, credential) in credentials.iter().enumerate() {
            let before: &[Credential] = &credentials[..index];
            let twin = before.iter().find(|other| other.header_name().eq_ignore_ascii_case(credential.header_name()));
            if let Some(twin) = twin {
                return Err(wrong(format!(
                    "secrets `{}` and `{}` are for the same header; give only one of them",
                    twin.rule.name, credential.rule.name
                )));
            }
        }
        let sent = manifest.secrets.iter().filter(|secret| secret.placement.header().is_some());
        let names: Vec<_> = sent.map(|secret| format!("`{}`", secret.name)).collect();
        if credentials.is_empty() && !names.is_empty() {
            return Err(wrong(format!("it needs a secret: one of {}", names.join(", "))));
        }
        Ok(Self {
            connector: manifest.id.clone(),
            settings,
            grants: manifest.hosts.iter().map(|access| (access.host.clone(), access.methods.clone())).collect(),
            hosts,
            stand_ins,
            credentials,
            webhooks,
            preferred_for: integration.preferred_for,
            revision,
        })
    }

    /// The same for an integration that was connected before, to whatever release of the connector is live now. What the
    /// operator allowed then is all that it may reach: hosts that this release doesn't declare fall away, and ones that
    /// it declares anew wait for the operator.
    pub(crate) fn fitted(
        manifest: &ConnectorManifest,
        mut integration: Integration,
        revision: u64,
    ) -> Result<Self, Error> {
        let allowed = integration.hosts.len();
        let settings = &integration.settings;
        let setting = |name: &str| {
            let default = || manifest.settings.iter().find(|setting| setting.name == name)?.default.clone();
            settings.get(name).cloned().or_else(default)
        };
        let declared = |host: &String| manifest.hosts.iter().any(|access| access.host.admits(host, setting));
        let kept = integration.hosts.iter().filter(|host| declared(host)).cloned().collect::<BTreeSet<_>>();
        integration.stand_ins.retain(|host, _| allowed == 0 || kept.contains(host));
        integration.hosts = kept;
        if allowed > 0 && integration.hosts.is_empty() {
            return Err(Error::Integration {
                connector: manifest.id.clone(),
                problem: "the live release declares none of the hosts that were allowed; connect it again".into(),
            });
        }
        Self::check(manifest, integration, revision)
    }

    /// Reaches nothing: for starting a connector that isn't connected.
    pub(crate) fn none(connector: &PluginId) -> Self {
        Self {
            connector: connector.clone(),
            settings: BTreeMap::new(),
            grants: Vec::new(),
            hosts: BTreeSet::new(),
            stand_ins: BTreeMap::new(),
            credentials: Vec::new(),
            webhooks: Vec::new(),
            preferred_for: BTreeSet::new(),
            revision: 0,
        }
    }

    /// Whether a request may go to this host by this method; otherwise the rule that forbids it.
    pub(crate) fn admits(&self, host: &str, method: Method) -> Result<(), String> {
        if !self.hosts.contains(host) {
            return Err(format!("the operator allows no requests to `{host}`"));
        }
        let setting = |name: &str| self.settings.get(name).cloned();
        let mut declared = self.grants.iter().filter(|(pattern, _)| pattern.admits(host, setting)).peekable();
        if declared.peek().is_none() {
            return Err(format!("the connector's manifest doesn't declare `{host}`"));
        }
        if declared.any(|(_, methods)| methods.contains(&method)) {
            return Ok(());
        }
        Err(format!("the connector's manifest doesn't declare this method for `{host}`"))
    }

    pub(crate) fn summary(&self) -> IntegrationSummary {
        IntegrationSummary {
            connector: self.connector.clone(),
            settings: self.settings.clone(),
            hosts: self.hosts.clone(),
            stand_ins: self.stand_ins.iter().map(|(host, url)| (host.clone(), url.to_string())).collect(),
            secrets: {
                let sent = self.credentials.iter().map(|credential| &credential.rule.name);
                sent.chain(self.webhooks.iter().map(|webhook| &webhook.rule.secret)).cloned().collect()
            },
        }
    }
}

impl Credential {
    /// The header of requests that it stands in.
    pub(crate) fn header_name(&self) -> &str {
        self.rule.placement.header().unwrap_or_default()
    }

    /// The header that carries `secret` (the secret itself, or the token that it bought).
    pub(crate) fn header(&self, secret: &str, settings: &BTreeMap<String, String>) -> (String, Zeroizing<String>) {
        match (&self.rule.placement, self.encoded(secret, settings)) {
            (Placement::Header { header, value }, _) => (header.clone(), Zeroizing::new(value.replace("{}", secret))),
            // A secret of a webhook is no credential.
            (Placement::Basic { .. } | Placement::Webhook {}, encoded) => {
                let encoded = encoded.unwrap_or_default();
                ("Authorization".into(), Zeroizing::new(format!("Basic {}", encoded.as_str())))
            }
        }
    }

    /// The secret as HTTP Basic spells it (RFC 7617), where it is sent so.
    pub(crate) fn encoded(&self, secret: &str, settings: &BTreeMap<String, String>) -> Option<Zeroizing<String>> {
        use base64::Engine as _;
        let Placement::Basic { user } = &self.rule.placement else { return None };
        let user =
            settings.iter().fold(user.clone(), |user, (name, value)| user.replace(&format!("{{{name}}}"), value));
        let pair = Zeroizing::new(format!("{user}:{secret}"));
        Some(Zeroizing::new(base64::engine::general_purpose::STANDARD.encode(pair.as_bytes())))
    }
}

/// `http://127.0.0.1:PORT` and nothing more.
pub(crate) fn loopback(address: &str) -> Result<Url, String> {
    let problem = || format!("`{address}` is not a loopback address; write it as http://127.0.0.1:PORT");
    let url = Url::parse(address).map_err(|_| problem())?;
    let is_loopback = match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        _ => false,
    };
    let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.path() == "/";
    if url.scheme() == "http" && is_loopback && bare { Ok(url) } else { Err(problem()) }
}

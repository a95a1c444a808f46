//! `connector.toml`.

use semver::Version;
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use crate::error::{Complaint, Error};
use crate::name::{InterfaceName, PluginId, interface, quoted};
use crate::reader::{Fields, Item};
use crate::secret::{self, Secret};
use crate::setting::{self, Setting, SettingType};
use crate::skill::version;
use crate::text::Shape;
use crate::webhook::{self, Webhook};

/// What the author of a connector declares.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ConnectorManifest {
    /// The same in every version.
    pub id: PluginId,
    /// At most 60 characters.
    pub name: String,
    /// Semantic.
    pub version: Version,
    /// Who it talks to, as people call it.
    pub provider: String,
    /// What it does, for operators: at most 600 characters.
    pub overview: String,
    /// The interfaces that its component exports besides `health`: exactly these.
    pub provides: Vec<InterfaceName>,
    /// Where it may send requests.
    pub hosts: Vec<HostAccess>,
    /// What an operator fills in.
    pub settings: Vec<Setting>,
    /// What the runtime puts into its requests. Where several would set one header, the first that the operator
    /// has filled in is used.
    pub secrets: Vec<Secret>,
    /// Where the provider says that something happened.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub webhooks: Vec<Webhook>,
}

/// One place that a connector may send requests to. Always https.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct HostAccess {
    /// Where.
    #[serde(flatten)]
    pub host: HostPattern,
    /// How.
    pub methods: Vec<Method>,
    /// For the reviewer.
    pub reason: String,
}

/// Which hosts are meant. Names are in lower case and have at least two labels; there are no addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostPattern {
    /// This one: `api.loopreturns.com`.
    Exact(String),
    /// Any name that ends with a dot and this, kept without `*.`: `myshopify.com`.
    Suffix(String),
    /// The one that the operator fills in.
    FromSetting {
        /// A text setting of the same manifest.
        setting: String,
        /// What the host must end with, a dot before it.
        suffix: Option<String>,
    },
}

impl HostPattern {
    /// Whether a host is meant. `setting` looks the operator's settings up. Both are compared in lower case, label
    /// by label.
    pub fn admits(&self, host: &str, setting: impl FnOnce(&str) -> Option<String>) -> bool {
        let host = host.to_ascii_lowercase();
        let under = |suffix: &str| host.strip_suffix(suffix).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'));
        match self {
            HostPattern::Exact(name) => host == *name,
            HostPattern::Suffix(suffix) => under(suffix),
            HostPattern::FromSetting { setting: name, suffix } => {
                suffix.as_deref().is_none_or(under)
                    && setting(name).is_some_and(|value| value.trim().eq_ignore_ascii_case(&host))
            }
        }
    }
}

impl std::fmt::Display for HostPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            HostPattern::Exact(name) => f.write_str(name),
            HostPattern::Suffix(suffix) => write!(f, "*.{suffix}"),
            HostPattern::FromSetting { setting, suffix: None } => write!(f, "the host in the setting `{setting}`"),
            HostPattern::FromSetting { setting, suffix: Some(suffix) } => {
                write!(f, "the host in the setting `{setting}`, under *.{suffix}")
            }
        }
    }
}

impl Serialize for HostPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            HostPattern::Exact(name) => map.serialize_entry("host", name)?,
            HostPattern::Suffix(suffix) => map.serialize_entry("host", &format_args!("*.{suffix}"))?,
            HostPattern::FromSetting { setting, suffix } => {
                map.serialize_entry("from-setting", setting)?;
                if let Some(suffix) = suffix {
                    map.serialize_entry("host", &format_args!("*.{suffix}"))?;
                }
            }
        }
        map.end()
    }
}

/// What a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say all")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

const METHODS: &[(&str, Method)] = &[
    ("get", Method::Get),
    ("post", Method::Post),
    ("put", Method::Put),
    ("patch", Method::Patch),
    ("delete", Method::Delete),
];

const KEYS: &[&str] =
    &["id", "name", "version", "provider", "overview", "provides", "hosts", "settings", "secrets", "webhooks"];

/// `extra` are keys that the caller has read already.
pub(crate) fn read(root: Item, extra: &[&'static str]) -> Result<ConnectorManifest, Error> {
    let mut fields = root.fields(&[KEYS, extra].concat())?;
    let settings = setting::read(fields.list("settings", 64)?)?;
    let webhooks = webhook::read(fields.list("webhooks", 8)?)?;
    Ok(ConnectorManifest {
        id: fields.required("id", "id = \"shopify\"")?.parse()?,
        name: fields.required("name", "name = \"Shopify\"")?.text(60, Shape::Line)?,
        version: version(&mut fields)?,
        provider: fields.required("provider", "provider = \"Shopify\"")?.text(60, Shape::Line)?,
        overview: fields.required("overview", "overview = \"…\"")?.text(600, Shape::Paragraphs)?,
        provides: provides(&mut fields)?,
        hosts: hosts(&mut fields, &settings)?,
        secrets: secret::read(&mut fields, &settings, &webhooks)?,
        settings,
        webhooks,
    })
}

fn provides(fields: &mut Fields) -> Result<Vec<InterfaceName>, Error> {
    let item = fields.required("provides", "provides = [\"usher:tools/orders\"]")?;
    let provides = item.distinct(64, |item| item.parse_with(interface))?;
    if provides.is_empty() {
        return Err(fields.refuse("provides", Complaint::new("empty", "name at least one interface")));
    }
    match provides.iter().find(|name| name.package() == "usher:connector") {
        Some(name) => {
            let complaint =
                Complaint::new(format!("{name} is not a tool"), "remove it: every connector exports `health`");
            Err(fields.refuse("provides", complaint))
        }
        None => Ok(provides),
    }
}

fn hosts(fields: &mut Fields, settings: &[Setting]) -> Result<Vec<HostAccess>, Error> {
    let mut hosts: Vec<HostAccess> = Vec::new();
    for item in fields.list("hosts", 32)? {
        let mut fields = item.fields(&["host", "from-setting", "methods", "reason"])?;
        let pattern = fields.optional("host").map(|item| item.parse_with(pattern)).transpose()?;
        let setting = fields.optional("from-setting").map(|item| text_setting(item, settings)).transpose()?;
        let host = match (pattern, setting) {
            (Some(pattern), None) => pattern,
            (None, Some(setting)) => HostPattern::FromSetting { setting, suffix: None },
            (Some(HostPattern::Suffix(suffix)), Some(setting)) => {
                HostPattern::FromSetting { setting, suffix: Some(suffix) }
            }
            (Some(_), Some(_)) => {
                let complaint = Complaint::new(
                    "an exact host and a setting",
                    "remove one of the two, or write \"*.example.com\" for what the setting's host must be under",
                );
                return Err(fields.refuse("host", complaint));
            }
            (None, None) => {
                let complaint = Complaint::new(
                    "no host",
                    "add `host = \"api.example.com\"`, or `from-setting = \"…\"` with a setting's name",
                );
                return Err(fields.refuse("host", complaint));
            }
        };
        if hosts.iter().any(|other| other.host == host) {
            let complaint = Complaint::new(format!("{host} stands there already"), "put all methods into one entry");
            return Err(fields.refuse("host", complaint));
        }
        let methods = fields.required("methods", "methods = [\"get\"]")?;
        let methods = methods.distinct(METHODS.len(), |item| item.one_of(METHODS))?;
        if methods.is_empty() {
            return Err(fields.refuse("methods", Complaint::new("empty", "write at least one method")));
        }
        let reason = fields.required("reason", "reason = \"to read orders\"")?.text(300, Shape::Line)?;
        hosts.push(HostAccess { host, methods, reason });
    }
    Ok(hosts)
}

fn pattern(text: &str) -> Result<HostPattern, Complaint> {
    let (name, suffix) = text.strip_prefix("*.").map_or((text, false), |name| (name, true));
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // A last label of digits would be an IPv4 address.
    let named = name.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_lowercase()));
    if name.len() > 253 || !name.contains('.') || !named || !name.split('.').all(label) {
        return Err(Complaint::new(
            format!("{} is not a host", quoted(text)),
            "write a name in lower case with no scheme, port or path, like \"api.example.com\" or \"*.example.com\"",
        ));
    }
    Ok(if suffix { HostPattern::Suffix(name.to_owned()) } else { HostPattern::Exact(name.to_owned()) })
}

/// The name of a text setting of this manifest.
pub(crate) fn text_setting(item: Item, settings: &[Setting]) -> Result<String, Error> {
    item.parse_with(|text| match settings.iter().find(|setting| setting.name == text) {
        Some(setting) if setting.kind == SettingType::Text => Ok(text.to_owned()),
        Some(_) => Err(Complaint::new(format!("the setting {text:?} is not text"), "give it `type = \"text\"`")),
        None => Err(Complaint::new(
            format!("there is no setting {}", quoted(text)),
            "add it under `[[settings]]` with `type = \"text\"`",
        )),
    })
}

//! `connector.toml`.

use semver::Version;
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use crate::error::{Complaint, Error};
use crate::name::{InterfaceName, PluginId, interface, quoted, slug};
use crate::reader::{Fields, Item};
use crate::setting::{self, Setting, SettingType};
use crate::skill::version;
use crate::text::Shape;

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

/// What the operator fills in and no component ever sees: the runtime puts it into requests to the hosts of the
/// manifest, and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Secret {
    /// What it is kept by.
    pub name: String,
    /// For the operator.
    pub label: String,
    /// Where it goes.
    #[serde(flatten)]
    pub placement: Placement,
    /// The connector is unavailable until it is filled in.
    pub required: bool,
    /// It is not sent itself: it buys a short-lived token, and that one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_credentials: Option<ClientCredentials>,
}

/// Where in a request a secret goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Placement {
    /// A header of its own.
    Header {
        /// The header's name.
        header: String,
        /// Its value, with `{}` once where the secret goes: `Bearer {}`.
        value: String,
    },
    /// HTTP Basic, with the secret as the password (RFC 7617).
    Basic {
        /// The user, with settings in braces: `{email}/token`.
        #[serde(rename = "basic-user")]
        user: String,
    },
}

impl Placement {
    /// The name of the header that this sets.
    pub fn header(&self) -> &str {
        match self {
            Placement::Header { header, .. } => header,
            Placement::Basic { .. } => "Authorization",
        }
    }
}

/// How a secret buys a token: OAuth's client-credentials grant (RFC 6749, section 4.4), with the secret as
/// `client_secret`, asked of the host that the request goes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ClientCredentials {
    /// On that host: `/admin/oauth/access_token`.
    pub token_path: String,
    /// The text setting that holds `client_id`.
    pub client_id: String,
}

const METHODS: &[(&str, Method)] = &[
    ("get", Method::Get),
    ("post", Method::Post),
    ("put", Method::Put),
    ("patch", Method::Patch),
    ("delete", Method::Delete),
];

const KEYS: &[&str] = &["id", "name", "version", "provider", "overview", "provides", "hosts", "settings", "secrets"];

/// `extra` are keys that the caller has read already.
pub(crate) fn read(root: Item, extra: &[&'static str]) -> Result<ConnectorManifest, Error> {
    let mut fields = root.fields(&[KEYS, extra].concat())?;
    let settings = setting::read(fields.list("settings", 64)?)?;
    Ok(ConnectorManifest {
        id: fields.required("id", "id = \"shopify\"")?.parse()?,
        name: fields.required("name", "name = \"Shopify\"")?.text(60, Shape::Line)?,
        version: version(&mut fields)?,
        provider: fields.required("provider", "provider = \"Shopify\"")?.text(60, Shape::Line)?,
        overview: fields.required("overview", "overview = \"…\"")?.text(600, Shape::Paragraphs)?,
        provides: provides(&mut fields)?,
        hosts: hosts(&mut fields, &settings)?,
        secrets: secrets(&mut fields, &settings)?,
        settings,
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
fn text_setting(item: Item, settings: &[Setting]) -> Result<String, Error> {
    item.parse_with(|text| match settings.iter().find(|setting| setting.name == text) {
        Some(setting) if setting.kind == SettingType::Text => Ok(text.to_owned()),
        Some(_) => Err(Complaint::new(format!("the setting {text:?} is not text"), "give it `type = \"text\"`")),
        None => Err(Complaint::new(
            format!("there is no setting {}", quoted(text)),
            "add it under `[[settings]]` with `type = \"text\"`",
        )),
    })
}

fn secrets(fields: &mut Fields, settings: &[Setting]) -> Result<Vec<Secret>, Error> {
    let mut secrets: Vec<Secret> = Vec::new();
    for item in fields.list("secrets", 16)? {
        let known = ["name", "label", "header", "value", "basic-user", "required", "client-credentials"];
        let mut fields = item.fields(&known)?;
        let name = fields.required("name", "name = \"access-token\"")?.parse_with(slug)?;
        if settings.iter().any(|setting| setting.name == name) || secrets.iter().any(|secret| secret.name == name) {
            let complaint = Complaint::new(format!("{name:?} is taken"), "give each setting and secret its own name");
            return Err(fields.refuse("name", complaint));
        }
        let label = fields.required("label", "label = \"…\", for the operator")?.text(80, Shape::Line)?;
        let placement = placement(&mut fields, settings)?;
        let required = fields.bool("required")?;
        let client_credentials =
            fields.optional("client-credentials").map(|item| client_credentials(item, settings)).transpose()?;
        if client_credentials.is_some() && matches!(placement, Placement::Basic { .. }) {
            let complaint = Complaint::new("a token goes into a header", "use `header` and `value` for it");
            return Err(fields.refuse("basic-user", complaint));
        }
        secrets.push(Secret { name, label, placement, required, client_credentials });
    }
    Ok(secrets)
}

fn placement(fields: &mut Fields, settings: &[Setting]) -> Result<Placement, Error> {
    match (fields.optional("header"), fields.optional("value"), fields.optional("basic-user")) {
        (Some(header), value, None) => Ok(Placement::Header {
            header: header.parse_with(header_name)?,
            value: value.map_or(Ok("{}".to_owned()), |item| item.parse_with(header_value))?,
        }),
        (None, None, Some(user)) => Ok(Placement::Basic { user: user.parse_with(|text| basic_user(text, settings))? }),
        (None, None, None) => {
            let complaint = Complaint::new(
                "it goes nowhere",
                "add `header = \"Authorization\"` with `value = \"Bearer {}\"`, or `basic-user = \"…\"` for HTTP Basic",
            );
            Err(fields.refuse("header", complaint))
        }
        (_, Some(value), _) => {
            Err(value.refuse(Complaint::new("a value belongs to a header", "add `header`, or remove `value`")))
        }
        (Some(_), None, Some(user)) => {
            Err(user.refuse(Complaint::new("a header and HTTP Basic", "remove one of the two")))
        }
    }
}

/// A header that an author may choose: a token (RFC 9110, section 5.6.2) that doesn't steer the connection.
fn header_name(text: &str) -> Result<String, Complaint> {
    const STEERING: &[&str] = &[
        "connection",
        "content-encoding",
        "content-length",
        "cookie",
        "expect",
        "forwarded",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    ];
    let lower = text.to_ascii_lowercase();
    let token =
        (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !token {
        return Err(Complaint::new(
            format!("{} is not a header", quoted(text)),
            "write a name like \"X-Access-Token\"",
        ));
    }
    if STEERING.contains(&lower.as_str()) || lower.starts_with("proxy-") || lower.starts_with("x-forwarded-") {
        return Err(Complaint::new(
            format!("the runtime alone sets {text}"),
            "name the header that the provider reads the secret from",
        ));
    }
    Ok(text.to_owned())
}

fn header_value(text: &str) -> Result<String, Complaint> {
    let visible = text.len() <= 128 && text.chars().all(|c| c == ' ' || c.is_ascii_graphic());
    if visible && text.matches("{}").count() == 1 {
        return Ok(text.to_owned());
    }
    Err(Complaint::new(
        format!("{} does not say where the secret goes", quoted(text)),
        "write `{}` once, like \"Bearer {}\"",
    ))
}

/// Each name in braces must be a text setting.
fn basic_user(text: &str, settings: &[Setting]) -> Result<String, Complaint> {
    let visible = (1..=128).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic());
    // RFC 7617: the user ends at the first colon.
    if !visible || text.contains(':') {
        return Err(Complaint::new(
            format!("{} is not a user", quoted(text)),
            "write it without spaces and colons, with settings in braces, like \"{email}/token\"",
        ));
    }
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            return Err(Complaint::new(
                format!("{} has a brace that is not closed", quoted(text)),
                "write `{setting}`",
            ));
        };
        if !settings.iter().any(|setting| setting.name == name && setting.kind == SettingType::Text) {
            return Err(Complaint::new(
                format!("there is no text setting {}", quoted(name)),
                "add it under `[[settings]]` with `type = \"text\"`",
            ));
        }
        rest = after;
    }
    Ok(text.to_owned())
}

fn client_credentials(item: Item, settings: &[Setting]) -> Result<ClientCredentials, Error> {
    let mut fields = item.fields(&["token-path", "client-id"])?;
    let path = fields.required("token-path", "token-path = \"/oauth/token\"")?;
    let token_path = path.parse_with(|text| {
        let clean = text.starts_with('/')
            && !text.starts_with("//")
            && text.len() <= 200
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.~".contains(c))
            && !text.split('/').any(|part| part == "..");
        if clean {
            return Ok(text.to_owned());
        }
        Err(Complaint::new(format!("{} is not a path", quoted(text)), "write the path alone, like \"/oauth/token\""))
    })?;
    let client_id = fields.required("client-id", "client-id = \"…\", the setting that holds it")?;
    Ok(ClientCredentials { token_path, client_id: text_setting(client_id, settings)? })
}

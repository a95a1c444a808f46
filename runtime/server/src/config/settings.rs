//! The configuration as it is written. `load` makes a [`super::Config`] of it.

use super::channels::{ChannelsSettings, MailSettings};
use super::secret::SecretRef;
use super::values::{AllowedHost, ContactUrl, IpNet, Origin, WebUrl};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use usher_agent::voice::Voice;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Settings {
    #[serde(default = "default_listen")]
    pub(super) listen: SocketAddr,
    pub(super) public_url: Option<WebUrl>,
    #[serde(default = "default_data_dir")]
    pub(super) data_dir: PathBuf,
    #[serde(default)]
    pub(super) trusted_proxies: Vec<IpNet>,
    #[serde(default)]
    pub(super) plugins: Plugins,
    pub(super) shop: Shop,
    #[serde(default)]
    pub(super) skills: Skills,
    #[serde(default)]
    pub(super) sites: Vec<Site>,
    pub(super) mail: Option<MailSettings>,
    #[serde(default)]
    pub(super) channels: ChannelsSettings,
    #[serde(default)]
    pub(super) handoff: Handoff,
    #[serde(default)]
    pub(super) resolution: Resolution,
    #[serde(default)]
    pub(super) limits: Limits,
    #[serde(default)]
    pub(super) log: Log,
    #[serde(default)]
    pub(super) admin: Admin,
    #[serde(default)]
    pub(super) operators: Vec<Operator>,
    #[serde(default)]
    pub(super) secrets: Secrets,
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8787))
}

fn default_data_dir() -> PathBuf {
    ".usher".into()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Plugins {
    #[serde(default = "default_plugin_folder")]
    pub(super) folder: PathBuf,
    pub(super) trust: Option<PathBuf>,
}

impl Default for Plugins {
    fn default() -> Self {
        Self { folder: default_plugin_folder(), trust: None }
    }
}

fn default_plugin_folder() -> PathBuf {
    "plugins".into()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Shop {
    pub(super) name: String,
    #[serde(default = "default_locale")]
    pub(super) locale: String,
    #[serde(default)]
    pub(super) languages: Vec<String>,
    #[serde(default = "default_time_zone")]
    pub(super) time_zone: String,
    #[serde(default)]
    pub(super) voice: Voice,
    #[serde(default)]
    pub(super) greeting: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) hub: Hub,
}

fn default_locale() -> String {
    "en".into()
}

fn default_time_zone() -> String {
    "UTC".into()
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Hub {
    #[serde(default)]
    pub(super) own: bool,
    pub(super) orders: Option<WebUrl>,
    pub(super) returns: Option<WebUrl>,
    pub(super) subscriptions: Option<WebUrl>,
    pub(super) loyalty: Option<WebUrl>,
    pub(super) coupons: Option<WebUrl>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Skills {
    pub(super) fallback: String,
    pub(super) settings: BTreeMap<String, BTreeMap<String, String>>,
}

impl Default for Skills {
    fn default() -> Self {
        Self { fallback: "general-qa".into(), settings: BTreeMap::new() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Site {
    pub(super) id: String,
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) origins: Vec<Origin>,
    #[serde(default)]
    pub(super) link_hosts: Vec<AllowedHost>,
    pub(super) sign_in_url: Option<WebUrl>,
    pub(super) identity: Option<Identity>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Identity {
    pub(super) issuer: String,
    pub(super) audience: Option<String>,
    pub(super) keys: BTreeMap<String, IdentityKey>,
}

/// Exactly one of the two.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct IdentityKey {
    pub(super) hs256: Option<SecretRef>,
    pub(super) eddsa: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Handoff {
    pub(super) method: Option<String>,
    pub(super) message: BTreeMap<String, String>,
    pub(super) links: Vec<HandoffLink>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Resolution {
    pub(super) assumed_after_hours: u32,
}

impl Default for Resolution {
    fn default() -> Self {
        Self { assumed_after_hours: 24 }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct HandoffLink {
    pub(super) label: String,
    pub(super) url: ContactUrl,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Limits {
    pub(super) requests_per_second: u32,
    pub(super) request_burst: u32,
    pub(super) messages_per_second: u32,
    pub(super) message_burst: u32,
    pub(super) codes_per_hour: u32,
    pub(super) connections: usize,
    pub(super) streams_per_session: usize,
    pub(super) signed_in_hours: u32,
    pub(super) plugin: usher_host::Limits,
    pub(super) allowance: usher_host::Allowance,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests_per_second: 20,
            request_burst: 60,
            messages_per_second: 1,
            message_burst: 5,
            codes_per_hour: 5,
            connections: 4096,
            streams_per_session: 6,
            signed_in_hours: 12,
            plugin: usher_host::Limits::default(),
            allowance: usher_host::Allowance::default(),
        }
    }
}

/// For people (`text`) or for machines (`json`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Log {
    pub(super) format: LogFormat,
    pub(super) filter: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".into() }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Admin {
    pub(super) token: Option<SecretRef>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Operator {
    pub(super) name: String,
    pub(super) token: SecretRef,
    pub(super) role: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Secrets {
    pub(super) key: Option<SecretRef>,
}

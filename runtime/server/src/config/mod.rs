//! What the operator configures: one TOML file, overlaid by the environment (`USHER_…`).
//!
//! `load` reads and checks; what it returns can't be wrong any more: origins are origins, keys have their
//! length, secrets were found. A key that isn't known is an error that names the key, the place and the
//! nearest key that exists.

mod channels;
mod error;
mod handoff;
mod load;
mod secret;
mod settings;
mod values;

pub use channels::{Channels, Email, Imap, Lmtp, Mail, MailCarrier, Sms, Whatsapp};
pub use error::{ConfigError, ConfigProblem};
pub(crate) use handoff::{is_contact, is_label, method_of};
pub(crate) use load::is_language_tag;
pub use load::{load, load_text};
pub use secret::Secret;
pub use settings::LogFormat;
pub(crate) use values::is_loopback;
pub use values::{AllowedHost, IpNet, Origin};

use crate::identity::IdentityRules;
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use url::Url;
use usher_agent::accounts::Role;
use usher_agent::handoff::HandoffMethod;
use usher_agent::voice::Voice;
use usher_host::TrustPolicy;
use usher_manifest::PluginId;

/// The documented example, as `usher config --example` prints it.
pub const EXAMPLE: &str = include_str!("../../usher.example.toml");

/// A whole, checked configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// How browsers reach it, without a slash at the end; none: `http://` and the address it listens on.
    pub public_url: Option<Url>,
    /// Where everything that lasts is kept.
    pub data_dir: PathBuf,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The folder that plugins are proposed in.
    pub plugins: PathBuf,
    /// What may go live, and who must agree.
    pub trust: TrustPolicy,
    /// The shop.
    pub shop: Shop,
    /// The skill that is asked where no other fits.
    pub fallback_skill: PluginId,
    /// The operator's settings for skills.
    pub skill_settings: BTreeMap<PluginId, BTreeMap<String, String>>,
    /// The sites that show the widget.
    pub sites: Vec<Site>,
    /// How mail is sent; none: one-time codes aren't offered.
    pub mail: Option<Mail>,
    /// The channels beside web chat.
    pub channels: Channels,
    /// To whom conversations are handed over.
    pub handoff: Handoff,
    /// Silence for this long after a complete answer counts as resolved.
    pub assumed_after: SignedDuration,
    /// What visitors and plugins may use.
    pub limits: Limits,
    /// How the log is written.
    pub log: Log,
    /// The token of the operator `admin`; none: generated into the data folder.
    pub admin_token: Option<Secret>,
    /// The other operators.
    pub operators: Vec<NamedOperator>,
    /// Seals the integrations' secrets; none: generated into the data folder.
    pub sealing_key: Option<Secret>,
}

impl Config {
    /// The site with this id.
    #[must_use]
    pub fn site(&self, id: &str) -> Option<&Site> {
        self.sites.iter().find(|site| site.id == id)
    }
}

/// The shop, as its customers know it.
#[derive(Clone, Debug)]
pub struct Shop {
    /// Its name.
    pub name: String,
    /// BCP 47, where a customer's language isn't known.
    pub locale: String,
    /// The languages it answers in.
    pub languages: Vec<String>,
    /// IANA name.
    pub time_zone: String,
    /// How it speaks to customers, until an operator chooses another voice.
    pub voice: Voice,
    /// What a greeting is answered with, by language; a language that isn't there gets the server's own text.
    pub greeting: BTreeMap<String, String>,
    /// The customer hub is on until an operator switches it: where an address of the shop's own is named, or `hub.own`.
    pub hub_on: bool,
    /// The shop's own pages of the customer hub by section (`orders`, `returns`, …); the others are this server's.
    pub hub: BTreeMap<String, Url>,
}

/// One site that shows the widget.
#[derive(Clone, Debug)]
pub struct Site {
    /// A public name; also the audience of its identity tokens, unless another is set.
    pub id: String,
    /// Shown in the widget's head.
    pub name: String,
    /// Pages of these origins may show the widget.
    pub origins: Vec<Origin>,
    /// Links in answers may lead there.
    pub link_hosts: Vec<AllowedHost>,
    /// How the shop's backend proves who a visitor is; none: it doesn't.
    pub identity: Option<IdentityRules>,
    /// The shop's own page to sign in on.
    pub sign_in_url: Option<Url>,
}

/// To whom conversations are handed over, until an operator changes it in the running server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handoff {
    /// To whom.
    pub method: HandoffMethod,
    /// What a customer reads where the method is the custom message, by language; a language that isn't there gets the server's own text.
    pub message: BTreeMap<String, String>,
    /// Ways to reach the team.
    pub links: Vec<HandoffLink>,
}

/// One way to reach the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffLink {
    /// What the button says.
    pub label: String,
    /// `https:`, `mailto:` or `tel:`.
    pub url: Url,
}

/// What visitors and plugins may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests a second from one address (IPv6: one /64), and how many at once. Five times as many with an operator's
    /// token, and for the files that pages are made of.
    pub requests_per_second: u32,
    /// See above.
    pub request_burst: u32,
    /// Messages a second in one session, and how many at once.
    pub messages_per_second: u32,
    /// See above.
    pub message_burst: u32,
    /// One-time codes an hour to one address, from one session, and (ten times that) from one address of the network.
    pub codes_per_hour: u32,
    /// Connections at once.
    pub connections: usize,
    /// Event streams of one session at once.
    pub streams_per_session: usize,
    /// Hours for which a customer stays signed in.
    pub signed_in_hours: u32,
    /// What one call of a plugin may use.
    pub plugin: usher_host::Limits,
    /// What may be called in an hour, and when a plugin is quarantined.
    pub allowance: usher_host::Allowance,
}

/// The name of the operator whose token is `admin.token`.
pub const ADMIN: &str = "admin";

/// An operator with a name: whatever they decide is written down with it.
#[derive(Clone, Debug)]
pub struct NamedOperator {
    /// Unique, and not [`ADMIN`].
    pub name: String,
    /// Their token, which no one else has.
    pub token: Secret,
    /// What they may do.
    pub role: Role,
}

/// How the log is written.
#[derive(Clone, Debug)]
pub struct Log {
    /// For people or for machines.
    pub format: LogFormat,
    /// A filter in `tracing`'s form, for example `info,usher=debug`.
    pub filter: String,
}

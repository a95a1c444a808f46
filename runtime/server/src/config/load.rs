//! Reads, overlays and checks.

use super::error::{ConfigError, ConfigProblem};
use super::handoff;
use super::secret::SecretRef;
use super::settings::{self, Settings};
use super::{ADMIN, Config, Limits, Log, NamedOperator, Secret, Shop, Site};
use crate::identity::{IdentityKey, IdentityRules};
use figment::Figment;
use figment::providers::{Env, Format, Toml};
use jiff::SignedDuration;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use usher_agent::accounts::{Role, UnknownRole};
use usher_host::TrustPolicy;
use usher_manifest::PluginId;

/// Variables that belong to the command line, not to the configuration.
const NOT_SETTINGS: &[&str] = &["config", "console_files", "url", "site", "build", "admin_token", "token"];

/// Reads a file and overlays the environment. Relative paths in it start at the file's folder.
///
/// # Errors
/// Names every key that is unknown, missing or wrong.
pub fn load(file: &Path) -> Result<Config, ConfigError> {
    let name = format!("`{}`", file.display());
    let text = std::fs::read_to_string(file).map_err(|error| {
        let fix = "`usher config --example` prints one to start from";
        ConfigError::of(&name, vec![ConfigProblem::new("", format!("the file can't be read: {error}; {fix}"))])
    })?;
    let base = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    load_text(&name, &text, base, true)
}

/// As [`load`], from a text; `environment` says whether `USHER_…` is overlaid.
///
/// # Errors
/// As [`load`].
pub fn load_text(name: &str, text: &str, base: &Path, environment: bool) -> Result<Config, ConfigError> {
    // Read once on its own: TOML's own message has line and column.
    if let Err(error) = toml::from_str::<toml::Table>(text) {
        return Err(ConfigError::of(name, vec![ConfigProblem::new("", format!("this is not TOML: {error}"))]));
    }
    let mut figment = Figment::from(Toml::string(text));
    if environment {
        let variables = Env::prefixed("USHER_")
            .filter(|key| {
                let key = key.as_str().to_ascii_lowercase();
                !NOT_SETTINGS.iter().any(|name| key == *name || key.starts_with(&format!("{name}_")))
            })
            .map(|key| key.as_str().to_ascii_lowercase().replace("__", ".").replace('_', "-").into());
        figment = figment.merge(variables);
    }
    let settings: Settings = figment.extract().map_err(|error| ConfigError::from_figment(name, error))?;
    let mut checker = Checker { base, problems: Vec::new() };
    let config = checker.config(settings);
    match config {
        Some(config) if checker.problems.is_empty() => Ok(config),
        _ => Err(ConfigError::of(name, checker.problems)),
    }
}

pub(super) struct Checker<'a> {
    pub(super) base: &'a Path,
    problems: Vec<ConfigProblem>,
}

impl Checker<'_> {
    pub(super) fn wrong(&mut self, key: impl Into<String>, message: impl Into<String>) {
        self.problems.push(ConfigProblem::new(key, message));
    }

    pub(super) fn secret(&mut self, key: &str, secret: &SecretRef) -> Option<Secret> {
        secret.resolve(self.base).map_err(|message| self.wrong(key, message)).ok()
    }

    /// None only where something was wrong and has been noted.
    fn config(&mut self, settings: Settings) -> Option<Config> {
        let data_dir = self.base.join(&settings.data_dir);
        let plugins = self.base.join(&settings.plugins.folder);
        let trust = self.trust(settings.plugins.trust.as_deref());
        if let Some(url) = &settings.public_url
            && (url.0.path() != "/" || url.0.query().is_some() || url.0.fragment().is_some())
        {
            self.wrong(
                "public-url",
                "it has a path; the server needs an origin of its own, like `https://help.example.com`",
            );
        }
        let shop = self.shop(settings.shop);
        let sites = self.sites(settings.sites);
        let fallback_skill = self.skill("skills.fallback", &settings.skills.fallback);
        let skill_settings = self.skill_settings(settings.skills.settings);
        let mail_is_sent = settings.mail.is_some();
        let mail = settings.mail.and_then(|mail| self.mail(mail));
        let channels = self.channels(settings.channels, mail_is_sent);
        self.spoken("handoff.message", &settings.handoff.message);
        let handoff = handoff::checked(settings.handoff, &mut self.problems);
        let assumed_after = self.assumed_after(settings.resolution.assumed_after_hours);
        let limits = self.limits(settings.limits);
        if tracing_subscriber::EnvFilter::try_new(&settings.log.filter).is_err() {
            self.wrong("log.filter", "it is not a filter; write it like `info` or `info,usher=debug`");
        }
        let admin_token = settings.admin.token.and_then(|token| self.token("admin.token", &token));
        let operators = self.operators(settings.operators, admin_token.as_ref());
        let sealing_key = settings.secrets.key.and_then(|key| self.secret("secrets.key", &key));
        if let Some(key) = &sealing_key
            && crate::seal::SealingKey::from_text(key.reveal()).is_err()
        {
            self.wrong("secrets.key", "it is not 64 hexadecimal digits; make one with `openssl rand -hex 32`");
        }
        Some(Config {
            listen: settings.listen,
            public_url: settings.public_url.map(|url| url.0),
            data_dir,
            trusted_proxies: settings.trusted_proxies,
            plugins,
            trust: trust?,
            shop,
            fallback_skill: fallback_skill?,
            skill_settings,
            sites,
            mail,
            channels,
            handoff,
            assumed_after,
            limits,
            log: Log { format: settings.log.format, filter: settings.log.filter },
            admin_token,
            operators,
            sealing_key,
        })
    }

    /// The trust policy; without one, everything waits for a person.
    fn trust(&mut self, file: Option<&Path>) -> Option<TrustPolicy> {
        let Some(file) = file else { return Some(TrustPolicy::cautious()) };
        TrustPolicy::read(&self.base.join(file)).map_err(|error| self.wrong("plugins.trust", error.to_string())).ok()
    }

    /// An operator's token.
    fn token(&mut self, key: &str, token: &SecretRef) -> Option<Secret> {
        let token = self.secret(key, token)?;
        if token.reveal().len() < 32 {
            self.wrong(key, "it is shorter than 32 bytes; make one with `openssl rand -hex 32`");
        }
        Some(token)
    }

    fn operators(&mut self, operators: Vec<settings::Operator>, admin: Option<&Secret>) -> Vec<NamedOperator> {
        let mut checked: Vec<NamedOperator> = Vec::new();
        for (index, operator) in operators.into_iter().enumerate() {
            let key = |name: &str| format!("operators.{index}.{name}");
            let name = operator.name;
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@');
            if !(1..=60).contains(&name.len()) || !name.chars().all(plain) {
                self.wrong(key("name"), format!("`{name}` is not a name; use up to 60 letters, digits and . - _ @"));
            }
            if name == ADMIN {
                self.wrong(key("name"), "`admin` is the operator whose token is `admin.token`; use another name");
            }
            if checked.iter().any(|other| other.name == name) {
                self.wrong(key("name"), format!("there are two operators `{name}`; each needs a name of their own"));
            }
            let Some(token) = self.token(&key("token"), &operator.token) else { continue };
            // Two people with one token would count as one, or one as two.
            let mut others = checked.iter().map(|other| &other.token).chain(admin);
            if others.any(|other| other.reveal() == token.reveal()) {
                self.wrong(key("token"), "another operator has this token; make one with `openssl rand -hex 32`");
            }
            let role = operator.role.as_deref().map_or(Ok(Role::Owner), str::parse);
            let role = role.map_err(|error: UnknownRole| self.wrong(key("role"), error.to_string()));
            checked.extend(role.ok().map(|role| NamedOperator { name, token, role }));
        }
        checked
    }

    fn shop(&mut self, shop: settings::Shop) -> Shop {
        self.spoken("shop.greeting", &shop.greeting);
        if shop.name.trim().is_empty() {
            self.wrong("shop.name", "it is empty; write the name that customers know");
        }
        if jiff::tz::TimeZone::get(&shop.time_zone).is_err() {
            let message = format!("`{}` is not a time zone; write it like `Europe/Berlin`", shop.time_zone);
            self.wrong("shop.time-zone", message);
        }
        for (key, locale) in std::iter::once(("shop.locale", &shop.locale))
            .chain(shop.languages.iter().map(|language| ("shop.languages", language)))
        {
            if !is_language_tag(locale) {
                self.wrong(key, format!("`{locale}` is not a language tag; write it like `en` or `pt-BR`"));
            }
        }
        let mut languages = shop.languages;
        if languages.is_empty() {
            languages.push(shop.locale.clone());
        } else if !languages.contains(&shop.locale) {
            self.wrong("shop.languages", format!("the shop's own language `{}` is not among them", shop.locale));
        }
        let own_hub = shop.hub.own;
        let hub = [
            ("orders", shop.hub.orders),
            ("returns", shop.hub.returns),
            ("subscriptions", shop.hub.subscriptions),
            ("loyalty", shop.hub.loyalty),
            ("coupons", shop.hub.coupons),
        ];
        let hub: BTreeMap<_, _> =
            hub.into_iter().filter_map(|(section, url)| Some((section.to_owned(), url?.0))).collect();
        let (hub_on, greeting) = (own_hub || !hub.is_empty(), shop.greeting);
        Shop {
            name: shop.name,
            locale: shop.locale,
            languages,
            time_zone: shop.time_zone,
            voice: shop.voice,
            greeting,
            hub_on,
            hub,
        }
    }

    fn sites(&mut self, sites: Vec<settings::Site>) -> Vec<Site> {
        if sites.is_empty() {
            self.wrong("sites", "there is none; add a `[[sites]]` section with an `id` and `origins`");
        }
        let mut seen = BTreeSet::new();
        let mut checked = Vec::new();
        for (index, site) in sites.into_iter().enumerate() {
            let key = |name: &str| format!("sites.{index}.{name}");
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if site.id.is_empty() || site.id.len() > 64 || !site.id.chars().all(plain) {
                self.wrong(key("id"), format!("`{}` is not an id; use up to 64 of a-z, 0-9 and -", site.id));
            }
            if !seen.insert(site.id.clone()) {
                self.wrong(key("id"), format!("there are two sites `{}`; each needs an id of its own", site.id));
            }
            let identity = site.identity.and_then(|identity| self.identity(index, &site.id, identity));
            checked.push(Site {
                name: site.name.unwrap_or_else(|| site.id.clone()),
                id: site.id,
                origins: site.origins,
                link_hosts: site.link_hosts,
                identity,
                sign_in_url: site.sign_in_url.map(|url| url.0),
            });
        }
        checked
    }

    fn identity(&mut self, index: usize, site: &str, identity: settings::Identity) -> Option<IdentityRules> {
        let section = format!("sites.{index}.identity");
        if identity.keys.is_empty() {
            self.wrong(format!("{section}.keys"), "there is none; add one, or remove the `identity` section");
        }
        if identity.issuer.is_empty() {
            self.wrong(format!("{section}.issuer"), "it is empty; write what the shop's backend puts into `iss`");
        }
        let mut keys = BTreeMap::new();
        for (kid, key) in identity.keys {
            let place = format!("{section}.keys.{kid}");
            let key = match (key.hs256, key.eddsa) {
                (Some(secret), None) => self.secret(&place, &secret).map(|secret| IdentityKey::hs256(secret.reveal())),
                (None, Some(public)) => self.public_text(&place, public).map(|public| IdentityKey::eddsa(&public)),
                _ => Some(Err("give exactly one of `hs256` (a shared secret) and `eddsa` (a public key)".to_owned())),
            };
            match key {
                Some(Ok(key)) => {
                    keys.insert(kid, key);
                }
                Some(Err(message)) => self.wrong(place, message),
                None => {}
            }
        }
        let audience = identity.audience.unwrap_or_else(|| site.to_owned());
        Some(IdentityRules { issuer: identity.issuer, audience, keys })
    }

    /// A public key may stand in the configuration itself, or in a file or variable.
    fn public_text(&mut self, key: &str, text: String) -> Option<String> {
        let reference = match text.split_once(':') {
            Some(("env", name)) => SecretRef::Env(name.to_owned()),
            Some(("file", path)) => SecretRef::File(path.into()),
            _ => return Some(text),
        };
        self.secret(key, &reference).map(|found| found.reveal().to_owned())
    }

    fn assumed_after(&mut self, hours: u32) -> SignedDuration {
        if !(1..=24 * 30).contains(&hours) {
            self.wrong("resolution.assumed-after-hours", "write 1 to 720 hours (30 days)");
        }
        SignedDuration::from_hours(i64::from(hours))
    }

    /// Texts for customers, by language.
    fn spoken(&mut self, key: &str, texts: &BTreeMap<String, String>) {
        for (language, text) in texts {
            let key = format!("{key}.{language}");
            if usher_agent::texts::Language::of(language).is_none_or(|known| known.tag() != language) {
                let known: Vec<_> = usher_agent::texts::LANGUAGES.iter().map(|language| language.tag()).collect();
                self.wrong(key, format!("the server speaks {}; use one of these", known.join(", ")));
            } else if text.trim().is_empty() {
                self.wrong(key, "it is empty; write what a customer reads, or leave it out for the server's own text");
            }
        }
    }

    fn skill(&mut self, key: &str, id: &str) -> Option<PluginId> {
        id.parse().map_err(|error| self.wrong(key, format!("{error}"))).ok()
    }

    fn skill_settings(
        &mut self,
        settings: BTreeMap<String, BTreeMap<String, String>>,
    ) -> BTreeMap<PluginId, BTreeMap<String, String>> {
        let mut checked = BTreeMap::new();
        for (id, values) in settings {
            if let Some(id) = self.skill(&format!("skills.settings.{id}"), &id) {
                checked.insert(id, values);
            }
        }
        checked
    }

    fn limits(&mut self, limits: settings::Limits) -> Limits {
        let numbers = [
            ("requests-per-second", limits.requests_per_second),
            ("request-burst", limits.request_burst),
            ("messages-per-second", limits.messages_per_second),
            ("message-burst", limits.message_burst),
            ("codes-per-hour", limits.codes_per_hour),
            ("signed-in-hours", limits.signed_in_hours),
            ("connections", u32::try_from(limits.connections).unwrap_or(u32::MAX)),
            ("streams-per-session", u32::try_from(limits.streams_per_session).unwrap_or(u32::MAX)),
            ("allowance.customer-calls-per-hour", limits.allowance.customer_calls_per_hour),
            ("allowance.skill-calls-per-hour", limits.allowance.skill_calls_per_hour),
        ];
        for (name, number) in numbers {
            if number == 0 {
                self.wrong(format!("limits.{name}"), "it is 0, which would let nobody in; use 1 or more");
            }
        }
        Limits {
            requests_per_second: limits.requests_per_second,
            request_burst: limits.request_burst,
            messages_per_second: limits.messages_per_second,
            message_burst: limits.message_burst,
            codes_per_hour: limits.codes_per_hour,
            connections: limits.connections,
            streams_per_session: limits.streams_per_session,
            signed_in_hours: limits.signed_in_hours.min(24 * 30),
            plugin: limits.plugin,
            allowance: limits.allowance,
        }
    }
}

/// Whether a text has the form of a BCP 47 tag: a language of two or three letters, then parts of up to eight.
pub(crate) fn is_language_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.chars().all(|c| c.is_ascii_alphabetic())
        && text.len() <= 35
        && parts.all(|part| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()))
}

//! What a reviewer should look at first: found by rules over the sheet, so that it can't be left out by an author.

use crate::reach::Reach;
use crate::registry::{Effect, ProvidedBy};
use crate::sentences::{list, title};
use crate::sheet::{PermissionSheet, SheetTool};
use crate::skill::Assurance;
use crate::visible::visible;
use domain::{is_shared, registrable};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use usher_manifest::HostPattern;

mod domain;

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Good to know.
    Note,
    /// To be checked before it is approved.
    Warning,
    /// Not to be approved before it is understood.
    Danger,
}

/// Which rule found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FlagName {
    /// It reads personal data and can send it to somebody else.
    PersonalDataOut,
    /// It reads personal data of one provider and can pass text to another.
    PersonalDataShared,
    /// It can call, or answers, what nobody listed in the registry of tools.
    Unlisted,
    /// It can change something.
    Acting,
    /// It can change something for a customer who didn't sign in.
    ActingForAnyone,
    /// It may send requests to any host under a name.
    SuffixHost,
    /// It may send requests to a host that a setting names.
    SettingHost,
    /// Its secrets go to more than one host.
    SecretsToManyHosts,
    /// A setting looks like a secret, and it is handed to the plugin.
    SecretInSetting,
    /// It declares functions that it can't call.
    OverAsked,
    /// It is unusually large.
    LargeComponent,
}

impl FlagName {
    /// The stable name: `personal-data-out`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PersonalDataOut => "personal-data-out",
            Self::PersonalDataShared => "personal-data-shared",
            Self::Unlisted => "unlisted",
            Self::Acting => "acting",
            Self::ActingForAnyone => "acting-for-anyone",
            Self::SuffixHost => "suffix-host",
            Self::SettingHost => "setting-host",
            Self::SecretsToManyHosts => "secrets-to-many-hosts",
            Self::SecretInSetting => "secret-in-setting",
            Self::OverAsked => "over-asked",
            Self::LargeComponent => "large-component",
        }
    }
}

/// One thing to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// How much it matters.
    pub severity: Severity,
    /// Which rule found it.
    pub name: FlagName,
    /// What could happen, and what to check. It can be shown as it is, see [`crate::Sentence`].
    pub sentence: String,
}

/// A component of Rust with its libraries rarely has more; one that brings an interpreter always has.
const LARGE_BYTES: u64 = 4 << 20;

/// The flags of a sheet, the worst first.
#[must_use]
pub fn flags(sheet: &PermissionSheet) -> Vec<Flag> {
    let places = Reach::of(&sheet.hosts);
    let mut flags: Vec<Flag> = tool_flags(&sheet.tools);
    flags.extend(unlisted_interfaces(sheet));
    flags.extend(personal_data_between_hosts(sheet, &places));
    flags.extend(places.iter().filter_map(|place| host_flag(sheet, place)));
    flags.extend(secrets_to_many_hosts(sheet, &places));
    flags.extend(secrets_in_settings(sheet));
    if !sheet.over_asked.is_empty() {
        flags.push(Flag {
            severity: Severity::Note,
            name: FlagName::OverAsked,
            sentence: format!(
                "It declares {} and its component doesn't import {}. Nobody gets what isn't imported; ask the author \
                 to take it out of the manifest, so that the manifest says what the plugin does.",
                list(sheet.over_asked.iter().map(ToString::to_string)),
                if sheet.over_asked.len() == 1 { "it" } else { "them" }
            ),
        });
    }
    if sheet.size > LARGE_BYTES {
        flags.push(Flag {
            severity: Severity::Note,
            name: FlagName::LargeComponent,
            sentence: format!(
                "Its file has {} MiB. Compiled Rust rarely has more than {}: ask what is in it, and whether it runs \
                 scripts that a reader of its source doesn't see.",
                sheet.size.div_ceil(1 << 20),
                LARGE_BYTES >> 20
            ),
        });
    }
    flags.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.name.cmp(&b.name)));
    flags
}

/// What a skill's functions allow, alone and together.
fn tool_flags(tools: &[SheetTool]) -> Vec<Flag> {
    let reads: Vec<_> =
        tools.iter().filter(|tool| tool.listed && tool.rule.effect == Effect::Reading && tool.rule.personal).collect();
    let unlisted: Vec<_> = tools.iter().filter(|tool| !tool.listed).collect();
    let acting: Vec<_> = tools.iter().filter(|tool| tool.listed && tool.rule.effect == Effect::Acting).collect();
    let writing: Vec<_> = acting.iter().filter(|tool| tool.takes_text).copied().collect();
    let mut flags = Vec::new();
    if !reads.is_empty() && !unlisted.is_empty() {
        flags.push(Flag {
            severity: Severity::Danger,
            name: FlagName::PersonalDataOut,
            sentence: format!(
                "It reads personal data (it can {}) and could pass it to {}, of which nobody has said where it sends \
                 what it is given. Find out who answers, and list it in the registry of tools, before you approve.",
                titles(&reads),
                names(&unlisted)
            ),
        });
    }
    if !reads.is_empty() && !writing.is_empty() {
        flags.push(Flag {
            severity: Severity::Warning,
            name: FlagName::PersonalDataOut,
            sentence: format!(
                "It reads personal data (it can {}) and could write it into what it changes: it can {}, with text of its \
                 choice. The customer sees each call before it is made; check that the provider which gets the text may \
                 have the data.",
                titles(&reads),
                titles(&writing)
            ),
        });
    }
    flags.extend(personal_data_shared(&reads, tools));
    if !unlisted.is_empty() {
        flags.push(Flag {
            severity: Severity::Warning,
            name: FlagName::Unlisted,
            sentence: format!(
                "It can call {}, which nobody listed in the registry of tools. Until somebody does, each call counts as \
                 acting, with personal data, for signed-in customers. Find out what it does, and list it.",
                names(&unlisted)
            ),
        });
    }
    if !acting.is_empty() {
        flags.push(Flag {
            severity: Severity::Warning,
            name: FlagName::Acting,
            sentence: format!(
                "It can {}. Each call needs the customer's yes, but a wrong offer can still do harm: check what it \
                 offers, and when.",
                titles(&acting)
            ),
        });
    }
    let for_anyone: Vec<_> =
        acting.iter().filter(|tool| tool.rule.assurance != Assurance::Authenticated).copied().collect();
    if !for_anyone.is_empty() {
        flags.push(Flag {
            severity: Severity::Danger,
            name: FlagName::ActingForAnyone,
            sentence: format!(
                "The registry of tools lets it {} for a customer who hasn't signed in. Whoever writes in could do that \
                 in another's name; check the rule's assurance.",
                titles(&for_anyone)
            ),
        });
    }
    flags
}

/// Two interfaces may be two providers', and what is read of the one can be written into a question to the other.
fn personal_data_shared(reads: &[&SheetTool], tools: &[SheetTool]) -> Option<Flag> {
    let reads_elsewhere =
        |tool: &SheetTool| reads.iter().any(|read| !read.function.interface.matches(&tool.function.interface));
    let asks: Vec<_> = tools
        .iter()
        .filter(|tool| tool.listed && tool.rule.effect == Effect::Reading && tool.takes_text)
        .filter(|tool| tool.provided_by == ProvidedBy::Connector && reads_elsewhere(tool))
        .collect();
    (!asks.is_empty()).then(|| Flag {
        severity: Severity::Note,
        name: FlagName::PersonalDataShared,
        sentence: format!(
            "It reads personal data and can pass text of its choice to {}. Where different providers answer, one could \
             learn what another keeps: check that it may.",
            names(&asks)
        ),
    })
}

fn unlisted_interfaces(sheet: &PermissionSheet) -> Option<Flag> {
    let unlisted: Vec<_> = sheet.provides.iter().filter(|provided| !provided.listed).collect();
    (!unlisted.is_empty()).then(|| Flag {
        severity: Severity::Warning,
        name: FlagName::Unlisted,
        sentence: format!(
            "It answers {}, which nobody listed in the registry of tools. Until somebody does, every call to it counts \
             as acting. Find out what skills would ask of it, and list its functions.",
            list(unlisted.iter().map(|provided| provided.interface.to_string()))
        ),
    })
}

/// A connector that gets personal data of customers and reaches more than its provider.
fn personal_data_between_hosts(sheet: &PermissionSheet, places: &[Reach]) -> Option<Flag> {
    let personal: Vec<_> = sheet.provides.iter().filter(|provided| provided.personal).collect();
    if personal.is_empty() {
        return None;
    }
    let owners: BTreeSet<String> = places
        .iter()
        .filter_map(|place| match &place.host {
            HostPattern::Exact(host) => Some(registrable(host).to_owned()),
            HostPattern::Suffix(suffix) => Some(registrable(suffix).to_owned()),
            HostPattern::FromSetting { suffix, .. } => suffix.as_deref().map(|suffix| registrable(suffix).to_owned()),
        })
        .collect();
    let free = places.iter().any(|place| matches!(&place.host, HostPattern::FromSetting { suffix: None, .. }));
    let anyone = places.iter().any(|place| matches!(&place.host, HostPattern::Suffix(suffix) if is_shared(suffix)));
    let under = places.iter().any(|place| matches!(&place.host, HostPattern::Suffix(_)));
    let interfaces = list(personal.iter().map(|provided| provided.interface.to_string()));
    let (severity, what, check) = if owners.len() > 1 {
        (
            Severity::Danger,
            format!("may send requests to {} different owners: {}", owners.len(), list(&owners)),
            "Check that each of them is the provider itself, and ask for a connector each where they aren't.",
        )
    } else if anyone {
        (
            Severity::Danger,
            "may send requests under a name where anybody can have a host".to_owned(),
            "Ask the author to name the provider's own host.",
        )
    } else if free {
        (
            Severity::Warning,
            "may send requests to whatever host a setting names".to_owned(),
            "Ask the author for `host = \"*.…\"` beside the setting, and check what you fill in.",
        )
    } else if under {
        (
            Severity::Warning,
            "may send requests to any host under a name".to_owned(),
            "Allow it only hosts of your own account.",
        )
    } else {
        return None;
    };
    Some(Flag {
        severity,
        name: FlagName::PersonalDataOut,
        sentence: format!(
            "It is given customers' personal data (it answers {interfaces}) and {what}: the data could go to somebody \
             who isn't the provider. {check}"
        ),
    })
}

/// Whether a place isn't plainly one host.
fn host_flag(sheet: &PermissionSheet, place: &Reach) -> Option<Flag> {
    let shown = visible(&place.to_string());
    let secrets = match sheet.secrets.is_empty() {
        true => "",
        false => ", and its secrets go there too",
    };
    let (severity, name, sentence) = match &place.host {
        HostPattern::Exact(host) => {
            let setting = place.default_of.as_ref()?;
            (
                Severity::Note,
                FlagName::SettingHost,
                format!(
                    "Until the operator fills in the setting `{}`, its requests go to the author's choice, {}{secrets}. \
                     Check that this is the provider, or fill the setting in.",
                    visible(setting),
                    visible(host)
                ),
            )
        }
        HostPattern::Suffix(suffix) if is_shared(suffix) => (
            Severity::Danger,
            FlagName::SuffixHost,
            format!(
                "It may send requests to {shown}, where anybody can have a host{secrets}. Ask the author to name the \
                 provider's own host."
            ),
        ),
        HostPattern::Suffix(_) => (
            Severity::Warning,
            FlagName::SuffixHost,
            format!(
                "It may send requests to {shown}{secrets}. It reaches only those of them that the operator allows: \
                 allow only hosts that are your own at the provider."
            ),
        ),
        HostPattern::FromSetting { setting, suffix: Some(suffix) } => (
            Severity::Note,
            FlagName::SettingHost,
            format!(
                "Its requests go to the host that the operator fills in for `{}`{secrets}. Whatever is under *.{} is \
                 taken: fill in your own host there, since a mistyped one may be somebody else's.",
                visible(setting),
                visible(suffix)
            ),
        ),
        HostPattern::FromSetting { setting, suffix: None } => (
            Severity::Warning,
            FlagName::SettingHost,
            format!(
                "Its requests go to whatever host stands in the setting `{}`{secrets}. Nothing but what the operator \
                 fills in keeps them from going anywhere: check it, or ask the author for `host = \"*.…\"` beside the \
                 setting.",
                visible(setting)
            ),
        ),
    };
    Some(Flag { severity, name, sentence })
}

fn secrets_to_many_hosts(sheet: &PermissionSheet, places: &[Reach]) -> Option<Flag> {
    let hosts: Vec<_> = places.iter().map(ToString::to_string).collect();
    let many = hosts.len() > 1 || places.iter().any(|place| matches!(place.host, HostPattern::Suffix(_)));
    (many && !sheet.secrets.is_empty()).then(|| Flag {
        severity: Severity::Warning,
        name: FlagName::SecretsToManyHosts,
        sentence: format!(
            "Its {} {} go with every request, to each of: {}. Whoever runs one of these hosts learns the secret; check \
             that all are the provider's.",
            if sheet.secrets.len() == 1 { "secret" } else { "secrets" },
            list(sheet.secrets.iter().map(|secret| format!("`{}`", visible(&secret.name)))),
            visible(&hosts.join("; "))
        ),
    })
}

fn secrets_in_settings(sheet: &PermissionSheet) -> Option<Flag> {
    const WORDS: [&str; 8] =
        ["password", "passphrase", "secret", "token", "apikey", "credential", "credentials", "key"];
    // What follows the first clause of a label speaks of other things: "Client id, if there is a client secret".
    let looks_like_one = |text: &str| {
        let clause = text.split([',', ';', '(', '.']).next().unwrap_or_default().to_lowercase();
        clause.split(|c: char| !c.is_alphanumeric()).any(|word| WORDS.contains(&word))
    };
    let label = |name: &str| sheet.texts.get(&format!("settings.{name}.label")).map_or("", String::as_str);
    let found: Vec<_> =
        sheet.settings.iter().filter(|name| looks_like_one(name) || looks_like_one(label(name))).collect();
    (!found.is_empty()).then(|| Flag {
        severity: Severity::Warning,
        name: FlagName::SecretInSetting,
        sentence: format!(
            "By name or label, {} {}. The plugin is given what stands in a setting, and could lose it; a secret it never \
             sees. Don't fill a secret in there, and ask the author for `[[secrets]]`.",
            list(found.iter().map(|name| format!("the setting `{}`", visible(name)))),
            if found.len() == 1 { "looks like a secret" } else { "look like secrets" }
        ),
    })
}

fn titles(tools: &[&SheetTool]) -> String {
    list(tools.iter().map(|tool| title(tool)))
}

fn names(tools: &[&SheetTool]) -> String {
    list(tools.iter().map(|tool| tool.function.to_string()))
}

#[cfg(test)]
mod tests;

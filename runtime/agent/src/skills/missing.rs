//! What a skill lacks, and what to do about it: typed, and in words for the operator.

use super::state::Failing;
use serde::Serialize;
use usher_manifest::{InterfaceName, PluginId};

/// One thing that a skill lacks.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Missing {
    /// The customer hub is switched off.
    Hub,
    /// No connected integration provides this.
    Integration {
        /// What is to be provided.
        interface: InterfaceName,
        /// The live connectors that can, once an operator connects them.
        connectors: Vec<PluginId>,
    },
    /// The integration that provides this failed its health check.
    Health {
        /// What it provides.
        interface: InterfaceName,
        /// Which one.
        connector: PluginId,
        /// What is wrong, since when.
        #[serde(flatten)]
        failing: Failing,
    },
    /// What was filled in for the integration doesn't fit its connector any more.
    Misfit {
        /// What it provides.
        interface: InterfaceName,
        /// Which one.
        connector: PluginId,
        /// Why.
        problem: String,
    },
    /// There is no article on this topic.
    Knowledge {
        /// Which.
        topic: String,
    },
    /// The catalogue holds no products.
    Catalog {
        /// What the catalogue itself lacks; none where the shop is connected and gave no products yet.
        #[serde(skip_serializing_if = "Option::is_none")]
        feed: Option<Box<Missing>>,
    },
    /// A required setting isn't filled in.
    Setting {
        /// Which.
        name: String,
        /// For the operator.
        label: String,
    },
}

/// What mends it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Fix {
    /// Switch the hub on.
    SwitchHubOn,
    /// Bring a connector that provides this.
    InstallConnector {
        /// What is to be provided.
        interface: InterfaceName,
    },
    /// Connect one of these.
    Connect {
        /// Never empty.
        connectors: Vec<PluginId>,
    },
    /// See what is wrong with this integration, mend it, and check it again.
    Mend {
        /// Which.
        connector: PluginId,
    },
    /// Write an article on this topic.
    WriteArticle {
        /// Which.
        topic: String,
    },
    /// Give the shop products, or wait until they are read.
    FillCatalog,
    /// Fill in this setting of the skill.
    FillIn {
        /// Which.
        setting: String,
    },
}

impl Missing {
    /// What mends it.
    #[must_use]
    pub fn fix(&self) -> Fix {
        match self {
            Self::Hub => Fix::SwitchHubOn,
            Self::Integration { interface, connectors } if connectors.is_empty() => {
                Fix::InstallConnector { interface: interface.clone() }
            }
            Self::Integration { connectors, .. } => Fix::Connect { connectors: connectors.clone() },
            Self::Health { connector, .. } | Self::Misfit { connector, .. } => {
                Fix::Mend { connector: connector.clone() }
            }
            Self::Knowledge { topic } => Fix::WriteArticle { topic: topic.clone() },
            Self::Catalog { feed: Some(feed) } => feed.fix(),
            Self::Catalog { feed: None } => Fix::FillCatalog,
            Self::Setting { name, .. } => Fix::FillIn { setting: name.clone() },
        }
    }

    /// What is missing, for the operator: "Requires the customer hub".
    #[must_use]
    pub fn what(&self) -> String {
        match self {
            Self::Hub => "Requires the customer hub".to_owned(),
            Self::Integration { interface, .. } => {
                format!("Requires an integration that provides {}", spoken(interface))
            }
            Self::Health { connector, failing, .. } => {
                format!("{connector} failed its health check: {}", failing.message)
            }
            Self::Misfit { connector, problem, .. } => format!("{connector} is not connected any more: {problem}"),
            Self::Knowledge { topic } => format!("Requires an article on the topic `{topic}`"),
            Self::Catalog { .. } => "Requires the shop's product catalogue".to_owned(),
            Self::Setting { label, .. } => format!("Requires a setting: {label}"),
        }
    }

    /// Whether it is missing only because a provider doesn't answer just now: asking again may be all that it needs.
    #[must_use]
    pub fn failing(&self) -> Option<&PluginId> {
        match self {
            Self::Health { connector, .. } => Some(connector),
            _ => None,
        }
    }
}

impl Fix {
    /// What to do, for the operator.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::SwitchHubOn => "Switch the customer hub on".to_owned(),
            Self::InstallConnector { interface } => {
                format!("Install a connector that provides {} ({interface}), and connect it", spoken(interface))
            }
            Self::Connect { connectors } => format!("Connect {}", one_of(connectors)),
            Self::Mend { connector } => {
                format!(
                    "Check {connector}'s credentials and the provider's own status, then check the integration again"
                )
            }
            Self::WriteArticle { topic } => format!("Add an article with the topic `{topic}`"),
            Self::FillCatalog => {
                "Wait until the shop's products are read; if none come, see that the shop has products on sale"
                    .to_owned()
            }
            Self::FillIn { setting } => format!("Fill in the setting `{setting}`"),
        }
    }
}

/// `usher:tools/order-actions` → "order actions".
fn spoken(interface: &InterfaceName) -> String {
    interface.interface().replace('-', " ")
}

fn one_of(connectors: &[PluginId]) -> String {
    let names: Vec<&str> = connectors.iter().map(PluginId::as_str).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

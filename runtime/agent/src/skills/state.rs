//! The state of one skill, as a pure function of its manifest and the circumstances.

use super::missing::Missing;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use usher_manifest::{Channel, InterfaceName, PluginId, SkillManifest};

/// What a skill is fit for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It answers.
    Live,
    /// It was asked for, and there is no component of it yet.
    ComingSoon,
    /// Something that it needs is missing.
    Unavailable,
    /// An operator paused it.
    Paused,
    /// It answers in the preview and nowhere else.
    PreviewOnly,
}

impl State {
    /// As it is written: `live`, `coming-soon`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::ComingSoon => "coming-soon",
            Self::Unavailable => "unavailable",
            Self::Paused => "paused",
            Self::PreviewOnly => "preview-only",
        }
    }
}

/// An operator's word on a skill.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// It serves as soon as nothing is missing.
    #[default]
    On,
    /// It isn't asked.
    Paused,
    /// It is asked in the preview only.
    PreviewOnly,
}

/// What the states of skills depend on, beside their manifests and the operator's word on each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Circumstances {
    /// Interfaces that the runtime answers itself, without a version.
    pub own: BTreeSet<InterfaceName>,
    /// The connectors that are live, and those that an operator connected.
    pub connectors: BTreeMap<PluginId, ConnectorNow>,
    /// Who answers an interface's calls, without a version: one of `connectors`.
    pub answers: BTreeMap<InterfaceName, PluginId>,
    /// The customer hub is switched on.
    pub hub: bool,
    /// Topics on which there is an article.
    pub topics: BTreeSet<String>,
    /// The catalogue holds products.
    pub products: bool,
}

/// A connector as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectorNow {
    /// What its component provides, without versions.
    pub provides: BTreeSet<InterfaceName>,
    /// Whether it is connected, and well.
    pub connection: Connection,
}

/// How a connector is connected.
#[derive(Clone, Debug, PartialEq)]
pub enum Connection {
    /// Nobody connected it.
    None,
    /// An operator connected it.
    Connected {
        /// Its last health check failed; none where it was well, or wasn't asked yet.
        failing: Option<Failing>,
    },
    /// An operator connected it, and what was filled in doesn't fit the component any more; why.
    Misfit(String),
}

/// A health check that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failing {
    /// What is wrong, in the connector's words.
    pub message: String,
    /// When it failed first.
    pub since: Timestamp,
}

/// How a skill stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// What it is fit for.
    pub state: State,
    /// Everything that it lacks, in the order of the manifest; whatever the operator's switch says.
    pub missing: Vec<Missing>,
    /// Where it answers.
    pub channels: BTreeSet<Channel>,
    /// What the operator filled in; a setting that isn't here has the manifest's default.
    pub settings: BTreeMap<String, String>,
}

/// The interface of the feed that the catalogue is filled from.
pub(super) const CATALOG_FEED: &str = "usher:tools/catalog-feed";

/// What a skill lacks under these circumstances.
#[must_use]
pub fn missing(
    manifest: &SkillManifest,
    circumstances: &Circumstances,
    settings: &BTreeMap<String, String>,
) -> Vec<Missing> {
    let needs = &manifest.prerequisites;
    let mut missing = Vec::new();
    if needs.hub && !circumstances.hub {
        missing.push(Missing::Hub);
    }
    for interface in &needs.integrations {
        missing.extend(circumstances.lacks(&interface.without_version()));
    }
    let topics = needs.knowledge.iter().filter(|topic| !circumstances.topics.contains(*topic));
    missing.extend(topics.map(|topic| Missing::Knowledge { topic: topic.clone() }));
    if needs.catalog && !circumstances.products {
        let feed = CATALOG_FEED.parse().ok().and_then(|feed| circumstances.lacks(&feed));
        missing.push(Missing::Catalog { feed: feed.map(Box::new) });
    }
    let required = manifest.settings.iter().filter(|setting| setting.required);
    let empty =
        required.filter(|setting| settings.get(&setting.name).is_none_or(|value| setting.check(value).is_err()));
    missing.extend(empty.map(|setting| Missing::Setting { name: setting.name.clone(), label: setting.label.clone() }));
    missing
}

/// The state of a skill that lacks this and has this switch. A pause is the operator's word and comes first; the preview
/// needs all that serving needs.
#[must_use]
pub fn state(missing: &[Missing], switch: Switch) -> State {
    match (switch, missing) {
        (Switch::Paused, _) => State::Paused,
        (_, [_, ..]) => State::Unavailable,
        (Switch::PreviewOnly, []) => State::PreviewOnly,
        (Switch::On, []) => State::Live,
    }
}

impl Circumstances {
    /// Why nobody answers this interface's calls well; none where somebody does.
    fn lacks(&self, interface: &InterfaceName) -> Option<Missing> {
        if self.own.contains(interface) {
            return None;
        }
        let interface = interface.clone();
        if let Some(connector) = self.answers.get(&interface) {
            let failing = match &self.connectors.get(connector)?.connection {
                Connection::Connected { failing } => failing.clone()?,
                Connection::None | Connection::Misfit(_) => return None,
            };
            return Some(Missing::Health { interface, connector: connector.clone(), failing });
        }
        let able = || self.connectors.iter().filter(|(_, connector)| connector.provides.contains(&interface));
        let misfit = able().find_map(|(id, connector)| match &connector.connection {
            Connection::Misfit(problem) => Some((id.clone(), problem.clone())),
            _ => None,
        });
        if let Some((connector, problem)) = misfit {
            return Some(Missing::Misfit { interface, connector, problem });
        }
        let connectors = able().map(|(id, _)| id.clone()).collect();
        Some(Missing::Integration { interface, connectors })
    }
}

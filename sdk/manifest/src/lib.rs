//! What an author declares about a plugin: `skill.toml` and `connector.toml`.
//!
//! The way of a declaration: TOML text, or the JSON of a component's custom section → `tree` (one neutral
//! tree with lines) → `reader` (typed, unknown keys refused) → [`SkillManifest`] or [`ConnectorManifest`].
//! Both forms are read by the same code, so that what a build accepts a runtime accepts too.
//!
//! A manifest is the author's word. What a plugin may do is read from its component, never from here: the
//! manifest only has to declare the same, with a reason each.

mod connector;
mod error;
mod name;
mod reader;
mod secret;
mod section;
mod setting;
mod skill;
mod text;
mod tree;
mod webhook;

pub use connector::{ConnectorManifest, HostAccess, HostPattern, Method};
pub use error::{Complaint, Error, Place};
pub use name::{FunctionName, InterfaceName, Language, PluginId};
pub use secret::{ClientCredentials, Placement, Secret};
pub use setting::{Setting, SettingType};
pub use skill::{Category, Channel, Prerequisites, SkillManifest, ToolUse};
pub use webhook::{Encoding, Verification, Webhook};

use serde::Serialize;

/// Which of the two a plugin is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Talks to the customer.
    Skill,
    /// Talks to a provider.
    Connector,
}

impl Kind {
    /// `skill` or `connector`.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Skill => "skill",
            Kind::Connector => "connector",
        }
    }

    /// The file that an author writes: `skill.toml` or `connector.toml`.
    pub fn file_name(self) -> &'static str {
        match self {
            Kind::Skill => "skill.toml",
            Kind::Connector => "connector.toml",
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A plugin's manifest, checked.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Manifest {
    /// From `skill.toml`.
    Skill(SkillManifest),
    /// From `connector.toml`.
    Connector(ConnectorManifest),
}

impl Manifest {
    /// The custom section of a component that holds the manifest as JSON.
    pub const SECTION: &'static str = "usher:manifest";

    /// The most bytes that the section may have, so that reading a stranger's file stays cheap.
    pub const MAX_SECTION_BYTES: usize = 256 * 1024;

    /// Reads an author's file.
    ///
    /// # Errors
    /// At the first thing that is wrong: where it stands, what is wrong, and what to write instead.
    pub fn from_toml(kind: Kind, text: &str) -> Result<Self, Error> {
        let node = tree::from_toml(kind.file_name(), text)?;
        let root = reader::Item::root(kind.file_name(), node);
        let manifest = match kind {
            Kind::Skill => Manifest::Skill(skill::read(root, &[])?),
            Kind::Connector => Manifest::Connector(connector::read(root, &[])?),
        };
        manifest.to_section()?;
        Ok(manifest)
    }

    /// The plugin's id.
    pub fn id(&self) -> &PluginId {
        match self {
            Manifest::Skill(skill) => &skill.id,
            Manifest::Connector(connector) => &connector.id,
        }
    }

    /// What people call the plugin.
    pub fn name(&self) -> &str {
        match self {
            Manifest::Skill(skill) => &skill.name,
            Manifest::Connector(connector) => &connector.name,
        }
    }

    /// The plugin's version.
    pub fn version(&self) -> &semver::Version {
        match self {
            Manifest::Skill(skill) => &skill.version,
            Manifest::Connector(connector) => &connector.version,
        }
    }

    /// What the plugin is for, for operators and reviewers.
    pub fn overview(&self) -> &str {
        match self {
            Manifest::Skill(skill) => &skill.overview,
            Manifest::Connector(connector) => &connector.overview,
        }
    }

    /// The operator's settings.
    pub fn settings(&self) -> &[Setting] {
        match self {
            Manifest::Skill(skill) => &skill.settings,
            Manifest::Connector(connector) => &connector.settings,
        }
    }

    /// Skill or connector.
    pub fn kind(&self) -> Kind {
        match self {
            Manifest::Skill(_) => Kind::Skill,
            Manifest::Connector(_) => Kind::Connector,
        }
    }
}

//! A fixture's manifest, as its author would write it.

use crate::error::Error;
use usher_manifest::{Kind, Manifest, PluginId};

/// The text of a `skill.toml` or a `connector.toml`. It is read where it is needed, so that writing one can't fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// Which of the two.
    pub kind: Kind,
    /// The text.
    pub toml: String,
}

impl Declaration {
    /// The manifest.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn manifest(&self) -> Result<Manifest, Error> {
        Manifest::from_toml(self.kind, &self.toml).map_err(|error| Error::Fixture(error.to_string()))
    }

    /// The plugin's id.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn id(&self) -> Result<PluginId, Error> {
        Ok(self.manifest()?.id().clone())
    }

    /// The manifest as a component carries it.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn to_section(&self) -> Result<Vec<u8>, Error> {
        self.manifest()?.to_section().map_err(|error| Error::Fixture(error.to_string()))
    }
}

/// A skill's manifest that declares these tools.
#[must_use]
pub fn skill_manifest(id: &str, tools: &[&str]) -> Declaration {
    let tools: String =
        tools.iter().map(|tool| format!("[[tools]]\nfunction = \"{tool}\"\nreason = \"to attack it\"\n")).collect();
    let toml = format!(
        "id = \"{id}\"\nname = \"{id}\"\nversion = \"0.1.0\"\ncategory = \"custom\"\noverview = \"Attacks the host.\"\n\
         when-to-use = [\"Never.\"]\nhow-to-respond = \"Badly.\"\nchannels = [\"webchat\", \"sms\", \"whatsapp\", \"email\"]\n{tools}\n\
         [examples]\nen = [\"attack one\", \"attack two\", \"attack three\", \"attack four\", \"attack five\"]\n"
    );
    Declaration { kind: Kind::Skill, toml }
}

/// A connector's manifest that provides these interfaces and may reach `api.provider.example`.
#[must_use]
pub fn connector_manifest(id: &str, provides: &[&str]) -> Declaration {
    let provides = provides.iter().map(|interface| format!("\"{interface}\"")).collect::<Vec<_>>().join(", ");
    let toml = format!(
        "id = \"{id}\"\nname = \"{id}\"\nversion = \"0.1.0\"\nprovider = \"Nobody\"\noverview = \"Attacks the host.\"\n\
         provides = [{provides}]\n[[hosts]]\nhost = \"{HOST}\"\nmethods = [\"get\", \"post\"]\n\
         reason = \"to attack it\"\n"
    );
    Declaration { kind: Kind::Connector, toml }
}

/// The host that a fixture's connector may reach.
pub const HOST: &str = "api.provider.example";

//! The manifest inside a component: JSON in one custom section, with the keys of the TOML and a `kind`.

use crate::error::Error;
use crate::reader::Item;
use crate::{Kind, Manifest, connector, skill, tree};

const SOURCE: &str = "the manifest section";
const KINDS: &[(&str, Kind)] = &[("skill", Kind::Skill), ("connector", Kind::Connector)];

impl Manifest {
    /// The bytes of the section: the same for the same manifest.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn to_section(&self) -> Result<Vec<u8>, Error> {
        let bytes = serde_json::to_vec(self).map_err(|e| Error::Json { message: e.to_string() })?;
        within_limit(bytes.len())?;
        Ok(bytes)
    }

    /// Reads a section, which may be anyone's: bounded in size and depth, no key twice, checked as strictly as the
    /// author's file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_section(bytes: &[u8]) -> Result<Self, Error> {
        within_limit(bytes.len())?;
        let root = Item::root(SOURCE, tree::from_json(bytes)?);
        Ok(match root.tag("kind", KINDS)? {
            Kind::Skill => Manifest::Skill(skill::read(root, &["kind"])?),
            Kind::Connector => Manifest::Connector(connector::read(root, &["kind"])?),
        })
    }
}

fn within_limit(bytes: usize) -> Result<(), Error> {
    match bytes {
        0..=Manifest::MAX_SECTION_BYTES => Ok(()),
        _ => Err(Error::TooLarge { bytes, limit: Manifest::MAX_SECTION_BYTES }),
    }
}

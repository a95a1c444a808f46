//! Ids, which Smile writes as numbers and now and then as texts.

use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// An id of Smile's: digits only, so that it can be a part of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Id(u64);

impl Id {
    /// None for what can't be one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        text.trim().parse().ok().map(Id)
    }

    /// As a number, which is how requests carry it.
    pub(crate) fn number(&self) -> u64 {
        self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(from)?;
        let id = value.as_u64().map(Id).or_else(|| Id::parse(value.as_str()?));
        id.ok_or_else(|| D::Error::custom("not an id"))
    }
}

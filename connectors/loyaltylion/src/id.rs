//! Ids: LoyaltyLion's own of rewards and tiers, and the shop's of customers, each written as a number or as a text.

use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A number, wherever it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Id(u64);

impl Id {
    /// None for what can't be one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        text.trim().parse().ok().map(Id)
    }

    /// As requests carry it.
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

/// The shop's own id of a customer. Its `gid://shopify/Customer/7001` and its `7001` are the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MerchantId(String);

impl MerchantId {
    pub(crate) fn new(text: &str) -> Self {
        MerchantId(text.trim().rsplit('/').next().unwrap_or_default().to_owned())
    }

    /// As it stands in a path; none for an id that can't.
    pub(crate) fn path(&self) -> Option<&str> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        (!self.0.is_empty() && self.0.chars().all(plain)).then_some(self.0.as_str())
    }
}

impl<'de> Deserialize<'de> for MerchantId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(from)? {
            Value::String(text) => MerchantId::new(&text),
            Value::Number(number) => MerchantId(number.to_string()),
            _ => MerchantId::default(),
        })
    }
}

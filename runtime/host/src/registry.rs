//! The registry of tools: what each function does, and how sure the runtime must be of the customer. It is
//! the operator's; a plugin's own word on either counts for nothing.

use crate::error::Error;
use crate::skill::Assurance;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use usher_manifest::{FunctionName, InterfaceName};

/// What a call does to the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Changes nothing.
    Reading,
    /// Changes something: needs the customer's yes.
    Acting,
    /// Asked by the runtime itself; no skill can have it.
    Runtime,
}

/// Who answers an interface's calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProvidedBy {
    /// The runtime.
    Runtime,
    /// A connected integration.
    Connector,
}

/// What is known of one function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ToolRule {
    /// For people: "Look up one of the customer's orders".
    pub title: String,
    /// What it does.
    pub effect: Effect,
    /// The least assurance that it needs.
    #[serde(with = "assurance")]
    pub assurance: Assurance,
    /// The answer holds personal data.
    #[serde(default)]
    pub personal: bool,
    /// The argument that names an order, which must be the customer's.
    #[serde(default)]
    pub order: Option<usize>,
    /// Each object in the answer names its owner, who must be the customer.
    #[serde(default)]
    pub owned: bool,
}

mod assurance {
    use crate::skill::Assurance;
    use serde::{Deserialize, Deserializer, Serializer};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(value: &Assurance, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match value {
            Assurance::Anonymous => "anonymous",
            Assurance::Identified => "identified",
            Assurance::Authenticated => "authenticated",
        })
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Assurance, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "anonymous" => Ok(Assurance::Anonymous),
            "identified" => Ok(Assurance::Identified),
            "authenticated" => Ok(Assurance::Authenticated),
            other => Err(serde::de::Error::unknown_variant(other, &["anonymous", "identified", "authenticated"])),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderRule {
    check: FunctionName,
}

#[derive(Deserialize)]
struct File {
    order: OrderRule,
    #[serde(flatten)]
    interfaces: HashMap<InterfaceName, Interface>,
}

#[derive(Deserialize)]
struct Interface {
    provider: ProvidedBy,
    #[serde(flatten)]
    functions: HashMap<String, ToolRule>,
}

/// All rules. Immutable; a change makes a new one and a new generation.
#[derive(Clone, Debug)]
pub struct ToolRegistry {
    rules: HashMap<FunctionName, ToolRule>,
    providers: HashMap<InterfaceName, ProvidedBy>,
    order_check: FunctionName,
}

impl ToolRegistry {
    /// The registry that comes with the contract (`wit/registry.toml`).
    ///
    /// # Errors
    /// Where that file is damaged.
    pub fn shipped() -> Result<Self, Error> {
        Self::from_toml(include_str!("../../../wit/registry.toml"))
    }

    /// Reads a registry.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let file: File = toml::from_str(text).map_err(|error| Error::Registry(error.to_string()))?;
        let mut rules = HashMap::new();
        let mut providers = HashMap::new();
        for (interface, entry) in file.interfaces {
            for (function, rule) in entry.functions {
                let name = FunctionName::new(&interface, &function).ok_or_else(|| {
                    Error::Registry(format!("`{function}` of {interface} is not the name of a function"))
                })?;
                rules.insert(name, rule);
            }
            providers.insert(interface, entry.provider);
        }
        Ok(Self { rules, providers, order_check: file.order.check })
    }

    /// The rule for a function. One that nobody listed counts as acting, personal, and in need of a
    /// signed-in customer.
    #[must_use]
    pub fn rule(&self, function: &FunctionName) -> ToolRule {
        self.rules.get(function).cloned().unwrap_or_else(|| ToolRule {
            title: format!("{function} (not in the registry of tools)"),
            effect: Effect::Acting,
            assurance: Assurance::Authenticated,
            personal: true,
            order: None,
            owned: false,
        })
    }

    /// Whether the function is listed.
    #[must_use]
    pub fn knows(&self, function: &FunctionName) -> bool {
        self.rules.contains_key(function)
    }

    /// Who answers an interface's calls; an unlisted one is a connector's.
    #[must_use]
    pub fn provided_by(&self, interface: &InterfaceName) -> ProvidedBy {
        self.providers.get(&interface.without_version()).copied().unwrap_or(ProvidedBy::Connector)
    }

    /// The function that tells whether an order is the customer's.
    #[must_use]
    pub fn order_check(&self) -> &FunctionName {
        &self.order_check
    }

    /// All listed functions, in no order.
    pub fn functions(&self) -> impl Iterator<Item = (&FunctionName, &ToolRule)> {
        self.rules.iter()
    }
}

//! A handoff that isn't made yet: offered to the customer, or waiting for what is asked of them first.

use crate::desk::Fact;
use crate::turn::HandedOff;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use usher_manifest::PluginId;

/// A handoff on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingHandoff {
    /// Why.
    pub reason: HandedOff,
    /// The same in more words.
    pub detail: String,
    /// The skill that had the word.
    pub skill: Option<PluginId>,
    /// How far it is.
    pub stage: HandoffStage,
    /// Answers to the operator's form so far, by field; an empty one was left out.
    pub answers: BTreeMap<String, String>,
    /// What the assistant did before it came to this, a line each, for people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What the skill found out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
}

/// How far a handoff is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HandoffStage {
    /// The customer was asked whether they want it.
    Offered,
    /// The customer was asked for the address to answer to.
    AwaitsEmail {
        /// How often they were asked again.
        tries: u32,
    },
    /// The customer was asked for a field of the operator's form.
    AwaitsField {
        /// Which.
        field: String,
        /// How often they were asked again.
        tries: u32,
    },
}

//! What an operator decides: about a skill, about skills that are new, and about the hub.

use super::state::Switch;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use usher_manifest::{Channel, PluginId};

/// An operator's word on one skill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SkillSetup {
    /// Which.
    pub skill: PluginId,
    /// Whether it is asked.
    pub switch: Switch,
    /// Where it answers; none: where its author says.
    pub channels: Option<BTreeSet<Channel>>,
    /// What was filled in, before what the configuration says.
    pub settings: BTreeMap<String, String>,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

impl SkillSetup {
    /// Nothing was decided yet.
    #[must_use]
    pub fn new(skill: PluginId, switch: Switch) -> Self {
        Self { skill, switch, channels: None, settings: BTreeMap::new(), updated_at: Timestamp::UNIX_EPOCH }
    }
}

/// The customer hub: where links to a customer's own pages lead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hub {
    /// Skills that need it can serve.
    pub on: bool,
    /// The shop's own pages by section (`orders`, `returns`, `subscriptions`, `loyalty`, `coupons`); a section that isn't
    /// here is shown by this server.
    pub addresses: BTreeMap<String, String>,
}

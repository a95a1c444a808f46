//! All skills as they stand at one moment.

use super::missing::Missing;
use super::request::SkillRequest;
use super::setup::Hub;
use super::state::{Circumstances, Standing, State};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use usher_host::skill;
use usher_manifest::{Channel, PluginId};

/// One snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// The generation of plugins that it is of.
    pub generation: u64,
    /// The skills that have a component.
    pub skills: BTreeMap<PluginId, Standing>,
    /// The skills that were asked for and have none.
    pub coming: BTreeMap<PluginId, Arc<SkillRequest>>,
    /// The customer hub.
    pub hub: Hub,
    /// What the states were made of.
    pub circumstances: Circumstances,
}

/// Why a skill isn't asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Closed {
    /// Which skill.
    pub skill: PluginId,
    /// Its state: live where only this channel isn't its own.
    pub state: State,
    /// What it lacks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
    /// The channel that it doesn't answer on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
}

impl Closed {
    /// The integrations whose failing is all that keeps the skill from serving; empty where there is something else.
    #[must_use]
    pub fn only_failing(&self) -> Vec<PluginId> {
        let failing: Option<Vec<_>> = self.missing.iter().map(|missing| missing.failing().cloned()).collect();
        match (self.state, failing) {
            (State::Unavailable, Some(failing)) => failing,
            _ => Vec::new(),
        }
    }

    /// For people.
    #[must_use]
    pub fn words(&self) -> String {
        let (skill, state) = (&self.skill, self.state.name());
        match (self.channel, self.missing.as_slice()) {
            (Some(channel), _) => format!("{skill} doesn't answer on {}", channel_name(channel)),
            (None, []) => format!("{skill} is {state}"),
            (None, missing) => {
                let what: Vec<String> = missing.iter().map(Missing::what).collect();
                format!("{skill} is {state}: {}", what.join("; "))
            }
        }
    }
}

impl Board {
    /// A skill's state; none where there is no such skill and nobody asked for one.
    #[must_use]
    pub fn state(&self, skill: &PluginId) -> Option<State> {
        let coming = || self.coming.contains_key(skill).then_some(State::ComingSoon);
        self.skills.get(skill).map(|standing| standing.state).or_else(coming)
    }

    /// Why a skill isn't asked on a channel; none where it is, or where there is no such skill.
    #[must_use]
    pub fn closed(&self, skill: &PluginId, channel: Channel) -> Option<Closed> {
        let state = self.state(skill)?;
        let standing = self.skills.get(skill);
        let closed = Closed {
            skill: skill.clone(),
            state,
            missing: standing.map(|standing| standing.missing.clone()).unwrap_or_default(),
            channel: None,
        };
        match (state, standing) {
            (State::Live, Some(standing)) if standing.channels.contains(&channel) => None,
            (State::Live, _) => Some(Closed { channel: Some(channel), ..closed }),
            _ => Some(closed),
        }
    }
}

/// As manifests and the API write it.
#[must_use]
pub fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::Webchat => "webchat",
        Channel::Sms => "sms",
        Channel::Whatsapp => "whatsapp",
        Channel::Email => "email",
    }
}

/// The channel of a conversation, as manifests write it.
#[must_use]
pub fn channel_of(channel: skill::Channel) -> Channel {
    match channel {
        skill::Channel::Webchat => Channel::Webchat,
        skill::Channel::Sms => Channel::Sms,
        skill::Channel::Whatsapp => Channel::Whatsapp,
        skill::Channel::Email => Channel::Email,
    }
}

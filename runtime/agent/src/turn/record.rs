//! The record that explains a turn: who was asked, what they called, how it ended.

use crate::texts::Language;
use serde::Serialize;
use usher_host::skill::Outcome;
use usher_host::{Digest, Handled, LogLine, ToolCall};
use usher_manifest::PluginId;

/// What is kept of a turn, as JSON.
#[derive(Debug, Serialize)]
pub(crate) struct TurnRecord {
    /// The generation that it ran on.
    generation: u64,
    language: &'static str,
    /// The router's decision with its scores; none where a button was pressed.
    pub(crate) route: Option<serde_json::Value>,
    /// The skills that were asked, in order.
    skills: Vec<AskedSkill>,
    /// The handoff that a skill asked for.
    pub(crate) handoff: Option<serde_json::Value>,
    /// Why the conversation was handed off.
    pub(crate) handed_off: Option<String>,
    /// Why a skill failed.
    pub(crate) failure: Option<String>,
}

#[derive(Debug, Serialize)]
struct AskedSkill {
    skill: PluginId,
    digest: Option<Digest>,
    /// `reply`, `sign-in`, `handoff`, `decline` or `failure`.
    outcome: &'static str,
    failure: Option<String>,
    calls: Vec<ToolCall>,
    log: Vec<LogLine>,
    fuel: u64,
    took_us: u64,
}

impl TurnRecord {
    pub(crate) fn new(generation: u64, language: Language) -> Self {
        Self {
            generation,
            language: language.tag(),
            route: None,
            skills: Vec::new(),
            handoff: None,
            handed_off: None,
            failure: None,
        }
    }

    pub(crate) fn asked(&mut self, skill: &PluginId, handled: &Handled) {
        self.skills.push(AskedSkill {
            skill: skill.clone(),
            digest: handled.digest,
            outcome: match &handled.outcome {
                Ok(Outcome::Reply(_)) => "reply",
                Ok(Outcome::SignIn(_)) => "sign-in",
                Ok(Outcome::Handoff(_)) => "handoff",
                Ok(Outcome::Decline) => "decline",
                Err(_) => "failure",
            },
            failure: handled.outcome.as_ref().err().map(ToString::to_string),
            calls: handled.calls.clone(),
            log: handled.log.clone(),
            fuel: handled.fuel,
            took_us: u64::try_from(handled.took.as_micros()).unwrap_or(u64::MAX),
        });
    }
}

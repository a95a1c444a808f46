//! The record that explains a turn: who was asked, what they called, how it ended.

use super::HandedOff;
use super::consent::ConsentRecord;
use crate::resolution::ResolutionState;
use crate::skills::Closed;
use crate::texts::Language;
use serde::Serialize;
use usher_host::skill::Outcome;
use usher_host::{CallFailure, Digest, Handled, LogLine, ToolCall};
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
    /// Why the conversation was handed over.
    pub(crate) handed_off: Option<HandedOff>,
    /// The same in more words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) handed_off_detail: Option<String>,
    /// The skill that was meant and can't be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wanted: Option<Closed>,
    /// Why a skill failed.
    pub(crate) failure: Option<String>,
    /// Skills that couldn't be asked, each with the reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) unavailable: Vec<String>,
    /// How far the customer's question is settled after this turn; none after small talk.
    pub(crate) resolution: Option<ResolutionState>,
    /// What was asked of the customer before acting, and what they said.
    #[serde(skip_serializing_if = "ConsentRecord::is_empty")]
    pub(crate) consent: ConsentRecord,
}

#[derive(Debug, Serialize)]
struct AskedSkill {
    skill: PluginId,
    digest: Option<Digest>,
    /// See [`outcome`].
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
            handed_off_detail: None,
            wanted: None,
            failure: None,
            unavailable: Vec::new(),
            resolution: None,
            consent: ConsentRecord::default(),
        }
    }

    pub(crate) fn asked(&mut self, skill: &PluginId, handled: &Handled) {
        self.skills.push(AskedSkill {
            skill: skill.clone(),
            digest: handled.digest,
            outcome: outcome(handled),
            failure: handled.outcome.as_ref().err().map(ToString::to_string),
            calls: handled.calls.clone(),
            log: handled.log.clone(),
            fuel: handled.fuel,
            took_us: u64::try_from(handled.took.as_micros()).unwrap_or(u64::MAX),
        });
    }
}

/// What came of asking a skill, in a word.
pub(super) fn outcome(handled: &Handled) -> &'static str {
    match &handled.outcome {
        Ok(Outcome::Reply(_)) => "reply",
        Ok(Outcome::SignIn(_)) => "sign-in",
        Ok(Outcome::Handoff(_)) => "handoff",
        Ok(Outcome::Decline) => "decline",
        Err(CallFailure::AwaitsConsent) => "consent",
        Err(CallFailure::Revoked) => "interrupted",
        Err(CallFailure::Quarantined(..)) => "quarantined",
        Err(CallFailure::NoSuchPlugin(_)) => "gone",
        Err(_) => "failure",
    }
}

//! Why a conversation is handed over, in one of a fixed set of words, and how a turn comes to it.

use super::{InHand, screen};
use crate::desk::Fact;
use crate::skills::Closed;
use serde::{Deserialize, Serialize};
use usher_host::skill::{Expectation, Handoff, HandoffReason};
use usher_manifest::PluginId;

/// Why a conversation is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandedOff {
    /// The customer asks for a person.
    ExplicitRequest,
    /// A rule of the operator's says so.
    EscalationRule,
    /// The topic is one for people.
    SensitiveTopic,
    /// The customer is angry.
    Frustration,
    /// Nothing that the skills know answers it.
    MissingKnowledge,
    /// It can't be done here.
    UnsupportedRequest,
    /// The skill that is meant lacks something, is paused, is still to come, or isn't for this channel.
    SkillUnavailable,
    /// The customer could not prove who they are.
    AuthenticationFailed,
    /// The shop's rules forbid it.
    PolicyRestriction,
    /// A provider didn't answer.
    ToolFailure,
    /// The skill isn't sure enough.
    LowConfidence,
    /// The message can't be understood.
    UnintelligibleInput,
    /// The conversation went on for too long.
    TurnLimit,
    /// Somebody else takes part in the conversation.
    OtherParticipant,
    /// The runtime or a skill failed.
    SystemError,
}

impl HandedOff {
    /// Whether nobody is asked first: the customer has said that they want a person, or shouldn't have to.
    pub(super) fn is_pressing(self) -> bool {
        matches!(self, Self::ExplicitRequest | Self::EscalationRule | Self::SensitiveTopic | Self::Frustration)
    }

    /// As it is written: `explicit_request`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ExplicitRequest => "explicit_request",
            Self::EscalationRule => "escalation_rule",
            Self::SensitiveTopic => "sensitive_topic",
            Self::Frustration => "frustration",
            Self::MissingKnowledge => "missing_knowledge",
            Self::UnsupportedRequest => "unsupported_request",
            Self::SkillUnavailable => "skill_unavailable",
            Self::AuthenticationFailed => "authentication_failed",
            Self::PolicyRestriction => "policy_restriction",
            Self::ToolFailure => "tool_failure",
            Self::LowConfidence => "low_confidence",
            Self::UnintelligibleInput => "unintelligible_input",
            Self::TurnLimit => "turn_limit",
            Self::OtherParticipant => "other_participant",
            Self::SystemError => "system_error",
        }
    }
}

impl From<HandoffReason> for HandedOff {
    fn from(reason: HandoffReason) -> Self {
        match reason {
            HandoffReason::ExplicitRequest => Self::ExplicitRequest,
            HandoffReason::MissingKnowledge => Self::MissingKnowledge,
            HandoffReason::UnsupportedRequest => Self::UnsupportedRequest,
            HandoffReason::PolicyRestriction => Self::PolicyRestriction,
            HandoffReason::ToolFailure => Self::ToolFailure,
            HandoffReason::AuthenticationFailed => Self::AuthenticationFailed,
            HandoffReason::LowConfidence => Self::LowConfidence,
            HandoffReason::SensitiveTopic => Self::SensitiveTopic,
            HandoffReason::Frustration => Self::Frustration,
        }
    }
}

/// A handoff that this turn has come to. It is led on when all skills were asked (`handing.rs`).
#[derive(Debug)]
pub(super) struct Handing {
    /// What is said before everything else.
    pub(super) lead: String,
    pub(super) reason: HandedOff,
    pub(super) detail: String,
    pub(super) skill: Option<PluginId>,
    /// What the skill says for the person who goes on with it.
    pub(super) note: String,
    /// What the skill found out.
    pub(super) facts: Vec<Fact>,
}

/// Longest summary and longest fact of a skill, in characters; most facts.
const SUMMARY_CHARS: usize = 1_000;
const FACT_CHARS: usize = 200;
const FACTS: usize = 20;

impl InHand<'_> {
    /// Has the conversation handed over: the assistant can't answer.
    pub(super) fn hand_off(&mut self, why: HandedOff, detail: &str) {
        self.hand_off_after("", why, detail);
    }

    /// The same after these words. One message is handed over once, for the first reason.
    pub(super) fn hand_off_after(&mut self, lead: &str, why: HandedOff, detail: &str) {
        if self.handing.is_none() {
            let (lead, detail) = (lead.to_owned(), detail.to_owned());
            let skill = self.attention.active_skill.clone();
            self.handing = Some(Handing { lead, reason: why, detail, skill, note: String::new(), facts: Vec::new() });
        }
    }

    /// A skill has the conversation handed over.
    pub(super) fn handed_over(&mut self, skill: &PluginId, handoff: &Handoff) {
        self.record.handoff = serde_json::to_value(handoff).ok();
        self.attention.take_up(skill);
        self.attention.expects = Expectation::Nothing;
        let lead = match handoff.reason {
            HandoffReason::ToolFailure => self.texts().unreachable,
            HandoffReason::ExplicitRequest => self.texts().person,
            _ => "",
        };
        let first = self.handing.is_none();
        self.hand_off_after(lead, handoff.reason.into(), "the skill hands over");
        if let (true, Some(handing)) = (first, &mut self.handing) {
            handing.note = screen::line(&handoff.summary, SUMMARY_CHARS);
            let facts = handoff.facts.iter().take(FACTS).map(|fact| Fact {
                name: screen::line(&fact.name, FACT_CHARS),
                label: label(&screen::line(&fact.name, FACT_CHARS)),
                value: screen::line(&fact.value, FACT_CHARS),
            });
            handing.facts = facts.filter(|fact| !fact.name.is_empty() && !fact.value.is_empty()).collect();
        }
    }

    /// Hands over what a skill was meant for that can't be asked. Nothing is guessed, and no other skill is asked instead.
    pub(super) fn hand_over_closed(&mut self, closed: Closed) {
        let texts = self.texts();
        let failing = !closed.only_failing().is_empty();
        let lead = match (self.bodies.is_empty() && self.handing.is_none(), failing) {
            (true, true) => texts.unreachable,
            (true, false) => texts.unavailable,
            (false, _) => texts.unavailable_part,
        };
        if self.handing.is_none() {
            self.attention.expects = Expectation::Nothing;
            self.hand_off_after(lead, HandedOff::SkillUnavailable, &closed.words());
            if let Some(handing) = &mut self.handing {
                handing.skill = Some(closed.skill.clone());
            }
        }
        if self.record.wanted.is_none() {
            self.record.wanted = Some(closed);
        }
    }
}

/// A fact's name as people read it: `tracking-number` is `Tracking number`.
fn label(name: &str) -> String {
    let spaced = name.replace(['-', '_'], " ");
    let mut letters = spaced.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

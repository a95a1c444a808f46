//! Handing a conversation over: to whom the customer may turn, and why, in one of a fixed set of words.

use super::InHand;
use crate::conversation::Body;
use crate::skills::Closed;
use serde::{Deserialize, Serialize};
use usher_host::skill::{Expectation, HandoffReason};

/// Why a conversation is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

impl InHand<'_> {
    /// Says that the assistant can't answer, and where to turn to. `detail` is for the record.
    pub(super) fn hand_off(&mut self, why: HandedOff, detail: &str) {
        self.hand_off_after("", why, detail);
    }

    /// The same after these words.
    pub(super) fn hand_off_after(&mut self, lead: &str, why: HandedOff, detail: &str) {
        let settings = self.inner.settings.handoff();
        let message = &settings.message;
        let own = message.text.get(self.language.tag()).map(String::as_str);
        let mut text = match (lead, own) {
            ("", own) => own.unwrap_or(self.texts().handoff).to_owned(),
            (lead, Some(own)) => format!("{lead} {own}"),
            (lead, None) => lead.to_owned(),
        };
        for (label, url) in &message.links {
            text.push_str(&format!("\n- [{label}]({url})"));
        }
        self.record.handed_off = Some(why);
        self.record.handed_off_detail = Some(detail.to_owned());
        self.bodies.push(Body::Handoff { text, tell_me: None });
    }

    /// Hands over what a skill was meant for that can't be asked. Nothing is guessed, and no other skill is asked instead.
    pub(super) fn hand_over_closed(&mut self, closed: Closed) {
        let texts = self.texts();
        let failing = !closed.only_failing().is_empty();
        let lead = match (self.bodies.is_empty(), failing) {
            (true, true) => texts.unreachable,
            (true, false) => texts.unavailable,
            (false, _) => texts.unavailable_part,
        };
        // One message is handed over once.
        if self.record.handed_off.is_none() {
            self.attention.expects = Expectation::Nothing;
            self.hand_off_after(lead, HandedOff::SkillUnavailable, &closed.words());
        }
        if self.record.wanted.is_none() {
            self.record.wanted = Some(closed);
        }
    }
}

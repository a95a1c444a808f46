//! What people call the words of the API, on the console.

use usher_agent::HandedOff;
use usher_agent::insight::{GapReason, HandoffOutcome, QuestionOutcome, Status};

pub(in crate::api) fn status(status: Status) -> &'static str {
    match status {
        Status::Open => "Open",
        Status::RoutedToTeam => "Routed to team",
        Status::ResolvedConfirmed => "Resolved, confirmed",
        Status::ResolvedAssumed => "Resolved, assumed",
        Status::Unresolved => "Unresolved",
    }
}

pub(super) fn question(outcome: QuestionOutcome) -> &'static str {
    match outcome {
        QuestionOutcome::Confirmed => "Helped, confirmed",
        QuestionOutcome::Assumed => "Helped, assumed",
        QuestionOutcome::Answered => "Answered",
        QuestionOutcome::Open => "Open",
        QuestionOutcome::HandedOff => "Handed off",
        QuestionOutcome::NotHelped => "Didn\u{2019}t help",
        QuestionOutcome::SignIn => "Asked to sign in",
        QuestionOutcome::Failed => "Failed",
    }
}

pub(super) fn handoff(outcome: HandoffOutcome) -> &'static str {
    match outcome {
        HandoffOutcome::Waiting => "Waiting",
        HandoffOutcome::WithPerson => "With a person",
        HandoffOutcome::Pending => "Pending",
        HandoffOutcome::Solved => "Solved",
        HandoffOutcome::Closed => "Closed",
        HandoffOutcome::HandedBack => "Handed back",
        HandoffOutcome::Told => "Told where to turn to",
    }
}

pub(super) fn gap(reason: GapReason) -> &'static str {
    match reason {
        GapReason::MissingKnowledge => "Missing knowledge",
        GapReason::LowConfidence => "Not sure enough",
        GapReason::UnsupportedRequest => "Can\u{2019}t be done here",
        GapReason::NotHelped => "Didn\u{2019}t help",
    }
}

pub(super) fn reason(reason: HandedOff) -> &'static str {
    match reason {
        HandedOff::ExplicitRequest => "Asked for a person",
        HandedOff::EscalationRule => "Escalation rule",
        HandedOff::SensitiveTopic => "Sensitive topic",
        HandedOff::Frustration => "Frustration",
        HandedOff::MissingKnowledge => "Missing knowledge",
        HandedOff::UnsupportedRequest => "Can\u{2019}t be done here",
        HandedOff::SkillUnavailable => "Skill unavailable",
        HandedOff::AuthenticationFailed => "Sign-in failed",
        HandedOff::PolicyRestriction => "Against the policy",
        HandedOff::ToolFailure => "Provider didn\u{2019}t answer",
        HandedOff::LowConfidence => "Not sure enough",
        HandedOff::UnintelligibleInput => "Not understood",
        HandedOff::TurnLimit => "Too many turns",
        HandedOff::OtherParticipant => "Taken over by a person",
        HandedOff::SystemError => "Failure",
    }
}

/// The reason of a word.
pub(super) fn reason_of(word: &str) -> Option<HandedOff> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

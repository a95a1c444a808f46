//! From what a skill's function returns to the outcome of the turn.

use super::tools::{DenialReason, ToolError};
use super::{Fact, Handoff, HandoffReason, Language, Outcome, Reply, SignIn, Turn};

impl Outcome {
    /// The customer must sign in first; the runtime asks, and runs the turn again afterwards. `purpose` ends the
    /// question in the customer's language: "to see your orders".
    pub fn sign_in(purpose: impl Into<String>) -> Self {
        Outcome::SignIn(SignIn { purpose: purpose.into() })
    }

    /// A person takes over. The summary is for them; the runtime tells the customer, by the reason.
    pub fn handoff(reason: HandoffReason, summary: impl Into<String>) -> Self {
        Outcome::Handoff(Handoff { reason, summary: summary.into(), facts: Vec::new() })
    }

    /// Adds a fact for the person who takes over. Nothing changes in an outcome that is no handoff.
    #[must_use]
    pub fn fact(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let Outcome::Handoff(handoff) = &mut self {
            handoff.facts.push(Fact { name: name.into(), value: value.into() });
        }
        self
    }
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        Outcome::Reply(reply)
    }
}

/// What a skill's function may return.
///
/// A [`ToolError`] that the function passes on with `?` becomes:
///
/// | error | outcome |
/// |---|---|
/// | denied, `sign-in-required` | sign-in, "to look this up for you" |
/// | denied, `policy` | handoff, `policy-restriction` |
/// | denied, `consent-required` | handoff, `policy-restriction`: the runtime asks for consent at the call itself, so that a skill which gets this far was told no |
/// | denied, `not-granted` or `limit-reached` | handoff, `tool-failure` |
/// | not-found | handoff, `missing-knowledge` |
/// | invalid | handoff, `unsupported-request` |
/// | unavailable, too-large | handoff, `tool-failure` |
///
/// The error's text goes into the handoff's summary, which the customer never sees. A skill that can say more,
/// as most can about `not-found`, matches on the error itself.
pub trait IntoOutcome {
    /// The outcome, in words of `language` where it has any.
    fn into_outcome(self, language: Language) -> Outcome;
}

impl IntoOutcome for Outcome {
    fn into_outcome(self, _: Language) -> Outcome {
        self
    }
}

impl IntoOutcome for Reply {
    fn into_outcome(self, _: Language) -> Outcome {
        Outcome::Reply(self)
    }
}

impl<T: IntoOutcome> IntoOutcome for Result<T, ToolError> {
    fn into_outcome(self, language: Language) -> Outcome {
        match self {
            Ok(value) => value.into_outcome(language),
            Err(error) => error.into_outcome(language),
        }
    }
}

impl IntoOutcome for ToolError {
    fn into_outcome(self, language: Language) -> Outcome {
        match self {
            ToolError::Denied(denial) => match denial.reason {
                DenialReason::SignInRequired => Outcome::sign_in(to_look_up(language)),
                DenialReason::Policy | DenialReason::ConsentRequired => {
                    Outcome::handoff(HandoffReason::PolicyRestriction, denial.message)
                }
                DenialReason::NotGranted | DenialReason::LimitReached => {
                    Outcome::handoff(HandoffReason::ToolFailure, denial.message)
                }
            },
            ToolError::NotFound => {
                Outcome::handoff(HandoffReason::MissingKnowledge, "What the customer asks about was not found.")
            }
            ToolError::Invalid(message) => Outcome::handoff(HandoffReason::UnsupportedRequest, message),
            ToolError::Unavailable(message) => Outcome::handoff(HandoffReason::ToolFailure, message),
            ToolError::TooLarge => {
                Outcome::handoff(HandoffReason::ToolFailure, "The provider's answer was too large to be passed on.")
            }
        }
    }
}

/// Runs a skill's function on a turn: what [`skill!`](crate::skill!) exports, for tests too.
pub fn run<T: IntoOutcome>(handle: impl FnOnce(Turn) -> T, turn: Turn) -> Outcome {
    let language = turn.language();
    handle(turn).into_outcome(language)
}

crate::texts! {
    fn to_look_up() {
        en: "to look this up for you",
        fr: "pour que je puisse vérifier cela pour vous",
        nl: "zodat ik dit voor je kan opzoeken",
        sv: "så att jag kan ta reda på det åt dig",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::skill::tools::Denial;

    fn denied(reason: DenialReason) -> Result<Reply, ToolError> {
        Err(ToolError::Denied(Denial { reason, message: "why".to_owned() }))
    }

    #[test]
    fn a_sign_in_denial_asks_in_the_customers_language() {
        let mut turn = Turn::sample("var är mitt paket?");
        turn.locale = "sv-SE".to_owned();
        let outcome = run(|_| denied(DenialReason::SignInRequired), turn);
        assert_eq!(outcome, Outcome::sign_in("så att jag kan ta reda på det åt dig"));
    }

    #[test]
    fn other_errors_hand_off_with_their_reason() {
        for (error, reason) in [
            (ToolError::Unavailable("down".to_owned()), HandoffReason::ToolFailure),
            (ToolError::TooLarge, HandoffReason::ToolFailure),
            (ToolError::NotFound, HandoffReason::MissingKnowledge),
            (ToolError::Invalid("cancelled".to_owned()), HandoffReason::UnsupportedRequest),
        ] {
            let Outcome::Handoff(handoff) = error.clone().into_outcome(Language::En) else {
                panic!("{error:?} is no handoff")
            };
            assert_eq!(handoff.reason, reason);
            assert!(!handoff.summary.is_empty());
        }
        for (denial, reason) in [
            (DenialReason::Policy, HandoffReason::PolicyRestriction),
            (DenialReason::ConsentRequired, HandoffReason::PolicyRestriction),
            (DenialReason::NotGranted, HandoffReason::ToolFailure),
            (DenialReason::LimitReached, HandoffReason::ToolFailure),
        ] {
            assert_eq!(denied(denial).into_outcome(Language::En), Outcome::handoff(reason, "why"));
        }
    }

    #[test]
    fn facts_stay_with_a_handoff() {
        let outcome = Outcome::handoff(HandoffReason::ToolFailure, "down").fact("order", "#1001");
        let Outcome::Handoff(handoff) = outcome else { panic!("no handoff") };
        assert_eq!(handoff.facts, [Fact { name: "order".to_owned(), value: "#1001".to_owned() }]);
    }
}

//! One attack, and what must stop it.

use crate::error::Error;
use usher_host::{CallFailure, CallResult, DenialReason, Handled, LimitHit, Limits};

/// An attack.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    /// Its name: letters, digits and dashes.
    pub name: &'static str,
    /// What must stop it: a key of `[limits.plugin]`, or the name of a rule that isn't the operator's to change.
    pub guard: &'static str,
    /// What it tries, in one sentence without its full stop.
    pub what: &'static str,
    /// How it shows that it was stopped.
    pub stop: Stop,
    /// Makes the component for these limits.
    pub(crate) make: fn(&Limits) -> Result<Vec<u8>, Error>,
    /// Makes the limits smaller where waiting for the operator's own would take minutes: what such a probe shows is
    /// that the limit holds on this machine.
    pub(crate) tighten: Option<fn(Limits) -> Limits>,
}

/// How a probe is run, and what shows that it was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stop {
    /// The file isn't taken, for a reason with these words.
    Refused(&'static str),
    /// The skill's turn ends at this limit.
    Turn(LimitHit),
    /// The skill's turn ends as the plugin's own failure, with these words.
    Failure(&'static str),
    /// The skill goes on; the tool calls beyond its budget were refused.
    ToolCalls,
    /// The skill goes on; the log lines beyond its budget were left out.
    LogLines,
    /// The skill goes on; its log line was cut.
    LogLine,
    /// The connector's health check ends, or is told, with these words.
    Check(&'static str),
    /// Of many turns that wait, only so many are under way at once.
    Together,
}

/// What was seen of a probe.
#[derive(Debug)]
pub(crate) enum Observation {
    /// The host didn't take the file.
    Refused(String),
    /// What came of a turn.
    Handled(Box<Handled>),
    /// What came of a health check.
    Checked(Result<String, String>),
    /// How many turns were under way at the same time.
    AtOnce(usize),
}

impl Probe {
    pub(crate) fn new(
        name: &'static str,
        guard: &'static str,
        what: &'static str,
        stop: Stop,
        make: fn(&Limits) -> Result<Vec<u8>, Error>,
    ) -> Self {
        Self { name, guard, what, stop, make, tighten: None }
    }

    pub(crate) fn tightened(self, tighten: fn(Limits) -> Limits) -> Self {
        Self { tighten: Some(tighten), ..self }
    }

    /// The component, made for these limits.
    ///
    /// # Errors
    /// Where the probe's own text is wrong.
    pub fn component(&self, limits: &Limits) -> Result<Vec<u8>, Error> {
        (self.make)(limits)
    }

    /// The limits that the probe runs under, where the operator's are these.
    #[must_use]
    pub fn limits(&self, own: Limits) -> Limits {
        self.tighten.map_or(own, |tighten| tighten(own))
    }

    /// Whether it was stopped as it must be.
    pub(crate) fn stopped(&self, seen: &Observation, limits: &Limits) -> bool {
        match (self.stop, seen) {
            (Stop::Refused(words), Observation::Refused(reason)) => reason.contains(words),
            (Stop::Turn(limit), Observation::Handled(handled)) => handled.outcome == Err(CallFailure::Limit(limit)),
            (Stop::Failure(words), Observation::Handled(handled)) => {
                matches!(&handled.outcome, Err(CallFailure::Trap(why)) if why.contains(words))
            }
            (Stop::ToolCalls, Observation::Handled(handled)) => {
                let refused = over_budget(handled);
                handled.outcome.is_ok() && refused > 0 && handled.calls.len() - refused == limits.tool_calls as usize
            }
            (Stop::LogLines, Observation::Handled(handled)) => {
                handled.outcome.is_ok()
                    && handled.log.len() == limits.log_lines as usize
                    && handled.log.last().is_some_and(|line| line.text == "(the rest was left out)")
            }
            (Stop::LogLine, Observation::Handled(handled)) => {
                handled.outcome.is_ok()
                    && handled.log.len() == 1
                    && handled.log.iter().all(|line| line.text.len() == limits.log_line_bytes)
            }
            (Stop::Check(words), Observation::Checked(Err(text))) => text.contains(words),
            (Stop::Together, Observation::AtOnce(most)) => *most == limits.concurrent_calls,
            _ => false,
        }
    }
}

impl Observation {
    /// Whether anything ended it, be it another limit than the one that had to.
    pub(crate) fn ended(&self) -> bool {
        match self {
            Self::Refused(_) | Self::Checked(Err(_)) => true,
            Self::Handled(handled) => handled.outcome.is_err(),
            Self::Checked(Ok(_)) | Self::AtOnce(_) => false,
        }
    }

    /// What was seen, for people, on one line.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Refused(reason) => reason.clone(),
            Self::Checked(Ok(text)) => format!("nothing: the connector says `{text}`"),
            Self::Checked(Err(text)) => text.clone(),
            Self::AtOnce(most) => format!("{most} were under way at once"),
            Self::Handled(handled) => match &handled.outcome {
                Err(failure) => failure.to_string(),
                Ok(_) if !handled.calls.is_empty() => {
                    format!("{} of {} tool calls were refused", over_budget(handled), handled.calls.len())
                }
                Ok(_) if !handled.log.is_empty() => format!(
                    "{} log lines were kept, {} bytes in all",
                    handled.log.len(),
                    handled.log.iter().map(|line| line.text.len()).sum::<usize>()
                ),
                Ok(_) => "nothing: the skill answered".into(),
            },
        }
    }
}

fn over_budget(handled: &Handled) -> usize {
    let refused = CallResult::Denied(DenialReason::LimitReached);
    handled.calls.iter().filter(|call| call.result == refused).count()
}

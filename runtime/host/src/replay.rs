//! Running a recorded turn again: the recording answers its tool calls, and what is called otherwise is noted.

use crate::consent::ConsentRequest;
use crate::error::{CallFailure, Refusal};
use crate::fair::Pace;
use crate::host::Host;
use crate::inspect::Digest;
use crate::journal::{Handled, RecordedCall, Recording};
use crate::ledger::Subject;
use crate::skill_call::{self, TurnContext};
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::collections::VecDeque;
use std::sync::Arc;
use usher_manifest::FunctionName;

/// A recording on its way through a replay.
#[derive(Debug)]
pub(crate) struct Script {
    /// Calls that weren't made yet.
    left: VecDeque<RecordedCall>,
    differences: Vec<Difference>,
}

/// Where a replay went another way than the recording.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Difference {
    /// It made a call that isn't recorded; nobody was asked.
    Called {
        /// Which.
        function: FunctionName,
        /// With what, as JSON.
        arguments: Vec<Json>,
    },
    /// It didn't make a call that is.
    NotCalled {
        /// Which.
        function: FunctionName,
        /// With what, as JSON.
        arguments: Vec<Json>,
    },
    /// It answered something else.
    Outcome {
        /// As recorded.
        recorded: Json,
        /// Now.
        replayed: Json,
    },
    /// It asks the customer for another yes, or for one where it didn't.
    Consent {
        /// As recorded.
        recorded: Json,
        /// Now.
        replayed: Json,
    },
    /// It remembers something else.
    Memory {
        /// As recorded.
        recorded: Json,
        /// Now.
        replayed: Json,
    },
}

impl Script {
    pub(crate) fn of(recording: &Recording) -> Self {
        Self { left: recording.calls.iter().cloned().collect(), differences: Vec::new() }
    }

    /// The recorded answer to this call. The next one in order is looked at first, then those after it: another
    /// version may ask for the same things in another order.
    pub(crate) fn next(&mut self, function: &FunctionName, arguments: &[Json]) -> Option<Json> {
        let found = self.left.iter().position(|call| call.function == *function && call.arguments == arguments);
        found.and_then(|index| self.left.remove(index)).map(|call| call.answer)
    }

    /// Notes a call that the recording has no answer to.
    pub(crate) fn missed(&mut self, function: &FunctionName, arguments: &[Json]) {
        self.differences.push(Difference::Called { function: function.clone(), arguments: arguments.to_vec() });
    }

    /// All differences, with the calls that were never made.
    pub(crate) fn end(self) -> Vec<Difference> {
        let mut differences = self.differences;
        differences.extend(
            self.left
                .into_iter()
                .map(|call| Difference::NotCalled { function: call.function, arguments: call.arguments }),
        );
        differences
    }
}

impl Host {
    /// Runs a recorded turn again, on the release that it ran on, or on another one of the same plugin. Nobody is
    /// asked and nothing is done: the recording answers all tool calls.
    ///
    /// # Errors
    /// Where that release can't be run.
    pub async fn replay(
        &self,
        recording: &Recording,
        on: Option<Digest>,
    ) -> Result<(Handled, Vec<Difference>), Refusal> {
        let digest = on.unwrap_or(recording.digest);
        let skill = self.shared.skill(&digest).await?;
        let context = TurnContext {
            conversation: String::new(),
            locale: recording.turn.locale.clone(),
            assurance: recording.turn.customer.assurance,
            customer: None,
            memory: recording.memory.clone(),
            settings: Arc::new(recording.settings.clone()),
            subject: Subject::Session("replay".into()),
            agreed: None,
        };
        let script = Script::of(recording);
        let call = skill_call::handle(
            self.shared.clone(),
            self.generation(),
            skill,
            recording.turn.clone(),
            context,
            Some(script),
        );
        // Whatever it does, the conversations of others come first.
        let ended = self.shared.slow_lane.run(&Pace::slow(), call).await;
        let (handled, mut differences) = ended.unwrap_or_else(|_| {
            (Handled::failed(CallFailure::Runtime("the replay failed inside the runtime".into())), Vec::new())
        });
        let now = match &handled.outcome {
            Ok(outcome) => Ok(outcome.clone()),
            Err(failure) => Err(failure.to_string()),
        };
        if now != recording.outcome {
            let json = |outcome| serde_json::to_value(outcome).unwrap_or_default();
            differences.push(Difference::Outcome { recorded: json(&recording.outcome), replayed: json(&now) });
        }
        // Who asks is the release, which is meant to differ.
        let asked = |request: &Option<ConsentRequest>| {
            request.as_ref().map(|asked| json!([asked.function, asked.arguments, asked.summary]))
        };
        let (before, after) = (asked(&recording.asked), asked(&handled.consent));
        if before != after {
            differences.push(Difference::Consent { recorded: json!(before), replayed: json!(after) });
        }
        if handled.memory != recording.remembered {
            differences
                .push(Difference::Memory { recorded: json!(recording.remembered), replayed: json!(handled.memory) });
        }
        Ok((handled, differences))
    }
}

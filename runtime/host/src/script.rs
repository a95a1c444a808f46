//! Running a recorded turn again: the recording answers its tool calls, and what is called otherwise is noted.

use crate::journal::{RecordedCall, Recording};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::VecDeque;
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

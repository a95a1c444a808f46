//! A scenario that operators keep, and what came of playing it.

use super::check::Verdict;
use super::format::Scenario;
use crate::ids::{ScenarioId, ScenarioRunId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use usher_host::Digest;

/// A scenario with who keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptScenario {
    /// Its id.
    pub id: ScenarioId,
    /// What it says.
    pub scenario: Scenario,
    /// The operator's name.
    pub created_by: String,
    /// When it was kept first.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
}

/// What came of playing a scenario once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenarioRun {
    /// Its id.
    pub id: ScenarioRunId,
    /// Which scenario was played.
    pub scenario: ScenarioId,
    /// When.
    pub at: Timestamp,
    /// The operator's name; `runtime` where it was played by itself.
    pub by: String,
    /// The release that took its plugin's place for the run; none: everything was as it served.
    pub release: Option<Digest>,
    /// The generation that served.
    pub generation: u64,
    /// Everything was as expected.
    pub passed: bool,
    /// Milliseconds, all steps together.
    pub took_ms: u64,
    /// The steps that were played; those after one that went otherwise weren't.
    pub steps: Vec<StepRun>,
}

/// What came of one step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StepRun {
    /// What the customer did, for people.
    pub did: String,
    /// Each expectation, with what came.
    pub verdicts: Vec<Verdict>,
    /// Why the step couldn't be played.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// What was said, as the channel shows it.
    pub answers: Vec<String>,
    /// The skills that were asked, each with what came of it: `order-tracking → reply`.
    pub skills: Vec<String>,
}

impl StepRun {
    /// It was played, and everything was as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.problem.is_none() && self.verdicts.iter().all(|verdict| verdict.ok)
    }
}

//! How scenarios are kept.

use super::kept::{KeptScenario, ScenarioRun};
use crate::ids::ScenarioId;
use crate::store::Result;
use async_trait::async_trait;
use usher_host::Digest;

/// Scenarios that operators keep from the preview, and what came of running them.
#[async_trait]
pub trait ScenarioStore: Send + Sync {
    /// All scenarios, by name, each with its last run on what served.
    async fn scenarios(&self) -> Result<Vec<(KeptScenario, Option<ScenarioRun>)>>;
    /// One scenario.
    async fn scenario(&self, id: ScenarioId) -> Result<Option<KeptScenario>>;
    /// Keeps a scenario, or changes it.
    async fn put_scenario(&self, scenario: KeptScenario) -> Result<()>;
    /// Removes a scenario with its runs; false where there is none.
    async fn remove_scenario(&self, id: ScenarioId) -> Result<bool>;
    /// Keeps a run. Of a scenario's runs on what served the last `keep` stay, and of those on one release the last; false
    /// where the scenario is gone.
    async fn put_run(&self, run: ScenarioRun, keep: usize) -> Result<bool>;
    /// The last runs of a scenario, newest first, on whatever release.
    async fn runs_of_scenario(&self, id: ScenarioId, limit: usize) -> Result<Vec<ScenarioRun>>;
    /// The last run of each scenario on this release, in the order of the scenarios' names, each with the name.
    async fn runs_on_release(&self, release: Digest) -> Result<Vec<(String, ScenarioRun)>>;
    /// Removes the scenarios that name this customer, by the shop's id or an e-mail address; how many there were.
    async fn forget_scenarios_of(&self, customer: &str) -> Result<usize>;
}

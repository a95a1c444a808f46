//! Trying a release that doesn't serve: a generation with it in the place of the one that does. Nobody else sees it.

use crate::error::Refusal;
use crate::generation::Generation;
use crate::host::Host;
use crate::inspect::Digest;
use crate::shelf::short;
use std::sync::Arc;

impl Host {
    /// The live generation with this release of a skill in it, beside or instead of the one that serves. It is published
    /// to nobody: only what is asked of it runs on it, and what fails there quarantines nothing.
    ///
    /// Connectors aren't tried so: one would hold the shop's secrets before anybody agreed to it.
    ///
    /// # Errors
    /// Where that release can't be run, may not any more, or is a connector's.
    pub async fn trial(&self, release: &Digest) -> Result<Arc<Generation>, Refusal> {
        let skill = self.shared.skill(release).await?;
        if self.shared.revoked(release) {
            return Err(Refusal::Decided {
                id: skill.sheet.plugin.clone(),
                problem: format!("{} was revoked, and a revoked release runs nowhere", short(release)),
            });
        }
        Ok(Arc::new(self.generation().with(skill)))
    }
}

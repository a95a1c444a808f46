//! The router as it was trained last, and for which skills that was.

use crate::router::{Router, SkillExamples};
use std::collections::BTreeMap;
use usher_host::{Digest, Generation};
use usher_manifest::PluginId;

/// One snapshot. It may lag behind the live generation while the next router is being trained: a skill that is gone
/// by then is passed over, and one that came is known a moment later.
pub(crate) struct Brain {
    pub(crate) router: Router,
    skills: BTreeMap<PluginId, Digest>,
}

impl Brain {
    pub(crate) async fn learn(generation: &Generation) -> Self {
        let examples: Vec<SkillExamples> =
            generation.skills.values().map(|skill| SkillExamples::from(&skill.manifest)).collect();
        let trained = tokio::task::spawn_blocking(move || Router::train(&examples)).await;
        let router = trained.unwrap_or_else(|error| {
            tracing::error!(%error, "the router could not be trained; every message goes to the fallback skill");
            Router::train(&[])
        });
        Self { router, skills: skills(generation) }
    }

    /// Whether the generation has the very skills that this was trained for.
    pub(crate) fn knows(&self, generation: &Generation) -> bool {
        self.skills == skills(generation)
    }
}

fn skills(generation: &Generation) -> BTreeMap<PluginId, Digest> {
    generation.skills.iter().map(|(id, skill)| (id.clone(), skill.sheet.digest)).collect()
}

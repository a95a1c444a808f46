//! What a turn runs on: a generation of plugins and the router that was trained for just that generation.

use crate::router::{Router, SkillExamples};
use std::sync::Arc;
use usher_host::Generation;

/// One snapshot; a turn keeps the one that it began with.
pub(crate) struct Brain {
    pub(crate) generation: Arc<Generation>,
    pub(crate) router: Router,
}

impl Brain {
    pub(crate) async fn learn(generation: Arc<Generation>) -> Self {
        let skills: Vec<SkillExamples> =
            generation.skills.values().map(|skill| SkillExamples::from(&skill.manifest)).collect();
        let trained = tokio::task::spawn_blocking(move || Router::train(&skills)).await;
        let router = trained.unwrap_or_else(|error| {
            tracing::error!(%error, "the router could not be trained; every message goes to the fallback skill");
            Router::train(&[])
        });
        Self { generation, router }
    }
}

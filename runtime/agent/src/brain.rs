//! The router as it was trained last, and for which skills that was.

use crate::agent::Inner;
use crate::router::{Router, SkillExamples};
use crate::skills::{Board, SkillRequest};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use usher_host::{Digest, Generation};
use usher_manifest::PluginId;

/// So long a message waits for a router that still learns. One that doesn't know the skill which is meant gives the message
/// to another, or asks which of two others is meant.
const WAIT: Duration = Duration::from_secs(2);

/// One snapshot, of all skills whatever their state: a question for one that can't be asked must be recognised too. It lags
/// behind the live generation while the next router is being trained; a turn waits for that a moment
/// ([`Inner::known_brain`]). Where it took longer, a skill that is gone by then is passed over, and one that came is known
/// later.
pub(crate) struct Brain {
    pub(crate) router: Router,
    skills: BTreeMap<PluginId, Digest>,
    coming: BTreeMap<PluginId, Arc<SkillRequest>>,
}

impl Brain {
    pub(crate) async fn learn(generation: &Generation, board: &Board) -> Self {
        let coming = coming(generation, board);
        let live = generation.skills.values().map(|skill| SkillExamples::from(&skill.manifest));
        let examples = in_order(live.chain(coming.values().map(|request| SkillExamples::from(&**request))));
        let trained = tokio::task::spawn_blocking(move || Router::train(&examples)).await;
        let router = trained.unwrap_or_else(|error| {
            tracing::error!(%error, "the router could not be trained; every message goes to the fallback skill");
            Router::train(&[])
        });
        Self { router, skills: skills(generation), coming }
    }

    /// Whether the generation has the very skills that this was trained for, and the same are asked for.
    pub(crate) fn knows(&self, generation: &Generation, board: &Board) -> bool {
        self.skills == skills(generation) && self.coming == coming(generation, board)
    }
}

impl Inner {
    /// The router for the skills that there are now. Where it still learns them, it is waited for, a moment at most.
    pub(crate) async fn known_brain(&self) -> Arc<Brain> {
        if tokio::time::timeout(WAIT, self.learnt()).await.is_err() {
            tracing::warn!("the router still learns; a message is routed by the one before");
        }
        self.brain.load_full()
    }

    /// Waits until the router knows the skills that there are.
    pub(crate) async fn learnt(&self) {
        let mut learnt = self.learnt.subscribe();
        while !self.brain.load().knows(&self.host.generation(), &self.skills.board()) {
            if learnt.changed().await.is_err() {
                return;
            }
        }
    }
}

/// By their ids: the same skills make the same router, whichever of them came first and whether one is only asked for.
/// Training visits the examples in an order that depends on theirs, so that another order makes other scores.
fn in_order(skills: impl Iterator<Item = SkillExamples>) -> Vec<SkillExamples> {
    let mut skills: Vec<SkillExamples> = skills.collect();
    skills.sort_by(|a, b| a.id.cmp(&b.id));
    skills
}

/// The skills that are asked for and not there. The board may be of another generation.
fn coming(generation: &Generation, board: &Board) -> BTreeMap<PluginId, Arc<SkillRequest>> {
    let coming = board.coming.iter().filter(|(id, _)| !generation.skills.contains_key(*id));
    coming.map(|(id, request)| (id.clone(), request.clone())).collect()
}

fn skills(generation: &Generation) -> BTreeMap<PluginId, Digest> {
    generation.skills.iter().map(|(id, skill)| (id.clone(), skill.sheet.digest)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::router::RouteQuery;
    use usher_manifest::{Kind, Manifest};

    const MANIFESTS: [&str; 8] = [
        include_str!("../../../skills/coupons-discounts/skill.toml"),
        include_str!("../../../skills/general-qa/skill.toml"),
        include_str!("../../../skills/loyalty/skill.toml"),
        include_str!("../../../skills/order-editing/skill.toml"),
        include_str!("../../../skills/order-tracking/skill.toml"),
        include_str!("../../../skills/product-recommendations/skill.toml"),
        include_str!("../../../skills/returns-exchanges/skill.toml"),
        include_str!("../../../skills/subscriptions/skill.toml"),
    ];
    /// Among them what lies between two skills.
    const MESSAGES: [&str; 6] = [
        "can I still send my order back?",
        "I want to change my order",
        "où est mon remboursement ?",
        "heb ik nog punten over van mijn bestelling?",
        "kan jag byta bönorna i nästa leverans?",
        "how tall is the eiffel tower",
    ];

    fn shipped() -> Vec<SkillExamples> {
        let examples = |text: &&str| match Manifest::from_toml(Kind::Skill, text) {
            Ok(Manifest::Skill(skill)) => SkillExamples::from(&skill),
            other => panic!("it is no skill: {other:?}"),
        };
        MANIFESTS.iter().map(examples).collect()
    }

    /// For each message the decision, and the bits of all numbers that it rests on.
    fn decided(skills: &[SkillExamples]) -> Vec<(String, Vec<u32>)> {
        let router = Router::train(&in_order(skills.iter().cloned()));
        let of = |text: &&str| {
            let (decision, ranked) = (router.route(&RouteQuery::new(text)), router.rank(text));
            let zones = [decision.scores.threshold, decision.scores.ask_below];
            let numbers = ranked.iter().flat_map(|found| [found.score, found.probability]).chain(zones);
            (format!("{:?} of {ranked:?}", decision.outcome), numbers.map(f32::to_bits).collect())
        };
        MESSAGES.iter().map(of).collect()
    }

    #[test]
    fn the_same_skills_make_the_same_router_in_whatever_order_they_came() {
        let (mut skills, mut random) = (shipped(), 0x5eed_u64);
        let first = decided(&skills);
        for training in 1..20 {
            for last in (1..skills.len()).rev() {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                skills.swap(last, (random >> 33) as usize % (last + 1));
            }
            assert_eq!(decided(&skills), first, "training {training}");
        }
    }
}

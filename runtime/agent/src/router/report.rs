//! What the examples are good for, in figures: for the operator and the authors of skills, not for routing.

use std::collections::BTreeMap;

use serde::Serialize;
use usher_manifest::PluginId;

use super::training::{LEAST_EXAMPLES, best_of};
use super::{Router, text};

/// Skills are left out in at most this many groups, so that the estimate costs the same for many skills as for few.
const MOST_GROUPS: usize = 10;
/// A pair is confusable where more than this share of one skill's held-out examples went to the other.
const CONFUSABLE_SHARE: f32 = 0.10;

/// An estimate of how well the router separates the skills and what lies outside them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrainingReport {
    /// Share of held-out examples that went to their own skill. `None` where no skill has enough examples.
    pub accuracy: Option<f32>,
    /// Share of messages for an unknown skill of the same trade that would be recognised as out of scope: each
    /// skill's examples, judged by a router that doesn't know the skill. Messages from elsewhere are recognised more
    /// often. `None` with fewer than two skills.
    pub out_of_scope_recall: Option<f32>,
    /// Pairs of skills that are hard to tell apart, worst first.
    pub confusable: Vec<ConfusablePair>,
    /// What to mend.
    pub warnings: Vec<Warning>,
}

/// Examples of one skill that validation gave to another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConfusablePair {
    /// Whose examples.
    pub skill: PluginId,
    /// Where they went.
    pub taken_for: PluginId,
    /// Which share of them.
    pub share: f32,
}

/// A weakness of the examples.
#[derive(Debug, Clone, PartialEq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Warning {
    /// Too few to set thresholds from.
    #[error("skill {skill} has {found} example utterances: give it at least {LEAST_EXAMPLES}, better 20")]
    FewExamples {
        /// The skill.
        skill: PluginId,
        /// How many different ones it has.
        found: usize,
    },
    /// Skills that share an example can't be told apart by it.
    #[error("the example {text:?} stands in {a} and in {b}: keep it in one of them")]
    SharedExample {
        /// The utterance.
        text: String,
        /// One skill.
        a: PluginId,
        /// The other.
        b: PluginId,
    },
    /// Two skills are declared under one id.
    #[error("skill id {skill} is declared twice: give each skill an id of its own")]
    DuplicateSkill {
        /// The id.
        skill: PluginId,
    },
}

pub(super) fn report(router: &Router) -> TrainingReport {
    let set = &router.set;
    let trainer = set.trainer();
    let mut held_out = set.validate(&trainer, usize::MAX);
    held_out.retain(|example| example.class < set.skills);
    let mut of_skill = vec![0_usize; set.skills];
    let mut confused: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let mut right = 0;
    for example in &held_out {
        of_skill[example.class] += 1;
        match best_of(&example.margins[..set.skills]) {
            Some((best, _)) if best == example.class => right += 1,
            Some((best, _)) => *confused.entry((example.class, best)).or_default() += 1,
            None => {}
        }
    }
    let mut confusable: Vec<ConfusablePair> = confused
        .into_iter()
        .map(|((skill, taken_for), count)| ConfusablePair {
            skill: router.skills[skill].clone(),
            taken_for: router.skills[taken_for].clone(),
            share: count as f32 / of_skill[skill] as f32,
        })
        .filter(|pair| pair.share > CONFUSABLE_SHARE)
        .collect();
    confusable.sort_by(|a, b| b.share.total_cmp(&a.share));

    let mut foreign = Vec::new();
    if set.skills > 1 {
        let groups = set.skills.min(MOST_GROUPS);
        for group in 0..groups {
            let members: Vec<usize> = (group..set.skills).step_by(groups).collect();
            foreign.extend(set.scores_without(&trainer, &members));
        }
    }
    let rejected = foreign.iter().filter(|&&score| score < router.thresholds.accept).count();
    let share = |part: usize, whole: usize| (whole > 0).then(|| part as f32 / whole as f32);
    TrainingReport {
        accuracy: share(right, held_out.len()),
        out_of_scope_recall: share(rejected, foreign.len()),
        confusable,
        warnings: warnings(router),
    }
}

fn warnings(router: &Router) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut owner: BTreeMap<String, usize> = BTreeMap::new();
    for (class, skill) in router.declared.iter().enumerate() {
        if router.skills[..class].contains(&skill.id) {
            warnings.push(Warning::DuplicateSkill { skill: skill.id.clone() });
        }
        let mut found = 0;
        for example in &skill.examples {
            let normalised = text::normalise(&example.text);
            let key = text::words(&normalised).collect::<Vec<_>>().join(" ");
            if key.is_empty() {
                continue;
            }
            match owner.insert(key, class) {
                None => found += 1,
                Some(other) if other == class => {}
                Some(other) => {
                    found += 1;
                    warnings.push(Warning::SharedExample {
                        text: example.text.clone(),
                        a: router.skills[other].clone(),
                        b: skill.id.clone(),
                    });
                }
            }
        }
        if found < LEAST_EXAMPLES {
            warnings.push(Warning::FewExamples { skill: skill.id.clone(), found });
        }
    }
    warnings
}

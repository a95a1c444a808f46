//! Which skill answers a message.
//!
//! A message passes, in this order: the answer that the active skill waits for ([`slot`]), small talk and bare yes or no
//! ([`phrases`]), then the classifier ([`text`] → [`linear`] and [`nearest`]) with its thresholds ([`training`], by
//! [`language`]), the wish for a person, two requests in one ([`clauses`]), and last the policy of [`route`] that decides
//! between staying, switching, asking and "no skill". No rules are written by anyone: everything is learnt from the
//! skills' example utterances and descriptions. No language model takes part, and the same examples give the same
//! router.

mod clauses;
mod decision;
pub(crate) mod language;
mod linear;
mod nearest;
mod phrases;
mod report;
mod route;
mod slot;
pub(crate) mod text;
mod training;

pub use decision::{Candidate, Decision, Outcome, Reason, RouteQuery, Scores, SmallTalk};
pub use report::{ConfusablePair, TrainingReport, Warning};
pub(crate) use training::background;

use usher_manifest::{PluginId, SkillManifest};

use linear::Linear;
use training::{Thresholds, TrainingSet};

/// What the router learns of a skill: from its manifest.
#[derive(Debug, Clone)]
pub struct SkillExamples {
    /// The skill's id.
    pub id: PluginId,
    /// Its name, as people read it.
    pub name: String,
    /// What it does.
    pub overview: String,
    /// Scenarios that it handles.
    pub when_to_use: Vec<String>,
    /// Utterances of customers. Five or more let the router set its thresholds by cross-validation; 20 or more in
    /// each language that customers write make it good.
    pub examples: Vec<Example>,
}

/// One utterance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// BCP 47. The router needs no language: it is for people and reports.
    pub language: String,
    /// What a customer might write.
    pub text: String,
}

impl Example {
    /// An utterance in a language.
    pub fn new(language: impl Into<String>, text: impl Into<String>) -> Self {
        Self { language: language.into(), text: text.into() }
    }
}

impl From<&SkillManifest> for SkillExamples {
    fn from(manifest: &SkillManifest) -> Self {
        let examples = manifest
            .examples
            .iter()
            .flat_map(|(language, texts)| texts.iter().map(|text| Example::new(language.as_str(), text.as_str())));
        Self {
            id: manifest.id.clone(),
            name: manifest.name.clone(),
            overview: manifest.overview.clone(),
            when_to_use: manifest.when_to_use.clone(),
            examples: examples.collect(),
        }
    }
}

/// A trained router: immutable, and shared between threads as it stands.
///
/// Training takes tens to hundreds of milliseconds of one core, so train off the serving threads and swap the result in.
#[derive(Debug, Clone)]
pub struct Router {
    skills: Vec<PluginId>,
    model: Linear,
    thresholds: Thresholds,
    set: TrainingSet,
    declared: Vec<SkillExamples>,
}

impl Router {
    /// Learns from every skill that exists, those included that are unavailable just now: their requests must still
    /// be recognised. The order of the skills doesn't matter. With no skills at all the router knows small talk and the
    /// wish for a person.
    pub fn train(skills: &[SkillExamples]) -> Self {
        // Training visits the examples in their order: one order for the same skills, however they were listed.
        let mut declared = skills.to_vec();
        declared.sort_by(|a, b| a.id.cmp(&b.id));
        let set = TrainingSet::of(&declared);
        let (model, thresholds) = training::train(&set);
        let ids = declared.iter().map(|skill| skill.id.clone()).collect();
        Self { skills: ids, model, thresholds, set, declared }
    }

    /// Decides where a message goes.
    pub fn route(&self, query: &RouteQuery<'_>) -> Decision {
        route::route(self, query)
    }

    /// How well each skill fits a text, best first, whatever the conversation is about.
    pub fn rank(&self, text: &str) -> Vec<Candidate> {
        route::rank(self, text)
    }

    /// What the operator and the author should know about these skills' examples. Takes a few times as long as
    /// training.
    pub fn report(&self) -> TrainingReport {
        report::report(self)
    }
}

//! What the router is asked and what it answers.

use serde::Serialize;
use usher_host::skill::Expectation;
use usher_manifest::PluginId;

/// One customer message with what the conversation knows.
#[derive(Debug, Clone, Copy)]
pub struct RouteQuery<'a> {
    /// The message as the customer wrote it.
    pub text: &'a str,
    /// The skill that answered last, where the conversation has one.
    pub active: Option<&'a PluginId>,
    /// What that skill waits for.
    pub expects: Expectation,
    /// Labels of the options that it offered, for [`Expectation::Choice`].
    pub choices: &'a [String],
    /// Whether the last turn ended in [`Outcome::AskWhich`]. The router never asks twice in a row.
    pub asked_which: bool,
}

impl<'a> RouteQuery<'a> {
    /// A first message.
    pub fn new(text: &'a str) -> Self {
        Self { text, active: None, expects: Expectation::Nothing, choices: &[], asked_which: false }
    }

    /// A message to the skill that answered last.
    pub fn with_active(self, active: &'a PluginId, expects: Expectation) -> Self {
        Self { active: Some(active), expects, ..self }
    }
}

/// A skill with how well it fits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// Which skill.
    pub skill: PluginId,
    /// How far the message lies on the skill's side rather than on that of messages meant for no skill.
    /// In units of the classifier's margin: about -2 to 2.
    pub score: f32,
    /// From 0 to 1, over all skills, "no skill" and "a person". For people and metrics; no decision rests on it.
    pub probability: f32,
}

/// A message that is courtesy from start to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SmallTalk {
    /// "Hello!"
    Greeting,
    /// "Thanks, that's all"
    Thanks,
    /// "Bye"
    Goodbye,
}

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Outcome {
    /// To the first of these. The others are to be tried in order if it declines.
    Route {
        /// Never empty.
        ranked: Vec<Candidate>,
    },
    /// Two skills fit about equally: ask the customer which is meant.
    AskWhich {
        /// The slightly better one.
        a: PluginId,
        /// The other.
        b: PluginId,
    },
    /// No skill fits.
    OutOfScope {
        /// The nearest all the same, best first; empty where there are no skills.
        ranked: Vec<Candidate>,
    },
    /// The customer asks for a person.
    Person,
    /// Courtesy only.
    SmallTalk {
        /// Which.
        talk: SmallTalk,
    },
}

/// Why a message goes there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The message is what the active skill waits for.
    ExpectedAnswer,
    /// A bare yes or no, with a skill to answer to.
    YesOrNo,
    /// A bare yes or no, with no skill that asked anything.
    NothingWasAsked,
    /// Only words that point back, or an order's name alone.
    FollowUp,
    /// No other skill fits clearly better than the active one.
    NoClearSwitch,
    /// Another skill fits clearly better than the active one.
    TopicChanged,
    /// The best skill is clear of the others and of the threshold.
    BestFit,
    /// Too close to call, but the customer was asked already.
    AskedAlready,
    /// The two best are too close to call.
    Ambiguous,
    /// Two clauses belong to two skills.
    TwoRequests,
    /// The best skill stays below the threshold.
    BelowThreshold,
    /// The message has no words.
    NoWords,
    /// It resembles the wish for a person most.
    WantsPerson,
    /// Nothing but courtesy.
    Courtesy,
}

/// What the decision rested on, for the record of the turn.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Scores {
    /// The best five skills. Empty where the message was decided without the classifier.
    pub best: Vec<Candidate>,
    /// How far the message lies on the side of "wants a person"; same unit as a candidate's score.
    pub person: Option<f32>,
    /// A candidate's score below this is out of scope.
    pub threshold: f32,
    /// Two candidates nearer than this are too close to call.
    pub ask_below: f32,
}

/// The answer of the router.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decision {
    /// Where the message goes.
    pub outcome: Outcome,
    /// A second skill that a later part of the message clearly belongs to: answer it after the first.
    pub also: Option<PluginId>,
    /// True where the active skill keeps the conversation.
    pub stayed_with_active: bool,
    /// Why.
    pub reason: Reason,
    /// What the decision rested on.
    pub scores: Scores,
}

impl Decision {
    /// The skill that answers, where one does.
    pub fn skill(&self) -> Option<&PluginId> {
        match &self.outcome {
            Outcome::Route { ranked } => ranked.first().map(|candidate| &candidate.skill),
            _ => None,
        }
    }
}

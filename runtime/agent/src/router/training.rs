//! From examples to a classifier with its thresholds.
//!
//! Classes: each skill, then [`Extra::Background`] (shipped utterances that are meant for no skill), then
//! [`Extra::Person`]. Thresholds come from cross-validation of the skills' own examples: no out-of-scope examples and
//! no settings are needed.

use std::collections::HashSet;

use super::SkillExamples;
use super::language;
use super::linear::{Linear, Trainer};
use super::nearest::Nearest;
use super::phrases::lines;
use super::text::{Grams, Vector, Vocabulary, normalise, words};

pub(super) const FOLDS: usize = 5;
const PASSES: usize = 40;
/// After a fold was taken out of a trained model, the rest settles in so many passes: what is taken out shifts the biases
/// by the sum of its dual variables, and each pass about halves what is left of that.
const PASSES_WITHOUT: usize = 12;
/// A shipped utterance is a skill's where the skill beats the background by this without it. A smaller margin gives away
/// utterances that have nothing in common with a skill but how questions begin.
const CLAIMED_BY: f32 = 1.0;
/// Enough held-out scores for a quantile: an agent with more examples is validated on fewer folds.
const SCORES_WANTED: usize = 700;
/// A skill with fewer examples is not validated: a fold would take too much of it away.
pub(super) const LEAST_EXAMPLES: usize = 5;
/// Share of a shop's own examples that the threshold turns away at least, and at most: it goes as high between the two
/// as it must to turn away [`FOREIGN_SHARE`] of the background.
const REJECTED_SHARES: [f32; 2] = [0.03, 0.04];
const FOREIGN_SHARE: f32 = 0.92;
/// A language with fewer held-out examples goes by the threshold of all.
const LEAST_SCORES: usize = 60;
/// Examples that are near copies of each other validate too well, and a handful of unlike ones too badly: the threshold
/// stays within what agents of 10 to 40 skills with 10 to 50 examples come to.
const ACCEPT_BOUNDS: [f32; 2] = [-0.7, 0.3];
const MOST_GAP: f32 = 0.5;
/// No more than this share of messages is answered with "A or B?", and only as far as validation errs at all.
const ASKED_SHARE: f32 = 0.10;
const ERRORS_LEFT: f32 = 0.01;
/// Two candidates nearer than this are too close to call, whatever validation says.
const LEAST_GAP: f32 = 0.05;

const BACKGROUND: [&str; 4] = [
    include_str!("background/en.txt"),
    include_str!("background/fr.txt"),
    include_str!("background/nl.txt"),
    include_str!("background/sv.txt"),
];
const PERSON: [&str; 4] = [
    include_str!("person/en.txt"),
    include_str!("person/fr.txt"),
    include_str!("person/nl.txt"),
    include_str!("person/sv.txt"),
];

/// The classes that come after the skills'.
#[derive(Debug, Clone, Copy)]
pub(super) enum Extra {
    Background,
    Person,
}

impl Extra {
    pub(super) const COUNT: usize = 2;

    pub(super) fn class(self, skills: usize) -> usize {
        skills + self as usize
    }
}

/// All shipped utterances of a language, by its place among [`language::TAGS`].
pub(super) fn shipped(language: usize) -> impl Iterator<Item = &'static str> {
    lines(BACKGROUND[language]).chain(lines(PERSON[language]))
}

/// The shipped utterances that are meant for no skill.
pub(crate) fn background() -> impl Iterator<Item = &'static str> + Clone {
    BACKGROUND.into_iter().flat_map(lines)
}

/// Every text with its class, in vectors.
#[derive(Debug, Clone)]
pub(super) struct TrainingSet {
    pub(super) skills: usize,
    pub(super) vocabulary: Vocabulary,
    pub(super) vectors: Vec<Vector>,
    pub(super) labels: Vec<usize>,
    pub(super) nearest: Nearest,
    /// The fold of an example utterance; `None` for descriptions, which no customer would write, and for classes
    /// with too few examples.
    pub(super) folds: Vec<Option<usize>>,
    /// The language of each text, where it is one of [`language::TAGS`].
    languages: Vec<Option<usize>>,
}

impl TrainingSet {
    pub(super) fn of(skills: &[SkillExamples]) -> Self {
        let mut texts: Vec<(Grams, usize, bool)> = Vec::new();
        let mut languages = Vec::new();
        let mut add = |seen: &mut HashSet<String>, text: &str, class: usize, example: bool, language: Option<usize>| {
            let normalised = normalise(text);
            let key = words(&normalised).collect::<Vec<_>>().join(" ");
            if !key.is_empty() && seen.insert(key) {
                texts.push((Grams::of(text), class, example));
                languages.push(language);
            }
        };
        for (class, skill) in skills.iter().enumerate() {
            let mut seen = HashSet::new();
            for example in &skill.examples {
                add(&mut seen, &example.text, class, true, language::index(&example.language));
            }
            for description in [&skill.name, &skill.overview].into_iter().chain(&skill.when_to_use) {
                add(&mut seen, description, class, false, None);
            }
        }
        let mut add_lists = |lists: [&'static str; 4], extra: Extra| {
            let mut seen = HashSet::new();
            for (language, list) in lists.into_iter().enumerate() {
                for line in lines(list) {
                    add(&mut seen, line, extra.class(skills.len()), true, Some(language));
                }
            }
        };
        add_lists(BACKGROUND, Extra::Background);
        add_lists(PERSON, Extra::Person);

        let vocabulary = Vocabulary::of(texts.iter().map(|(grams, ..)| grams), 1);
        let labels: Vec<usize> = texts.iter().map(|&(_, class, _)| class).collect();
        let mut counts = vec![0_usize; skills.len() + Extra::COUNT];
        for (_, class, _) in texts.iter().filter(|&&(_, _, example)| example) {
            counts[*class] += 1;
        }
        let mut next = vec![0_usize; counts.len()];
        let folds = texts
            .iter()
            .map(|&(_, class, example)| {
                (example && counts[class] >= LEAST_EXAMPLES).then(|| {
                    next[class] += 1;
                    next[class] % FOLDS
                })
            })
            .collect();
        let vectors: Vec<Vector> = texts.iter().map(|(grams, ..)| vocabulary.vector(grams)).collect();
        let nearest = Nearest::of(&vectors, &labels, vocabulary.features());
        Self { skills: skills.len(), vocabulary, vectors, labels, nearest, folds, languages }
    }

    pub(super) fn trainer(&self) -> Trainer<'_> {
        let mut trainer =
            Trainer::new(&self.vectors, &self.labels, self.vocabulary.features(), self.skills + Extra::COUNT);
        trainer.settle(PASSES);
        // A shipped utterance that a skill claims is that skill's business: the weather, in a weather shop.
        let background = Extra::Background.class(self.skills);
        let claimed: Vec<usize> = (0..self.labels.len())
            .filter(|&example| self.labels[example] == background)
            .filter(|&example| {
                let margins = trainer.margins_without(example);
                best_of(&margins[..self.skills])
                    .is_some_and(|(_, best)| best > margins[background].max(0.0) + CLAIMED_BY)
            })
            .collect();
        if !claimed.is_empty() {
            trainer.remove(claimed);
            trainer.settle(PASSES);
        }
        trainer
    }

    /// Margins of held-out examples of skills and of the background, each by a model that never saw it: at least
    /// `wanted` of skills if there are so many.
    pub(super) fn validate(&self, trainer: &Trainer<'_>, wanted: usize) -> Vec<HeldOut> {
        let mut held_out: Vec<HeldOut> = Vec::new();
        for fold in 0..FOLDS {
            let outside: Vec<usize> =
                (0..self.labels.len()).filter(|&example| self.folds[example] == Some(fold)).collect();
            if held_out.iter().filter(|example| example.class < self.skills).count() >= wanted
                || !outside.iter().any(|&example| self.labels[example] < self.skills)
            {
                break;
            }
            let mut trainer = trainer.clone();
            trainer.remove(outside.iter().copied());
            trainer.settle(PASSES_WITHOUT);
            let background = Extra::Background.class(self.skills);
            let judged = outside.into_iter().filter(|&example| self.labels[example] <= background);
            held_out.extend(judged.map(|example| {
                let vector = &self.vectors[example];
                let mut margins = trainer.model().margins(vector);
                self.nearest.add_to(&mut margins, vector, |other| self.folds[other] == Some(fold));
                HeldOut { class: self.labels[example], language: self.languages[example], margins }
            }));
        }
        held_out
    }

    /// Scores of all examples of a group of skills by a model that knows none of these skills.
    pub(super) fn scores_without(&self, trainer: &Trainer<'_>, group: &[usize]) -> Vec<f32> {
        let members: Vec<usize> =
            (0..self.labels.len()).filter(|&example| group.contains(&self.labels[example])).collect();
        let mut trainer = trainer.clone();
        trainer.remove(members.iter().copied());
        trainer.settle(PASSES_WITHOUT);
        let background = Extra::Background.class(self.skills);
        let examples = members.into_iter().filter(|&example| self.folds[example].is_some());
        examples
            .filter_map(|example| {
                let vector = &self.vectors[example];
                let mut margins = trainer.model().margins(vector);
                self.nearest.add_to(&mut margins, vector, |other| group.contains(&self.labels[other]));
                for &class in group {
                    margins[class] = f32::NEG_INFINITY;
                }
                best_of(&margins[..self.skills]).map(|(_, best)| best - margins[background])
            })
            .collect()
    }
}

/// The margins of an example under a model that was trained without it.
#[derive(Debug, Clone)]
pub(super) struct HeldOut {
    pub(super) class: usize,
    language: Option<usize>,
    pub(super) margins: Vec<f32>,
}

/// The class with the largest margin. `None` where there is no class.
pub(super) fn best_of(margins: &[f32]) -> Option<(usize, f32)> {
    margins.iter().copied().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b))
}

fn second_of(margins: &[f32], best: usize) -> Option<f32> {
    margins.iter().enumerate().filter(|&(class, _)| class != best).map(|(_, &margin)| margin).max_by(f32::total_cmp)
}

/// Where the zones end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Thresholds {
    /// Best skill minus background: below this is out of scope.
    pub(super) accept: f32,
    /// The same for each of [`language::TAGS`]: skills have more examples in one language than in another, and a text
    /// in a language of few examples lies nearer to none of them.
    accept_in: [f32; language::TAGS.len()],
    /// Best skill minus second: below this is ambiguous.
    pub(super) ask_below: f32,
    /// Of the softmax that turns margins into probabilities.
    pub(super) temperature: f32,
    /// False where no skill has enough examples, so that these are the shipped defaults.
    pub(super) validated: bool,
}

impl Thresholds {
    /// Medians over agents of 10 to 40 skills with 10 examples each.
    const SHIPPED: Self = Self {
        accept: -0.7,
        accept_in: [-0.7; language::TAGS.len()],
        ask_below: 0.1,
        temperature: 0.35,
        validated: false,
    };

    /// The threshold for this text, by the language that it seems to be in.
    pub(super) fn accept(&self, text: &str) -> f32 {
        language::likelihoods(text).iter().zip(&self.accept_in).map(|(likely, accept)| likely * accept).sum()
    }

    pub(super) fn of(held_out: &[HeldOut], skills: usize) -> Self {
        let background = Extra::Background.class(skills);
        let score =
            |example: &HeldOut| best_of(&example.margins[..skills]).map(|(_, best)| best - example.margins[background]);
        let (foreign, own): (Vec<&HeldOut>, Vec<&HeldOut>) =
            held_out.iter().partition(|example| example.class == background);
        let of_language = |examples: &[&HeldOut], language| -> Vec<f32> {
            let examples = examples.iter().filter(|example| example.language == Some(language));
            sorted(examples.filter_map(|example| score(example)).collect())
        };
        let all = |examples: &[&HeldOut]| sorted(examples.iter().filter_map(|example| score(example)).collect());
        let scores = all(&own);
        if scores.is_empty() {
            return Self::SHIPPED;
        }
        let accept = accept(&scores, &all(&foreign));
        let accept_in = std::array::from_fn(|language| {
            let scores = of_language(&own, language);
            if scores.len() < LEAST_SCORES { accept } else { self::accept(&scores, &of_language(&foreign, language)) }
        });
        let mut gaps: Vec<(f32, bool)> = own
            .iter()
            .filter(|example| score(example).is_some_and(|score| score >= accept))
            .filter_map(|example| {
                let (best, margin) = best_of(&example.margins[..skills])?;
                Some((margin - second_of(&example.margins[..skills], best)?, best == example.class))
            })
            .collect();
        gaps.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
        Self { accept, accept_in, ask_below: ask_below(&gaps), temperature: temperature(&own), validated: true }
    }
}

/// The threshold that turns away as much of the background as it should, at the cost of as few of the own as it may.
fn accept(own: &[f32], foreign: &[f32]) -> f32 {
    let [least, most] = REJECTED_SHARES.map(|share| quantile(own, share));
    let accept = if foreign.is_empty() { least } else { quantile(foreign, FOREIGN_SHARE).clamp(least, most) };
    let [lowest, highest] = ACCEPT_BOUNDS;
    accept.clamp(lowest, highest)
}

fn sorted(mut scores: Vec<f32>) -> Vec<f32> {
    scores.sort_unstable_by(f32::total_cmp);
    scores
}

/// The gap above which validation errs in no more than [`ERRORS_LEFT`], at most the [`ASKED_SHARE`] quantile.
fn ask_below(gaps: &[(f32, bool)]) -> f32 {
    let most = (gaps.len() as f32 * ASKED_SHARE) as usize;
    let mut errors = gaps.iter().filter(|(_, right)| !right).count();
    for (asked, &(gap, right)) in gaps.iter().enumerate() {
        if asked >= most || errors as f32 <= ERRORS_LEFT * (gaps.len() - asked) as f32 {
            return gap.clamp(LEAST_GAP, MOST_GAP);
        }
        errors -= usize::from(!right);
    }
    LEAST_GAP
}

fn quantile(sorted: &[f32], share: f32) -> f32 {
    sorted[((sorted.len() - 1) as f32 * share) as usize]
}

/// The temperature of least log loss on held-out examples, out of a geometric grid.
fn temperature(held_out: &[&HeldOut]) -> f32 {
    let loss = |temperature: f32| -> f32 {
        held_out.iter().map(|example| -probabilities(&example.margins, temperature)[example.class].max(1e-9).ln()).sum()
    };
    let grid = (0..24).map(|step| 0.05 * 1.15_f32.powi(step));
    grid.map(|temperature| (temperature, loss(temperature)))
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
        .map_or(Thresholds::SHIPPED.temperature, |(temperature, _)| temperature)
}

pub(super) fn probabilities(margins: &[f32], temperature: f32) -> Vec<f32> {
    let largest = margins.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut weights: Vec<f32> = margins.iter().map(|margin| ((margin - largest) / temperature).exp()).collect();
    let sum: f32 = weights.iter().sum();
    for weight in &mut weights {
        *weight /= sum;
    }
    weights
}

/// A trained classifier with its thresholds.
pub(super) fn train(set: &TrainingSet) -> (Linear, Thresholds) {
    let trainer = set.trainer();
    let held_out = set.validate(&trainer, SCORES_WANTED);
    (trainer.into_model(), Thresholds::of(&held_out, set.skills))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_only_as_far_as_validation_errs() {
        let right = |n: usize| (0..n).map(move |i| (0.2 + i as f32 / n as f32, true));
        let flawless: Vec<(f32, bool)> = right(100).collect();
        assert_eq!(ask_below(&flawless), 0.2, "nothing lies below the least gap seen");
        let mut erring: Vec<(f32, bool)> = (0..5).map(|i| (0.1 + 0.05 * i as f32, false)).chain(right(95)).collect();
        erring.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let threshold = ask_below(&erring);
        let left = erring.iter().filter(|(gap, right)| *gap >= threshold && !right).count();
        assert!(left <= 1 && threshold < 0.31, "{threshold} leaves {left} errors");
        let hopeless: Vec<(f32, bool)> = (0..100).map(|i| (i as f32 / 100.0, i % 2 == 0)).collect();
        assert_eq!(ask_below(&hopeless), 0.1, "never more than a tenth");
    }

    #[test]
    fn shipped_lists_have_their_sizes_and_no_doubles() {
        let all: Vec<&str> = background().collect();
        assert!(all.len() >= 500, "{}", all.len());
        let distinct: HashSet<&str> = all.iter().copied().collect();
        assert_eq!(distinct.len(), all.len());
    }

    #[test]
    fn probabilities_add_up() {
        let p = probabilities(&[0.3, -0.9, -1.0], 0.4);
        assert!((p.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!(p[0] > p[1] && p[1] > p[2]);
    }
}

//! The policy: stay, switch, ask, or "no skill".

use usher_host::skill::Expectation;
use usher_manifest::PluginId;

use super::decision::{Candidate, Decision, Outcome, Reason, RouteQuery, Scores};
use super::slot::Fit;
use super::text::{Grams, normalise, words};
use super::training::{Extra, best_of, probabilities};
use super::{Router, clauses, phrases, slot};

/// Another skill must beat the active one by this margin to take the conversation over.
const SWITCH_BY: f32 = 0.2;
/// However low the threshold is that a skill's own examples give, a switch needs at least this score: what a customer
/// answers in the middle of a task resembles no skill, and some skill always comes first.
const SWITCH_FLOOR: f32 = -0.2;
/// Added to what a switch needs while the active skill waits for something.
const WAITING: f32 = 0.3;
/// Added to the threshold for what must be clear: each of two requests, and leaving the active skill for none.
const CLEARLY: f32 = 0.3;
/// Each of two requests must beat every other skill by this: half a sentence resembles many things a little.
const EACH_BY: f32 = 0.5;
/// A message that only points back stays with the active skill unless another skill beats it by this.
const ANOTHERS_BY: f32 = 1.0;
/// A message of fewer words is a follow-up rather than a subject that no skill knows.
const WORDS_OF_A_SUBJECT: usize = 4;
const TRACED: usize = 5;
/// A person is asked for where that class beats the background by this, and every skill by [`PERSON_AHEAD`]: a courtesy
/// alone, which many who ask for a person write, is no wish for one.
const PERSON_BY: f32 = 0.4;
const PERSON_AHEAD: f32 = 0.2;

pub(super) fn route(router: &Router, query: &RouteQuery<'_>) -> Decision {
    let active = query.active.and_then(|id| router.skills.iter().position(|skill| skill == id));
    let normalised = normalise(query.text);
    let tokens: Vec<&str> = words(&normalised).collect();
    let fit = match active {
        Some(_) => slot::fit(query.expects, query.text, query.choices),
        None => Fit::No,
    };
    let without_classifier = match active {
        Some(active) if fit == Fit::Whole && query.expects != Expectation::FreeText => {
            Some((stay(router, active), Reason::ExpectedAnswer))
        }
        Some(active) if tokens.is_empty() => Some((stay(router, active), Reason::NoWords)),
        None if tokens.is_empty() => Some((Outcome::OutOfScope { ranked: Vec::new() }, Reason::NoWords)),
        _ => None,
    }
    .or_else(|| {
        if query.expects == Expectation::FreeText && active.is_some() {
            return None;
        }
        if let Some(talk) = phrases::small_talk(&tokens) {
            return Some((Outcome::SmallTalk { talk }, Reason::Courtesy));
        }
        match (phrases::yes_or_no(&tokens), active) {
            (Some(_), Some(active)) => Some((stay(router, active), Reason::YesOrNo)),
            (Some(_), None) => Some((Outcome::OutOfScope { ranked: Vec::new() }, Reason::NothingWasAsked)),
            (None, Some(active))
                if slot::is_bare_order_name(query.text)
                    || (phrases::is_follow_up(&tokens) && !is_anothers(router, query.text, active)) =>
            {
                Some((stay(router, active), Reason::FollowUp))
            }
            (None, _) => None,
        }
    });
    if let Some((outcome, reason)) = without_classifier {
        let scores = Scores {
            threshold: router.thresholds.accept(query.text),
            ask_below: router.thresholds.ask_below,
            ..Scores::default()
        };
        let stayed = active.is_some() && !matches!(outcome, Outcome::OutOfScope { .. });
        return Decision { outcome, also: None, stayed_with_active: stayed, reason, scores };
    }

    let judged = Judged::of(router, query.text);
    let scores = judged.scores(router);
    let choice = if judged.wants_person() {
        Choice::to(Outcome::Person, Reason::WantsPerson)
    } else if let (Some(active), Expectation::FreeText) = (active, query.expects) {
        Choice::to(judged.outcome_of(router, active), Reason::ExpectedAnswer)
    } else if let Some((first, second)) = two_requests(router, query.text, &judged) {
        let outcome = judged.outcome_of(router, first);
        Choice { outcome, reason: Reason::TwoRequests, also: Some(router.skills[second].clone()) }
    } else {
        match active {
            Some(active) => with_active(router, query, &judged, active, fit, tokens.len()),
            None => afresh(router, query.asked_which, &judged),
        }
    };
    let to = match &choice.outcome {
        Outcome::Route { ranked } => ranked.first().map(|candidate| &candidate.skill),
        _ => None,
    };
    let stayed_with_active = active.is_some_and(|active| to == Some(&router.skills[active]));
    Decision { outcome: choice.outcome, also: choice.also, stayed_with_active, reason: choice.reason, scores }
}

pub(super) fn rank(router: &Router, text: &str) -> Vec<Candidate> {
    Judged::of(router, text).ranked(router)
}

struct Choice {
    outcome: Outcome,
    reason: Reason,
    also: Option<PluginId>,
}

impl Choice {
    fn to(outcome: Outcome, reason: Reason) -> Self {
        Self { outcome, reason, also: None }
    }
}

/// Whether a message of words that point back is all the same another skill's own question: "where is it?" points
/// back, and "where is my order?" does not.
fn is_anothers(router: &Router, text: &str, active: usize) -> bool {
    let judged = Judged::of(router, text);
    let [best, _] = judged.first_two();
    best.is_some_and(|best| {
        best != active
            && judged.margins[best] - judged.margins[active] >= ANOTHERS_BY
            && judged.score(best) >= judged.accept.max(SWITCH_FLOOR) + CLEARLY
    })
}

/// To the active skill without having asked the classifier.
fn stay(router: &Router, active: usize) -> Outcome {
    Outcome::Route { ranked: vec![Candidate { skill: router.skills[active].clone(), score: 0.0, probability: 1.0 }] }
}

fn afresh(router: &Router, asked_already: bool, judged: &Judged) -> Choice {
    let [best, second] = judged.first_two();
    let Some(best) = best.filter(|&best| judged.score(best) >= judged.accept) else {
        return Choice::to(Outcome::OutOfScope { ranked: judged.ranked(router) }, Reason::BelowThreshold);
    };
    let ambiguous =
        second.filter(|&second| judged.margins[best] - judged.margins[second] < router.thresholds.ask_below);
    match ambiguous {
        Some(_) if asked_already => Choice::to(judged.outcome_of(router, best), Reason::AskedAlready),
        Some(second) => {
            let outcome = Outcome::AskWhich { a: router.skills[best].clone(), b: router.skills[second].clone() };
            Choice::to(outcome, Reason::Ambiguous)
        }
        None => Choice::to(judged.outcome_of(router, best), Reason::BestFit),
    }
}

fn with_active(
    router: &Router,
    query: &RouteQuery<'_>,
    judged: &Judged,
    active: usize,
    fit: Fit,
    words: usize,
) -> Choice {
    let waiting = if query.expects == Expectation::Nothing { 0.0 } else { WAITING };
    // An answer with words around it is still an answer first.
    let answering = if fit == Fit::Within { WAITING } else { 0.0 };
    let [best, second] = judged.first_two();
    let Some(best) = best else { return Choice::to(stay(router, active), Reason::NoClearSwitch) };
    let ahead = judged.margins[best] - judged.margins[active];
    if best != active
        && ahead >= SWITCH_BY + answering
        && judged.score(best) >= judged.accept.max(SWITCH_FLOOR) + waiting + answering
    {
        let rival = second.filter(|&second| {
            second != active && judged.margins[best] - judged.margins[second] < router.thresholds.ask_below
        });
        return match rival {
            Some(second) if !query.asked_which => {
                let outcome = Outcome::AskWhich { a: router.skills[best].clone(), b: router.skills[second].clone() };
                Choice::to(outcome, Reason::Ambiguous)
            }
            _ => Choice::to(judged.outcome_of(router, best), Reason::TopicChanged),
        };
    }
    let foreign = query.expects == Expectation::Nothing
        && words >= WORDS_OF_A_SUBJECT
        && judged.score(best) < judged.accept.min(-CLEARLY);
    if foreign {
        return Choice::to(Outcome::OutOfScope { ranked: judged.ranked(router) }, Reason::BelowThreshold);
    }
    Choice::to(judged.outcome_of(router, active), Reason::NoClearSwitch)
}

/// Two skills that two parts of the message clearly belong to, in the message's order.
fn two_requests(router: &Router, text: &str, whole: &Judged) -> Option<(usize, usize)> {
    if router.skills.len() < 2 {
        return None;
    }
    let clear = |part: &Judged| -> Option<(usize, f32)> {
        let [best, second] = part.first_two();
        let best = best?;
        let gap = second.map_or(f32::INFINITY, |second| part.margins[best] - part.margins[second]);
        let above = part.score(best) - part.accept.max(-CLEARLY) - CLEARLY;
        (above >= 0.0 && gap >= router.thresholds.ask_below.max(EACH_BY) && !part.wants_person())
            .then_some((best, above.min(gap)))
    };
    // Both must show in the whole message too: a part cut out of its sentence can look like anything.
    let shows = |skill: usize| whole.rank_of(skill) < 3;
    clauses::splits(text)
        .into_iter()
        .filter_map(|(before, after)| {
            let (first, first_by) = clear(&Judged::of(router, before))?;
            let (second, second_by) = clear(&Judged::of(router, after))?;
            (first != second && shows(first) && shows(second)).then_some((first, second, first_by.min(second_by)))
        })
        .max_by(|(.., a), (.., b)| a.total_cmp(b))
        .map(|(first, second, _)| (first, second))
}

/// A text with its margins.
struct Judged {
    skills: usize,
    margins: Vec<f32>,
    /// A score below this is out of scope.
    accept: f32,
}

impl Judged {
    fn of(router: &Router, text: &str) -> Self {
        let vector = router.set.vocabulary.vector(&Grams::of(text));
        let mut margins = router.model.margins(&vector);
        router.set.nearest.add_to(&mut margins, &vector, |_| false);
        Self { skills: router.skills.len(), margins, accept: router.thresholds.accept(text) }
    }

    fn background(&self) -> f32 {
        self.margins[Extra::Background.class(self.skills)]
    }

    fn person(&self) -> f32 {
        self.margins[Extra::Person.class(self.skills)]
    }

    fn score(&self, skill: usize) -> f32 {
        self.margins[skill] - self.background()
    }

    fn wants_person(&self) -> bool {
        let best = best_of(&self.margins[..self.skills]).map_or(f32::NEG_INFINITY, |(_, best)| best);
        self.person() - best >= PERSON_AHEAD && self.person() - self.background() >= PERSON_BY
    }

    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.skills).collect();
        order.sort_by(|&a, &b| self.margins[b].total_cmp(&self.margins[a]));
        order
    }

    fn first_two(&self) -> [Option<usize>; 2] {
        let order = self.order();
        [order.first().copied(), order.get(1).copied()]
    }

    fn rank_of(&self, skill: usize) -> usize {
        self.margins[..self.skills].iter().filter(|&&margin| margin > self.margins[skill]).count()
    }

    fn ranked(&self, router: &Router) -> Vec<Candidate> {
        let probabilities = probabilities(&self.margins, router.thresholds.temperature);
        self.order()
            .into_iter()
            .map(|skill| Candidate {
                skill: router.skills[skill].clone(),
                score: self.score(skill),
                probability: probabilities[skill],
            })
            .collect()
    }

    /// To this skill, the others behind it in order of fit.
    fn outcome_of(&self, router: &Router, skill: usize) -> Outcome {
        let mut ranked = self.ranked(router);
        ranked[..=self.order().iter().position(|&other| other == skill).unwrap_or(0)].rotate_right(1);
        Outcome::Route { ranked }
    }

    fn scores(&self, router: &Router) -> Scores {
        let mut best = self.ranked(router);
        best.truncate(TRACED);
        Scores {
            best,
            person: Some(self.person() - self.background()),
            threshold: self.accept,
            ask_below: router.thresholds.ask_below,
        }
    }
}

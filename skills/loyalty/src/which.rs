//! Which reward is meant.

use crate::request;
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::loyalty::{LoyaltyAccount, Reward};

/// A customer is asked to choose among at most so many.
pub(crate) const CHOICES: usize = 5;

/// A list in a text has at most so many lines.
pub(crate) const LINES: usize = 10;

#[derive(Debug, PartialEq)]
pub(crate) enum Which<'a> {
    One(&'a Reward),
    Several(Vec<&'a Reward>),
    /// None is named, and none is in reach.
    Nothing,
}

/// Cheapest first, which is how they are shown.
pub(crate) fn sorted(rewards: &[Reward]) -> Vec<&Reward> {
    let mut sorted: Vec<&Reward> = rewards.iter().collect();
    sorted.sort_by_key(|reward| reward.points);
    sorted
}

/// The reward of a button; one that the text names, by its title, its price or its place; else those in reach. `last` is the
/// one that was spoken of before.
pub(crate) fn pick<'a>(account: &'a LoyaltyAccount, last: Option<&str>, turn: &Turn) -> Which<'a> {
    let all = sorted(&account.rewards);
    if let Some(id) = request::chosen_reward(turn) {
        let known = all.iter().find(|reward| reward.id == id);
        return known.map_or_else(|| in_reach(&all), |reward| Which::One(reward));
    }
    // The value of another button names none.
    let said = if turn.choice().is_some() { "" } else { turn.text() };
    let last = last.and_then(|id| all.iter().position(|reward| reward.id == id));
    if let Some(reward) = by_size(&all, last, said) {
        return Which::One(reward);
    }
    let named = named(&all, said);
    if !named.is_empty() {
        return one_or_several(named);
    }
    if let Some(reward) = by_place(&all, said) {
        return Which::One(reward);
    }
    in_reach(&all)
}

/// Whether a text that speaks of nothing else may name a reward that was just shown.
pub(crate) fn points_at_one(said: &str) -> bool {
    let lists = [BIGGER, SMALLER, BIGGEST, SMALLEST, FIRST, SECOND, THIRD, LAST_ONE, POINTING];
    let listed = lists.iter().any(|list| mentions(said, list)) || SAME.iter().any(|same| mentions(said, same));
    // With a sign it is an order's.
    let number = has_number(said) && !said.contains(['#', '＃']);
    match said.split_whitespace().count() {
        0..=4 => listed || number,
        5..=7 => listed,
        _ => false,
    }
}

fn in_reach<'a>(all: &[&'a Reward]) -> Which<'a> {
    one_or_several(all.iter().copied().filter(|reward| reward.affordable).collect())
}

fn one_or_several(mut rewards: Vec<&Reward>) -> Which<'_> {
    rewards.truncate(CHOICES);
    match rewards.as_slice() {
        [] => Which::Nothing,
        [reward] => Which::One(reward),
        _ => Which::Several(rewards),
    }
}

/// "And the bigger one?", "the cheapest". A comparison is with the one that was spoken of last.
fn by_size<'a>(all: &[&'a Reward], last: Option<usize>, said: &str) -> Option<&'a Reward> {
    if mentions(said, BIGGEST) {
        let best = all.iter().rev().find(|reward| reward.affordable);
        return best.or(all.last()).copied();
    }
    if mentions(said, SMALLEST) {
        return all.first().copied();
    }
    if mentions(said, BIGGER) {
        let next = last.map_or(all.len().checked_sub(1), |at| Some(at + 1));
        return next.and_then(|at| all.get(at).or(all.last())).copied();
    }
    if mentions(said, SMALLER) {
        return all.get(last.map_or(0, |at| at.saturating_sub(1))).copied();
    }
    None
}

fn by_place<'a>(all: &[&'a Reward], said: &str) -> Option<&'a Reward> {
    let place = [FIRST, SECOND, THIRD].iter().position(|words| mentions(said, words));
    match place {
        Some(at) => all.get(at).copied(),
        None if mentions(said, LAST_ONE) => all.last().copied(),
        None => None,
    }
}

/// Those whose title has most words of the text, or whose price is named. A number that a title has not speaks against it.
fn named<'a>(all: &[&'a Reward], said: &str) -> Vec<&'a Reward> {
    let wanted = words(said);
    let numbers: Vec<&String> = wanted.iter().filter(|word| is_number(word)).collect();
    let score = |reward: &Reward| {
        let title = words(&reward.title);
        let same = SAME.iter().any(|same| mentions(said, same) && mentions(&reward.title, same));
        let priced = numbers.iter().any(|number| **number == reward.points.to_string());
        let contradicts = !numbers.is_empty() && !priced && !numbers.iter().any(|number| title.contains(number));
        if contradicts {
            return 0;
        }
        let common = title.iter().filter(|word| wanted.contains(word) && !COMMON.contains(&word.as_str())).count();
        common + 3 * usize::from(same) + 3 * usize::from(priced)
    };
    let best = all.iter().map(|reward| score(reward)).max().unwrap_or(0);
    all.iter().copied().filter(|reward| best > 0 && score(reward) == best).collect()
}

/// Words and numbers in lower case; `5€` are the number and nothing else.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for c in text.chars().flat_map(char::to_lowercase).chain([' ']) {
        let ends = !c.is_alphanumeric() || word.chars().last().is_some_and(|last| last.is_numeric() != c.is_numeric());
        if ends && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.push(c);
        }
    }
    words
}

fn is_number(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_digit())
}

fn has_number(said: &str) -> bool {
    words(said).iter().any(|word| is_number(word))
}

/// Words of titles that say nothing of which one.
#[rustfmt::skip]
const COMMON: &[&str] = &[
    "off", "de", "la", "le", "les", "the", "a", "an", "of", "en", "van", "het", "on", "for", "points", "point", "punten", "poäng",
    "reward", "discount", "your", "order", "order", "voucher", "coupon", "eur", "euro",
];

/// The same thing by other names, so that a title in one language is found in another.
#[rustfmt::skip]
const SAME: &[&[&str]] = &[
    &[
        "free shipping", "free delivery", "shipping", "livraison gratuite", "livraison offerte", "frais de port", "livraison",
        "gratis verzending", "gratis bezorging", "verzending", "verzendkosten", "fri frakt", "gratis frakt", "frakten", "frakt",
    ],
    &["gift card", "carte cadeau", "cadeaubon", "cadeaukaart", "presentkort"],
    &["money off", "off", "de réduction", "remise", "korting", "rabatt"],
];

/// In English, French, Dutch and Swedish, as all lists here.
#[rustfmt::skip]
const BIGGER: &[&str] = &[
    "bigger", "larger", "higher", "more expensive", "next one up", "plus grande", "plus grand", "plus gros", "plus grosse",
    "plus chère", "plus cher", "grotere", "hogere", "duurdere", "större", "högre", "dyrare",
];
#[rustfmt::skip]
const SMALLER: &[&str] = &[
    "smaller", "lower", "cheaper", "plus petite", "plus petit", "moins chère", "moins cher", "kleinere", "lagere", "goedkopere",
    "mindre", "lägre", "billigare",
];
#[rustfmt::skip]
const BIGGEST: &[&str] = &[
    "biggest", "largest", "best one", "best reward", "most expensive", "la plus grande", "le plus gros", "la meilleure", "la plus chère",
    "grootste", "beste", "duurste", "största", "bästa", "dyraste",
];
#[rustfmt::skip]
const SMALLEST: &[&str] = &[
    "smallest", "cheapest", "la plus petite", "la moins chère", "le moins cher", "kleinste", "goedkoopste", "minsta", "billigaste",
];
const FIRST: &[&str] = &["first", "1st", "première", "premier", "eerste", "första"];
const SECOND: &[&str] = &["second", "2nd", "deuxième", "seconde", "tweede", "andra"];
const THIRD: &[&str] = &["third", "3rd", "troisième", "derde", "tredje"];
const LAST_ONE: &[&str] = &["last one", "the last", "dernière", "dernier", "laatste", "sista"];
#[rustfmt::skip]
const POINTING: &[&str] = &[
    "that one", "this one", "the one with", "i'll take", "i take", "celle-ci", "celle-là", "celui-là", "je prends", "deze", "die", "ik neem",
    "den där", "den tar jag", "jag tar",
];

//! Which subscription is meant.

use crate::request::{self, Kind};
use crate::{WAITING, status, text};
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::subscriptions::{Subscription, SubscriptionStatus};

/// A customer is asked to choose among at most so many, and is told of so many.
const CHOICES: usize = 5;

#[derive(Debug, PartialEq)]
pub(crate) enum Which<'a> {
    One(&'a Subscription),
    Several(Vec<&'a Subscription>),
    Nothing,
}

/// `shown` is the id of the one that was shown last. Where none can be changed so, the one that comes nearest is the one to
/// say why of.
pub(crate) fn pick<'a>(
    all: &'a [Subscription],
    kind: Option<Kind>,
    id: Option<&str>,
    shown: Option<&str>,
    said: &str,
) -> Which<'a> {
    if let Some(id) = id {
        return all.iter().find(|one| one.id == id).map_or(Which::Nothing, Which::One);
    }
    let named = named(all, said);
    if let [one] = named.as_slice() {
        return Which::One(one);
    }
    let among: Vec<&Subscription> = if named.is_empty() { all.iter().collect() } else { named };
    let among = match shown {
        Some(shown) if mentions(said, THE_OTHER) => among.into_iter().filter(|one| one.id != shown).collect(),
        _ => among,
    };
    let fitting: Vec<&Subscription> = among.iter().copied().filter(|one| fits(one, kind)).collect();
    if let Some(shown) = fitting.iter().chain(&among).find(|one| Some(one.id.as_str()) == shown)
        && (fitting.contains(shown) || mentions(said, THE_SAME))
    {
        return Which::One(shown);
    }
    match (fitting.as_slice(), among.as_slice()) {
        ([one], _) | ([], [one, ..]) => Which::One(one),
        ([], []) => Which::Nothing,
        (several, _) => Which::Several(several.iter().copied().take(CHOICES).collect()),
    }
}

/// Those to tell of: what the customer names or points at, else all that run; soonest first.
pub(crate) fn to_tell<'a>(all: &'a [Subscription], shown: Option<&str>, said: &str) -> Vec<&'a Subscription> {
    let named = named(all, said);
    let is_shown = |one: &&Subscription| Some(one.id.as_str()) == shown;
    let mut told: Vec<&Subscription> = if !named.is_empty() {
        named
    } else if shown.is_some() && mentions(said, THE_OTHER) {
        all.iter().filter(|one| !is_shown(one)).collect()
    } else if let Some(one) = all.iter().find(is_shown).filter(|_| mentions(said, THE_SAME)) {
        vec![one]
    } else {
        all.iter().filter(|one| status::runs(one)).collect()
    };
    if told.is_empty() {
        told = all.iter().collect();
    }
    soonest_first(told)
}

/// All of them; those that run before those that ended.
pub(crate) fn in_order(all: &[Subscription]) -> Vec<&Subscription> {
    soonest_first(all.iter().collect())
}

fn soonest_first(mut told: Vec<&Subscription>) -> Vec<&Subscription> {
    told.sort_by_key(|one| (!status::runs(one), one.next_charge_on.is_none(), one.next_charge_on.as_deref()));
    told.truncate(CHOICES);
    told
}

/// Asks which, with a button for each.
pub(crate) fn ask(turn: &Turn, kind: Option<Kind>, several: &[&Subscription]) -> Reply {
    let (language, word) = (turn.language(), kind.map_or("", Kind::word));
    if !word.is_empty() && !WAITING.set(&word.to_owned()) {
        log::warn("the question could not be remembered; only its buttons work");
    }
    let reply = Reply::text(text::which(language)).tone(language, Tone::Ask).expects(Expectation::Choice);
    several.iter().fold(reply, |reply, one| {
        let value = kind.map_or_else(|| request::look_choice(&one.id), |kind| request::choice(kind, &one.id));
        reply.button(Button::choose(&one.title, value))
    })
}

/// Whether the change can be made, as far as its state says.
fn fits(one: &Subscription, kind: Option<Kind>) -> bool {
    let (active, paused) = (one.status == SubscriptionStatus::Active, one.status == SubscriptionStatus::Paused);
    match kind {
        Some(Kind::Skip) => active && one.skippable,
        Some(Kind::Pause) => active,
        Some(Kind::Resume) => paused || one.status == SubscriptionStatus::Cancelled,
        Some(Kind::Reschedule | Kind::Cancel) => active || paused,
        None => true,
    }
}

/// Those whose title has most words of the text; none where no title has any.
fn named<'a>(all: &'a [Subscription], said: &str) -> Vec<&'a Subscription> {
    let hits = |one: &Subscription| {
        let words = one.title.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
        let words = words.filter(|word| word.chars().count() >= 3 && !SMALL_WORDS.contains(&word.as_str()));
        words.filter(|word| mentions(said, &[word.as_str()])).count()
    };
    let most = all.iter().map(hits).max().unwrap_or(0);
    if most == 0 { Vec::new() } else { all.iter().filter(|one| hits(one) == most).collect() }
}

/// Words of titles that name nothing.
#[rustfmt::skip]
const SMALL_WORDS: &[&str] = &[
    "the", "and", "for", "with", "set", "one", "two", "les", "des", "pour", "avec", "het", "een", "van", "voor", "met",
    "och", "med", "för",
];

const THE_OTHER: &[&str] = &["other", "l'autre", "autre", "andere", "andra"];

/// Words that point back at what was just shown.
#[rustfmt::skip]
const THE_SAME: &[&str] = &[
    "it", "this", "that", "this one", "that one", "celle-ci", "celui-ci", "celui-là", "hem", "deze", "die", "den",
    "det", "denna", "den här",
];

//! What the customer wants of this skill.

use crate::{when, words};
use usher_sdk::skill::prelude::*;

/// A change of a subscription. A button sends its word and the subscription's id; pausing and moving send the day too,
/// cancelling how far the customer has come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Skip,
    Pause,
    Resume,
    Reschedule,
    Cancel,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Wish {
    /// A change, of the subscription of this id where it is known.
    Act(Kind, Option<String>),
    /// How it stands: the next delivery, the price, all of it.
    Tell,
    /// What only the portal changes: goods, quantity, address, payment.
    Portal,
    /// Something came or was charged that shouldn't have: how it stands, and a person.
    Dispute,
    /// To know whether a change was made.
    Look(String),
    Team,
    /// No change after all.
    Leave,
    /// Nothing that is of this skill.
    Nothing,
}

const KINDS: [(Kind, &str); 5] = [
    (Kind::Skip, "skip"),
    (Kind::Pause, "pause"),
    (Kind::Resume, "resume"),
    (Kind::Reschedule, "reschedule"),
    (Kind::Cancel, "cancel"),
];
/// The steps of cancelling, after the id: past the offer of something milder, and with a reason.
pub(crate) const ANYWAY: &str = "anyway";
pub(crate) const BECAUSE: &str = "because";
const LOOK: &str = "look";
const TEAM: &str = "team";
const LEAVE: &str = "leave";
/// What the button below an answer to a dispute sends.
pub(crate) const DISPUTE: &str = "team";

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        KINDS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }
}

/// What a button for this change of a subscription sends.
pub(crate) fn choice(kind: Kind, id: &str) -> String {
    format!("{} {id}", kind.word())
}

pub(crate) fn look_choice(id: &str) -> String {
    format!("{LOOK} {id}")
}

pub(crate) fn team_choice(kind: Kind, id: &str) -> String {
    format!("{TEAM} {} {id}", kind.word())
}

pub(crate) fn leave_choice() -> &'static str {
    LEAVE
}

/// What follows the kind and the id in a button or in what was asked: a day, or a step.
pub(crate) fn rest(sent: &str) -> Option<&str> {
    sent.splitn(3, ' ').nth(2)
}

/// `waiting` is what the customer was asked last; `shown` whether a subscription was spoken of before.
pub(crate) fn wish(turn: &Turn, waiting: Option<&str>, shown: bool) -> Wish {
    if let Some(choice) = turn.choice() {
        return chosen(choice);
    }
    let said = turn.text();
    let named = words::is_of_subscriptions(said);
    let wished = wished(said, named, shown || waiting.is_some(), shown);
    let Some(Wish::Act(asked, id)) = waiting.map(chosen) else { return wished };
    let (step, is_question) = (waiting.and_then(rest), said.contains('?'));
    match (&wished, step) {
        // "You deliver later than you said", "I may start again in May" are reasons, and no wishes.
        (Wish::Act(Kind::Reschedule | Kind::Resume, _), Some(BECAUSE)) if asked == Kind::Cancel => Wish::Act(asked, id),
        (Wish::Act(kind, _), _) if *kind != asked => wished,
        _ if words::leaves(said) => Wish::Leave,
        // Whatever it is, it is the reason, even where it speaks of a price or a size.
        (_, Some(BECAUSE)) if !is_question => Wish::Act(asked, id),
        (Wish::Act(..), _) => Wish::Act(asked, id),
        // The offer of something milder: no goes on, and yes is asked for how long.
        (_, Some(ANYWAY)) if mentions(said, NO) => Wish::Act(asked, id),
        (_, Some(ANYWAY)) if agrees(said) => Wish::Act(Kind::Pause, id),
        (Wish::Portal, _) => wished,
        _ if mentions(said, NO) => Wish::Leave,
        _ if is_question => wished,
        _ if id.is_none() => Wish::Act(asked, None),
        _ if asked != Kind::Cancel && when::is_like_a_day(said) => Wish::Act(asked, id),
        _ => wished,
    }
}

fn chosen(choice: &str) -> Wish {
    let mut words = choice.split(' ');
    let (word, id) = (words.next().unwrap_or_default(), words.next().map(str::to_owned));
    match (word, id) {
        (LEAVE, _) => Wish::Leave,
        (TEAM, _) => Wish::Team,
        (LOOK, Some(id)) => Wish::Look(id),
        (word, id) => match KINDS.iter().find(|(_, known)| *known == word) {
            Some((kind, _)) => Wish::Act(*kind, id),
            None => Wish::Tell,
        },
    }
}

/// `named` is whether the text speaks of a subscription; `spoken` whether one was spoken of before, `shown` whether one was
/// shown. What is unclear is told how it stands, and nothing is changed.
fn wished(said: &str, named: bool, spoken: bool, shown: bool) -> Wish {
    let ours = named || spoken && !words::is_of_another(said);
    if !ours {
        return Wish::Nothing;
    }
    if named && words::is_a_dispute(said) {
        return Wish::Dispute;
    }
    if words::asks_whether_done(said) {
        return Wish::Tell;
    }
    match words::kind(said) {
        Some(kind) => Wish::Act(kind, None),
        None if words::is_for_the_portal(said) || named && words::is_of_size(said) => Wish::Portal,
        None if named || shown && words::is_of_what_was_shown(said) => Wish::Tell,
        None => Wish::Nothing,
    }
}

/// Whether it asks how things are done here rather than for them to be done: `Some(true)` where it is certain. What could
/// be either is taken for a wish of a customer who is signed in.
pub(crate) fn asks_rules(turn: &Turn, wish: &Wish) -> Option<bool> {
    let said = turn.text();
    if turn.choice().is_some() || *wish == Wish::Nothing || *wish == Wish::Dispute {
        return None;
    }
    if words::is_of_rules(said, matches!(wish, Wish::Act(..))) {
        return Some(true);
    }
    let either = words::is_a_question(said) && matches!(wish, Wish::Act(..) | Wish::Portal | Wish::Tell);
    (either && !turn.is_authenticated()).then_some(false)
}

const NO: &[&str] = &["no", "nope", "non", "nee", "neen", "nej"];

//! The words by which a text is known to speak of a subscription, and of what is wanted of it, in English, French, Dutch and
//! Swedish. Most wishes are two families of words that meet, such as what comes next and something that is delivered.

use crate::request::Kind;
use usher_sdk::skill::prelude::*;

mod changes;
mod subject;
mod telling;

pub(crate) use subject::{is_of_another, is_of_subscriptions};

/// Both families, in any distance and order.
fn meet(said: &str, some: &[&str], others: &[&str]) -> bool {
    mentions(said, some) && mentions(said, others)
}

/// The change that a text speaks of. "Don't cancel, skip" is a skip: what is milder comes first.
pub(crate) fn kind(said: &str) -> Option<Kind> {
    let has = |list| mentions(said, list);
    let stops = has(changes::STOPPING) && !has(telling::DONE);
    let stops_for_a_while = stops && (resumes(said) || has(changes::WHILE));
    let nothing_then = has(subject::NOTHING_SENT) && has(subject::SEASONS);
    if stops_for_a_while || nothing_then {
        return Some(Kind::Pause);
    }
    if resumes(said) {
        return Some(Kind::Resume);
    }
    let ends = has(changes::CANCELLING) || stops || changes::parts(said) || subject::nothing_more(said);
    let ends = ends || has(subject::RENEWING) && has(changes::NOT_WANTED);
    [
        (Kind::Skip, has(changes::SKIPPING)),
        (Kind::Pause, has(changes::PAUSING)),
        (Kind::Reschedule, has(changes::MOVING) || meet(said, changes::CHANGE, changes::DAY)),
        (Kind::Cancel, ends),
    ]
    .into_iter()
    .find(|(_, meant)| *meant)
    .map(|(kind, _)| kind)
}

fn resumes(said: &str) -> bool {
    let again = meet(said, changes::STARTING, changes::AGAIN) && !mentions(said, changes::NEGATING);
    again || mentions(said, changes::RESUMING)
}

/// A change that no tool of this skill makes: goods, quantity, rhythm, address, payment.
pub(crate) fn is_for_the_portal(said: &str) -> bool {
    let others = meet(said, changes::CHANGE, subject::WARES) || meet(said, changes::INSTEAD, subject::WARES);
    let changes = others || mentions(said, changes::PORTAL) || mentions(said, subject::RHYTHMS);
    (changes || subject::from_now_on(said) || subject::more_or_less_often(said)) && !subject::asks_for_next_charge(said)
}

/// More or less of it: "I want more each month". Weaker than any other change.
pub(crate) fn is_of_size(said: &str) -> bool {
    mentions(said, subject::SIZES)
}

/// Something that came or was charged and, as the customer sees it, shouldn't have.
pub(crate) fn is_a_dispute(said: &str) -> bool {
    let has = |list| mentions(said, list);
    let to_end = (has(changes::CANCELLING) || has(changes::STOPPING)) && !has(telling::DONE);
    let after_all = has(telling::DONE) && has(telling::NEVERTHELESS) && !resumes(said);
    after_all || has(telling::UNWANTED) && !to_end
}

/// Whether it asks if a change was made: "has it been cancelled?"
pub(crate) fn asks_whether_done(said: &str) -> bool {
    meet(said, telling::DONE, telling::WHETHER) && !mentions(said, telling::WANTING) && !resumes(said)
}

/// About what was just shown: when, how much, the other one.
pub(crate) fn is_of_what_was_shown(said: &str) -> bool {
    mentions(said, telling::TELLING)
}

/// A question about how things are done here, whoever asks. "Cancel it, the fees are too high" is a wish and no question, so
/// `wishes` is whether a change is spoken of.
pub(crate) fn is_of_rules(said: &str, wishes: bool) -> bool {
    mentions(said, telling::RULES) || is_of_the_term(said) || !wishes && mentions(said, telling::TERMS)
}

/// How long one is bound, and whether one may leave.
pub(crate) fn is_of_the_term(said: &str) -> bool {
    mentions(said, subject::TERM) || meet(said, telling::ANY_TIME, telling::QUESTION)
}

/// Begins as a question about the way of things does, and may be a polite wish.
pub(crate) fn is_a_question(said: &str) -> bool {
    mentions(said, telling::QUESTION)
}

/// To have it stay as it is.
pub(crate) fn leaves(said: &str) -> bool {
    mentions(said, telling::LEAVING)
}

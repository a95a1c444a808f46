//! Which order is meant where the customer names none.

use crate::request::{self, Kind};
use crate::{WAITING, text};
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::orders::Order;

/// How many orders are looked at: enough to find every one that can still be changed.
pub(crate) const RECENT: u32 = 10;

/// A customer is asked to choose among at most so many.
const CHOICES: usize = 5;

#[derive(Debug, PartialEq)]
pub(crate) enum Which<'a> {
    One(&'a Order),
    Several(Vec<&'a Order>),
    Nothing,
}

/// `orders` are newest first, and `focus` names the one that was shown last. Where nothing can be changed any more, the
/// newest order is the one to say so of.
pub(crate) fn pick<'a>(orders: &'a [Order], focus: Option<&str>, said: &str) -> Which<'a> {
    let Some(newest) = orders.first() else { return Which::Nothing };
    let shown = focus.map(OrderName::new).and_then(|name| orders.iter().find(|order| name.is(&order.name)));
    if mentions(said, THE_LATEST) {
        return Which::One(newest);
    }
    let holding: Vec<&Order> = orders.iter().filter(|order| order.holds(said)).collect();
    if let [one] = holding.as_slice() {
        return Which::One(one);
    }
    let is_other = shown.is_some() && request::is_the_other(said);
    let others = |order: &&Order| !is_other || shown.is_none_or(|shown| shown.name != order.name);
    if let Some(shown) = shown.filter(|_| !is_other)
        && (shown.editable || mentions(said, THE_SAME))
    {
        return Which::One(shown);
    }
    let mut editable: Vec<&Order> = orders.iter().filter(others).filter(|order| order.editable).collect();
    editable.truncate(CHOICES);
    match editable.as_slice() {
        [] if is_other => Which::One(orders.iter().find(others).unwrap_or(newest)),
        [] => Which::One(shown.unwrap_or(newest)),
        [order] => Which::One(order),
        _ => Which::Several(editable),
    }
}

pub(crate) fn ask(turn: &Turn, kind: Kind, orders: &[&Order]) -> Reply {
    let (language, calendar) = (turn.language(), turn.calendar());
    if !WAITING.set(&kind.word().to_owned()) {
        log::warn("the question could not be remembered; only its buttons work");
    }
    let question = match kind {
        Kind::Cancel => text::which_to_cancel(language),
        Kind::Address => text::which_to_readdress(language),
    };
    let reply = Reply::text(question).expects(Expectation::Choice).tone(language, Tone::Ask);
    orders.iter().fold(reply, |reply, order| {
        let day = calendar.name(&order.placed_at).map_or_else(String::new, |day| format!(" ({day})"));
        // With an item in it, "the lamp" is an answer.
        let item = order.lines.first().map_or_else(String::new, |line| format!(": {}", line.title));
        let label = format!("{}{day}{item}", order.name);
        reply.button(Button::choose(label, request::choice(kind, &order.name)))
    })
}

#[rustfmt::skip]
const THE_LATEST: &[&str] = &[
    "latest", "last order", "last one", "most recent", "newest", "dernière", "derniere", "la plus récente", "laatste",
    "nieuwste", "meest recente", "senaste", "sista",
];

/// Words that point back at what was just shown.
#[rustfmt::skip]
const THE_SAME: &[&str] = &[
    "it", "this", "that", "this one", "that one", "celle-ci", "celle-là", "l'annuler", "hem", "deze", "die", "den",
    "denna", "den här",
];

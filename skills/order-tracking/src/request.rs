//! Which order the customer means, and what about it.

use crate::status;
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::orders::{Order, OrderStatus};

/// What the button for help from a person sends, before the order's name.
pub(crate) const ASK_TEAM: &str = "ask-team ";

/// A customer is asked to choose among at most so many orders.
const CHOICES: usize = 5;

/// An order that was sent this long ago without a word from the carrier is no longer taken for one under way.
const SILENT_DAYS: i64 = 45;

#[derive(Debug, PartialEq)]
pub(crate) enum Pick<'a> {
    One(&'a Order),
    Several(Vec<&'a Order>),
    Nothing,
}

/// The order that a text without a number speaks of. `orders` are newest first, and `focus` names the one that
/// was shown last.
pub(crate) fn pick<'a>(orders: &'a [Order], focus: Option<&str>, said: &str, calendar: &Calendar) -> Pick<'a> {
    let focus = focus.map(OrderName::new);
    let is_focus = |order: &Order| focus.as_ref().is_some_and(|focus| focus.is(&order.name));
    let under_way: Vec<&Order> = orders.iter().filter(|order| is_under_way(order, calendar)).collect();

    if focus.is_some() && mentions(said, THE_OTHER) {
        let others = |from: &[&'a Order]| from.iter().copied().filter(|order| !is_focus(order)).collect::<Vec<_>>();
        let open = others(&under_way);
        return one_or_several(if open.is_empty() { others(&orders.iter().collect::<Vec<_>>()) } else { open });
    }
    if mentions(said, THE_LATEST) {
        return one_or_several(orders.first().into_iter().collect());
    }
    if mentions(said, SEVERAL) && under_way.len() > 1 {
        return one_or_several(under_way);
    }
    if let Some(shown) = orders.iter().find(|order| is_focus(order))
        && (under_way.is_empty() || is_under_way(shown, calendar) || mentions(said, THE_SAME) || is_missing(said))
    {
        return Pick::One(shown);
    }
    if under_way.is_empty() { one_or_several(orders.first().into_iter().collect()) } else { one_or_several(under_way) }
}

fn one_or_several(mut orders: Vec<&Order>) -> Pick<'_> {
    orders.truncate(CHOICES);
    match orders.as_slice() {
        [] => Pick::Nothing,
        [order] => Pick::One(order),
        _ => Pick::Several(orders),
    }
}

fn is_under_way(order: &Order, calendar: &Calendar) -> bool {
    match order.status {
        OrderStatus::Cancelled | OrderStatus::Returned | OrderStatus::Delivered => false,
        OrderStatus::Unfulfilled | OrderStatus::PartiallyFulfilled => true,
        OrderStatus::Fulfilled => {
            let is_recent = calendar.days_ahead(&order.placed_at).is_none_or(|days| days > -SILENT_DAYS);
            !status::is_delivered(order) && is_recent
        }
    }
}

/// "What's in it?"
pub(crate) fn is_about_contents(said: &str) -> bool {
    mentions(said, CONTENTS)
}

/// "It says delivered but I don't have it."
pub(crate) fn is_missing(said: &str) -> bool {
    mentions(said, MISSING)
}

const THE_OTHER: &[&str] = &["other", "l'autre", "autre", "andere", "andra"];

#[rustfmt::skip]
const THE_LATEST: &[&str] = &[
    "latest", "last order", "most recent", "newest", "dernière", "derniere", "laatste", "nieuwste", "meest recente",
    "senaste", "sista ordern",
];

#[rustfmt::skip]
const SEVERAL: &[&str] = &[
    "my orders", "all orders", "both", "mes commandes", "toutes mes", "les deux", "mijn bestellingen", "alle",
    "allebei", "beide", "mina beställningar", "mina ordrar", "alla", "båda",
];

/// Words that point back at what was just shown.
#[rustfmt::skip]
const THE_SAME: &[&str] = &[
    "it", "this", "that", "this one", "that one", "elle", "il", "celle-ci", "celle-là", "hij", "deze", "die", "dat",
    "den", "det", "denna", "den här",
];

#[rustfmt::skip]
const CONTENTS: &[&str] = &[
    "what's in", "whats in", "what is in", "what was in", "what did i order", "what did i buy", "which items",
    "what items", "contents", "contient", "contenu", "qu'est-ce qu'il y a", "qu'y a-t-il", "qu'ai-je commandé",
    "quels articles", "wat zit", "wat zat", "inhoud", "wat heb ik besteld", "welke artikelen", "vad är det i",
    "vad ligger", "innehåll*", "innehaller", "vad beställde jag", "vad har jag beställt", "vilka varor",
];

#[rustfmt::skip]
const MISSING: &[&str] = &[
    "not received", "haven't received", "havent received", "didn't receive", "didnt receive", "never received",
    "never arrived", "didn't arrive", "not arrived", "don't have it", "didn't get", "never got", "nothing here",
    "missing", "lost", "stolen", "pas reçu", "pas recu", "jamais reçu", "jamais arrivé*", "perdu*", "volé*",
    "niet ontvangen", "nooit ontvangen", "niet gekregen", "nooit aangekomen", "kwijt", "gestolen", "inte fått",
    "aldrig fått", "inte kommit fram", "aldrig kommit", "saknas", "borta", "stulet",
];

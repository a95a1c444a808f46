//! Which order the customer means, and what about it.

use crate::status;
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::orders::{Order, OrderStatus};

/// What the button for help from a person sends, before the order's name.
pub(crate) const ASK_TEAM: &str = "ask-team ";

/// What the button below an answer about delivery times sends.
pub(crate) const TRACK: &str = "track";

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

    // "1957" alone may be a year, but not where it is one of the customer's orders.
    let words = said.split(|c: char| !(c.is_alphanumeric() || c == '#' || c == '-')).filter(|word| word.len() >= 3);
    let words: Vec<OrderName> = words.map(OrderName::new).collect();
    if let Some(named) = orders.iter().find(|order| words.iter().any(|word| word.is(&order.name))) {
        return Pick::One(named);
    }
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
    let holding: Vec<&Order> = orders.iter().filter(|order| order.holds(said)).collect();
    if !holding.is_empty() && holding.len() < orders.len() {
        return one_or_several(holding);
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

/// How long delivery takes in general, rather than where this customer's order is.
pub(crate) fn is_about_times(turn: &Turn) -> bool {
    let said = turn.text();
    let is_own = turn.is_authenticated() && (mentions(said, MINE) || turn.focus.order_name.is_some());
    turn.choice().is_none() && mentions(said, TIMES) && order_name_in(said).is_none() && !is_own
}

/// "What's the tracking number?"
pub(crate) fn is_about_number(said: &str) -> bool {
    mentions(said, NUMBER)
}

/// "The tracking hasn't moved for days."
pub(crate) fn is_stuck(said: &str) -> bool {
    mentions(said, STUCK)
}

#[rustfmt::skip]
const TIMES: &[&str] = &[
    "how long does delivery", "how long does shipping", "how long is delivery", "how long is shipping",
    "how long do deliveries", "how long does it take", "delivery time*", "shipping time*", "delivery days",
    "how fast do you", "how quickly do you", "how soon do you", "when do you ship", "when do you send",
    "do you deliver on", "do you ship on", "délai*", "combien de temps prend", "combien de temps dure",
    "combien de temps pour la livraison", "en combien de temps", "livrez-vous le", "expédiez-vous", "levertijd*",
    "hoe lang duurt", "hoelang duurt", "hoe snel lever*", "hoe snel verst*", "bezorgen jullie op",
    "wanneer versturen jullie", "leveranstid*", "hur lång tid tar", "hur snabbt lever*", "hur snabbt skickar",
    "levererar ni på", "när skickar ni",
];

#[rustfmt::skip]
const MINE: &[&str] = &[
    "my order", "my parcel", "my package", "my delivery", "it", "ma commande", "mon colis", "ma livraison",
    "mijn bestelling", "mijn pakket*", "mijn levering", "min beställning", "min order", "mitt paket", "min leverans",
];

#[rustfmt::skip]
const NUMBER: &[&str] = &[
    "tracking number", "tracking numbers", "tracking code", "tracking id", "tracking link", "track and trace",
    "track & trace", "which carrier", "what carrier", "which courier", "who delivers", "who is delivering",
    "numéro de suivi", "numero de suivi", "code de suivi", "lien de suivi", "quel transporteur", "qui livre",
    "trackingnummer", "trackingcode", "track trace", "track en trace", "volgnummer", "welke bezorgdienst",
    "welke vervoerder", "wie bezorgt", "spårningsnummer*", "kollinummer", "kolli-id", "spårningslänk*",
    "vilken transportör", "vem levererar",
];

#[rustfmt::skip]
const STUCK: &[&str] = &[
    "stuck", "hasn't moved", "hasnt moved", "not moved", "not moving", "hasn't updated", "hasnt updated",
    "not updated", "no update*", "hasn't changed", "still hasn't arrived", "still not here", "still waiting",
    "over a week", "weeks ago", "bloqué*", "pas bougé", "n'a pas bougé", "toujours pas arrivé*", "toujours rien",
    "toujours pas reçu", "staat stil", "niet bijgewerkt", "beweegt niet", "nog steeds niet", "nog altijd niet",
    "vastgelopen", "fastnat", "står stilla", "inte uppdaterats", "inte rört sig", "fortfarande inte",
];

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
    "don't have my", "can't find it", "missing", "lost", "stolen", "pas reçu", "pas recu", "rien reçu", "rien recu",
    "jamais reçu", "je ne l'ai pas", "je n'ai rien", "jamais arrivé*", "perdu*", "volé*", "niet ontvangen",
    "nooit ontvangen", "niets ontvangen", "niet gekregen", "niets gekregen", "ik heb niets", "ik heb het niet",
    "ik heb hem niet", "nooit aangekomen", "kwijt", "gestolen", "inte fått", "har inte den", "hittar inte paketet",
    "aldrig fått", "inte kommit fram", "aldrig kommit", "saknas", "borta", "stulet",
];

//! What the customer wants of this skill.

use crate::postal;
use usher_sdk::skill::prelude::*;

/// What buttons send, before the order's name where they are about one.
pub(crate) const CANCEL: &str = "cancel";
pub(crate) const ADDRESS: &str = "address";
pub(crate) const ITEMS: &str = "items";
/// For a person, after what the articles say about other items.
const TEAM_ITEMS: &str = "team items";
const LOOK: &str = "look ";
const TEAM: &str = "team ";
const LEAVE: &str = "leave";

/// A change that this skill can make.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Cancel,
    Address,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Wish {
    Change(Kind),
    /// The message is the new address of this order, or should be.
    NewAddress(String),
    /// Other items, sizes or quantities.
    Items,
    /// The same, by a person.
    TeamItems,
    /// A change, and it isn't said which.
    Something,
    /// To know whether a change was made.
    Look(Kind),
    /// A person.
    Team(Kind),
    /// No change after all.
    Leave,
    /// Nothing that is of this skill.
    Nothing,
}

impl Wish {
    pub(crate) fn is_change(&self) -> bool {
        matches!(self, Wish::Change(_) | Wish::NewAddress(_) | Wish::Items | Wish::Something)
    }
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Kind::Cancel => CANCEL,
            Kind::Address => ADDRESS,
        }
    }

    fn of(word: &str) -> Option<Self> {
        [Kind::Cancel, Kind::Address].into_iter().find(|kind| kind.word() == word)
    }
}

/// What a button for this change of an order sends.
pub(crate) fn choice(kind: Kind, order: &str) -> String {
    format!("{} {order}", kind.word())
}

pub(crate) fn look_choice(kind: Kind, order: &str) -> String {
    format!("{LOOK}{} {order}", kind.word())
}

pub(crate) fn team_choice(kind: Kind, order: &str) -> String {
    format!("{TEAM}{} {order}", kind.word())
}

pub(crate) fn team_items_choice(order: Option<&str>) -> String {
    format!("{TEAM_ITEMS} {}", order.unwrap_or_default()).trim_end().to_owned()
}

/// The order's name of what was remembered as a choice.
pub(crate) fn order_of(remembered: &str) -> Option<String> {
    split(remembered).map(|(_, order)| order.to_owned()).filter(|order| !order.is_empty())
}

pub(crate) fn leave_choice() -> &'static str {
    LEAVE
}

/// `waiting` is what the customer was asked last: a change without its order, or with the order that needs an address.
/// `last` is the change that was dealt with before, with its order.
pub(crate) fn wish(turn: &Turn, waiting: Option<&str>, last: Option<&str>) -> Wish {
    if let Some(choice) = turn.choice() {
        return chosen(choice);
    }
    let said = turn.text();
    let wished = if mentions(said, NOT_AN_ORDER) {
        Wish::Nothing
    } else if mentions(said, CANCELLING) {
        Wish::Change(Kind::Cancel)
    } else if mentions(said, ADDRESSES) || (mentions(said, SENDING) && postal::read(said, "").is_some()) {
        Wish::Change(Kind::Address)
    } else if mentions(said, CONTENTS) {
        Wish::Items
    } else if mentions(said, MISTAKES) {
        Wish::Change(Kind::Cancel)
    } else if mentions(said, CHANGES) {
        Wish::Something
    } else {
        Wish::Nothing
    };
    let Some((kind, order)) = waiting.and_then(split) else {
        return match last.and_then(split) {
            Some((kind, _)) if wished == Wish::Nothing && is_another(said) => Wish::Change(kind),
            _ => wished,
        };
    };
    if !order.is_empty() {
        return match wished {
            // "My new address is …" is the answer, and so is what can't be read: it is asked for again.
            Wish::Change(Kind::Address) | Wish::Nothing if mentions(said, LEAVING) && !has_digit(said) => Wish::Leave,
            Wish::Change(Kind::Address) => Wish::NewAddress(order.to_owned()),
            Wish::Nothing if has_digit(said) || postal::is_like_one(said) => Wish::NewAddress(order.to_owned()),
            wished => wished,
        };
    }
    match wished {
        Wish::Nothing if order_name_in(said).is_some() || mentions(said, POINTING) || is_short(said) => {
            if mentions(said, LEAVING) { Wish::Leave } else { Wish::Change(kind) }
        }
        Wish::Nothing if mentions(said, LEAVING) => Wish::Leave,
        wished => wished,
    }
}

fn chosen(choice: &str) -> Wish {
    let of = |rest: &str| split(rest).map(|(kind, _)| kind);
    match choice {
        LEAVE => return Wish::Leave,
        ITEMS => return Wish::Items,
        _ if choice.starts_with(TEAM_ITEMS) => return Wish::TeamItems,
        _ => {}
    }
    if let Some(kind) = choice.strip_prefix(LOOK).and_then(of) {
        return Wish::Look(kind);
    }
    if let Some(kind) = choice.strip_prefix(TEAM).and_then(of) {
        return Wish::Team(kind);
    }
    of(choice).map_or(Wish::Something, Wish::Change)
}

/// A kind and the order's name after it, which may be empty.
fn split(text: &str) -> Option<(Kind, &str)> {
    let (word, order) = text.split_once(' ').unwrap_or((text, ""));
    Some((Kind::of(word)?, order))
}

/// The order that a message names. In an address, numbers are a house's and a place's.
pub(crate) fn order_name(turn: &Turn) -> Option<OrderName> {
    let said = turn.text();
    match postal::read(said, "") {
        Some(found) if turn.choice().is_none() => order_name_in(found.before),
        _ => order_name_in(said),
    }
}

/// Whether it asks how things are done here, rather than for them to be done.
pub(crate) fn asks_rules(said: &str) -> bool {
    mentions(said, QUESTION) && order_name_in(said).is_none()
}

/// Whether it can't be meant as a wish to do it: "until when can I cancel?"
pub(crate) fn asks_only_rules(said: &str) -> bool {
    mentions(said, HOW_LONG) && order_name_in(said).is_none()
}

/// "And the other one?", "and #1002", "and the blue one": the same for another order.
fn is_another(said: &str) -> bool {
    let first = said.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or_default();
    let goes_on = mentions(first, GOING_ON) && mentions(said, ONES);
    let names = order_name_in(said).is_some() || is_the_other(said) || goes_on;
    names && said.split_whitespace().count() <= 6
}

/// Another order, and not another address.
pub(crate) fn is_the_other(said: &str) -> bool {
    mentions(said, THE_OTHER) && !mentions(said, ADDRESSES)
}

/// As short as the answer to "which order?".
fn is_short(said: &str) -> bool {
    said.split_whitespace().count() <= 4 && mentions(said, ONES)
}

fn has_digit(said: &str) -> bool {
    said.contains(|c: char| c.is_ascii_digit())
}

/// In English, French, Dutch and Swedish, as all lists here.
#[rustfmt::skip]
const CANCELLING: &[&str] = &[
    "cancel*", "cancle*", "don't send it", "do not send it", "don't ship it", "do not ship it", "stop my order",
    "stop the order", "call off", "annul*", "ne l'envoyez pas", "n'envoyez pas", "afbestel*", "verstuur hem niet",
    "niet versturen", "avbryt*", "avbestäl*", "avbestall*", "skicka den inte", "skicka inte",
];

/// Reasons for it, where nothing else is asked for.
#[rustfmt::skip]
const MISTAKES: &[&str] = &[
    "by mistake", "by accident", "ordered twice", "par erreur", "deux fois", "per ongeluk", "dubbel besteld",
    "av misstag", "två gånger",
];

/// What else can be cancelled or changed, which is not this skill's.
#[rustfmt::skip]
const NOT_AN_ORDER: &[&str] = &[
    "subscription", "subscribtion", "membership", "my return", "newsletter", "appointment", "email address",
    "e-mail address", "password", "abonnement", "mon retour", "adresse e-mail", "adresse mail", "mot de passe",
    "mijn retour", "nieuwsbrief", "e-mailadres", "mailadres", "wachtwoord", "prenumeration*", "medlemskap*",
    "min retur", "nyhetsbrev*", "e-postadress*", "mejladress*", "lösenord*",
];

#[rustfmt::skip]
const ADDRESSES: &[&str] = &[
    "address*", "adress*", "house number", "street name", "i moved", "i've moved", "i have moved", "to my office",
    "d'adresse", "l'adresse", "numéro de rue", "déménagé*", "adres", "adressen", "bezorgadres", "afleveradres",
    "huisnummer", "verhuisd", "leveransadress*", "husnumret", "flyttat",
];

/// Words around a place that something is to be sent to.
#[rustfmt::skip]
const SENDING: &[&str] = &[
    "send", "ship", "deliver", "instead", "envoye*", "livre*", "expédie*", "plutôt", "stuur*", "verstuur*", "bezorg*",
    "lever*", "skicka*", "leverera*", "istället", "i stället",
];

#[rustfmt::skip]
const CONTENTS: &[&str] = &[
    "add an item", "add something", "add one more", "add another", "add to my order", "remove", "take out",
    "quantity", "one more", "another size", "wrong size", "the size", "another colour", "another color", "the colour",
    "the color", "wrong item", "wrong name", "swap", "replace", "ajouter", "retirer", "enlever", "la quantité",
    "la taille", "la couleur", "autre taille", "autre couleur", "remplacer", "toevoegen", "verwijderen", "halen",
    "het aantal", "de maat", "de kleur", "andere maat", "andere kleur", "vervangen", "lägga till", "lägg till",
    "ta bort", "antalet", "storlek*", "färg*", "byta ut",
];

#[rustfmt::skip]
const CHANGES: &[&str] = &[
    "change*", "edit*", "modif*", "amend*", "update*", "correct*", "alter*", "modifi*", "changer", "corriger",
    "rectifier", "wijzig*", "aanpass*", "verander*", "ändr*", "andra min", "redigera", "korrigera",
];

/// Another order than the one before.
#[rustfmt::skip]
const THE_OTHER: &[&str] = &[
    "the other", "other one", "another one", "other order", "l'autre", "autre commande", "de andere", "die andere",
    "andere bestelling", "den andra", "andra ordern", "andra beställningen",
];

const GOING_ON: &[&str] = &["and", "et", "en", "och"];

/// One of several by what is in it: "the blue one".
const ONES: &[&str] = &["one", "ones", "celui", "celle", "celui-là", "celle-là", "le", "la", "de", "het", "den", "det"];

/// "That one."
#[rustfmt::skip]
const POINTING: &[&str] = &[
    "last", "latest", "newest", "most recent", "first", "that one", "this one", "it", "dernière", "derniere",
    "la plus récente", "celle-ci", "celle-là", "laatste", "nieuwste", "deze", "die", "senaste", "sista", "den",
];

#[rustfmt::skip]
const LEAVING: &[&str] = &[
    "no", "never mind", "nevermind", "forget it", "leave it", "leave it as it is", "doesn't matter", "non",
    "laissez tomber", "tant pis", "peu importe", "nee", "laat maar", "maakt niet uit", "nej", "strunt i det",
    "glöm det", "det gör inget", "låt det vara",
];

#[rustfmt::skip]
const HOW_LONG: &[&str] = &[
    "until when", "how long", "do you allow", "jusqu'à quand", "combien de temps", "tot wanneer", "hoe lang",
    "hur länge", "till när",
];

/// How a question about the way of things begins.
#[rustfmt::skip]
const QUESTION: &[&str] = &[
    "how do", "how can", "how to", "how long", "until when", "can i", "could i", "may i", "is it possible",
    "is it too late", "do you allow", "comment", "puis-je", "peut-on", "est-ce que je peux", "est-il possible",
    "est-il trop tard", "jusqu'à quand", "hoe kan", "hoe annuleer", "hoe wijzig", "kan ik", "mag ik",
    "is het mogelijk", "is het te laat", "tot wanneer", "hur gör", "hur kan", "hur avbeställer", "hur ändrar",
    "hur länge", "kan jag", "kan man", "får jag", "går det att", "är det för sent",
];

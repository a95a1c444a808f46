//! What the customer wants to know of the catalogue.

use crate::limit::{self, Limit};
use crate::shown::Memory;
use crate::words::{self, Word};
use usher_sdk::skill::prelude::*;

/// What buttons send; the last two stand before a product's address.
pub(crate) const MORE: &str = "more";
pub(crate) const CHEAPER: &str = "cheaper";
pub(crate) const LIKE: &str = "like ";
pub(crate) const ABOUT: &str = "about ";

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wish {
    /// Products for these words at this price; both may be empty.
    Find {
        words: Vec<Word>,
        limit: Limit,
        cheapest: bool,
    },
    /// The search before, changed by these words or this price.
    Refine {
        words: Vec<Word>,
        limit: Limit,
    },
    /// More of the same search.
    More,
    Cheaper,
    Dearer,
    /// Products like the one that is meant.
    Similar(Vec<Word>),
    /// Products of this kind that go with the one that is meant.
    Fits(Vec<Word>),
    /// Price, stock or colours of one product.
    Tell(Fact, Vec<Word>),
    /// Two products side by side.
    Compare(Option<(String, String)>),
    /// What this customer might like, without a word about what.
    Anything,
    /// A button with a product's address.
    Like(String),
    About(String),
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Fact {
    Price,
    Stock,
    /// Price and stock.
    Both,
    Colours,
}

pub(crate) fn wish(turn: &Turn, memory: &Memory) -> Wish {
    if let Some(choice) = turn.choice() {
        return chosen(choice);
    }
    let said = turn.text();
    let (words, limit) = (words::wanted(said), limit::read(said));
    let has_shown = !memory.last.is_empty();
    if mentions(said, COMPARING) || (mentions(said, WHICH) && two(said).is_some()) {
        return Wish::Compare(two(said));
    }
    if mentions(said, STOCK) && limit.is_none() {
        return Wish::Tell(Fact::Stock, words);
    }
    if mentions(said, PRICE) && limit.is_none() {
        return Wish::Tell(Fact::Price, words);
    }
    if mentions(said, SIMILAR) {
        return Wish::Similar(words);
    }
    if mentions(said, FITTING) && (mentions(said, POINTING) || words.len() > 1) {
        return Wish::Fits(words);
    }
    if mentions(said, OTHER_COLOUR) && words::colour(&words).is_none() {
        return Wish::Tell(Fact::Colours, words);
    }
    if limit.is_none() && mentions(said, CHEAPEST) && words.is_empty() && memory.search.is_some() {
        return Wish::Cheaper;
    }
    if limit.is_none() && mentions(said, CHEAPER_WORDS) {
        return if words.is_empty() && has_shown { Wish::Cheaper } else { Wish::Find { words, limit, cheapest: true } };
    }
    if limit.is_none() && words.is_empty() && has_shown && mentions(said, DEARER) {
        return Wish::Dearer;
    }
    if words.is_empty() && limit.is_none() && has_shown && mentions(said, MORE_WORDS) {
        return Wish::More;
    }
    if memory.search.is_some() && (!words.is_empty() || !limit.is_none()) && goes_on(said, words.len()) {
        return Wish::Refine { words, limit };
    }
    match (words.is_empty() && limit.is_none(), mentions(said, ASKING)) {
        (false, _) => Wish::Find { words, limit, cheapest: mentions(said, CHEAPEST) },
        (true, true) => Wish::Anything,
        (true, false) => Wish::Nothing,
    }
}

fn chosen(choice: &str) -> Wish {
    if let Some(url) = choice.strip_prefix(LIKE) {
        return Wish::Like(url.to_owned());
    }
    if let Some(url) = choice.strip_prefix(ABOUT) {
        return Wish::About(url.to_owned());
    }
    match choice {
        CHEAPER => Wish::Cheaper,
        _ => Wish::More,
    }
}

/// Whether the customer says to be looking for something: then "nothing found" is an answer too.
pub(crate) fn is_asking(said: &str) -> bool {
    mentions(said, ASKING) || mentions(said, STOCK)
}

/// Whether two things are to be compared, rather than one found that is this or that.
pub(crate) fn is_comparing(said: &str) -> bool {
    mentions(said, COMPARING)
}

/// Whether something is looked for that goes with something else.
pub(crate) fn is_for(said: &str) -> bool {
    mentions(said, FOR)
}

pub(crate) fn is_about_gift(said: &str) -> bool {
    mentions(said, GIFTS)
}

/// Whether what was bought before is wanted again.
pub(crate) fn is_again(said: &str) -> bool {
    mentions(said, AGAIN)
}

/// Which of several shown things is meant: "the second one".
pub(crate) fn place(said: &str) -> Option<usize> {
    let last = PLACES.len() - 1;
    let place = PLACES.iter().position(|words| mentions(said, words))?;
    Some(if place == last { usize::MAX } else { place })
}

/// A short message that begins like the rest of a sentence: "and under 50?", "in black".
fn goes_on(said: &str, words: usize) -> bool {
    let first = said.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or_default();
    let is_short = said.split_whitespace().count() <= 7 && words <= 3;
    is_short
        && !mentions(said, ASKING)
        && (mentions(first, GOING_ON) || words == 0 || said.split_whitespace().count() <= 2)
}

/// The two sides of "A or B".
pub(crate) fn two(said: &str) -> Option<(String, String)> {
    let text = said.trim_end_matches(['?', '!', '.', ' ']);
    let text = text.rsplit([':', ',']).next().filter(|rest| split(rest).is_some()).unwrap_or(text);
    let (a, b) = split(text)?;
    let has_words = |side: &str| !words::wanted(side).is_empty();
    (has_words(a) && has_words(b)).then(|| (a.to_owned(), b.to_owned()))
}

fn split(text: &str) -> Option<(&str, &str)> {
    let joints = [" or ", " vs ", " vs. ", " versus ", " ou ", " eller ", " and ", " et ", " en ", " och ", " of "];
    joints.iter().find_map(|joint| text.split_once(joint))
}

/// In English, French, Dutch and Swedish, as all lists here.
#[rustfmt::skip]
const ASKING: &[&str] = &[
    "recommend*", "suggest*", "looking for", "look for", "searching for", "search for", "find", "show", "do you have",
    "do you sell", "have you got", "do you carry", "i need", "i want", "i'd like", "gift*", "present", "ideas",
    "what should i", "which one", "help me choose", "help me find", "advice", "best seller*", "bestseller*",
    "popular", "new in", "what's new", "anything", "something", "conseil*", "recommand*", "suggér*", "cherche*",
    "trouver", "montr*", "avez-vous", "vendez-vous", "vous avez", "vous vendez", "besoin", "je voudrais", "je veux",
    "cadeau*", "idée*", "quoi offrir", "que choisir", "proposez", "nouveautés", "quelque chose", "aanraden", "raden",
    "aanrader*", "advies", "adviseren", "zoek", "zoeken", "op zoek", "laat zien", "toon", "hebben jullie", "heb je",
    "verkopen jullie", "ik wil", "nodig", "cadeau*", "kado*", "populair*", "nieuw", "iets", "welke", "rekommend*",
    "föreslå*", "förslag", "tips", "tipsa", "letar", "söker", "hitta", "visa", "har ni", "säljer ni", "finns det",
    "jag vill", "behöver", "present*", "julklapp*", "populär*", "nyheter", "något", "någon", "vilken",
];

#[rustfmt::skip]
const GIFTS: &[&str] = &[
    "gift*", "present", "presents", "cadeau*", "offrir", "kado*", "geschenk*", "presenter", "julklapp*", "birthday",
];

#[rustfmt::skip]
const STOCK: &[&str] = &[
    "in stock", "out of stock", "available", "availability", "sold out", "still have", "back in", "restock*",
    "en stock", "disponible*", "rupture", "épuisé*", "op voorraad", "voorraad", "leverbaar", "beschikbaar",
    "uitverkocht", "i lager", "slutsåld*", "finns kvar", "finns den kvar", "kvar", "på lager", "slut",
];

#[rustfmt::skip]
const PRICE: &[&str] = &[
    "how much is", "how much are", "how much does", "how much do", "how much for", "price of", "what's the price",
    "what is the price", "what does it cost", "what do they cost", "cost of", "price for", "how much",
    "combien coûte*", "combien coute*", "combien vaut", "c'est combien", "quel est le prix", "quel prix", "prix de",
    "prix du", "combien", "hoeveel kost*", "wat kost*", "prijs van", "wat is de prijs", "hoe duur", "vad kostar",
    "hur mycket kostar", "pris på", "priset på", "vad är priset", "hur dyr*",
];

#[rustfmt::skip]
const SIMILAR: &[&str] = &[
    "similar", "like this", "like that", "like it", "like the one", "something like", "anything like", "comparable",
    "alternative*", "same style", "goes with this", "similaire*", "comme ça", "comme celui", "comme celle",
    "du même genre", "dans le même style", "équivalent*", "zoiets", "vergelijkbaar*", "vergelijkbare", "zoals deze",
    "zoals dit", "lijkt op", "alternatief", "liknande", "sådan här", "som den här", "som denna", "i samma stil",
    "alternativ",
];

#[rustfmt::skip]
const FITTING: &[&str] = &[
    "fit", "fits", "fitting", "goes with", "go with", "compatible", "works with", "work with", "for it", "for this",
    "for that", "matches", "match it", "va avec", "vont avec", "compatible*", "pour celle-ci", "pour celui-ci",
    "past", "passen", "passend*", "erbij", "hierbij", "geschikt", "passar", "passande", "till den",
];

const FOR: &[&str] = &["for", "to go with", "with", "pour", "avec", "voor", "bij", "för", "till"];

#[rustfmt::skip]
const POINTING: &[&str] = &[
    "it", "this", "that", "this one", "that one", "these", "them", "celle-ci", "celui-ci", "ça", "avec", "elle", "il",
    "deze", "die", "dit", "dat", "erbij", "hierbij", "bij", "den", "det", "denna", "den här",
];

#[rustfmt::skip]
const OTHER_COLOUR: &[&str] = &[
    "another colour", "another color", "other colour*", "other color*", "different colour*", "different color*",
    "which colours", "which colors", "what colours", "what colors", "what colour", "what color", "autre couleur",
    "autres couleurs", "quelles couleurs", "quelle couleur", "quels coloris", "autre coloris", "andere kleur*",
    "welke kleur*", "annan färg", "andra färger", "vilka färger",
];

#[rustfmt::skip]
const CHEAPER_WORDS: &[&str] = &[
    "cheaper", "less expensive", "too expensive", "lower price", "cheap", "affordable", "budget", "moins cher*",
    "trop cher*", "pas cher*", "bon marché", "abordable*", "goedkoper", "goedkoop", "goedkope", "te duur",
    "minder duur", "betaalbaar", "billigare", "billig", "billiga", "för dyr*", "mindre dyr*",
];

const CHEAPEST: &[&str] =
    &["cheapest", "le moins cher", "la moins chère", "les moins chers", "goedkoopste", "billigast*"];

#[rustfmt::skip]
const DEARER: &[&str] = &[
    "more expensive", "pricier", "higher end", "fancier", "more luxurious", "plus cher*", "haut de gamme", "duurder",
    "luxer", "dyrare", "lyxigare", "finare",
];

#[rustfmt::skip]
const MORE_WORDS: &[&str] = &[
    "more", "others", "other ones", "other", "else", "next", "another", "d'autres", "autres", "autre", "plus",
    "encore", "suivant*", "meer", "andere", "anders", "volgende", "nog", "fler", "andra", "annat", "annan", "mer",
    "nästa",
];

#[rustfmt::skip]
const COMPARING: &[&str] = &[
    "which is better", "which one is better", "what's better", "what is better", "difference between",
    "what's the difference", "what is the difference", "compare", "which of these", "which of the two",
    "which of them", "better than", "laquelle est", "lequel est", "quelle différence", "quelle est la différence",
    "différence entre", "comparer", "comparez", "lequel des deux", "laquelle des deux", "welke is beter",
    "wat is beter", "verschil tussen", "wat is het verschil", "vergelijk", "vergelijken", "welke van de twee",
    "vilken är bäst", "vilken är bättre", "skillnaden mellan", "vad är skillnaden", "skillnad", "jämför", "vilken av",
];

/// "Which …, A or B?"
const WHICH: &[&str] =
    &["which", "better", "lequel", "laquelle", "mieux", "welke", "beter", "vilken", "bättre", "bäst"];

#[rustfmt::skip]
const AGAIN: &[&str] = &[
    "again", "reorder", "re-order", "same as last time", "refill", "another bag", "running out", "de nouveau",
    "à nouveau", "racheter", "recommander la même", "la même chose", "opnieuw", "nog een keer", "nabestellen",
    "bijbestellen", "igen", "beställa om", "samma som sist", "fylla på",
];

#[rustfmt::skip]
const GOING_ON: &[&str] = &[
    "and", "or", "but", "in", "with", "for", "only", "under", "below", "up", "max", "et", "ou", "mais", "en", "avec",
    "pour", "sans", "moins", "maximum", "of", "maar", "met", "voor", "zonder", "onder", "maximaal", "alleen", "och",
    "eller", "men", "i", "med", "för", "till", "utan", "högst", "without", "made", "less", "dimmable", "preferably",
    "rather", "liever", "plutôt", "helst",
];

const PLACES: &[&[&str]] = &[
    &["first", "premier", "première", "eerste", "första"],
    &["second", "deuxième", "tweede", "andra"],
    &["third", "troisième", "derde", "tredje"],
    &["last one", "dernier", "dernière", "laatste", "sista"],
];

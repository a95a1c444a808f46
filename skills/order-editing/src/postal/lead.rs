//! What customers write before an address: "ok, please send my order to", "mijn nieuwe adres is".

use usher_sdk::skill::prelude::*;

/// A part of a message without the words that lead up to an address in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cut<'a> {
    pub(super) rest: &'a str,
    /// Whether something was cut off: what stands in front of this part is no part of the address then.
    pub(super) has_lead: bool,
}

/// Cuts what leads up: all before a colon; a wish with what says that an address comes ("send … to", "address … is");
/// and the small words before it. What is cut always begins the part, so a street keeps its own words.
pub(super) fn cut(part: &str) -> Cut<'_> {
    let after_colon = part.rsplit_once(':').map_or(part, |(_, rest)| rest);
    let after_colon = after_colon.trim();
    // A postal code, or a number with its street, is the beginning already.
    let bare = match after_colon.starts_with(|c: char| c.is_ascii_digit()) {
        true => after_colon,
        false => behind_place(behind_small(behind_wish(after_colon))),
    };
    let rest = before_talk(bare.trim());
    Cut { rest, has_lead: rest.len() < part.trim().len() }
}

/// Whether words speak of a wish or of the customer, as no address does.
pub(super) fn is_talk(text: &str) -> bool {
    mentions(text, WISHES) || mentions(text, ADDRESS) || mentions(text, SPEAKING)
}

/// Where the words after an address begin that aren't part of it.
pub(super) fn before_talk(text: &str) -> &str {
    let begins = |at: usize| {
        let said = || text[at..].split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
        AFTER.iter().any(|phrase| {
            said().zip(phrase.split(' ')).filter(|(said, word)| said == word).count() == phrase.split(' ').count()
        })
    };
    words(text).skip(1).find(|(at, _)| begins(*at)).map_or(text, |(at, _)| text[..at].trim_end())
}

/// After the last wish and the first word behind it that points at an address; or right after a word that an address may
/// follow by itself: "order #1001 Mill Lane 7".
fn behind_wish(text: &str) -> &str {
    let words: Vec<(usize, &str)> = words(text).collect();
    // A capital inside is a street's: "Rue de la Commande". At the beginning it is a sentence's.
    let may_speak =
        |at: usize| at == 0 || !words[at].1.starts_with(char::is_uppercase) || ends_sentence(words[at - 1].1);
    let is_any = |at: usize, list: &[&str]| may_speak(at) && mentions(words[at].1, list);
    let rest = |at: usize| words.get(at).map_or("", |(from, _)| &text[*from..]);
    let behind = |wish: usize| {
        if let Some(at) = (wish + 1..words.len()).find(|&at| is_any(at, POINTING)) {
            return Some(rest(at + 1));
        }
        match words.get(wish + 1) {
            // The order's number.
            Some((_, next)) if is_any(wish, ORDER) && is_number(next) => Some(rest(wish + 2)),
            _ if is_any(wish, ADDRESS) || is_any(wish, ORDER) || is_any(wish, COURTESY) => Some(rest(wish + 1)),
            _ => None,
        }
    };
    // A wish behind the address leads up to none: "Mill Lane 7 please".
    let leads = |rest: &&str| has_digit(rest) || !has_digit(text) || rest.starts_with(char::is_uppercase);
    let wishes = (0..words.len()).rev().filter(|&at| is_any(at, WISHES) || is_any(at, ADDRESS));
    wishes.filter_map(behind).find(leads).unwrap_or(text)
}

/// Without small words in front: "ok", "now", "the", "to".
fn behind_small(text: &str) -> &str {
    let is_small = |word: &str| {
        mentions(word, COURTESY)
            || (!word.starts_with(char::is_uppercase) && (mentions(word, SMALL) || is_pointing(word)))
    };
    let first = words(text).find(|(_, word)| !is_small(word));
    first.map_or("", |(at, _)| &text[at..])
}

/// Without the place that an address is of: "my office at Mill Lane 7".
fn behind_place(text: &str) -> &str {
    let is_plain = |word: &str| word.starts_with(char::is_lowercase);
    let before = words(text).take_while(|(_, word)| is_plain(word));
    let last = before.filter(|(_, word)| is_pointing(word)).last();
    last.map_or(text, |(at, word)| &text[at + word.len()..])
}

fn is_pointing(word: &str) -> bool {
    mentions(word, POINTING)
}

/// "#1001", "1001", "no. 1001" is two words.
fn is_number(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

fn ends_sentence(word: &str) -> bool {
    word.ends_with(['.', '!', '?', ':', ')', '"', '–', '-'])
}

/// The words of a text with where they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let start = text.as_ptr() as usize;
    text.split_whitespace().map(move |word| (word.as_ptr() as usize - start, word))
}

/// In English, French, Dutch and Swedish, as all lists here.
#[rustfmt::skip]
const WISHES: &[&str] = &[
    "send", "sent", "ship", "shipped", "deliver", "delivered", "change", "changed", "update", "order", "parcel",
    "package", "moved", "go", "goes", "going", "use", "please", "instead", "hello", "hi", "mistake", "wrong", "it",
    "envoyer", "envoyez", "envoie", "envoi", "livrer", "livrez", "livraison", "expédier", "expédiez", "expédition",
    "changer", "changez", "modifier", "modifiez", "commande", "colis", "mettez", "mettre", "utilisez", "déménagé",
    "bonjour", "plutôt", "stuur", "sturen", "verstuur", "versturen", "bezorg", "bezorgen", "lever", "leveren",
    "wijzig", "wijzigen", "verander", "veranderen", "bestelling", "pakket", "verhuisd", "gebruik", "moet", "mag",
    "hallo", "hoi", "liever", "skicka", "skickas", "skickar", "leverera", "levereras", "ändra", "byt", "byta",
    "beställning", "beställningen", "order", "ordern", "paket", "paketet", "flyttat", "använd", "ska", "hej", "hellre",
];

/// An address may follow these by themselves.
#[rustfmt::skip]
const ADDRESS: &[&str] = &[
    "address", "delivery address", "adresse", "d'adresse", "l'adresse", "adres", "bezorgadres", "afleveradres",
    "adress", "adressen", "leveransadress", "leveransadressen", "use", "utilisez", "gebruik", "använd",
];

const ORDER: &[&str] = &["order", "commande", "bestelling", "beställning", "beställningen", "ordern"];

/// What says that the address comes now.
#[rustfmt::skip]
const POINTING: &[&str] = &[
    "to", "is", "at", "à", "au", "aux", "est", "chez", "vers", "naar", "op", "wordt", "till", "är", "på", "blir",
];

#[rustfmt::skip]
const COURTESY: &[&str] = &[
    "please", "ok", "okay", "okey", "yes", "sure", "hi", "hello", "hey", "thanks", "sorry", "svp", "oui", "bonjour",
    "merci", "d'accord", "ja", "hallo", "hoi", "graag", "bedankt", "alsjeblieft", "alstublieft", "hej", "tack",
    "snälla",
];

#[rustfmt::skip]
const SMALL: &[&str] = &[
    "now", "then", "the", "my", "new", "this", "here", "it", "well", "and", "so", "maintenant", "désormais", "donc",
    "alors", "c'est", "ici", "nu", "dus", "dan", "het", "hier", "mijn", "då", "alltså", "här", "min", "nya",
];

/// What customers say of themselves or to the shop.
#[rustfmt::skip]
const SPEAKING: &[&str] = &[
    "i", "i'm", "i've", "i'd", "we", "you", "can", "could", "have", "je", "j'ai", "nous", "vous", "pouvez-vous", "ik",
    "wij", "jullie", "kunnen", "kan", "heb", "jag", "vi", "ni", "har", "kunde", "dear", "cher", "chère", "beste",
    "team", "équipe", "good", "morning", "evening", "afternoon", "goedemorgen", "goedemiddag", "goedenavond", "god",
    "morgon", "kväll", "thanks", "thank", "merci", "bedankt", "tack", "sorry", "désolé", "ok", "okay", "yes", "oui",
    "new", "nouvelle", "nieuwe", "nieuw", "nya", "ny",
];

/// What may follow an address in the same breath.
#[rustfmt::skip]
const AFTER: &[&str] = &[
    "please", "thanks", "thank you", "many thanks", "instead", "rather", "because", "since", "if", "not", "svp",
    "s'il vous", "s'il te", "merci", "plutôt", "à la place", "au lieu", "car", "parce", "graag", "bedankt",
    "alsjeblieft", "alstublieft", "in plaats van", "omdat", "want", "tack", "istället", "i stället", "eftersom",
];

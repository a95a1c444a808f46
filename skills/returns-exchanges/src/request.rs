//! What the customer wants of this skill.

use usher_sdk::skill::prelude::*;

/// What the button below a policy answer sends.
pub(crate) const START: &str = "start-return";

#[derive(Debug, PartialEq)]
pub(crate) enum Wish {
    /// Send something back, or exchange it.
    Start,
    /// Hear how it stands with a return or its refund.
    News,
    /// Know the rules. Not certain where the message doesn't speak of returns at all.
    Policy { certain: bool },
}

impl Wish {
    /// Whether it can only be answered to a customer who is known for certain.
    pub(crate) fn needs_account(&self) -> bool {
        matches!(self, Wish::Start | Wish::News)
    }
}

/// `waiting_for_news` where the customer was just asked which order they want to hear about.
pub(crate) fn wish(turn: &Turn, waiting_for_news: bool) -> Wish {
    let said = turn.text();
    if turn.choice().is_some() {
        return Wish::Start;
    }
    // "Where is my refund for #1001?" names an order and still doesn't want to send it back.
    if mentions(said, NEWS) {
        return Wish::News;
    }
    if order_name_in(said).is_some() {
        return if waiting_for_news && !mentions(said, SEND_BACK) { Wish::News } else { Wish::Start };
    }
    if mentions(said, RULES) {
        return Wish::Policy { certain: true };
    }
    if mentions(said, SEND_BACK) {
        // A visitor who asks how it works is told so, and needn't sign in for it.
        let only_asks = !turn.is_authenticated() && mentions(said, QUESTION);
        return if only_asks { Wish::Policy { certain: true } } else { Wish::Start };
    }
    Wish::Policy { certain: mentions(said, RETURNS) }
}

/// In English, French, Dutch and Swedish, as all lists here.
#[rustfmt::skip]
const NEWS: &[&str] = &[
    "where is my refund", "where's my refund", "wheres my refund", "when will i get my refund",
    "when do i get my refund", "when will i get my money", "when do i get my money", "money back yet", "refunded yet",
    "no refund", "waiting for my refund", "haven't got my refund", "status of my return", "status of my refund",
    "my return status", "return status", "refund status", "where is my return", "received my return",
    "receive my return", "got my return", "my return arrived", "return label", "my returns",
    "où est mon remboursement", "ou est mon remboursement", "quand serai-je remboursé*",
    "quand vais-je être remboursé*", "toujours pas remboursé*", "pas encore remboursé*", "attends mon remboursement",
    "mon remboursement", "statut de mon retour", "où en est mon retour", "ou en est mon retour", "reçu mon retour",
    "étiquette de retour", "mes retours", "waar blijft mijn geld", "wanneer krijg ik mijn geld", "mijn terugbetaling",
    "nog niet terugbetaald", "nog geen geld", "status van mijn retour", "mijn retour ontvangen",
    "mijn retour aangekomen", "waar is mijn retour", "retourlabel", "mijn retouren", "var är min återbetalning",
    "var är mina pengar", "när får jag tillbaka mina pengar", "när får jag pengarna", "när får jag tillbaka",
    "när får jag min återbetalning", "min återbetalning", "inte fått pengarna", "inte fått tillbaka",
    "status på min retur", "hur går det med min retur", "fått min retur", "min retur kommit fram", "retursedel",
    "returetikett", "mina returer",
];

/// A question about the rules, even where it speaks of "my order".
#[rustfmt::skip]
const RULES: &[&str] = &[
    "policy", "policies", "rules", "conditions", "how long do i have", "how many days", "how long does", "who pays",
    "is it free", "are returns free", "free returns", "cost", "costs", "do you accept", "do you take", "do you offer",
    "sale item", "sale items", "worn", "receipt", "deadline", "have to pay", "politique", "règles",
    "combien de temps", "combien de jours", "qui paie", "gratuit*", "frais", "acceptez-vous", "proposez-vous",
    "soldé*", "beleid", "retourbeleid", "voorwaarden", "hoe lang heb ik", "hoeveel dagen", "hoe lang duurt",
    "wie betaalt", "gratis", "kosten", "afgeprijsde", "gedragen", "policyn", "returpolicy", "villkor", "regler",
    "hur länge", "hur många dagar", "hur lång tid", "vem betalar", "kostar", "fri retur", "fria returer", "rea",
    "reavaror", "använda",
];

/// A wish, or a reason for one.
#[rustfmt::skip]
const SEND_BACK: &[&str] = &[
    "send it back", "send this back", "send them back", "send back", "return it", "return this", "return that",
    "return them", "return my", "return the", "return something", "want to return", "like to return",
    "need to return", "wanna return", "how do i return", "how can i return", "want to exchange", "like to exchange",
    "need to exchange", "start a return", "make a return", "exchange it", "exchange this", "exchange my",
    "exchange the", "swap it", "swap the", "another size", "different size", "bigger size", "smaller size", "size up",
    "other colour", "another colour", "another color", "different colour", "different color", "don't want it",
    "don't like it", "doesn't fit", "doesnt fit", "don't fit", "too small", "too big", "too large", "too tight",
    "wrong size", "wrong item", "wrong colour", "damaged", "broken", "faulty", "defective", "changed my mind",
    "le renvoyer", "la renvoyer", "les renvoyer", "renvoyer", "le retourner", "la retourner", "retourner", "rendre",
    "faire un retour", "l'échanger", "échanger", "echanger", "autre taille", "autre couleur", "trop petit*",
    "trop grand*", "mauvaise taille", "mauvais article", "abîmé*", "cassé*", "défectueux", "ne me va pas",
    "ne me plaît pas", "changé d'avis", "terugsturen", "stuur het terug", "retourneren", "retour sturen",
    "retour aanmelden", "ruilen", "omruilen", "andere maat", "grotere maat", "kleinere maat", "andere kleur",
    "te klein", "te groot", "te krap", "past niet", "verkeerde maat", "verkeerd artikel", "verkeerde artikel",
    "beschadigd", "kapot", "defect", "bedacht", "skicka tillbaka", "skicka den tillbaka", "lämna tillbaka",
    "returnera", "göra en retur", "byta", "annan storlek", "större storlek", "mindre storlek", "annan färg",
    "för liten", "för litet", "för stor", "för stort", "för små", "passar inte", "fel storlek", "fel vara", "skadad",
    "skadat", "trasig", "trasigt", "ångra", "ångrar", "ångrat", "skickar jag tillbaka",
];

/// How a question about the way of things begins.
#[rustfmt::skip]
const QUESTION: &[&str] = &[
    "how do", "how does", "how can", "how to", "can i", "could i", "is it possible", "comment", "puis-je", "peut-on",
    "est-ce que je peux", "est-il possible", "hoe kan", "hoe moet", "hoe werkt", "kan ik", "mag ik", "kun je",
    "hur gör", "hur kan", "hur funkar", "hur fungerar", "kan jag", "kan man", "får jag", "får man", "går det att",
];

/// Words of the subject.
#[rustfmt::skip]
const RETURNS: &[&str] = &[
    "return*", "retrun*", "refund*", "exchang*", "swap*", "send back", "money back", "retour*", "renvo*", "rembours*",
    "échang*", "echang*", "terug*", "ruil*", "omruil*", "retur*", "återbetal*", "åter*", "ångerrätt*", "byt*",
    "öppet köp",
];

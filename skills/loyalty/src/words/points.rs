//! Earning points and spending them, and how questions about them are put.

#[rustfmt::skip]
pub(crate) const EARNING: &[&str] = &[
    "earn*", "collect*", "get more", "more points", "gain points", "points do i get", "points will i get", "gagne*",
    "cumule*", "obtenir des points", "obtenir plus", "plus de points", "verdien*", "spaar", "sparen", "meer punten",
    "krijg ik punten", "punten krijg ik", "tjäna*", "samla*", "points per", "points par", "per euro", "par euro",
    "punten per", "poäng per", "fler poäng", "får jag poäng", "poäng får jag",
];

/// Points that something brings, once it is known that none are spent.
#[rustfmt::skip]
pub(crate) const POINTS_FOR: &[&str] = &[
    "points for", "points per", "points on", "double points", "points after", "triple points", "points pour",
    "points par", "points doubl*", "points après", "punten voor", "punten per", "dubbele punten", "punten na",
    "punten bij", "poäng för", "poäng per", "dubbla poäng", "poäng efter", "poäng på",
];

/// Points that go for something, also where nobody says points.
#[rustfmt::skip]
pub(crate) const REDEMPTION: &[&str] = &[
    "redeem", "redeeming", "redemption*", "inwissel*", "verzilver*", "lösa in", "löser in", "lös in",
];

/// Redeeming as a thing that is spoken of, which nobody asks for so.
pub(crate) const REDEMPTIONS: &[&str] = &["redemption*", "inwisseling*", "inlösen*"];

#[rustfmt::skip]
pub(crate) const REDEEMING: &[&str] = &[
    "redeem*", "redempt*", "use my", "use them", "use points", "use the points", "using points", "pay with", "pay for",
    "trade", "spend*", "exchang*", "cash in", "claim*", "convert*", "échang*", "echang*", "utilise*", "payer avec",
    "dépens*", "inwissel*", "wissel*", "verzilver*", "gebruik*", "uitgeven", "besteden", "omzetten", "betalen met",
    "lös in", "lösa in", "löser in", "använd*", "växla*", "byta", "byt", "betala med", "redem",
];

#[rustfmt::skip]
pub(crate) const WORKS: &[&str] = &[
    "how does", "how do", "how is", "how are", "explain*", "details", "what is", "what's the", "what are the",
    "how much is a", "worth", "vaut", "valent", "rules", "conditions", "terms", "comment fonctionne*",
    "comment ça marche", "expliquez*", "c'est quoi", "qu'est-ce que", "en quoi consiste", "quels sont", "avez-vous",
    "do you have", "is there", "y a-t-il", "hoe werkt", "wat is", "wat zijn", "wat houdt", "leg uit", "hebben jullie",
    "is er", "uitleg", "voorwaarden", "waard", "hur fungerar", "hur funkar", "vad är", "vad innebär", "förklara",
    "villkor*", "har ni", "finns det nå*", "finns det en", "finns det ett", "värd", "värt",
];

#[rustfmt::skip]
pub(crate) const OFFERS: &[&str] = &[
    "what can i get", "what can i buy", "what can i have", "what do i get", "which rewards", "what rewards",
    "available rewards", "enough points", "enough for", "my rewards", "rewards", "do i need", "faut-il", "il faut",
    "nodig", "behöver", "behövs", "que puis-je avoir", "que puis-je obtenir", "quelles récompenses", "récompenses",
    "recompenses", "cadeaux", "assez de points", "à quoi ai-je droit", "wat kan ik krijgen", "wat krijg ik",
    "welke beloningen", "beloningen", "genoeg punten", "wat kan ik met", "vad kan jag få", "vad får jag",
    "vilka belöningar", "belöningar", "räcker", "tillräckligt",
];

/// What shows that one is a member: it is in the account, beside the points.
#[rustfmt::skip]
pub(crate) const CARD: &[&str] = &[
    "card*", "number", "my account", "loyalty account", "carte*", "numéro*", "mon compte", "klantenkaart*",
    "ledenkaart*", "spaarkaart*", "lidnummer*", "nummer", "spaaraccount*", "mijn account", "bonuskort*",
    "medlemskort*", "medlemsnummer*", "kundkort*", "stamkund*", "bonuskonto*", "mitt konto",
];

/// Of the customer's own account.
#[rustfmt::skip]
pub(crate) const OWN: &[&str] = &[
    "my", "i", "mes", "mon", "ma", "j'ai", "ai-je", "je", "puis-je", "suis-je", "mijn", "ik", "heb ik", "min", "mina",
    "mitt", "jag",
];

#[rustfmt::skip]
pub(crate) const HOW: &[&str] = &[
    "how do", "how can", "how to", "how does", "can points", "options", "ways to", "where can i use", "comment", "hoe",
    "hur",
];

#[rustfmt::skip]
pub(crate) const LEAVING: &[&str] = &[
    "no thanks", "no thank you", "never mind", "nevermind", "forget it", "leave it", "not now", "non merci",
    "laissez tomber", "tant pis", "nee bedankt", "laat maar", "nej tack", "strunt i det", "glöm det",
];

pub(crate) const NO: &[&str] = &["no", "nope", "non", "nee", "nej"];

//! What is of a subscription at all.

use super::{changes, meet, telling};
use usher_sdk::skill::prelude::*;

/// Whether a text speaks of a subscription. A word that other subjects have too (a box, a charge, a parcel) is of one where
/// something makes it recur, and no other subject is named.
pub(crate) fn is_of_subscriptions(said: &str) -> bool {
    let has = |list| mentions(said, list);
    if has(NEWSLETTERS) {
        return false;
    }
    if has(SUBSCRIPTIONS) {
        return true;
    }
    if has(OTHER_SUBJECTS) {
        return false;
    }
    let next = has(NEXT) && !has(NEXT_DAY);
    has(changes::SKIPPING)
        || has(changes::PAUSING)
        || has(PERIODS)
        || has(RHYTHMS)
        || has(CONTRACTS)
        || changes::parts(said)
        || has(TERM)
        || has(RENEWING)
        || has(PLANS)
        || next && (has(THINGS) || has(CHARGING))
        || more_or_less_often(said)
        || meet(said, DELIVERIES, changes::RESUMING)
        || meet(said, DELIVERIES, changes::STOPPING)
        || meet(said, DELIVERIES, COUNTING)
        || meet(said, NOTHING_SENT, SEASONS)
        || from_now_on(said)
        || meet(said, SIZES, PACKS)
        || meet(said, ENOUGH, changes::MOVING)
        || meet(said, changes::STARTING, changes::AGAIN) && (has(DELIVERING) || has(changes::STOPPING))
        || has(changes::OTHER_GOODS) && has(IN_IT)
        || has(telling::UNWANTED) && (has(CHARGING) || has(telling::ONCE))
        || has(telling::DONE) && has(telling::NEVERTHELESS) && (has(CHARGING) || has(THINGS))
}

/// Whether it names what other skills answer.
pub(crate) fn is_of_another(said: &str) -> bool {
    mentions(said, NEWSLETTERS) || mentions(said, OTHER_SUBJECTS) && !mentions(said, SUBSCRIPTIONS)
}

/// "Deliver less often", "I need it more frequently".
pub(super) fn more_or_less_often(said: &str) -> bool {
    meet(said, OFTEN, DELIVERING)
}

/// "Only one bag from now on".
pub(super) fn from_now_on(said: &str) -> bool {
    meet(said, FROM_NOW_ON, GOODS)
}

/// "No more deliveries", "geen levering meer".
pub(super) fn nothing_more(said: &str) -> bool {
    let of_it = [THINGS, DELIVERIES, DELIVERING, CHARGING, changes::NOT_WANTED].iter().any(|list| mentions(said, list));
    of_it && meet(said, changes::NO, changes::MORE)
}

/// When it is, or how much: a payment that is to be told of, not changed.
pub(super) fn asks_for_next_charge(said: &str) -> bool {
    meet(said, NEXT, CHARGING) && (mentions(said, AMOUNTS) || mentions(said, telling::TELLING))
}

/// One subscribes to these too.
const NEWSLETTERS: &[&str] = &["newsletter*", "infolettre*", "nieuwsbrief*", "nyhetsbrev*", "mailing list"];

#[rustfmt::skip]
const SUBSCRIPTIONS: &[&str] = &[
    "subscri*", "subscib*", "subsri*", "unsubscri*", "auto-ship", "autoship", "recurring", "automatic delivery",
    "automatic deliveries", "automatic order*", "next delivery", "upcoming delivery", "next box", "next charge",
    "coffee plan", "coffee box", "abonnement*", "abonnemang*", "l'abonnement*", "d'abonnement*", "s'abonner",
    "désabonn*", "me désabonner", "prochaine livraison", "prochain prélèvement", "koffieabonnement*",
    "theeabonnement*", "volgende levering", "volgende bezorging", "volgende afschrijving", "prenumer*",
    "kaffeprenumeration*", "nästa leverans", "nästa dragning",
];

/// What else can be cancelled, left, charged or sent.
#[rustfmt::skip]
const OTHER_SUBJECTS: &[&str] = &[
    "my order", "order #", "return", "returns", "refund*", "appointment", "loyalty", "member", "membership programme",
    "rewards", "points", "ma commande", "mon retour", "fidélité", "mijn bestelling", "mijn retour", "lidmaatschap*",
    "spaarprogramma*", "punten", "min beställning", "min order", "min retur", "kundklubb*", "medlem*", "poäng",
];

/// Contracts of this kind by what they are called elsewhere.
#[rustfmt::skip]
const PLANS: &[&str] = &[
    "my plan", "the plan", "plan", "plans", "my box", "membership box", "coffee club", "regular parcel*",
    "regular deliver*", "regular order*", "standing order", "formule", "ma formule", "mon box", "ma box", "mijn plan",
    "mijn box", "maandbox*", "vaste levering*", "vaste bestelling", "min plan", "min box", "min låda", "stående order",
];

/// What comes by the week or the month.
#[rustfmt::skip]
const PERIODS: &[&str] = &[
    "monthly", "weekly", "fortnightly", "biweekly", "quarterly", "every month", "every week", "each month",
    "each week", "per month", "next month", "this month", "automatic*", "tous les mois", "chaque mois",
    "chaque semaine", "toutes les semaines", "par mois", "mensuel*", "hebdomadaire*", "d'hebdomadaire*",
    "automatique*", "mois prochain", "ce mois-ci", "elke maand", "elke week", "iedere maand", "iedere week",
    "per maand", "maandelijks*", "wekelijks*", "maandbox*", "maandpakket*", "automatisch*", "volgende maand",
    "deze maand", "varje månad", "varje vecka", "per månad", "i månaden", "månads*", "veckovis", "veckoleverans*",
    "automatisk*", "nästa månad", "den här månaden",
];

/// A rhythm other than once a month or a week, which is one to change to.
#[rustfmt::skip]
pub(super) const RHYTHMS: &[&str] = &[
    "every two", "every three", "every four", "every six", "every eight", "every other", "every second", "every third",
    "every 2", "every 3", "every 4", "every 6", "every 8", "every fortnight", "twice a month", "once a month",
    "from weekly", "from monthly", "to monthly", "to weekly", "tous les deux", "tous les trois", "toutes les deux",
    "toutes les trois", "toutes les quatre", "toutes les six", "une fois par mois", "deux fois par mois",
    "un mois sur deux", "d'hebdomadaire*", "à mensuel*", "elke twee", "elke drie", "elke vier", "elke zes", "om de",
    "eens per", "twee keer per", "naar maandelijks", "naar wekelijks", "varannan", "var tredje", "var fjärde",
    "var sjätte", "var åttonde", "en gång i månaden", "två gånger i månaden", "till varje månad", "till varje vecka",
];

/// Verbs that are said of contracts only, not of orders.
#[rustfmt::skip]
const CONTRACTS: &[&str] = &[
    "terminate*", "résili*", "resili*", "opzeg*", "opgezegd*", "zeg ik op", "säga upp", "säg upp", "sagt upp",
    "sa upp", "säger upp", "uppsäg*", "uppsagd*",
];

/// How long one is bound.
#[rustfmt::skip]
pub(super) const TERM: &[&str] = &[
    "minimum term", "commitment", "contract", "contract period", "notice period", "notice", "minimum number",
    "minimum period", "tied in", "locked in", "engagement", "sans engagement", "durée minimale", "durée d'engagement",
    "préavis", "looptijd", "opzegtermijn*", "contractduur", "minimale periode", "zit ik vast", "bindningstid*",
    "uppsägningstid*", "kontraktstid", "minsta tid",
];

#[rustfmt::skip]
pub(super) const RENEWING: &[&str] = &[
    "renew*", "renouvel*", "verlengt", "verlengd", "verlengen", "verlenging", "förny*",
];

#[rustfmt::skip]
const NEXT: &[&str] = &[
    "next", "upcoming", "coming", "future", "following", "prochain*", "suivant*", "volgend*", "komende",
    "eerstvolgende", "toekomstige", "nästa", "kommande",
];

/// How fast a parcel comes, rather than which one.
const NEXT_DAY: &[&str] =
    &["next day", "next-day", "next working day", "volgende dag", "volgende werkdag", "nästa dag"];

#[rustfmt::skip]
const THINGS: &[&str] = &[
    "box", "boxes", "bag", "bags", "delivery", "deliveries", "shipment*", "parcel*", "package*", "order", "orders",
    "one", "one due", "instalment*", "envoi*", "colis", "livraison*", "paquet*", "sachet*", "pakket*", "levering*",
    "bezorging*", "zending*", "zak", "doos", "bestelling*", "leverans*", "paket*", "låda*", "påse*", "försändelse*",
    "sändning*",
];

#[rustfmt::skip]
const CHARGING: &[&str] = &[
    "charge*", "charging", "bill", "billed", "billing", "debit*", "payment", "taken from", "took money",
    "money was taken", "débit*", "prélev*", "prélèvement*", "paiement*", "afgeschreven", "afschrij*", "geld af",
    "incasso*", "schrijf", "betaling*", "dragning*", "dras", "drar", "drog", "dragit", "betalning*",
];

#[rustfmt::skip]
const AMOUNTS: &[&str] = &[
    "date", "amount", "what day", "montant", "datum", "bedrag", "welke dag", "belopp*", "vilken dag",
];

#[rustfmt::skip]
const DELIVERIES: &[&str] = &["deliveries", "livraisons", "leveringen", "bezorgingen", "leveranser", "leveranserna"];

#[rustfmt::skip]
const COUNTING: &[&str] = &[
    "how many", "number of", "left", "remain*", "too many", "fewer", "further", "combien", "rest*", "trop de",
    "hoeveel", "over", "te veel", "minder", "hur många", "kvar", "för många", "färre",
];

#[rustfmt::skip]
const OFTEN: &[&str] = &[
    "often", "frequent*", "souvent", "fréquemment", "vaker", "minder vaak", "vaak", "oftare", "sällan", "mer sällan",
    "ofta",
];

#[rustfmt::skip]
const DELIVERING: &[&str] = &[
    "deliver*", "send*", "ship*", "receive*", "get", "need", "come*", "livr*", "envoy*", "recevoir", "reçois",
    "lever*", "bezorg*", "stuur*", "sturen", "ontvang*", "krijg*", "nodig", "skicka*", "få", "får", "behöver", "komma",
    "kommer",
];

/// Nothing is to come.
#[rustfmt::skip]
pub(super) const NOTHING_SENT: &[&str] = &[
    "don't send", "do not send", "don't deliver", "do not deliver", "don't ship", "send nothing", "send me nothing",
    "no box", "no boxes", "no delivery", "no deliveries", "no parcel", "nothing", "not need", "don't need",
    "rien recevoir", "rien envoyer", "ne rien", "n'envoyez", "pas de box", "pas de livraison*", "pas de colis",
    "ne pas livrer", "niets sturen", "niets", "niet leveren", "niet bezorgen", "geen box", "geen levering",
    "geen pakket", "skicka inget", "skicka ingenting", "inget", "ingen leverans", "ingen låda", "inga leveranser",
    "inget paket",
];

/// A time of the year, or that the customer is away.
#[rustfmt::skip]
pub(super) const SEASONS: &[&str] = &[
    "january", "february", "march", "april", "in may", "june", "july", "august", "september", "october", "november",
    "december", "summer", "winter", "christmas", "holiday*", "vacation*", "away", "travel*", "abroad", "voyage*",
    "op reis", "janvier", "février", "mars", "avril", "en mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre", "l'été", "cet été", "vacances", "absent*", "januari", "februari", "maart", "mei", "juni",
    "juli", "augustus", "oktober", "zomer*", "vakantie*", "weg", "augusti", "maj", "sommar*", "semester*", "bortrest*",
    "resa", "borta",
];

#[rustfmt::skip]
const FROM_NOW_ON: &[&str] = &[
    "from now on", "from now", "going forward", "in future", "désormais", "dorénavant", "à partir de maintenant",
    "à l'avenir", "voortaan", "vanaf nu", "in het vervolg", "från och med nu", "från nu", "hädanefter", "framöver",
    "i fortsättningen",
];

/// What is sent, and how many of it.
#[rustfmt::skip]
const GOODS: &[&str] = &[
    "bag*", "box*", "pack*", "coffee*", "beans", "tea", "bulb*", "paquet*", "sachet*", "café*", "thé", "grains",
    "zak*", "pak", "pakken", "pakket*", "koffie*", "thee", "bonen", "påse*", "påsar", "paket*", "kaffe*", "te",
    "bönor", "one", "two", "un seul", "deux", "een", "twee", "en", "två",
];

/// What is sent.
#[rustfmt::skip]
pub(super) const WARES: &[&str] = &[
    "bag*", "pack*", "coffee*", "beans", "blend*", "roast*", "tea", "bulb*", "paquet*", "sachet*", "café*", "thé",
    "grains", "mélange*", "ampoule*", "zak*", "koffie", "thee", "bonen", "melange*", "lampen", "påse*", "påsar",
    "kaffe", "kaffet", "te", "teet", "bönor*", "sort", "produkt*",
];

#[rustfmt::skip]
pub(super) const SIZES: &[&str] = &[
    "more", "fewer", "less", "bigger", "larger", "smaller", "upgrade*", "downgrade*", "too much", "too many",
    "plus grand*", "plus petit*", "plus gros*", "supérieur*", "inférieur*", "moins", "davantage", "meer", "minder",
    "groter*", "kleiner*", "te veel", "mer", "mindre", "större", "fler", "färre", "för mycket",
];

#[rustfmt::skip]
const PACKS: &[&str] = &["box", "bag", "plan", "formule", "pakket", "zak", "paket", "paketet", "låda", "påse"];

/// There is enough of it, or too little.
#[rustfmt::skip]
const ENOUGH: &[&str] = &[
    "have enough", "got enough", "still have", "too much left", "plenty left", "running out", "run out", "running low",
    "run low", "encore assez", "il m'en reste", "bientôt plus", "nog genoeg", "genoeg over", "bijna op", "op raakt",
    "mycket kvar", "har kvar", "tillräckligt kvar", "slut snart", "snart slut", "tar slut",
];

/// In what is sent.
#[rustfmt::skip]
const IN_IT: &[&str] = &["in my", "in the next", "dans mon", "dans ma", "in mijn", "i mitt", "i min"];

//! What is asked about a subscription, and how.

/// About the one that was just shown.
#[rustfmt::skip]
pub(super) const TELLING: &[&str] = &[
    "other one", "the other", "when", "how much", "price", "cost*", "l'autre", "quand", "combien", "prix", "coûte",
    "de andere", "wanneer", "hoeveel", "prijs", "kost", "den andra", "det andra", "när", "hur mycket", "pris*",
    "kostar",
];

/// A change that was made, as the customer thinks.
#[rustfmt::skip]
pub(super) const DONE: &[&str] = &[
    "cancelled", "canceled", "cancellation", "after cancelling", "after canceling", "terminated", "unsubscribed",
    "stopped", "paused", "skipped", "j'ai résilié", "résilié", "résiliée", "résiliation", "annulé", "annulée",
    "désabonné*", "après avoir", "suspendu*", "opgezegd*", "na opzeggen", "opzegging", "stopgezet", "beëindigd",
    "gestopt", "gepauzeerd", "overgeslagen", "sagt upp", "sa upp", "uppsagd*", "uppsägningen", "avslutad*", "avslutat",
    "stoppade", "stoppat", "pausad*", "pausat",
];

/// With `DONE`: something happened that shouldn't have.
#[rustfmt::skip]
pub(super) const NEVERTHELESS: &[&str] = &[
    "although", "though", "even though", "but", "yet", "still", "again", "despite", "anyway", "after", "alors que",
    "mais", "quand même", "pourtant", "malgré", "encore", "bien que", "après", "toch", "maar", "hoewel", "terwijl",
    "nog steeds", "ondanks", "na opzegg*", "trots", "fast", "fastän", "ändå", "men", "fortfarande", "efter", "igen",
];

/// What the customer never asked for.
#[rustfmt::skip]
pub(super) const UNWANTED: &[&str] = &[
    "didn't order", "did not order", "never ordered", "didn't want", "didn't sign up", "never signed up",
    "never subscribed", "didn't subscribe", "didn't agree", "never agreed", "never wanted", "never asked",
    "forgot about", "by itself", "didn't know", "wasn't aware", "one time purchase", "one-time purchase", "one off",
    "one-off", "single purchase", "charged twice", "double charged", "charged double", "why was money",
    "why was i charged", "why have i been charged", "wrongly charged", "pas commandé", "jamais commandé",
    "jamais souscrit", "jamais demandé", "jamais voulu", "je ne savais pas", "tout seul", "toute seule",
    "achat unique", "une seule fois", "débité deux fois", "prélevé deux fois", "niet besteld", "nooit besteld",
    "nooit een abonnement", "nooit afgesloten", "nooit gevraagd", "wist niet", "vanzelf", "eenmalig*",
    "dubbel afgeschreven", "twee keer afgeschreven", "inte beställt", "aldrig beställt", "aldrig startat",
    "aldrig tecknat", "aldrig bett om", "visste inte", "av sig själv*", "engångsköp*", "dragit dubbelt",
    "dragits dubbelt", "debiterats två gånger", "dubbeldebiter*",
];

/// Bought once, which is said of nothing but a subscription.
#[rustfmt::skip]
pub(super) const ONCE: &[&str] = &[
    "one time purchase", "one-time purchase", "single purchase", "one-off purchase", "one off purchase",
    "achat unique", "eenmalige aankoop", "eenmalige bestelling", "engångsköp*",
];

/// With `DONE`: whether it was done.
#[rustfmt::skip]
pub(super) const WHETHER: &[&str] = &[
    "is", "has", "have", "did", "was", "am i", "really", "worked", "confirmation", "est-il", "est-elle", "est",
    "a-t-il", "a-t-elle", "bien", "vraiment", "is mijn", "echt", "wel", "gelukt", "bevestiging", "är", "har", "blev",
    "verkligen", "bekräftelse",
];

/// To have it done: "I want it cancelled".
#[rustfmt::skip]
pub(super) const WANTING: &[&str] = &[
    "want", "would like", "i'd like", "please", "can", "could", "to be", "veux", "voudrais", "souhaite", "peut",
    "peuvent", "pouvez-vous", "svp", "s'il vous plaît", "graag", "wil", "kan", "kunnen", "worden", "vill", "tack",
    "önskar",
];

/// Questions about how things are done here, whoever asks.
#[rustfmt::skip]
pub(super) const RULES: &[&str] = &[
    "policy", "policies", "conditions", "what happens if", "what happens when", "how does", "how do subscriptions",
    "subscriptions work", "subscription work*", "do you offer", "do you have subscriptions", "until when can",
    "politique", "que se passe-t-il", "comment fonctionne*", "proposez-vous", "jusqu'à quand", "voorwaarden",
    "wat gebeurt er", "hoe werkt", "hoe werken", "bieden jullie", "tot wanneer", "villkor*", "vad händer",
    "hur fungerar", "hur funkar", "erbjuder ni",
];

/// Whether one is free to end it: with `QUESTION`, never a wish to.
#[rustfmt::skip]
pub(super) const ANY_TIME: &[&str] = &[
    "at any time", "any time", "anytime", "whenever", "at any moment", "à tout moment", "n'importe quand",
    "quand je veux", "op elk moment", "altijd", "wanneer ik wil", "ieder moment", "när som helst", "när jag vill",
];

/// The same as `RULES`, where nothing is wished for.
#[rustfmt::skip]
pub(super) const TERMS: &[&str] = &[
    "how do i subscribe", "how can i become", "become a subscriber", "discount*", "save", "free shipping",
    "delivery free", "shipping cost*", "at any time", "anytime", "fee", "fees", "réduction*", "remise*", "j'économise",
    "comment s'abonner", "à tout moment", "frais", "korting*", "bespaar*", "op elk moment", "verzendkosten",
    "hoe neem ik", "rabatt*", "sparar", "hur prenumererar", "när som helst", "avgift*", "frakt*",
];

/// How a question about the way of things begins, which may be a polite wish.
#[rustfmt::skip]
pub(super) const QUESTION: &[&str] = &[
    "how do", "how can", "how to", "can i", "can you", "can one", "could i", "may i", "am i able", "is it possible",
    "comment", "puis-je", "peut-on", "est-ce que je peux", "est-il possible", "hoe kan", "hoe moet", "hoe zeg",
    "kan ik", "kun je", "mag ik", "is het", "is het mogelijk", "opzegbaar", "hur gör", "hur kan", "hur pausar",
    "hur avslutar", "hur säger", "kan jag", "kan man", "får jag", "får man", "går det att",
];

#[rustfmt::skip]
pub(super) const LEAVING: &[&str] = &[
    "never mind", "nevermind", "forget it", "leave it", "leave it as it is", "keep it", "keep my", "doesn't matter",
    "laissez tomber", "tant pis", "peu importe", "garder", "je garde", "laat maar", "maakt niet uit", "houden",
    "ik hou", "strunt i det", "glöm det", "det gör inget", "låt det vara", "behåll*",
];

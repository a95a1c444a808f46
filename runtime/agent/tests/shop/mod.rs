//! Five skills of a shop with examples in four languages.

#![allow(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

use usher_agent::router::{Example, SkillExamples};
use usher_manifest::PluginId;

pub(crate) fn id(text: &str) -> PluginId {
    text.parse().unwrap()
}

fn skill(id_: &str, name: &str, overview: &str, examples: &[(&str, &[&str])]) -> SkillExamples {
    SkillExamples {
        id: id(id_),
        name: name.to_owned(),
        overview: overview.to_owned(),
        when_to_use: Vec::new(),
        examples: examples
            .iter()
            .flat_map(|(language, texts)| texts.iter().map(|text| Example::new(*language, *text)))
            .collect(),
    }
}

pub(crate) fn skills() -> Vec<SkillExamples> {
    vec![
        skill(
            "order-tracking",
            "Order tracking",
            "Tells where an order is and when it arrives.",
            &[
                (
                    "en",
                    &[
                        "where is my order",
                        "track my package",
                        "when will my parcel arrive",
                        "has my order shipped yet",
                        "my delivery is late",
                        "I have not received my order",
                        "what is the status of order 1001",
                        "tracking number please",
                        "the tracking says delivered but I have nothing",
                        "is my order on its way",
                        "how long until my package gets here",
                        "which carrier has my parcel",
                    ],
                ),
                (
                    "fr",
                    &[
                        "où est ma commande",
                        "suivre mon colis",
                        "quand vais-je recevoir mon colis",
                        "ma commande est-elle partie",
                        "ma livraison est en retard",
                        "je n'ai pas reçu ma commande",
                    ],
                ),
                (
                    "nl",
                    &[
                        "waar is mijn bestelling",
                        "waar blijft mijn pakket",
                        "wanneer komt mijn pakje aan",
                        "is mijn bestelling al verzonden",
                        "mijn levering is te laat",
                        "ik heb mijn bestelling niet ontvangen",
                    ],
                ),
                (
                    "sv",
                    &[
                        "var är min beställning",
                        "spåra mitt paket",
                        "när kommer mitt paket",
                        "har min order skickats",
                        "leveransen är försenad",
                        "jag har inte fått min beställning",
                    ],
                ),
            ],
        ),
        skill(
            "returns",
            "Returns & exchanges",
            "Guides returns and exchanges.",
            &[
                (
                    "en",
                    &[
                        "I want to return my shoes",
                        "how do I send something back",
                        "can I exchange this for another size",
                        "start a return",
                        "what is your return policy",
                        "I need a return label",
                        "the jacket does not fit, I want my money back",
                        "when do I get my refund",
                        "the item arrived broken, I want to return it",
                        "how long do I have to return an item",
                        "can I swap the colour",
                        "I would like a refund",
                    ],
                ),
                (
                    "fr",
                    &[
                        "je veux retourner un article",
                        "comment renvoyer un produit",
                        "puis-je échanger la taille",
                        "quelle est votre politique de retour",
                        "je voudrais être remboursé",
                        "il me faut une étiquette de retour",
                    ],
                ),
                (
                    "nl",
                    &[
                        "ik wil iets retourneren",
                        "hoe stuur ik een artikel terug",
                        "kan ik ruilen voor een andere maat",
                        "wat is jullie retourbeleid",
                        "ik wil mijn geld terug",
                        "ik heb een retourlabel nodig",
                    ],
                ),
                (
                    "sv",
                    &[
                        "jag vill returnera en vara",
                        "hur skickar jag tillbaka något",
                        "kan jag byta storlek",
                        "vad har ni för returpolicy",
                        "jag vill ha pengarna tillbaka",
                        "jag behöver en retursedel",
                    ],
                ),
            ],
        ),
        skill(
            "subscriptions",
            "Subscriptions",
            "Pauses, changes and cancels subscriptions.",
            &[
                (
                    "en",
                    &[
                        "pause my subscription",
                        "cancel my subscription",
                        "skip the next delivery of my subscription",
                        "change how often I get my box",
                        "when is my next subscription charge",
                        "resume my subscription",
                        "I want to stop the monthly plan",
                        "update my subscription",
                        "why was I charged for a subscription",
                        "move my next box to another date",
                    ],
                ),
                (
                    "fr",
                    &[
                        "mettre mon abonnement en pause",
                        "annuler mon abonnement",
                        "sauter la prochaine livraison de mon abonnement",
                        "modifier mon abonnement",
                        "quand est le prochain prélèvement",
                        "reprendre mon abonnement",
                    ],
                ),
                (
                    "nl",
                    &[
                        "mijn abonnement pauzeren",
                        "ik wil mijn abonnement opzeggen",
                        "de volgende levering van mijn abonnement overslaan",
                        "mijn abonnement wijzigen",
                        "wanneer wordt mijn abonnement afgeschreven",
                        "mijn abonnement hervatten",
                    ],
                ),
                (
                    "sv",
                    &[
                        "pausa min prenumeration",
                        "säg upp min prenumeration",
                        "hoppa över nästa leverans i prenumerationen",
                        "ändra min prenumeration",
                        "när dras nästa betalning för prenumerationen",
                        "återuppta prenumerationen",
                    ],
                ),
            ],
        ),
        skill(
            "coupons",
            "Coupons & discounts",
            "Shows discount codes.",
            &[
                (
                    "en",
                    &[
                        "do you have a discount code",
                        "is there a coupon",
                        "my promo code does not work",
                        "how do I apply a voucher",
                        "any sales on at the moment",
                        "student discount",
                        "can I use two coupons at once",
                        "is there a code for new customers",
                        "when does the offer end",
                        "give me a discount",
                    ],
                ),
                (
                    "fr",
                    &[
                        "avez-vous un code promo",
                        "mon code de réduction ne marche pas",
                        "y a-t-il des soldes",
                        "comment utiliser un bon de réduction",
                        "une remise pour étudiants",
                        "je voudrais une réduction",
                    ],
                ),
                (
                    "nl",
                    &[
                        "hebben jullie een kortingscode",
                        "mijn kortingscode werkt niet",
                        "is er nu een actie",
                        "hoe gebruik ik een waardebon",
                        "studentenkorting",
                        "ik wil graag korting",
                    ],
                ),
                (
                    "sv",
                    &[
                        "har ni någon rabattkod",
                        "min rabattkod fungerar inte",
                        "är det rea just nu",
                        "hur använder jag en kupong",
                        "studentrabatt",
                        "jag vill ha rabatt",
                    ],
                ),
            ],
        ),
        skill(
            "general-qa",
            "General Q&A",
            "Answers questions about the shop from its articles.",
            &[
                (
                    "en",
                    &[
                        "what are your opening hours",
                        "do you ship to Belgium",
                        "which payment methods do you accept",
                        "where are your shops",
                        "is your packaging recyclable",
                        "what are the shipping costs",
                        "how do I wash the wool sweater",
                        "do you have gift cards",
                        "are your products vegan",
                        "how do I create an account",
                    ],
                ),
                (
                    "fr",
                    &[
                        "quels sont vos horaires",
                        "livrez-vous en belgique",
                        "quels moyens de paiement acceptez-vous",
                        "où sont vos magasins",
                        "combien coûte la livraison",
                        "vendez-vous des cartes cadeaux",
                    ],
                ),
                (
                    "nl",
                    &[
                        "wat zijn jullie openingstijden",
                        "leveren jullie in belgië",
                        "hoe kan ik betalen",
                        "waar zijn jullie winkels",
                        "wat kost verzending",
                        "verkopen jullie cadeaubonnen",
                    ],
                ),
                (
                    "sv",
                    &[
                        "vilka öppettider har ni",
                        "skickar ni till belgien",
                        "hur kan jag betala",
                        "var ligger era butiker",
                        "vad kostar frakten",
                        "säljer ni presentkort",
                    ],
                ),
            ],
        ),
    ]
}

//! What the assistant can do, in a customer's words.

use crate::texts::Language;
use usher_manifest::PluginId;

/// The skills that customers know what to do with, those first that are asked for most: in English, French, Dutch and
/// Swedish, as it goes on after "I can".
const SERVICES: [(&str, [&str; 4]); 8] = [
    (
        "order-tracking",
        ["look up orders", "retrouver vos commandes", "bestellingen opzoeken", "leta upp beställningar"],
    ),
    (
        "returns-exchanges",
        ["help with returns", "vous aider pour un retour", "helpen met retouren", "hjälpa till med returer"],
    ),
    (
        "order-editing",
        [
            "change or cancel orders",
            "modifier ou annuler une commande",
            "bestellingen wijzigen of annuleren",
            "ändra eller avbeställa",
        ],
    ),
    (
        "product-recommendations",
        ["suggest products", "vous conseiller des produits", "producten aanraden", "föreslå produkter"],
    ),
    (
        "subscriptions",
        ["manage subscriptions", "gérer vos abonnements", "abonnementen beheren", "hantera prenumerationer"],
    ),
    ("coupons-discounts", ["find discounts", "trouver des réductions", "kortingen vinden", "hitta rabatter"]),
    ("loyalty", ["check your points", "consulter vos points", "je punten bekijken", "kolla dina poäng"]),
    (
        "general-qa",
        [
            "answer questions about the shop",
            "répondre à vos questions sur la boutique",
            "vragen over de winkel beantwoorden",
            "svara på frågor om butiken",
        ],
    ),
];

/// So many are named: a greeting is no table of contents.
const NAMED: usize = 4;

/// What these skills can do: `look up orders, help with returns and answer questions about the shop`; none where nothing
/// is known of any of them. Questions about the shop come last, and are named whatever else is left out.
pub(super) fn services(skills: &[PluginId], language: Language) -> Option<String> {
    let place = match language {
        Language::English => 0,
        Language::French => 1,
        Language::Dutch => 2,
        Language::Swedish => 3,
    };
    let live = SERVICES.iter().filter(|(id, _)| skills.iter().any(|skill| skill.as_str() == *id));
    let mut phrases: Vec<&str> = live.map(|(_, phrases)| phrases[place]).collect();
    if phrases.len() > NAMED {
        phrases.drain(NAMED - 1..phrases.len() - 1);
    }
    let last = phrases.pop()?;
    let and = ["and", "et", "en", "och"][place];
    Some(if phrases.is_empty() { last.to_owned() } else { format!("{} {and} {last}", phrases.join(", ")) })
}

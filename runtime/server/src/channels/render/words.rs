//! The few words that stand beside what a card holds, where a channel has no cards.

use usher_agent::texts::Language;

/// One language's words.
pub(super) struct Words {
    pub(super) order: &'static str,
    pub(super) ordered: &'static str,
    pub(super) total: &'static str,
    pub(super) delivery: &'static str,
    pub(super) carrier: &'static str,
    pub(super) tracking: &'static str,
    pub(super) code: &'static str,
    pub(super) valid_until: &'static str,
    pub(super) in_stock: &'static str,
    pub(super) sold_out: &'static str,
    pub(super) points: &'static str,
    pub(super) tier: &'static str,
    pub(super) rewards: &'static str,
    /// Before the link to the customer's own page.
    pub(super) more: &'static str,
    pub(super) next_delivery: &'static str,
    pub(super) source: &'static str,
    /// Before numbered choices.
    pub(super) answer_with: &'static str,
    /// On the button that opens a list of choices.
    pub(super) choose: &'static str,
    /// After the two answers of a question: how to give one.
    pub(super) yes_or_no: &'static str,
    /// In the place of a message whose words were erased.
    pub(super) erased: &'static str,
}

pub(super) fn of(locale: &str) -> &'static Words {
    match Language::of(locale).unwrap_or(Language::English) {
        Language::English => &ENGLISH,
        Language::French => &FRENCH,
        Language::Dutch => &DUTCH,
        Language::Swedish => &SWEDISH,
    }
}

static ENGLISH: Words = Words {
    order: "Order",
    ordered: "Ordered",
    total: "Total",
    delivery: "Expected",
    carrier: "Carrier",
    tracking: "Tracking number",
    code: "Code",
    valid_until: "Valid until",
    in_stock: "in stock",
    sold_out: "sold out",
    points: "Points",
    tier: "Tier",
    rewards: "Rewards",
    more: "More",
    next_delivery: "Next delivery",
    source: "Source",
    answer_with: "Answer with the number:",
    choose: "Choose",
    yes_or_no: "Answer yes or no.",
    erased: "This message was erased.",
};

static FRENCH: Words = Words {
    order: "Commande",
    ordered: "Commandée",
    total: "Total",
    delivery: "Livraison prévue",
    carrier: "Transporteur",
    tracking: "Numéro de suivi",
    code: "Code",
    valid_until: "Valable jusqu’au",
    in_stock: "en stock",
    sold_out: "épuisé",
    points: "Points",
    tier: "Statut",
    rewards: "Récompenses",
    more: "En savoir plus",
    next_delivery: "Prochaine livraison",
    source: "Source",
    answer_with: "Répondez par le numéro :",
    choose: "Choisir",
    yes_or_no: "Répondez par oui ou par non.",
    erased: "Ce message a été effacé.",
};

static DUTCH: Words = Words {
    order: "Bestelling",
    ordered: "Besteld",
    total: "Totaal",
    delivery: "Verwacht",
    carrier: "Vervoerder",
    tracking: "Trackingnummer",
    code: "Code",
    valid_until: "Geldig tot",
    in_stock: "op voorraad",
    sold_out: "uitverkocht",
    points: "Punten",
    tier: "Niveau",
    rewards: "Beloningen",
    more: "Meer",
    next_delivery: "Volgende levering",
    source: "Bron",
    answer_with: "Antwoord met het nummer:",
    choose: "Kies",
    yes_or_no: "Antwoord met ja of nee.",
    erased: "Dit bericht is gewist.",
};

static SWEDISH: Words = Words {
    order: "Beställning",
    ordered: "Beställd",
    total: "Summa",
    delivery: "Beräknad leverans",
    carrier: "Fraktbolag",
    tracking: "Kollinummer",
    code: "Kod",
    valid_until: "Gäller till",
    in_stock: "i lager",
    sold_out: "slutsåld",
    points: "Poäng",
    tier: "Nivå",
    rewards: "Belöningar",
    more: "Mer",
    next_delivery: "Nästa leverans",
    source: "Källa",
    answer_with: "Svara med numret:",
    choose: "Välj",
    yes_or_no: "Svara ja eller nej.",
    erased: "Det här meddelandet har raderats.",
};

//! The states of a customer's things, in words.

use crate::texts::Language;

/// One language's words.
pub(super) struct Words {
    /// By the contract's name of the state, with what is said of any other last.
    pub(super) order: &'static [(&'static str, &'static str)],
    pub(super) returned: &'static [(&'static str, &'static str)],
    pub(super) subscription: &'static [(&'static str, &'static str)],
    /// Unit, one of it, and several of it with `{}`.
    pub(super) every: &'static [(&'static str, &'static str, &'static str)],
    pub(super) track: &'static str,
    pub(super) view_order: &'static str,
    pub(super) view_return: &'static str,
    pub(super) label: &'static str,
    pub(super) manage: &'static str,
}

impl Words {
    pub(super) fn state(list: &'static [(&'static str, &'static str)], name: &str) -> &'static str {
        let found = list.iter().find(|(known, _)| *known == name).or(list.last());
        found.map_or("", |(_, words)| words)
    }

    pub(super) fn interval(&self, unit: &str, count: u64) -> String {
        let Some((_, one, many)) = self.every.iter().find(|(known, _, _)| *known == unit) else { return String::new() };
        if count == 1 { (*one).to_owned() } else { many.replace("{}", &count.to_string()) }
    }
}

pub(super) fn of(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::French => &FRENCH,
        Language::Dutch => &DUTCH,
        Language::Swedish => &SWEDISH,
    }
}

static ENGLISH: Words = Words {
    order: &[
        ("unfulfilled", "Being prepared"),
        ("partially-fulfilled", "Partly on its way"),
        ("fulfilled", "On its way"),
        ("delivered", "Delivered"),
        ("cancelled", "Cancelled"),
        ("returned", "Returned"),
    ],
    returned: &[
        ("requested", "requested"),
        ("open", "open"),
        ("in-review", "being checked"),
        ("closed", "completed"),
        ("cancelled", "cancelled"),
        ("expired", "expired"),
        ("rejected", "declined"),
        ("other", "under way"),
    ],
    subscription: &[
        ("active", "Active"),
        ("paused", "Paused"),
        ("cancelled", "Cancelled"),
        ("expired", "Ended"),
        ("other", "See the portal"),
    ],
    every: &[
        ("day", "every day", "every {} days"),
        ("week", "every week", "every {} weeks"),
        ("month", "every month", "every {} months"),
        ("year", "every year", "every {} years"),
    ],
    track: "Track parcel",
    view_order: "View order",
    view_return: "View return",
    label: "Label",
    manage: "Manage subscriptions",
};

static FRENCH: Words = Words {
    order: &[
        ("unfulfilled", "En préparation"),
        ("partially-fulfilled", "En partie expédiée"),
        ("fulfilled", "Expédiée"),
        ("delivered", "Livrée"),
        ("cancelled", "Annulée"),
        ("returned", "Retournée"),
    ],
    returned: &[
        ("requested", "demandé"),
        ("open", "ouvert"),
        ("in-review", "en cours de vérification"),
        ("closed", "terminé"),
        ("cancelled", "annulé"),
        ("expired", "expiré"),
        ("rejected", "refusé"),
        ("other", "en cours"),
    ],
    subscription: &[
        ("active", "Actif"),
        ("paused", "En pause"),
        ("cancelled", "Résilié"),
        ("expired", "Terminé"),
        ("other", "Voir le portail"),
    ],
    every: &[
        ("day", "chaque jour", "tous les {} jours"),
        ("week", "chaque semaine", "toutes les {} semaines"),
        ("month", "chaque mois", "tous les {} mois"),
        ("year", "chaque année", "tous les {} ans"),
    ],
    track: "Suivre le colis",
    view_order: "Voir la commande",
    view_return: "Voir le retour",
    label: "Étiquette",
    manage: "Gérer les abonnements",
};

static DUTCH: Words = Words {
    order: &[
        ("unfulfilled", "In voorbereiding"),
        ("partially-fulfilled", "Deels onderweg"),
        ("fulfilled", "Onderweg"),
        ("delivered", "Bezorgd"),
        ("cancelled", "Geannuleerd"),
        ("returned", "Geretourneerd"),
    ],
    returned: &[
        ("requested", "aangevraagd"),
        ("open", "open"),
        ("in-review", "wordt gecontroleerd"),
        ("closed", "afgerond"),
        ("cancelled", "geannuleerd"),
        ("expired", "verlopen"),
        ("rejected", "afgewezen"),
        ("other", "in behandeling"),
    ],
    subscription: &[
        ("active", "Actief"),
        ("paused", "Gepauzeerd"),
        ("cancelled", "Opgezegd"),
        ("expired", "Afgelopen"),
        ("other", "Zie het portaal"),
    ],
    every: &[
        ("day", "elke dag", "elke {} dagen"),
        ("week", "elke week", "elke {} weken"),
        ("month", "elke maand", "elke {} maanden"),
        ("year", "elk jaar", "elke {} jaar"),
    ],
    track: "Volg pakket",
    view_order: "Bekijk bestelling",
    view_return: "Bekijk retour",
    label: "Label",
    manage: "Abonnementen beheren",
};

static SWEDISH: Words = Words {
    order: &[
        ("unfulfilled", "Förbereds"),
        ("partially-fulfilled", "Delvis skickad"),
        ("fulfilled", "På väg"),
        ("delivered", "Levererad"),
        ("cancelled", "Avbokad"),
        ("returned", "Returnerad"),
    ],
    returned: &[
        ("requested", "begärd"),
        ("open", "öppen"),
        ("in-review", "kontrolleras"),
        ("closed", "avslutad"),
        ("cancelled", "avbruten"),
        ("expired", "utgången"),
        ("rejected", "nekad"),
        ("other", "pågår"),
    ],
    subscription: &[
        ("active", "Aktiv"),
        ("paused", "Pausad"),
        ("cancelled", "Uppsagd"),
        ("expired", "Avslutad"),
        ("other", "Se portalen"),
    ],
    every: &[
        ("day", "varje dag", "var {}:e dag"),
        ("week", "varje vecka", "var {}:e vecka"),
        ("month", "varje månad", "var {}:e månad"),
        ("year", "varje år", "var {}:e år"),
    ],
    track: "Spåra paketet",
    view_order: "Visa beställningen",
    view_return: "Visa returen",
    label: "Fraktsedel",
    manage: "Hantera prenumerationer",
};

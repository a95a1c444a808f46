//! What changes a subscription.

use super::meet;

/// Verbs that Dutch and Swedish take apart: "zeg ik mijn abonnement op", "säger jag upp".
pub(super) fn parts(said: &str) -> bool {
    meet(said, &["zeg", "zegt", "zeggen"], &["op"]) || meet(said, &["säg", "säga", "säger"], &["upp"])
}

#[rustfmt::skip]
pub(super) const SKIPPING: &[&str] = &[
    "skip*", "leave out", "miss out the next", "don't send the next", "do not send the next", "don't want the next",
    "not this month", "sauter", "saute", "sautez", "passer la prochaine", "passez la prochaine", "passer la livraison",
    "overslaan", "sla de volgende", "sla mijn", "slaan jullie", "overgeslagen", "hoppa över", "hoppa", "hoppar över",
    "stå över",
];

#[rustfmt::skip]
pub(super) const PAUSING: &[&str] = &[
    "pause*", "pausing", "on hold", "put it on hold", "take a break", "a break from", "suspend", "suspending",
    "freeze", "freezing", "stop for a while", "mettre en pause", "mets en pause", "mettez en pause", "faire une pause",
    "suspendre", "suspendez", "interrompre", "geler", "pauze*", "gepauzeerd", "bevries*", "bevriez*", "even stil",
    "stopzetten voor", "tijdelijk", "pausa*", "uppehåll*", "frys*", "tillfälligt",
];

#[rustfmt::skip]
pub(super) const RESUMING: &[&str] = &[
    "resume*", "resuming", "restart*", "reactivate*", "unpause*", "start again", "start it again", "begin again",
    "continue my", "carry on with my", "turn it back on", "back on", "reprendre", "reprenez", "relancer", "réactiver",
    "reactiver", "recommencer", "redémarrer", "hervat*", "herstart*", "weer starten", "opnieuw starten",
    "weer activeren", "heractiveer*", "heractiveren", "återuppta*", "starta om", "starta igen", "återaktivera*",
    "aktivera igen",
];

/// With `AGAIN`: resuming.
#[rustfmt::skip]
pub(super) const STARTING: &[&str] = &[
    "start*", "begin*", "deliver", "delivering", "sending", "activate", "démarrer", "commencer", "livrer", "activer",
    "leveren", "activeren", "börja*", "leverera", "skicka", "aktivera",
];

#[rustfmt::skip]
pub(super) const AGAIN: &[&str] = &[
    "again", "once more", "à nouveau", "de nouveau", "opnieuw", "weer", "igen", "på nytt",
];

/// Not, and never.
#[rustfmt::skip]
pub(super) const NEGATING: &[&str] = &[
    "don't", "dont", "do not", "didn't", "doesn't", "not", "never", "no", "ne", "n'", "pas", "jamais", "niet", "nooit",
    "geen", "inte", "aldrig", "ingen", "inget",
];

/// With `MORE`: to have it end.
#[rustfmt::skip]
pub(super) const NO: &[&str] = &[
    "no", "not", "don't", "dont", "do not", "ne", "n'", "geen", "niet", "inga", "ingen", "inget", "inte",
    "plus de livraison*", "plus de colis", "plus d'envoi*", "plus aucun*",
];

#[rustfmt::skip]
pub(super) const MORE: &[&str] = &[
    "no more", "any more", "anymore", "any longer", "no longer", "further", "future deliveries", "veux plus",
    "souhaite plus", "plus de livraison*", "plus de colis", "plus d'envoi*", "plus aucun*", "plus recevoir", "meer",
    "inga fler", "inget mer", "inte mer", "inte längre", "inte ha fler", "vill inte ha mer", "inte få fler",
];

/// Not to want something, or to ask for it not to be.
#[rustfmt::skip]
pub(super) const NOT_WANTED: &[&str] = &[
    "don't want", "dont want", "do not want", "don't renew", "do not renew", "not to renew", "ne veux pas",
    "ne veux plus", "ne souhaite pas", "ne souhaite plus", "ne renouvelez pas", "wil niet", "wil geen",
    "niet verlengen", "vill inte", "vill jag inte", "förnya inte", "inte förnya",
];

/// One for another.
#[rustfmt::skip]
pub(super) const INSTEAD: &[&str] = &[
    "instead", "rather than", "au lieu", "plutôt", "in plaats", "liever", "i stället", "istället", "hellre",
];

/// Until some time.
#[rustfmt::skip]
pub(super) const WHILE: &[&str] = &[
    "for a while", "for the summer", "for the winter", "for now", "for some time", "over the summer", "during",
    "until", "for a month", "for two months", "a few weeks", "a few months", "pendant", "jusqu'*", "quelque temps",
    "le temps des", "pour l'été", "voor de zomer", "tijdens", "een tijdje", "tot ik", "tot en met", "voorlopig",
    "een paar", "under", "ett tag", "över sommaren", "i sommar", "tills", "ett par",
];

/// To stop what comes, where it is known to be a subscription.
#[rustfmt::skip]
pub(super) const STOPPING: &[&str] = &[
    "stop", "stopp*", "turn off", "switch off", "disable", "arrêter", "arreter", "arrêtez", "arrête", "désactiver",
    "désactivez", "cesser", "stopzetten", "stopt", "uitzetten", "zet uit", "sluta", "stäng av", "stänga av",
];

#[rustfmt::skip]
pub(super) const CANCELLING: &[&str] = &[
    "cancel*", "cancle*", "end my", "end the", "stop it", "unsubscrib*", "quit", "terminate*", "terminating",
    "get out of", "don't want it anymore", "get rid of", "annul*", "résili*", "resili*", "désabonne*", "me désabonner",
    "mettre fin", "mettez fin", "mets fin", "opzeg*", "opgezegd", "zeg ik op", "beëindig*", "uitschrijven", "avsluta*",
    "avbryt*", "avbeställ*", "säg upp", "säga upp", "säger upp", "sluta prenumerera", "zeg mijn",
];

#[rustfmt::skip]
pub(super) const MOVING: &[&str] = &[
    "reschedul*", "postpone*", "postponing", "move my next", "move the next", "move it", "move my delivery", "delay*",
    "push back", "push it back", "put off", "bring forward", "forward", "earlier date", "later date", "another date",
    "another day", "different day", "different date", "sooner", "earlier", "later", "wait with", "hold back",
    "reporter", "reportez", "décaler", "décalez", "repousser", "repoussez", "retarder", "retardez", "avancer",
    "avancez", "changer la date", "autre date", "autre jour", "plus tard", "plus tôt", "attendre", "verzet*",
    "verplaats*", "uitstellen", "stel uit", "andere datum", "andere dag", "de datum wijzigen", "eerder", "wachten met",
    "wacht met", "vervroeg*", "flytta*", "skjut*", "senarelägg*", "tidigarelägg*", "annat datum", "annan dag",
    "ändra datum*", "ändra leveransdatum*", "byt datum", "byta datum", "senare", "tidigare", "vänta med",
];

/// With `DAY`: moving.
#[rustfmt::skip]
pub(super) const CHANGE: &[&str] = &[
    "change", "move", "shift", "alter", "changer", "modifier", "déplacer", "wijzig*", "verander*", "aanpassen",
    "ändra", "byta", "byt",
];

#[rustfmt::skip]
pub(super) const DAY: &[&str] = &[
    "the date", "the day", "delivery day", "delivery date", "charge date", "shipping date", "date", "le jour",
    "jour de livraison", "la date", "date de livraison", "leverdag", "leverdatum", "bezorgdag", "datum", "dag",
    "leveransdag*", "leveransdatum*", "dagen",
];

/// Other goods than before.
#[rustfmt::skip]
pub(super) const OTHER_GOODS: &[&str] = &[
    "another coffee", "other coffee", "different coffee", "different beans", "other beans", "another blend",
    "different blend", "another roast", "different roast", "different tea", "another tea", "different product",
    "another product", "autre café", "autres grains", "autre thé", "autre produit", "autre mélange", "changer de café",
    "changer le café", "changer de produit", "andere koffie", "andere bonen", "andere thee", "ander product",
    "andere melange", "annat kaffe", "andra bönor", "annat te", "annan produkt", "annan sort", "byta kaffe",
    "byt kaffe", "byta produkt",
];

/// What no tool of this skill changes.
#[rustfmt::skip]
pub(super) const PORTAL: &[&str] = &[
    "quantity", "flavour", "flavor", "product", "item", "swap*", "replace*", "another coffee", "other coffee",
    "different coffee", "different beans", "different blend", "another blend", "my monthly beans", "address*",
    "somewhere else", "elsewhere", "card", "payment*", "credit card", "frequency", "how often", "interval",
    "more often", "less often", "size", "bigger", "smaller", "larger", "upgrade*", "downgrade*", "add to",
    "add something", "add a*", "remove*", "only one", "only two", "just one", "two of each", "start of the month",
    "beginning of the month", "end of the month", "middle of the month", "start a subscription", "new subscription",
    "sign up", "settings", "edit", "quantité", "produit", "l'adresse", "d'adresse", "ailleurs", "carte", "paiement",
    "fréquence", "plus souvent", "moins souvent", "échanger", "remplacer", "autre café", "changer le café",
    "changer de café", "ajouter", "retirer", "enlever", "un seul", "une seule", "seulement", "formule supérieure",
    "supérieur*", "inférieur*", "début du mois", "fin du mois", "milieu du mois", "souscrire", "hoeveelheid", "aantal",
    "adres", "ergens anders", "elders", "betaal*", "betaling*", "creditcard", "nieuwe kaart", "andere kaart",
    "frequentie", "hoe vaak", "vaker", "minder vaak", "andere koffie", "ander product", "vervang*", "toevoegen",
    "verwijderen", "maar een", "maar één", "slechts", "groter pakket", "kleiner pakket", "begin van de maand",
    "eind van de maand", "afsluiten", "antal*", "mängd*", "adress*", "någon annanstans", "kort", "kortet",
    "betalkort*", "betaln*", "hur ofta", "oftare", "mer sällan", "byta kaffe", "annat kaffe", "annan produkt",
    "byta ut", "lägg till", "lägga till", "ta bort", "bara en", "bara ett", "större paket", "mindre paket",
    "början av månaden", "slutet av månaden", "teckna",
];

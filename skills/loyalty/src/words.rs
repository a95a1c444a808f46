//! The words by which a wish is known, in English, French, Dutch and Swedish: what is of the programme at all, then the wishes.
//!
//! A word that belongs to other subjects too (a status, a level, a club) is of the programme where nothing else that
//! customers ask about is named.

use usher_sdk::skill::prelude::*;

mod points;

pub(crate) use points::*;

/// Whether a text speaks of the programme.
pub(crate) fn is_of_loyalty(said: &str) -> bool {
    let has = |list| mentions(said, list);
    if is_certainly_of_loyalty(said) {
        return true;
    }
    if has(OTHER_SUBJECTS) {
        return false;
    }
    has(MEMBERSHIP)
        || has(RISING_ALONE)
        || has(COLLECTING)
        || has(REDEMPTION) && !has(CODE)
        || has(WELCOME) && has(GIFTS)
        || has(BIRTHDAY) && has(GIFTS) && !has(PRESENTS_FOR)
        || has(STATUS) && (has(OWN) || has(LOST) || has(RISING) || has(PERKS))
        || has(METALS) && (has(BEING) || has(LOST) || has(RISING) || has(PERKS))
}

/// Whether it names what only a loyalty programme has.
pub(crate) fn is_certainly_of_loyalty(said: &str) -> bool {
    (mentions(said, LOYALTY) || has_ending(said, COMPOUNDS)) && !mentions(said, OTHER_POINTS)
}

/// Whether it is about bringing friends along.
pub(crate) fn is_of_friends(said: &str) -> bool {
    let has = |list| mentions(said, list);
    has(REFERRAL) || has(FRIENDS) && (has(INVITING) || has(JOINING) && has(MISSING))
}

/// Whether a word ends so: Dutch and Swedish write "verjaardagspunten", "födelsedagspoäng".
fn has_ending(said: &str, endings: &[&str]) -> bool {
    let said = said.to_lowercase();
    said.split(|c: char| !c.is_alphanumeric()).any(|word| endings.iter().any(|ending| word.ends_with(ending)))
}

#[rustfmt::skip]
pub(crate) const POINT: &[&str] = &[
    "point", "points", "punt", "punten*", "spaarpunten", "spaarsaldo", "poäng*", "bonuspoäng", "saldo", "balance",
    "solde",
];

#[rustfmt::skip]
pub(crate) const REWARD: &[&str] = &[
    "reward*", "récompense*", "recompense*", "cadeaux", "beloning*", "belöning*", "förmån*",
];

/// Of nothing but the programme.
#[rustfmt::skip]
const LOYALTY: &[&str] = &[
    "point", "points", "reward*", "loyalty*", "bonus*", "vip*", "tier", "tiers", "récompense*", "recompense*",
    "fidélité*", "fidelite*", "palier*", "punt", "punten*", "spaar*", "beloning*", "loyaliteit*", "trouwe klant*",
    "klantenprogramma*", "klantenkaart*", "ledenkaart*", "poäng*", "belöning*", "förmån*", "lojalitet*", "kundklubb*",
    "stamkund*", "kundkort*", "circle",
];

/// What words of Dutch and Swedish end with.
const COMPOUNDS: &[&str] = &["punten", "poäng", "poängen", "bonus", "kundklubb", "kundklubben"];

/// Points that aren't collected.
#[rustfmt::skip]
const OTHER_POINTS: &[&str] = &[
    "pickup point*", "pick-up point*", "pick up point*", "collection point*", "drop-off point*", "at this point",
    "at that point", "the point is", "point relais", "points relais", "point de retrait", "points de retrait",
    "point de vente", "au point", "afhaalpunt*", "ophaalpunt*", "afgiftepunt*", "servicepunt*",
];

/// The programme and who is in it.
#[rustfmt::skip]
pub(crate) const MEMBERSHIP: &[&str] = &[
    "programme", "program", "programs", "programmes", "scheme", "club", "member*", "level", "levels", "circle",
    "membre*", "adhésion", "adhérent*", "niveau*", "programma*", "lidmaatschap*", "lidnummer*", "lidkaart*", "leden*",
    "lid worden", "word lid", "word ik lid", "lid ben", "als lid", "programmet", "klubb*", "medlem*", "nivå*",
    "loyalty*", "rewards", "fidélité*", "spaarprogramma*", "kundklubb*", "bonusprogram*",
];

/// What else may have a status or a level, be in gold, or be collected.
#[rustfmt::skip]
const OTHER_SUBJECTS: &[&str] = &[
    "order", "orders", "order's", "parcel*", "package*", "delivery", "deliveries", "shipment*", "shipping", "tracking",
    "refund*", "exchange", "payment*", "invoice*", "subscription*", "newsletter*", "lamp*", "bulb*", "shade*",
    "brightness", "volume", "water", "noise", "colour*", "color*", "necklace*", "ring", "store", "pickup", "commande*",
    "colis", "livraison*", "retour*", "remboursement*", "abonnement*", "facture*", "couleur*", "magasin",
    "bestelling*", "pakket*", "levering*", "bezorging*", "terugbetaling*", "kleur*", "winkel", "ophalen",
    "beställning*", "ordern", "orderstatus", "paket*", "leverans*", "retur*", "återbetalning*", "prenumeration*",
    "färg*", "butik*",
];

#[rustfmt::skip]
const STATUS: &[&str] = &["status", "statut", "rank", "rang", "standing"];

#[rustfmt::skip]
const METALS: &[&str] = &["gold", "bronze", "platinum", "goud*", "zilver*", "brons*", "platina*", "guld*", "silver*"];

/// To be or become one.
#[rustfmt::skip]
const BEING: &[&str] = &[
    "am i", "i am", "i'm", "become", "get to", "reach", "benefits", "customer", "suis-je", "je suis", "devenir",
    "passer", "client", "ben ik", "ik ben", "worden", "word ik", "klant", "bli", "blir", "är jag", "jag är", "kund",
];

/// A level, and what is one.
#[rustfmt::skip]
pub(crate) const TIERS: &[&str] = &[
    "tier", "tiers", "level*", "status", "vip*", "gold", "bronze", "platinum", "rank", "niveau*", "statut", "palier*",
    "rang", "membre or", "statut or", "goud*", "zilver*", "brons*", "platina*", "nivå*", "medlemsnivå*", "guld*",
    "silver*",
];

/// Going up, staying and coming down.
#[rustfmt::skip]
pub(crate) const RISING: &[&str] = &[
    "reach*", "move up", "go up", "next", "higher", "become", "get to", "climb", "need", "require*", "reset*", "keep",
    "lose", "qualify", "maintain", "downgrade*", "drop*", "demoted", "why", "how long", "how much", "how many",
    "from which", "difference", "between", "atteindre", "suivant*", "prochain*", "monter", "supérieur*", "devenir",
    "passer", "garder", "conserver", "perdre", "réinitialis*", "remis", "remise à zéro", "pourquoi", "combien",
    "différence", "faut-il", "bereik*", "volgende*", "hoger*", "worden", "word ik", "hoe kom", "houden", "behoud*",
    "verlies*", "waarom", "hoelang", "hoe lang", "hoeveel", "opnieuw", "verschil", "når", "nästa", "högre", "upp",
    "bli", "blir", "behåll*", "förlora*", "varför", "hur länge", "hur mycket", "nollställ*", "skillnad*", "krävs",
];

/// The same where no level is named.
#[rustfmt::skip]
pub(crate) const RISING_ALONE: &[&str] = &[
    "move up", "level up", "levelling up", "next level", "next tier", "higher level", "higher tier",
    "monter de niveau", "monter en grade", "niveau supérieur", "palier suivant", "hogerop", "volgende niveau",
    "hoger niveau", "nästa nivå", "högre nivå", "upp en nivå", "upp i nivå",
];

#[rustfmt::skip]
pub(crate) const LOST: &[&str] = &[
    "lost", "lose", "losing", "no longer", "not anymore", "any more", "anymore", "used to be", "gone", "dropped",
    "perdu*", "plus", "kwijt", "verloren", "niet meer", "geen", "weg", "förlorat", "förlorade", "tappat", "tappade",
    "inte längre", "längre", "borta",
];

/// What members and levels have.
#[rustfmt::skip]
pub(crate) const PERKS: &[&str] = &[
    "benefit*", "advantage*", "perk*", "privilege*", "early access", "member price*", "members'", "member sale*",
    "what do", "what does", "get at", "avantage*", "privilège*", "accès anticipé", "prix membre*", "exclusi*",
    "voordel*", "voordeel*", "ledenvoordeel*", "ledenprij*", "ledenactie*", "voorrang", "förmån*", "fördel*",
    "medlemspris*", "medlemsförmån*", "medlemsrabatt*", "förtur*",
];

#[rustfmt::skip]
pub(crate) const BIRTHDAY: &[&str] = &[
    "birthday*", "bday", "anniversary", "anniversaire*", "d'anniversaire*", "verjaardag*", "jarig", "födelsedag*",
    "fyller år",
];

/// What one is given for it.
#[rustfmt::skip]
const GIFTS: &[&str] = &[
    "gift*", "present", "presents", "points", "bonus*", "reward*", "treat", "offer", "cadeau*", "surprise*", "prime",
    "offre", "verjaardagscadeau*", "verjaardagsbonus", "verjaardagspunten", "verrassing*", "presenten", "gåva",
    "födelsedagspresent*", "födelsedagsbonus", "überraskning", "överraskning*", "erbjudande", "poäng*",
];

/// A present that the customer looks for.
#[rustfmt::skip]
const PRESENTS_FOR: &[&str] = &[
    "for my", "for a", "for her", "for him", "idea*", "recommend*", "suggest*", "pour ma", "pour mon", "pour un*",
    "voor mijn", "voor een", "voor haar", "voor hem", "idee*", "till min", "till en", "till mitt", "idé*",
    "gift card*", "carte cadeau", "cadeaubon*", "presentkort*", "wrap*",
];

#[rustfmt::skip]
pub(crate) const WELCOME: &[&str] = &[
    "welcome*", "sign-up bonus", "signup bonus", "sign up bonus", "joining bonus", "bienvenue", "welkom*",
    "startbonus", "välkomst*",
];

#[rustfmt::skip]
pub(crate) const FREE: &[&str] = &[
    "free", "for free", "cost*", "fee", "fees", "charge*", "paid", "gratuit*", "payant*", "coûte*", "frais", "gratis",
    "kost", "kosten", "betaald*", "kostnadsfri*", "kostar", "avgift*",
];

#[rustfmt::skip]
pub(crate) const JOINING: &[&str] = &[
    "join*", "sign up", "sign me up", "signed up", "signup", "signing up", "enrol*", "become a", "register*",
    "be a member", "get in", "inscri*", "m'inscri*", "s'inscri*", "adhérer", "adhésion", "devenir", "rejoindre",
    "faire partie", "participer", "aanmeld*", "meld ik me aan", "lid worden", "word ik lid", "word lid",
    "lid te worden", "inschrijv*", "schrijf ik me in", "meedoen", "meedoe", "deelnemen", "gå med", "går jag med",
    "går man med", "bli medlem", "blir jag medlem", "blir man medlem", "registrera*", "anmäl*", "ansluta",
];

/// To leave the programme.
#[rustfmt::skip]
pub(crate) const QUITTING: &[&str] = &[
    "leave", "leaving", "quit*", "opt out", "unsubscribe*", "cancel*", "delete", "close", "deactivate", "remove me",
    "get out of", "withdraw*", "exit", "stop being", "end my", "désinscri*", "me désinscrire", "résili*", "annuler",
    "supprimer", "sortir", "fermer", "verlaten", "uitschrijv*", "opzeg*", "stoppen", "afmeld*", "verwijder*",
    "uitstappen", "eruit", "lämna*", "gå ur", "avsluta*", "säga upp", "säg upp", "ta bort", "avregistrera*",
    "sluta vara",
];

/// To have spent points back.
#[rustfmt::skip]
pub(crate) const UNDOING: &[&str] = &[
    "undo*", "take back", "taken back", "revers*", "revert*", "points back", "redeemed by mistake",
    "redeemed by accident", "by mistake", "by accident", "cancel a redemption", "cancel the redemption",
    "cancel my redemption", "cancel my reward", "cancel a reward", "annuler l'échange", "annuler un échange",
    "annuler ma récompense", "annuler une récompense", "récupérer mes points", "par erreur", "ongedaan*", "terugnemen",
    "terugdraaien", "punten terug", "per ongeluk", "inwisseling annuleren", "beloning annuleren", "ångra*",
    "ta tillbaka", "tillbaka mina poäng", "tillbaka poängen", "poängen tillbaka", "poäng tillbaka", "av misstag",
];

/// Points for what was bought outside the programme or before it.
#[rustfmt::skip]
pub(crate) const AFTERWARDS: &[&str] = &[
    "old order*", "older order*", "previous order*", "past order*", "earlier order*", "before joining",
    "before i joined", "add points", "add the points", "add my points", "forgot to log in", "forgot to sign in",
    "wasn't logged in", "not logged in", "as a guest", "ancienne commande", "anciennes commandes",
    "ajouter les points", "ajouter des points", "avant mon inscription", "sans me connecter", "oude bestelling*",
    "eerdere bestelling*", "vergeten in te loggen", "niet ingelogd", "als gast", "gammal order", "gammal beställning",
    "tidigare order", "tidigare köp", "tidigare beställning*", "lägga till poäng", "lägg till poäng",
    "glömde logga in", "inte inloggad", "som gäst",
];

/// Points of two people or accounts, points with something else, points for money.
#[rustfmt::skip]
pub(crate) const SHARING: &[&str] = &[
    "transfer*", "merge*", "share*", "sharing", "combine*", "pool*", "give my points", "give points", "two accounts",
    "paid out", "payout", "cash value", "store credit", "cash out", "transférer*", "partager", "fusionner", "donner",
    "deux comptes", "overdrag*", "overzetten", "samenvoeg*", "delen", "weggeven", "geven", "twee accounts",
    "uitbetal*", "överför*", "föra över", "slå ihop", "slå samman", "dela", "kombinera*", "ge bort", "ge poäng",
    "ge mina poäng", "två konton", "betalas ut",
];

/// Of somebody else than the customer.
#[rustfmt::skip]
pub(crate) const OTHER_PEOPLE: &[&str] = &[
    "husband", "wife", "partner", "family", "someone else*", "somebody else*", "anyone else", "another person",
    "my friend", "mon mari", "ma femme", "ma famille", "quelqu'un d'autre", "mijn man", "mijn vrouw", "iemand anders",
    "familie", "min man", "min fru", "någon annan*", "min familj",
];

/// How many at least, how many at most, and when.
#[rustfmt::skip]
pub(crate) const LIMITS: &[&str] = &[
    "minimum", "at least", "maximum", "limit", "limits", "at most", "au moins", "au minimum", "limite", "au plus",
    "minimaal", "minstens", "maximaal", "limiet", "minst", "högst", "minsta", "gräns*",
];

#[rustfmt::skip]
pub(crate) const CODE: &[&str] = &[
    "code", "codes", "voucher*", "coupon*", "kod", "koden", "koder", "rabattkod*", "belöningskod*", "kortingscode*",
    "bon", "waardebon*",
];

#[rustfmt::skip]
pub(crate) const BOUGHT: &[&str] = &[
    "redeemed", "exchanged", "claimed", "got for", "échangé", "echangé", "échangée", "ingewisseld", "verzilverd",
    "löst in", "löste in", "inlöst", "bytte",
];

/// A reward or its code that doesn't work.
#[rustfmt::skip]
pub(crate) const BROKEN: &[&str] = &[
    "invalid", "doesn't work", "does not work", "not working", "won't work", "isn't accepted", "not accepted",
    "rejected", "expired", "unusable", "invalide", "ne fonctionne pas", "ne marche pas", "refusé*", "expiré*",
    "werkt niet", "ongeldig", "geweigerd", "verlopen", "verloren", "fungerar inte", "funkar inte", "ogiltig*",
    "går inte att använda", "gått ut",
];

#[rustfmt::skip]
pub(crate) const LOOKING: &[&str] = &[
    "where", "where's", "wheres", "find", "see", "show", "lost", "unused", "où", "ou est", "trouver", "retrouver",
    "waar", "vinden", "kwijt", "var är", "hittar", "visa",
];

#[rustfmt::skip]
pub(crate) const MY_CODE: &[&str] = &[
    "where is my code", "where's my code", "lost my code", "my reward code", "où est mon code", "ou est mon code",
    "waar is mijn code", "var är min kod",
];

/// Bringing friends, by one word.
#[rustfmt::skip]
const REFERRAL: &[&str] = &[
    "referral*", "refer a", "refer my", "refer friends", "a friend orders", "recommend a friend", "bring a friend",
    "parrain*", "filleul*", "verwijzingslink*", "verwijslink*", "doorverwijs*", "aanbreng*", "vriendenlink",
    "vrienden uit", "vriend uit", "nodig een vriend", "värva*", "värvning*", "bjuda in", "bjud in", "tipsa en",
    "rekommendera en vän", "vänlänk",
];

#[rustfmt::skip]
const INVITING: &[&str] = &[
    "refer*", "invit*", "amener", "uitnodig*", "uitgenodigd", "nodig", "aanbreng*", "aangebracht", "doorverwijz*",
    "bjud*", "bjöd*", "värv*", "tipsa*",
];

#[rustfmt::skip]
const FRIENDS: &[&str] = &[
    "friend*", "mate", "mates", "colleague*", "sister*", "brother*", "family", "collègue*", "sœur*", "soeur*",
    "frère*", "famille", "zus", "broer*", "familie", "syster*", "bror*", "familj*", "ami", "amis", "amie", "amies",
    "un proche", "mes proches", "vriend*", "kennis*", "collega*", "vän", "vänner*", "vännen", "kompis*", "kollega*",
];

/// The customer's own link, rather than how it works.
#[rustfmt::skip]
pub(crate) const OWN_LINK: &[&str] = &[
    "my referral*", "my link", "mon lien", "mon code", "mijn link", "mijn code", "min länk", "min värvningslänk",
    "mijn verwijzingslink", "my code",
];

#[rustfmt::skip]
pub(crate) const MISSING: &[&str] = &[
    "missing", "not credited", "weren't credited", "wasn't credited", "not added", "weren't added",
    "haven't been added", "not received", "didn't receive", "didn't get", "did not get", "haven't received",
    "haven't got", "never got", "never received", "got nothing", "got no", "get no points", "see no", "no points",
    "no bonus", "no reward", "have nothing", "aucun bonus", "pas de bonus", "don't see", "can't see", "not showing",
    "disappeared", "vanished", "are gone", "lost my points", "where are my points", "manque*", "pas été crédité*",
    "pas ete credite*", "non crédité*", "pas reçu", "pas recu", "rien reçu", "pas eu", "pas de points", "aucun point",
    "disparu*", "perdu mes points", "ontbreken", "ontbreekt", "ik mis", "niet bijgeschreven", "niet gekregen",
    "niet ontvangen", "niets gekregen", "geen punten", "geen bonus", "verdwenen", "kwijt", "weg", "saknas", "saknar",
    "inte fått", "fick inga", "fick inte", "fick inget", "inga poäng", "ingen bonus", "inga bonus*",
    "inte registrerat*", "inte registrerade", "försvunnit", "försvann", "är borta",
];

#[rustfmt::skip]
pub(crate) const EXPIRY: &[&str] = &[
    "run out", "runs out", "how long are", "how long do", "valid", "lose points", "extend*", "expir*", "d'expiration",
    "périm*", "valable*", "validité", "prolonger", "perds mes points", "verlop*", "vervallen", "vervalt", "geldig*",
    "houdbaar", "verlengen", "raak ik punten kwijt", "gå ut", "går ut", "förfaller", "förfalla", "giltig*",
    "hur länge", "förlänga", "förlorar jag poäng",
];

/// Swedish splits "går ut": "går mina poäng ut?"
pub(crate) const RUNNING: &[&str] = &["går", "gå", "gick"];
pub(crate) const OUT: &[&str] = &["ut"];

/// Points of what is sent back.
#[rustfmt::skip]
pub(crate) const SENDING_BACK: &[&str] = &[
    "refund*", "send back", "send something back", "retour*", "rembours*", "renvoie", "renvoyer", "terugstu*",
    "terugbetaling*", "retur*", "återbetal*", "skickar tillbaka",
];

/// To look at what there is.
#[rustfmt::skip]
pub(crate) const CHECKING: &[&str] = &[
    "check", "see", "view", "look up", "show", "voir", "consulter", "vérifier", "bekijk*", "zien", "nakijken", "se",
    "visa", "kolla",
];

/// Collecting where points aren't named.
#[rustfmt::skip]
const COLLECTING: &[&str] = &[
    "how to collect", "how do i collect", "how does collecting", "start collecting", "comment cumuler",
    "comment collecter", "hoe spaar*", "begin met sparen", "hur samlar", "börja samla",
];

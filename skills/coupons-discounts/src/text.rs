//! What this skill says.

use usher_sdk::skill::prelude::*;

texts! {
    pub(crate) fn to_see_codes() {
        en: "to look up your own codes",
        fr: "pour consulter vos propres codes",
        nl: "om je eigen codes op te zoeken",
        sv: "för att se dina egna koder",
    }

    pub(crate) fn codes(list: &str) {
        en: "You can use these codes now:\n{list}",
        fr: "Vous pouvez utiliser ces codes dès maintenant :\n{list}",
        nl: "Deze codes kun je nu gebruiken:\n{list}",
        sv: "De här koderna kan du använda nu:\n{list}",
    }

    pub(crate) fn codes_for_shipping(list: &str) {
        en: "For shipping you can use this now:\n{list}",
        fr: "Pour la livraison, vous pouvez utiliser dès maintenant :\n{list}",
        nl: "Voor de verzending kun je dit nu gebruiken:\n{list}",
        sv: "För frakten kan du använda det här nu:\n{list}",
    }

    pub(crate) fn none() {
        en: "I have no discount code to give you at the moment.",
        fr: "Je n'ai pas de code de réduction à vous donner en ce moment.",
        nl: "Ik heb op dit moment geen kortingscode voor je.",
        sv: "Jag har ingen rabattkod att ge dig just nu.",
    }

    pub(crate) fn none_for_shipping() {
        en: "None of the codes that I can give you at the moment is for shipping.",
        fr: "Aucun des codes que je peux vous donner en ce moment ne concerne la livraison.",
        nl: "Geen van de codes die ik je nu kan geven is voor de verzending.",
        sv: "Ingen av koderna som jag kan ge dig just nu gäller frakten.",
    }

    pub(crate) fn codes_unread() {
        en: "I can't look up the current codes just now. This is what our pages say:",
        fr: "Je ne peux pas consulter les codes actuels pour l'instant. Voici ce que disent nos pages :",
        nl: "Ik kan de huidige codes nu even niet opzoeken. Dit staat op onze pagina's:",
        sv: "Jag kan inte slå upp de aktuella koderna just nu. Så här står det på våra sidor:",
    }

    pub(crate) fn just_for_you() {
        en: "just for you", fr: "rien que pour vous", nl: "alleen voor jou", sv: "bara för dig",
    }

    pub(crate) fn from_amount(amount: &str) {
        en: "from {amount}", fr: "dès {amount}", nl: "vanaf {amount}", sv: "från {amount}",
    }

    /// A card's title where the shop gives none.
    pub(crate) fn discount_code() {
        en: "Discount code", fr: "Code de réduction", nl: "Kortingscode", sv: "Rabattkod",
    }

    pub(crate) fn which_code() {
        en: "Which code is it? Write it as you have it, and I'll look it up.",
        fr: "De quel code s'agit-il ? Écrivez-le tel que vous l'avez et je vérifie.",
        nl: "Welke code is het? Schrijf hem zoals je hem hebt, dan zoek ik hem op.",
        sv: "Vilken kod gäller det? Skriv den som du har den, så slår jag upp den.",
    }

    pub(crate) fn usable(code: &str) {
        en: "The code **{code}** can be used now.",
        fr: "Le code **{code}** est utilisable dès maintenant.",
        nl: "De code **{code}** kun je nu gebruiken.",
        sv: "Koden **{code}** kan användas nu.",
    }

    pub(crate) fn needs(amount: &str) {
        en: "It needs an order of at least {amount}.",
        fr: "Il faut une commande d'au moins {amount}.",
        nl: "Je bestelling moet minstens {amount} zijn.",
        sv: "Beställningen måste vara på minst {amount}.",
    }

    pub(crate) fn valid_until(until: &str) {
        en: "It is valid {until}.",
        fr: "Il est valable {until}.",
        nl: "Hij is geldig {until}.",
        sv: "Den gäller {until}.",
    }

    pub(crate) fn terms(terms: &str) {
        en: "Its terms: {terms}.",
        fr: "Ses conditions : {terms}.",
        nl: "De voorwaarden: {terms}.",
        sv: "Villkoren: {terms}.",
    }

    pub(crate) fn expired(code: &str) {
        en: "The code **{code}** has expired.",
        fr: "Le code **{code}** a expiré.",
        nl: "De code **{code}** is verlopen.",
        sv: "Koden **{code}** har gått ut.",
    }

    pub(crate) fn expired_on(code: &str, on: &str) {
        en: "The code **{code}** expired {on}.",
        fr: "Le code **{code}** a expiré {on}.",
        nl: "De code **{code}** is {on} verlopen.",
        sv: "Koden **{code}** gick ut {on}.",
    }

    pub(crate) fn used_up(code: &str) {
        en: "The code **{code}** is used up: it was good for a limited number of orders, and those have been placed.",
        fr: "Le code **{code}** est épuisé : il valait pour un nombre limité de commandes, et elles ont été passées.",
        nl: "De code **{code}** is op: hij gold voor een beperkt aantal bestellingen, en die zijn geplaatst.",
        sv: "Koden **{code}** är slut: den gällde för ett begränsat antal beställningar, och de är gjorda.",
    }

    pub(crate) fn not_started(code: &str) {
        en: "The code **{code}** isn't valid yet.",
        fr: "Le code **{code}** n'est pas encore valable.",
        nl: "De code **{code}** is nog niet geldig.",
        sv: "Koden **{code}** gäller inte än.",
    }

    pub(crate) fn not_for_you(code: &str) {
        en: "The code **{code}** can't be used with your account.",
        fr: "Le code **{code}** n'est pas utilisable avec votre compte.",
        nl: "De code **{code}** kan niet met jouw account worden gebruikt.",
        sv: "Koden **{code}** kan inte användas med ditt konto.",
    }

    pub(crate) fn not_found(code: &str) {
        en: "I can't find a code **{code}**. Could you check how it is written?",
        fr: "Je ne trouve pas de code **{code}**. Pouvez-vous vérifier comment il s'écrit ?",
        nl: "Ik kan geen code **{code}** vinden. Kun je nakijken hoe hij geschreven wordt?",
        sv: "Jag hittar ingen kod **{code}**. Kan du kontrollera hur den skrivs?",
    }

    /// The same for every code that isn't open to everyone and for every code that doesn't exist.
    pub(crate) fn not_open(code: &str) {
        en: "**{code}** isn't among the codes that are open to everyone. Could you check how it is written? Codes that were given to one person I look up only for customers who are signed in.",
        fr: "**{code}** ne fait pas partie des codes ouverts à tous. Pouvez-vous vérifier comment il s'écrit ? Les codes attribués à une seule personne, je ne les consulte que pour les clients connectés.",
        nl: "**{code}** hoort niet bij de codes die voor iedereen zijn. Kun je nakijken hoe hij geschreven wordt? Codes die aan één persoon zijn gegeven, zoek ik alleen op voor klanten die zijn ingelogd.",
        sv: "**{code}** finns inte bland koderna som är öppna för alla. Kan du kontrollera hur den skrivs? Koder som har getts till en enda person slår jag bara upp för kunder som är inloggade.",
    }

    pub(crate) fn undecided(code: &str) {
        en: "Whether the code **{code}** counts depends on what is in the basket, so only the checkout can tell. Type it there: the new total is shown before you pay.",
        fr: "La prise en compte du code **{code}** dépend du panier, seule la page de paiement peut donc le dire. Saisissez-le là : le nouveau total s'affiche avant le paiement.",
        nl: "Of de code **{code}** meetelt, hangt van het winkelmandje af, dus alleen de kassa kan het zeggen. Vul hem daar in: je ziet het nieuwe totaal voordat je betaalt.",
        sv: "Om koden **{code}** räknas beror på varukorgen, så det kan bara kassan avgöra. Skriv in den där: den nya summan visas innan du betalar.",
    }

    pub(crate) fn this_until(code: &str, until: &str) {
        en: "The code **{code}** is valid {until}.",
        fr: "Le code **{code}** est valable {until}.",
        nl: "De code **{code}** is geldig {until}.",
        sv: "Koden **{code}** gäller {until}.",
    }

    pub(crate) fn no_end(code: &str) {
        en: "No end date is set for the code **{code}**.",
        fr: "Aucune date de fin n'est fixée pour le code **{code}**.",
        nl: "Voor de code **{code}** is geen einddatum vastgelegd.",
        sv: "Inget slutdatum är satt för koden **{code}**.",
    }

    pub(crate) fn this_needs(code: &str, amount: &str) {
        en: "The code **{code}** needs an order of at least {amount}.",
        fr: "Le code **{code}** demande une commande d'au moins {amount}.",
        nl: "Voor de code **{code}** moet je bestelling minstens {amount} zijn.",
        sv: "För koden **{code}** måste beställningen vara på minst {amount}.",
    }

    pub(crate) fn no_minimum(code: &str) {
        en: "No smallest order is set for the code **{code}**.",
        fr: "Aucun montant minimum n'est fixé pour le code **{code}**.",
        nl: "Voor de code **{code}** is geen minimumbedrag vastgelegd.",
        sv: "Inget minsta belopp är satt för koden **{code}**.",
    }

    pub(crate) fn ends(list: &str) {
        en: "They are valid for this long:\n{list}",
        fr: "Voici jusqu'à quand ils sont valables :\n{list}",
        nl: "Zo lang zijn ze geldig:\n{list}",
        sv: "Så länge gäller de:\n{list}",
    }

    pub(crate) fn minimums(list: &str) {
        en: "The smallest order for each:\n{list}",
        fr: "Le montant minimum pour chacun :\n{list}",
        nl: "Het minimumbedrag per code:\n{list}",
        sv: "Minsta belopp för var och en:\n{list}",
    }

    pub(crate) fn end_is_open() {
        en: "no end date set", fr: "pas de date de fin fixée", nl: "geen einddatum vastgelegd", sv: "inget slutdatum satt",
    }
    pub(crate) fn minimum_is_none() {
        en: "none set", fr: "aucun", nl: "geen", sv: "inget",
    }

    /// Asked of the shop's articles, as the four after it.
    pub(crate) fn rule_together() {
        en: "Can I combine two discount codes in one order?",
        fr: "Peut-on combiner deux codes de réduction pour une commande ?",
        nl: "Kan ik twee kortingscodes combineren in één bestelling?",
        sv: "Kan man kombinera två rabattkoder i en beställning?",
    }

    pub(crate) fn rule_sale_items() {
        en: "Does the discount count on sale items?",
        fr: "La réduction vaut-elle pour les articles soldés ?",
        nl: "Geldt de korting op artikelen in de sale?",
        sv: "Gäller rabatten på reavaror?",
    }

    pub(crate) fn rule_price_match() {
        en: "Do you match prices?",
        fr: "Vous alignez-vous sur les prix ?",
        nl: "Hebben jullie prijsgarantie?",
        sv: "Har ni prisgaranti?",
    }

    pub(crate) fn rule_welcome() {
        en: "Is there a discount on my first order?",
        fr: "Y a-t-il une réduction sur ma première commande ?",
        nl: "Is er korting op mijn eerste bestelling?",
        sv: "Finns det rabatt på min första beställning?",
    }

    pub(crate) fn rule_use() {
        en: "How do I use a discount code?",
        fr: "Comment utiliser un code de réduction ?",
        nl: "Hoe gebruik ik een kortingscode?",
        sv: "Hur använder jag en rabattkod?",
    }

    pub(crate) fn see_codes() {
        en: "Current codes", fr: "Codes actuels", nl: "Huidige codes", sv: "Aktuella koder",
    }
    pub(crate) fn sign_in() {
        en: "Sign in", fr: "Se connecter", nl: "Inloggen", sv: "Logga in",
    }
    pub(crate) fn ask_team() {
        en: "Ask the team", fr: "Demander à l'équipe", nl: "Vraag het team", sv: "Fråga teamet",
    }
    pub(crate) fn read_more() {
        en: "Read more", fr: "En savoir plus", nl: "Lees meer", sv: "Läs mer",
    }
}

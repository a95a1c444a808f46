//! What this skill says.

use usher_sdk::skill::prelude::*;

/// For the person who takes over.
pub(crate) const WANTS_HELP: &str = "The customer asks for help with an order's delivery.";

/// For the person who takes over.
pub(crate) const NOT_RECEIVED: &str = "The carrier says delivered, but the customer doesn't have the parcel.";

/// For the person who takes over.
pub(crate) const LOST: &str = "The parcel is long overdue, and the customer misses it: it may be lost.";

texts! {
    pub(crate) fn to_see_orders() {
        en: "to see your orders",
        fr: "pour voir vos commandes",
        nl: "om je bestellingen te zien",
        sv: "för att se dina beställningar",
    }

    pub(crate) fn not_found(name: &OrderName) {
        en: "I can't find order {name} among your orders. Could you check the number? It's in your confirmation e-mail.",
        fr: "Je ne trouve pas la commande {name} parmi vos commandes. Pouvez-vous vérifier le numéro ? Il figure dans votre e-mail de confirmation.",
        nl: "Ik kan bestelling {name} niet vinden tussen je bestellingen. Kun je het nummer nakijken? Het staat in je bevestigingsmail.",
        sv: "Jag hittar inte beställning {name} bland dina beställningar. Kan du kontrollera numret? Det står i din orderbekräftelse.",
    }

    pub(crate) fn no_orders() {
        en: "I don't see any orders in your account. If you ordered with another e-mail address, sign in with that one, or give me the order number.",
        fr: "Je ne vois aucune commande dans votre compte. Si vous avez commandé avec une autre adresse e-mail, connectez-vous avec celle-ci ou donnez-moi le numéro de commande.",
        nl: "Ik zie geen bestellingen in je account. Heb je met een ander e-mailadres besteld, log dan daarmee in of geef me het bestelnummer.",
        sv: "Jag ser inga beställningar på ditt konto. Om du beställde med en annan e-postadress kan du logga in med den, eller ge mig ordernumret.",
    }

    pub(crate) fn which_order(list: &str) {
        en: "Which order do you mean?\n{list}",
        fr: "De quelle commande s'agit-il ?\n{list}",
        nl: "Welke bestelling bedoel je?\n{list}",
        sv: "Vilken beställning menar du?\n{list}",
    }

    pub(crate) fn contents(name: &str, list: &str) {
        en: "Order {name} contains:\n{list}",
        fr: "La commande {name} contient :\n{list}",
        nl: "In bestelling {name} zit:\n{list}",
        sv: "Beställning {name} innehåller:\n{list}",
    }

    pub(crate) fn cancelled(name: &str) {
        en: "Order {name} was cancelled, so it won't be delivered.",
        fr: "La commande {name} a été annulée, elle ne sera donc pas livrée.",
        nl: "Bestelling {name} is geannuleerd en wordt dus niet bezorgd.",
        sv: "Beställning {name} är avbruten och kommer därför inte att levereras.",
    }

    pub(crate) fn cancelled_on(name: &str, on: &str) {
        en: "Order {name} was cancelled {on}, so it won't be delivered.",
        fr: "La commande {name} a été annulée {on}, elle ne sera donc pas livrée.",
        nl: "Bestelling {name} is {on} geannuleerd en wordt dus niet bezorgd.",
        sv: "Beställning {name} avbröts {on} och kommer därför inte att levereras.",
    }

    pub(crate) fn returned(name: &str) {
        en: "Order {name} has been returned.",
        fr: "La commande {name} a été retournée.",
        nl: "Bestelling {name} is geretourneerd.",
        sv: "Beställning {name} har returnerats.",
    }

    pub(crate) fn refunded(amount: &str) {
        en: "We have refunded {amount}.",
        fr: "Nous avons remboursé {amount}.",
        nl: "We hebben {amount} terugbetaald.",
        sv: "Vi har betalat tillbaka {amount}.",
    }

    pub(crate) fn unfulfilled(name: &str) {
        en: "We're getting order {name} ready. It hasn't been sent yet.",
        fr: "Nous préparons la commande {name}. Elle n'a pas encore été expédiée.",
        nl: "We maken bestelling {name} klaar. Hij is nog niet verzonden.",
        sv: "Vi gör i ordning beställning {name}. Den har inte skickats än.",
    }

    pub(crate) fn rest_not_sent() {
        en: "The rest of the order hasn't been sent yet.",
        fr: "Le reste de la commande n'a pas encore été expédié.",
        nl: "De rest van de bestelling is nog niet verzonden.",
        sv: "Resten av beställningen har inte skickats än.",
    }

    pub(crate) fn packed(name: &str) {
        en: "Order {name} is packed and waits for the carrier to collect it.",
        fr: "La commande {name} est emballée et attend d'être prise en charge par le transporteur.",
        nl: "Bestelling {name} is ingepakt en wacht op de bezorgdienst.",
        sv: "Beställning {name} är packad och väntar på att hämtas av transportören.",
    }

    pub(crate) fn packed_until(name: &str, on: &str) {
        en: "Order {name} is packed and waits for the carrier to collect it. It should arrive {on}.",
        fr: "La commande {name} est emballée et attend d'être prise en charge par le transporteur. Elle devrait arriver {on}.",
        nl: "Bestelling {name} is ingepakt en wacht op de bezorgdienst. Hij komt naar verwachting {on} aan.",
        sv: "Beställning {name} är packad och väntar på att hämtas av transportören. Den väntas komma fram {on}.",
    }

    pub(crate) fn in_transit(name: &str) {
        en: "Order {name} is on its way. The carrier hasn't given a delivery day yet.",
        fr: "La commande {name} est en route. Le transporteur n'a pas encore indiqué de jour de livraison.",
        nl: "Bestelling {name} is onderweg. De bezorgdienst heeft nog geen bezorgdag doorgegeven.",
        sv: "Beställning {name} är på väg. Transportören har inte angett någon leveransdag än.",
    }

    pub(crate) fn in_transit_until(name: &str, on: &str) {
        en: "Order {name} is on its way and should arrive {on}.",
        fr: "La commande {name} est en route et devrait arriver {on}.",
        nl: "Bestelling {name} is onderweg en komt naar verwachting {on} aan.",
        sv: "Beställning {name} är på väg och väntas komma fram {on}.",
    }

    pub(crate) fn late(name: &str, on: &str) {
        en: "Order {name} is still on its way. It was expected {on}, so it's later than planned. The tracking page has the carrier's latest news.",
        fr: "La commande {name} est toujours en route. Elle était attendue {on}, elle a donc du retard. La page de suivi donne les dernières nouvelles du transporteur.",
        nl: "Bestelling {name} is nog onderweg. Hij werd {on} verwacht en is dus later dan gepland. Op de trackingpagina staat het laatste nieuws van de bezorgdienst.",
        sv: "Beställning {name} är fortfarande på väg. Den väntades {on} och är alltså försenad. På spårningssidan finns det senaste från transportören.",
    }

    pub(crate) fn out_for_delivery(name: &str) {
        en: "Order {name} is out for delivery.",
        fr: "La commande {name} est en cours de livraison.",
        nl: "De bezorger is met bestelling {name} onderweg naar je.",
        sv: "Beställning {name} är ute för leverans.",
    }

    pub(crate) fn delivered(name: &str) {
        en: "Order {name} has been delivered.",
        fr: "La commande {name} a été livrée.",
        nl: "Bestelling {name} is bezorgd.",
        sv: "Beställning {name} har levererats.",
    }

    pub(crate) fn delivered_on(name: &str, on: &str) {
        en: "Order {name} was delivered {on}.",
        fr: "La commande {name} a été livrée {on}.",
        nl: "Bestelling {name} is {on} bezorgd.",
        sv: "Beställning {name} levererades {on}.",
    }

    pub(crate) fn attempted(name: &str) {
        en: "The carrier tried to deliver order {name} but couldn't hand it over. The tracking page says what happens next.",
        fr: "Le transporteur a essayé de livrer la commande {name} mais n'a pas pu la remettre. La page de suivi indique la suite.",
        nl: "De bezorgdienst probeerde bestelling {name} te bezorgen, maar kon hem niet afgeven. Op de trackingpagina staat wat er nu gebeurt.",
        sv: "Transportören försökte leverera beställning {name} men kunde inte lämna den. På spårningssidan står vad som händer nu.",
    }

    pub(crate) fn ready_for_pickup(name: &str) {
        en: "Order {name} is ready for you to collect. The tracking page says where.",
        fr: "La commande {name} est prête à être retirée. La page de suivi indique où.",
        nl: "Bestelling {name} ligt klaar om opgehaald te worden. Op de trackingpagina staat waar.",
        sv: "Beställning {name} är klar att hämtas. På spårningssidan står var.",
    }

    pub(crate) fn failed(name: &str) {
        en: "The carrier couldn't deliver order {name}. Shall I ask our team to sort it out with you?",
        fr: "Le transporteur n'a pas pu livrer la commande {name}. Voulez-vous que notre équipe s'en occupe avec vous ?",
        nl: "De bezorgdienst kon bestelling {name} niet bezorgen. Zal ik ons team vragen dit met je op te lossen?",
        sv: "Transportören kunde inte leverera beställning {name}. Ska jag be vårt team att lösa det med dig?",
    }

    pub(crate) fn sent(name: &str) {
        en: "Order {name} has been sent. I have no news from the carrier.",
        fr: "La commande {name} a été expédiée. Je n'ai pas de nouvelles du transporteur.",
        nl: "Bestelling {name} is verzonden. Ik heb geen nieuws van de bezorgdienst.",
        sv: "Beställning {name} har skickats. Jag har inga nyheter från transportören.",
    }

    pub(crate) fn sent_on(name: &str, on: &str) {
        en: "Order {name} was sent {on}. I have no further news from the carrier.",
        fr: "La commande {name} a été expédiée {on}. Je n'ai pas d'autres nouvelles du transporteur.",
        nl: "Bestelling {name} is {on} verzonden. Verder heb ik geen nieuws van de bezorgdienst.",
        sv: "Beställning {name} skickades {on}. Jag har inga fler nyheter från transportören.",
    }

    pub(crate) fn several_parcels(name: &str, count: u64) {
        en: "Order {name} comes in {count} parcels:",
        fr: "La commande {name} arrive en {count} colis :",
        nl: "Bestelling {name} komt in {count} pakketten:",
        sv: "Beställning {name} kommer i {count} paket:",
    }

    pub(crate) fn partly_sent(name: &str) {
        en: "Part of order {name} has been sent:",
        fr: "Une partie de la commande {name} a été expédiée :",
        nl: "Een deel van bestelling {name} is verzonden:",
        sv: "En del av beställning {name} har skickats:",
    }

    pub(crate) fn expected(on: &str) {
        en: "expected {on}",
        fr: "livraison prévue {on}",
        nl: "verwacht {on}",
        sv: "väntas {on}",
    }

    pub(crate) fn read_minutes_ago(minutes: u64) by minutes {
        en: "That is how it stood one minute ago." | "That is how it stood {minutes} minutes ago.",
        fr: "Telle était la situation il y a une minute." | "Telle était la situation il y a {minutes} minutes.",
        nl: "Zo stond het een minuut geleden." | "Zo stond het {minutes} minuten geleden.",
        sv: "Så såg det ut för en minut sedan." | "Så såg det ut för {minutes} minuter sedan.",
    }

    pub(crate) fn tracking_numbers(name: &str, list: &str) {
        en: "The tracking numbers of order {name}:\n{list}",
        fr: "Les numéros de suivi de la commande {name} :\n{list}",
        nl: "De trackingnummers van bestelling {name}:\n{list}",
        sv: "Spårningsnumren för beställning {name}:\n{list}",
    }

    pub(crate) fn tracking_number(name: &str, number: &str) {
        en: "The tracking number of order {name} is {number}.",
        fr: "Le numéro de suivi de la commande {name} est {number}.",
        nl: "Het trackingnummer van bestelling {name} is {number}.",
        sv: "Spårningsnumret för beställning {name} är {number}.",
    }

    pub(crate) fn no_tracking_yet(name: &str) {
        en: "There is no tracking number for order {name} yet: it hasn't been sent.",
        fr: "Il n'y a pas encore de numéro de suivi pour la commande {name} : elle n'a pas été expédiée.",
        nl: "Er is nog geen trackingnummer voor bestelling {name}: hij is nog niet verzonden.",
        sv: "Det finns inget spårningsnummer för beställning {name} än: den har inte skickats.",
    }

    pub(crate) fn no_tracking(name: &str) {
        en: "Order {name} has been sent without a tracking number that I know of.",
        fr: "La commande {name} a été expédiée sans numéro de suivi connu.",
        nl: "Bestelling {name} is verzonden zonder een trackingnummer dat ik ken.",
        sv: "Beställning {name} har skickats utan något spårningsnummer som jag känner till.",
    }

    /// Added to a question for the shop's articles.
    pub(crate) fn words_for_times() {
        en: "delivery times, working days",
        fr: "délais de livraison, jours ouvrés",
        nl: "levertijden, werkdagen",
        sv: "leveranstider, arbetsdagar",
    }

    pub(crate) fn where_is_mine() {
        en: "Where is my order?", fr: "Où est ma commande ?", nl: "Waar is mijn bestelling?", sv: "Var är min beställning?",
    }
    pub(crate) fn track() {
        en: "Track parcel", fr: "Suivre le colis", nl: "Volg je pakket", sv: "Spåra paketet",
    }
    pub(crate) fn track_nth(number: usize) {
        en: "Track parcel {number}", fr: "Suivre le colis {number}", nl: "Volg pakket {number}", sv: "Spåra paket {number}",
    }
    pub(crate) fn start_return() {
        en: "Start a return", fr: "Faire un retour", nl: "Retour aanmelden", sv: "Gör en retur",
    }
    pub(crate) fn see_order() {
        en: "View order", fr: "Voir la commande", nl: "Bekijk bestelling", sv: "Visa beställning",
    }
    pub(crate) fn order_page() {
        en: "Order page", fr: "Page de la commande", nl: "Bestelpagina", sv: "Ordersida",
    }
    pub(crate) fn ask_team() {
        en: "Ask the team", fr: "Demander à l'équipe", nl: "Vraag het team", sv: "Fråga teamet",
    }

    pub(crate) fn label_cancelled() {
        en: "Cancelled", fr: "Annulée", nl: "Geannuleerd", sv: "Avbruten",
    }
    pub(crate) fn label_returned() {
        en: "Returned", fr: "Retournée", nl: "Geretourneerd", sv: "Returnerad",
    }
    pub(crate) fn label_unfulfilled() {
        en: "Being prepared", fr: "En préparation", nl: "Wordt klaargemaakt", sv: "Förbereds",
    }
    pub(crate) fn label_partly_sent() {
        en: "Partly sent", fr: "Expédiée en partie", nl: "Deels verzonden", sv: "Delvis skickad",
    }
    pub(crate) fn label_packed() {
        en: "Packed", fr: "Emballée", nl: "Ingepakt", sv: "Packad",
    }
    pub(crate) fn label_in_transit() {
        en: "On its way", fr: "En route", nl: "Onderweg", sv: "På väg",
    }
    pub(crate) fn label_out_for_delivery() {
        en: "Out for delivery", fr: "En cours de livraison", nl: "Wordt nu bezorgd", sv: "Ute för leverans",
    }
    pub(crate) fn label_delivered() {
        en: "Delivered", fr: "Livrée", nl: "Bezorgd", sv: "Levererad",
    }
    pub(crate) fn label_attempted() {
        en: "Delivery attempted", fr: "Livraison tentée", nl: "Bezorging geprobeerd", sv: "Leveransförsök gjort",
    }
    pub(crate) fn label_ready_for_pickup() {
        en: "Ready for collection", fr: "Prête à être retirée", nl: "Klaar om op te halen", sv: "Klar att hämta",
    }
    pub(crate) fn label_failed() {
        en: "Delivery failed", fr: "Échec de livraison", nl: "Bezorging mislukt", sv: "Leveransen misslyckades",
    }
    pub(crate) fn label_sent() {
        en: "Sent", fr: "Expédiée", nl: "Verzonden", sv: "Skickad",
    }
}

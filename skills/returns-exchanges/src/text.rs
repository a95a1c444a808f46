//! What this skill says.

use usher_sdk::skill::prelude::*;

texts! {
    pub(crate) fn to_see_returns() {
        en: "to see your orders and returns",
        fr: "pour voir vos commandes et vos retours",
        nl: "om je bestellingen en retouren te zien",
        sv: "för att se dina beställningar och returer",
    }

    /// Searched for when an order can't be returned.
    pub(crate) fn policy_question() {
        en: "Which items can't be returned, and how long can I return an order?",
        fr: "Quels articles ne peuvent pas être retournés, et quel est le délai de retour ?",
        nl: "Welke artikelen kunnen niet worden geretourneerd en wat is de retourtermijn?",
        sv: "Vilka varor kan inte returneras och hur lång är returtiden?",
    }

    pub(crate) fn not_found(name: &OrderName) {
        en: "I can't find order {name} among your orders. Could you check the number? It's in your confirmation e-mail.",
        fr: "Je ne trouve pas la commande {name} parmi vos commandes. Pouvez-vous vérifier le numéro ? Il figure dans votre e-mail de confirmation.",
        nl: "Ik kan bestelling {name} niet vinden tussen je bestellingen. Kun je het nummer nakijken? Het staat in je bevestigingsmail.",
        sv: "Jag hittar inte beställning {name} bland dina beställningar. Kan du kontrollera numret? Det står i din orderbekräftelse.",
    }

    pub(crate) fn nothing_to_return() {
        en: "I don't see an order in your account that has been sent, so there is nothing to return yet. If you mean another one, give me its number.",
        fr: "Je ne vois dans votre compte aucune commande expédiée, il n'y a donc encore rien à retourner. Si vous pensez à une autre commande, donnez-moi son numéro.",
        nl: "Ik zie in je account geen verzonden bestelling, dus er valt nog niets te retourneren. Bedoel je een andere, geef me dan het nummer.",
        sv: "Jag ser ingen skickad beställning på ditt konto, så det finns inget att returnera än. Om du menar en annan kan du ge mig numret.",
    }

    pub(crate) fn which_order() {
        en: "Which order is it from?",
        fr: "De quelle commande s'agit-il ?",
        nl: "Om welke bestelling gaat het?",
        sv: "Vilken beställning gäller det?",
    }

    pub(crate) fn cancelled(name: &str) {
        en: "Order {name} was cancelled, so there is nothing to send back.",
        fr: "La commande {name} a été annulée, il n'y a donc rien à renvoyer.",
        nl: "Bestelling {name} is geannuleerd, dus je hoeft niets terug te sturen.",
        sv: "Beställning {name} är avbruten, så det finns inget att skicka tillbaka.",
    }

    pub(crate) fn returned(name: &str) {
        en: "Order {name} has already been returned.",
        fr: "La commande {name} a déjà été retournée.",
        nl: "Bestelling {name} is al geretourneerd.",
        sv: "Beställning {name} har redan returnerats.",
    }

    pub(crate) fn refunded(amount: &str) {
        en: "We have refunded {amount}.",
        fr: "Nous avons remboursé {amount}.",
        nl: "We hebben {amount} terugbetaald.",
        sv: "Vi har betalat tillbaka {amount}.",
    }

    pub(crate) fn not_sent(name: &str) {
        en: "Order {name} hasn't been sent yet, so there is nothing to send back. You can return it once it has arrived.",
        fr: "La commande {name} n'a pas encore été expédiée, il n'y a donc rien à renvoyer. Vous pourrez la retourner une fois reçue.",
        nl: "Bestelling {name} is nog niet verzonden, dus er valt nog niets terug te sturen. Zodra hij er is, kun je hem retourneren.",
        sv: "Beställning {name} har inte skickats än, så det finns inget att skicka tillbaka. Du kan returnera den när den har kommit.",
    }

    pub(crate) fn not_sent_editable(name: &str) {
        en: "Order {name} hasn't been sent yet, so there is nothing to send back. It may still be changed or cancelled instead.",
        fr: "La commande {name} n'a pas encore été expédiée, il n'y a donc rien à renvoyer. Elle peut peut-être encore être modifiée ou annulée.",
        nl: "Bestelling {name} is nog niet verzonden, dus er valt nog niets terug te sturen. Mogelijk kan hij nog worden gewijzigd of geannuleerd.",
        sv: "Beställning {name} har inte skickats än, så det finns inget att skicka tillbaka. Den kan kanske fortfarande ändras eller avbrytas.",
    }

    pub(crate) fn eligible(name: &str) {
        en: "Order {name} can be returned or exchanged. You choose the items in our returns portal.",
        fr: "La commande {name} peut être retournée ou échangée. Vous choisissez les articles sur notre portail de retours.",
        nl: "Bestelling {name} kan worden geretourneerd of geruild. In ons retourportaal kies je de artikelen.",
        sv: "Beställning {name} kan returneras eller bytas. Du väljer varorna i vår returportal.",
    }

    pub(crate) fn eligible_until(name: &str, until: &str) {
        en: "Order {name} can be returned or exchanged {until}. You choose the items in our returns portal.",
        fr: "La commande {name} peut être retournée ou échangée {until}. Vous choisissez les articles sur notre portail de retours.",
        nl: "Bestelling {name} kan {until} worden geretourneerd of geruild. In ons retourportaal kies je de artikelen.",
        sv: "Beställning {name} kan returneras eller bytas {until}. Du väljer varorna i vår returportal.",
    }

    pub(crate) fn portal_decides(name: &str) {
        en: "You can start a return or exchange for order {name} in our returns portal. It shows which items can go back.",
        fr: "Vous pouvez demander un retour ou un échange pour la commande {name} sur notre portail de retours. Il indique quels articles peuvent être renvoyés.",
        nl: "Je kunt voor bestelling {name} een retour of ruil aanmelden in ons retourportaal. Daar zie je welke artikelen terug kunnen.",
        sv: "Du kan påbörja en retur eller ett byte för beställning {name} i vår returportal. Där ser du vilka varor som kan skickas tillbaka.",
    }

    pub(crate) fn portal_decides_until(name: &str, until: &str) {
        en: "You can start a return or exchange for order {name} in our returns portal {until}. It shows which items can go back.",
        fr: "Vous pouvez demander un retour ou un échange pour la commande {name} sur notre portail de retours {until}. Il indique quels articles peuvent être renvoyés.",
        nl: "Je kunt voor bestelling {name} {until} een retour of ruil aanmelden in ons retourportaal. Daar zie je welke artikelen terug kunnen.",
        sv: "Du kan påbörja en retur eller ett byte för beställning {name} i vår returportal {until}. Där ser du vilka varor som kan skickas tillbaka.",
    }

    pub(crate) fn probably_not(name: &str) {
        en: "As far as I can see, order {name} can't be returned any more. Our returns portal has the final word.",
        fr: "D'après mes informations, la commande {name} ne peut plus être retournée. C'est notre portail de retours qui fait foi.",
        nl: "Voor zover ik kan zien, kan bestelling {name} niet meer worden geretourneerd. Ons retourportaal geeft uitsluitsel.",
        sv: "Så vitt jag kan se kan beställning {name} inte längre returneras. Vår returportal ger det slutliga beskedet.",
    }

    pub(crate) fn on_its_way(name: &str) {
        en: "Order {name} is still on its way to you. Once it has arrived you can send it back: our returns portal leads you through it.",
        fr: "La commande {name} est encore en route. Dès que vous l'aurez reçue, vous pourrez la renvoyer : notre portail de retours vous guide.",
        nl: "Bestelling {name} is nog onderweg. Zodra je die hebt ontvangen, kun je hem terugsturen: ons retourportaal helpt je op weg.",
        sv: "Beställning {name} är fortfarande på väg till dig. När den har kommit fram kan du skicka tillbaka den: vår returportal visar hur.",
    }

    pub(crate) fn except() {
        en: "Except for:",
        fr: "À l'exception de :",
        nl: "Behalve:",
        sv: "Med undantag för:",
    }

    pub(crate) fn not_eligible(name: &str) {
        en: "I'm sorry, order {name} can't be returned.",
        fr: "Je suis désolé, la commande {name} ne peut pas être retournée.",
        nl: "Het spijt me, bestelling {name} kan niet worden geretourneerd.",
        sv: "Tyvärr kan beställning {name} inte returneras.",
    }

    pub(crate) fn too_late(name: &str, on: &str) {
        en: "I'm sorry, order {name} can't be returned any more: the time for it ended {on}.",
        fr: "Je suis désolé, la commande {name} ne peut plus être retournée : le délai s'est terminé {on}.",
        nl: "Het spijt me, bestelling {name} kan niet meer worden geretourneerd: de termijn liep {on} af.",
        sv: "Tyvärr kan beställning {name} inte längre returneras: tiden gick ut {on}.",
    }

    pub(crate) fn none_open() {
        en: "I don't see an open return in your account. Which order is it about?",
        fr: "Je ne vois pas de retour en cours dans votre compte. De quelle commande s'agit-il ?",
        nl: "Ik zie geen lopende retour in je account. Om welke bestelling gaat het?",
        sv: "Jag ser ingen pågående retur på ditt konto. Vilken beställning gäller det?",
    }

    pub(crate) fn none_open_for(name: &str) {
        en: "I don't see an open return or a refund for order {name}.",
        fr: "Je ne vois ni retour en cours ni remboursement pour la commande {name}.",
        nl: "Ik zie geen lopende retour of terugbetaling voor bestelling {name}.",
        sv: "Jag ser varken någon pågående retur eller återbetalning för beställning {name}.",
    }

    pub(crate) fn order_refunded(name: &str, amount: &str) {
        en: "We have refunded {amount} for order {name}. How soon you see it depends on your bank.",
        fr: "Nous avons remboursé {amount} pour la commande {name}. Le délai d'affichage dépend de votre banque.",
        nl: "We hebben {amount} terugbetaald voor bestelling {name}. Hoe snel je het ziet, hangt van je bank af.",
        sv: "Vi har betalat tillbaka {amount} för beställning {name}. Hur snart du ser det beror på din bank.",
    }

    pub(crate) fn requested(day: &str) {
        en: "(requested: {day})", fr: "(demande : {day})", nl: "(aangemeld: {day})", sv: "(begärd: {day})",
    }

    pub(crate) fn requested_status(order: &str) {
        en: "We have your return request for order {order}.",
        fr: "Nous avons bien reçu votre demande de retour pour la commande {order}.",
        nl: "We hebben je retouraanvraag voor bestelling {order} ontvangen.",
        sv: "Vi har fått din returbegäran för beställning {order}.",
    }

    pub(crate) fn open(order: &str) {
        en: "Your return for order {order} is open.",
        fr: "Votre retour pour la commande {order} est en cours.",
        nl: "Je retour voor bestelling {order} loopt.",
        sv: "Din retur för beställning {order} är öppen.",
    }

    pub(crate) fn in_review(order: &str) {
        en: "Your return for order {order} is being checked.",
        fr: "Votre retour pour la commande {order} est en cours de vérification.",
        nl: "Je retour voor bestelling {order} wordt gecontroleerd.",
        sv: "Din retur för beställning {order} granskas.",
    }

    pub(crate) fn closed(order: &str) {
        en: "Your return for order {order} is completed.",
        fr: "Votre retour pour la commande {order} est terminé.",
        nl: "Je retour voor bestelling {order} is afgerond.",
        sv: "Din retur för beställning {order} är klar.",
    }

    pub(crate) fn return_cancelled(order: &str) {
        en: "Your return for order {order} was cancelled.",
        fr: "Votre retour pour la commande {order} a été annulé.",
        nl: "Je retour voor bestelling {order} is geannuleerd.",
        sv: "Din retur för beställning {order} har avbrutits.",
    }

    pub(crate) fn expired(order: &str) {
        en: "Your return for order {order} has expired.",
        fr: "Votre retour pour la commande {order} a expiré.",
        nl: "Je retour voor bestelling {order} is verlopen.",
        sv: "Din retur för beställning {order} har gått ut.",
    }

    pub(crate) fn rejected(order: &str) {
        en: "Your return for order {order} was not accepted.",
        fr: "Votre retour pour la commande {order} n'a pas été accepté.",
        nl: "Je retour voor bestelling {order} is niet geaccepteerd.",
        sv: "Din retur för beställning {order} har inte godkänts.",
    }

    pub(crate) fn other(order: &str) {
        en: "There is a return for order {order}.",
        fr: "Il y a un retour pour la commande {order}.",
        nl: "Er is een retour voor bestelling {order}.",
        sv: "Det finns en retur för beställning {order}.",
    }

    pub(crate) fn start_return() {
        en: "Start a return", fr: "Faire un retour", nl: "Retour aanmelden", sv: "Gör en retur",
    }
    pub(crate) fn open_portal() {
        en: "Open returns portal", fr: "Ouvrir le portail de retours", nl: "Naar het retourportaal", sv: "Öppna returportalen",
    }
    pub(crate) fn see_order() {
        en: "View order", fr: "Voir la commande", nl: "Bekijk bestelling", sv: "Visa beställning",
    }
    pub(crate) fn read_more() {
        en: "Read more", fr: "En savoir plus", nl: "Lees meer", sv: "Läs mer",
    }
    pub(crate) fn label(order: &str) {
        en: "Return label {order}", fr: "Étiquette de retour {order}", nl: "Retourlabel {order}", sv: "Retursedel {order}",
    }
    pub(crate) fn see_return(order: &str) {
        en: "Return of {order}", fr: "Retour de {order}", nl: "Retour van {order}", sv: "Retur av {order}",
    }
}

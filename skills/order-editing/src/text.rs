//! What this skill says.

use usher_sdk::skill::prelude::*;

texts! {
    pub(crate) fn to_change_orders() {
        en: "to change your orders",
        fr: "pour modifier vos commandes",
        nl: "om je bestellingen te wijzigen",
        sv: "för att ändra dina beställningar",
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

    pub(crate) fn what() {
        en: "What would you like to change about your order?",
        fr: "Que souhaitez-vous modifier dans votre commande ?",
        nl: "Wat wil je aan je bestelling wijzigen?",
        sv: "Vad vill du ändra i din beställning?",
    }

    pub(crate) fn in_your_account() {
        en: "You can change or cancel an order yourself in your account, as long as it hasn't been packed.",
        fr: "Vous pouvez modifier ou annuler une commande vous-même dans votre compte, tant qu'elle n'est pas emballée.",
        nl: "Je kunt een bestelling zelf wijzigen of annuleren in je account, zolang hij nog niet is ingepakt.",
        sv: "Du kan själv ändra eller avbeställa en order på ditt konto, så länge den inte har packats.",
    }

    pub(crate) fn which_to_cancel() {
        en: "Which order would you like to cancel?",
        fr: "Quelle commande souhaitez-vous annuler ?",
        nl: "Welke bestelling wil je annuleren?",
        sv: "Vilken beställning vill du avbeställa?",
    }

    pub(crate) fn which_to_readdress() {
        en: "Which order should go to another address?",
        fr: "Quelle commande doit partir à une autre adresse ?",
        nl: "Welke bestelling moet naar een ander adres?",
        sv: "Vilken beställning ska till en annan adress?",
    }

    pub(crate) fn which_address(name: &str) {
        en: "Where should order {name} go? Please write the whole address in one message: street and number, postal code and city. Add the name or the country if they change too.",
        fr: "Où devons-nous envoyer la commande {name} ? Écrivez l'adresse complète en un seul message : numéro et rue, code postal et ville. Ajoutez le nom ou le pays s'ils changent aussi.",
        nl: "Waar moet bestelling {name} naartoe? Schrijf het hele adres in één bericht: straat en huisnummer, postcode en plaats. Zet de naam of het land erbij als die ook veranderen.",
        sv: "Vart ska beställning {name} skickas? Skriv hela adressen i ett meddelande: gata och nummer, postnummer och ort. Lägg till namn eller land om de också ändras.",
    }

    pub(crate) fn address_again() {
        en: "I couldn't read that as a whole address. Please write it like this, with commas: Mill Lane 7, 04109 Leipzig, Germany",
        fr: "Je n'ai pas reconnu d'adresse complète. Écrivez-la ainsi, avec des virgules : 7 rue du Moulin, 75002 Paris, France",
        nl: "Ik kon daar geen volledig adres in lezen. Schrijf het zo, met komma's: Molenstraat 7, 1015 CN Amsterdam, Nederland",
        sv: "Jag kunde inte läsa det som en hel adress. Skriv den så här, med kommatecken: Kvarngatan 7, 111 22 Stockholm, Sverige",
    }

    pub(crate) fn address_country() {
        en: "In which country is that? Please write the whole address once more, with the country at the end.",
        fr: "Dans quel pays est-ce ? Écrivez l'adresse complète encore une fois, avec le pays à la fin.",
        nl: "In welk land is dat? Schrijf het hele adres nog een keer, met het land aan het eind.",
        sv: "I vilket land är det? Skriv hela adressen en gång till, med landet sist.",
    }

    pub(crate) fn left() {
        en: "All right, your order stays as it is.",
        fr: "Très bien, votre commande reste telle quelle.",
        nl: "Goed, je bestelling blijft zoals hij is.",
        sv: "Okej, din beställning förblir som den är.",
    }

    /// What the customer agrees to.
    pub(crate) fn will_cancel(name: &str, total: &str) {
        en: "Cancel all of order {name} (total {total}). What you have paid for it goes back to the payment method you used. This can't be undone.",
        fr: "Annuler toute la commande {name} (total {total}). Ce que vous avez payé est remboursé sur le moyen de paiement utilisé. C'est irréversible.",
        nl: "Bestelling {name} helemaal annuleren (totaal {total}). Wat je ervoor hebt betaald, gaat terug naar de betaalmethode die je hebt gebruikt. Dit kan niet ongedaan worden gemaakt.",
        sv: "Avbeställa hela beställning {name} (totalt {total}). Det du har betalat går tillbaka till det betalsätt som du använde. Det går inte att ångra.",
    }

    /// What the customer agrees to.
    pub(crate) fn will_readdress(name: &str, address: &str) {
        en: "Send order {name} to this address instead: {address}",
        fr: "Envoyer la commande {name} plutôt à cette adresse : {address}",
        nl: "Bestelling {name} naar dit adres sturen in plaats van het huidige: {address}",
        sv: "Skicka beställning {name} till den här adressen i stället: {address}",
    }

    pub(crate) fn cancelled(name: &str) {
        en: "Order {name} is cancelled.",
        fr: "La commande {name} est annulée.",
        nl: "Bestelling {name} is geannuleerd.",
        sv: "Beställning {name} är avbeställd.",
    }

    pub(crate) fn refunded(amount: &str) {
        en: "We have refunded {amount}; how soon you see it depends on your bank.",
        fr: "Nous avons remboursé {amount} ; le délai d'affichage dépend de votre banque.",
        nl: "We hebben {amount} terugbetaald; hoe snel je het ziet, hangt van je bank af.",
        sv: "Vi har betalat tillbaka {amount}; hur snart du ser det beror på din bank.",
    }

    pub(crate) fn will_be_refunded() {
        en: "What you have paid goes back to the payment method you used; how soon you see it depends on your bank.",
        fr: "Ce que vous avez payé est remboursé sur le moyen de paiement utilisé ; le délai d'affichage dépend de votre banque.",
        nl: "Wat je hebt betaald, gaat terug naar de betaalmethode die je hebt gebruikt; hoe snel je het ziet, hangt van je bank af.",
        sv: "Det du har betalat går tillbaka till det betalsätt som du använde; hur snart du ser det beror på din bank.",
    }

    pub(crate) fn readdressed(name: &str, address: &str) {
        en: "Done: order {name} will be sent to:{address}",
        fr: "C'est fait : la commande {name} sera envoyée à :{address}",
        nl: "Klaar: bestelling {name} wordt verstuurd naar:{address}",
        sv: "Klart: beställning {name} skickas till:{address}",
    }

    pub(crate) fn same_address(name: &str) {
        en: "Order {name} goes to exactly that address already.",
        fr: "La commande {name} part déjà exactement à cette adresse.",
        nl: "Bestelling {name} gaat al naar precies dat adres.",
        sv: "Beställning {name} går redan till just den adressen.",
    }

    pub(crate) fn not_by_post(name: &str) {
        en: "Nothing of order {name} is sent by post, so it has no shipping address.",
        fr: "Rien de la commande {name} n'est envoyé par la poste, elle n'a donc pas d'adresse de livraison.",
        nl: "Van bestelling {name} wordt niets per post verstuurd, dus er is geen bezorgadres.",
        sv: "Inget i beställning {name} skickas med posten, så den har ingen leveransadress.",
    }

    pub(crate) fn not_cancelled(name: &str) {
        en: "Order {name} could not be cancelled: the shop's system refused it. Nothing was changed. Our team can look into it.",
        fr: "La commande {name} n'a pas pu être annulée : le système de la boutique a refusé. Rien n'a été modifié. Notre équipe peut s'en occuper.",
        nl: "Bestelling {name} kon niet worden geannuleerd: het systeem van de winkel weigerde het. Er is niets veranderd. Ons team kan ernaar kijken.",
        sv: "Beställning {name} gick inte att avbeställa: butikens system sa nej. Inget har ändrats. Vårt team kan titta på det.",
    }

    pub(crate) fn not_readdressed(name: &str) {
        en: "The shop's system doesn't accept that address for order {name}. Nothing was changed. Please check the address and send it again with the order's number, or ask our team.",
        fr: "Le système de la boutique n'accepte pas cette adresse pour la commande {name}. Rien n'a été modifié. Vérifiez l'adresse et renvoyez-la avec le numéro de commande, ou demandez à notre équipe.",
        nl: "Het systeem van de winkel accepteert dat adres niet voor bestelling {name}. Er is niets veranderd. Controleer het adres en stuur het opnieuw met het bestelnummer, of vraag ons team.",
        sv: "Butikens system godtar inte den adressen för beställning {name}. Inget har ändrats. Kontrollera adressen och skicka den igen med ordernumret, eller fråga vårt team.",
    }

    pub(crate) fn perhaps_cancelled(name: &str) {
        en: "I'm not certain that order {name} is cancelled: the shop's system didn't confirm it in time. It may still happen in the next minutes. Ask me to look again in a moment, or our team to make sure.",
        fr: "Je ne suis pas certain que la commande {name} soit annulée : le système de la boutique ne l'a pas confirmé à temps. Cela peut encore se faire dans les prochaines minutes. Demandez-moi de revérifier dans un instant, ou à notre équipe de s'en assurer.",
        nl: "Ik weet niet zeker of bestelling {name} is geannuleerd: het systeem van de winkel bevestigde het niet op tijd. Het kan de komende minuten nog gebeuren. Vraag me zo om opnieuw te kijken, of laat ons team het nagaan.",
        sv: "Jag är inte säker på att beställning {name} är avbeställd: butikens system bekräftade det inte i tid. Det kan fortfarande ske de närmaste minuterna. Be mig titta igen om en stund, eller be vårt team kontrollera.",
    }

    pub(crate) fn perhaps_readdressed(name: &str) {
        en: "I'm not certain that order {name} goes to the new address: the shop's system didn't confirm it in time. Ask me to look again in a moment, or our team to make sure.",
        fr: "Je ne suis pas certain que la commande {name} parte à la nouvelle adresse : le système de la boutique ne l'a pas confirmé à temps. Demandez-moi de revérifier dans un instant, ou à notre équipe de s'en assurer.",
        nl: "Ik weet niet zeker of bestelling {name} naar het nieuwe adres gaat: het systeem van de winkel bevestigde het niet op tijd. Vraag me zo om opnieuw te kijken, of laat ons team het nagaan.",
        sv: "Jag är inte säker på att beställning {name} går till den nya adressen: butikens system bekräftade det inte i tid. Be mig titta igen om en stund, eller be vårt team kontrollera.",
    }

    pub(crate) fn not_cancelled_yet(name: &str) {
        en: "Order {name} isn't cancelled, as far as I can see now.",
        fr: "D'après ce que je vois, la commande {name} n'est pas annulée pour l'instant.",
        nl: "Voor zover ik nu kan zien, is bestelling {name} niet geannuleerd.",
        sv: "Så vitt jag ser nu är beställning {name} inte avbeställd.",
    }

    pub(crate) fn goes_to(name: &str, address: &str) {
        en: "As it stands now, order {name} goes to:{address}",
        fr: "À cette heure, la commande {name} part à :{address}",
        nl: "Zoals het er nu voor staat, gaat bestelling {name} naar:{address}",
        sv: "Som det ser ut nu går beställning {name} till:{address}",
    }

    pub(crate) fn is_cancelled(name: &str) {
        en: "Order {name} is cancelled already.",
        fr: "La commande {name} est déjà annulée.",
        nl: "Bestelling {name} is al geannuleerd.",
        sv: "Beställning {name} är redan avbeställd.",
    }

    pub(crate) fn is_cancelled_on(name: &str, on: &str) {
        en: "Order {name} was cancelled {on}.",
        fr: "La commande {name} a été annulée {on}.",
        nl: "Bestelling {name} is {on} geannuleerd.",
        sv: "Beställning {name} avbeställdes {on}.",
    }

    pub(crate) fn is_returned(name: &str) {
        en: "Order {name} has been returned already.",
        fr: "La commande {name} a déjà été retournée.",
        nl: "Bestelling {name} is al geretourneerd.",
        sv: "Beställning {name} har redan returnerats.",
    }

    pub(crate) fn is_packed(name: &str) {
        en: "Order {name} is being packed right now, so I can't change or cancel it any more. Our team may still be able to.",
        fr: "La commande {name} est en cours de préparation, je ne peux donc plus la modifier ni l'annuler. Notre équipe le peut peut-être encore.",
        nl: "Bestelling {name} wordt nu ingepakt, dus ik kan hem niet meer wijzigen of annuleren. Ons team kan het misschien nog wel.",
        sv: "Beställning {name} packas just nu, så jag kan inte längre ändra eller avbeställa den. Vårt team kanske fortfarande kan.",
    }

    pub(crate) fn is_sent(name: &str) {
        en: "Order {name} has been sent already, so it can't be changed or cancelled any more. Once you have it, you can send it back.",
        fr: "La commande {name} est déjà partie, elle ne peut donc plus être modifiée ni annulée. Une fois reçue, vous pourrez la renvoyer.",
        nl: "Bestelling {name} is al verzonden en kan dus niet meer worden gewijzigd of geannuleerd. Zodra je hem hebt, kun je hem terugsturen.",
        sv: "Beställning {name} har redan skickats och kan därför inte längre ändras eller avbeställas. När du har fått den kan du skicka tillbaka den.",
    }

    pub(crate) fn is_delivered(name: &str) {
        en: "Order {name} has been delivered already, so it can't be changed or cancelled any more. You can send it back instead.",
        fr: "La commande {name} a déjà été livrée, elle ne peut donc plus être modifiée ni annulée. Vous pouvez la renvoyer.",
        nl: "Bestelling {name} is al bezorgd en kan dus niet meer worden gewijzigd of geannuleerd. Je kunt hem wel terugsturen.",
        sv: "Beställning {name} har redan levererats och kan därför inte längre ändras eller avbeställas. Du kan skicka tillbaka den i stället.",
    }

    /// Asked of the shop's articles.
    pub(crate) fn rule_for_cancelling() {
        en: "Until when can I cancel an order?",
        fr: "Jusqu'à quand puis-je annuler une commande ?",
        nl: "Tot wanneer kan ik een bestelling annuleren?",
        sv: "Hur länge kan jag avbeställa en order?",
    }

    /// Asked of the shop's articles.
    pub(crate) fn rule_for_address() {
        en: "Can the address be changed after the order was sent?",
        fr: "Peut-on changer l'adresse une fois la commande expédiée ?",
        nl: "Kan het adres nog worden gewijzigd nadat de bestelling is verzonden?",
        sv: "Kan adressen ändras efter att beställningen har skickats?",
    }

    /// Asked of the shop's articles, where a button says no more.
    pub(crate) fn rule_for_items() {
        en: "Can I change or add items in my order?",
        fr: "Puis-je changer ou ajouter des articles dans ma commande ?",
        nl: "Kan ik artikelen in mijn bestelling wijzigen of toevoegen?",
        sv: "Kan jag ändra eller lägga till varor i min beställning?",
    }

    pub(crate) fn other_items() {
        en: "I can't change what is in an order myself.",
        fr: "Je ne peux pas changer moi-même le contenu d'une commande.",
        nl: "Ik kan zelf niet veranderen wat er in een bestelling zit.",
        sv: "Jag kan inte själv ändra vad som ingår i en beställning.",
    }

    pub(crate) fn cancel_order() {
        en: "Cancel the order", fr: "Annuler la commande", nl: "Bestelling annuleren", sv: "Avbeställ ordern",
    }
    pub(crate) fn change_address() {
        en: "Change the address", fr: "Changer l'adresse", nl: "Adres wijzigen", sv: "Ändra adressen",
    }
    pub(crate) fn change_items() {
        en: "Change the items", fr: "Changer les articles", nl: "Artikelen wijzigen", sv: "Ändra varorna",
    }
    pub(crate) fn leave_it() {
        en: "Leave it as it is", fr: "Ne rien changer", nl: "Laat maar zo", sv: "Låt det vara",
    }
    pub(crate) fn look_again() {
        en: "Look again", fr: "Revérifier", nl: "Kijk opnieuw", sv: "Titta igen",
    }
    pub(crate) fn ask_team() {
        en: "Ask the team", fr: "Demander à l'équipe", nl: "Vraag het team", sv: "Fråga teamet",
    }
    pub(crate) fn my_orders() {
        en: "My orders", fr: "Mes commandes", nl: "Mijn bestellingen", sv: "Mina beställningar",
    }
    pub(crate) fn start_return() {
        en: "Start a return", fr: "Faire un retour", nl: "Retour aanmelden", sv: "Gör en retur",
    }
    pub(crate) fn track() {
        en: "Track parcel", fr: "Suivre le colis", nl: "Volg je pakket", sv: "Spåra paketet",
    }
}

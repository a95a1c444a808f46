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
        en: "How long do I have to return something?",
        fr: "Combien de temps ai-je pour retourner un article ?",
        nl: "Hoe lang heb ik om iets te retourneren?",
        sv: "Hur länge har jag på mig att returnera något?",
    }

    /// Searched for when a refund is waited for.
    pub(crate) fn refund_question() {
        en: "How long does a refund take after a return?",
        fr: "Combien de temps prend un remboursement après un retour ?",
        nl: "Hoe lang duurt een terugbetaling na een retour?",
        sv: "Hur lång tid tar en återbetalning efter en retur?",
    }

    /// Searched for where the customer's own words find nothing.
    pub(crate) fn exchange_question() {
        en: "How do I exchange an item for another size or colour?",
        fr: "Comment échanger un article contre une autre taille ou couleur ?",
        nl: "Hoe kan ik een artikel ruilen voor een andere maat of kleur?",
        sv: "Hur byter jag en vara mot en annan storlek eller färg?",
    }

    pub(crate) fn fault_question() {
        en: "What can I do if an item arrived broken or is the wrong one?",
        fr: "Que faire si un article est arrivé cassé, abîmé ou n'est pas celui que j'ai commandé ?",
        nl: "Wat als een artikel kapot of beschadigd is aangekomen of niet is wat ik heb besteld?",
        sv: "Vad gör jag om en vara kom trasig, skadad eller inte är den jag beställde?",
    }

    /// Before the policy, where no article is sure to answer.
    pub(crate) fn nearest() {
        en: "I don't find an exact answer to that. This is what our return policy says:",
        fr: "Je ne trouve pas de réponse exacte à cette question. Voici ce que dit notre politique de retour :",
        nl: "Een precies antwoord daarop vind ik niet. Dit staat in ons retourbeleid:",
        sv: "Jag hittar inget exakt svar på det. Så här står det i vår returpolicy:",
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

    /// Where a return is asked for; it ends or continues the sentences below.
    pub(crate) fn in_portal() {
        en: "in our returns portal",
        fr: "sur notre portail de retours",
        nl: "in ons retourportaal",
        sv: "i vår returportal",
    }

    pub(crate) fn in_hub() {
        en: "in your account",
        fr: "dans votre compte",
        nl: "in je account",
        sv: "på ditt konto",
    }

    pub(crate) fn eligible(name: &str, place: &str) {
        en: "Order {name} can be returned or exchanged. You choose the items {place}.",
        fr: "La commande {name} peut être retournée ou échangée. Vous choisissez les articles {place}.",
        nl: "Bestelling {name} kan worden geretourneerd of geruild. Je kiest de artikelen {place}.",
        sv: "Beställning {name} kan returneras eller bytas. Du väljer varorna {place}.",
    }

    pub(crate) fn eligible_until(name: &str, until: &str, place: &str) {
        en: "Order {name} can be returned or exchanged {until}. You choose the items {place}.",
        fr: "La commande {name} peut être retournée ou échangée {until}. Vous choisissez les articles {place}.",
        nl: "Bestelling {name} kan {until} worden geretourneerd of geruild. Je kiest de artikelen {place}.",
        sv: "Beställning {name} kan returneras eller bytas {until}. Du väljer varorna {place}.",
    }

    pub(crate) fn portal_decides(name: &str, place: &str) {
        en: "You can ask for a return or exchange of order {name} {place}. There you see right away which items can go back.",
        fr: "Vous pouvez demander un retour ou un échange pour la commande {name} {place}. Vous y verrez tout de suite quels articles peuvent être renvoyés.",
        nl: "Je kunt voor bestelling {name} {place} een retour of ruil aanvragen. Daar zie je meteen welke artikelen terug kunnen.",
        sv: "Du kan begära en retur eller ett byte av beställning {name} {place}. Där ser du direkt vilka varor som kan skickas tillbaka.",
    }

    pub(crate) fn portal_decides_until(name: &str, until: &str, place: &str) {
        en: "You can ask for a return or exchange of order {name} {place} {until}. There you see right away which items can go back.",
        fr: "Vous pouvez demander un retour ou un échange pour la commande {name} {place} {until}. Vous y verrez tout de suite quels articles peuvent être renvoyés.",
        nl: "Je kunt voor bestelling {name} {place} {until} een retour of ruil aanvragen. Daar zie je meteen welke artikelen terug kunnen.",
        sv: "Du kan begära en retur eller ett byte av beställning {name} {place} {until}. Där ser du direkt vilka varor som kan skickas tillbaka.",
    }

    pub(crate) fn probably_not(name: &str, place: &str) {
        en: "As far as I can see, order {name} can't be returned. You get the final word {place}.",
        fr: "D'après mes informations, la commande {name} ne peut pas être retournée. Vous aurez la réponse définitive {place}.",
        nl: "Voor zover ik kan zien, kan bestelling {name} niet worden geretourneerd. Je krijgt uitsluitsel {place}.",
        sv: "Så vitt jag kan se kan beställning {name} inte returneras. Du får det slutliga beskedet {place}.",
    }

    pub(crate) fn probably_too_late(name: &str, place: &str) {
        en: "As far as I can see, order {name} can't be returned any more. You get the final word {place}.",
        fr: "D'après mes informations, la commande {name} ne peut plus être retournée. Vous aurez la réponse définitive {place}.",
        nl: "Voor zover ik kan zien, kan bestelling {name} niet meer worden geretourneerd. Je krijgt uitsluitsel {place}.",
        sv: "Så vitt jag kan se kan beställning {name} inte längre returneras. Du får det slutliga beskedet {place}.",
    }

    pub(crate) fn on_its_way(name: &str, place: &str) {
        en: "Order {name} is still on its way to you. Once it has arrived, you can ask for a return {place}.",
        fr: "La commande {name} est encore en route. Dès que vous l'aurez reçue, vous pourrez demander un retour {place}.",
        nl: "Bestelling {name} is nog onderweg. Zodra je die hebt ontvangen, kun je {place} een retour aanvragen.",
        sv: "Beställning {name} är fortfarande på väg till dig. När den har kommit fram kan du begära en retur {place}.",
    }

    pub(crate) fn exchange_there() {
        en: "For an exchange, choose the item there and then what you'd like instead.",
        fr: "Pour un échange, choisissez-y l'article, puis ce que vous souhaitez à la place.",
        nl: "Wil je ruilen, kies daar dan het artikel en wat je ervoor in de plaats wilt.",
        sv: "För ett byte väljer du varan där och sedan vad du vill ha i stället.",
    }

    pub(crate) fn fault(name: &str, place: &str) {
        en: "I'm sorry that something is wrong with order {name}. You can report it {place}: choose the item and the reason. Or I can ask our team to look at it.",
        fr: "Je suis désolé qu'il y ait un problème avec la commande {name}. Vous pouvez le signaler {place} : choisissez l'article et le motif. Je peux aussi demander à notre équipe de s'en occuper.",
        nl: "Wat vervelend dat er iets mis is met bestelling {name}. Je kunt het {place} melden: kies het artikel en de reden. Of ik vraag ons team ernaar te kijken.",
        sv: "Jag beklagar att något är fel med beställning {name}. Du kan anmäla det {place}: välj varan och orsaken. Eller så ber jag vårt team titta på det.",
    }

    pub(crate) fn not_eligible(name: &str) {
        en: "Order {name} can't be returned.",
        fr: "La commande {name} ne peut pas être retournée.",
        nl: "Bestelling {name} kan niet worden geretourneerd.",
        sv: "Beställning {name} kan inte returneras.",
    }

    pub(crate) fn too_late(name: &str, on: &str) {
        en: "Order {name} can't be returned any more: the time for it ended {on}.",
        fr: "La commande {name} ne peut plus être retournée : le délai s'est terminé {on}.",
        nl: "Bestelling {name} kan niet meer worden geretourneerd: de termijn liep {on} af.",
        sv: "Beställning {name} kan inte längre returneras: tiden gick ut {on}.",
    }

    pub(crate) fn delivered(on: &str) {
        en: "It was delivered {on}.",
        fr: "Elle a été livrée {on}.",
        nl: "Hij is {on} bezorgd.",
        sv: "Den levererades {on}.",
    }

    pub(crate) fn not_every_item() {
        en: "Not every item of it can go back; there you see which ones can.",
        fr: "Tous les articles ne peuvent pas être renvoyés ; vous y verrez lesquels peuvent l'être.",
        nl: "Niet elk artikel kan terug; daar zie je welke wel.",
        sv: "Alla varor kan inte skickas tillbaka; där ser du vilka som kan det.",
    }

    pub(crate) fn except() {
        en: "Except for:",
        fr: "À l'exception de :",
        nl: "Behalve:",
        sv: "Med undantag för:",
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
    pub(crate) fn open_hub() {
        en: "Your returns", fr: "Vos retours", nl: "Je retouren", sv: "Dina returer",
    }
    pub(crate) fn ask_team() {
        en: "Ask our team", fr: "Demander à notre équipe", nl: "Ons team vragen", sv: "Fråga vårt team",
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

    pub(crate) fn label_not_sent() {
        en: "Not sent yet", fr: "Pas encore expédiée", nl: "Nog niet verzonden", sv: "Inte skickad än",
    }
    pub(crate) fn label_partly_sent() {
        en: "Partly sent", fr: "Expédiée en partie", nl: "Deels verzonden", sv: "Delvis skickad",
    }
    pub(crate) fn label_sent() {
        en: "Sent", fr: "Expédiée", nl: "Verzonden", sv: "Skickad",
    }
    pub(crate) fn label_delivered() {
        en: "Delivered", fr: "Livrée", nl: "Bezorgd", sv: "Levererad",
    }
    pub(crate) fn label_cancelled() {
        en: "Cancelled", fr: "Annulée", nl: "Geannuleerd", sv: "Avbruten",
    }
    pub(crate) fn label_returned() {
        en: "Returned", fr: "Retournée", nl: "Geretourneerd", sv: "Returnerad",
    }

    fn final_sale() {
        en: "final sale", fr: "vente définitive", nl: "uitverkoop, kan niet terug", sv: "slutförsäljning",
    }
    fn window_over() {
        en: "the time to return it is over", fr: "le délai de retour est dépassé", nl: "de retourtermijn is voorbij", sv: "returtiden har gått ut",
    }
    fn came_back() {
        en: "already returned, or about to be", fr: "déjà retourné ou en cours de retour", nl: "al geretourneerd of onderweg terug", sv: "redan returnerad eller på väg tillbaka",
    }
    fn digital() {
        en: "a digital item", fr: "article numérique", nl: "een digitaal artikel", sv: "en digital vara",
    }
    fn not_delivered() {
        en: "not delivered yet", fr: "pas encore livré", nl: "nog niet bezorgd", sv: "inte levererad än",
    }
}

/// A provider's reason in the customer's words. A code that isn't known says nothing to a customer and is left out; what
/// is no code is the provider's own sentence.
pub(crate) fn reason(language: Language, reason: &str) -> Option<String> {
    let code: String = reason.trim().to_lowercase().replace(['_', ' '], "-");
    Some(match code.as_str() {
        "final-sale" | "non-returnable" => final_sale(language),
        "outside-return-window" | "return-window-expired" | "outside-window" => window_over(language),
        "already-returned" => came_back(language),
        "digital-goods" | "digital" => digital(language),
        "not-delivered" | "unfulfilled" => not_delivered(language),
        _ if reason.trim().contains(' ') => reason.trim().to_owned(),
        _ => return None,
    })
}

//! What this skill says.

use usher_sdk::skill::prelude::*;

texts! {
    pub(crate) fn to_see_subscriptions() {
        en: "to see your subscriptions",
        fr: "pour voir vos abonnements",
        nl: "om je abonnementen te zien",
        sv: "för att se dina prenumerationer",
    }

    pub(crate) fn none() {
        en: "I don't see any subscription in your account. If you subscribed with another e-mail address, sign in with that one.",
        fr: "Je ne vois aucun abonnement dans votre compte. Si vous vous êtes abonné avec une autre adresse e-mail, connectez-vous avec celle-ci.",
        nl: "Ik zie geen abonnement in je account. Heb je het met een ander e-mailadres afgesloten, log dan daarmee in.",
        sv: "Jag ser ingen prenumeration på ditt konto. Om du tecknade den med en annan e-postadress kan du logga in med den.",
    }

    /// What the articles are asked.
    pub(crate) fn is_there_a_term() {
        en: "Is there a minimum term for a subscription?",
        fr: "Y a-t-il une durée minimale pour un abonnement ?",
        nl: "Is er een minimale looptijd voor een abonnement?",
        sv: "Finns det någon bindningstid för en prenumeration?",
    }

    pub(crate) fn if_not_right() {
        en: "If something was charged or sent that shouldn't have been, our team can look into it.",
        fr: "Si quelque chose a été débité ou envoyé à tort, notre équipe peut vérifier.",
        nl: "Is er iets ten onrechte afgeschreven of verstuurd, dan kan ons team ernaar kijken.",
        sv: "Om något har debiterats eller skickats som inte skulle det kan vårt team titta på det.",
    }

    pub(crate) fn which() {
        en: "Which subscription do you mean?",
        fr: "De quel abonnement s'agit-il ?",
        nl: "Welk abonnement bedoel je?",
        sv: "Vilken prenumeration menar du?",
    }

    pub(crate) fn yours() {
        en: "These are your subscriptions:",
        fr: "Voici vos abonnements :",
        nl: "Dit zijn je abonnementen:",
        sv: "Det här är dina prenumerationer:",
    }

    pub(crate) fn act_in_portal() {
        en: "You can pause, skip, move or cancel your deliveries yourself in your subscription portal.",
        fr: "Vous pouvez suspendre, sauter, déplacer ou résilier vos livraisons vous-même dans votre espace abonnement.",
        nl: "Je kunt je leveringen zelf pauzeren, overslaan, verzetten of opzeggen in je abonnementsportaal.",
        sv: "Du kan själv pausa, hoppa över, flytta eller säga upp dina leveranser i din prenumerationsportal.",
    }

    pub(crate) fn change_in_portal() {
        en: "What you get, how much, how often, where to and how you pay: you can change all of that in your subscription portal.",
        fr: "Le produit, la quantité, la fréquence, l'adresse et le paiement : vous pouvez tout modifier dans votre espace abonnement.",
        nl: "Wat je krijgt, hoeveel, hoe vaak, waarheen en hoe je betaalt: dat wijzig je allemaal in je abonnementsportaal.",
        sv: "Vad du får, hur mycket, hur ofta, vart och hur du betalar: allt det ändrar du i din prenumerationsportal.",
    }

    pub(crate) fn left() {
        en: "All right, your subscription stays as it is.",
        fr: "Très bien, votre abonnement reste tel quel.",
        nl: "Goed, je abonnement blijft zoals het is.",
        sv: "Okej, din prenumeration är kvar som den är.",
    }

    pub(crate) fn next(title: &str, on: &str) {
        en: "The next delivery of **{title}** is charged {on} and sent after that.",
        fr: "La prochaine livraison de **{title}** sera débitée {on}, puis expédiée.",
        nl: "De volgende levering van **{title}** wordt {on} afgeschreven en daarna verzonden.",
        sv: "Nästa leverans av **{title}** debiteras {on} och skickas därefter.",
    }

    pub(crate) fn active(title: &str) {
        en: "Your subscription to **{title}** is active. No day is set for the next delivery yet.",
        fr: "Votre abonnement à **{title}** est actif. Aucun jour n'est encore fixé pour la prochaine livraison.",
        nl: "Je abonnement op **{title}** loopt. Er is nog geen dag bepaald voor de volgende levering.",
        sv: "Din prenumeration på **{title}** är aktiv. Ingen dag är bestämd för nästa leverans än.",
    }

    pub(crate) fn paused_until(title: &str, on: &str) {
        en: "Your subscription to **{title}** is paused. The next delivery is charged {on}.",
        fr: "Votre abonnement à **{title}** est en pause. La prochaine livraison sera débitée {on}.",
        nl: "Je abonnement op **{title}** is gepauzeerd. De volgende levering wordt {on} afgeschreven.",
        sv: "Din prenumeration på **{title}** är pausad. Nästa leverans debiteras {on}.",
    }

    pub(crate) fn paused(title: &str) {
        en: "Your subscription to **{title}** is paused.",
        fr: "Votre abonnement à **{title}** est en pause.",
        nl: "Je abonnement op **{title}** is gepauzeerd.",
        sv: "Din prenumeration på **{title}** är pausad.",
    }

    pub(crate) fn is_cancelled(title: &str) {
        en: "Your subscription to **{title}** is cancelled: nothing more is charged or sent.",
        fr: "Votre abonnement à **{title}** est résilié : rien ne sera plus débité ni expédié.",
        nl: "Je abonnement op **{title}** is opgezegd: er wordt niets meer afgeschreven of verzonden.",
        sv: "Din prenumeration på **{title}** är uppsagd: inget mer debiteras eller skickas.",
    }

    pub(crate) fn is_expired(title: &str) {
        en: "Your subscription to **{title}** has ended.",
        fr: "Votre abonnement à **{title}** est terminé.",
        nl: "Je abonnement op **{title}** is afgelopen.",
        sv: "Din prenumeration på **{title}** har löpt ut.",
    }

    pub(crate) fn unclear(title: &str) {
        en: "I can't tell how it stands with your subscription to **{title}**.",
        fr: "Je ne peux pas dire où en est votre abonnement à **{title}**.",
        nl: "Ik kan niet zien hoe het met je abonnement op **{title}** staat.",
        sv: "Jag kan inte se hur det står till med din prenumeration på **{title}**.",
    }

    pub(crate) fn costs(price: &str, every: &str) {
        en: "It costs {price} {every}; shipping may be added.",
        fr: "Il coûte {price} {every} ; des frais de port peuvent s'ajouter.",
        nl: "Het kost {price} {every}; daar kunnen verzendkosten bij komen.",
        sv: "Den kostar {price} {every}; frakt kan tillkomma.",
    }

    pub(crate) fn costs_several(quantity: u32, each: &str, total: &str, every: &str) {
        en: "It costs {quantity} × {each}, so {total}, {every}; shipping may be added.",
        fr: "Il coûte {quantity} × {each}, soit {total}, {every} ; des frais de port peuvent s'ajouter.",
        nl: "Het kost {quantity} × {each}, dus {total}, {every}; daar kunnen verzendkosten bij komen.",
        sv: "Den kostar {quantity} × {each}, alltså {total}, {every}; frakt kan tillkomma.",
    }

    pub(crate) fn every_days(count: u64) by count {
        en: "every day" | "every {count} days", fr: "chaque jour" | "tous les {count} jours",
        nl: "elke dag" | "elke {count} dagen", sv: "varje dag" | "var {count}:e dag",
    }
    pub(crate) fn every_weeks(count: u64) by count {
        en: "every week" | "every {count} weeks", fr: "chaque semaine" | "toutes les {count} semaines",
        nl: "elke week" | "elke {count} weken", sv: "varje vecka" | "var {count}:e vecka",
    }
    pub(crate) fn every_months(count: u64) by count {
        en: "every month" | "every {count} months", fr: "chaque mois" | "tous les {count} mois",
        nl: "elke maand" | "elke {count} maanden", sv: "varje månad" | "var {count}:e månad",
    }
    pub(crate) fn every_years(count: u64) by count {
        en: "every year" | "every {count} years", fr: "chaque année" | "tous les {count} ans",
        nl: "elk jaar" | "elke {count} jaar", sv: "varje år" | "vart {count}:e år",
    }

    pub(crate) fn runs_already() {
        en: "It isn't paused.",
        fr: "Il n'est pas en pause.",
        nl: "Het is niet gepauzeerd.",
        sv: "Den är inte pausad.",
    }

    pub(crate) fn not_skippable(title: &str) {
        en: "The next delivery of **{title}** can't be skipped, because of how this subscription is set up. Our team can tell you what is possible.",
        fr: "La prochaine livraison de **{title}** ne peut pas être sautée, en raison de la formule de cet abonnement. Notre équipe peut vous dire ce qui est possible.",
        nl: "De volgende levering van **{title}** kan niet worden overgeslagen, door de vorm van dit abonnement. Ons team kan je vertellen wat er mogelijk is.",
        sv: "Nästa leverans av **{title}** går inte att hoppa över, på grund av hur prenumerationen är upplagd. Vårt team kan berätta vad som går.",
    }

    pub(crate) fn how_long(title: &str) {
        en: "For how long should I pause **{title}**? Choose, or type a day.",
        fr: "Pour combien de temps faut-il mettre **{title}** en pause ? Choisissez, ou écrivez un jour.",
        nl: "Hoe lang zal ik **{title}** pauzeren? Kies, of typ een dag.",
        sv: "Hur länge ska jag pausa **{title}**? Välj, eller skriv en dag.",
    }

    pub(crate) fn which_day(title: &str) {
        en: "On which day should the next delivery of **{title}** be charged? For example \"15 January\".",
        fr: "Quel jour la prochaine livraison de **{title}** doit-elle être débitée ? Par exemple « 15 janvier ».",
        nl: "Op welke dag moet de volgende levering van **{title}** worden afgeschreven? Bijvoorbeeld \"15 januari\".",
        sv: "Vilken dag ska nästa leverans av **{title}** debiteras? Till exempel \"15 januari\".",
    }

    pub(crate) fn unread_day() {
        en: "I couldn't read that as a day. Could you write it like \"15 January\"?",
        fr: "Je n'ai pas compris ce jour. Pouvez-vous l'écrire comme « 15 janvier » ?",
        nl: "Ik kon daar geen dag in lezen. Kun je hem schrijven als \"15 januari\"?",
        sv: "Jag kunde inte läsa det som en dag. Kan du skriva den som \"15 januari\"?",
    }

    pub(crate) fn past_day() {
        en: "It has to be a day after today. Which one should it be?",
        fr: "Il faut un jour après aujourd'hui. Lequel choisissez-vous ?",
        nl: "Het moet een dag na vandaag zijn. Welke zal het zijn?",
        sv: "Det måste vara en dag efter i dag. Vilken ska det bli?",
    }

    pub(crate) fn too_short(on: &str) {
        en: "Your next delivery is only charged {on}, so nothing comes before that anyway. Until which later day should I pause?",
        fr: "Votre prochaine livraison n'est débitée que {on}, rien ne vient donc avant. Jusqu'à quel jour plus tardif faut-il suspendre ?",
        nl: "Je volgende levering wordt pas {on} afgeschreven, dus daarvoor komt er toch niets. Tot welke latere dag zal ik pauzeren?",
        sv: "Din nästa leverans debiteras först {on}, så inget kommer före dess ändå. Till vilken senare dag ska jag pausa?",
    }

    pub(crate) fn for_months(count: u64, until: &str) by count {
        en: "1 month ({until})" | "{count} months ({until})",
        fr: "1 mois ({until})" | "{count} mois ({until})",
        nl: "1 maand ({until})" | "{count} maanden ({until})",
        sv: "1 månad ({until})" | "{count} månader ({until})",
    }

    pub(crate) fn rather(title: &str) {
        en: "Before you cancel **{title}**: would it help to skip the next delivery, or to pause for a while?",
        fr: "Avant de résilier **{title}** : préférez-vous sauter la prochaine livraison ou faire une pause ?",
        nl: "Voordat je **{title}** opzegt: zou het helpen om de volgende levering over te slaan, of even te pauzeren?",
        sv: "Innan du säger upp **{title}**: skulle det hjälpa att hoppa över nästa leverans, eller pausa ett tag?",
    }

    pub(crate) fn why(title: &str) {
        en: "Why would you like to cancel **{title}**? It helps us get better.",
        fr: "Pourquoi souhaitez-vous résilier **{title}** ? Cela nous aide à nous améliorer.",
        nl: "Waarom wil je **{title}** opzeggen? Zo kunnen we beter worden.",
        sv: "Varför vill du säga upp **{title}**? Det hjälper oss att bli bättre.",
    }

    pub(crate) fn will_skip(title: &str, on: &str) {
        en: "Skip the next delivery of {title}: it was to be charged {on}. It won't be charged or sent; the one after it comes as usual.",
        fr: "Sauter la prochaine livraison de {title}, prévue {on}. Elle ne sera ni débitée ni expédiée ; la suivante viendra comme d'habitude.",
        nl: "De volgende levering van {title} overslaan: die zou {on} worden afgeschreven. Ze wordt niet afgeschreven of verzonden; de levering daarna komt zoals altijd.",
        sv: "Hoppa över nästa leverans av {title}, som skulle debiteras {on}. Den debiteras och skickas inte; nästa därefter kommer som vanligt.",
    }

    pub(crate) fn will_pause(title: &str, on: &str) {
        en: "Pause the subscription to {title}: nothing is charged or sent until the next delivery, which is charged {on}.",
        fr: "Mettre en pause l'abonnement à {title} : rien ne sera débité ni expédié avant la prochaine livraison, débitée {on}.",
        nl: "Het abonnement op {title} pauzeren: er wordt niets afgeschreven of verzonden tot de volgende levering, die {on} wordt afgeschreven.",
        sv: "Pausa prenumerationen på {title}: inget debiteras eller skickas före nästa leverans, som debiteras {on}.",
    }

    pub(crate) fn will_resume(title: &str, price: &str) {
        en: "Resume the subscription to {title}. The next delivery is charged as soon as possible, usually tomorrow: {price}, shipping may be added.",
        fr: "Reprendre l'abonnement à {title}. La prochaine livraison sera débitée dès que possible, en général demain : {price}, frais de port éventuels en sus.",
        nl: "Het abonnement op {title} hervatten. De volgende levering wordt zo snel mogelijk afgeschreven, meestal morgen: {price}, eventueel plus verzendkosten.",
        sv: "Återuppta prenumerationen på {title}. Nästa leverans debiteras så snart som möjligt, oftast i morgon: {price}, frakt kan tillkomma.",
    }

    pub(crate) fn will_move(title: &str, on: &str, price: &str) {
        en: "Move the next delivery of {title}: it is charged {on} ({price}, shipping may be added) and sent after that.",
        fr: "Déplacer la prochaine livraison de {title} : elle sera débitée {on} ({price}, frais de port éventuels en sus), puis expédiée.",
        nl: "De volgende levering van {title} verzetten: die wordt {on} afgeschreven ({price}, eventueel plus verzendkosten) en daarna verzonden.",
        sv: "Flytta nästa leverans av {title}: den debiteras {on} ({price}, frakt kan tillkomma) och skickas därefter.",
    }

    pub(crate) fn will_cancel(title: &str) {
        en: "Cancel the subscription to {title}. Nothing more is charged or sent.",
        fr: "Résilier l'abonnement à {title}. Plus rien ne sera débité ni expédié.",
        nl: "Het abonnement op {title} opzeggen. Er wordt niets meer afgeschreven of verzonden.",
        sv: "Säga upp prenumerationen på {title}. Inget mer debiteras eller skickas.",
    }

    pub(crate) fn skipped_next(title: &str, on: &str) {
        en: "The delivery of **{title}** is skipped. The next one is charged {on}.",
        fr: "La livraison de **{title}** est sautée. La prochaine sera débitée {on}.",
        nl: "De levering van **{title}** is overgeslagen. De volgende wordt {on} afgeschreven.",
        sv: "Leveransen av **{title}** hoppas över. Nästa debiteras {on}.",
    }

    pub(crate) fn skipped(title: &str) {
        en: "The delivery of **{title}** is skipped.",
        fr: "La livraison de **{title}** est sautée.",
        nl: "De levering van **{title}** is overgeslagen.",
        sv: "Leveransen av **{title}** hoppas över.",
    }

    pub(crate) fn is_paused(title: &str, on: &str) {
        en: "Your subscription to **{title}** is paused: the next delivery is charged {on}. You can resume it any time.",
        fr: "Votre abonnement à **{title}** est en pause : la prochaine livraison sera débitée {on}. Vous pouvez le reprendre à tout moment.",
        nl: "Je abonnement op **{title}** is gepauzeerd: de volgende levering wordt {on} afgeschreven. Je kunt het altijd hervatten.",
        sv: "Din prenumeration på **{title}** är pausad: nästa leverans debiteras {on}. Du kan återuppta den när du vill.",
    }

    pub(crate) fn resumed_next(title: &str, on: &str) {
        en: "Your subscription to **{title}** runs again. The next delivery is charged {on}.",
        fr: "Votre abonnement à **{title}** reprend. La prochaine livraison sera débitée {on}.",
        nl: "Je abonnement op **{title}** loopt weer. De volgende levering wordt {on} afgeschreven.",
        sv: "Din prenumeration på **{title}** är igång igen. Nästa leverans debiteras {on}.",
    }

    pub(crate) fn resumed(title: &str) {
        en: "Your subscription to **{title}** runs again.",
        fr: "Votre abonnement à **{title}** reprend.",
        nl: "Je abonnement op **{title}** loopt weer.",
        sv: "Din prenumeration på **{title}** är igång igen.",
    }

    pub(crate) fn moved(title: &str, on: &str) {
        en: "The next delivery of **{title}** is now charged {on}.",
        fr: "La prochaine livraison de **{title}** sera débitée {on}.",
        nl: "De volgende levering van **{title}** wordt nu {on} afgeschreven.",
        sv: "Nästa leverans av **{title}** debiteras nu {on}.",
    }

    pub(crate) fn cancelled(title: &str) {
        en: "Your subscription to **{title}** is cancelled. Nothing more is charged or sent. Thank you for having been with us!",
        fr: "Votre abonnement à **{title}** est résilié. Plus rien ne sera débité ni expédié. Merci de nous avoir accompagnés !",
        nl: "Je abonnement op **{title}** is opgezegd. Er wordt niets meer afgeschreven of verzonden. Bedankt dat je klant was!",
        sv: "Din prenumeration på **{title}** är uppsagd. Inget mer debiteras eller skickas. Tack för den här tiden!",
    }

    pub(crate) fn perhaps(title: &str) {
        en: "I asked for the change to **{title}**, but I'm not certain that it was made. Please look again in a minute, before asking for it once more.",
        fr: "J'ai demandé le changement pour **{title}**, mais je ne suis pas certain qu'il a été fait. Vérifiez dans une minute, avant de le redemander.",
        nl: "Ik heb de wijziging van **{title}** aangevraagd, maar ik weet niet zeker of ze is doorgevoerd. Kijk over een minuut nog eens, voordat je het opnieuw vraagt.",
        sv: "Jag har bett om ändringen av **{title}**, men jag är inte säker på att den gjordes. Titta igen om en minut, innan du ber om den en gång till.",
    }

    pub(crate) fn not_made(title: &str) {
        en: "That change to **{title}** could not be made. Nothing was changed.",
        fr: "Ce changement pour **{title}** n'a pas pu être fait. Rien n'a été modifié.",
        nl: "Die wijziging van **{title}** kon niet worden doorgevoerd. Er is niets veranderd.",
        sv: "Den ändringen av **{title}** gick inte att göra. Inget har ändrats.",
    }

    pub(crate) fn skip() {
        en: "Skip next delivery", fr: "Sauter la prochaine livraison", nl: "Volgende overslaan", sv: "Hoppa över nästa",
    }
    pub(crate) fn pause() {
        en: "Pause", fr: "Mettre en pause", nl: "Pauzeren", sv: "Pausa",
    }
    pub(crate) fn resume() {
        en: "Resume", fr: "Reprendre", nl: "Hervatten", sv: "Återuppta",
    }
    pub(crate) fn reschedule() {
        en: "Change the day", fr: "Changer le jour", nl: "Andere dag", sv: "Byt dag",
    }
    pub(crate) fn manage() {
        en: "Manage", fr: "Gérer", nl: "Beheren", sv: "Hantera",
    }
    pub(crate) fn open_portal() {
        en: "My subscriptions", fr: "Mes abonnements", nl: "Mijn abonnementen", sv: "Mina prenumerationer",
    }
    pub(crate) fn cancel_anyway() {
        en: "Cancel anyway", fr: "Résilier quand même", nl: "Toch opzeggen", sv: "Säg upp ändå",
    }
    pub(crate) fn keep_it() {
        en: "Keep it", fr: "Le garder", nl: "Houden", sv: "Behåll den",
    }
    pub(crate) fn leave_it() {
        en: "Leave it as it is", fr: "Ne rien changer", nl: "Laat maar zo", sv: "Låt det vara",
    }
    pub(crate) fn look_again() {
        en: "Look again", fr: "Vérifier", nl: "Kijk nog eens", sv: "Titta igen",
    }
    pub(crate) fn ask_team() {
        en: "Ask the team", fr: "Demander à l'équipe", nl: "Vraag het team", sv: "Fråga teamet",
    }
    pub(crate) fn too_expensive() {
        en: "Too expensive", fr: "Trop cher", nl: "Te duur", sv: "För dyrt",
    }
    pub(crate) fn too_much() {
        en: "I have too much of it", fr: "J'en ai trop", nl: "Ik heb er te veel van", sv: "Jag har för mycket",
    }
    pub(crate) fn no_liking() {
        en: "I don't like it", fr: "Je n'aime pas", nl: "Ik vind het niet lekker of mooi", sv: "Jag gillar det inte",
    }
    pub(crate) fn another_reason() {
        en: "Another reason", fr: "Une autre raison", nl: "Een andere reden", sv: "En annan anledning",
    }

    pub(crate) fn label_active() {
        en: "Active", fr: "Actif", nl: "Actief", sv: "Aktiv",
    }
    pub(crate) fn label_paused() {
        en: "Paused", fr: "En pause", nl: "Gepauzeerd", sv: "Pausad",
    }
    pub(crate) fn label_cancelled() {
        en: "Cancelled", fr: "Résilié", nl: "Opgezegd", sv: "Uppsagd",
    }
    pub(crate) fn label_expired() {
        en: "Ended", fr: "Terminé", nl: "Afgelopen", sv: "Avslutad",
    }
    pub(crate) fn label_other() {
        en: "Unknown", fr: "Inconnu", nl: "Onbekend", sv: "Okänd",
    }
}

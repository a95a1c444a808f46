use super::SignInWords;

pub(super) static WORDS: SignInWords = SignInWords {
    ask: "Met welk e-mailadres bestel je? Ik stuur er een code naartoe.",
    ask_again: "Schrijf het e-mailadres waarmee je bestelt, zoals naam@example.com.",
    sent: "Ik heb een code van zes cijfers naar {} gestuurd. Schrijf die hier; hij is tien minuten geldig.",
    sent_to_sender: "Ik heb een code van zes cijfers naar {} gestuurd, in een aparte mail. Beantwoord deze mail met de code; \
                     hij is tien minuten geldig.",
    only_to_sender: "Per e-mail kan ik de code alleen sturen naar het adres waarvandaan je schrijft. Heb je met een ander adres \
                     besteld, schrijf ons dan vanaf dat adres.",
    waits: "Ook daarvoor moet je ingelogd zijn. De code die ik naar {} stuurde is nog geldig: schrijf die hier.",
    wrong: "Dat is niet de code die ik als laatste stuurde. Kijk nog eens, of schrijf \"nieuwe code\", dan stuur ik een \
            andere.",
    six_digits: "De code heeft zes cijfers. Wil je hem nog eens schrijven?",
    expired: "Die code is verlopen. Schrijf \"nieuwe code\", dan stuur ik een andere.",
    too_many: "Dat was één poging te veel, en deze code werkt niet meer. Schrijf \"nieuwe code\", dan stuur ik een andere.",
    no_more: "Ik kan nu geen code meer sturen. Probeer het over een uur nog eens.",
    given_up: "Ik kon er geen e-mailadres in lezen en kan je dus niet inloggen.",
    refused: "Geen probleem. Zonder inloggen kan ik niet in je account kijken, maar op iets anders antwoord ik graag.",
    signed_in: "Bedankt, je bent ingelogd.",
    what_now: "Wat kan ik voor je doen?",
    somebody_else: "Dat adres hoort bij een andere klant dan degene die hier eerder inlogde, dus ik kan niet wisselen. Schrijf \
                    ons voor het andere account vanaf een ander nummer of adres.",
    no_mail: "Daarvoor zou je moeten inloggen, en ik kan op dit moment geen code sturen.",
    preview_sent: "Dit is een voorbeeld: er is geen code gestuurd.",
    preview_code: "Dit is een voorbeeld: niemand wordt hier met een code ingelogd. Kies een klant om verder te gaan.",
    new_code: "nieuwe code",
};

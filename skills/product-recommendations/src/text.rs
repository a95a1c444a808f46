//! What this skill says.

use usher_sdk::skill::prelude::*;

texts! {
    pub(crate) fn these() {
        en: "This is what I found for you:",
        fr: "Voici ce que j'ai trouvé pour vous :",
        nl: "Dit heb ik voor je gevonden:",
        sv: "Det här hittade jag åt dig:",
    }

    /// A line of a list; `what` is the price, or what the catalogue says.
    pub(crate) fn item(title: &str, what: &str) {
        en: "- **{title}**: {what}", fr: "- **{title}** : {what}", nl: "- **{title}**: {what}", sv: "- **{title}**: {what}",
    }

    pub(crate) fn compared(title: &str, price: &str, stock: &str, words: &str) {
        en: "- **{title}** ({price}, {stock}): {words}",
        fr: "- **{title}** ({price}, {stock}) : {words}",
        nl: "- **{title}** ({price}, {stock}): {words}",
        sv: "- **{title}** ({price}, {stock}): {words}",
    }

    pub(crate) fn nearest() {
        en: "These come nearest to what you describe:",
        fr: "Voici ce qui se rapproche le plus de votre description :",
        nl: "Deze komen het dichtst bij wat je beschrijft:",
        sv: "De här kommer närmast det du beskriver:",
    }

    pub(crate) fn nearest_without(words: &str) {
        en: "The catalogue says nothing about {words} for these, but they come nearest; their pages tell you more:",
        fr: "Le catalogue ne dit rien de {words} pour ces articles, mais ce sont les plus proches ; leurs pages vous en disent plus :",
        nl: "De catalogus zegt bij deze niets over {words}, maar ze komen het dichtst in de buurt; op hun pagina's staat meer:",
        sv: "Katalogen säger inget om {words} för de här, men de kommer närmast; mer står på deras sidor:",
    }

    pub(crate) fn none_of_that() {
        en: "I didn't find exactly that in stock. These come nearest:",
        fr: "Je n'ai pas trouvé exactement cela en stock. Voici ce qui s'en approche le plus :",
        nl: "Precies dat heb ik niet op voorraad gevonden. Deze komen het dichtst in de buurt:",
        sv: "Jag hittade inte precis det i lager. De här kommer närmast:",
    }

    pub(crate) fn nothing_under(price: &str) {
        en: "I found nothing in stock up to {price}. These come near it at another price:",
        fr: "Je n'ai rien trouvé en stock jusqu'à {price}. Voici ce qui s'en approche, à un autre prix :",
        nl: "Ik heb niets op voorraad gevonden tot {price}. Deze komen in de buurt, voor een andere prijs:",
        sv: "Jag hittade inget i lager för högst {price}. De här kommer nära, till ett annat pris:",
    }

    pub(crate) fn nothing_over(price: &str) {
        en: "I found nothing in stock from {price} on. These come near it at another price:",
        fr: "Je n'ai rien trouvé en stock à partir de {price}. Voici ce qui s'en approche, à un autre prix :",
        nl: "Ik heb niets op voorraad gevonden vanaf {price}. Deze komen in de buurt, voor een andere prijs:",
        sv: "Jag hittade inget i lager från {price}. De här kommer nära, till ett annat pris:",
    }

    pub(crate) fn nothing_between(least: &str, most: &str) {
        en: "I found nothing in stock between {least} and {most}. These come near it at another price:",
        fr: "Je n'ai rien trouvé en stock entre {least} et {most}. Voici ce qui s'en approche, à un autre prix :",
        nl: "Ik heb niets op voorraad gevonden tussen {least} en {most}. Deze komen in de buurt, voor een andere prijs:",
        sv: "Jag hittade inget i lager mellan {least} och {most}. De här kommer nära, till ett annat pris:",
    }

    pub(crate) fn other_currency(currency: &str) {
        en: "Our prices are in {currency}, so I left your limit out.",
        fr: "Nos prix sont en {currency}, je n'ai donc pas tenu compte de votre limite.",
        nl: "Onze prijzen zijn in {currency}, dus ik heb je grens weggelaten.",
        sv: "Våra priser är i {currency}, så jag har bortsett från din gräns.",
    }

    pub(crate) fn nothing() {
        en: "I found nothing like that in stock in our catalogue. Could you say it in another way, or tell me what it is for?",
        fr: "Je n'ai rien trouvé de tel en stock dans notre catalogue. Pouvez-vous le dire autrement, ou me dire à quoi cela doit servir ?",
        nl: "Zoiets heb ik niet op voorraad gevonden in onze catalogus. Kun je het anders zeggen, of vertellen waar het voor is?",
        sv: "Jag hittade inget sådant i lager i vår katalog. Kan du säga det på ett annat sätt, eller berätta vad det ska användas till?",
    }

    pub(crate) fn no_more() {
        en: "That is all I found in stock for this. Tell me what should be different, and I'll look again.",
        fr: "C'est tout ce que j'ai trouvé en stock. Dites-moi ce qui doit être différent et je chercherai à nouveau.",
        nl: "Meer heb ik hiervoor niet op voorraad gevonden. Zeg me wat er anders moet, dan zoek ik opnieuw.",
        sv: "Det är allt jag hittade i lager. Säg vad som ska vara annorlunda, så letar jag igen.",
    }

    pub(crate) fn none_cheaper(price: &str) {
        en: "I found nothing in stock for less than {price}.",
        fr: "Je n'ai rien trouvé en stock à moins de {price}.",
        nl: "Ik heb niets op voorraad gevonden voor minder dan {price}.",
        sv: "Jag hittade inget i lager för mindre än {price}.",
    }

    pub(crate) fn none_dearer(price: &str) {
        en: "I found nothing in stock for more than {price}.",
        fr: "Je n'ai rien trouvé en stock à plus de {price}.",
        nl: "Ik heb niets op voorraad gevonden voor meer dan {price}.",
        sv: "Jag hittade inget i lager för mer än {price}.",
    }

    pub(crate) fn like(title: &str) {
        en: "Close to **{title}**, our catalogue has these:",
        fr: "Dans le même esprit que **{title}**, notre catalogue propose :",
        nl: "Het dichtst bij **{title}** komen deze uit onze catalogus:",
        sv: "De här i vår katalog kommer närmast **{title}**:",
    }

    pub(crate) fn like_ordered(title: &str) {
        en: "You ordered **{title}**. These from our catalogue come close to it:",
        fr: "Vous avez commandé **{title}**. Voici ce qui s'en approche dans notre catalogue :",
        nl: "Je hebt **{title}** besteld. Deze uit onze catalogus komen daarbij in de buurt:",
        sv: "Du har beställt **{title}**. De här i vår katalog är närmast:",
    }

    pub(crate) fn nothing_like(title: &str) {
        en: "I found nothing like **{title}** in stock. What matters most to you about it?",
        fr: "Je n'ai rien trouvé de comparable à **{title}** en stock. Qu'est-ce qui compte le plus pour vous ?",
        nl: "Ik heb niets zoals **{title}** op voorraad gevonden. Wat is voor jou het belangrijkst?",
        sv: "Jag hittade inget som liknar **{title}** i lager. Vad är viktigast för dig?",
    }

    pub(crate) fn says(title: &str, quote: &str) {
        en: "About **{title}** the catalogue says: “{quote}” This is what I found:",
        fr: "**{title}**, selon le catalogue : « {quote} » Voici ce que j'ai trouvé :",
        nl: "Over **{title}** zegt de catalogus: “{quote}” Dit heb ik gevonden:",
        sv: "Om **{title}** säger katalogen: ”{quote}” Det här hittade jag:",
    }

    pub(crate) fn says_nothing_of_fit(title: &str) {
        en: "The catalogue doesn't say what fits **{title}**. This is what I found; please compare the details on the pages:",
        fr: "Le catalogue ne dit pas ce qui va avec **{title}**. Voici ce que j'ai trouvé ; comparez les détails sur les pages :",
        nl: "De catalogus zegt niet wat bij **{title}** past. Dit heb ik gevonden; vergelijk de details op de pagina's:",
        sv: "Katalogen säger inte vad som passar till **{title}**. Det här hittade jag; jämför uppgifterna på sidorna:",
    }

    pub(crate) fn costs(title: &str, price: &str) {
        en: "The catalogue price of **{title}** is {price}.",
        fr: "**{title}** coûte {price} au catalogue.",
        nl: "De catalogusprijs van **{title}** is {price}.",
        sv: "Katalogpriset för **{title}** är {price}.",
    }

    pub(crate) fn in_stock(title: &str) {
        en: "**{title}** is in stock.",
        fr: "**{title}** est en stock.",
        nl: "**{title}** is op voorraad.",
        sv: "**{title}** finns i lager.",
    }

    /// Where it can't be read again: how it was, and when.
    pub(crate) fn was_in_stock(title: &str, age: &str) {
        en: "I can't check the stock right now. {age}, **{title}** was in stock.",
        fr: "Je ne peux pas vérifier le stock en ce moment. {age}, **{title}** était en stock.",
        nl: "Ik kan de voorraad nu niet nakijken. {age} was **{title}** op voorraad.",
        sv: "Jag kan inte kontrollera lagret just nu. {age} fanns **{title}** i lager.",
    }

    pub(crate) fn minutes_ago(minutes: u64) by minutes {
        en: "One minute ago" | "{minutes} minutes ago",
        fr: "Il y a une minute" | "Il y a {minutes} minutes",
        nl: "Een minuut geleden" | "{minutes} minuten geleden",
        sv: "För en minut sedan" | "För {minutes} minuter sedan",
    }

    pub(crate) fn hours_ago(hours: u64) by hours {
        en: "One hour ago" | "{hours} hours ago",
        fr: "Il y a une heure" | "Il y a {hours} heures",
        nl: "Een uur geleden" | "{hours} uur geleden",
        sv: "För en timme sedan" | "För {hours} timmar sedan",
    }

    pub(crate) fn sold_out(title: &str) {
        en: "**{title}** is sold out at the moment.",
        fr: "**{title}** est en rupture de stock pour le moment.",
        nl: "**{title}** is op dit moment uitverkocht.",
        sv: "**{title}** är slutsåld just nu.",
    }

    pub(crate) fn in_stock_now() {
        en: "It is in stock.", fr: "L'article est en stock.", nl: "Het is op voorraad.", sv: "Varan finns i lager.",
    }

    pub(crate) fn sold_out_now() {
        en: "It is sold out at the moment.",
        fr: "L'article est en rupture de stock pour le moment.",
        nl: "Het is op dit moment uitverkocht.",
        sv: "Varan är slutsåld just nu.",
    }

    pub(crate) fn read_minutes_ago(minutes: u64) by minutes {
        en: "As of one minute ago." | "As of {minutes} minutes ago.",
        fr: "Situation d'il y a une minute." | "Situation d'il y a {minutes} minutes.",
        nl: "Stand van een minuut geleden." | "Stand van {minutes} minuten geleden.",
        sv: "Läget för en minut sedan." | "Läget för {minutes} minuter sedan.",
    }

    pub(crate) fn read_hours_ago(hours: u64) by hours {
        en: "As of one hour ago." | "As of {hours} hours ago.",
        fr: "Situation d'il y a une heure." | "Situation d'il y a {hours} heures.",
        nl: "Stand van een uur geleden." | "Stand van {hours} uur geleden.",
        sv: "Läget för en timme sedan." | "Läget för {hours} timmar sedan.",
    }

    pub(crate) fn colours(title: &str) {
        en: "Which colours and sizes there are of **{title}** is shown on its page.",
        fr: "**{title}** : les couleurs et les tailles sont indiquées sur la page du produit.",
        nl: "Welke kleuren en maten er van **{title}** zijn, staat op de productpagina.",
        sv: "Vilka färger och storlekar som finns av **{title}** står på produktens sida.",
    }

    pub(crate) fn gone(title: &str) {
        en: "**{title}** isn't in our catalogue any more.",
        fr: "**{title}** n'est plus dans notre catalogue.",
        nl: "**{title}** staat niet meer in onze catalogus.",
        sv: "**{title}** finns inte längre i vår katalog.",
    }

    pub(crate) fn side_by_side() {
        en: "This is what the catalogue says of the two:",
        fr: "Voici ce que le catalogue dit des deux :",
        nl: "Dit zegt de catalogus over de twee:",
        sv: "Det här säger katalogen om de två:",
    }

    pub(crate) fn costs_less(title: &str, amount: &str) {
        en: "**{title}** costs {amount} less.",
        fr: "**{title}** coûte {amount} de moins.",
        nl: "**{title}** kost {amount} minder.",
        sv: "**{title}** kostar {amount} mindre.",
    }

    pub(crate) fn cant_compare() {
        en: "I couldn't find both of them in our catalogue. Could you write the names of the two products?",
        fr: "Je n'ai pas trouvé les deux dans notre catalogue. Pouvez-vous écrire les noms des deux produits ?",
        nl: "Ik kon ze niet allebei vinden in onze catalogus. Kun je de namen van de twee producten schrijven?",
        sv: "Jag hittade inte båda i vår katalog. Kan du skriva namnen på de två produkterna?",
    }

    pub(crate) fn what_for() {
        en: "What are you looking for? Tell me what it is for, and how much it may cost.",
        fr: "Que cherchez-vous ? Dites-moi à quoi cela doit servir et combien cela peut coûter.",
        nl: "Wat zoek je? Vertel me waar het voor is en hoeveel het mag kosten.",
        sv: "Vad letar du efter? Berätta vad det ska användas till och hur mycket det får kosta.",
    }

    pub(crate) fn for_whom() {
        en: "What does the person you are giving it to like, and how much may it cost?",
        fr: "Qu'aime la personne à qui vous faites ce cadeau, et quel est votre budget ?",
        nl: "Waar houdt de persoon van voor wie het is, en hoeveel mag het kosten?",
        sv: "Vad tycker den som ska få presenten om, och hur mycket får den kosta?",
    }

    pub(crate) fn which_product() {
        en: "Which product do you mean?",
        fr: "De quel produit s'agit-il ?",
        nl: "Welk product bedoel je?",
        sv: "Vilken produkt menar du?",
    }

    pub(crate) fn view() {
        en: "View product", fr: "Voir le produit", nl: "Bekijk product", sv: "Visa produkten",
    }
    pub(crate) fn more() {
        en: "Show me more", fr: "En voir plus", nl: "Toon meer", sv: "Visa fler",
    }
    pub(crate) fn cheaper() {
        en: "Cheaper ones", fr: "Moins cher", nl: "Goedkoper", sv: "Billigare",
    }
    pub(crate) fn alike() {
        en: "Something similar", fr: "Quelque chose de similaire", nl: "Iets vergelijkbaars", sv: "Något liknande",
    }
    pub(crate) fn label_in_stock() {
        en: "in stock", fr: "en stock", nl: "op voorraad", sv: "i lager",
    }
    pub(crate) fn label_sold_out() {
        en: "sold out", fr: "en rupture de stock", nl: "uitverkocht", sv: "slutsåld",
    }
}

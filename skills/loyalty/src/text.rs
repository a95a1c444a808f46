//! What this skill says.

use usher_sdk::skill::prelude::*;

texts! {
    pub(crate) fn to_see_points() {
        en: "to see your points",
        fr: "pour voir vos points",
        nl: "om je punten te zien",
        sv: "för att se dina poäng",
    }

    pub(crate) fn points(points: u64, program: &str) by points {
        en: "You have {points} point in {program}." | "You have {points} points in {program}.",
        fr: "Vous avez {points} point ({program})." | "Vous avez {points} points ({program}).",
        nl: "Je hebt {points} punt bij {program}." | "Je hebt {points} punten bij {program}.",
        sv: "Du har {points} poäng i {program}." | "Du har {points} poäng i {program}.",
    }

    pub(crate) fn points_and_tier(points: u64, program: &str, tier: &str) by points {
        en: "You have {points} point in {program} and are at level {tier}." | "You have {points} points in {program} and are at level {tier}.",
        fr: "Vous avez {points} point ({program}), niveau {tier}." | "Vous avez {points} points ({program}), niveau {tier}.",
        nl: "Je hebt {points} punt bij {program}, niveau {tier}." | "Je hebt {points} punten bij {program}, niveau {tier}.",
        sv: "Du har {points} poäng i {program}, nivå {tier}." | "Du har {points} poäng i {program}, nivå {tier}.",
    }

    pub(crate) fn pending(points: u64) by points {
        en: "{points} more point is waiting to be approved and can't be spent yet." | "{points} more points are waiting to be approved and can't be spent yet.",
        fr: "{points} point de plus est en attente de validation et ne peut pas encore être utilisé." | "{points} points de plus sont en attente de validation et ne peuvent pas encore être utilisés.",
        nl: "Nog {points} punt wacht op goedkeuring en kan nog niet worden gebruikt." | "Nog {points} punten wachten op goedkeuring en kunnen nog niet worden gebruikt.",
        sv: "Ytterligare {points} poäng väntar på godkännande och kan inte användas ännu." | "Ytterligare {points} poäng väntar på godkännande och kan inte användas ännu.",
    }

    pub(crate) fn enough() {
        en: "That is enough for a reward.",
        fr: "C'est assez pour une récompense.",
        nl: "Dat is genoeg voor een beloning.",
        sv: "Det räcker till en belöning.",
    }

    pub(crate) fn missing(points: u64, title: &str) by points {
        en: "{points} point is missing for the nearest reward: {title}." | "{points} points are missing for the nearest reward: {title}.",
        fr: "Il manque {points} point pour la première récompense : {title}." | "Il manque {points} points pour la première récompense : {title}.",
        nl: "Nog {points} punt tot de eerste beloning: {title}." | "Nog {points} punten tot de eerste beloning: {title}.",
        sv: "Det saknas {points} poäng till närmaste belöning: {title}." | "Det saknas {points} poäng till närmaste belöning: {title}.",
    }

    pub(crate) fn tier(tier: &str, program: &str) {
        en: "Your level in {program} is {tier}.",
        fr: "Votre niveau ({program}) est {tier}.",
        nl: "Je niveau bij {program} is {tier}.",
        sv: "Din nivå i {program} är {tier}.",
    }

    pub(crate) fn no_tier(program: &str) {
        en: "You don't have a level in {program} yet.",
        fr: "Vous n'avez pas encore de niveau ({program}).",
        nl: "Je hebt nog geen niveau bij {program}.",
        sv: "Du har ingen nivå i {program} ännu.",
    }

    /// A reward with its price.
    pub(crate) fn price(title: &str, points: u64) by points {
        en: "{title}: {points} point" | "{title}: {points} points",
        fr: "{title} : {points} point" | "{title} : {points} points",
        nl: "{title}: {points} punt" | "{title}: {points} punten",
        sv: "{title}: {points} poäng" | "{title}: {points} poäng",
    }

    pub(crate) fn lacking(points: u64) by points {
        en: "{points} missing" | "{points} missing",
        fr: "il en manque {points}" | "il en manque {points}",
        nl: "nog {points} nodig" | "nog {points} nodig",
        sv: "{points} saknas" | "{points} saknas",
    }

    pub(crate) fn rewards(points: u64, list: &str) by points {
        en: "You have {points} point. What points buy:\n{list}" | "You have {points} points. What points buy:\n{list}",
        fr: "Vous avez {points} point. Voici les récompenses :\n{list}" | "Vous avez {points} points. Voici les récompenses :\n{list}",
        nl: "Je hebt {points} punt. Dit kun je ervoor krijgen:\n{list}" | "Je hebt {points} punten. Dit kun je ervoor krijgen:\n{list}",
        sv: "Du har {points} poäng. Det här kan du få för poäng:\n{list}" | "Du har {points} poäng. Det här kan du få för poäng:\n{list}",
    }

    pub(crate) fn no_rewards(program: &str) {
        en: "There is no reward to spend points on in {program} just now.",
        fr: "Il n'y a pas de récompense disponible en ce moment ({program}).",
        nl: "Er is op dit moment geen beloning bij {program}.",
        sv: "Det finns ingen belöning i {program} just nu.",
    }

    pub(crate) fn codes(list: &str) {
        en: "These rewards are waiting for you; type the code at checkout:\n{list}",
        fr: "Ces récompenses vous attendent ; saisissez le code au moment de payer :\n{list}",
        nl: "Deze beloningen staan voor je klaar; vul de code in bij het afrekenen:\n{list}",
        sv: "De här belöningarna väntar på dig; skriv in koden i kassan:\n{list}",
    }

    pub(crate) fn code_follows() {
        en: "the code comes by e-mail",
        fr: "le code arrive par e-mail",
        nl: "de code komt per e-mail",
        sv: "koden kommer med e-post",
    }

    /// `until` is a last day: "until tomorrow".
    pub(crate) fn usable(until: &str) {
        en: "usable {until}",
        fr: "utilisable {until}",
        nl: "te gebruiken {until}",
        sv: "kan användas {until}",
    }

    pub(crate) fn no_codes() {
        en: "I see no unused reward on your account. A code that was used or has run out isn't listed any more.",
        fr: "Je ne vois aucune récompense inutilisée sur votre compte. Un code utilisé ou expiré n'est plus affiché.",
        nl: "Ik zie geen ongebruikte beloning op je account. Een gebruikte of verlopen code staat er niet meer bij.",
        sv: "Jag ser ingen oanvänd belöning på ditt konto. En kod som är använd eller har gått ut visas inte längre.",
    }

    pub(crate) fn if_points_lack() {
        en: "Points of an order often arrive some days later. If some are still missing, our team can look into it.",
        fr: "Les points d'une commande arrivent souvent quelques jours plus tard. S'il en manque encore, notre équipe peut vérifier.",
        nl: "Punten van een bestelling komen vaak pas na enkele dagen. Missen er dan nog punten, dan kan ons team ernaar kijken.",
        sv: "Poäng för en order kommer ofta några dagar senare. Om det fortfarande saknas poäng kan vårt team titta på det.",
    }

    pub(crate) fn referral(url: &str) {
        en: "This is your link for friends: {url}",
        fr: "Voici votre lien à partager avec vos amis : {url}",
        nl: "Dit is je link voor vrienden: {url}",
        sv: "Det här är din länk till vänner: {url}",
    }

    pub(crate) fn no_referral(program: &str) {
        en: "{program} has no link for friends on your account.",
        fr: "Votre compte n'a pas de lien de parrainage ({program}).",
        nl: "Bij {program} staat geen link voor vrienden op je account.",
        sv: "{program} har ingen länk till vänner på ditt konto.",
    }

    pub(crate) fn not_enrolled(program: &str) {
        en: "You haven't joined {program} yet, so there are no points on your account.",
        fr: "Vous n'êtes pas encore inscrit à {program}, votre compte n'a donc pas de points.",
        nl: "Je doet nog niet mee met {program}, dus er staan geen punten op je account.",
        sv: "Du har inte gått med i {program} ännu, så det finns inga poäng på ditt konto.",
    }

    pub(crate) fn no_account() {
        en: "I can't find points for the address that you signed in with.",
        fr: "Je ne trouve pas de points pour l'adresse avec laquelle vous êtes connecté.",
        nl: "Ik kan geen punten vinden bij het adres waarmee je bent ingelogd.",
        sv: "Jag hittar inga poäng för adressen som du loggade in med.",
    }

    pub(crate) fn ways_to_earn(program: &str, list: &str) {
        en: "This is how you earn points in {program}:\n{list}",
        fr: "Voici comment gagner des points ({program}) :\n{list}",
        nl: "Zo verdien je punten bij {program}:\n{list}",
        sv: "Så här tjänar du poäng i {program}:\n{list}",
    }

    pub(crate) fn tiers(program: &str, list: &str) {
        en: "The levels of {program}, from the first one up: {list}.",
        fr: "Les niveaux ({program}), du premier au plus élevé : {list}.",
        nl: "De niveaus van {program}, van laag naar hoog: {list}.",
        sv: "Nivåerna i {program}, från den första och uppåt: {list}.",
    }

    pub(crate) fn what_it_offers(program: &str, list: &str) {
        en: "What points buy in {program}:\n{list}",
        fr: "Ce que les points permettent d'obtenir ({program}) :\n{list}",
        nl: "Dit krijg je voor punten bij {program}:\n{list}",
        sv: "Det här får du för poäng i {program}:\n{list}",
    }

    /// What the customer agrees to.
    pub(crate) fn will_redeem(points: u64, title: &str, left: u64) by points {
        en: "Spend {points} point on this reward: {title}. You will have {left} left. This can't be undone." | "Spend {points} points on this reward: {title}. You will have {left} left. This can't be undone.",
        fr: "Utiliser {points} point pour cette récompense : {title}. Il vous en restera {left}. C'est irréversible." | "Utiliser {points} points pour cette récompense : {title}. Il vous en restera {left}. C'est irréversible.",
        nl: "{points} punt gebruiken voor deze beloning: {title}. Je houdt er {left} over. Dit kan niet ongedaan worden gemaakt." | "{points} punten gebruiken voor deze beloning: {title}. Je houdt er {left} over. Dit kan niet ongedaan worden gemaakt.",
        sv: "Använda {points} poäng till den här belöningen: {title}. Du har {left} kvar efteråt. Det går inte att ångra." | "Använda {points} poäng till den här belöningen: {title}. Du har {left} kvar efteråt. Det går inte att ångra.",
    }

    pub(crate) fn redeemed(points: u64, title: &str) by points {
        en: "{points} point was spent on {title}." | "{points} points were spent on {title}.",
        fr: "{points} point utilisé pour : {title}." | "{points} points utilisés pour : {title}.",
        nl: "{points} punt is gebruikt voor {title}." | "{points} punten zijn gebruikt voor {title}.",
        sv: "{points} poäng användes till {title}." | "{points} poäng användes till {title}.",
    }

    pub(crate) fn code(code: &str) {
        en: "Your code for checkout: **{code}**",
        fr: "Votre code à saisir au moment de payer : **{code}**",
        nl: "Je code voor bij het afrekenen: **{code}**",
        sv: "Din kod till kassan: **{code}**",
    }

    pub(crate) fn code_later() {
        en: "Its code isn't there yet; you'll find it among your rewards.",
        fr: "Son code n'est pas encore disponible ; vous le trouverez dans vos récompenses.",
        nl: "De code is er nog niet; je vindt hem straks bij je beloningen.",
        sv: "Koden finns inte ännu; du hittar den bland dina belöningar.",
    }

    pub(crate) fn too_few(title: &str, price: u64, points: u64, lacking: u64) by lacking {
        en: "{title} costs {price} points. You have {points}, so {lacking} point is missing." | "{title} costs {price} points. You have {points}, so {lacking} points are missing.",
        fr: "{title} coûte {price} points. Vous en avez {points} : il en manque {lacking}." | "{title} coûte {price} points. Vous en avez {points} : il en manque {lacking}.",
        nl: "{title} kost {price} punten. Je hebt er {points}, dus je komt {lacking} punt tekort." | "{title} kost {price} punten. Je hebt er {points}, dus je komt {lacking} punten tekort.",
        sv: "{title} kostar {price} poäng. Du har {points}, så det saknas {lacking} poäng." | "{title} kostar {price} poäng. Du har {points}, så det saknas {lacking} poäng.",
    }

    pub(crate) fn have_code(code: &str) {
        en: "You already have an unused code for it: **{code}**",
        fr: "Vous avez déjà un code inutilisé pour cela : **{code}**",
        nl: "Je hebt er al een ongebruikte code voor: **{code}**",
        sv: "Du har redan en oanvänd kod för den: **{code}**",
    }

    pub(crate) fn which_reward() {
        en: "Which reward would you like?",
        fr: "Quelle récompense souhaitez-vous ?",
        nl: "Welke beloning wil je?",
        sv: "Vilken belöning vill du ha?",
    }

    pub(crate) fn refused(title: &str) {
        en: "I'm sorry, {title} could not be redeemed: the programme refused it. No points were spent. Our team can look into it.",
        fr: "Je suis désolé, {title} n'a pas pu être échangé : le programme a refusé. Aucun point n'a été utilisé. Notre équipe peut s'en occuper.",
        nl: "Het spijt me, {title} kon niet worden ingewisseld: het programma weigerde het. Er zijn geen punten gebruikt. Ons team kan ernaar kijken.",
        sv: "Tyvärr gick det inte att lösa in {title}: programmet sa nej. Inga poäng har använts. Vårt team kan titta på det.",
    }

    pub(crate) fn perhaps(title: &str) {
        en: "I'm not certain whether your points were spent on {title}: the programme didn't answer. Please look before you try again.",
        fr: "Je ne suis pas certain que vos points aient été utilisés pour {title} : le programme n'a pas répondu. Vérifiez avant de réessayer.",
        nl: "Ik weet niet zeker of je punten voor {title} zijn gebruikt: het programma gaf geen antwoord. Kijk eerst even voordat je het opnieuw probeert.",
        sv: "Jag är inte säker på om dina poäng användes till {title}: programmet svarade inte. Titta efter innan du försöker igen.",
    }

    pub(crate) fn in_your_account() {
        en: "You can spend your points in your account.",
        fr: "Vous pouvez utiliser vos points dans votre compte.",
        nl: "Je kunt je punten gebruiken in je account.",
        sv: "Du kan använda dina poäng på ditt konto.",
    }

    pub(crate) fn left() {
        en: "All right, your points stay where they are.",
        fr: "Très bien, vos points restent sur votre compte.",
        nl: "Goed, je punten blijven staan.",
        sv: "Okej, dina poäng är kvar.",
    }

    pub(crate) fn spend() {
        en: "Spend points",
        fr: "Utiliser mes points",
        nl: "Punten gebruiken",
        sv: "Använd poäng",
    }

    pub(crate) fn my_points() {
        en: "My points",
        fr: "Mes points",
        nl: "Mijn punten",
        sv: "Mina poäng",
    }

    pub(crate) fn my_codes() {
        en: "My codes",
        fr: "Mes codes",
        nl: "Mijn codes",
        sv: "Mina koder",
    }

    pub(crate) fn my_rewards() {
        en: "My rewards",
        fr: "Mes récompenses",
        nl: "Mijn beloningen",
        sv: "Mina belöningar",
    }

    pub(crate) fn what_points_buy() {
        en: "What can I get?",
        fr: "Que puis-je obtenir ?",
        nl: "Wat kan ik krijgen?",
        sv: "Vad kan jag få?",
    }

    pub(crate) fn how_to_earn() {
        en: "How do I earn points?",
        fr: "Comment gagner des points ?",
        nl: "Hoe verdien ik punten?",
        sv: "Hur tjänar jag poäng?",
    }

    pub(crate) fn how_to_join() {
        en: "How do I join?",
        fr: "Comment m'inscrire ?",
        nl: "Hoe doe ik mee?",
        sv: "Hur går jag med?",
    }

    pub(crate) fn look_again() {
        en: "Look at my codes",
        fr: "Voir mes codes",
        nl: "Mijn codes bekijken",
        sv: "Visa mina koder",
    }

    pub(crate) fn ask_team() {
        en: "Ask the team",
        fr: "Demander à l'équipe",
        nl: "Vraag het team",
        sv: "Fråga teamet",
    }

    pub(crate) fn leave_it() {
        en: "Never mind",
        fr: "Laisser tomber",
        nl: "Laat maar",
        sv: "Strunt i det",
    }

    pub(crate) fn read_more() {
        en: "Read more",
        fr: "En savoir plus",
        nl: "Lees meer",
        sv: "Läs mer",
    }
}

//! What the runtime says to customers around people's help, in the languages that it speaks.

use crate::texts::Language;

/// One language's texts. `{}` stands for what the name of the field says.
#[derive(Debug)]
pub(crate) struct Words {
    /// A person is there; the name.
    pub(crate) joined: &'static str,
    /// Another person goes on; the name.
    pub(crate) reassigned: &'static str,
    /// The assistant goes on.
    pub(crate) handed_back: &'static str,
    /// The customer is silent.
    pub(crate) still_there: &'static str,
    /// The ticket waits for the customer: a person set it so.
    pub(crate) waits: &'static str,
    /// The ticket waits for the customer, who has been silent.
    pub(crate) pending: &'static str,
    /// A person solved it.
    pub(crate) solved: &'static str,
    /// It was solved since the customer was silent.
    pub(crate) solved_silent: &'static str,
    /// It is closed.
    pub(crate) closed: &'static str,
    /// It is open again, with the person who had it; the name.
    pub(crate) reopened: &'static str,
    /// It is open again, with the team.
    pub(crate) reopened_team: &'static str,
    /// It goes on in another conversation.
    pub(crate) merged: &'static str,
    /// The customer will be told by e-mail when somebody is there.
    pub(crate) will_tell: &'static str,
    /// The same in the conversation itself: no address is known, or the channel has none.
    pub(crate) will_tell_here: &'static str,
    /// Somebody is there now.
    pub(crate) somebody_is_there: &'static str,
    /// Asks how the help was.
    pub(crate) rating: &'static str,
    /// The scores 1 to 5.
    pub(crate) scores: [&'static str; 5],
    /// Above the field for words.
    pub(crate) rating_comment: &'static str,
    /// Thanks for the rating.
    pub(crate) rated: &'static str,
    /// Subject of a mail with what the customer missed in the chat; the shop's name.
    pub(crate) missed_subject: &'static str,
    /// Its text: the shop's name, then what was written, each with its writer.
    pub(crate) missed_text: &'static str,
    /// Whoever wrote and has no name: the team.
    pub(crate) team: &'static str,
    /// Subject of the mail that says that somebody is there; the shop's name.
    pub(crate) there_subject: &'static str,
    /// Its text; the shop's name.
    pub(crate) there_text: &'static str,
}

/// The words of a language.
pub(crate) fn words(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::French => &FRENCH,
        Language::Dutch => &DUTCH,
        Language::Swedish => &SWEDISH,
    }
}

static ENGLISH: Words = Words {
    joined: "{} is here now and can see everything that was written so far.",
    reassigned: "{} is taking care of this from here.",
    handed_back: "The assistant is back and goes on from here.",
    still_there: "Are you still there? Just write if you still need help.",
    waits: "This waits for your answer now. You can write whenever it suits you.",
    pending: "We haven't heard from you, so we've set this aside until you write. You can answer whenever it suits you.",
    solved: "This is marked as solved. If it isn't, just write, and it is open again.",
    solved_silent: "We haven't heard from you, so this is marked as solved. If you still need help, just write.",
    closed: "This conversation is closed. If you need anything, just write.",
    reopened: "Thanks for writing. This is open again, and {} will see it.",
    reopened_team: "Thanks for writing. This is open again, and our team will see it.",
    merged: "You have written to us about this in another conversation, too. We go on with it there.",
    will_tell: "All right, we'll send you an e-mail when somebody is here.",
    will_tell_here: "All right, we'll write to you here when somebody is available.",
    somebody_is_there: "Somebody from our team is here now.",
    rating: "How was our help?",
    scores: ["Very bad", "Bad", "Okay", "Good", "Very good"],
    rating_comment: "Would you like to add something?",
    rated: "Thank you for your feedback.",
    missed_subject: "{} has answered you",
    missed_text: "Hello,\n\nyou weren't in the chat any more when we at {} wrote to you:\n\n{}\n\nTo answer, open the chat \
                  again: it goes on where you left it.\n",
    team: "Our team",
    there_subject: "Somebody at {} is here for you now",
    there_text: "Hello,\n\nyou wanted to know when somebody is here: our team at {} is available now. Open the chat again \
                 to go on where you left it.\n",
};

static FRENCH: Words = Words {
    joined: "{} est là et voit tout ce qui a été écrit jusqu'ici.",
    reassigned: "{} s'occupe désormais de votre demande.",
    handed_back: "L'assistant est de retour et prend la suite.",
    still_there: "Êtes-vous toujours là ? Écrivez-nous si vous avez encore besoin d'aide.",
    waits: "Nous attendons maintenant votre réponse. Vous pouvez écrire quand vous le souhaitez.",
    pending: "Sans nouvelles de vous, nous mettons votre demande en attente. Vous pouvez répondre quand vous le souhaitez.",
    solved: "Votre demande est marquée comme résolue. Si ce n'est pas le cas, écrivez-nous et elle sera rouverte.",
    solved_silent: "Sans nouvelles de vous, nous avons marqué votre demande comme résolue. Si vous avez encore besoin d'aide, \
                    écrivez-nous.",
    closed: "Cette conversation est close. Si vous avez besoin de quelque chose, écrivez-nous.",
    reopened: "Merci pour votre message. Votre demande est rouverte, et {} va le lire.",
    reopened_team: "Merci pour votre message. Votre demande est rouverte, et notre équipe va le lire.",
    merged: "Vous nous avez aussi écrit à ce sujet dans une autre conversation. Nous poursuivons là-bas.",
    will_tell: "Très bien, nous vous enverrons un e-mail dès que quelqu'un sera là.",
    will_tell_here: "Très bien, nous vous écrirons ici dès que quelqu'un sera disponible.",
    somebody_is_there: "Quelqu'un de notre équipe est là maintenant.",
    rating: "Comment était notre aide ?",
    scores: ["Très mauvaise", "Mauvaise", "Correcte", "Bonne", "Très bonne"],
    rating_comment: "Souhaitez-vous ajouter quelque chose ?",
    rated: "Merci pour votre avis.",
    missed_subject: "{} vous a répondu",
    missed_text: "Bonjour,\n\nvous n'étiez plus dans le chat quand nous vous avons écrit de la part de {} :\n\n{}\n\nPour \
                  répondre, rouvrez le chat : il reprend là où vous l'avez laissé.\n",
    team: "Notre équipe",
    there_subject: "{} : quelqu'un est là pour vous maintenant",
    there_text: "Bonjour,\n\nvous vouliez savoir quand quelqu'un serait là : l'équipe de {} est disponible maintenant. \
                 Rouvrez le chat pour reprendre là où vous l'avez laissé.\n",
};

static DUTCH: Words = Words {
    joined: "{} is er nu en ziet alles wat er tot nu toe is geschreven.",
    reassigned: "{} helpt je vanaf hier verder.",
    handed_back: "De assistent is er weer en helpt je verder.",
    still_there: "Ben je er nog? Schrijf gerust als je nog hulp nodig hebt.",
    waits: "Dit wacht nu op je antwoord. Schrijven kan wanneer het je uitkomt.",
    pending: "We hebben niets meer van je gehoord, dus dit wacht tot je weer schrijft. Antwoorden kan wanneer het je uitkomt.",
    solved: "Dit staat nu als opgelost. Is dat niet zo, schrijf dan gewoon, en het staat weer open.",
    solved_silent: "We hebben niets meer van je gehoord, dus dit staat nu als opgelost. Heb je nog hulp nodig, schrijf dan \
                    gerust.",
    closed: "Dit gesprek is gesloten. Heb je iets nodig, schrijf dan gerust.",
    reopened: "Bedankt voor je bericht. Dit staat weer open, en {} krijgt het te zien.",
    reopened_team: "Bedankt voor je bericht. Dit staat weer open, en ons team krijgt het te zien.",
    merged: "Je hebt ons hierover ook in een ander gesprek geschreven. We gaan daar verder.",
    will_tell: "Goed, we sturen je een e-mail zodra er iemand is.",
    will_tell_here: "Goed, we schrijven je hier zodra er iemand beschikbaar is.",
    somebody_is_there: "Er is nu iemand van ons team.",
    rating: "Hoe was onze hulp?",
    scores: ["Heel slecht", "Slecht", "Redelijk", "Goed", "Heel goed"],
    rating_comment: "Wil je er nog iets over kwijt?",
    rated: "Bedankt voor je oordeel.",
    missed_subject: "{} heeft je geantwoord",
    missed_text: "Hallo,\n\nje was niet meer in de chat toen wij je namens {} schreven:\n\n{}\n\nWil je antwoorden, open dan \
                  de chat weer: je gaat verder waar je gebleven was.\n",
    team: "Ons team",
    there_subject: "Er is nu iemand van {} voor je",
    there_text: "Hallo,\n\nje wilde weten wanneer er iemand is: het team van {} is nu beschikbaar. Open de chat weer om \
                 verder te gaan waar je gebleven was.\n",
};

static SWEDISH: Words = Words {
    joined: "{} är här nu och ser allt som har skrivits hittills.",
    reassigned: "{} hjälper dig vidare härifrån.",
    handed_back: "Assistenten är tillbaka och hjälper dig vidare.",
    still_there: "Är du kvar? Skriv om du fortfarande behöver hjälp.",
    waits: "Det här väntar nu på ditt svar. Skriv när det passar dig.",
    pending: "Vi har inte hört av dig, så det här väntar tills du skriver. Svara när det passar dig.",
    solved: "Det här är markerat som löst. Om det inte är det, skriv bara, så öppnas det igen.",
    solved_silent: "Vi har inte hört av dig, så det här är markerat som löst. Skriv om du fortfarande behöver hjälp.",
    closed: "Den här konversationen är avslutad. Skriv om det är något du behöver.",
    reopened: "Tack för ditt meddelande. Ärendet är öppet igen, och {} kommer att se det.",
    reopened_team: "Tack för ditt meddelande. Ärendet är öppet igen, och vårt team kommer att se det.",
    merged: "Du har även skrivit till oss om det här i en annan konversation. Vi fortsätter där.",
    will_tell: "Okej, vi skickar ett mejl när någon är på plats.",
    will_tell_here: "Okej, vi skriver till dig här när någon är tillgänglig.",
    somebody_is_there: "Nu är någon från vårt team här.",
    rating: "Hur var vår hjälp?",
    scores: ["Mycket dålig", "Dålig", "Okej", "Bra", "Mycket bra"],
    rating_comment: "Vill du lägga till något?",
    rated: "Tack för din återkoppling.",
    missed_subject: "{} har svarat dig",
    missed_text: "Hej!\n\nDu var inte kvar i chatten när vi på {} skrev till dig:\n\n{}\n\nÖppna chatten igen för att svara: \
                  den fortsätter där du lämnade den.\n",
    team: "Vårt team",
    there_subject: "Nu är någon på {} här för dig",
    there_text: "Hej!\n\nDu ville veta när någon är på plats: teamet på {} är tillgängligt nu. Öppna chatten igen och \
                 fortsätt där du lämnade den.\n",
};

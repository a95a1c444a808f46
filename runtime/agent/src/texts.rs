//! What the runtime itself says to customers, in the languages that it speaks. A skill's texts are the skill's own.

mod spoken;

pub use spoken::{check_texts, is_spoken, unspoken};

use crate::router::language;

/// A language that the runtime speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
    /// Dutch.
    Dutch,
    /// Swedish.
    Swedish,
}

/// All of them.
pub const LANGUAGES: [Language; 4] = [Language::English, Language::French, Language::Dutch, Language::Swedish];

impl Language {
    /// The language of a BCP 47 tag, if it is one of these.
    #[must_use]
    pub fn of(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "fr" => Some(Self::French),
            "nl" => Some(Self::Dutch),
            "sv" => Some(Self::Swedish),
            _ => None,
        }
    }

    /// Its BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::Dutch => "nl",
            Self::Swedish => "sv",
        }
    }

    /// The texts in this language.
    #[must_use]
    pub fn texts(self) -> &'static Texts {
        match self {
            Self::English => &ENGLISH,
            Self::French => &FRENCH,
            Self::Dutch => &DUTCH,
            Self::Swedish => &SWEDISH,
        }
    }
}

/// One language's texts. `{}` stands for what the name of the field says.
#[derive(Debug)]
pub struct Texts {
    /// Answer to thanks.
    pub thanks: &'static str,
    /// Answer to a goodbye.
    pub goodbye: &'static str,
    /// Two skills fit: which is meant?
    pub which: &'static str,
    /// The same, where not both can be asked just now.
    pub which_of: &'static str,
    /// The purpose, as the skill puts it.
    pub sign_in: &'static str,
    /// The skill gave no purpose.
    pub sign_in_plain: &'static str,
    /// A skill failed or ran into a limit.
    pub failed: &'static str,
    /// The assistant has no answer and points elsewhere (where the operator wrote no message of their own).
    pub handoff: &'static str,
    /// Before the operator's message: a provider doesn't answer.
    pub unreachable: &'static str,
    /// Before the operator's message: what is asked for is understood, and nobody here does it just now.
    pub unavailable: &'static str,
    /// The same for a part of the message, after an answer to another part.
    pub unavailable_part: &'static str,
    /// Before the operator's message: the customer asks for a person.
    pub person: &'static str,
    /// Before something is changed: may it be done?
    pub consent_question: &'static str,
    /// The same, where an earlier yes doesn't count any more.
    pub consent_again: &'static str,
    /// On the button that agrees.
    pub consent_yes: &'static str,
    /// On the button that doesn't.
    pub consent_no: &'static str,
    /// The customer doesn't agree.
    pub consent_declined: &'static str,
    /// The answer comes to a question that isn't open any more.
    pub consent_closed: &'static str,
    /// What the customer agrees to can't be done any more.
    pub consent_gone: &'static str,
    /// The customer agreed, the skill failed, and nothing was changed.
    pub consent_not_done: &'static str,
    /// The customer agreed, it was done, and the skill failed after that.
    pub consent_done: &'static str,
    /// The customer agreed, the skill failed, and nobody knows whether it was done. The operator's message follows.
    pub consent_unsure: &'static str,
    /// In a preview, after a yes.
    pub consent_preview: &'static str,
    /// Below a complete answer.
    pub resolved_question: &'static str,
    /// On the button that says that it helped.
    pub resolved_yes: &'static str,
    /// On the other one.
    pub resolved_no: &'static str,
    /// The customer says that it helped.
    pub resolved_thanks: &'static str,
    /// Before the operator's message: the customer says that it didn't help, and no skill has another answer.
    pub not_resolved: &'static str,
    /// To a message without words. An offer of a person may follow.
    pub wordless: &'static str,
    /// To another one, before it goes to people.
    pub wordless_again: &'static str,
    /// Subject of the mail with a code; the shop's name.
    pub code_subject: &'static str,
    /// Subject of a mail that answers one without any; the shop's name.
    pub mail_subject: &'static str,
    /// Text of the mail with a code; the code, then the shop's name.
    pub code_text: &'static str,
}

static ENGLISH: Texts = Texts {
    thanks: "You're welcome! Is there anything else I can help with?",
    goodbye: "Goodbye, and thank you for writing.",
    which: "I can help with both. Which one do you mean?",
    which_of: "Which of these do you mean?",
    sign_in: "Please sign in {}. I'll answer right after that.",
    sign_in_plain: "Please sign in first. I'll answer right after that.",
    failed: "Sorry, something went wrong on our side and I couldn't finish that. Please try again in a moment.",
    handoff: "I'm sorry, I can't answer that myself.",
    unreachable: "I can't reach the system that knows this just now, so I won't guess.",
    unavailable: "I understand what you need, but I can't do that here at the moment, and I won't guess.",
    unavailable_part: "The other part of your message is something that I can't do here at the moment.",
    person: "I understand that you'd like to talk to a person.",
    consent_question: "Shall I do this? Nothing has been changed yet.",
    consent_again: "I can't go by your last answer any more, so I have to ask again: shall I do this? Nothing has been \
                    changed yet.",
    consent_yes: "Yes, do exactly this",
    consent_no: "No, change nothing",
    consent_declined: "All right, nothing was changed.",
    consent_closed: "That question isn't open any more: it was answered already, or something else came up in between. \
                     This answer changed nothing. If you still want it, just tell me again.",
    consent_gone: "Sorry, I can't do that any more. Nothing was changed.",
    consent_not_done: "Sorry, something went wrong on our side, and nothing was changed. Please try again in a moment.",
    consent_done: "What you agreed to was done. Something went wrong on our side right after that, so I can't tell you \
                   more about it here.",
    consent_unsure: "Something went wrong on our side, and I can't tell whether what you agreed to was done. Please check \
                     before you try it again.",
    consent_preview: "This is a preview: here it would be done now. Nothing was changed.",
    resolved_question: "Did that answer your question?",
    resolved_yes: "Yes, thank you",
    resolved_no: "No, not yet",
    resolved_thanks: "Glad to hear it! If anything else comes up, just write.",
    not_resolved: "I'm sorry that this didn't help. I have no better answer to it.",
    wordless: "I got what you sent, but I can only read words. If you write me what it is about, I'll gladly help.",
    wordless_again: "I got that, too, and can't look at it myself.",
    code_subject: "Your code for {}",
    mail_subject: "Your message to {}",
    code_text: "Your sign-in code is {}.\n\nIt works once, for ten minutes. If you didn't ask for it, you can ignore \
                this mail.\n\n{}\n",
};

static FRENCH: Texts = Texts {
    thanks: "Avec plaisir ! Puis-je vous aider pour autre chose ?",
    goodbye: "Au revoir, et merci de nous avoir écrit.",
    which: "Je peux vous aider pour les deux. De quoi s'agit-il ?",
    which_of: "De quoi s'agit-il ?",
    sign_in: "Veuillez vous connecter {}. Je vous réponds aussitôt après.",
    sign_in_plain: "Veuillez d'abord vous connecter. Je vous réponds aussitôt après.",
    failed: "Désolé, un problème de notre côté m'a empêché de terminer. Veuillez réessayer dans un instant.",
    handoff: "Désolé, je ne peux pas répondre moi-même à cette question.",
    unreachable: "Le système qui contient cette information ne répond pas pour le moment, et je préfère ne pas deviner.",
    unavailable: "Je comprends votre demande, mais je ne peux pas la traiter ici pour le moment, et je préfère ne pas deviner.",
    unavailable_part: "Pour l'autre partie de votre message, je ne peux rien faire ici pour le moment.",
    person: "Je comprends que vous souhaitez parler à une personne.",
    consent_question: "Dois-je faire cela ? Rien n'a encore été modifié.",
    consent_again: "Je ne peux plus me fier à votre dernière réponse, je dois donc vous redemander : dois-je faire cela ? \
                    Rien n'a encore été modifié.",
    consent_yes: "Oui, faites exactement cela",
    consent_no: "Non, ne changez rien",
    consent_declined: "Très bien, rien n'a été modifié.",
    consent_closed: "Cette question n'est plus ouverte : elle a déjà reçu une réponse, ou autre chose est venu entre-temps. \
                     Cette réponse n'a rien modifié. Si vous le souhaitez toujours, redites-le-moi.",
    consent_gone: "Désolé, je ne peux plus le faire. Rien n'a été modifié.",
    consent_not_done: "Désolé, un problème est survenu de notre côté et rien n'a été modifié. Veuillez réessayer dans un \
                       instant.",
    consent_done: "Ce que vous avez accepté a été fait. Un problème est survenu de notre côté juste après, je ne peux donc \
                   pas vous en dire plus ici.",
    consent_unsure: "Un problème est survenu de notre côté et je ne sais pas si ce que vous avez accepté a été fait. \
                     Veuillez vérifier avant de réessayer.",
    consent_preview: "Ceci est un aperçu : ce serait fait maintenant. Rien n'a été modifié.",
    resolved_question: "Ai-je répondu à votre question ?",
    resolved_yes: "Oui, merci",
    resolved_no: "Non, pas encore",
    resolved_thanks: "Tant mieux ! Si vous avez une autre question, écrivez-moi.",
    not_resolved: "Je regrette que cela ne vous ait pas aidé. Je n'ai pas de meilleure réponse.",
    wordless: "J'ai bien reçu votre envoi, mais je ne peux lire que des mots. Écrivez-moi de quoi il s'agit et je vous aide \
               volontiers.",
    wordless_again: "J'ai reçu cela aussi, et je ne peux pas le regarder moi-même.",
    code_subject: "Votre code pour {}",
    mail_subject: "Votre message à {}",
    code_text: "Votre code de connexion est {}.\n\nIl est valable une fois, pendant dix minutes. Si vous ne l'avez pas \
                demandé, ignorez ce message.\n\n{}\n",
};

static DUTCH: Texts = Texts {
    thanks: "Graag gedaan! Kan ik je nog ergens mee helpen?",
    goodbye: "Tot ziens, en bedankt voor je bericht.",
    which: "Ik kan met allebei helpen. Wat bedoel je?",
    which_of: "Wat hiervan bedoel je?",
    sign_in: "Log eerst in {}. Daarna antwoord ik meteen.",
    sign_in_plain: "Log eerst in. Daarna antwoord ik meteen.",
    failed: "Sorry, er ging bij ons iets mis en ik kon dit niet afmaken. Probeer het zo nog eens.",
    handoff: "Sorry, dat kan ik zelf niet beantwoorden.",
    unreachable: "Het systeem dat dit weet is nu niet bereikbaar, en ik wil niet gokken.",
    unavailable: "Ik begrijp wat je wilt, maar dat kan ik hier op dit moment niet doen, en ik wil niet gokken.",
    unavailable_part: "Met het andere deel van je bericht kan ik je hier op dit moment niet helpen.",
    person: "Ik begrijp dat je liever met een medewerker praat.",
    consent_question: "Zal ik dit doen? Er is nog niets veranderd.",
    consent_again: "Ik kan niet meer van je laatste antwoord uitgaan, dus ik moet het opnieuw vragen: zal ik dit doen? Er \
                    is nog niets veranderd.",
    consent_yes: "Ja, doe precies dit",
    consent_no: "Nee, verander niets",
    consent_declined: "Goed, er is niets veranderd.",
    consent_closed: "Die vraag staat niet meer open: ze is al beantwoord, of er kwam iets anders tussen. Dit antwoord heeft \
                     niets veranderd. Wil je het nog steeds, zeg het me dan opnieuw.",
    consent_gone: "Sorry, dat kan ik niet meer doen. Er is niets veranderd.",
    consent_not_done: "Sorry, er ging bij ons iets mis en er is niets veranderd. Probeer het zo nog eens.",
    consent_done: "Waar je mee akkoord ging, is gedaan. Vlak daarna ging er bij ons iets mis, dus meer kan ik er hier niet \
                   over zeggen.",
    consent_unsure: "Er ging bij ons iets mis en ik weet niet of het gedaan is waar je mee akkoord ging. Controleer het \
                     voordat je het opnieuw probeert.",
    consent_preview: "Dit is een voorbeeld: hier zou het nu gedaan worden. Er is niets gewijzigd.",
    resolved_question: "Is je vraag hiermee beantwoord?",
    resolved_yes: "Ja, bedankt",
    resolved_no: "Nee, nog niet",
    resolved_thanks: "Fijn om te horen! Als er nog iets is, schrijf gerust.",
    not_resolved: "Jammer dat dit niet hielp. Ik heb er geen beter antwoord op.",
    wordless: "Ik heb ontvangen wat je stuurde, maar ik kan alleen woorden lezen. Schrijf me waar het over gaat, dan help ik \
               je graag.",
    wordless_again: "Dat heb ik ook ontvangen, en ik kan het zelf niet bekijken.",
    code_subject: "Je code voor {}",
    mail_subject: "Je bericht aan {}",
    code_text: "Je inlogcode is {}.\n\nDe code werkt één keer, tien minuten lang. Heb je er niet om gevraagd, dan kun je \
                deze mail negeren.\n\n{}\n",
};

static SWEDISH: Texts = Texts {
    thanks: "Varsågod! Är det något mer jag kan hjälpa till med?",
    goodbye: "Hej då, och tack för att du skrev.",
    which: "Jag kan hjälpa till med båda. Vilket menar du?",
    which_of: "Vilket av dem menar du?",
    sign_in: "Logga in {}. Sedan svarar jag direkt.",
    sign_in_plain: "Logga in först. Sedan svarar jag direkt.",
    failed: "Tyvärr gick något fel hos oss och jag kunde inte bli klar. Försök igen om en stund.",
    handoff: "Tyvärr kan jag inte svara på det själv.",
    unreachable: "Systemet som vet det här går inte att nå just nu, och jag vill inte gissa.",
    unavailable: "Jag förstår vad du vill, men det kan jag inte göra här just nu, och jag vill inte gissa.",
    unavailable_part: "Den andra delen av ditt meddelande kan jag inte hjälpa till med här just nu.",
    person: "Jag förstår att du vill prata med en människa.",
    consent_question: "Ska jag göra det här? Ingenting har ändrats än.",
    consent_again: "Jag kan inte längre utgå från ditt senaste svar, så jag måste fråga igen: ska jag göra det här? \
                    Ingenting har ändrats än.",
    consent_yes: "Ja, gör precis det här",
    consent_no: "Nej, ändra ingenting",
    consent_declined: "Okej, ingenting har ändrats.",
    consent_closed: "Den frågan är inte öppen längre: den är redan besvarad, eller så kom något annat emellan. Det här \
                     svaret ändrade ingenting. Vill du det fortfarande, säg det igen.",
    consent_gone: "Tyvärr kan jag inte göra det längre. Ingenting har ändrats.",
    consent_not_done: "Tyvärr gick något fel hos oss och ingenting har ändrats. Försök igen om en stund.",
    consent_done: "Det du godkände är gjort. Strax efter gick något fel hos oss, så jag kan inte säga mer om det här.",
    consent_unsure: "Något gick fel hos oss och jag vet inte om det du godkände blev gjort. Kontrollera det innan du \
                     försöker igen.",
    consent_preview: "Det här är en förhandsvisning: här skulle det göras nu. Ingenting har ändrats.",
    resolved_question: "Fick du svar på din fråga?",
    resolved_yes: "Ja, tack",
    resolved_no: "Nej, inte än",
    resolved_thanks: "Vad bra! Skriv gärna om det är något mer.",
    not_resolved: "Tråkigt att det inte hjälpte. Jag har inget bättre svar.",
    wordless: "Jag har fått det du skickade, men jag kan bara läsa ord. Skriv vad det gäller så hjälper jag gärna till.",
    wordless_again: "Det har jag också fått, och jag kan inte titta på det själv.",
    code_subject: "Din kod för {}",
    mail_subject: "Ditt meddelande till {}",
    code_text: "Din inloggningskod är {}.\n\nDen fungerar en gång, i tio minuter. Om du inte bad om den kan du bortse \
                från det här mejlet.\n\n{}\n",
};

/// Puts values where `{}` stands, in order.
#[must_use]
pub fn fill(text: &str, values: &[&str]) -> String {
    let mut parts = text.split("{}");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for (index, part) in parts.enumerate() {
        filled.push_str(values.get(index).copied().unwrap_or_default());
        filled.push_str(part);
    }
    filled
}

/// A text is taken for a language only if it is this likely, from 0 to 1: "order status" could be any.
const SURE: f32 = 0.95;

/// The language that a conversation is held in: what the customer writes, where that is plain; else what the channel
/// says; else the shop's. Only one of those that the shop answers in.
#[must_use]
pub fn choose(text: &str, channel: Option<&str>, shop: &str, spoken: &[Language]) -> Language {
    let likelihoods = language::likelihoods(text);
    let sure = language::TAGS.iter().zip(likelihoods).find(|(_, likely)| *likely >= SURE);
    let written = sure.and_then(|(tag, _)| Language::of(tag)).filter(|language| spoken.contains(language));
    let channel = channel.and_then(Language::of).filter(|language| spoken.contains(language));
    written.or(channel).or_else(|| Language::of(shop)).unwrap_or(Language::English)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_customer_s_where_it_is_plain() {
        let of = |text, channel| choose(text, channel, "en", &LANGUAGES);
        for (text, language) in [
            ("Où est ma commande ?", Language::French),
            ("combien coûte la livraison", Language::French),
            ("waar is mijn bestelling", Language::Dutch),
            ("wat zijn de verzendkosten", Language::Dutch),
            ("var är mitt paket", Language::Swedish),
            ("jag vill skicka tillbaka", Language::Swedish),
            ("Hej, vad kostar frakten?", Language::Swedish),
            ("Ik wil iets terugsturen", Language::Dutch),
        ] {
            assert_eq!(of(text, Some("en-GB")), language, "{text}");
        }
        for text in ["track my parcel", "did you deliver my order?", "do you sell gift cards", "show me pendant lamps"]
        {
            assert_eq!(of(text, Some("fr-CA")), Language::English, "{text}");
        }
        // Too short to tell: the channel's, else the shop's.
        for text in ["return", "order status", "hello", "#1001", ""] {
            assert_eq!(of(text, Some("fr-CA")), Language::French, "{text}");
            assert_eq!(of(text, None), Language::English, "{text}");
        }
    }

    #[test]
    fn a_language_that_the_shop_does_not_speak_is_not_chosen() {
        assert_eq!(choose("Où est ma commande ?", Some("fr"), "nl", &[Language::Dutch]), Language::Dutch);
        let two = [Language::English, Language::Swedish];
        assert_eq!(choose("var är mitt paket", Some("fr"), "en", &two), Language::Swedish);
    }
}

//! The runtime's own greeting, by the shop's voice.

use crate::texts::Language;

/// The parts of a greeting; each is a sentence that can be left out.
pub(super) struct Words {
    /// `{shop}`; says that this is an assistant.
    pub(super) hello: &'static str,
    /// `{services}`.
    pub(super) can: &'static str,
    /// Asks what it is about.
    pub(super) ask: &'static str,
}

/// What is said of the people, in every voice.
pub(super) struct People {
    /// Somebody is there.
    pub(super) there: &'static str,
    /// The same; `{wait}`.
    pub(super) there_wait: &'static str,
    /// Nobody is; `{hours}` is when somebody is again.
    pub(super) back: &'static str,
    /// Whenever: for `{hours}`.
    pub(super) always: &'static str,
}

/// The greeting's words for a voice; one that isn't known is neutral.
pub(super) fn words(voice: &str, language: Language) -> Words {
    let (hello, ask) = match (language, voice) {
        (Language::English, "professional") => {
            ("Welcome to {shop}. I'm the shop's digital assistant.", "How may I help you?")
        }
        (Language::English, "friendly") => ("Hi there! I'm the assistant of {shop}.", "What can I do for you?"),
        (Language::English, "playful") => ("Hey! You've found the assistant of {shop}.", "So, what are we up to?"),
        (Language::English, _) => ("Hello! This is the assistant of {shop}.", "What can I do for you?"),
        (Language::French, "professional") => {
            ("Bienvenue chez {shop}. Je suis l'assistant numérique de la boutique.", "En quoi puis-je vous aider ?")
        }
        (Language::French, "friendly") => {
            ("Bonjour et bienvenue ! Je suis l'assistant de {shop}.", "Que puis-je faire pour vous ?")
        }
        (Language::French, "playful") => {
            ("Coucou ! Vous êtes bien chez l'assistant de {shop}.", "Alors, par quoi commence-t-on ?")
        }
        (Language::French, _) => ("Bonjour ! Ici l'assistant de {shop}.", "Que puis-je faire pour vous ?"),
        (Language::Dutch, "professional") => {
            ("Welkom bij {shop}. Ik ben de digitale assistent van de winkel.", "Waarmee kan ik je van dienst zijn?")
        }
        (Language::Dutch, "friendly") => ("Hoi! Ik ben de assistent van {shop}.", "Wat kan ik voor je doen?"),
        (Language::Dutch, "playful") => ("Hé, hallo! Hier de assistent van {shop}.", "Zeg het maar!"),
        (Language::Dutch, _) => ("Hallo! Je spreekt met de assistent van {shop}.", "Wat kan ik voor je doen?"),
        (Language::Swedish, "professional") => {
            ("Välkommen till {shop}. Jag är butikens digitala assistent.", "Hur kan jag hjälpa dig?")
        }
        (Language::Swedish, "friendly") => ("Hej hej! Jag är assistenten hos {shop}.", "Vad kan jag göra för dig?"),
        (Language::Swedish, "playful") => ("Tjena! Här är assistenten hos {shop}.", "Vad hittar vi på?"),
        (Language::Swedish, _) => ("Hej! Det här är assistenten hos {shop}.", "Vad kan jag göra för dig?"),
    };
    let can = match language {
        Language::English => "I can {services}.",
        Language::French => "Je peux {services}.",
        Language::Dutch => "Ik kan {services}.",
        Language::Swedish => "Jag kan {services}.",
    };
    Words { hello, can, ask }
}

pub(super) fn people(language: Language) -> People {
    match language {
        Language::English => People {
            there: "Our team is here too.",
            there_wait: "Our team is here too; they answer in {wait}.",
            back: "Our team is back {hours}.",
            always: "around the clock",
        },
        Language::French => People {
            there: "Notre équipe est là aussi.",
            there_wait: "Notre équipe est là aussi ; comptez {wait} pour une réponse.",
            back: "Notre équipe est de retour {hours}.",
            always: "jour et nuit",
        },
        Language::Dutch => People {
            there: "Ons team is er ook.",
            there_wait: "Ons team is er ook; een antwoord duurt {wait}.",
            back: "Ons team is er weer {hours}.",
            always: "dag en nacht",
        },
        Language::Swedish => People {
            there: "Vårt team är också här.",
            there_wait: "Vårt team är också här; ett svar tar {wait}.",
            back: "Vårt team är tillbaka {hours}.",
            always: "dygnet runt",
        },
    }
}

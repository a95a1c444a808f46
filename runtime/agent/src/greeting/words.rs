//! The runtime's own greeting, by the shop's voice.

use crate::texts::Language;
use crate::voice::Voice;

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

/// The greeting's words for a voice.
pub(super) fn words(voice: Voice, language: Language) -> Words {
    let (hello, ask) = match (language, voice) {
        (Language::English, Voice::Professional) => {
            ("Welcome to {shop}. I'm the shop's digital assistant.", "How may I help you?")
        }
        (Language::English, Voice::Friendly) => ("Hi there! I'm the assistant of {shop}.", "What can I do for you?"),
        (Language::English, Voice::Playful) => ("Hey! You've found the assistant of {shop}.", "So, what are we up to?"),
        (Language::English, Voice::Neutral) => ("Hello! This is the assistant of {shop}.", "What can I do for you?"),
        (Language::French, Voice::Professional) => {
            ("Bienvenue chez {shop}. Je suis l'assistant numérique de la boutique.", "En quoi puis-je vous aider ?")
        }
        (Language::French, Voice::Friendly) => {
            ("Bonjour et bienvenue ! Je suis l'assistant de {shop}.", "Que puis-je faire pour vous ?")
        }
        (Language::French, Voice::Playful) => {
            ("Coucou ! Vous êtes bien chez l'assistant de {shop}.", "Alors, par quoi commence-t-on ?")
        }
        (Language::French, Voice::Neutral) => ("Bonjour ! Ici l'assistant de {shop}.", "Que puis-je faire pour vous ?"),
        (Language::Dutch, Voice::Professional) => {
            ("Welkom bij {shop}. Ik ben de digitale assistent van de winkel.", "Waarmee kan ik je van dienst zijn?")
        }
        (Language::Dutch, Voice::Friendly) => ("Hoi! Ik ben de assistent van {shop}.", "Wat kan ik voor je doen?"),
        (Language::Dutch, Voice::Playful) => ("Hé, hallo! Hier de assistent van {shop}.", "Zeg het maar!"),
        (Language::Dutch, Voice::Neutral) => {
            ("Hallo! Je spreekt met de assistent van {shop}.", "Wat kan ik voor je doen?")
        }
        (Language::Swedish, Voice::Professional) => {
            ("Välkommen till {shop}. Jag är butikens digitala assistent.", "Hur kan jag hjälpa dig?")
        }
        (Language::Swedish, Voice::Friendly) => {
            ("Hej hej! Jag är assistenten hos {shop}.", "Vad kan jag göra för dig?")
        }
        (Language::Swedish, Voice::Playful) => ("Tjena! Här är assistenten hos {shop}.", "Vad hittar vi på?"),
        (Language::Swedish, Voice::Neutral) => ("Hej! Det här är assistenten hos {shop}.", "Vad kan jag göra för dig?"),
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

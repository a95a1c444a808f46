//! How the shop speaks: a few words before a reply, by the operator's setting `voice`.

use super::{Language, Reply, settings};

/// What a reply is to the customer: decides the words that the shop's voice puts before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// What was wanted is there, or is done.
    Good,
    /// What was wanted can't be had.
    Sorry,
    /// Something is still needed to help: which order, which day.
    Ask,
}

/// The operator's setting `voice`. The neutral one adds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Voice {
    /// Says what is to be said.
    #[default]
    Neutral,
    /// Polite and reserved.
    Professional,
    /// Warm.
    Friendly,
    /// Light-hearted, and never about bad news.
    Playful,
}

impl Voice {
    /// The shop's. Neutral outside of WebAssembly, and where the setting names none of these.
    pub fn of_the_shop() -> Self {
        settings::get("voice").as_deref().map_or(Self::Neutral, Self::of)
    }

    /// The voice of this name.
    pub fn of(name: &str) -> Self {
        match name {
            "professional" => Self::Professional,
            "friendly" => Self::Friendly,
            "playful" => Self::Playful,
            _ => Self::Neutral,
        }
    }

    /// What it says before a reply of this tone; empty where it adds nothing.
    pub fn lead(self, language: Language, tone: Tone) -> &'static str {
        use Language::{En, Fr, Nl, Sv};
        use Tone::{Ask, Good, Sorry};
        match (self, tone, language) {
            (Self::Neutral, _, _) | (Self::Professional, Good, _) => "",
            (Self::Professional, Sorry, En) => "We apologise.",
            (Self::Professional, Sorry, Fr) => "Veuillez nous excuser.",
            (Self::Professional, Sorry, Nl) => "Onze excuses.",
            (Self::Professional, Sorry, Sv) => "Vi ber om ursäkt.",
            (Self::Professional, Ask, En) => "Certainly.",
            (Self::Professional, Ask, Fr) => "Certainement.",
            (Self::Professional, Ask, Nl) => "Zeker.",
            (Self::Professional, Ask, Sv) => "Självklart.",
            (Self::Friendly, Good, En) => "Good news!",
            (Self::Friendly, Good, Fr) => "Bonne nouvelle !",
            (Self::Friendly, Good, Nl) => "Goed nieuws!",
            (Self::Friendly, Good, Sv) => "Goda nyheter!",
            (Self::Friendly | Self::Playful, Sorry, En) => "I'm sorry!",
            (Self::Friendly | Self::Playful, Sorry, Fr) => "Toutes mes excuses !",
            (Self::Friendly | Self::Playful, Sorry, Nl) => "Sorry!",
            (Self::Friendly | Self::Playful, Sorry, Sv) => "Jag beklagar!",
            (Self::Friendly, Ask, En) => "Happy to help!",
            (Self::Friendly, Ask, Fr) => "Avec plaisir !",
            (Self::Friendly, Ask, Nl) => "Ik help je graag!",
            (Self::Friendly, Ask, Sv) => "Jag hjälper gärna till!",
            (Self::Playful, Good, En) => "Ta-da!",
            (Self::Playful, Good, Fr) => "Et voilà !",
            (Self::Playful, Good, Nl) => "Tadaa!",
            (Self::Playful, Good, Sv) => "Tada!",
            (Self::Playful, Ask, En) => "On it!",
            (Self::Playful, Ask, Fr) => "C’est parti !",
            (Self::Playful, Ask, Nl) => "Komt voor elkaar!",
            (Self::Playful, Ask, Sv) => "Nu kör vi!",
        }
    }
}

impl Reply {
    /// Puts the shop's voice before the text: "Good news! Your order was delivered."
    #[must_use]
    pub fn tone(self, language: Language, tone: Tone) -> Self {
        self.in_voice(Voice::of_the_shop(), language, tone)
    }

    fn in_voice(mut self, voice: Voice, language: Language, tone: Tone) -> Self {
        let lead = voice.lead(language, tone);
        if !lead.is_empty() {
            self.text = format!("{lead} {}", self.text);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_voice_has_its_words_and_the_neutral_one_none() {
        for language in Language::ALL {
            for tone in [Tone::Good, Tone::Sorry, Tone::Ask] {
                assert_eq!(Voice::Neutral.lead(language, tone), "");
                assert!(!Voice::of("friendly").lead(language, tone).is_empty());
                assert!(!Voice::of("playful").lead(language, tone).is_empty());
            }
        }
        assert_eq!(Voice::of("shouting"), Voice::Neutral);
        let reply = |voice| Reply::text("It is here.").in_voice(voice, Language::En, Tone::Good).text;
        assert_eq!(reply(Voice::Friendly), "Good news! It is here.");
        assert_eq!(reply(Voice::Professional), "It is here.");
    }
}

//! How the assistant speaks for the shop. It shows in the runtime's own greeting, and in the few words that skills put
//! before an answer (their setting `voice`).

use serde::{Deserialize, Serialize};

/// How the assistant speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Neutral, Self::Professional, Self::Friendly, Self::Playful];

    /// As the configuration and skills write it: `friendly`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Professional => "professional",
            Self::Friendly => "friendly",
            Self::Playful => "playful",
        }
    }
}

/// The shop's voice. A setting of the operator's; the configuration's until one is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoiceSettings {
    /// How the assistant speaks.
    pub voice: Voice,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_voice_is_read_as_it_is_written() {
        for voice in Voice::ALL {
            assert_eq!(serde_json::to_value(voice).unwrap(), voice.name());
            assert_eq!(serde_json::from_value::<Voice>(voice.name().into()).unwrap(), voice);
        }
        assert!(serde_json::from_value::<Voice>("loud".into()).is_err());
    }
}

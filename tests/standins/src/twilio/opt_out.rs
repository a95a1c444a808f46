//! The words that Twilio acts on by itself.

/// What a word does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OptOut {
    Stop,
    Start,
    Help,
}

impl OptOut {
    /// The keyword that a text is; only a single word is one.
    pub(super) fn of(text: &str) -> Option<Self> {
        match text.trim().to_uppercase().as_str() {
            "STOP" | "STOPALL" | "UNSUBSCRIBE" | "CANCEL" | "END" | "QUIT" | "REVOKE" | "OPTOUT" | "ARRET" => {
                Some(Self::Stop)
            }
            "START" | "YES" | "UNSTOP" => Some(Self::Start),
            "HELP" | "INFO" => Some(Self::Help),
            _ => None,
        }
    }

    /// As `OptOutType` has it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Stop => "STOP",
            Self::Start => "START",
            Self::Help => "HELP",
        }
    }

    /// What Twilio answers by itself.
    pub(super) fn answer(self) -> &'static str {
        match self {
            Self::Stop => "No more messages will come from this number. Write START to get them again.",
            Self::Start => "You get messages from this number again. Write HELP for help, STOP to end them.",
            Self::Help => "Write STOP to get no more messages from this number.",
        }
    }
}

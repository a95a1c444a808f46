//! Words that Twilio itself acts on.
//!
//! On an ordinary and on a toll-free number Twilio blocks the pair of numbers when a text is exactly one of these words,
//! answers by itself, and brings the message here all the same; what is sent afterwards fails with 21610. So each of
//! them has to be a [`Keyword::Stop`] here, `CANCEL` and `END` too, however much they look like an answer: nothing that
//! is sent may ask for them. "STOP PLEASE" is no keyword, for Twilio doesn't block on it.
//! Sources: Twilio, "Support for opt-out keywords", "Advanced Opt-Out", "Proxy: opt-out keywords" (the French ones), and
//! its note of May 2025 on `REVOKE` and `OPTOUT`.

use crate::Keyword;

const STOP: &[&str] =
    &["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "ARRET", "ARRETE", "ARRETT"];

/// Twilio doesn't act on these. Who writes them means the same, and is heeded here.
const STOP_ELSEWHERE: &[&str] = &["STOPP", "ARRÊT", "ARRÊTE", "ARRÊTER"];

const START: &[&str] = &["START", "UNSTOP"];
/// An answer, unless the number is blocked.
const YES: &str = "YES";

const HELP: &[&str] = &["HELP", "INFO"];

/// The keyword that a text is, where it is one.
///
/// `opt_out_type` is what a messaging service with Advanced Opt-Out says: the shop may have chosen words of its own there,
/// and so Twilio knows better. It says `START` of each "yes" as well, which here may answer a question; see [`opts_in`].
pub(super) fn keyword(text: &str, opt_out_type: Option<&str>) -> Option<Keyword> {
    let word = word(text);
    match opt_out_type.map(str::to_ascii_uppercase).as_deref() {
        Some("STOP") => return Some(Keyword::Stop),
        Some("START") if word != YES => return Some(Keyword::Start),
        Some("HELP") => return Some(Keyword::Help),
        _ => {}
    }
    let any = |words: &[&str]| words.contains(&word.as_str());
    if any(STOP) || any(STOP_ELSEWHERE) {
        Some(Keyword::Stop)
    } else if any(START) {
        Some(Keyword::Start)
    } else if any(HELP) {
        Some(Keyword::Help)
    } else {
        None
    }
}

/// Whether Twilio lifts the block of a number that writes this: to be asked of a text whose sender is opted out.
///
/// A "yes" of anybody else is an answer, and is read as words.
pub fn opts_in(text: &str) -> bool {
    let word = word(text);
    word == YES || START.contains(&word.as_str())
}

/// In capitals, without the spaces around it.
fn word(text: &str) -> String {
    let text = text.trim();
    // No keyword is longer; a whole message needn't be put into capitals.
    if text.len() > 24 { String::new() } else { text.to_uppercase() }
}

#[cfg(test)]
mod tests {
    use super::{keyword, opts_in};
    use crate::Keyword;

    #[test]
    fn one_word_alone_is_a_keyword() {
        for stop in ["STOP", "stop", " Stop\n", "StopAll", "unsubscribe", "CANCEL", "End", "quit", "revoke", "OPTOUT"] {
            assert_eq!(keyword(stop, None), Some(Keyword::Stop), "{stop:?}");
        }
        for stop in ["Arret", "arrêt", "ARRÊTE", "arrete", "stopp", "STOPP"] {
            assert_eq!(keyword(stop, None), Some(Keyword::Stop), "{stop:?}");
        }
        for start in ["START", "Unstop"] {
            assert_eq!(keyword(start, None), Some(Keyword::Start), "{start:?}");
        }
        for help in ["help", "INFO"] {
            assert_eq!(keyword(help, None), Some(Keyword::Help), "{help:?}");
        }
    }

    #[test]
    fn other_words_are_none() {
        for text in
            ["STOP PLEASE", "PLEASE CANCEL", "opt out", "stop.", "cancelled", "Yes", "oui", "", "ending", "helpful"]
        {
            assert_eq!(keyword(text, None), None, "{text:?}");
        }
        assert_eq!(keyword(&"stop".repeat(500), None), None);
    }

    #[test]
    fn a_yes_lifts_a_block_and_is_an_answer_otherwise() {
        assert!(opts_in("Yes") && opts_in("unstop ") && opts_in("START"));
        assert!(!opts_in("yes please") && !opts_in("stop") && !opts_in(""));
        assert_eq!(keyword("YES", Some("START")), None);
    }

    #[test]
    fn what_the_messaging_service_says_goes_first() {
        assert_eq!(keyword("Genug", Some("STOP")), Some(Keyword::Stop));
        assert_eq!(keyword("weiter", Some("start")), Some(Keyword::Start));
        assert_eq!(keyword("Hilfe", Some("HELP")), Some(Keyword::Help));
        assert_eq!(keyword("Where is it?", Some("SOMETHING")), None);
    }
}

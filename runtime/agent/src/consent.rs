//! The customer's yes, as a conversation keeps it: a question that is open, and what counts as an answer to it.
//!
//! A skill that wants to act ends its turn; the runtime asks in its own words and keeps the question
//! ([`PendingConsent`]) with all that the skill was asked, so that on a yes the very same turn runs again with this one
//! call allowed. The question is forgotten in the transaction that stores the turn which answered it: a turn that is
//! cut off finds it again, under the same idempotency key.

use crate::texts::Language;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use usher_host::skill::{Focus, Input};
use usher_host::{Agreed, ConsentRequest, Subject};
use uuid::Uuid;

/// How long a yes counts. Time enough to read and to fetch an order's papers; short enough that what was said is still
/// so: stock, prices and an order's state move on, and a phone changes hands.
pub const VALID_FOR: SignedDuration = SignedDuration::from_mins(5);

/// One question's name: random, so that no question can be named before it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConsentId(Uuid);

impl ConsentId {
    /// A new one.
    #[must_use]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Self(Uuid::new_v4())
    }

    /// What a button that answers this question sends.
    #[must_use]
    pub fn choice(self, yes: bool) -> String {
        format!("{PREFIX}{self}:{}", if yes { YES } else { NO })
    }
}

impl fmt::Display for ConsentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

const PREFIX: &str = "consent:";
const YES: &str = "yes";
const NO: &str = "no";

/// A button of a question, as it comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pressed {
    pub(crate) id: ConsentId,
    pub(crate) yes: bool,
}

impl FromStr for Pressed {
    type Err = ();

    fn from_str(value: &str) -> Result<Self, ()> {
        let (id, answer) = value.strip_prefix(PREFIX).and_then(|rest| rest.split_once(':')).ok_or(())?;
        let id = ConsentId(Uuid::parse_str(id).map_err(drop)?);
        match answer {
            YES => Ok(Self { id, yes: true }),
            NO => Ok(Self { id, yes: false }),
            _ => Err(()),
        }
    }
}

/// What a skill was asked, for asking it the same again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// What the customer typed or pressed.
    pub input: Input,
    /// The number of the message that it came with: the skill sees what was said before it.
    pub seq: u64,
    /// The storefront page that the customer looked at.
    pub page_url: Option<String>,
    /// What the conversation was about.
    pub focus: Focus,
}

/// A question that waits for the customer's yes or no.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PendingConsent {
    /// Its name.
    pub id: ConsentId,
    /// What the customer is asked.
    pub request: ConsentRequest,
    /// What the skill was asked when it wanted to act.
    pub question: Question,
    /// Whose yes counts: who the customer was when asked.
    pub subject: Subject,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// From then on a yes doesn't count.
    pub expires_at: Timestamp,
}

impl PendingConsent {
    /// The call that a yes allows. All attempts at it carry the question's name, so that no effect comes twice; `again`
    /// where one was cut off.
    pub(crate) fn agreed(&self, again: bool) -> Agreed {
        Agreed {
            skill: self.request.skill.clone(),
            skill_digest: self.request.skill_digest,
            function: self.request.function.clone(),
            arguments_digest: self.request.arguments_digest,
            summary: self.request.summary.clone(),
            again,
            idempotency_key: self.id.to_string(),
        }
    }
}

/// What a plain yes and a plain no are, in one language: all of it, or it isn't one.
fn words(language: Language) -> (&'static [&'static str], &'static [&'static str]) {
    match language {
        Language::English => (
            &[
                "yes",
                "yes please",
                "yes thanks",
                "yeah",
                "yep",
                "sure",
                "yes sure",
                "ok",
                "okay",
                "yes ok",
                "go ahead",
                "yes go ahead",
                "do it",
                "yes do it",
                "please do",
                "yes please do",
                "i agree",
                "yes i agree",
                "i confirm",
            ],
            &[
                "no",
                "no thanks",
                "no thank you",
                "nope",
                "no please don't",
                "don't",
                "do not",
                "don't do it",
                "rather not",
            ],
        ),
        Language::French => (
            &[
                "oui",
                "oui s'il vous plaît",
                "oui s'il vous plait",
                "oui svp",
                "oui merci",
                "ok",
                "oui ok",
                "d'accord",
                "oui d'accord",
                "allez-y",
                "oui allez-y",
                "vas-y",
                "oui vas-y",
                "faites-le",
                "je confirme",
                "oui je confirme",
            ],
            &["non", "non merci", "surtout pas", "ne faites rien", "non ne faites rien"],
        ),
        Language::Dutch => (
            &[
                "ja",
                "ja graag",
                "ja hoor",
                "ja alsjeblieft",
                "ja alstublieft",
                "ja dank je",
                "ok",
                "oké",
                "oke",
                "ja oké",
                "ja ok",
                "akkoord",
                "ja akkoord",
                "doe maar",
                "ja doe maar",
                "graag",
                "ik ga akkoord",
            ],
            &[
                "nee",
                "neen",
                "nee bedankt",
                "nee dank je",
                "nee dankjewel",
                "nee dank u",
                "liever niet",
                "nee liever niet",
                "niet doen",
            ],
        ),
        Language::Swedish => (
            &[
                "ja",
                "ja tack",
                "japp",
                "ok",
                "okej",
                "ja ok",
                "ja okej",
                "gärna",
                "ja gärna",
                "gör det",
                "ja gör det",
                "kör på",
                "ja kör på",
                "jag godkänner",
            ],
            &["nej", "nej tack", "helst inte", "nej helst inte", "gör det inte", "nej gör det inte"],
        ),
    }
}

/// Whether a text is a plain yes (`Some(true)`) or a plain no, and nothing beside. Longer answers may hold a condition;
/// a question mark makes a question of either.
pub(crate) fn plain_answer(text: &str, language: Language) -> Option<bool> {
    let text = without_courtesy(&plain(text));
    let (yes, no) = words(language);
    let texts = language.texts();
    let label = |label: &str| plain(label) == text;
    if yes.contains(&text.as_str()) || label(texts.consent_yes) {
        Some(true)
    } else if no.contains(&text.as_str()) || label(texts.consent_no) {
        Some(false)
    } else {
        None
    }
}

/// Signs that make an answer friendlier and change none.
const COURTESY: &str = "👍👌🙏🙂😊😀😃😄😁☺✅✔🎉❤💛💚💙🧡";

/// A plain text without the friendly signs behind its words. Signs alone stay: a thumb may mean that something was read.
fn without_courtesy(text: &str) -> String {
    // Skin tones, and the mark that asks for colour.
    let tint = |c: char| matches!(c, '\u{1f3fb}'..='\u{1f3ff}' | '\u{fe0f}');
    let sign = |c: char| tint(c) || COURTESY.contains(c);
    let mut words = text;
    loop {
        let shorter = words.trim_end().trim_end_matches(sign);
        let shorter = [":)", ":-)", ";)", ";-)"].iter().find_map(|face| shorter.strip_suffix(face)).unwrap_or(shorter);
        if shorter == words {
            break;
        }
        words = shorter;
    }
    if words.trim().is_empty() { text.to_owned() } else { words.trim().to_owned() }
}

/// A text's words in lower case, without the marks between them that change no plain answer.
pub(crate) fn plain(text: &str) -> String {
    let lower = text.to_lowercase().replace('’', "'");
    let words = lower.split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '!'));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::LANGUAGES;

    #[test]
    fn a_button_comes_back_as_it_went() {
        let id = ConsentId::new();
        for yes in [true, false] {
            assert_eq!(id.choice(yes).parse(), Ok(Pressed { id, yes }));
        }
        let (id, other) = (id.to_string(), "returns");
        for value in [
            String::new(),
            id.clone(),
            other.to_owned(),
            format!("consent:{id}"),
            format!("consent:{id}:"),
            format!("consent:{id}:YES"),
            format!("consent:{id}:yes:no"),
            format!(" consent:{id}:yes"),
            "consent::yes".to_owned(),
            "consent:1:yes".to_owned(),
        ] {
            assert_eq!(value.parse::<Pressed>(), Err(()), "{value}");
        }
    }

    #[test]
    fn only_a_plain_yes_is_one() {
        use Language::{Dutch, English, French, Swedish};
        for (language, text) in [
            (English, "yes"),
            (English, "Yes, please!"),
            (English, " OK. "),
            (English, "yes, do exactly this"),
            (French, "Oui, d’accord"),
            (French, "oui"),
            (Dutch, "Ja, graag."),
            (Dutch, "oké"),
            (Swedish, "Ja tack"),
            (Swedish, "okej"),
            (English, "Yes please 👍🏽"),
            (English, "ok👍"),
            (English, "Yes! :)"),
            (French, "OUI 🙏 ❤️"),
            (Dutch, "ja!! 😊"),
            (Swedish, "Ja. 🙂"),
        ] {
            assert_eq!(plain_answer(text, language), Some(true), "{text}");
        }
        for (language, text) in [
            (English, "No."),
            (English, "no, thanks"),
            (French, "Non merci"),
            (Dutch, "Nee"),
            (Swedish, "nej tack!"),
            (Swedish, "nej 🙂"),
        ] {
            assert_eq!(plain_answer(text, language), Some(false), "{text}");
        }
        for (language, text) in [
            (English, "yes?"),
            (English, "yes but only if it hasn't shipped"),
            (English, "yes, and cancel #1002 too"),
            (English, "yes yes"),
            (English, "not ok"),
            (English, "no yes"),
            (English, "yesterday"),
            (English, "y"),
            (English, "cancel"),
            (English, "👍"),
            (English, "👍🏽 ❤️"),
            (English, "yes 👎"),
            (English, "yes 🤔"),
            (English, ":)"),
            (English, "oui"),
            (French, "yes"),
            (French, "oui mais pas maintenant"),
            (Dutch, "ja, als het gratis is"),
            (Swedish, "ja om det går"),
            (Swedish, ""),
        ] {
            assert_eq!(plain_answer(text, language), None, "{text}");
        }
    }

    #[test]
    fn no_yes_is_a_no_as_well_and_the_labels_are_answers() {
        for language in LANGUAGES {
            let (yes, no) = words(language);
            for (words, answer) in [(yes, true), (no, false)] {
                for word in words {
                    assert_eq!(plain_answer(word, language), Some(answer), "{word}");
                }
            }
            assert_eq!(plain_answer(language.texts().consent_yes, language), Some(true));
            assert_eq!(plain_answer(language.texts().consent_no, language), Some(false));
        }
    }
}

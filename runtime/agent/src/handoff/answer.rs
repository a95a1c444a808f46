//! What a customer's message says to an offer of a person, or to a question before one comes.

use super::address::phone;
use super::settings::{FieldKind, FormField};
use crate::consent::{plain, plain_answer};
use crate::conversation::handoff_choice;
use crate::texts::Language;

/// Longest answer to a field of the form, in characters.
pub(crate) const ANSWER_CHARS: usize = 500;

/// A button around a handoff, as it comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pressed {
    Yes,
    No,
    Answer(String),
    Skip,
    TellMe,
    Rating,
}

impl Pressed {
    /// Which of them a choice of the runtime's own is, if it is one.
    pub(crate) fn read(value: &str) -> Option<Self> {
        if let Some(answer) = value.strip_prefix(handoff_choice::ANSWER) {
            return Some(Self::Answer(answer.to_owned()));
        }
        if value.starts_with(handoff_choice::RATING) {
            return Some(Self::Rating);
        }
        match value {
            handoff_choice::YES => Some(Self::Yes),
            handoff_choice::NO => Some(Self::No),
            handoff_choice::SKIP => Some(Self::Skip),
            handoff_choice::TELL_ME => Some(Self::TellMe),
            _ => None,
        }
    }
}

/// Whether a text takes an offered person (`Some(true)`) or doesn't, and says nothing beside.
pub(crate) fn taken(text: &str, language: Language) -> Option<bool> {
    let words = language.handoff();
    let said = plain(text);
    let (connect, dont) = phrases(language);
    if plain(words.offer_yes) == said || connect.contains(&said.as_str()) {
        Some(true)
    } else if plain(words.offer_no) == said || dont.contains(&said.as_str()) {
        Some(false)
    } else {
        plain_answer(text, language)
    }
}

/// Whether a text gives no answer to a question, on purpose.
pub(crate) fn refuses(text: &str, language: Language) -> bool {
    let words = language.handoff();
    let said = plain(text);
    [words.no_email, words.skip, words.offer_no].into_iter().any(|label| plain(label) == said)
        || refusals(language).contains(&said.as_str())
        || plain_answer(text, language) == Some(false)
}

/// What a text is to a field of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FieldAnswer {
    /// Its value.
    Value(String),
    /// It is left out.
    LeftOut,
    /// It is no answer; what a customer is told.
    None(&'static str),
}

impl FormField {
    /// Reads what was typed or pressed.
    pub(crate) fn read(&self, text: &str, language: Language) -> FieldAnswer {
        let words = language.handoff();
        let value = match &self.kind {
            FieldKind::Choice { choices } => {
                let said = plain(text);
                let named = choices.iter().find(|choice| plain(choice) == said);
                // Where there are no buttons, choices are numbered.
                let place = || choices.get(said.parse::<usize>().ok()?.checked_sub(1)?);
                named.or_else(place).cloned().ok_or(words.field_choose)
            }
            FieldKind::Phone => phone(text).ok_or(words.field_phone),
            FieldKind::Text if text.chars().count() > ANSWER_CHARS => Err(words.field_too_long),
            FieldKind::Text => Ok(text.trim().to_owned()),
        };
        match value {
            // "No" may be one of the choices; words alone that mean none are none.
            Ok(value) if matches!(self.kind, FieldKind::Choice { .. }) => FieldAnswer::Value(value),
            _ if refuses(text, language) && self.required => FieldAnswer::None(words.field_needed),
            _ if refuses(text, language) => FieldAnswer::LeftOut,
            Ok(value) if value.is_empty() => FieldAnswer::None(words.field_needed),
            Ok(value) => FieldAnswer::Value(value),
            Err(problem) => FieldAnswer::None(problem),
        }
    }

    /// The question in a language; where it isn't there, in the shop's, else in any.
    pub(crate) fn asked_in(&self, language: Language, shop: &str) -> &str {
        let shop = shop.split(['-', '_']).next().unwrap_or_default();
        let question = self.question.get(language.tag()).or_else(|| self.question.get(shop));
        question.or_else(|| self.question.values().next()).map_or(self.name.as_str(), String::as_str)
    }
}

type Phrases = &'static [&'static str];

/// What people write instead of pressing one of the two buttons.
fn phrases(language: Language) -> (Phrases, Phrases) {
    match language {
        Language::English => (
            &["connect me", "yes connect me", "please connect me", "yes please connect me", "yes i would", "i would"],
            &["not now", "no need", "no it's fine", "it's fine", "never mind", "nevermind"],
        ),
        Language::French => (
            &["mettez-moi en relation", "oui je veux bien", "je veux bien", "volontiers", "oui volontiers"],
            &["pas maintenant", "pas la peine", "non pas la peine", "laissez tomber"],
        ),
        Language::Dutch => (
            &["breng me in contact", "verbind me door", "ja verbind me door", "ja dat wil ik"],
            &["nu niet", "hoeft niet", "nee hoeft niet", "laat maar"],
        ),
        Language::Swedish => (
            &["koppla mig", "ja koppla mig", "ja det vill jag", "ja gör det"],
            &["inte nu", "behövs inte", "nej det behövs inte", "strunta i det"],
        ),
    }
}

/// What people write who don't want to answer.
fn refusals(language: Language) -> Phrases {
    match language {
        Language::English => &[
            "skip",
            "skip it",
            "i'd rather not",
            "i would rather not",
            "i'd rather not say",
            "rather not",
            "i don't want to",
            "i don't want to give it",
            "i won't give it",
            "i don't have one",
            "i have none",
            "none",
            "no email",
            "no e-mail",
            "i don't have an email",
            "i don't have an e-mail address",
            "never mind",
            "nevermind",
            "cancel",
            "forget it",
        ],
        Language::French => &[
            "passer",
            "je préfère pas",
            "je préfère ne pas",
            "je préfère ne pas le dire",
            "je ne veux pas",
            "je n'en ai pas",
            "aucune",
            "aucun",
            "pas d'e-mail",
            "pas d'adresse",
            "laissez tomber",
            "annuler",
        ],
        Language::Dutch => &[
            "overslaan",
            "sla over",
            "liever niet",
            "dat wil ik niet",
            "ik wil het niet geven",
            "heb ik niet",
            "die heb ik niet",
            "geen",
            "geen e-mail",
            "laat maar",
            "annuleren",
        ],
        Language::Swedish => &[
            "hoppa över",
            "helst inte",
            "jag vill inte",
            "det vill jag inte",
            "jag vill inte uppge den",
            "har ingen",
            "jag har ingen",
            "ingen",
            "ingen e-post",
            "strunta i det",
            "avbryt",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::LANGUAGES;
    use std::collections::BTreeMap;

    #[test]
    fn what_stands_on_a_button_may_be_typed() {
        for language in LANGUAGES {
            let words = language.handoff();
            assert_eq!(taken(words.offer_yes, language), Some(true), "{}", words.offer_yes);
            assert_eq!(taken(words.offer_no, language), Some(false), "{}", words.offer_no);
            assert!(refuses(words.no_email, language) && refuses(words.skip, language));
            let (connect, dont) = phrases(language);
            assert!(connect.iter().all(|text| taken(text, language) == Some(true)));
            assert!(dont.iter().all(|text| taken(text, language) == Some(false)));
            assert!(refusals(language).iter().all(|text| refuses(text, language) && *text == plain(text)));
        }
        for (text, language, said) in [
            ("Yes, please!", Language::English, Some(true)),
            ("oui", Language::French, Some(true)),
            ("Ja graag", Language::Dutch, Some(true)),
            ("nej tack", Language::Swedish, Some(false)),
            ("yes but where is my order?", Language::English, None),
            ("no, where is it?", Language::English, None),
        ] {
            assert_eq!(taken(text, language), said, "{text}");
        }
        assert!(refuses("I’d rather not.", Language::English));
        assert!(!refuses("no idea where my order is", Language::English));
    }

    fn field(kind: FieldKind, required: bool) -> FormField {
        let question = BTreeMap::from([("en".to_owned(), "What?".to_owned()), ("de".to_owned(), "Was?".to_owned())]);
        FormField { name: "what".into(), question, kind, required }
    }

    #[test]
    fn a_field_takes_what_it_is_for() {
        let english = Language::English;
        let words = english.handoff();
        let choice = field(FieldKind::Choice { choices: vec!["A lamp".into(), "No".into()] }, false);
        assert_eq!(choice.read("a lamp!", english), FieldAnswer::Value("A lamp".into()));
        assert_eq!(choice.read("no", english), FieldAnswer::Value("No".into()), "one of the choices");
        assert_eq!(choice.read("1", english), FieldAnswer::Value("A lamp".into()));
        assert_eq!(choice.read("0", english), FieldAnswer::None(words.field_choose));
        assert_eq!(choice.read("skip", english), FieldAnswer::LeftOut);
        assert_eq!(choice.read("a chair", english), FieldAnswer::None(words.field_choose));
        let number = field(FieldKind::Phone, true);
        assert_eq!(number.read("+49 30 123456", english), FieldAnswer::Value("+4930123456".into()));
        assert_eq!(number.read("skip", english), FieldAnswer::None(words.field_needed));
        assert_eq!(number.read("later", english), FieldAnswer::None(words.field_phone));
        let text = field(FieldKind::Text, false);
        assert_eq!(text.read(" it fell ", english), FieldAnswer::Value("it fell".into()));
        assert_eq!(text.read("no thanks", english), FieldAnswer::LeftOut);
        assert_eq!(text.read(&"a".repeat(501), english), FieldAnswer::None(words.field_too_long));
        assert_eq!(text.asked_in(english, "de"), "What?");
        assert_eq!(text.asked_in(Language::Swedish, "de-AT"), "Was?");
    }

    #[test]
    fn buttons_come_back_as_they_went() {
        for (value, pressed) in [
            ("handoff:yes", Some(Pressed::Yes)),
            ("handoff:no", Some(Pressed::No)),
            ("handoff:skip", Some(Pressed::Skip)),
            ("handoff:tell-me", Some(Pressed::TellMe)),
            ("handoff:answer:A lamp", Some(Pressed::Answer("A lamp".into()))),
            ("rating:5", Some(Pressed::Rating)),
            ("handoff:", None),
            ("returns", None),
        ] {
            assert_eq!(Pressed::read(value), pressed, "{value}");
        }
    }
}

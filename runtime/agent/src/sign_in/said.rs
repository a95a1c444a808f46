//! What a message says to somebody who waits for a code.

use super::code::Code;
use crate::consent::plain;
use crate::handoff::address::{self, AddressProblem};
use crate::handoff::answer::refuses;
use crate::texts::Language;

/// What a message holds in the place of a code.
#[derive(Debug)]
#[cfg_attr(test, derive(PartialEq, Eq))]
pub(crate) enum Typed {
    /// Six digits.
    Code(Code),
    /// Digits alone, and not six of them.
    Digits,
    /// Something else.
    Else,
}

/// Words around a code that change nothing; "code" is the same word in three of the languages.
const AROUND: &[&str] = &[
    "code", "my", "the", "is", "it's", "its", "here", "your", "please", "thanks", "hi", "hello", "mon", "le", "est",
    "c'est", "voici", "voilà", "votre", "merci", "bonjour", "mijn", "de", "het", "hier", "hallo", "bedankt", "min",
    "koden", "kod", "är", "det", "här", "hej", "tack", "den",
];

/// Reads a code out of a message: alone on its first line, or among words that say no more than that it is one. An order's
/// number in a question is none.
pub(crate) fn typed(text: &str) -> Typed {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    for text in [first, text] {
        if let Some(code) = among_words(text) {
            return Typed::Code(code);
        }
    }
    let digits = first.chars().filter(char::is_ascii_digit).count();
    let rest = |c: char| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '-' | '.');
    if (4..=8).contains(&digits) && first.chars().all(rest) { Typed::Digits } else { Typed::Else }
}

fn among_words(text: &str) -> Option<Code> {
    let is_digits = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '\u{a0}');
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let number = &text[start..end];
    if !number.chars().all(is_digits) {
        return None;
    }
    let (before, after) = (&text[..start], &text[end..]);
    // "#123456" is an order.
    if before.ends_with('#') {
        return None;
    }
    let words =
        plain(&format!("{before} {after}").replace([':', '(', ')', '"', '«', '»', '“', '”', '*', '-', ';'], " "));
    words.split(' ').all(|word| word.is_empty() || AROUND.contains(&word)).then(|| Code::parse(number))?
}

/// More words than this are a letter, in which an address may be the writer's own below their name.
const SHORT: usize = 12;

/// The address that a message gives; of a letter that of its first line.
///
/// # Errors
/// What is wrong with what looks most like one.
pub(crate) fn address_in(text: &str) -> Result<String, AddressProblem> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let short = text.split_whitespace().nth(SHORT).is_none();
    address::find(if short { text } else { first })
}

/// Whether a message asks for another code, and says nothing beside.
pub(crate) fn asks_for_another(text: &str, language: Language) -> bool {
    let said = plain(&text.replace(['"', '«', '»', '“', '”', '?'], " "));
    let said = said.trim_start_matches("please ").trim_end_matches(" please").trim();
    said == plain(language.sign_in().new_code) || others(language).contains(&said)
}

/// Whether a message says that the customer won't sign in, and nothing beside.
pub(crate) fn refuses_to(text: &str, language: Language) -> bool {
    let said = plain(text);
    refuses(text, language) || refusals(language).contains(&said.as_str())
}

type Phrases = &'static [&'static str];

#[rustfmt::skip]
fn others(language: Language) -> Phrases {
    match language {
        Language::English => &[
            "resend", "resend it", "resend code", "resend the code", "send again", "send it again", "send the code again",
            "send me the code again", "again", "once more", "another code", "another one", "a new code", "send a new code",
            "send me a new code", "send another", "send another code", "send another one", "can you resend it",
            "can you resend the code", "can you send it again", "can you send a new code", "could you send it again",
            "i didn't get it", "i didn't get a code", "i didn't get the code", "didn't get it", "i did not get it",
            "i got no code", "no code", "no code came", "nothing came", "it didn't arrive", "the code didn't arrive",
            "i haven't received it", "i haven't received a code", "i didn't receive it", "i didn't receive a code",
        ],
        Language::French => &[
            "renvoyer", "renvoyez", "renvoyez-le", "renvoyez le code", "renvoyer le code", "renvoie", "renvoie le code",
            "encore", "encore une fois", "un autre code", "un autre", "un nouveau code", "envoyez un nouveau code",
            "envoyez-le encore", "pouvez-vous le renvoyer", "pouvez-vous renvoyer le code", "je n'ai rien reçu",
            "je n'ai pas reçu le code", "je n'ai pas reçu de code", "pas reçu", "pas de code", "rien reçu",
        ],
        Language::Dutch => &[
            "opnieuw", "nog een keer", "nog eens", "stuur opnieuw", "stuur hem opnieuw", "stuur de code opnieuw",
            "stuur nog een keer", "stuur nog eens", "een nieuwe code", "stuur een nieuwe code", "andere code",
            "een andere code", "kun je hem opnieuw sturen", "kun je de code opnieuw sturen", "ik heb niets gekregen",
            "ik heb geen code gekregen", "geen code", "geen code gekregen", "niets gekregen", "niet ontvangen",
            "ik heb niets ontvangen", "ik heb geen code ontvangen",
        ],
        Language::Swedish => &[
            "igen", "en gång till", "skicka igen", "skicka den igen", "skicka koden igen", "skicka en gång till",
            "en ny kod", "skicka en ny kod", "skicka ny kod", "en annan kod", "kan du skicka den igen",
            "kan du skicka koden igen", "jag fick ingen kod", "fick ingen kod", "ingen kod", "jag fick inget",
            "jag har inte fått någon kod", "jag har inte fått den", "den kom inte", "koden kom inte",
        ],
    }
}

#[rustfmt::skip]
fn refusals(language: Language) -> Phrases {
    match language {
        Language::English => &[
            "i don't want to sign in", "i do not want to sign in", "i don't want that", "i don't want this",
            "i won't sign in", "not now", "stop it", "i don't have an account", "i have no account", "no account",
        ],
        Language::French => &[
            "je ne veux pas me connecter", "je ne veux pas ça", "pas maintenant", "je n'ai pas de compte", "pas de compte",
        ],
        Language::Dutch => &[
            "ik wil niet inloggen", "ik wil dat niet", "nu niet", "ik heb geen account", "geen account",
        ],
        Language::Swedish => &[
            "jag vill inte logga in", "jag vill inte det", "inte nu", "jag har inget konto", "inget konto",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::LANGUAGES;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        for text in [
            "123456",
            " 123 456 ",
            "123-456.",
            "1 2 3 4 5 6",
            "my code is 123456",
            "My code is: 123-456, thanks!",
            "It's 123456",
            "le code est 123456",
            "Voici : 123456",
            "mijn code is 123 456",
            "Koden är 123456",
            "123456\n\nBest wishes\nAna, Street 12",
            "**123456**",
        ] {
            assert_eq!(typed(text), Typed::Code(code()), "{text:?}");
        }
        for text in ["12345", "1234567", "123 45", "1234 567"] {
            assert_eq!(typed(text), Typed::Digits, "{text:?}");
        }
        for text in [
            "",
            "2",
            "1001 2002 3003 4004",
            "where is order 123456?",
            "#123456",
            "order 123456",
            "123456 or 654321",
            "my code doesn't work",
            "call me at 030 123456",
        ] {
            assert_eq!(typed(text), Typed::Else, "{text:?}");
        }
    }

    fn code() -> Code {
        Code::parse("123456").expect("six digits")
    }

    #[test]
    fn an_address_below_a_letter_is_not_given() {
        assert_eq!(address_in("It's Ana@example.net, thanks").as_deref(), Ok("ana@example.net"));
        assert_eq!(address_in("Hello,\n\nana@example.net\n\nAna").as_deref(), Ok("ana@example.net"));
        let letter = "Do you ship to Spain as well, and how long does that take?\n\nAna\nana@example.net";
        assert_eq!(address_in(letter), Err(AddressProblem::NoAt));
    }

    #[test]
    fn another_code_is_asked_for_in_many_words() {
        for language in LANGUAGES {
            for text in others(language) {
                assert!(asks_for_another(text, language), "{text}");
                assert_eq!(plain(text), *text);
            }
            assert!(refusals(language).iter().all(|text| refuses_to(text, language) && plain(text) == *text));
        }
        assert!(asks_for_another("Can you send it again, please?", Language::English));
        assert!(asks_for_another("I didn’t get it!", Language::English));
        for text in ["send my order again", "I didn't get my order", "again and again late", "yes"] {
            assert!(!asks_for_another(text, Language::English), "{text}");
        }
        assert!(refuses_to("No thanks", Language::English) && refuses_to("nej tack", Language::Swedish));
        assert!(!refuses_to("no idea where my order is", Language::English));
    }
}

//! Passages that went wrong before they came here: broken characters, machine-made mixtures of languages, tables without
//! content. They are reported to the operator; what they say stays searchable, for nobody but a person knows what was
//! meant.

use super::document::Section;
use super::language::detect;
use serde::{Deserialize, Serialize};

/// What is wrong with a passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Characters that couldn't be read when the text was made (U+FFFD).
    LostCharacters,
    /// UTF-8 that was taken for another encoding: `cafÃ©`.
    Mojibake,
    /// Words of another language in a sentence: a translation that broke off.
    MixedLanguages,
    /// A table or a list without content.
    Empty,
    /// Letters set apart, or words set together.
    Spacing,
    /// Mostly no words at all.
    NoWords,
    /// Text that was to be replaced: `lorem ipsum`, `[insert here]`.
    Placeholder,
}

/// One garbled passage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Garbled {
    /// What is wrong.
    pub fault: Fault,
    /// The heading that it stands under.
    pub heading: Option<String>,
    /// The passage, at most 160 characters of it.
    pub passage: String,
}

/// No more are reported of one article.
const MOST: usize = 20;
const SHOWN: usize = 160;
/// A run of so many single letters is a word that was set apart.
const APART: usize = 6;
/// No word of the languages that are answered in is longer, links aside.
const LONGEST_WORD: usize = 45;

/// What is garbled in these sections; `language` is the article's (BCP 47), detected where it isn't known.
#[must_use]
pub fn garbled(sections: &[Section], language: Option<&str>) -> Vec<Garbled> {
    let all = sections.iter().map(|section| section.text.as_str()).collect::<Vec<_>>().join("\n");
    let language = language.map(primary).or_else(|| detect(&all).map(str::to_owned));
    let mut found: Vec<Garbled> = Vec::new();
    for section in sections {
        let heading = section.heading.as_deref();
        let mut bare_rows = 0;
        for line in heading.into_iter().chain(section.text.lines()) {
            bare_rows = if is_bare_row(line) { bare_rows + 1 } else { 0 };
            let fault = if bare_rows == 2 { Some(Fault::Empty) } else { fault(line, language.as_deref()) };
            if let Some(fault) = fault {
                let passage = line.chars().take(SHOWN).collect();
                found.push(Garbled { fault, heading: section.heading.clone(), passage });
                if found.len() == MOST {
                    return found;
                }
            }
        }
    }
    found
}

fn primary(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

fn fault(line: &str, language: Option<&str>) -> Option<Fault> {
    if line.contains('\u{fffd}') {
        return Some(Fault::LostCharacters);
    }
    if is_mojibake(line) {
        return Some(Fault::Mojibake);
    }
    if is_placeholder(line) {
        return Some(Fault::Placeholder);
    }
    if is_badly_spaced(line) {
        return Some(Fault::Spacing);
    }
    if is_without_words(line) {
        return Some(Fault::NoWords);
    }
    is_mixed(line, language?).then_some(Fault::MixedLanguages)
}

/// The byte that a character of Windows-1252 was.
fn byte_of(c: char) -> Option<u8> {
    const HIGH: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    match u32::from(c) {
        code @ 0..=0xff => u8::try_from(code).ok(),
        _ => HIGH.chars().position(|high| high == c).and_then(|at| u8::try_from(0x80 + at).ok()),
    }
}

/// Whether some characters, taken for the bytes that they would be in Windows-1252, are UTF-8 of one character.
fn is_mojibake(line: &str) -> bool {
    let bytes: Vec<Option<u8>> = line.chars().map(byte_of).collect();
    bytes.iter().enumerate().any(|(at, byte)| {
        let length = match byte {
            Some(0xc3..=0xdf) => 2,
            // Before a blank or a sign, where it is common.
            Some(0xc2) => 2,
            Some(0xe0..=0xef) => 3,
            Some(0xf0..=0xf4) => 4,
            _ => return false,
        };
        let Some(whole) = bytes.get(at..at + length) else { return false };
        let whole: Option<Vec<u8>> = whole.iter().copied().collect();
        whole.is_some_and(|whole| std::str::from_utf8(&whole).is_ok())
    })
}

fn is_bare_row(line: &str) -> bool {
    line.contains('|') && line.chars().all(|c| c == '|' || c == '-' || c == ':' || c.is_whitespace())
}

fn is_placeholder(line: &str) -> bool {
    const WORDS: [&str; 8] = ["lorem ipsum", "dolor sit amet", "[insert", "<insert", "[your ", "{{", "tbd", "xxxx"];
    let lower = line.to_lowercase();
    WORDS.iter().any(|word| {
        lower.match_indices(word).any(|(at, _)| {
            let before = lower[..at].chars().next_back();
            let after = lower[at + word.len()..].chars().next();
            *word != "tbd" || ![before, after].into_iter().flatten().any(char::is_alphanumeric)
        })
    })
}

fn is_badly_spaced(line: &str) -> bool {
    let mut alone = 0;
    for word in line.split_whitespace() {
        let letter = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
        alone = if letter { alone + 1 } else { 0 };
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        if alone == APART || (letters > LONGEST_WORD && !word.contains(['/', '@', '-', '.'])) {
            // Scripts without spaces have no words apart.
            return !word.chars().any(|c| c >= '\u{2e80}');
        }
    }
    false
}

/// Mostly signs, or letters that can't be spoken.
fn is_without_words(line: &str) -> bool {
    if line.contains("://") {
        return false;
    }
    // Dots and dashes that lead the eye to a page's number count once.
    let mut chars: Vec<char> = line.chars().collect();
    chars.dedup_by(|next, before| next == before && !next.is_alphanumeric());
    let line: &str = &chars.into_iter().collect::<String>();
    let count = |is: fn(char) -> bool| line.chars().filter(|c| is(*c)).count();
    let (letters, digits, all) = (count(char::is_alphabetic), count(char::is_numeric), count(|c| !c.is_whitespace()));
    if all >= 12 && (letters + digits) * 2 < all && !is_ruled(line) {
        return true;
    }
    let latin: Vec<&str> = line
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| word.len() >= 4 && word.is_ascii() && word.chars().any(char::is_lowercase))
        .collect();
    let mute = latin
        .iter()
        .filter(|word| !word.contains(['a', 'e', 'i', 'o', 'u', 'y', 'A', 'E', 'I', 'O', 'U', 'Y']))
        .count();
    latin.len() >= 4 && mute * 2 > latin.len()
}

/// A line of one sign, drawn to part two sections.
fn is_ruled(line: &str) -> bool {
    let mut signs: Vec<char> = line.chars().filter(|c| !c.is_whitespace()).collect();
    signs.sort_unstable();
    signs.dedup();
    signs.len() <= 2
}

/// Words that say nothing by themselves, and stand in one of the languages only.
const OWN_WORDS: [(&str, &[&str]); 4] = [
    ("en", &["the", "and", "of", "with", "your", "this", "which", "are", "from", "you"]),
    ("fr", &["de", "des", "du", "les", "une", "aux", "dans", "avec", "votre", "vous", "nous", "sont"]),
    ("nl", &["het", "een", "voor", "niet", "wij", "jouw", "naar", "deze", "bij"]),
    ("sv", &["och", "att", "eller", "för", "är", "på", "inte", "från", "och"]),
];
/// Small words of a language that the other languages' names and sentences hold as well.
const SHARED: [(&str, &[&str]); 3] = [("nl", &["de", "des", "of", "are", "en"]), ("sv", &["de"]), ("fr", &[])];
/// Phrases of another language that are at home everywhere.
const AT_HOME: [&str; 12] = [
    "eau de",
    "crème de",
    "creme de",
    "prêt à",
    "pour homme",
    "pour femme",
    "pas de",
    "fleur de",
    "tour de",
    "van gogh",
    "point de",
    "coup de",
];

/// Whether a small word of another language stands in the line, and not within a name.
fn is_mixed(line: &str, language: &str) -> bool {
    if !OWN_WORDS.iter().any(|(own, _)| *own == language) {
        return false;
    }
    let lower = line.to_lowercase();
    if AT_HOME.iter().any(|phrase| lower.contains(phrase)) {
        return false;
    }
    let words: Vec<&str> =
        line.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()).collect();
    let capital = |at: usize| words.get(at).is_some_and(|word| word.chars().next().is_some_and(char::is_uppercase));
    let shared = |word: &str| SHARED.iter().any(|(own, shared)| *own == language && shared.contains(&word));
    words.iter().enumerate().any(|(at, word)| {
        let foreign = OWN_WORDS.iter().any(|(other, own)| *other != language && own.contains(word) && !shared(word));
        // "Rue de Flandre", "Jan van Eyck": between two names, the first of which doesn't merely begin the line.
        let in_a_name = at > 0 && capital(at - 1) && capital(at + 1) && at > 1;
        foreign && at > 0 && at + 1 < words.len() && !in_a_name
    }) && !is_whole_sentence(line, language)
}

/// A sentence that is of another language as a whole is a translation beside the text, not a garbled one.
fn is_whole_sentence(line: &str, language: &str) -> bool {
    detect(line).is_some_and(|found| {
        found != language
            && OWN_WORDS.iter().find(|(other, _)| *other == found).is_some_and(|(_, own)| {
                let lower = line.to_lowercase();
                lower.split(|c: char| !c.is_alphanumeric()).filter(|word| own.contains(word)).count() >= 3
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str, language: &str) -> Vec<Fault> {
        let section = Section { heading: None, text: text.to_owned() };
        garbled(&[section], Some(language)).into_iter().map(|garbled| garbled.fault).collect()
    }

    #[test]
    fn what_went_wrong_is_named() {
        for (text, language, fault) in [
            ("Open every day except Sunday \u{fffd}\u{fffd}", "en", Fault::LostCharacters),
            ("Nous livrons aussi Ã\u{a0} l'Ã©tranger", "fr", Fault::Mojibake),
            ("Itâ€™s free above â‚¬50", "en", Fault::Mojibake),
            ("FrÃ¥gor om frakt", "sv", Fault::Mojibake),
            ("Mot de Customer Agent", "en", Fault::MixedLanguages),
            ("You can cocher des points in the portal", "en", Fault::MixedLanguages),
            ("We sturen het pakket and your invoice mee", "nl", Fault::MixedLanguages),
            ("|  |  |\n| | |", "en", Fault::Empty),
            ("R e t u r n s within 30 days", "en", Fault::Spacing),
            ("#*&^% @@!! ~~~ +++ ^^^ &&& $$$ ###", "en", Fault::NoWords),
            ("Thrgh wrttn bckl rtrn prcl wthn", "en", Fault::NoWords),
            ("Lorem ipsum dolor sit amet", "en", Fault::Placeholder),
            ("Write to [insert address]", "en", Fault::Placeholder),
        ] {
            assert_eq!(faults(text, language), [fault], "{text}");
        }
    }

    #[test]
    fn what_is_right_is_left_alone() {
        for (text, language) in [
            ("Returns are free within 30 days of delivery.", "en"),
            ("Visit us at the Rue de Flandre in Brussels.", "en"),
            ("Our eau de parfum lasts all day.", "en"),
            ("La livraison coûte 4,95 € et prend deux jours ; à partir de 50 € elle est gratuite.", "fr"),
            ("Você não paga NÃO portes", "pt"),
            ("Het artikel van de maand is de lamp.", "nl"),
            ("Vi skickar till Norge och Finland på två dagar.", "sv"),
            ("Pour nos clients français : les retours sont gratuits dans les 30 jours avec votre reçu.", "en"),
            ("France | 3 days | €9.95", "en"),
            ("----------------------------------------", "en"),
            ("https://shop.example/help/?a=1&b=2&c=3&d=%20%20%20", "en"),
            ("S M L XL", "en"),
            ("3 Utilities ............................................ 5", "en"),
            ("Call +32 2 555 01 23 or +32 2 555 01 24", "en"),
            ("ÉTÉ À LA PLAGE", "fr"),
        ] {
            assert_eq!(faults(text, language), [], "{text}");
        }
    }
}

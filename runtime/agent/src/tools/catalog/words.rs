//! The words of a text, so that two spellings of one word meet: without case and accents, and in singular and plural.

use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Words that say nothing of a product, in the languages of the texts: they are no reason to find one.
const SILENT: &[&str] = &[
    // English
    "a",
    "about",
    "an",
    "and",
    "any",
    "are",
    "as",
    "at",
    "be",
    "buy",
    "can",
    "could",
    "do",
    "does",
    "for",
    "from",
    "get",
    "got",
    "had",
    "has",
    "have",
    "hello",
    "help",
    "hi",
    "how",
    "i",
    "in",
    "is",
    "it",
    "its",
    "like",
    "look",
    "looking",
    "me",
    "my",
    "need",
    "of",
    "on",
    "one",
    "or",
    "please",
    "product",
    "products",
    "recommend",
    "sell",
    "shop",
    "show",
    "some",
    "something",
    "suggest",
    "that",
    "the",
    "there",
    "these",
    "they",
    "this",
    "those",
    "to",
    "under",
    "want",
    "was",
    "we",
    "what",
    "which",
    "with",
    "would",
    "you",
    "your",
    // French
    "au",
    "aux",
    "avec",
    "avez",
    "bonjour",
    "ce",
    "ces",
    "cette",
    "cherche",
    "dans",
    "de",
    "des",
    "du",
    "elle",
    "est",
    "et",
    "je",
    "la",
    "le",
    "les",
    "mes",
    "moi",
    "mon",
    "ou",
    "par",
    "pas",
    "pour",
    "produit",
    "produits",
    "que",
    "quel",
    "quelle",
    "quelles",
    "quels",
    "qui",
    "sans",
    "sont",
    "sur",
    "un",
    "une",
    "veux",
    "voudrais",
    "vous",
    // Dutch
    "aan",
    "bij",
    "dat",
    "deze",
    "die",
    "dit",
    "een",
    "en",
    "er",
    "geen",
    "heb",
    "hebben",
    "hebt",
    "het",
    "hoi",
    "ik",
    "jij",
    "jullie",
    "kan",
    "met",
    "mij",
    "mijn",
    "naar",
    "niet",
    "om",
    "op",
    "te",
    "van",
    "voor",
    "waar",
    "wat",
    "welke",
    "wil",
    "zijn",
    "zoek",
    // Swedish
    "att",
    "av",
    "behover",
    "den",
    "det",
    "dig",
    "du",
    "ett",
    "finns",
    "for",
    "fran",
    "har",
    "hej",
    "inte",
    "jag",
    "kan",
    "med",
    "mig",
    "min",
    "ni",
    "nagon",
    "nagot",
    "nagra",
    "och",
    "pa",
    "soker",
    "som",
    "till",
    "vad",
    "vi",
    "vilka",
    "vilken",
    "vill",
];

/// A longer word is cut: nothing is found by its rest.
const LONGEST: usize = 40;

/// The words of a text, in order.
pub(super) fn words(text: &str) -> Vec<String> {
    let plain: String = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    let found = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    found.map(|word| word.chars().take(LONGEST).collect()).collect()
}

/// The words of a question that a product can be found by, each once.
pub(super) fn asked(query: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    words(query).into_iter().filter(|word| !is_silent(word) && seen.insert(word.clone())).collect()
}

pub(super) fn is_silent(word: &str) -> bool {
    SILENT.contains(&word) || (word.len() == 1 && !word.starts_with(|c: char| c.is_ascii_digit()))
}

/// The word, and what it may be the plural or another form of in one of the languages. Two forms of a word have one in
/// common; the word itself comes first.
pub(super) fn forms(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned()];
    let mut add = |form: String| {
        if form.chars().count() >= 3 && !forms.contains(&form) {
            forms.push(form);
        }
    };
    if word.chars().any(char::is_numeric) {
        return forms;
    }
    // English, and most of French: berries, boxes, lamps.
    if let Some(stem) = word.strip_suffix("ies") {
        add(format!("{stem}y"));
    }
    if let Some(stem) = word.strip_suffix("es") {
        add(stem.to_owned());
    }
    if let Some(stem) = word.strip_suffix('s')
        && !stem.ends_with('s')
    {
        add(stem.to_owned());
    }
    // French: journaux, bureaux.
    if let Some(stem) = word.strip_suffix("aux") {
        add(format!("{stem}al"));
        add(format!("{stem}au"));
    }
    // Dutch: lampen, mokken; Swedish: lampor, stolar, koppar, lampan, stolen.
    for ending in ["en", "or", "ar", "er", "na", "orna", "arna", "an"] {
        if let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.chars().count() >= 3) {
            add(stem.to_owned());
            add(single(stem).to_owned());
            // lampor, lampan: lampa.
            if ending != "en" {
                add(format!("{stem}a"));
            }
        }
    }
    forms
}

/// Without the second of two equal consonants at the end: mokk, mok.
fn single(stem: &str) -> &str {
    let mut ends = stem.chars().rev();
    match (ends.next(), ends.next()) {
        (Some(last), Some(before)) if last == before && !"aeiou".contains(last) => {
            stem.strip_suffix(last).unwrap_or(stem)
        }
        _ => stem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meet(one: &str, other: &str) -> bool {
        let (one, other) = (words(one).remove(0), words(other).remove(0));
        forms(&one).iter().any(|form| forms(&other).contains(form))
    }

    #[test]
    fn forms_of_a_word_meet() {
        for (one, other) in [
            ("lamp", "Lamps"),
            ("box", "boxes"),
            ("berry", "berries"),
            ("mok", "mokken"),
            ("lamp", "lampen"),
            ("lampa", "lampor"),
            ("lampan", "lampor"),
            ("kopp", "koppar"),
            ("bureau", "bureaux"),
            ("café", "CAFE"),
            ("tasse", "tasses"),
        ] {
            assert!(meet(one, other) && meet(other, one), "{one} {other}");
        }
        for (one, other) in [("lamp", "clamp"), ("glass", "gla"), ("e14", "e27"), ("tea", "teak")] {
            assert!(!meet(one, other), "{one} {other}");
        }
    }

    #[test]
    fn a_question_s_words_are_those_that_tell_products_apart() {
        assert_eq!(asked("Do you have any LAMPS for a desk, lamps with E27?"), ["lamps", "desk", "e27"]);
        assert_eq!(asked("Avez-vous des tasses ?"), ["tasses"]);
        assert!(asked("what do you have?").is_empty());
    }
}

//! The language that an article is written in, told by its commonest words: a customer who asked in another is told.

use usher_sdk::skill::prelude::*;

/// Words that stand in nearly every text of a language and in few of another.
const COMMON: &[(Language, &[&str])] = &[
    (
        Language::En,
        &[
            "the", "and", "with", "you", "your", "can", "are", "is", "of", "to", "within", "from", "it", "we", "our",
            "be", "have", "by",
        ],
    ),
    (
        Language::Fr,
        &[
            "le", "la", "les", "des", "et", "est", "sont", "vous", "votre", "vos", "nous", "dans", "pour", "avec",
            "du", "une", "sur", "au",
        ],
    ),
    (
        Language::Nl,
        &[
            "het", "een", "van", "en", "is", "zijn", "wij", "we", "uw", "je", "kan", "kunt", "voor", "met", "niet",
            "binnen", "op", "naar", "de",
        ],
    ),
    (
        Language::Sv,
        &[
            "och", "är", "att", "det", "som", "på", "vi", "du", "din", "ditt", "inom", "med", "för", "inte", "kan",
            "till", "från", "av", "den",
        ],
    ),
];
/// So many of them make a language sure.
const ENOUGH: usize = 2;

/// `None` where too little tells.
pub(crate) fn of(text: &str) -> Option<Language> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    let mut counts: Vec<(usize, Language)> = COMMON
        .iter()
        .map(|(language, common)| (words.iter().filter(|word| common.contains(word)).count(), *language))
        .collect();
    counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    match counts.as_slice() {
        [(most, language), (second, _), ..] if *most >= ENOUGH && most > second => Some(*language),
        _ => None,
    }
}

/// Said before words of an article that is in another language than the customer's.
pub(crate) fn note(customer: Language, text: &str) -> Option<String> {
    let written = of(text).filter(|written| *written != customer)?;
    Some(match written {
        Language::Fr => only_in_french(customer),
        Language::Nl => only_in_dutch(customer),
        Language::Sv => only_in_swedish(customer),
        Language::En => only_in_english(customer),
    })
}

texts! {
    fn only_in_english() {
        en: "Our article on this is in English:",
        fr: "Notre article à ce sujet est en anglais :",
        nl: "Ons artikel hierover is in het Engels:",
        sv: "Vår artikel om detta är på engelska:",
    }
    fn only_in_french() {
        en: "Our article on this is in French:",
        fr: "Notre article à ce sujet est en français :",
        nl: "Ons artikel hierover is in het Frans:",
        sv: "Vår artikel om detta är på franska:",
    }
    fn only_in_dutch() {
        en: "Our article on this is in Dutch:",
        fr: "Notre article à ce sujet est en néerlandais :",
        nl: "Ons artikel hierover is in het Nederlands:",
        sv: "Vår artikel om detta är på nederländska:",
    }
    fn only_in_swedish() {
        en: "Our article on this is in Swedish:",
        fr: "Notre article à ce sujet est en suédois :",
        nl: "Ons artikel hierover is in het Zweeds:",
        sv: "Vår artikel om detta är på svenska:",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_by_common_words() {
        for (text, language) in [
            ("Shipping within the EU is free from 50 EUR.", Some(Language::En)),
            ("La livraison est gratuite dans toute l'UE.", Some(Language::Fr)),
            ("We leveren in de hele EU. Vanaf 50 EUR is de verzending gratis.", Some(Language::Nl)),
            ("Frakten är gratis över 50 EUR; under det kostar den 4,90 EUR.", Some(Language::Sv)),
            ("4.90 EUR", None),
            ("", None),
        ] {
            assert_eq!(of(text), language, "{text}");
        }
    }

    #[test]
    fn only_another_language_is_worth_a_word() {
        let english = "Shipping within the EU is free from 50 EUR.";
        assert_eq!(note(Language::En, english), None);
        assert_eq!(note(Language::Nl, english).unwrap(), "Ons artikel hierover is in het Engels:");
        assert_eq!(note(Language::Sv, "4.90 EUR"), None);
    }
}

//! Words of a text, by its language: stop words dropped, stems cut.
//!
//! Queries pass the same way and are never parsed: quotes, operators and field names are no more than words.

use tantivy::tokenizer::{
    Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, StopWordFilter, TextAnalyzer,
};
use unicode_normalization::UnicodeNormalization;
use whatlang::{Detector, Lang};

const LONGEST_WORD: usize = 40;

/// English question words and the like, beyond the 33 of tantivy's list.
pub(super) const ENGLISH_STOP_WORDS: &str = "i you he she we me him her us my your his our its mine yours do does did doing done \
    can could may might shall should would must am been being have has had having what which who whom whose when where \
    why how a an the and or but if in into on at by for from to of off with about as is are was were be it this that \
    these those there here their they them then than so such no not only any some all too very just also will please";

/// A language that has a stemmer; `None` is any other.
pub(super) type Stemmed = Option<Language>;

/// By BCP 47 tag.
pub(super) fn by_tag(tag: &str) -> Stemmed {
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    Some(match primary.to_ascii_lowercase().as_str() {
        "en" => Language::English,
        "fr" => Language::French,
        "nl" => Language::Dutch,
        "sv" => Language::Swedish,
        "de" => Language::German,
        "da" => Language::Danish,
        "nb" | "nn" | "no" => Language::Norwegian,
        "fi" => Language::Finnish,
        "es" => Language::Spanish,
        "it" => Language::Italian,
        "pt" => Language::Portuguese,
        "ro" => Language::Romanian,
        "hu" => Language::Hungarian,
        "ru" => Language::Russian,
        "tr" => Language::Turkish,
        "el" => Language::Greek,
        "ar" => Language::Arabic,
        "ta" => Language::Tamil,
        _ => return None,
    })
}

const DETECTED: [(Lang, &str); 18] = [
    (Lang::Eng, "en"),
    (Lang::Fra, "fr"),
    (Lang::Nld, "nl"),
    (Lang::Swe, "sv"),
    (Lang::Deu, "de"),
    (Lang::Dan, "da"),
    (Lang::Nob, "nb"),
    (Lang::Fin, "fi"),
    (Lang::Spa, "es"),
    (Lang::Ita, "it"),
    (Lang::Por, "pt"),
    (Lang::Ron, "ro"),
    (Lang::Hun, "hu"),
    (Lang::Rus, "ru"),
    (Lang::Tur, "tr"),
    (Lang::Ell, "el"),
    (Lang::Ara, "ar"),
    (Lang::Tam, "ta"),
];

/// An article has more text to go by than a message, and is one language or another: a fair guess serves.
const ARTICLE_CONFIDENCE: f64 = 0.3;

/// The tag of the language that an article is written in, where that can be told.
pub(super) fn detect(text: &str) -> Option<&'static str> {
    let info = whatlang::detect(text).filter(|info| info.confidence() >= ARTICLE_CONFIDENCE)?;
    DETECTED.iter().find(|(lang, _)| *lang == info.lang()).map(|&(_, tag)| tag)
}

/// Whether a text is too short, or too odd, to tell in which language it is. One in a language that isn't known here is
/// neither.
pub(super) fn is_unclear(text: &str) -> bool {
    whatlang::detect(text).is_none_or(|info| info.confidence() < ARTICLE_CONFIDENCE)
}

/// The same as [`detect`], out of a few languages.
pub(super) fn detect_among(text: &str, among: &[Stemmed]) -> Option<Stemmed> {
    let allowed: Vec<Lang> =
        DETECTED.iter().filter(|(_, tag)| among.contains(&by_tag(tag))).map(|&(lang, _)| lang).collect();
    if allowed.len() < 2 {
        return None;
    }
    let info = Detector::with_allowlist(allowed).detect(text).filter(whatlang::Info::is_reliable)?;
    DETECTED.iter().find(|(lang, _)| *lang == info.lang()).map(|(_, tag)| by_tag(tag))
}

/// Turns text into terms.
#[derive(Clone)]
pub(super) struct Analyzer(TextAnalyzer);

impl Analyzer {
    pub(super) fn of(language: Stemmed) -> Self {
        let plain = TextAnalyzer::builder(SimpleTokenizer::default())
            .filter(RemoveLongFilter::limit(LONGEST_WORD))
            .filter(LowerCaser);
        let Some(language) = language else { return Self(plain.build()) };
        let stop_words = match language {
            Language::English => Some(StopWordFilter::remove(ENGLISH_STOP_WORDS.split_whitespace().map(str::to_owned))),
            language => StopWordFilter::new(language),
        };
        Self(match stop_words {
            Some(stop_words) => plain.filter(stop_words).filter(Stemmer::new(language)).build(),
            None => plain.filter(Stemmer::new(language)).build(),
        })
    }

    /// Drops no stop words.
    pub(super) fn every_word(language: Language) -> Self {
        let plain = TextAnalyzer::builder(SimpleTokenizer::default()).filter(LowerCaser);
        Self(plain.filter(Stemmer::new(language)).build())
    }

    pub(super) fn terms(&mut self, text: &str) -> Vec<String> {
        // Addresses of links are no words.
        let text: String = text.split_inclusive(char::is_whitespace).filter(|word| !word.contains("://")).collect();
        let text: String = text.nfkc().collect();
        let mut stream = self.0.token_stream(&text);
        let mut terms = Vec::new();
        while let Some(token) = stream.next() {
            terms.push(token.text.clone());
        }
        terms
    }
}

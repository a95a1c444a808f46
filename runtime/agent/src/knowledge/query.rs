//! A customer's question as the index compares it: its terms and n-grams, the same in the words of other languages that
//! articles are written in, and what it is about.

use std::collections::{BTreeSet, HashSet};

use super::glossary::{self, Subject};
use super::index::KnowledgeIndex;
use super::language::{Analyzer, Stemmed, by_tag, detect_among};
use super::quantity::Quantity;
use crate::router::text::Grams;

/// Longer queries are cut: a customer's message is at most a few hundred words.
const LONGEST_QUERY: usize = 4_000;

pub(super) struct Query {
    /// Whether it asks for an amount.
    pub(super) asked: Option<Quantity>,
    pub(super) terms: Vec<String>,
    pub(super) grams: Grams,
    /// The customer's, where it is known and some article has it.
    pub(super) language: Option<Stemmed>,
    /// The query in other words, each for the articles of one language.
    pub(super) others: Vec<InOtherWords>,
    /// What it is about, where it asks for a price or was put in other words.
    pub(super) subjects: BTreeSet<Subject>,
}

pub(super) struct InOtherWords {
    pub(super) language: Stemmed,
    pub(super) terms: Vec<String>,
    pub(super) grams: Grams,
    /// Whether the articles are in another language than the query, of which there are articles too.
    pub(super) second: bool,
}

impl Query {
    /// A text as it stands, in the words of the articles' own languages.
    pub(super) fn plain(index: &KnowledgeIndex, text: &str, language: Option<&str>) -> Self {
        let known = |language: &Stemmed| index.languages.contains(language);
        let language = language.map(by_tag).filter(known).or_else(|| detect_among(text, &index.languages));
        Self::in_own_words(index, text, language)
    }

    /// `language` is the customer's, BCP 47.
    pub(super) fn of(index: &KnowledgeIndex, text: &str, language: Option<&str>) -> Self {
        let text: String = text.chars().take(LONGEST_QUERY).collect();
        let customers = language.map(by_tag);
        let known = |language: &Stemmed| index.languages.contains(language);
        let language = customers.filter(known).or_else(|| detect_among(&text, &index.languages));
        let only = || index.languages.first().copied().filter(|_| index.languages.len() == 1);
        // A language without articles is told by the caller or not at all: a guess from a few words is none.
        let spoken = customers.or(language).or_else(only).flatten();
        let text = mended(index, text, spoken);
        let others: Vec<InOtherWords> =
            index.languages.iter().filter_map(|&to| in_other_words(index, &text, spoken, to)).collect();
        let own = Self::in_own_words(index, &text, language);
        // A question in the articles' own words is best left to them, but one for a price has words of every article.
        let of_price = own.asked == Some(Quantity::Money);
        let subjects = if of_price || !others.is_empty() { glossary::subjects(&text, spoken) } else { BTreeSet::new() };
        Self { others, subjects, ..own }
    }

    fn in_own_words(index: &KnowledgeIndex, text: &str, language: Option<Stemmed>) -> Self {
        // A short query in an unknown language is analysed in each that articles have.
        let analysed_in = match language {
            Some(language) => vec![language],
            None => index.languages.clone(),
        };
        let terms = analysed_in.into_iter().flat_map(|language| Analyzer::of(language).terms(text)).collect();
        Self {
            asked: Quantity::asked(text),
            terms: distinct(terms),
            grams: Grams::of(text),
            language,
            others: Vec::new(),
            subjects: BTreeSet::new(),
        }
    }

    /// Its terms for the articles of a language.
    pub(super) fn terms_in(&self, language: Stemmed) -> BTreeSet<&str> {
        let others = self.others.iter().filter(|other| other.language == language).flat_map(|other| &other.terms);
        self.terms.iter().chain(others).map(String::as_str).collect()
    }
}

fn mended(index: &KnowledgeIndex, text: String, spoken: Stemmed) -> String {
    // In a language that nothing is known of every word would be an error.
    let of_articles = index.languages.contains(&spoken);
    if !of_articles && !glossary::knows(spoken) {
        return text;
    }
    let extra: HashSet<&str> = glossary::words(spoken).collect();
    if of_articles { index.spelling().mended(&text, &extra) } else { text }
}

fn in_other_words(index: &KnowledgeIndex, text: &str, spoken: Stemmed, to: Stemmed) -> Option<InOtherWords> {
    let used = |term: &str| {
        let mut analyzer = Analyzer::of(to);
        let known =
            |word: &str| index.spelling().knows(word) || analyzer.terms(word).iter().any(|stem| index.has(stem));
        term.to_lowercase().split(' ').all(known)
    };
    let mut analyzer = Analyzer::of(to);
    let mut terms_of = |text: &str| analyzer.terms(text);
    let translation = glossary::translate(text, spoken, to, used)?;
    let mut terms = terms_of(&translation.text);
    terms.extend(translation.others.iter().flat_map(|other| terms_of(other)));
    Some(InOtherWords {
        language: to,
        terms: distinct(terms),
        grams: Grams::of(&translation.text),
        second: to != spoken && index.languages.contains(&spoken),
    })
}

fn distinct(mut terms: Vec<String>) -> Vec<String> {
    terms.sort_unstable();
    terms.dedup();
    terms
}

//! Why a search finds what it finds, for an operator who tries it.

use std::collections::BTreeSet;

use super::index::{KnowledgeIndex, MOST_PASSAGES, Prepared};
use super::language::Analyzer;
use super::passage::Passage;
use super::query::Query;
use crate::router::text::{Grams, normalise, words};

/// Most words that are named.
const WORDS: usize = 12;

/// A passage, and what it was found by.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// What a skill would be given.
    pub passage: Passage,
    /// Words of the passage and its title that the question has too, in whatever form, in the order of the passage.
    pub words: Vec<String>,
    /// Of the title and the sample questions, the one that is most like the question; none where nothing is alike.
    pub nearest: Option<String>,
    /// How alike that is, from 0 to 1.
    pub likeness: f32,
    /// What remains of score and confidence, from 0 to 1: less than 1 where the article doesn't speak of something that
    /// the question is about.
    pub on_subject: f32,
}

impl KnowledgeIndex {
    /// The same passages in the same order as [`KnowledgeIndex::search`], each with what it was found by.
    #[must_use]
    pub fn explain(&self, query: &str, topic: Option<&str>, limit: usize, language: Option<&str>) -> Vec<Explained> {
        let query = Query::of(self, query, language);
        let likeness = self.likeness(&query);
        let hits = self.rank(&query, topic).into_iter().take(limit.min(MOST_PASSAGES));
        hits.map(|hit| {
            let article = &self.articles[hit.article];
            let first: usize = self.articles[..hit.article].iter().map(|before| before.units.len()).sum();
            let own = &likeness[first..first + article.units.len()];
            let best =
                own.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).filter(|(_, likeness)| **likeness > 0.0);
            let nearest = best.and_then(|(unit, _)| unit_text(article, unit));
            let (similarity, on_subject) = (hit.similarity, hit.on_subject);
            let passage = self.passage(hit, &query);
            Explained {
                words: shared(article, &passage, &query),
                nearest,
                likeness: similarity.clamp(0.0, 1.0),
                on_subject,
                passage,
            }
        })
        .collect()
    }

    /// How alike the question and each title and sample question are, in whichever of its wordings is nearest.
    fn likeness(&self, query: &Query) -> Vec<f32> {
        let mut best = self.similarity.cosines(&query.grams);
        for other in &query.others {
            for (best, cosine) in best.iter_mut().zip(self.similarity.cosines(&other.grams)) {
                *best = best.max(cosine);
            }
        }
        best
    }
}

/// The title or sample question of a number among those that have any words.
fn unit_text(article: &Prepared, unit: usize) -> Option<String> {
    let texts = [&article.title].into_iter().chain(&article.article().questions);
    texts.filter(|text| !Grams::of(text).is_empty()).nth(unit).cloned()
}

fn shared(article: &Prepared, passage: &Passage, query: &Query) -> Vec<String> {
    let asked = query.terms_in(article.stemmed);
    let mut analyzer = Analyzer::of(article.stemmed);
    let text = [passage.title.as_str(), passage.heading.as_deref().unwrap_or_default(), &passage.text].join(" ");
    let (mut seen, text) = (BTreeSet::new(), normalise(&text));
    let fits = |word: &&str| analyzer.terms(word).iter().any(|term| asked.contains(term.as_str()));
    words(&text).filter(fits).filter(|word| seen.insert(*word)).take(WORDS).map(str::to_owned).collect()
}

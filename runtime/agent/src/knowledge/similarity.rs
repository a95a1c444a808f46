//! How alike a query and the titles and sample questions of articles are, by their words and characters. It finds
//! what BM25 misses: short questions in other words' forms, and typing errors.

use crate::router::text::{Grams, Vector, Vocabulary};

/// An inverted index of short texts, each belonging to an article.
pub(super) struct Similarity {
    vocabulary: Vocabulary,
    /// By feature: `(text, weight)`.
    postings: Vec<Vec<(u32, f32)>>,
    /// By text: its article.
    owners: Vec<u32>,
}

impl Similarity {
    pub(super) fn of(texts: &[(u32, &Grams)]) -> Self {
        let vocabulary = Vocabulary::of(texts.iter().map(|&(_, grams)| grams), 1);
        let mut postings = vec![Vec::new(); vocabulary.features()];
        for (text, (_, grams)) in (0..).zip(texts) {
            for (id, weight) in vocabulary.vector(grams) {
                postings[id as usize].push((text, weight));
            }
        }
        Self { vocabulary, postings, owners: texts.iter().map(|&(owner, _)| owner).collect() }
    }

    /// Cosine of each text with the query.
    pub(super) fn cosines(&self, query: &Grams) -> Vec<f32> {
        let mut cosines = vec![0.0; self.owners.len()];
        let vector: Vector = self.vocabulary.vector(query);
        for (id, weight) in vector {
            for &(text, other) in &self.postings[id as usize] {
                cosines[text as usize] += weight * other;
            }
        }
        cosines
    }

    /// The best cosine of each of `articles` articles.
    pub(super) fn of_articles(&self, query: &Grams, articles: usize) -> Vec<f32> {
        let mut best = vec![0.0_f32; articles];
        for (&owner, cosine) in self.owners.iter().zip(self.cosines(query)) {
            best[owner as usize] = best[owner as usize].max(cosine);
        }
        best
    }

    /// The best cosine of text `text` with another text of its own article; `None` where it has no other.
    pub(super) fn with_siblings(&self, text: usize, grams: &Grams) -> Option<f32> {
        let cosines = self.cosines(grams);
        let siblings = (0..cosines.len()).filter(|&other| other != text && self.owners[other] == self.owners[text]);
        siblings.map(|other| cosines[other]).max_by(f32::total_cmp)
    }
}

//! When the nearest passage is an answer, and when it is merely the nearest.
//!
//! Two signs count: the passage's BM25 score, and how alike the query and the article's title or a sample question
//! are. On the public sets the sum of the two separates answered from foreign questions better than either, and better
//! than the share of the query's words that the passage has.

use super::index::KnowledgeIndex;
use crate::router::background;

/// Where there are no sample questions to set the threshold from.
pub(super) const SHIPPED_THRESHOLD: f32 = 0.4;
const BOUNDS: std::ops::RangeInclusive<f32> = 0.25..=0.6;
/// Foreign texts and held-out questions that are tried, at most.
const TRIED: usize = 100;
/// Share of answerable questions that the threshold may call unanswered.
const UNANSWERED_SHARE: f32 = 0.1;
/// Share of foreign texts that it may call answered.
const ANSWERED_SHARE: f32 = 0.02;
const LEAST_QUESTIONS: usize = 20;
/// A BM25 score of this many times the logarithm of the number of passages counts as much as equality with a title:
/// BM25 grows with the logarithm, for the rarity of words does.
const BM25_SCALE: f32 = 5.0;

/// From 0 to 1.
pub(super) fn of(bm25: f32, passages: u64, similarity: f32) -> f32 {
    let evidence = bm25 / (BM25_SCALE * (2.0 + passages as f32).ln()) + similarity;
    1.0 - (-evidence).exp()
}

/// Between what texts reach that are meant for no shop, and what the shop's own sample questions reach when they are
/// held out.
pub(super) fn threshold(index: &KnowledgeIndex) -> f32 {
    let foreign = background();
    let step = (foreign.clone().count() / TRIED).max(1);
    let mut outside = Vec::new();
    for text in foreign.step_by(step) {
        outside.extend(index.best_confidence(text));
    }
    let outside = quantile(outside, 1.0 - ANSWERED_SHARE).unwrap_or(0.0);
    let inside = index.held_out_confidences(TRIED);
    let enough = inside.len() >= LEAST_QUESTIONS;
    let threshold = match quantile(inside, UNANSWERED_SHARE).filter(|_| enough) {
        Some(inside) => 0.5 * (inside + outside),
        None => outside.max(SHIPPED_THRESHOLD),
    };
    threshold.clamp(*BOUNDS.start(), *BOUNDS.end())
}

fn quantile(mut values: Vec<f32>, share: f32) -> Option<f32> {
    values.sort_unstable_by(f32::total_cmp);
    values.get((values.len().saturating_sub(1) as f32 * share) as usize).copied()
}

//! How much a text resembles the one example of each class that is nearest to it. A linear classifier adds up what single
//! words speak for; "what is the capital of Peru" is settled by its likeness to one whole utterance.

use super::text::Vector;

/// What a likeness of one adds to a class's margin.
const WEIGHT: f32 = 0.75;

/// Where each feature occurs.
#[derive(Debug, Clone)]
pub(super) struct Nearest {
    /// `[feature]` → example and value.
    postings: Vec<Vec<(u32, f32)>>,
    labels: Vec<usize>,
}

impl Nearest {
    pub(super) fn of(vectors: &[Vector], labels: &[usize], features: usize) -> Self {
        let mut postings = vec![Vec::new(); features];
        for (example, vector) in (0..).zip(vectors) {
            for &(id, value) in vector {
                postings[id as usize].push((example, value));
            }
        }
        Self { postings, labels: labels.to_vec() }
    }

    /// Adds to each class's margin what its nearest example speaks for it, of those that aren't `left_out`.
    pub(super) fn add_to(&self, margins: &mut [f32], vector: &Vector, left_out: impl Fn(usize) -> bool) {
        let mut alike = vec![0.0_f32; self.labels.len()];
        for &(id, value) in vector {
            for &(example, other) in &self.postings[id as usize] {
                alike[example as usize] += value * other;
            }
        }
        let mut best = vec![0.0_f32; margins.len()];
        for (example, (alike, &label)) in alike.into_iter().zip(&self.labels).enumerate() {
            if alike > best[label] && !left_out(example) {
                best[label] = alike;
            }
        }
        for (margin, best) in margins.iter_mut().zip(best) {
            *margin += WEIGHT * best;
        }
    }
}

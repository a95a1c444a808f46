//! A linear support vector machine, one class against the rest, trained by dual coordinate descent
//! (Hsieh et al., "A dual coordinate descent method for large-scale linear SVM", ICML 2008, squared hinge loss).
//!
//! All classes are trained side by side: an example's margins for every class come from one walk over its
//! features, whose weights for all classes lie next to each other. The dual variables are kept, so that examples can be
//! taken out and the rest settled again in a few passes. That makes cross-validation cheap.

use super::text::Vector;

/// Weights are stored in rows of a multiple of this, so that the inner loops need no remainder.
const LANES: usize = 8;
const COST: f32 = 2.0;
/// Training stops when no coordinate's projected gradient is larger.
const TOLERANCE: f32 = 0.2;

/// The margins of each class for a text: what decides.
#[derive(Debug, Clone)]
pub(super) struct Linear {
    classes: usize,
    width: usize,
    /// `[feature][class]`
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Linear {
    fn new(features: usize, classes: usize) -> Self {
        let width = classes.next_multiple_of(LANES);
        Self { classes, width, weights: vec![0.0; features * width], bias: vec![0.0; width] }
    }

    pub(super) fn margins(&self, vector: &Vector) -> Vec<f32> {
        let mut margins = self.bias.clone();
        self.add_margins(vector, &mut margins);
        margins.truncate(self.classes);
        margins
    }

    fn add_margins(&self, vector: &Vector, margins: &mut [f32]) {
        for &(id, value) in vector {
            let row = &self.weights[id as usize * self.width..][..self.width];
            for (margins, row) in margins.chunks_exact_mut(LANES).zip(row.chunks_exact(LANES)) {
                for lane in 0..LANES {
                    margins[lane] += value * row[lane];
                }
            }
        }
    }

    fn add(&mut self, vector: &Vector, changes: &[(usize, f32)]) {
        for &(class, change) in changes {
            self.bias[class] += change;
        }
        for &(id, value) in vector {
            let row = &mut self.weights[id as usize * self.width..][..self.width];
            for &(class, change) in changes {
                row[class] += value * change;
            }
        }
    }
}

/// The training set with its dual variables.
#[derive(Debug, Clone)]
pub(super) struct Trainer<'a> {
    vectors: &'a [Vector],
    labels: &'a [usize],
    /// Squared length of each example, the bias feature included.
    squares: Vec<f32>,
    /// Of each class: one over twice the cost of an example on the class's own side.
    softness: Vec<f32>,
    model: Linear,
    /// `[example][class]`
    alpha: Vec<f32>,
    active: Vec<bool>,
    random: u64,
}

impl<'a> Trainer<'a> {
    pub(super) fn new(vectors: &'a [Vector], labels: &'a [usize], features: usize, classes: usize) -> Self {
        let model = Linear::new(features, classes);
        let mut counts = vec![0_usize; classes];
        for &label in labels {
            counts[label] += 1;
        }
        // Balanced, within bounds: a class of one example must not outshout the rest.
        let softness = counts
            .iter()
            .map(|&count| {
                let balance = labels.len() as f32 / (classes * count.max(1)) as f32;
                1.0 / (2.0 * COST * balance.clamp(0.25, 4.0))
            })
            .collect();
        Self {
            squares: vectors.iter().map(|v| 1.0 + v.iter().map(|(_, value)| value * value).sum::<f32>()).collect(),
            alpha: vec![0.0; vectors.len() * model.width],
            active: vec![true; vectors.len()],
            vectors,
            labels,
            softness,
            model,
            random: 0x5eed,
        }
    }

    pub(super) fn model(&self) -> &Linear {
        &self.model
    }

    pub(super) fn into_model(self) -> Linear {
        self.model
    }

    /// What the margins would be had the example not been trained on, to first order: its own part taken out, the rest
    /// left as it is.
    pub(super) fn margins_without(&self, example: usize) -> Vec<f32> {
        let mut margins = self.model.margins(&self.vectors[example]);
        let alphas = &self.alpha[example * self.model.width..];
        for (class, (margin, alpha)) in margins.iter_mut().zip(alphas).enumerate() {
            *margin -= alpha * sign(self.labels[example], class) * self.squares[example];
        }
        margins
    }

    /// Takes examples out of the training set. Call [`settle`](Self::settle) afterwards.
    pub(super) fn remove(&mut self, examples: impl IntoIterator<Item = usize>) {
        let mut changes = Vec::new();
        for example in examples {
            self.active[example] = false;
            changes.clear();
            let alphas = &mut self.alpha[example * self.model.width..][..self.model.classes];
            for (class, alpha) in alphas.iter_mut().enumerate() {
                if *alpha != 0.0 {
                    changes.push((class, -*alpha * sign(self.labels[example], class)));
                    *alpha = 0.0;
                }
            }
            self.model.add(&self.vectors[example], &changes);
        }
    }

    /// At most `passes` over the active examples, in an order that depends on nothing but the training set.
    pub(super) fn settle(&mut self, passes: usize) {
        let mut order: Vec<usize> = (0..self.vectors.len()).filter(|&example| self.active[example]).collect();
        let mut margins = vec![0.0; self.model.width];
        let mut changes = Vec::new();
        for _ in 0..passes {
            self.shuffle(&mut order);
            let mut worst = 0.0_f32;
            for &example in &order {
                worst = worst.max(self.visit(example, &mut margins, &mut changes));
            }
            if worst < TOLERANCE {
                break;
            }
        }
    }

    /// One coordinate step for each class; returns the largest projected gradient.
    fn visit(&mut self, example: usize, margins: &mut [f32], changes: &mut Vec<(usize, f32)>) -> f32 {
        let vector = &self.vectors[example];
        let label = self.labels[example];
        margins.copy_from_slice(&self.model.bias);
        self.model.add_margins(vector, margins);
        let alphas = &mut self.alpha[example * self.model.width..][..self.model.classes];
        changes.clear();
        let mut worst = 0.0_f32;
        for (class, (alpha, margin)) in alphas.iter_mut().zip(margins).enumerate() {
            let sign = sign(label, class);
            let softness = if class == label { self.softness[class] } else { 1.0 / (2.0 * COST) };
            let gradient = sign * *margin - 1.0 + *alpha * softness;
            if *alpha == 0.0 && gradient >= 0.0 {
                continue;
            }
            worst = worst.max(gradient.abs());
            let stepped = (*alpha - gradient / (self.squares[example] + softness)).max(0.0);
            if (stepped - *alpha).abs() > 1e-6 {
                changes.push((class, (stepped - *alpha) * sign));
                *alpha = stepped;
            }
        }
        self.model.add(vector, changes);
        worst
    }

    fn shuffle(&mut self, order: &mut [usize]) {
        for i in (1..order.len()).rev() {
            order.swap(i, (next_random(&mut self.random) % (i as u64 + 1)) as usize);
        }
    }
}

fn sign(label: usize, class: usize) -> f32 {
    if label == class { 1.0 } else { -1.0 }
}

/// SplitMix64: a fixed sequence from a fixed seed.
pub(super) fn next_random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

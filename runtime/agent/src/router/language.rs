//! Which of the shipped languages a text is in: naive Bayes over its words and their runs of letters, counted in the
//! shipped utterances. A message of three words is enough where one of them belongs to one language alone.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::text::{normalise, words};
use super::training::shipped;

/// English, French, Dutch, Swedish: the order of all that is kept by language.
pub(crate) const TAGS: [&str; 4] = ["en", "fr", "nl", "sv"];
/// Runs of so many letters, a word's edges counting as one.
const RUN: usize = 3;
/// What is added to every count, so that nothing is impossible.
const SMOOTHING: f32 = 0.3;

struct Model {
    counts: HashMap<String, [f32; TAGS.len()]>,
    totals: [f32; TAGS.len()],
}

static MODEL: LazyLock<Model> = LazyLock::new(|| {
    let mut model = Model { counts: HashMap::new(), totals: [0.0; TAGS.len()] };
    for language in 0..TAGS.len() {
        for line in shipped(language) {
            features(line, |feature| {
                model.counts.entry(feature.to_owned()).or_default()[language] += 1.0;
                model.totals[language] += 1.0;
            });
        }
    }
    model
});

/// The place of a BCP 47 tag's language among [`TAGS`].
pub(super) fn index(tag: &str) -> Option<usize> {
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    TAGS.iter().position(|known| known.eq_ignore_ascii_case(primary))
}

/// How likely each of [`TAGS`] is; they add up to one. Alike where nothing of the text is known.
pub(crate) fn likelihoods(text: &str) -> [f32; TAGS.len()] {
    let model = &*MODEL;
    let kinds = model.counts.len() as f32;
    let mut logs = [0.0_f32; TAGS.len()];
    features(text, |feature| {
        let Some(counts) = model.counts.get(feature) else { return };
        for (log, (count, total)) in logs.iter_mut().zip(counts.iter().zip(&model.totals)) {
            *log += ((count + SMOOTHING) / (total + SMOOTHING * kinds)).ln();
        }
    });
    let largest = logs.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    // Runs overlap, so that each letter speaks several times.
    let weights = logs.map(|log| ((log - largest) / RUN as f32).exp());
    let sum: f32 = weights.iter().sum();
    weights.map(|weight| weight / sum)
}

fn features(text: &str, mut each: impl FnMut(&str)) {
    let normalised = normalise(text);
    for word in words(&normalised).flat_map(|word| word.split('\'')) {
        // Numbers are of no language, and neither are names of one letter.
        if word.is_empty() || word.contains(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let edged: Vec<char> = std::iter::once(' ').chain(word.chars()).chain([' ']).collect();
        each(&edged.iter().collect::<String>());
        for run in edged.windows(RUN) {
            each(&run.iter().collect::<String>());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(text: &str) -> (&'static str, f32) {
        let likelihoods = likelihoods(text);
        let (best, share) = likelihoods.iter().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b)).unwrap();
        (TAGS[best], *share)
    }

    #[test]
    fn short_messages_have_their_language() {
        for (text, language) in [
            ("did you deliver my order?", "en"),
            ("where is my parcel", "en"),
            ("où est mon colis", "fr"),
            ("je veux annuler ma commande", "fr"),
            ("waar blijft mijn pakket", "nl"),
            ("ik wil iets terugsturen", "nl"),
            ("Hej, vad kostar frakten?", "sv"),
            ("var är min beställning", "sv"),
        ] {
            let (guessed, share) = guess(text);
            assert_eq!(guessed, language, "{text}: {share}");
        }
    }

    #[test]
    fn numbers_and_nothing_have_none() {
        for text in ["", "#1001", "12345", "!!!"] {
            assert!(likelihoods(text).iter().all(|share| (share - 0.25).abs() < 1e-6), "{text}");
        }
    }
}

//! Which questions ask for the same: by what they are about in shop words of any of the four shipped languages, and by the
//! stems of their other words. No model is asked.

use crate::knowledge::question_features;
use std::collections::BTreeSet;

/// Two questions ask for the same where the cosine of their features reaches this.
pub const ALIKE: f64 = 0.6;

/// Most features that a question is compared by.
const MOST: usize = 24;

/// What a question is compared by; empty where it says nothing. `language` is BCP 47.
#[must_use]
pub fn features(text: &str, language: Option<&str>) -> BTreeSet<String> {
    question_features(text, language).into_iter().take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(a: (&str, &str), b: (&str, &str)) -> bool {
        let (a, b) = (features(a.0, Some(a.1)), features(b.0, Some(b.1)));
        let shared = a.intersection(&b).count() as f64;
        shared / ((a.len() * b.len()) as f64).sqrt() >= ALIKE
    }

    #[test]
    fn the_same_in_other_words_is_alike() {
        assert!(alike(("Do you ship to Norway?", "en"), ("can you deliver to norway please", "en")));
        assert!(alike(("Is the blue lamp dimmable?", "en"), ("is your blue lamp dimmable", "en")));
        assert!(!alike(("Do you ship to Norway?", "en"), ("Is the blue lamp dimmable?", "en")));
    }

    #[test]
    fn the_same_in_another_language_is_alike() {
        assert!(alike(("Do you have gift cards?", "en"), ("avez-vous des cartes cadeaux", "fr")));
    }

    #[test]
    fn a_question_of_small_words_has_something_to_go_by() {
        assert!(features("?!", Some("en")).is_empty());
        assert!(!features("why so", Some("en")).is_empty());
    }
}

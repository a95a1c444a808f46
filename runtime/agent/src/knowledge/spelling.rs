//! Typing errors in queries. A word that occurs nowhere is taken for a known one that differs by a letter, or by two
//! where it is long; a word of everyday language is left as it is.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::language::ENGLISH_STOP_WORDS;
use crate::router::background;
use crate::router::text::{normalise, words};

/// Shorter words have too many neighbours.
const LEAST: usize = 5;
/// From so many letters on two of them may be wrong.
const LONG: usize = 9;

/// Words of everyday texts in all languages.
static EVERYDAY: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut known: HashSet<String> = ENGLISH_STOP_WORDS.split_whitespace().map(str::to_owned).collect();
    for text in background() {
        known.extend(words(&normalise(text)).map(str::to_owned));
    }
    known
});

/// How often each word occurs in the articles.
#[derive(Default)]
pub(super) struct Spelling(HashMap<String, u32>);

impl Spelling {
    pub(super) fn of<'a>(words: impl IntoIterator<Item = &'a String>) -> Self {
        let mut counts: HashMap<String, u32> = HashMap::new();
        for word in words {
            match counts.get_mut(word) {
                Some(count) => *count += 1,
                None => drop(counts.insert(word.clone(), 1)),
            }
        }
        Self(counts)
    }

    pub(super) fn knows(&self, word: &str) -> bool {
        self.0.contains_key(word)
    }

    /// The text with its typing errors mended. `extra` are words that count as known beside those of the articles.
    pub(super) fn mended(&self, text: &str, extra: &HashSet<&str>) -> String {
        let mut mended = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(char::is_alphanumeric) {
            let length = rest[start..].find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len() - start);
            let word = &rest[start..start + length];
            mended.push_str(&rest[..start]);
            mended.push_str(self.nearest(word, extra).as_deref().unwrap_or(word));
            rest = &rest[start + length..];
        }
        mended + rest
    }

    fn nearest(&self, word: &str, extra: &HashSet<&str>) -> Option<String> {
        let lower = normalise(word);
        let letters: Vec<char> = lower.chars().collect();
        let known = |word: &str| self.knows(word) || extra.contains(word) || EVERYDAY.contains(word);
        if letters.len() < LEAST || !letters.iter().all(|c| c.is_alphabetic()) || known(&lower) {
            return None;
        }
        let most = if letters.len() < LONG { 1 } else { 2 };
        let of_articles = self.0.iter().map(|(word, count)| (word.as_str(), *count));
        let candidates = of_articles.chain(extra.iter().map(|word| (*word, 0)));
        let mut other = Vec::new();
        candidates
            .filter(|(word, _)| word.len().abs_diff(lower.len()) <= 2 * most)
            .filter_map(|(word, count)| {
                other.clear();
                other.extend(word.chars());
                // The first letter is seldom wrong.
                let begins = letters.first() == other.first() || letters.first() == other.get(1);
                let apart = (begins && other.len() + 1 >= LEAST).then(|| distance(&letters, &other))?;
                (apart <= most).then_some((apart, std::cmp::Reverse(count), word))
            })
            .min()
            .map(|(_, _, word)| word.to_owned())
    }
}

/// Letters to put in, leave out, change, or swap with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = changed.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(text: &str) -> String {
        let words = ["shipping", "shipping", "warranty", "exchange", "delivery", "shopping"].map(str::to_owned);
        Spelling::of(&words).mended(text, &HashSet::from(["much", "discount"]))
    }

    #[test]
    fn a_word_that_nothing_has_becomes_its_neighbour() {
        assert_eq!(mended("how mutch does shiping cost?"), "how much does shipping cost?");
        assert_eq!(mended("exhcange, delivry & waranty"), "exchange, delivery & warranty");
        assert_eq!(mended("a disconut"), "a discount");
    }

    #[test]
    fn everyday_words_numbers_and_short_words_stay() {
        for text in ["the weather in shape", "order 10011", "A1exchange", "ship", "", "é"] {
            assert_eq!(mended(text), text);
        }
        assert_eq!(mended("skipping"), "shipping", "nothing else tells a word from an error");
        assert_eq!(mended("whipping"), "whipping", "the first letter counts");
    }

    #[test]
    fn swapped_letters_are_one_error() {
        let of = |a: &str, b: &str| distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        assert_eq!(of("cots", "cost"), 1);
        assert_eq!(of("", "abc"), 3);
        assert_eq!(of("mutch", "much"), 1);
    }
}

//! From text to weighted n-grams: what both the router and the knowledge search compare.
//!
//! `normalise` → `words` → `Grams` (counted hashes of n-grams, in a word block and a character block) →
//! `Vocabulary::vector` (a sparse unit vector). An n-gram is known by its 64-bit hash alone.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use unicode_normalization::UnicodeNormalization;

const CHAR_GRAMS: std::ops::RangeInclusive<usize> = 2..=4;
/// Each block is a unit vector times its weight: words, characters. The squares add up to one, so that a text's whole
/// vector has length one. Measured on five public sets: heavier words lose accuracy, lighter ones gain nothing.
const BLOCK_WEIGHTS: [f32; 2] = [0.6, 0.8];

/// Lower case, NFKC, typographic apostrophes made plain, and nothing but spaces for white space.
pub(crate) fn normalise(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            '\u{2019}' | '\u{2018}' | '\u{02bc}' | '`' => '\'',
            c if c.is_whitespace() || c.is_control() => ' ',
            c => c,
        })
        .collect()
}

/// The words of a normalised text: runs of letters and digits, with an apostrophe inside kept.
pub(crate) fn words(normalised: &str) -> impl Iterator<Item = &str> {
    normalised
        .split(|c: char| !(c.is_alphanumeric() || c == '\'' || is_mark(c)))
        .map(|word| word.trim_matches('\''))
        .filter(|word| !word.is_empty())
}

/// Combining marks that NFKC leaves standing alone (Indic vowel signs, Hebrew and Arabic points).
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// How often each n-gram occurs in one text, by hash, in ascending order of hash. Words come alone, in pairs, and in
/// pairs with one word between; characters in runs inside a word, its edges being spaces.
#[derive(Debug, Clone, Default)]
pub(crate) struct Grams {
    word: Vec<(u64, u32)>,
    chars: Vec<(u64, u32)>,
}

impl Grams {
    pub(crate) fn of(text: &str) -> Self {
        let normalised = normalise(text);
        let (mut word, mut chars) = (Vec::new(), Vec::new());
        let mut before: [Option<u64>; 2] = [None; 2];
        let mut letters: Vec<char> = Vec::new();
        // "l'adresse" is about an "adresse", and "what's" asks "what".
        for token in words(&normalised).flat_map(|word| word.split('\'')) {
            let shape = shape(token);
            let hash = hash_str(&shape);
            word.push(hash);
            let [previous, last_but_one] = before;
            word.extend(previous.map(|previous| mix(previous, hash)));
            word.extend(last_but_one.map(|earlier| mix(mix(earlier, SKIPPED), hash)));
            before = [Some(hash), previous];
            letters.clear();
            letters.push(' ');
            letters.extend(shape.chars());
            letters.push(' ');
            char_grams(&letters, &mut chars);
        }
        Self { word: counted(word), chars: counted(chars) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.word.is_empty()
    }

    fn blocks(&self) -> [&[(u64, u32)]; 2] {
        [&self.word, &self.chars]
    }
}

/// A long number stands for any other: an order number must not be learnt by heart.
fn shape(token: &str) -> std::borrow::Cow<'_, str> {
    if token.bytes().filter(u8::is_ascii_digit).count() < 3 {
        return token.into();
    }
    let mut shaped = String::with_capacity(token.len());
    for c in token.chars() {
        if !c.is_ascii_digit() {
            shaped.push(c);
        } else if !shaped.ends_with('0') {
            shaped.push_str("000");
        }
    }
    shaped.into()
}

fn char_grams(letters: &[char], into: &mut Vec<u64>) {
    for start in 0..letters.len() {
        let mut hash = OFFSET ^ 0xc4ce_b9fe_1a85_ec53;
        for (length, &letter) in (1..).zip(&letters[start..]) {
            if length > *CHAR_GRAMS.end() {
                break;
            }
            hash = mix(hash, u64::from(u32::from(letter)));
            if CHAR_GRAMS.contains(&length) {
                into.push(hash);
            }
        }
    }
}

/// Stands for the word in the middle of a pair with a gap.
const SKIPPED: u64 = 0x5851_f42d_4c95_7f2d;
const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

fn hash_str(text: &str) -> u64 {
    text.bytes().fold(OFFSET, |hash, byte| mix(hash, u64::from(byte)))
}

/// One round of a multiply-and-shift hash; good enough for keys that no attacker gains from colliding.
fn mix(hash: u64, value: u64) -> u64 {
    let mixed = (hash.rotate_left(5) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

fn counted(mut hashes: Vec<u64>) -> Vec<(u64, u32)> {
    hashes.sort_unstable();
    let mut counts: Vec<(u64, u32)> = Vec::with_capacity(hashes.len());
    for hash in hashes {
        match counts.last_mut() {
            Some((last, count)) if *last == hash => *count += 1,
            _ => counts.push((hash, 1)),
        }
    }
    counts
}

/// The keys are hashes already.
#[derive(Default, Clone, Copy)]
pub(crate) struct Prehashed(u64);

impl Hasher for Prehashed {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = mix(self.0, u64::from(byte));
        }
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// A sparse vector; ids ascending.
pub(crate) type Vector = Vec<(u32, f32)>;

#[derive(Debug, Clone, Copy)]
struct Term {
    /// `None` where too few texts have the n-gram for it to be a feature. It still counts in the length.
    id: Option<u32>,
    idf: f32,
}

/// The n-grams of a set of texts with their inverse document frequencies.
#[derive(Debug, Clone)]
pub(crate) struct Vocabulary {
    terms: HashMap<u64, Term, BuildHasherDefault<Prehashed>>,
    features: usize,
    unseen_idf: f32,
}

impl Vocabulary {
    /// N-grams that fewer than `min_texts` texts have get no feature. Ids are given by falling frequency, so that
    /// the weights which are read most often lie close together.
    pub(crate) fn of<'a>(texts: impl IntoIterator<Item = &'a Grams>, min_texts: u32) -> Self {
        let mut frequency: HashMap<u64, u32, BuildHasherDefault<Prehashed>> = HashMap::default();
        let mut count = 0_u32;
        for grams in texts {
            count += 1;
            for (hash, _) in grams.blocks().into_iter().flatten() {
                *frequency.entry(*hash).or_default() += 1;
            }
        }
        let mut by_frequency: Vec<(u64, u32)> = frequency.into_iter().collect();
        by_frequency.sort_unstable_by_key(|&(hash, texts)| (std::cmp::Reverse(texts), hash));
        let idf = |texts: u32| ((1.0 + count as f32) / (1.0 + texts as f32)).ln() + 1.0;
        let mut terms = HashMap::with_capacity_and_hasher(by_frequency.len(), BuildHasherDefault::default());
        let mut features = 0;
        for (hash, texts) in by_frequency {
            let id = (texts >= min_texts).then(|| {
                features += 1;
                features - 1
            });
            terms.insert(hash, Term { id, idf: idf(texts) });
        }
        Self { terms, features: features as usize, unseen_idf: idf(0) }
    }

    pub(crate) fn features(&self) -> usize {
        self.features
    }

    /// Sublinear term frequency times idf, each block scaled to the same length. N-grams that the vocabulary
    /// lacks lengthen the text as the rarest would, so that a text of mostly unknown words comes out short:
    /// it resembles nothing, rather than resembling the one word that is known.
    pub(crate) fn vector(&self, grams: &Grams) -> Vector {
        let mut vector = Vector::new();
        for (block, weight) in grams.blocks().into_iter().zip(BLOCK_WEIGHTS) {
            let mut squares = 0.0;
            let start = vector.len();
            for (hash, count) in block {
                let tf = 1.0 + (*count as f32).ln();
                let term = self.terms.get(hash).copied().unwrap_or(Term { id: None, idf: self.unseen_idf });
                let value = tf * term.idf;
                squares += value * value;
                if let Some(id) = term.id {
                    vector.push((id, value));
                }
            }
            if squares > 0.0 {
                let scale = weight / squares.sqrt();
                for (_, value) in &mut vector[start..] {
                    *value *= scale;
                }
            }
        }
        vector.sort_unstable_by_key(|&(id, _)| id);
        vector
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(vector: &Vector) -> f32 {
        vector.iter().map(|(_, value)| value * value).sum::<f32>().sqrt()
    }

    #[test]
    fn a_known_text_has_length_one_and_an_unknown_one_is_short() {
        let texts: Vec<Grams> = ["where is my order", "return my shoes"].map(Grams::of).into();
        let vocabulary = Vocabulary::of(&texts, 1);
        assert!((length(&vocabulary.vector(&texts[0])) - 1.0).abs() < 1e-5);
        assert!(length(&vocabulary.vector(&Grams::of("order quantum chromodynamics lectures"))) < 0.6);
        assert!(vocabulary.vector(&Grams::of("")).is_empty());
    }

    #[test]
    fn long_numbers_look_alike_and_short_ones_do_not() {
        let of = |text| Grams::of(text).word;
        assert_eq!(of("order 1001"), of("order 987654"));
        assert_ne!(of("2 days"), of("3 days"));
    }

    #[test]
    fn case_width_and_apostrophes_do_not_matter() {
        assert_eq!(Grams::of("WHERE\u{2019}S It").word, Grams::of("where's  it!").word);
    }
}

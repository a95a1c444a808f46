//! Sections cut into passages of a size that a search ranks well and a reply can show.

use super::document::Document;

/// Words of a passage, about.
const WORDS: usize = 90;
/// Words that a passage repeats of the one before, at most.
const OVERLAP: usize = 20;
/// Text without spaces counts as a word for every so many characters.
const CHARS_OF_A_WORD: usize = 12;

/// A passage of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) heading: Option<String>,
    pub(super) text: String,
}

pub(super) fn chunks(document: &Document) -> Vec<Chunk> {
    document
        .sections
        .iter()
        .flat_map(|section| {
            pack(&section.text).into_iter().map(|text| Chunk { heading: section.heading.clone(), text })
        })
        .collect()
}

/// Whole sentences and lines, as many as fit; a sentence that is too long alone is cut between words.
fn pack(text: &str) -> Vec<String> {
    let pieces: Vec<&str> = sentences(text).into_iter().flat_map(cut).collect();
    let mut packed = Vec::new();
    let mut first = 0;
    while first < pieces.len() {
        let (mut end, mut words) = (first, 0);
        while end < pieces.len() && (end == first || words + count(pieces[end]) <= WORDS) {
            words += count(pieces[end]);
            end += 1;
        }
        packed.push(pieces[first..end].concat().trim().to_owned());
        if end == pieces.len() {
            break;
        }
        let (mut next, mut repeated) = (end, 0);
        while next > first + 1 && repeated + count(pieces[next - 1]) <= OVERLAP {
            next -= 1;
            repeated += count(pieces[next]);
        }
        // What fits with the repetition must be more than what fitted before: else the same piece would never fit.
        first = if repeated + count(pieces[end]) <= WORDS { next } else { end };
    }
    packed.retain(|text| !text.is_empty());
    packed
}

fn count(piece: &str) -> usize {
    piece.split_whitespace().map(|word| 1 + word.chars().count() / CHARS_OF_A_WORD / 2).sum()
}

/// Slices that add up to the text, each ending after a sentence or a line.
fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        let spaced = chars.peek().is_none_or(|(_, next)| next.is_whitespace());
        if c == '\n' || matches!(c, '。' | '！' | '？') || (matches!(c, '.' | '!' | '?') && spaced) {
            sentences.push(&text[start..end]);
            start = end;
        }
    }
    if start < text.len() {
        sentences.push(&text[start..]);
    }
    sentences
}

/// A sentence in pieces of at most [`WORDS`].
fn cut(sentence: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut words, mut in_word) = (0, 0, 0);
    for (at, c) in sentence.char_indices() {
        if c.is_whitespace() {
            words += usize::from(in_word > 0);
            in_word = 0;
        } else {
            in_word += 1;
            if in_word > 2 * CHARS_OF_A_WORD {
                words += 1;
                in_word = 1;
            }
        }
        if words >= WORDS - 1 {
            let end = at + c.len_utf8();
            pieces.push(&sentence[start..end]);
            (start, words) = (end, 0);
        }
    }
    if start < sentence.len() {
        pieces.push(&sentence[start..]);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_short_section_is_one_passage() {
        assert_eq!(pack("Free returns.\nWithin 30 days."), ["Free returns.\nWithin 30 days."]);
        assert!(pack("").is_empty());
    }

    #[test]
    fn passages_overlap_by_whole_sentences() {
        let text = (1..=40).map(|n| format!("This is sentence number {n} here.")).collect::<Vec<_>>().join(" ");
        let passages = pack(&text);
        assert!(passages.len() >= 3, "{}", passages.len());
        for pair in passages.windows(2) {
            let last = pair[0].rsplit_once(". ").unwrap().1;
            assert!(pair[1].contains(last), "{last:?} is repeated in {:?}", pair[1]);
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_is_long(text in "([a-zé日。.!?\\n ]{0,20} ?){0,60}") {
            let passages = pack(&text);
            let kept = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            let all = passages.join(" ");
            for word in kept(&text) {
                prop_assert!(all.contains(&word) || word.chars().count() > CHARS_OF_A_WORD, "{word}");
            }
            for passage in passages {
                prop_assert!(count(&passage) <= WORDS + OVERLAP, "{} words", count(&passage));
            }
        }

        #[test]
        fn one_endless_word_ends(length in 0_usize..5_000) {
            let passages = pack(&"x".repeat(length));
            prop_assert_eq!(passages.concat().len() >= length, true);
        }
    }
}

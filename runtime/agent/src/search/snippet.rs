//! The part of a message in which the words are that were looked for.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A piece of a snippet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// As it was said.
    pub text: String,
    /// It is one of the words.
    pub matched: bool,
}

/// Characters before the first match, and of the whole snippet.
const BEFORE: usize = 40;
const WHOLE: usize = 180;

/// A text's part around the first of these words, with all of them marked. The last word may be the beginning of one.
#[must_use]
pub fn snippet(text: &str, words: &str) -> Vec<Piece> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let sought = folded(words);
    let last = sought.len().saturating_sub(1);
    let is_sought = |token: &str| {
        let token = plain(token);
        sought.iter().enumerate().any(|(place, word)| token == *word || (place == last && token.starts_with(word)))
    };
    let matched: Vec<(usize, usize)> =
        tokens(&line).into_iter().filter(|&(from, to)| is_sought(&line[from..to])).collect();
    let begin = matched.first().map_or(0, |&(from, _)| begin_before(&line, from));
    let end = line[begin..].char_indices().nth(WHOLE).map_or(line.len(), |(at, _)| begin + at);
    let mut pieces = Vec::new();
    let mut put = |text: &str, matched| {
        if !text.is_empty() {
            pieces.push(Piece { text: text.to_owned(), matched });
        }
    };
    if begin > 0 {
        put("…", false);
    }
    let mut at = begin;
    for (from, to) in matched.into_iter().filter(|&(_, to)| to <= end) {
        put(&line[at..from], false);
        put(&line[from..to], true);
        at = to;
    }
    put(&line[at..end], false);
    if end < line.len() {
        put("…", false);
    }
    pieces
}

/// A text's words, as they are compared: in lower case, without accents.
#[must_use]
pub fn folded(text: &str) -> Vec<String> {
    tokens(text).into_iter().map(|(from, to)| plain(&text[from..to])).collect()
}

/// Where the words of a text are.
fn tokens(text: &str) -> Vec<(usize, usize)> {
    let mut tokens = Vec::new();
    let mut begin = None;
    for (at, letter) in text.char_indices() {
        let of_word = letter.is_alphanumeric() || is_combining_mark(letter);
        match (of_word, begin) {
            (true, None) => begin = Some(at),
            (false, Some(from)) => {
                tokens.push((from, at));
                begin = None;
            }
            _ => {}
        }
    }
    tokens.extend(begin.map(|from| (from, text.len())));
    tokens
}

/// As words are compared: in lower case, without accents.
fn plain(word: &str) -> String {
    word.nfd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase).collect()
}

fn begin_before(line: &str, at: usize) -> usize {
    let begin = line[..at].char_indices().rev().nth(BEFORE).map(|(at, _)| at);
    let Some(begin) = begin else { return 0 };
    // Not in the middle of a word.
    line[begin..at].find(' ').map_or(begin, |space| begin + space + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, words: &str) -> String {
        let piece = |piece: Piece| if piece.matched { format!("[{}]", piece.text) } else { piece.text };
        snippet(text, words).into_iter().map(piece).collect()
    }

    #[test]
    fn words_are_marked_whatever_their_case_and_accents() {
        assert_eq!(told("Où est ma COMMANDE\n1001 ?", "ou command"), "[Où] est ma [COMMANDE] 1001 ?");
        assert_eq!(told("a ship, a shipment", "ship shipm"), "a [ship], a [shipment]");
    }

    #[test]
    fn long_texts_are_cut_around_the_first_match() {
        let text = format!("{} needle {}", "hay ".repeat(100), "straw ".repeat(100));
        let told = told(&text, "needle");
        assert!(told.starts_with("…hay") && told.contains("[needle]") && told.ends_with('…'), "{told}");
        assert!(told.chars().count() < 190);
    }

    #[test]
    fn a_text_without_the_words_is_shown_from_its_begin() {
        assert_eq!(told("nothing of it", "needle"), "nothing of it");
        assert_eq!(told("", "needle"), "");
    }
}

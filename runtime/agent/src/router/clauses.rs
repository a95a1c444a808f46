//! Where a message may hold two requests: ends of sentences, commas and words that join clauses.

/// Beyond these, a message is prose, and its parts say little by themselves.
const MOST_SPLITS: usize = 6;
const LEAST_WORDS: usize = 2;

const JOINING: &[&str] = &[
    "and", "also", "plus", "but", "then", "et", "aussi", "puis", "mais", "en", "ook", "maar", "och", "också", "samt",
    "men",
];

/// Every way to cut the text in two at such a place, with at least two words on each side.
pub(super) fn splits(text: &str) -> Vec<(&str, &str)> {
    let mut splits: Vec<(&str, &str)> = Vec::new();
    for place in places(text) {
        let (before, after) = text.split_at(place);
        let enough = |part: &str| part.split_whitespace().count() >= LEAST_WORDS;
        if enough(before) && enough(after) && splits.last().is_none_or(|&(last, _)| last.trim() != before.trim()) {
            splits.push((before, after));
        }
    }
    if splits.len() > MOST_SPLITS { Vec::new() } else { splits }
}

/// Byte positions at which a second clause may begin.
fn places(text: &str) -> Vec<usize> {
    let mut places = Vec::new();
    let mut word_start = None;
    for (at, c) in text.char_indices() {
        if c.is_alphanumeric() || c == '\'' {
            word_start.get_or_insert(at);
            continue;
        }
        if let Some(start) = word_start.take() {
            let word = text[start..at].to_lowercase();
            if JOINING.contains(&word.as_str()) {
                places.push(start);
            }
        }
        if matches!(c, '.' | '?' | '!' | ';' | ',' | '\n') {
            places.push(at + c.len_utf8());
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_at_joints_and_sentence_ends() {
        assert_eq!(splits("where is it and do you ship"), [("where is it ", "and do you ship")]);
        assert_eq!(splits("Waar is het? En mag het terug?").len(), 1);
        assert!(splits("where is my order").is_empty());
        assert!(splits("and now").is_empty());
    }

    #[test]
    fn any_text_can_be_cut() {
        for text in ["", "é, ü; ß? and", "!!!", "a and b, och c", "日本語、テスト。 and 次 の"] {
            for (before, after) in splits(text) {
                assert_eq!(format!("{before}{after}"), text);
            }
        }
    }
}

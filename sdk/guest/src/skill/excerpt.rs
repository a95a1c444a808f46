//! The part of a passage that answers.

use super::tools::knowledge::Passage;

impl Passage {
    /// The sentences of the passage that speak most of the question, in their order and word for word: at most
    /// `max_chars` characters, unless one sentence alone is longer. A passage that fits is returned whole.
    pub fn excerpt(&self, question: &str, max_chars: usize) -> String {
        let text = self.text.trim();
        if text.chars().count() <= max_chars {
            return text.to_owned();
        }
        let sentences = sentences(text);
        let length = |sentence: &str| sentence.chars().count() + 1;
        let scores = scores(&sentences, question);
        let best = (0..sentences.len()).rev().max_by_key(|index| scores[*index]).unwrap_or(0);
        let (mut from, mut to) = (best, best + 1);
        let mut used = length(sentences[best]);
        // What follows explains a sentence more often than what precedes it.
        while let Some(next) = sentences.get(to).filter(|next| used + length(next) <= max_chars) {
            used += length(next);
            to += 1;
        }
        while from > 0 && used + length(sentences[from - 1]) <= max_chars {
            from -= 1;
            used += length(sentences[from]);
        }
        let begin = offset(text, sentences[from]);
        let last = sentences[to - 1];
        text[begin..offset(text, last) + last.len()].to_owned()
    }
}

/// Where a slice of `text` begins in it.
fn offset(text: &str, slice: &str) -> usize {
    slice.as_ptr() as usize - text.as_ptr() as usize
}

/// Sentences and lines. A full stop ends one where white space and no small letter follows it.
fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut from = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        let ends = match c {
            '\n' => true,
            '.' | '!' | '?' | '…' => {
                let rest = &text[end..];
                rest.starts_with(char::is_whitespace)
                    && rest.trim_start().chars().next().is_none_or(|next| !next.is_lowercase())
            }
            _ => chars.peek().is_none(),
        };
        if ends || chars.peek().is_none() {
            let sentence = text[from..end].trim();
            if !sentence.is_empty() {
                sentences.push(sentence);
            }
            from = end;
        }
    }
    sentences
}

/// For each sentence, how many of the question's words it has: a word that few sentences have counts for more.
fn scores(sentences: &[&str], question: &str) -> Vec<u64> {
    let wanted = stems(question);
    let stemmed: Vec<Vec<String>> = sentences.iter().map(|sentence| stems(sentence)).collect();
    let mut scores = vec![0; sentences.len()];
    for stem in &wanted {
        let having: Vec<usize> = (0..stemmed.len()).filter(|index| stemmed[*index].contains(stem)).collect();
        for index in &having {
            scores[*index] += 1000 / having.len() as u64;
        }
    }
    scores
}

/// Words cut to their beginnings, which in the languages of the shipped texts makes most forms of a word equal.
fn stems(text: &str) -> Vec<String> {
    let mut stems: Vec<String> = Vec::new();
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let stem: String = word.chars().take(5).flat_map(char::to_lowercase).collect();
        if stem.chars().count() >= 3 && !stems.contains(&stem) {
            stems.push(stem);
        }
    }
    stems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage(text: &str) -> Passage {
        Passage {
            id: "shipping#1".to_owned(),
            title: "Shipping".to_owned(),
            heading: None,
            text: text.to_owned(),
            url: None,
            score: 1.0,
            confident: true,
        }
    }

    const SHIPPING: &str = "We ship from our warehouse in Ghent on every working day. Orders placed before 2 p.m. leave \
        the same day. Shipping within Belgium costs €4.95 and is free from €50. For Sweden it costs €12.50. \
        We don't ship to P.O. boxes. Parcels that come back to us are refunded without the shipping costs.";

    #[test]
    fn a_short_passage_is_kept_whole() {
        assert_eq!(passage(" We close at six. ").excerpt("when do you close", 100), "We close at six.");
    }

    #[test]
    fn the_sentences_that_answer_are_kept_word_for_word() {
        let excerpt = passage(SHIPPING).excerpt("what does shipping to Sweden cost?", 90);
        assert!(excerpt.contains("For Sweden it costs €12.50."), "{excerpt}");
        assert!(excerpt.chars().count() <= 90, "{excerpt}");
        assert!(SHIPPING.contains(&excerpt), "{excerpt}");
        assert!(excerpt.ends_with('.'), "{excerpt}");
    }

    #[test]
    fn a_question_that_shares_no_word_gets_the_beginning() {
        let excerpt = passage(SHIPPING).excerpt("zzz", 60);
        assert_eq!(excerpt, "We ship from our warehouse in Ghent on every working day.");
    }

    #[test]
    fn abbreviations_and_lists() {
        assert_eq!(
            sentences("Before 2 p.m. it leaves today.\n- DHL\n- PostNord\nOK"),
            ["Before 2 p.m. it leaves today.", "- DHL", "- PostNord", "OK"]
        );
    }

    #[test]
    fn a_sentence_longer_than_allowed_is_not_cut() {
        let long = format!("A {}sentence.", "very ".repeat(60));
        assert_eq!(passage(&format!("Short one. {long} Last.")).excerpt("sentence", 50), long);
    }
}

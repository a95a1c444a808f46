//! Messages that say nothing without the question before them: "and to Norway?", "how much is that?".

use usher_sdk::skill::prelude::*;

/// A message of fewer words than this may be a follow-up.
const SHORT: usize = 6;

/// First words of a message that goes on from the one before, in English, French, Dutch and Swedish.
const GOING_ON: &[&str] = &["and", "or", "but", "also", "et", "ou", "mais", "en", "of", "maar", "och", "eller", "men"];

/// The same, where it stands before "about".
const WHAT_ABOUT: &[&str] =
    &["what about", "how about", "et pour", "qu en est il", "en voor", "hoe zit", "hur är det", "och för"];

/// Words for what was spoken of.
#[rustfmt::skip]
const POINTING_BACK: &[&str] = &[
    "it", "its", "that", "those", "them", "they", "this", "these", "ça", "cela", "celui", "celle", "ils", "elles", "y",
    "dat", "die", "deze", "daar", "ermee", "den", "det", "dem", "dessa",
];

/// A short message that points back or goes on, together with the question before it.
pub(crate) fn with_context(turn: &Turn) -> Option<String> {
    let text = turn.text().to_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let goes_on = words.first().is_some_and(|first| GOING_ON.contains(first))
        || WHAT_ABOUT.iter().any(|phrase| words.join(" ").starts_with(phrase));
    let points_back = words.iter().any(|word| POINTING_BACK.contains(word));
    let previous = subject(turn).filter(|_| words.len() < SHORT && (goes_on || points_back))?;
    Some(format!("{previous} {}", turn.text()))
}

/// The last question with a subject of its own: of "shipping to France?", "and to Norway?", "and to Sweden?" the first.
fn subject(turn: &Turn) -> Option<&str> {
    let asked = turn.history.iter().rev().filter(|message| message.author == Author::Customer);
    let texts: Vec<&str> = asked.map(|message| message.text.as_str()).take(4).collect();
    let begins = |text: &&&str| {
        let lower = text.to_lowercase();
        let first = lower.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
        !first.is_some_and(|first| GOING_ON.contains(&first))
    };
    texts.iter().find(begins).or(texts.first()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(questions: &[&str], text: &str) -> Option<String> {
        let mut turn = Turn::sample(text);
        for question in questions {
            for (author, text) in [(Author::Customer, *question), (Author::Assistant, "€4.95")] {
                turn.history.push(Message { author, text: text.to_owned(), sent_at: turn.now.clone() });
            }
        }
        with_context(&turn)
    }

    #[test]
    fn a_short_follow_up_takes_the_question_before_it_along() {
        let shipping = ["what does shipping cost?"];
        assert_eq!(after(&[], "and to Norway?"), None);
        assert_eq!(after(&shipping, "and to Norway?").unwrap(), "what does shipping cost? and to Norway?");
        assert_eq!(after(&shipping, "when does it arrive?").unwrap(), "what does shipping cost? when does it arrive?");
        assert!(after(&shipping, "what about Sweden").is_some());
        assert!(after(&["Combien coûte la livraison ?"], "et en Suisse ?").is_some());
        assert!(after(&["Wat kost verzenden?"], "en naar Duitsland?").is_some());
        assert!(after(&["Vad kostar frakten?"], "och till Norge?").is_some());
        assert_eq!(after(&shipping, "what's the weather"), None, "it has a subject of its own");
        assert_eq!(after(&shipping, "which ways of paying do you accept in your shops?"), None);
    }

    #[test]
    fn several_follow_ups_are_about_the_first_question() {
        let asked = ["what does shipping cost?", "and to Norway?"];
        assert_eq!(after(&asked, "and to Sweden?").unwrap(), "what does shipping cost? and to Sweden?");
    }
}

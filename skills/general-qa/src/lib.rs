//! Everyday questions, answered from the shop's own articles word for word, or not at all.

use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::knowledge::{self, Passage};

usher_sdk::skill!(handle);

/// About five sentences.
const LENGTH: usize = 400;

/// A message of fewer words than this may be a follow-up that says nothing without the question before it.
const SHORT: usize = 5;

fn handle(turn: Turn) -> Result<Outcome, ToolError> {
    let question = turn.text();
    if !asks_something(question) {
        return Ok(Outcome::Decline);
    }
    let mut passages = search(question)?;
    if best(&passages).is_none()
        && let Some(whole) = with_context(&turn)
    {
        passages = search(&whole)?;
    }
    Ok(match best(&passages) {
        Some(passage) => reply(&turn, passage).into(),
        // What a named order is about stands in no article.
        None if order_name_in(question).is_some() => Outcome::Decline,
        None => unanswered(&passages),
    })
}

fn search(question: &str) -> Result<Vec<Passage>, ToolError> {
    knowledge::search(question, None, 3)
}

/// The best passage that the runtime holds to be an answer; the nearest text alone isn't one.
fn best(passages: &[Passage]) -> Option<&Passage> {
    passages.iter().find(|passage| passage.confident)
}

fn reply(turn: &Turn, passage: &Passage) -> Reply {
    let reply = Reply::text(passage.excerpt(turn.text(), LENGTH)).source(&passage.id).answered();
    match &passage.url {
        Some(url) => reply.button(Button::open(read_more(turn.language()), url)),
        None => reply,
    }
}

/// The nearest article shows the team what to write or to complete.
fn unanswered(passages: &[Passage]) -> Outcome {
    let outcome = Outcome::handoff(HandoffReason::MissingKnowledge, "No article answers the customer's question.");
    match passages.first() {
        Some(nearest) => outcome.fact("nearest article", &nearest.title),
        None => outcome,
    }
}

/// A short message that points back, together with the question before it: "and to Norway?".
fn with_context(turn: &Turn) -> Option<String> {
    let text = turn.text().to_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let goes_on = words.first().is_some_and(|first| GOING_ON.contains(first));
    let points_back = words.iter().any(|word| POINTING_BACK.contains(word));
    let previous = turn.previous_question().filter(|_| words.len() < SHORT && (goes_on || points_back))?;
    Some(format!("{previous} {}", turn.text()))
}

/// First words of a message that goes on from the one before, in English, French, Dutch and Swedish.
const GOING_ON: &[&str] = &["and", "or", "but", "also", "et", "ou", "mais", "en", "of", "maar", "och", "eller", "men"];

/// Words for what was spoken of.
#[rustfmt::skip]
const POINTING_BACK: &[&str] = &[
    "it", "its", "that", "those", "them", "they", "this", "these", "ça", "cela", "celui", "celle", "ils", "elles", "y",
    "dat", "die", "deze", "daar", "ermee", "den", "det", "dem", "dessa",
];

/// Whether there is a word beyond a greeting or thanks.
fn asks_something(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() > 1)
        .any(|word| !mentions(word, PLEASANTRIES))
}

/// In English, French, Dutch and Swedish.
#[rustfmt::skip]
const PLEASANTRIES: &[&str] = &[
    "hi", "hello", "hey", "hiya", "good", "morning", "afternoon", "evening", "day", "there", "thanks", "thank", "you",
    "so", "much", "great", "perfect", "cool", "ok", "okay", "bye", "yes", "no", "bonjour", "bonsoir", "salut",
    "merci", "beaucoup", "parfait", "super", "au", "revoir", "oui", "non", "hallo", "hoi", "goedemorgen",
    "goedemiddag", "goedenavond", "dag", "bedankt", "dank", "je", "wel", "doei", "ja", "nee", "hej", "hejsan",
    "tjena", "god", "morgon", "kväll", "tack", "så", "mycket", "toppen", "hejdå", "nej",
];

texts! {
    fn read_more() {
        en: "Read more", fr: "En savoir plus", nl: "Lees meer", sv: "Läs mer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_sdk::skill::run;

    fn passage(title: &str, text: &str, confident: bool) -> Passage {
        Passage {
            id: format!("{title}#1"),
            title: title.to_owned(),
            heading: None,
            text: text.to_owned(),
            url: Some("https://shop.example/help".to_owned()),
            score: 0.9,
            confident,
        }
    }

    #[test]
    fn pleasantries_are_left_to_others_without_a_search() {
        // A search would panic here.
        for text in ["", "👍", "Hi there!", "merci beaucoup", "Tack så mycket!", "ok thanks"] {
            assert_eq!(run(handle, Turn::sample(text)), Outcome::Decline, "{text}");
        }
        assert!(asks_something("Hello, do you sell gift cards?"));
        assert!(asks_something("öppettider"));
    }

    #[test]
    fn an_answer_is_the_articles_own_words_with_its_source() {
        let shipping = passage("Shipping", "Shipping within Belgium costs €4.95.", true);
        let reply = reply(&Turn::sample("what does shipping cost?"), &shipping);
        assert_eq!(reply.text, "Shipping within Belgium costs €4.95.");
        assert_eq!(reply.sources, ["Shipping#1"]);
        assert_eq!(reply.quick_replies, [Button::open("Read more", "https://shop.example/help")]);
        assert!(reply.answered);
    }

    #[test]
    fn the_nearest_text_is_no_answer_but_a_hint_for_the_team() {
        let passages = [passage("Shipping", "We ship on every working day.", false)];
        assert_eq!(best(&passages), None);
        let Outcome::Handoff(handoff) = unanswered(&passages) else { panic!("no handoff") };
        assert_eq!(handoff.reason, HandoffReason::MissingKnowledge);
        assert_eq!(handoff.facts[0].value, "Shipping");
        assert!(matches!(unanswered(&[]), Outcome::Handoff(_)));
    }

    #[test]
    fn a_confident_passage_wins_over_a_nearer_one() {
        let passages = [passage("Near", "near", false), passage("Sure", "sure", true)];
        assert_eq!(best(&passages).unwrap().title, "Sure");
    }

    #[test]
    fn a_short_follow_up_takes_the_question_before_it_along() {
        let mut turn = Turn::sample("and to Norway?");
        assert_eq!(with_context(&turn), None);
        for (author, text) in [(Author::Customer, "what does shipping cost?"), (Author::Assistant, "€4.95")] {
            turn.history.push(Message { author, text: text.to_owned(), sent_at: turn.now.clone() });
        }
        assert_eq!(with_context(&turn).unwrap(), "what does shipping cost? and to Norway?");
        turn.input = Input::Text("when does it arrive?".to_owned());
        assert!(with_context(&turn).is_some());
        turn.input = Input::Text("what's the weather".to_owned());
        assert_eq!(with_context(&turn), None, "it has a subject of its own");
        turn.input = Input::Text("which ways of paying do you accept in your shops?".to_owned());
        assert_eq!(with_context(&turn), None);
    }
}

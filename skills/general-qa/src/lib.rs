//! Everyday questions, answered from the shop's own articles word for word, or not at all.

mod follow_up;
mod language;
mod several;

use follow_up::with_context;
use several::{Near, choose, near};
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::knowledge::{self, Passage};

usher_sdk::skill!(handle);

/// About five sentences.
const LENGTH: usize = 400;
/// Passages that are looked at.
const LOOKED_AT: u32 = 5;

fn handle(turn: Turn) -> Result<Outcome, ToolError> {
    if let Some(chosen) = turn.choice() {
        return chosen_article(&turn, chosen);
    }
    let question = turn.text();
    if !asks_something(question) {
        return Ok(Outcome::Decline);
    }
    // A follow-up that says little alone is asked with the question before it first: alone it finds chance.
    let whole = with_context(&turn);
    let mut asked = whole.as_deref().unwrap_or(question);
    let mut passages = search(asked)?;
    if best(&passages).is_none() && whole.is_some() {
        asked = question;
        passages = search(asked)?;
    }
    Ok(match near(&passages) {
        Near::None if order_name_in(question).is_some() => Outcome::Decline,
        Near::None => unanswered(&passages),
        Near::One(passage) => reply(&turn, asked, &[passage]).into(),
        Near::Two(first, second) => reply(&turn, asked, &[first, second]).into(),
        Near::Many(passages) => choose(&turn, asked, &passages).into(),
    })
}

/// The answer of the article that the customer picked.
fn chosen_article(turn: &Turn, title: &str) -> Result<Outcome, ToolError> {
    let asked = several::asked().unwrap_or_else(|| title.to_owned());
    let mut passages = search(&asked)?;
    if !passages.iter().any(|passage| passage.title == title) {
        passages = search(title)?;
    }
    let picked = passages.iter().find(|passage| passage.title == title).or(best(&passages));
    Ok(picked.map_or_else(|| unanswered(&passages), |passage| reply(turn, &asked, &[passage]).into()))
}

fn search(question: &str) -> Result<Vec<Passage>, ToolError> {
    knowledge::search(question, None, LOOKED_AT)
}

/// The best passage that the runtime holds to be an answer; the nearest text alone isn't one.
fn best(passages: &[Passage]) -> Option<&Passage> {
    passages.iter().find(|passage| passage.confident)
}

/// The articles' own words. Where there are two, each stands under the title of its article, for both may be meant.
fn reply(turn: &Turn, asked: &str, passages: &[&Passage]) -> Reply {
    let length = LENGTH / passages.len().max(1);
    let texts: Vec<String> = match passages {
        [one] => vec![one.excerpt(asked, length)],
        several => {
            several.iter().map(|passage| format!("{}: {}", passage.title, passage.excerpt(asked, length))).collect()
        }
    };
    let mut text = texts.join("\n\n");
    if let Some(note) = language::note(turn.language(), &text) {
        text = format!("{note}\n\n{text}");
    }
    let mut reply = passages.iter().fold(Reply::text(text).answered(), |reply, passage| reply.source(&passage.id));
    for passage in passages {
        if let Some(url) = &passage.url {
            let label = if passages.len() == 1 { read_more(turn.language()) } else { passage.title.clone() };
            reply = reply.button(Button::open(label, url));
        }
    }
    reply
}

/// The nearest article shows the team what to write or to complete.
fn unanswered(passages: &[Passage]) -> Outcome {
    let outcome = Outcome::handoff(HandoffReason::MissingKnowledge, "No article answers the customer's question.");
    match passages.first() {
        Some(nearest) => outcome.fact("nearest article", &nearest.title),
        None => outcome,
    }
}

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

    pub(crate) fn passage(title: &str, text: &str, confident: bool) -> Passage {
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
        let reply = reply(&Turn::sample("what does shipping cost?"), "what does shipping cost?", &[&shipping]);
        assert_eq!(reply.text, "Shipping within Belgium costs €4.95.");
        assert_eq!(reply.sources, ["Shipping#1"]);
        assert_eq!(reply.quick_replies, [Button::open("Read more", "https://shop.example/help")]);
        assert!(reply.answered);
    }

    #[test]
    fn an_article_in_another_language_is_said_to_be_so() {
        let shipping = passage("Shipping", "Shipping within the EU is free from 50 EUR.", true);
        let mut turn = Turn::sample("wat kost de verzending?");
        turn.locale = "nl".to_owned();
        let reply = reply(&turn, "wat kost de verzending?", &[&shipping]);
        assert_eq!(reply.text, "Ons artikel hierover is in het Engels:\n\nShipping within the EU is free from 50 EUR.");
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
    fn two_near_answers_are_both_given_with_their_sources() {
        let (belgium, abroad) =
            (passage("In Belgium", "It costs €4.95.", true), passage("Abroad", "It costs €12.50.", true));
        let reply = reply(&Turn::sample("what does shipping cost?"), "what does shipping cost?", &[&belgium, &abroad]);
        assert_eq!(reply.text, "In Belgium: It costs €4.95.\n\nAbroad: It costs €12.50.");
        assert_eq!(reply.sources, ["In Belgium#1", "Abroad#1"]);
        assert_eq!(reply.quick_replies.len(), 2);
        assert!(reply.answered);
    }
}

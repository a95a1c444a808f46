//! What the shop's articles say about subscriptions.

use crate::{text, words};
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::knowledge;

/// The topic that the shop files its rules for subscriptions under.
const TOPIC: &str = "subscriptions";

/// About five sentences.
const LENGTH: usize = 400;

/// The passage's own words, and their source. None where no article answers and it may have been no question about
/// the rules; where it `certain`ly was one, a person knows.
pub(crate) fn answer(turn: &Turn, certain: bool) -> Result<Option<Outcome>, ToolError> {
    let mut found = quoted(turn.text())?;
    if words::is_of_the_term(turn.text()) {
        // Whatever words it is asked with: in the customer's language, and in that of most articles.
        for language in [turn.language(), Language::En] {
            found = match found {
                Some(reply) => Some(reply),
                None => quoted(&text::is_there_a_term(language))?,
            };
        }
    }
    Ok(match found {
        Some(reply) => Some(reply.into()),
        None => certain.then(|| {
            Outcome::handoff(
                HandoffReason::MissingKnowledge,
                "The customer asks how subscriptions work here, and no article on the topic \"subscriptions\" answers it.",
            )
        }),
    })
}

fn quoted(question: &str) -> Result<Option<Reply>, ToolError> {
    let passages = knowledge::search(question, Some(TOPIC), 3)?;
    let found = passages.iter().find(|passage| passage.confident);
    Ok(found.map(|passage| Reply::text(passage.excerpt(question, LENGTH)).source(&passage.id).answered()))
}

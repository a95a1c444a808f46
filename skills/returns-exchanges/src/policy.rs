//! What the shop's articles say about returns.

use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::knowledge::{self, Passage};

use crate::{request, text};

/// The topic that the shop files its return and exchange policies under.
const TOPIC: &str = "returns";

/// About five sentences.
const LENGTH: usize = 400;

pub(crate) fn answer(turn: &Turn, certain: bool) -> Result<Outcome, ToolError> {
    let passages = search(turn.text())?;
    Ok(match passages.iter().find(|passage| passage.confident) {
        Some(passage) => reply(turn, passage).into(),
        None if certain => Outcome::handoff(
            HandoffReason::MissingKnowledge,
            "The customer asks about returns or exchanges, and no article on the topic \"returns\" answers it.",
        ),
        None => Outcome::Decline,
    })
}

pub(crate) fn search(question: &str) -> Result<Vec<Passage>, ToolError> {
    knowledge::search(question, Some(TOPIC), 3)
}

/// The passage's own words, its source, and the next step.
pub(crate) fn reply(turn: &Turn, passage: &Passage) -> Reply {
    let language = turn.language();
    let reply = Reply::text(passage.excerpt(turn.text(), LENGTH))
        .source(&passage.id)
        .button(Button::choose(text::start_return(language), request::START))
        .answered();
    match &passage.url {
        Some(url) => reply.button(Button::open(text::read_more(language), url)),
        None => reply,
    }
}

/// What the articles say about why something can't be returned, to be put below that news.
pub(crate) fn quote(question: &str) -> Option<Passage> {
    // Without it the answer is shorter, not wrong.
    search(question).ok()?.into_iter().find(|passage| passage.confident)
}

pub(crate) fn with_quote(reply: Reply, question: &str, passage: Option<&Passage>) -> Reply {
    let Some(passage) = passage else { return reply };
    let text = format!("{}\n\n{}", reply.text, passage.excerpt(question, LENGTH));
    Reply { text, ..reply }.source(&passage.id)
}

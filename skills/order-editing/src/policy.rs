//! What the shop's articles say about changes.

use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::knowledge::{self, Passage};

use crate::{request, text};

/// The topic that the shop files its rules for changes under.
const TOPIC: &str = "order-changes";

/// About five sentences.
const LENGTH: usize = 400;

/// The passage's own words, and the way to make a change. None where no article answers.
pub(crate) fn answer(turn: &Turn, question: &str) -> Result<Option<Reply>, ToolError> {
    let language = turn.language();
    Ok(search(question)?.map(|passage| {
        Reply::text(passage.excerpt(question, LENGTH))
            .source(&passage.id)
            .button(Button::choose(text::cancel_order(language), request::CANCEL))
            .button(Button::choose(text::change_address(language), request::ADDRESS))
            .answered()
    }))
}

/// What the articles say, to be put below another answer.
pub(crate) fn quote(question: &str) -> Result<Option<Passage>, ToolError> {
    match search(question) {
        // Without it the answer is shorter, not wrong.
        Err(ToolError::Unavailable(reason)) => {
            log::info(&format!("answering without the shop's articles: {reason}"));
            Ok(None)
        }
        found => found,
    }
}

pub(crate) fn with_quote(reply: Reply, question: &str, passage: Option<&Passage>) -> Reply {
    let Some(passage) = passage else { return reply };
    let text = format!("{}\n\n{}", reply.text, passage.excerpt(question, LENGTH));
    Reply { text, ..reply }.source(&passage.id)
}

fn search(question: &str) -> Result<Option<Passage>, ToolError> {
    Ok(knowledge::search(question, Some(TOPIC), 3)?.into_iter().find(|passage| passage.confident))
}

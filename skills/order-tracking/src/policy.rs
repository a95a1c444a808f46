//! What the shop's articles say about delivery times.

use crate::{request, text};
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::knowledge::{self, Passage};

/// The topic that the shop files its delivery times under.
const TOPIC: &str = "shipping";

/// About five sentences.
const LENGTH: usize = 400;

/// The passage's own words. None where no article answers.
pub(crate) fn answer(turn: &Turn) -> Result<Option<Reply>, ToolError> {
    // That it is about times is known already: with the words of such articles, the passage that has them comes first.
    let question = format!("{} {}", turn.text(), text::words_for_times(turn.language()));
    let passages = knowledge::search(&question, Some(TOPIC), 3)?;
    Ok(passages.iter().find(|passage| passage.confident).map(|passage| reply(turn, passage)))
}

pub(crate) fn reply(turn: &Turn, passage: &Passage) -> Reply {
    Reply::text(passage.excerpt(turn.text(), LENGTH))
        .source(&passage.id)
        .button(Button::choose(text::where_is_mine(turn.language()), request::TRACK))
        .answered()
}

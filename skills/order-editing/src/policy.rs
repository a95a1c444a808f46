//! What the shop's articles say about changes.

use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::knowledge;

use crate::{request, text};

/// The topic that the shop files its rules for changes under.
const TOPIC: &str = "order-changes";

/// About five sentences.
const LENGTH: usize = 400;

/// The passage's own words, and the way to make a change. None where no article answers.
pub(crate) fn answer(turn: &Turn) -> Result<Option<Reply>, ToolError> {
    let language = turn.language();
    let passages = knowledge::search(turn.text(), Some(TOPIC), 3)?;
    Ok(passages.iter().find(|passage| passage.confident).map(|passage| {
        Reply::text(passage.excerpt(turn.text(), LENGTH))
            .source(&passage.id)
            .button(Button::choose(text::cancel_order(language), request::CANCEL))
            .button(Button::choose(text::change_address(language), request::ADDRESS))
            .answered()
    }))
}

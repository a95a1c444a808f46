//! Which discount codes are there, and does this one work?
//!
//! `request` finds out what is asked; `list` shows the codes that can be used now, `code` says how it stands with one, and
//! `policy` quotes the shop's articles. `text` holds the words.
//!
//! A personal code is nobody's business but its owner's. To a visitor who isn't signed in, a code that isn't open to
//! everyone and one that doesn't exist get the same words, whatever the tool says about it; and "my own codes" asks for
//! a sign-in before anything is looked up.

mod code;
mod list;
mod policy;
mod request;
mod text;

use request::Wish;
use usher_sdk::skill::memory::Slot;
use usher_sdk::skill::prelude::*;

usher_sdk::skill!(handle);

/// The codes that the last reply was about.
const SHOWN: Slot<Vec<String>> = Slot::new("shown");

/// Set while the customer was asked for a code, or to check how one is written.
const WAITING: Slot<bool> = Slot::new("waiting");

fn handle(turn: Turn) -> Result<Outcome, ToolError> {
    let language = turn.language();
    let shown = SHOWN.get().unwrap_or_default();
    let wish = request::wish(&turn, &shown, WAITING.get().unwrap_or(false));
    WAITING.forget();
    match wish {
        Wish::Check(code) => code::check(&turn, &code),
        Wish::WhichCode => Ok(ask_which(&turn, &shown).into()),
        Wish::Details(about) => match shown.as_slice() {
            [one] => code::details(&turn, one, about),
            several => list::details(&turn, several, about),
        },
        Wish::OwnCode(_) | Wish::Own if !turn.is_authenticated() => Ok(Outcome::sign_in(text::to_see_codes(language))),
        Wish::OwnCode(code) => code::check(&turn, &code),
        Wish::Own | Wish::Codes => list::answer(&turn, list::Only::All),
        Wish::Deals => list::deals(&turn),
        Wish::ForShipping => list::answer(&turn, list::Only::Shipping),
        Wish::Rules(rule, code) => match (policy::answer(&turn, Some(rule))?, code) {
            (Outcome::Handoff(_), Some(code)) => code::check(&turn, &code),
            (outcome, _) => Ok(outcome),
        },
        Wish::Team(code) => Ok(to_team(&code)),
        Wish::Nothing => policy::answer(&turn, None),
    }
}

/// Remembers what a reply is about, so that "when does it expire?" has an "it".
fn remember(codes: Vec<String>) {
    if codes.is_empty() {
        SHOWN.forget();
    } else if !SHOWN.set(&codes) {
        log::warn("the codes could not be remembered; a question that points back will not find them");
    }
}

fn ask_which(turn: &Turn, shown: &[String]) -> Reply {
    let language = turn.language();
    wait_for_code();
    let reply = Reply::text(text::which_code(language)).expects(Expectation::FreeText).tone(language, Tone::Ask);
    shown
        .iter()
        .take(list::MOST)
        .fold(reply, |reply, code| reply.button(Button::choose(code, format!("{}{code}", request::CHECK))))
}

fn wait_for_code() {
    if !WAITING.set(&true) {
        log::warn("the question could not be remembered; a code in small letters may not be taken for one");
    }
}

fn to_team(code: &str) -> Outcome {
    Outcome::handoff(
        HandoffReason::ExplicitRequest,
        "The customer has a discount code that counts as usable here, and says that the checkout refuses it.",
    )
    .fact("code", code)
}

#[cfg(test)]
mod tests;

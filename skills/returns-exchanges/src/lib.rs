//! Returns and exchanges: the policy for anyone; for a signed-in customer whether an order can be returned, the way
//! into the returns portal, and how it stands with returns under way.
//!
//! `request` finds out which of the three is wanted and for which order, `text` holds the words.

mod policy;
mod request;
mod start;
mod text;
mod under_way;

use request::Wish;
use usher_sdk::skill::memory::Slot;
use usher_sdk::skill::prelude::*;

usher_sdk::skill!(handle);

/// Set while the customer was asked which order's return they want to hear about.
const WAITING: Slot<bool> = Slot::new("waiting-for-news");

fn handle(turn: Turn) -> Result<Outcome, ToolError> {
    let language = turn.language();
    let wish = request::wish(&turn, WAITING.get().unwrap_or(false));
    if wish.needs_account() && !turn.is_authenticated() {
        return Ok(Outcome::sign_in(text::to_see_returns(language)));
    }
    WAITING.forget();
    match wish {
        Wish::Start => start::answer(&turn),
        Wish::News => under_way::answer(&turn),
        Wish::Policy { certain } => policy::answer(&turn, certain),
    }
}

#[cfg(test)]
mod tests;

//! Returns and exchanges: the policy for anyone; for a signed-in customer whether an order can be returned, the way into
//! the returns portal or the hub, and how it stands with returns and refunds.
//!
//! The way of a turn: `request` says what is wanted, by the phrases of `words` and the patterns of `families`; `which` finds the order; `start`,
//! `under_way` or `policy` answers. `text` holds what is said.

mod card;
mod families;
mod policy;
mod request;
mod start;
mod text;
mod under_way;
mod which;
mod words;

use request::{Subject, Wish};
use usher_sdk::skill::memory::Slot;
use usher_sdk::skill::prelude::*;

usher_sdk::skill!(handle);

/// What the customer wanted last, so that "and the other one?" or a number alone wants it too.
const SUBJECT: Slot<Subject> = Slot::new("subject");

fn handle(turn: Turn) -> Result<Outcome, ToolError> {
    let language = turn.language();
    let wish = request::wish(&turn, SUBJECT.get());
    if wish.needs_account() && !turn.is_authenticated() {
        return Ok(Outcome::sign_in(text::to_see_returns(language)));
    }
    if let Wish::Account(subject) | Wish::FollowUp(subject) = &wish
        && !SUBJECT.set(subject)
    {
        log::warn("what was wanted could not be remembered; a follow-up will be taken for a new return");
    }
    match wish {
        Wish::Account(Subject::News) => under_way::answer(&turn),
        Wish::Account(Subject::Start(what)) => start::answer(&turn, what),
        Wish::FollowUp(subject) => follow_up(&turn, subject),
        Wish::Team(team) => Ok(team.outcome(&turn)),
        Wish::Policy { certain } => policy::answer(&turn, certain),
    }
}

/// What may point at an order, or be something else altogether.
fn follow_up(turn: &Turn, subject: Subject) -> Result<Outcome, ToolError> {
    match subject {
        Subject::News if which::points_at_another(turn.text()) => under_way::answer(turn),
        Subject::Start(what) if which::speaks_of_an_order(turn)? => start::answer(turn, what),
        _ => policy::answer(turn, false),
    }
}

#[cfg(test)]
mod tests;

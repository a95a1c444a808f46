//! The loyalty programme: how it works for anyone; for a signed-in customer points, tier, what points buy and the codes that
//! they bought; and spending points on a reward.
//!
//! `request` finds out what is wanted, by the lists of `words`, and `which` which reward is meant. `standing` tells how it
//! stands with the account, `programme` what the programme offers, and `redeem` spends points: it says what will happen,
//! calls the tool, which waits for the customer's yes, and tells what came of it. `text` holds what is said.
//!
//! Whether the customer has agreed is not this skill's to know: it makes the same call again when the runtime runs the
//! turn again. So a turn that asks for points to be spent changes nothing that it remembers before the call.

mod programme;
mod redeem;
mod request;
mod standing;
mod text;
mod which;
mod words;

use request::Wish;
use usher_sdk::skill::memory::Slot;
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::loyalty::{self, LoyaltyAccount};
use which::Which;

usher_sdk::skill!(handle);

/// Set while rewards were shown last: "the free shipping one" is then one of them.
const SHOWN: Slot<bool> = Slot::new("shown");

/// The reward that was spoken of last: "and the bigger one?".
const LAST: Slot<String> = Slot::new("last");

fn handle(turn: Turn) -> Result<Outcome, ToolError> {
    let language = turn.language();
    let wish = request::wish(&turn, SHOWN.get().unwrap_or(false) || LAST.get().is_some());
    match wish {
        Wish::Nothing => return Ok(Outcome::Decline),
        Wish::Leave => {
            SHOWN.forget();
            LAST.forget();
            return Ok(Reply::text(text::left(language)).answered().into());
        }
        Wish::Team => return Ok(standing::to_team(&turn)),
        Wish::Programme(about) => return programme::answer(&turn, about),
        _ => {}
    }
    if !turn.is_authenticated() {
        return match wish.without_account(turn.text()) {
            Some(about) => programme::answer(&turn, about),
            None => Ok(Outcome::sign_in(text::to_see_points(language))),
        };
    }
    if wish == Wish::Redeem && settings::get("answer-with").as_deref() == Some("hub") {
        return Ok(redeem::by_hub(language).into());
    }
    let account = match loyalty::account() {
        Ok(account) => account,
        Err(ToolError::NotFound) => return Ok(standing::no_account(language).into()),
        Err(error) => return Err(error),
    };
    if !account.enrolled {
        return Ok(standing::not_enrolled(language, &account).into());
    }
    if wish == Wish::Redeem {
        return redeem_one(&turn, &account);
    }
    let reply = standing::answer(&turn, &wish, &account);
    if wish.shows_rewards() && !SHOWN.set(&true) {
        log::warn("that rewards were shown could not be remembered; only their buttons work");
    }
    Ok(reply.into())
}

/// Spends points on the reward that is meant, or finds out which one is.
fn redeem_one(turn: &Turn, account: &LoyaltyAccount) -> Result<Outcome, ToolError> {
    let last = LAST.get();
    match which::pick(account, last.as_deref(), turn) {
        Which::One(reward) if reward.affordable => redeem::make(turn, account, reward),
        Which::One(reward) => {
            remember(&reward.id);
            Ok(redeem::too_few(turn.language(), account, reward).into())
        }
        Which::Several(rewards) => {
            if !SHOWN.set(&true) {
                log::warn("the question could not be remembered; only its buttons work");
            }
            Ok(redeem::ask(turn.language(), &rewards).into())
        }
        Which::Nothing => Ok(redeem::nothing_in_reach(turn.language(), account).into()),
    }
}

/// Keeps which reward was spoken of.
fn remember(reward: &str) {
    if !LAST.set(&reward.to_owned()) {
        log::warn("the reward could not be remembered; it must be named again");
    }
}

#[cfg(test)]
mod tests;

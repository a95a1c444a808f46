//! What the customer wants of this skill.

use crate::{which, words};
use usher_sdk::skill::prelude::*;

/// What buttons send; `REDEEM` also before the reward's id.
pub(crate) const REDEEM: &str = "redeem";
pub(crate) const REWARDS: &str = "rewards";
pub(crate) const POINTS: &str = "points";
pub(crate) const CODES: &str = "codes";
pub(crate) const EARN: &str = "earn";
pub(crate) const JOIN: &str = "join";
pub(crate) const TEAM: &str = "team";
pub(crate) const LEAVE: &str = "leave";

/// What a question about the programme is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum About {
    Earning,
    Tiers,
    /// How a level is reached and lost, and what it brings.
    Levels,
    Rewards,
    Joining,
    /// How it works, when points expire, and all else.
    Rules,
    /// What only an article or a person can tell: leaving, undoing, points for what was before.
    Terms,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wish {
    Points,
    Tier,
    /// What points buy.
    Rewards,
    /// To spend points; `which` finds out on what.
    Redeem,
    /// The codes that points bought.
    Codes,
    /// Points that should be there and aren't.
    Missing,
    /// The customer's own link for friends.
    Referral,
    Programme(About),
    /// A person.
    Team,
    /// Nothing after all.
    Leave,
    /// Nothing that is of this skill.
    Nothing,
}

impl Wish {
    /// What a visitor who isn't signed in can be told instead; none where only the account can tell.
    pub(crate) fn without_account(&self, said: &str) -> Option<About> {
        match self {
            Wish::Rewards if !mentions(said, words::OWN) => Some(About::Rewards),
            Wish::Referral if !mentions(said, words::OWN_LINK) => Some(About::Rules),
            Wish::Tier if !mentions(said, words::OWN) => Some(About::Tiers),
            _ => None,
        }
    }

    pub(crate) fn shows_rewards(&self) -> bool {
        matches!(self, Wish::Points | Wish::Rewards)
    }
}

/// `shown` is whether rewards were shown, or one was spoken of, before.
pub(crate) fn wish(turn: &Turn, shown: bool) -> Wish {
    if let Some(choice) = turn.choice() {
        return chosen(choice);
    }
    let said = turn.text();
    if shown && leaves(said) {
        return Wish::Leave;
    }
    if mentions(said, words::CODE) && is_about_bought(said) {
        return Wish::Codes;
    }
    if words::is_of_friends(said) {
        return if mentions(said, words::MISSING) { Wish::Programme(About::Terms) } else { Wish::Referral };
    }
    if !words::is_of_loyalty(said) {
        let picks = shown && which::points_at_one(said);
        return if picks { Wish::Redeem } else { Wish::Nothing };
    }
    exception(said)
        .or_else(|| levels(said))
        .or_else(|| membership(said))
        .unwrap_or_else(|| points(said, shown, turn.is_authenticated()))
}

/// What goes before all else, since its words are those of other wishes too: "undo a redemption", "points are missing".
fn exception(said: &str) -> Option<Wish> {
    let has = |list| mentions(said, list);
    if has(words::UNDOING) || has(words::QUITTING) && has(words::MEMBERSHIP) {
        return Some(Wish::Programme(About::Terms));
    }
    if has(words::REWARD) && (has(words::BROKEN) || has(words::EXPIRY) && has(words::OWN)) {
        return Some(Wish::Codes);
    }
    if has(words::POINT) && has(words::SENDING_BACK) {
        return Some(Wish::Programme(About::Rules));
    }
    let of_a_level = has(words::TIERS) && !has(words::POINT);
    if has(words::MISSING) && !of_a_level {
        return Some(Wish::Missing);
    }
    if has(words::AFTERWARDS) {
        return Some(Wish::Programme(About::Terms));
    }
    let expires = has(words::EXPIRY) || has(words::RUNNING) && has(words::OUT);
    (expires && !of_a_level || has(words::SHARING)).then_some(Wish::Programme(About::Rules))
}

/// The customer's level, or how levels are reached and lost.
fn levels(said: &str) -> Option<Wish> {
    let has = |list| mentions(said, list);
    if has(words::RISING_ALONE) {
        return Some(Wish::Programme(About::Levels));
    }
    if !has(words::TIERS) || has(words::EARNING) {
        return None;
    }
    let of_all = has(words::RISING) || has(words::LOST) || has(words::PERKS) || has(words::MISSING);
    let asks = has(words::WORKS) && !has(words::OWN);
    Some(if of_all || asks { Wish::Programme(About::Levels) } else { Wish::Tier })
}

/// What members have of it, and how one becomes one.
fn membership(said: &str) -> Option<Wish> {
    let has = |list| mentions(said, list);
    let about = if has(words::BIRTHDAY) || has(words::PERKS) && has(words::MEMBERSHIP) {
        About::Rules
    } else if has(words::JOINING) || has(words::WELCOME) || has(words::FREE) && has(words::MEMBERSHIP) {
        About::Joining
    } else {
        return None;
    };
    Some(Wish::Programme(about))
}

fn points(said: &str, shown: bool, signed_in: bool) -> Wish {
    let has = |list| mentions(said, list);
    if has(words::LIMITS) && has(words::REWARD) {
        Wish::Rewards
    } else if has(words::EARNING) {
        Wish::Programme(About::Earning)
    } else if has(words::REDEEMING) {
        spending(said, signed_in)
    } else if has(words::POINTS_FOR) && !has(words::OFFERS) {
        Wish::Programme(About::Earning)
    } else if has(words::CHECKING) && has(words::POINT) && has(words::OWN) {
        Wish::Points
    } else if has(words::WORKS) {
        Wish::Programme(About::Rules)
    } else if has(words::OFFERS) {
        Wish::Rewards
    } else if shown && which::points_at_one(said) {
        Wish::Redeem
    } else if has(words::POINT) || has(words::CARD) {
        Wish::Points
    } else if has(words::REWARD) {
        Wish::Rewards
    } else {
        Wish::Programme(About::Rules)
    }
}

/// To spend points, or only to know how that is done: a question about it spends nothing.
fn spending(said: &str, signed_in: bool) -> Wish {
    let has = |list| mentions(said, list);
    if has(words::LIMITS) || has(words::REDEMPTIONS) || has(words::OTHER_PEOPLE) || has(words::HOW) && has(words::CODE)
    {
        Wish::Programme(About::Rules)
    } else if has(words::HOW) {
        if signed_in { Wish::Rewards } else { Wish::Programme(About::Rules) }
    } else {
        Wish::Redeem
    }
}

/// Whether a text that speaks of a code means one that points bought: any other is not of this skill.
fn is_about_bought(said: &str) -> bool {
    let of_one = [words::LOOKING, words::MISSING, words::BOUGHT, words::BROKEN].iter().any(|list| mentions(said, list));
    mentions(said, words::MY_CODE) || of_one && words::is_certainly_of_loyalty(said)
}

/// A bare "no" leaves; one in a sentence says something of its own: "I have no points".
fn leaves(said: &str) -> bool {
    mentions(said, words::LEAVING) || mentions(said, words::NO) && said.split_whitespace().count() <= 3
}

fn chosen(choice: &str) -> Wish {
    match choice.split(' ').next().unwrap_or_default() {
        REDEEM => Wish::Redeem,
        REWARDS => Wish::Rewards,
        CODES => Wish::Codes,
        EARN => Wish::Programme(About::Earning),
        JOIN => Wish::Programme(About::Joining),
        TEAM => Wish::Team,
        LEAVE => Wish::Leave,
        _ => Wish::Points,
    }
}

/// What a button for a reward sends.
pub(crate) fn redeem_choice(reward: &str) -> String {
    format!("{REDEEM} {reward}")
}

/// The reward that a button names.
pub(crate) fn chosen_reward(turn: &Turn) -> Option<&str> {
    turn.choice()?.strip_prefix(REDEEM)?.strip_prefix(' ')
}

//! Spending the signed-in customer's points.
//!
//! LoyaltyLion tells no repetition by a key: each claim that arrives spends points. So a reward is claimed once a call, and
//! where the answer is lost, the customer's claimed rewards are read until it shows. A call after one whose end nobody
//! knows looks there first. Where that leaves it open, that is the answer, and nothing is spent.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use usher_sdk::connector::{Error, Timestamp, ToolError, caller, log};

use crate::api::{Api, NotMade};
use crate::bindings::exports::usher::tools::loyalty::IssuedReward;
use crate::claimed::{self, Claimed};
use crate::id::Id;
use crate::member::{self, Member};

/// Repeats of all the call's requests. Finding out takes two or three requests, the claim one and looking at it two, of the
/// eight that a call has.
const REPEATS: u32 = 2;
const LOOKS: u32 = 2;
const FIRST_LOOK: Duration = Duration::from_millis(500);
/// An earlier attempt isn't older: the runtime takes up an unsettled call for 48 hours. An hour more, for LoyaltyLion's
/// clock isn't ours.
const WINDOW: Duration = Duration::from_secs(49 * 3600);

#[derive(Debug, Deserialize)]
struct Answer {
    claimed_reward: Fresh,
}

/// A reward as the claim itself answers it, which isn't how the Headless API does.
#[derive(Debug, Deserialize)]
struct Fresh {
    #[serde(default)]
    state: String,
    #[serde(default)]
    reward: Value,
    #[serde(default)]
    redeemable: Value,
    #[serde(default)]
    expires_at: Option<String>,
}

/// Spends the reward's price, of a variable one that of one unit.
///
/// # Errors
/// `invalid` where nothing was spent for certain and LoyaltyLion, or the customer's standing, forbids it; `unavailable` where
/// it isn't known, or where LoyaltyLion could not be asked.
pub(crate) fn redeem(reward_id: &str) -> Result<IssuedReward, ToolError> {
    let customer = caller::customer()?;
    let again = caller::earlier_attempt();
    let reward = Id::parse(reward_id).ok_or(ToolError::NotFound)?;
    let api = Api::open(REPEATS)?;
    let Some(member) = member::find(&api, &customer)? else {
        return Err(ToolError::Invalid("the customer isn't a member of the loyalty programme".to_owned()));
    };
    let merchant_id = member.path().ok_or(ToolError::NotFound)?;
    let before: Vec<Claimed> = claimed::of(&api, &member)?;

    if again && let Some(issued) = made_earlier(&before, &reward)? {
        return Ok(issued);
    }
    let body = json!({ "reward_id": reward.number() });
    match api.act::<Answer>(&format!("/customers/{merchant_id}/claimed_rewards"), &body) {
        Ok(Answer { claimed_reward: fresh }) if fresh.state != "void" => Ok(fresh.issued()),
        Ok(_) => Err(unknown("LoyaltyLion gave the reward back at once")),
        // Points that are missing now may be those that the earlier attempt has just spent.
        Err(NotMade::Certainly(error @ Error::Invalid(_))) if again => {
            await_reward(&api, &member, &reward, &before, &error)
        }
        Err(NotMade::Certainly(error)) => Err(error.into()),
        Err(NotMade::Perhaps(error)) => await_reward(&api, &member, &reward, &before, &error),
    }
}

/// What an earlier attempt bought; none where it spent nothing. The same reward bought on purpose within these two days
/// counts as that attempt: points may then be spent once too few, and never once too often.
fn made_earlier(claimed: &[Claimed], reward: &Id) -> Result<Option<IssuedReward>, ToolError> {
    let since = Timestamp::now().minus(WINDOW);
    let bought: Vec<&Claimed> = claimed.iter().filter(|one| one.bought(reward) && one.is_since(since)).collect();
    match bought.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some((*one).clone().issued())),
        _ => Err(unknown("the customer claimed this reward more than once in the last two days")),
    }
}

/// Looks whether the claim shows after an answer that got lost.
fn await_reward(
    api: &Api,
    member: &Member,
    reward: &Id,
    before: &[Claimed],
    lost: &Error,
) -> Result<IssuedReward, ToolError> {
    let looks = api.looks(LOOKS, FIRST_LOOK);
    while looks.wait(None) {
        // A look that fails is no news.
        let Ok(now) = claimed::of(api, member) else { continue };
        let is_new = |one: &Claimed| one.bought(reward) && !before.iter().any(|known| known.id == one.id);
        let mut new = now.into_iter().filter(is_new);
        match (new.next(), new.next()) {
            (Some(one), None) => return Ok(one.issued()),
            (Some(_), Some(_)) => return Err(unknown("the customer claimed this reward more than once just now")),
            (None, _) => {}
        }
    }
    Err(unknown(&lost.to_string()))
}

impl Fresh {
    fn issued(self) -> IssuedReward {
        let text = |value: &Value| value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        IssuedReward {
            title: text(&self.reward["title"]).unwrap_or_default(),
            code: text(&self.redeemable["code"]),
            expires_at: self.expires_at.or_else(|| text(&self.redeemable["expires_at"])),
        }
    }
}

fn unknown(why: &str) -> ToolError {
    log::warn("a redemption's end isn't known; compare the customer's points and rewards in LoyaltyLion");
    ToolError::Unavailable(format!(
        "it isn't known whether the points were spent: {why}; compare the customer's points and rewards in LoyaltyLion \
         before it is tried again"
    ))
}

//! Spending points: what it does, the call, and what came of it.

use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::loyalty::{self, IssuedReward, LoyaltyAccount, Reward};
use usher_sdk::skill::tools::loyalty_actions;

use crate::{request, standing, text, which};

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Made {
    Yes(IssuedReward),
    /// No points were spent. With the provider's reason, which isn't written for the customer.
    No(String),
    /// It isn't known.
    Perhaps,
}

pub(crate) fn make(turn: &Turn, account: &LoyaltyAccount, reward: &Reward) -> Result<Outcome, ToolError> {
    consent::describe(&summary(turn.language(), account, reward));
    let made = made(loyalty_actions::redeem(&reward.id))?;
    crate::SHOWN.forget();
    crate::remember(&reward.id);
    // How it stands now says why it was refused.
    let now = if matches!(made, Made::No(_)) { loyalty::account().ok() } else { None };
    Ok(told(turn, reward, made, now.as_ref()).into())
}

/// Exactly what will happen, for the customer to agree to.
pub(crate) fn summary(language: Language, account: &LoyaltyAccount, reward: &Reward) -> String {
    let left = account.points.saturating_sub(reward.points);
    text::will_redeem(language, reward.points, &reward.title, left)
}

/// Sorts the tool's answer; what isn't the redemption's own is passed on.
pub(crate) fn made(answer: Result<IssuedReward, ToolError>) -> Result<Made, ToolError> {
    match answer {
        Ok(issued) => Ok(Made::Yes(issued)),
        Err(ToolError::Invalid(reason)) => Ok(Made::No(reason)),
        Err(ToolError::NotFound) => Ok(Made::No("the programme doesn't find the reward".to_owned())),
        Err(ToolError::Unavailable(reason)) => {
            log::warn(&format!("whether the points were spent isn't known: {reason}"));
            Ok(Made::Perhaps)
        }
        Err(ToolError::TooLarge) => Ok(Made::Perhaps),
        Err(ToolError::Denied(denial)) => match denial.reason {
            DenialReason::LimitReached | DenialReason::Policy | DenialReason::NotGranted => {
                Ok(Made::No(denial.message))
            }
            DenialReason::SignInRequired | DenialReason::ConsentRequired => Err(ToolError::Denied(denial)),
        },
    }
}

/// `now` is the account after a refusal, where it could be read.
pub(crate) fn told(turn: &Turn, reward: &Reward, made: Made, now: Option<&LoyaltyAccount>) -> Reply {
    let language = turn.language();
    match made {
        Made::Yes(issued) => {
            let title = if issued.title.is_empty() { &reward.title } else { &issued.title };
            let said = text::redeemed(language, reward.points, title);
            let how = match &issued.code {
                Some(code) => {
                    let until = issued.expires_at.as_deref().and_then(|at| turn.calendar().until(at));
                    let until = until.map(|until| format!(" ({})", text::usable(language, &until))).unwrap_or_default();
                    format!("{}{until}", text::code(language, code))
                }
                None => text::code_later(language),
            };
            let reply = Reply::text(format!("{said} {how}")).tone(language, Tone::Good);
            reply.button(standing::hub(language)).answered()
        }
        Made::No(reason) => {
            log::info(&format!("the redemption was refused: {reason}"));
            let lacking = now.and_then(|now| {
                let reward = now.rewards.iter().find(|known| known.id == reward.id)?;
                (!reward.affordable).then(|| too_few(language, now, reward))
            });
            lacking.unwrap_or_else(|| with_team(Reply::text(text::refused(language, &reward.title)), language))
        }
        Made::Perhaps => {
            let look = Button::choose(text::look_again(language), request::CODES);
            with_team(Reply::text(text::perhaps(language, &reward.title)).button(look), language)
        }
    }
}

fn with_team(reply: Reply, language: Language) -> Reply {
    reply.button(Button::choose(text::ask_team(language), request::TEAM)).expects(Expectation::Choice)
}

/// How many points are missing; and where the reward was bought already and its code still waits, that it does.
pub(crate) fn too_few(language: Language, account: &LoyaltyAccount, reward: &Reward) -> Reply {
    let lacking = reward.points.saturating_sub(account.points);
    let said = text::too_few(language, &reward.title, reward.points, account.points, lacking);
    let waits = account.issued.iter().find(|issued| issued.title.contains(&reward.title));
    let said = match waits.and_then(|issued| issued.code.as_ref()) {
        Some(code) => format!("{said} {}", text::have_code(language, code)),
        None => said,
    };
    let reply = Reply::text(said).tone(language, Tone::Sorry);
    let reply = which::sorted(&account.rewards)
        .into_iter()
        .filter(|other| other.affordable)
        .take(which::CHOICES)
        .fold(reply, |reply, other| reply.button(offer(language, other)));
    reply.button(Button::choose(text::how_to_earn(language), request::EARN)).answered()
}

pub(crate) fn nothing_in_reach(language: Language, account: &LoyaltyAccount) -> Reply {
    match account.rewards.iter().min_by_key(|reward| reward.points) {
        Some(nearest) => too_few(language, account, nearest),
        None => Reply::text(text::no_rewards(language, &account.program)).button(standing::hub(language)).answered(),
    }
}

pub(crate) fn ask(language: Language, rewards: &[&Reward]) -> Reply {
    let question = Reply::text(text::which_reward(language)).tone(language, Tone::Ask).expects(Expectation::Choice);
    let reply = rewards.iter().fold(question, |reply, reward| reply.button(offer(language, reward)));
    reply.button(Button::choose(text::leave_it(language), request::LEAVE))
}

/// A button that asks for this reward.
pub(crate) fn offer(language: Language, reward: &Reward) -> Button {
    Button::choose(text::price(language, &reward.title, reward.points), request::redeem_choice(&reward.id))
}

/// Where the shop wants points to be spent on its own pages.
pub(crate) fn by_hub(language: Language) -> Reply {
    Reply::text(text::in_your_account(language)).button(standing::hub(language)).answered()
}

//! How it stands with a customer's account: points, tier, what they buy, codes, the link for friends.

use crate::request::{self, Wish};
use crate::{redeem, text, which};
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::loyalty::{IssuedReward, LoyaltyAccount, Reward};

pub(crate) fn answer(turn: &Turn, wish: &Wish, account: &LoyaltyAccount) -> Reply {
    let language = turn.language();
    match wish {
        Wish::Tier => tier(language, account),
        Wish::Rewards => rewards(language, account),
        Wish::Codes => codes(turn, account),
        Wish::Missing => missing(language, account),
        Wish::Referral => referral(language, account),
        _ => points(language, account),
    }
}

/// The balance, what waits, and how far it goes.
fn points(language: Language, account: &LoyaltyAccount) -> Reply {
    let said = [Some(balance(language, account)), pending(language, account), reach(language, account)];
    let said: Vec<String> = said.into_iter().flatten().collect();
    Reply::text(said.join(" ")).card(card(language, account)).answered()
}

fn balance(language: Language, account: &LoyaltyAccount) -> String {
    match &account.tier {
        Some(tier) => text::points_and_tier(language, account.points, &account.program, tier),
        None => text::points(language, account.points, &account.program),
    }
}

fn pending(language: Language, account: &LoyaltyAccount) -> Option<String> {
    (account.pending > 0).then(|| text::pending(language, account.pending))
}

/// That points suffice for a reward, or how many are missing to the nearest.
fn reach(language: Language, account: &LoyaltyAccount) -> Option<String> {
    if account.rewards.iter().any(|reward| reward.affordable) {
        return Some(text::enough(language));
    }
    let nearest = account.rewards.iter().min_by_key(|reward| reward.points)?;
    Some(text::missing(language, nearest.points.saturating_sub(account.points), &nearest.title))
}

fn tier(language: Language, account: &LoyaltyAccount) -> Reply {
    let said = match &account.tier {
        Some(tier) => text::tier(language, tier, &account.program),
        None => text::no_tier(language, &account.program),
    };
    Reply::text(said).card(card(language, account)).answered()
}

/// What points buy: in reach, and what is missing to the rest.
fn rewards(language: Language, account: &LoyaltyAccount) -> Reply {
    let all = which::sorted(&account.rewards);
    if all.is_empty() {
        return Reply::text(text::no_rewards(language, &account.program)).button(hub(language)).answered();
    }
    let line = |reward: &&Reward| {
        let price = text::price(language, &reward.title, reward.points);
        match reward.affordable {
            true => format!("- {price}"),
            false => {
                let lacking = text::lacking(language, reward.points.saturating_sub(account.points));
                format!("- {price} ({lacking})")
            }
        }
    };
    let list: Vec<String> = all.iter().take(which::LINES).map(line).collect();
    let said = text::rewards(language, account.points, &list.join("\n"));
    let reply = Reply::text(said).card(card(language, account)).answered();
    let in_reach = all.iter().filter(|reward| reward.affordable).take(which::CHOICES);
    let offers: Vec<Button> = in_reach.map(|reward| redeem::offer(language, reward)).collect();
    // With something to choose from, the next message may well be the choice.
    let expected = if offers.is_empty() { Expectation::Nothing } else { Expectation::Choice };
    offers.into_iter().fold(reply.expects(expected), Reply::button)
}

/// "Where is my code?"
pub(crate) fn codes(turn: &Turn, account: &LoyaltyAccount) -> Reply {
    let language = turn.language();
    if account.issued.is_empty() {
        return Reply::text(text::no_codes(language))
            .tone(language, Tone::Sorry)
            .button(Button::choose(text::what_points_buy(language), request::REWARDS))
            .button(Button::choose(text::ask_team(language), request::TEAM));
    }
    let list: Vec<String> = account.issued.iter().take(which::LINES).map(|one| code_line(turn, one)).collect();
    Reply::text(text::codes(language, &list.join("\n"))).button(hub(language)).answered()
}

pub(crate) fn code_line(turn: &Turn, issued: &IssuedReward) -> String {
    let language = turn.language();
    let code = issued.code.as_ref().map_or_else(|| text::code_follows(language), |code| format!("**{code}**"));
    let until = issued.expires_at.as_deref().and_then(|at| turn.calendar().until(at));
    let until = until.map(|until| format!(" ({})", text::usable(language, &until))).unwrap_or_default();
    format!("- {}: {code}{until}", issued.title)
}

/// Points that the customer misses: what there is and what waits explains most; a person the rest.
fn missing(language: Language, account: &LoyaltyAccount) -> Reply {
    let said = [Some(balance(language, account)), pending(language, account), Some(text::if_points_lack(language))];
    let said: Vec<String> = said.into_iter().flatten().collect();
    Reply::text(said.join(" "))
        .button(Button::choose(text::ask_team(language), request::TEAM))
        .button(hub(language))
        .expects(Expectation::Choice)
}

fn referral(language: Language, account: &LoyaltyAccount) -> Reply {
    match &account.referral_url {
        Some(url) => Reply::text(text::referral(language, url)).answered(),
        None => Reply::text(text::no_referral(language, &account.program)).button(hub(language)).answered(),
    }
}

pub(crate) fn not_enrolled(language: Language, account: &LoyaltyAccount) -> Reply {
    Reply::text(text::not_enrolled(language, &account.program))
        .button(Button::choose(text::how_to_join(language), request::JOIN))
        .button(Button::choose(text::how_to_earn(language), request::EARN))
        .answered()
}

/// The same whatever the reason is that there is none.
pub(crate) fn no_account(language: Language) -> Reply {
    Reply::text(text::no_account(language))
        .tone(language, Tone::Sorry)
        .button(Button::choose(text::how_to_join(language), request::JOIN))
        .button(Button::choose(text::ask_team(language), request::TEAM))
}

pub(crate) fn to_team(turn: &Turn) -> Outcome {
    let asked = turn.previous_question().unwrap_or_else(|| turn.text());
    Outcome::handoff(
        HandoffReason::ExplicitRequest,
        "The customer asks for help with loyalty points, a reward or its code.",
    )
    .fact("message", asked)
}

pub(crate) fn card(language: Language, account: &LoyaltyAccount) -> Card {
    let all = which::sorted(&account.rewards);
    let body = LoyaltyCard {
        program: account.program.clone(),
        points: account.points,
        tier: account.tier.clone(),
        rewards: all.iter().map(|reward| text::price(language, &reward.title, reward.points)).collect(),
    };
    let card = Card::new(body);
    let card = match all.iter().any(|reward| reward.affordable) {
        true => card.button(Button::choose(text::spend(language), request::REDEEM)),
        false => card.button(Button::choose(text::how_to_earn(language), request::EARN)),
    };
    let card = match account.issued.is_empty() {
        true => card,
        false => card.button(Button::choose(text::my_codes(language), request::CODES)),
    };
    card.button(hub(language))
}

pub(crate) fn hub(language: Language) -> Button {
    Button::hub(text::my_rewards(language), HubSection::Loyalty)
}

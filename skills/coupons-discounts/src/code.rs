//! How it stands with one code.

use crate::request::{self, About};
use crate::{list, policy, remember, text, wait_for_code};
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::coupons::{self, Coupon, CouponState};
use usher_sdk::skill::tools::knowledge::Passage;

/// What the shop knows of a code.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Found {
    Known(Coupon, CouponState),
    /// There is no such code, or it isn't this customer's.
    Unknown,
    /// There is one, and only the checkout can tell whether it counts.
    Undecided,
}

/// Asks the shop, and withholds from a visitor what isn't open to everyone.
fn find(turn: &Turn, code: &str) -> Result<Found, ToolError> {
    let found = match coupons::check(code) {
        Ok((coupon, state)) => Found::Known(coupon, state),
        Err(ToolError::NotFound) => Found::Unknown,
        Err(ToolError::Invalid(reason)) => {
            log::info(&format!("the shop can't say how it stands with the code: {reason}"));
            Found::Undecided
        }
        Err(error) => return Err(error),
    };
    Ok(if turn.is_authenticated() { found } else { open_to_everyone(found) })
}

/// What may be said to anyone: everything else is as if it didn't exist.
pub(crate) fn open_to_everyone(found: Found) -> Found {
    match found {
        Found::Known(coupon, state) if !coupon.personal && state != CouponState::NotForThisCustomer => {
            Found::Known(coupon, state)
        }
        _ => Found::Unknown,
    }
}

pub(crate) fn check(turn: &Turn, code: &str) -> Result<Outcome, ToolError> {
    let found = match find(turn, code) {
        Ok(found) => found,
        Err(ToolError::Unavailable(reason)) => {
            return Ok(Outcome::handoff(HandoffReason::ToolFailure, reason).fact("code", code));
        }
        Err(error) => return Err(error),
    };
    if found == Found::Unknown && request::may_be_an_order(turn, code) {
        return Ok(Outcome::Decline);
    }
    let is_refused = request::is_refused(turn.text());
    let usable = matches!(found, Found::Known(_, CouponState::Usable));
    let rules = if is_refused && usable { policy::quote(turn.text()) } else { None };
    Ok(told(turn, code, &found, is_refused, rules.as_ref()).into())
}

/// `is_refused`: the customer says that the checkout doesn't take it; `rules` is what the articles say about that.
pub(crate) fn told(turn: &Turn, code: &str, found: &Found, is_refused: bool, rules: Option<&Passage>) -> Reply {
    let language = turn.language();
    let Found::Known(coupon, state) = found else {
        wait_for_code();
        let code = code.to_uppercase();
        if *found == Found::Undecided {
            return see_codes(Reply::text(text::undecided(language, &code)), language).answered();
        }
        let (said, code) = match turn.is_authenticated() {
            true => (text::not_found(language, &code), None),
            false => (text::not_open(language, &code), Some(code)),
        };
        let reply = see_codes(Reply::text(said).tone(language, Tone::Sorry), language);
        return match code {
            Some(code) => reply.button(Button::choose(text::sign_in(language), format!("{}{code}", request::OWN_CODE))),
            None => reply,
        };
    };
    remember(vec![coupon.code.clone()]);
    let name = coupon.code.as_str();
    let sorry = |said: String| see_codes(Reply::text(said).tone(language, Tone::Sorry), language).answered();
    match state {
        CouponState::Usable => usable(turn, coupon, is_refused, rules),
        CouponState::Expired => {
            let past = |day: &&str| turn.calendar().days_ahead(day).is_some_and(|days| days <= 0);
            sorry(match coupon.expires_at.as_deref().filter(past).and_then(|day| turn.calendar().on(day)) {
                Some(on) => text::expired_on(language, name, &on),
                None => text::expired(language, name),
            })
        }
        CouponState::UsedUp => sorry(text::used_up(language, name)),
        CouponState::NotStarted => sorry(text::not_started(language, name)),
        CouponState::NotForThisCustomer => sorry(text::not_for_you(language, name)),
    }
}

fn usable(turn: &Turn, coupon: &Coupon, is_refused: bool, rules: Option<&Passage>) -> Reply {
    let (language, name) = (turn.language(), coupon.code.as_str());
    let mut said = text::usable(language, name);
    for sentence in [minimum(coupon, language), until(turn, coupon), terms(coupon, language)].into_iter().flatten() {
        said.push(' ');
        said.push_str(&sentence);
    }
    let reply = Reply::text(said).card(list::card(coupon, language));
    if !is_refused {
        return reply.tone(language, Tone::Good).answered();
    }
    // It isn't good news to someone whose checkout says no.
    policy::with_quote(reply, turn.text(), rules)
        .button(Button::choose(text::ask_team(language), format!("{}{name}", request::TEAM)))
        .answered()
}

fn minimum(coupon: &Coupon, language: Language) -> Option<String> {
    let least = coupon.minimum_spend.as_ref().filter(|_| !list::says_minimum(coupon));
    least.map(|least| text::needs(language, &least.show(language)))
}

fn until(turn: &Turn, coupon: &Coupon) -> Option<String> {
    let until = turn.calendar().until(coupon.expires_at.as_deref()?)?;
    Some(text::valid_until(turn.language(), &until))
}

fn terms(coupon: &Coupon, language: Language) -> Option<String> {
    coupon.terms.as_deref().map(|terms| text::terms(language, &list::in_a_sentence(terms)))
}

/// "When does it expire?" of the code that was shown last.
pub(crate) fn details(turn: &Turn, code: &str, about: About) -> Result<Outcome, ToolError> {
    Ok(match find(turn, code)? {
        Found::Known(coupon, CouponState::Usable) => detail(turn, &coupon, about).into(),
        found => told(turn, code, &found, false, None).into(),
    })
}

pub(crate) fn detail(turn: &Turn, coupon: &Coupon, about: About) -> Reply {
    let (language, name) = (turn.language(), coupon.code.as_str());
    let said = match about {
        About::End => match coupon.expires_at.as_deref().and_then(|day| turn.calendar().until(day)) {
            Some(until) => text::this_until(language, name, &until),
            None => text::no_end(language, name),
        },
        About::Minimum => match &coupon.minimum_spend {
            Some(least) => text::this_needs(language, name, &least.show(language)),
            None => text::no_minimum(language, name),
        },
    };
    Reply::text(said).card(list::card(coupon, language)).answered()
}

fn see_codes(reply: Reply, language: Language) -> Reply {
    reply.button(Button::choose(text::see_codes(language), request::CODES))
}

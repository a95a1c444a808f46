//! Where is my order?
//!
//! `request` finds out which order is meant, `status` says how it stands with it, `text` holds the words.

mod request;
mod status;
mod text;

use request::Pick;
use usher_sdk::skill::memory::Slot;
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::orders::{self, Order};

usher_sdk::skill!(handle);

/// How many orders are looked at when the customer names none: enough to find every order that is still under way.
const RECENT: u32 = 10;

/// The order for which the last reply offered the team's help.
const OFFERED: Slot<String> = Slot::new("offered");

fn handle(turn: Turn) -> Result<Outcome, ToolError> {
    let language = turn.language();
    if !turn.is_authenticated() {
        return Ok(Outcome::sign_in(text::to_see_orders(language)));
    }
    if let Some(name) = OFFERED.get() {
        OFFERED.forget();
        if agrees(turn.text()) {
            return Ok(ask_team(&orders::get(&name)?, HandoffReason::ExplicitRequest, text::FAILED_DELIVERY));
        }
    }
    if let Some(name) = order_name_in(turn.text()) {
        return match orders::get(name.as_str()) {
            Ok(order) => Ok(answer(&turn, &order)),
            Err(ToolError::NotFound) => Ok(not_found(language, &name, &orders::recent(3).unwrap_or_default()).into()),
            Err(error) => Err(error),
        };
    }
    let mut orders = orders::recent(RECENT)?;
    if let Some(name) = turn.focus.order_name.as_deref()
        && !orders.iter().any(|order| OrderName::new(name).is(&order.name))
        && let Ok(order) = orders::get(name)
    {
        orders.push(order);
    }
    Ok(match request::pick(&orders, turn.focus.order_name.as_deref(), turn.text(), &turn.calendar()) {
        Pick::One(order) => answer(&turn, order),
        Pick::Several(orders) => ask_which(&turn, &orders).into(),
        Pick::Nothing => Reply::text(text::no_orders(language)).expects(Expectation::OrderName).into(),
    })
}

fn answer(turn: &Turn, order: &Order) -> Outcome {
    let (language, calendar) = (turn.language(), turn.calendar());
    if turn.choice().is_some_and(|value| value.starts_with(request::ASK_TEAM)) {
        return ask_team(order, HandoffReason::ExplicitRequest, text::FAILED_DELIVERY);
    }
    if status::is_delivered(order) && request::is_missing(turn.text()) {
        return ask_team(order, HandoffReason::UnsupportedRequest, text::NOT_RECEIVED);
    }
    if request::is_about_contents(turn.text()) {
        return Reply::text(text::contents(language, &order.name, &status::item_list(order)))
            .card(status::card(order, language))
            .answered()
            .into();
    }
    if status::needs_team(order) && !OFFERED.set(&order.name) {
        log::warn("the offer of help could not be remembered; only its button works");
    }
    status::reply(order, language, &calendar).into()
}

fn ask_team(order: &Order, reason: HandoffReason, summary: &str) -> Outcome {
    let outcome = Outcome::handoff(reason, summary);
    status::facts(order).into_iter().fold(outcome, |outcome, (name, value)| outcome.fact(name, value))
}

/// The same for an order that doesn't exist and for one of somebody else's.
fn not_found(language: Language, name: &OrderName, own: &[Order]) -> Reply {
    let reply = Reply::text(text::not_found(language, name)).expects(Expectation::OrderName);
    own.iter().fold(reply, |reply, order| reply.button(Button::choose(&order.name, &order.name)))
}

fn ask_which(turn: &Turn, orders: &[&Order]) -> Reply {
    let (language, calendar) = (turn.language(), turn.calendar());
    let lines: Vec<String> = orders
        .iter()
        .map(|order| match calendar.name(&order.placed_at) {
            Some(day) => format!("- **{}** ({day}): {}", order.name, status::label(order, language)),
            None => format!("- **{}**: {}", order.name, status::label(order, language)),
        })
        .collect();
    let reply = Reply::text(text::which_order(language, &lines.join("\n"))).expects(Expectation::OrderName);
    orders.iter().fold(reply, |reply, order| reply.button(Button::choose(&order.name, &order.name)))
}

#[cfg(test)]
mod tests;

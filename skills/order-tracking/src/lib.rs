//! Where is my order?
//!
//! `request` finds out which order is meant, `status` says how it stands with it, `policy` quotes the shop's articles on
//! delivery times, `text` holds the words.

mod policy;
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
    if request::is_about_times(&turn)
        && let Some(reply) = policy::answer(&turn)?
    {
        return Ok(reply.into());
    }
    if !turn.is_authenticated() {
        return Ok(Outcome::sign_in(text::to_see_orders(language)));
    }
    if let Some(name) = OFFERED.get() {
        OFFERED.forget();
        if agrees(turn.text()) {
            return match orders::get(&name) {
                Ok(order) => Ok(ask_team(&order, HandoffReason::ExplicitRequest, text::WANTS_HELP)),
                Err(error) => unread(error, &name),
            };
        }
    }
    if let Some(name) = order_name_in(turn.text()) {
        return match orders::get(name.as_str()) {
            Ok(order) => Ok(answer(&turn, &order)),
            Err(ToolError::NotFound) => Ok(not_found(language, &name, &orders::recent(3).unwrap_or_default()).into()),
            Err(error) => unread(error, name.as_str()),
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
        return ask_team(order, HandoffReason::ExplicitRequest, text::WANTS_HELP);
    }
    let is_worried = request::is_missing(turn.text()) || request::is_stuck(turn.text());
    if is_worried && status::is_delivered(order) {
        return ask_team(order, HandoffReason::UnsupportedRequest, text::NOT_RECEIVED);
    }
    if is_worried && status::is_overdue(order, &calendar) {
        return ask_team(order, HandoffReason::UnsupportedRequest, text::LOST);
    }
    if request::is_about_contents(turn.text()) {
        return Reply::text(text::contents(language, &order.name, &status::item_list(order)))
            .card(status::card(order, language))
            .answered()
            .into();
    }
    if request::is_about_number(turn.text())
        && let Some(reply) = status::tracking_numbers(order, language)
    {
        return reply.into();
    }
    if status::needs_team(order) && !OFFERED.set(&order.name) {
        log::warn("the offer of help could not be remembered; only its button works");
    }
    let reply = status::reply(order, language, &calendar);
    if is_worried && !status::needs_team(order) {
        // The state alone doesn't settle it for somebody who misses a parcel.
        return Reply { answered: false, ..status::with_team(reply, order, language) }.into();
    }
    reply.into()
}

/// What a person should know of an order that couldn't be read just now.
fn unread(error: ToolError, name: &str) -> Result<Outcome, ToolError> {
    match error {
        ToolError::Unavailable(reason) => Ok(Outcome::handoff(HandoffReason::ToolFailure, reason).fact("order", name)),
        error => Err(error),
    }
}

fn ask_team(order: &Order, reason: HandoffReason, summary: &str) -> Outcome {
    let outcome = Outcome::handoff(reason, summary);
    status::facts(order).into_iter().fold(outcome, |outcome, (name, value)| outcome.fact(name, value))
}

/// The same for an order that doesn't exist and for one of somebody else's.
fn not_found(language: Language, name: &OrderName, own: &[Order]) -> Reply {
    let reply =
        Reply::text(text::not_found(language, name)).expects(Expectation::OrderName).tone(language, Tone::Sorry);
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
    let question = text::which_order(language, &lines.join("\n"));
    let reply = Reply::text(question).expects(Expectation::Choice).tone(language, Tone::Ask);
    orders.iter().fold(reply, |reply, order| {
        // With an item in it, "the blue one" is an answer.
        let item = order.lines.iter().find(|line| line.quantity > 0);
        let label = item.map_or_else(|| order.name.clone(), |item| format!("{}: {}", order.name, status::title(item)));
        reply.button(Button::choose(label, &order.name))
    })
}

#[cfg(test)]
mod tests;

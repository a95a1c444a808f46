//! Changing an order before it is sent: cancelling it, and sending it elsewhere.
//!
//! `request` finds out what is wanted and `which` for which order; `postal` reads an address. `change` makes the change: it
//! says what will happen, calls the tool, which waits for the customer's yes, and tells what came of it. `text` holds the
//! words.
//!
//! Whether the customer has agreed is not this skill's to know: it makes the same call again when the runtime runs the
//! turn again. So what it remembers is forgotten only by a turn that ends without a question to the customer.

mod change;
mod policy;
mod postal;
mod request;
mod text;
mod which;

use request::{Kind, Wish};
use usher_sdk::skill::memory::Slot;
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::orders::{self, Order};
use which::Which;

usher_sdk::skill!(handle);

/// What the customer was asked an order for (`cancel`), or a new address for which order (`address #1001`).
const WAITING: Slot<String> = Slot::new("waiting");

fn handle(turn: Turn) -> Result<Outcome, ToolError> {
    let language = turn.language();
    let waiting = WAITING.get();
    let wish = request::wish(&turn, waiting.as_deref());
    let asks_rules = turn.choice().is_none() && request::asks_rules(turn.text());
    if asks_rules
        && (!turn.is_authenticated() || wish == Wish::Something)
        && let Some(reply) = policy::answer(&turn)?
    {
        return Ok(reply.into());
    }
    if wish == Wish::Nothing {
        return Ok(Outcome::Decline);
    }
    if !turn.is_authenticated() {
        return Ok(Outcome::sign_in(text::to_change_orders(language)));
    }
    WAITING.forget();
    if settings::get("self-service").as_deref() == Some("link") && wish.is_change() {
        return Ok(by_link(language).into());
    }
    match wish {
        Wish::Leave => Ok(Reply::text(text::left(language)).answered().into()),
        Wish::Something => Ok(ask_what(language).into()),
        Wish::Items => items(&turn),
        Wish::Look(kind) => look(&turn, kind),
        Wish::Team(kind) => Ok(change::to_team(kind, order_name_in(turn.text()).as_ref(), turn.text())),
        Wish::Change(kind) => match find(&turn, kind)? {
            Found::Order(order) => change::make(&turn, kind, &order),
            Found::Answer(outcome) => Ok(outcome),
        },
        Wish::NewAddress(name) => match orders::get(&name) {
            Ok(order) => change::make(&turn, Kind::Address, &order),
            Err(ToolError::NotFound) => Ok(not_found(&turn, &OrderName::new(&name)).into()),
            Err(error) => Err(error),
        },
        Wish::Nothing => Ok(Outcome::Decline),
    }
}

enum Found {
    Order(Box<Order>),
    /// There is something to say or to ask first.
    Answer(Outcome),
}

/// The order that is to be changed.
fn find(turn: &Turn, kind: Kind) -> Result<Found, ToolError> {
    let language = turn.language();
    if let Some(name) = request::order_name(turn) {
        return match orders::get(name.as_str()) {
            Ok(order) => Ok(Found::Order(Box::new(order))),
            Err(ToolError::NotFound) => Ok(Found::Answer(not_found(turn, &name).into())),
            Err(error) => Err(error),
        };
    }
    let orders = orders::recent(which::RECENT)?;
    let focus = turn.focus.order_name.as_deref();
    Ok(match which::pick(&orders, focus, turn.text()) {
        Which::One(order) => Found::Order(Box::new(order.clone())),
        Which::Several(several) => Found::Answer(which::ask(turn, kind, &several).into()),
        Which::Nothing => Found::Answer(Reply::text(text::no_orders(language)).expects(Expectation::OrderName).into()),
    })
}

/// The same for an order that doesn't exist and for one of somebody else's.
fn not_found(turn: &Turn, name: &OrderName) -> Reply {
    Reply::text(text::not_found(turn.language(), name)).expects(Expectation::OrderName)
}

/// What a customer asks who isn't certain that a change was made.
fn look(turn: &Turn, kind: Kind) -> Result<Outcome, ToolError> {
    let Some(name) = order_name_in(turn.text()) else { return Ok(ask_what(turn.language()).into()) };
    match orders::get(name.as_str()) {
        Ok(order) => Ok(change::standing(turn, kind, &order).into()),
        Err(ToolError::NotFound) => Ok(not_found(turn, &name).into()),
        Err(error) => Err(error),
    }
}

/// No tool changes what is in an order: a person does.
fn items(turn: &Turn) -> Result<Outcome, ToolError> {
    let name = request::order_name(turn);
    let named = name.as_ref().map(OrderName::as_str).or(turn.focus.order_name.as_deref());
    let order = match named {
        Some(name) => orders::get(name).ok(),
        None => orders::recent(which::RECENT)?.into_iter().find(|order| order.editable),
    };
    Ok(change::items(turn, order.as_ref()))
}

fn ask_what(language: Language) -> Reply {
    Reply::text(text::what(language))
        .button(Button::choose(text::cancel_order(language), request::CANCEL))
        .button(Button::choose(text::change_address(language), request::ADDRESS))
        .button(Button::choose(text::change_items(language), request::ITEMS))
        .expects(Expectation::Choice)
}

fn by_link(language: Language) -> Reply {
    Reply::text(text::in_your_account(language))
        .button(Button::hub(text::my_orders(language), HubSection::Orders))
        .answered()
}

#[cfg(test)]
mod tests;

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

/// What was done or refused last, and for which order (`cancel #1001`): "and the other one?" goes on from there.
const LAST: Slot<String> = Slot::new("last");

fn handle(turn: Turn) -> Result<Outcome, ToolError> {
    let language = turn.language();
    let waiting = WAITING.get();
    let last = LAST.get();
    let wish = request::wish(&turn, waiting.as_deref(), last.as_deref());
    let asks_rules = turn.choice().is_none() && request::asks_rules(turn.text());
    if asks_rules
        && (!turn.is_authenticated() || wish == Wish::Something || request::asks_only_rules(turn.text()))
        && let Some(reply) = policy::answer(&turn, &question(&turn, &wish))?
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
    if settings::get("answer-with").as_deref() == Some("hub") && wish.is_change() {
        return Ok(by_link(language).into());
    }
    match wish {
        Wish::Leave => Ok(Reply::text(text::left(language)).answered().into()),
        Wish::Something => Ok(ask_what(language).into()),
        Wish::Items => items(&turn),
        Wish::TeamItems => items_to_team(&turn),
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

/// What the articles are asked. "Can I change my order?" alone is about whether it is still possible.
fn question(turn: &Turn, wish: &Wish) -> String {
    match wish {
        Wish::Something => text::rule_for_cancelling(turn.language()),
        _ => turn.text().to_owned(),
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
    // "The other one" is another than was dealt with, which may not be what a card showed.
    let last = LAST.get().and_then(|last| request::order_of(&last)).filter(|_| request::is_the_other(turn.text()));
    let focus = last.as_deref().or(turn.focus.order_name.as_deref());
    Ok(match which::pick(&orders, focus, turn.text()) {
        Which::One(order) => Found::Order(Box::new(order.clone())),
        Which::Several(several) => Found::Answer(which::ask(turn, kind, &several).into()),
        Which::Nothing => Found::Answer(Reply::text(text::no_orders(language)).expects(Expectation::OrderName).into()),
    })
}

/// The same for an order that doesn't exist and for one of somebody else's.
fn not_found(turn: &Turn, name: &OrderName) -> Reply {
    let language = turn.language();
    Reply::text(text::not_found(language, name)).expects(Expectation::OrderName).tone(language, Tone::Sorry)
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

/// No tool changes what is in an order: the shop's articles say how it is done, or a person does it.
fn items(turn: &Turn) -> Result<Outcome, ToolError> {
    let order = order_of_items(turn)?;
    let question = match turn.choice() {
        Some(_) => text::rule_for_items(turn.language()),
        None => turn.text().to_owned(),
    };
    let rule = policy::quote(&question)?;
    if let Some(order) = order.as_ref().filter(|order| !change::may_have_other_items(order)) {
        let reply = change::too_late(turn, Kind::Cancel, order);
        return Ok(policy::with_quote(reply, &question, rule.as_ref()).into());
    }
    match rule {
        Some(rule) => Ok(change::items_by_rule(turn, &question, order.as_ref(), &rule).into()),
        None => Ok(change::items(turn, order.as_ref())),
    }
}

/// The customer read how it is done, and wants a person all the same.
fn items_to_team(turn: &Turn) -> Result<Outcome, ToolError> {
    let order = order_of_items(turn)?;
    Ok(change::items(turn, order.as_ref()))
}

fn order_of_items(turn: &Turn) -> Result<Option<Order>, ToolError> {
    let name = request::order_name(turn);
    let named = name.as_ref().map(OrderName::as_str).or(turn.focus.order_name.as_deref());
    Ok(match named {
        Some(name) => orders::get(name).ok(),
        None => orders::recent(which::RECENT)?.into_iter().find(|order| order.editable),
    })
}

fn ask_what(language: Language) -> Reply {
    Reply::text(text::what(language))
        .tone(language, Tone::Ask)
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

//! Which order is meant.

use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::orders::{self, Order};

use crate::{text, words};

/// Orders to choose from at most.
const CHOICES: usize = 5;

/// How many orders are looked at when the customer names none.
const RECENT: u32 = 10;

#[derive(Debug, PartialEq)]
pub(crate) enum Which {
    One(Box<Order>),
    /// Newest first.
    Several(Vec<Order>),
    Nothing,
    /// The customer named an order that isn't theirs, or that doesn't exist: the two are the same.
    NotFound(OrderName, Vec<Order>),
}

/// `fits` says of which orders the customer may speak at all.
pub(crate) fn find(turn: &Turn, fits: fn(&Order) -> bool) -> Result<Which, ToolError> {
    if let Some(name) = order_name_in(turn.text()) {
        return match orders::get(name.as_str()) {
            Ok(order) => Ok(Which::One(Box::new(order))),
            // Without them the answer is shorter, not wrong.
            Err(ToolError::NotFound) => Ok(Which::NotFound(name, orders::recent(CHOICES as u32).unwrap_or_default())),
            Err(error) => Err(error),
        };
    }
    Ok(pick(known(turn)?, turn.focus.order_name.as_deref(), turn.text(), fits))
}

/// Recent orders, and the one that the conversation is about.
fn known(turn: &Turn) -> Result<Vec<Order>, ToolError> {
    let mut orders = orders::recent(RECENT)?;
    if let Some(name) = turn.focus.order_name.as_deref()
        && !orders.iter().any(|order| OrderName::new(name).is(&order.name))
        && let Ok(order) = orders::get(name)
    {
        orders.push(order);
    }
    Ok(orders)
}

/// The order that a text without a number speaks of. `orders` are newest first, and `focus` names the one that was
/// spoken of last.
pub(crate) fn pick(orders: Vec<Order>, focus: Option<&str>, said: &str, fits: fn(&Order) -> bool) -> Which {
    let focus = focus.map(OrderName::new);
    let is_focus = |order: &Order| focus.as_ref().is_some_and(|focus| focus.is(&order.name));
    let mut left = orders;
    if focus.is_some() && points_at_another(said) {
        left.retain(|order| !is_focus(order));
    } else if let Some(best) = best_match(&left, said) {
        left.retain(|order| score(order, said) == best);
        // What was spoken of last is meant, where it fits as well as another.
        if left.iter().any(is_focus) {
            left.retain(is_focus);
        }
    } else if mentions(said, words::THE_LATEST) {
        left.truncate(1);
    } else if left.iter().any(is_focus) {
        left.retain(is_focus);
    }
    // An order that can't be meant is answered about only where there is no other.
    if left.len() > 1 {
        left.retain(fits);
        left.truncate(CHOICES);
    }
    match left.len() {
        0 => Which::Nothing,
        1 => left.pop().map_or(Which::Nothing, |order| Which::One(Box::new(order))),
        _ => Which::Several(left),
    }
}

/// "And the other one?"
pub(crate) fn points_at_another(said: &str) -> bool {
    mentions(said, words::THE_OTHER) && !mentions(said, words::VARIANTS)
}

/// Whether a short message can be understood as pointing at an order: the other one, or the blue one.
pub(crate) fn speaks_of_an_order(turn: &Turn) -> Result<bool, ToolError> {
    let said = turn.text();
    Ok(points_at_another(said) || mentions(said, words::THE_LATEST) || best_match(&known(turn)?, said).is_some())
}

fn best_match(orders: &[Order], said: &str) -> Option<usize> {
    orders.iter().map(|order| score(order, said)).max().filter(|score| *score > 0)
}

/// How many words of the text are in the titles of what was ordered. A colour counts in any language.
fn score(order: &Order, said: &str) -> usize {
    let titles: Vec<String> = order
        .lines
        .iter()
        .flat_map(|line| [Some(&line.title), line.variant_title.as_ref()])
        .flatten()
        .flat_map(|title| words_of(title))
        .collect();
    let is_there = |word: &str| titles.iter().any(|title| title == word);
    let mut said = words_of(said);
    said.sort();
    said.dedup();
    let colour = |word: &str| words::COLOURS.iter().find(|names| names.contains(&word));
    said.iter()
        .filter(|word| is_there(word) || colour(word).is_some_and(|names| names.iter().any(|name| is_there(name))))
        .count()
}

/// In lower case and in the singular, as far as an `s` tells.
fn words_of(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .map(|word| word.chars().flat_map(char::to_lowercase).collect::<String>())
        .filter(|word| word.chars().count() > 2 && !words::FILLERS.contains(&word.as_str()))
        .map(|word| word.strip_suffix('s').filter(|rest| rest.chars().count() > 2).unwrap_or(&word).to_owned())
        .collect()
}

/// The question with a button for each order.
pub(crate) fn ask(turn: &Turn, orders: &[Order]) -> Reply {
    let reply = Reply::text(text::which_order(turn.language())).tone(turn.language(), Tone::Ask);
    with_choices(turn, reply.expects(Expectation::OrderName), orders)
}

/// The same for an order that doesn't exist and for one of somebody else's.
pub(crate) fn not_found(turn: &Turn, name: &OrderName, own: &[Order]) -> Reply {
    let reply = Reply::text(text::not_found(turn.language(), name)).expects(Expectation::OrderName);
    with_choices(turn, reply, own)
}

pub(crate) fn with_choices(turn: &Turn, reply: Reply, orders: &[Order]) -> Reply {
    let calendar = turn.calendar();
    orders.iter().take(CHOICES).fold(reply, |reply, order| {
        let label = match calendar.name(&order.placed_at) {
            Some(day) => format!("{} ({day})", order.name),
            None => order.name.clone(),
        };
        reply.button(Button::choose(label, &order.name))
    })
}

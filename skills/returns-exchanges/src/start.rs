//! Sending something back: which order, whether it can be, and the way into the portal.

use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::orders::{self, Order, OrderStatus, ShipmentStatus};
use usher_sdk::skill::tools::returns::{self, ReturnEligibility};

use crate::{policy, text, under_way};

/// Orders to choose from at most.
const CHOICES: usize = 5;

/// How many orders are looked at when the customer names none.
const RECENT: u32 = 10;

pub(crate) fn answer(turn: &Turn) -> Result<Outcome, ToolError> {
    let language = turn.language();
    if let Some(name) = order_name_in(turn.text()) {
        return match orders::get(name.as_str()) {
            Ok(order) => for_order(turn, &order),
            Err(ToolError::NotFound) => {
                Ok(Reply::text(text::not_found(language, &name)).expects(Expectation::OrderName).into())
            }
            Err(error) => Err(error),
        };
    }
    if let Some(name) = &turn.focus.order_name
        && let Ok(order) = orders::get(name)
    {
        return for_order(turn, &order);
    }
    let sent: Vec<Order> = orders::recent(RECENT)?.into_iter().filter(was_sent).collect();
    match sent.as_slice() {
        [] => Ok(Reply::text(text::nothing_to_return(language)).expects(Expectation::OrderName).into()),
        [order] => for_order(turn, order),
        several => Ok(ask_which(turn, several).into()),
    }
}

/// Whether anything of the order may be with the customer already.
fn was_sent(order: &Order) -> bool {
    matches!(order.status, OrderStatus::PartiallyFulfilled | OrderStatus::Fulfilled | OrderStatus::Delivered)
}

/// Whether all of the order was delivered. Without parcels to tell by, a sent order may have been.
fn has_arrived(order: &Order) -> bool {
    let arrived = |status| matches!(status, ShipmentStatus::Delivered | ShipmentStatus::Other);
    order.status == OrderStatus::Delivered
        || (order.status != OrderStatus::PartiallyFulfilled
            && order.shipments.iter().all(|parcel| arrived(parcel.status) || parcel.delivered_at.is_some()))
}

pub(crate) fn ask_which(turn: &Turn, orders: &[Order]) -> Reply {
    let calendar = turn.calendar();
    let reply = Reply::text(text::which_order(turn.language())).expects(Expectation::OrderName);
    orders.iter().take(CHOICES).fold(reply, |reply, order| {
        let label = match calendar.name(&order.placed_at) {
            Some(day) => format!("{} ({day})", order.name),
            None => order.name.clone(),
        };
        reply.button(Button::choose(label, &order.name))
    })
}

fn for_order(turn: &Turn, order: &Order) -> Result<Outcome, ToolError> {
    let language = turn.language();
    if let Some(reply) = without_asking(order, language) {
        return Ok(reply.into());
    }
    // A list that can't be had now doesn't keep the customer from the portal, which knows it too.
    let open = returns::list_open().unwrap_or_default();
    if let Some(request) = open.iter().find(|request| OrderName::new(&request.order_name).is(&order.name)) {
        return Ok(under_way::reply(turn, std::slice::from_ref(request)).into());
    }
    let eligibility = match returns::eligibility(&order.name) {
        Ok(eligibility) => Some(eligibility),
        // The returns provider doesn't know the order, or leaves it to its portal.
        Err(ToolError::NotFound | ToolError::Invalid(_)) => None,
        Err(error) => return Err(error),
    };
    if let Some(eligibility) = &eligibility
        && eligibility.eligible == Some(false)
        && !eligibility.advisory
        && has_arrived(order)
    {
        let question = text::policy_question(language);
        return Ok(policy::with_quote(refusal(turn, eligibility), &question, policy::quote(&question).as_ref()).into());
    }
    let postal_code = order.shipping_address.as_ref().map(|address| address.postal_code.as_str());
    let portal = match returns::portal_url(Some(&order.name), postal_code) {
        Ok(url) => Button::open(text::open_portal(language), url),
        // The customer hub has the same way in.
        Err(ToolError::NotFound | ToolError::Invalid(_)) => {
            Button::hub(text::open_portal(language), HubSection::Returns)
        }
        Err(error) => return Err(error),
    };
    Ok(invitation(turn, order, eligibility.as_ref()).button(portal).answered().into())
}

/// The answer for an order whose state alone says that there is nothing to return.
pub(crate) fn without_asking(order: &Order, language: Language) -> Option<Reply> {
    let refunded = order.refunded.as_ref().filter(|money| money.amount_minor > 0);
    let with_refund = |mut text: String| {
        if let Some(money) = refunded {
            text.push(' ');
            text.push_str(&text::refunded(language, &money.show(language)));
        }
        text
    };
    match order.status {
        OrderStatus::Cancelled => Some(Reply::text(with_refund(text::cancelled(language, &order.name))).answered()),
        OrderStatus::Returned => Some(Reply::text(with_refund(text::returned(language, &order.name))).answered()),
        OrderStatus::Unfulfilled if order.editable => Some(
            Reply::text(text::not_sent_editable(language, &order.name))
                .button(Button::hub(text::see_order(language), HubSection::Orders))
                .answered(),
        ),
        OrderStatus::Unfulfilled => Some(Reply::text(text::not_sent(language, &order.name)).answered()),
        OrderStatus::PartiallyFulfilled | OrderStatus::Fulfilled | OrderStatus::Delivered => None,
    }
}

/// What is known before the customer goes to the portal.
pub(crate) fn invitation(turn: &Turn, order: &Order, eligibility: Option<&ReturnEligibility>) -> Reply {
    let (language, calendar) = (turn.language(), turn.calendar());
    let Some(known) = eligibility else { return Reply::text(text::portal_decides(language, &order.name)) };
    // A provider that counts from the delivery says no to what has not arrived.
    if known.eligible == Some(false) && !has_arrived(order) {
        return Reply::text(text::on_its_way(language, &order.name));
    }
    let until = known.deadline.as_deref().filter(|day| calendar.days_ahead(day).is_some_and(|days| days >= 0));
    let mut text = match (known.eligible, until.and_then(|day| calendar.until(day))) {
        (Some(true), Some(until)) => text::eligible_until(language, &order.name, &until),
        (Some(true), None) => text::eligible(language, &order.name),
        (Some(false), _) => text::probably_not(language, &order.name),
        (None, Some(until)) => text::portal_decides_until(language, &order.name, &until),
        (None, None) => text::portal_decides(language, &order.name),
    };
    // With all items alike, the sentence above says it already.
    if known.items.iter().any(|item| item.eligible) && known.items.iter().any(|item| !item.eligible) {
        text.push_str("\n\n");
        text.push_str(&text::except(language));
        text.push_str(&refused_items(known));
    }
    Reply::text(text)
}

pub(crate) fn refusal(turn: &Turn, known: &ReturnEligibility) -> Reply {
    let (language, calendar) = (turn.language(), turn.calendar());
    let past = known.deadline.as_deref().filter(|day| calendar.days_ahead(day).is_some_and(|days| days < 0));
    let mut text = match past.and_then(|day| calendar.on(day)) {
        Some(on) => text::too_late(language, &known.order_name, &on),
        None => text::not_eligible(language, &known.order_name),
    };
    text.push_str(&refused_items(known));
    Reply::text(text)
}

/// A line for each item that can't be returned and has a reason.
fn refused_items(known: &ReturnEligibility) -> String {
    known
        .items
        .iter()
        .filter(|item| !item.eligible)
        .filter_map(|item| match (&item.title, &item.reason) {
            (Some(title), Some(reason)) => Some(format!("\n- {title}: {reason}")),
            (Some(title), None) => Some(format!("\n- {title}")),
            (None, Some(reason)) => Some(format!("\n- {reason}")),
            (None, None) => None,
        })
        .collect()
}

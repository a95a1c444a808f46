//! How it stands with returns that were requested, and with refunds.

use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::orders::{Order, OrderStatus};
use usher_sdk::skill::tools::returns::{self, ReturnRequest, ReturnStatus};

use crate::policy::{self, Quote};
use crate::request::ASK_TEAM;
use crate::which::{self, Which};
use crate::{card, start, text, words};

pub(crate) fn answer(turn: &Turn) -> Result<Outcome, ToolError> {
    let language = turn.language();
    let mut open = returns::list_open()?;
    let focus = turn.focus.order_name.as_deref().map(OrderName::new);
    match (order_name_in(turn.text()), focus) {
        (Some(name), _) => open.retain(|request| name.is(&request.order_name)),
        (None, Some(focus)) if which::points_at_another(turn.text()) => {
            open.retain(|request| !focus.is(&request.order_name));
        }
        _ => {}
    }
    if !open.is_empty() {
        let quote = mentions(turn.text(), words::MONEY).then(|| Quote::of_refunds(language)).flatten();
        return Ok(policy::with(reply(turn, &open), quote).into());
    }
    // No return is open: what was paid back stands in the orders.
    Ok(match which::find(turn, may_be_refunded)? {
        Which::One(order) => of_order(&order, language),
        Which::Several(orders) => match orders.iter().filter(|order| is_refunded(order)).collect::<Vec<_>>().as_slice()
        {
            [] => nothing_yet(turn, &orders),
            [order] => of_order(order, language),
            several => refunds(several, language),
        },
        Which::NotFound(name, own) => which::not_found(turn, &name, &own),
        Which::Nothing => nothing_yet(turn, &[]),
    }
    .into())
}

fn is_refunded(order: &Order) -> bool {
    order.refunded.as_ref().is_some_and(|money| money.amount_minor > 0)
}

fn may_be_refunded(order: &Order) -> bool {
    is_refunded(order) || order.status == OrderStatus::Returned || start::was_sent(order)
}

pub(crate) fn nothing_yet(turn: &Turn, orders: &[Order]) -> Reply {
    let reply = Reply::text(text::none_open(turn.language())).expects(Expectation::OrderName);
    which::with_choices(turn, reply, orders)
}

/// What the order itself says.
pub(crate) fn of_order(order: &Order, language: Language) -> Reply {
    let reply = match order.refunded.as_ref().filter(|money| money.amount_minor > 0) {
        Some(money) => Reply::text(text::order_refunded(language, &order.name, &money.show(language))).answered(),
        None => {
            let ask_team = Button::choose(text::ask_team(language), format!("{ASK_TEAM}{}", order.name));
            Reply::text(text::none_open_for(language, &order.name)).button(ask_team)
        }
    };
    reply.card(card::of(order, language))
}

fn refunds(orders: &[&Order], language: Language) -> Reply {
    let line = |order: &&Order| {
        let money = order.refunded.as_ref()?;
        Some(format!("- **{}**: {}", order.name, text::refunded(language, &money.show(language))))
    };
    Reply::text(orders.iter().filter_map(line).collect::<Vec<_>>().join("\n")).answered()
}

/// A line a return, with what can be opened.
pub(crate) fn reply(turn: &Turn, requests: &[ReturnRequest]) -> Reply {
    let (language, calendar) = (turn.language(), turn.calendar());
    let lines: Vec<String> = requests
        .iter()
        .map(|request| {
            let line = status(request, language);
            match calendar.name(&request.created_at) {
                Some(day) => format!("{line} {}", text::requested(language, &day)),
                None => line,
            }
        })
        .collect();
    let text = match lines.as_slice() {
        [line] => line.clone(),
        lines => lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n"),
    };
    let mut reply = Reply::text(text).answered();
    for request in requests {
        let is_to_be_sent = matches!(request.status, ReturnStatus::Requested | ReturnStatus::Open);
        if let Some(url) = request.label_url.as_ref().filter(|_| is_to_be_sent) {
            reply = reply.button(Button::open(text::label(language, &request.order_name), url));
        }
        if let Some(url) = &request.status_url {
            reply = reply.button(Button::open(text::see_return(language, &request.order_name), url));
        }
    }
    reply
}

fn status(request: &ReturnRequest, language: Language) -> String {
    let order = request.order_name.as_str();
    match request.status {
        ReturnStatus::Requested => text::requested_status(language, order),
        ReturnStatus::Open => text::open(language, order),
        ReturnStatus::InReview => text::in_review(language, order),
        ReturnStatus::Closed => text::closed(language, order),
        ReturnStatus::Cancelled => text::return_cancelled(language, order),
        ReturnStatus::Expired => text::expired(language, order),
        ReturnStatus::Rejected => text::rejected(language, order),
        ReturnStatus::Other => text::other(language, order),
    }
}

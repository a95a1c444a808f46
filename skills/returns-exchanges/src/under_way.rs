//! How it stands with returns that were requested.

use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::orders;
use usher_sdk::skill::tools::returns::{self, ReturnRequest, ReturnStatus};

use crate::text;

pub(crate) fn answer(turn: &Turn) -> Result<Outcome, ToolError> {
    let language = turn.language();
    let mut open = returns::list_open()?;
    let named = order_name_in(turn.text());
    if let Some(name) = &named {
        open.retain(|request| name.is(&request.order_name));
    }
    if !open.is_empty() {
        return Ok(reply(turn, &open).into());
    }
    // No return is open: what was paid back stands in the order.
    let name = named.as_ref().map(OrderName::as_str).or(turn.focus.order_name.as_deref());
    let Some(name) = name else {
        if !crate::WAITING.set(&true) {
            log::warn("the question could not be remembered; an order's number will be taken for a new return");
        }
        return Ok(Reply::text(text::none_open(language)).expects(Expectation::OrderName).into());
    };
    Ok(match orders::get(name) {
        Ok(order) => match order.refunded.as_ref().filter(|money| money.amount_minor > 0) {
            Some(money) => Reply::text(text::order_refunded(language, &order.name, &money.show(language))).answered(),
            None => Reply::text(text::none_open_for(language, &order.name))
                .button(Button::choose(text::start_return(language), &order.name)),
        },
        Err(ToolError::NotFound) => {
            Reply::text(text::not_found(language, &OrderName::new(name))).expects(Expectation::OrderName)
        }
        Err(error) => return Err(error),
    }
    .into())
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

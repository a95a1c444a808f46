//! Making a change: what it does, the call, and what came of it.

use crate::postal;
use crate::request::{self, Kind};
use crate::{LAST, WAITING, policy, text};
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::knowledge::Passage;
use usher_sdk::skill::tools::orders::{self, Order, OrderStatus};
use usher_sdk::skill::tools::{Address, order_actions};

/// A change that only needs the customer's yes.
#[derive(Debug, PartialEq)]
pub(crate) enum Change {
    Cancel,
    Address(Address),
}

/// What comes before the customer's yes.
#[derive(Debug, PartialEq)]
pub(crate) enum Plan {
    Make(Change),
    Say(Reply),
}

/// What came of a change.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Made {
    Yes,
    /// Certainly not. With the provider's reason, which isn't written for the customer.
    No(String),
    /// It isn't known.
    Perhaps,
}

pub(crate) fn make(turn: &Turn, kind: Kind, order: &Order) -> Result<Outcome, ToolError> {
    let language = turn.language();
    let change = match plan(turn, kind, order) {
        Plan::Make(change) => change,
        Plan::Say(reply) if order.editable => return Ok(reply.into()),
        Plan::Say(reply) => {
            remember(kind, order);
            // What the rule is asked about is known better than from the customer's few words.
            let question = rule(language, kind);
            return Ok(policy::with_quote(reply, &question, policy::quote(&question)?.as_ref()).into());
        }
    };
    consent::describe(&summary(language, order, &change));
    let answer = match &change {
        Change::Cancel => order_actions::cancel(&order.name),
        Change::Address(address) => order_actions::change_shipping_address(&order.name, address),
    };
    let made = made(answer)?;
    remember(kind, order);
    // How it stands now says more than the tool's answer: the refund, or what came between.
    let now = orders::get(&order.name).ok();
    Ok(told(turn, order, &change, &made, now.as_ref()).into())
}

/// The question that the shop's rule for a change that comes too late answers.
fn rule(language: Language, kind: Kind) -> String {
    match kind {
        Kind::Cancel => text::rule_for_cancelling(language),
        Kind::Address => text::rule_for_address(language),
    }
}

fn remember(kind: Kind, order: &Order) {
    if !LAST.set(&request::choice(kind, &order.name)) {
        log::warn("the change could not be remembered; \"and the other one?\" will not be understood");
    }
}

/// What there is to do, or to say instead.
pub(crate) fn plan(turn: &Turn, kind: Kind, order: &Order) -> Plan {
    let language = turn.language();
    if !order.editable {
        return Plan::Say(too_late(turn, kind, order));
    }
    if kind == Kind::Cancel {
        return Plan::Make(Change::Cancel);
    }
    let Some(current) = &order.shipping_address else {
        return Plan::Say(Reply::text(text::not_by_post(language, &order.name)).answered());
    };
    // The value of a button is no address.
    let typed = turn.choice().is_none().then(|| turn.text());
    match typed.and_then(|text| postal::read(text, &current.country_code)) {
        Some(found) => {
            let Some(address) = found.place.into_address(current) else {
                return Plan::Say(await_address(language, order, text::address_country(language)));
            };
            if address == *current {
                return Plan::Say(Reply::text(text::same_address(language, &order.name)).answered());
            }
            Plan::Make(Change::Address(address))
        }
        None => Plan::Say(ask_address(language, order, typed.is_some_and(postal::is_like_one))),
    }
}

/// Asks for the new address; once more where what was written could not be read as one.
fn ask_address(language: Language, order: &Order, again: bool) -> Reply {
    let question = if again { text::address_again(language) } else { text::which_address(language, &order.name) };
    await_address(language, order, question)
}

fn await_address(language: Language, order: &Order, question: String) -> Reply {
    if !WAITING.set(&request::choice(Kind::Address, &order.name)) {
        log::warn("the question could not be remembered; the address must come with the order's number");
    }
    Reply::text(question)
        .button(Button::choose(text::leave_it(language), request::leave_choice()))
        .expects(Expectation::Choice)
        .tone(language, Tone::Ask)
}

/// Exactly what will happen, for the customer to agree to.
pub(crate) fn summary(language: Language, order: &Order, change: &Change) -> String {
    match change {
        Change::Cancel => text::will_cancel(language, &order.name, &order.total.show(language)),
        Change::Address(address) => text::will_readdress(language, &order.name, &postal::one_line(address, language)),
    }
}

/// Sorts a tool's answer; what isn't the change's own is passed on.
pub(crate) fn made(answer: Result<(), ToolError>) -> Result<Made, ToolError> {
    match answer {
        Ok(()) => Ok(Made::Yes),
        Err(ToolError::Invalid(reason)) => Ok(Made::No(reason)),
        Err(ToolError::NotFound) => Ok(Made::No("the shop doesn't find the order".to_owned())),
        Err(ToolError::Unavailable(reason)) => {
            log::warn(&format!("whether the change was made isn't known: {reason}"));
            Ok(Made::Perhaps)
        }
        Err(ToolError::TooLarge) => Ok(Made::Perhaps),
        Err(ToolError::Denied(denial)) => match denial.reason {
            DenialReason::LimitReached | DenialReason::Policy | DenialReason::NotGranted => {
                Ok(Made::No(denial.message))
            }
            DenialReason::SignInRequired | DenialReason::ConsentRequired => Err(ToolError::Denied(denial)),
        },
    }
}

/// `order` as it was before, `now` as it is, where that could be read.
pub(crate) fn told(turn: &Turn, order: &Order, change: &Change, made: &Made, now: Option<&Order>) -> Reply {
    let (language, name, kind) = (turn.language(), order.name.as_str(), kind_of(change));
    match made {
        Made::Yes => done(language, name, change, now),
        _ if now.is_some_and(|now| shows(now, change)) => done(language, name, change, now),
        Made::Perhaps => uncertain(language, kind, name),
        Made::No(reason) => {
            log::info(&format!("the change was refused: {reason}"));
            // Where it can't be changed any more, that is the reason.
            if let Some(now) = now.filter(|now| !now.editable) {
                return too_late(turn, kind, now);
            }
            let said = match kind {
                Kind::Cancel => text::not_cancelled(language, name),
                Kind::Address => text::not_readdressed(language, name),
            };
            with_team(Reply::text(said).tone(language, Tone::Sorry), language, kind, name)
        }
    }
}

fn done(language: Language, name: &str, change: &Change, now: Option<&Order>) -> Reply {
    let said = match change {
        Change::Cancel => {
            let refunded = now.and_then(|now| now.refunded.as_ref()).filter(|money| money.amount_minor > 0);
            let money = match refunded {
                Some(money) => text::refunded(language, &money.show(language)),
                None => text::will_be_refunded(language),
            };
            format!("{} {money}", text::cancelled(language, name))
        }
        Change::Address(address) => text::readdressed(language, name, &postal::lines(address, language)),
    };
    Reply::text(said).tone(language, Tone::Good).answered()
}

fn kind_of(change: &Change) -> Kind {
    match change {
        Change::Cancel => Kind::Cancel,
        Change::Address(_) => Kind::Address,
    }
}

/// Whether the order shows the change.
fn shows(order: &Order, change: &Change) -> bool {
    match change {
        Change::Cancel => order.status == OrderStatus::Cancelled,
        Change::Address(address) => order.shipping_address.as_ref() == Some(address),
    }
}

fn uncertain(language: Language, kind: Kind, name: &str) -> Reply {
    let said = match kind {
        Kind::Cancel => text::perhaps_cancelled(language, name),
        Kind::Address => text::perhaps_readdressed(language, name),
    };
    let look = Button::choose(text::look_again(language), request::look_choice(kind, name));
    with_team(Reply::text(said).button(look), language, kind, name)
}

fn with_team(reply: Reply, language: Language, kind: Kind, name: &str) -> Reply {
    reply
        .button(Button::choose(text::ask_team(language), request::team_choice(kind, name)))
        .expects(Expectation::Choice)
}

/// Why an order can't be changed any more, and what can be done instead.
pub(crate) fn too_late(turn: &Turn, kind: Kind, order: &Order) -> Reply {
    let (language, name) = (turn.language(), order.name.as_str());
    match order.status {
        OrderStatus::Cancelled => {
            let on = order.cancelled_at.as_deref().and_then(|at| turn.calendar().on(at));
            let mut said = match on {
                Some(on) => text::is_cancelled_on(language, name, &on),
                None => text::is_cancelled(language, name),
            };
            if let Some(money) = order.refunded.as_ref().filter(|money| money.amount_minor > 0) {
                said.push(' ');
                said.push_str(&text::refunded(language, &money.show(language)));
            }
            Reply::text(said).answered()
        }
        OrderStatus::Returned => Reply::text(text::is_returned(language, name)).answered(),
        OrderStatus::Unfulfilled => {
            let reply = Reply::text(text::is_packed(language, name)).tone(language, Tone::Sorry);
            with_team(reply, language, kind, name)
        }
        OrderStatus::PartiallyFulfilled | OrderStatus::Fulfilled | OrderStatus::Delivered => {
            let delivered = order.status == OrderStatus::Delivered;
            let said = match delivered {
                true => text::is_delivered(language, name),
                false => text::is_sent(language, name),
            };
            let reply = Reply::text(said)
                .tone(language, Tone::Sorry)
                .button(Button::hub(text::start_return(language), HubSection::Returns));
            let tracked = order.shipments.iter().find_map(|parcel| parcel.tracking_url.as_ref());
            // Many carriers let the customer choose another place.
            match tracked.filter(|_| kind == Kind::Address && !delivered) {
                Some(url) => reply.button(Button::open(text::track(language), url)),
                None => reply,
            }
            .answered()
        }
    }
}

/// How it stands with a change that nobody was certain of.
pub(crate) fn standing(turn: &Turn, kind: Kind, order: &Order) -> Reply {
    let (language, name) = (turn.language(), order.name.as_str());
    match (kind, &order.shipping_address) {
        (Kind::Cancel, _) if order.editable => {
            let again = Button::choose(text::cancel_order(language), request::choice(kind, name));
            with_team(Reply::text(text::not_cancelled_yet(language, name)).button(again), language, kind, name)
        }
        (Kind::Address, Some(address)) => {
            let said = text::goes_to(language, name, &postal::lines(address, language));
            with_team(Reply::text(said), language, kind, name)
        }
        _ => too_late(turn, kind, order),
    }
}

pub(crate) fn to_team(kind: Kind, order: Option<&OrderName>, said: &str) -> Outcome {
    let summary = match kind {
        Kind::Cancel => "The customer wants an order cancelled, and it could not be done here, or isn't certain.",
        Kind::Address => "The customer wants an order sent elsewhere, and it could not be done here, or isn't certain.",
    };
    let outcome = Outcome::handoff(HandoffReason::ExplicitRequest, summary);
    match order {
        Some(name) => outcome.fact("order", name.to_string()),
        None => outcome.fact("message", said),
    }
}

/// Whether a person could still put other items into it.
pub(crate) fn may_have_other_items(order: &Order) -> bool {
    order.editable || order.status == OrderStatus::Unfulfilled
}

/// How the shop handles other items, sizes and quantities, with the way to cancel and to a person.
pub(crate) fn items_by_rule(turn: &Turn, question: &str, order: Option<&Order>, passage: &Passage) -> Reply {
    let language = turn.language();
    let name = order.map(|order| order.name.as_str());
    let reply = policy::with_quote(Reply::text(text::other_items(language)), question, Some(passage))
        .button(Button::choose(text::ask_team(language), request::team_items_choice(name)));
    match name.filter(|_| order.is_some_and(|order| order.editable)) {
        Some(name) => reply.button(Button::choose(text::cancel_order(language), request::choice(Kind::Cancel, name))),
        None => reply,
    }
}

/// A change of what is in an order, as a person's work.
pub(crate) fn items(turn: &Turn, order: Option<&Order>) -> Outcome {
    // Behind a button stands what was written before.
    let request = turn.choice().and(turn.previous_question()).unwrap_or(turn.text());
    let outcome = Outcome::handoff(
        HandoffReason::UnsupportedRequest,
        "The customer wants other items, sizes or quantities in an order that was placed.",
    )
    .fact("request", request);
    match order {
        Some(order) => outcome
            .fact("order", &order.name)
            .fact("can be changed", if order.editable { "yes" } else { "no, it is being packed" }),
        None => outcome,
    }
}

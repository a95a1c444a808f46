//! Sending something back, exchanging it, or telling that it came broken: which order, whether it can be, and the way in.

use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::orders::{Order, OrderStatus, ShipmentStatus};
use usher_sdk::skill::tools::returns::{self, ItemEligibility, ReturnEligibility};

use crate::policy::{self, Quote};
use crate::request::{ASK_TEAM, What};
use crate::which::{self, Which};
use crate::{card, text, under_way};

pub(crate) fn answer(turn: &Turn, what: What) -> Result<Outcome, ToolError> {
    let language = turn.language();
    Ok(match which::find(turn, was_sent)? {
        // What the tools can't tell, a person can: they should know which order it is about.
        Which::One(order) => for_order(turn, &order, what)
            .into_outcome(language)
            .fact("order", &order.name)
            .fact("wants", what.in_words()),
        Which::Several(orders) => which::ask(turn, &orders).into(),
        Which::NotFound(name, own) => which::not_found(turn, &name, &own).into(),
        Which::Nothing => Reply::text(text::nothing_to_return(language)).expects(Expectation::OrderName).into(),
    })
}

/// Whether anything of the order may be with the customer already.
pub(crate) fn was_sent(order: &Order) -> bool {
    matches!(order.status, OrderStatus::PartiallyFulfilled | OrderStatus::Fulfilled | OrderStatus::Delivered)
}

/// Whether all of the order was delivered. Without parcels to tell by, a sent order may have been.
fn has_arrived(order: &Order) -> bool {
    let arrived = |status| matches!(status, ShipmentStatus::Delivered | ShipmentStatus::Other);
    order.status == OrderStatus::Delivered
        || (order.status != OrderStatus::PartiallyFulfilled
            && order.shipments.iter().all(|parcel| arrived(parcel.status) || parcel.delivered_at.is_some()))
}

fn for_order(turn: &Turn, order: &Order, what: What) -> Result<Outcome, ToolError> {
    let language = turn.language();
    if let Some(reply) = without_asking(order, language) {
        return Ok(reply.card(card::of(order, language)).into());
    }
    // A list that can't be had now doesn't keep the customer from the portal, which knows it too.
    let open = returns::list_open().unwrap_or_default();
    let under_way = open.iter().find(|request| OrderName::new(&request.order_name).is(&order.name));
    if let Some(request) = under_way.filter(|_| what != What::Fault) {
        let reply = under_way::reply(turn, std::slice::from_ref(request)).card(card::of(order, language));
        // The rest of the order may come back too, and the hub has the way to it.
        return Ok(reply.button(WayIn::hub(language).button).into());
    }
    let eligibility = match returns::eligibility(&order.name) {
        Ok(eligibility) => Some(eligibility),
        // The returns provider doesn't know the order, or leaves it to its portal.
        Err(ToolError::NotFound | ToolError::Invalid(_)) => None,
        Err(error) => return Err(error),
    };
    let answer = Answer { turn, order, what, known: eligibility.as_ref() };
    if answer.is_for_the_team() {
        return Ok(Outcome::handoff(
            HandoffReason::PolicyRestriction,
            "The customer reports a damaged, faulty or wrong item, and the returns provider says that this order can't be \
             returned.",
        ));
    }
    let quote = answer.raises_the_policy().then(|| Quote::of_what_can_return(language)).flatten();
    let way_in = match answer.is_final_refusal() {
        true => None,
        false => Some(WayIn::of(order, Leads::from_settings(), language)?),
    };
    Ok(policy::with(answer.reply(way_in), quote).card(card::of(order, language)).into())
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

/// Where buttons lead, by the setting `answer-with`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Leads {
    ToThePortal,
    ToTheHub,
}

impl Leads {
    fn from_settings() -> Self {
        match settings::get("answer-with").as_deref() {
            Some("hub") => Leads::ToTheHub,
            _ => Leads::ToThePortal,
        }
    }
}

/// The button to where a return is asked for, and that place in words: "in our returns portal".
#[derive(Debug)]
pub(crate) struct WayIn {
    pub(crate) button: Button,
    pub(crate) place: String,
}

impl WayIn {
    fn of(order: &Order, leads: Leads, language: Language) -> Result<Self, ToolError> {
        if leads == Leads::ToTheHub {
            return Ok(Self::hub(language));
        }
        let postal_code = order.shipping_address.as_ref().map(|address| address.postal_code.as_str());
        match returns::portal_url(Some(&order.name), postal_code) {
            Ok(url) => {
                Ok(WayIn { button: Button::open(text::open_portal(language), url), place: text::in_portal(language) })
            }
            // The customer hub has the same way in.
            Err(ToolError::NotFound | ToolError::Invalid(_)) => Ok(Self::hub(language)),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn hub(language: Language) -> Self {
        WayIn { button: Button::hub(text::open_hub(language), HubSection::Returns), place: text::in_hub(language) }
    }
}

/// What is known of an order that was sent, and what the customer wants with it.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) turn: &'a Turn,
    pub(crate) order: &'a Order,
    pub(crate) what: What,
    pub(crate) known: Option<&'a ReturnEligibility>,
}

impl Answer<'_> {
    /// None where only the portal decides. A provider that counts from the delivery says no to what has not arrived.
    fn eligible(&self) -> Option<bool> {
        self.known.and_then(|known| known.eligible).filter(|eligible| *eligible || has_arrived(self.order))
    }

    /// There is no portal to send the customer to: the provider's no is its last word.
    pub(crate) fn is_final_refusal(&self) -> bool {
        self.eligible() == Some(false) && self.known.is_some_and(|known| !known.advisory)
    }

    /// A broken item is the shop's to make good, whatever the rules for a change of mind say.
    pub(crate) fn is_for_the_team(&self) -> bool {
        self.what == What::Fault && self.eligible() == Some(false)
    }

    /// A no is explained by the rules, and so is what only the portal decides.
    pub(crate) fn raises_the_policy(&self) -> bool {
        self.what != What::Fault && has_arrived(self.order) && self.eligible() != Some(true)
    }

    /// `way_in` is none for a final refusal.
    pub(crate) fn reply(&self, way_in: Option<WayIn>) -> Reply {
        let (language, name) = (self.turn.language(), self.order.name.as_str());
        let ask_team = || Button::choose(text::ask_team(language), format!("{ASK_TEAM}{name}"));
        let Some(WayIn { button, place }) = way_in else {
            return Reply::text(self.why_not(self.too_late_or_not()))
                .tone(language, Tone::Sorry)
                .button(ask_team())
                .answered();
        };
        if self.what == What::Fault {
            let text = text::fault(language, name, &place);
            return Reply::text(text).button(button).button(ask_team()).answered();
        }
        if self.eligible() == Some(false) {
            let text = match self.delivered_on() {
                Some(_) => text::probably_too_late(language, name, &place),
                None => text::probably_not(language, name, &place),
            };
            let text = self.why_not(text);
            return Reply::text(text).tone(language, Tone::Sorry).button(button).button(ask_team()).answered();
        }
        let until = self.deadline(0..).and_then(|day| self.turn.calendar().until(day));
        let mut text = match (self.eligible(), until) {
            (Some(true), Some(until)) => text::eligible_until(language, name, &until, &place),
            (Some(true), None) => text::eligible(language, name, &place),
            _ if !has_arrived(self.order) => text::on_its_way(language, name, &place),
            (_, Some(until)) => text::portal_decides_until(language, name, &until, &place),
            (_, None) => text::portal_decides(language, name, &place),
        };
        if self.what == What::Exchange {
            text.push(' ');
            text.push_str(&text::exchange_there(language));
        }
        text.push_str(&self.exceptions());
        let reply = Reply::text(text).button(button).answered();
        if self.eligible() == Some(true) { reply.tone(language, Tone::Good) } else { reply }
    }

    /// The provider's deadline, where it is so many days ahead.
    fn deadline(&self, days: impl std::ops::RangeBounds<i64>) -> Option<&str> {
        let calendar = self.turn.calendar();
        let day = self.known?.deadline.as_deref()?;
        calendar.days_ahead(day).is_some_and(|ahead| days.contains(&ahead)).then_some(day)
    }

    fn too_late_or_not(&self) -> String {
        let (language, name) = (self.turn.language(), self.order.name.as_str());
        match self.deadline(..0).and_then(|day| self.turn.calendar().on(day)) {
            Some(on) => text::too_late(language, name, &on),
            None => text::not_eligible(language, name),
        }
    }

    /// The last delivery, where it is known.
    fn delivered_on(&self) -> Option<String> {
        let delivered = self.order.shipments.iter().filter_map(|parcel| parcel.delivered_at.as_deref()).max();
        delivered.and_then(|at| self.turn.calendar().on(at))
    }

    /// When it was delivered, and what the provider says of each item.
    fn why_not(&self, mut text: String) -> String {
        let language = self.turn.language();
        if let Some(on) = self.delivered_on() {
            text.push(' ');
            text.push_str(&text::delivered(language, &on));
        }
        let items = self.known.map_or(&[][..], |known| known.items.as_slice());
        text + &refused(items, language)
    }

    /// Where some items can come back and others can't. Before the delivery, that is no item's last word.
    fn exceptions(&self) -> String {
        if !has_arrived(self.order) {
            return String::new();
        }
        let language = self.turn.language();
        let items = self.known.map_or(&[][..], |known| known.items.as_slice());
        let some_refused = items.iter().any(|item| !item.eligible);
        if !some_refused || (self.eligible() == Some(true) && !items.iter().any(|item| item.eligible)) {
            return String::new();
        }
        match refused(items, language) {
            // The provider counts them and doesn't name them.
            lines if lines.is_empty() => format!(" {}", text::not_every_item(language)),
            lines => format!("\n\n{}{lines}", text::except(language)),
        }
    }
}

/// A line for each item that can't be returned and has a name or a reason, each once.
fn refused(items: &[ItemEligibility], language: Language) -> String {
    let mut lines: Vec<String> = Vec::new();
    for item in items.iter().filter(|item| !item.eligible) {
        let reason = item.reason.as_deref().and_then(|reason| text::reason(language, reason));
        let line = match (&item.title, reason) {
            (Some(title), Some(reason)) => format!("\n- {title}: {reason}"),
            (Some(title), None) => format!("\n- {title}"),
            (None, Some(reason)) => format!("\n- {reason}"),
            (None, None) => continue,
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.concat()
}

//! How it stands with subscriptions: the answer, the card, the next step.

use crate::request::{self, Kind};
use crate::text;
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::subscriptions::{Interval, IntervalUnit, Subscription, SubscriptionStatus};

/// Cards of one reply.
const CARDS: usize = 3;

/// What there is to say of these, with a card each. `by_portal` where changes are made elsewhere.
pub(crate) fn reply(turn: &Turn, told: &[&Subscription], by_portal: bool) -> Reply {
    let language = turn.language();
    let said = match told {
        [one] => sentence(turn, one),
        several => {
            let lines: Vec<String> = several.iter().map(|one| format!("- {}", sentence(turn, one))).collect();
            format!("{}\n{}", text::yours(language), lines.join("\n"))
        }
    };
    let reply =
        told.iter().take(CARDS).fold(Reply::text(said), |reply, one| reply.card(card(language, one, by_portal)));
    reply.answered()
}

/// The same where something came or was charged that the customer didn't want. Nothing is owned to: only a person can see why.
pub(crate) fn disputed(turn: &Turn, told: &[&Subscription], by_portal: bool) -> Reply {
    let reply = self::reply(turn, told, by_portal);
    let text = format!("{}\n\n{}", reply.text, text::if_not_right(turn.language()));
    Reply { text, ..reply }
}

/// The state with its day, and the price where the customer asks for it.
pub(crate) fn sentence(turn: &Turn, one: &Subscription) -> String {
    let (language, title) = (turn.language(), one.title.as_str());
    let on = one.next_charge_on.as_deref().and_then(|day| turn.calendar().on(day));
    let state = match (one.status, on) {
        (SubscriptionStatus::Active, Some(on)) => text::next(language, title, &on),
        (SubscriptionStatus::Active, None) => text::active(language, title),
        (SubscriptionStatus::Paused, Some(on)) => text::paused_until(language, title, &on),
        (SubscriptionStatus::Paused, None) => text::paused(language, title),
        (SubscriptionStatus::Cancelled, _) => text::is_cancelled(language, title),
        (SubscriptionStatus::Expired, _) => text::is_expired(language, title),
        (SubscriptionStatus::Other, _) => text::unclear(language, title),
    };
    if runs(one) && request_price(turn.text()) { format!("{state} {}", price(language, one)) } else { state }
}

/// "It costs 2 × €9.50, so €19.00, every 4 weeks; shipping may be added."
fn price(language: Language, one: &Subscription) -> String {
    let (each, every) = (one.price.show(language), every(language, one.interval));
    if one.quantity <= 1 {
        return text::costs(language, &each, &every);
    }
    let total = Money { amount_minor: one.price.amount_minor * i64::from(one.quantity), ..one.price.clone() };
    text::costs_several(language, one.quantity, &each, &total.show(language), &every)
}

/// What a delivery costs, without shipping.
pub(crate) fn total(language: Language, one: &Subscription) -> String {
    let amount_minor = one.price.amount_minor * i64::from(one.quantity);
    Money { amount_minor, ..one.price.clone() }.show(language)
}

/// Something comes, now or after a pause.
pub(crate) fn runs(one: &Subscription) -> bool {
    matches!(one.status, SubscriptionStatus::Active | SubscriptionStatus::Paused)
}

pub(crate) fn card(language: Language, one: &Subscription, by_portal: bool) -> Card {
    let title = if one.quantity > 1 { format!("{} × {}", one.quantity, one.title) } else { one.title.clone() };
    let amount_minor = one.price.amount_minor * i64::from(one.quantity);
    let card = Card::new(SubscriptionCard {
        title,
        status: label(language, one.status),
        interval: every(language, one.interval),
        next_charge_on: one.next_charge_on.clone(),
        price: Money { amount_minor, ..one.price.clone() },
    });
    let choose = |label: String, kind| Button::choose(label, request::choice(kind, &one.id));
    match one.status {
        _ if by_portal => card.button(Button::hub(text::manage(language), HubSection::Subscriptions)),
        SubscriptionStatus::Active => {
            let card = if one.skippable { card.button(choose(text::skip(language), Kind::Skip)) } else { card };
            card.button(choose(text::pause(language), Kind::Pause))
                .button(choose(text::reschedule(language), Kind::Reschedule))
        }
        SubscriptionStatus::Paused => card
            .button(choose(text::resume(language), Kind::Resume))
            .button(choose(text::reschedule(language), Kind::Reschedule)),
        SubscriptionStatus::Cancelled => card.button(choose(text::resume(language), Kind::Resume)),
        SubscriptionStatus::Expired | SubscriptionStatus::Other => card,
    }
}

fn label(language: Language, status: SubscriptionStatus) -> String {
    match status {
        SubscriptionStatus::Active => text::label_active(language),
        SubscriptionStatus::Paused => text::label_paused(language),
        SubscriptionStatus::Cancelled => text::label_cancelled(language),
        SubscriptionStatus::Expired => text::label_expired(language),
        SubscriptionStatus::Other => text::label_other(language),
    }
}

fn every(language: Language, interval: Interval) -> String {
    let count = interval.count.into();
    match interval.unit {
        IntervalUnit::Day => text::every_days(language, count),
        IntervalUnit::Week => text::every_weeks(language, count),
        IntervalUnit::Month => text::every_months(language, count),
        IntervalUnit::Year => text::every_years(language, count),
    }
}

fn request_price(said: &str) -> bool {
    mentions(said, PRICE)
}

#[rustfmt::skip]
const PRICE: &[&str] = &[
    "how much", "price*", "cost*", "pay", "paying", "charged", "combien", "prix", "coûte*", "coute", "payer", "paie",
    "hoeveel", "prijs", "kost", "kosten", "betaal*", "hur mycket", "pris*", "kostar", "betalar",
];

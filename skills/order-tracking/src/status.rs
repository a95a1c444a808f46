//! How it stands with an order, in the customer's words.

use crate::{request, text};
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::orders::{Line, Order, OrderStatus, Shipment, ShipmentStatus};

/// A parcel this many days behind its day may be lost.
const LATE_DAYS: i64 = 3;

/// So may one whose carrier gave no day, this long after it was sent.
const SILENT_DAYS: i64 = 10;

/// More buttons to track a parcel than this make no card clearer.
const TRACKED: usize = 3;

/// The answer to "where is it?".
pub(crate) fn reply(order: &Order, language: Language, calendar: &Calendar) -> Reply {
    let mut sentences = vec![match (order.status, order.shipments.as_slice()) {
        (OrderStatus::Cancelled, _) => match order.cancelled_at.as_deref().and_then(|at| calendar.on(at)) {
            Some(on) => text::cancelled_on(language, &order.name, &on),
            None => text::cancelled(language, &order.name),
        },
        (OrderStatus::Returned, _) => text::returned(language, &order.name),
        (OrderStatus::Unfulfilled, []) => text::unfulfilled(language, &order.name),
        (OrderStatus::Delivered, []) => text::delivered(language, &order.name),
        (OrderStatus::PartiallyFulfilled, parcels) => {
            parcel_list(text::partly_sent(language, &order.name), parcels, language, calendar)
        }
        (_, []) => text::sent(language, &order.name),
        (_, [parcel]) => one_parcel(&order.name, parcel, language, calendar),
        (_, parcels) => {
            let heading = text::several_parcels(language, &order.name, parcels.len() as u64);
            parcel_list(heading, parcels, language, calendar)
        }
    }];
    if let Some(refunded) = &order.refunded
        && refunded.amount_minor > 0
    {
        sentences.push(text::refunded(language, &refunded.show(language)));
    }
    if order.status == OrderStatus::PartiallyFulfilled {
        sentences.push(text::rest_not_sent(language));
    }
    if let Some(minutes @ 1..) = calendar.minutes_since(&order.as_of) {
        sentences.push(text::read_minutes_ago(language, minutes));
    }
    // After a list, what follows is a paragraph of its own.
    let separator = if sentences[0].contains('\n') { "\n\n" } else { " " };
    let reply = Reply::text(sentences.join(separator)).card(card(order, language));
    let reply = match tone(order, calendar) {
        Some(tone) => reply.tone(language, tone),
        None => reply,
    };
    if needs_team(order) {
        return with_team(reply, order, language).expects(Expectation::YesOrNo);
    }
    if is_overdue(order, calendar) {
        return with_team(reply, order, language);
    }
    reply.answered()
}

/// Offers help from a person with this order.
pub(crate) fn with_team(reply: Reply, order: &Order, language: Language) -> Reply {
    let value = format!("{}{}", request::ASK_TEAM, order.name);
    let ask = Button::choose(text::ask_team(language), value);
    if reply.quick_replies.contains(&ask) { reply } else { reply.button(ask) }
}

/// Good news and bad; most states are neither.
fn tone(order: &Order, calendar: &Calendar) -> Option<Tone> {
    let [parcel] = order.shipments.as_slice() else { return None };
    match stage(order) {
        Stage::Parcel(ShipmentStatus::OutForDelivery | ShipmentStatus::ReadyForPickup | ShipmentStatus::Delivered) => {
            Some(Tone::Good)
        }
        Stage::Parcel(ShipmentStatus::Failed) => Some(Tone::Sorry),
        Stage::Parcel(ShipmentStatus::InTransit) if days_late(parcel, calendar).is_some() => Some(Tone::Sorry),
        _ => None,
    }
}

/// Days behind the carrier's own day; none where there is no such day, or it isn't over.
fn days_late(parcel: &Shipment, calendar: &Calendar) -> Option<i64> {
    let ahead = calendar.days_ahead(parcel.estimated_delivery.as_deref()?)?;
    (ahead < 0).then_some(-ahead)
}

/// A parcel is so late, or so long without news, that it may be lost.
pub(crate) fn is_overdue(order: &Order, calendar: &Calendar) -> bool {
    let is_open = matches!(order.status, OrderStatus::Fulfilled | OrderStatus::PartiallyFulfilled);
    let sent_days_ago = |parcel: &Shipment| Some(-calendar.days_ahead(parcel.shipped_at.as_deref()?)?);
    is_open
        && order.shipments.iter().any(|parcel| match (parcel.status, &parcel.estimated_delivery) {
            (ShipmentStatus::Delivered | ShipmentStatus::ReadyForPickup | ShipmentStatus::OutForDelivery, _) => false,
            (_, Some(_)) => days_late(parcel, calendar).is_some_and(|days| days >= LATE_DAYS),
            (_, None) => sent_days_ago(parcel).is_some_and(|days| days >= SILENT_DAYS),
        })
}

/// "What's the tracking number?" None for an order that isn't on any way.
pub(crate) fn tracking_numbers(order: &Order, language: Language) -> Option<Reply> {
    let name = order.name.as_str();
    let numbers: Vec<String> = order
        .shipments
        .iter()
        .filter_map(|parcel| {
            let number = parcel.tracking_number.as_ref()?;
            Some(match &parcel.carrier {
                Some(carrier) => format!("**{number}** ({carrier})"),
                None => format!("**{number}**"),
            })
        })
        .collect();
    let said = match order.status {
        OrderStatus::Cancelled | OrderStatus::Returned => return None,
        _ if numbers.len() == 1 => text::tracking_number(language, name, &numbers.concat()),
        _ if !numbers.is_empty() => text::tracking_numbers(language, name, &format!("- {}", numbers.join("\n- "))),
        OrderStatus::Unfulfilled if order.shipments.is_empty() => text::no_tracking_yet(language, name),
        _ => text::no_tracking(language, name),
    };
    Some(Reply::text(said).card(card(order, language)).answered())
}

/// The carrier gave up: somebody has to act, and the reply offers to ask the team.
pub(crate) fn needs_team(order: &Order) -> bool {
    stage(order) == Stage::Parcel(ShipmentStatus::Failed)
}

fn one_parcel(name: &str, parcel: &Shipment, language: Language, calendar: &Calendar) -> String {
    let expected = parcel.estimated_delivery.as_deref();
    let is_late = days_late(parcel, calendar).is_some();
    let expected = expected.and_then(|day| calendar.on(day));
    let on = |instant: &Option<String>| instant.as_deref().and_then(|instant| calendar.on(instant));
    match (parcel.status, expected) {
        (ShipmentStatus::Delivered, _) => match on(&parcel.delivered_at) {
            Some(on) => text::delivered_on(language, name, &on),
            None => text::delivered(language, name),
        },
        (ShipmentStatus::OutForDelivery, _) => text::out_for_delivery(language, name),
        (ShipmentStatus::InTransit, Some(on)) if is_late => text::late(language, name, &on),
        (ShipmentStatus::InTransit, Some(on)) => text::in_transit_until(language, name, &on),
        (ShipmentStatus::InTransit, None) => text::in_transit(language, name),
        (ShipmentStatus::Preparing, Some(on)) if !is_late => text::packed_until(language, name, &on),
        (ShipmentStatus::Preparing, _) => text::packed(language, name),
        (ShipmentStatus::Attempted, _) => text::attempted(language, name),
        (ShipmentStatus::ReadyForPickup, _) => text::ready_for_pickup(language, name),
        (ShipmentStatus::Failed, _) => text::failed(language, name),
        (ShipmentStatus::Other, _) => match on(&parcel.shipped_at) {
            Some(on) => text::sent_on(language, name, &on),
            None => text::sent(language, name),
        },
    }
}

fn parcel_list(heading: String, parcels: &[Shipment], language: Language, calendar: &Calendar) -> String {
    let mut lines = vec![heading];
    for (index, parcel) in parcels.iter().enumerate() {
        let (label, number) = (parcel_label(parcel.status, language), index + 1);
        let is_delivered = parcel.status == ShipmentStatus::Delivered;
        let day = if is_delivered { &parcel.delivered_at } else { &parcel.estimated_delivery };
        let carrier = parcel.carrier.as_ref().map_or(String::new(), |carrier| format!(" ({carrier})"));
        lines.push(match day.as_deref().and_then(|day| calendar.on(day)) {
            Some(on) if is_delivered => format!("- {number}{carrier}: {label}, {on}"),
            Some(on) => format!("- {number}{carrier}: {label}, {}", text::expected(language, &on)),
            None => format!("- {number}{carrier}: {label}"),
        });
    }
    lines.join("\n")
}

/// The order card with what can be done next.
pub(crate) fn card(order: &Order, language: Language) -> Card {
    let parcel = order.shipments.iter().find(|parcel| parcel.status != ShipmentStatus::Delivered);
    let shown = parcel.or(order.shipments.first());
    let mut card = Card::new(OrderCard {
        name: order.name.clone(),
        status: label(order, language),
        placed_at: order.placed_at.clone(),
        total: order.total.clone(),
        items: items(order).map(|(title, quantity)| OrderItem { title, quantity }).collect(),
        carrier: shown.and_then(|parcel| parcel.carrier.clone()),
        tracking_number: shown.and_then(|parcel| parcel.tracking_number.clone()),
        estimated_delivery: parcel.and_then(|parcel| parcel.estimated_delivery.clone()),
    });
    let tracked: Vec<&String> = order.shipments.iter().filter_map(|parcel| parcel.tracking_url.as_ref()).collect();
    for (index, url) in tracked.iter().take(TRACKED).enumerate() {
        let label = if tracked.len() == 1 { text::track(language) } else { text::track_nth(language, index + 1) };
        card = card.button(Button::open(label, *url));
    }
    match (stage(order), &order.status_url) {
        (Stage::Parcel(ShipmentStatus::Delivered), _) => {
            card.button(Button::hub(text::start_return(language), HubSection::Returns))
        }
        (Stage::Unfulfilled, _) if order.editable => {
            card.button(Button::hub(text::see_order(language), HubSection::Orders))
        }
        (Stage::Cancelled | Stage::Returned, _) => card,
        (_, Some(url)) if tracked.is_empty() => card.button(Button::open(text::order_page(language), url)),
        _ => card,
    }
}

/// The state in two or three words.
pub(crate) fn label(order: &Order, language: Language) -> String {
    match stage(order) {
        Stage::Cancelled => text::label_cancelled(language),
        Stage::Returned => text::label_returned(language),
        Stage::Unfulfilled => text::label_unfulfilled(language),
        Stage::PartlySent => text::label_partly_sent(language),
        Stage::Parcel(status) => parcel_label(status, language),
    }
}

fn parcel_label(status: ShipmentStatus, language: Language) -> String {
    match status {
        ShipmentStatus::Preparing => text::label_packed(language),
        ShipmentStatus::InTransit => text::label_in_transit(language),
        ShipmentStatus::OutForDelivery => text::label_out_for_delivery(language),
        ShipmentStatus::Delivered => text::label_delivered(language),
        ShipmentStatus::Attempted => text::label_attempted(language),
        ShipmentStatus::ReadyForPickup => text::label_ready_for_pickup(language),
        ShipmentStatus::Failed => text::label_failed(language),
        ShipmentStatus::Other => text::label_sent(language),
    }
}

/// How far an order has come, seen as a whole.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    Cancelled,
    Returned,
    Unfulfilled,
    PartlySent,
    /// Of several parcels, the one that the customer should know of first.
    Parcel(ShipmentStatus),
}

fn stage(order: &Order) -> Stage {
    let first = order.shipments.iter().map(|parcel| parcel.status).min_by_key(|status| match status {
        ShipmentStatus::Failed => 0,
        ShipmentStatus::Attempted => 1,
        ShipmentStatus::ReadyForPickup => 2,
        ShipmentStatus::OutForDelivery => 3,
        ShipmentStatus::InTransit => 4,
        ShipmentStatus::Preparing => 5,
        ShipmentStatus::Other => 6,
        ShipmentStatus::Delivered => 7,
    });
    match (order.status, first) {
        (OrderStatus::Cancelled, _) => Stage::Cancelled,
        (OrderStatus::Returned, _) => Stage::Returned,
        (_, Some(status @ (ShipmentStatus::Failed | ShipmentStatus::Attempted | ShipmentStatus::ReadyForPickup))) => {
            Stage::Parcel(status)
        }
        (OrderStatus::PartiallyFulfilled, _) => Stage::PartlySent,
        (OrderStatus::Unfulfilled, None) => Stage::Unfulfilled,
        (OrderStatus::Delivered, None) => Stage::Parcel(ShipmentStatus::Delivered),
        (OrderStatus::Fulfilled, None) => Stage::Parcel(ShipmentStatus::Other),
        (_, Some(status)) => Stage::Parcel(status),
    }
}

/// Everything that was ordered has arrived, as far as the carrier says.
pub(crate) fn is_delivered(order: &Order) -> bool {
    stage(order) == Stage::Parcel(ShipmentStatus::Delivered)
}

/// "2 × Linen shirt (M)", a line each.
pub(crate) fn item_list(order: &Order) -> String {
    items(order).map(|(title, quantity)| format!("- {quantity} × {title}")).collect::<Vec<_>>().join("\n")
}

fn items(order: &Order) -> impl Iterator<Item = (String, u32)> + '_ {
    order.lines.iter().filter(|line| line.quantity > 0).map(|line| (title(line), line.quantity))
}

/// "Linen shirt (M)".
pub(crate) fn title(line: &Line) -> String {
    match &line.variant_title {
        Some(variant) => format!("{} ({variant})", line.title),
        None => line.title.clone(),
    }
}

/// What a person who takes over should know.
pub(crate) fn facts(order: &Order) -> Vec<(&'static str, String)> {
    let mut facts = vec![("order", order.name.clone())];
    for parcel in &order.shipments {
        facts.extend(parcel.carrier.clone().map(|carrier| ("carrier", carrier)));
        facts.extend(parcel.tracking_number.clone().map(|number| ("tracking number", number)));
        facts.extend(parcel.delivered_at.clone().map(|at| ("delivered at", at)));
    }
    facts
}

//! Parcels of generated orders: who carries them, where they are, and since when.

use jiff::{Timestamp, ToSpan};

use super::{Line, Order, Parcel, ParcelState, history::Situation, people::DaysAsHours};
use crate::dice::Dice;

const CARRIERS: [&str; 4] = ["DHL Express", "DPD", "GLS", "UPS"];

pub(super) fn of(order: &Order, situation: Situation, now: Timestamp, next: &mut u64, dice: &mut Dice) -> Vec<Parcel> {
    use ParcelState as P;
    let all: Vec<&Line> = order.lines.iter().collect();
    let plan: Vec<(Vec<&Line>, ParcelState)> = match situation {
        Situation::Partial => vec![(all[..1].to_vec(), P::InTransit)],
        Situation::TwoParcels => vec![(all[..1].to_vec(), P::Delivered), (all[1..2].to_vec(), P::InTransit)],
        Situation::InTransit => vec![(all, P::InTransit)],
        Situation::OutForDelivery => vec![(all, P::OutForDelivery)],
        Situation::Delayed => vec![(all, P::Delayed)],
        Situation::Attempted => vec![(all, P::Attempted)],
        Situation::FailedDelivery => vec![(all, P::Failed)],
        Situation::ReadyForPickup => vec![(all, P::ReadyForPickup)],
        Situation::Digital => vec![(all, P::Fulfilled)],
        // Now and then a delivered order came in two parcels.
        _ if all.len() > 1 && dice.chance(10) => {
            vec![(all[..1].to_vec(), P::Delivered), (all[1..].to_vec(), P::Delivered)]
        }
        _ => vec![(all, P::Delivered)],
    };
    let mut parcels = Vec::with_capacity(plan.len());
    for ((lines, state), n) in plan.into_iter().zip(1..) {
        let contents = lines.iter().map(|l| (l.id, l.current)).collect();
        let mut parcel = parcel(&order.name(), n, state, contents, *next, dice);
        *next += 1;
        let delivered = match situation {
            Situation::DeliveredDaysAgo(days) => Some(now - days.days_as_hours()),
            _ => None,
        };
        date(&mut parcel, order.created_at, delivered, now, dice);
        parcels.push(parcel);
    }
    parcels
}

/// A parcel without dates.
pub(super) fn parcel(
    order: &str,
    n: usize,
    state: ParcelState,
    contents: Vec<(u64, u32)>,
    id: u64,
    dice: &mut Dice,
) -> Parcel {
    let carried = state != ParcelState::Fulfilled;
    Parcel {
        id,
        name: format!("{order}-F{n}"),
        state,
        contents,
        carrier: carried.then(|| dice.pick(&CARRIERS).copied().unwrap_or("DPD").to_owned()),
        number: carried.then(|| format!("LUM{}{:04}", id, dice.between(0, 9999))),
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        in_transit_at: None,
        estimated_at: None,
        delivered_at: None,
    }
}

fn date(parcel: &mut Parcel, placed: Timestamp, delivered: Option<Timestamp>, now: Timestamp, dice: &mut Dice) {
    if parcel.state == ParcelState::Fulfilled {
        (parcel.created_at, parcel.updated_at) = (placed + 2.minutes(), placed + 2.minutes());
        return;
    }
    let sent = placed + dice.between(14, 26).hours();
    parcel.created_at = sent;
    parcel.in_transit_at = Some((sent + 3.hours()).min(now));
    parcel.updated_at = parcel.in_transit_at.unwrap_or(sent);
    let planned = sent + 72.hours();
    parcel.estimated_at = Some(match parcel.state {
        ParcelState::InTransit => planned.max(now + 24.hours()),
        ParcelState::OutForDelivery => now + 5.hours(),
        ParcelState::Delayed => now - 26.hours(),
        ParcelState::Attempted => now + 20.hours(),
        _ => planned,
    });
    match parcel.state {
        ParcelState::Delivered => {
            let at = delivered.unwrap_or(sent + dice.between(26, 78).hours()).min(now);
            (parcel.delivered_at, parcel.updated_at) = (Some(at), at);
        }
        ParcelState::OutForDelivery => parcel.updated_at = now - 2.hours(),
        ParcelState::Attempted | ParcelState::ReadyForPickup => parcel.updated_at = now - 6.hours(),
        ParcelState::Failed => parcel.updated_at = sent + 96.hours(),
        _ => {}
    }
}

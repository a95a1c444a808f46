//! Orders of the last four months in every state, with the returns that belong to them.

use jiff::{Timestamp, ToSpan};

use super::{
    CancelReason, Cancellation, Customer, Financial, Kind, Line, Money, Order, Product, ReturnRequest, ReturnState,
    demo, parcels, people,
};
use crate::dice::Dice;

/// How an order stands. The generator turns it into lines, parcels, money and dates that agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Situation {
    Unfulfilled,
    /// Not sent; a quantity was lowered afterwards.
    Edited,
    Partial,
    /// Two of three lines sent, in a parcel each.
    TwoParcels,
    InTransit,
    OutForDelivery,
    Delayed,
    Attempted,
    FailedDelivery,
    ReadyForPickup,
    Delivered,
    DeliveredDaysAgo(i64),
    Cancelled,
    /// Sent back and refunded.
    Returned,
    /// Refunded without a return.
    Refunded,
    ReturnOpen,
    Digital,
}

use Situation as S;

/// Share of a hundred orders, and the least and greatest age in hours.
const SHARES: [(Situation, usize, i64, i64); 16] = [
    (S::Delivered, 42, 130, 2900),
    (S::InTransit, 10, 30, 110),
    (S::Unfulfilled, 8, 1, 40),
    (S::Partial, 4, 48, 120),
    (S::OutForDelivery, 4, 50, 120),
    (S::Delayed, 3, 130, 260),
    (S::Attempted, 2, 70, 140),
    (S::FailedDelivery, 2, 150, 400),
    (S::ReadyForPickup, 2, 70, 140),
    (S::Cancelled, 6, 5, 2000),
    (S::Returned, 4, 500, 1400),
    (S::Refunded, 3, 300, 2000),
    (S::ReturnOpen, 3, 200, 500),
    (S::Digital, 3, 2, 2000),
    (S::Edited, 2, 2, 40),
    (S::TwoParcels, 2, 60, 130),
];

struct Draft {
    situation: Situation,
    placed: Timestamp,
    /// Index into the customers, and whether they checked out as a guest.
    customer: usize,
    guest: bool,
}

pub(super) fn orders(
    count: usize,
    customers: &[Customer],
    products: &[Product],
    now: Timestamp,
    dice: &mut Dice,
) -> (Vec<Order>, Vec<ReturnRequest>) {
    let mut drafts = drafts(count, customers.len(), now, dice);
    drafts.sort_by_key(|d| d.placed);
    let mut writer = Writer { products, now, next_line: 20001, next_parcel: 60001, next_return: 40001 };
    let mut orders = Vec::with_capacity(count);
    let mut returns = Vec::new();
    for (draft, n) in drafts.iter().zip(0_u64..) {
        let Some(customer) = customers.get(draft.customer) else { continue };
        let (order, sent_back) = writer.write(n, draft, customer, dice);
        orders.push(order);
        returns.extend(sent_back);
    }
    (orders, returns)
}

fn drafts(count: usize, customers: usize, now: Timestamp, dice: &mut Dice) -> Vec<Draft> {
    // Seconds make two orders of the same hour differ.
    let placed = |hours: i64, dice: &mut Dice| now - hours.hours() - dice.between(0, 1700).seconds();
    let mut drafts = Vec::with_capacity(count);
    for (customer, person) in demo::PEOPLE.iter().enumerate() {
        for &(situation, hours) in person.orders {
            drafts.push(Draft { situation, placed: placed(hours, dice), customer, guest: false });
        }
    }
    let hundred: Vec<_> =
        SHARES.iter().flat_map(|&(s, share, from, to)| std::iter::repeat_n((s, from, to), share)).collect();
    let first = demo::PEOPLE.len();
    while drafts.len() < count {
        // 37 and 100 have no common divisor: each hundred orders hold every share exactly.
        let (situation, from, to) = hundred[drafts.len() * 37 % hundred.len()];
        let hours = dice.between(from, to);
        let customer = first + dice.index(customers - first);
        drafts.push(Draft { situation, placed: placed(hours, dice), customer, guest: dice.chance(7) });
    }
    drafts
}

struct Writer<'a> {
    products: &'a [Product],
    now: Timestamp,
    next_line: u64,
    next_parcel: u64,
    next_return: u64,
}

impl Writer<'_> {
    fn write(&mut self, n: u64, draft: &Draft, who: &Customer, dice: &mut Dice) -> (Order, Option<ReturnRequest>) {
        let digital = draft.situation == S::Digital;
        let wanted = match draft.situation {
            S::TwoParcels => 3,
            S::Partial => 2,
            S::Digital => 1,
            _ => dice.between(1, 3),
        };
        let lines: Vec<Line> = (0..wanted).map(|_| self.line(digital, draft.situation == S::Edited, dice)).collect();
        let goods: i64 = lines.iter().map(|l| l.price.0 * i64::from(l.ordered)).sum();
        let reduced = dice.chance(12);
        let mut order = Order {
            id: 5001 + n,
            number: 1001 + n,
            confirmation: dice.token()[..7].to_uppercase(),
            customer_id: (!draft.guest).then_some(who.id),
            email: who.email.clone(),
            phone: who.phone.clone(),
            created_at: draft.placed,
            updated_at: draft.placed,
            closed_at: None,
            cancelled: None,
            parcels: Vec::new(),
            shipping_address: (!digital).then(|| self.destination(who, dice)),
            shipping: Money(if digital || goods >= 8000 { 0 } else { 490 }),
            discount: Money(if reduced { goods / 10 } else { 0 }),
            discount_codes: if reduced { vec!["WELCOME10".to_owned()] } else { Vec::new() },
            refunded: Money(0),
            financial: Financial::Paid,
            edited: false,
            note: dice.chance(4).then(|| "Please leave it with the neighbours.".to_owned()),
            tags: Vec::new(),
            token: dice.token(),
            lines,
        };
        let sent_back = self.settle(&mut order, draft.situation, dice);
        (order, sent_back)
    }

    fn line(&mut self, digital: bool, more: bool, dice: &mut Dice) -> Line {
        let product = loop {
            let product = &self.products[dice.index(self.products.len())];
            if product.visible() && (product.kind == Kind::Digital) == digital {
                break product;
            }
        };
        let variant = &product.variants[dice.index(product.variants.len())];
        let quantity = if more { dice.between(2, 4) } else { dice.between(1, 10).saturating_sub(7).max(1) };
        let quantity = u32::try_from(quantity).unwrap_or(1);
        self.next_line += 1;
        Line {
            id: self.next_line,
            product_id: product.id,
            variant_id: variant.id,
            title: product.title.clone(),
            variant_title: (variant.title != "Default Title").then(|| variant.title.clone()),
            sku: variant.sku.clone(),
            price: variant.price,
            ships: !digital,
            ordered: quantity,
            current: quantity,
        }
    }

    fn destination(&self, who: &Customer, dice: &mut Dice) -> super::Address {
        // Now and then a present: sent to an address that isn't the customer's.
        if dice.chance(5) { people::address(&who.first_name, &who.last_name, None, dice) } else { who.address.clone() }
    }

    /// Brings the order into its situation.
    fn settle(&mut self, order: &mut Order, situation: Situation, dice: &mut Dice) -> Option<ReturnRequest> {
        match situation {
            S::Unfulfilled => {}
            S::Edited => {
                order.edited = true;
                if let Some(line) = order.lines.first_mut() {
                    line.current -= 1;
                    order.refunded = line.price;
                    order.financial = Financial::PartiallyRefunded;
                }
                order.updated_at = order.created_at + 20.minutes();
            }
            S::Cancelled => {
                let at = (order.created_at + dice.between(1, 4).hours()).min(self.now);
                let reason = *dice.pick(&[CancelReason::Customer, CancelReason::Inventory])?;
                order.refunded = order.total();
                order.financial = Financial::Refunded;
                order.cancelled = Some(Cancellation { at, reason, restocked: true });
                order.lines.iter_mut().for_each(|l| l.current = 0);
                (order.closed_at, order.updated_at) = (Some(at), at);
            }
            _ => {
                order.parcels = parcels::of(order, situation, self.now, &mut self.next_parcel, dice);
                order.updated_at = order.parcels.iter().map(|p| p.updated_at).max().unwrap_or(order.created_at);
            }
        }
        match situation {
            S::Returned => Some(self.returned(order, ReturnState::Closed, dice)),
            S::ReturnOpen => Some(self.returned(order, ReturnState::Open, dice)),
            S::Refunded => {
                let amount = order.lines.first().map_or(Money(0), |l| l.price).min(order.total());
                order.refunded = amount;
                order.financial =
                    if amount >= order.total() { Financial::Refunded } else { Financial::PartiallyRefunded };
                None
            }
            _ => None,
        }
    }

    /// A return of the first line in full: a closed one has been refunded.
    fn returned(&mut self, order: &mut Order, state: ReturnState, dice: &mut Dice) -> ReturnRequest {
        const REASONS: [&str; 4] = ["Doesn't suit the room", "Arrived damaged", "Ordered by mistake", "Too bright"];
        let id = self.next_return;
        self.next_return += 1;
        let arrived = order.delivered_at().unwrap_or(order.updated_at);
        let created_at = (arrived + dice.between(10, 60).hours()).min(self.now);
        let reason = dice.pick(&REASONS).copied().unwrap_or("Too bright").to_owned();
        // A discount on the whole order makes it worth less than its lines.
        let paid = order.total();
        let (items, refund) = match order.lines.first_mut() {
            Some(line) => {
                let item = (line.id, line.ordered, reason);
                let refund = Money(line.price.0 * i64::from(line.ordered)).min(paid);
                if state == ReturnState::Closed {
                    line.current = 0;
                }
                (vec![item], refund)
            }
            None => (Vec::new(), Money(0)),
        };
        let updated_at = match state {
            ReturnState::Closed => (created_at + 120.hours()).min(self.now),
            _ => created_at,
        };
        if state == ReturnState::Closed {
            order.refunded = refund;
            order.financial = if refund >= order.total() { Financial::Refunded } else { Financial::PartiallyRefunded };
            order.updated_at = updated_at;
        }
        ReturnRequest {
            id,
            state,
            order_id: order.id,
            items,
            refund,
            carrier: "DHL".to_owned(),
            tracking_number: format!("RET{}", 700_000 + id),
            created_at,
            updated_at,
            notes: Vec::new(),
        }
    }
}

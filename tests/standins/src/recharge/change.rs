//! Changing subscriptions, as the provider does it: each change may put other charges into the queue, with new ids.

use jiff::{ToSpan, civil::Date};

use super::book::{Event, Subscription, SubscriptionBook, SubscriptionCharge, SubscriptionState};

/// Why a change is refused: a field, and the complaint about it.
pub(super) type Refusal = (&'static str, &'static str);

impl SubscriptionBook {
    /// Moves the next charge.
    pub(super) fn set_next(&mut self, id: u64, day: Date) -> Result<(), Refusal> {
        let today = self.today();
        self.change(id, |subscription| {
            if subscription.state != SubscriptionState::Active {
                return Err(("status", "Subscription is not active"));
            }
            if day <= today {
                return Err(("date", "Date must be at least one day in the future"));
            }
            subscription.next = Some(day);
            Ok(Event::Moved(id, day))
        })
    }

    pub(super) fn cancel(&mut self, id: u64, reason: &str, comments: Option<&str>) -> Result<(), Refusal> {
        let now = self.now();
        self.change(id, |subscription| {
            if subscription.state != SubscriptionState::Active {
                return Err(("status", "Subscription is already cancelled"));
            }
            subscription.state = SubscriptionState::Cancelled;
            subscription.cancelled_at = Some(now);
            subscription.cancellation_reason = Some(reason.to_owned());
            subscription.cancellation_comments = comments.map(str::to_owned);
            subscription.next = None;
            Ok(Event::Cancelled(id))
        })
    }

    /// Brings a cancelled one back, with no next charge: whoever activates it says when.
    pub(super) fn activate(&mut self, id: u64) -> Result<(), Refusal> {
        self.change(id, |subscription| {
            if subscription.state != SubscriptionState::Cancelled {
                return Err(("status", "Subscription is not cancelled"));
            }
            subscription.state = SubscriptionState::Active;
            subscription.cancelled_at = None;
            subscription.cancellation_reason = None;
            subscription.cancellation_comments = None;
            Ok(Event::Activated(id))
        })
    }

    /// Takes these subscriptions out of a queued charge. What is left of it stays queued; what is skipped becomes a
    /// charge of its own, which is the same one where nothing is left.
    pub(super) fn skip(&mut self, charge: u64, items: &[u64]) -> Result<u64, Refusal> {
        let Some(at) = self.charges.iter().position(|c| c.id == charge) else { return Err(("id", "Charge not found")) };
        let (customer, day) = (self.charges[at].shop_customer, self.charges[at].day);
        if self.charges[at].status != "queued" {
            return Err(("status", "Charge is not queued"));
        }
        if items.is_empty() || !items.iter().all(|item| self.charges[at].items.contains(item)) {
            return Err(("purchase_item_ids", "Charge has no such items"));
        }
        let skippable = |id: &u64| self.subscription(*id).is_some_and(|s| s.skippable);
        if !items.iter().all(skippable) {
            return Err(("purchase_item_ids", "Subscription is not skippable"));
        }
        let whole = self.charges[at].items.iter().all(|item| items.contains(item));
        let id = if whole { charge } else { self.charge_id() };
        if whole {
            self.charges.remove(at);
        }
        self.charges.push(SubscriptionCharge {
            id,
            shop_customer: customer,
            day,
            status: "skipped",
            items: items.to_vec(),
            updated_at: self.now(),
        });
        for item in items {
            let next = self.subscription(*item).map(|s| s.after(day, 1));
            self.change(*item, |subscription| {
                subscription.next = next;
                Ok(Event::Skipped(*item, day))
            })?;
        }
        Ok(id)
    }

    /// Skips a delivery that no charge is queued for yet.
    pub(super) fn skip_day(&mut self, address: u64, day: Date, items: &[u64]) -> Result<u64, Refusal> {
        let due = |s: &Subscription| s.address_id() == address && s.next == Some(day) && s.skippable;
        let (first, due) = (items.first().copied(), items.iter().all(|id| self.subscription(*id).is_some_and(due)));
        let Some(customer) = first.filter(|_| due).and_then(|id| self.subscription(id)).map(|s| s.shop_customer) else {
            return Err(("subscription_ids", "Nothing of it is due on that day"));
        };
        let id = self.charge_id();
        let items = items.to_vec();
        let updated_at = self.now();
        let charge = SubscriptionCharge { id, shop_customer: customer, day, status: "queued", items, updated_at };
        let items = charge.items.clone();
        self.charges.push(charge);
        self.skip(id, &items)
    }

    fn change(
        &mut self,
        id: u64,
        change: impl FnOnce(&mut Subscription) -> Result<Event, Refusal>,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let Some(subscription) = self.subscriptions.iter_mut().find(|s| s.id == id) else {
            return Err(("id", "Subscription not found"));
        };
        let event = change(subscription)?;
        subscription.updated_at = now;
        let customer = subscription.shop_customer;
        self.events.push(event);
        self.queue(customer);
        Ok(())
    }

    /// Puts a customer's next deliveries into the queue: one charge a day for all that is due then. A charge that says
    /// the same as before stays; any other is a new one with a new id. What lies further ahead than 90 days isn't queued.
    pub(super) fn queue(&mut self, customer: u64) {
        let horizon = self.today().saturating_add(90.days());
        let mut wanted: Vec<(Date, Vec<u64>)> = Vec::new();
        for subscription in self.of(customer).iter().filter(|s| s.state == SubscriptionState::Active) {
            let Some(day) = subscription.next.filter(|day| *day <= horizon) else { continue };
            match wanted.iter_mut().find(|(known, _)| *known == day) {
                Some((_, items)) => items.push(subscription.id),
                None => wanted.push((day, vec![subscription.id])),
            }
        }
        self.charges.retain(|charge| {
            let same = |(day, items): &(Date, Vec<u64>)| (*day, items) == (charge.day, &charge.items);
            charge.shop_customer != customer || charge.status != "queued" || wanted.iter().any(same)
        });
        for (day, items) in wanted {
            let kept = |c: &SubscriptionCharge| c.status == "queued" && c.day == day && c.items == items;
            if !self.charges.iter().any(kept) {
                let (id, updated_at) = (self.charge_id(), self.now());
                let charge =
                    SubscriptionCharge { id, shop_customer: customer, day, status: "queued", items, updated_at };
                self.charges.push(charge);
            }
        }
    }

    fn charge_id(&mut self) -> u64 {
        self.next_charge += 1;
        self.next_charge
    }
}

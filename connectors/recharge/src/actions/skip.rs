//! Skipping the next delivery: taking a subscription out of the charge that is queued for it.
//!
//! A skip leaves no state that says "this one": afterwards there is a next delivery again. What tells it is the charge with
//! the status `skipped`. Within a call the day that was to be skipped is known, and only a charge of that day counts. A
//! later attempt knows no day; for it, whatever was skipped of this subscription in the last two days is what the earlier
//! attempt did: rather one skip too few than one too many.

use std::time::Duration;

use serde_json::json;
use usher_sdk::connector::{Error, Retry, Timestamp, caller};

use super::Subject;
use crate::api::NotMade;
use crate::day::Day;
use crate::list;
use crate::record::{Charge, Record};

/// For so long the runtime takes up an attempt whose end nobody knows (48 hours), and one more for clocks that differ.
const ATTEMPT: Duration = Duration::from_secs(49 * 3600);

/// # Errors
/// [`Error::Invalid`] where there is no next delivery, or it can't be skipped.
pub(crate) fn skip_next(id: &str) -> Result<(), Error> {
    let (subject, record) = Subject::open(id)?;
    if caller::earlier_attempt() && subject.was_skipped_lately()? {
        return Ok(());
    }
    if !record.is_active() {
        return Err(Error::Invalid("the subscription isn't active".to_owned()));
    }
    if !record.is_skippable() {
        return Err(Error::Invalid("Recharge says that this delivery can't be skipped".to_owned()));
    }
    let Some(day) = record.next() else {
        return Err(Error::Invalid("the subscription has no next delivery".to_owned()));
    };
    subject.skip(&record, day)
}

impl Subject {
    fn skip(&self, record: &Record, day: Day) -> Result<(), Error> {
        let looks = self.api.looks(3);
        let mut again = false;
        loop {
            let queued = self.queued(day)?;
            let asked = match &queued {
                Some(charge) => {
                    let body = json!({ "purchase_item_ids": [self.id] });
                    self.api.act::<Charge>(&format!("/charges/{}/skip", charge.id), "charge", Some(&body))
                }
                // Asked for twice, it might skip twice.
                None if again => return self.seen(day, &looks, not_yet()),
                None => {
                    let body = json!({ "date": day.to_string(), "subscription_ids": [self.id] });
                    self.api.act(&format!("/addresses/{}/charges/skip", record.address_id), "charge", Some(&body))
                }
            };
            let unknown = match asked {
                Ok(charge) if charge.is("skipped") && charge.day() == Some(day) => return Ok(()),
                Ok(_) => not_yet(),
                // Another charge has taken its place since it was read.
                Err(NotMade::Certainly(Error::NotFound)) if queued.is_some() && !again => {
                    again = true;
                    continue;
                }
                Err(NotMade::Certainly(refusal)) if again || caller::earlier_attempt() => {
                    return self.seen(day, &looks, refusal);
                }
                // That the charge is gone isn't that the subscription is.
                Err(NotMade::Certainly(Error::NotFound)) => {
                    return Err(Error::Unexpected("Recharge doesn't find the charge that it listed".to_owned()));
                }
                Err(NotMade::Certainly(refusal)) => return Err(refusal),
                Err(NotMade::Perhaps(error)) => error,
            };
            // The same charge can be asked for again: what was skipped is refused then. An address can't.
            let final_look = again || queued.is_none() || unknown == Error::TimedOut;
            match self.seen(day, &looks, unknown) {
                Err(error) if final_look => return Err(error),
                Err(_) => again = true,
                Ok(()) => return Ok(()),
            }
        }
    }

    /// The charge that is queued for this subscription on a day.
    fn queued(&self, day: Day) -> Result<Option<Charge>, Error> {
        let id = self.id.to_string();
        let query = [
            ("customer_id", self.subscriber.id.as_str()),
            ("status", "queued"),
            ("purchase_item_id", &id),
            ("sort_by", "scheduled_at-asc"),
        ];
        let charges: Vec<Charge> = self.api.list("/charges", "charges", &query)?;
        Ok(charges.into_iter().find(|charge| charge.is("queued") && charge.has(&id) && charge.day() == Some(day)))
    }

    /// Looks, after a wait, whether the delivery of this day was skipped: again and again where the request may be under
    /// way still. `otherwise` is the error where it isn't to be seen.
    fn seen(&self, day: Day, looks: &Retry, otherwise: Error) -> Result<(), Error> {
        let id = self.id.to_string();
        while looks.wait(None) {
            // A look that fails is no news.
            let skipped = list::skipped(&self.api, &self.subscriber).unwrap_or_default();
            if skipped.iter().any(|charge| charge.has(&id) && charge.day() == Some(day)) {
                return Ok(());
            }
            if otherwise != Error::TimedOut {
                break;
            }
        }
        Err(otherwise)
    }

    fn was_skipped_lately(&self) -> Result<bool, Error> {
        let (id, since) = (self.id.to_string(), Timestamp::now().minus(ATTEMPT));
        let is_recent = |at: &String| written(at).is_none_or(|at| at >= since);
        let skipped = list::skipped(&self.api, &self.subscriber)?;
        // A charge without a time may be the one.
        Ok(skipped.iter().any(|charge| charge.has(&id) && charge.updated_at.as_ref().is_none_or(is_recent)))
    }
}

/// Recharge's instants have an offset, or none where they are in UTC.
fn written(at: &str) -> Option<Timestamp> {
    Timestamp::parse(at).or_else(|| Timestamp::parse(&format!("{at}Z")))
}

fn not_yet() -> Error {
    Error::Unexpected("Recharge took the skip, and doesn't show it yet".to_owned())
}
